"""Texts of a file that YAML may read otherwise than who wrote them meant: each is warned of at its place."""

from briefbook.readers.located_yaml import Node
from briefbook.readers.reading import Reading
from briefbook.readers.yaml_comments import texts_cut
from briefbook.readers.yaml_dashes import warn_of_items_in_lines
from briefbook.readers.yaml_escapes import texts_escaped


def tell_doubts(file: str, data: bytes, root: Node | None, reading: Reading) -> None:
    """Warn of texts that a `#` cut, that a backslash changed, or that were to be items of a list.

    `root` is what was read of the file, `data` its bytes; None where nothing could be read.
    """
    reading.problems += texts_cut(file, data, root)
    reading.problems += texts_escaped(file, data, root)
    warn_of_items_in_lines(data, root, reading)
