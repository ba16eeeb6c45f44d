"""A book as large as an office's: some thousand forums, each with a memo, meetings, priorities and sources.

Written as real files, the same on every run. Forums share countries, people, publishers and one source in
ten, so that a change of one fact may touch one memo, ten or all.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

AS_OF = date(2031, 4, 20)
SHARING = 10  # forums that one digest of the press tells of
PEOPLE = 200
COUNTRIES = ("norland", "sudland", "estmark", "vesterland", "osterby", "kapland", "lowmere", "highfell")
SUBJECTS = ("Fisheries", "Harbours", "Railways", "Rivers", "Customs", "Forests", "Energy", "Schools")
BODIES = ("Council", "Working Group", "Dialogue", "Commission")
PER_FILE = 250  # forums in one file of facts


def forum_id(number: int) -> str:
    """The id of a forum and of its memo, counted from 0."""
    return f"forum-{number:04}"


def write_large_book(folder: Path, memos: int = 2000) -> Path:
    """Write a book with so many forums and memos: for each three meetings and more."""
    for name in ("facts", "memos"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write(folder / "book.yaml", ["format: 1", "title: The office's book", f"as_of: {AS_OF}"])
    _write(folder / "facts/ground.yaml", _ground(memos))
    for start in range(0, memos, PER_FILE):
        numbers = range(start, min(start + PER_FILE, memos))
        _write(folder / f"facts/forums-{start:04}.yaml", _facts(numbers))
    for number in range(memos):
        _write(folder / f"memos/{forum_id(number)}.yaml", _memo(number))
    return folder


def _write(file: Path, lines: Iterator[str] | list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _ground(memos: int) -> Iterator[str]:
    yield "organisations:"
    for country in COUNTRIES:
        yield f"  {country}: {{name: {country.capitalize()}, kind: country}}"
    yield "  emery-post: {name: Emery Post, side: norland}"
    yield "people:"
    for number in range(min(PEOPLE, memos)):
        yield f"  person-{number:03}: {{name: Ana Holm {number}}}"
    yield "sources:"
    for number in range(-(-memos // SHARING)):
        published = AS_OF - timedelta(days=40 + number % 300)
        yield f"  digest-{number:03}:"
        yield f"    {{short: the press digest {number}, published: {published}, publisher: emery-post}}"


def _facts(numbers: range) -> Iterator[str]:
    yield "sources:"
    for n in numbers:
        published = AS_OF - timedelta(days=3 + n % 30)
        yield f"  note-{n:04}:"
        yield f"    short: the joint note {n}"
        yield f"    title: Joint note no. {n}"
        yield f"    published: {published}"
        yield f"    speaks: [{', '.join(_sides(n))}]"
    yield "forums:"
    for n in numbers:
        name = f"{SUBJECTS[n % 8]} {BODIES[n // 8 % 4]} {n}"
        yield f"  {forum_id(n)}: {{name: {name}, short: F{n}, sides: [{', '.join(_sides(n))}]}}"
    yield "meetings:"
    for n in numbers:
        yield from _meetings(n)
    yield "priorities:"
    for n in numbers:
        yield from _priorities(n)
    yield "background:"
    for n in numbers:
        yield from _point(n)


def _sides(n: int) -> tuple[str, str]:
    return COUNTRIES[n % 8], COUNTRIES[(n + 1 + n // 8 % 7) % 8]


def _meetings(n: int) -> Iterator[str]:
    one, other = _sides(n)
    held = AS_OF - timedelta(days=400 + n % 60)
    due = AS_OF - timedelta(days=20 - n % 60)  # for some ahead, for some past and unconfirmed
    ahead = AS_OF + timedelta(days=30 + n % 200)
    yield from (f"  {forum_id(n)}-1:", f"    forum: {forum_id(n)}", "    ordinal: 1", "    statements:")
    yield from (f"      - source: note-{n:04}", "        says: held", f"        date: {held}")
    yield from (f"        place: Port {n % 50}", f"        evidence: met for the first time, {n}")
    yield from (f"  {forum_id(n)}-2:", f"    forum: {forum_id(n)}", "    ordinal: 2", "    statements:")
    yield from (f"      - source: digest-{n // SHARING:03}", "        says: announced")
    yield from (f"        date: {due}", f"        evidence: will meet again, {n}")
    yield from (f"  {forum_id(n)}-3:", f"    forum: {forum_id(n)}", "    ordinal: 3", "    statements:")
    yield from (f"      - source: note-{n:04}", "        says: announced", f"        date: {ahead}")
    yield from (f"        place: Sandvik {n % 70}", "        participants:")
    yield f"          - {{person: person-{n % PEOPLE:03}, as: Minister for item {n}, side: {one}}}"
    yield f"          - {{organisation: {other}, side: {other}}}"
    yield f"        evidence: a third time in Sandvik, {n}"


def _priorities(n: int) -> Iterator[str]:
    one, other = _sides(n)
    yield from (f"  {forum_id(n)}-survey:", f"    forum: {forum_id(n)}", f"    meeting: {forum_id(n)}-1")
    yield from (f"    text: Survey the shared ground of item {n} every spring.", "    statements:")
    yield from (f"      - source: note-{n:04}", "        force: agreed", f"        by: [{one}, {other}]")
    yield from (f"        evidence: agreed to survey item {n}",)
    yield from (f"  {forum_id(n)}-fund:", f"    forum: {forum_id(n)}")
    yield from (f"    text: Pay for item {n} from a common fund.", "    statements:")
    yield from (f"      - source: digest-{n // SHARING:03}", "        force: wish", f"        by: [{one}]")
    yield from (f"        evidence: a fund for item {n}",)


def _point(n: int) -> Iterator[str]:
    yield from (f"  {forum_id(n)}-history:", f"    forums: [{forum_id(n)}]")
    yield f"    text: The two sides have spoken of item {n} since the year {1990 + n % 30}."
    yield "    statements:"
    yield from (f"      - source: note-{n:04}", f"        evidence: since the year {1990 + n % 30}")


def _memo(n: int) -> Iterator[str]:
    yield f"title: {SUBJECTS[n % 8]} {BODIES[n // 8 % 4]} {n}"
    yield f"forum: {forum_id(n)}"
    yield "to: Minister"
    yield f"from: Desk {n % 12}"
    if n % 3 == 0:
        yield f"bottom_line: {{text: Press for the survey of item {n}., rests_on: [{forum_id(n)}-survey]}}"
