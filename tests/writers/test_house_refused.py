"""Files that are no house's, or hold what may not come along: told with a mend, never a traceback."""

import re
from collections.abc import Iterator

import pytest

from briefbook.writers.house_file import read_house
from briefbook.writers.house_package import MOST_ENTRIES, HouseRefused, open_house
from briefbook.writers.to_docx import write_docx
from tests.houses.by_hand import (
    CONTENT_TYPES,
    DOCUMENT,
    DOCUMENT_RELATIONSHIPS,
    HEADER_RELATIONSHIPS,
    PARTS,
    STYLES,
    hand_made_house,
)
from tests.writers.test_house_graft import themed
from tests.writers.trees import fisheries_memo


def with_relationship(kind: str, target: str, *, mode: str = "External") -> dict[str, str]:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entry = f'<Relationship Id="x" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    changed = DOCUMENT_RELATIONSHIPS.replace("</Relationships>", f"{entry}</Relationships>")
    return {"word/_rels/dokument.xml.rels": changed}


def refusals() -> Iterator[tuple[str, bytes, str]]:
    house = hand_made_house()
    bomb = b"<w:x>" + b" " * 3_000_000 + b"</w:x>"
    entity = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    field = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> INCLUDE</w:instrText></w:r>"
    field += "<w:r><w:instrText>TEXT x </w:instrText></w:r>"
    field += "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    strict = DOCUMENT.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    macro = CONTENT_TYPES.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    many = {f"word/x{number}.xml": "<a/>" for number in range(MOST_ENTRIES)}
    head, rest = STYLES.split("\n", 1)
    yield "nothing", b"", "this is not a whole Word file"
    yield "text", b"Dear all,", "this is not a whole Word file"
    yield "cut off", house[: len(house) // 2], "this is not a whole Word file"
    yield (
        "old .doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "this is an old .doc, or it is under a",
    )
    yield "no body", hand_made_house({"word/dokument.xml": None}), "this is not a whole Word file"
    yield "no styles", hand_made_house({"word/formate.xml": None}), "this is not a whole Word file"
    yield "a macro", hand_made_house({"word/vbaProject.bin": b"x"}), "this file holds macros or controls"
    yield "macros", hand_made_house({"[Content_Types].xml": macro}), "this file holds macros or controls"
    yield (
        "control",
        hand_made_house(with_relationship("control", "a.xml")),
        "this file holds macros or controls",
    )
    yield (
        "OLE",
        hand_made_house(with_relationship("oleObject", "a.bin")),
        "this file holds an embedded object",
    )
    yield (
        "chunk",
        hand_made_house(with_relationship("aFChunk", "a.htm")),
        "this file holds an embedded object",
    )
    linked = with_relationship("image", "https://example.org/x.png")
    yield "linked picture", hand_made_house(linked), "this file refers to something outside of it (image)"
    chart = with_relationship("chart", "c.xml", mode="Internal")
    yield "chart", hand_made_house(chart), "this file holds a part of a kind that is not carried over (chart)"
    yield "broken XML", hand_made_house({"word/kopf.xml": "<w:hdr"}), "a part of this file is broken XML"
    yield (
        "entities",
        hand_made_house({"word/formate.xml": f"{head}{entity}{rest}"}),
        "a part of this file declares",
    )
    yield "bomb", hand_made_house({"word/x.xml": bomb}), "a part of this file blows up when it is opened"
    yield "many parts", hand_made_house(many), "this file holds more than a Word file of a house could"
    yield "strict", hand_made_house({"word/dokument.xml": strict}), "this file is not in the form of Open XML"
    fetching = DOCUMENT.replace("<w:sdt>", f"{field}<w:sdt>")
    found = "this file holds a field that fetches something when it is opened (INCLUDETEXT)"
    yield "fetching", hand_made_house({"word/dokument.xml": fetching}), found
    loop = {"word/_rels/kopf.xml.rels": HEADER_RELATIONSHIPS.replace("media/", "../../../")}
    yield "out of it", hand_made_house(loop), "this is not a whole Word file"


@pytest.mark.parametrize(("content", "message"), [pytest.param(*row[1:], id=row[0]) for row in refusals()])
def test_what_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(HouseRefused) as refused:
        open_house(content)
    assert refused.value.message.startswith(message)
    assert refused.value.hint


def test_a_house_cut_anywhere_or_changed_anywhere_never_breaks_the_program() -> None:
    house = hand_made_house()
    hints = []
    for at in range(0, len(house), 97):
        for content in (house[:at], house[:at] + bytes([house[at] ^ 0x55]) + house[at + 1 :]):
            try:
                write_docx(fisheries_memo(), themed(content))
            except HouseRefused as refused:
                hints.append(refused.hint)
    assert len(hints) > 50
    assert all(hints)


WEIRD = ("", "x", "99999999999999999999", "-1", "nan", "{briefbook}", "0")


def test_whatever_a_house_says_of_itself_a_memo_is_made_or_the_house_refused() -> None:
    """Each value in the house's XML by one that makes no sense."""
    made_anyway = 0
    for part in ("word/dokument.xml", "word/formate.xml", "word/listen.xml", "word/settings.xml"):
        values = [found.span(1) for found in re.finditer(r' w:[A-Za-z]+="([^"]*)"', PARTS[part])]
        for turn, (start, end) in enumerate(values):
            text = PARTS[part][:start] + WEIRD[turn % len(WEIRD)] + PARTS[part][end:]
            theme = themed(hand_made_house({part: text}))
            assert theme.house is not None
            try:
                if read_house(theme.house).page.measure > 144:  # else the settings' check refuses it
                    made_anyway += len(write_docx(fisheries_memo(), theme)) > 0
            except HouseRefused as refused:
                assert refused.hint  # noqa: PT017 – most are made
    assert made_anyway > 100
