"""The Markdown of one block's words → runs, with the style, the origin and the language that they have.

Most of what templates print is words, marks, strong words and plain links. `_PIECE` knows these, and reads
them as CommonMark does; a text in which anything else stands goes through the parser, from its beginning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from urllib.parse import unquote

from briefbook.composing.parser import Env, Token, children_of, target_of
from briefbook.composing.runs import (
    ANCHOR,
    FLUSH,
    OF_PICTURES,
    OF_PLOTS,
    Mark,
    MarkupError,
    PictureMark,
    PlotMark,
    trimmed,
)
from briefbook.document import Cite, CitedSource, Inline, LineBreak, Link, Origin, Slot, Text, plain
from briefbook.marks import MARK, cited_in, slot_in

LINK_SCHEMES = ("http://", "https://", "mailto:")
# What is no place for words, as people call it.
FOREIGN = {
    "fence": "a code block",
    "code_inline": "code between backticks",
    "code_block": "an indented code block (four spaces before a line)",
    "blockquote_open": "a quotation block",
    "hr": "a rule",
}

_SPACES = re.compile(" {2,}")
# Of what a run of words never holds; the readers and `marks.escaped` keep it out of values.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
_CONTROL = re.compile(f"[{_CONTROLS}]")

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# What means nothing in Markdown.
_PLAIN = rf"(?:[^{_CONTROLS}!&*<\[\]\\_`{{]++|\\{_PUNCTUATION}|!(?!\[)|&(?![#A-Za-z]))++"
_PIECE = re.compile(
    rf"({_PLAIN})"
    rf"|\{{\#([a-z0-9._-]*)[ ]([a-z_]*)(?:[ ]([A-Za-z0-9-]+))?\}}({_PLAIN})\{{/\}}"
    rf"|(\{{[^{_CONTROLS}{{}}]*\}})"
    # Strong words as CommonMark 0.31 has them (6.2), where no other delimiter stands near.
    r"|((?:^|(?<=[ ]))\*\*(?=[^\s*_]))"
    r"|((?<=[^\s*_])\*\*(?=[ !-)+-/:-@\[-^`{-~]|\Z))"
    rf"|(\[|\]\(<(?:[^{_CONTROLS}<>\\&]|\\{_PUNCTUATION})*>\)|.)",
    re.DOTALL,
)
_ESCAPED = re.compile(rf"\\({_PUNCTUATION})")
_CHARACTER = itemgetter(1)


def read_inlines(
    content: str, env: Env, line: int | None, title: str = "", start: int = 0
) -> tuple[list[Inline | Mark], bool]:
    """The inlines of a block's content, which begins at `start`, behind an anchor if it has one.

    And whether they are tidy: `trimmed` would find no mark of a block and no space to take away.
    `title`: of the slots that have none of their own. Raises MarkupError with the `line`.
    """
    pieces = _Runs(line=line, title=title)
    try:
        if pieces.read_pieces(content, start):
            return pieces.found, pieces.is_tidy
    except MarkupError:  # the parser may take it for something else
        pass
    runs = _Runs(line=line, title=title)
    children = children_of(content, env)
    runs.read(children[1:] if start else children)
    return runs.found, False


# Memos of a book name the same forums, people and sources, and templates say the same words in every memo.


@lru_cache(maxsize=4096)
def _origin(fact: str, field: str) -> Origin | None:
    return Origin(fact=fact, field=field) if fact else None


@lru_cache(maxsize=4096)
def _of_template(words: str) -> Text:
    return Text(text=words)


@lru_cache(maxsize=4096)
def _cite(cited: str) -> Cite:
    found = (CitedSource(source=str(source), number=0, target=source.target) for source in cited_in(cited))
    return Cite(sources=tuple(found))


_Marks = tuple[Origin | None, str | None, Slot | None]  # what words are of, their language, their slot
_NO_MARKS: _Marks = (None, None, None)
_PLAIN_STYLE = (False, False, _NO_MARKS)


@dataclass(slots=True)
class _Runs:
    """Reads the pieces or tokens of one block into runs, keeping style, origin and language as it goes."""

    line: int | None
    title: str = ""  # of the slots that have none of their own
    strong: int = 0
    emphasis: int = 0
    target: str | None = None  # of the link that is open; empty while it is not known
    marks: list[_Marks] = field(default_factory=list)
    found: list[Inline | Mark] = field(default_factory=list)
    linked: list[Text] = field(default_factory=list)
    words: str = ""  # of a run that may go on
    style: tuple[bool, bool, _Marks] = _PLAIN_STYLE  # strong, emphasised
    ends_in_space: bool = False
    is_tidy: bool = True  # of what is read in pieces

    # ------------------------------------------------------------------------- from a text

    def read_pieces(self, content: str, start: int) -> bool:
        """Read a text that is pieces and nothing else; False if it is not, which leaves it half read."""
        for words, fact, named, language, told, mark, opens, closes, sign in _PIECE.findall(content, start):
            if words:
                if self.marks:
                    self._add_words(_bare(words), self.marks[-1])
                else:
                    self._add_words(_bare(words), _NO_MARKS)
            elif told:
                slot = self.marks[-1][2] if self.marks else None
                self._add_words(_bare(told), (_origin(fact, named), language or None, slot))
            elif mark:
                found = MARK.fullmatch(mark)
                if found is None:
                    return False
                self._read_mark(found)
            elif self.target is not None:
                if sign[:2] != "](":
                    return False
                self._close_link(target_of(sign[3:-2]))
            elif opens and not self.strong:
                self.strong = 1
            elif closes and self.strong:
                self.strong = 0
            elif sign == "[" and not self.strong:
                self._open_link(None)
            else:
                return False
        self.is_tidy = self.is_tidy and self.words[-1:] != " "
        self._flush()
        return not self.strong and self.target is None and not self.marks

    # ------------------------------------------------------------------------ from tokens

    def read(self, tokens: Iterable[Token]) -> None:
        """Read the tokens of a whole block."""
        for token in tokens:
            self._read_token(token)
        self._flush()
        if self.marks:
            raise MarkupError("a mark is opened and not closed", self.line)

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
                self._close_link(self.target or "")
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
        if self.ends_in_space or inline.__class__ is not Cite:
            self.is_tidy = False
        if self.words:
            self._flush()
        self.found.append(inline)
        self.ends_in_space = False

    def _open_link(self, target: str | None) -> None:
        """Begin a link; None where its target comes with its end."""
        if target is not None:
            self._check_target(target)
        self._flush()
        self.target = target or ""

    def _close_link(self, target: str) -> None:
        self._check_target(target)
        self._flush()
        if self.linked:
            self.found.append(Link(children=tuple(self.linked), target=target))
        elif self.found and isinstance(last := self.found[-1], Text):  # an empty link: its run may go on
            self.found.pop()
            self.words = last.text
            self.style = (last.strong, last.emphasis, (last.origin, last.language, last.slot))
        self.target, self.linked = None, []

    def _check_target(self, target: str) -> None:
        if not target.startswith(LINK_SCHEMES):
            raise MarkupError(f"a link leads to http, https or mailto, not to {target!r}", self.line)

    def _add_text(self, words: str) -> None:
        if _CONTROL.search(words):
            raise MarkupError(f"a control character stands in {words!r}", self.line)
        self._add_words(words, self.marks[-1] if self.marks else _NO_MARKS)

    def _add_words(self, words: str, marks: _Marks) -> None:
        if words[:1] == " ":
            if self.ends_in_space:  # two pieces may each bring the space between them
                words = words[1:]
            elif not self.found and not self.words:
                self.is_tidy = False
        if "  " in words:
            words = _SPACES.sub(" ", words)
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
        words = self.words
        if not words:
            return
        strong, emphasis, (origin, language, slot) = style = self.style
        if style == _PLAIN_STYLE:
            text = _of_template(words)
        else:
            text = Text(
                text=words, strong=strong, emphasis=emphasis, language=language, origin=origin, slot=slot
            )
        self.words = ""
        if self.target is None:
            self.found.append(text)
        else:
            self.linked.append(text)

    def _read_mark(self, found: re.Match[str]) -> None:
        match found.lastgroup:
            case "close":
                if not self.marks:
                    raise MarkupError("a mark is closed that was not opened", self.line)
                self.marks.pop()
            case "cite":
                self._add(_cite(found["cite"]))
            case "line":
                self._add(LineBreak())
            case "flush":
                self._add(FLUSH)
            case "anchor":
                self._add(ANCHOR)
            case "plot":
                self._add(PlotMark(belongs=OF_PLOTS, told=found["plot"]))
            case _:
                self._open_mark(found)

    def _open_mark(self, found: re.Match[str]) -> None:
        """Begin words with a mark of their own; what is marked in a slot stays in it."""
        origin, language, slot = self.marks[-1] if self.marks else _NO_MARKS
        if found["slot"] is not None:
            slot = slot_in(found.groupdict())
            slot = replace(slot, title=slot.title or self.title or slot.id)
        else:
            origin, language = _origin(found["fact"], found["field"]), found["language"]
        self.marks.append((origin, language, slot))


def _bare(escaped: str) -> str:
    if "\\" not in escaped:
        return escaped
    if "\\\\" in escaped:  # a backslash that stands for itself
        return _ESCAPED.sub(_CHARACTER, escaped)
    return escaped.replace("\\", "")
