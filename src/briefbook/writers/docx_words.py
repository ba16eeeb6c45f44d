"""What the DOCX says beside the document's own words, to people who hear it or point at it.

English where a language is missing.
"""

from typing import NamedTuple

from briefbook.document import Inlines, Table, plain


class _Words(NamedTuple):
    back: str  # the way from a source to its first citation
    columns: str  # what a table holds, by the heads of its columns
    rows: tuple[str, str]  # one row; any other number of rows


_WORDS = {
    "de": _Words(
        "Zurück zum ersten Verweis auf Quelle {number}", "Spalten: {heads}.", ("1 Zeile", "{count} Zeilen")
    ),
    "en": _Words(
        "Back to the first citation of source {number}", "Columns: {heads}.", ("1 row", "{count} rows")
    ),
    "es": _Words(
        "Volver a la primera cita de la fuente {number}", "Columnas: {heads}.", ("1 fila", "{count} filas")
    ),
    "fr": _Words(
        "Retour à la première citation de la source {number}",
        "Colonnes : {heads}.",
        ("1 ligne", "{count} lignes"),
    ),
    "pt": _Words(
        "Voltar à primeira citação da fonte {number}", "Colunas: {heads}.", ("1 linha", "{count} linhas")
    ),
}


def way_back(number: int, language: str) -> str:
    """What a source's sign says that leads back to where it is cited first."""
    return _words(language).back.format(number=number)


def table_description(table: Table, language: str) -> str:
    """The columns of a table by their heads, and how many rows it has below them."""
    words = _words(language)
    one, many = words.rows
    rows = one if len(table.rows) == 1 else many.format(count=len(table.rows))
    heads = ", ".join(filter(None, (_spaced(cell) for cell in table.header.cells)))
    return f"{words.columns.format(heads=heads)} {rows}." if heads else f"{rows}."


def _words(language: str) -> _Words:
    return _WORDS.get(language.split("-")[0].lower(), _WORDS["en"])


def _spaced(cell: Inlines) -> str:
    return " ".join(plain(cell).split())
