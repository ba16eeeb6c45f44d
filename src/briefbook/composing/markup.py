"""Markdown of one section → blocks of the document tree. The only Markdown-parser import.

CommonMark with GFM tables; raw HTML is off. A table whose header cells are all empty is a `Fields` block
(labels and values); one whose rows start with the mark of a timeline is a picture of it, and a paragraph that
starts with a picture is that picture with its caption; an ordered list whose items start with an anchor mark
is the list of sources. What the tree has no block for (code blocks, quotations) is an error, never dropped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from briefbook.composing.figures import timeline_of
from briefbook.composing.runs import (
    ANCHOR,
    FLUSH,
    OF_PICTURES,
    OF_PLOTS,
    Mark,
    PictureMark,
    PlotMark,
    retexted,
    same_style,
    trimmed,
)
from briefbook.diagnostics import did_you_mean
from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Origin,
    Paragraph,
    Row,
    Slot,
    SourceEntry,
    SourceList,
    Table,
    Text,
    is_blank,
    plain,
)
from briefbook.marks import MARK, cited_in, slot_in
from briefbook.outline import is_shown

_SPACES = re.compile(" {2,}")
LINK_SCHEMES = ("http://", "https://", "mailto:")


class MarkupError(ValueError):
    """What a section's Markdown cannot be turned into; `line` counts from 1 in the rendered Markdown."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


_NO_PICTURES: Mapping[str, Image] = {}


def parse_section(markdown: str, pictures: Mapping[str, Image] = _NO_PICTURES) -> tuple[Block, ...]:
    """Parse the Markdown of one section, which may show `pictures` by their names.

    Citations are not numbered yet: `compose` does that. Raises MarkupError for Markdown that the tree has no
    block for.
    """
    return _Blocks(tokens=_PARSER.parse(markdown), pictures=pictures).read_all()


def parse_line(markdown: str) -> Inlines:
    """Parse one line, such as the subject: the inlines of its only paragraph."""
    blocks = parse_section(markdown.strip())
    if not blocks:
        return ()
    if len(blocks) > 1 or not isinstance(blocks[0], Paragraph):
        raise MarkupError("one plain line is expected here")
    return blocks[0].children


def _read_mark(state: StateInline, silent: bool) -> bool:
    """The markdown-it rule for the marks of `briefbook.marks`."""
    found = MARK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("mark", "", 0)
        token.meta = {name: value for name, value in found.groupdict().items() if value is not None}
    state.pos = found.end()
    return True


class _Parser(MarkdownIt):
    """Takes every link for one: markdown-it would print a `javascript:` link as text, `_Runs` refuses it."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 — markdown-it's names
        return True


def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False}).enable("table")
    parser.inline.ruler.before("emphasis", "mark", _read_mark)
    return parser


_PARSER = _make_parser()


# ------------------------------------------------------------------------------------- blocks


@dataclass(slots=True)
class _Blocks:
    """Reads a flat list of markdown-it tokens into blocks."""

    tokens: Sequence[Token]
    pictures: Mapping[str, Image]
    at: int = 0
    last_heading: str = ""

    def read_all(self) -> tuple[Block, ...]:
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            blocks.append(self._read_block())
        return tuple(_with_lead_ins(blocks))

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _read_block(self) -> Block:
        token = self._next()
        match token.type:
            case "heading_open":
                return self._heading(int(token.tag[1:]))
            case "paragraph_open":
                return self._paragraph()
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token)
            case "table_open":
                return self._table()
            case kind:
                raise MarkupError(
                    f"a section cannot hold this Markdown: {_PLAIN.get(kind, kind)}", _line(token)
                )

    def _inlines(self) -> list["Inline | Mark"]:
        token = self._next()
        assert token.type == "inline", token.type
        return _Runs(line=_line(token), title=self.last_heading).read(token.children or [])

    def _children(self) -> Inlines:
        """The inlines of a block in which no mark for a block can stand."""
        line = _line(self.tokens[self.at])
        return _without_marks(self._inlines(), line)

    def _heading(self, level: int) -> Heading:
        line = _line(self.tokens[self.at])
        children = self._inlines()
        self._next()  # heading_close
        marks = [i for i, child in enumerate(children) if isinstance(child, Mark)]
        if len(marks) > 1 or any(children[i] != FLUSH for i in marks):
            raise MarkupError(FLUSH.belongs, line)
        end = marks[0] if marks else len(children)
        main = trimmed(children[:end])
        self.last_heading = plain(main)
        return Heading(level=level, children=main, aside=trimmed(children[end + 1 :]))

    def _paragraph(self) -> Paragraph | Figure:
        line = _line(self.tokens[self.at])
        children = self._inlines()
        self._next()  # paragraph_close
        if children and isinstance(children[0], PictureMark):
            return self._figure(children[0], _without_marks(children[1:], line), line)
        return Paragraph(children=_without_marks(children, line))

    def _figure(self, mark: "PictureMark", caption: Inlines, line: int | None) -> Figure:
        if is_blank(mark.alt):
            raise MarkupError(f"the picture {mark.name!r} needs words in [ ] that say what it shows", line)
        if mark.name not in self.pictures:
            hint = did_you_mean(mark.name, self.pictures)
            message = f"there is no picture {mark.name!r}" + (f" ({hint})" if hint else "")
            raise MarkupError(message, line)
        return Figure(alt=mark.alt, picture=self.pictures[mark.name], caption=caption)

    def _list(self, opening: Token) -> ItemList | SourceList:
        items: list[ListItem] = []
        entries: list[SourceEntry] = []
        while self.tokens[self.at].type == "list_item_open":
            line = _line(self._next())
            anchor = self._anchor()
            blocks: list[Paragraph | ItemList] = []
            while self.tokens[self.at].type != "list_item_close":
                block = self._read_block()
                if not isinstance(block, Paragraph | ItemList):
                    raise MarkupError("a list item can hold paragraphs and lists alone", line)
                blocks.append(block)
            self._next()
            if anchor is not None:
                entries.append(_entry(anchor, blocks, line))
            elif blocks:
                items.append(ListItem(blocks=tuple(blocks)))
        self._next()  # list_close
        if entries and items:
            raise MarkupError("in a list of sources every item starts with its anchor", _line(opening))
        if entries:
            return SourceList(entries=tuple(entries))
        start = opening.attrGet("start")
        return ItemList(
            ordered=opening.type == "ordered_list_open",
            items=tuple(items),
            start=1 if start is None else int(start),
        )

    def _anchor(self) -> str | None:
        """The source whose entry an item is, if its first inline is an anchor mark; takes the mark out."""
        ahead = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if ahead is None or ahead.type != "inline" or not ahead.children:
            return None
        first = ahead.children[0]
        if first.type != "mark" or "anchor" not in first.meta:
            return None
        del ahead.children[0]
        return str(first.meta["anchor"])

    def _table(self) -> Table | Fields | Figure:
        rows: list[list[Inlines]] = []
        plots: list[str | None] = []  # of each row what its mark of a timeline tells
        line = _line(self.tokens[self.at - 1])
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
                plots.append(None)
            elif token.type in ("th_open", "td_open"):
                cell = self._inlines()
                if not rows[-1] and cell and isinstance(cell[0], PlotMark):
                    plots[-1] = cell[0].told
                    del cell[0]
                rows[-1].append(_without_marks(cell, line))
        if any(plots):
            try:
                return timeline_of(plots, rows)
            except ValueError as error:
                raise MarkupError(str(error), line) from error
        header, body = rows[0], rows[1:]
        if any(header):
            return Table(
                name=self.last_heading,
                header=Row(cells=tuple(header)),
                rows=tuple(Row(cells=tuple(row)) for row in body),
            )
        if any(len(row) != 2 for row in body):
            raise MarkupError(
                "a table without a header is a list of labels and values: give it two columns", line
            )
        return Fields(rows=tuple(Field(label=row[0], value=row[1]) for row in body))


def _entry(anchor: str, blocks: Sequence[Block], line: int | None) -> SourceEntry:
    match blocks:
        case [Paragraph(children=children)] if is_shown(children):
            return SourceEntry(source=anchor, number=0, children=children)
        case [Paragraph()]:
            raise MarkupError("an entry of the list of sources has no words", line)
        case _:
            raise MarkupError("an entry of the list of sources is one paragraph", line)


def _line(token: Token) -> int | None:
    return token.map[0] + 1 if token.map else None


_PLAIN = {
    "fence": "a code block",
    "code_inline": "code between backticks",
    "code_block": "an indented code block (four spaces before a line)",
    "blockquote_open": "a quotation block",
    "hr": "a rule",
}


def _with_lead_ins(blocks: list[Block]) -> list[Block]:
    """Mark each paragraph that ends in a colon before a list, table or fields: it stays with them."""
    marked: list[Block] = []
    for i, block in enumerate(blocks):
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        introduces = isinstance(following, ItemList | Table | Fields | SourceList)
        if isinstance(block, Paragraph) and introduces and plain(block.children).endswith(":"):
            marked.append(Paragraph(children=block.children, lead_in=True))
        else:
            marked.append(block)
    return marked


# ------------------------------------------------------------------------------------ inlines


# Of what a run of words never holds; the readers and `marks.escaped` keep it out of values.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class _Runs:
    """Reads the inline tokens of one block into runs, keeping style, origin and language as it goes."""

    line: int | None
    title: str = ""  # of the slots that have none of their own
    strong: int = 0
    emphasis: int = 0
    target: str | None = None
    marks: list[tuple[Origin | None, str | None, Slot | None]] = field(default_factory=list)
    found: list["Inline | Mark"] = field(default_factory=list)
    linked: list[Text] = field(default_factory=list)

    def read(self, tokens: Sequence[Token]) -> list["Inline | Mark"]:
        for token in tokens:
            self._read_token(token)
        if self.marks:
            raise MarkupError("a mark is opened and not closed", self.line)
        return self.found

    def _read_token(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._add_text(token.content)
            case "softbreak":
                self._add_text(" ")
            case "hardbreak":
                self._add(LineBreak())
            case "strong_open" | "strong_close":
                self.strong += token.nesting
            case "em_open" | "em_close":
                self.emphasis += token.nesting
            case "link_open":
                self._open_link(str(token.attrGet("href") or ""))
            case "link_close":
                if self.linked:
                    self.found.append(Link(children=tuple(self.linked), target=self.target or ""))
                self.target, self.linked = None, []
            case "mark":
                self._read_mark(token)
            case "image":
                alt = _Runs(line=self.line).read(token.children or [])
                name = unquote(str(token.attrGet("src") or ""))
                self._add(PictureMark(belongs=OF_PICTURES, name=name, alt=plain(trimmed(alt))))
            case kind:
                raise MarkupError(f"a section cannot hold this Markdown: {_PLAIN.get(kind, kind)}", self.line)

    def _add(self, inline: "Inline | Mark") -> None:
        if self.target is not None:
            raise MarkupError("a link holds words alone, no citation and no new line", self.line)
        self.found.append(inline)

    def _open_link(self, target: str) -> None:
        if not target.startswith(LINK_SCHEMES):
            raise MarkupError(f"a link leads to http, https or mailto, not to {target!r}", self.line)
        self.target = target

    def _add_text(self, words: str) -> None:
        if _CONTROL.search(words):
            raise MarkupError(f"a control character stands in {words!r}", self.line)
        if self._last_character() == " ":  # two pieces may each bring the space between them
            words = words.removeprefix(" ")
        words = _SPACES.sub(" ", words)
        if not words:
            return
        origin, language, slot = self.marks[-1] if self.marks else (None, None, None)
        text = Text(
            text=words,
            strong=self.strong > 0,
            emphasis=self.emphasis > 0,
            language=language,
            origin=origin,
            slot=slot,
        )
        runs: list[Text] | list[Inline | Mark] = self.found if self.target is None else self.linked
        last = runs[-1] if runs else None
        if isinstance(last, Text) and same_style(last, text):
            runs[-1] = retexted(last, last.text + words)
        else:
            runs.append(text)

    def _last_character(self) -> str:
        last = (self.linked or self.found or [None])[-1]
        match last:
            case Text():
                return last.text[-1:]
            case Link():
                return last.children[-1].text[-1:]
            case _:
                return ""

    def _read_mark(self, token: Token) -> None:
        meta = token.meta
        if "close" in meta:
            if not self.marks:
                raise MarkupError("a mark is closed that was not opened", self.line)
            self.marks.pop()
        elif "cite" in meta:
            cited = (CitedSource(source=str(s), number=0, target=s.target) for s in cited_in(meta["cite"]))
            self._add(Cite(sources=tuple(cited)))
        elif "line" in meta:
            self._add(LineBreak())
        elif "flush" in meta:
            self._add(FLUSH)
        elif "anchor" in meta:
            self._add(ANCHOR)
        elif "plot" in meta:
            self._add(PlotMark(belongs=OF_PLOTS, told=meta["plot"]))
        else:
            self._open_mark(meta)

    def _open_mark(self, meta: Mapping[str, str]) -> None:
        """Begin words with a mark of their own; what is marked in a slot stays in it."""
        origin, language, slot = self.marks[-1] if self.marks else (None, None, None)
        if "slot" in meta:
            slot = slot_in(meta)
            slot = replace(slot, title=slot.title or self.title or slot.id)
        else:
            origin = Origin(fact=meta["fact"], field=meta["field"]) if meta["fact"] else None
            language = meta.get("language")
        self.marks.append((origin, language, slot))


def _without_marks(children: Sequence["Inline | Mark"], line: int | None) -> Inlines:
    misplaced = next((child for child in children if isinstance(child, Mark)), None)
    if misplaced is not None:
        raise MarkupError(misplaced.belongs, line)
    return trimmed(children)
