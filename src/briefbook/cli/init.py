"""`briefbook init`: a new book."""

import shlex
from pathlib import Path

import click

from briefbook.cli.printing import say, stop_for
from briefbook.diagnostics import Problem, Where
from briefbook.files import write_whole

STARTER = Path(__file__).parent.parent / "starter"
IGNORED = "gitignore"  # a name with a dot would hide it from what packs the wheel


@click.command("init")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def command(directory: Path) -> None:
    """Make a new book in DIR: small, with invented facts, explained in comments.

    It checks clean and builds as it stands. Its .gitignore keeps what briefbook makes out of Git. DIR must
    not exist or be empty; nothing is ever overwritten.

    \b
    Example:
      briefbook init fisheries
      briefbook -C fisheries build
    """
    try:
        taken = directory.exists() and (not directory.is_dir() or any(directory.iterdir()))
    except OSError as error:
        stop_for([_problem(directory, f"cannot look into this folder: {error.strerror}", "")])
    if taken:
        hint = "choose a new folder; nothing was written"
        stop_for([_problem(directory, "there is something here already", hint)])
    for file in sorted(STARTER.rglob("*.yaml")):
        write_whole(directory / file.relative_to(STARTER), file.read_bytes())
    write_whole(directory / f".{IGNORED}", (STARTER / IGNORED).read_bytes())
    say(f"A new book is in {directory}. Next: briefbook -C {shlex.quote(str(directory))} build")


def _problem(directory: Path, message: str, hint: str) -> Problem:
    return Problem(where=Where(file=str(directory)), message=message, hint=hint)
