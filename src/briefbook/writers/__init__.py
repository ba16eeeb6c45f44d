"""Writers: a document and a theme in, the bytes of one format out. `WRITERS` is the table of formats.

A writer's module is imported when its first document is written: python-docx and reportlab cost a command
that does not need them more time than everything else it does.
"""

from collections.abc import Callable

from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.writers.theme import Theme


@frozen
class Writer:
    """One format: its name, which is its file extension too, its media type and what writes it."""

    name: str
    media_type: str
    write: Callable[[Document, Theme], bytes]

    @property
    def extension(self) -> str:
        """The file extension without its dot."""
        return self.name


def _docx(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_docx import write_docx

    return write_docx(document, theme)


def _pdf(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_pdf import write_pdf

    return write_pdf(document, theme)


def _html(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_html import write_html

    return write_html(document, theme)


def _markdown(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_markdown import write_markdown

    return write_markdown(document, theme)


def _text(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_text import write_text

    return write_text(document, theme)


def _json(document: Document, theme: Theme) -> bytes:
    from briefbook.writers.to_json import write_json

    return write_json(document, theme)


WRITERS = {
    writer.name: writer
    for writer in (
        Writer(
            name="docx",
            media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            write=_docx,
        ),
        Writer(name="pdf", media_type="application/pdf", write=_pdf),
        Writer(name="html", media_type="text/html; charset=utf-8", write=_html),
        Writer(name="md", media_type="text/markdown; charset=utf-8", write=_markdown),
        Writer(name="txt", media_type="text/plain; charset=utf-8", write=_text),
        Writer(name="json", media_type="application/json", write=_json),
    )
}
