"""Writes one paragraph of a redline: its tokens in runs, in the containers and marks that they need."""

from collections.abc import Hashable
from dataclasses import dataclass

from lxml import etree

from briefbook.writers.docx_styles import Element, W
from briefbook.writers.redline_changes import Change, Step
from briefbook.writers.redline_marks import DELETED, INSERTED, MOVED_FROM, MOVED_TO, Marks, copied, unwrap
from briefbook.writers.redline_words import Line, Path, Piece, Token, container_key

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What deleted text is called (§17.4.20, §17.16.13); what moved away keeps its names (§17.13.5.22).
_DELETED_NAMES = {W + "t": W + "delText", W + "instrText": W + "delInstrText"}
_SDT = W + "sdt"


@dataclass(slots=True, kw_only=True)
class _Open:
    """A container that is being written."""

    key: Hashable
    home: Element  # as written
    inside: Element  # what takes its content
    old: Element | None = None  # which container of before it is
    new: Element | None = None

    def takes(self, container: Element, key: Hashable, is_old: bool) -> bool:
        """Whether the content of a container belongs into this one."""
        own = self.old if is_old else self.new
        return own is container or (own is None and self.key == key)

    def bind(self, container: Element, is_old: bool) -> None:
        """Say which container this one is."""
        if is_old:
            self.old = container
            return
        self.new = container
        if container.tag != _SDT:  # what a link says of itself is as it is now
            self.home.attrib.clear()
            self.home.attrib.update(dict(container.attrib))


class LineWriter:
    """Appends to one paragraph."""

    def __init__(self, paragraph: Element, marks: Marks, *, moved: bool = False) -> None:
        """`moved`: what is deleted moved away from here, and what is inserted moved here."""
        self._paragraph = paragraph
        self._marks = marks
        self._names = (
            {Change.DELETED: MOVED_FROM, Change.INSERTED: MOVED_TO}
            if moved
            else {Change.DELETED: DELETED, Change.INSERTED: INSERTED}
        )
        self._open: list[_Open] = []
        self._controls: list[_Open] = []
        self._mark: tuple[Change, Element] | None = None  # the last child of the innermost container
        self._run: tuple[object, Element] | None = None
        self._before: Step | None = None  # whose words were the last that the run took
        self._words: list[str] | None = None  # of the run's last child
        self._texts: list[tuple[Element, list[str]]] = []  # all that are still to be set

    def write(self, steps: list[Step], old: Line, new: Line) -> None:
        """Append tokens, and what has no width where it stands among them."""
        old_points, new_points = _points(old), _points(new)
        i = j = 0
        for step in steps:
            if step.old is not None:
                if i in old_points:
                    self._place(old_points, i, is_old=True)
                i += 1
            if step.new is not None:
                if j in new_points:
                    self._place(new_points, j, is_old=False)
                j += 1
            self._token(step)
        self._place(old_points, len(old.tokens), is_old=True)
        self._place(new_points, len(new.tokens), is_old=False)
        self._close(0)
        for element, words in self._texts:
            _set_text(element, "".join(words))
        for control in reversed(self._controls):  # those inside others first
            self._tell(control)

    # --------------------------------------------------------------------------------- containers

    def _place(self, points: dict[int, list[tuple[Path, Element]]], place: int, *, is_old: bool) -> None:
        for path, element in points.pop(place, []):
            self._enter(path, is_old=is_old)
            self._mark = self._run = None
            self._inside.append(copied(element))

    @property
    def _inside(self) -> Element:
        return self._open[-1].inside if self._open else self._paragraph

    def _enter(self, path: Path, *, is_old: bool) -> None:
        """Close and open containers until those of a path are open, and no others."""
        depth = 0
        for container in path:
            key = container_key(container)
            if depth < len(self._open) and self._open[depth].takes(container, key, is_old):
                self._open[depth].bind(container, is_old)
                depth += 1
                continue
            break
        self._close(depth)
        for container in path[depth:]:
            self._begin(container, is_old=is_old)

    def _close(self, depth: int) -> None:
        if len(self._open) > depth:
            del self._open[depth:]
            self._mark = self._run = None

    def _begin(self, container: Element, *, is_old: bool) -> None:
        home = etree.SubElement(self._inside, container.tag)
        home.attrib.update(container.attrib)
        inside = home
        if container.tag == _SDT:
            for child in container:
                if child.tag != W + "sdtContent":
                    home.append(copied(child))
            inside = etree.SubElement(home, W + "sdtContent")
        opened = _Open(key=container_key(container), home=home, inside=inside)
        opened.bind(container, is_old)
        self._open.append(opened)
        if container.tag == _SDT:
            self._controls.append(opened)
        self._mark = self._run = None

    def _tell(self, control: _Open) -> None:
        """Give a content control the properties of now; mark one that came, and take away one that went.

        Word has ranges for both (§17.13.5.4 to 17.13.5.7), but LibreOffice takes each for a change of looks
        of all that follows. So one that came stands in the mark of its words, and words that went stand in
        none, or Word would keep it, empty, with a prompt of its own.
        """
        if control.new is None:
            unwrap(control.inside, control.home)
            return
        old, properties = control.home.find(W + "sdtPr"), control.new.find(W + "sdtPr")
        if old is not None and properties is not None:  # though its content began with what was deleted
            control.home.replace(old, copied(properties))
        if control.old is None:
            name = self._names[Change.INSERTED]
            for mark in list(control.inside.iter(W + name)):
                unwrap(mark)
            around = self._marks.make(name)
            control.home.addprevious(around)
            around.append(control.home)

    # -------------------------------------------------------------------------------------- runs

    def _token(self, step: Step) -> None:
        token = step.old if step.new is None else step.new
        assert token is not None
        if self._goes_on(step):
            assert self._words is not None
            self._words.append(token.text)
            return
        self._before = step
        self._enter(token.path, is_old=step.change is Change.DELETED)
        if step.change is Change.KEPT:
            assert step.old is not None
            for container, opened in zip(step.old.path, self._open, strict=False):
                opened.bind(container, is_old=True)
        home = self._home(step.change)
        if token.whole is not None:
            home.append(copied(token.whole))
            self._run = None
            return
        before = step.old if step.change is Change.KEPT and step.old is not None else token
        is_changed = len(token.pieces) == 1 and before.look != token.look
        was = before.pieces[0] if is_changed else None
        for piece in token.pieces:
            self._put(self._run_for(piece, was, home), piece.content, step.change)

    def _goes_on(self, step: Step) -> bool:
        """Whether a step's words stand behind those of the step before, in every way as they do."""
        before = self._before
        return (
            before is not None
            and self._run is not None  # else something came between
            and before.change is step.change
            and _is_in_run_of(step.old, before.old)
            and _is_in_run_of(step.new, before.new)
        )

    def _home(self, change: Change) -> Element:
        """Where runs of a change go: into its mark, a new one if another kind stands before."""
        if change is Change.KEPT:
            if self._mark is not None:
                self._mark = self._run = None
            return self._inside
        if self._mark is None or self._mark[0] is not change:
            self._mark = (change, self._marks.make(self._names[change], self._inside))
            self._run = None
        return self._mark[1]

    def _run_for(self, piece: Piece, was: Piece | None, home: Element) -> Element:
        """The run of a piece; `was`: what it was when its look was another one."""
        key = (piece.run, None if was is None else was.run)
        if self._run is not None and self._run[0] == key:
            return self._run[1]
        run = etree.SubElement(home, W + "r")
        look = piece.look
        if was is not None:
            run.append(self._marks.look_change(look, was.look))
        elif look is not None:
            run.append(copied(look))
        self._run = (key, run)
        self._words = None
        return run

    def _put(self, run: Element, content: Element | str, change: Change) -> None:
        is_deleted = self._names.get(change) == DELETED
        if isinstance(content, str):
            if self._words is None:
                self._words = []
                self._texts.append(
                    (etree.SubElement(run, W + ("delText" if is_deleted else "t")), self._words)
                )
            self._words.append(content)
            return
        self._words = None
        child = copied(content)
        if is_deleted and child.tag in _DELETED_NAMES:
            child.tag = _DELETED_NAMES[child.tag]
        run.append(child)


def _is_in_run_of(token: Token | None, before: Token | None) -> bool:
    """Whether both are words of one run, or neither is there."""
    if token is None or before is None:
        return token is before
    return token.run is not None and token.run is before.run


def _set_text(element: Element, text: str) -> None:
    element.text = text
    if text.split() != [text]:
        element.set(_SPACE, "preserve")


def _points(line: Line) -> dict[int, list[tuple[Path, Element]]]:
    found: dict[int, list[tuple[Path, Element]]] = {}
    for place, path, element in line.points:
        found.setdefault(place, []).append((path, element))
    return found
