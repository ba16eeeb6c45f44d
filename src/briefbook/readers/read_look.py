"""`theme:` and `house:` of a book or a memo → what they ask for. Their files are read by `read_book`."""

import re
from collections.abc import Iterator, Mapping

from briefbook.look_spec import (
    ColourSpec,
    FaceSpec,
    FileName,
    HouseSpec,
    LogoSpec,
    MarginSpec,
    StyleSetting,
    ThemeSpec,
)
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Field,
    Shape,
    Taker,
    build,
    optional,
    record,
    required,
    shown,
    text,
    word_of,
    wording,
    wrong_type,
)

PAGES = ("a4", "letter")
FACES = ("caladea", "source-serif-pro")

_POINTS = {"pt": 1.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?) ?(pt|mm|cm|in)")
_OF_WORD_PROCESSORS = (".doc", ".dot", ".docm", ".dotm", ".odt", ".ott", ".fodt", ".rtf", ".pages")
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")

# ----------------------------------------------------------------------------------------- takers


def length(least: str, most: str) -> Taker[float]:
    """A length in points between two others."""

    def take(node: Node, name: str, reading: Reading) -> float | None:
        found = text(node, name, reading)
        if found is None:
            return None
        points = _points(found)
        if points is None:
            reading.tell(
                node.where, f"{shown(found)} is no length for {name!r}", "write 2.5cm, 25mm, 1in or 72pt"
            )
            return None
        low, high = _points(least), _points(most)
        assert low is not None
        assert high is not None
        if not low <= points <= high:
            reading.tell(node.where, f"{name!r} is from {least} to {most}, not {shown(found)}")
            return None
        return points

    return take


def _points(written: str) -> float | None:
    found = _LENGTH.fullmatch(written)
    return None if found is None else round(float(found[1]) * _POINTS[found[2]], 2)


def _colour(node: Node, name: str, reading: Reading) -> str | None:
    found = text(node, name, reading)
    if found is None:
        return None
    digits = _COLOUR.fullmatch(found)
    if digits is None:
        hint = 'write six hexadecimal digits, such as 1F3A5F; with a # in front only in quotes: "#1F3A5F"'
        reading.tell(node.where, f"{shown(found)} is no colour", hint)
        return None
    return digits[1].upper()


def _file(*endings: str) -> Taker[FileName]:
    """A file inside the book, by its path from the book's folder."""

    def take(node: Node, name: str, reading: Reading) -> FileName | None:
        found = text(node, name, reading)
        if found is None:
            return None
        if found.startswith("/") or "\\" in found or ":" in found or ".." in found.split("/"):
            hint = "write its path from the book's folder, with slashes: look/logo.png"
            reading.tell(node.where, f"{shown(found)} is not a file inside the book", hint)
            return None
        if not found.lower().endswith(endings):
            is_texts = ".docx" in endings and found.lower().endswith(_OF_WORD_PROCESSORS)
            hint = "save it as .docx" if is_texts else f"known: {', '.join(endings)}"
            reading.tell(node.where, f"{shown(found)} is no file for {name!r}", hint)
            return None
        return FileName(name=found, where=node.where)

    return take


# ------------------------------------------------------------------------------------------ theme

# What leaves room for the line at the foot and for the reference at the head, and 9 cm of text between.
MARGINS = Shape(
    noun="set of margins",
    make=MarginSpec,
    fields={
        "top": optional(length("1.5cm", "6cm")),
        "right": optional(length("1cm", "6cm")),
        "bottom": optional(length("1.8cm", "6cm")),
        "left": optional(length("1cm", "6cm")),
    },
    located=False,
)

COLOURS = Shape(
    noun="set of colours",
    make=ColourSpec,
    fields={name: optional(_colour) for name in ("ink", "accent", "quiet", "hairline")},
)

_TRUETYPE = _file(".ttf")

OWN_FACES = Shape(
    noun="set of faces",
    make=FaceSpec,
    fields={
        "regular": required(_TRUETYPE),
        "bold": optional(_TRUETYPE),
        "italic": optional(_TRUETYPE),
        "bold_italic": optional(_TRUETYPE),
        "docx": required(text),
    },
    located=False,
)


def _faces(node: Node, name: str, reading: Reading) -> FaceSpec | None:
    if isinstance(node, Scalar):
        named = word_of(*FACES)(node, name, reading)
        return None if named is None else FaceSpec(name=named)
    return build(OWN_FACES, node, node.where, reading)


LOGO = Shape(
    noun="logo",
    make=LogoSpec,
    fields={
        "file": required(_file(".png", ".jpg", ".jpeg")),
        "alt": required(wording),
        "width": required(length("0.5cm", "16cm")),
    },
    located=False,
)


THEME = Shape(
    noun="theme",
    make=ThemeSpec,
    fields={
        "page": optional(word_of(*PAGES)),
        "margins": optional(record(MARGINS)),
        "colours": optional(record(COLOURS)),
        "faces": optional(_faces),
        "logo": optional(record(LOGO)),
    },
)


def theme(node: Node, _name: str, reading: Reading) -> ThemeSpec | None:
    """The look that a book or a memo asks for."""
    return build(THEME, node, node.where, reading)


# ------------------------------------------------------------------------------------------ house


def _styles(node: Node, name: str, reading: Reading) -> tuple[StyleSetting, ...] | None:
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "names of our styles, each with one of the house's", reading)
        return None
    taken = []
    for ours, value in node.held.items():
        theirs = text(value, ours, reading)
        if theirs is not None:
            taken.append(
                StyleSetting(ours=ours, theirs=theirs, ours_at=value.key_where, theirs_at=value.where)
            )
    return tuple(taken) if len(taken) == len(node.held) else None


_WORD_FILE = _file(".docx", ".dotx")

HOUSE = Shape(
    noun="house",
    make=HouseSpec,
    fields={"file": required(_WORD_FILE), "styles": optional(_styles)},
    located=False,
)


def house(node: Node, name: str, reading: Reading) -> HouseSpec | None:
    """The user's own Word file: its name alone, or with names of styles."""
    if isinstance(node, Scalar):
        only = _WORD_FILE(node, name, reading)
        return None if only is None else HouseSpec(file=only)
    return build(HOUSE, node, node.where, reading)


LOOK_FIELDS: Mapping[str, Field] = {"theme": optional(theme), "house": optional(house)}


def files_named(theme: ThemeSpec | None, house: HouseSpec | None) -> Iterator[FileName]:
    """The files that the settings of a look name."""
    if theme is not None and theme.logo is not None:
        yield theme.logo.file
    if theme is not None and theme.faces is not None:
        yield from theme.faces.files
    if house is not None:
        yield house.file
