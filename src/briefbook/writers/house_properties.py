"""What a house's file says of itself beside its text (docProps), as far as a memo in it goes on saying it.

Kept is what is the house's: company, manager, template, category, and properties of its own, among them the
labels by which a document is classified. Left out is what is of the file and not of the house: who made it
and when, its statistics, and what Office keeps of a file on a server or in a review, under names with an
underscore in front. ECMA-376 Part 1 §22.2 (extended), §22.3 (custom); Part 2 §11 (core).
"""

import re
from collections.abc import Iterable, Iterator

from briefbook.frozen import frozen
from briefbook.writers.docx_flow import escaped, quoted
from briefbook.writers.docx_styles import Element

APP, CUSTOM = "docProps/app.xml", "docProps/custom.xml"
IDENTITY = "briefbook"  # the custom property by which a memo tells of which edition it is
CORE_NS = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_USERS = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the set that users' own properties are of
_TYPES = "application/vnd.openxmlformats-officedocument."
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# Part → its relationship's type and its content type.
KINDS = {
    APP: (f"{_RELATED}extended-properties", f"{_TYPES}extended-properties+xml"),
    CUSTOM: (f"{_RELATED}custom-properties", f"{_TYPES}custom-properties+xml"),
}
_WHOLE, _MOMENT = r"-?[0-9]{1,19}", r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,12}Z?)?"
# The types of values that are kept, and how such a value is written (§22.4).
_SOUND = {
    **dict.fromkeys(("lpwstr", "lpstr"), r".+"),
    **dict.fromkeys(("i1", "i2", "i4", "i8", "int", "ui1", "ui2", "ui4", "ui8", "uint"), _WHOLE),
    **dict.fromkeys(("r4", "r8", "decimal"), r"-?[0-9]{1,19}(\.[0-9]{1,19})?([eE][-+]?[0-9]{1,3})?"),
    **dict.fromkeys(("filetime", "date"), _MOMENT),
    "bool": r"true|false|0|1",
}
_LONGEST = 255  # characters: Word takes no more
_MOST = 200
_OF_A_PERSON = re.compile(r"MSIP_Label_.*_Owner", re.IGNORECASE)
_ON_A_DRIVE = re.compile(r"\\\\|[A-Za-z]:[\\/]|file:", re.IGNORECASE)


@frozen
class CustomProperty:
    """A property of the house's own: its name, the type and the text of its value."""

    name: str
    type: str
    value: str


@frozen
class HouseProperties:
    """What is kept of a house's properties; empty where it says nothing."""

    category: str = ""
    company: str = ""
    manager: str = ""
    template: str = ""
    custom: tuple[CustomProperty, ...] = ()

    def parts(self) -> Iterator[tuple[str, Element]]:
        """The parts that say it again, by name; none that would be empty. The category is core's.

        `custom` stands with a property of ours: `custom_properties` makes its part.
        """
        extended = (("Template", self.template), ("Manager", self.manager), ("Company", self.company))
        if any(value for _, value in extended):
            from lxml import etree

            root = etree.fromstring(f'<Properties xmlns="{_EXTENDED}"/>')
            for name, value in extended:
                if value:
                    etree.SubElement(root, f"{{{_EXTENDED}}}{name}").text = value
            yield APP, root


def custom_properties(properties: Iterable[CustomProperty]) -> str:
    """The root of the part of some custom properties, as text."""
    entries = [
        f'<property fmtid="{_USERS}" pid="{number}" name="{quoted(each.name)}">'
        f"<vt:{each.type}>{escaped(each.value)}</vt:{each.type}></property>"
        for number, each in enumerate(properties, start=2)  # 0 and 1 mean something else (§22.3.2.2)
    ]
    return f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VALUES}">{"".join(entries)}</Properties>'


def house_properties(
    core: Element | None, extended: Element | None, custom: Element | None
) -> HouseProperties:
    """What is kept of the roots of the three parts."""
    template = _text(extended, f"{{{_EXTENDED}}}Template")
    return HouseProperties(
        category=_text(core, f"{{{CORE_NS}}}category"),
        company=_text(extended, f"{{{_EXTENDED}}}Company"),
        manager=_text(extended, f"{{{_EXTENDED}}}Manager"),
        template="" if re.search(r"[\\/:]", template) else template,
        custom=tuple(_custom(custom)) if custom is not None else (),
    )


def _custom(root: Element) -> Iterator[CustomProperty]:
    from lxml import etree

    known: set[str] = set()
    for entry in root.iterfind(f"{{{_CUSTOM}}}property"):
        name = entry.get("name", "").strip()
        if len(entry) != 1 or not name or name.lower() in known or len(known) == _MOST:
            continue
        kind, value = etree.QName(entry[0]), (entry[0].text or "").strip()
        form = _SOUND.get(kind.localname, "") if kind.namespace == _VALUES else ""
        if len(name) > _LONGEST or not re.fullmatch(form, value):
            continue
        if name.lower() == IDENTITY:  # the house's file was a memo once
            continue
        if name.startswith("_") or _OF_A_PERSON.fullmatch(name) or _ON_A_DRIVE.match(value):
            continue
        if value and len(value) <= _LONGEST:
            known.add(name.lower())
            yield CustomProperty(name=name, type=kind.localname, value=value)


def _text(root: Element | None, tag: str) -> str:
    found = None if root is None else root.find(tag)
    return "" if found is None else (found.text or "").strip()[:_LONGEST]
