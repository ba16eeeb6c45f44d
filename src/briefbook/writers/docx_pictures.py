"""Pictures in the DOCX: the parts that hold them, and where they stand in the text."""

import hashlib

from lxml import etree

from briefbook.document import Image
from briefbook.writers.docx_package import Part, add_relationship, part_of_bytes
from briefbook.writers.house_styles import R, add
from briefbook.writers.theme import Page

# Media types and the extensions of their parts; [Content_Types].xml names each.
MEDIA_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpeg"}

_IMAGE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_EMU = 12_700  # English Metric Units in a point (ECMA-376 Part 1 §20.1.10.16)
_PIXELS = 96  # to the inch, where the page has room (CSS Values 4, 6.2)
_HIGHEST = 0.6  # of the page's text: a caption and some words stand with it


class Pictures:
    """The pictures of one document: a part each, however often it is shown."""

    def __init__(self, relationships: etree._Element) -> None:
        self.parts: list[Part] = []
        self._relationships = relationships
        self._known: dict[str, str] = {}
        self._shown = 0

    def add(self, data: bytes, media_type: str) -> str:
        """Keep a picture of a type in MEDIA_EXTENSIONS and return the id of its relationship."""
        digest = hashlib.sha256(data).hexdigest()
        known = self._known.get(digest)
        if known is None:
            name = f"media/image{len(self.parts) + 1}.{MEDIA_EXTENSIONS[media_type]}"
            self.parts.append(part_of_bytes(f"word/{name}", data))
            known = self._known[digest] = add_relationship(self._relationships, _IMAGE_TYPE, name)
        return known

    def show(self, paragraph: etree._Element, picture: str, size: tuple[float, float], alt: str) -> None:
        """Append the picture with that relationship, in line with the text; `size` in points (§20.4.2.8)."""
        self._shown += 1
        name = {"id": str(self._shown), "name": f"Picture {self._shown}"}
        extent = {"cx": str(round(size[0] * _EMU)), "cy": str(round(size[1] * _EMU))}
        drawing = add(add(paragraph, "r"), "drawing")
        inline = etree.SubElement(
            drawing, f"{{{_DRAWING}}}inline", {f"dist{side}": "0" for side in "TBLR"}, nsmap={"wp": _DRAWING}
        )
        etree.SubElement(inline, f"{{{_DRAWING}}}extent", extent)
        etree.SubElement(inline, f"{{{_DRAWING}}}docPr", name, descr=alt)
        locks = etree.SubElement(inline, f"{{{_DRAWING}}}cNvGraphicFramePr")
        etree.SubElement(locks, f"{{{_MAIN}}}graphicFrameLocks", noChangeAspect="1", nsmap={"a": _MAIN})
        graphic = etree.SubElement(inline, f"{{{_MAIN}}}graphic", nsmap={"a": _MAIN})
        data = etree.SubElement(graphic, f"{{{_MAIN}}}graphicData", uri=_PICTURE)
        frame = etree.SubElement(data, f"{{{_PICTURE}}}pic", nsmap={"pic": _PICTURE})
        told = etree.SubElement(frame, f"{{{_PICTURE}}}nvPicPr")
        etree.SubElement(told, f"{{{_PICTURE}}}cNvPr", name, descr=alt)
        etree.SubElement(told, f"{{{_PICTURE}}}cNvPicPr")
        fill = etree.SubElement(frame, f"{{{_PICTURE}}}blipFill")
        etree.SubElement(fill, f"{{{_MAIN}}}blip").set(f"{R}embed", picture)
        etree.SubElement(etree.SubElement(fill, f"{{{_MAIN}}}stretch"), f"{{{_MAIN}}}fillRect")
        shape = etree.SubElement(frame, f"{{{_PICTURE}}}spPr")
        place = etree.SubElement(shape, f"{{{_MAIN}}}xfrm")
        etree.SubElement(place, f"{{{_MAIN}}}off", x="0", y="0")
        etree.SubElement(place, f"{{{_MAIN}}}ext", extent)
        etree.SubElement(etree.SubElement(shape, f"{{{_MAIN}}}prstGeom", prst="rect"), f"{{{_MAIN}}}avLst")


def picture_size(image: Image, page: Page) -> tuple[float, float]:
    """Width and height of a picture in points: as it says, else 96 pixels to the inch, within the text."""
    if image.printed is not None:
        return image.printed, image.printed * image.height / image.width
    room = (page.height - page.top - page.bottom) * _HIGHEST
    scale = min(72 / _PIXELS, page.measure / max(1, image.width), room / max(1, image.height))
    return image.width * scale, image.height * scale
