"""Content controls in the DOCX: a person's words stand in one each: a returned file leads back to them.

A control is of the kind that stands among the runs of a paragraph (ECMA-376 Part 1 §17.5.2.31): around the
words of one slot, never around their paragraph, whose look is not the person's. Its tag is `slot:ID`; where
the same slot's words stand in several places, from the second on `slot:ID#2`. LibreOffice 7.4 keeps such a
control when it saves the file, and loses its tag, title and id; so a bookmark stands in it, which both keep.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from briefbook.document import Inline, Inlines, Link, Slot, Text
from briefbook.writers.docx_flow import Flow, quoted
from briefbook.writers.docx_runs import Bookmarks

TAG = "slot:"  # what the tag of a slot's control begins with
_LONGEST = 64  # characters of a tag or a title: Word takes no more
_IDENTITIES = 0x7FFFFFFF  # w:id is a signed number of 32 bits (§17.5.2.18); the positive ones will do


class Controls:
    """The content controls of one package: each has an identity of its own, made from its tag alone."""

    def __init__(self, bookmarks: Bookmarks) -> None:
        self._bookmarks = bookmarks
        self._uses: dict[str, int] = {}  # by slot
        self._identities: set[int] = set()

    @contextmanager
    def around(self, flow: Flow, slot: Slot) -> Iterator[None]:
        """Append the control of a slot: the words that follow stand in it."""
        self._uses[slot.id] = number = self._uses.get(slot.id, 0) + 1
        tag = tag_of(slot.id, number)
        title = quoted((slot.title or slot.id)[:_LONGEST])
        # A click takes all of a placeholder, and the first letter replaces it.
        placeholder = "<w:showingPlcHdr/>" if slot.is_empty else ""
        flow.append(
            f'<w:sdt><w:sdtPr><w:alias w:val="{title}"/><w:tag w:val="{quoted(tag)}"/>'
            f'<w:id w:val="{self._identity(tag)}"/>{placeholder}</w:sdtPr><w:sdtContent>'
        )
        mark = self._bookmarks.start(flow, bookmark_of(tag))
        yield
        self._bookmarks.end(flow, mark)
        flow.append("</w:sdtContent></w:sdt>")

    def _identity(self, tag: str) -> int:
        """A number that stays the same from edition to edition, and stands once in the package."""
        wanted = int(_hash_of(tag)[:16], 16) % _IDENTITIES + 1
        while wanted in self._identities:
            wanted = wanted % _IDENTITIES + 1
        self._identities.add(wanted)
        return wanted


def tag_of(slot: str, number: int = 1) -> str:
    """The tag of the control with a slot's words at the place of this number, in reading order."""
    behind = "" if number == 1 else f"#{number}"
    return f"{TAG}{slot}"[: _LONGEST - len(behind)] + behind


def bookmark_of(tag: str) -> str:
    """The bookmark in the control with this tag; hidden in Word, as its name begins with an underscore."""
    return f"_slot_{_hash_of(tag)[:24]}"  # letters and digits, at most 40 in all, as Word asks


def _hash_of(tag: str) -> str:
    return hashlib.sha256(tag.encode()).hexdigest()


def by_slot(inlines: Inlines) -> Iterator[tuple[Slot | None, Inlines]]:
    """Inlines in runs of one slot each; what belongs to none stands between them."""
    start = 0
    for end in range(1, len(inlines) + 1):
        slot = slot_of(inlines[start])
        following = slot_of(inlines[end]) if end < len(inlines) else None
        if end == len(inlines) or slot != following:
            yield slot, inlines[start:end]
            start = end


def slot_of(inline: Inline) -> Slot | None:
    """The slot whose words an inline shows, a link those of its children."""
    match inline:
        case Text():
            return inline.slot
        case Link(children=(first, *others)) if all(text.slot == first.slot for text in others):
            return first.slot
        case _:
            return None
