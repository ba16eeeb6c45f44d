"""The embedded faces: which face draws which character, and how wide it is.

Caladea (Cambria's metrics) draws what it holds; Source Serif Pro draws the rest, run by run; or the other
way round, or a user's own faces before both, as a theme asks (`FaceSet`). A text that is
drawn must be composed (`styled_text.composed`). A face is loaded when it is first needed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import font_caladea
import font_source_serif_pro

from briefbook.frozen import frozen
from briefbook.user_cache import user_cache
from briefbook.writers.face_tables import unicode_map, whole_tables
from briefbook.writers.styled_text import Measure, composed
from briefbook.writers.theme import File, OwnFaces, Theme

if TYPE_CHECKING:  # imported with the first face: most commands draw nothing
    from reportlab.pdfbase.ttfonts import TTFont


@frozen
class FaceSet:
    """Which faces a theme asks for: one that comes with briefbook by its name, before it the user's own."""

    name: str = "caladea"
    own: OwnFaces | None = None


OURS = FaceSet()
_MOST_KEPT = 64  # of what a process works out of faces; a book's own are mostly four, and drawn with ours


def faces_of(theme: Theme) -> FaceSet:
    """The faces of a theme."""
    return (
        FaceSet(name=theme.faces, own=theme.own_faces)
        if theme.own_faces or theme.faces != OURS.name
        else OURS
    )


def measure_of(theme: Theme) -> Measure:
    """How wide texts are in the faces of a theme: the same function for the same faces."""
    faces = faces_of(theme)
    return width_in_ems if faces == OURS else _measure(faces)


@lru_cache(maxsize=_MOST_KEPT)
def _measure(faces: FaceSet) -> Measure:
    return partial(width_in_ems, faces=faces)


# (strong, emphasis) → the faces to ask, in this order. The fallback's italics lack Greek and Cyrillic, so the
# upright face stands at the end.
_CHAINS = {
    (False, False): ("Caladea-Regular", "SourceSerifPro-Regular"),
    (True, False): ("Caladea-Bold", "SourceSerifPro-Bold"),
    (False, True): ("Caladea-Italic", "SourceSerifPro-It", "Caladea-Regular", "SourceSerifPro-Regular"),
    (True, True): ("Caladea-BoldItalic", "SourceSerifPro-BoldIt", "Caladea-Bold", "SourceSerifPro-Bold"),
}
# The same for Source Serif Pro first: the faces of one style change places.
_SERIF_CHAINS = {
    (False, False): ("SourceSerifPro-Regular", "Caladea-Regular"),
    (True, False): ("SourceSerifPro-Bold", "Caladea-Bold"),
    (False, True): ("SourceSerifPro-It", "Caladea-Italic", "SourceSerifPro-Regular", "Caladea-Regular"),
    (True, True): ("SourceSerifPro-BoldIt", "Caladea-BoldItalic", "SourceSerifPro-Bold", "Caladea-Bold"),
}
_FOLDERS = {"Caladea": font_caladea.font_directory, "SourceSerifPro": font_source_serif_pro.font_directory}

# Characters that look like another one, or that a face has no need to hold: drawn as what stands here.
_DRAWN_AS: Mapping[str, str] = {
    "\u00a0": "\u00a0",
    "\u2007": "\u00a0",
    "\u202f": "\u00a0",
    **dict.fromkeys("\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000", " "),
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "\u2013",
    **dict.fromkeys("\u200b\u2060", ""),
}
_UNKNOWN = "?"  # drawn for what no face holds; `missing_characters` has told of it before


@frozen
class FacePiece:
    """Text that one face draws. `width` and `offset` are in ems.

    `offset` moves the text against the place where it would stand: a combining accent goes back over its
    letter, and has no width.
    """

    face: str
    text: str
    width: float
    offset: float = 0


# Every set of faces ends with ours, which hold the printable characters of ASCII: most of a text.
_HELD = re.compile("[ -~]+")


def missing_characters(text: str, faces: FaceSet = OURS) -> list[str]:
    """The characters of a text that no face of a set holds, each once, in the order of the text."""
    if text.isascii():
        return []
    held = [_widths(face) for face in _chain(faces, strong=False, emphasis=False)]
    return [
        character
        for character in dict.fromkeys(_HELD.sub("", composed(text)))
        if character not in _DRAWN_AS and not any(character in widths for widths in held)
    ]


def width_in_ems(text: str, strong: bool, emphasis: bool, faces: FaceSet = OURS) -> float:
    """The width of a text at size 1, the sum of its characters' (faces are set without kerning)."""
    # Without hashing our own set of faces each time.
    widths = _our_widths(strong, emphasis) if faces is OURS else _widths(_chain(faces, strong, emphasis)[0])
    try:
        return sum(map(widths.__getitem__, text))
    except KeyError:
        return sum(piece.width for piece in face_pieces(text, strong, emphasis, faces))


@cache
def _our_widths(strong: bool, emphasis: bool) -> Mapping[str, float]:
    return _widths(_chain(OURS, strong, emphasis)[0])


def only_face(text: str, strong: bool, emphasis: bool, faces: FaceSet = OURS) -> str | None:
    """The face that draws all of a text; None where it takes more than one."""
    face = _chain(faces, strong, emphasis)[0]
    if text.isascii() and text.isprintable() and _holds_ascii(face):
        return face
    return face if _widths(face).keys() >= set(text) else None


def face_pieces(text: str, strong: bool, emphasis: bool, faces: FaceSet = OURS) -> tuple[FacePiece, ...]:
    """Cut a text into runs of one face each; the first face of the style that holds a character draws it.

    A combining accent is drawn by its letter's face if that holds it.
    """
    only = only_face(text, strong, emphasis, faces)
    if only is not None:
        widths = _widths(only)
        return (FacePiece(face=only, text=text, width=sum([widths[c] for c in text])),) if text else ()
    chain = _chain(faces, strong, emphasis)
    pieces: list[FacePiece] = []
    for cluster in _clusters(text):
        for piece in _cluster_pieces(cluster, chain):
            last = pieces[-1] if pieces else None
            if last and last.face == piece.face and not last.offset and not piece.offset:
                piece = FacePiece(face=last.face, text=last.text + piece.text, width=last.width + piece.width)
                pieces.pop()
            pieces.append(piece)
    return tuple(pieces)


def face_file(name: str) -> str | BytesIO:
    """The TrueType file of a face: its path, or its bytes where it is a user's own."""
    if isinstance(name, _OwnFace):
        return BytesIO(name.file.data)
    return str(Path(_FOLDERS[name.partition("-")[0]], f"{name}.ttf"))


@lru_cache(maxsize=_MOST_KEPT)
def _chain(faces: FaceSet, strong: bool, emphasis: bool) -> tuple[str, ...]:
    """The faces to ask for a character, in this order."""
    chain = (_SERIF_CHAINS if faces.name == "source-serif-pro" else _CHAINS)[strong, emphasis]
    own = faces.own
    if own is None:
        return chain
    wanted = {
        (False, False): (own.regular,),
        (True, False): (own.bold, own.regular),
        (False, True): (own.italic, own.regular),
        (True, True): (own.bold_italic, own.bold, own.italic, own.regular),
    }[strong, emphasis]
    return (*(_OwnFace(file) for file in wanted if file is not None), *chain)


class _OwnFace(str):
    """The name of a user's own face, after its digest; the file comes along, and goes with the last name."""

    file: File

    __slots__ = ("file",)

    def __new__(cls, file: File) -> "_OwnFace":
        """Name a face by its file, whose bytes are there."""
        assert file.data  # else the name would stand for nothing wherever it is kept
        name = str.__new__(cls, f"Own-{file.sha256[:16]}")
        name.file = file
        return name

    def __getnewargs__(self) -> tuple[File]:  # type: ignore[override]
        """By which a copy is made, and what is unpickled: `str` would say its letters."""
        return (self.file,)


@lru_cache(maxsize=16)  # the check reads the same faces as the first page that they draw
def _own_font(file: File) -> "TTFont":
    return _loaded(_OwnFace(file))


@lru_cache(maxsize=64)
def own_face_mistake(file: File) -> tuple[str, str] | None:
    """Why a user's own face cannot be embedded, and the mend; None where it can.

    TrueType outlines (a `glyf` table) that its maker lets be embedded and cut down to what is drawn: OS/2
    fsType, OpenType 1.9. All that it could draw is cut down here once.
    """
    if file.data[:4] not in (b"\0\1\0\0", b"true"):
        return _REFUSALS["outlines"]
    tables = whole_tables(file.data)
    if tables is None:
        return _REFUSALS["broken"]
    if unicode_map(tables["cmap"]) is None:
        return _REFUSALS["letters"]
    rights = int.from_bytes(tables["OS/2"][8:10], "big")
    if rights & 0x000F == 0x0002 or rights & 0x0300:
        return _REFUSALS["rights"]
    try:
        face = _own_font(file).face
        if not face.charToGlyph.get(0x20):  # every subset has a space
            return _REFUSALS["letters"]
        drawable = list(_widths_of(_own_font(file)))
        for start in range(0, len(drawable), _MOST_AT_ONCE):
            face.makeSubset([0, 0x20, *map(ord, drawable[start : start + _MOST_AT_ONCE])])
    except Exception:  # ReportLab raises whatever Python does where bytes are not what they should be
        return _REFUSALS["broken"]
    return None if any(map(str.isalpha, drawable)) else _REFUSALS["letters"]


# What is wrong with a face → the message and the mend.
_REFUSALS = {
    "outlines": (
        "this is no TrueType face (.ttf with glyf outlines)",
        "take the TrueType edition of the face",
    ),
    "broken": ("this face is broken", "get it anew from its maker"),
    "letters": ("this face holds no letters", "take another one"),
    "rights": ("the maker of this face does not let it be embedded in documents", "take another face"),
}
_MOST_AT_ONCE = 10_000  # characters; a subset can number 32 000


def register_face(name: str) -> "TTFont":
    """A face by its name; ours are loaded once in a process."""
    return _own_font(name.file) if isinstance(name, _OwnFace) else _our_font(name)


@cache  # eight faces
def _our_font(name: str) -> "TTFont":
    return _loaded(name)


def _loaded(name: str) -> "TTFont":
    """A face, read by ReportLab, with its metrics mended.

    `asciiReadable` off: the file holds the glyphs that it draws, not the whole of ASCII in every face.

    Glyphs behind the last full entry of `hmtx` have its advance. ReportLab gives them that in thousandths
    of an em, not in the face's units (`extractInfo` in ttfonts.py), so that the embedded face would say
    another width than the PDF, against ISO 14289-1, 7.21.5, and ISO 19005-2, 6.2.11.5.
    """
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(str(name), face_file(name), asciiReadable=False)
    full = int.from_bytes(font.face.get_table("hhea")[34:36], "big")
    metrics = font.face.hmetrics
    metrics[full:] = [(metrics[full - 1][0], bearing) for _, bearing in metrics[full:]]
    return font


@lru_cache(maxsize=_MOST_KEPT)
def _holds_ascii(face: str) -> bool:
    return _widths(face).keys() >= set(map(chr, range(0x20, 0x7F)))


@lru_cache(maxsize=_MOST_KEPT)
def _widths(face: str) -> Mapping[str, float]:
    widths: Mapping[str, float] = of_face(face, "widths", lambda: _widths_of(register_face(face)))
    return widths


def of_face(face: str, what: str, make: Callable[[], Any]) -> Any:
    """What is worked out of a face (`UserCache.worked_out`): once for a user, if the face is one of ours.

    So that a process does not read the faces, nor import ReportLab, to draw what most memos draw.
    """
    return make() if isinstance(face, _OwnFace) else user_cache().worked_out(f"{what}\0{face}", make)


def _widths_of(font: "TTFont") -> Mapping[str, float]:
    """Character → width in ems, for what a face can draw: what ReportLab can name in a ToUnicode map.

    What a private-use character means, no reader can know (ISO 19005-2, 6.2.11.7.3): it counts as missing.
    """
    widths, glyphs = font.face.charWidths, font.face.charToGlyph
    return {
        chr(code): width / 1000
        for code, width in widths.items()
        if 0x20 <= code <= 0xFFFF
        and not 0xD800 <= code <= 0xF8FF
        and glyphs[code]  # 0: named in the face, but drawn as a box
        and chr(code) not in _DRAWN_AS
    } | {"\u00a0": widths[0x20] / 1000}  # ReportLab draws a space for it


def _clusters(text: str) -> Iterable[str]:
    """Each character with the accents that combine with it."""
    cluster = ""
    for character in text:
        if cluster and not unicodedata.combining(character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _cluster_pieces(cluster: str, chain: tuple[str, ...]) -> list[FacePiece]:
    characters = "".join(_DRAWN_AS.get(character, character) for character in cluster)
    together = next((face for face in chain if all(c in _widths(face) for c in characters)), None)
    pieces: list[FacePiece] = []
    for character in characters:
        face = together or next((face for face in chain if character in _widths(face)), None)
        if face is None:
            face, character = chain[0], _UNKNOWN
        width = _widths(face)[character]
        if pieces and unicodedata.combining(character):
            # The fallback draws accents around the point where they stand: half a letter back.
            offset = -pieces[0].width / 2
            pieces.append(FacePiece(face=face, text=character, width=0, offset=offset))
        else:
            pieces.append(FacePiece(face=face, text=character, width=width))
    return pieces
