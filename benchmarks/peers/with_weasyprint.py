"""WeasyPrint: HTML by Jinja2, style by CSS, written as PDF/UA-1. Template, style and faces are kept.

Once in the face of all peers, and once in one that has more letters and far more rules to shape them: of each
document it cuts the face anew, and that is much of its time.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.peers import BOLD, REGULAR, SERIF_BOLD, SERIF_REGULAR, Way, Words, one_by_one

TEMPLATES = Path(__file__).parent / "templates"


def ways(folder: Path) -> dict[str, Way]:
    """A way for each face."""
    del folder
    return {"pdf": _in_face("Caladea", REGULAR, BOLD), "serif": _in_face("Serif", SERIF_REGULAR, SERIF_BOLD)}


def _in_face(family: str, regular: Path, bold: Path) -> Way:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("memo.html")
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: {family}; font-weight: {weight}; src: url({file.as_uri()}) }}\n"
        for weight, file in (("normal", regular), ("bold", bold))
    )
    look = (TEMPLATES / "memo.css").read_text(encoding="utf-8").replace("Caladea", family)
    style = CSS(string=faces + look, font_config=fonts)

    def make(memo: Words) -> bytes:
        html = HTML(string=template.render(memo))
        made: bytes = html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return made

    return one_by_one(make)
