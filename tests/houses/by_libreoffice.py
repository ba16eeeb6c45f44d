"""A house's Word file as LibreOffice saves it: `letterhead.fodt`, saved by LibreOffice 7.4 as `letterhead.docx`.

The DOCX is committed, since LibreOffice is not everywhere and other versions save other bytes. Run this module
to make it anew: `python -m tests.houses.by_libreoffice`.
"""

import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent


def libreoffice_house() -> bytes:
    return (FOLDER / "letterhead.docx").read_bytes()


if __name__ == "__main__":
    command = ["soffice", "--headless", "--convert-to", "docx", "letterhead.fodt"]
    subprocess.run(command, cwd=FOLDER, check=True)
