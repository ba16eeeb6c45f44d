"""A build: which files it writes, which memos it leaves out, what survives when it is stopped half-way."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from briefbook.build import Built, build, record_made
from briefbook.cli.book import today
from briefbook.diagnostics import BriefbookError
from briefbook.readers.read_book import read_book
from briefbook.record import Record, open_record
from briefbook.workshop import Day, Rendered, Workshop
from tests.audit import faults_of
from tests.books import COMMAND, FILES, MEMOS, changed, heed_ctrl_c, make_book, run

HARBOURS, MEMO = "facts/harbours.yaml", "memos/council.yaml"
AS_OF = date(2031, 4, 20)
DAY = Day(as_of=AS_OF, known_by=AS_OF)
FIRST_FILES = ["council.docx", "council.txt", "first-round.md", "harbours.txt", "spring.txt"]
# Of all memos but the council's, where only its own template fails.
OTHER_FILES = [f"2031-04-20/{name}" for name in FIRST_FILES[2:]]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


def recorded(book: Path) -> Record:
    return open_record(book, datetime(2031, 4, 20, 12, tzinfo=UTC))


def files(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


# ------------------------------------------------------------------------------------ the pass itself


def test_files_have_their_names_and_the_folder_is_flushed_before_an_edition_is_recorded(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_book(book).book
    seen: list[tuple[Path, list[str], list[bool]]] = []
    with recorded(book) as record:

        def flushed(folder: Path) -> None:
            latest = [bool(record.ledger.latest(memo)) for memo in read.memos]
            seen.append((folder, files(book / "out"), latest))

        monkeypatch.setattr("briefbook.build.flush_folder", flushed)
        done = build(read, list(read.memos.values()), DAY, out=book / "out", record=record)
        assert all(record.ledger.latest(built.memo) for built in done)
    placed = sorted(f"2031-04-20/{path.name}" for built in done for path in built.paths)
    assert seen == [(book / "out/2031-04-20", placed, [False] * len(read.memos))]


def test_only_what_was_written_suffers_where_the_folder_cannot_be_flushed(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("build").exit_code == 0
    (book / "memos/late.yaml").write_text("title: Late\nforum: council\nformats: [txt]\n")

    def refuse(folder: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr("briefbook.build.flush_folder", refuse)
        result = run("build")
    assert result.exit_code == 1
    assert "may not be on the disk yet: Input/output error" in result.stderr
    assert "1 memo not made: late" in result.stderr
    assert "of late only this was written: late.txt" in result.stderr
    again = run("build")  # the bytes stand there and are ours, but no edition is
    assert again.exit_code == 0
    assert f"{len(MEMOS) + 1} memos" in again.stderr
    with recorded(book) as record:
        latest = record.ledger.latest("late")
    assert latest is not None
    assert latest.number == 1


@pytest.mark.parametrize("first", ["flush_folder", "record_made"])
def test_files_that_a_broken_off_pass_named_are_flushed_before_their_editions_are_recorded(
    book: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the pass that records them finds them standing and writes none."""
    order: list[str] = []

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    def flushed(folder: Path) -> None:
        order.append(f"flushed {folder.name}")

    def recorded_now(made: Sequence[Rendered], record: Record) -> object:
        order.append(f"recorded {len(made)}")
        return record_made(made, record)

    with monkeypatch.context() as failing, suppress(OSError):
        failing.setattr(f"briefbook.build.{first}", refuse)
        run("build")
    stood = {name: (book / "out" / name).stat().st_mtime_ns for name in files(book / "out")}
    monkeypatch.setattr("briefbook.build.flush_folder", flushed)
    monkeypatch.setattr("briefbook.build.record_made", recorded_now)
    assert run("build").exit_code == 0
    assert {name: (book / "out" / name).stat().st_mtime_ns for name in files(book / "out")} == stood
    assert order == ["flushed 2031-04-20", f"recorded {len(MEMOS)}"]
    order.clear()
    (book / "memos/late.yaml").write_text("title: Late\nforum: none\n")
    run("build")
    assert order == ["recorded 0"]  # what stands and is recorded is not flushed again


def test_memos_are_made_in_order_each_in_its_formats(book: Path) -> None:
    read = read_book(book).book
    told: list[str] = []

    def tell(built: Built) -> None:
        told.append(built.memo)

    done = build(read, list(read.memos.values()), DAY, out=book / "o", record=recorded(book), progress=tell)
    assert [built.memo for built in done] == told == list(MEMOS)
    assert [file.path.name for built in done for file in built.files] == FIRST_FILES
    assert files(book / "o") == [f"2031-04-20/{name}" for name in FIRST_FILES]
    assert not [problem for built in done for problem in built.problems]


def test_formats_that_are_asked_for_take_the_place_of_the_memos_own(book: Path) -> None:
    read = read_book(book).book
    build(
        read,
        [read.memos["spring"]],
        DAY,
        out=book / "o",
        record=recorded(book),
        formats=("json", "html"),
        jobs=2,
    )
    assert files(book / "o") == ["2031-04-20/spring.html", "2031-04-20/spring.json"]


def test_a_memo_whose_template_fails_is_reported_and_the_others_are_made(tmp_path: Path) -> None:
    changes = {
        "templates/sections/maps.md.j2": "## Maps\n\n{{ 1 // 0 }}\n",
        MEMO: FILES[MEMO] + "sections: [header, maps]\n",
    }
    read = read_book(make_book(tmp_path, changes)).book
    done = build(read, list(read.memos.values()), DAY, out=tmp_path / "o", record=recorded(tmp_path))
    assert [bool(built.problems) for built in done] == [True, False, False, False]
    assert done[0].files == ()
    assert files(tmp_path / "o") == OTHER_FILES
    [problem] = done[0].problems
    assert "(memo council)" in problem.message
    assert str(problem.where) == "templates/sections/maps.md.j2:3"
    with pytest.raises(BriefbookError):
        Workshop(read).document(read.memos["council"], DAY)


def test_a_file_that_cannot_be_written_is_reported_and_the_others_are(book: Path) -> None:
    read = read_book(book).book
    (book / "o" / "2031-04-20" / "council.docx").mkdir(parents=True)
    done = build(read, list(read.memos.values()), DAY, out=book / "o", record=recorded(book))
    assert [file.path.name for file in done[0].files] == ["council.txt"]
    assert [str(problem.where) for problem in done[0].problems] == [str(book / "o/2031-04-20/council.docx")]
    assert files(book / "o") == [f"2031-04-20/{name}" for name in FIRST_FILES[1:]]


# ------------------------------------------------------------------------------------- the command


def test_a_build_says_what_it_made_and_where(book: Path) -> None:
    result = run("build")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "4 memos in 5 files: out/2031-04-20/\n"
    assert files(book / "out") == [f"2031-04-20/{name}" for name in FIRST_FILES]
    assert zipfile.is_zipfile(book / "out/2031-04-20/council.docx")


def test_out_lies_in_the_book_wherever_it_is_built_from(
    book: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run("-C", book, "build", "spring").stderr == f"1 memo in 1 file: {book}/out/2031-04-20/\n"
    assert files(book / "out") == ["2031-04-20/spring.txt"]
    run("-C", book, "build", "spring", "--out", "here")
    assert files(Path("here")) == ["2031-04-20/spring.txt"]


def test_a_memo_with_errors_is_not_written_and_the_others_are(book: Path) -> None:
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    result = run("build")
    *problems, made, missing = result.stderr.splitlines()
    assert [problem.split(": ")[0] for problem in problems] == [f"{HARBOURS}:8:15"]
    assert made == "1 memo in 2 files: out/2031-04-20/"
    assert missing == "3 memos not made: first-round, harbours, spring"
    assert result.exit_code == 1
    assert files(book / "out") == ["2031-04-20/council.docx", "2031-04-20/council.txt"]


def test_the_file_of_a_memo_with_errors_stays_as_it_was(book: Path) -> None:
    run("build", "harbours")
    before = (book / "out/2031-04-20/harbours.txt").read_bytes()
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    again = run("build", "harbours")
    assert again.exit_code == 1
    assert again.stderr.splitlines()[-1].endswith("from an earlier build stays as it was: harbours")
    assert (book / "out/2031-04-20/harbours.txt").read_bytes() == before


def test_an_error_elsewhere_is_told_and_counts(book: Path) -> None:
    """What was asked for is made; the exit status says that the book has errors."""
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    result = run("build", "council")
    assert result.stderr.splitlines()[-1] == "1 memo in 2 files: out/2031-04-20/"
    assert result.exit_code == 1


def test_a_memo_whose_file_is_broken_can_be_named(book: Path) -> None:
    make_book(book, {"memos/spring.yaml": "title: ["})
    result = run("build", "spring")
    assert result.stderr.splitlines()[-1] == "1 memo not made: spring"
    assert result.exit_code == 1
    assert not (book / "out").exists()


def test_warnings_stop_nothing(book: Path) -> None:
    make_book(book, {"facts/more.yaml": "people: {cara: {name: Cara}}"})
    result = run("build")
    assert "warning: nothing names person 'cara'" in result.stderr
    assert result.exit_code == 0
    assert len(files(book / "out")) == 5


def test_a_memo_named_twice_is_made_once(book: Path) -> None:
    assert run("build", "spring", "spring").stderr == "1 memo in 1 file: out/2031-04-20/\n"


def test_a_book_without_memos(book: Path) -> None:
    make_book(book)
    for memo in (book / "memos").iterdir():
        memo.unlink()
    result = run("build")
    assert result.stderr.splitlines()[-1] == "this book has no memos: add one in memos/"
    assert result.exit_code == 0


def test_json_tells_what_was_made_and_what_not(book: Path) -> None:
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    result = run("build", "--json", "--out", "o")
    told = json.loads(result.stdout)
    assert told["made"] == {"council": ["o/2031-04-20/council.docx", "o/2031-04-20/council.txt"]}
    assert told["not_made"] == ["first-round", "harbours", "spring"]
    [problem] = told["problems"]
    assert {key: problem[key] for key in ("file", "line", "column", "severity")} == {
        "file": HARBOURS,
        "line": 8,
        "column": 15,
        "severity": "error",
    }
    assert result.exit_code == 1


@pytest.mark.parametrize("formats", ["md,json", " MD , json,md,"])
def test_formats_by_commas(book: Path, formats: str) -> None:
    assert run("build", "council", "--format", formats).exit_code == 0
    assert files(book / "out") == ["2031-04-20/council.json", "2031-04-20/council.md"]


# ---------------------------------------------------------------------------------------- the days


def shown_as_of(book: Path) -> str:
    [folder] = (book / "out").iterdir()
    told = json.loads((folder / "spring.json").read_bytes())
    assert folder.name == told["as_of"]
    return f"{told['as_of']} {told['known_by']}"


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ([], "2031-04-20 2031-04-20"),  # the pin
        (["--as-of", "2031-05-12"], "2031-05-12 2031-05-12"),
        (["--known-by", "2031-04-05"], "2031-04-20 2031-04-05"),
        (["--as-of", "2031-06-30", "--known-by", "2031-05-12"], "2031-06-30 2031-05-12"),
    ],
)
def test_as_of_and_known_by(book: Path, options: list[str], days: str) -> None:
    assert run("build", "spring", "--format", "json", *options).exit_code == 0
    assert shown_as_of(book) == days


def test_without_a_pin_it_is_today(book: Path) -> None:
    make_book(book, changed("book.yaml", "as_of: 2031-04-20\n", ""))
    before = today()
    run("build", "spring", "--format", "json")
    assert shown_as_of(book) in {f"{day} {day}" for day in (before, today())}


def test_what_comes_out_later_is_not_known(book: Path) -> None:
    run("build", "council", "--as-of", "2031-05-13", "--known-by", "2031-05-11", "--format", "txt")
    assert "Held" not in (book / "out/2031-05-13/council.txt").read_text()
    run("build", "council", "--as-of", "2031-05-13", "--format", "txt")
    assert "Held" in (book / "out/2031-05-13/council.txt").read_text()


# ------------------------------------------------------------------------- memos that no file defines


@pytest.mark.parametrize(
    ("options", "name", "words"),
    [
        (["--forum", "council"], "forum-council", "Fisheries Council"),  # memos/council.yaml has the name
        (["--meeting", "talks-1"], "talks-1", "First round of talks"),
        (["--from", "2031-05-01", "--to", "2031-05-31"], "2031-05-01-to-2031-05-31", "Fisheries Council"),
    ],
)
def test_a_memo_that_no_file_defines(book: Path, options: list[str], name: str, words: str) -> None:
    result = run("build", *options, "--format", "txt")
    assert (result.exit_code, result.stderr) == (0, "1 memo in 1 file: out/2031-04-20/\n")
    assert files(book / "out") == [f"2031-04-20/{name}.txt"]
    assert words in (book / f"out/2031-04-20/{name}.txt").read_text()
    assert run("show", *options).stdout == (book / f"out/2031-04-20/{name}.txt").read_text()


def test_such_a_memo_is_written_as_docx_and_pdf(book: Path) -> None:
    run("build", "--forum", "harbours", "--as-of", "2031-04-12")
    assert files(book / "out") == [f"2031-04-12/forum-harbours.{name}" for name in ("docx", "pdf")]


def test_an_error_in_another_memos_file_does_not_stop_it(book: Path) -> None:
    make_book(book, {MEMO: "title: ["})
    result = run("build", "--forum", "council", "--format", "txt")
    assert files(book / "out") == ["2031-04-20/forum-council.txt"]
    assert result.exit_code == 1


def test_an_error_in_its_facts_does(book: Path) -> None:
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    for options in (["--forum", "harbours"], ["--from", "2031-05-01", "--to", "2031-06-30"]):
        result = run("build", *options, "--format", "txt")
        assert " not made: " in result.stderr
        assert result.exit_code == 1
    result = run("build", "--meeting", "talks-1")  # its record was left out
    assert result.stderr.startswith(f"{HARBOURS}:8:15: error: '2031-06-31' is not in the calendar")
    assert result.exit_code == 1
    assert not (book / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--forum", "counsil"], "there is no forum 'counsil' in this book (did you mean 'council'?)"),
        (["--meeting", "talks-2"], "there is no meeting 'talks-2' in this book (did you mean 'talks-1'?)"),
        (["--forum", "norland"], "there is no forum 'norland' in this book (known: council, harbours)"),
        (["--from", "2031-05-01"], "--from and --to go together"),
        (["--to", "2031-05-01"], "--from and --to go together"),
        (["--from", "2031-05-02", "--to", "2031-05-01"], "--from comes after --to"),
        (
            ["--forum", "council", "--meeting", "talks-1"],
            "ask for one of --forum, --meeting, or --from and --to",
        ),
        (
            ["--forum", "council", "--from", "2031-05-01", "--to", "2031-05-02"],
            "ask for one of --forum, --meeting, or --from and --to",
        ),
        (
            ["council", "--forum", "council"],
            "name memos, or ask for one by --forum, --meeting or --from and --to",
        ),
        (["counsil"], "there is no memo 'counsil' in this book (did you mean 'council'?)"),
        (["--format", "docs"], "Invalid value for '--format': 'docs' is no format (did you mean 'docx'?)"),
        (["--format", ","], "Invalid value for '--format': name at least one format"),
        (
            ["--as-of", "20 April"],
            "Invalid value for '--as-of': '20 April' is not a day; write it as 2026-01-20",
        ),
        (
            ["--as-of", "2031-W16-7"],
            "Invalid value for '--as-of': '2031-W16-7' is not a day; write it as 2026-01-20",
        ),
        (
            ["--known-by", "2031-02-30"],
            "Invalid value for '--known-by': '2031-02-30' is not a day; write it as 2026-01-20",
        ),
        (["--jobs", "0"], "Invalid value for '--jobs': 0 is not in the range x>=1."),
        (["--out", "book.yaml"], "Invalid value for '--out': Directory 'book.yaml' is a file."),
    ],
)
def test_usage_that_makes_no_sense(book: Path, options: list[str], message: str) -> None:
    result = run("build", *options)
    assert result.stderr.splitlines()[-1] == f"Error: {message}"
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (book / "out").exists()


# --------------------------------------------------------------------------------- several processes


def test_several_processes_write_the_same_files(book: Path) -> None:
    run("build", "--out", "one")
    result = run("build", "--jobs", "2", "--out", "two")
    assert result.stderr == "4 memos in 5 files: two/2031-04-20/\n"
    assert files(book / "one") == files(book / "two")
    for name in files(book / "one"):
        assert (book / "one" / name).read_bytes() == (book / "two" / name).read_bytes()


def test_a_template_that_fails_in_another_process_is_told_the_same(book: Path) -> None:
    changes = {
        "templates/sections/maps.md.j2": "## Maps\n\n{{ maps }}\n",
        MEMO: FILES[MEMO] + "sections: [header, maps]\n",
    }
    make_book(book, changes)
    one = run("build")
    for name in ("out", ".briefbook"):  # else the second build would find the other memos up to date
        shutil.rmtree(book / name)
    two = run("build", "--jobs", "2")
    assert one.stderr == two.stderr
    assert (one.exit_code, two.exit_code) == (1, 1)
    assert files(book / "out") == OTHER_FILES


COPIES = 160  # five batches: the first file is written when a batch is made


@contextmanager
def long_build(book: Path) -> Iterator["subprocess.Popen[str]"]:
    """A build in two processes that has written its first file and has far to go."""
    memos: dict[str, str | bytes | None] = {
        f"memos/m{number}.yaml": FILES[MEMO].replace("[docx, txt]", "[docx, pdf]") for number in range(COPIES)
    }
    make_book(book, memos)
    process = subprocess.Popen(
        [str(COMMAND), "build", "--jobs", "2"],
        cwd=book,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )
    try:
        assert has_begun(process, book)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def has_begun(process: "subprocess.Popen[str]", book: Path) -> bool:
    """Wait until the first memo is written; False if the process is over before."""
    while not any(book.glob("out/*/m*.docx")):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            return False
    return process.poll() is None


def assert_whole(out: Path) -> None:
    """Some files, and each of them whole."""
    written = [path for path in out.rglob("*") if path.is_file()]
    assert 0 < len(written) < 2 * COPIES
    for path in written:
        data = path.read_bytes()
        assert path.suffix in (".docx", ".pdf", ".txt", ".md"), path
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
        if path.suffix == ".pdf":
            assert data.startswith(b"%PDF-")
            assert data.rstrip().endswith(b"%%EOF")
    sample = min(path for path in written if path.suffix == ".docx")  # of another interpreter: see docx_watch
    assert faults_of(sample.read_bytes(), out.parent) == []


def test_ctrl_c_leaves_whole_files_alone_and_no_traceback(tmp_path: Path) -> None:
    with long_build(tmp_path) as process:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.strip() == "stopped: what was done is on record, and the same command goes on from there"
    assert_whole(tmp_path / "out")


def children_of(process: "subprocess.Popen[str]") -> list[int]:
    try:
        return [
            int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        ]
    except OSError:
        return []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are found in /proc")
def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path) -> None:
    with long_build(tmp_path) as process:
        os.kill(children_of(process)[0], signal.SIGKILL)
        _, stderr = process.communicate(timeout=120)
    assert (process.returncode, "error" in stderr) == (0, False)
    assert f"{COPIES + 4} memos in " in stderr
    assert len(list((tmp_path / "out").glob("*/m[0-9]*"))) == 2 * COPIES


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are found in /proc")
def test_memos_whose_workers_are_killed_again_and_again_are_named_and_the_others_made(tmp_path: Path) -> None:
    with long_build(tmp_path) as process:
        killed: set[int] = set()
        while (
            len(killed) < 24 and process.poll() is None
        ):  # each after too short a life: templates are compiled before a memo is made
            for pid in set(children_of(process)) - killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.002)
        _, stderr = process.communicate(timeout=120)
    assert "Traceback" not in stderr
    assert process.returncode == 1
    *problems, _made, missing = stderr.splitlines()
    assert problems
    for line in problems:
        assert re.sub("'m[0-9]+'|'[a-z-]+'", "…", line) == (
            "error: memo … was not made: a process that made it was killed, and so was the next"
            " (is memory short?) (build this memo alone, with --jobs 1)"
        )
    assert missing.startswith(f"{len(problems)} memos not made: ")
    assert_whole(tmp_path / "out")


def test_a_mistake_in_the_settings_of_mail_stops_no_memo_and_no_build(tmp_path: Path) -> None:
    """It is told each time, `check` fails for it, and where a memo is in error as well the build does."""
    mailed = {"memos/harbours.yaml": FILES["memos/harbours.yaml"] + "deliver: {to: ana@example.org}\n"}
    book = make_book(tmp_path, mailed)
    for summary in ("4 memos in 5 files", "4 memos up to date"):
        built = run("-C", book, "build", "--out", tmp_path / "out")
        assert built.exit_code == 0
        assert "error: memo 'harbours' is to be mailed, but book.yaml does not say" in built.stderr
        assert summary in built.stderr
    assert run("-C", book, "list").exit_code == 0
    assert run("-C", book, "check").exit_code == 1
    make_book(book, {"memos/spring.yaml": "title: ["})
    assert run("-C", book, "build").exit_code == 1


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    taken = tmp_path / "taken" / "deeper"
    (tmp_path / "taken").touch()
    built = run("-C", book, "build", "--out", taken)
    assert built.exit_code == 1
    first, second = built.stderr.splitlines()
    assert first.startswith(f"{taken}/2031-04-20: error: cannot make this folder: Not a directory")
    assert second.startswith("4 memos not made: ")
    told = json.loads(run("-C", book, "build", "--out", taken, "--json").stdout)
    assert len(told["problems"]) == 1


@pytest.mark.parametrize("out", ["out", "absolute", None])
def test_files_are_named_from_the_current_folder_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str | None
) -> None:
    """However the folder was given, made or standing already; a link is named where it lies."""
    monkeypatch.chdir(make_book(tmp_path / "book"))
    options = {"out": ["--out", "out"], "absolute": ["--out", str(tmp_path / "book/out")], None: []}[out]
    for _ in range(2):
        told = json.loads(run("build", *options, "--json").stdout)
        assert told["made"]["spring"] == ["out/2031-04-20/spring.txt"]
    link = Path("out/2031-04-20/spring.txt")
    link.unlink()
    link.symlink_to(tmp_path / "elsewhere")
    assert "out/2031-04-20/spring.txt is not as briefbook made it" in run("build", *options).stderr
    told = json.loads(run("build", *options, "--json").stdout)
    assert told["beside"] == {"out/2031-04-20/spring (new).txt": "out/2031-04-20/spring.txt"}
    monkeypatch.chdir(tmp_path / "book/facts")
    made = json.loads(run("build", "--json").stdout)["made"]["harbours"]
    assert made == [str(tmp_path / "book/out/2031-04-20/harbours.txt")]
