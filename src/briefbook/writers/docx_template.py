"""Our template of the DOCX: every part that one theme and one language fix for all memos.

`docx_skeleton` makes it, which takes python-docx and longer than a memo. What it made is kept for the user
(`user_cache.py`): one process after another prints in the same few looks.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from briefbook.document import Citations
from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.user_cache import user_cache
from briefbook.writers.docx_notes import NOTE_KINDS
from briefbook.writers.docx_package import Part
from briefbook.writers.docx_styles import NUM_IDS, Element
from briefbook.writers.house_properties import CUSTOM
from briefbook.writers.theme import Theme

LIST_LEVELS = 9  # as many as a numbering definition can hold (ECMA-376 Part 1 §17.9.6)
BULLETS_ID, ORDERED_ID, SOURCES_ID = 0, 1, 2  # the abstract definitions
# Their first instances are those of the styles. The bullets' serves every bulleted list.
BULLETS_NUM_ID = NUM_IDS["ListBullet"]
LAST_NUM_ID = max(NUM_IDS.values())

DOCUMENT = "word/document.xml"
STYLES = "word/styles.xml"
NUMBERING = "word/numbering.xml"
SETTINGS = "word/settings.xml"
HEADER = "word/header1.xml"
FIRST_HEADER = "word/header2.xml"  # where something stands at the head of the first page
FIRST_FOOTER = "word/footer1.xml"
FOOTER = "word/footer2.xml"
THEME = "word/theme/theme1.xml"
CORE = "docProps/core.xml"
CONTENT_TYPES = "[Content_Types].xml"
PACKAGE_RELS = "_rels/.rels"
DOCUMENT_RELS = "word/_rels/document.xml.rels"
NOTE_PARTS = tuple(name for kind in NOTE_KINDS.values() for name in (kind.part, kind.relationships))

# The order of the parts in the container; readers that stream want the content types first.
PART_ORDER = (
    CONTENT_TYPES,
    PACKAGE_RELS,
    DOCUMENT,
    DOCUMENT_RELS,
    STYLES,
    NUMBERING,
    SETTINGS,
    "word/fontTable.xml",
    THEME,
    *NOTE_PARTS,
    HEADER,
    FIRST_HEADER,
    FIRST_FOOTER,
    FOOTER,
    CORE,
    CUSTOM,
)


@frozen
class Template:
    """What a theme and a language fix. Each element is the asker's own: it is read anew from its text."""

    fixed_parts: tuple[Part, ...]
    relationships: tuple[str, ...]  # of the main document, without its hyperlinks
    definitions: str  # of numbering: the abstract ones and the bullets' instance
    last_section: str  # w:sectPr: page, margins, header and footers, ready for a document
    texts: dict[str, str]  # of the elements

    @property
    def numbering(self) -> Element:
        """The root of the part of numbering, with its definitions."""
        return self._element("numbering")

    @property
    def section(self) -> Element:
        """w:sectPr."""
        return self._element("section")

    @property
    def settings(self) -> Element:
        """The root of the part of settings, for whoever puts a memo into another template."""
        return self._element("settings")

    @property
    def content_types(self) -> Element:
        """The root of [Content_Types].xml."""
        return self._element("content_types")

    def _element(self, name: str) -> Element:
        from lxml import etree

        return etree.fromstring(self.texts[name])


@lru_cache(maxsize=16)
def template_for(theme: Theme, language: str, citations: Citations, banner: Banner | None = None) -> Template:
    """The template for `theme` in `language` (BCP 47); kept, since a build prints many memos alike."""

    def make() -> dict[str, Any]:
        from briefbook.writers.docx_skeleton import skeleton  # it imports python-docx

        return skeleton(theme, language, citations, banner)

    asked = repr((theme, language, citations, banner))  # files by their digests
    made: dict[str, Any] = user_cache().worked_out(f"docx\0{sha256(asked.encode()).hexdigest()}", make)
    parts = [
        Part(name=name, deflated=deflated, size=size, checksum=checksum)
        for name, deflated, size, checksum in made.pop("fixed_parts")
    ]
    return Template(fixed_parts=tuple(parts), **made)
