"""Typst: a template that reads plain data, compiled to a PDF that is PDF/UA-1 and PDF/A-2a.

Once as it is called for one file, once with a compiler that is kept, and so with its template read; the faces
are read once for both.
"""

import json
from pathlib import Path

import font_caladea
import typst

from benchmarks.peers import Way, Words, one_by_one

TEMPLATE = Path(__file__).parent / "templates/memo.typ"
STANDARDS = ["ua-1", "a-2a"]


def ways(folder: Path) -> dict[str, Way]:
    """Both ways to call Typst."""
    del folder
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(font_caladea.font_directory)],
    )
    compiler = typst.Compiler(TEMPLATE, font_paths=fonts)

    def called(memo: Words) -> bytes:
        inputs = {"memo": json.dumps(memo)}
        made: bytes = typst.compile(TEMPLATE, font_paths=fonts, sys_inputs=inputs, pdf_standards=STANDARDS)
        return made

    def kept(memo: Words) -> bytes:
        made: bytes = compiler.compile(sys_inputs={"memo": json.dumps(memo)}, pdf_standards=STANDARDS)
        return made

    return {"called": one_by_one(called), "kept": one_by_one(kept)}
