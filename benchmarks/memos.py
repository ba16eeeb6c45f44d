"""Memos for the benchmarks: of one shape, and every one of other words, for some peers cache what is equal.

Two pages: header fields, a paragraph, tables of twelve and four rows, eight numbered items, six citations,
ten sources. With a picture it has a timeline of seven meetings as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from urllib.parse import quote

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Inline,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Standing,
    Table,
    Text,
    Timeline,
    TimelineEntry,
    TimelineKey,
)

VOCABULARY = """
council ministers harbour survey stock spring autumn quota vessel inspection coast treaty session
note agreed announced reported fisheries delegation chair secretary draft text budget share report
island strait border crossing patrol safety rescue drill training data exchange laboratory sample
licence permit fleet whether before after during between without against towards under joint common
annual local further open
"""
DAY = date(2031, 5, 12)


def memo(number: int, *, opens: bool = False) -> Document:
    """The `number`th memo; the same number gives the same one."""
    random = Random(number)

    def words(least: int, most: int) -> str:
        chosen = random.choices(VOCABULARY.split(), k=random.randint(least, most))
        return " ".join([chosen[0].capitalize(), *chosen[1:]])

    def text(least: int, most: int, end: str = "") -> Text:
        return Text(text=words(least, most) + end)

    def table(name: str, rows: int, heads: tuple[str, ...]) -> Table:
        cells = (tuple((text(1, 4),) for _ in heads) for _ in range(rows))
        header = Row(cells=tuple((Text(text=head),) for head in heads))
        return Table(name=name, header=header, rows=tuple(Row(cells=row) for row in cells))

    def cited(n: int) -> CitedSource:
        target = f"https://example.org/{number}/{n}#:~:text={quote(words(5, 8))}" if opens else None
        return CitedSource(source=f"s{n}", number=n, target=target)

    cites = (Cite(sources=(cited(n),)) for n in range(1, 7))
    return Document(
        memo=f"memo-{number}",
        title=f"Fisheries Council {number}",
        language="en",
        reference=f"memo-{number}",
        author="Fisheries desk",
        as_of=DAY,
        known_by=DAY,
        footer=f"memo-{number} · as of {DAY}",
        page_of="{page} of {pages}",
        sections=tuple(_sections(number, text, table, cites)),
    )


def memo_that_opens(number: int) -> Document:
    """The same memo whose citations open their sources at the words."""
    return memo(number, opens=True)


def memo_with_timeline(number: int) -> Document:
    """The same memo with a timeline behind its header, of other meetings each time."""
    plain = memo(number)
    random = Random(f"timeline {number}")

    def words(least: int, most: int) -> str:
        return " ".join(random.choices(VOCABULARY.split(), k=random.randint(least, most))).capitalize()

    picture = _timeline(random, words)
    told = (f"{entry.when}: {entry.label} ({entry.said})" for entry in picture.entries)
    figure = Figure(alt=f"Timeline. {'; '.join(told)}.", picture=picture)
    section = Section(name="timeline", blocks=(Heading(level=2, children=(Text(text="Timeline"),)), figure))
    return replace(plain, sections=(plain.sections[0], section, *plain.sections[1:]))


def _timeline(random: Random, words: Callable[[int, int], str]) -> Timeline:
    entries: list[TimelineEntry] = []
    for standing in random.choices(list(Standing), k=7):
        first = DAY + timedelta(days=random.randint(-300, 300))
        last = first + timedelta(days=random.choice((0, 0, 0, 20, 60)))
        when = f"{first:%-d %b %Y}" if first == last else f"{first:%b}–{last:%b %Y}"
        entries.append(
            TimelineEntry(
                fact=f"meeting-{len(entries)}",
                label=words(2, 5),
                when=when,
                said=standing,
                standing=standing,
                first=first,
                last=last,
            )
        )
    keys = (
        *(TimelineKey(words=str(standing), standing=standing) for standing in Standing),
        TimelineKey(words="a long mark: some day within it"),
    )
    return Timeline(
        as_of=DAY,
        as_of_label=f"As of {DAY:%-d %b %Y}",
        entries=tuple(sorted(entries, key=lambda entry: entry.first)),
        keys=keys,
        months=tuple(f"{date(2031, month, 1):%b}" for month in range(1, 13)),
    )


def _sections(number: int, text: object, table: object, cites: Iterator[Cite]) -> Iterator[Section]:
    assert callable(text)
    assert callable(table)

    def heading(title: str) -> Heading:
        return Heading(level=2, children=(Text(text=title),))

    def paragraph(least: int, most: int) -> Paragraph:
        return Paragraph(children=_cited(text(least, most, "."), cites))

    header = (
        Heading(level=1, children=(Text(text="Briefing memo"),), aside=(Text(text="12 May 2031"),)),
        Fields(
            rows=tuple(
                Field(label=(Text(text=label),), value=(value,))
                for label, value in (
                    ("To", text(2, 3)),
                    ("From", text(2, 3)),
                    ("Subject", Text(text=f"Fisheries Council {number}", strong=True)),
                    ("Sourcing", text(8, 12, ".")),
                )
            )
        ),
    )
    yield Section(name="header", blocks=header)
    yield Section(name="background", blocks=(heading("Background"), paragraph(45, 60), paragraph(35, 50)))
    meetings = table("Meetings", 12, ("Day", "Forum", "Place", "State"))
    yield Section(name="meetings", blocks=(heading("Meetings"), paragraph(12, 18), meetings))
    items = tuple(ListItem(blocks=(Paragraph(children=(text(10, 16, "."),)),)) for _ in range(8))
    agreed: tuple[Block, ...] = (paragraph(8, 12), ItemList(ordered=True, items=items), paragraph(25, 35))
    yield Section(name="priorities", blocks=(heading("Agreed priorities"), *agreed))
    people = table("Participants", 4, ("Side", "Name", "Post"))
    yield Section(name="participants", blocks=(heading("Participants"), people, paragraph(20, 30)))
    entries = tuple(SourceEntry(source=f"s{n}", number=n, children=(text(9, 14, "."),)) for n in range(1, 11))
    yield Section(name="sources", blocks=(heading("Sources"), SourceList(entries=entries)))


def _cited(text: Text, cites: Iterator[Cite]) -> Inlines:
    cite: Inline | None = next(cites, None)
    return (text, cite) if cite else (text,)
