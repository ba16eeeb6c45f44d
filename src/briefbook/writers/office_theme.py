"""The theme part of the DOCX: the house's colours and face in the pickers of whoever edits a memo.

No style refers to it, so nothing changes where a program ignores it; some validators ask for the part.
The shape is the least that ECMA-376 Part 1 §20.1.6.9 and §20.1.4.1.14 allow: three of each kind of format.
"""

from lxml import etree

from briefbook.writers.theme import Theme

_A_NS = "http://schemas.openxmlformats.org/drawingml/2006/main"
_A = f"{{{_A_NS}}}"


def office_theme(theme: Theme) -> bytes:
    """word/theme/theme1.xml."""
    root = etree.Element(_A + "theme", {"name": "briefbook"}, nsmap={"a": _A_NS})
    elements = _add(root, "themeElements")
    _colours(elements, theme)
    _fonts(elements, theme)
    _formats(elements)
    return etree.tostring(root, encoding="UTF-8", standalone=True)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _A + tag, attributes)


def _colours(parent: etree._Element, theme: Theme) -> None:
    scheme = _add(parent, "clrScheme", name="briefbook")
    colours = {"dk1": theme.ink, "lt1": "FFFFFF", "dk2": theme.accent, "lt2": "F2F4F7"}
    colours |= {f"accent{number}": theme.accent for number in (1, 3, 5)}
    colours |= {f"accent{number}": theme.hairline for number in (2, 4, 6)}
    colours |= {"hlink": theme.accent, "folHlink": theme.quiet}
    order = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    for name in order:
        _add(_add(scheme, name), "srgbClr", val=colours[name])


def _fonts(parent: etree._Element, theme: Theme) -> None:
    scheme = _add(parent, "fontScheme", name="briefbook")
    for kind in ("majorFont", "minorFont"):
        font = _add(scheme, kind)
        for script, face in (("latin", theme.docx_face), ("ea", ""), ("cs", "")):
            _add(font, script, typeface=face)


def _formats(parent: etree._Element) -> None:
    scheme = _add(parent, "fmtScheme", name="briefbook")

    def fill(holder: etree._Element) -> None:
        _add(_add(holder, "solidFill"), "schemeClr", val="phClr")

    fills, lines, effects, backgrounds = (
        _add(scheme, kind) for kind in ("fillStyleLst", "lnStyleLst", "effectStyleLst", "bgFillStyleLst")
    )
    for _ in range(3):
        fill(fills)
        fill(_add(lines, "ln", w="6350"))
        _add(_add(effects, "effectStyle"), "effectLst")
        fill(backgrounds)
