"""A paragraph of WordprocessingML as words, marks and fields, so that two of them can be compared.

A word is one token, and so is each white space, sign, tab, note, picture; a field is one as a whole, for half
a field would be damaged. Links and content controls are containers: a token says in which it stands.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from briefbook.writers.docx_styles import Element, R, W
from briefbook.writers.redline_marks import canonical

_WORD = re.compile(r"\w+(?:[’'.,\-\u2011]\w+)*|\s|[^\w\s]")
_RPR, _TEXT, _RUN = W + "rPr", W + "t", W + "r"
_CONTAINERS = frozenset(W + name for name in ("hyperlink", "sdt", "smartTag", "dir", "bdo"))
_POINTS = frozenset(
    W + name
    for name in (
        *("bookmarkStart", "bookmarkEnd", "permStart", "permEnd"),
        *("commentRangeStart", "commentRangeEnd"),
    )
)
_DROPPED = frozenset(W + name for name in ("proofErr", "lastRenderedPageBreak", "pPr"))
_SPOKEN_ALONE = frozenset(W + name for name in ("tooltip", "history"))  # of a link: not where it leads
NOTE_REFERENCES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
# Of a picture: numbered anew in each document (§20.4.2.5).
_PICTURE_NAMES = frozenset(("id", "name"))

Path = tuple[Element, ...]
NoteKey = Callable[[str, str], Hashable]  # (kind, identity) → the same for notes that belong together


class Piece(NamedTuple):  # as Token: nothing else is made so often, and a tuple is made in no time
    """What a run holds: some of its text, or one child."""

    run: Element
    content: Element | str

    @property
    def look(self) -> Element | None:
        """The run's properties."""
        return _look_of(self.run)


class Token(NamedTuple):
    """The least that is inserted or deleted. Two with the same key are the same but for their look."""

    key: Hashable
    path: Path  # containers, from the outermost
    pieces: tuple[Piece, ...]
    look: bytes = b""  # of the run of a single piece
    text: str = ""
    whole: Element | None = None  # instead of pieces: no run, as a formula
    run: Element | None = None  # of a word, white space or sign: where it stands


@dataclass(slots=True, kw_only=True)
class Line:
    """A paragraph's tokens, and what has no width: (number of tokens before it, container, element)."""

    tokens: list[Token] = field(default_factory=list)
    points: list[tuple[int, Path, Element]] = field(default_factory=list)
    is_entangled: bool = False  # with a field that holds containers, or begins or ends elsewhere


def line_of(paragraph: Element, note_key: NoteKey) -> Line:
    """The tokens of a paragraph."""
    reader = _Reader(note_key)
    reader.read(paragraph, ())
    if reader.opened:
        reader.line.is_entangled = True
        reader.give_up()
    return reader.line


class _Reader:
    """Reads the children of a paragraph and of its containers."""

    def __init__(self, note_key: NoteKey) -> None:
        self.line = Line()
        self.opened: list[Piece] = []  # of a field that has not ended
        self._depth = 0
        self._path: Path = ()
        self._note_key = note_key
        self._looks: dict[Element, bytes] = {}

    def read(self, parent: Element, path: Path) -> None:
        """Read what stands in a paragraph or container."""
        for child in parent.iterchildren(etree.Element):
            tag = child.tag
            if tag == _RUN:
                self._run(child, path)
            elif tag in _POINTS:
                self.line.points.append((len(self.line.tokens), path, child))
            elif tag in _CONTAINERS:
                self._container(child, path)
            elif tag == W + "fldSimple":
                self._field_of(tuple(_complex(child)), path, canonical(child))
            elif tag not in _DROPPED:
                key = ("whole", canonical(child), _keys(path))
                self.line.tokens.append(Token(key=key, path=path, pieces=(), whole=child))

    def give_up(self) -> None:
        """Let the parts of a field that has no end here be tokens of their own."""
        pieces, self.opened, self._depth = self.opened, [], 0
        for piece in pieces:
            self._piece(piece, self._path)

    def _container(self, child: Element, path: Path) -> None:
        if self.opened:
            self.line.is_entangled = True
            self.give_up()
        content = child.find(W + "sdtContent") if child.tag == W + "sdt" else child
        before = len(self.line.tokens)
        if content is not None:
            self.read(content, (*path, child))
        if self.opened:
            self.line.is_entangled = True
            self.give_up()
        if len(self.line.tokens) == before:  # nothing in it
            self.line.points.append((before, path, child))

    def _run(self, run: Element, path: Path) -> None:
        for child in run.iterchildren(etree.Element):
            tag = child.tag
            if tag == _TEXT and not self._depth:
                self._words(child.text or "", run, path)
                continue
            if tag == _RPR or tag in _DROPPED:
                continue
            kind = child.get(W + "fldCharType") if tag == W + "fldChar" else None
            if kind == "begin":
                self._path = path
                self._depth += 1
            if self._depth:
                self.opened.append(Piece(run=run, content=child))
            elif kind is not None:  # of a field that began elsewhere
                self.line.is_entangled = True
                self._piece(Piece(run=run, content=child), path)
            else:
                self._piece(Piece(run=run, content=child), path)
            if kind == "end" and self._depth:
                self._depth -= 1
                if not self._depth:
                    pieces, self.opened = tuple(self.opened), []
                    self._field_of(pieces, path, b"".join(map(self._spelled, pieces)))

    def _words(self, text: str, run: Element, path: Path) -> None:
        look, around = self._look(run), _keys(path)
        for word in _WORD.findall(text):
            key = (word, around) if path else word
            self.line.tokens.append(Token(key, path, (Piece(run, word),), look, word, run=run))

    def _field_of(self, pieces: tuple[Piece, ...], path: Path, spelled: bytes) -> None:
        text = "".join(text_of(piece.content) for piece in pieces if not isinstance(piece.content, str))
        self.line.tokens.append(
            Token(key=("field", spelled, _keys(path)), path=path, pieces=pieces, text=text)
        )

    def _spelled(self, piece: Piece) -> bytes:
        content = piece.content
        spelled = content.encode() if isinstance(content, str) else canonical(content)
        return b"<" + self._look(piece.run) + b">" + spelled

    def _look(self, run: Element) -> bytes:
        if run not in self._looks:
            self._looks[run] = canonical(_look_of(run))
        return self._looks[run]

    def _piece(self, piece: Piece, path: Path) -> None:
        content = piece.content
        assert not isinstance(content, str)  # words are read by `_words`
        key: Hashable
        if content.tag in NOTE_REFERENCES:
            key, text = self._note_key(NOTE_REFERENCES[content.tag], content.get(W + "id", "")), ""
        elif content.tag == W + "drawing":
            key, text = _picture(content), ""
        else:
            key, text = canonical(content), text_of(content)
        if path:
            key = (key, _keys(path))
        look = self._look(piece.run)
        self.line.tokens.append(Token(key=key, path=path, pieces=(piece,), look=look, text=text))


def _look_of(run: Element) -> Element | None:
    return next(run.iterchildren(_RPR), None)


def _keys(path: Path) -> tuple[Hashable, ...]:
    return tuple(map(container_key, path))


def container_key(container: Element) -> Hashable:
    """The same for containers whose content may be compared: links that lead there, controls of a tag."""
    if container.tag == W + "sdt":
        properties = container.find(W + "sdtPr")
        for name in ("tag", "alias", "id"):
            named = None if properties is None else properties.find(W + name)
            if named is not None:
                return (container.tag, named.get(W + "val"))
        return (container.tag,)
    said = tuple(sorted((name, value) for name, value in container.items() if name not in _SPOKEN_ALONE))
    return (container.tag, said)


def _picture(drawing: Element) -> bytes:
    """A picture in one spelling, without the number and name that it got in its document."""
    spelled = []
    for element in drawing.iter(etree.Element):
        kept = sorted((str(name), value) for name, value in element.items() if name not in _PICTURE_NAMES)
        spelled.append(f"{element.tag} {kept} {(element.text or '').strip()}")
    return "\n".join(spelled).encode()


def text_of(element: Element) -> str:
    """The text of one child of a run, as it tells a reader: a tab and a forced line are white space."""
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag == W + "tab":
        return "\t"
    return "\n" if element.tag in (W + "br", W + "cr") else ""


def counted_words(texts: Iterable[str]) -> frozenset[Hashable]:
    """The words of texts; full stops and dashes say nothing of what a text is about.

    A word that comes again is told with its number, so that two sets share as many as their texts do. That
    takes a tenth of the time of two counters.
    """
    again: Counter[str] = Counter()
    found: set[Hashable] = set()
    for text in texts:
        for word in _WORD.findall(text):
            if not word[0].isalnum():
                continue
            if word in found:
                again[word] += 1
                found.add((word, again[word]))
            else:
                found.add(word)
    return frozenset(found)


def text_in(block: Element) -> str:
    """The text of any block, tabs and forced lines included."""
    return "".join(texts_in(block))


_TEXTS = (_TEXT, W + "tab", W + "br", W + "cr")


def texts_in(block: Element) -> Iterator[str]:
    """The text of any block, piece by piece."""
    for element in block.iter(*_TEXTS):
        parent = element.getparent()
        if parent is not None and parent.tag == _RUN:  # w:tab is also a stop among the properties
            yield text_of(element)


def _complex(simple: Element) -> Iterator[Piece]:
    """A simple field (§17.16.19) as the runs of a complex one (§17.16.18), which can be marked."""
    for kind in ("begin", None, "separate"):
        run = etree.Element(_RUN)
        if kind is None:
            words = etree.SubElement(run, W + "instrText")
            words.text = simple.get(W + "instr", "")
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            etree.SubElement(run, W + "fldChar").set(W + "fldCharType", kind)
        yield Piece(run=run, content=run[0])
    for run in simple.iter(_RUN):
        yield from (Piece(run=run, content=child) for child in run if child.tag != _RPR)
    end = etree.Element(_RUN)
    etree.SubElement(end, W + "fldChar").set(W + "fldCharType", "end")
    yield Piece(run=end, content=end[0])


def links_in(elements: Iterable[Element]) -> Iterator[tuple[Element, str]]:
    """Every attribute that names a relationship, of elements and what is in them."""
    for element in elements:
        for inner in element.iter(etree.Element):
            for name in inner.attrib:
                if str(name).startswith(R):
                    yield inner, str(name)
