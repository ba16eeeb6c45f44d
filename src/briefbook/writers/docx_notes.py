"""Citations in the DOCX: references to footnotes or endnotes, or numbers that lead to the list of sources.

Each is what Word makes of it: a note is a note of Word's own, every other citation a cross-reference field
whose number Word keeps right when a colleague adds a source. The results stand in the fields already, since
Word works fields out only when it is asked to.
"""

from collections.abc import Callable
from functools import lru_cache

from briefbook.document import Citations, Cite, CitedSource, Document, SourceEntry, SourceList, blocks_of
from briefbook.frozen import frozen
from briefbook.notes import notes_of as noted_sources
from briefbook.writers.docx_flow import Flow, quoted
from briefbook.writers.docx_runs import Bookmarks, add_field, add_mark, add_run
from briefbook.writers.docx_styles import Element, add
from briefbook.writers.words import AT_WORDS, safe_opening

_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))  # with the identities that Word gives them


@frozen
class NoteKind:
    """The names of one kind of note in WordprocessingML (ECMA-376 Part 1 §17.11)."""

    note: str  # footnote, endnote: the element of a note and the beginning of the other names
    style: str  # of a note's text
    reference_style: str  # of a note's number

    @property
    def part(self) -> str:
        """The part of the package that holds the notes."""
        return f"word/{self.note}s.xml"

    @property
    def relationships(self) -> str:
        """The part that says where links in the notes lead."""
        return f"word/_rels/{self.note}s.xml.rels"


NOTE_KINDS = {
    Citations.FOOTNOTES: NoteKind(note="footnote", style="FootnoteText", reference_style="FootnoteReference"),
    Citations.ENDNOTES: NoteKind(note="endnote", style="EndnoteText", reference_style="EndnoteReference"),
}


def add_separators(parent: Element, kind: NoteKind) -> None:
    """Append the references by which the settings name the two separators (§17.11.9)."""
    for _, identity in _SEPARATORS:
        add(parent, kind.note, id=identity)


def separators(kind: NoteKind) -> str:
    """The lines that stand above notes and above what goes on of them, as the first notes of their part."""
    flow: Flow = []
    for name, identity in _SEPARATORS:
        flow.append(f'<w:{kind.note} w:type="{name}" w:id="{identity}"><w:p>')
        add_mark(flow, name)
        flow.append(f"</w:p></w:{kind.note}>")
    return "".join(flow)


class CitationWriter:
    """Appends citations; knows which notes hang, which sources are listed, what is cited first.

    `pending` holds, in the order of their references, the sources whose notes hang in the text so far. A
    note's identity is its rank, from 1; Word prints the same number, since it counts the notes itself.
    """

    def __init__(self, document: Document, bookmarks: Bookmarks) -> None:
        self.pending: list[SourceEntry] = []
        self._kind = NOTE_KINDS.get(document.citations)
        self._notes = noted_sources(document) if self._kind else {}
        self._listed = frozenset(
            entry.number
            for block in blocks_of(document)
            if isinstance(block, SourceList)
            for entry in block.entries
        ).difference(self._notes)
        self._ranks: dict[int, int] = {}
        self._bookmarks = bookmarks
        self._spoken = document.spoken
        self._cited: set[int] = set()

    @property
    def style(self) -> str:
        """The character style of superior numbers: Word's own for notes where there are any."""
        return self._kind.reference_style if self._kind else "Citation"

    def is_cited(self, number: int) -> bool:
        """Whether a citation so far leads to the listed source `number`, so that the source can lead back."""
        return number in self._cited

    def write(self, flow: Flow, cite: Cite, *, joined: bool, lead_to: Callable[[str], str]) -> None:
        """Append the numbers of a citation, each with its way to the words in the source.

        `joined`: another citation stands right before it; `lead_to` gives an address's relationship.
        """
        for source in cite.sources:
            if joined:
                add_run(flow, ",\N{NO-BREAK SPACE}", self.style)
            joined = True
            if source.number in self._notes:
                self._note(flow, source)
            elif source.number in self._listed:
                self._number(flow, source.number)
            else:
                add_run(flow, str(source.number), self.style)
            target = safe_opening(source)
            if target is not None:
                said = self._spoken.at_words.format(number=source.number)
                where = f'w:tooltip="{quoted(said)}" w:history="1" r:id="{lead_to(target)}"'
                flow.append(f"<w:hyperlink {where}>")
                add_run(flow, AT_WORDS, self.style)
                flow.append("</w:hyperlink>")

    def _note(self, flow: Flow, source: CitedSource) -> None:
        assert self._kind is not None
        name = f"note_{source.number}"
        rank = self._ranks.get(source.number)
        if rank is None and source.is_note:
            rank = self._ranks[source.number] = len(self._ranks) + 1
            self.pending.append(self._notes[source.number])
            identity = self._bookmarks.start(flow, name)
            add_mark(flow, f'{self._kind.note}Reference w:id="{rank}"', self.style)
            self._bookmarks.end(flow, identity)
        else:
            add_field(flow, f"NOTEREF {name} \\h \\f", str(rank or source.number), self.style)

    def _number(self, flow: Flow, number: int) -> None:
        """A number that leads to its source; the first of its kind is where the source leads back to."""
        self._cited.add(number)
        identity = self._bookmarks.start(flow, citation_bookmark(number))
        field = f"REF {source_bookmark(number)} \\r \\h \\* CHARFORMAT"
        add_field(flow, field, str(number), self.style)
        self._bookmarks.end(flow, identity)


def source_bookmark(number: int) -> str:
    """The bookmark of a listed source: letters, digits and underscores, at most 40, as Word asks."""
    return f"source_{number}"


def citation_bookmark(number: int) -> str:
    """The bookmark of the first citation of a listed source."""
    return f"cited_{number}"


@lru_cache(maxsize=256)  # most memos have as many sources
def link_back(number: int, said: str) -> str:
    """The link from a listed source to where it is cited first; `said` is what it is called by ear."""
    flow: Flow = []
    add_run(flow, "\N{NO-BREAK SPACE}")
    anchor = citation_bookmark(number)
    flow.append(f'<w:hyperlink w:anchor="{anchor}" w:history="1" w:tooltip="{quoted(said)}">')
    add_run(flow, "↑", "SourceBack")
    flow.append("</w:hyperlink>")
    return "".join(flow)
