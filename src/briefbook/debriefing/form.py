"""A meeting of a book → the form that asks what became of it, as a document."""

from dataclasses import replace
from datetime import date

from briefbook.composing.debrief import PREFIX, compose_debrief, form_fields
from briefbook.dates import PartialDate
from briefbook.debriefing.answers import Form
from briefbook.document import Document
from briefbook.facts import Meeting, Wording
from briefbook.frozen import frozen
from briefbook.memo import MeetingScope, Memo, Reference
from briefbook.selection import Selection, ShownMeeting
from briefbook.state import MeetingState
from briefbook.workshop import Day, Workshop

_OTHER = "@"  # before the language of a form that is not in the book's; no id holds it


@frozen
class Asked:
    """A meeting as it stands on a day; without a state nothing on file tells of it by then."""

    meeting: Meeting
    language: str
    memo: Memo
    selection: Selection
    state: MeetingState | None
    date: PartialDate | None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows if it was held: what a form is for."""
        return self.state is MeetingState.UNCONFIRMED


def asked(workshop: Workshop, meeting: Meeting, day: Day, language: str | None = None) -> Asked:
    """What a form on a meeting would ask from, in a language (the book's, if not given)."""
    settings = workshop.book.settings
    tongue = language or settings.language
    behind = "" if tongue == settings.language else f"{_OTHER}{tongue}"
    forum = workshop.book.facts.forums.get(meeting.forum)
    title = meeting.title or (forum.name if forum else Wording(texts={tongue: meeting.id}))
    memo = Memo(
        id=f"{PREFIX}{meeting.id}{behind}",
        title=title,
        language=tongue,
        scope=MeetingScope(meetings=(Reference(id=meeting.id),)),
    )
    selection = workshop.select(memo, day)
    shown = _shown(selection)
    return Asked(
        meeting=meeting,
        language=tongue,
        memo=memo,
        selection=selection,
        state=shown.state if shown else None,
        date=shown.when.date if shown else None,
    )


def form_of(workshop: Workshop, asked: Asked) -> Document:
    """The form, filled with what was announced. Raises BriefbookError for a template's mistake."""
    templates = workshop.templates(asked.language)
    shown = _shown(asked.selection)
    slots = form_fields(shown, templates.wording) if shown else ()
    memo = replace(asked.memo, slots=slots)
    day = Day(as_of=asked.selection.as_of, known_by=asked.selection.known_by)
    return compose_debrief(workshop.select(memo, day), memo, templates)


def fields_of(workshop: Workshop, asked: Asked) -> Form:
    """The titles and prompts of a form's fields."""
    shown = _shown(asked.selection)
    wording = workshop.templates(asked.language).wording
    fields = {each.id.removeprefix(PREFIX): each for each in (form_fields(shown, wording) if shown else ())}
    return Form(
        titles={id_: _words(each.title) for id_, each in fields.items()},
        prompts={id_: _words(each.prompt) for id_, each in fields.items()},
    )


def _words(text: Wording | None) -> str:
    return " ".join(next(iter(text.texts.values())).split()) if text else ""


def _shown(selection: Selection) -> ShownMeeting | None:
    return next(iter(selection.meetings), None)


def form_name(memo: str) -> str:
    """The file name of a form, by the id of its memo."""
    return memo.replace(":", "-").replace(_OTHER, ".") + ".docx"


@frozen
class FormKey:
    """What a form that came back says of itself: its meeting, its language if not the book's, its days."""

    meeting: str
    language: str | None
    as_of: date | None
    known_by: date | None


def form_key(edition: str) -> FormKey | None:
    """What the property of a returned file says, if it is a form; None for a memo's or a stranger's."""
    first, _, days = edition.partition(" ")
    if not first.startswith(PREFIX):
        return None
    meeting, _, language = first.removeprefix(PREFIX).partition(_OTHER)
    as_of, known_by = ([_day(word) for word in days.split()[:2]] + [None, None])[:2]
    return FormKey(meeting=meeting, language=language or None, as_of=as_of, known_by=known_by)


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None
