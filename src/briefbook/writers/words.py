"""What several writers say alike: citation numbers, white space, safe addresses."""

import re

from briefbook.cited import link_address, web_address
from briefbook.document import Cite, CitedSource, Document, Link, SourceList, blocks_of
from briefbook.keeping import remembered

# White space at which a line may break: all but the no-break spaces (UAX #14, class GL).
RUN_OF_BREAKING_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# The space between a short number and a word, also where "de" stands between them, between "de" and a year,
# and before a spaced dash. It stands first, for speed. A number that is tied to what is before it is free of
# what follows.
_LOOSE = re.compile(
    r" (?:(?<=\d )(?:(?<=\b\d )|(?<=\b\d\d ))(?<!\u00a0\d )(?<!\u00a0\d\d )(?=[^\W\d_])"
    r"|(?<=\b[dD][eE] )(?:(?=\d{4}\b)|(?:(?<=\b\d de )|(?<=\b\d\d de ))(?=[^\W\d_]))"
    r"|(?=[–—](?: |$))(?<=\S ))"
)
AT_WORDS = "↗"  # behind a citation's number: it leads out of the document, to the words in the source


def citation(cite: Cite) -> str:
    """A shown citation in one unbreakable word, `[1, 2]`; nothing for one that print leaves out."""
    if not cite.shown:
        return ""
    return "[" + ",\u00a0".join(str(cited.number) for cited in cite.sources) + "]"


@remembered(2048)  # each format asks for the same texts, and tables twice
def tied(text: str) -> str:
    """The text with a no-break space where no line may end.

    Between a short number and the word that it belongs to (8 October, 8 de octubre), before the year of a
    Spanish or Portuguese date (octubre de 2031), and before a spaced dash.
    """
    return _LOOSE.sub("\u00a0", text)


def one_spaced(text: str) -> str:
    """The text with every stretch of breaking white space made one space."""
    return RUN_OF_BREAKING_SPACE.sub(" ", text)


def safe_target(link: Link) -> str | None:
    """Where a link may lead, in ASCII: http, https and mailto; None for all else."""
    return link_address(link.target)


def safe_opening(cited: CitedSource) -> str | None:
    """The address that opens a cited source at its words: http and https, in ASCII; None for all else."""
    return web_address(cited.target) if cited.target is not None else None


def listed_sources(document: Document) -> frozenset[str]:
    """The sources that stand on a list of the document, so that a citation can lead there."""
    return frozenset(
        entry.source
        for block in blocks_of(document)
        if isinstance(block, SourceList)
        for entry in block.entries
    )
