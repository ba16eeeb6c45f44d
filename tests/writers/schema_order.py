"""The order in which the schema wants WordprocessingML's elements: Word offers to repair a file out of order.

After wml.xsd of ECMA-376 Part 1 (transitional); only elements that a memo can need are named, so that one
nobody thought of is noticed too.
"""

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_BORDERS = "top left bottom right"
ORDERS = {
    name: order.split()
    for name, order in {
        "document": "body",
        "body": "*p *tbl sectPr",
        "p": "pPr *r *hyperlink *bookmarkStart *bookmarkEnd",
        "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind"
        " contextualSpacing jc outlineLvl rPr sectPr",
        "numPr": "ilvl numId",
        "pBdr": _BORDERS,
        "tabs": "*tab",
        "r": "rPr *t *tab *br *fldChar *instrText *drawing *footnoteReference *endnoteReference *footnoteRef"
        " *endnoteRef *separator *continuationSeparator",
        "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing kern position sz szCs highlight"
        " u shd vertAlign lang",
        "tbl": "tblPr tblGrid *tr",
        "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription",
        "tblGrid": "*gridCol",
        "tblCellMar": _BORDERS,
        "tr": "trPr *tc",
        "trPr": "*cantSplit *tblHeader",
        "tc": "tcPr *p",
        "tcPr": "tcW gridSpan tcBorders shd noWrap tcMar vAlign",
        "tcBorders": _BORDERS,
        "tcMar": _BORDERS,
        "sectPr": "*headerReference *footerReference footnotePr endnotePr pgSz pgMar pgNumType cols titlePg",
        "styles": "docDefaults latentStyles *style",
        "docDefaults": "rPrDefault pPrDefault",
        "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr tcPr"
        " *tblStylePr",
        "tblStylePr": "pPr rPr tblPr trPr tcPr",
        "numbering": "*abstractNum *num",
        "abstractNum": "nsid multiLevelType *lvl",
        "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
        "num": "abstractNumId *lvlOverride",
        "lvlOverride": "startOverride lvl",
        "settings": "zoom defaultTabStop characterSpacingControl footnotePr endnotePr compat themeFontLang",
        "footnotePr": "numFmt *footnote",
        "endnotePr": "numFmt *endnote",
        "footnotes": "*footnote",
        "endnotes": "*endnote",
        "footnote": "*p",
        "endnote": "*p",
        "font": "altName panose1 charset family pitch",
    }.items()
}
# Where any child may follow any other.
_MIXED = frozenset({"body", "p", "r", "trPr"})


def misplaced(root: etree._Element) -> list[str]:
    """What stands where the schema does not want it, below `root`; an element may repeat if it has a star."""
    found: list[str] = []
    for element in root.iter(f"{W}*"):
        parent = etree.QName(element).localname
        order = ORDERS.get(parent)
        if order is None:
            continue
        names = [entry.removeprefix("*") for entry in order]
        last = -1
        for child in element:
            name = etree.QName(child).localname
            if name not in names:
                found.append(f"{parent}: {name} is unknown")
                continue
            place = names.index(name)
            if place < last and not (parent in _MIXED and order[place].startswith("*")):
                found.append(f"{parent}: {name} after {names[last]}")
            if place == last and not order[place].startswith("*"):
                found.append(f"{parent}: {name} twice")
            last = max(last, place)
    return found
