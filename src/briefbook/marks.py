r"""The marks that carry a fact's identity through Markdown.

A value that a template prints is escaped here, and nowhere else, for Markdown; a fact's value also gets marks
around it, which `composing.markup` reads back. In a value every punctuation character is escaped, so a fact
can never write a mark or any other markup: `{` in a fact reaches the parser as `\{`.

| mark | meaning |
|---|---|
| `{#fact field}…{/}` | the words show this field of this fact |
| `{#fact field lang}…{/}` | and are in that language |
| `{#  lang}…{/}` | all words within that have no mark of their own are in that language |
| `{!id}…{/}` | the words are what a person wrote in this slot of the memo |
| `{!id title}…{/}` | which has this title; without one, that of the heading above |
| `{!id?}…{/}` | nobody wrote it yet: the words are its prompt |
| `{^a,b}` | citation of the sources a and b |
| `{^a>https://…}` | citation of the source a, which an address opens at the words cited |
| `{@a}` | here begins the entry of source a in the list of sources |
| `{>}` | what follows is set flush right |
| `{;}` | a new line inside a paragraph, cell or label |
| `{~…}` | a row of a timeline begins here; `composing.figures` knows what it tells |
"""

import re
from collections.abc import Iterable, Mapping
from string import punctuation

from briefbook.cited import Cited, merged
from briefbook.document import Origin, Slot
from briefbook.keeping import Remembered

# CommonMark 0.31, 2.4: any ASCII punctuation may be escaped with a backslash. A backslash itself becomes an
# entity: at the end of a value it would be read together with what the template writes next, such as `|`.
_ESCAPES = {sign: "\\" + sign for sign in punctuation} | {"\\": "&#92;"}
# What breaks lines, and plain white space; a no-break or thin space means something and stays. A single space
# is left as it is, for most of a text's are.
_BREAKS = "\t-\r\x1c-\x1f\x85\u2028\u2029"
_SPACE = re.compile(f"[{_BREAKS}][ {_BREAKS}]*| [ {_BREAKS}]+")
_AT_SIGN = re.compile(rf"([!-/:-@\[-`{{-~{_BREAKS}])").split  # where a value does not stand as it is

# Of an address what means nothing in Markdown, nor in a template's `%`, stands as it is; the rest as `=2C`.
# Most of it is `%`, which is dealt with apart.
_FOREIGN = re.compile(r"[^A-Za-z0-9._~:/%-]+")
_PERCENT = "=25"
_ESCAPE = re.compile(r"(?:=[0-9A-F]{2})+")
# Of a slot: a field of the memo's file, one of its entries, or an id; the fields of a form have a prefix.
SLOT_ID = r"[a-z0-9._:-]+(?:\[[0-9]+\])?"
_CITED = r"[a-z0-9._-]+(?:>[A-Za-z0-9._~:/=-]+)?"
CITED = f"{_CITED}(?:,{_CITED})*"

MARK = re.compile(
    r"\{(?:"
    r"#(?P<fact>[a-z0-9._-]*) (?P<field>[a-z_]*)(?: (?P<language>[A-Za-z0-9-]+))?"
    rf"|!(?P<slot>{SLOT_ID})(?P<empty>\?)?(?: (?P<title>[A-Za-z0-9._~:/=-]+))?"
    rf"|\^(?P<cite>{CITED})"
    r"|@(?P<anchor>[a-z0-9._-]+)"
    r"|(?P<flush>>)"
    r"|(?P<line>;)"
    r"|~(?P<plot>[^{}\n]+)"
    r"|(?P<close>/)"
    r")\}"
)
_BEGINNING = re.compile(r"(?:\{[#!][^}]*\})*")
_ENDING = re.compile(r"(?:\{/\})*(?P<cites>(?:\{\^[^}]*\})*)\Z")


def escaped(text: str) -> str:
    """Text as Markdown that reads as just that text, on one line."""
    if "  " in text:
        text = _SPACE.sub(" ", text)
    parts = _AT_SIGN(text)
    if len(parts) == 1:  # as of most values
        return parts[0]
    try:
        parts[1::2] = [_ESCAPES[sign] for sign in parts[1::2]]
    except KeyError:  # lines are broken
        return escaped(_SPACE.sub(" ", text))
    return "".join(parts)


def _told_by(mark: str) -> tuple[Origin | None, str | None]:
    parts = mark.split(" ")
    origin = Origin(fact=parts[0], field=parts[1]) if parts[0] else None
    return origin, parts[2] if len(parts) > 2 else None


ORIGINS = Remembered(_told_by, 4096)  # a memo has some hundred
"""The mark around a fact's words, its braces and `#` taken off → the origin and the language it tells.

A mark is mostly read by the process that made it; any other is taken apart.
"""


def marked(text: str, origin: Origin | None, language: str | None, slot: Slot | None = None) -> str:
    """Escaped text between the marks that tell its origin and language, and its slot in the memo."""
    if not text:
        return ""
    told = escaped(text)
    if language is not None:
        fact, field = (origin.fact, origin.field) if origin else ("", "")
        tag = f" {language}" if language else ""
        told = f"{{#{fact} {field}{tag}}}{told}{{/}}"
    elif origin is not None:
        mark = f"{origin.fact} {origin.field}"
        if mark not in ORIGINS:
            ORIGINS.keep(mark, (origin if origin.fact else None, None))
        told = f"{{#{mark}}}{told}{{/}}"
    return told if slot is None else f"{_slot_mark(slot)}{told}{{/}}"


def _slot_mark(slot: Slot) -> str:
    title = f" {_encoded(slot.title)}" if slot.title else ""
    return f"{{!{slot.id}{'?' if slot.is_empty else ''}{title}}}"


def slot_in(told: Mapping[str, str]) -> Slot:
    """The slot that the parts of a mark tell of."""
    title = _decoded(told.get("title") or "")
    return Slot(id=told["slot"], title=title, is_empty=bool(told.get("empty")))


def within(markdown: str, language: str | None) -> str:
    """Markdown whose words are in a language (None: the document's), but for those that are marked."""
    return f"{{# {f' {language}' if language else ''}}}{markdown}{{/}}" if markdown else ""


def cite_mark(sources: Iterable[str]) -> str:
    """The citation of some sources; nothing for none."""
    cited = tuple(sources)
    if len(cited) == 1 and isinstance(cited[0], Cited):
        return f"{{^{_cited_as(cited[0])}}}"
    joined = ",".join(map(_cited_as, merged(cited)))
    return f"{{^{joined}}}" if joined else ""


def cited_in(mark: str) -> tuple[Cited, ...]:
    """What a mark, its braces and `^` taken off, cites."""
    parts = (part.partition(">") for part in mark.split(","))
    return merged(Cited(source, _decoded(target) or None) for source, _, target in parts)


_CITING = re.compile(r"\{([@^])([^{}]+)\}")


def sources_in(markdown: str) -> set[str]:
    """The ids of all sources that the marks in a text may cite or list, and of some that only look so."""
    found: set[str] = set()
    for kind, told in set(_CITING.findall(markdown)):
        if kind == "^" and ("," in told or ">" in told):
            found.update([cited.partition(">")[0] for cited in told.split(",")])
        else:
            found.add(told)
    return found


def _cited_as(cited: Cited) -> str:
    target = cited.target
    return str(cited) if target is None else f"{cited}>{_encoded(target)}"


def _encoded(text: str) -> str:
    return _FOREIGN.sub(_escape, text).replace("%", _PERCENT)


def _decoded(text: str) -> str:
    return _ESCAPE.sub(_unescaped, text.replace(_PERCENT, "%")) if "=" in text else text


def _escape(found: re.Match[str]) -> str:
    return "".join(f"={byte:02X}" for byte in found[0].encode())


def _unescaped(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("=", "")).decode(errors="replace")


def anchor_mark(source: str) -> str:
    """The start of a source's entry in the list of sources."""
    return f"{{@{source}}}"


def plot_mark(told: str) -> str:
    """The start of a row of a timeline."""
    return f"{{~{told}}}"


def beginning(markdown: str) -> int:
    """Where the words begin, after the marks that open at the start."""
    found = _BEGINNING.match(markdown)
    return found.end() if found else 0


def ending(markdown: str) -> tuple[int, int]:
    """Where the words end, and where what is added to them goes: before the citations at the end."""
    end = size = len(markdown)
    if "{^" not in markdown:  # as nearly always: no citation is added yet
        while markdown.endswith("{/}", 0, end):
            end -= 3
        return end, size
    found = _ENDING.search(markdown)
    assert found is not None  # it matches nothing as well
    return found.start(), found.start("cites")
