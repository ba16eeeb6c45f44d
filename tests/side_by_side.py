"""DOCX and PDF of the same documents laid side by side: `make side-by-side`.

    python -m tests.side_by_side FOLDER [NAME…]

puts a picture of each page into a folder, the DOCX as LibreOffice prints it with Caladea on the left, the
PDF on the right: of the example book's memos as of a day, the stress document in each way of citing, and a
memo in each house's file. Prints how many lines are the same.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from PIL import Image

from briefbook.document import Citations
from briefbook.workshop import Day, Task
from briefbook.writers.theme import File, HouseFile, Theme
from briefbook.writers.to_docx import write_docx
from briefbook.writers.to_pdf import write_pdf
from tests.houses.by_hand import hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.libreoffice import to_pdfs_with_any_face
from tests.printed_lines import pair_of
from tests.test_golden import MEMOS, workshop
from tests.writers.stress import stress_document
from tests.writers.trees import fisheries_memo

Both = Mapping[str, bytes]  # a document by the names of its formats

DAY = date(2026, 1, 20)
_HOUSES: Mapping[str, Callable[[], bytes]] = {
    "hand": hand_made_house,
    "libreoffice": libreoffice_house,
    "python-docx": python_docx_house,
}


def example(
    memos: Iterable[str] = MEMOS, days: Callable[[str], Iterable[date]] = lambda _: (DAY,)
) -> dict[str, Both]:
    """Memos of the example book, each as of its days, by day and name."""
    made: dict[str, Both] = {}
    for memo in memos:
        for day in days(memo):
            as_of = Day(as_of=day, known_by=day)
            task = Task(memo=workshop().book.memos[memo], day=as_of, formats=("docx", "pdf"))
            made[f"{day}.{memo}"] = workshop().render(task).outputs
    return made


def stress() -> dict[str, Both]:
    """The stress document in each way of citing."""
    documents = {f"stress.{citations}": stress_document(citations) for citations in Citations}
    return {
        name: {"docx": write_docx(document, Theme()), "pdf": write_pdf(document, Theme())}
        for name, document in documents.items()
    }


def in_houses() -> dict[str, Both]:
    """A memo in each house's file; the PDF does not follow it."""
    memo = fisheries_memo()
    themes = {name: Theme(house=HouseFile(file=File.of(house()))) for name, house in _HOUSES.items()}
    return {
        f"house.{name}": {"docx": write_docx(memo, theme), "pdf": write_pdf(memo, theme)}
        for name, theme in themes.items()
    }


def beside(docx: Path, pdf: Path, folder: Path, dots: int = 80) -> list[Image.Image]:
    """Each page as a picture, the DOCX's on the left; `folder` holds the halves meanwhile."""
    halves = [
        [Image.open(file).convert("RGB") for file in _drawn(half, folder, dots)] for half in (docx, pdf)
    ]
    pictures: list[Image.Image] = []
    for number in range(max(map(len, halves))):
        pages = [half[number] if number < len(half) else None for half in halves]
        width, height = (max(page.size[axis] for page in pages if page) for axis in (0, 1))
        sheet = Image.new("RGB", (2 * width + dots // 8, height), "grey")
        for page, left in zip(pages, (0, width + dots // 8), strict=True):
            if page is not None:
                sheet.paste(page, (left, 0))
        pictures.append(sheet)
    return pictures


def _drawn(pdf: Path, folder: Path, dots: int) -> list[Path]:
    for old in folder.glob("page-*.png"):
        old.unlink()
    command = ["pdftoppm", "-png", "-r", str(dots), str(pdf), str(folder / "page")]
    subprocess.run(command, check=True, timeout=120)
    drawn = sorted(folder.glob("page-*.png"))
    return [file.rename(folder / f"{pdf.parent.name}-{pdf.stem}-{file.name}") for file in drawn]


def main(folder: Path, *names: str) -> None:
    """Lay everything side by side, or what is named."""
    made = {**example(), **stress(), **in_houses()}
    made = {name: files for name, files in made.items() if not names or name in names}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        (work / "ours").mkdir()
        printed = to_pdfs_with_any_face({name: files["docx"] for name, files in made.items()}, work)
        for name, files in made.items():
            pdf = work / "ours" / f"{name}.pdf"
            pdf.write_bytes(files["pdf"])
            for number, picture in enumerate(beside(printed[name], pdf, work), 1):
                picture.save(folder / f"{name}.{number}.png")
            share = pair_of(printed[name], pdf).share
            sys.stdout.write(f"{name:48}{share:7.1%} of the lines the same\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
