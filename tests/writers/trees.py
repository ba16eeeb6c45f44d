"""Documents for the writers' tests: a strategy that builds any tree, and one memo as people write them."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import cycle
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Origin,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    Text,
    blocks_of,
    inlines_of,
)

# --------------------------------------------------------------------------------- random trees

# For tests that draw documents: fewer, as each is large, and no clock, as machines differ.
few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

HOSTILE = (
    *("<script>alert(1)</script>", "</style>", "<b>", "-->", "<!--", "]]>", "&amp;", "&", "&#65;", "'", '"'),
    *("|", "\\|", "\\", "`", "```", "](", "[x](y)", "![", "[1]", "[^1]", "*", "**bold**", "_", "__x__", "~~"),
    *("#", "##", "1.", "2)", "-", "+", "---", "===", ">", ":--", "$x$", "{page}", "{{", "%", "<http://x.no>"),
    *(
        "www.norland.example",
        "https://norland.example/a_b_c?d=1&e=2",
        "a@b.example",
        "TAB\u00a0A",
        "x\u202fy",
    ),
)
PLAIN = (
    "Norland",
    "Sudland",
    "the",
    "council",
    "met",
    "in",
    "Port",
    "Emery",
    "on",
    "11",
    "May",
    "2031",
    ".",
    ",",
)
WIDE = ("東京で開かれた会合について", "naïve", "e\u0301te\u0301", "ministère", "Москва", "שלום", "ﷺ", "👩‍🚀")
LATIN_WORDS: SearchStrategy[str] = st.sampled_from(PLAIN)
ANY_WORDS: SearchStrategy[str] = (
    st.sampled_from(PLAIN)
    | st.sampled_from(HOSTILE)
    | st.sampled_from(WIDE)
    | st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Zs")), min_size=1, max_size=8
    )
)
SOURCE_IDS = ("gazette-2031-04-02", "joint-note-2031-05-12", "radio-2031-09-01", "letter-2030")


_STYLES = [  # one draw for all of it: many small draws are what makes building a tree slow
    (before, after, strong, emphasis, language, origin)
    for before, after in (("", ""), (" ", ""), ("", " "))
    for strong, emphasis in ((False, False), (True, False), (False, True), (True, True))
    for language in (None, None, "fr", "ar")
    for origin in (None, *(Origin(fact=id_, field="text") for id_ in SOURCE_IDS))
]


def texts(words: SearchStrategy[str]) -> SearchStrategy[Text]:
    """Runs of one to four words, glued to their neighbours or not, in any style."""

    def styled(inner: list[str], number: int) -> Text:
        before, after, strong, emphasis, language, origin = _STYLES[number]
        text = before + " ".join(inner) + after
        return Text(text=text, strong=strong, emphasis=emphasis, language=language, origin=origin)

    return st.builds(styled, st.lists(words, min_size=1, max_size=4), st.integers(0, len(_STYLES) - 1))


TARGETS = (
    "https://norland.example/a_(b)?c='1'&d=2#:~:text=met%20on%2011%20May&text=A%2C%20B",
    "javascript:alert(1)",
    None,
    "HTTP://x.example/;'#annex:~:text=it",
)


def way_out(cited: CitedSource) -> str | None:
    """The address at which a citation may open its source: one of the web."""
    return cited.target if cited.target and cited.target.lower().startswith(("http:", "https:")) else None


def ways_out(document: Document) -> list[tuple[int, str]]:
    """Where the citations that print shows lead out of the document, with their numbers, in reading order."""
    return [
        (cited.number, target)
        for block in blocks_of(document)
        for inline in inlines_of(block)
        if isinstance(inline, Cite) and inline.shown
        for cited in inline.sources
        if (target := way_out(cited))
    ]


def cites() -> SearchStrategy[Cite]:
    """Citations of one or two sources, shown or not; the fourth source may be on no list.

    Some open at their words, some are said to and must not, some don't.
    """
    cited = [
        CitedSource(source=id_, number=number, target=target)
        for (number, id_), target in zip(enumerate(SOURCE_IDS, 1), cycle(TARGETS), strict=False)
    ]
    return st.builds(
        Cite,
        sources=st.lists(st.sampled_from(cited), min_size=1, max_size=2, unique=True).map(tuple),
        shown=st.booleans(),
    )


def inlines(words: SearchStrategy[str], *, least: int = 0) -> SearchStrategy[Inlines]:
    """Up to four inlines of every kind."""
    text = texts(words)
    link = st.builds(
        Link,
        children=st.lists(text, min_size=1, max_size=2).map(tuple),
        target=st.sampled_from(
            (
                "https://norland.example/a_(b)?c=1&d=2",
                "mailto:desk@norland.example",
                "javascript:alert(1)",
                "x",
            )
        ),
    )
    inline: SearchStrategy[Inline] = text | text | link | cites() | st.just(LineBreak())
    return st.lists(inline, min_size=least, max_size=4).map(tuple)


def blocks(words: SearchStrategy[str]) -> SearchStrategy[Block]:
    """One block of any kind but the list of sources."""
    run = inlines(words, least=1)
    paragraph = st.builds(Paragraph, children=run, lead_in=st.booleans())

    def lists_of(inner: SearchStrategy[Paragraph | ItemList]) -> SearchStrategy[ItemList]:
        item = st.builds(ListItem, blocks=st.lists(inner, max_size=3).map(tuple))
        items = st.lists(item, min_size=1, max_size=3).map(tuple)
        return st.builds(ItemList, ordered=st.booleans(), items=items, start=st.integers(0, 11))

    nested: SearchStrategy[Paragraph | ItemList] = st.recursive(paragraph, lists_of, max_leaves=5)
    heading = st.builds(
        Heading, level=st.integers(1, 4), children=run, aside=st.just(()) | inlines(words, least=1)
    )
    fields = st.lists(st.builds(Field, label=run, value=run), min_size=1, max_size=3).map(
        lambda rows: Fields(rows=tuple(rows))
    )

    def rows(columns: int) -> SearchStrategy[Row]:
        cells = st.lists(inlines(words), min_size=columns, max_size=columns)
        return cells.map(lambda found: Row(cells=tuple(found)))

    table: SearchStrategy[Table] = st.integers(1, 4).flatmap(
        lambda columns: st.builds(
            Table,
            name=st.just("Dates and places"),
            header=rows(columns),
            rows=st.lists(rows(columns), max_size=3).map(tuple),
        )
    )
    return paragraph | heading | fields | table | lists_of(nested)


def source_lists(words: SearchStrategy[str]) -> SearchStrategy[SourceList]:
    """The first sources of SOURCE_IDS, numbered from 1."""
    return st.lists(inlines(words, least=1), min_size=1, max_size=3).map(
        lambda found: SourceList(
            entries=tuple(
                SourceEntry(source=id_, number=number, children=children)
                for number, (id_, children) in enumerate(zip(SOURCE_IDS, found, strict=False), 1)
            )
        )
    )


def documents(words: SearchStrategy[str] = ANY_WORDS) -> SearchStrategy[Document]:
    """Any document; `words` chooses what it is written in."""
    section = st.builds(
        Section,
        name=st.sampled_from(("header", "background", "find-out")),
        blocks=st.lists(blocks(words), max_size=3).map(tuple),
    )
    last = source_lists(words).map(lambda found: (Section(name="sources", blocks=(found,)),))
    line = st.lists(words, min_size=1, max_size=3).map(" ".join)
    return st.builds(
        lambda sections, sources, title, footer: sample_document(
            sections=(*sections, *sources), title=title, footer=footer
        ),
        st.lists(section, max_size=2),
        last | st.just(()),
        line,
        line,
    )


# ------------------------------------------------------------------------------------ one memo


def run(text: str, *, strong: bool = False, language: str | None = None, fact: str = "") -> Inlines:
    """One run of text as a whole tuple of inlines; with `fact` it comes from that fact."""
    origin = Origin(fact=fact, field="text") if fact else None
    return (Text(text=text, strong=strong, language=language, origin=origin),)


def cite(*numbers: int, shown: bool = True) -> Inlines:
    """A citation of the numbered sources of SOURCE_IDS."""
    found = tuple(CitedSource(source=SOURCE_IDS[number - 1], number=number) for number in numbers)
    return (Cite(sources=found, shown=shown),)


def sample_document(
    *,
    sections: tuple[Section, ...],
    title: str = "Fisheries Council",
    footer: str = "fisheries-council · as of 2031-05-14",
    language: str = "en",
) -> Document:
    """A document with these sections and a decent frame."""
    return Document(
        memo="fisheries-council",
        title=title,
        language=language,
        reference="fisheries-council",
        author="Fisheries desk",
        as_of=date(2031, 5, 14),
        known_by=date(2031, 5, 15),
        footer=footer,
        page_of="{page} of {pages}",
        sections=sections,
    )


def document_of(*blocks: Block, language: str = "en") -> Document:
    """A document of one section with these blocks."""
    return sample_document(sections=(Section(name="background", blocks=blocks),), language=language)


def bullets(*items: str) -> ItemList:
    """A plain bulleted list."""
    return ItemList(ordered=False, items=tuple(_item(run(item)) for item in items))


def numbered(*items: str, start: int = 1) -> ItemList:
    """A plain numbered list."""
    return ItemList(ordered=True, items=tuple(_item(run(item)) for item in items), start=start)


def _item(children: Inlines) -> ListItem:
    return ListItem(blocks=(Paragraph(children=children),))


def fisheries_memo() -> Document:
    """A whole memo with every kind of block, as the house writes them."""
    survey = "Survey the shared stock together every spring, and publish the counts before the quota talks."
    header = Section(
        name="header",
        blocks=(
            Heading(level=1, children=run("Briefing memo"), aside=run("14 May 2031")),
            Fields(
                rows=(
                    Field(
                        label=run("Subject"),
                        value=run("Norland–Sudland Fisheries Council, after its third meeting"),
                    ),
                    Field(label=run("As of"), value=run("14 May 2031")),
                    Field(
                        label=run("Sourcing"),
                        value=run(
                            "Two texts of the governments and one broadcast; the minutes are not on file. "
                            "Everything rests on source 1 unless marked."
                        ),
                    ),
                )
            ),
        ),
    )
    upcoming = Section(
        name="upcoming",
        blocks=(
            Heading(level=2, children=run("Upcoming meetings")),
            Fields(
                rows=(
                    Field(
                        label=(*run("Tue 16 September 2031"), LineBreak(), *run("(in four months)")),
                        value=(
                            *run("Fisheries Council, fourth meeting, Sudhaven.", fact="fisheries-council-4"),
                            *cite(2),
                            *run(" Hour and agenda are not given; both ministers are expected to come."),
                        ),
                    ),
                    Field(label=run("Spring 2032, day not set"), value=run("Joint survey, place not given.")),
                )
            ),
        ),
    )
    participants = Section(
        name="participants",
        blocks=(
            Heading(level=2, children=run("Participants")),
            Table(
                name="Participants of the third meeting, by side",
                header=Row(cells=(run("Side"), run("Name"), run("Post on that day"), run("Role"))),
                rows=(
                    Row(
                        cells=(
                            run("Norland"),
                            run("Ana Holm", fact="ana-holm"),
                            run("Minister of Fisheries and the Coast"),
                            run("led the delegation, opened the first session"),
                        )
                    ),
                    Row(
                        cells=(
                            run("Sudland"),
                            run("Étienne Marchetti-Lauterbach"),
                            (*run("ministre de la Mer", language="fr"), *cite(1, 3)),
                            (),
                        )
                    ),
                ),
            ),
        ),
    )
    priorities = Section(
        name="priorities",
        blocks=(
            Heading(level=2, children=run("Agreed priorities")),
            Paragraph(children=run("Agreed by both sides in Port Emery:"), lead_in=True),
            ItemList(
                ordered=True,
                items=(
                    ListItem(
                        blocks=(Paragraph(children=(*run(survey, fact="shared-stock-survey"), *cite(1))),)
                    ),
                    ListItem(
                        blocks=(
                            Paragraph(children=run("Pay for it in equal parts:")),
                            bullets("Norland the ships", "Sudland the laboratories"),
                        )
                    ),
                ),
            ),
            Paragraph(
                children=(
                    *run("Money is the open point.", strong=True),
                    *run(" Neither side names a sum."),
                    *cite(1, shown=False),
                )
            ),
        ),
    )
    background = Section(
        name="background",
        blocks=(
            Heading(level=2, children=run("Background")),
            Heading(level=3, children=run("How it began")),
            Paragraph(
                children=(
                    *run("The council goes back to letters of 2029; the letters are not on file. See "),
                    Link(
                        children=(Text(text="the council’s page"),),
                        target="https://council.example/about?a=1&b=2",
                    ),
                    *run("."),
                )
            ),
            Paragraph(
                children=run("The radio calls the survey “the first ever”; the joint note calls it renewed.")
            ),
            Heading(level=2, children=run("Find out")),
            bullets("who pays for the laboratories", "the agenda, and whether a text will be issued"),
        ),
    )
    sources = Section(
        name="sources",
        blocks=(
            Heading(level=2, children=run("Sources")),
            SourceList(
                entries=(
                    SourceEntry(
                        source=SOURCE_IDS[0],
                        number=1,
                        children=run(
                            "“Ministers to meet in May”, Norland Gazette. Undated; 2 April by our reading."
                        ),
                    ),
                    SourceEntry(
                        source=SOURCE_IDS[1],
                        number=2,
                        children=run("Joint note of the ministers, 12 May 2031."),
                    ),
                    SourceEntry(
                        source=SOURCE_IDS[2], number=3, children=run("Radio Sudhaven, 1 September 2031.")
                    ),
                )
            ),
        ),
    )
    return sample_document(sections=(header, upcoming, participants, priorities, background, sources))


def with_citations(document: Document, citations: Citations) -> Document:
    """The document with its sources numbered by first citation and, where they are notes, the notes hung."""
    lists = [block for block in blocks_of(document) if isinstance(block, SourceList)]
    listed = [entry.source for block in lists for entry in block.entries]
    shown = [
        cited.source
        for block in blocks_of(document)
        if not isinstance(block, SourceList)
        for inline in inlines_of(block)
        if isinstance(inline, Cite) and inline.shown
        for cited in inline.sources
    ]
    order = list(dict.fromkeys([*(source for source in shown if source in listed), *listed, *SOURCE_IDS]))
    ahead = set() if citations is Citations.NUMBERED else set(listed)

    def numbered_cite(cite: Cite) -> Cite:
        sources = tuple(replace(found, number=order.index(found.source) + 1) for found in cite.sources)
        return replace(cite, sources=sources)

    def hung(cite: Cite) -> Cite:
        here = {found.source for found in cite.sources if cite.shown} & ahead
        ahead.difference_update(here)
        sources = numbered_cite(cite).sources
        return replace(cite, sources=tuple(replace(one, is_note=one.source in here) for one in sources))

    def numbered_list(sources: SourceList) -> SourceList:
        children = [_mapped(entry.children, {Cite: numbered_cite}) for entry in sources.entries]
        entries = [
            replace(entry, number=order.index(entry.source) + 1, children=inlines)
            for entry, inlines in zip(sources.entries, children, strict=True)
        ]
        return replace(sources, entries=tuple(sorted(entries, key=lambda entry: entry.number)))

    changed: Document = _mapped(document, {Cite: hung, SourceList: numbered_list})
    title = "Notes" if citations is Citations.ENDNOTES else ""
    return replace(changed, citations=citations, notes_title=title)


def _mapped(node: Any, change: dict[type, Callable[[Any], Any]]) -> Any:
    """A tree with every node of certain types changed, in reading order."""
    if isinstance(node, tuple):
        return tuple(_mapped(child, change) for child in node)
    if type(node) in change:
        return change[type(node)](node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    return replace(node, **{field.name: _mapped(getattr(node, field.name), change) for field in fields(node)})


# --------------------------------------------------------------------------------------- words


def said(inlines: Inlines, *, addresses: bool = False) -> str:
    """What inlines say: their text, shown citations as [1, 2], a line break as white space.

    With `addresses`, a safe address that its link does not spell out follows in angle brackets.
    """
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text():
                parts.append(inline.text)
            case Link():
                words = "".join(text.text for text in inline.children)
                safe = inline.target.startswith(("https:", "mailto:"))
                parts.append(f"{words} <{inline.target}>" if addresses and safe else words)
            case Cite(shown=True):
                parts.append(f"[{', '.join(str(cited.number) for cited in inline.sources)}]")
            case Cite():
                pass
            case LineBreak():
                parts.append("\n")
    return "".join(parts)


def pieces_of(block: Block, *, markers: bool, numbers: bool) -> list[str | Inlines]:
    """The pieces of a block in reading order, with the signs of list items and the numbers of sources."""
    match block:
        case Heading():
            return [block.children, block.aside]
        case Paragraph():
            return [block.children]
        case ItemList():
            found: list[str | Inlines] = []
            for number, item in enumerate(block.items, block.start):
                found.append((f"{number}." if block.ordered else "-") if markers else "")
                for inner in item.blocks:
                    found.extend(pieces_of(inner, markers=markers, numbers=numbers))
            return found
        case Fields():
            return [part for field in block.rows for part in (field.label, field.value)]
        case Table():
            return [cell for row in (block.header, *block.rows) for cell in row.cells]
        case SourceList():
            return [
                piece
                for entry in block.entries
                for piece in (str(entry.number) if numbers else "", entry.children)
            ]
        case Figure():
            return [block.alt, block.caption]


def words_of(
    document: Document, *, markers: bool = False, numbers: bool = False, addresses: bool = False
) -> list[str]:
    """Every word of a document's body in reading order.

    With `markers` those of list items stand among them, with `numbers` those of the sources in their list,
    with `addresses` those of safe links.
    """
    return [
        word
        for section in document.sections
        for block in section.blocks
        for piece in pieces_of(block, markers=markers, numbers=numbers)
        for word in (piece if isinstance(piece, str) else said(piece, addresses=addresses)).split()
    ]
