"""The Markdown parser: CommonMark with GFM tables, raw HTML off, and our marks. The only use of markdown-it.

Blocks come without their inlines: whoever reads them asks for these, and for words, marks and plain links
needs no parser (`pieces`); nor do blocks of the plainest form (`plain_blocks`). So this module is imported
with the first text that has others: few memos have, and importing it takes as long as making two.
"""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore, normalize
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token as Token

from briefbook.composing.pieces import PLAIN_ADDRESS
from briefbook.keeping import remembered
from briefbook.marks import MARK

Env = dict[str, Any]  # what the blocks of a text define for its inlines: the targets of references


class _Parser(MarkdownIt):
    """Takes every link for one: markdown-it prints one to `javascript:` as text, `inlines` refuses it."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 — markdown-it's names
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 — likewise
        return _normalized(url)


@remembered(4096)  # a source is listed by many memos
def _normalized(url: str) -> str:
    return url if PLAIN_ADDRESS.fullmatch(url) else MarkdownIt.normalizeLink(_PARSER, url)


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


def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False}).enable("table")
    parser.core.ruler.enableOnly(["inline", "text_join"])
    parser.inline.ruler.before("emphasis", "mark", _read_mark)
    return parser


_PARSER = _make_parser()
