"""Binder + theme + widths → the pages of a bound book.

Pure, like `layout`. The tabs are laid out first, one by one, as their own pages; then the contents, which are
as long whatever numbers stand in them. So all pages are known before the rows of contents and index are set.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from briefbook.binder import Binder, IndexEntry
from briefbook.document import Document, Heading, Text, blocks_of, plain
from briefbook.frozen import frozen
from briefbook.notes import notes_in
from briefbook.sheets import Edge
from briefbook.writers.banner import banner_lines, roomed
from briefbook.writers.block_setting import BlockSetter
from briefbook.writers.bound_look import (
    HANGING,
    LEADER_GAP,
    PAGE_WIDTH,
    TAB_GAP,
    TAB_WIDTH,
    column,
    contents_style,
    cover_theme,
    index_style,
)
from briefbook.writers.layout import NO_OWNERS, filled, furnished, placed
from briefbook.writers.line_breaking import break_lines
from briefbook.writers.pagination import FilledPage, paginated
from briefbook.writers.pdf_links import ASCENT, Target
from briefbook.writers.placed import HERE, Owner, Part, PlacedPage, edge_owners
from briefbook.writers.strips import Fragment, Hairline, Stack, Strip, TextSetter, baseline, beside, stacked
from briefbook.writers.styled_text import Line, Measure, Span, composed
from briefbook.writers.theme import Theme

SHORTEST_RANGE = 3  # pages on end that are told as 9–11


# ------------------------------------------------------------------------------- what is known of pages


@frozen
class Row:
    """A line of the contents: a label, a title, and the place that it leads to."""

    label: str
    title: str
    place: str
    page: int = 0
    language: str | None = None


@frozen
class Mention:
    """A page of an index entry, or pages on end, with the first anchors on the first and on the last one."""

    pages: tuple[int, int]
    anchors: tuple[int, int]

    @property
    def ends(self) -> list[tuple[int, int]]:
        """One (page, anchor), or two for pages on end."""
        both = list(zip(self.pages, self.anchors, strict=True))
        return both[:1] if both[0] == both[1] else both


@frozen
class BoundPages:
    """A bound book, laid out. Pages count from 1, the cover being the first."""

    pages: tuple[PlacedPage, ...]
    contents: int  # the page on which they begin
    tab_width: float  # of their labels' column
    rows: tuple[Row, ...]  # of the contents
    mentions: Mapping[int, tuple[Mention, ...]]  # of the index, by the number of the entry through all groups
    turn: Owner | None  # the heading or entry of the index with which its last column begins
    places: Mapping[str, Target]  # where links of contents and index lead
    parts: "Parts"


@frozen
class Parts:
    """The parts of a bound book with the numbers of their first blocks, as `Owner.block` counts them."""

    cover: tuple[Document, int]
    contents: int  # its heading; its rows are the next block
    tabs: tuple[tuple[Document, int], ...]
    sources: tuple[Document, int] | None
    index: int  # its heading; a heading and a block of entries for each group follow
    notes: tuple[Document, int] | None


def parts_of(binder: Binder) -> Parts:
    """The parts of a binder, in reading order."""
    number = 0

    def counted(document: Document) -> tuple[Document, int]:
        nonlocal number
        first, number = number, number + sum(1 for _ in blocks_of(document))
        return document, first

    cover = counted(binder.cover)
    contents, number = number, number + 2
    tabs = tuple(counted(tab.document) for tab in binder.tabs)
    sources, notes = binder.closing()
    listed = None if sources is None else counted(sources)
    index, number = number, number + 1 + 2 * len(binder.index)
    noted = None if notes is None else counted(notes)
    return Parts(cover=cover, contents=contents, tabs=tabs, sources=listed, index=index, notes=noted)


# ---------------------------------------------------------------------------------------- laying out


def lay_out_bound(binder: Binder, theme: Theme, measure: Measure) -> BoundPages:
    """Lay a binder out on pages of the theme, which is one of `bound_theme`."""
    banner = binder.cover.banner
    theme = roomed(theme, banner, len(banner_lines(banner, theme, measure)))
    return _Layout(binder=binder, theme=theme, measure=measure).laid_out()


@frozen
class _Layout:
    binder: Binder
    theme: Theme
    measure: Measure

    @property
    def text(self) -> TextSetter:
        return TextSetter(theme=self.theme, measure=self.measure)

    @cached_property  # every row of the contents asks for it
    def tab_width(self) -> float:
        """Of the column of labels in the contents: the widest has room, in any language."""
        style = contents_style(self.theme)
        widths = (self.measure(tab.label, style.strong, False) * style.size for tab in self.binder.tabs)
        return min(max(TAB_WIDTH, max(widths) + TAB_GAP), self.theme.page.measure / 3)

    def laid_out(self) -> BoundPages:
        """All pages, and what is known of them."""
        binder, parts = self.binder, parts_of(self.binder)
        cover = self._cover(*parts.cover)
        rows = self._rows(parts)
        ahead = len(cover) + len(self._contents(rows, parts.contents))
        behind: list[PlacedPage] = []
        begins: list[int] = []

        def go_on(pages: Sequence[PlacedPage]) -> None:
            begins.append(ahead + len(behind) + 1)
            behind.extend(pages)

        for number, (document, first) in enumerate(parts.tabs):
            go_on(self._tab(number, document, first, ahead + len(behind)))
        anchors = _anchors_on(behind)
        entries = enumerate(entry for group in binder.index for entry in group.entries)
        mentions = {number: tuple(_mentions(entry, anchors)) for number, entry in entries}
        if parts.sources is not None:
            go_on(self._whole(filled(parts.sources[0], {}, self.text, parts.sources[1]), ahead + len(behind)))
        turn: Owner | None = None
        if binder.index:
            columns = self._columns(parts.index, mentions)
            turn = self._turn(columns)
            go_on(self._index(columns, ahead + len(behind)))
        if parts.notes is not None:
            go_on(self._whole(filled(parts.notes[0], {}, self.text, parts.notes[1]), ahead + len(behind)))
        rows = tuple(replace(row, page=page) for row, page in zip(rows, begins, strict=True))
        contents = self._whole(self._contents(rows, parts.contents), len(cover))
        places = {row.place: self._target(row) for row in rows}
        said = binder.said_of_page
        places |= {
            f"anchor.{anchor}": replace(at, said=said.replace("{page}", str(at.page + 1)))
            for anchor, at in anchors.items()
        }
        pages = (*cover, *contents, *behind)
        return BoundPages(
            pages=pages,
            contents=len(cover) + 1,
            tab_width=self.tab_width,
            rows=rows,
            mentions=mentions,
            turn=turn,
            places=places,
            parts=parts,
        )

    def _target(self, row: Row) -> Target:
        words = f"{row.label}: {row.title}" if row.label else row.title
        said = f"{words}, {self.binder.said_of_page.replace('{page}', str(row.page))}"
        return Target(said=said, page=row.page - 1, top=self.theme.page.height)

    # ------------------------------------------------------------------------------------- parts

    def _cover(self, document: Document, first: int) -> list[PlacedPage]:
        theme = cover_theme(self.theme)
        text = TextSetter(theme=theme, measure=self.measure)
        return [
            placed(page, self._around((Edge(), Edge()), number), theme, self.measure)
            for number, page in enumerate(filled(document, {}, text, first), 1)
        ]

    def _tab(self, number: int, document: Document, first: int, ahead: int) -> list[PlacedPage]:
        """A memo, with its own count of pages beside that of the book."""
        tab = self.binder.tabs[number]
        entries = self.binder.entries
        notes = {note: entries[note] for block in blocks_of(document) for note in notes_in(block)}
        pages = filled(document, notes, self.text, first) or [FilledPage()]
        once = edge_owners(document, first)
        made: list[PlacedPage] = []
        for own, page in enumerate(pages, 1):
            count = document.page_of.replace("{page}", str(own)).replace("{pages}", str(len(pages)))
            top = Edge(left=document.reference, right=f"{tab.label} · {count}")
            foot = "" if own > 1 and document.footer in once else document.footer
            bottom = Edge(left=foot, right=str(ahead + own))
            made.append(self._page(page, (top, bottom), ahead + own, once))
        begin, *marks = made[0].headings
        begin = replace(begin, title=f"{tab.label} · {tab.title}")
        return [replace(made[0], headings=(begin, *marks)), *made[1:]]

    def _whole(self, pages: Sequence[FilledPage], ahead: int) -> list[PlacedPage]:
        """Pages that belong to no memo."""
        return [self._page(page, self._edges(ahead + i), ahead + i) for i, page in enumerate(pages, 1)]

    def _edges(self, number: int) -> tuple[Edge, Edge]:
        """The lines at head and foot of a page that belongs to no memo."""
        cover = self.binder.cover
        return Edge(left=cover.title), Edge(left=cover.footer, right=str(number))

    def _around(
        self, edges: tuple[Edge, Edge], number: int, once: Mapping[str, Owner] = NO_OWNERS
    ) -> PlacedPage:
        return furnished(*edges, self.binder.cover.banner, self.theme, self.measure, number, once=once)

    def _page(
        self, page: FilledPage, edges: tuple[Edge, Edge], number: int, once: Mapping[str, Owner] = NO_OWNERS
    ) -> PlacedPage:
        return placed(page, self._around(edges, number, once), self.theme, self.measure)

    # ---------------------------------------------------------------------------------- contents

    def _rows(self, parts: Parts) -> tuple[Row, ...]:
        """The rows of the contents, whose pages are still to be known."""
        binder = self.binder
        rows = [
            Row(label=tab.label, title=tab.title, place=f"tab.{n}", language=_foreign(tab.document, binder))
            for n, tab in enumerate(binder.tabs, 1)
        ]
        for place, document in (("sources", parts.sources), ("notes", parts.notes)):
            title = None if document is None else _title_of(document[0])
            if title is not None:
                rows.append(Row(label="", title=title.text, place=place, language=title.language))
        if binder.index:
            at = len(binder.tabs) + (parts.sources is not None)
            name = binder.index_title
            rows.insert(at, Row(label="", title=name.text, place="index", language=name.language))
        return tuple(rows)

    def _contents(self, rows: Sequence[Row], first: int) -> list[FilledPage]:
        heading = _heading(2, self.binder.contents_title)
        stacks = [BlockSetter(text=self.text).block(heading, first)]
        owners = (Owner(block=first + 1, path=(index,)) for index in range(len(rows)))
        stacks += [self._row(row, owner) for row, owner in zip(rows, owners, strict=True)]
        return paginated(stacked(stacks).strips, self.theme.page.room)

    def _row(self, row: Row, owner: Owner) -> Stack:
        """A label, a title, dots, a page's number: one link."""
        style = contents_style(self.theme)
        span = Span(text="", size=style.size, colour=style.colour, link=HERE + row.place)
        width, begins = self.theme.page.measure, self.tab_width

        def lines(text: str, room: float, **look: str | None) -> list[Line]:
            return break_lines([replace(span, text=composed(text), **look)], room, self.measure)  # type: ignore[arg-type]

        title = lines(f"{row.title} ", width - begins - PAGE_WIDTH, language=row.language)
        label = lines(f"{row.label} " if row.label else "", begins)
        (number,) = lines(str(row.page), PAGE_WIDTH)
        columns = [(0.0, label, owner._replace(part=Part.MARKER)), (begins, title, owner)]
        strips = beside(columns, style)
        last = strips[-1]
        x = width - number.width
        begin = begins + title[-1].width + LEADER_GAP if title else begins
        leader = Hairline(y=baseline(style), x=begin, width=max(0, x - LEADER_GAP - begin), dotted=True)
        place = Fragment(x=x, baseline=baseline(style), line=number, owner=owner._replace(part=Part.VALUE))
        strips[-1] = replace(last, fragments=(*last.fragments, place), rule=leader)
        bound = [replace(strip, bound=index < len(strips) - 1) for index, strip in enumerate(strips)]
        return Stack(bound, style.before, style.after)

    # ------------------------------------------------------------------------------------- index

    def _columns(self, first: int, mentions: Mapping[int, Sequence[Mention]]) -> list[FilledPage]:
        """The columns of the index, two for a page, the left one filled before the right one."""
        theme = replace(self.theme, page=column(self.theme.page, 0))
        setter = BlockSetter(text=TextSetter(theme=theme, measure=self.measure))
        stacks = [setter.block(_heading(2, self.binder.index_title), first)]
        entries = iter(mentions.items())
        for number, group in enumerate(self.binder.index):
            block = first + 1 + 2 * number
            stacks.append(setter.block(_heading(3, group.title), block))
            for row, entry in enumerate(group.entries):
                owner = Owner(block=block + 1, path=(row,))
                stack = self._entry(entry, next(entries)[1], owner, theme)
                if row == 0 and len(group.entries) > 1:  # a heading is not left with one entry alone
                    stack = replace(stack, strips=tuple(replace(strip, bound=True) for strip in stack.strips))
                stacks.append(stack)
        return _balanced(stacked(stacks).strips, theme.page.room)

    def _turn(self, columns: Sequence[FilledPage]) -> Owner | None:
        """With what the last column begins, if it is a right one and the left one has room below.

        Another program is told to turn there. Where the left one is full it turns by itself, and told besides
        it would turn twice.
        """
        if len(columns) % 2:
            return None
        left, right = columns[-2:]
        bottom = left.text[-1].top + left.text[-1].strip.height
        has_room = bottom + 2 * index_style(self.theme).leading < self.theme.page.room
        return right.text[0].strip.fragments[0].owner if has_room else None

    def _index(self, columns: Sequence[FilledPage], ahead: int) -> list[PlacedPage]:
        themes = [replace(self.theme, page=column(self.theme.page, number)) for number in range(2)]
        made: list[PlacedPage] = []
        for at in range(0, len(columns), 2):
            number = ahead + at // 2 + 1
            around = self._around(self._edges(number), number)
            for theme, filled_column in reversed(list(zip(themes, columns[at : at + 2], strict=False))):
                around = placed(filled_column, around, theme, self.measure)
            made.append(around)
        return made

    def _entry(self, entry: IndexEntry, mentions: Sequence[Mention], owner: Owner, theme: Theme) -> Stack:
        """A name and its pages, each a link; what goes on is indented."""
        style = index_style(theme)
        bare = Span(text="", size=style.size, colour=style.colour)
        spans = [replace(bare, text=f"{composed(entry.words)}", language=entry.language)]
        for number, mention in enumerate(mentions):
            spans.append(replace(bare, text=", "))
            for end, (page, anchor) in enumerate(mention.ends):
                spans += [replace(bare, text="–")] if end else []
                link = f"{HERE}anchor.{anchor}"
                spans.append(
                    replace(bare, text=str(page), link=link, inline=2 * number + end, colour=theme.accent)
                )
        spans.append(replace(bare, text=" "))
        width = theme.page.measure
        first, *_ = break_lines(spans, width, self.measure)
        rest = break_lines(_after(spans, len(first.text)), width - HANGING, self.measure)
        strips = [
            Strip(
                height=style.leading,
                fragments=(
                    Fragment(x=HANGING if n else 0, baseline=baseline(style), line=line, owner=owner),
                ),
                bound=n < len(rest),
            )
            for n, line in enumerate([first, *rest])
        ]
        return Stack(strips, after=style.after)


def _balanced(strips: Sequence[Strip], room: float) -> list[FilledPage]:
    """Strips in columns of `room` points; the two of the last page are about as long as each other."""
    columns = paginated(strips, room)
    full = (len(columns) - 1) // 2 * 2  # on pages before
    rest = strips[sum(len(filled.text) for filled in columns[:full]) :]

    def has_room(height: float) -> bool:
        tried = paginated(rest, height)
        return len(tried) <= 2 and not any(filled.text[-1].strip.bound for filled in tried)

    heights = list(accumulate(strip.before + strip.height for strip in rest))
    least = bisect_left(heights, True, key=has_room)
    return [*columns[:full], *paginated(rest, heights[least])] if heights[least] < room else columns


def _heading(level: int, words: Text) -> Heading:
    return Heading(level=level, children=(words,))


def _foreign(document: Document, binder: Binder) -> str | None:
    """The language of a memo where that is not the book's."""
    return None if document.language == binder.cover.language else document.language


def _title_of(document: Document) -> Text | None:
    """The words of the first heading, if it has any."""
    for block in blocks_of(document):
        if isinstance(block, Heading):
            first = next((inline for inline in block.children if isinstance(inline, Text)), None)
            return first and Text(text=plain(block.children), language=first.language)
    return None


def _after(spans: Sequence[Span], begun: int) -> Iterator[Span]:
    """What is left of some spans after so many characters."""
    for span in spans:
        if begun < len(span.text):
            yield replace(span, text=span.text[begun:])
        begun = max(0, begun - len(span.text))


def _anchors_on(pages: Sequence[PlacedPage]) -> dict[int, Target]:
    """Where the anchors of some pages begin."""
    found: dict[int, Target] = {}
    for page in pages:
        for run in page.runs:
            if run.anchor is not None and run.anchor not in found:
                top = page.height - run.baseline + ASCENT * run.size
                found[run.anchor] = Target(said="", page=page.number - 1, top=top)
    return found


def _mentions(entry: IndexEntry, anchors: Mapping[int, Target]) -> Iterator[Mention]:
    """The pages of an entry in their order; three or more on end as one."""
    firsts: dict[int, int] = {}  # the first anchor on each page
    for anchor in entry.anchors:
        if anchor in anchors:
            firsts.setdefault(anchors[anchor].page + 1, anchor)
    on_end: list[list[int]] = []
    for page in sorted(firsts):
        if on_end and on_end[-1][-1] == page - 1:
            on_end[-1].append(page)
        else:
            on_end.append([page])
    for pages in on_end:
        told = [pages] if len(pages) >= SHORTEST_RANGE else [[page] for page in pages]
        for some in told:
            ends = some[0], some[-1]
            yield Mention(pages=ends, anchors=(firsts[ends[0]], firsts[ends[1]]))
