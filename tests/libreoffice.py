"""LibreOffice, as the tests ask it: a DOCX → a PDF, in the face that our measures are of."""

import os
import shutil
import subprocess
from pathlib import Path

import font_caladea
import pytest

needs_office = pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdfinfo", "pdffonts", "pdftotext"))),
    reason="LibreOffice (soffice) or poppler (pdfinfo, pdffonts, pdftotext) is not here",
)


def to_pdf(docx: bytes, folder: Path) -> Path:
    """What LibreOffice makes of a DOCX, with Caladea where it asks for Cambria.

    Another machine has other faces; without this, what is measured would be theirs.
    """
    pdf = to_pdf_with_any_face(docx, folder)
    assert "Caladea" in _said("pdffonts", pdf)
    return pdf


def to_pdf_with_any_face(docx: bytes, folder: Path) -> Path:
    """The same of a DOCX in other faces, which are replaced by those at hand."""
    return _converted(docx, folder, "pdf")


def to_text(docx: bytes, folder: Path) -> str:
    """The words of a DOCX's body in reading order, as LibreOffice reads them."""
    return _converted(docx, folder, "txt:Text (encoded):UTF8").read_text(encoding="utf-8-sig")


def _converted(docx: bytes, folder: Path, form: str) -> Path:
    (folder / "memo.docx").write_bytes(docx)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "memo.docx"]
    environment = os.environ | {"FONTCONFIG_FILE": str(_font_settings(folder))}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180, env=environment)
    return folder / f"memo.{form.partition(':')[0]}"


def text_of(pdf: Path) -> str:
    return _said("pdftotext", "-nopgbrk", pdf, "-")


def pages_of(pdf: Path) -> int:
    return int(_said("pdfinfo", pdf).split("Pages:")[1].split()[0])


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _font_settings(folder: Path) -> Path:
    settings = folder / "fonts.conf"
    settings.write_text(
        f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
        <fontconfig>
          <dir>{Path(font_caladea.__file__).parent / "files"}</dir><cachedir>{folder / "cache"}</cachedir>
          <match target="pattern">
            <test name="family"><string>Cambria</string></test>
            <edit name="family" mode="assign" binding="same"><string>Caladea</string></edit>
          </match>
        </fontconfig>""",
        encoding="utf-8",
    )
    return settings
