"""What this briefbook is: its shipped templates, and an identity that changes whenever its results may."""

import hashlib
import os
import re
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from briefbook import __version__

PACKAGE = Path(__file__).parent
SHIPPED = PACKAGE / "templates"  # in a wheel
CHECKOUT = PACKAGE.parents[1] / "templates"  # beside src/
LANGUAGES = "languages"  # the folder of catalogues, beside that of templates and in a book
CATALOGUE = ".po"  # how the name of a catalogue ends
MESSAGES = "briefbook.pot"

# What decides a document's bytes beside our own code.
LIBRARIES = (
    *("babel", "font-caladea", "font-source-serif-pro", "jinja2", "lxml", "markdown-it-py", "markupsafe"),
    *("pillow", "python-docx", "reportlab"),
)

_OF_BOOKS = ("pyyaml", "tzdata")  # by which a book is read


def shipped_templates() -> Path:
    """The folder of the templates that come with briefbook, in a wheel or beside `src/` in a checkout."""
    return SHIPPED if SHIPPED.is_dir() else CHECKOUT


def shipped_languages() -> Path:
    """The folder of the catalogues that come with briefbook."""
    return shipped_templates().with_name(LANGUAGES)


@cache
def shipped_catalogue(language: str) -> str | None:
    """The text of the catalogue of a language (BCP 47); None where there is none."""
    path = shipped_languages() / f"{language}{CATALOGUE}"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def shipped_messages() -> bytes:
    """The template of catalogues: every message of briefbook's own, in English."""
    return (shipped_languages() / MESSAGES).read_bytes()


def shipped_schemes() -> Path:
    """The folder of the schemes of markings that come with briefbook."""
    return shipped_templates().with_name("schemes")


@cache
def tool_state() -> str:
    """What tells that neither our own files nor those libraries changed, without reading them all.

    The system notes when a file was changed last, which nobody can set (`st_ctime` of POSIX). That stands
    beside what Python itself goes by where it takes a module's compiled form for that of its source.
    """
    digest = hashlib.sha256()
    for folder, ending in ((PACKAGE, ".py"), (shipped_languages(), CATALOGUE)):
        for entry in _files(str(folder), ending):
            found = entry.stat()
            marks = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            digest.update(f"{entry.path}\0{marks}\0".encode(errors="surrogateescape"))
    releases = _installed()  # those that decide what is kept, but no document's bytes by themselves
    further = (f"zlib {zlib.ZLIB_RUNTIME_VERSION}", *(f"{name} {releases.get(name)}" for name in _OF_BOOKS))
    return ", ".join([f"briefbook {__version__}+{digest.hexdigest()}", *_beside_us(), *further])


def worked_out_identity() -> str:
    """Version, digest of the program's own source, and the releases of all that has a hand in a document.

    The source counts because a checkout changes without a new version; templates are told apart one by one.
    """
    digest = hashlib.sha256()
    for entry in _files(str(PACKAGE), ".py"):
        with open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123 – three hundred paths as objects would cost as much again
            digest.update(entry.path.removeprefix(str(PACKAGE)).encode() + b"\0" + file.read() + b"\0")
    return ", ".join([f"briefbook {__version__}+{digest.hexdigest()[:12]}", *_beside_us()])


def _files(folder: str, ending: str) -> list["os.DirEntry[str]"]:
    """The files with an ending in a folder, and in those in it, in the order of their paths."""
    return sorted(_within(folder, ending), key=lambda entry: entry.path)


def _within(folder: str, ending: str) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):  # an editor's own, such as the link by which Emacs locks a file
                continue
            if entry.is_dir():
                yield from _within(entry.path, ending)
            elif entry.name.endswith(ending):
                yield entry


@cache
def _beside_us() -> tuple[str, ...]:
    """The releases of Python and of the libraries."""
    releases = _installed()
    libraries = (f"{name} {releases.get(name) or _release(name)}" for name in LIBRARIES)
    return (f"python {sys.version_info.major}.{sys.version_info.minor}", *libraries)


@cache
def _installed() -> dict[str, str]:
    """Distributions and their releases, as the folders beside the libraries are called (PEP 376, PEP 503).

    The first place counts, as it does for imports.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        if place and Path(place) != PACKAGE.parent:
            for folder in sorted(Path(place).glob("*.dist-info")):
                name, _, release = folder.name.removesuffix(".dist-info").partition("-")
                found.setdefault(re.sub("[-_.]+", "-", name).lower(), release)
    return found


def _release(name: str) -> str:
    # Seldom asked, for the module takes a third as long to import as a memo takes to make.
    from importlib.metadata import version

    return version(name)
