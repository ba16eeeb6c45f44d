"""Words, marks, strong words and plain links → runs, as CommonMark reads them, in one scan of a text.

It is most of what templates print. A text in which anything else stands goes through the parser (`inlines`),
from its beginning, and means the same: a test compares the two.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from briefbook.composing.runs import ANCHOR, FLUSH, OF_PLOTS, Mark, PlotMark
from briefbook.document import Cite, CitedSource, Inline, LineBreak, Link, Origin, Slot, Text
from briefbook.frozen import changing
from briefbook.marks import MARK, cited_in, slot_in

LINK_SCHEMES = ("http://", "https://", "mailto:")
# Of what a run of words never holds; the readers and `marks.escaped` keep it out of values.
CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
SPACES = re.compile(" {2,}")

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# What means nothing in Markdown.
_PLAIN = rf"(?:[^{CONTROLS}!&*<\[\]\\_`{{]++|\\{_PUNCTUATION}|!(?!\[)|&(?![#A-Za-z]))++"
_PIECE = re.compile(
    rf"({_PLAIN})"
    rf"|\{{\#([a-z0-9._-]*)[ ]([a-z_]*)(?:[ ]([A-Za-z0-9-]+))?\}}({_PLAIN})\{{/\}}"
    rf"|(\{{[^{CONTROLS}{{}}]*\}})"
    # Strong words as CommonMark 0.31 has them (6.2), where no other delimiter stands near.
    r"|((?:^|(?<=[ ]))\*\*(?=[^\s*_]))"
    r"|((?<=[^\s*_])\*\*(?=[ !-)+-/:-@\[-^`{-~]|\Z))"
    rf"|(\[|\]\(<(?:[^{CONTROLS}<>\\&]|\\{_PUNCTUATION})*>\)|.)",
    re.DOTALL,
)
_ESCAPED = re.compile(rf"\\({_PUNCTUATION})")
_CHARACTER = itemgetter(1)

Marks = tuple[Origin | None, str | None, Slot | None]  # what words are of, their language, their slot
NO_MARKS: Marks = (None, None, None)


# Memos of a book name the same forums, people and sources, and templates say the same words in every memo.


@lru_cache(maxsize=4096)
def _origin(fact: str, named: str) -> Origin | None:
    return Origin(fact=fact, field=named) if fact else None


@lru_cache(maxsize=4096)
def of_template(words: str) -> Text:
    """A run of words that are nobody's but the template's, in no style."""
    return Text(text=words)


@lru_cache(maxsize=4096)
def citation(cited: str) -> Cite:
    """What a mark, its braces and `^` taken off, cites."""
    found = (CitedSource(source=str(source), number=0, target=source.target) for source in cited_in(cited))
    return Cite(sources=tuple(found))


def opened(told: Mapping[str, Any], around: Marks, title: str) -> Marks:
    """What words are within a mark that opens; what is marked in a slot stays in it."""
    if told["slot"] is None:
        return _origin(told["fact"], told["field"]), told["language"], around[2]
    slot = slot_in(told)
    named = Slot(id=slot.id, title=slot.title or title or slot.id, is_empty=slot.is_empty)
    return around[0], around[1], named


def read_pieces(content: str, start: int, title: str) -> tuple[list[Inline | Mark], bool] | None:
    """The runs of a text from `start`, and whether they are tidy: no marks of a block, no spaces to trim.

    None where the text holds what is read by the parser alone. `title`: of slots that have none of their own.
    """
    pieces = _Pieces(title=title)
    return (pieces.found, pieces.is_tidy) if pieces.read(content, start) else None


@changing
class _Pieces:
    """Reads pieces into runs. A run is there at once; one that goes on is made anew, as few do."""

    title: str
    strong: bool = False
    target: bool = False  # a link is open
    marks: list[Marks] = field(default_factory=list)
    found: list[Inline | Mark] = field(default_factory=list)
    linked: list[Inline | Mark] = field(default_factory=list)  # the words of the link that is open
    last: Text | None = None  # the run that goes on if what comes is like it
    ends_in_space: bool = False
    is_tidy: bool = True

    def read(self, content: str, start: int) -> bool:
        """Read a text; False if it holds anything else, which leaves it half read."""
        into = self.found
        for words, fact, named, language, told, mark, opens, closes, sign in _PIECE.findall(content, start):
            if told:
                slot = self.marks[-1][2] if self.marks else None
                words, marks = told, (_origin(fact, named), language or None, slot)
            elif words:
                marks = self.marks[-1] if self.marks else NO_MARKS
            elif mark:
                if not self._read_mark(mark):
                    return False
                continue
            elif self._read_sign(opens, closes, sign):
                into = self.linked if self.target else self.found
                continue
            else:
                return False
            if "\\" in words:
                words = _bare(words)
            if words[0] == " " or "  " in words:
                words = self._spaced(words)
                if not words:
                    continue
            self.ends_in_space = words[-1] == " "
            if (last := self.last) is not None and self._is_like(last, marks):
                words = last.text + words
                into.pop()
            if marks is NO_MARKS and not self.strong:
                text = of_template(words)
            else:
                origin, tag, slot = marks
                text = Text(text=words, strong=self.strong, language=tag, origin=origin, slot=slot)
            into.append(text)
            self.last = text
        self.is_tidy = self.is_tidy and not self.ends_in_space
        return not self.strong and not self.target and not self.marks

    def _is_like(self, last: Text, marks: Marks) -> bool:
        """Whether words of some marks go on with the run before them."""
        origin, language, slot = marks
        of = last.origin
        if origin is not of and (origin is None or of is None or origin != of):
            return False
        return last.strong is self.strong and last.language == language and last.slot == slot

    def _spaced(self, words: str) -> str:
        """Words with single spaces: two pieces may each bring the one between them."""
        if words[0] == " ":
            if self.ends_in_space:
                words = words[1:]
            elif not self.found:
                self.is_tidy = False
        return SPACES.sub(" ", words)

    def _read_sign(self, opens: str, closes: str, sign: str) -> bool:
        """Read the beginning or the end of strong words or of a link; False for anything else."""
        if self.target:
            if sign[:2] != "](" or not self.linked:  # an empty link: its words go on
                return False
            target = _target_of(sign[3:-2])
            if not target.startswith(LINK_SCHEMES):
                return False
            texts = tuple(text for text in self.linked if isinstance(text, Text))
            self.found.append(Link(children=texts, target=target))
            self.target, self.linked, self.last = False, [], None
        elif opens and not self.strong:
            self.strong = True
        elif closes and self.strong:
            self.strong = False
        elif sign == "[" and not self.strong:
            self.target, self.last = True, None
        else:
            return False
        return True

    def _read_mark(self, mark: str) -> bool:
        """Read a mark; False for what is none, and for one that has no place here."""
        found = MARK.fullmatch(mark)
        if found is None:
            return False
        kind = found.lastgroup or ""
        if kind == "close":
            if self.marks:
                self.marks.pop()
                return True
            return False
        if kind not in INLINES:
            self.marks.append(
                opened(found.groupdict(), self.marks[-1] if self.marks else NO_MARKS, self.title)
            )
            return True
        if self.target:
            return False
        self.is_tidy = self.is_tidy and kind == "cite" and not self.ends_in_space
        self.found.append(INLINES[kind](found))
        self.last, self.ends_in_space = None, False
        return True


# What a mark is that opens and closes nothing.
INLINES: dict[str, Callable[[re.Match[str]], Inline | Mark]] = {
    "cite": lambda found: citation(found["cite"]),
    "line": lambda _: LineBreak(),
    "flush": lambda _: FLUSH,
    "anchor": lambda _: ANCHOR,
    "plot": lambda found: PlotMark(belongs=OF_PLOTS, told=found["plot"]),
}


def _bare(escaped: str) -> str:
    if "\\\\" in escaped:  # a backslash that stands for itself
        return _ESCAPED.sub(_CHARACTER, escaped)
    return escaped.replace("\\", "")


PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9]+[.-])+[a-z]+(?:/[A-Za-z0-9._~/-]*)?")  # stays as it is


@lru_cache(maxsize=16384)  # a source is listed by many memos
def _target_of(destination: str) -> str:
    """The target of a link from what stands between its `<` and `>`."""
    if "&" not in destination and PLAIN_ADDRESS.fullmatch(bare := _ESCAPED.sub(_CHARACTER, destination)):
        return bare
    from briefbook.composing.parser import target_of  # most addresses are plain

    return target_of(destination)
