"""`briefbook build`: make memos and write them."""

import json
import os
import sys
from datetime import date
from pathlib import Path

import click

from briefbook.build import Built, build
from briefbook.cli.adhoc import adhoc_memo, adhoc_options
from briefbook.cli.book import BookFinder, chosen_memos, day_of, day_options
from briefbook.cli.printing import PROBLEMS_FOUND, as_json, count, print_problems, say
from briefbook.diagnostics import did_you_mean
from briefbook.verdict import judge, usable_book
from briefbook.writers import WRITERS


def _formats(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in WRITERS:
            hint = did_you_mean(name, WRITERS)
            raise click.BadParameter(f"{name!r} is no format ({hint})", ctx, param)
    if not names:
        raise click.BadParameter("name at least one format", ctx, param)
    return names


@click.command("build")
@click.argument("memos", nargs=-1, metavar="[MEMO]...")
@day_options
@click.option(
    "--format",
    "formats",
    callback=_formats,
    metavar="LIST",
    help=f"Formats with commas between: {', '.join(WRITERS)}. Default: what each memo asks for (docx,pdf).",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write. Default: out/ in the book.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Work in this many processes. Default: 1.",
)
@adhoc_options
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
    wants_json: bool,
    **adhoc: str | date | None,
) -> None:
    """Make memos and write them to OUT/<as-of>/<memo>.<format>; without MEMO, all of the book.

    A memo with errors is not written, the others are; the exit status is then 1. A file is replaced whole or
    not at all.

    \b
    Examples:
      briefbook build
      briefbook build security-ministerial --as-of 2026-02-10 --format docx,pdf,html
      briefbook build --from 2026-01-01 --to 2026-03-31
    """
    read = finder.read()
    wanted = adhoc_memo(read, adhoc)
    if wanted is not None and memos:
        raise click.UsageError("name memos, or ask for one by --forum, --meeting or --from and --to")
    verdict = judge(read)
    day = day_of(read.book.settings, as_of, known_by)
    chosen = [wanted] if wanted else chosen_memos(read, memos)
    names = [wanted.id] if wanted else list(dict.fromkeys(memos)) or list(read.memo_files)
    # An ad-hoc memo has no file, so "" names it to the verdict.
    good = [memo for memo in chosen if not verdict.stopping("" if wanted else memo.id, memo)]
    print_problems(verdict.problems)
    folder = out or Path(read.book.root) / "out"
    with click.progressbar(
        length=len(good), label="Making memos", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        done = build(
            usable_book(read),
            good,
            day,
            out=folder,
            formats=formats,
            jobs=jobs,
            progress=lambda _: bar.update(1),
        )
    print_problems(problem for built in done for problem in built.problems)
    if wants_json:
        click.echo(_json(names, done, verdict.problems))
    else:
        _summary(names, done, folder / day.as_of.isoformat())
    made = [built for built in done if not built.problems]
    if len(made) < len(names) or verdict.has_errors:
        raise SystemExit(PROBLEMS_FOUND)


def _summary(names: list[str], done: list[Built], folder: Path) -> None:
    made = [built for built in done if not built.problems]
    files = sum(len(built.files) for built in done)
    shown = os.path.relpath(folder) if folder.resolve().is_relative_to(Path.cwd()) else str(folder)
    if made:
        say(f"{count(len(made), 'memo', 'memos')} in {count(files, 'file', 'files')}: {shown}{os.sep}")
    missing = [name for name in names if name not in {built.memo for built in made}]
    if missing:
        say(f"{count(len(missing), 'memo', 'memos')} not made: {', '.join(missing)}")
    stale = [name for name in missing if any((folder / f"{name}.{format_}").exists() for format_ in WRITERS)]
    if stale:
        say(f"what lies in {shown}{os.sep} from an earlier build stays as it was: {', '.join(stale)}")
    if not names:
        say("this book has no memos: add one in memos/")


def _json(names: list[str], done: list[Built], problems: tuple[object, ...]) -> str:
    made = {built.memo: [str(file) for file in built.files] for built in done if not built.problems}
    told = [as_json(problem) for built in done for problem in built.problems]
    told += [as_json(problem) for problem in problems]  # type: ignore[arg-type]
    result = {"made": made, "not_made": [name for name in names if name not in made], "problems": told}
    return json.dumps(result, ensure_ascii=False, indent=2)
