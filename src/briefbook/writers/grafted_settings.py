"""The settings of a house that a memo keeps: those by which a page is laid out and its text is set.

What is kept is listed, not what is dropped: the rest protects a file against being edited, tracks changes,
asks something on opening, holds variables and names of persons, or tells how one person's Word showed it.
None of it is the memo's, and what later versions of Word will add is not known here.
"""

from copy import deepcopy

from lxml import etree

from briefbook.writers.docx_notes import NoteKind
from briefbook.writers.docx_styles import Element, R, W

_MATH = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}mathPr"  # how formulas are set (§22.1.2.62)
)
# ECMA-376 Part 1 §17.15.1: the sheet and what stands on it; the faces in the file; lines and words; notes;
# languages and signs; and the version of Word whose ways of laying out count (w:compat).
_KEPT = frozenset(
    W + name
    for name in (
        *("displayBackgroundShape", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader"),
        *("bordersDoNotSurroundFooter", "gutterAtTop", "evenAndOddHeaders"),
        *("embedTrueTypeFonts", "embedSystemFonts", "saveSubsetFonts"),
        *("defaultTabStop", "autoHyphenation", "consecutiveHyphenLimit", "hyphenationZone"),
        *("doNotHyphenateCaps", "noPunctuationKerning", "characterSpacingControl", "strictFirstAndLastChars"),
        *("noLineBreaksAfter", "noLineBreaksBefore", "footnotePr", "endnotePr"),
        *("compat", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator"),
    )
) | {_MATH}
# What may stand behind the properties of notes, of all that is kept (CT_Settings).
_AFTER_NOTES = {_MATH} | {
    W + name for name in ("compat", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator")
}


def grafted_settings(
    theirs: Element, ours: Element, kind: NoteKind | None, *, ends_before_closing: bool
) -> Element:
    """The house's settings for a memo with notes of this `kind`; the notes' separators are ours.

    Where the memo's section `ends_before_closing`, endnotes stand at its end (§17.11.22).
    """
    root = deepcopy(theirs)
    for child in list(root):
        leads_out = any(str(key).startswith(R) for element in child.iter() for key in element.attrib)
        if leads_out or child.tag not in _KEPT:
            root.remove(child)
        elif child.tag in (W + "footnotePr", W + "endnotePr"):
            for separator in child.findall(str(child.tag).removesuffix("Pr")):
                child.remove(separator)
    if kind is not None:
        properties = f"{W}{kind.note}Pr"
        for child in root.findall(properties):
            root.remove(child)
        own = ours.find(properties)
        assert own is not None
        behind = _AFTER_NOTES | ({W + "endnotePr"} if kind.note == "footnote" else set())
        place = next((place for place, child in enumerate(root) if child.tag in behind), len(root))
        properties_here = deepcopy(own)
        if kind.note == "endnote" and ends_before_closing:
            properties_here.insert(0, etree.Element(W + "pos", {W + "val": "sectEnd"}))
        root.insert(place, properties_here)
    return root
