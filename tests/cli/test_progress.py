"""What is said of how far a long work is: its pace of late, and an honest time for the rest."""

import io
import re

import pytest

from briefbook.cli import progress
from briefbook.cli.progress import WINDOW, Pace, Progress, in_words


def paced(*steps: tuple[int, float], total: int = 10_000) -> tuple[Pace, float]:
    """A pace after some stretches, each so many done at so many a second, in bursts of 32; and the time."""
    pace, now = Pace(total=total, begun=100.0), 100.0
    for count, rate in steps:
        for number in range(1, count + 1):
            pace.add(now + (number + 31) // 32 * 32 / rate)
        now += -(-count // 32) * 32 / rate
    return pace, now


def test_nothing_is_said_of_the_rest_until_enough_is_done() -> None:
    pace, now = paced((10, 1.0))
    assert pace.told(now) == "10 of 10,000"  # too few
    pace, now = paced((320, 400.0))
    assert pace.told(now) == "320 of 10,000"  # too soon
    pace, now = paced((1600, 400.0))
    assert pace.told(now) == "1,600 of 10,000, 400 a second, about 20 s left"


def test_what_counts_is_the_pace_of_late() -> None:
    """As where the first thousands stood there already, and the rest has to be made."""
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
    monkeypatch.setenv("COLUMNS", "60")
    now = [0.0]

    def clock() -> float:
        return now[0]

    with Progress("Making memos", memos, clock) as shown:
        for number in range(1, memos + 1):
            now[0] = seconds * number / memos
            shown.step()
    return stream.getvalue()


def test_on_a_terminal_one_line_changes_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written = work(Terminal(), 1000, 20.0, monkeypatch)
    states = written.split("\r")
    assert "\n" not in written
    assert states[1] == "Making memos: 0 of 1,000"
    assert "Making memos: 512 of 1,000, 50 a second, about 10 s left" in {state.strip() for state in states}
    assert 150 < len(states) <= 245  # at most ten a second, and one for each batch
    assert max(map(len, states)) < 60
    screen = ""
    for state in states:  # each is put over what stands there
        screen = state + screen[len(state) :]
    assert screen.strip() == ""


def test_in_a_pipe_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert work(io.StringIO(), 1000, 59.0, monkeypatch) == ""
    lines = work(io.StringIO(), 1000, 200.0, monkeypatch).splitlines()
    assert len(lines) == 3
    assert re.fullmatch(r"Making memos: 30\d of 1,000, 5\.0 a second, about 2 min left", lines[0])
