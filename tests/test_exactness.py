"""One changed fact changes the digests of exactly those memos that show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.dates import exactly
from briefbook.document import Origin
from briefbook.facts import Facts, Forum, MeetingStatement, Person, Says, Source, Wording
from briefbook.index import indexed
from briefbook.inputs import Inputs, inputs_of
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope, Reference, Scope
from briefbook.readers.read_book import read_book
from briefbook.select import select
from briefbook.selection import Words
from briefbook.tool import shipped_templates
from briefbook.writers.theme import Theme
from tests.conftest import EXAMPLE
from tests.large_book import AS_OF, forum_id, write_large_book

FORUMS = 24  # of the large book in small
OTHER = Wording(texts={"en": "Something else altogether."})


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Made:
    """The inputs of every memo of a book as of a day."""

    book: Book
    day: date
    inputs: Mapping[str, Inputs]

    def with_facts(self, facts: Facts) -> "Made":
        return made(replace(self.book, facts=facts), self.day)

    def changed(self, facts: Facts) -> set[str]:
        """The memos whose digest other facts change."""
        after = self.with_facts(facts).inputs
        return {memo for memo, inputs in self.inputs.items() if after[memo].digest != inputs.digest}

    def showing(self, wanted: Origin | str) -> set[str]:
        """The memos in whose selection a field's text or an id stands, however deep."""
        return {memo for memo, shown in self.shown.items() if wanted in shown}

    @cached_property
    def shown(self) -> dict[str, set[Origin | str]]:
        """The fields and ids that stand in each memo's selection."""
        return {memo: set(named_in(inputs.selection)) for memo, inputs in self.inputs.items()}


def named_in(value: Any) -> Iterator[Origin | str]:
    """The fields of facts in a selection, and its ids."""
    if isinstance(value, tuple):
        for item in value:
            yield from named_in(item)
    elif isinstance(value, Words):
        yield from [value.origin] if value.origin else []
    elif isinstance(value, str | Origin):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from named_in(getattr(value, field.name))


@cache
def templates() -> SectionTemplates:
    return SectionTemplates([shipped_templates()], wording_of("en"))


def made(book: Book, day: date) -> Made:
    index = indexed(book.facts)
    inputs = {}
    for memo in book.memos.values():
        selection = select(book.facts, book.settings, memo, as_of=day, known_by=day, index=index)
        inputs[memo.id] = inputs_of(selection, memo, templates(), Theme(), "tool")
    return Made(book=book, day=day, inputs=inputs)


@cache
def small() -> Made:
    """Some forums of the large book, with memos on two forums, on a meeting and on all."""
    with TemporaryDirectory() as folder:
        book = read_book(write_large_book(Path(folder), FORUMS)).book
    title = Wording(texts={"en": "More"})
    one, other = (Reference(id=forum_id(n)) for n in (3, 14))
    scopes: dict[str, Scope] = {
        "everything": RangeScope(first=date.min, last=date.max),
        "two-forums": ForumScope(forums=(one, other)),
        "one-meeting": MeetingScope(meetings=(Reference(id=f"{forum_id(5)}-3"),)),
    }
    more = {id_: Memo(id=id_, title=title, scope=scope) for id_, scope in scopes.items()}
    return made(replace(book, memos={**book.memos, **more}), AS_OF)


@cache
def example(day: date) -> Made:
    return made(read_book(EXAMPLE).book, day)


DAYS = (date(2018, 6, 1), date(2021, 10, 9), date(2026, 1, 20), date(2026, 3, 15))
before = st.sampled_from([None, *DAYS])  # the large book in small, or the example book on a day
few = settings(deadline=None, max_examples=20)


def made_of(day: date | None) -> Made:
    return small() if day is None else example(day)


def pick(data: st.DataObject, facts: Mapping[str, Any]) -> Any:
    return facts[data.draw(st.sampled_from(sorted(facts)))]


@few
@given(before, st.data())
def test_the_text_of_a_priority(day: date | None, data: st.DataObject) -> None:
    was = made_of(day)
    facts = was.book.facts
    priority = pick(data, facts.priorities)
    other = replace(facts, priorities={**facts.priorities, priority.id: replace(priority, text=OTHER)})
    assert was.changed(other) == was.showing(Origin(fact=priority.id, field="text"))


@few
@given(before, st.data(), st.sampled_from(["people", "organisations", "forums", "sources"]))
def test_a_name(day: date | None, data: st.DataObject, kind: str) -> None:
    was = made_of(day)
    known = was.book.facts.kinds()[kind]
    fact = pick(data, known)
    field = "short" if kind == "sources" else "name"
    name = "Somebody else" if kind == "people" else OTHER
    other = replace(was.book.facts, **{kind: {**known, fact.id: replace(fact, **{field: name})}})
    assert was.changed(other) == was.showing(Origin(fact=fact.id, field=field))


@few
@given(before, st.data())
def test_a_new_source_that_tells_of_a_meeting(day: date | None, data: st.DataObject) -> None:
    was = made_of(day)
    facts = was.book.facts
    meeting = pick(data, facts.meetings)
    source = Source(id="new-source", short=OTHER, published=exactly(was.day))
    told = MeetingStatement(source=source.id, says=Says.HELD, date=exactly(was.day))
    other = replace(
        facts,
        sources={**facts.sources, source.id: source},
        meetings={**facts.meetings, meeting.id: replace(meeting, statements=(*meeting.statements, told))},
    )
    shown = was.with_facts(other).showing(meeting.id)
    assert was.changed(other) == shown | was.showing(meeting.id)
    assert shown


@few
@given(before)
def test_what_no_memo_shows_changes_none(day: date | None) -> None:
    was = made_of(day)
    facts = was.book.facts
    source = Source(id="new-source", short=OTHER, published=exactly(was.day), questions=(OTHER,))
    other = replace(
        facts,
        sources={"new-source": source, **facts.sources},
        people={"new-person": Person(id="new-person", name="Bo Lund"), **facts.people},
        forums={"new-forum": Forum(id="new-forum", name=OTHER, questions=(OTHER,)), **facts.forums},
    )
    assert was.changed(other) == set()


def test_a_fact_of_one_forum_changes_its_own_memo_and_the_wider_ones() -> None:
    facts = small().book.facts
    priority = facts.priorities[f"{forum_id(14)}-fund"]
    other = replace(facts, priorities={**facts.priorities, priority.id: replace(priority, text=OTHER)})
    assert small().changed(other) == {forum_id(14), "two-forums", "everything"}


def test_a_source_of_ten_forums_changes_ten_memos_and_the_wider_ones() -> None:
    facts = small().book.facts
    source = replace(facts.sources["digest-001"], title="Another title")
    other = replace(facts, sources={**facts.sources, source.id: source})
    ten = {forum_id(n) for n in range(10, 20)}
    assert small().changed(other) == {*ten, "two-forums", "everything"}


@pytest.mark.parametrize("memo", ["everything", forum_id(0)])
def test_a_changed_memo_is_made_again_alone(memo: str) -> None:
    book = small().book
    other = replace(book.memos[memo], title=OTHER)
    after = made(replace(book, memos={**book.memos, memo: other}), AS_OF).inputs
    assert {id_ for id_, inputs in small().inputs.items() if after[id_].digest != inputs.digest} == {memo}


def test_the_large_book_is_the_same_on_every_run_and_without_a_mistake(tmp_path: Path) -> None:
    one, other = (write_large_book(tmp_path / name, 30) for name in ("one", "other"))
    files = sorted(path.relative_to(one) for path in one.rglob("*.yaml"))
    assert len(files) == 30 + 3
    assert all((one / file).read_bytes() == (other / file).read_bytes() for file in files)
    read = read_book(one)
    assert not read.problems
    assert len(read.book.memos) == len(read.book.facts.forums) == 30
