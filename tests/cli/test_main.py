"""The command as a whole: its help, its streams, its exit statuses, what it imports."""

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from briefbook.cli import COMMANDS, main
from briefbook.cli.book import BookFinder
from tests.books import COMMAND, FILES, MEMOS, changed, make_book, run, run_process

DAILY = '{cron: "0 7 * * *", zone: Africa/Lagos}'  # without summer time
BROKEN = changed("facts/harbours.yaml", "2031-06-03", "2031-06-31")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


# -------------------------------------------------------------------------------------------- help


def test_help_lists_every_command_with_a_line_and_how_to_begin() -> None:
    result = run("--help")
    assert result.exit_code == 0
    told = result.stdout.split("Commands:")[1]
    assert [line.split()[0] for line in told.strip().splitlines()] == list(COMMANDS)
    assert all(len(line.split()) > 4 for line in told.strip().splitlines())
    assert "briefbook init my-book" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_teaches_by_examples(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"\n    briefbook {command}" in result.stdout
    assert COMMANDS[command][2].split()[0] in result.stdout
    assert run(command, "-h").stdout == result.stdout


def test_the_examples_of_the_help_work(book: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On a book of their own; ids and folders of the example book are replaced by ours."""
    ours = {
        "security-ministerial": "council",
        "all": "spring",
        "four-areas-article": "gazette",
        "hlsd-2021-10": "council-3",
        "texts/": ".",
        "fisheries": "new/book",
        "3": "1",
        "sig-2026-01": "talks-1",
        "2026-02-02": "2031-06-10",
        "joint-note-2031-05-12": "note",
        "fisheries-council-3": "council-3",
        "2026-03-15": "2031-07-01",  # a month after its day, and nobody says whether it was held
    }
    mailed = FILES["memos/council.yaml"] + "deliver: {to: ana@example.org}\n"
    settings = (
        FILES["book.yaml"] + "mail: {from: desk@example.org, host: mail.example.org, owner: o@example.org}\n"
    )
    make_book(book, {"book.yaml": settings, "memos/council.yaml": mailed})
    for command in COMMANDS:
        if command in (
            "daemon",
            "send",
            "outbox",
            "review",
        ):  # they need a server, letters, or what came back
            continue
        for line in run(command, "--help").stdout.splitlines():
            words = shlex.split(line) if line.startswith("    briefbook ") else []
            if words:
                result = run(*(ours.get(word, word) for word in words[1:]))
                wanted = 3 if command == "run-due" else 0  # nothing is due in this book
                assert result.exit_code == wanted, (line, result.stderr)


def test_no_command_is_a_request_for_help() -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stderr == run("--help").stdout


# ------------------------------------------------------------------------------------ usage and books


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lsit"], "there is no command 'lsit' (did you mean 'list'?)"),
        (["fetch"], "there is no command 'fetch' (known: init, check, list, show, build, bind,"),
        (["--bok", "x", "list"], "No such option"),
        (["-C", "book.yaml", "list"], "Invalid value for '-C' / '--book': Directory 'book.yaml' is a file."),
        (["run-due", "council"], "Got unexpected extra argument (council)"),
        (["check", "--sources", "texts"], "Invalid value for '--sources': Directory 'texts' does not exist."),
        (["init"], "Missing argument 'DIR'."),
        (["build", "--jobs", "two"], "Invalid value for '--jobs': 'two' is not a valid whole number."),
        (["build", "--jobs"], "Option '--jobs' requires an argument."),
        (["history", "prune", "--keep"], "Option '--keep' requires an argument."),
        (["-C"], "Option '-C' requires an argument."),
    ],
)
def test_wrong_usage_is_told_on_standard_error(book: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    called = " ".join(word for word in arguments if word in ("history", "prune", "build", "run-due"))
    assert result.stderr.startswith(f"Usage: briefbook {called}")
    assert result.stderr.splitlines()[-1].startswith(f"Error: {message}")


@pytest.mark.parametrize(
    "words", ["show {}", "history {}", "clear {} --by x", "build {} --edition 1", "diff {}", "trace {}"]
)
def test_a_name_that_is_no_unicode_is_one_that_nothing_has(book: Path, words: str) -> None:
    assert run("build", "--format", "txt").exit_code == 0
    result = run(*words.format(os.fsdecode(b"co\xffuncil")).split())
    assert result.exit_code in (1, 2)
    assert "'co\\udcffuncil'" in result.stderr.splitlines()[-1]
    assert "(did you mean 'council'?)" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["check", "list", "build", "show"])
def test_no_book_here_or_above(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(command, *(["council"] if command == "show" else []))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{tmp_path}: error: no book.yaml here or in a folder above (make a book with: briefbook init DIR)\n"
    )


@pytest.mark.parametrize("folder", ["nowhere", "facts"])
def test_no_book_where_it_was_said_to_be(book: Path, folder: str) -> None:
    result = run("-C", folder, "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{folder}: error: there is no book here: no book.yaml in this folder"
        " (make a book with: briefbook init DIR)\n"
    )


@pytest.mark.parametrize("ways", [(), ("-C", ".")], ids=["here", "said"])
def test_the_settings_under_the_other_ending_are_told(
    ways: tuple[str, ...], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book / "book.yaml").rename(book / "book.yml")
    monkeypatch.chdir(book)
    result = run(*ways, "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "(a book's settings are in book.yaml: rename book.yml)" in result.stderr


def test_the_book_is_the_nearest_folder_upwards(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = book / "facts" / "more" / "deep"
    deep.mkdir(parents=True)
    here = run("list").stdout
    monkeypatch.chdir(deep)
    assert run("list").stdout == here
    assert run("--book", book, "list").stdout == here


# ------------------------------------------------------------------------- streams, colours, statuses


@pytest.mark.parametrize(
    ("arguments", "status", "says_something"),
    [
        (["list"], 0, True),
        (["show", "council"], 0, True),
        (["check", "--json"], 0, True),
        (["check", "--gaps"], 0, True),
        (["check"], 0, False),
        (["build", "--format", "txt"], 0, False),
        (["build", "--format", "txt", "--json"], 0, True),
        (["show", "counsil"], 2, False),
    ],
)
def test_results_go_to_standard_output_and_messages_do_not(
    book: Path, arguments: list[str], status: int, says_something: bool
) -> None:
    done = run_process(*arguments, cwd=book)
    assert done.returncode == status
    assert bool(done.stdout) == says_something
    assert "\x1b" not in done.stdout + done.stderr


def on_a_terminal(*arguments: str, cwd: Path, prints: bool = False, **env: str) -> str:
    """What the command writes to standard error (or `prints` to standard output) where that is a terminal."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [str(COMMAND), *arguments],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", **env},
        stdin=subprocess.DEVNULL,
        stdout=there if prints else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if prints else there,
    )
    os.close(there)
    written = b""
    while True:
        try:
            more = os.read(here, 4096)
        except OSError:  # Linux says so when the other side is closed
            break
        if not more:
            break
        written += more
    os.close(here)
    process.wait(60)
    return written.decode().replace("\r\n", "\n")


def test_problems_are_coloured_on_a_terminal_alone(tmp_path: Path) -> None:
    book = make_book(tmp_path, {**BROKEN, "facts/more.yaml": "people: {cara: {name: Cara}}"})
    plain = run_process("check", cwd=book).stderr
    coloured = on_a_terminal("check", cwd=book, NO_COLOR="")
    assert "\x1b[31m" in coloured  # an error is red
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[33m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain
    assert on_a_terminal("check", cwd=book, NO_COLOR="1") == plain


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            "100",
            [
                "MEMO    IN ITS ZONE               UTC               SCHEDULE",
                "spring  Thu 2026-01-01 07:00 WAT  2026-01-01 06:00  0 7 * * * (Africa/Lagos)",
            ],
        ),
        (
            "60",
            [
                "MEMO    IN ITS ZONE               UTC",
                "spring  Thu 2026-01-01 07:00 WAT  2026-01-01 06:00",
                "    schedule: 0 7 * * * (Africa/Lagos)",
            ],
        ),
        (
            "30",
            [
                "spring",
                "    in its zone: Thu",
                "      2026-01-01 07:00 WAT",
                "    utc: 2026-01-01 06:00",
                "    schedule: 0 7 * * *",
                "      (Africa/Lagos)",
            ],
        ),
    ],
)
def test_a_table_on_a_terminal_loses_nothing(book: Path, columns: str, told: list[str]) -> None:
    """Where it is too wide, its prose stands below each row, then all of it does."""
    make_book(book, {"memos/spring.yaml": f"{FILES['memos/spring.yaml']}schedule: {DAILY}\n"})
    shown = on_a_terminal("schedule", "show", "--count", "1", cwd=book, prints=True, COLUMNS=columns)
    same = re.sub("Mon|Tue|Wed|Fri|Sat|Sun", "Thu", re.sub(r"\d{4}-\d\d-\d\d", "2026-01-01", shown))
    assert same.splitlines() == told


def test_prose_in_a_table_is_cut_where_enough_of_it_is_left(book: Path) -> None:
    wide, cut, below = (
        on_a_terminal("list", cwd=book, prints=True, COLUMNS=columns).splitlines()
        for columns in ("100", "64", "40")
    )
    assert wide[-2].endswith("forum harbours            Harbour Talks, 3 June 2031")
    assert len(cut) == len(wide)
    assert any(line.endswith("…") for line in cut)
    assert max(map(len, cut)) <= 64
    assert below[0] == "MEMO"
    assert "    next meeting: Harbour Talks, 3 June" in below


def test_a_build_shows_how_far_it_is_on_a_terminal_alone(book: Path) -> None:
    assert "Making memos" in on_a_terminal("build", "--format", "txt", cwd=book)
    assert "Making memos" not in run_process("build", "--format", "txt", cwd=book).stderr


@pytest.mark.parametrize("arguments", ["list", "show spring", "check --gaps", "--help"])
def test_a_reader_that_has_enough_is_no_error(book: Path, arguments: str) -> None:
    """The pipe is closed before the first byte: as `| head -0` does at its worst."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [str(COMMAND), *arguments.split()],
        cwd=book,
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    _, stderr = process.communicate(timeout=60)
    assert stderr == ""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("arguments", ["list", "show spring", "check --json"])
def test_a_full_disk_behind_standard_output_is_one_clear_line(book: Path, arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(COMMAND), *arguments.split()],
            cwd=book,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.stderr == "error: No space left on device\n"
    assert done.returncode == 1


@pytest.mark.parametrize("closing", ["2>/dev/full", "2>&-", "2> >(:)"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this system")
def test_messages_that_nobody_can_hear_stop_no_build(book: Path, closing: str) -> None:
    """A warning before the first memo, a summary after the last one."""
    (book / "facts" / "more.yaml").write_text("people: {cara: {name: Cara}}\n")
    shutil.rmtree(book / "out", ignore_errors=True)
    script = f"exec {shlex.quote(str(COMMAND))} build spring {closing}"
    assert subprocess.run(["bash", "-c", script], cwd=book, stdin=subprocess.DEVNULL).returncode == 0
    assert [path.name for path in (book / "out").rglob("*.txt")] == ["spring.txt"]


@pytest.mark.parametrize(
    "arguments", ["list", "history", "outbox list", "schedule show", "check --json", "show council"]
)
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this system")
def test_results_that_nobody_can_hear_are_no_traceback(book: Path, arguments: str) -> None:
    make_book(book, {"memos/spring.yaml": f"{FILES['memos/spring.yaml']}schedule: {DAILY}\n"})
    assert run_process("build", "spring", "--format", "txt", cwd=book).returncode == 0
    script = f"exec {shlex.quote(str(COMMAND))} {arguments} >&-"
    done = subprocess.run(
        ["bash", "-c", script], cwd=book, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


def helps() -> Iterator[tuple[str, str]]:
    """The name and the help of the command and of all below it, on a terminal of 80 columns."""
    waiting: list[click.Command] = [main]
    above: list[click.Context | None] = [None]
    while waiting:
        command, parent = waiting.pop(), above.pop()
        context = click.Context(command, info_name=command.name, parent=parent, terminal_width=78)
        yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            found = [command.get_command(context, name) for name in command.list_commands(context)]
            waiting += [one for one in found if one is not None]
            above += [context] * len(found)


def test_no_line_of_the_help_is_too_long_or_cut_off_on_a_terminal() -> None:
    told = dict(helps())
    assert len(told) > 18
    for name, text in told.items():
        assert [line for line in text.splitlines() if len(line) > 78] == [], name
        cut_off = [line for line in text.splitlines() if line.endswith("...")]
        assert [line for line in cut_off if not line.startswith("Usage: ")] == [], name


@pytest.mark.parametrize("option", ["--out", "--as-of", "--known-by"])
def test_an_option_of_several_commands_says_the_same_in_each(option: str) -> None:
    context = click.Context(main)
    commands = [main.get_command(context, name) for name in COMMANDS]
    said = {
        parameter.help
        for command in commands
        for parameter in (command.params if command else ())
        if isinstance(parameter, click.Option) and option in parameter.opts
    }
    assert len(said) == 1


# ------------------------------------------------------------------------------ completion and imports


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_there(shell: str, book: Path) -> None:
    script = run_process(cwd=book, _BRIEFBOOK_COMPLETE=f"{shell}_source")
    assert script.returncode == 0
    assert "_BRIEFBOOK_COMPLETE" in script.stdout


def test_shell_completion_completes_commands_and_options(book: Path) -> None:
    asked = {"_BRIEFBOOK_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    assert run_process(cwd=book, COMP_WORDS="briefbook b", **asked).stdout == "plain,build\nplain,bind\n"
    asked["COMP_CWORD"] = "2"
    options = run_process(cwd=book, COMP_WORDS="briefbook build --as", **asked).stdout
    assert options == "plain,--as-of\n"


IMPORTED = """
import json, sys
from briefbook.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported_by(book: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments], cwd=book, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


# What no command needs that makes no memo.
HEAVY = [
    *("jinja2", "markdown_it", "lxml", "docx", "reportlab", "PIL", "icalendar", "email_validator"),
    *("email", "importlib.metadata", "smtplib", "ssl"),
]


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (
            ["--help"],
            [*HEAVY, "yaml", "babel", "sqlite3", "briefbook.document", "briefbook.build"],
        ),
        (
            ["list"],
            [*HEAVY, "multiprocessing", "briefbook.checks", "briefbook.workshop", "briefbook.writers"],
        ),
        (["show", "spring"], ["lxml", "docx", "multiprocessing", "importlib.metadata"]),
        (["check"], ["lxml", "docx", "multiprocessing"]),
        (["build", "--format", "pdf", "spring"], ["docx", "multiprocessing", "importlib.metadata"]),
        (
            ["build", "--format", "docx", "council"],
            ["multiprocessing", "briefbook.writers.house_graft", "importlib.metadata"],
        ),
    ],
    ids=lambda value: " ".join(value) if value[0] in ("--help", *COMMANDS) else "",
)
def test_a_command_imports_what_it_needs(book: Path, arguments: list[str], unwanted: list[str]) -> None:
    imported = imported_by(book, *arguments)
    assert "briefbook.cli" in imported
    assert imported.isdisjoint(unwanted), imported & set(unwanted)


def test_what_one_build_worked_out_of_a_look_the_next_does_not_import(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    asked = ["build", "council", "--format", "docx,pdf", "--out"]
    assert {"docx", "reportlab"} <= imported_by(book, *asked, "first")
    imported = imported_by(book, *asked, "again")
    assert imported.isdisjoint({"docx", "reportlab", "PIL"})
    first, again = (
        {path.name: path.read_bytes() for path in (book / out).rglob("council.*")}
        for out in ("first", "again")
    )
    assert first == again
    assert {"council.docx", "council.pdf"} <= first.keys()


def test_every_memo_can_be_shown(book: Path) -> None:
    for memo in MEMOS:
        assert run("show", memo).exit_code == 0


# ------------------------------------------------------------------------------------------ Ctrl-C


@pytest.mark.parametrize("command", ["check", "list", "trace"])
def test_ctrl_c_promises_nothing_where_nothing_is_recorded(
    command: str, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(BookFinder, "root", interrupt)
    stopped = run(command, *(["gazette"] if command == "trace" else []))
    assert (stopped.exit_code, stopped.stdout, stopped.stderr) == (130, "", "\nstopped\n")
