"""`briefbook debrief`: a form that asks what became of a meeting."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbook.cli.book import BookFinder, day_of, day_options, language_option, out_option, today
from briefbook.cli.completing import meeting_ids
from briefbook.cli.printing import say, shown, stop_for, tell_json, tell_text, warn_beside, write_document
from briefbook.diagnostics import BriefbookError, Problem, did_you_mean, place_of
from briefbook.files import own_folder

if TYPE_CHECKING:
    from briefbook.debriefing.form import Asked
    from briefbook.debriefing.returned import ReviewedForm
    from briefbook.readers.read_book import ReadBook

REMAIN = 8  # something is left that a person must decide, as `review` ends


@click.command("debrief")
@click.argument("meeting", shell_complete=meeting_ids)
@day_options
@click.option("--text", is_flag=True, help="Print the form as text, for a mail, and write no file.")
@click.option("--anyway", is_flag=True, help="Also on a meeting that is not unconfirmed.")
@language_option("In this language. Default: the book's.")
@out_option
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    meeting: str,
    as_of: date | None,
    known_by: date | None,
    text: bool,
    anyway: bool,
    language: str | None,
    out: Path | None,
) -> None:
    """Make a one-page form that asks what became of a meeting.

    It is for a meeting that is unconfirmed: its day is past, and no source on file says whether it was held.
    Who was there fills the form in and sends it back; `briefbook review FORM.docx` then proposes what the
    answers add to the facts.

    \b
    Examples:
      briefbook debrief sig-2026-01 --as-of 2026-02-02
      briefbook debrief sig-2026-01 --as-of 2026-02-02 --text --language es
    """
    from briefbook.debriefing.form import asked, form_name, form_of
    from briefbook.workshop import Workshop
    from briefbook.writers import WRITERS

    read = finder.read()
    fact = read.book.facts.meetings.get(_known(meeting, read))
    assert fact is not None
    day = day_of(read.book.settings, as_of, known_by)
    workshop = Workshop(read.book)
    question = asked(workshop, fact, day, language)
    if not question.is_open and not anyway:
        stop_for([_not_open(question)])
    document = form_of(workshop, question)
    if text:
        write_document(WRITERS["txt"].write(document, workshop.theme))
        return
    folder = (out or own_folder(finder.root(), "out")) / day.as_of.isoformat()
    data = WRITERS["docx"].write(document, workshop.theme)
    say(shown(_put(folder / form_name(document.memo), data)))


def _known(meeting: str, read: "ReadBook") -> str:
    if meeting not in read.book.facts.meetings:
        if meeting in read.ids and read.book.facts.find(meeting) is None:
            stop_for(read.problems)  # it is there, but was left out for a mistake
        hint = did_you_mean(meeting, read.book.facts.meetings)
        message = f"there is no meeting {meeting!r} in this book"
        raise click.UsageError(f"{message} ({hint})" if hint else message)
    return meeting


def _not_open(question: "Asked") -> Problem:
    """Why there is nothing to ask."""
    from briefbook.composing.wording import wording_of

    when = f", {wording_of('en').partial(question.date)}" if question.date else ""
    state = question.state or "nothing is on file by then"
    meeting, day = question.meeting, question.selection.as_of
    return Problem(
        where=place_of(meeting, "statements"),
        message=f"meeting {meeting.id!r} is not unconfirmed on {day}: {state}{when}",
        hint="--as-of names another day; --anyway makes the form all the same",
    )


def _put(path: Path, data: bytes) -> Path:
    """Write the form under its name; beside a file that is another: somebody may have filled it in."""
    from briefbook.placing import place

    digest = hashlib.sha256(data).hexdigest()
    folder, name = path.parent, path.name
    placed = place(folder, name, digest, lambda: data, is_ours=lambda _: False, is_of_memo=lambda _: False)
    return placed.path


def review_returned_form(
    finder: BookFinder, data: bytes, file: Path, out: Path, *, wants_apply: bool, wants_json: bool
) -> None:
    """What `review` does with a form: told in full and kept, with a diff of the files; made on request."""
    from briefbook.amending import finish_changes
    from briefbook.debriefing.returned import apply_form, keep_form, review_form

    root = finder.root()
    if wants_apply:
        finish_changes(root)
    found = review_form(root, data, shown(file), today())
    is_applied = False
    with finder.open_record() as record:
        placed = keep_form(record, found, data, _as_text(found, applied=False), _as_data(found, False), out)
        try:
            if wants_apply and found.changed and not found.refused:
                apply_form(root, found)
                is_applied = True
                texts = _as_text(found, applied=True), _as_data(found, True)
                placed = keep_form(record, found, data, *texts, out)
        finally:  # what somebody answered is told, whatever stands in the way
            if wants_json:
                tell_json(_told(found, is_applied))
            else:
                tell_text(_as_text(found, applied=is_applied))
    if is_applied:
        changed = ", ".join(change.shown for change in found.changed)
        say(f"{len(found.debriefing.proposed)} additions made in {changed}.")
    say(f"Kept in {shown(placed.path)}")
    warn_beside([placed], "the list of answers")
    if found.refused:
        raise BriefbookError(*found.refused)
    if found.left or (found.debriefing.proposed and not is_applied):
        raise SystemExit(REMAIN)


def _as_data(found: "ReviewedForm", is_applied: bool) -> str:
    return json.dumps(_told(found, is_applied), ensure_ascii=False, indent=2) + "\n"


def _told(found: "ReviewedForm", is_applied: bool) -> dict[str, object]:
    """What the JSON holds."""
    form = found.debriefing
    return {
        "format": 1,
        "marking": found.marking,
        "meeting": form.meeting,
        "proposed": [{"file": one.file, "told": one.told} for one in form.proposed],
        "known": list(form.known),
        "left": list(found.left),
        "refused": [f"{one.where}: {one.message}" for one in found.refused],
        "diff": list(found.diff()),
        "applied": is_applied,
    }


def _as_text(found: "ReviewedForm", *, applied: bool) -> str:
    form = found.debriefing
    lines = [found.marking, ""] if found.marking else []
    lines.append(f"Debrief of meeting {form.meeting}")
    proposed = "Answered, but the checks refuse it" if found.refused else "Proposed (--apply makes it)"
    for title, told in (
        ("Added" if applied else proposed, [one.told for one in form.proposed]),
        ("Refused", [f"{one.where}: {one.message}" for one in found.refused]),
        ("On file already", form.known),
        ("Not understood: a person decides", found.left),
    ):
        if told:
            lines += ["", f"{title}:", *(f"  - {' / '.join(line.splitlines())}" for line in told)]
    if found.changed:
        lines += ["", *found.diff()]
    if found.marking:
        lines += ["", found.marking]
    return "\n".join(lines) + "\n"
