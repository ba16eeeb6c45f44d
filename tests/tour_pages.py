"""The pictures of docs/tour.md: `python -m tests.tour_pages FOLDER`.

Does what the page says, and draws the first pages of two documents that come of it, as LibreOffice prints
them with Caladea: FOLDER/redline.png and FOLDER/debrief.png.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.libreoffice import to_pdfs
from tests.test_docs import environment, follow, steps_of
from tests.tour import lay_out

_DRAWN = {
    "redline": "out/2026-03-15/high-level-security-dialogue.redline.docx",
    "debrief": "out/2021-10-09/debrief-hlsd-2021-10.docx",
}
_EDGE = (0x8A, 0x94, 0xA3)
# What was inserted blue, what was deleted red: LibreOffice's own colour for a first author is hard to read.
_COLOURS = {"Insert": 0x1F4FA3, "Delete": 0xB3261E}
_SETTINGS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{}</oor:items>
"""
_SETTING = (
    '<item oor:path="/org.openoffice.Office.Writer/Revision/TextDisplay/{}">'
    '<prop oor:name="Color" oor:op="fuse"><value>{}</value></prop></item>\n'
)


def draw(images: Path) -> None:
    """Walk the tour, and draw."""
    with tempfile.TemporaryDirectory() as work:
        home = Path(work)
        lay_out(home)
        follow(list(steps_of("docs/tour.md")), home, "bash", environment(home), None)
        printed = home / "printed"
        _set_colours(printed)
        documents = {name: (home / "desk" / file).read_bytes() for name, file in _DRAWN.items()}
        for name, pdf in to_pdfs(documents, printed).items():
            _draw(pdf, images / f"{name}.png")


def _set_colours(folder: Path) -> None:
    """Write the settings that LibreOffice finds in its profile in this folder."""
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    items = (_SETTING.format(*colour) for colour in _COLOURS.items())
    settings.write_text(_SETTINGS.format("".join(items)), encoding="utf-8")


def _draw(pdf: Path, picture: Path) -> None:
    """The first page, in few colours and a thin frame."""
    command = ["pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run([*command, str(pdf), str(picture.with_suffix(""))], check=True, timeout=60)
    page = Image.open(picture).convert("RGB")
    framed = Image.new("RGB", (page.width + 2, page.height + 2), _EDGE)
    framed.paste(page, (1, 1))
    framed.quantize(32, Image.Quantize.MAXCOVERAGE).save(picture, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
