"""What is said of how far a long work is: its pace of late, and an honest time for the rest."""

import errno
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from briefbook.cli import progress
from briefbook.cli.progress import WINDOW, Pace, Progress, in_words
from tests.books import FILES, make_book


def paced(*steps: tuple[int, float], total: int = 10_000, standing: int = 0) -> tuple[Pace, float]:
    """A pace after some stretches, each so many done at so many a second, in bursts of 32; and the time.

    The first so many were standing already.
    """
    pace, now = Pace(total=total, begun=100.0), 100.0
    for count, rate in steps:
        for number in range(1, count + 1):
            pace.add(now + (number + 31) // 32 * 32 / rate, was_made=pace.done >= standing)
        now += -(-count // 32) * 32 / rate
    return pace, now


def test_nothing_is_said_of_the_rest_until_enough_is_done() -> None:
    pace, now = paced((10, 1.0))
    assert pace.told(now) == "10 of 10,000"  # too few
    pace, now = paced((320, 400.0))
    assert pace.told(now) == "320 of 10,000"  # too soon
    pace, now = paced((1600, 400.0))
    assert pace.told(now) == "1,600 of 10,000, 400 a second, about 20 s left"


def test_what_stands_already_says_nothing_of_the_rest() -> None:
    """As after Ctrl-C at six tenths: what stands is done at 600 a second, and the rest is made at 40."""
    pace, now = paced((6400, 600.0), standing=6400)
    assert pace.told(now) == "6,400 of 10,000"
    pace, now = paced((6400, 600.0), (320, 40.0), standing=6400)
    assert pace.rate(now) == pytest.approx(40.0)
    assert pace.left(now) == pytest.approx(3280 / 40.0)
    assert pace.told(now) == "6,720 of 10,000, 40 a second, about 1 min left at most"


def test_what_stands_here_and_there_takes_no_time_of_the_pace() -> None:
    pace, now = Pace(total=10_000, begun=0.0), 0.0
    for number in range(3200):  # a stroke of memos to make, and one of those that stand
        is_standing = number // 32 % 2 == 1
        now += 0.05 / 32 if is_standing else 0.8 / 32
        pace.add(now, was_made=not is_standing)
    assert pace.rate(now) == pytest.approx(40.0)
    assert pace.left(now) == pytest.approx((10_000 - 3200) / 40.0)


def test_what_counts_is_the_pace_of_late() -> None:
    pace, now = paced((6400, 3200.0), (1280, 32.0))
    assert pace.rate(now) == pytest.approx(32.0, rel=0.05)
    assert pace.left(now) == pytest.approx(2320 / 32, rel=0.05)
    assert pace.told(now) == "7,680 of 10,000, 32 a second, about 1 min left"


@pytest.mark.parametrize("rate", [0.5, 3.0, 50.0, 1000.0])
def test_an_even_pace_is_told_as_it_is_and_the_rest_with_it(rate: float) -> None:
    pace = Pace(total=2000, begun=0.0)
    for number in range(1, 2001):
        now = number / rate
        pace.add(now)
        told = pace.rate(now)
        if told is not None:
            assert told == pytest.approx(rate, rel=0.1)
            assert pace.left(now) == pytest.approx((2000 - number) / rate, rel=0.1)
    assert pace.rate(2000 / rate) is not None or 2000 / rate < progress.ENOUGH


def test_a_stall_makes_the_rest_longer() -> None:
    pace, now = paced((3200, 320.0))
    before, after = pace.left(now), pace.left(now + WINDOW)
    assert before is not None
    assert after is not None
    assert after > 2 * before


def test_the_past_is_not_kept() -> None:
    pace, _ = paced((100_000, 1000.0), total=100_000)
    assert len(pace._past) < 2 * WINDOW * 1000 / 32


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a few seconds"), (7, "about 5 s"), (58, "about 60 s"), (61, "about 1 min"), (95, "about 2 min"),
        (3580, "about 1 h 00 min"), (3599, "about 1 h 00 min"), (4000, "about 1 h 07 min"),
    ],
)  # fmt: skip
def test_a_time_is_no_finer_than_it_is_known(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def work(stream: io.StringIO, memos: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is written while so many memos are made, one after another."""
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("COLUMNS", "70")
    now = [0.0]

    def clock() -> float:
        return now[0]

    with Progress("Making memos", memos, clock, lambda: "15:41:07") as shown:
        for number in range(1, memos + 1):
            now[0] = seconds * number / memos
            shown.step()
    return stream.getvalue()


def test_on_a_terminal_one_line_changes_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written = work(Terminal(), 1000, 20.0, monkeypatch)
    states = written.split("\r")
    assert "\n" not in written
    assert states[1] == "Making memos: 0 of 1,000"
    assert "Making memos: 512 of 1,000, 50 a second, about 10 s left (15:41:07)" in {
        state.strip() for state in states
    }
    assert 150 < len(states) <= 245  # at most ten a second, and one for each batch
    assert max(map(len, states)) < 70
    screen = ""
    for state in states:  # each is put over what stands there
        screen = state + screen[len(state) :]
    assert screen.strip() == ""


def test_in_a_pipe_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert work(io.StringIO(), 1000, 59.0, monkeypatch) == ""
    lines = work(io.StringIO(), 1000, 200.0, monkeypatch).splitlines()
    assert len(lines) == 3
    assert re.fullmatch(r"Making memos: 30\d of 1,000, 5\.0 a second, about 2 min left", lines[0])


def test_what_is_told_amid_the_work_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("COLUMNS", "70")
    with Progress("Making memos", 100, lambda: 0.0) as shown:
        shown.aside(lambda: stream.write("warning: the executor is gone\n"))
        for _ in range(100):
            shown.step()
    begun, empty, told, *_ = stream.getvalue()[1:].split("\r")
    assert begun == "Making memos: 0 of 100"
    assert empty == " " * len(begun)
    assert told == "warning: the executor is gone\n"


class GoneTerminal(Terminal):
    def write(self, words: str) -> int:
        raise OSError(errno.EIO, words)


def test_a_terminal_that_goes_away_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert work(GoneTerminal(), 1000, 20.0, monkeypatch) == ""


@pytest.mark.skipif(os.name != "posix", reason="no such terminals there")
def test_a_build_whose_terminal_goes_away_is_made(tmp_path: Path) -> None:
    import pty

    book = make_book(tmp_path / "book", {f"memos/m{n}.yaml": FILES["memos/council.yaml"] for n in range(40)})
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "briefbook", "-C", str(book), "build", "--out", str(tmp_path / "out")]
    with subprocess.Popen([*command, "--format", "txt"], stderr=its, stdout=subprocess.DEVNULL) as process:
        os.close(its)
        assert b"Making memos: 0 of" in os.read(ours, 100)
        os.close(ours)
        process.wait(timeout=60)
    assert len([*(tmp_path / "out").rglob("*.txt")]) > 40
    assert process.returncode == 0
