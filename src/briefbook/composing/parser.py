"""The Markdown parser: CommonMark with GFM tables, raw HTML off, and our marks. The only markdown-it import.

Two things make it quick where templates print what templates mostly print. Blocks come without their inlines:
whoever reads them asks for these, and for words, marks and plain links needs no parser (`inlines`). And one
rule, before all others, takes blocks of the plainest form in one piece each:

| token | its form | what it has, most of it in `meta` |
|---|---|---|
| `title` | one line, `## …`, and an empty line after it | `content`, `level` |
| `words` | one line that begins with a letter, a mark or a quote, likewise | `content` |
| `items` | lines `- …` or `1. …` of such words, with or without empty lines between | `items`, `start` |
| `rows` | lines `| … |` below each other, the second of them `|-|-|` | `rows` |

What is not of that form goes the parser's own way, and means the same: a test compares the two.
"""

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim, unescapeAll
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, normalize
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token as Token

from briefbook.marks import MARK

Env = dict[str, Any]  # what the blocks of a text define for its inlines: the targets of references


class _Parser(MarkdownIt):
    """Takes every link for one: markdown-it prints one to `javascript:` as text, `inlines` refuses it."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 — markdown-it's names
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 — likewise
        return _normalized(url)


_PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9]+[.-])+[a-z]+(?:/[A-Za-z0-9._~/-]*)?")  # stays as it is


@lru_cache(maxsize=16384)  # a source is listed by many memos
def _normalized(url: str) -> str:
    return url if _PLAIN_ADDRESS.fullmatch(url) else MarkdownIt.normalizeLink(_PARSER, url)


def target_of(destination: str) -> str:
    """The target of a link from what stands between its `<` and `>`."""
    return _normalized(unescapeAll(destination))


def blocks_in(markdown: str, env: Env) -> list[Token]:
    """The blocks of a text as tokens; the token `inline` has its `content` and no children yet."""
    state = StateCore(markdown, _PARSER, env)
    normalize(state)
    return _PARSER.block.parse(state.src, _PARSER, env, state.tokens) or []


def children_of(content: str, env: Env) -> list[Token]:
    """The inlines of a block as tokens."""
    inline = Token("inline", "", 0, content=content, children=[])
    _PARSER.core.process(StateCore("", _PARSER, env, [inline]))
    return inline.children or []


# --------------------------------------------------------------------------------------- rules


def _read_mark(state: StateInline, silent: bool) -> bool:
    """The rule for the marks of `briefbook.marks`."""
    found = MARK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("mark", "", 0).meta = {"found": found}
    state.pos = found.end()
    return True


# What no block but a paragraph begins with: letters, our marks, quotes, and `**`.
_WORD = r"(?:[^\W\d_]|[{(\u201c\u2018\u00a1\u00bf]|\*\*(?=[^\s*]))"
_TITLE = re.compile(r"(#{1,6}) +([^\s#][^\n]*)")
_WORDS = re.compile(rf"{_WORD}[^\n]*")
_ITEM = re.compile(rf"(?:(?P<number>[0-9]{{1,9}})\.|-) (?P<content>{_WORD}[^\n]*)")
_BELOW_HEADER = re.compile(r"\|(?:-+\|)+ *")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_MOST_CELLS = 0x1000  # that rows may lack; the parser's own rule takes care of more


def _read_plainly(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for blocks of the plainest form, on the outermost level."""
    if silent or state.level or state.sCount[start]:
        return False
    first = state.src[state.bMarks[start]]
    if first == "|":
        return _read_rows(state, start, end)
    if first == "-" or first.isdecimal():
        return _read_items(state, start, end)
    if start + 1 < end and not state.isEmpty(start + 1):
        return False
    found = (_TITLE if first == "#" else _WORDS).fullmatch(
        state.src, state.bMarks[start], state.eMarks[start]
    )
    if found is None:
        return False
    content = mdTrim(found[found.lastindex or 0])
    if first == "#" and content.endswith("#"):  # a heading may be closed by these
        return False
    token = _pushed(state, "title" if first == "#" else "words", start, start + 1)
    token.content, token.meta = content, {"level": len(found[1])} if first == "#" else {}
    return True


def _pushed(state: StateBlock, kind: str, start: int, end: int) -> Token:
    token = state.push(kind, "", 0)
    token.map = [start, end]
    state.line = end
    return token


def _read_items(state: StateBlock, start: int, end: int) -> bool:
    """Items of one line each. The next block begins after an empty line and is not indented."""
    items: list[tuple[int, str]] = []
    first = found = _ITEM.fullmatch(state.src, state.bMarks[start], state.eMarks[start])
    line = start
    while found is not None and (found["number"] is None) is (first is None or first["number"] is None):
        items.append((line, mdTrim(found["content"])))
        after = state.skipEmptyLines(line + 1)
        if after >= end:
            line = end
            break
        found = _ITEM.fullmatch(state.src, state.bMarks[after], state.eMarks[after])
        if state.sCount[after] or (found is None and after == line + 1):
            return False
        line = after
    if first is None or (line < end and _may_go_on(state, line)):
        return False
    token = _pushed(state, "items", start, line)
    token.meta = {"items": items, "start": None if first["number"] is None else int(first["number"])}
    return True


def _may_go_on(state: StateBlock, line: int) -> bool:
    """Whether a line that is no item of plain words may be an item all the same."""
    return state.src[state.bMarks[line]] in "-0123456789" and not _ITEM.match(state.src, state.bMarks[line])


def _read_rows(state: StateBlock, start: int, end: int) -> bool:
    """A table all of whose lines begin with `|`; it ends at an empty line or with the text."""
    src, begins, ends = state.src, state.bMarks, state.eMarks
    if start + 1 >= end or not _BELOW_HEADER.fullmatch(src, begins[start + 1], ends[start + 1]):
        return False
    columns = src.count("|", begins[start + 1], ends[start + 1]) - 1
    rows = [(start, _cells_of(src[begins[start] : ends[start]]))]
    line = start + 2
    while line < end and not state.isEmpty(line):
        if state.sCount[line] or src[begins[line]] != "|":
            return False
        rows.append((line, _cells_of(src[begins[line] : ends[line]])))
        line += 1
    if len(rows[0][1]) != columns or sum(columns - len(cells) for _, cells in rows) > _MOST_CELLS:
        return False
    token = _pushed(state, "rows", start, line)
    token.meta = {"rows": [(at, (cells + [""] * columns)[:columns]) for at, cells in rows]}
    return True


def _cells_of(line: str) -> list[str]:
    cells = _BETWEEN_CELLS.split(mdTrim(line))[1:]
    if cells and not cells[-1]:
        cells.pop()
    return [mdTrim(cell.replace("\\|", "|")) for cell in cells]


def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False}).enable("table")
    parser.core.ruler.enableOnly(["inline", "text_join"])
    parser.block.ruler.before("table", "plainly", _read_plainly)
    parser.inline.ruler.before("emphasis", "mark", _read_mark)
    return parser


_PARSER = _make_parser()
