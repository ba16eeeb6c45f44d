"""What is to become of each memo of a pass: whether it stands in the ledger already, or is to make.

What is kept of editions may be damaged, or of another briefbook. That costs the memo whose edition it is no
more than to be made once more, and no other anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from briefbook.crew import own_mistake
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import LeftOut
from briefbook.frozen import frozen
from briefbook.inputs import Inputs
from briefbook.issued import Edition
from briefbook.ledger import LedgerError
from briefbook.previous import kept_selection, left_out_of, previous_edition, rested_before
from briefbook.record import Record
from briefbook.store import Store
from briefbook.workshop import Task, Workshop
from briefbook.writers.theme import files_of

T = TypeVar("T")
S = TypeVar("S")

# Memos that are planned, and whose editions are recorded, at once: a flush of the disk for each would cost
# more than they do.
BATCH = 32


@frozen
class Plan:
    """What is to become of a memo: it cannot be made, stands in the ledger already, or is to make."""

    task: Task
    edition: Edition | None = None
    left_out: tuple[LeftOut, ...] = ()  # by that edition, so that it keeps to the length that it promises
    problems: tuple[Problem, ...] = ()
    trace: str = ""

    @property
    def is_to_make(self) -> bool:
        """True where the ledger has no such edition, or lacks bytes of it."""
        return self.edition is None and not self.problems

    def if_at_hand(self, workshop: Workshop, record: Record) -> "Plan":
        """The same without its edition where not all of that is kept; with what that left out."""
        if self.edition is None:
            return self
        memo = self.task.memo
        look = [file.sha256 for file in files_of(workshop.theme_of(memo))]
        if not is_at_hand(self.edition, self.task.formats, look, record.store):
            return replace(self, edition=None)
        left_out = () if memo.length is None else left_out_of(self.edition, record)
        return replace(self, edition=None) if left_out is None else replace(self, left_out=left_out)


def planned(workshop: Workshop, tasks: Iterator[Task], record: Record) -> Iterator[Plan]:
    """The plans of tasks, some at a time, as they are asked for. Raises LedgerError."""
    while some := list(islice(tasks, BATCH)):
        ready: dict[str, tuple[Task, Inputs]] = {}
        stopped: dict[str, Plan] = {}
        for task in some:
            try:
                knowing = _knowing_rested(task, record)
                its = workshop.inputs(task.memo, task.day, rested=knowing.rested)
                its.digest  # noqa: B018 – worked out once and kept: it is asked for below
                ready[task.memo.id] = knowing, its
            except Exception as error:
                stopped[task.memo.id] = _stopped(task, error)
        digests = {id_: its.digest for id_, (_, its) in ready.items()}
        standing, damaged = sparing(digests, record.ledger.editions_with)
        stopped |= {id_: _stopped(ready[id_][0], why) for id_, why in damaged.items()}
        for task in some:
            id_ = task.memo.id
            yield stopped[id_] if id_ in stopped else _plan(*ready[id_], standing.get(id_), workshop, record)


def sparing(
    memos: Mapping[str, T], ask: Callable[[Mapping[str, T]], Mapping[str, S]]
) -> tuple[Mapping[str, S], dict[str, BriefbookError]]:
    """What the ledger answers for some memos, by their ids: asked for all at once, for each alone if need be.

    So a damaged row costs its own memo alone: the error stands under it. Raises LedgerError.
    """
    try:
        return ask(memos), {}
    except LedgerError:
        raise
    except BriefbookError as error:
        if len(memos) == 1:
            return {}, dict.fromkeys(memos, error)
    answers: dict[str, S] = {}
    damaged: dict[str, BriefbookError] = {}
    for id_, asked in memos.items():
        answer, why = sparing({id_: asked}, ask)
        answers |= answer
        damaged |= why
    return answers, damaged


def _stopped(task: Task, error: Exception) -> Plan:
    """The plan of a memo at which something went wrong. Raises LedgerError: that stops the pass."""
    if isinstance(error, LedgerError):
        raise error
    if isinstance(error, BriefbookError):
        return Plan(task=task, problems=error.problems)
    problem, trace = own_mistake(task, error)
    return Plan(task=task, problems=(problem,), trace=trace)


def _plan(task: Task, inputs: Inputs, edition: Edition | None, workshop: Workshop, record: Record) -> Plan:
    """What is to become of a memo of which the ledger has this edition; what is to make has its selection."""
    try:
        plan = Plan(task=task, edition=edition).if_at_hand(workshop, record)
        if plan.is_to_make and inputs.asks_for_previous:
            plan = _compared(task, edition, inputs, workshop, record)
    except Exception as error:
        return _stopped(task, error)
    if not plan.is_to_make:
        return plan
    return replace(plan, task=replace(plan.task, selection=inputs.selection))


def _knowing_rested(task: Task, record: Record) -> Task:
    """A task that knows what the words of its memo rest on, as the edition before noted it."""
    if not task.memo.rests:
        return task
    day = task.day
    return replace(task, rested=rested_before(record, task.memo.id, day.as_of, day.known_by))


def _compared(
    task: Task, edition: Edition | None, inputs: Inputs, workshop: Workshop, record: Record
) -> Plan:
    """A memo to make that knows the edition before; where that is lost it may stand in the ledger after all.

    `edition`: the one that it is itself, where not all of that is at hand.
    """
    task, edition = with_before(task, edition, inputs, record)
    return Plan(task=task, edition=edition).if_at_hand(workshop, record)


def as_built(workshop: Workshop, task: Task, record: Record) -> Task:
    """A task that tells of the edition before what a build of it would tell; nothing is made or recorded."""
    task = _knowing_rested(task, record)
    if not workshop.asks_for_previous(task.memo):
        return task
    inputs = workshop.inputs(task.memo, task.day, rested=task.rested)
    edition = record.ledger.editions_with({task.memo.id: inputs.digest}).get(task.memo.id)
    return with_before(task, edition, inputs, record)[0]


def with_before(
    task: Task, edition: Edition | None, inputs: Inputs, record: Record
) -> tuple[Task, Edition | None]:
    """A task that knows what the edition before told, or what the same edition did, if that is kept.

    With the edition that it is itself, if any: where nothing is kept of the one before that is another.
    """
    id_, day = task.memo.id, task.day
    again = None if edition is None else kept_selection(edition, record)
    if again is not None:
        return replace(task, again=again), edition
    before = None if edition is None else edition.number
    previous = previous_edition(record, id_, day.as_of, day.known_by, before)
    if previous is None or previous.selection is not None:
        return replace(task, previous=previous), edition
    lost = record.ledger.editions_with({id_: inputs.comparing_with_nothing.digest}).get(id_)
    again = None if lost is None else kept_selection(lost, record)
    return replace(task, previous=None if again else previous, again=again), lost


def is_at_hand(edition: Edition, formats: Sequence[str], files: Sequence[str], store: Store) -> bool:
    """True when an edition is kept in every format, with what it was made from: nothing has to be made."""
    outputs = {output.format: output.sha256 for output in edition.outputs}
    made_from = (edition.inputs, *files)
    return all(map(store.has, made_from)) and all(
        name in outputs and store.has(outputs[name]) for name in formats
    )
