"""What the answers of a debrief form are read against, and what they come to."""

from collections.abc import Collection, Mapping
from datetime import date

from briefbook.composing.wording import Wording
from briefbook.facts import Facts
from briefbook.frozen import frozen
from briefbook.marking import Marking
from briefbook.readers.yaml_editing import Edit


@frozen
class Proposed:
    """One addition to the facts: in words, and as a change of a file."""

    told: str
    file: str
    edit: Edit


@frozen
class Debriefing:
    """What a form's answers come to: what they would add, what is on file already, what nobody can read."""

    meeting: str
    proposed: tuple[Proposed, ...] = ()
    known: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@frozen
class Room:
    """What the answers are read against. `wordings` are the book's languages, its own first."""

    facts: Facts
    ids: Collection[str]  # all that are taken
    wordings: Mapping[str, Wording]
    language: str  # of the form
    today: date  # the day of the answers, if they do not say
    marking: Marking | None = None  # of what is on file of the meeting: the answers carry it, too
