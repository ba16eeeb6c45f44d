"""Where the runs of a page lead: to an address, to a source's entry, or back to its first citation.

Pure: works on placed pages, knows nothing of ReportLab.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from urllib.parse import quote, urlsplit

from briefbook.document import Document, SourceEntry, SourceList, blocks_of
from briefbook.writers.placed import Owner, Part, PlacedPage, PlacedRun
from briefbook.writers.strips import texts_of
from briefbook.writers.words import spoken

_LINKED_SCHEMES = frozenset({"http", "https", "mailto"})
_ADDRESS_SIGNS = "%/:=&?~#+!$,;'@()*[]"  # stand for themselves in an address (RFC 3986, 2.2)
ASCENT, DESCENT = 0.78, 0.22  # of a run's size: the box around it

_LONGEST = 90  # characters of an entry that are said of a link to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a link leads, and that in words: for whoever cannot see the page (ISO 14289-1, 7.18.5).

    Either an `address`, or a place: a page (from 0) and how far above its lower edge, in points.
    """

    said: str
    address: str | None = None
    page: int = 0
    top: float = 0


class Targets:
    """The targets of all runs of a document."""

    def __init__(self, document: Document, pages: Sequence[PlacedPage]) -> None:
        lists = [(n, block) for n, block in enumerate(blocks_of(document)) if isinstance(block, SourceList)]
        entries = {entry.source: entry for _, block in lists for entry in block.entries}
        words = spoken(document.language)
        self._sources: dict[str, Target] = {}
        cited: dict[str, Target] = {}  # the first citation of each source
        for index, page in enumerate(pages):
            for mark in page.sources:
                said = words.source.format(number=entries[mark.source].number)
                self._sources[mark.source] = Target(
                    said=f"{said}: {_words_of(entries[mark.source])}", page=index, top=page.height - mark.y
                )
            for run in page.runs:
                if run.cited is not None and run.cited in entries and run.cited not in cited:
                    said = words.back.format(turn=1, number=entries[run.cited].number)
                    top = page.height - run.baseline + ASCENT * run.size
                    cited[run.cited] = Target(said=said, page=index, top=top)
        self._backs = {
            Owner(block=number, path=(index,), part=Part.MARKER): cited[entry.source]
            for number, block in lists
            for index, entry in enumerate(block.entries)
            if entry.source in cited
        }

    def of(self, run: PlacedRun) -> Target | None:
        """Where a run leads; None for one that leads nowhere, as to an address of another scheme."""
        if run.link is not None and urlsplit(run.link).scheme.lower() in _LINKED_SCHEMES:
            return Target(said=run.link, address=quote(run.link, safe=_ADDRESS_SIGNS))
        if run.cited is not None:
            return self._sources.get(run.cited)
        if run.owner is not None and run.owner.part is Part.MARKER:
            return self._backs.get(run.owner)
        return None


def _words_of(entry: SourceEntry) -> str:
    """How an entry begins: who hears it for each citation wants no more."""
    words = "".join(text.text for text in texts_of(entry.children))
    return shorten(words, _LONGEST, placeholder=" …")
