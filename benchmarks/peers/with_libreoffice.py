"""docxtpl, and LibreOffice that makes tagged PDFs of what it wrote: a batch in one process."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import font_caladea

from benchmarks.peers import Way, Words, with_docxtpl

SETTINGS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{faces}</dir><cachedir>{cache}</cachedir>
  <match target="pattern">
    <test name="family"><string>Cambria</string></test>
    <edit name="family" mode="assign" binding="same"><string>Caladea</string></edit>
  </match>
</fontconfig>
"""


TAGGED = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'


def ways(folder: Path) -> dict[str, Way]:
    """The one way: both files of each memo, of which the PDFs are given."""
    docx = with_docxtpl.ways(folder)["docx"]
    faces = folder / "fonts.conf"
    faces.write_text(SETTINGS.format(faces=font_caladea.font_directory, cache=folder / "cache"))
    environment = os.environ | {"FONTCONFIG_FILE": str(faces)}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"

    def make(memos: Sequence[Words]) -> list[bytes]:
        if not memos:
            return []
        batch = Path(mkdtemp(dir=folder, prefix="batch-"))  # no PDF of the batch before is there
        files = [f"{number}.docx" for number in range(len(memos))]
        for name, written in zip(files, docx(memos), strict=True):
            (batch / name).write_bytes(written)
        command = ["soffice", profile, "--headless", "--convert-to", TAGGED, *files]
        subprocess.run(command, cwd=batch, env=environment, check=True, capture_output=True)
        return [(batch / name).with_suffix(".pdf").read_bytes() for name in files]

    return {"pdf": make}
