"""One pass over memos: make what is not made already, put the files in place, record the editions.

What an edition is made from has a digest; where the ledger has an edition with that digest, its bytes are in
the store and nothing is made again. Order of a new edition: its bytes into the store, its files under their
names, both flushed to the disk, then the row in the ledger. So whatever is interrupted, the next pass finds
either an edition that is whole or none, and files that it knows for its own.

A pass is a stream: some memos are planned, what is to make of them is made by whoever has hands free, and put
in place and recorded in order, while the next are planned. So a pass over a hundred thousand needs no more
memory than one over a thousand, but for what it tells of each. Ledger, store and names are this process's.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from briefbook.composing.items import reduced
from briefbook.crew import Hands, attempted, made
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import LeftOut
from briefbook.files import cannot_flush, flush_folder
from briefbook.frozen import frozen
from briefbook.issued import Edition, Output
from briefbook.ledger import Ledger
from briefbook.memo import Book, Memo
from briefbook.packing import Packed
from briefbook.placing import Placed, clear, place
from briefbook.plans import BATCH, Plan, as_built, planned, sparing
from briefbook.record import Record
from briefbook.store import Store
from briefbook.workshop import Day, Rendered, Task, Workshop
from briefbook.writers import WRITERS

if TYPE_CHECKING:  # who brings one has imported it
    from concurrent.futures import Executor

_AT_MOST = 256  # memos between two chunks, where few are to make: those behind are not to wait for a full one


@frozen
class Built:
    """One memo after a pass: its edition and where its files stand, or the problems that stopped it."""

    memo: str
    edition: Edition | None = None
    is_new: bool = False  # the edition was made by this pass
    files: tuple[Placed, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[LeftOut, ...] = ()  # so that it keeps to the length that it promises
    trace: str = ""  # where in the program it went wrong, if the mistake is briefbook's own
    was_made: bool = False  # by this pass, whether or not its bytes were known already

    def as_made(self, memo: Memo) -> Memo:
        """The memo without what it leaves out: what a mail tells of it."""
        return reduced(memo, self.left_out)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where its files stand."""
        return tuple(file.path for file in self.files)


def build(
    book: Book,
    memos: Collection[Memo],
    day: Day,
    *,
    out: Path,
    record: Record,
    formats: Sequence[str] | None = None,
    jobs: int = 1,
    executor: "Executor | None" = None,
    hands: Hands | None = None,
    progress: Callable[[Built], None] = lambda _: None,
) -> Sequence[Built]:
    """Bring memos up to date in OUT/<as-of>/<memo>.<format>, in order, each file whole or not at all.

    Memos are made in this process, in `jobs` processes where that is more than one, or by an `executor`
    (docs/scale.md); `hands` says the same, with the size of chunks. The bytes are the same. A memo that
    cannot be made or written is reported and the others go on. Raises BriefbookError where the ledger or the
    store fails: what was made before is in place and recorded.
    """
    folder = out / day.as_of.isoformat()
    hands = hands or Hands(jobs=jobs, executor=executor)
    tasks = (Task(memo=memo, day=day, formats=tuple(formats or memo.formats)) for memo in memos)
    workshop = Workshop(book)
    done = Packed[Built]()
    with record.alone() as is_alone:
        if is_alone:  # else another build is writing there
            clear(folder, (memo.id for memo in memos))
    with record.building():
        groups = _groups(planned(workshop, tasks, record), hands.chunk_for(len(memos)))
        with closing(made(workshop, groups, _chunk_of, hands)) as answered:
            plans = _one_by_one(answered)
            while batch := list(islice(plans, BATCH)):
                for built in _finished(batch, workshop, record, folder):
                    progress(built)
                    done.append(built)
    return done


# ------------------------------------------------------------------------- what goes out and comes back


def _groups(plans: Iterable[Plan], size: int) -> Iterator[list[Plan]]:
    """Plans in groups of which so many are to make."""
    group: list[Plan] = []
    to_make = 0
    for plan in plans:
        group.append(plan)
        to_make += plan.is_to_make
        if to_make == size or len(group) == max(size, _AT_MOST):
            yield group
            group, to_make = [], 0
    if group:
        yield group


def _chunk_of(group: Sequence[Plan]) -> list[Task] | None:
    """The tasks of what is to make in a group, if any."""
    return [plan.task for plan in group if plan.is_to_make] or None


def _one_by_one(
    answered: Iterable[tuple[Sequence[Plan], Sequence[Rendered]]],
) -> Iterator[tuple[Plan, Rendered | None]]:
    """Each plan with what was made, if it was to make."""
    for group, rendered in answered:
        fresh = iter(rendered)
        for plan in group:
            yield plan, next(fresh) if plan.is_to_make else None


# ------------------------------------------------------------------------------- what is put in place


def _finished(
    batch: Sequence[tuple[Plan, Rendered | None]], workshop: Workshop, record: Record, folder: Path
) -> Iterator[Built]:
    """Take a batch to its end: bytes kept, files in place, editions recorded, all flushed in this order."""
    plans = [plan for plan, _ in batch]
    fresh = {each.memo: each for _, each in batch if each is not None}
    record.store.put_many(data for each in fresh.values() for data in each.kept)
    placed = {plan.task.memo.id: _placed(plan, fresh, workshop, record, folder) for plan in plans}
    _flush(folder, placed, fresh)
    whole = {id_: each for id_, each in fresh.items() if each.outputs and not placed[id_][1]}
    recorded, damaged = sparing(whole, lambda some: record_made(list(some.values()), record))
    for plan in plans:
        id_ = plan.task.memo.id
        files, problems = placed[id_]
        if id_ in damaged:
            problems += damaged[id_].problems
        edition, is_new = recorded.get(id_, (plan.edition, False))
        made_now = fresh.get(id_)
        yield Built(
            memo=id_,
            edition=edition,
            is_new=is_new,
            files=tuple(files),
            problems=tuple(problems),
            left_out=plan.left_out if made_now is None else made_now.left_out,
            trace=plan.trace or ("" if made_now is None else made_now.trace),
            was_made=made_now is not None,
        )


def _placed(
    plan: Plan, fresh: Mapping[str, Rendered], workshop: Workshop, record: Record, folder: Path
) -> tuple[list[Placed], list[Problem]]:
    files: list[Placed] = []
    problems = list(plan.problems)
    id_ = plan.task.memo.id
    rendered = fresh.get(id_)
    if rendered is not None:
        problems += rendered.problems
        outputs = outputs_of(rendered)
    else:
        outputs = plan.edition.outputs if plan.edition else ()
    again = partial(_made_again, plan.task, workshop, record)
    for output in outputs:
        if output.format not in plan.task.formats:
            continue  # made once on somebody's wish
        try:
            files.append(
                put_in_place(output, id_, rendered, record, folder, again=again, flushes_folder=False)
            )
        except BriefbookError as error:
            problems += error.problems
    return files, problems


def _made_again(task: Task, workshop: Workshop, record: Record) -> Rendered:
    """A memo whose edition stands in the ledger and is damaged in the store. Raises BriefbookError."""
    return attempted(workshop, as_built(workshop, task, record))


def _flush(
    folder: Path, placed: Mapping[str, tuple[list[Placed], list[Problem]]], fresh: Collection[str]
) -> None:
    """Flush the folder in which files were put, once for all; where it cannot be, each is told so.

    Of memos that were made a file that stood there already counts too: whoever put it there was broken off
    before the edition was recorded, maybe before the folder was flushed.
    """
    told = [
        problems
        for id_, (files, problems) in placed.items()
        if any(file.written or id_ in fresh for file in files)
    ]
    try:
        if told:
            flush_folder(folder)
    except OSError as error:
        for problems in told:
            problems.append(cannot_flush(folder, error))


def put_in_place(
    output: Output,
    key: str,
    rendered: Rendered | None,
    record: Record,
    folder: Path,
    *,
    again: Callable[[], Rendered] | None = None,
    flushes_folder: bool = True,
) -> Placed:
    """Put a file of an edition in place, under the name `key` of the ledger. Raises BriefbookError.

    Its bytes are those of what was `rendered`, else those that are kept, which are looked through; `again`
    makes it once more where these are damaged. Who puts many there flushes the folder once for all of them.
    """
    return place(
        folder,
        output.name,
        output.sha256,
        partial(_bytes_of, output, key, rendered, record, again),
        is_ours=record.is_ours,
        is_of_memo=partial(record.is_of, key),
        flushes_folder=flushes_folder,
    )


def _bytes_of(
    output: Output,
    key: str,
    rendered: Rendered | None,
    record: Record,
    again: Callable[[], Rendered] | None,
) -> bytes:
    if rendered is not None:
        return rendered.outputs[output.format]
    data = record.store.find(output.sha256)
    if data is None and again is not None:
        record.store.put_many(again().kept)  # the same bytes: they put right what is kept
    from briefbook.writers.kept_contents import held_to_ours  # with lxml, which few passes need

    return held_to_ours(record.store.get(output.sha256) if data is None else data, output.name, key)


def outputs_of(rendered: Rendered) -> tuple[Output, ...]:
    """The files of a memo that was made, each with its name and digest."""
    return tuple(
        Output(
            format=name,
            name=f"{rendered.stem or rendered.memo}.{WRITERS[name].extension}",
            sha256=digest,
            size=len(data),
        )
        for (name, data), digest in zip(rendered.outputs.items(), rendered.digests[:-1], strict=True)
    )


def record_made(made: Sequence[Rendered], record: Record) -> dict[str, tuple[Edition, bool]]:
    """The editions of what was made, and whether they are new.

    What came out byte for byte as an edition of the same day is that edition, though made from other inputs:
    a fact beyond a section's limit has changed, or a newer briefbook writes the same. Where a promise of
    length leaves out something else it is a new one, as its inputs are asked for that.
    """
    editions = {}
    twins = {}
    for rendered in made:
        edition = _edition_of(rendered, record.now)
        twin = _twin(edition, record.ledger)
        if twin is not None and _leave_out_the_same(twin, rendered, record.store):
            twins[edition.memo] = twin
            edition = replace(edition, digest=twin.digest)
        editions[rendered.memo] = edition
    known = record.ledger.editions_with({id_: edition.digest for id_, edition in editions.items()})
    recorded = record.ledger.record_editions(list(editions.values()))
    record.ledger.same_editions(
        (rendered.memo, rendered.digest, twins[rendered.memo].number)
        for rendered in made
        if rendered.memo in twins
    )
    return {edition.memo: (edition, edition.memo not in known) for edition in recorded}


def _edition_of(rendered: Rendered, now: datetime) -> Edition:
    return Edition(
        memo=rendered.memo,
        number=0,
        as_of=rendered.day.as_of,
        known_by=rendered.day.known_by,
        digest=rendered.digest,
        substance=rendered.substance,
        inputs=rendered.digests[-1],
        tool=rendered.tool,
        made=now,
        outputs=outputs_of(rendered),
    )


def _twin(edition: Edition, ledger: Ledger) -> Edition | None:
    """The latest edition of the same day, if it holds the same bytes in the same formats."""
    own = {output.format: output.sha256 for output in edition.outputs}
    of_the_day = [
        other
        for other in ledger.editions(edition.memo)
        if (other.as_of, other.known_by) == (edition.as_of, edition.known_by)
    ]
    if not of_the_day:
        return None
    latest = of_the_day[-1]
    same = own == {output.format: output.sha256 for output in latest.outputs}
    return latest if same and latest.digest != edition.digest else None


def _leave_out_the_same(twin: Edition, rendered: Rendered, store: Store) -> bool:
    """Whether what an edition is kept to have been made from names the same as left out.

    Both are read as JSON, since what a bound book is made from is of another kind and has nothing of it. What
    is kept may be anything: a damaged ledger names another object.
    """
    data = store.find(twin.inputs)
    if data is None:
        return False
    try:
        kept_of, made_of = (json.loads(each).get("left_out") for each in (data, rendered.inputs))
    except (ValueError, AttributeError, RecursionError):
        return False
    return bool(kept_of == made_of)
