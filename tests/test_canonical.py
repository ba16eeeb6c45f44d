"""Canonical JSON of selections, memos, documents and themes, and the way back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.canonical import (
    as_record,
    canonical,
    canonical_fields,
    encoded,
    restored,
)
from briefbook.dates import PartialDate, exactly, parse_partial_date
from briefbook.delivery import BeforeSchedule, CronSchedule, Delivery
from briefbook.diagnostics import Where
from briefbook.document import (
    Cite,
    CitedSource,
    Document,
    ItemList,
    ListItem,
    Origin,
    Paragraph,
    Section,
    Slot,
    Text,
)
from briefbook.facts import Says, Wording
from briefbook.memo import Book, Memo, RangeScope, SectionSpec
from briefbook.readers.read_book import read_book
from briefbook.select import select
from briefbook.selection import Again, ChangedFact, Conflict, Rested, Selection, When, Words
from briefbook.writers.theme import PAGES, Theme
from tests.conftest import EXAMPLE

STARTER = Path(__file__).parents[1] / "src/briefbook/starter"


@cache
def book(folder: Path) -> Book:
    return read_book(folder).book


def selections_of(folder: Path, *days: date) -> Iterator[Selection]:
    for memo in book(folder).memos.values():
        for day in days:
            yield select(book(folder).facts, book(folder).settings, memo, as_of=day, known_by=day)


def is_same(one: Any, other: Any) -> bool:
    """Equal in all that counts, origins and languages of words included, which `==` passes over."""
    if type(one) is not type(other):
        return False
    match one:
        case Words():
            return one == other and (one.origin, one.language) == (other.origin, other.language)
        case tuple():
            return len(one) == len(other) and all(map(is_same, one, other))
        case Mapping():
            return is_same(tuple(one.items()), tuple(other.items()))
    if is_dataclass(one):
        counted = [f.name for f in fields(one) if f.compare]
        return all(is_same(getattr(one, name), getattr(other, name)) for name in counted)
    return bool(one == other)


def test_fields_put_together_again_are_the_record_with_or_without_some() -> None:
    news = frozenset({"since", "rested"})  # as inputs leave them out: no record within has such a field
    for selection in selections_of(EXAMPLE, date(2026, 1, 20)):
        noted = replace(selection, rested=(Rested(words="a", facts={"b": "c"}),))
        told = canonical_fields(noted)
        assert as_record(in_bytes(told)) == canonical(noted)
        assert canonical_fields(noted, {"title", "rested"}) == {n: told[n] for n in ("rested", "title")}
        kept = as_record({name: text for name, text in in_bytes(told).items() if name not in news})
        assert kept == canonical(noted, without=news) == canonical(selection, without=news)


def in_bytes(told: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in told.items()}


@cache
def told(day: date) -> tuple[tuple[Selection, ...], tuple[str, ...]]:
    """What the example book shows on a day, some of it to be checked again; and the names of all fields."""
    again = Again(slot="issue", facts=(ChangedFact(id="a", words=Words("A", slot=Slot(id="b"))),))
    shown = tuple(replace(each, again=(again,)) for each in selections_of(EXAMPLE, day))
    names = {name for each in shown for name in re.findall(rb'"(\w+)":', canonical(each))}
    return shown, tuple(sorted(name.decode() for name in names))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_one_way_through_a_value_tells_it_with_and_without_what_passes(data: st.DataObject) -> None:
    selections, names = told(date(2026, 1, 20))
    selection = data.draw(st.sampled_from(selections))
    passing = data.draw(st.frozensets(st.sampled_from(names), max_size=len(names)))
    fields = canonical_fields(selection, passing=passing)
    both = {name: encoded(marked) for name, marked in fields.items()}
    assert as_record({name: whole for name, (whole, _) in both.items()}) == canonical(selection)
    stay = {name: without for name, (_, without) in both.items() if name not in passing}
    assert as_record(stay) == canonical(selection, without=passing)


def test_a_record_is_written_for_each_place_where_it_stands() -> None:
    words = Words("Port Emery", Origin(fact="council-3", field="place"))
    twice = Conflict(says="held", when=When(date=None, origin=Origin(fact="a", field="date")), sources=())
    one = {"says": "held", "sources": [], "when": {"origin": {"fact": "a", "field": "date"}}}
    assert json.loads(canonical(Pair(one=twice, other=twice, words=words))) == {
        "one": one,
        "other": one,
        "words": {"origin": {"fact": "council-3", "field": "place"}, "text": "Port Emery"},
    }
    with pytest.raises(TypeError, match="a Origin stands where a Conflict is declared"):
        canonical(Pair(one=twice, other=Origin(fact="a", field="b"), words=words))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a Pair stands where a Origin is declared"):
        canonical(When(date=None, origin=Pair(one=twice, other=twice, words=words)))  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two places for one record."""

    one: Conflict
    other: Conflict
    words: Words


EXAMPLE_DAYS = [date(2016, 10, 17), date(2021, 10, 9), date(2026, 1, 20), date(2026, 3, 15)]


@pytest.mark.parametrize("day", EXAMPLE_DAYS)
def test_every_selection_of_the_example_book_comes_back(day: date) -> None:
    made = list(selections_of(EXAMPLE, day))
    assert len(made) == len(book(EXAMPLE).memos)
    for selection in made:
        data = canonical(selection)
        back = restored(Selection, data)
        assert is_same(back, selection)
        assert canonical(back) == data


def test_every_selection_of_the_starter_comes_back() -> None:
    made = list(selections_of(STARTER, date(2031, 4, 20), date(2031, 5, 11), date(2031, 9, 2)))
    assert made
    assert any(selection.priorities for selection in made)
    assert all(is_same(restored(Selection, canonical(selection)), selection) for selection in made)


@settings(deadline=None, max_examples=25)
@given(
    st.dates(min_value=date(2015, 1, 1), max_value=date(2027, 1, 1)),
    st.integers(min_value=0, max_value=400),
    st.sampled_from(sorted(book(EXAMPLE).memos)),
)
def test_a_selection_of_any_two_days_comes_back(day: date, later: int, memo: str) -> None:
    known_by = day + timedelta(days=later)
    read = book(EXAMPLE)
    selection = select(read.facts, read.settings, read.memos[memo], as_of=day, known_by=known_by)
    assert is_same(restored(Selection, canonical(selection)), selection)


def test_every_memo_and_theme_comes_back() -> None:
    memos = [*book(EXAMPLE).memos.values(), *book(STARTER).memos.values()]
    assert {type(memo.scope).__name__ for memo in memos} == {"ForumScope", "MeetingScope", "RangeScope"}
    for memo in memos:
        assert is_same(restored(Memo, canonical(memo)), memo)
    for page in PAGES.values():
        assert restored(Theme, canonical(Theme(page=page))) == Theme(page=page)


def test_it_is_json_without_white_space_and_with_sorted_names() -> None:
    selection = next(selections_of(EXAMPLE, date(2026, 1, 20)))
    data = canonical(selection)
    plain = json.loads(data)
    assert json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() == data


def test_where_a_record_stands_does_not_count() -> None:
    memo = Memo(id="m", title=Wording(texts={"en": "M"}), scope=RangeScope(first=date.min, last=date.max))
    moved = replace(memo, where=Where(file="memos/m.yaml", line=3), places={"title": (3, 1)})
    assert canonical(moved) == canonical(memo)


def test_the_order_of_languages_counts() -> None:
    one, other = Wording(texts={"es": "A", "en": "B"}), Wording(texts={"en": "B", "es": "A"})
    assert canonical(one) != canonical(other)
    assert restored(Wording, canonical(one)).best("fr") == ("es", "A")


@given(st.text(), st.text(), st.none() | st.text())
def test_words_keep_text_origin_and_language(text: str, fact: str, language: str | None) -> None:
    for origin in (None, Origin(fact=fact, field="text")):
        words = When(date=None, origin=Origin(fact="f", field="date"), wording=Words(text, origin, language))
        assert is_same(restored(When, canonical(words)), words)


SPELLINGS = ("2031", "2031-05", "2031-05-07~", "early 2031-05", "../2031-01-23", "2031-05-07/2031-05-09?")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_partial_date_stands_as_on_disk(spelling: str) -> None:
    when = When(date=parse_partial_date(spelling), origin=Origin(fact="f", field="date"))
    assert json.loads(canonical(when))["date"] == spelling
    assert restored(When, canonical(when)) == when
    assert restored(PartialDate, canonical(parse_partial_date(spelling))) == when.date


def test_a_document_comes_back_with_its_blocks_told_apart() -> None:
    item = ListItem(blocks=(Paragraph(children=(Text(text="One"),)),))
    nested = ItemList(ordered=True, items=(item, ListItem(blocks=(ItemList(ordered=False, items=(item,)),))))
    cited = Paragraph(children=(Text(text="So."), Cite(sources=(CitedSource(source="note", number=1),))))
    document = Document(
        memo="m",
        title="M",
        language="en",
        reference="m",
        author="",
        as_of=date(2031, 4, 20),
        known_by=date(2031, 4, 20),
        footer="m",
        page_of="{page}",
        sections=(Section(name="own", blocks=(nested, cited)),),
    )
    assert restored(Document, canonical(document)) == document


def test_schedules_and_deliveries_come_back() -> None:
    before = BeforeSchedule(before=timedelta(days=2), of="next-meeting", at=time(7, 30), zone="Etc/UTC")
    cron = CronSchedule(cron="0 7 * * 1-5", zone="Etc/UTC", window=timedelta(hours=36, microseconds=5))
    scope = RangeScope(first=date(2031, 1, 1), last=date(2031, 3, 31))
    for schedule in (before, cron):
        memo = Memo(
            id="m",
            title=Wording(texts={"en": "M"}),
            scope=scope,
            sections=(
                SectionSpec(
                    name="own", options={"b": Wording(texts={"en": "1"}), "a": Wording(texts={"es": "2"})}
                ),
            ),
            schedule=schedule,
            deliver=Delivery(to=("a@example.org",)),
        )
        assert restored(Memo, canonical(memo)) == memo


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    at: datetime
    sizes: tuple[float | None, ...] = ()
    named: Mapping[str, Wording | None] = field(default_factory=dict)
    by_default: str | None = "something"


def test_what_is_none_stays_none_whatever_the_default() -> None:
    odd = Odd(
        at=datetime(2031, 4, 20, 13, tzinfo=UTC),
        sizes=(1, None, 0.1),
        named={"b": None, "a": Wording(texts={"en": "A"})},
        by_default=None,
    )
    assert restored(Odd, canonical(odd)) == odd
    assert canonical(odd) == (
        b'{"at":"2031-04-20T13:00:00+00:00","named":[["b",null],["a",{"texts":[["en","A"]]}]],'
        b'"sizes":[1.0,null,0.1]}'
    )


def test_a_field_that_an_older_briefbook_did_not_write_is_as_by_default() -> None:
    at = datetime(2031, 4, 20, tzinfo=UTC)
    assert restored(Odd, b'{"at":"2031-04-20T00:00:00+00:00"}') == Odd(at=at, by_default=None)
    with pytest.raises(ValueError, match="Odd lacks or does not have: at"):
        restored(Odd, b'{"sizes":[]}')


def test_equal_numbers_are_spelled_alike() -> None:
    at = datetime(2031, 4, 20, tzinfo=UTC)
    assert canonical(Odd(at=at, sizes=(11,))) == canonical(Odd(at=at, sizes=(11.0,)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b"null",
        b'{"says":"held","sources":[],"when":{}}',
        b'{"says":"held","sources":[1],"when":{"origin":{"fact":"f","field":"date"}}}',
        b'{"says":"held","sources":[],"when":{"origin":{"fact":"f","field":"date"}},"more":1}',
        b'{"says":"held","sources":[],"when":{"date":"soon","origin":{"fact":"f","field":"date"}}}',
        b'{"says":"held","sources":[],"when":{"origin":{"fact":"f","field":"d"},"wording":{"language":"en"}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_such_value_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — each has a sentence of its own
        restored(Conflict, data)


def test_a_value_of_another_class_than_declared_is_refused() -> None:
    wrong: Any = exactly(date(2031, 4, 20))
    conflict = Conflict(says=Says.HELD, when=wrong, sources=())
    with pytest.raises(TypeError, match="PartialDate stands where a When"):
        canonical(conflict)
