"""The text of all sixteen memos of the example book as of nine days, word for word.

`make golden` writes the files anew; their diff is what a change does to the memos, so read it.
"""

from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from briefbook.composing.wording import wording_of
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.conftest import EXAMPLE

GOLDEN = Path(__file__).parent / "golden"
DAYS = (
    "2016-10-17",
    "2018-06-01",
    "2021-10-06",
    "2021-10-09",
    "2022-10-31",
    "2026-01-20",
    "2026-01-24",
    "2026-02-10",
    "2026-03-15",
)


@cache
def workshop() -> Workshop:
    return Workshop(read_book(EXAMPLE).book)


MEMOS = sorted(workshop().book.memos)  # each in every language in which it is made
ENGLISH = [memo for memo in MEMOS if not memo.endswith(".es")]


def text_of(memo: str, day: str) -> str:
    as_of = date.fromisoformat(day)
    rendered = workshop().render(
        Task(memo=workshop().book.memos[memo], day=Day(as_of=as_of, known_by=as_of), formats=("txt",))
    )
    assert rendered.problems == ()
    return rendered.outputs["txt"].decode()


@cache
def days_with_news(memo: str) -> tuple[date, ...]:
    """The days on which a memo says something new, not just another day; by the golden files.

    Enough where a judge of whole files takes long.
    """
    found: list[date] = []
    said = ""
    for day in map(date.fromisoformat, DAYS):
        before, said = said, words((GOLDEN / str(day) / f"{memo}.txt").read_text(encoding="utf-8"))
        for spelled in (f"{day.day} {day:%B %Y}", wording_of("es").day(day), day.isoformat()):
            said = said.replace(spelled, "DAY")
        if said != before:
            found.append(day)
    return tuple(found)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("memo", MEMOS)
def test_text_of_the_example_memos(memo: str, day: str, renews_golden: bool) -> None:
    file = GOLDEN / day / f"{memo}.txt"
    text = text_of(memo, day)
    if renews_golden:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The lines under a heading, up to the next heading or the footer; "" for no such heading."""
    lines = text.splitlines()
    headings = [i for i, line in enumerate(lines[1:]) if line and set(line) == {"─"}]
    for start, end in pairwise(headings):
        if lines[start].startswith(title):
            return "\n".join(lines[start + 2 : end]).strip()
    return ""


def words(text: str) -> str:
    """The text on one line, so that where a line broke does not matter."""
    return " ".join(text.split())


# What the days must show, whatever the wording: the promises of the states, said once more by themselves.


def test_sixteen_memos_two_of_them_in_two_languages() -> None:
    assert len(list(workshop().book.definitions)) == 16
    spanish = {"2026-q1.es", "security-implementation-group.es"}
    assert set(MEMOS) >= spanish | {id_.replace(".es", ".en") for id_ in spanish}
    assert len(MEMOS) == 18


def test_days_with_news() -> None:
    assert days_with_news("all") == tuple(map(date.fromisoformat, DAYS))
    quiet = days_with_news("merida-initiative")
    assert quiet == (date(2016, 10, 17), date(2018, 6, 1))
    assert 50 < sum(len(days_with_news(memo)) for memo in MEMOS) < len(MEMOS) * len(DAYS)


@pytest.mark.parametrize("memo", ENGLISH)
def test_before_the_first_source_every_memo_is_valid_and_empty(memo: str) -> None:
    text = text_of(memo, "2016-10-17")
    assert "Nothing on this subject is on file as of 17 October 2016." in text
    assert section(text, "Upcoming meetings") == "None on file."
    assert "\nSources\n" not in text


@pytest.mark.parametrize("memo", ENGLISH)
def test_in_2018_nothing_of_2021_is_known(memo: str) -> None:
    text = text_of(memo, "2018-06-01")
    text = text.split("Upcoming meetings", 1)[1]  # above it stands the memo's own title …
    text = text.rsplit("─", 1)[0]  # … and below the rule its reference
    for later in ("2021", "2022", "2026", "Harris", "Blinken", "Rubio", "Sheinbaum"):
        assert later not in text


def test_security_dialogue_upcoming_then_unconfirmed() -> None:
    before = text_of("high-level-security-dialogue", "2021-10-06")
    assert "Fri 8 October 2021" in section(before, "Upcoming meetings")
    for name in ("Antony Blinken", "Merrick Garland", "Alejandro Mayorkas"):
        assert name in section(before, "Participants")
    assert "nobody named" in section(before, "Participants")
    after = text_of("high-level-security-dialogue", "2021-10-09")
    assert section(after, "Upcoming meetings") == "None on file."
    assert "Unconfirmed" in section(after, "Earlier meetings")
    assert "Held" not in after


def test_in_2022_the_working_group_is_on_file_and_nothing_is_upcoming() -> None:
    text = text_of("all", "2022-10-31")
    assert section(text, "Upcoming meetings") == "None on file."
    assert "11th meeting" in section(text, "Earlier meetings")


def test_on_the_pinned_day_exactly_two_meetings_are_upcoming() -> None:
    upcoming = section(text_of("all", "2026-01-20"), "Upcoming meetings")
    labels = [line.split("  ")[0] for line in upcoming.splitlines() if line and not line.startswith(" ")]
    assert labels == ["Fri 23 January 2026", "February 2026"]
    assert "Security Implementation Group (in three days)" in words(upcoming)
    assert "Security Ministerial (day not set)" in words(upcoming)


def test_the_group_becomes_unconfirmed_and_the_ministerial_stays_upcoming() -> None:
    text = text_of("2026-q1.en", "2026-01-24")
    assert "Security Ministerial" in section(text, "Upcoming meetings")
    assert "Security Implementation Group" not in section(text, "Upcoming meetings")
    earlier = section(text, "Earlier meetings")
    assert "Security Implementation" in earlier
    assert "Unconfirmed" in earlier


def test_inside_its_span_the_ministerial_may_have_taken_place() -> None:
    upcoming = section(text_of("2026-q1.en", "2026-02-10"), "Upcoming meetings")
    assert "May have taken place already." in words(upcoming)


def test_after_its_span_nothing_claims_that_the_ministerial_was_held() -> None:
    for memo in ENGLISH:
        assert section(text_of(memo, "2026-03-15"), "Upcoming meetings") == "None on file."
    text = text_of("security-ministerial", "2026-03-15")
    assert "Unconfirmed" in section(text, "Earlier meetings")
    assert "Held" not in text
