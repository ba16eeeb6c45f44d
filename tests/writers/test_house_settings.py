"""Which settings of a house's file a memo keeps: of the page and of text; none that locks, tracks or asks."""

from pathlib import Path

import pytest
from lxml import etree

from briefbook.document import Citations
from tests.audit import faults_of
from tests.houses.by_hand import PARTS, hand_made_house
from tests.writers.test_house_graft import HOUSES, W, made, xml
from tests.writers.trees import fisheries_memo, with_citations

SETTINGS = "word/settings.xml"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
# All that Word can write about the page and its text, in the schema's order, around what the house has.
LAID_OUT = (
    "<w:displayBackgroundShape/><w:embedTrueTypeFonts/><w:saveSubsetFonts/><w:mirrorMargins/>"
    "<w:alignBordersAndEdges/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:gutterAtTop/>"
)
SET = (
    '<w:autoHyphenation/><w:consecutiveHyphenLimit w:val="2"/><w:hyphenationZone w:val="360"/>'
    "<w:doNotHyphenateCaps/><w:evenAndOddHeaders/><w:noPunctuationKerning/>"
    '<w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:footnotePr><w:pos w:val="beneathText"/></w:footnotePr>'
    '<w:endnotePr><w:numFmt w:val="upperRoman"/></w:endnotePr><w:compat><w:compatSetting'
    ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="14"/>'
    f'</w:compat><m:mathPr xmlns:m="{M}"><m:mathFont m:val="Cambria Math"/></m:mathPr>'
    '<w:themeFontLang w:val="de-DE"/><w:clrSchemeMapping w:bg1="light1" w:t1="dark1"/>'
)
# What stands before w:defaultTabStop in the schema's order, and what stands behind it.
BEFORE = {
    "writeProtection": '<w:writeProtection w:recommended="1"/>',
    "trackRevisions": "<w:trackRevisions/>",
    "documentProtection": '<w:documentProtection w:edit="readOnly" w:enforcement="1"/>',
}
BEHIND = {
    "updateFields": '<w:updateFields w:val="true"/>',
    "docVars": '<w:docVars><w:docVar w:name="Akte" w:val="P:/Akten/geheim"/></w:docVars>',
}


def house_with(before: str = "", behind: str = "") -> bytes:
    written = PARTS[SETTINGS]
    written = written.replace("<w:defaultTabStop", f"{before}<w:defaultTabStop")
    return hand_made_house({SETTINGS: written.replace("<w:decimalSymbol", f"{behind}<w:decimalSymbol")})


def settings_of(content: bytes) -> list[str]:
    return [etree.QName(child).localname for child in xml(content, SETTINGS)]


@pytest.mark.parametrize("name", [*BEFORE, *BEHIND])
def test_no_setting_locks_a_memo_tracks_it_or_holds_what_nobody_sees(name: str) -> None:
    house = house_with(BEFORE.get(name, ""), BEHIND.get(name, ""))
    assert settings_of(made(house)) == ["defaultTabStop", "decimalSymbol", "listSeparator"]


@pytest.mark.parametrize("citations", Citations)
def test_what_lays_out_a_page_and_sets_its_text_is_kept(citations: Citations, tmp_path: Path) -> None:
    house = house_with(LAID_OUT + BEFORE["trackRevisions"], BEHIND["updateFields"] + SET)
    content = made(house, with_citations(fisheries_memo(), citations))
    written = [name for name in settings_of(house_with(LAID_OUT, SET)) if name != "attachedTemplate"]
    assert settings_of(content) == written
    zone = xml(content, SETTINGS).find(f"{W}hyphenationZone")
    assert zone is not None
    assert zone.get(f"{W}val") == "360"
    assert faults_of(content, tmp_path) == []


@pytest.mark.parametrize("name", HOUSES)
def test_no_house_brings_what_is_one_persons(name: str) -> None:
    theirs = {
        "view",
        "zoom",
        "proofState",
        "rsids",
        "trackRevisions",
        "documentProtection",
        "docVars",
        "docId",
    }
    assert not theirs & set(settings_of(made(HOUSES[name]())))
