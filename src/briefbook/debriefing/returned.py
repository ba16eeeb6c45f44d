"""A debrief form that came back → proposals, shown as changes of the book's files, and made on request."""

import difflib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from briefbook.amending import Changed, write_changes
from briefbook.debriefing.beside import told_beside
from briefbook.debriefing.form import FormKey, asked, fields_of, form_key, form_name, form_of
from briefbook.debriefing.proposals import debriefing_of
from briefbook.debriefing.room import Debriefing, Room
from briefbook.debriefing.sources import source_id
from briefbook.diagnostics import BriefbookError, Problem, Where, did_you_mean
from briefbook.facts import Meeting
from briefbook.frozen import frozen
from briefbook.memo import Book
from briefbook.memo_languages import language_of
from briefbook.placing import Placed, place
from briefbook.readers.book_files import gather
from briefbook.readers.read_book import ReadBook, read_book
from briefbook.readers.read_returned import read_returned
from briefbook.readers.yaml_editing import Edit
from briefbook.record import Record
from briefbook.returned import Returned
from briefbook.rewriting import changed_by, refuse_worse, with_changes
from briefbook.shelf import NO_EDITION, Entry, note
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS


@frozen
class ReviewedForm:
    """What a returned form comes to: proposals, what stands outside of its fields, the files as they'd be."""

    debriefing: Debriefing
    outside: tuple[str, ...]
    changed: tuple[Changed, ...]
    name: str  # of the form's file, without its ending
    as_of: date  # of the form
    marking: str = ""  # of the form: whatever tells of its words carries it
    refused: tuple[Problem, ...] = ()  # what the checks would say of the book with it: then nothing is made

    @property
    def left(self) -> tuple[str, ...]:
        """All that was not understood, in full."""
        return (*self.debriefing.left, *self.outside)

    def diff(self) -> Iterator[str]:
        """The changes as a unified diff, line by line."""
        for change in self.changed:
            before, after = ((each or b"").decode("utf-8-sig") for each in (change.before, change.after))
            pair = before.splitlines(), after.splitlines()
            yield from difflib.unified_diff(*pair, change.shown, change.shown, n=2, lineterm="")


def form_in(data: bytes, name: str) -> FormKey | None:
    """Of which meeting a returned DOCX is a form; None if it is none. Raises BriefbookError."""
    return form_key(read_returned(data, name).edition)


def review_form(root: Path, data: bytes, name: str, today: date) -> ReviewedForm:
    """What a returned form comes to; `today` is the day of the answers where they do not say.

    Raises BriefbookError where the file or its meeting cannot be read.
    """
    returned = read_returned(data, name)
    files = gather(root)
    read = read_book(root, files)
    key = form_key(returned.edition)
    found, outside, marking = _read(returned, name, read, today)
    edits: dict[str, list[Edit]] = {}
    # What others refer to comes first, so that the book is valid if it breaks off between two files.
    for proposal in found.proposed:
        edits.setdefault(proposal.file, []).append(proposal.edit)
    changed: list[Changed] = []
    refused: tuple[Problem, ...] = ()
    try:
        changed = changed_by(files, edits)
        refuse_worse(read, read_book(root, with_changes(files, changed)))
    except BriefbookError as error:  # somebody answered all the same: that is told and kept
        refused = error.problems
    assert key is not None  # it was read as a form
    return ReviewedForm(
        debriefing=found, outside=tuple(outside), changed=tuple(changed), marking=marking,
        refused=refused, name=form_name(returned.edition.split()[0]).removesuffix(".docx"),
        as_of=key.as_of or today,
    )  # fmt: skip


def apply_form(root: Path, reviewed: ReviewedForm) -> None:
    """Make all proposals in the book's files, or none. Raises BriefbookError, also for what is refused."""
    if reviewed.refused:
        raise BriefbookError(*reviewed.refused)
    write_changes(root, reviewed.changed)


def keep_form(record: Record, reviewed: ReviewedForm, data: bytes, text: str, told: str, out: Path) -> Placed:
    """Keep a returned form and what it comes to: a text, which is put into the form's folder too, and JSON.

    The same form with the same words again changes nothing. Raises BriefbookError.
    """
    listing, name = text.encode(), reviewed.name
    with record.building():
        returned = record.returned.put(data)
        listed, data_of = record.store.put_many([listing, told.encode()])
        entry = Entry(memo=name, edition=NO_EDITION, returned=returned, text=listed, data=data_of)
        note(record.folder, entry)
        folder, file = out / reviewed.as_of.isoformat(), f"{name} (review {returned[:6]}).txt"
        return place(
            folder, file, listed, lambda: listing, is_ours=record.is_ours, is_of_memo=lambda _: False
        )


def _read(returned: Returned, name: str, read: ReadBook, today: date) -> tuple[Debriefing, list[str], str]:
    key = form_key(returned.edition)
    facts = read.book.facts
    meeting = facts.meetings.get(key.meeting) if key else None
    if key is None or meeting is None:
        message = (
            f"this is a form on meeting {key.meeting!r}, which is not on file" if key else "this is no form"
        )
        hint = did_you_mean(key.meeting, facts.meetings) if key else ""
        raise BriefbookError(Problem(where=Where(file=name), message=message, hint=hint))
    workshop = Workshop(_without_forms(read.book, meeting))
    day = key.as_of or today
    question = asked(workshop, meeting, Day(as_of=day, known_by=key.known_by or day), key.language)
    settings = read.book.settings
    spoken = (language_of(memo, settings) for memo in read.book.memos.values())
    languages = dict.fromkeys((settings.language, *spoken))
    handling = question.selection.handling
    room = Room(
        facts=facts,
        ids=read.ids,
        wordings={tag: workshop.templates(tag).wording for tag in languages},
        language=question.language,
        today=max(today, day),  # nobody answers before they are asked
        marking=handling.scheme.fold(handling.of([meeting.id])) if handling else None,
    )
    form = form_of(workshop, question)
    sent = read_returned(WRITERS["docx"].write(form, workshop.theme), name)
    found = debriefing_of(returned, fields_of(workshop, question), meeting, question.date, room)
    return found, list(told_beside(sent, returned)), form.banner.text if form.banner else ""


def _without_forms(book: Book, meeting: Meeting) -> Book:
    """The book as it was when the form was made: what forms said of the meeting since is not in it."""
    made = tuple(each for each in meeting.statements if not each.source.startswith(source_id(meeting)))
    meetings = {**book.facts.meetings, meeting.id: replace(meeting, statements=made)}
    return replace(book, facts=replace(book.facts, meetings=meetings))
