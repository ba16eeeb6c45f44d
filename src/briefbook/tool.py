"""What this briefbook is: its shipped templates, and an identity that changes whenever its results may."""

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from briefbook import __version__

PACKAGE = Path(__file__).parent
SHIPPED = PACKAGE / "templates"  # in a wheel
CHECKOUT = PACKAGE.parents[1] / "templates"  # beside src/

# What decides a document's bytes beside our own code.
LIBRARIES = (
    *("babel", "font-caladea", "font-source-serif-pro", "jinja2", "lxml", "markdown-it-py", "markupsafe"),
    *("pillow", "python-docx", "reportlab"),
)


def shipped_templates() -> Path:
    """The folder of the templates that come with briefbook, in a wheel or beside `src/` in a checkout."""
    return SHIPPED if SHIPPED.is_dir() else CHECKOUT


def shipped_schemes() -> Path:
    """The folder of the schemes of markings that come with briefbook."""
    return shipped_templates().parent / "schemes"


@cache
def tool_identity() -> str:
    """Version, digest of the program's own source, and the releases of all that has a hand in a document.

    The source counts because a checkout changes without a new version; templates are told apart one by one.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return ", ".join([f"briefbook {__version__}+{digest.hexdigest()[:12]}", python, *libraries])
