"""A house's Word file written by hand: German style ids, a cover in a section of its own, a letterhead.

As Word has it where it speaks German: the ids say "berschrift1", the names "heading 1". The settings name a
template on somebody's drive and the body holds a comment: both are left behind.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from tests.pictures import png

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

CONTENT_TYPES = f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Override PartName="/word/dokument.xml" ContentType="{_TYPE}.document.main+xml"/>
<Override PartName="/word/formate.xml" ContentType="{_TYPE}.styles+xml"/>
<Override PartName="/word/listen.xml" ContentType="{_TYPE}.numbering+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_TYPE}.settings+xml"/>
<Override PartName="/word/kopf.xml" ContentType="{_TYPE}.header+xml"/>
<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>
<Override PartName="/word/fuss.xml" ContentType="{_TYPE}.footer+xml"/>
<Override PartName="/word/comments.xml" ContentType="{_TYPE}.comments+xml"/></Types>"""

RELATIONSHIPS = f"""{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/dokument.xml"/></Relationships>"""

DOCUMENT_RELATIONSHIPS = f"""{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="stil" Type="{_REL}/styles" Target="formate.xml"/>
<Relationship Id="rId9" Type="{_REL}/numbering" Target="/word/listen.xml"/>
<Relationship Id="rId2" Type="{_REL}/settings" Target="settings.xml"/>
<Relationship Id="rId3" Type="{_REL}/header" Target="kopf.xml"/>
<Relationship Id="rId4" Type="{_REL}/header" Target="header1.xml"/>
<Relationship Id="rId5" Type="{_REL}/footer" Target="fuss.xml"/>
<Relationship Id="memo7" Type="{_REL}/hyperlink" Target="https://example.org/amt" TargetMode="External"/>
<Relationship Id="rId6" Type="{_REL}/comments" Target="comments.xml"/></Relationships>"""

HEADER_RELATIONSHIPS = f"""{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_REL}/image" Target="media/wappen.png"/></Relationships>"""

SETTINGS_RELATIONSHIPS = f"""{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_REL}/attachedTemplate" Target="file:///P:/Vorlagen/Amt.dotm" TargetMode="External"/>
</Relationships>"""

_PICTURE = """<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 distT="0" distB="0" distL="0" distR="0"><wp:extent cx="1080000" cy="360000"/><wp:docPr id="1" name="Wappen" descr="Arms"/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>
<pic:cNvPr id="1" name="Wappen"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch>
</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1080000" cy="360000"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"""

LETTERHEAD = f"""{_HEAD}<w:hdr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="Kopfzeile"/></w:pPr>{_PICTURE}
<w:r><w:t xml:space="preserve">  Amt für Fischerei</w:t></w:r></w:p></w:hdr>"""
HEADER = f"""{_HEAD}<w:hdr {_W}><w:p><w:pPr><w:pStyle w:val="Kopfzeile"/></w:pPr>
<w:r><w:t>Amt für Fischerei – Vermerk</w:t></w:r></w:p></w:hdr>"""
FOOTER = f"""{_HEAD}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Fuzeile"/></w:pPr><w:r><w:t xml:space="preserve">Blatt </w:t></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>"""

_SHEET = """<w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="2268" w:right="1418" w:bottom="1418" w:left="1701" w:header="709" w:footer="567" w:gutter="0"/>"""

DOCUMENT = f"""{_HEAD}<w:document {_W} {_R}><w:body>
<w:p><w:pPr><w:pStyle w:val="Titel"/></w:pPr><w:bookmarkStart w:id="1" w:name="Anfang"/><w:r><w:t>Amt für Fischerei</w:t></w:r><w:bookmarkEnd w:id="1"/></w:p>
<w:p><w:commentRangeStart w:id="0"/><w:hyperlink r:id="memo7"><w:r><w:t>example.org/amt</w:t></w:r></w:hyperlink><w:commentRangeEnd w:id="0"/>
<w:r><w:commentReference w:id="0"/></w:r></w:p>
<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId5"/>
<w:type w:val="nextPage"/>{_SHEET}</w:sectPr></w:pPr></w:p>
<w:sdt><w:sdtPr><w:alias w:val="Vermerk"/><w:tag w:val="briefbook"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Hier steht der Vermerk.</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:pPr><w:pStyle w:val="Textkrper"/></w:pPr><w:r><w:t>Im Auftrag: das Amt</w:t></w:r></w:p>
<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>
<w:type w:val="nextPage"/>{_SHEET}</w:sectPr></w:body></w:document>"""

SETTINGS = f"""{_HEAD}<w:settings {_W} {_R}><w:attachedTemplate r:id="rId1"/><w:defaultTabStop w:val="709"/>
<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>"""

COMMENTS = f"""{_HEAD}<w:comments {_W}><w:comment w:id="0" w:author="Amt"><w:p><w:r><w:t>Neu fassen?</w:t></w:r></w:p></w:comment></w:comments>"""

NUMBERING = f"""{_HEAD}<w:numbering {_W}><w:abstractNum w:abstractNumId="4"><w:multiLevelType w:val="singleLevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="Aufzhlungszeichen"/><w:lvlText w:val="▪"/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num></w:numbering>"""


def _style(
    kind: str, id_: str, name: str, *, base: str = "", p: str = "", r: str = "", default: bool = False
) -> str:
    return (
        f'<w:style w:type="{kind}" w:styleId="{id_}"{" w:default=" + chr(34) + "1" + chr(34) if default else ""}>'
        f'<w:name w:val="{name}"/>' + (f'<w:basedOn w:val="{base}"/>' if base else "") + "<w:qFormat/>"
        + (f"<w:pPr>{p}</w:pPr>" if p else "") + (f"<w:rPr>{r}</w:rPr>" if r else "") + "</w:style>"
    )  # fmt: skip


_HEADING = '<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level}"/>'
STYLES = f"""{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>
<w:sz w:val="20"/><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>""" + "".join(
    (
        _style("paragraph", "Standard", "Normal", r='<w:lang w:val="de-DE"/>', default=True),
        _style("character", "Absatz-Standardschriftart", "Default Paragraph Font", default=True),
        _style("paragraph", "Titel", "Title", base="Standard", p='<w:spacing w:before="4000"/>', r='<w:sz w:val="56"/>'),
        _style("paragraph", "Textkrper", "Body Text", base="Standard", p='<w:spacing w:after="120" w:line="276" w:lineRule="auto"/>'),
        *(
            _style("paragraph", f"berschrift{n}", f"heading {n}", base="Standard", p=_HEADING.format(level=n - 1),
                   r=f'<w:b/><w:color w:val="0B5D3B"/><w:sz w:val="{34 - 4 * n}"/>')
            for n in (1, 2, 3)
        ),
        _style("paragraph", "Kopfzeile", "header", base="Standard"),
        _style("paragraph", "Fuzeile", "footer", base="Standard"),
        _style("paragraph", "Aufzhlungszeichen", "List Bullet", base="Standard", p='<w:numPr><w:numId w:val="7"/></w:numPr>'),
        _style("paragraph", "Field", "Feld", base="Standard"),  # an id of ours under another name
        _style("character", "Betont", "Amt Betont", r="<w:b/>"),
    )
) + "</w:styles>"  # fmt: skip

PARTS = {
    "[Content_Types].xml": CONTENT_TYPES,
    "_rels/.rels": RELATIONSHIPS,
    "word/dokument.xml": DOCUMENT,
    "word/_rels/dokument.xml.rels": DOCUMENT_RELATIONSHIPS,
    "word/formate.xml": STYLES,
    "word/listen.xml": NUMBERING,
    "word/settings.xml": SETTINGS,
    "word/_rels/settings.xml.rels": SETTINGS_RELATIONSHIPS,
    "word/kopf.xml": LETTERHEAD,
    "word/_rels/kopf.xml.rels": HEADER_RELATIONSHIPS,
    "word/header1.xml": HEADER,
    "word/fuss.xml": FOOTER,
    "word/comments.xml": COMMENTS,
}


def hand_made_house(changes: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """The file; `changes` replace or add parts, None leaves one out."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, "word/media/wappen.png": png(), **(changes or {})}.items():
            if content is not None:
                archive.writestr(name, content)
    return out.getvalue()
