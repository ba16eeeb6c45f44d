"""A book in which everything that a release takes out has a secret word of its own, and nothing else has."""

from collections.abc import Callable
from pathlib import Path

from tests.books import make_book
from tests.pictures import png

Word = Callable[[str], str]

MARKING = """\
marking:
  scheme: custom
  default: {default}
  portions: true
  levels:
    - {{level: open, banner: OPEN, portion: O, ink: "1A1A1A", paper: "FFFFFF"}}
    - {{level: desk, banner: DESK, portion: D}}
    - {{level: {high}, banner: {high_banner}, portion: {high_portion}, ink: "FFFFFF", paper: "7A0019"}}
  caveats:
    - {{caveat: {caveat}, banner: {caveat_banner}, portion: {caveat_portion}}}
"""
SPRING = """\
title: All that is ahead
range: 2031-04/2031-12
sections: [header, upcoming, timeline, sources]
"""


def ordinary(name: str) -> str:
    """The secret of a place, as most tests have it: capitals and small letters, one word."""
    return f"zq{name.replace('-', '')}xv"


PROFILES = ("memo", "state-style", "read-ahead", "background-paper", "submission")
OPEN_POINTS = 16  # more than a page has room for


def secret_book(
    folder: Path, word: Word = ordinary, *, citations: str = "numbered", profiles: bool = False
) -> tuple[Path, list[str]]:
    """Write the book; all its secret words are given back. Every id of what is removed has one too.

    With `profiles`, its memos are one of each profile, in two languages, each with a promise of length.
    """
    used: dict[str, str] = {}

    def w(name: str) -> str:
        return used.setdefault(name, word(name))

    high = f"{{level: {w('level')}}}"
    caveated = f"{{level: open, caveats: [{w('caveat')}]}}"
    book = f"""\
format: 1
title: Norland–Sudland forums
as_of: 2031-06-01
to: Minister
from: Fisheries desk
citations: {citations}
""" + MARKING.format(
        default="open",
        high=w("level"),
        high_banner=w("levelbanner").upper(),
        high_portion=w("levelportion").upper(),
        caveat=w("caveat"),
        caveat_banner=w("caveatbanner").upper(),
        caveat_portion=w("caveatportion").upper(),
    )
    ground = f"""\
sources:
  gazette: {{short: the gazette, title: Notice, published: 2031-04-02, publisher: emery-gazette,
    speaks: [norland], address: "https://example.org/notice"}}
  note: {{short: the joint note, published: 2031-05-12, address: "https://example.org/note"}}
  {w("source-id")}:
    short: the {w("short")}
    title: Title {w("title")}
    published: 2031-04-20
    published_as: {w("publishedas")}
    dateline: {w("dateline")}
    publisher: {w("publisher-id")}
    author: {w("author-id")}
    address: https://{w("address")}.example.org/text
    text: {w("textfile")}.txt
    note: Note {w("sourcenote")}.
    questions: [What of {w("sourcequestion")}?]
    grade: {{reliability: B, credibility: "3", by: {w("grader")}}}
    marking: {high}
  {w("speaker-source-id")}:
    short: {w("speakershort")}
    published: 2031-04-21
    speaks: [{w("marked-person-id")}]
organisations:
  norland: {{name: Norland, kind: country}}
  sudland: {{name: Sudland, kind: country}}
  emery-gazette: {{name: Emery Gazette, side: norland}}
  {w("publisher-id")}: {{name: House {w("publisher")}, marking: {high}}}
  {w("party-id")}: {{name: Party {w("party")}, marking: {caveated}}}
people:
  ana-holm: {{name: Ana Holm, variants: [{{text: Anna {w("variant")}, source: {w("source-id")}}}]}}
  bo-lund: {{name: Bo Lund}}
  {w("author-id")}: {{name: Author {w("author")}}}
  {w("marked-person-id")}: {{name: Person {w("person")}, marking: {caveated}}}
  {w("unshown-person-id")}: {{name: Unshown {w("unshown")}}}
forums:
  council: {{name: Fisheries Council, sides: [norland, sudland, {w("party-id")}],
    variants: [{{text: {w("forumvariant")}, source: {w("source-id")}}}]}}
  {w("forum-id")}: {{name: Forum {w("forum")}, sides: [norland], marking: {high}}}
"""
    council = f"""\
meetings:
  council-3:
    forum: council
    title: Meeting {w("partialtitle")}
    questions: [Who pays for {w("partialquestion")}?]
    statements:
      - {{source: gazette, says: announced, date: 2031-05, place: Port Emery, evidence: in May}}
      - source: note
        says: held
        date: 2031-05-11
        place: Hall {w("place")}
        purpose: To {w("purpose")}
        note: Note {w("note")}
        date_as: the day of {w("dateas")}
        inferred: as {w("inferred")} says
        evidence: met {w("evidence")}
        participants: [{{person: {w("unshown-person-id")}, as: Post {w("post")}, side: norland}}]
        marking: {high}
  council-4:
    forum: council
    statements:
      - source: gazette
        says: announced
        date: 2031-09-30
        place: Sund
        evidence: in Sund
        participants:
          - {{person: ana-holm, as: Fisheries Minister, side: norland}}
          - {{person: {w("marked-person-id")}, as: Envoy {w("envoy")}, side: sudland}}
          - {{person: bo-lund, as: Agent {w("agent")}, side: {w("party-id")}}}
  {w("meeting-id")}:
    forum: council
    title: Meeting {w("meetingtitle")}
    statements:
      - {{source: gazette, evidence: a, says: announced, date: 2031-10-11, place: Cove {w("meetingplace")}}}
    marking: {high}
  {w("forums-meeting-id")}:
    forum: {w("forum-id")}
    title: Meeting {w("forumsmeeting")}
    statements: [{{source: gazette, evidence: as it is, says: announced, date: 2031-11-11}}]
  {w("sources-meeting-id")}:
    forum: council
    title: Meeting {w("sourcesmeeting")}
    statements:
      - source: {w("source-id")}
        says: held
        date: 2031-04-19
        place: Cape {w("sourcesplace")}
        evidence: at the cape
priorities:
  survey:
    forum: council
    text: Survey the shared stock together.
    marking: open
    statements:
      - {{source: gazette, force: wish, by: [norland], evidence: to survey}}
      - source: {w("source-id")}
        status: done
        update: Update {w("update")}
        evidence: {w("updateevidence")}
  {w("earlier-id")}:
    forum: council
    text: Do {w("earlier")}.
    marking: {high}
    statements:
      - source: gazette
        evidence: as it is
        force: agreed
        by: [norland, sudland]
        promised_by: [norland, {w("party-id")}]
        due: 2031-07-17
  reworded:
    forum: council
    rewords: {w("earlier-id")}
    text: Count the boats in the strait.
    statements: [{{source: gazette, evidence: to count, force: agreed, by: [norland, sudland]}}]
  {w("promised-priority-id")}:
    forum: council
    text: Do {w("promisedpriority")}.
    statements:
      - {{source: gazette, evidence: as it is, force: agreed, promised_by: [norland, {w("party-id")}]}}
  {w("occasion-priority-id")}:
    forum: council
    text: Do {w("occasionpriority")}.
    statements:
      - {{source: gazette, evidence: as it is, force: agreed, by: [norland, sudland]}}
      - {{source: gazette, evidence: as it is, force: intended, meeting: {w("meeting-id")}}}
  patrol:
    forum: council
    text: Patrol the strait.
    marking: open
    statements:
      - {{source: gazette, evidence: to patrol, force: agreed, promised_by: [norland], due: 2031-05-20}}
      - source: {w("source-id")}
        evidence: {w("promiseevidence")}
        promised_by: [{w("marked-person-id")}]
        due: 2031-07-18
        status: done
  {w("partial-priority-id")}:
    forum: council
    text: Do {w("partialpriority")}.
    statements:
      - {{source: gazette, evidence: as it is, force: wish, by: [norland]}}
      - {{source: note, evidence: as it is, force: agreed, by: [norland, sudland], marking: {caveated}}}
  {w("by-priority-id")}:
    forum: council
    text: Do {w("bypriority")}.
    statements: [{{source: gazette, evidence: as it is, force: agreed, by: [norland, {w("party-id")}]}}]
  {w("said-priority-id")}:
    forum: council
    text: Do {w("saidpriority")}.
    statements:
      - source: gazette
        force: one-side
        said_by: {w("marked-person-id")}
        said_as: {w("saidas")}
        evidence: as it is
  {w("meeting-priority-id")}:
    forum: council
    meeting: {w("meeting-id")}
    text: Do {w("meetingpriority")}.
    statements: [{{source: gazette, evidence: as it is, force: intended, by: [norland, sudland]}}]
background:
  since:
    forums: [council, {w("forum-id")}]
    text: The council was set up in 2029.
    statements: [{{source: gazette, evidence: set up in 2029}}]
  boats:
    title: How many {w("boatstitle")}?
    forums: [council]
    say: say {w("say")}
    statements:
      - {{source: gazette, evidence: as it is, claim: The Gazette counts 400 boats.}}
      - {{source: note, evidence: as it is, claim: The note counts {w("claim")} boats., marking: {high}}}
  {w("about-id")}:
    forums: [council]
    text: Point {w("about")}.
    about: [{w("marked-person-id")}]
    statements: [{{source: gazette, evidence: as it is}}]
  {w("point-id")}:
    forums: [council]
    title: Point {w("pointtitle")}
    text: Point {w("pointtext")}.
    questions: [What of {w("pointquestion")}?]
    marking: {caveated}
    statements: [{{source: gazette, evidence: as it is}}]
  {w("homeless-id")}:
    forums: [{w("forum-id")}]
    text: Point {w("homeless")}.
    statements: [{{source: gazette, evidence: as it is}}]
  {w("speakers-id")}:
    forums: [council]
    text: Point {w("speakers")}.
    statements: [{{source: {w("speaker-source-id")}, evidence: as it is}}]
"""
    memo = f"""\
title: Fisheries Council
forums: [council, {w("forum-id")}]
bottom_line:
  - {{text: Line {w("line")}., marking: {high}}}
  - {{text: Line {w("restsonline")}., rests_on: [{w("meeting-id")}]}}
  - {{text: Line {w("partialline")}., rests_on: [council-3]}}
  - {{text: Press for the survey.}}
sections:
  - header
  - bottom-line
  - {{section: upcoming, without: [{w("meeting-id")}, {w("forums-meeting-id")}]}}
  - {{section: earlier, title: {w("sectiontitle")}, marking: {high}, set: {{mood: {w("option")}}}}}
  - {{section: picture, marking: {high}, set: {{file: pictures/{w("picture")}.png, alt: A {w("alt")},
      caption: A {w("caption")}}}}}
  - {{section: background, title: Only {w("onlytitle")}, only: [{w("point-id")}]}}
  - upcoming
  - timeline
  - participants
  - priorities
  - commitments
  - background
  - earlier
  - disputed
  - find-out
  - sources
"""
    files: dict[str, str | bytes | None] = {
        "book.yaml": book,
        "facts/ground.yaml": ground,
        "facts/council.yaml": council,
        "facts/harbours.yaml": None,
        "memos/council.yaml": memo,
        "memos/first-round.yaml": None,
        "memos/harbours.yaml": None,
        "memos/spring.yaml": SPRING,
        f"pictures/{w('picture')}.png": png(12, 8),
    }
    if profiles:
        files |= {"memos/council.yaml": None, "memos/spring.yaml": None}
        files |= {f"memos/{profile}.yaml": _profile_memo(profile, w, high) for profile in PROFILES}
        files["facts/more.yaml"] = "background:\n" + "".join(map(_open_point, range(OPEN_POINTS)))
    make_book(folder, files)
    return folder, list(used.values())


def _open_point(number: int) -> str:
    words = " ".join(f"boat {number * count}" for count in range(1, 20))
    statement = "{source: gazette, evidence: as it is}"
    return f"  open-{number}: {{forums: [council], text: They saw {words}., statements: [{statement}]}}\n"


def _profile_memo(profile: str, w: Word, high: str) -> str:
    """A memo of a profile, with all that a person may write in one: some of it marked, some on what goes."""
    own = profile.replace("-", "")

    def lines(field: str) -> str:
        def secret(what: str) -> str:
            name = f"{own}{field.replace('_', '')}{what}"
            return (
                f"text: {{en: English {w(f'{name}en')} text (*Tab A*)., es: Texto español {w(f'{name}es')}.}}"
            )

        return f"""\
{field}:
  - {{{secret("marked")}, marking: {high}}}
  - {{{secret("rests")}, rests_on: [{w("partial-priority-id")}]}}
  - {{text: {{en: Press on (Tab A)., es: Hay que insistir (Anexo A).}}}}
"""

    passages = ("bottom_line", "purpose", "issue", "timing", "objectives", "talking_points", "argument")
    ranks = f"ranks: {{{w('by-priority-id')}: must, {w('meeting-id')}: must, survey: could}}"
    sections = f"""\
sections:
  - header
  - bottom-line
  - {{section: upcoming, rank: could, of: upcoming, {ranks}}}
  - {{section: priorities, rank: could, of: priorities, {ranks}}}
  - {{section: background, rank: should, of: background}}
  - {{section: talking-points, title: {w("ownsectiontitle")}, marking: {high}}}
  - sources
"""
    return f"""\
title: {{en: The council ({own}), es: El consejo ({own})}}
forum: council
profile: {profile}
languages: [en, es]
length: {2 if profile == "read-ahead" else 1}
through: [Head of desk]
drafter: {{name: Kari Vik, office: Fisheries desk, phone: ext. 12}}
approver: Ana Holm
clearances: [{{office: Legal, name: Bo Lund, status: ok}}]
tabs: [{{tab: A, title: {{en: The survey, es: El estudio}}}}]
{"".join(map(lines, (*passages, "recommendation")))}\
{sections if profile == "memo" else ""}"""
