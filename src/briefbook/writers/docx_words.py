"""What the DOCX says beside the document's own words, to people who hear it or point at it."""

from briefbook.document import Inlines, Table, plain
from briefbook.spoken import Spoken


def way_back(number: int, spoken: Spoken) -> str:
    """What a source's sign says that leads back to where it is cited first."""
    return spoken.first.format(number=number)


def table_description(table: Table, spoken: Spoken) -> str:
    """The columns of a table by their heads, and how many rows it has below them."""
    rows = spoken.row if len(table.rows) == 1 else spoken.rows.format(count=len(table.rows))
    heads = ", ".join(filter(None, (_spaced(cell) for cell in table.header.cells)))
    return f"{spoken.columns.format(heads=heads)} {rows}." if heads else f"{rows}."


def _spaced(cell: Inlines) -> str:
    return " ".join(plain(cell).split())
