"""The banner of a marked memo in a house's own headers and footers, on every page of every section.

A house's letterhead stays as it is; the banner goes above its headers and below its footers. A kind of page
of which the house has no header or footer (the first, even ones) gets one that holds the banner alone.
"""

from copy import deepcopy

from lxml import etree

from briefbook.marking import Banner
from briefbook.writers.docx_flow import elements_of
from briefbook.writers.docx_furniture import around, banner_paragraphs
from briefbook.writers.docx_package import add_relationship
from briefbook.writers.docx_styles import R_NS, Element, R, W
from briefbook.writers.house_file import ReadHouse
from briefbook.writers.theme import Theme

BANNER_HEADER = "word/marking-header.xml"
BANNER_FOOTER = "word/marking-footer.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
BANNER_TYPES = {BANNER_HEADER: _TYPE.format("header"), BANNER_FOOTER: _TYPE.format("footer")}
HEADER_ID, FOOTER_ID = "MarkingHeader", "MarkingFooter"  # of the relationships, behind the graft's prefix
_KINDS = ("default", "first", "even")


def bannered_parts(read: ReadHouse, banner: Banner, theme: Theme, style: str) -> dict[str, Element]:
    """The house's headers and footers with the banner in a style, by name."""
    made = {}
    for name in read.package.parts:
        kept = read.package.root(name)
        if kept is None or kept.tag not in (W + "hdr", W + "ftr"):
            continue
        root = deepcopy(kept)
        if root.tag == W + "hdr":
            root[:0] = _lines(banner, theme, style)
        else:
            root.extend(_lines(banner, theme, style))
        made[name] = root
    return made


def banner_parts(banner: Banner, theme: Theme) -> dict[str, Element]:
    """A header and a footer of the banner alone, by name, in our style."""
    return {
        BANNER_HEADER: etree.fromstring(around("hdr", (), banner, theme)),
        BANNER_FOOTER: etree.fromstring(around("ftr", (), banner, theme)),
    }


def _lines(banner: Banner, theme: Theme, style: str) -> list[Element]:
    return elements_of("".join(paragraph.xml() for paragraph in banner_paragraphs(banner, theme, style)))


def give_banners(document: Element, prefix: str) -> None:
    """Let the first section have a header and a footer for every kind of page; later ones inherit them.

    ECMA-376 Part 1 §17.10.2, §17.10.5: a section without a reference of a kind has that of the one before.
    """
    first = next(document.iter(W + "sectPr"), None)
    assert first is not None
    for tag, identity in ((W + "footerReference", FOOTER_ID), (W + "headerReference", HEADER_ID)):
        there = {reference.get(W + "type") for reference in first.iterchildren(tag)}
        for kind in reversed([kind for kind in _KINDS if kind not in there]):
            reference = first.makeelement(tag, {W + "type": kind, R + "id": prefix + identity})
            first.insert(0, reference)


def add_banner_relationships(root: Element, prefix: str) -> None:
    """Lead from the main document to the two parts."""
    for identity, kind, name in (
        (HEADER_ID, "header", BANNER_HEADER),
        (FOOTER_ID, "footer", BANNER_FOOTER),
    ):
        add_relationship(root, f"{R_NS}/{kind}", name.removeprefix("word/"))
        root[-1].set("Id", prefix + identity)
