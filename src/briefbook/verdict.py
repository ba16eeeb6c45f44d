"""What the checks say of a book, and which memos a problem stops.

A memo with an error is not made; the others are. An error in a memo's own file stops that memo. An error in
a record of facts stops every memo that the record is, or would be, in; one in a picture or in a look, the
memos that show it or have it; one in a profile or a catalogue, the memos of that profile or language. What
cannot be tied to a record (a file that broke off, book.yaml) stops all. An error in the settings of mail
stops sending, and no memo.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from briefbook.catalogues import messages_in, ways_of
from briefbook.checks import CheckContext, run_checks
from briefbook.checks.columns import Columns
from briefbook.checks.naming import namings_of
from briefbook.checks.reach import Reaches, core_of
from briefbook.composing.compose import pictures_named
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import ENGLISH
from briefbook.diagnostics import Problem, Severity, has_errors, in_reading_order
from briefbook.frozen import frozen
from briefbook.look import look_of
from briefbook.memo import Memo, RangeScope, Scope
from briefbook.memo_languages import language_of
from briefbook.readers.read_book import ReadBook
from briefbook.readers.read_facts import Defined
from briefbook.readers.read_texts import read_texts
from briefbook.selection import Rested
from briefbook.tool import CATALOGUE, shipped_messages
from briefbook.workshop import Day, Workshop

TEMPLATE = ".j2"


@frozen
class Verdict:
    """The problems of a book, in reading order."""

    read: ReadBook
    problems: tuple[Problem, ...]
    templates: Callable[..., SectionTemplates]  # of sections, in a language, of a profile

    @property
    def has_errors(self) -> bool:
        """True when anything is an error."""
        return has_errors(list(self.problems))

    @property
    def has_errors_in_memos(self) -> bool:
        """True when anything but the settings of mail is in error: they stop sending alone."""
        return has_errors([problem for problem in self.problems if not problem.of_mail])

    @property
    def mail_problems(self) -> tuple[Problem, ...]:
        """The errors for which nothing is sent: of the settings of mail, or that there are none."""
        return tuple(p for p in self.problems if p.of_mail and p.severity is Severity.ERROR)

    @property
    def stops_none(self) -> bool:
        """True when no memo is stopped, and none need be asked about."""
        return not self._stoppers

    def stopping(self, memo_id: str, memo: Memo | None) -> list[Problem]:
        """The errors for which a memo is not made; `memo` is None where its file could not be read."""
        own = self.read.memo_files.get(memo_id) or (memo.where.file if memo else None)
        suspects = self._stoppers_elsewhere
        in_own_file = self._stoppers_by_memo_file.get(own or "")
        if in_own_file:
            at = bisect_right(suspects, own, key=lambda problem: problem.where.file)  # in reading order
            suspects = [*suspects[:at], *in_own_file, *suspects[at:]]
        if memo is not None:
            tongues = ways_of(language_of(memo, self.read.book.settings))
            suspects = [p for p in suspects if _catalogue(p.where.file) in (None, *tongues)]
            own_profile = {None, memo.profile}
            suspects = [p for p in suspects if self.read.profile_files.get(p.where.file) in own_profile]
        if memo is None or not suspects:
            return list(suspects)
        own_look = look_of(self.read.book, memo).problems if any(p.of_look for p in suspects) else ()
        broken = self._broken_pictures_of(memo)
        reach = self._reaches.of(memo.scope)

        def concerns(problem: Problem) -> bool:
            if problem.of_look:
                return problem in own_look
            if problem.of_picture:
                return problem.of_picture in broken
            return problem.where.file == own or self._concerns(problem, memo.scope, reach)

        return [problem for problem in suspects if concerns(problem)]

    def _broken_pictures_of(self, memo: Memo) -> frozenset[str]:
        broken = self.read.book.broken_pictures
        if not broken:  # else the templates are read, which few commands need
            return frozenset()
        # They are the same in any language, and a memo's own may be one that nobody knows.
        return pictures_named(memo, self.templates(ENGLISH, memo.profile), broken)

    def weighed(self) -> Iterator[Problem]:
        """The problems, those of pictures that no memo shows as warnings."""
        if not self.read.book.broken_pictures:
            yield from self.problems
            return
        memos = self.read.book.memos.values()
        shown = frozenset[str]().union(*map(self._broken_pictures_of, memos))
        for problem in self.problems:
            is_idle = problem.of_picture and problem.of_picture not in shown
            yield replace(problem, severity=Severity.WARNING) if is_idle else problem

    @cached_property
    def _stoppers(self) -> tuple[Problem, ...]:
        """The errors that stop some memo."""
        return tuple(
            problem
            for problem in self.problems
            if problem.severity is Severity.ERROR
            and not problem.of_mail
            and not problem.where.file.endswith(TEMPLATE)  # told where a memo is made with it
        )

    @cached_property
    def _stoppers_by_memo_file(self) -> Mapping[str, list[Problem]]:
        """Those in the files of memos, by file: as many memos may have one as there are."""
        found: dict[str, list[Problem]] = {}
        for problem in self._stoppers:
            if problem.where.file in self._memo_files:
                found.setdefault(problem.where.file, []).append(problem)
        return found

    @cached_property
    def _stoppers_elsewhere(self) -> list[Problem]:
        return [problem for problem in self._stoppers if problem.where.file not in self._memo_files]

    @cached_property
    def _reaches(self) -> Reaches:
        return Reaches(self.read.book.facts)

    @cached_property
    def _memo_files(self) -> frozenset[str]:
        return frozenset(self.read.memo_files.values())

    def _concerns(self, problem: Problem, scope: Scope, reach: frozenset[str]) -> bool:
        record = self._record_at(problem)
        if record is None or record.id in reach:
            return True
        if not record.mentions:
            return False
        # It was left out, so what it says is not known: it may lie in any range, and in any memo at all if
        # nothing names it and it names no forum and no meeting.
        occasions = record.mentions & self._occasions
        return (
            isinstance(scope, RangeScope)
            or bool(occasions & core_of(scope, self.read.book.facts))
            or not (occasions or record.id in self._named)
        )

    @cached_property
    def _occasions(self) -> frozenset[str]:
        """The ids of all forums and meetings, and of the records left out: one of them may be either."""
        facts = self.read.book.facts
        return frozenset(facts.forums) | frozenset(facts.meetings) | self._left_out

    @cached_property
    def _left_out(self) -> frozenset[str]:
        return frozenset(record.id for record in self.read.defined if record.mentions)

    @cached_property
    def _named(self) -> frozenset[str]:
        """Every id that a fact has or names, or that a record names that was left out."""
        facts = [fact for kind in self.read.book.facts.kinds().values() for fact in kind.values()]
        named = {naming.id for fact in facts for naming in namings_of(fact)}
        named |= {fact.id for fact in facts}  # a record may have taken the id of another
        return frozenset(named).union(*(record.mentions for record in self.read.defined))

    @cached_property
    def _records(self) -> Mapping[str, list[Defined]]:
        """The records of each file, in the order of their places."""
        found: dict[str, list[Defined]] = {}
        for record in self.read.defined:
            if record.where.line is not None:
                found.setdefault(record.where.file, []).append(record)
        return {file: sorted(records, key=_line) for file, records in found.items()}

    def _record_at(self, problem: Problem) -> Defined | None:
        """The record in which a problem lies; None where it lies in none."""
        records = self._records.get(problem.where.file, [])
        at = bisect_right(records, problem.where.line or 0, key=_line)
        return records[at - 1] if at else None


@lru_cache(maxsize=256)  # it is asked for each memo
def _catalogue(file: str) -> str | None:
    """The language of the catalogue that a file is; None where it is none."""
    path = Path(file)
    return path.stem if path.suffix == CATALOGUE else None


def _line(record: Defined) -> int:
    return record.where.line or 0


def judge(
    read: ReadBook,
    *,
    sources: Path | None = None,
    lint_on: Day | None = None,
    rested: Mapping[str, tuple[Rested, ...]] | None = None,
) -> Verdict:
    """Check a book that was read.

    With the folder of the sources' texts the evidence is looked up in them; with a day every memo is made in
    memory as of it, so that what only shows in a memo is found too, and files that the book names are
    looked for. `rested` is, by memo, what its slots rest on, as its latest edition noted it.
    """
    problems = list(read.problems)
    texts = None
    if sources is not None:
        texts, found = read_texts(sources, read.book.facts.sources.values())
        problems += found
    days: tuple[date, ...] = (lint_on.as_of,) if lint_on else ()
    root = Path(read.book.root)
    templates = Workshop(read.book).templates
    context = CheckContext(
        defined=read.ids,
        texts=texts,
        templates=templates,
        days=days,
        messages=frozenset(messages_in(shipped_messages())) if lint_on else frozenset(),
        known_by=lint_on.known_by if lint_on else None,
        rested=rested or {},
        columns=Columns(read.book.facts),
        is_there=(lambda path: (root / path).is_file()) if lint_on else None,
    )
    problems += run_checks(read.book, context)
    verdict = Verdict(read=read, problems=tuple(in_reading_order(problems)), templates=templates)
    return replace(verdict, problems=tuple(verdict.weighed()))
