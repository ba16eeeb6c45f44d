"""`python -m benchmarks.peer_versions`: what the peers' environment holds, as JSON.

Run by the Python that has the peers, which has no briefbook: so nothing of ours is imported here.
"""

import json
import warnings
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PEERS = ("docxtpl", "python-docx", "typst", "weasyprint", "fpdf2")
ABSENT = "not here"


def main() -> None:
    """Print versions by name; what is not here says so."""
    print(json.dumps({name: _version(name) for name in PEERS} | _below_weasyprint()))  # noqa: T201


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT


def _below_weasyprint() -> dict[str, str]:
    """The system's libraries that WeasyPrint finds: what it sets type with, and what it cuts faces with."""
    pango, cutter = "Pango", "HarfBuzz's cutter of faces"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing cutter, which is told below
            libraries: Any = import_module("weasyprint.text.ffi")
    except (ImportError, OSError):
        return {pango: ABSENT, cutter: ABSENT}
    number = libraries.pango.pango_version()  # 15012 is 1.50.12
    return {
        pango: f"{number // 10_000}.{number // 100 % 100}.{number % 100}",
        cutter: "here" if libraries.harfbuzz_subset else f"{ABSENT}: fontTools cuts them",
    }


if __name__ == "__main__":
    main()
