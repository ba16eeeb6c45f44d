"""A document that came back: what stands in it, what was done to it, and by whom.

`readers.read_returned` makes this of a DOCX. Nothing is judged here: a returned document is only words,
revisions, remarks and things, in reading order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from briefbook.frozen import frozen


class RevisionKind(StrEnum):
    """What a tracked change does (ECMA-376 Part 1 §17.13.5)."""

    INSERTED = "inserted"
    DELETED = "deleted"
    MOVED_HERE = "moved here"
    MOVED_AWAY = "moved away"


_COMES = frozenset({RevisionKind.INSERTED, RevisionKind.MOVED_HERE})


@frozen
class Revision:
    """A tracked change: who made it, and when as the file has it (Word: local time); each may be empty."""

    kind: RevisionKind
    author: str = ""
    when: str = ""

    @property
    def comes(self) -> bool:
        """Whether what it holds is there once it is accepted; else it is gone then."""
        return self.kind in _COMES


class Look(StrEnum):
    """What a look of words can say: by its own properties or a character style (§17.3.2)."""

    STRUCK = "struck through"
    HIDDEN = "hidden"
    MARKED = "highlighted"
    COLOURED = "coloured"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINED = "underlined"


@frozen
class Relooked:
    """A tracked change of looks. `what` it is of, where that is no words: table, page; else empty."""

    author: str = ""
    when: str = ""
    what: str = ""
    paragraph: int | None = None  # its place among `Returned.paragraphs`, or of what follows it there


_Tracked = TypeVar("_Tracked", Revision, Relooked)


class View(StrEnum):
    """How a document with tracked changes is read."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Part(StrEnum):
    """Where in a document a paragraph stands."""

    BODY = "body"
    NOTE = "note"  # at the foot of a page or at the end
    TEXT_BOX = "text box"
    HEADER = "header"
    FOOTER = "footer"


@frozen
class Span:
    """Some words, of one fate; never empty. A tab is U+0009, a forced line U+000A.

    `revisions` holds those that it lies in, the outermost first: what somebody inserted, another may have
    deleted again. `is_worked_out` is true for what Word works out: the number of a page, of a source, of a
    note.
    """

    text: str
    revisions: tuple[Revision, ...] = ()
    is_worked_out: bool = False
    control: int | None = None  # the innermost content control around it, by its place in `Returned.controls`
    looks: frozenset[Look] = frozenset()  # of what is deleted: none
    relooked: tuple[Relooked, ...] = ()

    def counts(self, view: View) -> bool:
        """Whether it is there in a view."""
        return _counts(self.revisions, view)


@frozen
class Paragraph:
    """One paragraph. `marks` are the revisions of its end: once that is gone, it runs on into the next.

    `at` is its place in `Returned.paragraphs`; `cell` counts table, row and column from 0 where it stands in
    a table of the document. `style` is the name of its style; empty of what was made of several paragraphs.
    """

    at: int = 0
    spans: tuple[Span, ...] = ()
    marks: tuple[Revision, ...] = ()
    part: Part = Part.BODY
    style: str = ""
    relooked: tuple[Relooked, ...] = ()  # tracked changes of its own look
    cell: tuple[int, int, int] | None = None
    gone: tuple[tuple[int, Span], ...] = ()  # of a view: what is not there, behind how many characters

    @property
    def text(self) -> str:
        """Its words, whatever their fate."""
        return "".join(span.text for span in self.spans)


@frozen
class Comment:
    """A remark. `anchor` is what it is about, in the document's words; `reply_to` the id of another."""

    id: str
    author: str
    when: str
    text: str  # paragraphs parted by line feeds
    anchor: str = ""
    paragraph: int | None = None  # its place among `Returned.paragraphs`
    start: int = 0  # characters of that paragraph's `text` before what it is about
    reply_to: str | None = None
    is_done: bool = False


@frozen
class Control:
    """A content control: what stands in it once all revisions are accepted."""

    tag: str
    title: str = ""
    text: str = ""  # paragraphs parted by line feeds
    is_placeholder: bool = False  # it shows its prompt: nobody has written in it
    is_checked: bool | None = None  # of a check box
    is_gone: bool = False  # deleted by a revision, with all that stood in it
    struck: str = ""  # what of `text` is struck through or hidden, though it is there
    bookmarks: tuple[str, ...] = ()  # in it: LibreOffice keeps them where it loses the tag


@frozen
class Thing:
    """What is no words: a picture, a drawing, an embedded file."""

    kind: str  # picture, chart, diagram, drawing, embedded object, embedded document, equation
    words: str = ""  # its description, if it has one
    sha256: str = ""  # of its bytes, where they lie in the file
    paragraph: int | None = None
    revisions: tuple[Revision, ...] = ()


@frozen
class Returned:
    """All that a returned document holds."""

    paragraphs: tuple[Paragraph, ...] = ()
    comments: tuple[Comment, ...] = ()
    controls: tuple[Control, ...] = ()
    things: tuple[Thing, ...] = ()
    formatting: tuple[Relooked, ...] = ()  # of what is no words: tables, pages, ends of paragraphs
    edition: str = ""  # the custom property by which briefbook knows its own
    memo: str = ""  # the id that briefbook writes into the keywords
    reference: str = ""
    tracks: bool = False  # whether it asks for changes to be tracked

    def control(self, tag: str) -> Control | None:
        """The first content control with this tag."""
        return next((control for control in self.controls if control.tag == tag), None)


def viewed(paragraphs: Iterable[Paragraph], view: View) -> list[Paragraph]:
    """Paragraphs once all revisions are accepted, or rejected: with what is there then, and no revisions.

    One whose end is gone runs on into the next of the same part; one of which nothing is left is gone. Spans
    keep their revisions, so that it can be told whose they are; what is gone stands in `gone`.
    """
    found: list[Paragraph] = []
    open_: _Open | None = None  # one that runs on, as far as it was read
    for paragraph in paragraphs:
        if open_ is not None and (open_.begun.part, open_.begun.cell) != (paragraph.part, paragraph.cell):
            found += open_.left()
            open_ = None
        if open_ is None and not paragraph.marks and not any(span.revisions for span in paragraph.spans):
            found.append(paragraph)
            continue
        ends = _counts(paragraph.marks, view)
        open_ = open_ or _Open(begun=paragraph)
        open_.read_on(paragraph, view, ends=ends)
        if ends:
            found.append(open_.whole())
            open_ = None
    return found if open_ is None else [*found, *open_.left()]


@dataclass(slots=True, kw_only=True)
class _Open:
    """A paragraph in a view, with what runs on into it, as far as that was read."""

    begun: Paragraph
    spans: list[Span] = field(default_factory=list)
    gone: list[tuple[int, Span]] = field(default_factory=list)
    length: int = 0
    style: str = ""

    def read_on(self, paragraph: Paragraph, view: View, *, ends: bool) -> None:
        """Add the words of its next paragraph; `ends` says whether it ends with that."""
        # LibreOffice gives a paragraph behind one that is gone the style of that.
        is_new = paragraph is self.begun or (not self.spans and self.style != paragraph.style)
        self.style = paragraph.style if is_new or not ends else ""
        if not self.spans:
            self.begun = paragraph
        for span in paragraph.spans:
            if span.counts(view):
                self.spans.append(span)
                self.length += len(span.text)
            else:
                self.gone.append((self.length, span))

    def whole(self) -> Paragraph:
        """The paragraph that it is by now."""
        spans, gone = tuple(self.spans), tuple(self.gone)
        return replace(self.begun, spans=spans, gone=gone, marks=(), style=self.style)

    def left(self) -> list[Paragraph]:
        """What is left of it where nothing follows."""
        return [self.whole()] if self.spans else []


def accepted_of(returned: Returned, author: str) -> Returned:
    """The same once all tracked changes of one author are accepted; those of others stay as they are."""
    paragraphs = []
    for paragraph in returned.paragraphs:
        if not any(one.author == author for one in _changes_in(paragraph)):
            paragraphs.append(paragraph)
            continue
        spans = [span for span in paragraph.spans if not _is_taken_out(span.revisions, author)]
        # An end that is gone stays marked: the paragraph still has to run on into the next.
        marks = tuple(one for one in paragraph.marks if one.author != author or not one.comes)
        kept = tuple(
            replace(
                span,
                revisions=_of_others(span.revisions, author),
                relooked=_of_others(span.relooked, author),
            )
            for span in spans
        )
        relooked = _of_others(paragraph.relooked, author)
        paragraphs.append(replace(paragraph, spans=kept, marks=marks, relooked=relooked))
    things = (
        replace(thing, revisions=_of_others(thing.revisions, author))
        for thing in returned.things
        if not _is_taken_out(thing.revisions, author)
    )
    comments = (_closed_up(comment, returned.paragraphs, author) for comment in returned.comments)
    return replace(
        returned,
        paragraphs=tuple(paragraphs),
        things=tuple(things),
        comments=tuple(comments),
        formatting=_of_others(returned.formatting, author),
    )


def _changes_in(paragraph: Paragraph) -> Iterator[Revision | Relooked]:
    """All tracked changes of a paragraph, of its words and of its looks."""
    yield from paragraph.marks
    yield from paragraph.relooked
    for span in paragraph.spans:
        yield from span.revisions
        yield from span.relooked


def _closed_up(comment: Comment, paragraphs: Sequence[Paragraph], author: str) -> Comment:
    """A remark whose paragraph has lost what an author's changes took out of it."""
    if comment.paragraph is None:
        return comment
    at = gone = 0
    for span in paragraphs[comment.paragraph].spans:
        if at >= comment.start:
            break
        gone += len(span.text) if _is_taken_out(span.revisions, author) else 0
        at += len(span.text)
    return replace(comment, start=max(comment.start - gone, 0))


def _is_taken_out(revisions: Sequence[Revision], author: str) -> bool:
    return any(one.author == author and not one.comes for one in revisions)


def _of_others(changes: Sequence[_Tracked], author: str) -> tuple[_Tracked, ...]:
    return tuple(one for one in changes if one.author != author)


def _counts(revisions: Sequence[Revision], view: View) -> bool:
    gone = view is View.REJECTED
    return not any(revision.comes is gone for revision in revisions)
