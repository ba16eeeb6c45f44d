"""What a PDF draws of a text, by Unicode and by the files of the faces: nothing here asks the writer.

The writer's own functions know the same; a test that asked them would hold them to themselves.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import normalize

import font_caladea
import font_source_serif_pro
from fontTools.ttLib import TTFont

# Shapes lines, joins letters or turns their direction, and is no mark on paper.
UNDRAWN = {
    0x00AD, 0x034F, 0x061C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C,
    0x202D, 0x202E, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206A,
    0x206B, 0x206C, 0x206D, 0x206E, 0x206F, 0xFE00, 0xFE01, 0xFE02, 0xFE03, 0xFE04, 0xFE05, 0xFE06,
    0xFE07, 0xFE08, 0xFE09, 0xFE0A, 0xFE0B, 0xFE0C, 0xFE0D, 0xFE0E, 0xFE0F, 0xFEFF,
}  # fmt: skip
# Faces need not hold these, as what they are drawn as looks the same.
DRAWN_AS = {0x2010: "-", 0x2011: "-", 0x2012: "\u2013"}
FACES = (
    Path(font_caladea.font_directory, "Caladea-Regular.ttf"),
    Path(font_source_serif_pro.font_directory, "SourceSerifPro-Regular.ttf"),
)


@cache
def held() -> frozenset[int]:
    """The characters that one of our faces holds and a PDF of ours can name.

    None of private use, which no reader knows (ISO 19005-2, 6.2.11.7.3), and none beyond the first plane.
    """
    codes = {code for path in FACES for code in TTFont(path, lazy=True).getBestCmap()}
    return frozenset(code for code in codes if code <= 0xFFFF and not 0xE000 <= code <= 0xF8FF)


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """Each character that is more than white space, and what is drawn for it."""
    for sign in normalize("NFC", text):
        if sign.isspace() or ord(sign) in UNDRAWN:
            continue
        shown = DRAWN_AS.get(ord(sign), sign)
        yield sign, shown if ord(shown) in held() else "?"


def drawn(text: str) -> str:
    """A text as the pages have it: without white space, accents composed, "?" for what no face holds."""
    return normalize("NFC", "".join(shown for _, shown in _marks(text)))


def read(text: str) -> str:
    """What a reader found on pages, in the form of `drawn`."""
    kept = (sign for sign in text if not sign.isspace() and ord(sign) not in UNDRAWN)
    return normalize("NFC", "".join(kept))


def undrawable(text: str) -> set[str]:
    """The characters of a text for which "?" is drawn."""
    return {sign for sign, shown in _marks(text) if shown == "?" != sign}
