"""A .po file read by Babel, whoever wrote it: within a time and a memory that follow from its size.

Babel makes as many forms of each message as a header says, compares the comments of a message with those of
all its doubles, and decodes what follows a header as that says.
"""

import re
from io import StringIO

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

__all__ = ["MOST_FORMS", "Catalog", "FormsError", "PoFileError", "parsed"]

MOST_FORMS = 6  # of a message: Arabic has as many, and no language in CLDR more
_LONGEST_HEADER = 4096  # characters; to find its parameters takes a time that grows with their square
_COMMENT = re.compile(r"^([^\S\n]*#)(?![,~]).*", re.MULTILINE)  # but flags (`#,`) and what is obsolete (`#~`)


class FormsError(Exception):
    """A header says that messages have more forms than in any language, or none."""


class _Bounded(Catalog):
    """A catalogue whose headers are held to what a person writes."""

    @property
    def num_plurals(self) -> int:
        """The number of forms. Raises FormsError."""
        number: int = super().num_plurals
        if not 1 <= number <= MOST_FORMS:
            raise FormsError(number)
        return number

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 – Babel's name
        if not id and len(message.string or "") > _LONGEST_HEADER:
            raise ValueError(f"its header has more than {_LONGEST_HEADER} characters")
        super().__setitem__(id, message)


def parsed(text: str) -> Catalog:
    """The catalogue that a text is, without its comments. Raises FormsError, and PoFileError for no .po file.

    So does Babel by ValueError, TypeError, LookupError and AttributeError.
    """
    catalogue = _Bounded(charset="utf-8")
    lines = StringIO(_COMMENT.sub(r"\1", text), newline="\n")
    PoFileParser(catalogue, ignore_obsolete=True, abort_invalid=True).parse(lines)
    catalogue.num_plurals  # noqa: B018 – refused where no message asks for it, too
    return catalogue
