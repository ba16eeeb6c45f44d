"""The Fisheries Council of Norland and Sudland: an invented book, read from text by the real readers."""

from datetime import date

from briefbook.facts import Facts, Wording
from briefbook.memo import Memo, Settings
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo
from briefbook.select import select
from briefbook.selection import Selection, ShownMeeting

SETTINGS = Settings(title=Wording(texts={"en": "The fisheries book"}))

# Sources, countries, people and forums that most tests share; each adds what it is about.
GROUND = """
sources:
  gazette: {short: the gazette, published: 2031-04-02, publisher: norland-gazette, title: Ministers to meet}
  letter: {short: the letter, published: 2031-04-20}
  note: {short: the joint note, published: 2031-05-12, speaks: [norland, sudland]}
  radio: {short: the radio report, published: 2031-09-01}
organisations:
  norland: {name: Norland, kind: country}
  sudland: {name: Sudland, kind: country}
  norland-gazette: {name: Norland Gazette, side: norland}
people:
  ana-holm: {name: Ana Holm}
  bo-lund: {name: Bo Lund}
  carla-mar: {name: Carla Mar}
forums:
  council: {name: Fisheries Council, sides: [norland, sudland]}
  harbours: {name: Harbour Talks, sides: [norland, sudland]}
"""

# Two meetings of the council (one held, one ahead), one of the talks, priorities and points.
WHOLE = """
meetings:
  council-3:
    forum: council
    ordinal: 3
    statements:
      - {source: gazette, says: announced, date: 2031-05, place: Port Emery, evidence: will meet in May}
      - source: note
        says: held
        date: 2031-05-11
        place: Port Emery
        participants:
          - {person: ana-holm, as: Fisheries Minister, side: norland}
          - {person: carla-mar, as: Minister of the Sea, side: sudland}
        evidence: met in Port Emery on 11 May
  council-4:
    forum: council
    ordinal: 4
    statements:
      - {source: note, says: announced, date: 2031-10-20, place: Sandvik, evidence: again on 20 October}
  talks-1:
    forum: harbours
    title: first round of talks
    statements:
      - {source: letter, says: announced, date: 2031-06-03, evidence: on 3 June in Holm}
priorities:
  survey:
    forum: council
    meeting: council-3
    text: Survey the shared stock together every spring.
    statements:
      - {source: note, force: agreed, by: [norland, sudland], evidence: agreed to survey the stock jointly}
      - {source: radio, status: in-progress, update: The first survey began, evidence: the first survey began}
  mesh:
    forum: council
    meeting: council-3
    text: Widen the mesh of the nets.
    statements:
      - {source: gazette, force: wish, by: [norland], evidence: Norland hopes for wider nets}
background:
  stock:
    forums: [council]
    text: The stock has halved in ten years.
    statements: [{source: gazette, evidence: halved in ten years}]
  quota:
    forums: [council]
    say: the quota is being checked
    statements:
      - {source: gazette, claim: The quota is 12 tonnes., evidence: a quota of 12 tonnes}
      - {source: note, claim: The quota is 14 tonnes., said_by: ana-holm, evidence: a quota of 14 tonnes}
"""


def facts_of(*texts: str, ground: str = GROUND) -> Facts:
    """The facts of some files, which must be without a mistake."""
    files = [(f"facts/{n}.yaml", text.encode()) for n, text in enumerate((ground, *texts)) if text.strip()]
    facts, problems, _ = read_facts(files)
    assert not problems, [str(problem) for problem in problems]
    return facts


def memo_of(text: str, id_: str = "briefing") -> Memo:
    """A memo's definition, which must be without a mistake; its title is there already."""
    titled = text if "title:" in text.split("sections:")[0] else f"title: Fisheries\n{text}"
    memo, problems = read_memo(f"memos/{id_}.yaml", id_, titled.encode())
    assert not problems, [str(problem) for problem in problems]
    assert memo is not None
    return memo


def day(spelling: str) -> date:
    return date.fromisoformat(spelling)


def selected(facts: Facts, memo: Memo | str, as_of: str, known_by: str | None = None) -> Selection:
    """What a memo shows as of a day, as known by that day or another."""
    definition = memo_of(memo) if isinstance(memo, str) else memo
    return select(facts, SETTINGS, definition, as_of=day(as_of), known_by=day(known_by or as_of))


def ids(shown: tuple[ShownMeeting, ...]) -> list[str]:
    return [meeting.id for meeting in shown]


def told(selection: Selection) -> dict[str, list[str]]:
    """The ids of everything that a selection shows, by list."""
    return {
        "upcoming": ids(selection.upcoming),
        "earlier": [*ids(selection.earlier), *ids(selection.long_unconfirmed), *ids(selection.called_off)],
        "priorities": [item.id for group in selection.priorities for item in group.items],
        "points": [point.id for point in (*selection.background, *selection.disputed)],
    }
