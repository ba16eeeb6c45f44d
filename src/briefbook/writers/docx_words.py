"""What the DOCX says beside the document's own words, to people who hear it or point at it."""

from briefbook.document import Inlines, Table, plain
from briefbook.writers.words import spoken


def way_back(number: int, language: str) -> str:
    """What a source's sign says that leads back to where it is cited first."""
    return spoken(language).first.format(number=number)


def table_description(table: Table, language: str) -> str:
    """The columns of a table by their heads, and how many rows it has below them."""
    words = spoken(language)
    rows = words.row if len(table.rows) == 1 else words.rows.format(count=len(table.rows))
    heads = ", ".join(filter(None, (_spaced(cell) for cell in table.header.cells)))
    return f"{words.columns.format(heads=heads)} {rows}" if heads else rows


def _spaced(cell: Inlines) -> str:
    return " ".join(plain(cell).split())
