"""Markdown of one section → blocks of the document tree.

CommonMark with GFM tables; raw HTML is off. `plain_blocks` and `pieces` read nearly all of it, `parser` what
they leave. A table whose header cells are all empty is a `Fields` block (labels and values); one whose rows
start with the mark of a timeline is a picture of it, and a paragraph that starts with a picture is that
picture with its caption; an ordered list whose items start with an anchor mark is the list of sources. What
the tree has no block for (code blocks, quotations) is an error, never dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, assert_never

from briefbook.composing.figures import timeline_of
from briefbook.composing.inlines import FOREIGN, read_inlines
from briefbook.composing.pieces import of_fact, read_pieces
from briefbook.composing.plain_blocks import Items, Line, PlainBlock, Rows, Title, plain_blocks
from briefbook.composing.runs import FLUSH, Mark, PictureMark, PlotMark, trimmed
from briefbook.composing.runs import MarkupError as MarkupError
from briefbook.diagnostics import did_you_mean
from briefbook.document import (
    Block,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inline,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
    is_blank,
    plain,
)
from briefbook.frozen import changed, changing, maker
from briefbook.keeping import remembered
from briefbook.marks import MARK
from briefbook.outline import is_shown

if TYPE_CHECKING:  # imported with the first text that needs it
    from briefbook.composing.parser import Env, Token

_row = maker(Row, now=True)  # a memo has some thirty
_paragraph = maker(Paragraph, now=True)  # and as many of these
_NO_PICTURES: Mapping[str, Image] = {}


def parse_section(markdown: str, pictures: Mapping[str, Image] = _NO_PICTURES) -> tuple[Block, ...]:
    """Parse the Markdown of one section, which may show `pictures` by their names.

    Citations are not numbered yet: `compose` does that. Raises MarkupError for Markdown that the tree has no
    block for.
    """
    plain_ones = plain_blocks(markdown)
    if plain_ones is not None:
        return _Blocks(tokens=(), pictures=pictures, env={}).read_plain(plain_ones)
    from briefbook.composing.parser import blocks_in

    env: Env = {}
    return _Blocks(tokens=blocks_in(markdown, env), pictures=pictures, env=env).read_all()


def parse_line(markdown: str) -> Inlines:
    """Parse one line, such as the subject: the inlines of its only paragraph."""
    blocks = parse_section(markdown.strip())
    if not blocks:
        return ()
    if len(blocks) > 1 or not isinstance(blocks[0], Paragraph):
        raise MarkupError("one plain line is expected here")
    return blocks[0].children


# ------------------------------------------------------------------------------------- blocks


@changing
class _Blocks:
    """Reads a flat list of tokens into blocks."""

    tokens: "Sequence[Token]"
    pictures: Mapping[str, Image]
    env: "Env"
    at: int = 0
    last_heading: str = ""

    def read_all(self) -> tuple[Block, ...]:
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            blocks.append(self._read_block())
        return _with_lead_ins(blocks)

    def read_plain(self, plain_ones: Sequence[PlainBlock]) -> tuple[Block, ...]:
        """The blocks of a text that has plain ones alone."""
        return _with_lead_ins([self._of_plain(block) for block in plain_ones])

    def _of_plain(self, block: PlainBlock) -> Block:
        match block:
            case Rows(line, rows):
                return self._of_rows(rows, line)
            case Line(line, content):
                return self._paragraph(content, line)
            case Title(line, level, content):
                return self._heading(level, content, line)
            case Items():
                return self._of_items(block)
            case _:
                assert_never(block)

    def _next(self) -> "Token":
        self.at += 1
        return self.tokens[self.at - 1]

    def _content(self) -> tuple[str, int | None]:
        """What stands in a block that holds nothing but inlines, up to its end, and its line."""
        inline = self._next()
        assert inline.type == "inline", inline.type
        self._next()  # heading_close, paragraph_close
        return inline.content, _line(inline)

    def _read_block(self, start: int = 0) -> Block:
        """The next block; if it is a paragraph, its words begin at `start`."""
        token = self._next()
        match token.type:
            case "heading_open":
                return self._heading(int(token.tag[1:]), *self._content())
            case "paragraph_open":
                return self._paragraph(*self._content(), start)
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token)
            case "table_open":
                return self._table(_line(token))
            case kind:
                what = FOREIGN.get(kind, kind)
                raise MarkupError(f"a section cannot hold this Markdown: {what}", _line(token))

    def _inlines(self, content: str, line: int | None, start: int = 0) -> tuple[list[Inline | Mark], bool]:
        pieces = read_pieces(content, start, self.last_heading)
        return read_inlines(content, self.env, line, self.last_heading, start) if pieces is None else pieces

    def _heading(self, level: int, content: str, line: int | None) -> Heading:
        if "{" not in content and (words := _without_mark(content)) is not None:
            self.last_heading = plain(words)
            return Heading(level=level, children=words, aside=())
        children, is_tidy = self._inlines(content, line)
        if is_tidy:
            words = _words(children, line, is_tidy=True)
            self.last_heading = plain(words)
            return Heading(level=level, children=words, aside=())
        marks = [i for i, child in enumerate(children) if isinstance(child, Mark)]
        if len(marks) > 1 or any(children[i] != FLUSH for i in marks):
            raise MarkupError(FLUSH.belongs, line)
        end = marks[0] if marks else len(children)
        main = trimmed(children[:end])
        self.last_heading = plain(main)
        return Heading(level=level, children=main, aside=trimmed(children[end + 1 :]))

    def _paragraph(self, content: str, line: int | None, start: int = 0) -> Paragraph | Figure:
        if not start and (words := _at_once(content)) is not None:
            return _paragraph(children=words)
        children, is_tidy = self._inlines(content, line, start)
        if children and isinstance(children[0], PictureMark):
            return self._figure(children[0], _without_marks(children[1:], line), line)
        return _paragraph(children=_words(children, line, is_tidy=is_tidy))

    def _figure(self, mark: "PictureMark", caption: Inlines, line: int | None) -> Figure:
        if is_blank(mark.alt):
            raise MarkupError(f"the picture {mark.name!r} needs words in [ ] that say what it shows", line)
        if mark.name not in self.pictures:
            hint = did_you_mean(mark.name, self.pictures)
            message = f"there is no picture {mark.name!r}" + (f" ({hint})" if hint else "")
            raise MarkupError(message, line)
        return Figure(alt=mark.alt, picture=self.pictures[mark.name], caption=caption)

    def _list(self, opening: "Token") -> ItemList | SourceList:
        items = _Items()
        while self.tokens[self.at].type == "list_item_open":
            line = _line(self._next())
            anchor, start = self._anchor()
            blocks: list[Paragraph | ItemList] = []
            while self.tokens[self.at].type != "list_item_close":
                items.add(blocks, self._read_block(start), line)
                start = 0
            self._next()
            items.end(anchor, blocks, line)
        self._next()  # list_close
        start_at = opening.attrGet("start")
        is_ordered = opening.type == "ordered_list_open"
        return items.made(1 if start_at is None else int(start_at), _line(opening), is_ordered=is_ordered)

    def _of_items(self, plain_one: Items) -> ItemList | SourceList:
        """The same of items of one line each."""
        items = _Items()
        for line, content in plain_one.items:
            anchor, start = _anchor_in(content)
            blocks: list[Paragraph | ItemList] = []
            items.add(blocks, self._paragraph(content, line, start), line)
            items.end(anchor, blocks, line)
        first = plain_one.start
        return items.made(1 if first is None else first, plain_one.line, is_ordered=first is not None)

    def _anchor(self) -> tuple[str | None, int]:
        """The source whose entry an item is, if it begins with an anchor; and where its words begin."""
        ahead = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if ahead is None or ahead.type != "inline":
            return None, 0
        return _anchor_in(ahead.content)

    def _table(self, line: int | None) -> Table | Fields | Figure:
        rows: list[tuple[int, list[str]]] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                assert token.map is not None
                rows.append((token.map[0] + 1, []))
            elif token.type == "inline":
                rows[-1][1].append(token.content)
        return self._of_rows(rows, line)

    def _of_rows(
        self, told: Sequence[tuple[int, Sequence[str]]], line: int | None
    ) -> Table | Fields | Figure:
        """The table of some rows, each with its line and the texts of its cells."""
        rows: list[list[Inlines]] = []
        plots: list[str | None] = []  # of each row what its mark of a timeline tells
        for at, contents in told:
            cells: list[Inlines] = []
            plot = None
            for content in contents:
                if (words := _at_once(content)) is not None:
                    cells.append(words)
                    continue
                cell, is_tidy = self._inlines(content, at)
                if not cells and cell and isinstance(cell[0], PlotMark):
                    plot = cell[0].told
                    del cell[0]
                cells.append(_words(cell, at, is_tidy=is_tidy))
            rows.append(cells)
            plots.append(plot)
        if any(plots):
            try:
                return timeline_of(plots, rows)
            except ValueError as error:
                raise MarkupError(str(error), line) from error
        header, body = rows[0], rows[1:]
        if any(header):
            return Table(
                name=self.last_heading,
                header=_row(cells=tuple(header)),
                rows=tuple([_row(cells=tuple(row)) for row in body]),
            )
        if any(len(row) != 2 for row in body):
            raise MarkupError(
                "a table without a header is a list of labels and values: give it two columns", line
            )
        return Fields(rows=tuple([Field(label=row[0], value=row[1]) for row in body]))


@changing
class _Items:
    """Gathers the items of a list, or the entries of the list of sources."""

    items: list[ListItem] = field(default_factory=list)
    entries: list[SourceEntry] = field(default_factory=list)

    def add(self, blocks: list[Paragraph | ItemList], block: Block, line: int | None) -> None:
        """Take a block into the blocks of an item."""
        if not isinstance(block, Paragraph | ItemList):
            raise MarkupError("a list item can hold paragraphs and lists alone", line)
        blocks.append(block)

    def end(self, anchor: str | None, blocks: Sequence[Paragraph | ItemList], line: int | None) -> None:
        """End an item."""
        if anchor is not None:
            self.entries.append(_entry(anchor, blocks, line))
        elif blocks:
            self.items.append(ListItem(blocks=tuple(blocks)))

    def made(self, start: int, line: int | None, *, is_ordered: bool) -> ItemList | SourceList:
        """The list, whose numbers begin at `start`."""
        if self.entries and self.items:
            raise MarkupError("in a list of sources every item starts with its anchor", line)
        if self.entries:
            return SourceList(entries=tuple(self.entries))
        return ItemList(ordered=is_ordered, items=tuple(self.items), start=start)


def _anchor_in(content: str) -> tuple[str | None, int]:
    found = MARK.match(content)
    return (found["anchor"], found.end()) if found and found.lastgroup == "anchor" else (None, 0)


def _entry(anchor: str, blocks: Sequence[Block], line: int | None) -> SourceEntry:
    match blocks:
        case [Paragraph(children=children)] if is_shown(children):
            return SourceEntry(source=anchor, number=0, children=children)
        case [Paragraph()]:
            raise MarkupError("an entry of the list of sources has no words", line)
        case _:
            raise MarkupError("an entry of the list of sources is one paragraph", line)


def _line(token: "Token") -> int | None:
    return token.map[0] + 1 if token.map else None


def _with_lead_ins(blocks: list[Block]) -> tuple[Block, ...]:
    """Mark each paragraph that ends in a colon before a list, table or fields: it stays with them."""
    for i, following in enumerate(blocks[1:]):
        block = blocks[i]
        if (
            block.__class__ is Paragraph
            and isinstance(following, ItemList | Table | Fields | SourceList)
            and plain(block.children).endswith(":")
        ):
            blocks[i] = changed(block, lead_in=True)
    return tuple(blocks)


def _at_once(content: str) -> Inlines | None:
    """The runs of a text of the commonest two kinds: of no mark, or of one fact; None of any other."""
    if content[:2] == "{#":
        return of_fact(content)
    return _without_mark(content) if "{" not in content else None


@remembered(4096)
def _without_mark(content: str) -> Inlines | None:
    """The runs of a text in which no mark stands, as templates say the same in every memo; None if untidy."""
    read = read_pieces(content, 0, "")
    return _words(read[0], None, is_tidy=True) if read is not None and read[1] else None


def _words(children: list["Inline | Mark"], line: int | None, *, is_tidy: bool) -> Inlines:
    if is_tidy:
        tidy: Any = children  # it holds no marks
        return tuple(tidy)
    return _without_marks(children, line)


def _without_marks(children: Sequence["Inline | Mark"], line: int | None) -> Inlines:
    misplaced = next((child for child in children if isinstance(child, Mark)), None)
    if misplaced is not None:
        raise MarkupError(misplaced.belongs, line)
    return trimmed(children)
