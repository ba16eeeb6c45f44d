"""A document that came back: what stands in it, what was done to it, and by whom.

`readers.read_returned` makes this of a DOCX. Nothing is judged here: a returned document is only words,
revisions, remarks and things, in reading order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

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

    def counts(self, view: View) -> bool:
        """Whether it is there in a view."""
        return _counts(self.revisions, view)


@frozen
class Paragraph:
    """One paragraph. `marks` are the revisions of its end: once that is gone, it runs on into the next.

    `at` is its place in `Returned.paragraphs`; `cell` counts table, row and column from 0 where it stands in
    a table of the document.
    """

    at: int = 0
    spans: tuple[Span, ...] = ()
    marks: tuple[Revision, ...] = ()
    part: Part = Part.BODY
    style: str = ""
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
    formatting: tuple[str, ...] = ()  # tracked changes of looks alone: who made each
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
    open_: Paragraph | None = None  # one that runs on, as far as it was read
    for paragraph in paragraphs:
        if open_ is not None and (open_.part, open_.cell) != (paragraph.part, paragraph.cell):
            found += [open_] if open_.spans else []
            open_ = None
        read = _read_on(open_, paragraph, view)
        if _counts(paragraph.marks, view):
            found.append(read)
            open_ = None
        else:
            open_ = read
    if open_ is not None and open_.spans:
        found.append(open_)
    return found


def _read_on(open_: Paragraph | None, paragraph: Paragraph, view: View) -> Paragraph:
    """A paragraph in a view, behind what runs on into it."""
    spans, gone = ([*open_.spans], [*open_.gone]) if open_ else ([], [])
    length = sum(len(span.text) for span in spans)
    for span in paragraph.spans:
        if span.counts(view):
            spans.append(span)
            length += len(span.text)
        else:
            gone.append((length, span))
    begun = open_ if open_ is not None and open_.spans else paragraph
    return replace(begun, spans=tuple(spans), gone=tuple(gone), marks=())


def accepted_of(returned: Returned, author: str) -> Returned:
    """The same once all tracked changes of one author are accepted; those of others stay as they are."""
    paragraphs = []
    for paragraph in returned.paragraphs:
        spans = [span for span in paragraph.spans if not _is_taken_out(span.revisions, author)]
        # An end that is gone stays marked: the paragraph still has to run on into the next.
        marks = tuple(one for one in paragraph.marks if one.author != author or not one.comes)
        kept = tuple(replace(span, revisions=_of_others(span.revisions, author)) for span in spans)
        paragraphs.append(replace(paragraph, spans=kept, marks=marks))
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
        formatting=tuple(who for who in returned.formatting if who != author),
    )


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


def _of_others(revisions: Sequence[Revision], author: str) -> tuple[Revision, ...]:
    return tuple(one for one in revisions if one.author != author)


def _counts(revisions: Sequence[Revision], view: View) -> bool:
    gone = view is View.REJECTED
    return not any(revision.comes is gone for revision in revisions)
