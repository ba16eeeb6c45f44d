"""A returned document of an edition: found, reviewed, kept beside it, and taken over into the book.

What is found is kept before anything is changed: the returned file lies in a store of its own, the whole list
of edits in that of the editions, and the list beside the edition's files. The book's files are changed
together or not at all, and only where the checks say no worse of the book than before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from briefbook.amending import Changed, write_changes
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Severity, Where
from briefbook.frozen import frozen
from briefbook.inputs import Inputs, from_bytes, remade
from briefbook.issued import BOUND, Edition
from briefbook.memo import Memo
from briefbook.placing import Placed, place
from briefbook.readers.book_files import BookFiles, gather
from briefbook.readers.read_book import ReadBook, read_book
from briefbook.readers.read_returned import read_returned
from briefbook.readers.read_trust import read_settings
from briefbook.readers.yaml_editing import AddField, Replace, edited
from briefbook.readers.yaml_editing import Edit as YamlEdit
from briefbook.record import Record
from briefbook.redlining import AUTHOR as REDLINER
from briefbook.returned import Returned, accepted_of
from briefbook.reviewing.edit import Review
from briefbook.reviewing.edits import review_of
from briefbook.reviewing.proposals import Outcome, Proposal, Target, proposals_of
from briefbook.reviewing.report import as_data, as_text
from briefbook.rewriting import refuse_worse, with_bytes
from briefbook.shelf import Entry, note

LARGEST = 100 * 1024 * 1024  # bytes of a returned file
LEAVE_OUT = "leave out --memo and --edition: they are for a file that does not say it"


@frozen
class Reviewed:
    """What was found in a returned document, and what becomes of each edit, in the same order."""

    edition: Edition
    returned: bytes
    review: Review
    proposals: tuple[Proposal, ...]
    files: BookFiles
    read: ReadBook
    inputs: Inputs
    marking: str = ""  # of the edition: whatever tells of its words carries it

    @property
    def remain(self) -> int:
        """How many edits a person has yet to decide."""
        return sum(one.outcome not in (Outcome.APPLIED, Outcome.DONE) for one in self.proposals)


def review(
    root: Path, record: Record, data: bytes, name: str, *, memo: str | None = None, number: int | None = None
) -> Reviewed:
    """Review a returned DOCX; `name` is what problems call it.

    Its edition is the one that it names itself, else that of `memo` with this number. Raises BriefbookError
    where the file cannot be read, or no edition is found or kept.
    """
    # Revisions of a redline show what an edition changed, not what a person did.
    returned = accepted_of(read_returned(data, name), REDLINER)
    edition = edition_of(record, returned, name, memo=memo, number=number)
    with record.building():  # nothing is pruned meanwhile
        own, inputs = _kept(record, edition)
    document = remade(inputs, read_settings().limits)
    found = review_of(read_returned(own, name), returned, document)
    files = gather(root)
    read = read_book(root, files)
    return Reviewed(
        edition=edition, returned=data, review=found, proposals=_proposals(found, read, edition, inputs),
        files=files, read=read, inputs=inputs, marking=document.banner.text if document.banner else "",
    )  # fmt: skip


def _proposals(found: Review, read: ReadBook, edition: Edition, inputs: Inputs) -> tuple[Proposal, ...]:
    language = wording_of(inputs.selection.language, inputs.catalogues)
    is_whole = all(problem.severity is not Severity.ERROR for problem in read.problems)
    return proposals_of(found, read.book, _memo_of(read, edition.memo), language, is_whole=is_whole)


def _memo_of(read: ReadBook, name: str) -> Memo | None:
    """The memo of an edition: of a variant for release that which it was made from."""
    memos = read.book.memos
    return memos.get(name) or memos.get(name.partition(".releasable-to-")[0])


# ---------------------------------------------------------------------------------- which edition


def edition_of(
    record: Record, returned: Returned, name: str, *, memo: str | None = None, number: int | None = None
) -> Edition:
    """The edition that a returned document is of.

    `memo` and `number` are what the user says it is: they say what the file does not, never another thing.
    Raises BriefbookError where they do, or no edition is found.
    """
    told = returned.edition.split() if len(returned.edition.split()) == 4 else []
    own = told[0] if told else returned.memo
    if memo not in (None, own) and (told or (own and record.ledger.editions(own))):
        message = f"this file says that it is of memo {own!r}, not of {memo!r}"
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint=LEAVE_OUT))
    asked = memo or own
    if asked and record.ledger.editions(BOUND + asked):
        message = f"{asked!r} is a bound book: what is changed in one is not taken over"
        hint = "let people edit the memos, one by one"
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint=hint))
    if told:
        return _named_edition(record, returned.edition, name, number)
    editions = record.ledger.editions(asked) if asked else []
    if not editions:
        of = f" of memo {asked!r}" if asked else ""
        hint = "name it: --memo MEMO --edition N (briefbook history lists them)"
        if not record.ledger.editions():
            hint = "nothing was built in this book yet: -C BOOK names another"
        message = f"no edition{of} is on record that this file could be of"
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint=hint))
    return _chosen(editions, asked, name, number)


def _chosen(editions: Sequence[Edition], memo: str, name: str, number: int | None) -> Edition:
    """The one edition that may be meant, or that with the number."""
    chosen = [edition for edition in editions if number in (None, edition.number)]
    if not chosen:
        message, hint = (
            f"there is no edition {number} of memo {memo!r}",
            f"the latest is {editions[-1].number}",
        )
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint))
    if len(chosen) > 1:
        message = f"this file does not say which of the {len(chosen)} editions of memo {memo!r} it is"
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint="name it: --edition N"))
    return chosen[0]


def _named_edition(record: Record, identity: str, name: str, number: int | None) -> Edition:
    """The edition that a file names; it may be no longer kept. Another of its days has to be asked for."""
    memo, as_of, known_by, _ = identity.split()
    gone: list[Edition] = []
    of_its_days: list[Edition] = []
    for edition in reversed(record.ledger.editions(memo)):
        output = next((one for one in edition.outputs if one.format == "docx"), None)
        if output is None or [f"{edition.as_of}", f"{edition.known_by}"] != [as_of, known_by]:
            continue
        of_its_days.append(edition)
        if _tells(record, output.sha256, identity):
            return _as_asked(edition, name, number)
        if not record.store.has(output.sha256):
            gone.append(edition)
    if len(gone) == 1:
        return _as_asked(gone[0], name, number)
    asked = next((edition for edition in of_its_days if edition.number == number), None)
    if asked is not None:  # it was made from the same days elsewhere, or before the ledger was lost
        return asked
    message = f"no edition that is kept is this file, which says that it is of memo {memo!r}, as of {as_of}"
    hint = "-C BOOK names the book that made it"
    if of_its_days:
        numbers = ", ".join(f"{edition.number}" for edition in reversed(of_its_days))
        hint += f"; --edition N takes it for another edition of its days: {numbers}"
    raise BriefbookError(Problem(where=Where(file=name), message=message, hint=hint))


def _as_asked(own: Edition, name: str, number: int | None) -> Edition:
    """The edition that a file names, unless the user says that it is another. Raises BriefbookError then."""
    if number not in (None, own.number):
        message = f"this file says that it is edition {own.number} of memo {own.memo!r}, not edition {number}"
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint=LEAVE_OUT))
    return own


def _tells(record: Record, digest: str, identity: str) -> bool:
    """Whether the edition's own document, as kept, names itself so."""
    return record.store.has(digest) and read_returned(record.store.get(digest), digest).edition == identity


def _kept(record: Record, edition: Edition) -> tuple[bytes, Inputs]:
    output = next((one for one in edition.outputs if one.format == "docx"), None)
    of = f"edition {edition.number} of memo {edition.memo!r}"
    if output is None:
        hint = f"it was issued as {', '.join(one.format for one in edition.outputs)}"
        raise BriefbookError(Problem(where=NOWHERE, message=f"{of} was not issued as docx", hint=hint))
    if not (record.store.has(output.sha256) and record.store.has(edition.inputs)):
        message = f"{of} is no longer kept"
        hint = "`history prune` may have removed its documents; compare them by hand"
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint))
    try:
        return record.store.get(output.sha256), from_bytes(record.store.get(edition.inputs))
    except ValueError as error:
        message = f"what {of} was made from cannot be read: it is a bound book, or another briefbook kept it"
        hint = "review the memos one by one, or compare it by hand"
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint)) from error


# ------------------------------------------------------------------------------------------ kept


def keep(record: Record, reviewed: Reviewed, out: Path) -> Placed:
    """Keep the returned file and the list of its edits; the list also beside the edition's files.

    The same file and the same list again change nothing. Raises BriefbookError.
    """
    edition = reviewed.edition
    text = as_text(edition, reviewed.review, reviewed.proposals, reviewed.marking).encode()
    told = as_data(edition, reviewed.review, reviewed.proposals, reviewed.marking)
    with record.building():
        returned = record.returned.put(reviewed.returned)
        listed, data = record.store.put_many([text, told])
        note(
            record.folder,
            Entry(memo=edition.memo, edition=edition.number, returned=returned, text=listed, data=data),
        )
        folder, name = out / edition.as_of.isoformat(), list_name(edition, returned)
        is_of_memo = partial(_is_never, edition.memo)
        return place(folder, name, listed, lambda: text, is_ours=record.is_ours, is_of_memo=is_of_memo)


def list_name(edition: Edition, returned: str) -> str:
    """What the list of a returned file's edits is called: no memo's file can have such a name."""
    output = next(one for one in edition.outputs if one.format == "docx")
    return f"{Path(output.name).stem} (edition {edition.number}, review {returned[:6]}).txt"


def _is_never(_memo: str, _digest: str) -> bool:
    return False


# --------------------------------------------------------------------------------------- applied


def apply(root: Path, reviewed: Reviewed) -> Reviewed:
    """Make the proposals that are ready in the book's files, all of them or none.

    Raises BriefbookError where a file moved meanwhile, or the checks would say worse of the book than now;
    then nothing is changed.
    """
    ready = {one.target: one.new for one in reviewed.proposals if one.outcome is Outcome.READY and one.target}
    if not ready:
        return reviewed
    changed = _changed(reviewed, ready)
    after = {change.path: change.after for change in changed}
    files = with_bytes(reviewed.files, after)
    read = read_book(root, files)
    refuse_worse(reviewed.read, read)
    now = _proposals(reviewed.review, read, reviewed.edition, reviewed.inputs)
    left = [one for one, then in zip(reviewed.proposals, now, strict=True) if _is_missed(one, then)]
    if left:
        problems = [
            Problem(where=one.where or NOWHERE, message="this change would not say what it should")
            for one in left
        ]
        raise BriefbookError(*(replace(one, hint="make it in an editor") for one in problems))
    write_changes(root, changed)
    proposals = tuple(
        replace(one, outcome=Outcome.APPLIED, target=None) if one.outcome is Outcome.READY else one
        for one in reviewed.proposals
    )
    return replace(reviewed, proposals=proposals, files=files, read=read)


def _is_missed(before: Proposal, after: Proposal) -> bool:
    return before.outcome is Outcome.READY and after.outcome is not Outcome.DONE


def _changed(reviewed: Reviewed, ready: Mapping[Target, str]) -> list[Changed]:
    by_file: dict[str, list[tuple[Target, str]]] = defaultdict(list)
    for target, new in ready.items():
        by_file[target.where.file].append((target, new))
    known = {
        file.shown: file for file in (reviewed.files.settings, *reviewed.files.facts, *reviewed.files.memos)
    }
    found = []
    for shown, changes in by_file.items():
        file = known[shown]
        assert file.data is not None  # it was read
        edits = [_edit(file.data, target, new, reviewed) for target, new in changes]
        after = edited(shown, file.data, edits)
        if isinstance(after, Problem):
            raise BriefbookError(after)
        found.append(Changed(path=file.path, shown=shown, before=file.data, after=after))
    return found


def _edit(data: bytes, target: Target, new: str, reviewed: Reviewed) -> YamlEdit:
    """The change of a file that puts new words in a text's place, or into a slot that has none."""
    if target.slot:
        book, memo = reviewed.read.book, _memo_of(reviewed.read, reviewed.edition.memo)
        is_plain = target.language == book.settings.language and not (memo and memo.written)
        value = new if is_plain else {target.language: new}
        where = Where(file=target.where.file)
        return AddField(where=where, within=("slots", target.slot), key="text", value=value)
    plain = Replace(where=target.where, text=new)
    in_language = replace(plain, within=(target.language,))
    is_mapping = isinstance(edited(target.where.file, data, [plain]), Problem) and target.language
    return in_language if is_mapping else plain
