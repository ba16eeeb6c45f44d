"""The faces of a PDF: by which codes a text is drawn, and the subsets that the file embeds.

A face's first subset has the codes of Windows-1252, so that most texts stand in the file as they are. It does
not hold what a memo draws to the letter but one of a few alphabets: the smallest that has all of it. So its
outlines are cut out, deflated and described once in a process, not once for each memo. What no alphabet
has stands in further subsets, which hold what is drawn and nothing else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import field, fields
from functools import lru_cache
from typing import Any

from briefbook.frozen import changing, frozen
from briefbook.writers.faces import FaceSet, face_pieces, of_face, only_face, register_face
from briefbook.writers.pdf_file import PdfFile, escaped, literal, squeezed

Strings = list[tuple[str, str]]
"""Resource names of subsets, each with the string that it draws."""

_CODES = 256  # of one subset
_FIRST_CODE = 33  # of further subsets; a space has its own in each
_MOST_FACES = 64  # kept in memory: a book uses six, each with an alphabet or two

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ASCII = _PRINTABLE + "–—‘’“”•…·"
_SPANISH = "áéíóúüñÁÉÍÓÚÜÑ¿¡«»°ªº"
_WESTERN = bytes(code for code in range(0x80, 0x100) if code not in b"\x81\x8d\x8f\x90\x9d\xa0").decode(
    "cp1252"
)
_ALPHABETS = (frozenset(_ASCII), frozenset(_ASCII + _SPANISH), frozenset(_ASCII + _WESTERN))
_IN_CODES = [bytes([ord(sign.encode("cp1252")) for sign in alphabet]) for alphabet in _ALPHABETS]


class DrawnFaces:
    """The faces that one file draws with. They grow as texts are drawn, and are embedded when all are."""

    def __init__(self, faces: FaceSet) -> None:
        self._set = faces
        self._faces: dict[str, _Drawn] = {}
        self._spelt: dict[tuple[str, bool, bool, float], tuple[str, str]] = {}  # by `string`

    def for_ascii(self, strong: bool, emphasis: bool, size: float) -> str:
        """The operator that chooses the font for any text of printable ASCII; "" where it takes two faces.

        It counts as drawn with from now on.
        """
        face = only_face(_PRINTABLE, strong, emphasis, self._set)
        if face is None:
            return ""
        drawn = self._drawn(face)
        drawn.in_ascii = True
        return f"{drawn.name} {size:.2f} Tf"

    def string(self, text: str, strong: bool, emphasis: bool, size: float) -> tuple[str, str]:
        """What draws a text of Windows-1252 as it stands in a literal string, and what chooses its font.

        Two empty ones for a text that may take more than one subset: that draws `pieces`.
        """
        known = self._spelt.get((text, strong, emphasis, size))  # quotation marks, dates: often the same
        if known is not None:
            return known
        face, held = _simple(strong, emphasis, self._set)
        if not held.issuperset(text):
            return "", ""
        drawn = self._drawn(face)
        codes = text.replace("\u00a0", " ").encode("cp1252")  # drawn as what it looks like
        drawn.codes.append(codes)
        spelt = escaped(codes.decode("latin-1")), f"{drawn.name} {size:.2f} Tf"
        self._spelt[text, strong, emphasis, size] = spelt
        return spelt

    def pieces(self, text: str, strong: bool, emphasis: bool) -> list[tuple[float, Strings]]:
        """What draws a text: where each piece stands, in ems from its beginning, and its strings."""
        only = only_face(text, strong, emphasis, self._set)
        if only is not None:
            return [(0.0, self._strings(only, text))]
        pieces: list[tuple[float, Strings]] = []
        begin = 0.0
        for piece in face_pieces(text, strong, emphasis, self._set):
            pieces.append((begin + piece.offset, self._strings(piece.face, piece.text)))
            begin += piece.width
        return pieces

    def _strings(self, face: str, text: str) -> Strings:
        """The strings that draw a text by a face that holds all of it."""
        drawn = self._drawn(face)
        if text.isascii():
            drawn.in_ascii = True
            return [(drawn.name, literal(text))]
        text = text.replace("\u00a0", " ")  # drawn as what it looks like
        try:
            codes = text.encode("cp1252")
        except UnicodeEncodeError:
            return drawn.in_subsets(text)
        drawn.codes.append(codes)
        return [(drawn.name, literal(codes.decode("latin-1")))]

    def _drawn(self, face: str) -> "_Drawn":
        drawn = self._faces.get(face)
        if drawn is None:
            drawn = self._faces[face] = _Drawn(name=f"/F{len(self._faces) + 1}")
        return drawn

    def embed(self, file: PdfFile) -> str:
        """Put the faces into a file; returns the dictionary of fonts for its resources (7.8.3)."""
        fonts: list[str] = []
        for face, drawn in self._faces.items():
            if drawn.in_ascii or drawn.codes:
                codes = b"".join(drawn.codes)
                alphabet = next(n for n, held in enumerate(_IN_CODES) if not codes.translate(None, held))
                fonts.append(f"{drawn.name} {_alphabet(face, alphabet).embed(file)} 0 R")
            for number, characters in enumerate(drawn.further, 1):
                subset = _further(face, "".join(characters))
                fonts.append(f"{drawn.name}.{number} {subset.embed(file)} 0 R")
        return f"<<{' '.join(fonts)}>>"


@lru_cache(maxsize=_MOST_FACES)
def _simple(strong: bool, emphasis: bool, faces: FaceSet) -> tuple[str, frozenset[str]]:
    """The face that is asked first for a look, and what it draws that is of its file's first subset."""
    found = {sign: only_face(sign, strong, emphasis, faces) for sign in f"{_PRINTABLE}{_WESTERN}\u00a0"}
    held = {sign: face for sign, face in found.items() if face is not None}
    return next(iter(held.values()), ""), frozenset(held)


@changing
class _Drawn:
    """What a file draws with one face.

    `codes` are what is drawn of its first subset: they say which alphabet it needs. `further` are the
    characters of each further one, with their codes.
    """

    name: str
    in_ascii: bool = False  # whether ASCII is drawn, which every alphabet has
    codes: list[bytes] = field(default_factory=list)
    further: list[dict[str, int]] = field(default_factory=list)

    def in_subsets(self, text: str) -> Strings:
        """A text cut where the subset changes."""
        pieces: list[tuple[str, str]] = []
        for character in text:
            name, code = self._code(character)
            if pieces and pieces[-1][0] == name:
                code = pieces.pop()[1] + code
            pieces.append((name, code))
        return [(name, literal(codes)) for name, codes in pieces]

    def _code(self, character: str) -> tuple[str, str]:
        try:
            code = character.encode("cp1252")
        except UnicodeEncodeError:
            pass
        else:
            self.codes.append(code)
            return self.name, code.decode("latin-1")
        for number, codes in enumerate(self.further, 1):
            if character in codes:
                return f"{self.name}.{number}", chr(codes[character])
        if not self.further or len(self.further[-1]) == _CODES - _FIRST_CODE:
            self.further.append({})
        codes = self.further[-1]
        codes[character] = _FIRST_CODE + len(codes)
        return f"{self.name}.{len(self.further)}", chr(codes[character])


@frozen
class _Subset:
    """A simple font of a face (9.6.3), ready for any file."""

    name: str  # with the tag of a subset before it (9.6.4)
    first: int  # its first code
    widths: str
    descriptor: str  # entries but those that refer to others
    program: bytes  # deflated
    length: int  # of the program before that
    unicode_map: bytes  # deflated

    def embed(self, file: PdfFile) -> int:
        """Put it into a file; returns the number of its font dictionary."""
        program = file.stream(f"/Length1 {self.length}/Filter/FlateDecode", self.program)
        unicode_map = file.stream("/Filter/FlateDecode", self.unicode_map)
        descriptor = file.add(f"<<{self.descriptor}/FontFile2 {program} 0 R>>")
        count = self.widths.count(" ")
        return file.add(
            f"<</Type/Font/Subtype/TrueType/BaseFont/{self.name}/FirstChar {self.first}"
            f"/LastChar {self.first + count}/Widths[{self.widths}]/FontDescriptor {descriptor} 0 R"
            f"/ToUnicode {unicode_map} 0 R>>"
        )


@lru_cache(maxsize=_MOST_FACES)
def _alphabet(face: str, number: int) -> _Subset:
    """The first subset of a face with the `number`th alphabet, as far as the face has it."""
    made: dict[str, Any] = of_face(face, f"alphabet {number}", lambda: _in_plain(_cut_out(face, number)))
    return _Subset(**made)


def _in_plain(subset: _Subset) -> dict[str, Any]:
    return {each.name: getattr(subset, each.name) for each in fields(subset)}


def _cut_out(face: str, number: int) -> _Subset:
    font: Any = register_face(face).face
    glyphs = range(1, len(font.glyphPos) - 1)  # the map of a damaged face may lead elsewhere
    held = (sign for sign in _ALPHABETS[number] if font.charToGlyph.get(ord(sign)) in glyphs)
    return _subset(face, {ord(sign.encode("cp1252")): sign for sign in held})


@lru_cache(maxsize=_MOST_FACES)
def _further(face: str, characters: str) -> _Subset:
    """A further subset of a face, with the codes in this order."""
    return _subset(face, {0x20: " ", **dict(enumerate(characters, _FIRST_CODE))})


def _subset(face: str, codes: dict[int, str]) -> _Subset:
    """A subset by its codes. Symbolic: the face's own map of characters says what they draw (9.6.6.4)."""
    font: Any = register_face(face).face
    characters = [0] * (max(codes) + 1)
    for code, character in codes.items():
        characters[code] = ord(character)
    program = font.makeSubset(characters)
    tag = "".join(
        chr(ord("A") + byte % 26) for byte in hashlib.sha256(repr(characters).encode()).digest()[:6]
    )
    name = f"{tag}+{font.name.decode('ascii')}"
    first = min(codes)
    widths = [font.getCharWidth(code) if code else 0 for code in characters[first:]]
    box = " ".join(map(_number, font.bbox))
    return _Subset(
        name=name,
        first=first,
        widths=" ".join(map(_number, widths)),
        descriptor=(
            f"/Type/FontDescriptor/FontName/{name}/Flags {font.flags & ~_NONSYMBOLIC | _SYMBOLIC}"
            f"/FontBBox[{box}]/ItalicAngle {_number(font.italicAngle)}/Ascent {_number(font.ascent)}"
            f"/Descent {_number(font.descent)}/CapHeight {_number(font.capHeight)}"
            f"/StemV {_number(font.stemV)}"
        ),
        program=squeezed(program),
        length=len(program),
        unicode_map=squeezed(_unicode_map(codes).encode("ascii")),
    )


_SYMBOLIC, _NONSYMBOLIC = 4, 32  # of a font descriptor's flags (table 123)
_AT_ONCE = 100  # lines of one section of a CMap, at most


def _unicode_map(codes: dict[int, str]) -> str:
    """The ToUnicode CMap of some codes (9.10.3)."""
    lines = [f"<{code:02X}> <{ord(character):04X}>" for code, character in sorted(codes.items())]
    sections = (lines[start : start + _AT_ONCE] for start in range(0, len(lines), _AT_ONCE))
    return _CMAP.format(sections="\n".join(map(_section, sections)))


def _section(lines: Sequence[str]) -> str:
    return "\n".join([f"{len(lines)} beginbfchar", *lines, "endbfchar"])


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
{sections}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _number(value: float) -> str:
    """A number as PDF spells it: never with an exponent."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
