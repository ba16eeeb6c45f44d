"""What a house's own Word file gives to a memo: its styles by name, its sheet, what stands around the memo.

A style is known by its name (w:name), never by its id: in files of other languages, and of other programs,
ids are anything (ECMA-376 Part 1 §17.7.4.9). Names are compared without regard to letters' case.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache

from briefbook.frozen import frozen
from briefbook.writers.docx_styles import Element, W, template_styles
from briefbook.writers.house_contents import refuse_broken_fields
from briefbook.writers.house_package import HousePackage, open_house
from briefbook.writers.theme import HouseFile, Page, Theme

MARKER = "{briefbook}"  # the paragraph, or a content control's tag without the braces, where the memo goes
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEFAULT_SIZE = 10.0  # points, where a file names no size (§17.3.2.38)
_SIZES = (7.0, 20.0)  # between which our styles follow a house's size of text
_LETTER = (12240, 15840)
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_PICTURES = (W + "drawing", W + "pict")
_YES = ("1", "true", "on")
_NOTES = (W + "footnoteReference", W + "endnoteReference")


@frozen
class HouseStyle:
    """A style of the house: its id, its name as Word shows it, and its kind (paragraph, character, table)."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property needs a place to keep its value
class ReadHouse:
    """A house file that was opened. The elements are models: copy them, never change them."""

    package: HousePackage
    before: tuple[Element, ...]  # the cover: body content before the memo
    behind: tuple[Element, ...]  # and after it
    section: Element | None  # w:sectPr in which the memo stands, None where the file has none
    left_out: str  # the first words of body content that is not carried over
    lost_marker: str  # where in that MARKER stands, as "a table"; empty where it does not
    notes_left_out: int  # footnotes and endnotes of the cover and of what closes a memo

    @cached_property
    def styles(self) -> Mapping[tuple[str, str], HouseStyle]:
        """The styles by kind and name in lower case, aliases too."""
        found: dict[tuple[str, str], HouseStyle] = {}
        for element in self._styles.iterfind(W + "style"):
            names = value_of(element, "name"), *value_of(element, "aliases").split(",")
            kind = element.get(W + "type", "paragraph")
            style = HouseStyle(id=element.get(W + "styleId", ""), name=names[0], kind=kind)
            for name in names if style.id else ():
                if name.strip():
                    found.setdefault((kind, name.strip().lower()), style)
        return found

    @cached_property
    def table_styles(self) -> frozenset[str]:
        """The ids of the table styles that are the house's own: made for it, or used in its text."""
        root = self.package.document.root
        named = () if root is None else root.iter(W + "tblStyle")
        used = {name.get(W + "val", "") for name in named}
        made = (id_ for id_, style in self.by_id.items() if style.get(W + "customStyle") in _YES)
        return frozenset(used.union(made))

    @cached_property
    def has_own_section(self) -> bool:
        """Whether the memo's section ends before what closes the file."""
        return any(section_in(block) is not None for block in self.behind)

    @cached_property
    def closes_in_section(self) -> bool:
        """Whether words or pictures follow the memo in its section: endnotes come behind these."""
        for block in self.behind:
            if "".join(_words(block)).strip() or next(block.iter(*_PICTURES), None) is not None:
                return True
            if section_in(block) is not None:
                return False
        return False

    @cached_property
    def printed_markers(self) -> tuple[str, ...]:
        """Where MARKER stands as a word that every memo prints: in the text, in a header, in a footer."""
        found = [place for block in (*self.before, *self.behind) if (place := _place_of_marker(block))]
        for name, part in self.package.parts.items():
            kind = next((kind for kind in ("header", "footer") if name.startswith(f"word/house-{kind}")), "")
            if kind and part.root is not None and _place_of_marker(part.root):
                found.append(f"a {kind}")
        return tuple(dict.fromkeys(found))

    @cached_property
    def _styles(self) -> Element:
        root = self.package.root("word/styles.xml")
        assert root is not None  # `open_house` has seen to it
        return root

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        """The styles' elements by their ids."""
        return {each.get(W + "styleId", ""): each for each in self._styles.iterfind(W + "style")}

    def default_of(self, kind: str) -> HouseStyle | None:
        """The default style of a kind (§17.7.4.17)."""
        for element in self._styles.iterfind(W + "style"):
            if (
                element.get(W + "type") == kind
                and element.get(W + "styleId")
                and element.get(W + "default") in _YES
            ):
                return HouseStyle(
                    id=element.get(W + "styleId", ""), name=value_of(element, "name"), kind=kind
                )
        return None

    def _chain(self, style: str | None) -> Iterator[Element]:
        """A style and those that it is based on, the nearest first; each once, if they go in a circle."""
        known: set[str] = set()
        while style and style not in known and style in self.by_id:
            known.add(style)
            yield self.by_id[style]
            style = value_of(self.by_id[style], "basedOn")

    def tab_stops(self, style: str) -> set[int]:
        """A style's tab stops but for those behind a list's number, in twentieths of a point (§17.3.1.37)."""
        stops = (tab for each in self._chain(style) for tab in each.iterfind(f"{W}pPr/{W}tabs/{W}tab"))
        found = (_number(tab.get(W + "pos", "")) for tab in stops if tab.get(W + "val") != "num")
        return {round(position) for position in found if position is not None}

    def resolved(self, style: str | None, path: str, attribute: str = "val") -> str | None:
        """A property of a style, its bases or the defaults, such as "rPr/sz"; None if none says it."""
        steps = "/".join(W + step for step in path.split("/"))
        for each in self._chain(style):
            found = each.find(steps)
            if found is not None and found.get(W + attribute) is not None:
                return found.get(W + attribute)
        kind = path.partition("/")[0]
        found = self._styles.find(f"{W}docDefaults/{W}{kind}Default/{steps}")
        return None if found is None else found.get(W + attribute)

    def is_set(self, style: str, path: str) -> bool:
        """Whether a style or one of its bases says yes to a toggle, such as "pPr/contextualSpacing"."""
        steps = "/".join(W + step for step in path.split("/"))
        for each in self._chain(style):
            found = each.find(steps)
            if found is not None:
                return found.get(W + "val", "1") not in ("0", "false", "off")
        return False

    def style_for(self, name: str, kind: str, chosen: Mapping[str, str]) -> HouseStyle | None:
        """The house's style for one of ours: what the settings choose, else the one of the same name."""
        wanted = chosen.get(name.lower(), name).lower()
        return self.styles.get((kind, wanted))

    def text_size(self, chosen: Mapping[str, str]) -> float:
        """The size of running text in points."""
        body = self.style_for("Body Text", "paragraph", chosen) or self.default_of("paragraph")
        half_points = self.resolved(body.id if body else None, "rPr/sz")
        size = _number(half_points or "")
        return _DEFAULT_SIZE if size is None else min(max(size / 2, _SIZES[0]), _SIZES[1])

    def face(self, chosen: Mapping[str, str]) -> str | None:
        """The face of running text: a style's own, else the one that the house's theme names (§17.3.2.26)."""
        body = self.style_for("Body Text", "paragraph", chosen) or self.default_of("paragraph")
        style = body.id if body else None
        named = self.resolved(style, "rPr/rFonts", "ascii")
        themed = self.resolved(style, "rPr/rFonts", "asciiTheme")
        theme = self.package.root("word/theme/theme1.xml")
        if named or not themed or theme is None:
            return named
        kind = "majorFont" if themed.startswith("major") else "minorFont"
        latin = theme.find(f".//{_A}{kind}/{_A}latin")
        return (None if latin is None else latin.get("typeface")) or None

    def accent(self, chosen: Mapping[str, str]) -> str | None:
        """The colour of the house's highest headings, where it is a plain one."""
        heading = self.style_for("heading 1", "paragraph", chosen)
        colour = self.resolved(heading.id, "rPr/color") if heading else None
        return colour if colour and _COLOUR.fullmatch(colour) else None

    @property
    def page(self) -> Page:
        """The sheet of the memo's section with its margins, or the first column's of several."""
        size = self._of_section("pgSz")
        margins = self._of_section("pgMar")
        columns = self._of_section("cols")
        width, height = (_points(size, name, default) for name, default in zip("wh", _LETTER, strict=True))
        left = _points(margins, "left", 1440) + _points(margins, "gutter", 0)
        right = _points(margins, "right", 1440)
        count = round(_points(columns, "num", 1) * 20)
        if count > 1:
            gap = _points(columns, "space", 720)
            right = width - left - (width - left - right - (count - 1) * gap) / count
        top, bottom = (abs(_points(margins, side, 1440)) for side in ("top", "bottom"))
        return Page(width=width, height=height, left=left, right=right, top=top, bottom=bottom)

    def _of_section(self, name: str) -> Element | None:
        return None if self.section is None else self.section.find(W + name)


def chosen_styles(house: HouseFile) -> dict[str, str]:
    """The names of the house's styles by ours in lower case, as the settings have them."""
    return {each.ours.lower(): each.theirs for each in house.styles}


@lru_cache(maxsize=1)
def own_styles() -> Mapping[str, HouseStyle]:
    """The styles that a memo uses, by their names in lower case."""
    root = template_styles(Theme(), "en")
    styles = (
        HouseStyle(
            id=each.get(W + "styleId", ""),
            name=value_of(each, "name"),
            kind=each.get(W + "type", "paragraph"),
        )
        for each in root.iterfind(W + "style")
    )
    return {style.name.lower(): style for style in styles}


@lru_cache(maxsize=4)
def read_house(house: HouseFile) -> ReadHouse:
    """Read a house's Word file; kept, since most memos of a book have it in common. Raises HouseRefused."""
    package = open_house(house.file.data)
    assert package.document.root is not None
    body = package.document.root.find(W + "body")
    # A mark of a note that is no part of a paragraph is at home nowhere in a body.
    blocks = [block for block in (() if body is None else body) if block.tag not in _NOTES]
    notes = [sum(1 for _ in block.iter(*_NOTES)) for block in blocks]
    blocks = [_without_notes(block) for block in blocks]
    last = blocks.pop() if blocks and blocks[-1].tag == W + "sectPr" else None
    at = next((index for index, block in enumerate(blocks) if _is_marker(block)), None)
    if at is None:
        end = max(
            (index + 1 for index, block in enumerate(blocks) if section_in(block) is not None), default=0
        )
        if end == 0 and blocks and _is_cover(blocks[0]):
            end = 1
        _refuse_straddling(blocks[:end], (), last)
        words = " ".join("".join(_words(block)) for block in blocks[end:]).split()
        return ReadHouse(
            package=package, before=tuple(blocks[:end]), behind=(), section=last,
            left_out=" ".join(words)[:60], notes_left_out=sum(notes[:end]),
            lost_marker=next(filter(None, map(_place_of_marker, blocks[end:])), ""),
        )  # fmt: skip
    before, behind = blocks[:at], blocks[at + 1 :]
    own = section_in(blocks[at])
    if own is not None:  # the marker's own paragraph ends a section: without its words it goes on doing so
        behind.insert(0, _bare(blocks[at]))
    inner = next((found for block in behind if (found := section_in(block)) is not None), None)
    _refuse_straddling(before, behind, last)
    return ReadHouse(
        package=package, before=tuple(before), behind=tuple(behind),
        section=last if inner is None else inner, left_out="", lost_marker="",
        notes_left_out=sum(notes[:at] + notes[at + 1 :]),
    )  # fmt: skip


def _refuse_straddling(before: Sequence[Element], behind: Sequence[Element], last: Element | None) -> None:
    for blocks in (before, behind, () if last is None else (last,)):
        refuse_broken_fields(blocks)


def sections_before(read: ReadHouse) -> Iterator[Element]:
    """The sections of the cover and the memo's own: a section takes headers over from the one before it."""
    for block in read.before:
        found = section_in(block)
        if found is not None:
            yield found
    if read.section is not None:
        yield read.section


def _is_marker(block: Element) -> bool:
    return _is_place(block) or (
        block.tag in (W + "p", W + "sdt") and "".join(_words(block)).strip() == MARKER
    )


def _is_place(block: Element) -> bool:
    """A content control whose tag or title says that the memo goes there."""
    properties = block.find(W + "sdtPr") if block.tag == W + "sdt" else None
    return properties is not None and any(
        value_of(properties, name).lower() == MARKER[1:-1] for name in ("tag", "alias")
    )


def _place_of_marker(root: Element) -> str:
    """Where MARKER stands: in a table, in a box or else in the text; empty where it does not."""
    found = [
        each
        for each in root.iter(W + "p", W + "sdt")
        if _is_place(each) or (each.tag == W + "p" and MARKER in "".join(_words(each)))
    ]
    around = {str(each.tag) for each in found[-1].iterancestors()} if found else set()  # the innermost
    if W + "txbxContent" in around:
        return "a box"
    return "a table" if W + "tbl" in around else "the text" if found else ""


def _is_cover(block: Element) -> bool:
    """A page from Word's gallery of covers (§17.5.2.11)."""
    found = block.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return found is not None and found.get(W + "val") == "Cover Pages"


def section_in(block: Element) -> Element | None:
    """w:sectPr of the section that a block ends, if it ends one (§17.6.18)."""
    return block.find(f"{W}pPr/{W}sectPr") if block.tag == W + "p" else None


def _bare(paragraph: Element) -> Element:
    bare = deepcopy(paragraph)
    for child in list(bare):
        if child.tag != W + "pPr":
            bare.remove(child)
    return bare


def _without_notes(block: Element) -> Element:
    """A copy of a block without the marks of its notes: the notes of a memo are its sources alone."""
    block = deepcopy(block)
    for note in list(block.iter(*_NOTES)):
        parent = note.getparent()
        assert parent is not None
        parent.remove(note)
    return block


def _words(block: Element) -> Iterable[str]:
    return (text.text or "" for text in block.iter(W + "t"))


def value_of(element: Element, name: str) -> str:
    """w:val of a child, such as a style's w:name; nothing where it has none."""
    found = element.find(W + name)
    return "" if found is None else found.get(W + "val", "")


def _points(element: Element | None, name: str, default: int) -> float:
    """A measure in twentieths of a point, as points; `default` where it is not given or is no number."""
    written = None if element is None else element.get(W + name)
    found = default if written is None else _number(written)
    return round((default if found is None else found) / 20, 2)


def _number(written: str) -> float | None:
    """A number of a length that a measure can have."""
    return float(written) if _NUMBER.fullmatch(written) else None
