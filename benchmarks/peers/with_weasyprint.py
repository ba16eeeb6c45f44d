"""WeasyPrint: HTML by Jinja2, style by CSS, written as PDF/UA-1. Template, style and faces are kept.

Of each document it cuts the faces to the letters that are used, and that is much of its time. It does so by
HarfBuzz where Debian's libharfbuzz-subset0 (or another system's) is there, else by fontTools, which is all
that pip installs and takes the longer the more a face has to say of its glyphs: so there are ways by both,
and in two faces.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import weasyprint.pdf.fonts
from jinja2 import Environment, FileSystemLoader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.peers import BOLD, REGULAR, SERIF_BOLD, SERIF_REGULAR, Way, Words, one_by_one

TEMPLATES = Path(__file__).parent / "templates"
CALADEA, SERIF = ("Caladea", REGULAR, BOLD), ("Source Serif Pro", SERIF_REGULAR, SERIF_BOLD)


def ways(folder: Path) -> dict[str, Way]:
    """A way for each face and each cutter; those of HarfBuzz raise ImportError where that is not there."""
    del folder
    return {
        "pdf": _made(*CALADEA, by_harfbuzz=False),
        "serif": _made(*SERIF, by_harfbuzz=False),
        "pdf-harfbuzz": _made(*CALADEA, by_harfbuzz=True),
        "serif-harfbuzz": _made(*SERIF, by_harfbuzz=True),
    }


def _made(family: str, regular: Path, bold: Path, *, by_harfbuzz: bool) -> Way:
    @cache  # once the way is gone: a cold process pays for its own alone
    def ready() -> Way:
        if by_harfbuzz and weasyprint.pdf.fonts.harfbuzz_subset is None:
            raise ImportError("libharfbuzz-subset is not here")
        if not by_harfbuzz:
            weasyprint.pdf.fonts.harfbuzz_subset = None
        return one_by_one(_in_face(family, regular, bold))

    return lambda memos: ready()(memos)


def _in_face(family: str, regular: Path, bold: Path) -> Callable[[Words], bytes]:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("memo.html")
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url({file.as_uri()}) }}\n'
        for weight, file in (("normal", regular), ("bold", bold))
    )
    look = (TEMPLATES / "memo.css").read_text(encoding="utf-8").replace("Caladea", f'"{family}"')
    style = CSS(string=faces + look, font_config=fonts)

    def make(memo: Words) -> bytes:
        html = HTML(string=template.render(memo))
        made: bytes = html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return made

    return make
