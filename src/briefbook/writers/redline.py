"""Two DOCX to one with tracked changes: accepting all gives the new one, rejecting all the old.

Revisions are Word's own (ECMA-376 Part 1 §17.13.5). The redline is the new package; of the old one it holds
what was deleted, and what that refers to. It works on the parts' XML, so a memo in a house's own Word file is
no other case. What Word cannot track is as it is now: styles, settings, properties of the file.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from briefbook.writers.docx_notes import NOTE_KINDS, NoteKind
from briefbook.writers.docx_styles import Element, R, W
from briefbook.writers.docx_template import DOCUMENT, NUMBERING
from briefbook.writers.kept_contents import ForeignError
from briefbook.writers.redline_alignment import Aligned, aligned, paragraph_pairs
from briefbook.writers.redline_blocks import BlockWriter
from briefbook.writers.redline_marks import DELETED, INSERTED, Marks
from briefbook.writers.redline_package import Carrier, Package
from briefbook.writers.redline_references import NoteMatches, carry_lists, rename_bookmarks
from briefbook.zip_entries import EntriesRefused

_SECTION = W + "sectPr"
_FURNITURE = (W + "headerReference", W + "footerReference")
_GONE = (W + "del", W + "moveFrom")


# What the rest of this meets in a package that is none of ours: a part, an id or a number that is not there.
_NOT_THERE = (EntriesRefused, LookupError, ValueError, TypeError, AttributeError, StopIteration)


class NotOursError(Exception):
    """Bytes that are no DOCX as briefbook writes them.

    `which`: 0 for the old ones, 1 for the new; None where either can be meant. `why` is for a report.
    """

    def __init__(self, which: int | None, why: str) -> None:
        super().__init__(which, why)
        self.which, self.why = which, why


def redline(old: bytes, new: bytes, *, author: str, instant: datetime) -> bytes:
    """The bytes of a DOCX that shows what changed from `old` to `new`, two DOCX that briefbook wrote.

    Each revision is by `author` and of that `instant` (UTC). Same input, same bytes. Raises NotOursError.
    """
    before, after = _opened(old, 0), _opened(new, 1)
    try:
        return _Redline(before, after, author, f"{instant:%Y-%m-%dT%H:%M:%SZ}").to_bytes()
    except (*_NOT_THERE, RecursionError) as error:
        raise NotOursError(None, repr(error)) from error


def _opened(data: bytes, which: int) -> Package:
    try:
        package = Package(data)
        package.root(DOCUMENT)
    except (EntriesRefused, ForeignError, LookupError) as error:
        raise NotOursError(which, repr(error)) from error
    return package


@dataclass(slots=True, kw_only=True)
class _Furniture:
    """A header or footer: its part in each package, if there is one, and its blocks."""

    old: str | None
    new: str
    found: Aligned


class _Redline:
    """One comparison of two packages. The trees of both are changed; the new one's become the redline's."""

    def __init__(self, old: Package, new: Package, author: str, instant: str) -> None:
        self._old = old
        self._new = new
        self._author = author
        self._instant = instant
        self._notes = NoteMatches()
        self._carrier = Carrier(old, new)

    def to_bytes(self) -> bytes:
        """Compare, write, and carry over what is needed."""
        old, new = self._old.root(DOCUMENT), self._new.root(DOCUMENT)
        before, after = old[0], new[0]
        kinds = list(self._note_kinds())
        for kind in kinds:
            self._notes.match(kind.note, _notes(self._old, kind), _notes(self._new, kind))
        body = aligned(before, after, is_body=True)
        furniture = list(self._furniture(before, after))
        last = self._made_one(body, furniture, kinds)
        marks = Marks(author=self._author, instant=self._instant, last=last)
        writer = BlockWriter(marks, self._notes.old_key, self._notes.new_key)
        writer.fill(after, body)
        section, old_section = after.find(_SECTION), before.find(_SECTION)
        if section is not None and old_section is not None:
            writer.tell_section(section, old_section)
        for each in furniture:
            writer.fill(self._new.root(each.new), each.found)
        for kind in kinds:
            self._write_notes(kind, writer)
        parts = [DOCUMENT, *(each.new for each in furniture), *(kind.part for kind in kinds)]
        parts += self._carrier.furniture.values()
        self._carrier.add_styles([self._new.root(name) for name in parts])
        return self._new.to_bytes()

    def _made_one(self, body: Aligned, furniture: list[_Furniture], kinds: list[NoteKind]) -> int:
        """Let what the old trees refer to be of the new package; the highest identity that is taken."""
        parts = [(DOCUMENT, DOCUMENT), *((each.old, each.new) for each in furniture if each.old is not None)]
        parts += [(kind.part, kind.part) for kind in kinds if self._old.has(kind.part)]
        pairs = [
            pair for found in (body, *(each.found for each in furniture)) for pair in paragraph_pairs(found)
        ]
        old_roots = [self._old.root(name) for name, _ in parts]
        ours = [DOCUMENT, *(each.new for each in furniture), *(kind.part for kind in kinds)]
        new_roots = [self._new.root(name) for name in ours]
        last = rename_bookmarks(old_roots, new_roots, pairs, self._notes)
        numbering = [each.root(NUMBERING) if each.has(NUMBERING) else None for each in (self._old, self._new)]
        carry_lists(old_roots, pairs, *numbering)
        for part, into in parts:
            self._carrier.adopt(self._old.root(part), part, into)
        stay = {id(old) for old, _ in pairs}
        for section in self._old.root(DOCUMENT).iter(_SECTION):
            ends = next(section.iterancestors(W + "p"), None)
            if ends is not None and id(ends) not in stay:
                self._carrier.adopt_section(section)
        return last

    # ------------------------------------------------------------------------------ headers, footers

    def _furniture(self, before: Element, after: Element) -> Iterator[_Furniture]:
        """The headers and footers of sections that both have; one that is gone is kept, all of it deleted."""
        done = set()
        theirs, ours = self._old.targets(DOCUMENT), self._new.targets(DOCUMENT)
        # From the end: the last section is in both, and one before it comes or goes with the paragraph in
        # which it ends.
        sections = (reversed(list(body.iter(_SECTION))) for body in (before, after))
        for old, new in zip(*sections, strict=False):
            old_parts = {
                _use(each): theirs[each.get(R + "id", "")][1] for each in old.iterchildren(*_FURNITURE)
            }
            new_parts = {
                _use(each): ours[each.get(R + "id", "")][1] for each in new.iterchildren(*_FURNITURE)
            }
            for use in [use for use in old_parts if use not in new_parts]:
                new_parts[use] = self._empty(new, use, old_parts[use])
            for use, part in new_parts.items():
                if part in done:
                    continue
                done.add(part)
                known = old_parts.get(use)
                root = None if known is None else self._old.root(known)
                yield _Furniture(old=known, new=part, found=aligned(root, self._new.root(part)))

    def _empty(self, section: Element, use: tuple[str, str], old: str) -> str:
        """Give a section of the new package an empty header or footer in place of one that is gone."""
        model = self._old.root(old)
        root = deepcopy(model)
        root[:] = [etree.Element(W + "p")]
        part = self._new.add(old, root, self._old.content_type(old))
        kind = next(kind for kind, target, _ in self._old.targets(DOCUMENT).values() if target == old)
        reference = etree.Element(use[0], {W + "type": use[1]})
        reference.set(R + "id", self._new.relate(DOCUMENT, kind, part, outside=False))
        section.insert(0, reference)
        return part

    # ---------------------------------------------------------------------------------------- notes

    def _note_kinds(self) -> Iterator[NoteKind]:
        """The kinds of notes that either has; a part of which the new package lacks is made."""
        for kind in NOTE_KINDS.values():
            if not self._new.has(kind.part):
                if not self._old.has(kind.part):
                    continue
                self._new.add(kind.part, self._without_notes(kind), self._old.content_type(kind.part))
                relation = next(
                    name for name, target, _ in self._old.targets(DOCUMENT).values() if target == kind.part
                )
                self._new.relate(DOCUMENT, relation, kind.part, outside=False)
            yield kind

    def _without_notes(self, kind: NoteKind) -> Element:
        """The old package's part of notes, with the separators alone."""
        root = deepcopy(self._old.root(kind.part))
        for note in _notes_in(root, kind):
            root.remove(note)
        return root

    def _write_notes(self, kind: NoteKind, writer: BlockWriter) -> None:
        """Compare the notes that both refer to; mark the others; carry over those that are gone."""
        root = self._new.root(kind.part)
        old = {note.get(W + "id", ""): note for note in _notes(self._old, kind)}
        for note in _notes_in(root, kind):
            known = old.get(writer.kept_notes.get((kind.note, note.get(W + "id", "")), ""))
            if known is None:
                writer.mark_all(note, INSERTED)
            else:
                writer.fill(note, aligned(known, note))
        self._carry_notes(kind, old, writer)

    def _carry_notes(self, kind: NoteKind, old: dict[str, Element], writer: BlockWriter) -> None:
        """Add the notes that are gone, and number all in the order in which the text refers to them.

        LibreOffice takes a reference's note by its place in the part, whatever its identity.
        """
        root = self._new.root(kind.part)
        ours = {note.get(W + "id", ""): note for note in _notes_in(root, kind)}
        places: dict[Element, int] = {}
        carried: dict[str, Element] = {}
        for reference in self._new.root(DOCUMENT).iter(f"{W}{kind.note}Reference"):
            identity = reference.get(W + "id", "")
            if next(reference.iterancestors(*_GONE), None) is None:
                note = ours.get(identity)
            elif identity in old and identity not in carried:
                note = carried[identity] = deepcopy(old[identity])
                writer.mark_all(note, DELETED)
            else:
                note = carried.get(identity)
            if note is None:
                continue
            reference.set(W + "id", str(places.setdefault(note, len(places) + 1)))
        for note in ours.values():
            places.setdefault(note, len(places) + 1)
        for note, place in places.items():
            note.set(W + "id", str(place))
            root.append(note)


def _use(reference: Element) -> tuple[str, str]:
    return str(reference.tag), reference.get(W + "type", "default")


def _notes(package: Package, kind: NoteKind) -> list[Element]:
    return _notes_in(package.root(kind.part), kind) if package.has(kind.part) else []


def _notes_in(root: Element, kind: NoteKind) -> list[Element]:
    """The notes of a part without the lines above them, which have a type (§17.11.10)."""
    return [note for note in root.iterfind(W + kind.note) if note.get(W + "type", "normal") == "normal"]
