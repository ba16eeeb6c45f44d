"""Selection of one meeting → the form that asks what became of it.

The form is a document like any other, so every writer can write it. Its fields are slots of a memo that no
file holds: what stands in them is what was announced, or a prompt.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from briefbook.composing.compose import blocks_in
from briefbook.composing.portions import handled
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.spoken import spoken_in
from briefbook.composing.wording import Wording
from briefbook.document import Document, Section, Text
from briefbook.facts import Says
from briefbook.facts import Wording as Texts
from briefbook.memo import Memo, SlotSpec
from briefbook.outline import outlined
from briefbook.selection import Selection, ShownMeeting, Side

FORM = "debrief/form.md.j2"
NAME = "debrief"  # of the form's one section; its memo's id begins with it
PREFIX = "debrief:"  # of the ids of its slots

# The fields, by the ids of their slots behind the prefix.
HELD, WHEN, WHERE = "meeting.held", "meeting.when", "meeting.where"
WHO = "who"  # `who.SIDE` for each side of the forum, `who` where it has none
AGREED, DISCUSSED = "agreed", "discussed"  # with a number from 1
NEXT_WHEN, NEXT_WHERE = "next.when", "next.where"
WORD, TOLD = "word.who", "word.day"
MOST_AGREED, MOST_DISCUSSED = 4, 2  # rows of each, so that all of it stays on one page


def form_fields(meeting: ShownMeeting, wording: Wording) -> tuple[SlotSpec, ...]:
    """The fields of the form on a meeting, filled with what was announced of it."""
    return tuple(_fields(meeting, wording))


def _fields(meeting: ShownMeeting, wording: Wording) -> Iterator[SlotSpec]:
    label, field = wording.label, partial(_field, wording.language)
    day = wording.partial(meeting.when.date, "weekday") if meeting.when.date else ""
    place = str(meeting.place or "")
    yield field(HELD, label("Held?"), label("held, cancelled or postponed"))
    yield field(WHEN, label("When"), label("day, month and year"), day)
    yield field(WHERE, label("Where"), label("place"), place)
    nobody = label("nobody is announced: who came?")
    sides = [(side.name.origin.fact, side) for side in meeting.sides if side.name and side.name.origin]
    for id_, side in sides:
        name = Text(text=str(side.name), language=side.name.language)
        yield field(f"{WHO}.{id_}", name, nobody, _people(side))
    if not sides:
        yield field(WHO, label("Participants"), nobody, "; ".join(map(_people, meeting.sides)))
    for number in range(1, MOST_AGREED + 1):
        title = label("Agreed, %(number)s", number=number)
        yield field(f"{AGREED}[{number}]", title, label("what both sides agreed"))
    for number in range(1, MOST_DISCUSSED + 1):
        title = label("Only discussed, %(number)s", number=number)
        yield field(f"{DISCUSSED}[{number}]", title, label("what was talked about and not agreed"))
    yield field(NEXT_WHEN, label("Next meeting"), label("day, month and year"))
    yield field(NEXT_WHERE, label("Its place"), label("place"))
    yield field(WORD, label("Who says so"), label("a person, or the name of a report"))
    yield field(TOLD, label("Said on"), label("day, month and year"))


def _field(language: str, id_: str, title: Text, prompt: Text, text: str = "") -> SlotSpec:
    """A field with its title and prompt, each in the language that it is written in."""
    return SlotSpec(
        id=PREFIX + id_,
        title=_written(title, language),
        prompt=_written(prompt, language),
        text=Texts(texts={language: text}) if text else None,
    )


def _written(label: Text, language: str) -> Texts:
    return Texts(texts={label.language or language: label.text})


def _people(side: Side) -> str:
    named = (", ".join(filter(None, (str(one.name), str(one.post or "")))) for one in side.people)
    return "; ".join(named)


def compose_debrief(selection: Selection, memo: Memo, templates: SectionTemplates) -> Document:
    """The form on the meeting of a selection, whose memo has the form's fields as its slots.

    Raises BriefbookError for a template's mistake, with its place.
    """
    say = templates.wording.say
    context = Context(selection=selection, options={})
    templates.begin()
    markdown = templates.render(FORM, context, memo=memo.id)
    citable = frozenset(source.id for source in selection.sources)
    blocks = blocks_in(markdown, FORM, memo, citable)
    document = Document(
        memo=memo.id,
        title=say("Debrief: %(meeting)s", meeting=selection.title),
        language=selection.language,
        reference=selection.reference,
        author=str(selection.sender or ""),
        as_of=selection.as_of,
        known_by=selection.known_by,
        footer=say("%(reference)s · as of %(day)s", reference=memo.id, day=selection.as_of.isoformat()),
        page_of=say("%(page)s of %(pages)s", page="{page}", pages="{pages}"),
        sections=(Section(name=NAME, blocks=blocks),),
        spoken=spoken_in(templates.wording),
    )
    return outlined(handled(document, selection, [()], ()))


def words_for(wording: Wording) -> Mapping[Says, tuple[str, ...]]:
    """What people answer to the first question, by what it says; in the language, or in English."""
    say = wording.say
    return {
        # Translators: answers that people may give, parted by bars, in every gender; first the prompt's.
        Says.HELD: tuple(say("held|yes|took place|it was held|it took place").split("|")),
        Says.CANCELLED: tuple(say("cancelled|canceled|called off|it was cancelled").split("|")),
        Says.POSTPONED: tuple(say("postponed|put off|it was postponed").split("|")),
    }


def doubts_in(wording: Wording) -> tuple[str, ...]:
    """Words of an answer to the first question by which it is not plainly said; in the language."""
    # Translators: words that deny or doubt, parted by bars.
    return tuple(wording.say("no|not|never|perhaps|maybe|unsure|unclear|think|believe").split("|"))


def empty_words(wording: Wording) -> tuple[str, ...]:
    """Answers that name nothing and nobody, in the language."""
    # Translators: answers to any question of a form that say nothing of their own, parted by bars.
    return tuple(
        wording.say(
            "nobody|nobody came|no one|none|nothing|n/a|not applicable|as above|see above|same|ditto|unknown"
            "|not known|I don't know|to be confirmed|me|myself"
        ).split("|")
    )


def days_told(wording: Wording) -> tuple[tuple[str, ...], ...]:
    """Words for the day of the review itself, and for the day before, in the language."""
    # Translators: the day on which somebody said it; words of one meaning parted by bars.
    return tuple(tuple(words.split("|")) for words in (wording.say("today"), wording.say("yesterday")))


def named_in_prose(wording: Wording, day: date) -> str:
    """How prose calls a form that came back, as a source."""
    return wording.say("the debrief of %(day)s", day=wording.day(day))


def told_by(wording: Wording, who: str) -> str:
    """On whose word the answers of a form are, for the note of its source."""
    return wording.say("On the word of %(who)s, by a form.", who=who)
