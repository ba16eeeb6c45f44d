"""The logo of a theme: a figure at the head of a document, set by each writer as any other figure."""

from dataclasses import replace

from briefbook.document import Document, Figure, Image, Section
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
    return replace(document, sections=(head, *document.sections))
