"""The entries of a ZIP from anybody, looked at before one of them is opened: what every DOCX we read goes by.

Only what the central directory says is believed here; that an entry then holds what is said of it (its local
name, its size, its checksum, that it lies beside the others) is looked after by `zipfile` when it is read.
Open Packaging Conventions: ECMA-376 Part 2, §6.2.2 for names and Annex B for ZIP.
"""

import stat
import zipfile
from enum import Enum, auto

from briefbook.frozen import frozen

MOST_RATIO = 200  # of a part inflated to deflated: XML reaches 30, a bomb 1,000
SMALL = 256 * 1024  # bytes; a small part is no bomb, whatever its ratio
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that a package may use
_ENCRYPTED = 1  # a bit of the flags (APPNOTE.TXT 6.3.10, 4.4.4)


class Reason(Enum):
    """Why a ZIP is no package that we open."""

    TOO_MUCH = auto()  # entries, or bytes in all
    PASSWORD = auto()
    PACKING = auto()
    BOMB = auto()
    NAME = auto()  # that leads somewhere else: upwards, to a root, through a link
    TWICE = auto()


class EntriesRefused(Exception):  # noqa: N818 – it names what happened
    """A ZIP that is not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@frozen
class Caps:
    """How much a package may hold: entries, and bytes of all when inflated."""

    entries: int
    size: int


def entries_of(archive: zipfile.ZipFile, caps: Caps) -> dict[str, zipfile.ZipInfo]:
    """The files of a ZIP by their names in lower case, without a leading slash. Raises EntriesRefused."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > caps.entries or sum(info.file_size for info in infos) > caps.size:
        raise EntriesRefused(Reason.TOO_MUCH)
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise EntriesRefused(Reason.PASSWORD)
        if info.compress_type not in PACKINGS:
            raise EntriesRefused(Reason.PACKING)
        if info.file_size > SMALL and info.file_size > info.compress_size * MOST_RATIO:
            raise EntriesRefused(Reason.BOMB)
        if _leads_away(info):
            raise EntriesRefused(Reason.NAME)
    named = {info.filename.lower().lstrip("/"): info for info in infos}
    if len(named) < len(infos):
        raise EntriesRefused(Reason.TWICE)
    return named


def _leads_away(info: zipfile.ZipInfo) -> bool:
    """Whether an entry could end up elsewhere than it says, in whatever program unpacks it."""
    name = info.orig_filename
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return is_link or "\\" in name or "\0" in name or ":" in name.partition("/")[0] or ".." in name.split("/")
