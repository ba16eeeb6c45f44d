"""What formats say beside a document's words, to who hears it."""

from briefbook.frozen import frozen


@frozen
class Spoken:
    """Each of these, ready but for {values}."""

    source: str = "Source {number}"  # of a citation's link
    at_words: str = "Open source {number} at the words cited"  # of one that opens the source itself
    back: str = "Back to citation {turn} of source {number}"
    first: str = "Back to the first citation of source {number}"
    columns: str = "Columns: {heads}."  # what a table holds
    row: str = "1 row"
    rows: str = "{count} rows"
    language: str | None = None  # BCP 47 tag where it is not the document's


ENGLISH = Spoken()
