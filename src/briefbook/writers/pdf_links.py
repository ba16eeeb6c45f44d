"""Where the runs of a page lead: to an address, to a source's entry, or back to its first citation.

Pure: works on placed pages, knows nothing of ReportLab.
"""

from collections.abc import Mapping, Sequence

from briefbook.cited import page_of
from briefbook.document import SourceEntry
from briefbook.frozen import frozen
from briefbook.spoken import Spoken
from briefbook.writers.placed import HERE, PlacedPage, PlacedRun
from briefbook.writers.strips import texts_of

ASCENT, DESCENT = 0.78, 0.22  # of a run's size: the box around it

_LONGEST = 90  # characters of an entry that are said of a link to it


@frozen
class Target:
    """Where a link leads, and that in words: for whoever cannot see the page (ISO 14289-1, 7.18.5).

    Either an `address`, or a place: a page (from 0) and how far above its lower edge, in points.
    """

    said: str
    address: str | None = None
    page: int = 0
    top: float = 0


NO_PLACES: Mapping[str, Target] = {}


def leads_on(run: PlacedRun) -> bool:
    """Whether a run leads to another place in the document: a row of its contents or index does."""
    return run.link is not None and run.link.startswith(HERE)


class Targets:
    """Where citations and addresses lead, and where a source leads back to."""

    def __init__(
        self,
        pages: Sequence[PlacedPage],
        entries: Mapping[str, SourceEntry],
        words: Spoken,
        places: Mapping[str, Target] = NO_PLACES,
    ) -> None:
        """`entries` are all sources by their ids; `words` tell of links.

        `places` are those within the document that have a name.
        """
        self._places = places
        self._words = words
        self._numbers = {source: entry.number for source, entry in entries.items()}
        self._sources: dict[str, Target] = {}
        self._citations: dict[str, Target] = {}  # the first citation of each source
        for index, page in enumerate(pages):
            for mark in page.sources:
                entry = entries[mark.source]
                said = f"{words.source.format(number=entry.number)}: {_words_of(entry)}"
                self._sources[entry.source] = Target(said=said, page=index, top=page.height - mark.y)
            for cited, run in [(run.cited, run) for run in page.runs if run.cited is not None]:
                if cited in entries and cited not in self._citations:
                    said = words.back.format(turn=1, number=entries[cited].number)
                    top = page.height - run.baseline + ASCENT * run.size
                    self._citations[cited] = Target(said=said, page=index, top=top)

    def of(self, run: PlacedRun) -> Target | None:
        """Where a run leads by itself; None for nowhere."""
        if leads_on(run):
            return self._places[(run.link or "").removeprefix(HERE)]
        if run.link is not None:
            number = self._numbers.get(run.cited) if run.cited is not None else None
            said = page_of(run.link) if number is None else self._words.at_words.format(number=number)
            return Target(said=said, address=run.link)
        return None if run.cited is None else self._sources.get(run.cited)

    def back(self, source: str) -> Target | None:
        """Where the first citation of a source stands; None where print shows none."""
        return self._citations.get(source)


def _words_of(entry: SourceEntry) -> str:
    """How an entry begins: who hears it for each citation wants no more."""
    words = " ".join("".join([text.text for text in texts_of(entry.children)]).split())
    if len(words) <= _LONGEST:
        return words
    end = words.rfind(" ", 0, _LONGEST - 1)
    return f"{words[:end]} …" if end > 0 else "…"
