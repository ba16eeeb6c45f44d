"""Our lists among those of a house: its definitions stay, ours follow, with its own bullets and numbers.

A list of ours is always an instance of a definition of ours, so that each can begin anew and go as deep as
any memo does; of the house's list style it takes every level that the house has defined (§17.9).
"""

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from briefbook.frozen import frozen
from briefbook.writers.docx_styles import NSMAP, NUM_IDS, Element, W
from briefbook.writers.house_file import ReadHouse

_VAL = W + "val"
_LISTS = {"ListBullet": "bullet", "ListNumber": ""}  # styles of ours whose levels a house may know better


@frozen
class GraftedNumbering:
    """The root of word/numbering.xml with all definitions, and what is added to our ids in it."""

    root: Element
    num_ids_from: int
    definitions_from: int

    def with_instances(self, own: Element) -> Element:
        """The numbering of one memo: `own` is ours alone, with the instances of its lists."""
        root = deepcopy(self.root)
        known = set(map(str, NUM_IDS.values()))
        for instance in own.iterfind(W + "num"):
            if instance.get(W + "numId") not in known:
                root.append(self.renumbered(instance))
        return root

    def renumbered(self, instance: Element) -> Element:
        """A copy of an instance of ours with its numbers here."""
        instance = deepcopy(instance)
        instance.set(W + "numId", str(int(instance.get(W + "numId", "0")) + self.num_ids_from))
        definition = instance.find(W + "abstractNumId")
        assert definition is not None
        definition.set(_VAL, str(int(definition.get(_VAL, "0")) + self.definitions_from))
        return instance


def grafted_numbering(
    read: ReadHouse, own: Element, ids: Mapping[str, str], theirs: frozenset[str]
) -> GraftedNumbering:
    """The house's definitions and ours. `ids`: the styles' ids here by ours; `theirs`: those of the house."""
    kept = read.package.root("word/numbering.xml")
    root = etree.Element(W + "numbering", nsmap=NSMAP) if kept is None else deepcopy(kept)
    for mark in root.findall(W + "numIdMacAtCleanup"):  # it would have to stand last
        root.remove(mark)
    grafted = GraftedNumbering(
        root=root,
        num_ids_from=_largest(root, "num", "numId"),
        definitions_from=_largest(root, "abstractNum", "abstractNumId") + 1,
    )
    place = sum(1 for child in root if child.tag != W + "num")  # definitions before instances
    for definition in own.iterfind(W + "abstractNum"):
        definition = deepcopy(definition)
        number = int(definition.get(W + "abstractNumId", "0")) + grafted.definitions_from
        definition.set(W + "abstractNumId", str(number))
        link = definition.find(f"{W}lvl/{W}pStyle")
        if link is not None:
            style = link.get(_VAL, "")
            if style in theirs:
                link.getparent().remove(link)  # type: ignore[union-attr]  # the house's definition has it
                if style in _LISTS:
                    _take_levels(definition, ids[style], _LISTS[style], read)
            else:
                link.set(_VAL, ids[style])
        root.insert(place, definition)
        place += 1
    for instance in own.iterfind(W + "num"):
        if instance.get(W + "numId") in set(map(str, NUM_IDS.values())):
            root.append(grafted.renumbered(instance))
    return grafted


def own_num_ids(read: ReadHouse) -> int:
    """What `grafted_numbering` adds to our list instances."""
    kept = read.package.root("word/numbering.xml")
    return 0 if kept is None else _largest(kept, "num", "numId")


def _largest(root: Element, tag: str, attribute: str) -> int:
    found = [each.get(W + attribute, "") for each in root.iterfind(W + tag)]
    return max((int(each) for each in found if each.isdecimal() and len(each) < 10), default=0)


def _take_levels(definition: Element, style: str, form: str, read: ReadHouse) -> None:
    """Put in the levels of the list that a style of the house is of, as far as they are of our kind."""
    theirs = _definition_of(style, read)
    if theirs is None:
        return
    levels = {each.get(W + "ilvl"): each for each in theirs.iterfind(W + "lvl")}
    for own in list(definition.iterfind(W + "lvl")):
        level = levels.get(own.get(W + "ilvl"))
        written = None if level is None else level.find(W + "numFmt")
        sign = "" if written is None else written.get(_VAL, "")
        if level is None or sign == "none" or (sign == "bullet") != (form == "bullet"):
            continue
        level = deepcopy(level)
        for link in level.findall(W + "pStyle"):
            level.remove(link)
        if own.get(W + "ilvl") == "0":
            _indent_as(level, style, read)
        definition.replace(own, level)


def _definition_of(style: str, read: ReadHouse) -> Element | None:
    root = read.package.root("word/numbering.xml")
    number = read.resolved(style, "pPr/numPr/numId")
    if root is None or number in (None, "0"):
        return None
    instance = next((each for each in root.iterfind(W + "num") if each.get(W + "numId") == number), None)
    name = None if instance is None else instance.find(W + "abstractNumId")
    if name is None:
        return None
    found = (d for d in root.iterfind(W + "abstractNum") if d.get(W + "abstractNumId") == name.get(_VAL))
    return next(found, None)


def _indent_as(level: Element, style: str, read: ReadHouse) -> None:
    """Indent a level as its style does: a style's own indent counts before that of its list (§17.9.23)."""
    own = read.by_id[style].find(f"{W}pPr/{W}ind")
    if own is None:
        return
    properties = level.find(W + "pPr")
    if properties is None:
        properties = etree.Element(W + "pPr")
        before = [child for child in level if child.tag == W + "rPr"]
        level.insert(level.index(before[0]) if before else len(level), properties)
    for indent in properties.findall(W + "ind"):
        properties.remove(indent)
    properties.append(deepcopy(own))
