"""Pictures in the DOCX: their parts, and the inline drawings that show them (ECMA-376 Part 1, §20.2, §20.4).

A timeline is an SVG, which Word from 2016 on and LibreOffice draw as vectors ([MS-ODRAWXML] 2.5.76), with a
PNG in its place for what does not know SVG.
"""

from lxml import etree

from briefbook.document import Figure, Image, Timeline
from briefbook.writers.docx_package import Part, part_of_bytes
from briefbook.writers.faces import width_in_ems
from briefbook.writers.house_styles import R, add
from briefbook.writers.pictures import colours_of, printed_size
from briefbook.writers.svg import fixed_paint, svg_of
from briefbook.writers.theme import Theme
from briefbook.writers.timeline_drawing import draw_timeline

_IMAGE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_TYPES_NS = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_BLIP = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"  # the extension of a picture that names its SVG
_EMU = 12700  # English Metric Units in a point (§20.1.10.16)
_MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "jpeg": "image/jpeg"}  # by extension


class Media:
    """The pictures of one document. `relationships`, of its main part, grows by one for each file."""

    def __init__(self, relationships: etree._Element, theme: Theme) -> None:
        self.parts: list[Part] = []
        self._relationships = relationships
        self._theme = theme
        self._count = 0
        self._extensions: set[str] = set()

    def add(self, paragraph: etree._Element, figure: Figure) -> None:
        """Append a run that shows a figure, with its alternative text (§20.4.2.5)."""
        self._count += 1
        vector = None
        match figure.picture:
            case Timeline():
                from briefbook.writers.drawing_png import png_of  # Pillow: most documents have no picture

                drawing = draw_timeline(figure.picture, self._theme, width_in_ems)
                width, height = drawing.width, drawing.height
                colours = colours_of(self._theme)
                face = f"{self._theme.docx_face}, Caladea, serif"
                svg = svg_of(drawing, fixed_paint(colours), title=figure.alt, title_id="name", face=face)
                picture = self._file("png", png_of(drawing, colours))
                vector = self._file("svg", svg.encode())
            case Image():
                width, height = printed_size(figure.picture, self._theme)
                picture = self._file(figure.picture.media_type.partition("/")[2], figure.picture.data)
        run = add(paragraph, "r")
        run.append(self._drawing(figure.alt, width, height, picture, vector))

    def with_types(self, content_types: etree._Element) -> etree._Element:
        """[Content_Types].xml with the extensions of the pictures (ECMA-376 Part 2, §10.1.2.2)."""
        for extension in sorted(self._extensions, reverse=True):
            kind = _MEDIA_TYPES[extension]
            element = etree.Element(f"{_TYPES_NS}Default", Extension=extension, ContentType=kind)
            content_types.insert(0, element)
        return content_types

    def _file(self, extension: str, content: bytes) -> str:
        """Put a file into the package; returns the id of its relationship."""
        name = f"media/picture{self._count}.{extension}"
        identity = f"rId{len(self._relationships) + 1}"
        self._extensions.add(extension)
        self.parts.append(part_of_bytes(f"word/{name}", content, level=6 if extension == "svg" else 0))
        attributes = {"Id": identity, "Type": _IMAGE_TYPE, "Target": name}
        etree.SubElement(self._relationships, self._relationships[0].tag, attributes)
        return identity

    def _drawing(
        self, alt: str, width: float, height: float, picture: str, vector: str | None
    ) -> etree._Element:
        drawing = add(etree.Element("holder"), "drawing")
        size = {"cx": str(round(width * _EMU)), "cy": str(round(height * _EMU))}
        inline = _sub(drawing, _WP, "inline", distT="0", distB="0", distL="0", distR="0")
        _sub(inline, _WP, "extent", **size)
        identity = {"id": str(self._count), "name": f"Picture {self._count}"}
        _sub(inline, _WP, "docPr", **identity, descr=alt)
        frame = _sub(inline, _WP, "cNvGraphicFramePr")
        _sub(frame, _A, "graphicFrameLocks", noChangeAspect="1")
        data = _sub(_sub(inline, _A, "graphic"), _A, "graphicData", uri=_PIC)
        shown = _sub(data, _PIC, "pic")
        about = _sub(shown, _PIC, "nvPicPr")
        _sub(about, _PIC, "cNvPr", **identity, descr=alt)
        _sub(about, _PIC, "cNvPicPr")
        fill = _sub(shown, _PIC, "blipFill")
        blip = _sub(fill, _A, "blip")
        blip.set(R + "embed", picture)
        if vector is not None:
            extension = _sub(_sub(blip, _A, "extLst"), _A, "ext", uri=_SVG_BLIP)
            _sub(extension, _SVG, "svgBlip").set(R + "embed", vector)
        _sub(_sub(fill, _A, "stretch"), _A, "fillRect")
        shape = _sub(shown, _PIC, "spPr")
        place = _sub(shape, _A, "xfrm")
        _sub(place, _A, "off", x="0", y="0")
        _sub(place, _A, "ext", **size)
        _sub(_sub(shape, _A, "prstGeom", prst="rect"), _A, "avLst")
        return drawing


_PREFIXES = {_WP: "wp", _A: "a", _PIC: "pic", _SVG: "asvg"}


def _sub(parent: etree._Element, namespace: str, tag: str, **attributes: str) -> etree._Element:
    prefix = _PREFIXES[namespace]
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes, {prefix: namespace})
