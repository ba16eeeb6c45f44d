"""Files that are no house's, or hold what may not come along: told with a mend, never a traceback."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest

from briefbook.writers.house_contents import HouseRefused
from briefbook.writers.house_file import read_house
from briefbook.writers.house_package import MOST_ENTRIES, open_house
from briefbook.writers.to_docx import write_docx
from tests.houses.by_hand import (
    CONTENT_TYPES,
    DOCUMENT,
    DOCUMENT_RELATIONSHIPS,
    FOOTER,
    HEADER_RELATIONSHIPS,
    LETTERHEAD,
    PARTS,
    STYLES,
    hand_made_house,
)
from tests.writers.test_house_graft import made, parts_of, themed
from tests.writers.trees import fisheries_memo


def with_relationship(kind: str, target: str, *, mode: str = "External") -> dict[str, str]:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entry = f'<Relationship Id="x" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    changed = DOCUMENT_RELATIONSHIPS.replace("</Relationships>", f"{entry}</Relationships>")
    return {"word/_rels/dokument.xml.rels": changed}


AUTHOR = 'w:id="5" w:author="Max Geheim" w:date="2031-01-01T00:00:00Z"'
WORDS = "<w:r><w:t>so</w:t></w:r>"
# A part, a place in it, and what a tracked change puts there.
TRACKED = {
    "del": (
        "dokument",
        "<w:sdt>",
        f"<w:p><w:del {AUTHOR}><w:delText>OLD</w:delText></w:del></w:p>",
    ),
    "ins": ("dokument", "<w:sdt>", f"<w:p><w:ins {AUTHOR}>{WORDS}</w:ins></w:p>"),
    "mark": ("dokument", "<w:sdt>", f"<w:p><w:pPr><w:rPr><w:del {AUTHOR}/></w:rPr></w:pPr></w:p>"),
    "sectPrChange": ("dokument", "</w:sectPr></w:body>", f"<w:sectPrChange {AUTHOR}/>"),
    "moveFrom": ("kopf", "</w:p>", f"<w:moveFrom {AUTHOR}>{WORDS}</w:moveFrom>"),
    "moveTo": ("fuss", "</w:p>", f"<w:moveTo {AUTHOR}>{WORDS}</w:moveTo>"),
    "pPrChange": ("header1", "</w:pPr>", f"<w:pPrChange {AUTHOR}><w:pPr/></w:pPrChange>"),
    "rPrChange": ("formate", '<w:sz w:val="56"/>', f"<w:rPrChange {AUTHOR}><w:rPr/></w:rPrChange>"),
    "field": (
        "dokument",
        "<w:sdt>",
        "<w:p><w:r><w:delInstrText>LINK x</w:delInstrText></w:r></w:p>",
    ),
}


FETCHING = (
    *("INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD"),
    "MACROBUTTON",
)


def drawn_by_vml(origin: str, beside: str = "") -> str:
    """A shape of VML with a picture that comes from elsewhere."""
    names = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    inner = f'<{origin}="https://elsewhere.example/y.png"{beside}/>'
    shape = f'<v:shape {names} href="https://example.org/" style="width:9pt">{inner}</v:shape>'
    return f"<w:r><w:pict>{shape}</w:pict></w:r>"


def packed(method: int) -> bytes:
    """The hand-made house in a ZIP of another kind."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(hand_made_house())) as house, zipfile.ZipFile(out, "w", method) as other:
        for name in house.namelist():
            other.writestr(name, house.read(name))
    return out.getvalue()


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
    typed = CONTENT_TYPES.replace("wordprocessingml.styles+xml", "evil")
    yield (
        "type",
        hand_made_house({"[Content_Types].xml": typed}),
        "a part of this file is of a type",
    )
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
    for origin in (
        "v:imagedata src",
        "v:imagedata o:href",
        "v:fill src",
        "v:fill o:href",
        "v:stroke o:althref",
    ):
        drawn = {"word/kopf.xml": LETTERHEAD.replace("</w:p>", f"{drawn_by_vml(origin)}</w:p>")}
        yield origin, hand_made_house(drawn), "this file refers to something outside of it (image)"
    chart = with_relationship("chart", "c.xml", mode="Internal")
    yield "chart", hand_made_house(chart), "this file holds a part of a kind that is not carried over (chart)"
    yield "broken XML", hand_made_house({"word/kopf.xml": "<w:hdr"}), "a part of this file is broken XML"
    yield (
        "entities",
        hand_made_house({"word/formate.xml": f"{head}{entity}{rest}"}),
        "a part of this file declares",
    )
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        yield f"packing {method}", packed(method), "a part of this file is packed as Word packs none"
    without = CONTENT_TYPES.replace('<Default Extension="png" ContentType="image/png"/>', "")
    untyped = hand_made_house({"[Content_Types].xml": without})
    yield "no type", untyped, "nothing says of what type a part of this file is"
    yield "bomb", hand_made_house({"word/x.xml": bomb}), "a part of this file blows up when it is opened"
    yield "many parts", hand_made_house(many), "this file holds more than a Word file of a house could"
    yield "strict", hand_made_house({"word/dokument.xml": strict}), "this file is not in the form of Open XML"
    fetching = DOCUMENT.replace("<w:sdt>", f"{field}<w:sdt>")
    found = "this file holds a field of a kind that is not carried over (INCLUDETEXT)"
    yield "fetching", hand_made_house({"word/dokument.xml": fetching}), found
    for kind in FETCHING:
        for spelled in (f' {kind} "P:/x.docx" ', f'{kind.lower()}"P:/x.docx"'):
            glued = {"word/fuss.xml": FOOTER.replace(" PAGE ", spelled)}
            message = f"this file holds a field of a kind that is not carried over ({kind})"
            yield f"field {spelled}", hand_made_house(glued), message
    told = "this file holds tracked changes that nobody has accepted"
    for name, (part, place, change) in TRACKED.items():
        written = PARTS[f"word/{part}.xml"]
        assert place in written
        house = hand_made_house({f"word/{part}.xml": written.replace(place, change + place)})
        yield f"tracked {name}", house, told
    loop = {"word/_rels/kopf.xml.rels": HEADER_RELATIONSHIPS.replace("media/", "../../../")}
    yield "out of it", hand_made_house(loop), "this is not a whole Word file"


@pytest.mark.parametrize(("content", "message"), [pytest.param(*row[1:], id=row[0]) for row in refusals()])
def test_what_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(HouseRefused) as refused:
        open_house(content)
    assert refused.value.message.startswith(message)
    assert refused.value.hint


def test_a_picture_in_the_file_does_not_say_where_it_was_taken_from() -> None:
    drawn = drawn_by_vml("v:imagedata o:href", ' src="https://elsewhere.example/z.png" r:id="rId1"')
    parts = parts_of(made(hand_made_house({"word/kopf.xml": LETTERHEAD.replace("</w:p>", f"{drawn}</w:p>")})))
    assert not any(b"elsewhere" in data for data in parts.values())
    letterhead = parts["word/house-header1.xml"]
    assert b'imagedata r:id="rId1"' in letterhead
    assert b'href="https://example.org/"' in letterhead  # a link: nobody fetches it but who clicks on it


def test_comments_and_rights_to_edit_are_left_behind_wherever_they_are_marked() -> None:
    marks = (
        '<w:commentRangeStart w:id="0"/><w:permStart w:id="1" w:ed="AMT\\geheim"/>',
        ('<w:permEnd w:id="1"/><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>'),
    )
    letterhead = LETTERHEAD.replace("</w:pPr>", f"</w:pPr>{marks[0]}").replace("</w:p>", marks[1])
    house = hand_made_house({"word/kopf.xml": letterhead})
    for name, data in parts_of(made(house)).items():
        assert "comment" not in name
        for trace in (b"comment", b"geheim", b"Neu fassen", b"permEnd"):
            assert trace not in data, (name, trace)


def test_a_house_cut_anywhere_or_changed_anywhere_never_breaks_the_program() -> None:
    hints = []
    for house in (hand_made_house(), packed(zipfile.ZIP_STORED), packed(zipfile.ZIP_LZMA)):
        for at in range(0, len(house), 97):
            for content in (house[:at], house[:at] + bytes([house[at] ^ 0x55]) + house[at + 1 :]):
                try:
                    write_docx(fisheries_memo(), themed(content))
                except HouseRefused as refused:
                    hints.append(refused.hint)
    assert len(hints) > 50
    assert all(hints)


WEIRD = ("", "x", "99999999999999999999", "-1", "nan", "{briefbook}", "0")


@pytest.mark.long
@pytest.mark.usefixtures("_unwatched")
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
