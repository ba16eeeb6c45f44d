"""Watches over every DOCX that a test makes: one that is built in a way not seen before is audited.

An audit takes as long as twenty memos, and tests make thousands of them. So of each DOCX we take the ways in
which it is built: which element stands in which, and behind which, with which attributes and what kind of
values. What the schemas ask for is said in these terms. A DOCX all of whose ways were audited before passes.
That an id names something is no such way: tests of the writers see to it.

It sees what is written in the process of the tests, and in those forked from it. It does not see what a
fresh interpreter writes, as a command that a test starts: tests/test_build.py audits one DOCX of those.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from lxml import etree

from briefbook.issued import BOUND
from briefbook.writers.docx_package import Part
from briefbook.writers.kept_contents import held_to_ours
from tests.audit import faults_of

Zip = Callable[[Iterable[Part]], bytes]
Way = tuple[str, ...]


def watched(zip_of_parts: Zip, folder: Path) -> Zip:
    """What zips the parts of a DOCX, and fails for one that the audit finds a fault in."""
    known: set[Way] = set()

    def zipped(parts: Iterable[Part]) -> bytes:
        content = zip_of_parts(parts)
        ways = ways_of(content)
        if not ways <= known:
            faults = faults_of(content, folder)
            assert faults == [], faults
            held_to_ours(content, "made.docx", f"{BOUND}made")  # or it is called damaged once it is kept
            known.update(ways)
        return content

    return zipped


def ways_of(content: bytes) -> frozenset[Way]:
    """The ways in which the parts of a DOCX are built."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        ways = [_ways_in(re.sub(r"\d+", "9", name), archive.read(name)) for name in archive.namelist()]
    return frozenset().union(*ways)


@lru_cache(maxsize=256)
def _ways_in(name: str, part: bytes) -> frozenset[Way]:
    """Those of one part; most parts are the same in many documents."""
    if not name.endswith((".xml", ".rels")):
        return frozenset([(name,)])
    return frozenset(_ways_of(name, etree.fromstring(part)))


def _ways_of(name: str, root: etree._Element) -> Iterator[Way]:
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        before = ""
        for child in element.iterchildren(etree.Element):
            yield name, tag, before, str(child.tag)
            before = str(child.tag)
        yield name, tag, before, ""
        yield (name, tag, *sorted(map(str, element.keys())))
        for key, value in element.items():
            yield name, tag, str(key), _kind(str(value))


def _kind(value: str) -> str:
    """A word as it is, as it may be one of a few that the schema has; else what sort of value it is."""
    if re.fullmatch(r"[A-Za-z]{1,24}", value):
        return value
    if re.fullmatch(r"-?\d+", value):
        return f"a number of {len(value)} digits"
    return "long" if len(value) > 255 else "short" if value else "nothing"
