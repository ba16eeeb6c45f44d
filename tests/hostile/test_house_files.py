"""Hostile house files: what could run, fetch, lead away or blow up is refused with a mend, or left behind.

`CASES` is read by the count of all hostile inputs: a kind, a name, changes to a sound house, what is told;
nothing is told where a memo in that house holds no trace of it.
"""

from collections.abc import Mapping

import pytest

from briefbook.writers.house_contents import HouseRefused
from briefbook.writers.house_file import read_house
from briefbook.writers.theme import File, HouseFile
from tests.houses.by_hand import (
    CONTENT_TYPES,
    DOCUMENT,
    FOOTER,
    LETTERHEAD,
    PARTS,
    SETTINGS,
    STYLES,
    hand_made_house,
)
from tests.writers.test_house_graft import made, parts_of
from tests.writers.test_house_refused import drawn_by_vml, with_relationship

Changes = Mapping[str, str | bytes | None]

MACROS = "this file holds macros or controls"
OBJECT = "this file holds an embedded object"
OUTSIDE = "this file refers to something outside of it"
FETCHES = "this file holds a field of a kind that is not carried over"
LINK = "this file holds a link that leads neither to the web nor to a mail"
UNCLEAR = "this file holds a link that leads nobody knows where"
FORM = "this file is not in the form of Open XML that Word writes by default"
TYPE = "a part of this file is of a type that no memo holds"
OPEN = "a field of this file goes on over the place of a memo, or does not end"
WHOLE = "this is not a whole Word file"
DTD = "a part of this file declares a document type"
BROKEN = "a part of this file is broken XML"
PICTURE = "a picture in this file is of a kind that not every program shows"
NONE = ""
HEADER = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"

STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BEGUN, SHOWN, ENDED = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"
FAR = '"file://evil.example/x"'

BILLION = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/e.dtd"> %e;]>'


def typed(dtd: str, part: str = STYLES) -> str:
    head, rest = part.split("\n", 1)
    return f"{head}{dtd}{rest}"


def field(words: str, part: str = FOOTER) -> Changes:
    assert " PAGE " in part
    return {"word/fuss.xml": part.replace(" PAGE ", words)}


def runs(*words: str) -> Changes:
    """A field whose instruction stands in several runs; a field in it is `BEGUN` … `ENDED`."""
    inner = "".join(
        word if word.startswith("<") else f"<w:instrText>{word}</w:instrText>"
        for word in (BEGUN, *words, ENDED)
    )
    return {"word/fuss.xml": FOOTER.replace("</w:p>", f"<w:r>{inner}</w:r></w:p>")}


def strict(part: str) -> str:
    assert "http://schemas.openxmlformats.org/wordprocessingml/2006/main" in part
    return part.replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", STRICT)


def reached(kind: str, target: str, more: Changes) -> Changes:
    """The letterhead refers to a part by a kind, before it does so by its own."""
    before = PARTS["word/_rels/kopf.xml.rels"]
    one = f'<Relationship Id="y" Type="{HEADER.replace("/header", f"/{kind}")}" Target="{target}"/>'
    return {"word/_rels/kopf.xml.rels": before.replace("<Relationship ", f"{one}<Relationship ", 1), **more}


def link(address: str) -> Changes:
    return with_relationship("hyperlink", address)


def vml(address: str) -> Changes:
    drawn = drawn_by_vml("v:fill title").replace("https://example.org/", address)
    return {"word/kopf.xml": LETTERHEAD.replace("</w:p>", f"{drawn}</w:p>")}


def picture(data: bytes) -> Changes:
    return {"word/media/wappen.png": data}


def within(part: str, place: str, more: str) -> str:
    assert place in part
    return part.replace(place, more + place, 1)


MAIL_MERGE = (
    '<w:mailMerge><w:query w:val="SELECT * FROM x"/><w:connectString w:val="DSN=evil"/></w:mailMerge>'
    '<w:docVars><w:docVar w:name="evil" w:val="evil"/></w:docVars>'
)
DEEP = "<w:smartTag>" * 300 + "</w:smartTag>" * 300
AROUND = f"<w:p><w:r>{BEGUN}<w:instrText>QUOTE x</w:instrText>{SHOWN}</w:r></w:p>"
MACRO_TYPES = CONTENT_TYPES.replace(".document.main+xml", ".document.macroEnabled.main+xml").replace(
    "vnd.openxmlformats-officedocument.wordprocessingml.document.macro", "vnd.ms-word.document.macro"
)

CASES: tuple[tuple[str, str, Changes, str], ...] = (
    ("code in a house", "vbaProject", {"word/vbaProject.bin": b"x"}, MACROS),
    ("code in a house", "macros by the type", {"[Content_Types].xml": MACRO_TYPES}, MACROS),
    ("code in a house", "ActiveX", with_relationship("control", "a.xml"), MACROS),
    ("code in a house", "a button that runs a macro", field(" MACROBUTTON Evil Click "), FETCHES),
    ("code in a house", "commands to the printer", field(' PRINT "\\027E" '), FETCHES),
    ("objects in a house", "OLE", with_relationship("oleObject", "a.bin", mode="Internal"), OBJECT),
    ("objects in a house", "a package", with_relationship("package", "a.xlsx", mode="Internal"), OBJECT),
    ("objects in a house", "a chunk of HTML", with_relationship("aFChunk", "a.htm", mode="Internal"), OBJECT),
    ("objects in a house", "a document below", with_relationship("subDocument", "file:///x.docx"), OBJECT),
    ("parts that a house does not have", "a control without its part", {"word/fuss.xml": within(FOOTER, "</w:p>", '<w:r><w:control w:name="evil"/></w:r>')}, NONE),
    ("parts that a house does not have", "a document below without its part", {"word/dokument.xml": within(DOCUMENT, "<w:sdt>", '<w:p><w:subDoc r:id="evil"/></w:p>')}, NONE),
    ("parts that a house does not have", "a database, in a list", {"word/listen.xml": within(PARTS["word/listen.xml"], "<w:num ", MAIL_MERGE.partition("<w:docVars>")[0])}, NONE),
    ("parts that a house does not have", "a template, in another setting", {"word/settings.xml": SETTINGS.replace('w:val="709"/>', 'w:val="709"><w:attachedTemplate r:id="rId1"/></w:defaultTabStop>')}, NONE),
    ("parts that a house does not have", "a note outside of a paragraph", {"word/dokument.xml": within(DOCUMENT, "<w:sdt>", '<w:footnoteReference w:id="2" w:evil="1"/>')}, NONE),
    ("objects in a house", "a field EMBED", field(" EMBED Package "), FETCHES),
    ("calls from a house", "a picture that is fetched", with_relationship("image", "http://127.0.0.1:9/x"), OUTSIDE),
    ("calls from a house", "a header on a share", with_relationship("header", "file://evil/h.xml"), OUTSIDE),
    ("calls from a house", "a face that is fetched", with_relationship("font", "http://127.0.0.1:9/f"), OUTSIDE),
    ("calls from a house", "VML", {"word/kopf.xml": within(LETTERHEAD, "</w:p>", drawn_by_vml("v:fill src"))}, OUTSIDE),
    ("calls from a house", "an attached template", {"word/settings.xml": SETTINGS}, NONE),
    ("fields of a house", "INCLUDEPICTURE", field(' INCLUDEPICTURE "http://127.0.0.1:9/x" \\d '), FETCHES),
    ("fields of a house", "DDEAUTO", field(" DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "), FETCHES),
    ("fields of a house", "in capitals and small ones, glued", field('dDe"cmd"'), FETCHES),
    ("fields of a house", "cut into runs", field(" IN</w:instrText></w:r><w:r><w:instrText>CLUDETEXT x "), FETCHES),
    ("fields of a house", "a field in another", {"word/dokument.xml": within(DOCUMENT, "<w:sdt>", '<w:p><w:fldSimple w:instr=" LINK Excel.Sheet x "/></w:p>')}, FETCHES),
    ("links of a house", "javascript", link("javascript:alert(1)"), LINK),
    ("links of a house", "a share", link("file://evil.example/share/x.docx"), LINK),
    ("links of a house", "a program's own scheme", link("ms-msdt:/id%20PCWDiagnostic"), LINK),
    ("links of a house", "a field HYPERLINK", field(' HYPERLINK \\t "_blank" "file://evil/x" '), LINK),
    ("links of a house", "a shape", vml("vbscript:Evil"), LINK),
    ("fields of a house that hide", "a name of another language", field(" EINBETTEN Paket "), FETCHES),
    ("fields of a house that hide", "a name in a field", runs(BEGUN, "QUOTE DDEAUTO", ENDED, " cmd"), FETCHES),
    ("fields of a house that hide", "a name as text", runs("<w:t>DDEAUTO cmd</w:t>"), FETCHES),
    ("fields of a house that hide", "a name in the Strict form", {"word/fuss.xml": strict(FOOTER).replace(" PAGE ", " DDEAUTO cmd ")}, FORM),
    ("fields of a house that hide", "an attribute in the Strict form", runs(f'<w:fldSimple xmlns:s="{STRICT}" s:instr="DDEAUTO cmd"/>'), FORM),
    ("fields that link", "behind a kind of formatting", field(f" HYPERLINK \\* MERGEFORMAT {FAR} "), LINK),
    ("fields that link", "by a field in them", runs("HYPERLINK ", BEGUN, f"QUOTE {FAR}", ENDED), UNCLEAR),
    ("fields that link", "by a field within quotes", runs('HYPERLINK "', BEGUN, f"QUOTE {FAR}", SHOWN, "<w:t>https://example.org/</w:t>", ENDED, '"'), UNCLEAR),
    ("fields that link", "by a second address", field(f' HYPERLINK "https://example.org/" {FAR} '), LINK),
    ("fields that link", "behind a tip with a quote", field(f' HYPERLINK \\o "a\\" {FAR} "b" '), UNCLEAR),
    ("fields that link and are read in part", "behind a comment", field(f" HYPERLINK <!-- -->{FAR} "), LINK),
    ("fields that link and are read in part", "by text", runs("HYPERLINK ", f"<w:t>{FAR}</w:t>"), LINK),
    ("fields that link and are read in part", "behind a switch that lacks its words", field(f" HYPERLINK \\o \\h {FAR} "), UNCLEAR),
    ("fields that link and are read in part", "in what a program keeps beside them", runs("QUOTE x", SHOWN, BEGUN.replace("/>", "><w:fldData>evil</w:fldData></w:fldChar>"), 'HYPERLINK \\l "Anfang"', ENDED), NONE),
    ("fields that link and are read in part", "by a mark in what is left behind", runs("HYPERLINK", "<w:permStart>" + SHOWN + "</w:permStart>", f"<w:t> {FAR}</w:t>"), LINK),
    ("fields that link to nothing", "no address", field(' HYPERLINK "" '), NONE),
    ("fields that link to nothing", "no address, but a place", field(' HYPERLINK "" \\l "Anfang" '), NONE),
    ("fields that link to nothing", "a place", field(' HYPERLINK \\l "_Toc1" \\h '), NONE),
    ("fields over the place of a memo", "without an end", {"word/dokument.xml": within(DOCUMENT, "<w:sdt>", AROUND)}, OPEN),
    ("fields over the place of a memo", "with an end behind it", {"word/dokument.xml": within(within(DOCUMENT, "<w:sdt>", AROUND), "<w:sectPr>", f"<w:p><w:r>{ENDED}</w:r></w:p>")}, OPEN),
    ("fields over the place of a memo", "in what ends a section", {"word/dokument.xml": within(DOCUMENT, '<w:headerReference w:type="default" r:id="rId4"/>', f"<w:r>{BEGUN}</w:r>")}, OPEN),
    ("parts of a house that are none", "settings that are a mail merge", {"word/settings.xml": SETTINGS.replace("w:settings", "w:mailMerge")}, WHOLE),
    ("parts of a house that are none", "styles that are a chunk", {"word/formate.xml": STYLES.replace("w:styles", "w:altChunk")}, WHOLE),
    ("parts of a house that are none", "a header that is a footer", {"word/kopf.xml": LETTERHEAD.replace("w:hdr", "w:ftr")}, WHOLE),
    ("XML of a house", "a billion laughs", {"word/formate.xml": typed(BILLION)}, DTD),
    ("XML of a house", "an entity that is a file", {"word/formate.xml": typed(EXTERNAL)}, DTD),
    ("XML of a house", "a document type that is fetched", {"word/listen.xml": typed(PARAMETER, PARTS["word/listen.xml"])}, DTD),
    ("XML of a house", "a document type in UTF-16", {"word/formate.xml": typed(EXTERNAL).replace("UTF-8", "UTF-16").encode("utf-16")}, DTD),
    ("XML of a house", "very deep", {"word/kopf.xml": within(LETTERHEAD, "</w:p>", DEEP)}, BROKEN),
    ("pictures of a house", "SVG with a program", picture(SVG), PICTURE),
    ("pictures of a house", "HTML", picture(b"<html><script>alert(1)</script></html>"), PICTURE),
    ("pictures of a house", "a program of Windows", picture(b"MZ\x90\0" + bytes(200)), PICTURE),
    ("pictures of a house", "PostScript", picture(b"%!PS-Adobe-3.0 EPSF-3.0\n"), PICTURE),
    ("pictures of a house", "nothing", picture(b""), PICTURE),
    ("parts of two kinds in a house", "a picture that is a face before", reached("font", "media/wappen.png", picture(SVG)), PICTURE),
    ("parts of two kinds in a house", "SVG with a metafile's signature", picture(SVG.replace(b"><", b"  EMF=''><", 1)), PICTURE),
    ("parts of two kinds in a house", "a header that is a face before", reached("font", "header1.xml", {}), TYPE),
    ("parts of two kinds in a house", "a picture that is called XML", {"[Content_Types].xml": CONTENT_TYPES.replace("image/png", "application/xml")}, TYPE),
    ("parts of a house", "a query of a mail merge", {"word/settings.xml": within(SETTINGS, "<w:defaultTabStop", MAIL_MERGE)}, NONE),
    ("parts of a house", "custom XML and a thumbnail", {"customXml/item1.xml": "<evil/>", "docProps/thumbnail.jpeg": b"evil"}, NONE),
    ("parts of a house", "a part that leads above all", {"word/_rels/kopf.xml.rels": PARTS["word/_rels/kopf.xml.rels"].replace("media/", "../../../evil/")}, WHOLE),
    ("parts of a house", "a diagram of a kind of its own", with_relationship("diagramData", "evil.xml", mode="Internal"), "this file holds a part of a kind that is not carried over"),
    ("parts of a house", "a header within itself", {"word/_rels/kopf.xml.rels": PARTS["word/_rels/kopf.xml.rels"].replace("</Rel", f'<Relationship Id="x" Type="{HEADER}" Target="kopf.xml"/></Rel')}, NONE),
)  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_house_is_refused_or_leaves_no_trace(changes: Changes, told: str) -> None:
    house = hand_made_house(changes)
    if told:
        with pytest.raises(HouseRefused) as refused:
            read_house(HouseFile(file=File.of(house)))
        assert refused.value.message.startswith(told)
        assert refused.value.hint
        assert len(refused.value.message) < 200
        return
    for name, data in parts_of(made(house)).items():
        for trace in (b"evil", b"attachedTemplate", b"mailMerge", b"Amt.dotm"):
            assert trace not in data, (name, trace)
