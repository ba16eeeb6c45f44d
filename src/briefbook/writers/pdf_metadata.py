"""What a PDF says of itself: the XMP packet, in step with the information dictionary.

Pure. Names the standards that the file keeps to: PDF/UA-1 (ISO 14289-1, 5) and PDF/A-2a (ISO 19005-2, 6.6.4).
"""

from datetime import date
from html import escape

from briefbook.document import Document
from briefbook.writers.pdf_file import text_string

MAKER = "briefbook"

# PDF/A wants every schema described that it does not know itself, as that of PDF/UA (ISO 19005-2, 6.6.2.3).
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>{creator}
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdf:Producer>{maker}</pdf:Producer>
<xmp:CreatorTool>{maker}</xmp:CreatorTool>
<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate>
<xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
<pdfuaid:part>1</pdfuaid:part>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Which part of ISO 14289 the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_CREATOR = "\n<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"


def xmp_packet(document: Document) -> bytes:
    """The metadata of a document as XMP (ISO 16684-1), in UTF-8."""
    creator = _CREATOR.format(author=_escaped(document.author)) if document.author else ""
    return _PACKET.format(
        title=_escaped(document.title),
        creator=creator,
        subject=_escaped(document.footer),
        language=_escaped(document.language),
        keywords=_escaped(keywords(document)),
        maker=MAKER,
        day=document.as_of.isoformat(),
    ).encode()


def information(document: Document) -> str:
    """The body of the information dictionary (ISO 32000-1, 14.3.3): it says what the XMP packet says."""
    entries = {
        "Title": document.title,
        "Author": document.author,
        "Subject": document.footer,
        "Keywords": keywords(document),
        "Creator": MAKER,
        "Producer": MAKER,
        "CreationDate": pdf_date(document.as_of),
        "ModDate": pdf_date(document.as_of),
    }
    return f"<<{''.join([f'/{name}{text_string(text)}' for name, text in entries.items()])}/Trapped/False>>"


def keywords(document: Document) -> str:
    """The memo's id, its reference where that is another one, and the as-of day."""
    known = dict.fromkeys([document.memo, document.reference, document.as_of.isoformat()])
    return ", ".join(known)


def pdf_date(day: date) -> str:
    """Midnight of a day, UTC (ISO 32000-1, 7.9.4)."""
    return f"D:{day:%Y%m%d}000000Z"


def _escaped(text: str) -> str:
    return escape(text, quote=False)
