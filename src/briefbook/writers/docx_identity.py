"""Which edition a DOCX is, told by the file itself: a returned one finds its edition by it.

It is a custom property (ECMA-376 Part 1 §22.3), which Word and LibreOffice keep when they save the file under
any name. Its digest is of the package's other parts, so it follows from what the file shows: two memos that
read the same have the same bytes, and nothing that was left out has any part in it.
"""

import hashlib
from collections.abc import Iterable

from briefbook.document import Document
from briefbook.writers.docx_package import Part, part_of_text
from briefbook.writers.house_properties import CUSTOM, IDENTITY, CustomProperty, custom_properties

_DIGITS = 32  # hexadecimal, of 64


def identified(
    document: Document, parts: Iterable[Part], theirs: Iterable[CustomProperty] = ()
) -> list[Part]:
    """The parts of a package with the one that tells of which edition it is, beside a house's properties."""
    told = list(parts)
    pieces: list[bytes] = []
    for part in told:
        pieces += (f"{part.name}\n{len(part.deflated)}\n".encode(), part.deflated)
    digest = hashlib.sha256(b"".join(pieces))
    days = f"{document.as_of.isoformat()} {document.known_by.isoformat()}"
    value = f"{document.memo} {days} {digest.hexdigest()[:_DIGITS]}"
    own = CustomProperty(name=IDENTITY, type="lpwstr", value=value)
    return [*told, part_of_text(CUSTOM, custom_properties([*theirs, own]))]
