"""WeasyPrint: HTML by Jinja2, style by CSS, written as PDF/UA-1. Template, style and faces are kept."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.peers import BOLD, REGULAR, Way, Words, one_by_one

TEMPLATES = Path(__file__).parent / "templates"


def ways(folder: Path) -> dict[str, Way]:
    """The one way."""
    del folder
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("memo.html")
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: Caladea; font-weight: {weight}; src: url({file.as_uri()}) }}\n"
        for weight, file in (("normal", REGULAR), ("bold", BOLD))
    )
    style = CSS(string=faces + (TEMPLATES / "memo.css").read_text(encoding="utf-8"), font_config=fonts)

    def make(memo: Words) -> bytes:
        html = HTML(string=template.render(memo))
        made: bytes = html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return made

    return {"pdf": one_by_one(make)}
