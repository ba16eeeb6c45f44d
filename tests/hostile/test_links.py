"""Hostile addresses: no format links to anything but http, https and mail, and none lets one out of its place.

`CASES` is read by the count of all hostile inputs: a kind, a name, the address of a link.
"""

import re
from io import BytesIO

import pikepdf
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from briefbook.document import CitedSource, Document, Link, Paragraph, SourceEntry, SourceList, Text
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from briefbook.writers.words import safe_opening
from tests.hand_edits import parts_of
from tests.writers.trees import document_of, run

CASES: tuple[tuple[str, str, str], ...] = (
    ("programs as addresses", "javascript", "javascript:alert(1)"),
    ("programs as addresses", "in capitals", "JaVaScRiPt:alert(1)"),
    ("programs as addresses", "vbscript", "vbscript:MsgBox(1)"),
    ("programs as addresses", "data", "data:text/html;base64,PHNjcmlwdD4="),
    ("programs as addresses", "a program of Windows", "ms-msdt:/id PCWDiagnostic"),
    ("cut addresses", "a tab in the scheme", "java\tscript:alert(1)"),
    ("cut addresses", "a line end in the scheme", "java\nscript:alert(1)"),
    ("cut addresses", "a control character before it", "\x01javascript:alert(1)"),
    ("cut addresses", "an entity in the scheme", "java&#x73;cript:alert(1)"),
    ("cut addresses", "spaces before it", "  javascript:alert(1)"),
    ("places of this machine", "a file", "file:///etc/passwd"),
    ("places of this machine", "a share by two slashes", "//evil.example/share"),
    ("places of this machine", "a share by backslashes", "\\\\evil.example\\share"),
    ("places of this machine", "slash and backslash", "/\\evil.example"),
    ("places of this machine", "a path", "../../etc/passwd"),
    ("addresses that break out", "a quotation mark", 'https://x.example/"onclick="alert(1)'),
    ("addresses that break out", "angle brackets", "https://x.example/><script>alert(1)</script>"),
    ("addresses that break out", "a line end in the path", "https://x.example/\r\nSet-Cookie: evil"),
    ("addresses that break out", "a bracket of Markdown", "https://x.example/)[evil](javascript:alert(1)"),
    ("addresses that break out", "a bracket of PDF", "https://x.example/) /S /JavaScript /JS (alert(1)"),
    ("false addresses", "no host", "https:///evil"),
    ("false addresses", "a port that is none", "https://x.example:99999999/"),
    ("false addresses", "a mail with a second line", "mailto:a@b.example%0Abcc:all@b.example\n"),
    ("false addresses", "of a hundred thousand signs", "https://x.example/" + "a" * 100_000),
    ("false addresses", "turned around", "https://x.example/\u202efdp.exe"),
)  # fmt: skip


def document(address: str) -> Document:
    source = SourceEntry(
        source="s", number=1, children=(Link(children=(Text(text="source"),), target=address),)
    )
    linked = Paragraph(
        children=(*run("See "), Link(children=(Text(text="there"),), target=address), *run("."))
    )
    return document_of(linked, SourceList(entries=(source,)))


def targets(extension: str, data: bytes) -> list[str]:
    """Every address that a reader could follow."""
    match extension:
        case "html":
            return [str(tag["href"]) for tag in BeautifulSoup(data, "lxml").find_all(href=True)]
        case "md":
            html = MarkdownIt("commonmark", {"html": True}).render(data.decode())
            return [str(tag["href"]) for tag in BeautifulSoup(html, "lxml").find_all(href=True)]
        case "docx":
            rels = b"".join(part for name, part in parts_of(data).items() if name.endswith(".rels"))
            return [m[1].decode() for m in re.finditer(rb'Target="([^"]*)" TargetMode="External"', rels)]
        case "pdf":
            with pikepdf.open(BytesIO(data)) as pdf:
                objects = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
                assert not any(one.get("/S") in ("/JavaScript", "/Launch") for one in objects)
                return [str(one["/URI"]) for one in objects if "/URI" in one]
        case _:
            return []


@pytest.mark.parametrize("address", [pytest.param(case[2], id=case[1]) for case in CASES])
def test_a_hostile_address_leads_nowhere_in_any_format(address: str) -> None:
    tree = document(address)
    for extension, writer in WRITERS.items():
        data = writer.write(tree, Theme())
        for target in targets(extension, data):
            assert re.match(r"(https?://|mailto:|#)", target), (extension, target)
            assert all(32 < ord(sign) < 127 for sign in target), (extension, target)
        assert extension == "json" or b"<script" not in data


@pytest.mark.parametrize("address", [pytest.param(case[2], id=case[1]) for case in CASES])
def test_a_citation_opens_no_hostile_address(address: str) -> None:
    opened = safe_opening(CitedSource(source="s", number=1, target=address))
    assert opened is None or re.fullmatch(r"https?://[!-~]+", opened)
