"""Forms that came back, as sources on file: how their ids begin, and on whose word they are."""

from collections.abc import Iterable, Mapping

from briefbook.composing.debrief import told_by
from briefbook.composing.wording import Wording
from briefbook.debriefing.answers import key_of
from briefbook.facts import Facts, Meeting, MeetingStatement
from briefbook.marking import Marking
from briefbook.readers.yaml_editing import Flow, Value


def source_id(meeting: Meeting) -> str:
    """How the ids of sources begin that are forms on a meeting."""
    return f"debrief-{meeting.id}"


def is_form_of(source: str, meeting: Meeting, who: str, facts: Facts, wordings: Iterable[Wording]) -> bool:
    """Whether a source is a form on a meeting that came back on somebody's word."""
    record = facts.sources.get(source)
    if record is None or record.note is None or not source.startswith(source_id(meeting)):
        return False
    ways = {key_of(told_by(wording, who)) for wording in wordings}
    return any(key_of(note) in ways for note in record.note.texts.values())


def marking_of(marking: Marking) -> Value:
    """A marking as the field of a source."""
    if not marking.caveats:
        return marking.level
    return Flow({"level": marking.level, "caveats": Flow(list(marking.caveats))})


def is_same_place(statement: MeetingStatement, told: Mapping[str, Value]) -> bool:
    """Whether a statement on file names the place that a form tells."""
    place = told.get("place", "")
    held = place.value if isinstance(place, Flow) else {"": place} if place else {}
    texts = statement.place.texts.values() if statement.place else ()
    return set(texts) == (set(held.values()) if isinstance(held, Mapping) else set())
