"""`briefbook build`: make memos and write them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbook.cli.adhoc import adhoc_memo, adhoc_options
from briefbook.cli.book import (
    BookFinder,
    WholeNumber,
    chosen_ids,
    chosen_memos,
    day_of,
    day_options,
    language_option,
    out_option,
    refuse_unknown,
    today,
)
from briefbook.cli.build_report import (
    Outcome,
    made_as_json,
    made_of,
    tell_fallen,
    tell_old_redlines,
    tell_standing,
    tell_summary,
    tell_traces,
)
from briefbook.cli.completing import formats, memo_ids
from briefbook.cli.hands import hands_of, hands_options
from briefbook.cli.printing import (
    PROBLEMS_FOUND,
    as_json,
    print_problems,
    shown,
    tell,
    tell_json,
    tell_left_out,
    tell_redlines,
    tell_reports,
    warn_beside,
)
from briefbook.cli.progress import Progress
from briefbook.cli.releasing import Reports, releasable_option, released_for, variant_name_of
from briefbook.diagnostics import Severity, did_you_mean, in_reading_order
from briefbook.files import own_folder
from briefbook.packing import Chosen
from briefbook.passes import Standing, Stands, note_pass, pass_digest, stamps_of, standing_pass
from briefbook.placing import Placed
from briefbook.readers.book_files import TEMPLATES_FOLDER, BookFiles, gather
from briefbook.record import Record
from briefbook.tool import shipped_languages, shipped_schemes, shipped_templates
from briefbook.user_cache import tool_identity
from briefbook.writers import WRITERS
from briefbook.writers.theme import File

if TYPE_CHECKING:  # what makes memos is imported once there is a memo to make
    from briefbook.build import Built
    from briefbook.crew import Hands
    from briefbook.memo import Memo
    from briefbook.redlining import Redlined


def _formats(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    given = (name.strip().lower() for name in value.split(",") if name.strip())
    names = tuple(dict.fromkeys("txt" if name == "text" else name for name in given))  # `show` says text
    for name in names:
        if name not in WRITERS:
            hint = did_you_mean(name, WRITERS)
            raise click.BadParameter(f"{name!r} is no format ({hint})", ctx, param)
    if not names:
        raise click.BadParameter("name at least one format", ctx, param)
    return names


@click.command("build")
@click.argument("memos", nargs=-1, metavar="[MEMO]...", shell_complete=memo_ids)
@day_options
@click.option(
    "--format",
    "formats",
    callback=_formats,
    shell_complete=formats,
    metavar="LIST",
    help=f"Formats with commas between: {', '.join(WRITERS)}. Default: what each memo asks for (docx,pdf).",
)
@out_option
@hands_options
@click.option(
    "--edition",
    type=WholeNumber(1),
    metavar="N",
    help="Bring back edition N of one memo as it was issued (briefbook history MEMO lists them).",
)
@language_option("Make the memos in this language alone, also those that are made in others.")
@adhoc_options
@releasable_option
@click.option("--release", "for_release", is_flag=True, help="Only what is ready to leave (check --release).")
@click.option(
    "--redline",
    "wants_redline",
    is_flag=True,
    help="Beside each DOCX, also one that tracks what changed since the edition before.",
)
@click.option(
    "--traceback",
    "wants_trace",
    is_flag=True,
    help="Of a mistake of briefbook's own, also where it happened.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print what was made as JSON to standard output.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memos: tuple[str, ...],
    as_of: date | None,
    known_by: date | None,
    formats: tuple[str, ...] | None,
    out: Path | None,
    jobs: int,
    executor: str | None,
    chunk: int | None,
    edition: int | None,
    language: str | None,
    releasable_to: str | None,
    for_release: bool,
    wants_redline: bool,
    wants_trace: bool,
    wants_json: bool,
    **adhoc: str | date | None,
) -> None:
    """Make memos and write them to OUT/<as-of>/<memo>.<format>; without MEMO, all of the book.

    A memo in several languages is written to <memo>.<language>.<format>, each an edition of its own.

    Only what is not there already is made. A file that a person changed is never overwritten: the new edition
    goes beside it. A memo with errors is not written, the others are; the exit status is then 1. A mistake in
    the settings of mail is told and stops no memo. A file is replaced whole or not at all. With --release a
    memo that the release rules hold back counts as one with errors.

    \b
    Examples:
      briefbook build
      briefbook build --jobs 4
      briefbook build --executor dask://10.0.0.5:8786
      briefbook build security-ministerial --as-of 2026-02-10 --format docx,html
      briefbook build --from 2026-01-01 --to 2026-03-31
      briefbook build security-ministerial --redline
      briefbook build security-ministerial --edition 3
    """
    root = finder.root()
    folder = out or own_folder(root, "out")
    if edition is not None:
        asks_for_more = bool(as_of or known_by or releasable_to or for_release or any(adhoc.values()))
        is_work_shared = jobs > 1 or executor is not None
        memo = _one_memo(
            memos,
            language,
            asks_for_more=asks_for_more,
            wants_redline=wants_redline,
            is_work_shared=is_work_shared,
        )
        _bring_back(finder, memos[0], memo, edition, folder, formats, wants_json)
        return
    files = gather(root)
    asked = {
        "memos": memos,
        "as_of": as_of,
        "known_by": known_by,
        "formats": formats,
        "adhoc": adhoc,
        "language": language,
        "out": folder.resolve(),
        "here": Path.cwd(),
        "today": today(),
        "release": for_release,
    }
    shared = [root / TEMPLATES_FOLDER, shipped_templates(), shipped_languages(), shipped_schemes()]
    before = stamps_of(shared)
    digest = pass_digest(files, shared, tool_identity(), asked)
    with finder.open_record() as record:
        is_plain = not (releasable_to or wants_redline)  # of reports and redlines no pass knows
        standing = standing_pass(record, digest, root, folder) if is_plain else None
        if standing is not None:
            tell_standing(standing, wants_json)
            return
        done = _Pass(
            files=files,
            memos=memos,
            as_of=as_of,
            known_by=known_by,
            language=language,
            adhoc=adhoc,
            to=releasable_to,
        )
        del files  # read, and as large as all that is told of the memos
        if for_release:
            done.hold_back(record)
        with hands_of(jobs, executor, chunk) as hands:
            done.run(record, folder, formats, hands)
        if wants_trace:
            tell_traces(done.outcome)
        if wants_redline:
            done.redline(record, jobs)
        if wants_json:
            tell_json(done.json())
        else:
            tell_summary(done.outcome, done.missing, done.folder)
            tell_reports(done.reports)
            tell_redlines(done.redlined)
            tell_old_redlines(done.built, done.folder, done.redlined, done.taken)
        if done.failed:
            raise SystemExit(PROBLEMS_FOUND)
        is_steady = before is not None and before == stamps_of(shared)
        if done.names and not done.outcome.beside and is_plain and is_steady:
            note_pass(record, digest, done.left(), done.what_stands())


class _Pass:
    """One build of a book that was read: what it was asked for, and what came of it."""

    def __init__(
        self,
        *,
        files: BookFiles,
        memos: Sequence[str],
        as_of: date | None,
        known_by: date | None,
        language: str | None,
        adhoc: Mapping[str, str | date | None],
        to: str | None = None,
    ) -> None:
        """`to`: the level for which variants are made, if any."""
        from briefbook.readers.read_book import read_book
        from briefbook.usable import usable_book
        from briefbook.verdict import judge

        read = read_book(files.root, files)
        wanted = adhoc_memo(read, adhoc, language)
        if wanted is not None and memos:
            raise click.UsageError("name memos, or ask for one by --forum, --meeting or --from and --to")
        verdict = judge(read)
        chosen = {wanted.id: wanted} if wanted else chosen_memos(read, memos, language)
        broken = [] if wanted else [id_ for id_ in chosen_ids(read, memos) if id_ not in read.book.memos]
        self.names = [*chosen, *broken]
        self.book = usable_book(read)
        self.day = day_of(read.book.settings, as_of, known_by)
        self.problems = verdict.problems
        self.has_errors = verdict.has_errors_in_memos
        # An ad-hoc memo has no file, so "" names it to the verdict.
        good: Iterable[str] = chosen
        if not verdict.stops_none:  # to ask, each memo is unpacked
            good = (i for i, memo in chosen.items() if not verdict.stopping("" if wanted else i, memo))
        self.good: Mapping[str, Memo] = Chosen(good, chosen)
        self.built: Sequence[Built] = ()
        self.outcome = Outcome(())
        self.folder = Path()
        self.reports: dict[str, list[Placed]] = {}  # of what was removed, by variant
        self.redlined: list[Redlined] = []
        self.taken = frozenset(read.memo_files)
        self._reports: Reports | None = None
        self._whole: dict[str, Memo] = {}  # by the name of its variant
        if to is not None:
            self._release(to, read.memo_files)

    def _release(self, to: str, taken: Iterable[str]) -> None:
        """Take what may be shown of the book and its memos instead of the whole."""
        made = released_for(self.book, to, list(self.good.values()), taken)
        ending = variant_name_of(self.book, to)
        self._whole = {f"{id_}.{ending}": memo for id_, memo in self.good.items()}
        self.names = [f"{name}.{ending}" for name in self.names]
        self._reports = Reports(self.book, made, self.day)
        self.book, self.good = made.book, made.book.memos
        self.problems = (*self.problems, *made.problems)

    def hold_back(self, record: Record) -> None:
        """Leave out the memos, or variants, that the release rules have an error against."""
        from briefbook.ready import judged
        from briefbook.workshop import Workshop

        found = list(judged(Workshop(self.book), self.good.values(), self.day, record))
        self.problems = (*self.problems, *(problem for one in found for problem in one.problems))
        self.good = Chosen((one.memo for one in found if one.is_ready), self.good)

    def run(self, record: Record, out: Path, formats: tuple[str, ...] | None, hands: "Hands") -> None:
        """Make what can be made, with progress on the terminal; tell every problem."""
        from briefbook.build import build

        self.folder = out / self.day.as_of.isoformat()
        print_problems(self.problems)
        with Progress("Making memos", len(self.good)) as progress:
            self.built = build(
                self.book,
                self.good.values(),
                self.day,
                out=out,
                record=record,
                formats=formats,
                hands=replace(hands, warn=lambda problem: progress.aside(lambda: hands.warn(problem))),
                progress=lambda built: progress.step(was_made=built.was_made),
            )
        self.outcome = Outcome(self.built)
        if self._reports is not None:
            for built in made_of(self.built):
                placed = self._reports.write(self._whole[built.memo], built, self.folder, record)
                self.reports[built.memo] = placed
        print_problems(self.outcome.problems)
        tell_left_out(self.outcome.left_out)
        self._tell_fallen()

    def _tell_fallen(self) -> None:
        """Tell of new editions which words are not in them, as what they rest on fell with its source."""
        if any(source.withdrawn for source in self.book.facts.sources.values()):
            new = Chosen((built.memo for built in made_of(self.built) if built.is_new), self.good)
            tell_fallen(self.book, (memo for memo in new.values() if memo.rests), self.day)

    def redline(self, record: Record, jobs: int) -> None:
        """Make the redlines of the memos that stand as they should; tell why there is none of some."""
        from briefbook.redlining import redlines

        editions = [built.edition for built in made_of(self.built) if built.edition is not None]
        may_show = None if self._reports is None else self._reports.may_show
        self.redlined = redlines(
            editions, record, self.folder, taken=self.taken, may_show=may_show, jobs=jobs
        )
        print_problems(problem for each in self.redlined for problem in each.problems)

    @property
    def missing(self) -> list[str]:
        """The memos that were asked for and not made."""
        return [name for name in self.names if name not in self.good or name in self.outcome.failed]

    @property
    def failed(self) -> bool:
        """True when the exit status must say so."""
        untold = any(
            problem.severity is Severity.ERROR for each in self.redlined for problem in each.problems
        )
        return bool(self.missing) or self.has_errors or untold

    def json(self) -> dict[str, object]:
        """What came of it, for programs to read."""
        made = list(made_of(self.built))
        told = [*self.outcome.problems, *(problem for each in self.redlined for problem in each.problems)]
        return made_as_json(
            {built.memo: built.files for built in made},
            {built.memo: built.edition.number for built in made if built.edition},
            others=[file for built in self.built if built.problems for file in built.files],
            names=self.names,
            left_out=self.outcome.left_out,
            reports=self.reports,
            redlines=self.redlined,
            problems=[as_json(problem) for problem in (*in_reading_order(told), *self.problems)],
        )

    def left(self) -> Standing:
        """What this pass left, but for the memos, for the next one."""
        return Standing(
            folder=str(self.folder.resolve()),
            said=tuple(as_json(problem) for problem in self.problems),
            look={name: File.of(data).sha256 for name, data in self.book.files.items()},
            left_out=self.outcome.left_out,
        )

    def what_stands(self) -> Iterator[tuple[str, Stands]]:
        """Each memo that stands, with its edition and its files."""
        for built in self.built:
            if built.edition is not None:
                placed = {file.path.name for file in built.files}
                outputs = built.edition.outputs
                files = {output.name: output.sha256 for output in outputs if output.name in placed}
                yield built.memo, (built.edition.number, files)


# ------------------------------------------------------------------------------ a past edition again


def _one_memo(
    memos: Sequence[str],
    language: str | None,
    *,
    asks_for_more: bool,
    wants_redline: bool,
    is_work_shared: bool,
) -> str:
    """The memo of which an edition is to be brought back. Raises UsageError for what cannot go with that."""
    if len(memos) != 1 or asks_for_more:
        message = (
            "--edition brings back one memo as it was: name that memo, without a day, --releasable-to or"
            " --release"
        )
        raise click.UsageError(f"{message} (a variant is a memo of its own: <memo>.releasable-to-…)")
    if wants_redline:
        raise click.UsageError(
            "--edition brings back what was issued; a redline is made with the edition of a day"
        )
    if is_work_shared:
        raise click.UsageError(
            "--edition makes nothing anew, so there is nothing for --jobs to do, nor for --executor"
        )
    return f"{memos[0]}.{language.lower()}" if language else memos[0]


def _bring_back(
    finder: BookFinder,
    typed: str,
    memo: str,
    number: int,
    out: Path,
    formats: tuple[str, ...] | None,
    wants_json: bool,
) -> None:
    from briefbook.editions import bring_back

    with finder.open_record() as record:
        if record.ledger.latest(memo) is None:
            refuse_unknown(finder.read(), typed, {edition.memo for edition in record.ledger.editions()})
        placed = bring_back(record, memo, number, out=out, formats=formats)
    if wants_json:
        tell_json(made_as_json({memo: placed}, {memo: number}))
        return
    for file in placed:
        tell(shown(file.path))
    warn_beside(placed, f"edition {number}")
