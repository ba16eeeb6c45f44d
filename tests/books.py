"""A small book on disk, and the command run on it: what the tests of the outer floors share."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from briefbook.cli import main

# Two forums that share no fact but the countries and the sources, so that a mistake in one spares the other.
FILES: Mapping[str, str] = {
    "book.yaml": """\
format: 1
title: Norland–Sudland forums
as_of: 2031-04-20
""",
    "facts/ground.yaml": """\
sources:
  gazette: {short: the gazette, published: 2031-04-02, publisher: emery-gazette, text: gazette.txt}
  note: {short: the joint note, published: 2031-05-12, speaks: [norland, sudland], text: note.txt}
  letter: {short: the letter, published: 2031-04-10}
organisations:
  norland: {name: Norland, kind: country}
  sudland: {name: Sudland, kind: country}
  emery-gazette: {name: Emery Gazette, side: norland}
people:
  ana-holm: {name: Ana Holm}
  bo-lund: {name: Bo Lund}
forums:
  council: {name: Fisheries Council, sides: [norland, sudland]}
  harbours: {name: Harbour Talks, sides: [norland, sudland]}
""",
    "facts/council.yaml": """\
meetings:
  council-3:
    forum: council
    ordinal: 3
    statements:
      - source: gazette
        says: announced
        date: 2031-05
        place: Port Emery
        evidence: ministers will meet in May
      - source: note
        says: held
        date: 2031-05-11
        participants: [{person: ana-holm, as: Fisheries Minister, side: norland}]
        evidence: [met in Port Emery on 11 May, Ana Holm]
priorities:
  survey:
    forum: council
    text: Survey the shared stock together.
    statements:
      - source: gazette
        force: wish
        by: [norland]
        evidence: to survey the stock
""",
    "facts/harbours.yaml": """\
meetings:
  talks-1:
    forum: harbours
    title: first round of talks
    statements:
      - source: letter
        says: announced
        date: 2031-06-03
        evidence: on 3 June in Holm
        participants: [{person: bo-lund, as: Harbour Master, side: sudland}]
""",
    "memos/council.yaml": """\
title: Fisheries Council
forum: council
formats: [docx, txt]
bottom_line: {text: Press for the survey., rests_on: [survey]}
""",
    "memos/first-round.yaml": """\
title: First round
meeting: talks-1
formats: [md]
""",
    "memos/harbours.yaml": """\
title: Harbour Talks
forum: harbours
formats: [txt]
""",
    "memos/spring.yaml": """\
title: Spring
range: 2031-04/2031-06
formats: [txt]
""",
}
TEXTS: Mapping[str, str] = {
    "gazette.txt": "Fisheries ministers will meet in May in Port Emery, to survey the stock, the paper says.",
    "note.txt": "The ministers met in Port Emery on 11 May. Ana Holm spoke of a survey.",
}
MEMOS = ("council", "first-round", "harbours", "spring")
COMMAND = Path(sys.executable).parent / "briefbook"


def make_book(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the book into a folder; `changes` replace or add files, None leaves one out."""
    for name, content in {**FILES, **(changes or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """A change of one file: one piece of its text by another. The piece must be there once."""
    assert FILES[name].count(old) == 1, (name, old)
    return {name: FILES[name].replace(old, new)}


def run(*arguments: str | Path) -> Result:
    """The command in this process. What it raises, save its exit, is the test's failure."""
    result = CliRunner().invoke(main, [str(word) for word in arguments], prog_name="briefbook")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_process(
    *arguments: str | Path, cwd: Path | None = None, **env: str
) -> "subprocess.CompletedProcess[str]":
    """The command as a process of its own, its outputs in pipes."""
    return subprocess.run(
        [str(word) for word in (COMMAND, *arguments)],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def heed_ctrl_c() -> None:
    """A shell has its background jobs ignore SIGINT, and so would all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
