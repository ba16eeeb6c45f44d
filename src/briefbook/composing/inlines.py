"""The Markdown of one block's words → runs, with the style, the origin and the language that they have.

As the parser's tokens: most of it is read by `pieces`, so this is for the rest.
"""

import re
from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from briefbook.composing.pieces import (
    CONTROLS,
    INLINES,
    LINK_SCHEMES,
    NO_MARKS,
    SPACES,
    Marks,
    opened,
)
from briefbook.composing.runs import OF_PICTURES, Mark, MarkupError, PictureMark, trimmed
from briefbook.document import Inline, LineBreak, Link, Text, plain
from briefbook.frozen import changing

if TYPE_CHECKING:  # imported with the first text that needs it
    from briefbook.composing.parser import Env, Token

# What is no place for words, as people call it.
FOREIGN = {
    "fence": "a code block",
    "code_inline": "code between backticks",
    "code_block": "an indented code block (four spaces before a line)",
    "blockquote_open": "a quotation block",
    "hr": "a rule",
}

_CONTROL = re.compile(f"[{CONTROLS}]")


def read_inlines(
    content: str, env: "Env", line: int | None, title: str = "", start: int = 0
) -> tuple[list[Inline | Mark], bool]:
    """The inlines of a block's content, which begins at `start`, behind an anchor if it has one.

    And whether they are tidy, as of those that `read_pieces` reads: of these that is not known.
    `title`: of the slots that have none of their own. Raises MarkupError with the `line`.
    """
    from briefbook.composing.parser import children_of

    runs = _Runs(line=line, title=title)
    children = children_of(content, env)
    runs.read(children[1:] if start else children)
    return runs.found, False


@changing
class _Runs:
    """Reads the tokens of one block into runs, keeping style, origin and language as it goes."""

    line: int | None
    title: str = ""  # of the slots that have none of their own
    strong: int = 0
    emphasis: int = 0
    target: str | None = None  # of the link that is open
    marks: list[Marks] = field(default_factory=list)
    found: list[Inline | Mark] = field(default_factory=list)
    linked: list[Text] = field(default_factory=list)
    words: str = ""  # of a run that may go on
    style: tuple[bool, bool, Marks] = (False, False, NO_MARKS)  # strong, emphasised
    ends_in_space: bool = False

    def read(self, tokens: "Iterable[Token]") -> None:
        """Read the tokens of a whole block."""
        for token in tokens:
            self._read_token(token)
        self._flush()
        if self.marks:
            raise MarkupError("a mark is opened and not closed", self.line)

    def _read_token(self, token: "Token") -> None:
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
                self._close_link()
            case "mark":
                self._read_mark(token.meta["found"])
            case "image":
                alt = _Runs(line=self.line)
                alt.read(token.children or [])
                name = unquote(str(token.attrGet("src") or ""))
                self._add(PictureMark(belongs=OF_PICTURES, name=name, alt=plain(trimmed(alt.found))))
            case kind:
                what = FOREIGN.get(kind, kind)
                raise MarkupError(f"a section cannot hold this Markdown: {what}", self.line)

    # ------------------------------------------------------------------------------- runs

    def _add(self, inline: Inline | Mark) -> None:
        if self.target is not None:
            raise MarkupError("a link holds words alone, no citation and no new line", self.line)
        self._flush()
        self.found.append(inline)
        self.ends_in_space = False

    def _open_link(self, target: str) -> None:
        if not target.startswith(LINK_SCHEMES):
            raise MarkupError(f"a link leads to http, https or mailto, not to {target!r}", self.line)
        self._flush()
        self.target = target

    def _close_link(self) -> None:
        self._flush()
        if self.linked:
            self.found.append(Link(children=tuple(self.linked), target=self.target or ""))
        elif self.found and isinstance(last := self.found[-1], Text):  # an empty link: its run may go on
            self.found.pop()
            self.words = last.text
            self.style = (last.strong, last.emphasis, (last.origin, last.language, last.slot))
        self.target, self.linked = None, []

    def _add_text(self, words: str) -> None:
        if _CONTROL.search(words):
            raise MarkupError(f"a control character stands in {words!r}", self.line)
        self._add_words(words, self.marks[-1] if self.marks else NO_MARKS)

    def _add_words(self, words: str, marks: Marks) -> None:
        if self.ends_in_space:  # two tokens may each bring the space between them
            words = words.removeprefix(" ")
        if "  " in words:
            words = SPACES.sub(" ", words)
        if not words:
            return
        style = (self.strong > 0, self.emphasis > 0, marks)
        if self.words:
            if style == self.style:
                words = self.words + words
            else:
                self._flush()
        self.words = words
        self.style = style
        self.ends_in_space = words[-1] == " "

    def _flush(self) -> None:
        """End the run that might have gone on."""
        if not self.words:
            return
        strong, emphasis, (origin, language, slot) = self.style
        text = Text(
            text=self.words, strong=strong, emphasis=emphasis, language=language, origin=origin, slot=slot
        )
        self.words = ""
        if self.target is None:
            self.found.append(text)
        else:
            self.linked.append(text)

    def _read_mark(self, found: re.Match[str]) -> None:
        kind = found.lastgroup or ""
        if kind in INLINES:
            self._add(INLINES[kind](found))
        elif kind != "close":
            around = self.marks[-1] if self.marks else NO_MARKS
            self.marks.append(opened(found.groupdict(), around, self.title))
        elif self.marks:
            self.marks.pop()
        else:
            raise MarkupError("a mark is closed that was not opened", self.line)
