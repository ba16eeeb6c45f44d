"""Mends what LibreOffice writes into a DOCX against the schema, so that a memo in such a house is sound.

Word is used to it and other readers are not: sides called "start" and "end" where the transitional form says
"left" and "right", the parts of a list level out of order, character sets under other names.
"""

from lxml import etree

from briefbook.writers.docx_styles import Element, W

_SIDES = {"start": "left", "end": "right"}
# The parts of a level in the schema's order (ECMA-376 Part 1 §17.9.6, CT_Lvl).
_LEVEL = (
    *("start", "numFmt", "lvlRestart", "pStyle", "isLgl", "suff", "lvlText", "lvlPicBulletId", "legacy"),
    *("lvlJc", "pPr", "rPr"),
)


def tidied(root: Element) -> bool:
    """Mend a part in place; whether there was anything to mend."""
    before = etree.tostring(root)
    for level in root.iter(W + "lvl"):
        children = list(level)
        level[:] = sorted(children, key=_rank)
    for aligned in root.iter(W + "lvlJc", W + "jc"):
        side = aligned.get(W + "val", "")
        aligned.set(W + "val", _SIDES.get(side, side))
    for indent in root.iter(W + "ind"):
        for ours, side in _SIDES.items():
            written = indent.get(W + ours)
            if written is not None:
                del indent.attrib[W + ours]
                indent.set(W + side, written)
    for charset in root.iter(W + "charset"):
        if charset.get(W + "characterSet") is not None:  # w:val says the same
            del charset.attrib[W + "characterSet"]
    return etree.tostring(root) != before


def _rank(child: Element) -> int:
    name = etree.QName(child).localname
    return _LEVEL.index(name) if name in _LEVEL else len(_LEVEL)
