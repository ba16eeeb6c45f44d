"""What several writers say alike: citation numbers, white space, safe addresses."""

import re
from dataclasses import dataclass

from briefbook.document import Cite, Document, Link, SourceList, blocks_of

# White space at which a line may break: all but the no-break spaces (UAX #14, class GL).
BREAKING_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# The space between a short number and a word, and before a spaced dash. It stands first, for speed.
_LOOSE = re.compile(r" (?:(?:(?<=\b\d )|(?<=\b\d\d ))(?=[^\W\d_])|(?<=\S )(?=[–—](?: |$)))")
_SAFE_TARGET = re.compile(r"(?:https?://|mailto:)[^\s<>\"\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What is read out for links between citations and sources, never shown."""

    language: str  # in which this is said
    source: str  # of a citation's link, with {number}
    back: str  # of a source's link back to a citation, with {turn} and {number}


_SPOKEN = {
    spoken.language: spoken
    for spoken in (
        Spoken(language="de", source="Quelle {number}", back="Zurück zu Verweis {turn} auf Quelle {number}"),
        Spoken(language="en", source="Source {number}", back="Back to citation {turn} of source {number}"),
        Spoken(language="es", source="Fuente {number}", back="Volver a la cita {turn} de la fuente {number}"),
        Spoken(
            language="fr", source="Source {number}", back="Retour à la citation {turn} de la source {number}"
        ),
        Spoken(language="pt", source="Fonte {number}", back="Voltar à citação {turn} da fonte {number}"),
    )
}


def spoken(language: str) -> Spoken:
    """What is read out in a document of a language (BCP 47): in English where that is missing."""
    return _SPOKEN.get(language.lower().partition("-")[0], _SPOKEN["en"])


def citation(cite: Cite) -> str:
    """A shown citation in one unbreakable word, `[1, 2]`; nothing for one that print leaves out."""
    if not cite.shown:
        return ""
    return "[" + ",\u00a0".join(str(cited.number) for cited in cite.sources) + "]"


def tied(text: str) -> str:
    """The text with a no-break space where no line may end.

    Between a short number and the word that it belongs to (8 October), and before a spaced dash.
    """
    return _LOOSE.sub("\u00a0", text)


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
