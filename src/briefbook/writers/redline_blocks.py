"""Writes the blocks of a redline: paragraphs, tables and controls, with what was inserted and deleted marked.

Accepting a deleted mark of a paragraph merges what is left of it with the paragraph that follows, which keeps
its own properties; rejecting an inserted mark does the same (ECMA-376 Part 1 §17.13.5.15, §17.13.5.20). So a
paragraph that went is one whose words and mark are all deleted: nothing of it is left to merge.
"""

from collections.abc import Iterator

from lxml import etree

from briefbook.writers.docx_styles import Element, W
from briefbook.writers.redline_alignment import (
    CONTROL,
    PARAGRAPH,
    SECTION,
    TABLE,
    Aligned,
    Block,
    BlockPair,
    RowPair,
)
from briefbook.writers.redline_changes import Change, Step, replaced, steps_between
from briefbook.writers.redline_line import LineWriter
from briefbook.writers.redline_marks import (
    DELETED,
    INSERTED,
    MOVED_FROM,
    MOVED_TO,
    NOT_IN_CHANGE,
    NOT_IN_SECTION_CHANGE,
    Marks,
    canonical,
    canonical_of,
    copied,
)
from briefbook.writers.redline_words import NOTE_REFERENCES, Line, NoteKey, Token, line_of

_PPR, _RPR = W + "pPr", W + "rPr"
_ROW, _CELL = W + "tr", W + "tc"
_EMPTY = Line()


class BlockWriter:
    """Writes blocks of one part. `kept_notes` tells afterwards which references of notes stand in both."""

    def __init__(self, marks: Marks, old_note: NoteKey, new_note: NoteKey) -> None:
        self._marks = marks
        self._old_note = old_note
        self._new_note = new_note
        self.kept_notes: dict[tuple[str, str], str] = {}  # (kind, identity now) → identity before

    def fill(self, container: Element, found: Aligned) -> None:
        """Let a container of the new document hold the redline of its blocks."""
        blocks = list(self.blocks(found))
        kept = [child for child in container if child.tag in (W + "tcPr", SECTION)]
        for child in list(container):
            container.remove(child)
        for child in kept:
            if child.tag != SECTION:
                container.append(child)
        container.extend(blocks)
        container.extend(child for child in kept if child.tag == SECTION)

    def blocks(self, found: Aligned) -> Iterator[Element]:
        """The blocks of a container."""
        for pair in found.pairs:
            if pair.new is not None:
                yield from pair.new.leading
            yield from self._pair(pair)
        yield from found.trailing

    def _pair(self, pair: BlockPair) -> Iterator[Element]:
        old, new = pair.old, pair.new
        if old is None or new is None:
            only = old if new is None else new
            assert only is not None
            kind = DELETED if new is None else INSERTED
            if only.kind == PARAGRAPH:
                yield from self._alone(pair, only, kind)
            else:
                for element in only.elements:
                    yield from self._whole(element, kind)
        elif old.kind == PARAGRAPH:
            yield self._compared(old.element, new.element, joined=pair.joined)
        elif old.kind == TABLE:
            yield from self._table(old.element, new.element, pair.rows)
        elif old.kind == CONTROL:
            assert pair.inner is not None
            content = new.element.find(W + "sdtContent")
            if content is not None:
                self.fill(content, pair.inner)
            yield new.element
        else:
            for before, after in zip(old.elements, new.elements, strict=True):
                is_both = before.tag == after.tag == PARAGRAPH
                yield self._compared(before, after) if is_both else after

    # ------------------------------------------------------------------------------- paragraphs

    def _compared(self, old: Element, new: Element, *, joined: str = "") -> Element:
        """A paragraph that is in both, changed or not."""
        if not joined and _is_same(old, new):
            return new
        before, after = line_of(old, self._old_note), line_of(new, self._new_note)
        if before.is_entangled or after.is_entangled:
            same = [t.key for t in before.tokens] == [t.key for t in after.tokens]
            steps = (steps_between if same else replaced)(before.tokens, after.tokens)
        else:
            steps = steps_between(before.tokens, after.tokens)
        self._note_steps(steps)
        return self._paragraph(new, new, steps, before, after, was=old, mark=joined)

    def _alone(self, pair: BlockPair, block: Block, kind: str) -> Iterator[Element]:
        """A paragraph that came, went or moved; with a mark that stays where it is the container's last."""
        element, moved = block.element, bool(pair.moved)
        is_old = kind == DELETED
        line = line_of(element, self._old_note if is_old else self._new_note)
        steps = _steps_of(line.tokens, is_old)
        lines = (line, _EMPTY) if is_old else (_EMPTY, line)
        if pair.mark_of_new is not None:
            now = pair.mark_of_new.element
            yield self._paragraph(element, now, steps, *lines, was=element)
            return
        if pair.mark_of_old is not None:
            yield self._paragraph(element, element, steps, *lines, was=pair.mark_of_old.element)
            return
        if moved:
            kind = MOVED_FROM if is_old else MOVED_TO
        paragraph = self._paragraph(element, element, steps, *lines, mark=kind, moved=moved)
        if not moved:
            yield paragraph
            return
        start, end = self._marks.range_of(kind)
        start.set(W + "name", pair.moved)
        properties = paragraph.find(_PPR)
        assert properties is not None
        properties.addnext(start)
        yield paragraph
        yield end  # behind the paragraph, whose mark moved too

    def _paragraph(
        self,
        shell: Element,
        now: Element,
        steps: list[Step],
        old: Line,
        new: Line,
        *,
        was: Element | None = None,
        mark: str = "",
        moved: bool = False,
    ) -> Element:
        """A paragraph with the attributes of `shell`, the properties of `now` and, as they were, of `was`."""
        paragraph = etree.Element(PARAGRAPH)
        if shell is now:
            paragraph.attrib.update(shell.attrib)
        properties = now.find(_PPR)
        own = etree.Element(_PPR) if properties is None else copied(properties)
        if was is not None:
            self._tell_properties(own, was.find(_PPR))
        if mark:
            self._marks.mark_paragraph(own, mark)
        if len(own):
            paragraph.append(own)
        LineWriter(paragraph, self._marks, moved=moved).write(steps, old, new)
        return paragraph

    def _tell_properties(self, own: Element, before: Element | None) -> None:
        """Add to a paragraph's properties what they were, its mark's look and its section's too."""
        known = etree.Element(_PPR) if before is None else before
        look, old_look = own.find(_RPR), known.find(_RPR)
        if canonical(look) != canonical(old_look):
            changed = self._marks.look_change(look, old_look)
            if look is not None:
                own.replace(look, changed)
            else:
                section = own.find(SECTION)
                own.insert(len(own) if section is None else own.index(section), changed)
        section, old_section = own.find(SECTION), known.find(SECTION)
        if section is not None and old_section is not None:
            self.tell_section(section, old_section)
        if canonical_of(own, NOT_IN_CHANGE) != canonical_of(known, NOT_IN_CHANGE):
            self._marks.change(own, known, NOT_IN_CHANGE)

    def tell_section(self, section: Element, before: Element) -> None:
        """Add to a section's properties what they were, but for headers and footers (§17.13.5.32)."""
        skipped = NOT_IN_SECTION_CHANGE
        if canonical_of(section, skipped) != canonical_of(before, skipped):
            self._marks.change(section, before, skipped)

    # ------------------------------------------------------------------------------------ tables

    def _table(self, old: Element, new: Element, rows: list[RowPair]) -> Iterator[Element]:
        if _is_same(old, new):
            yield new
            return
        if not rows:  # of a kind that is not compared row by row
            yield from self._whole(old, DELETED)
            yield from self._whole(new, INSERTED)
            return
        written = [self._row(row) for row in rows]
        for child in list(new):
            if child.tag == _ROW:
                new.remove(child)
        new.extend(written)
        self._tell_child(new, old, W + "tblPr")
        grid, old_grid = new.find(W + "tblGrid"), old.find(W + "tblGrid")
        if grid is not None and canonical(grid) != canonical(old_grid):
            change = etree.SubElement(grid, W + "tblGridChange")  # without author and day (§17.13.5.33)
            change.set(W + "id", self._marks.identity())
            if old_grid is not None:
                change.append(copied(old_grid))
        yield new

    def _row(self, row: RowPair) -> Element:
        if row.old is None or row.new is None:
            only = row.old if row.new is None else row.new
            assert only is not None
            self._whole_row(only, DELETED if row.new is None else INSERTED)
            return only
        cells = zip(row.old.findall(_CELL), row.new.findall(_CELL), row.cells, strict=True)
        for old, new, found in cells:
            self.fill(new, found)
            self._tell_child(new, old, W + "tcPr")
        self._tell_child(row.new, row.old, W + "trPr")
        return row.new

    def _tell_child(self, new: Element, old: Element, tag: str) -> None:
        """Add to the properties of a table, row or cell what they were."""
        now, before = new.find(tag), old.find(tag)
        if canonical(now) == canonical(before):
            return
        if now is None:
            now = etree.Element(tag)
            new.insert(len(new.findall(W + "tblPrEx")), now)  # which stands first in a row (§17.4.61)
        self._marks.change(now, before, frozenset())

    # ------------------------------------------------------------------------------------ wholes

    def _whole(self, element: Element, kind: str) -> Iterator[Element]:
        """A block all of which was inserted or deleted."""
        if element.tag == PARAGRAPH:
            is_old = kind == DELETED
            line = line_of(element, self._old_note if is_old else self._new_note)
            lines = (line, _EMPTY) if is_old else (_EMPTY, line)
            yield self._paragraph(element, element, _steps_of(line.tokens, is_old), *lines, mark=kind)
        elif element.tag == TABLE:
            for row in element.iterfind(f".//{_ROW}"):
                if next(row.iterancestors(TABLE)) is element:  # those of a table in a cell go with it
                    self._whole_row(row, kind)
            yield element
        elif element.tag == CONTROL:
            yield from self._whole_control(element, kind)
        else:
            yield element

    def _whole_row(self, row: Element, kind: str) -> None:
        for paragraph in list(row.iter(PARAGRAPH)):
            if next(paragraph.iterancestors(W + "txbxContent"), None) is not None:
                continue
            (written,) = self._whole(paragraph, kind)
            parent = paragraph.getparent()
            assert parent is not None
            parent.replace(paragraph, written)
        for inner in list(row.iter(_ROW)):
            self._marks.mark_row(inner, kind)

    def _whole_control(self, control: Element, kind: str) -> Iterator[Element]:
        """What stands in a control around blocks; no mark for the control itself is read well everywhere."""
        content = control.find(W + "sdtContent")
        for child in () if content is None else list(content):
            yield from self._whole(child, kind)

    # -------------------------------------------------------------------------------------- notes

    def mark_all(self, note: Element, kind: str) -> None:
        """Mark the words of a note as inserted or deleted: it comes or goes with what refers to it.

        The mark of its last paragraph is not: there is none for it to be merged with.
        """
        blocks = [written for child in list(note) for written in self._whole(child, kind)]
        note[:] = blocks
        mark = note[-1].find(f"{_PPR}/{_RPR}/{W}{kind}")
        if mark is not None and note[-1].tag == PARAGRAPH:
            _unmark(mark)

    def _note_steps(self, steps: list[Step]) -> None:
        for step in steps:
            if step.change is Change.KEPT and step.old is not None and step.new is not None:
                for before, after in zip(step.old.pieces, step.new.pieces, strict=True):
                    if not isinstance(before.content, str) and not isinstance(after.content, str):
                        self._note_kept(before.content, after.content)

    def _note_kept(self, old: Element, new: Element) -> None:
        if new.tag in NOTE_REFERENCES:
            self.kept_notes[NOTE_REFERENCES[str(new.tag)], new.get(W + "id", "")] = old.get(W + "id", "")


def _unmark(mark: Element) -> None:
    """Take a mark out of the look of a paragraph's end, and that look if nothing is left of it."""
    look = mark.getparent()
    assert look is not None
    look.remove(mark)
    properties = look.getparent()
    if not len(look) and properties is not None:
        properties.remove(look)


def _is_same(old: Element, new: Element) -> bool:
    """Whether nothing changed. What refers to a note is looked at: the same number may be another note."""
    return canonical(old) == canonical(new) and next(new.iter(*NOTE_REFERENCES), None) is None


def _steps_of(tokens: list[Token], is_old: bool) -> list[Step]:
    if is_old:
        return [Step(Change.DELETED, token) for token in tokens]
    return [Step(Change.INSERTED, None, token) for token in tokens]
