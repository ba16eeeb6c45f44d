"""The sections of a memo in a house's file: the house's own, with our header and footer if it has neither."""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from briefbook.frozen import frozen
from briefbook.writers.docx_notes import NoteKind
from briefbook.writers.docx_styles import Element, R, W
from briefbook.writers.house_file import ReadHouse, section_in, sections_before

_HEADER, _FOOTER, _TITLE = W + "headerReference", W + "footerReference", W + "titlePg"
_MARGINS = W + "pgMar"
_LEAST_MARGIN = 1020  # twips, 1.8 cm: our header or footer is one line, up to 20 points high, 1 cm in
_WHOLE = re.compile(r"-?[0-9]{1,6}")
# What may stand behind w:titlePg in a section (ECMA-376 Part 1 §17.6.17).
_AFTER_TITLE = frozenset(
    W + name for name in ("textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings", "sectPrChange")
)


@frozen
class GraftedSections:
    """What follows the memo. The elements are models."""

    behind: tuple[Element, ...]  # of the body; the memo's own section may end in it
    last: Element  # w:sectPr, at the body's end
    has_furniture: bool  # the house has a header or a footer of its own


def grafted_sections(read: ReadHouse, ours: Element, prefix: str, kind: NoteKind | None) -> GraftedSections:
    """The sections of a memo with notes of this `kind`; `prefix` goes before our relationships' ids."""
    root = read.package.document.root
    assert root is not None
    written = root.find(f"{W}body/{W}sectPr")
    last = deepcopy(ours if written is None else written)
    if written is None:
        for reference in list(last.iterchildren(_HEADER, _FOOTER)):
            last.remove(reference)
    behind = tuple(deepcopy(block) for block in read.behind)
    memos = next((found for block in behind if (found := section_in(block)) is not None), last)
    has_furniture = any(
        next(section.iterchildren(_HEADER, _FOOTER), None) is not None for section in sections_before(read)
    )
    if not has_furniture:
        _furnish(memos, ours, prefix)
    if kind is not None and memos.find(f"{W}{kind.note}Pr") is None:
        _count_notes(memos, ours, kind)
    return GraftedSections(behind=behind, last=last, has_furniture=has_furniture)


def _furnish(section: Element, ours: Element, prefix: str) -> None:
    """Let a section without header and footer have ours, on its first page and on even ones too."""
    for place, reference in enumerate(_references(ours)):
        reference.set(R + "id", prefix + reference.get(R + "id", ""))
        section.insert(place, reference)
    for title in section.findall(_TITLE):  # the house's may say that the first page is like the others
        section.remove(title)
    place = next((place for place, child in enumerate(section) if child.tag in _AFTER_TITLE), len(section))
    section.insert(place, etree.Element(_TITLE))
    _make_room(section, ours)


def _make_room(section: Element, ours: Element) -> None:
    """Set header and footer as far in as ours are: a house without any may say 0, the edge (§17.6.11)."""
    theirs, own = section.find(_MARGINS), ours.find(_MARGINS)
    assert own is not None
    if theirs is None:
        return  # a reader's own margins, which leave room
    for name in ("header", "footer"):
        theirs.set(W + name, own.get(W + name, ""))
    for name in ("top", "bottom"):
        written = theirs.get(W + name, "")
        if _WHOLE.fullmatch(written) and abs(int(written)) < _LEAST_MARGIN:
            # a negative one is exact: the text would not give way
            theirs.set(W + name, f"{'-' if written.startswith('-') else ''}{_LEAST_MARGIN}")


def _references(ours: Element) -> Iterator[Element]:
    """Our references, and those of even pages, which a house's settings may tell apart (§17.10.1)."""
    for reference in ours.iterchildren(_HEADER, _FOOTER):
        yield deepcopy(reference)
        if reference.get(W + "type") == "default":
            even = deepcopy(reference)
            even.set(W + "type", "even")
            yield even


def _count_notes(section: Element, ours: Element, kind: NoteKind) -> None:
    """Count notes as our section does (§17.11.11, §17.11.4)."""
    properties = ours.find(f"{W}{kind.note}Pr")
    if properties is not None:
        section.insert(len(list(section.iterchildren(_HEADER, _FOOTER))), deepcopy(properties))
