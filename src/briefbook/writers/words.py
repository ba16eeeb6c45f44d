"""What several writers say alike: citation numbers, white space, safe addresses."""

import re
from dataclasses import dataclass

from briefbook.cited import link_address, web_address
from briefbook.document import Cite, CitedSource, Document, Link, SourceList, blocks_of

# White space at which a line may break: all but the no-break spaces (UAX #14, class GL).
BREAKING_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# The space between a short number and a word, and before a spaced dash. It stands first, for speed.
_LOOSE = re.compile(r" (?:(?:(?<=\b\d )|(?<=\b\d\d ))(?=[^\W\d_])|(?<=\S )(?=[–—](?: |$)))")
AT_WORDS = "↗"  # behind a citation's number: it leads out of the document, to the words in the source


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What is read out for links between citations and sources and for tables, never shown."""

    language: str  # in which this is said
    source: str  # of a citation's link, with {number}
    at_words: str  # of a citation's link that opens the source itself, with {number}
    back: str  # of a source's link back to a citation, with {turn} and {number}
    first: str  # of a source's link back to its first citation, with {number}
    columns: str  # what a table holds, by the {heads} of its columns
    row: str  # a table of one row
    rows: str  # of any other number of them, {count}


_SPOKEN = {
    spoken.language: spoken
    for spoken in (
        Spoken(
            language="de",
            source="Quelle {number}",
            at_words="Quelle {number} an der belegenden Stelle öffnen",
            back="Zurück zu Verweis {turn} auf Quelle {number}",
            first="Zurück zum ersten Verweis auf Quelle {number}",
            columns="Spalten: {heads}.",
            row="1 Zeile.",
            rows="{count} Zeilen.",
        ),
        Spoken(
            language="en",
            source="Source {number}",
            at_words="Open source {number} at the words cited",
            back="Back to citation {turn} of source {number}",
            first="Back to the first citation of source {number}",
            columns="Columns: {heads}.",
            row="1 row.",
            rows="{count} rows.",
        ),
        Spoken(
            language="es",
            source="Fuente {number}",
            at_words="Abrir la fuente {number} en las palabras citadas",
            back="Volver a la cita {turn} de la fuente {number}",
            first="Volver a la primera cita de la fuente {number}",
            columns="Columnas: {heads}.",
            row="1 fila.",
            rows="{count} filas.",
        ),
        Spoken(
            language="fr",
            source="Source {number}",
            at_words="Ouvrir la source {number} aux mots cités",
            back="Retour à la citation {turn} de la source {number}",
            first="Retour à la première citation de la source {number}",
            columns="Colonnes : {heads}.",
            row="1 ligne.",
            rows="{count} lignes.",
        ),
        Spoken(
            language="pt",
            source="Fonte {number}",
            at_words="Abrir a fonte {number} nas palavras citadas",
            back="Voltar à citação {turn} da fonte {number}",
            first="Voltar à primeira citação da fonte {number}",
            columns="Colunas: {heads}.",
            row="1 linha.",
            rows="{count} linhas.",
        ),
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
