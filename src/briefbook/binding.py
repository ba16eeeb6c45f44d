"""Binds memos into one book and puts it in place: made, kept, placed, recorded, like an edition of a memo.

What a bound book is made from is its tree: all that the memos say, without a page. Its digest decides whether
anything has to be laid out and written at all.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from briefbook.binder import Binder
from briefbook.build import outputs_of, put_in_place, record_made
from briefbook.canonical import canonical
from briefbook.checks.markings import crowding
from briefbook.checks.templates import undrawable
from briefbook.checks.texts import OTHER_LETTERS, all_faces, missing_in_all, named
from briefbook.composing.bind import Request
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import LeftOut
from briefbook.files import cannot_flush, flush_folder
from briefbook.frozen import frozen
from briefbook.inputs import tool_identity
from briefbook.issued import BOUND, Edition, Output
from briefbook.look import look_of
from briefbook.memo import Book, Memo
from briefbook.placing import Placed, clear
from briefbook.plans import is_at_hand
from briefbook.previous import rested_before
from briefbook.record import Record
from briefbook.selection import Rested
from briefbook.workshop import Day, Rendered, Workshop, silent
from briefbook.writers.theme import Theme, files_of

if TYPE_CHECKING:
    from briefbook.writers.bound_book import LaidBook


def _pdf(book: "LaidBook") -> bytes:
    from briefbook.writers.bound_pdf import pdf_of_book  # reportlab is imported where it is needed

    return pdf_of_book(book)


def _docx(book: "LaidBook") -> bytes:
    from briefbook.writers.bound_docx import docx_of_book

    return docx_of_book(book)


BOUND_WRITERS: dict[str, Callable[["LaidBook"], bytes]] = {"docx": _docx, "pdf": _pdf}


@frozen
class BoundInputs:
    """What a bound book is made from."""

    binder: Binder
    theme: Theme
    tool: str

    @cached_property
    def data(self) -> bytes:
        """The inputs as canonical JSON."""
        return canonical(self)

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal of all the inputs."""
        return hashlib.sha256(self.data).hexdigest()


@frozen
class Bound:
    """A bound book after a run: its edition and where its files stand."""

    edition: Edition
    is_new: bool
    files: tuple[Placed, ...]
    left_out: Mapping[str, tuple[LeftOut, ...]]  # by the memos' ids: so that they keep to their lengths


def bind(
    book: Book,
    memos: Sequence[Memo],
    day: Day,
    request: Request,
    *,
    out: Path,
    record: Record,
    formats: Sequence[str],
    progress: Callable[[], object] = silent,
) -> Bound:
    """Bind memos, at least one, into OUT/<as-of>/<name>.<format>; each file is whole or not at all.

    Nothing is written where any memo cannot be made: BriefbookError. What was bound from the same before is
    only put in place.
    """
    rested = {
        memo.id: rested_before(record, memo.id, day.as_of, day.known_by) for memo in memos if memo.rests
    }
    inputs = inputs_of_book(book, memos, day, request, formats, progress, rested)
    left_out = {tab.document.memo: tab.document.left_out for tab in inputs.binder.tabs}
    key = BOUND + request.name
    folder = out / day.as_of.isoformat()
    with record.alone() as is_alone:
        if is_alone:  # else another build is writing there
            clear(folder, {request.name})
    with record.building():
        edition = record.ledger.editions_with({key: inputs.digest}).get(key)
        look = [file.sha256 for file in files_of(inputs.theme)]

        def put(outputs: Sequence[Output], made: Rendered | None) -> tuple[Placed, ...]:
            wanted = (output for output in outputs if output.format in formats)
            again = partial(rendered, inputs, day, request, formats)
            return tuple(put_in_place(output, key, made, record, folder, again=again) for output in wanted)

        if edition is not None and is_at_hand(edition, formats, look, record.store):
            files = put(edition.outputs, None)
            return Bound(edition=edition, is_new=False, files=files, left_out=left_out)
        made = rendered(inputs, day, request, formats)
        record.store.put_many(made.kept)
        files = put(outputs_of(made), made)
        if not all(file.written for file in files):  # by a command that was broken off, maybe not flushed
            _flush(folder)
        edition, is_new = record_made([made], record)[key]
        return Bound(edition=edition, is_new=is_new, files=files, left_out=left_out)


def _flush(folder: Path) -> None:
    try:
        flush_folder(folder)
    except OSError as error:
        raise BriefbookError(cannot_flush(folder, error)) from error


def inputs_of_book(
    book: Book,
    memos: Sequence[Memo],
    day: Day,
    request: Request,
    formats: Sequence[str],
    progress: Callable[[], object] = silent,
    rested: Mapping[str, Sequence[Rested]] | None = None,
) -> BoundInputs:
    """What a bound book is made from; `rested`: by memo, on what its slots rest, as the edition before noted.

    Raises BriefbookError for all that stops it.
    """
    theme = look_of(book).theme
    if theme.house is not None and "docx" in formats:
        where = book.settings.house.file.where if book.settings.house else book.settings.where
        message = "a bound book cannot be written into a house's own Word file"
        hint = "bind it as PDF alone: --format pdf"
        raise BriefbookError(Problem(where=where, message=message, hint=hint))
    binder = Workshop(book).binder(memos, day, request, progress, rested)
    tabs = zip(binder.tabs, memos, strict=True)
    faces = all_faces(book)
    problems = [problem for tab, memo in tabs for problem in undrawable(tab.document, memo, book, faces)]
    problems += crowding(binder.cover.banner, theme, book)
    if missing := missing_in_all(request.title, faces):
        message = f"no face can draw {named(missing)} in the title of the bound book"
        problems.append(Problem(where=book.settings.where, message=message, hint=OTHER_LETTERS))
    if problems:
        raise BriefbookError(*problems)
    return BoundInputs(binder=binder, theme=theme, tool=tool_identity())


def rendered(inputs: BoundInputs, day: Day, request: Request, formats: Sequence[str]) -> Rendered:
    """The bytes of a bound book, with what they were made from."""
    from briefbook.writers.bound_book import laid_book  # faces are imported where they are needed

    laid = laid_book(inputs.binder, inputs.theme)
    return Rendered(
        memo=BOUND + request.name,
        stem=request.name,
        day=day,
        outputs={name: BOUND_WRITERS[name](laid) for name in formats},
        inputs=inputs.data,
        files=tuple(file.data for file in files_of(inputs.theme)),
        digest=inputs.digest,
        substance=inputs.digest,
        tool=inputs.tool,
    )
