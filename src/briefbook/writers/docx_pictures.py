"""Pictures in the DOCX: the parts that hold them, and where they stand in the text.

A timeline is an SVG, which Word from 2016 on and LibreOffice draw as vectors ([MS-ODRAWXML] 2.5.76), with a
PNG in its place for what does not know SVG.
"""

import hashlib
from typing import assert_never

from lxml import etree

from briefbook.document import Figure, Image, Timeline
from briefbook.frozen import frozen
from briefbook.writers.docx_package import Part, add_relationship, part_of_bytes
from briefbook.writers.docx_styles import R, add
from briefbook.writers.faces import OURS, faces_of, measure_of
from briefbook.writers.pictures import colours_of, printed_size
from briefbook.writers.svg import fixed_paint, svg_of
from briefbook.writers.theme import FACES, Theme
from briefbook.writers.timeline_drawing import draw_timeline

# Media types and the extensions of their parts; [Content_Types].xml names each.
MEDIA_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpeg", "image/svg+xml": "svg"}

_IMAGE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_PREFIXES = {_WP: "wp", _A: "a", _PIC: "pic", _SVG: "asvg"}
_SVG_BLIP = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"  # the extension of a picture that names its SVG
_EMU = 12_700  # English Metric Units in a point (ECMA-376 Part 1 §20.1.10.16)


@frozen
class _Shown:
    """A picture as it is to be shown: its size in points, its file and that of its SVG by relationship."""

    width: float
    height: float
    picture: str
    vector: str | None = None


class Pictures:
    """The pictures of one document: a part for each file, however often it is shown."""

    def __init__(self, relationships: etree._Element, theme: Theme) -> None:
        """`relationships`, of the main part, grows by one for each file."""
        self.parts: list[Part] = []
        self._relationships = relationships
        self._theme = theme
        self._known: dict[str, str] = {}
        self._count = 0

    def show(self, paragraph: etree._Element, figure: Figure) -> None:
        """Append a run that shows a figure, in line with the text, with its alternative text (§20.4.2.8)."""
        self._count += 1
        match figure.picture:
            case Timeline():
                shown = self._timeline(figure.picture, figure.alt)
            case Image() as image:
                width, height = printed_size(image, self._theme)
                shown = _Shown(width=width, height=height, picture=self._file(image.media_type, image.data))
            case _:
                assert_never(figure.picture)
        self._inline(add(add(paragraph, "r"), "drawing"), shown, figure.alt)

    def _timeline(self, timeline: Timeline, alt: str) -> _Shown:
        from briefbook.writers.drawing_png import png_of  # Pillow: most documents have no picture

        drawing = draw_timeline(timeline, self._theme, measure_of(self._theme))
        colours = colours_of(self._theme)
        twin = "Caladea" if self._theme.faces == OURS.name else FACES[self._theme.faces]
        face = f"{_family(self._theme.docx_face)}, {_family(twin)}, serif"
        svg = svg_of(drawing, fixed_paint(colours), title=alt, title_id="name", face=face)
        picture = self._file("image/png", png_of(drawing, colours, faces_of(self._theme)))
        vector = self._file("image/svg+xml", svg.encode())
        return _Shown(width=drawing.width, height=drawing.height, picture=picture, vector=vector)

    def _file(self, media_type: str, content: bytes) -> str:
        """Put a file into the package, if it is not in it; returns the id of its relationship."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._known:
            extension = MEDIA_EXTENSIONS[media_type]
            name = f"media/picture{self._count}.{extension}"
            level = 6 if extension == "svg" else 0  # the others are squeezed already
            self.parts.append(part_of_bytes(f"word/{name}", content, level=level))
            self._known[digest] = add_relationship(self._relationships, _IMAGE_TYPE, name)
        return self._known[digest]

    def _inline(self, drawing: etree._Element, shown: _Shown, alt: str) -> None:
        size = {"cx": str(round(shown.width * _EMU)), "cy": str(round(shown.height * _EMU))}
        inline = _sub(drawing, _WP, "inline", distT="0", distB="0", distL="0", distR="0")
        _sub(inline, _WP, "extent", **size)
        identity = {"id": str(self._count), "name": f"Picture {self._count}"}
        _sub(inline, _WP, "docPr", **identity, descr=alt)
        frame = _sub(inline, _WP, "cNvGraphicFramePr")
        _sub(frame, _A, "graphicFrameLocks", noChangeAspect="1")
        data = _sub(_sub(inline, _A, "graphic"), _A, "graphicData", uri=_PIC)
        picture = _sub(data, _PIC, "pic")
        about = _sub(picture, _PIC, "nvPicPr")
        _sub(about, _PIC, "cNvPr", **identity, descr=alt)
        _sub(about, _PIC, "cNvPicPr")
        fill = _sub(picture, _PIC, "blipFill")
        blip = _sub(fill, _A, "blip")
        blip.set(R + "embed", shown.picture)
        if shown.vector is not None:
            extension = _sub(_sub(blip, _A, "extLst"), _A, "ext", uri=_SVG_BLIP)
            _sub(extension, _SVG, "svgBlip").set(R + "embed", shown.vector)
        _sub(_sub(fill, _A, "stretch"), _A, "fillRect")
        shape = _sub(picture, _PIC, "spPr")
        place = _sub(shape, _A, "xfrm")
        _sub(place, _A, "off", x="0", y="0")
        _sub(place, _A, "ext", **size)
        _sub(_sub(shape, _A, "prstGeom", prst="rect"), _A, "avLst")


def _family(face: str) -> str:
    """The name of a face as CSS Fonts 4, 2.1.2 writes it: what is not only letters and spaces in quotes."""
    if all(character.isalpha() or character == " " for character in face):
        return face
    return "'" + face.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _sub(parent: etree._Element, namespace: str, tag: str, **attributes: str) -> etree._Element:
    prefix = _PREFIXES[namespace]
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes, {prefix: namespace})
