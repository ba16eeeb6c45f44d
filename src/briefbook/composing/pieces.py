"""Words, marks, strong words and plain links → runs, as CommonMark reads them, in one scan of a text.

It is most of what templates print. A text in which anything else stands goes through the parser (`inlines`),
from its beginning, and means the same: a test compares the two.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from briefbook.composing.runs import ANCHOR, FLUSH, OF_PLOTS, Mark, PlotMark
from briefbook.document import Cite, CitedSource, Inline, Inlines, LineBreak, Link, Origin, Slot, Text
from briefbook.frozen import maker
from briefbook.keeping import remembered
from briefbook.marks import CITED, MARK, ORIGINS, cited_in, slot_in

LINK_SCHEMES = ("http://", "https://", "mailto:")
# Of what a run of words never holds; the readers and `marks.escaped` keep it out of values.
CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
SPACES = re.compile(" {2,}")

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# What means nothing in Markdown.
_PLAIN = rf"(?:[^{CONTROLS}!&*<\[\]\\_`{{]++|\\{_PUNCTUATION}|!(?!\[)|&(?![#A-Za-z]))++"
_FACT = rf"\{{\#([a-z0-9._-]*[ ][a-z_]*(?:[ ][A-Za-z0-9-]+)?)\}}({_PLAIN})\{{/\}}"
_CITATION = rf"\{{\^({CITED})\}}"
_FACT_ALONE = re.compile(f"{_FACT}(?:{_CITATION})?")
_PIECE = re.compile(
    rf"({_PLAIN})"
    rf"|{_FACT}"
    rf"|{_CITATION}"
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


_text_of = maker(Text, now=True)  # of these a memo has most

# Memos of a book name the same forums, people and sources, and templates say the same words in every memo.


@remembered(4096)
def of_template(words: str) -> Text:
    """A run of words that are nobody's but the template's, in no style."""
    return Text(text=words)


@remembered(4096)
def citation(cited: str) -> Cite:
    """What a mark, its braces and `^` taken off, cites."""
    if "," not in cited and ">" not in cited:  # one source, which no address opens, as mostly
        return Cite(sources=(CitedSource(source=cited, number=0),))
    found = (CitedSource(source=str(source), number=0, target=source.target) for source in cited_in(cited))
    return Cite(sources=tuple(found))


def opened(parts: Mapping[str, Any], around: Marks, title: str) -> Marks:
    """What words are within a mark that opens, by the parts of it; what is marked in a slot stays in it."""
    if parts["slot"] is None:
        origin = Origin(fact=parts["fact"], field=parts["field"]) if parts["fact"] else None
        return origin, parts["language"], around[2]
    slot = slot_in(parts)
    named = Slot(id=slot.id, title=slot.title or title or slot.id, is_empty=slot.is_empty)
    return around[0], around[1], named


def _unescaped(words: str) -> str:
    """Words that hold a backslash without those that only escape; one that stands for itself is left."""
    return _ESCAPED.sub(_CHARACTER, words) if "\\\\" in words else words.replace("\\", "")


def of_fact(content: str) -> Inlines | None:
    """The runs of a text that is one fact's words, cited or not, as half of all are; None of any other."""
    found = _FACT_ALONE.fullmatch(content)
    if found is None:
        return None
    fact, words, cited = found.groups()
    if "\\" in words:
        words = _unescaped(words)
    if words[0] == " " or words[-1] == " " or "  " in words:
        return None
    origin, tag = ORIGINS[fact]
    run = (
        of_template(words)
        if origin is None and tag is None
        else _text_of(text=words, language=tag, origin=origin)
    )
    return (run,) if cited is None else (run, citation(cited))


def read_pieces(  # noqa: C901 – the loop is hot: what each piece needs is in it
    content: str, start: int, title: str
) -> tuple[list[Inline | Mark], bool] | None:
    """The runs of a text from `start`, and whether they are tidy: no marks of a block, no spaces to trim.

    None where the text holds what is read by the parser alone. `title`: of slots that have none of their own.
    A run is there at once; one that goes on is made anew, as few do.
    """
    found: list[Inline | Mark] = []
    into = found  # or the words of the link that is open
    outer: list[Marks] = []  # what was around each mark that is open
    around, strong, is_tidy, ends_in_space = NO_MARKS, False, True, False
    last: Text | None = None  # the run that goes on if what comes is like it
    for words, fact, said, cite, mark, opens, closes, sign in _PIECE.findall(content, start):
        if words or said:
            origin, tag, slot = around
            if said:
                words = said
                origin, tag = ORIGINS[fact]
            if "\\" in words:
                words = _unescaped(words)
            if words[0] == " " or "  " in words:  # two pieces may each bring the space between them
                is_tidy = is_tidy and (bool(found) or words[0] != " ")
                words = SPACES.sub(" ", words[1:] if ends_in_space and words[0] == " " else words)
                if not words:
                    continue
            ends_in_space = words[-1] == " "
            if (
                last is not None
                and ((before := last.origin) is origin or (before and origin and before == origin))
                and last.strong is strong
                and last.language == tag
                and last.slot == slot
            ):
                words = last.text + words
                into.pop()
            if origin is None and tag is None and slot is None and not strong:
                last = of_template(words)
            else:
                last = _text_of(text=words, strong=strong, language=tag, origin=origin, slot=slot)
            into.append(last)
        elif cite and into is found:
            found.append(citation(cite))
            is_tidy, last, ends_in_space = is_tidy and not ends_in_space, None, False
        elif mark and (kind := MARK.fullmatch(mark)) is not None:
            if kind.lastgroup == "close" and outer:
                around = outer.pop()
            elif kind.lastgroup in _OPENING:
                outer.append(around)
                around = opened(kind.groupdict(), around, title)
            elif kind.lastgroup in INLINES and into is found:
                found.append(INLINES[kind.lastgroup](kind))
                is_tidy, last, ends_in_space = False, None, False
            else:
                return None
        elif into is not found:
            if not into or (link := _link(into, sign)) is None:  # of an empty link the words go on
                return None
            found.append(link)
            into, last = found, None
        elif (opens and not strong) or (closes and strong):
            strong = not strong
        elif sign == "[" and not strong:
            into, last = [], None
        else:
            return None
    if strong or outer or into is not found:
        return None
    return found, is_tidy and not ends_in_space


_OPENING = frozenset(
    {"fact", "field", "language", "slot", "empty", "title"}
)  # the last groups of marks that open


def _link(words: Sequence[Inline | Mark], end: str) -> Link | None:
    """The link whose words end where `end` stands; None where that is the end of none that may be."""
    if end[:2] != "](":
        return None
    target = _target_of(end[3:-2])
    if not target.startswith(LINK_SCHEMES):
        return None
    return Link(children=tuple([text for text in words if isinstance(text, Text)]), target=target)


# What a mark is that opens and closes nothing.
INLINES: dict[str, Callable[[re.Match[str]], Inline | Mark]] = {
    "cite": lambda found: citation(found["cite"]),
    "line": lambda _: LineBreak(),
    "flush": lambda _: FLUSH,
    "anchor": lambda _: ANCHOR,
    "plot": lambda found: PlotMark(belongs=OF_PLOTS, told=found["plot"]),
}


PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9]+[.-])+[a-z]+(?:/[A-Za-z0-9._~/-]*)?")  # stays as it is


@remembered(4096)  # a source is listed by many memos
def _target_of(destination: str) -> str:
    """The target of a link from what stands between its `<` and `>`."""
    if "&" not in destination and PLAIN_ADDRESS.fullmatch(bare := _ESCAPED.sub(_CHARACTER, destination)):
        return bare
    from briefbook.composing.parser import target_of  # most addresses are plain

    return target_of(destination)
