"""A Word file as python-docx reads it, the words in content controls too: it passes over these otherwise."""

from io import BytesIO

import docx
from docx.document import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(data: bytes) -> Document:
    """The file with each control's content in its place, as who reads a page sees it."""
    document: Document = docx.Document(BytesIO(data))
    body = document.element.body
    for control in list(body.iter(f"{W}sdt")):
        for child in list(control.find(f"{W}sdtContent")):
            control.addprevious(child)
        control.getparent().remove(control)
    return document
