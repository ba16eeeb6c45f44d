"""LibreOffice, as the tests ask it: a DOCX → a PDF, in the face that our measures are of."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import font_caladea
import font_source_serif_pro
import pytest
from lxml import etree

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALADEA = Path(font_caladea.__file__).parent / "files"
FALLBACK = font_source_serif_pro.font_directory  # Greek, Cyrillic: what Caladea lacks

needs_office = pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdffonts", "pdftotext"))),
    reason="LibreOffice (soffice) or poppler (pdffonts, pdftotext) is not here",
)


def to_pdf(docx: bytes, folder: Path) -> Path:
    """What LibreOffice makes of a DOCX, with Caladea where it asks for Cambria.

    Another machine has other faces; without this, what is measured would be theirs.
    """
    return to_pdfs({"memo": docx}, folder)["memo"]


def to_pdfs(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """The same of some DOCX, by their names, in one go; one of them tells which face was taken for all."""
    made = _converted(files, folder, "pdf", _caladea(folder))
    assert "Caladea" in _said("pdffonts", next(iter(made.values())))
    return made


def to_pdfs_with_any_face(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """The same of DOCX in other faces, which are replaced by those at hand."""
    return _converted(files, folder, "pdf", _caladea(folder))


def to_text(docx: bytes, folder: Path) -> str:
    """The words of a DOCX's body in reading order, as LibreOffice reads them."""
    text = _converted({"memo": docx}, folder, "txt:Text (encoded):UTF8", _caladea(folder))["memo"]
    return text.read_text(encoding="utf-8-sig")


def saved_again(docx: bytes, folder: Path) -> bytes:
    """A DOCX as LibreOffice saves it: what a desk without Word sends back."""
    (folder / "before").mkdir()
    (folder / "before" / "form.docx").write_bytes(docx)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", ".", "before/form.docx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return (folder / "form.docx").read_bytes()


def to_odt(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """What LibreOffice makes of some DOCX, by their names: its own format, all fields worked out anew."""
    return _converted(files, folder, "odt")


def to_docx(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Some DOCX, by their names, as LibreOffice saves them."""
    made = folder / "saved"
    made.mkdir()
    return _converted(files, made, "docx:MS Word 2007 XML")


def in_a_wide_face(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """What LibreOffice makes of some DOCX, by their names, where it has but DejaVu Serif: PDF."""
    face = Path(_said("fc-match", "-f", "%{file}", "DejaVu Serif"))
    if face.stem != "DejaVuSerif":
        pytest.skip("DejaVu Serif is not here")
    made = _converted(files, folder, "pdf", _font_settings(folder, face.parent, "DejaVu Serif"))
    assert all("DejaVuSerif" in _said("pdffonts", pdf) for pdf in made.values())
    return made


def _converted(
    files: Mapping[str, bytes], folder: Path, form: str, faces: Path | None = None
) -> dict[str, Path]:
    """What LibreOffice makes of some DOCX, by their names, in one go; `faces`: settings of fontconfig."""
    for name, docx in files.items():
        (folder / f"{name}.docx").write_bytes(docx)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, *(f"{name}.docx" for name in files)]
    environment = os.environ | ({"FONTCONFIG_FILE": str(faces)} if faces else {})
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300, env=environment)
    return {name: folder / f"{name}.{form.partition(':')[0]}" for name in files}


def odt_words(file: Path) -> tuple[list[str], list[str]]:
    """The words of the body, citations in brackets, and those of the notes, each in their order."""
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    notes: list[str] = []
    body: list[str] = []
    for paragraph in root.iter(f"{TEXT}p", f"{TEXT}h"):
        is_note = next(paragraph.iterancestors(f"{TEXT}note-body"), None) is not None
        (notes if is_note else body).extend(_odt_text(paragraph).split())
    return body, notes


def bare(text: str) -> list[str]:
    """The words without the brackets of citations: LibreOffice makes plain text of a NOTEREF."""
    return text.replace("[", "").replace("]", "").split()


def _odt_text(element: etree._Element) -> str:
    """Text, with what points to a source in brackets: a note, or a field that says a number."""
    words = element.text or ""
    for child in element:
        match str(child.tag).removeprefix(TEXT):
            case "note":
                words += f"[{child[0].text}]"
            case "note-ref" | "bookmark-ref" | "reference-ref":
                words += f"[{child.text}]"
            case tag if tag.endswith("}frame"):
                pass  # a picture, whose words stand for it
            case "s" | "tab" | "line-break":
                words += " "
            case _:
                words += _odt_text(child)
        words += child.tail or ""
    return words


def text_of(pdf: Path) -> str:
    return _said("pdftotext", "-nopgbrk", pdf, "-")


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _caladea(folder: Path) -> Path:
    return _font_settings(folder, CALADEA, "Caladea")


def _font_settings(folder: Path, faces: Path, face: str) -> Path:
    settings = folder / "fonts.conf"
    settings.write_text(
        f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
        <fontconfig>
          <dir>{faces}</dir><dir>{FALLBACK}</dir><cachedir>{folder / "cache"}</cachedir>
          <match target="pattern">
            <test name="family"><string>Cambria</string></test>
            <edit name="family" mode="assign" binding="same"><string>{face}</string></edit>
          </match>
        </fontconfig>""",
        encoding="utf-8",
    )
    return settings
