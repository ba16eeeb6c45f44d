"""The same book and day give the same bytes in every format, whoever builds, where and when."""

import hashlib
import json
import re
import zipfile
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from briefbook.cli.book import today
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers import WRITERS
from tests.books import run_process
from tests.conftest import EXAMPLE

AS_OF = date(2026, 1, 20)
DAY = Day(as_of=AS_OF, known_by=AS_OF)
MEMOS = ("high-level-security-dialogue", "2026-q1.es", "nafta-modernization")


def made_here() -> dict[str, dict[str, bytes]]:
    """The memos' bytes by format, from a book that is read anew."""
    workshop = Workshop(read_book(EXAMPLE).book)
    tasks = [Task(memo=workshop.book.memos[memo], day=DAY, formats=tuple(WRITERS)) for memo in MEMOS]
    return {task.memo.id: workshop.render(task).outputs for task in tasks}


@cache
def wanted() -> dict[str, dict[str, bytes]]:
    return made_here()


def digests(made: dict[str, dict[str, bytes]]) -> dict[str, str]:
    return {
        f"{memo}.{name}": hashlib.sha256(data).hexdigest()
        for memo, outputs in made.items()
        for name, data in outputs.items()
    }


def digests_in(out: Path) -> dict[str, str]:
    files = (out / AS_OF.isoformat()).iterdir()
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def build(out: Path, *options: str, cwd: Path, **env: str) -> dict[str, str]:
    arguments = ["-C", str(EXAMPLE), "build", *MEMOS, "--format", ",".join(WRITERS), "--out", str(out)]
    done = run_process(*arguments, *options, cwd=cwd, **env)
    assert done.returncode == 0, done.stderr
    return digests_in(out)


def test_every_format_is_compared() -> None:
    assert {name.rpartition(".")[2] for name in digests(wanted())} == set(WRITERS)
    assert len(digests(wanted())) == len(MEMOS) * 6 == len(set(digests(wanted()).values()))


def test_twice_in_one_process() -> None:
    assert digests(made_here()) == digests(wanted())


ELSEWHERE = {
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "another zone and locale": {
        "PYTHONHASHSEED": "2",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "LANG": "tr_TR",
    },
    "another build date, another encoding": {
        "SOURCE_DATE_EPOCH": "86400",
        "PYTHONUTF8": "0",
        "LC_ALL": "POSIX",
        "COLUMNS": "40",
        "HOME": "/nonexistent",
    },
}


@pytest.mark.parametrize("env", ELSEWHERE.values(), ids=ELSEWHERE)
def test_in_another_process_and_folder(env: dict[str, str], tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    assert build(tmp_path / "out", cwd=elsewhere, **env) == digests(wanted())


def test_in_several_processes(tmp_path: Path) -> None:
    assert build(tmp_path / "out", "--jobs", "2", cwd=tmp_path) == digests(wanted())


def test_from_a_copy_of_the_book_in_another_place(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for file in EXAMPLE.rglob("*.yaml"):
        target = copy / file.relative_to(EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    workshop = Workshop(read_book(copy).book)
    memo = workshop.book.memos[MEMOS[0]]
    assert workshop.render(Task(memo=memo, day=DAY, formats=tuple(WRITERS))).outputs == wanted()[MEMOS[0]]


def test_the_other_memos_of_a_pass_leave_no_trace() -> None:
    workshop = Workshop(read_book(EXAMPLE).book)
    memos = workshop.book.memos
    for name in sorted(memos, reverse=True):
        workshop.render(Task(memo=memos[name], day=DAY, formats=("docx", "pdf")))
    again = workshop.render(Task(memo=memos[MEMOS[0]], day=DAY, formats=tuple(WRITERS)))
    assert again.outputs == wanted()[MEMOS[0]]


# ---------------------------------------------------------------------------------------- the clock


def test_nothing_in_a_file_is_of_the_day_of_building() -> None:
    """Every date inside is the as-of day's, or 1980 where a ZIP file must have one."""
    outputs = wanted()[MEMOS[0]]
    with zipfile.ZipFile(BytesIO(outputs["docx"])) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        parts = "".join(
            archive.read(name).decode() for name in archive.namelist() if not name.endswith(".ttf")
        )
    stamps = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)
    assert stamps == ["2026-01-20T00:00:00Z"] * 2
    with pikepdf.open(BytesIO(outputs["pdf"])) as pdf:
        assert {str(pdf.docinfo[key]) for key in ("/CreationDate", "/ModDate")} == {"D:20260120000000Z"}
    texts = [parts, *(outputs[name].decode() for name in ("html", "md", "txt", "json"))]
    day = today()
    for spelled in (day.isoformat(), f"{day:%Y%m%d}", f"{day.day} {day:%B %Y}"):
        assert not [text for text in texts if spelled in text]
    assert json.loads(outputs["json"])["as_of"] == "2026-01-20"
