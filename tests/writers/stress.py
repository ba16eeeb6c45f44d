"""A document that holds at once what is hard to set: long, nested, accented, foreign, noted, pictured."""

import struct
import zlib
from datetime import date
from random import Random

from briefbook.document import (
    Block,
    Citations,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    Text,
)
from tests.writers.trees import run

DAY = date(2031, 5, 12)
NOTES = 40
ROWS = 28  # of the long table: three pages of them

ACCENTS = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞß àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚě "
    "ĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİı ĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŒœ ŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲų ŴŵŶŷŸŹźŻżŽž ȘșȚț"
)
GREEK = "Ελευθερία Παπαδοπούλου-Χριστοδουλάκη"
CYRILLIC = "Александра Щербакова-Жуковская"
LONG_WORD = "Fischereischutzverordnungsdurchführungsbestimmungen"
LONGEST_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
ADDRESS = "https://council.example/" + "/".join(f"session-{n}" for n in range(1, 30)) + "?a=1&b=2#end"

VOCABULARY = (
    "ministers secretaries draft line part rest autumn council quota stock survey note harbour report agreed "
    "left met went disputed before without under common spring weather vessels ice nets trade coast letter"
)


def sentence(number: int) -> str:
    """A sentence of two lines, none like another: what stands alike on three pages passes for furniture."""
    words = Random(number).choices(VOCABULARY.split(), k=24)
    return f"The {' '.join(words[:12])}, {' '.join(words[12:])} – not later."


def picture() -> Image:
    """A PNG of two halves, made by hand (PNG 1.2, 11.2)."""
    width, height = 240, 120
    row = b"\0" + b"\x1f\x3a\x5f" * (width // 2) + b"\xf2\xf4\xf7" * (width // 2)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return Image(data=b"\x89PNG\r\n\x1a\n" + body, media_type="image/png", width=width, height=height)


def stress_document(citations: Citations = Citations.NUMBERED) -> Document:
    """The document, with its citations as numbers, footnotes or endnotes."""
    sections = (
        Section(name="header", blocks=_header()),
        Section(name="long", blocks=_long(citations)),
        Section(name="lists", blocks=_lists()),
        Section(name="tables", blocks=_tables(citations)),
        Section(name="letters", blocks=_letters()),
        Section(name="picture", blocks=_picture()),
        Section(name="noted", blocks=_noted(citations)),
        Section(name="sources", blocks=(_heading("Sources"), SourceList(entries=_entries()))),
    )
    return Document(
        memo="stress",
        title="Everything that is hard to set",
        language="en",
        reference="stress-1",
        author="Fisheries desk",
        as_of=DAY,
        known_by=DAY,
        footer="stress-1 · as of 12 May 2031",
        page_of="{page} of {pages}",
        sections=sections,
        citations=citations,
        notes_title="Notes" if citations is Citations.ENDNOTES else "",
    )


def _heading(title: str, level: int = 2) -> Heading:
    return Heading(level=level, children=run(title))


def _cite(citations: Citations, number: int, *, is_first: bool) -> Cite:
    """A citation that opens its source at its words, but for every fifth source."""
    is_note = is_first and citations is not Citations.NUMBERED
    words = "met%20in%20Port%20Emery&text=11%20May%2C%20at%20last" if is_first else "as%20was%20said"
    target = f"https://council.example/papers/{number}?a=1&b=(2)#annex:~:text={words}" if number % 5 else None
    source = CitedSource(source=f"source-{number}", number=number, is_note=is_note, target=target)
    return Cite(sources=(source,))


def _header() -> tuple[Block, ...]:
    fields = (
        Field(label=run("To"), value=run("Minister")),
        Field(label=run("A label that is far too long for its column"), value=run("A value beside it.")),
        Field(label=run("Subject"), value=(Text(text="Everything that is hard to set", strong=True),)),
    )
    return (
        Heading(level=1, children=run("Briefing memo"), aside=run("12 May 2031")),
        Fields(rows=fields),
    )


def _long(citations: Citations) -> tuple[Block, ...]:
    """A paragraph over two pages, with a link over line ends and notes in the middle of it."""
    words: list[Inlines] = []
    for number in range(1, 9):
        before, noted, after = (sentence(100 * turn + number) for turn in (1, 2, 3))
        cited = (_cite(citations, number, is_first=True),)
        words += [run(f"{before} "), run(noted), cited, run(f" {after} ")]
    record = "the whole record of the council’s session of last autumn, with all that was said in it"
    linked = Link(children=(Text(text=record),), target=ADDRESS)
    end: Inlines = (
        *run("See "),
        linked,
        *run(". "),
        Link(children=(Text(text=ADDRESS),), target=ADDRESS),
        *run("."),
    )
    return (
        _heading("A paragraph over two pages"),
        Paragraph(children=(*(inline for part in words for inline in part), *end)),
        Paragraph(children=(*run("A line"), LineBreak(), *run("and another one, forced."))),
    )


def _lists() -> tuple[Block, ...]:
    fifth = _list("the fifth depth, and that is enough")
    deep = _list("the third depth", _list("the fourth depth", fifth, ordered=True))
    first = "the first item, which is long enough to run on to a second line of its own, as they often do"
    nested = _list(first, _list("a bullet in it", "another one", deep), "the second item", ordered=True)
    nine = ListItem(blocks=(Paragraph(children=run("nine")), Paragraph(children=run("and on"))))
    ten = ListItem(blocks=(Paragraph(children=run("ten")),))
    late = ItemList(ordered=True, start=9, items=(nine, ten))
    return _heading("Lists in lists"), Paragraph(children=run("They hang:"), lead_in=True), nested, late


def _list(*parts: str | ItemList, ordered: bool = False) -> ItemList:
    """A list of items; a list among them belongs to the item before it."""
    items: list[ListItem] = []
    for part in parts:
        if isinstance(part, str):
            items.append(ListItem(blocks=(Paragraph(children=run(part)),)))
        else:
            items[-1] = ListItem(blocks=(*items[-1].blocks, part))
    return ItemList(ordered=ordered, items=tuple(items))


def _tables(citations: Citations) -> tuple[Block, ...]:
    heads = Row(cells=tuple(run(head) for head in ("Day", "What was said", "By whom", "Tonnes")))
    rows = tuple(
        Row(
            cells=(
                run(f"{1 + number % 28} May 2031"),
                (
                    *run(sentence(400 + number)),
                    *([_cite(citations, 9, is_first=True)] if number == ROWS else []),
                ),
                run((GREEK, CYRILLIC, "Étienne Marchetti")[number % 3]),
                run(f"{number * 37:,}"),
            )
        )
        for number in range(1, ROWS + 1)
    )
    empty = Row(cells=(run("Side"), run("Name"), run("Post")))
    return (
        _heading("A table over three pages"),
        Table(name="Interventions", header=heads, rows=rows),
        _heading("A table without a row", level=3),
        Table(name="Nobody", header=empty, rows=()),
    )


def _letters() -> tuple[Block, ...]:
    foreign = Text(text="Le Conseil s’est réuni à huis clos ; rien n’a filtré.", language="fr", emphasis=True)
    return (
        _heading("Letters of every kind"),
        Paragraph(children=run(ACCENTS)),
        Paragraph(children=(*run(f"{GREEK} and {CYRILLIC} met. "), foreign, *run(" So much for that."))),
        Paragraph(children=run(f"{LONG_WORD} and {LONGEST_WORD}.")),
        Paragraph(children=run("Ends: “quoted”, ‘single’, 5 – 6, a … b, 100 %, § 4, € 5, 20 °C, x², ½.")),
    )


def _picture() -> tuple[Block, ...]:
    figure = Figure(
        alt="A flag of two halves, the left one dark, the right one pale.",
        picture=picture(),
        caption=run("The council’s flag."),
    )
    return _heading("A picture"), figure


def _noted(citations: Citations) -> tuple[Block, ...]:
    """The other notes: some alone, many in one paragraph, and one told of again."""
    paragraphs: list[Block] = [_heading("Many notes")]
    for first in range(10, NOTES + 1, 5):
        inlines: list[Inlines] = []
        for number in range(first, min(first + 5, NOTES + 1)):
            inlines += [run(sentence(500 + number)), (_cite(citations, number, is_first=True),), run(" ")]
        paragraphs.append(Paragraph(children=tuple(inline for part in inlines for inline in part)))
    again = (*run("As was said before."), _cite(citations, 3, is_first=False))
    return (*paragraphs, Paragraph(children=again))


def _entries() -> tuple[SourceEntry, ...]:
    """Forty sources, one of them longer than the foot of its page, and one that nothing cites."""
    return tuple(
        SourceEntry(
            source=f"source-{number}",
            number=number,
            children=run(
                f"“{sentence(700 + number)[:40]} …”, the council’s secretariat, {1 + number % 28} April 2031."
                + ("".join(f" {sentence(600 + n)}" for n in range(34)) if number == 20 else "")
            ),
        )
        for number in range(1, NOTES + 2)
    )
