"""What the old document's references become among the new one's: notes, bookmarks, links to them, lists.

Both documents count their notes, sources and lists from 1. In one package a name must stand once, so each old
one becomes the new one that is the same thing, or gets a name of its own.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from copy import deepcopy

from briefbook.pairing import likened, matched
from briefbook.writers.docx_styles import Element, W
from briefbook.writers.redline_marks import canonical_of
from briefbook.writers.redline_words import NOTE_REFERENCES, NoteKey, counted_words, text_in, texts_in

_VAL = W + "val"
_START, _END = W + "bookmarkStart", W + "bookmarkEnd"
_FIELD = re.compile(r'(\b(?:REF|NOTEREF|PAGEREF)\s+"?)([^\s"\\]+)')
_STEM = re.compile(r"[0-9]+$")
_ALIKE = 0.4
_LONGEST_NAME = 40  # characters of a bookmark that Word keeps
_OF_A_DEFINITION = frozenset(W + name for name in ("nsid", "tmpl"))


class NoteMatches:
    """Which notes of two documents are the same, by what they say. Identities are those of the parts."""

    def __init__(self) -> None:
        self._new_of: dict[tuple[str, str], str] = {}

    def match(self, kind: str, old: Sequence[Element], new: Sequence[Element]) -> None:
        """Match the notes of a kind, in the order of the parts."""
        pairs = matched([text_in(note) for note in old], [text_in(note) for note in new])
        before = [counted_words(texts_in(note)) for note in old]
        after = [counted_words(texts_in(note)) for note in new]
        i = j = 0
        for place, other in [*pairs, (len(old), len(new))]:
            for near, far in [*likened(before, after, _likeness, (i, place, j, other)), (place, other)]:
                if near < len(old) and far < len(new):
                    self._new_of[kind, old[near].get(W + "id", "")] = new[far].get(W + "id", "")
            i, j = place + 1, other + 1

    def old_key(self, kind: str, identity: str) -> Hashable:
        """What stands for a reference of the old document."""
        known = self._new_of.get((kind, identity))
        return ("gone", kind, identity) if known is None else ("note", kind, known)

    def new_key(self, kind: str, identity: str) -> Hashable:
        """What stands for a reference of the new document."""
        return ("note", kind, identity)


def _likeness(old: frozenset[Hashable], new: frozenset[Hashable]) -> float:
    total = len(old) + len(new)
    shared = 2 * len(old & new) / total if total else 1.0
    return shared if shared >= _ALIKE else 0.0


# ------------------------------------------------------------------------------------- bookmarks


def rename_bookmarks(
    old_roots: Sequence[Element],
    new_roots: Sequence[Element],
    pairs: Iterable[tuple[Element, Element]],
    notes: NoteMatches,
) -> int:
    """Let the old document's bookmarks, and what leads to them, have names that the new one leaves free.

    A bookmark of a paragraph that is in both is the new one's. Returns the highest identity of any.
    """
    known = _same_bookmarks(pairs, notes)
    names = {start.get(W + "name", "") for root in new_roots for start in root.iter(_START)}
    last = max(
        (_number(mark) for roots in (old_roots, new_roots) for root in roots for mark in root.iter(_START)),
        default=0,
    )
    taken, same = set(names), set(known)
    for root in old_roots:
        for start in root.iter(_START):
            name = start.get(W + "name", "")
            if name not in known:
                known[name] = _free(name, taken)
                taken.add(known[name])
    for root in old_roots:
        _without(root, same, last + 1)
        _lead_on(root, known)
    return 2 * last + 1


def _without(root: Element, names: set[str], apart: int) -> None:
    """Take bookmarks of these names out; the identities of the others are set `apart`."""
    gone = {start.get(W + "id") for start in root.iter(_START) if start.get(W + "name", "") in names}
    for mark in list(root.iter(_START, _END)):
        if mark.get(W + "id") in gone:
            _remove(mark)
        else:
            mark.set(W + "id", str(apart + _number(mark)))


def _number(mark: Element) -> int:
    written = mark.get(W + "id", "0")
    return int(written) if written.isdecimal() else 0


def _free(name: str, taken: set[str]) -> str:
    number, free = 0, name
    while free in taken:
        number += 1
        ending = f"_was{number if number > 1 else ''}"
        free = name[: _LONGEST_NAME - len(ending)] + ending
    return free


def _remove(mark: Element) -> None:
    parent = mark.getparent()
    if parent is not None:
        parent.remove(mark)


def _lead_on(root: Element, names: dict[str, str]) -> None:
    """Let bookmarks, links and fields say the new names."""
    for element in root.iter(_START, W + "hyperlink"):
        attribute = W + ("name" if element.tag == _START else "anchor")
        name = element.get(attribute)
        if name in names:
            element.set(attribute, names[name])
    for words in root.iter(W + "instrText"):
        words.text = _renamed(words.text or "", names)
    for simple in root.iter(W + "fldSimple"):
        simple.set(W + "instr", _renamed(simple.get(W + "instr", ""), names))


def _renamed(instruction: str, names: dict[str, str]) -> str:
    return _FIELD.sub(lambda found: found[1] + names.get(found[2], found[2]), instruction)


def _same_bookmarks(pairs: Iterable[tuple[Element, Element]], notes: NoteMatches) -> dict[str, str]:
    """By its old name the new name of each bookmark that is on the same thing in a paragraph of both.

    First the only one of its kind in the paragraph, as `source_2` in the entry of that source; then by what
    they enclose, once that leads to the new names.
    """
    known: dict[str, str] = {}
    undecided = []
    for old, new in pairs:
        before, after = _bookmarks(old), _bookmarks(new)
        if not before or not after:
            continue
        for stem in {_stem(name) for name, _ in before}:
            theirs = [each for each in before if _stem(each[0]) == stem]
            ours = [each for each in after if _stem(each[0]) == stem]
            is_noted = any(_note_in(start) is not None for _, start in (*theirs, *ours))
            if len(theirs) == len(ours) == 1 and not is_noted:
                known[theirs[0][0]] = ours[0][0]
            elif ours:
                undecided.append((theirs, ours))
    used = set(known.values())
    for theirs, ours in undecided:
        by_content = {_enclosed(start, {}, notes.new_key): name for name, start in reversed(ours)}
        for name, start in theirs:
            found = by_content.get(_enclosed(start, known, notes.old_key))
            if found is not None and found not in used:
                known[name] = found
                used.add(found)
    return known


def _bookmarks(paragraph: Element) -> list[tuple[str, Element]]:
    return [(start.get(W + "name", ""), start) for start in paragraph.iter(_START)]


def _stem(name: str) -> str:
    return _STEM.sub("", name)


def _note_in(start: Element) -> Element | None:
    """The reference of a note that follows a bookmark's start, if that is what it encloses."""
    following = start.getnext()
    return None if following is None else next(following.iter(*NOTE_REFERENCES), None)


def _enclosed(start: Element, names: dict[str, str], note_key: NoteKey) -> Hashable:
    """What a bookmark encloses: a note, or the instructions and words of what stands up to its end."""
    note = _note_in(start)
    if note is not None:
        return note_key(NOTE_REFERENCES[str(note.tag)], note.get(W + "id", ""))
    said = []
    for element in start.itersiblings():
        if element.tag == _END and element.get(W + "id") == start.get(W + "id"):
            break
        instructions = [_renamed(each.text or "", names) for each in element.iter(W + "instrText")]
        said += instructions or ([] if element.tag == _START else [text_in(element)])
    return tuple(said)


# ----------------------------------------------------------------------------------------- lists


def carry_lists(
    old_roots: Sequence[Element],
    pairs: Iterable[tuple[Element, Element]],
    old_numbering: Element | None,
    new_numbering: Element | None,
) -> None:
    """Let the old document's paragraphs name lists of the new package, added where it has none such.

    A list of both is one: the one that most of its paragraphs have now, if it is defined alike.
    """
    if old_numbering is None or new_numbering is None:
        return
    before, after = _Numbering(old_numbering), _Numbering(new_numbering)
    used = list(dict.fromkeys(each.get(_VAL, "") for root in old_roots for each in root.iter(W + "numId")))
    votes: Counter[tuple[str, str]] = Counter()
    for old, new in pairs:
        ends = [p.find(f"{W}pPr/{W}numPr/{W}numId") for p in (old, new)]
        if ends[0] is not None and ends[1] is not None:
            votes[ends[0].get(_VAL, ""), ends[1].get(_VAL, "")] += 1
    known: dict[str, str] = {"0": "0"}  # 0: in no list (§17.9.18)
    taken = {"0"}
    for (old_id, new_id), _ in votes.most_common():
        alike = before.definition(old_id) == after.definition(new_id) != b""
        if alike and old_id not in known and new_id not in taken:
            known[old_id] = new_id
            taken.add(new_id)
    for old_id in used:
        if old_id not in known and before.definition(old_id):
            known[old_id] = after.add(before, old_id)
    for root in old_roots:
        for each in root.iter(W + "numId"):
            each.set(_VAL, known.get(each.get(_VAL, ""), "0"))


class _Numbering:
    """word/numbering.xml: definitions, and the instances that refer to them (§17.9)."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._instances = {each.get(W + "numId", ""): each for each in root.iterfind(W + "num")}
        self._definitions = {
            each.get(W + "abstractNumId", ""): each for each in root.iterfind(W + "abstractNum")
        }

    def definition(self, number: str) -> bytes:
        """All that says how the list of an instance looks and where it begins; nothing for an unknown one."""
        instance = self._instances.get(number)
        named = None if instance is None else instance.find(W + "abstractNumId")
        if instance is None or named is None:
            return b""
        own = canonical_of(instance, frozenset({W + "abstractNumId"}))
        return self._spelled(self._definitions.get(named.get(_VAL, ""))) + own

    def _spelled(self, definition: Element | None) -> bytes:
        return b"" if definition is None else canonical_of(definition, _OF_A_DEFINITION)

    def add(self, other: "_Numbering", number: str) -> str:
        """Add an instance of another part, with its definition if there is none such; return its number."""
        instance = deepcopy(other._instances[number])
        named = instance.find(W + "abstractNumId")
        assert named is not None
        definition = other._definitions.get(named.get(_VAL, ""))
        spelled = other._spelled(definition)
        same = [name for name, each in self._definitions.items() if self._spelled(each) == spelled]
        named.set(_VAL, same[0] if same or definition is None else self._define(definition))
        free = str(max((int(each) for each in self._instances if each.isdecimal()), default=0) + 1)
        instance.set(W + "numId", free)
        last = self._root.findall(W + "num")
        (last[-1].addnext if last else self._root.append)(instance)
        self._instances[free] = instance
        return free

    def _define(self, definition: Element) -> str:
        """Add a definition; the paragraph styles that it is of have the new package's (§17.9.23)."""
        made = deepcopy(definition)
        for linked in list(made.iter(W + "pStyle", W + "nsid")):
            _remove(linked)
        free = str(max((int(each) for each in self._definitions if each.isdecimal()), default=-1) + 1)
        made.set(W + "abstractNumId", free)
        last = self._root.findall(W + "abstractNum")
        if last:
            last[-1].addnext(made)
        else:
            self._root.insert(0, made)
        self._definitions[free] = definition
        return free
