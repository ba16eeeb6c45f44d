"""A book of very many facts: the facts of a desk's ten years, as in a book that people write, and ten memos.

Written as real files, one a kind, the same on every run; nothing in it is a mistake. Of a hundred facts some
thirty are meetings, some thirty priorities, a quarter sources; they take some fourteen lines each.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

AS_OF = date(2031, 4, 20)
SHARES = {"people": 3, "forums": 1, "meetings": 31, "priorities": 31, "background": 8}  # of a hundred facts
MEMOS = 10
COUNTRIES = ("norland", "sudland", "estmark", "vesterland", "osterby", "kapland", "lowmere", "highfell")
SUBJECTS = ("Fisheries", "Harbours", "Railways", "Rivers", "Customs", "Forests", "Energy", "Schools")
PLACES = ("Port Emery", "Sund", "Holm", "Östervik", "Lowmere", "{en: Castle Hill, es: Cerro del Castillo}")
FORCES = ("agreed", "stated-goal", "intended", "discussed", "wish", "possibility")
PEOPLE = ("Ana Holm", "Bo Lund", "Rita Äkerström", "João Prado", "Cara Mar", "Ole Strand")


def write_many_facts(folder: Path, facts: int = 10_000) -> Path:
    """Write a book of so many facts (at least 1,000) and ten memos, each of a forum."""
    for name in ("facts", "memos"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write(folder / "book.yaml", ["format: 1", "title: Ten years of a desk", f"as_of: {AS_OF}"])
    desk = _Desk(facts)
    for kind, lines in desk.kinds().items():
        _write(folder / f"facts/{kind}.yaml", [f"{kind}:", *lines])
    for number in range(MEMOS):
        title = f"title: {SUBJECTS[number % 8]} Council {number}"
        _write(folder / f"memos/forum-{number}.yaml", [title, f"forum: forum-{number}", "to: Minister"])
    return folder


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


class _Desk:
    """What a desk with so many facts has on file."""

    def __init__(self, facts: int) -> None:
        self.count = {kind: facts * share // 100 for kind, share in SHARES.items()}
        self.sources = facts - sum(self.count.values()) - len(COUNTRIES) - 1

    def kinds(self) -> dict[str, Iterator[str]]:
        """The lines of each kind's file."""
        return {
            "organisations": self._organisations(),
            "people": self._people(),
            "sources": self._sources(),
            "forums": self._forums(),
            "meetings": self._meetings(),
            "priorities": self._priorities(),
            "background": self._background(),
        }

    def _organisations(self) -> Iterator[str]:
        for country in COUNTRIES:
            yield f"  {country}: {{name: {country.capitalize()}, kind: country}}"
        yield from ("  emery-post:", "    name: Emery Post", "    kind: newspaper", "    side: norland")

    def _people(self) -> Iterator[str]:
        for n in range(self.count["people"]):
            yield f"  person-{n}:"
            yield f"    name: {PEOPLE[n % 6]} {n}"

    def _sources(self) -> Iterator[str]:
        for n in range(self.sources):
            forum, _ = self._forum_and_round(n)
            one, other = self._sides(forum)
            yield f"  note-{n}:"
            yield f"    short: the joint note {n}"
            yield f"    title: Ministers of {one.capitalize()} and {other.capitalize()} meet on item {n}"
            yield f"    published: {self._day(n)}"
            yield "    publisher: emery-post"
            yield f"    speaks: [{one}, {other}]"
            yield "    language: en"
            yield f"    dateline: {PLACES[n % 4].upper()}"
            yield f"    address: https://example.org/notes/{n}"

    def _forums(self) -> Iterator[str]:
        for n in range(self.count["forums"]):
            yield f"  forum-{n}:"
            yield f"    name: {{en: {SUBJECTS[n % 8]} Council {n}, es: Consejo {n}}}"
            yield f"    in_text: the {SUBJECTS[n % 8]} Council"
            yield f"    sides: [{', '.join(self._sides(n))}]"
            if n % 8 == 0:
                yield "    questions: who leads the delegation of the other side"

    def _meetings(self) -> Iterator[str]:
        for n in range(self.count["meetings"]):
            forum, turn = self._forum_and_round(n)
            before, after = self._source_of(forum, turn), self._source_of(forum, turn + 1)
            one, other = self._sides(forum)
            held = self._day(after) - timedelta(days=1)
            yield from (f"  meeting-{n}:", f"    forum: forum-{forum}", f"    ordinal: {n + 1}")
            yield from ("    statements:", f"      - source: note-{before}", "        says: announced")
            yield from (f"        date: {held:%Y-%m}", f"        place: {PLACES[n % 6]}")
            yield f"        evidence: ministers will meet on item {n}"
            yield from (f"      - source: note-{after}", "        says: held", f"        date: {held}")
            yield from (f"        place: {PLACES[n % 6]}", "        participants:")
            yield f"          - {{person: person-{self._person(n)}, as: Minister for item {n}, side: {one}}}"
            yield f"          - {{person: person-{self._person(n + 1)}, as: Deputy Minister, side: {other}}}"
            yield f"          - {{organisation: {other}, side: {other}}}"
            yield "        evidence:"
            yield f"          - met on {held.day} {held:%B} on item {n}"
            yield f'          - "in the presence of both: {n}"'

    def _priorities(self) -> Iterator[str]:
        for n in range(self.count["priorities"]):
            forum, turn = self._forum_and_round(n)
            one, other = self._sides(forum)
            yield from (f"  priority-{n}:", f"    forum: forum-{forum}", f"    meeting: meeting-{n}")
            yield "    text: >-"
            yield f"      Survey the shared ground of item {n} together every spring,"
            yield "      and publish what was found before the summer."
            yield from ("    statements:", f"      - source: note-{self._source_of(forum, turn + 1)}")
            yield from (f"        force: {FORCES[n % 6]}", f"        by: [{one}, {other}]")
            yield f"        evidence: agreed to survey item {n} jointly"
            yield from (
                f"      - source: note-{self._source_of(forum, turn + 2)}",
                "        status: in-progress",
            )
            yield from (f"        update: The first survey of item {n} began.",)
            yield f"        evidence: the first joint survey of {n} began"

    def _background(self) -> Iterator[str]:
        for n in range(self.count["background"]):
            forum, turn = self._forum_and_round(n)
            yield from (f"  point-{n}:", f"    forums: [forum-{forum}]")
            yield f"    text: The two sides have spoken of item {n} since the year {1990 + n % 30}."
            yield from (f"    about: [{self._sides(forum)[0]}]", "    statements:")
            for way in range(2):
                yield f"      - source: note-{self._source_of(forum, turn + way)}"
                yield f"        evidence: since the year {1990 + n % 30}"

    def _sides(self, forum: int) -> tuple[str, str]:
        return COUNTRIES[forum % 8], COUNTRIES[(forum + 1 + forum // 8 % 7) % 8]

    def _forum_and_round(self, n: int) -> tuple[int, int]:
        """Which forum the n-th fact of a kind is of, and the how manieth of that forum it is, from 0."""
        return n % self.count["forums"], n // self.count["forums"]

    def _source_of(self, forum: int, number: int) -> int:
        """One of the sources that tell of a forum, by its number; behind the last comes the first."""
        forums = self.count["forums"]
        own = (self.sources - forum - 1) // forums + 1
        return forum + forums * (number % own)

    def _person(self, n: int) -> int:
        return n % self.count["people"]

    def _day(self, source: int) -> date:
        """The day on which a source came out: those of a forum one after the other, over ten years."""
        forums = self.count["forums"]
        own = self.sources // forums + 1
        return AS_OF - timedelta(days=3650 - 3650 * (source // forums) // own)
