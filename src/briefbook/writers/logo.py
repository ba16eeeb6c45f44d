"""The logo of a theme: a figure at the head of a document, set by each writer as any other figure."""

from dataclasses import replace

from briefbook.document import MARKING, Document, Figure, Image, Section
from briefbook.writers.theme import Theme


def with_logo(document: Document, theme: Theme) -> Document:
    """The document with the theme's logo before its first block; the document itself where there is none."""
    logo = theme.logo
    if logo is None:
        return document
    picture = Image(
        data=logo.file.data,
        media_type=logo.media_type,
        width=logo.pixels_wide,
        height=logo.pixels_high,
        printed=logo.width,
    )
    head = Section(name="logo", blocks=(Figure(alt=logo.alt, picture=picture),))
    first = 1 if document.sections and document.sections[0].name == MARKING else 0  # it is read first of all
    return replace(document, sections=(*document.sections[:first], head, *document.sections[first:]))
