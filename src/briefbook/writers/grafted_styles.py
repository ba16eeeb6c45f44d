"""Our styles among those of a house: the house's where it has one of that name, else ours, in its manner."""

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.writers.docx_styles import BANNER_STYLE, Element, W, add_language, template_styles
from briefbook.writers.house_file import ReadHouse, value_of
from briefbook.writers.theme import Theme

_VAL = W + "val"
_REFERENCES = ("basedOn", "next", "link")
# Set like running text: of the house's own, not in a size and leading of ours.
_RUNNING = ("Lead In", "Field", "List ", "Figure")
_LAST = " Last"  # variants that close a list or a block, with the distance of running text below


@frozen
class GraftedStyles:
    """The root of word/styles.xml, the id there of each of our styles, and our ids of those of the house."""

    root: Element
    ids: Mapping[str, str]
    theirs: frozenset[str]


def grafted_styles(
    read: ReadHouse,
    chosen: Mapping[str, str],
    theme: Theme,
    language: str,
    *,
    num_ids_from: int,
    banner: Banner | None = None,
) -> GraftedStyles:
    """The house's styles and ours. `chosen`: the house's names by ours in lower case.

    `num_ids_from` is added to the list instances (w:numId) that our styles name.
    """
    kept = read.package.root("word/styles.xml")
    assert kept is not None
    root = deepcopy(kept)
    _speak(root, language)
    own = list(template_styles(theme, language, banner).iterfind(W + "style"))
    ids = _ids(own, read, chosen)
    theirs = frozenset(our for our, here in ids.items() if here in read.by_id)
    names = {name for _, name in read.styles}
    for style in own:
        identity = style.get(W + "styleId", "")
        if identity in theirs:
            continue
        style.set(W + "styleId", ids[identity])
        name = style.find(W + "name")
        assert name is not None
        if value_of(style, "name").lower() in names:  # of another kind: a name stands once
            name.set(_VAL, f"{value_of(style, 'name')} (memo)")
        _refer(style, ids, num_ids_from)
        if banner is None or identity != BANNER_STYLE:
            _in_their_manner(style, read, theme, ids)
        root.append(style)
    return GraftedStyles(root=root, ids=ids, theirs=theirs)


def _ids(own: list[Element], read: ReadHouse, chosen: Mapping[str, str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for style in own:
        identity, name, kind = (
            style.get(W + "styleId", ""),
            value_of(style, "name"),
            style.get(W + "type", ""),
        )
        found = read.style_for(name, kind, chosen)
        if style.get(W + "default"):
            found = read.default_of(kind) or found
        if found is None:
            fresh = identity
            while fresh in read.by_id:
                fresh = f"Memo{fresh}"
            ids[identity] = fresh
        else:
            ids[identity] = found.id
    for style in own:  # where a house sets its items close, what closes a list must be an item like them
        base = style.find(W + "basedOn")
        if value_of(style, "name").endswith(_LAST) and base is not None:
            here = ids[base.get(_VAL, "")]
            if read.is_set(here, "pPr/contextualSpacing"):
                ids[style.get(W + "styleId", "")] = here
    return ids


def _refer(style: Element, ids: Mapping[str, str], num_ids_from: int) -> None:
    """Let a style of ours refer to the styles and lists as they are called here."""
    for tag in _REFERENCES:
        reference = style.find(W + tag)
        if reference is not None:
            reference.set(_VAL, ids[reference.get(_VAL, "")])
    for number in style.iter(W + "numId"):
        number.set(_VAL, str(int(number.get(_VAL, "0")) + num_ids_from))


def _in_their_manner(style: Element, read: ReadHouse, theme: Theme, ids: Mapping[str, str]) -> None:
    """Leave to the house what is not the sense of a style: the colour of text, how running text is set."""
    for colour in list(style.iter(W + "color")):
        if colour.get(_VAL) == theme.ink:
            _remove(colour)
    name = value_of(style, "name")
    normal = ids["Normal"]
    if name == "Body Text":
        is_apart = read.resolved(normal, "pPr/spacing", "after") not in (None, "0")
        for properties in style.findall(W + "rPr") + (style.findall(W + "pPr") if is_apart else []):
            _remove(properties)
    if style.get(W + "type") == "paragraph" and (name == "Body Text" or name.startswith(_RUNNING)):
        for properties in style.findall(W + "rPr"):
            _remove(properties)
        for spacing in style.iter(W + "spacing"):
            for measure in {"line", "lineRule"} & {etree.QName(key).localname for key in spacing.attrib}:
                del spacing.attrib[W + measure]
        base = style.find(W + "basedOn")
        if base is not None and base.get(_VAL) == normal and name != "Body Text":
            base.set(_VAL, ids["BodyText"])
    base = style.find(W + "basedOn")
    if name.endswith(_LAST) and base is not None and base.get(_VAL) in read.by_id:
        _close_as_text(style, base.get(_VAL, ""), read, ids)
    if style.get(W + "default") and read.default_of(style.get(W + "type", "")) is not None:
        del style.attrib[W + "default"]


def _close_as_text(style: Element, base: str, read: ReadHouse, ids: Mapping[str, str]) -> None:
    """Leave as much room below what closes a list of the house's as below its running text or its items."""
    gaps = (read.resolved(id_, "pPr/spacing", "after") or "" for id_ in (base, ids["BodyText"]))
    known = [int(gap) for gap in gaps if gap.isdecimal()]
    for spacing in style.iter(W + "spacing"):
        if known:
            spacing.set(W + "after", str(max(known)))


def _speak(root: Element, language: str) -> None:
    """Set the language of the whole document; no style of text speaks another."""
    for spoken in list(root.iter(W + "lang")):
        _remove(spoken)
    defaults = root.find(W + "docDefaults")
    if defaults is None:
        defaults = etree.Element(W + "docDefaults")
        root.insert(0, defaults)
    holder = defaults.find(W + "rPrDefault")
    if holder is None:
        holder = etree.Element(W + "rPrDefault")
        defaults.insert(0, holder)
    properties = holder.find(W + "rPr")
    if properties is None:
        properties = etree.SubElement(holder, W + "rPr")
    add_language(properties, language)
    behind = [
        child for child in properties if etree.QName(child).localname in ("eastAsianLayout", "specVanish")
    ]
    properties.extend(behind)  # after w:lang, in the schema's order


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
