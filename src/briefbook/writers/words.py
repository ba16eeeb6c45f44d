"""What several writers say alike: citation numbers, white space, safe addresses."""

import re

from briefbook.document import Cite, Document, Link, SourceList, blocks_of

# White space at which a line may break: all but the no-break spaces (UAX #14, class GL).
BREAKING_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
_LOOSE_NUMBER = re.compile(r"(?:(?<=\b\d)|(?<=\b\d\d)) (?=[^\W\d_])")
_SAFE_TARGET = re.compile(r"(?:https?://|mailto:)[^\s<>\"\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)


def citation(cite: Cite) -> str:
    """A shown citation in one unbreakable word, `[1, 2]`; nothing for one that print leaves out."""
    if not cite.shown:
        return ""
    return "[" + ",\u00a0".join(str(cited.number) for cited in cite.sources) + "]"


def tied(text: str) -> str:
    """The text with a no-break space between a short number and the word that it belongs to: 8 October."""
    return _LOOSE_NUMBER.sub("\u00a0", text)


def one_spaced(text: str) -> str:
    """The text with every stretch of breaking white space made one space."""
    return BREAKING_SPACE.sub(" ", text)


def safe_target(link: Link) -> str | None:
    """Where a link may lead: http, https and mailto (RFC 3986 characters alone); None for all else."""
    return link.target if _SAFE_TARGET.fullmatch(link.target) else None


def listed_sources(document: Document) -> frozenset[str]:
    """The sources that stand on a list of the document, so that a citation can lead there."""
    return frozenset(
        entry.source
        for block in blocks_of(document)
        if isinstance(block, SourceList)
        for entry in block.entries
    )
