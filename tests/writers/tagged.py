"""Reads a tagged PDF back: its structure tree with the text of each element, and what is no part of it.

By pikepdf alone, through the parent tree, marked content and the ToUnicode maps, as a screen reader does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

# All operators that draw, but Tj (ISO 32000-1, table 51).
PAINTING = frozenset(
    ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "TJ", "'", '"', "INLINE IMAGE")
)
INLINE = frozenset(("Span", "Link", "Reference"))  # text goes on through these


@dataclass(slots=True, kw_only=True)
class Node:
    """A structure element: its kids are nodes and the texts of marked content, in reading order."""

    role: str
    element: Any
    file: pikepdf.Pdf  # which its element and annotations die with
    kids: "list[Node | str]" = field(default_factory=list)
    annotations: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says: elements stand apart, runs within one do not; a picture's words are its Alt.

        The sign behind a citation's number, which leads out of the document, is none of its words.
        """
        if "/Alt" in self.element:
            return "" if self.is_way_out else str(self.element.Alt)
        return "".join(
            kid if isinstance(kid, str) else kid.text if kid.role in INLINE else f"\n{kid.text}\n"
            for kid in self.kids
        )

    @property
    def is_way_out(self) -> bool:
        """True for the link of a sign that leads to the words in a source."""
        return self.role == "Link" and self.kids == ["↗"]

    @property
    def words(self) -> list[str]:
        """Its words; a soft hyphen is none."""
        return self.text.replace("\u00ad", "").split()

    def walk(self) -> "Iterator[Node]":
        """Itself and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.walk()

    def all(self, *roles: str) -> "list[Node]":
        """The nodes of some roles, in reading order."""
        return [node for node in self.walk() if node.role in roles]

    def attribute(self, name: str) -> str | None:
        """An attribute of its attribute object."""
        attributes = self.element.get("/A")
        value = None if attributes is None else attributes.get(f"/{name}")
        return None if value is None else str(value).removeprefix("/")

    def outline(self) -> Any:
        """Its role and those below it, nested, inline ones left out."""
        kids = [kid.outline() for kid in self.kids if isinstance(kid, Node) and kid.role not in INLINE]
        return (self.role, *kids) if kids else self.role


@dataclass(slots=True, kw_only=True)
class Artifact:
    """Content that is no part of the structure: its type, its subtype and its text, "" for a line."""

    type: str
    subtype: str
    text: str
    page: int


@dataclass(slots=True, kw_only=True)
class Tagged:
    """A tagged file as it was read."""

    file: pikepdf.Pdf
    root: Node
    artifacts: list[Artifact]
    order: list[tuple[int, int]]  # page and identifier of all content, in the order of the structure


def read_tagged(data: bytes) -> Tagged:
    """Read a file. Fails where content is neither tagged nor an artifact, or where the trees disagree."""
    file = pikepdf.open(BytesIO(data))
    contents: dict[tuple[int, int], str] = {}  # (page, identifier) → text
    artifacts: list[Artifact] = []
    for number, page in enumerate(file.pages):
        for properties, text in marked_content(page):
            if "/MCID" in properties:
                key = number, int(properties["/MCID"])
                assert key not in contents
                contents[key] = text
            else:
                type_, subtype = (
                    str(properties.get(name, "")).removeprefix("/") for name in ("/Type", "/Subtype")
                )
                artifacts.append(Artifact(type=type_, subtype=subtype, text=text, page=number))
    reader = _Reader(file=file, contents=contents)
    tree = file.Root.StructTreeRoot
    root = reader.node(tree.K, tree)
    assert not reader.contents, f"content of no element: {reader.contents}"
    annotations = [annotation for page in file.pages for annotation in page.obj.get("/Annots", [])]
    assert len(annotations) == sum(len(node.annotations) for node in root.walk())
    return Tagged(file=file, root=root, artifacts=artifacts, order=reader.order)


def marked_content(page: pikepdf.Page) -> Iterator[tuple[Any, str]]:
    """The marked-content sequences of a page: properties and text. They never stand in one another.

    Fails where one is begun or ended alone, where text objects begin or end in one (ISO 32000-1, 14.6.1), and
    where anything is drawn outside of all.
    """
    fonts = {name: unicode_map(font) for name, font in page.resources["/Font"].items()}
    properties: Any = None
    text, font = "", {}
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        match str(operator):
            case "BDC" | "BMC":
                assert properties is None, "marked content in marked content"
                assert str(operator) == "BDC"
                properties, text = operands[1], ""
            case "EMC":
                assert properties is not None, "marked content ends that was not begun"
                yield properties, text
                properties = None
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj":
                assert properties is not None, "text that is not marked"
                text += "".join(font[code] for code in bytes(operands[0]))
            case "BT" | "ET":
                assert properties is None, "a text object begins or ends in marked content"
            case name if name in PAINTING:
                assert properties is not None, "drawing that is not marked"
    assert properties is None, "marked content that does not end"


def unicode_map(font: Any) -> dict[int, str]:
    """What the codes of a font mean, by its ToUnicode map."""
    pairs = re.findall(r"<(\w\w)> <(\w{4})>\n", font.ToUnicode.read_bytes().decode("ascii"))
    return {int(code, 16): chr(int(character, 16)) for code, character in pairs}


@dataclass(slots=True, kw_only=True)
class _Reader:
    file: pikepdf.Pdf
    contents: dict[tuple[int, int], str]
    order: list[tuple[int, int]] = field(default_factory=list)

    def node(self, element: Any, parent: Any) -> Node:
        assert element.P.objgen == parent.objgen
        node = Node(role=str(element.S).removeprefix("/"), element=element, file=self.file)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                node.kids.append(self._content(element, element.Pg, kid))
            elif kid.get("/Type") == "/MCR":
                node.kids.append(self._content(element, kid.Pg, int(kid.MCID)))
            elif kid.get("/Type") == "/OBJR":
                assert self.parents(int(kid.Obj.StructParent)).objgen == element.objgen
                assert kid.Obj.objgen in [found.objgen for found in kid.Pg.Annots]
                node.annotations.append(kid.Obj)
            else:
                node.kids.append(self.node(kid, element))
        return node

    def _content(self, element: Any, page: Any, identifier: int) -> str:
        assert self.parents(int(page.StructParents))[identifier].objgen == element.objgen
        number = next(i for i, found in enumerate(self.file.pages) if found.objgen == page.objgen)
        self.order.append((number, identifier))
        return self.contents.pop((number, identifier))

    def parents(self, key: int) -> Any:
        """What the parent tree has for a key."""
        numbers = list(self.file.Root.StructTreeRoot.ParentTree.Nums)
        return numbers[2 * [int(number) for number in numbers[::2]].index(key) + 1]
