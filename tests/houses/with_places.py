"""The house written by hand, as a ministry's template has it: properties, and places kept for a memo's words.

Its cover has Word's controls for title, subject and day, bound to properties or known by their tags, an
explained heading with a footnote, and fields; header and footer have fields, too.
"""

from collections.abc import Mapping

from tests.houses.by_hand import (
    CONTENT_TYPES,
    DOCUMENT,
    DOCUMENT_RELATIONSHIPS,
    FOOTER,
    HEADER,
    RELATIONSHIPS,
    hand_made_house,
)

_CORE_STORE = "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"
_COVER_STORE = "{55AF091B-3C7A-41E3-B477-F2FDAA23CFDA}"
_CORE_XPATH = "/ns1:coreProperties[1]/ns0:{name}[1]"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument"
MAKER = "Erika Mustermann"
LABEL = "MSIP_Label_1f2e3d4c-0000-4000-8000-000000000000"


def bound(name: str, shown: str, *, store: str = _CORE_STORE, more: str = "<w:text/>") -> str:
    """A control over a paragraph, bound to a property, that still shows what waits for words."""
    mappings = "xmlns:ns0='http://purl.org/dc/elements/1.1/' xmlns:ns1='http://schemas.openxmlformats.org/package/2006/metadata/core-properties' "
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="Feld"/><w:id w:val="{len(name) * 7}"/><w:showingPlcHdr/>'
        f'<w:dataBinding w:prefixMappings="{mappings}" w:xpath="{_CORE_XPATH.format(name=name)}" w:storeItemID="{store}"/>{more}</w:sdtPr>'
        f'<w:sdtContent><w:p><w:pPr><w:pStyle w:val="Titel"/></w:pPr><w:r><w:rPr><w:rStyle w:val="PlaceholderText"/><w:b/></w:rPr>'
        f"<w:t>[{shown}]</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )


def field(instruction: str, *result: str) -> str:
    """A complex field with its result in some runs."""
    runs = "".join(f"<w:r><w:rPr><w:i/></w:rPr><w:t>{words}</w:t></w:r>" for words in result)
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' if result else ""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>{separate}{runs}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


_DAY = '<w:date w:fullDate="2009-01-01T00:00:00Z"><w:dateFormat w:val="dddd, d. MMMM yyyy"/><w:lid w:val="de-DE"/><w:storeMappedDataAs w:val="dateTime"/><w:calendar w:val="gregorian"/></w:date>'
_TAGGED = '<w:p><w:r><w:t xml:space="preserve">An: </w:t></w:r><w:sdt><w:sdtPr><w:tag w:val="Subject"/><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>Be</w:t></w:r><w:r><w:t>treff</w:t></w:r></w:sdtContent></w:sdt></w:p>'
_NOTED = '<w:p><w:r><w:t>Nur für den Dienst</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
_FIELDS = (
    f'<w:p>{field("DOCPROPERTY  Abteilung  ", "alt")}<w:r><w:t xml:space="preserve"> · </w:t></w:r>'
    f"{field(chr(92).join(('DOCPROPERTY &quot;Title&quot; ', '* Upper')).replace('&quot;', chr(34)))}"
    f'<w:r><w:t xml:space="preserve"> · </w:t></w:r>{field("CREATEDATE " + chr(92) + "@ " + chr(34) + "d.M.yyyy HH:mm" + chr(34), "1.1.", "2009")}'
    f'<w:r><w:t xml:space="preserve"> · </w:t></w:r>{field("AUTHOR", MAKER)}</w:p>'
)
COVER = (
    bound("title", "Titel")
    + bound("PublishDate", "Datum", store=_COVER_STORE, more=_DAY)
    + _TAGGED
    + _NOTED
    + _FIELDS
)

CORE = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    f"<dc:title>Vorlage</dc:title><dc:creator>{MAKER}</dc:creator><cp:lastModifiedBy>{MAKER}</cp:lastModifiedBy>"
    "<cp:category>Vermerk</cp:category><dc:description>Entwurf von Erika</dc:description></cp:coreProperties>"
)
APP = (
    f'<Properties xmlns="{_OFFICE}/extended-properties"><Template>Amt.dotx</Template><TotalTime>540</TotalTime>'
    "<Manager>Leitung</Manager><Company>Amt für Fischerei</Company><Application>Microsoft Office Word</Application></Properties>"
)
_PROPERTIES = {
    "Abteilung": "<vt:lpwstr>Referat 7</vt:lpwstr>",
    "Aktenplan": "<vt:i4>4711</vt:i4>",
    f"{LABEL}_Name": "<vt:lpwstr>Dienstgebrauch</vt:lpwstr>",
    f"{LABEL}_Owner": "<vt:lpwstr>erika@example.org</vt:lpwstr>",
    "_AuthorEmail": "<vt:lpwstr>erika@example.org</vt:lpwstr>",
    "Ablage": "<vt:lpwstr>P:\\Vorlagen\\Erika</vt:lpwstr>",
    "Bild": "<vt:blob>AAAA</vt:blob>",
}
CUSTOM = (
    f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
    + "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{pid}" name="{name}">{value}</property>'
        for pid, (name, value) in enumerate(_PROPERTIES.items(), start=2)
    )
    + "</Properties>"
)

_RELATED = "".join(
    f'<Relationship Id="rId{number}" Type="{kind}" Target="docProps/{name}.xml"/>'
    for number, kind, name in (
        (2, f"{_PACKAGE}/relationships/metadata/core-properties", "core"),
        (3, f"{_OFFICE}/relationships/extended-properties", "app"),
        (4, f"{_OFFICE}/relationships/custom-properties", "custom"),
    )
)
_NOTES = (
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:footnote w:id="2"><w:p><w:r><w:t>Dienstanweisung 3</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
_TITLE_IN_HEADER = f'<w:r><w:t xml:space="preserve">: </w:t></w:r>{field("TITLE " + chr(92) + "* MERGEFORMAT", "Vor", "lage")}</w:p>'
_COMPANY = '<w:r><w:t xml:space="preserve"> · </w:t></w:r><w:fldSimple w:instr=" DOCPROPERTY Company "><w:r><w:t>alt</w:t></w:r></w:fldSimple></w:p>'
_BODY = "<w:body>\n"

PLACES: Mapping[str, str] = {
    "[Content_Types].xml": CONTENT_TYPES.replace(
        "</Types>",
        f'<Override PartName="/word/footnotes.xml" ContentType="{_TYPES}.wordprocessingml.footnotes+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f'<Override PartName="/docProps/app.xml" ContentType="{_TYPES}.extended-properties+xml"/>'
        f'<Override PartName="/docProps/custom.xml" ContentType="{_TYPES}.custom-properties+xml"/></Types>',
    ),
    "_rels/.rels": RELATIONSHIPS.replace("</Relationships>", f"{_RELATED}</Relationships>"),
    "word/_rels/dokument.xml.rels": DOCUMENT_RELATIONSHIPS.replace(
        "</Relationships>",
        f'<Relationship Id="rId20" Type="{_OFFICE}/relationships/footnotes" Target="footnotes.xml"/></Relationships>',
    ),
    "word/dokument.xml": DOCUMENT.replace(_BODY, _BODY + COVER),
    "word/header1.xml": HEADER.replace("</w:p>", _TITLE_IN_HEADER),
    "word/fuss.xml": FOOTER.replace("</w:p>", _COMPANY),
    "word/footnotes.xml": _NOTES,
    "docProps/core.xml": CORE,
    "docProps/app.xml": APP,
    "docProps/custom.xml": CUSTOM,
}


def house_with_places(changes: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """The file; `changes` replace or add parts, None leaves one out."""
    return hand_made_house({**PLACES, **(changes or {})})
