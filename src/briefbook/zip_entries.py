"""The entries of a ZIP from anybody: every DOCX that we read is read by this, one that was kept as well.

All that the central directory says is looked at before one of them is opened. `zipfile` holds an entry's own
header against that, and from Python 3.11.8 and 3.12.2 on its place (entries may not overlap). But it inflates
all there is before it looks at the size, so a part is inflated here, to no more than it is said to have.
Open Packaging Conventions: ECMA-376 Part 2, §6.2.2 for names and Annex B for ZIP.
"""

import re
import stat
import zipfile
import zlib
from copy import copy
from enum import Enum, auto
from io import BytesIO

from lxml import etree

from briefbook.frozen import frozen

MOST_RATIO = 200  # of a part inflated to deflated: XML reaches 30, a bomb 1,000
SMALL = 256 * 1024  # bytes; a small part is no bomb, whatever its ratio
MOST_TAGS = 400_000  # of a part of XML, about two for each element; a memo of thirty pages has 30,000
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that a package may use
# A declaration of another encoding than a part may have (ECMA-376 Part 2, §6.2.5), in which a tag could begin
# with other bytes than those that are counted, as in UTF-7.
_IN_ANOTHER = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"'](?!(?:utf-?8|utf-?16|us-ascii|ascii)[\"'])",
    re.IGNORECASE,
)
_ENCRYPTED = 1  # a bit of the flags (APPNOTE.TXT 6.3.10, 4.4.4)
# What zipfile raises for bytes that are no ZIP, or none that it can read.
_TROUBLE = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Reason(Enum):
    """Why a ZIP is no package that we open."""

    TOO_MUCH = auto()  # entries, bytes in all, or bytes or elements of a part that is parsed
    PASSWORD = auto()
    PACKING = auto()
    BOMB = auto()
    NAME = auto()  # that leads somewhere else: upwards, to a root, through a link
    TWICE = auto()
    BROKEN = auto()  # no ZIP, or a part that is not what is said of it
    XML = auto()  # broken, in a part
    DOCTYPE = auto()  # declared by a part's XML, as no program writes one


class EntriesRefused(Exception):  # noqa: N818 – it names what happened
    """A ZIP that is not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@frozen
class Caps:
    """How much a package may hold."""

    entries: int
    size: int  # bytes of all when inflated
    xml: int  # bytes of a part that is parsed
    tags: int = MOST_TAGS  # of such a part


# Of a memo, whoever has it from us: one that comes back, and one that was kept.
OF_A_MEMO = Caps(entries=2_000, size=256 * 1024 * 1024, xml=48 * 1024 * 1024)


class Entries:
    """The files of a ZIP, by their names in lower case and without a leading slash."""

    def __init__(self, data: bytes, caps: Caps) -> None:
        """Look at what the ZIP says of itself. Raises EntriesRefused."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except _TROUBLE as error:
            raise EntriesRefused(Reason.BROKEN) from error
        self.infos = _scrutinised(self._archive, caps)
        self._caps = caps

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises EntriesRefused where they are not what is said of them."""
        info = self.infos[name]
        packed = copy(info)  # taken as it lies there, as if it were stored: nothing is inflated by zipfile
        packed.compress_type, packed.file_size = zipfile.ZIP_STORED, info.compress_size
        del packed.CRC  # it is that of what comes out
        try:
            with self._archive.open(packed) as part:
                data = part.read()
        except _TROUBLE as error:
            raise EntriesRefused(Reason.BROKEN) from error
        if info.compress_type == zipfile.ZIP_DEFLATED:
            data = _inflated(data, info.file_size)
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise EntriesRefused(Reason.BROKEN)
        return data

    def root(self, name: str) -> etree._Element:
        """The root of a part of XML, as `root_of` has it. Raises EntriesRefused, also for one too large."""
        if self.infos[name].file_size > self._caps.xml:
            raise EntriesRefused(Reason.TOO_MUCH)
        return root_of(self.read(name), tags=self._caps.tags)


def root_of(data: bytes, *, tags: int = MOST_TAGS, with_comments: bool = False) -> etree._Element:
    """The root of a part of XML, with nothing fetched and no entity resolved. Raises EntriesRefused.

    Elements are counted before they are made: one of four bytes takes more than a hundred of memory.
    """
    if data.count(b"<") > tags:
        raise EntriesRefused(Reason.TOO_MUCH)
    if _IN_ANOTHER.match(data):
        raise EntriesRefused(Reason.XML)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True,
        remove_comments=not with_comments,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EntriesRefused(Reason.XML) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise EntriesRefused(Reason.DOCTYPE)
    return root


def _scrutinised(archive: zipfile.ZipFile, caps: Caps) -> dict[str, zipfile.ZipInfo]:
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


def _inflated(packed: bytes, size: int) -> bytes:
    """What was deflated, whole, or one byte more than `size`. Raises EntriesRefused."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise EntriesRefused(Reason.BROKEN) from error
    if not stream.eof or stream.unused_data:
        raise EntriesRefused(Reason.BROKEN)
    return data
