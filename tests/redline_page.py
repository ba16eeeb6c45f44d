"""The page of a redline in docs/redline.md: `python -m tests.redline_page FOLDER`.

The first page of the example book's memo on the High-Level Security Dialogue, one edition against another, as
LibreOffice prints it with Caladea: FOLDER/redline.png.
"""

import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image

from briefbook.workshop import Day
from briefbook.writers.redline import redline
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.libreoffice import to_pdf
from tests.test_golden import workshop

_MEMO = "high-level-security-dialogue"
_DAYS = date(2021, 10, 6), date(2026, 3, 15)
_EDGE = (0x8A, 0x94, 0xA3)


def draw(folder: Path) -> None:
    """Draw the page, in few colours and a thin frame."""
    memo = workshop().book.memos[_MEMO]
    old, new = (write_docx(workshop().document(memo, Day(as_of=day, known_by=day)), Theme()) for day in _DAYS)
    instant = datetime(_DAYS[1].year, _DAYS[1].month, _DAYS[1].day, tzinfo=UTC)
    picture = folder / "redline.png"
    with tempfile.TemporaryDirectory() as work:
        pdf = to_pdf(redline(old, new, author="briefbook", instant=instant), Path(work))
        command = ["pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*command, str(pdf), str(picture.with_suffix(""))], check=True, timeout=60)
    page = Image.open(picture).convert("RGB")
    framed = Image.new("RGB", (page.width + 2, page.height + 2), _EDGE)
    framed.paste(page, (1, 1))
    framed.quantize(32, 1).save(picture, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
