"""Whether memos are ready to leave: each as it is made as of a day, under the release rules."""

from collections.abc import Iterable, Iterator, Sequence

from briefbook.checks.leaving import Leaving
from briefbook.checks.release import (
    RULES,
    Finding,
    fields_lacking,
    finding_of,
    required_field,
    rigour_of,
    standing_against,
)
from briefbook.diagnostics import BriefbookError, Problem, Severity
from briefbook.frozen import frozen
from briefbook.memo import Book, Memo
from briefbook.plans import as_built
from briefbook.record import Record
from briefbook.release_spec import Rigour
from briefbook.workshop import Day, Task, Workshop


@frozen
class Ready:
    """What stands against a memo. Errors keep it in; warnings are for a person to weigh."""

    memo: str
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of it, as problems."""
        return tuple(finding.problem for finding in self.findings)

    @property
    def errors(self) -> int:
        """How many keep it in."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def is_ready(self) -> bool:
        """Whether it may leave."""
        return self.errors == 0


def judged(workshop: Workshop, memos: Iterable[Memo], day: Day, record: Record | None) -> Iterator[Ready]:
    """What the rules say of memos that can be made. A mistake that only shows as one is made is told, too.

    Each is judged as a build would make it: with what it tells since the edition before. `record` is None
    where nothing was built yet, or nothing of it concerns these memos.
    """
    for memo in memos:
        task = Task(memo=memo, day=day, formats=())
        try:
            task = as_built(workshop, task, record) if record is not None else task
            inputs, document = workshop.composed(task)
        except BriefbookError as error:
            yield Ready(memo=memo.id, findings=tuple(Finding(problem=problem) for problem in error.problems))
            continue
        leaving = Leaving(memo=memo, book=workshop.book, selection=inputs.selection, document=document)
        yield Ready(memo=memo.id, findings=tuple(standing_against(leaving)))


def asks_record(workshop: Workshop, memo: Memo) -> bool:
    """Whether what a memo tells depends on the edition before."""
    return memo.rests or workshop.asks_for_previous(memo)


def not_made(memo_id: str, memo: Memo | None, stopping: Sequence[Problem], book: Book) -> Ready:
    """What stands against a memo that cannot be made: the errors that stop it.

    Where its profile asks for what its file lacks, that is told by the rule as well as stopped by the check.
    """
    found = [] if memo is None else [
        finding_of(rule, rigour, each)
        for rule in RULES
        if rule.judges is required_field and (rigour := rigour_of(rule, book, memo)) is not Rigour.OFF
        for each in fields_lacking(memo, book)
    ]  # fmt: skip
    told = {(finding.problem.where, finding.problem.hint) for finding in found}
    others = [Finding(problem=each) for each in stopping if (each.where, each.hint) not in told]
    return Ready(memo=memo_id, findings=(*others, *found))
