"""A house's Word file as LibreOffice saves it: `letterhead.docx`, of `letterhead.fodt` by LibreOffice 7.4.

It is committed, since LibreOffice is not everywhere and other versions save other bytes. To make it anew:
`python -m tests.houses.by_libreoffice`.
"""

import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent


def libreoffice_house() -> bytes:
    return (FOLDER / "letterhead.docx").read_bytes()


if __name__ == "__main__":
    command = ["soffice", "--headless", "--convert-to", "docx", "letterhead.fodt"]
    subprocess.run(command, cwd=FOLDER, check=True)
