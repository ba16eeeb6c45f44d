r"""The marks that carry a fact's identity through Markdown.

A value that a template prints is escaped here, and nowhere else, for Markdown; a fact's value also gets marks
around it, which `composing.markup` reads back. In a value every punctuation character is escaped, so a fact
can never write a mark or any other markup: `{` in a fact reaches the parser as `\{`.

| mark | meaning |
|---|---|
| `{#fact field}…{/}` | the words show this field of this fact |
| `{#fact field lang}…{/}` | and are in that language |
| `{^a,b}` | citation of the sources a and b |
| `{@a}` | here begins the entry of source a in the list of sources |
| `{>}` | what follows is set flush right |
| `{;}` | a new line inside a paragraph, cell or label |
"""

import re
from collections.abc import Iterable

from briefbook.document import Origin

# CommonMark 0.31, 2.4: any ASCII punctuation may be escaped with a backslash.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"\s+")

MARK = re.compile(
    r"\{(?:"
    r"#(?P<fact>[a-z0-9._-]*) (?P<field>[a-z_]*)(?: (?P<language>[A-Za-z0-9-]+))?"
    r"|\^(?P<cite>[a-z0-9._-]+(?:,[a-z0-9._-]+)*)"
    r"|@(?P<anchor>[a-z0-9._-]+)"
    r"|(?P<flush>>)"
    r"|(?P<line>;)"
    r"|(?P<close>/)"
    r")\}"
)


def escaped(text: str) -> str:
    """Text as Markdown that reads as just that text, on one line."""
    return _PUNCTUATION.sub(r"\\\1", _SPACE.sub(" ", text))


def marked(text: str, origin: Origin | None, language: str | None) -> str:
    """Escaped text between the marks that tell its origin and language."""
    if not text or (origin is None and language is None):
        return escaped(text)
    fact, field = (origin.fact, origin.field) if origin else ("", "")
    tag = f" {language}" if language else ""
    return f"{{#{fact} {field}{tag}}}{escaped(text)}{{/}}"


def cite_mark(sources: Iterable[str]) -> str:
    """The citation of some sources; nothing for none."""
    joined = ",".join(dict.fromkeys(sources))
    return f"{{^{joined}}}" if joined else ""


def anchor_mark(source: str) -> str:
    """The start of a source's entry in the list of sources."""
    return f"{{@{source}}}"
