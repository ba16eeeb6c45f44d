"""The book that the peers are measured beside: every memo of two pages, of one shape, of other words.

A memo shows what the shipped templates print of a forum: header fields, a bottom line, meetings ahead,
their participants, twelve held meetings and four commitments (tables with a header row), eight agreed
priorities (numbered), three points of background, ten sources, and six citations of what rests on another
source than the rest does. A forum has 36 facts, in some 520 lines of YAML:
a desk's full records, one field a line.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, islice, product
from pathlib import Path
from random import Random

AS_OF = date(2031, 5, 12)
HELD, PRIORITIES, PROMISED, SOURCES = 12, 8, 4, 10
FACTS_OF_A_FORUM = 1 + SOURCES + HELD + 2 + PRIORITIES + 3
PER_FILE = 50  # forums in one file of facts
COUNTRIES = ("norland", "sudland", "estmark", "vesterland", "osterby", "kapland", "lowmere", "highfell")
PEOPLE = 40
SUBJECTS = ("Fisheries", "Harbours", "Railways", "Rivers", "Customs", "Forests", "Energy", "Schools")
POSTS = ("Minister", "Deputy Minister", "State Secretary", "Director", "Ambassador")
# Words as a language has them: the first stands in every ninth place, the n-th an n-th as often (Zipf).
_SYLLABLES = (
    *("ka", "lo", "mi", "ter", "sen", "dor", "va", "pri", "un", "est"),
    *("ol", "har", "be", "tin", "gra", "cu", "nor", "sal", "de", "fo"),
)
WORDS = 4000


def _vocabulary() -> list[str]:
    """So many words of one to three syllables, all different, short ones rather among the frequent."""
    syllables = (found for length in (1, 2, 3) for found in product(_SYLLABLES, repeat=length))
    words = islice(map("".join, syllables), WORDS)
    chance = Random("words")
    return sorted(words, key=lambda word: chance.random() * len(word) ** 2)


VOCABULARY = _vocabulary()
_OFTEN = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))


def memo_id(number: int) -> str:
    """The id of the memo of that number, counted from 0."""
    return f"memo-{number:05}"


def write_book(folder: Path, memos: int, forums: int | None = None, settings: Sequence[str] = ()) -> Path:
    """Write a book of so many memos; of fewer forums than memos, if asked, each then has several memos.

    `settings`: further lines of its book.yaml.
    """
    forums = forums or memos
    for name in ("facts", "memos"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    head = ["format: 1", "title: The benchmark's book", f"as_of: {AS_OF}", "page: a4", *settings]
    _write(folder / "book.yaml", head)
    _write(folder / "facts/ground.yaml", _ground())
    for start in range(0, forums, PER_FILE):
        numbers = range(start, min(start + PER_FILE, forums))
        _write(folder / f"facts/forums-{start:05}.yaml", facts(numbers))
    for number in range(memos):
        _write(folder / f"memos/{memo_id(number)}.yaml", _memo(number, number % forums))
    return folder


def _write(file: Path, lines: Iterator[str] | list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


class _Words:
    """Words by chance, the same for the same seed."""

    def __init__(self, *seed: object) -> None:
        self._random = Random(" ".join(map(str, seed)))

    def some(self, least: int, most: int) -> str:
        return " ".join(
            self._random.choices(VOCABULARY, cum_weights=_OFTEN, k=self._random.randint(least, most))
        )

    def sentence(self, least: int, most: int) -> str:
        return f"{self.some(least, most).capitalize()}."


def _ground() -> Iterator[str]:
    yield "organisations:"
    for country in COUNTRIES:
        yield from (f"  {country}:", f"    name: {country.capitalize()}", "    kind: country")
        yield from (f"  {country}-post:", f"    name: {country.capitalize()} Post", f"    side: {country}")
    yield "people:"
    for number in range(PEOPLE):
        yield from (f"  person-{number:02}:", f"    name: Ana Holm {number}")


def facts(numbers: range) -> Iterator[str]:
    """All facts of some forums, as the lines of a file."""
    yield "forums:"
    for n in numbers:
        yield from (f"  {forum_id(n)}:", f"    name: {SUBJECTS[n % 8]} Council {n}", f"    short: C{n}")
        yield from ("    kind: council", "    sides:", *(f"      - {side}" for side in _sides(n)))
    for kind, of_forum in (
        ("sources", _sources),
        ("meetings", _meetings),
        ("priorities", _priorities),
        ("background", _points),
    ):
        yield f"{kind}:"
        for n in numbers:
            yield from of_forum(n)


def forum_id(n: int) -> str:
    """The id of a forum, counted from 0."""
    return f"council-{n:05}"


def _source(n: int, number: int) -> str:
    """Number 0 tells of nearly everything."""
    return f"source-{n:05}-{number}"


def _sides(n: int) -> tuple[str, str]:
    return COUNTRIES[n % 8], COUNTRIES[(n + 1 + n // 8 % 7) % 8]


def _sources(n: int) -> Iterator[str]:
    words = _Words("sources", n)
    for number in range(SOURCES):
        published = AS_OF - timedelta(days=2 + number * 3 + n % 5)
        yield f"  {_source(n, number)}:"
        yield f"    short: the minutes {n}" if number == 0 else f"    short: report {number} on item {n}"
        yield f"    title: {words.some(6, 9).capitalize()}"
        yield f"    published: {published}"
        yield f"    publisher: {_sides(n)[number % 2]}-post"
        yield from (
            f"    published_as: day {published.day}",
            f"    dateline: PORT {words.some(1, 1).upper()}",
        )
        yield from ("    speaks:", *(f"      - {side}" for side in _sides(n)[: 1 + number % 2]))


def _meetings(n: int) -> Iterator[str]:
    words = _Words("meetings", n)
    for ordinal in range(1, HELD + 3):
        ahead = ordinal > HELD
        if ahead:
            day = AS_OF + timedelta(days=70 * (ordinal - HELD) + n % 20)
        else:
            day = AS_OF - timedelta(days=60 + 120 * (HELD - ordinal) + n % 50)
        source = {HELD + 2: 7, 4: 8}.get(ordinal, 0)
        yield from (f"  {forum_id(n)}-{ordinal}:", f"    forum: {forum_id(n)}", f"    ordinal: {ordinal}")
        yield from ("    statements:", f"      - source: {_source(n, source)}")
        yield from (f"        says: {'announced' if ahead else 'held'}", f"        date: {day}")
        yield f"        date_as: {day:%A}"
        yield f"        place: Port {words.some(1, 2).title()}"
        if ahead:
            yield f"        purpose: {words.some(10, 14)}"
        yield "        participants:"
        for number, side in enumerate(_sides(n)):
            yield f"          - person: person-{(n + 2 * ordinal + number) % PEOPLE:02}"
            yield f"            as: {POSTS[(n + ordinal + number) % 5]} for {words.some(2, 3)}"
            yield f"            side: {side}"
        yield from ("        evidence:", *(f"          - {words.some(4, 7)}" for _ in range(2)))


def _priorities(n: int) -> Iterator[str]:
    words = _Words("priorities", n)
    for number in range(1, PRIORITIES + 1):
        source = 9 if number == PRIORITIES else 0
        yield from (f"  {forum_id(n)}-p{number}:", f"    forum: {forum_id(n)}")
        yield from (f"    meeting: {forum_id(n)}-{HELD}", f"    text: {words.sentence(6, 9)}")
        yield from ("    statements:", f"      - source: {_source(n, source)}", "        force: agreed")
        yield from ("        by:", *(f"          - {side}" for side in _sides(n)))
        if number <= PROMISED:
            yield from ("        promised_by:", f"          - {_sides(n)[number % 2]}")
            yield f"        due: {AS_OF + timedelta(days=40 * number + n % 30)}"
        yield from ("        evidence:", *(f"          - {words.some(4, 7)}" for _ in range(2)))


def _points(n: int) -> Iterator[str]:
    words = _Words("points", n)
    for number in range(1, 4):
        yield from (f"  {forum_id(n)}-b{number}:", "    forums:", f"      - {forum_id(n)}")
        yield f"    title: {words.some(2, 4).capitalize()}"
        yield from (f"    text: {words.sentence(14, 18)} {words.sentence(8, 12)}", "    statements:")
        for source in (2 * number - 1, 2 * number):
            yield from (f"      - source: {_source(n, source)}", "        evidence:")
            yield f"          - {words.some(4, 7)}"


def _memo(number: int, n: int) -> Iterator[str]:
    words = _Words("memo", number)
    yield f"title: {SUBJECTS[n % 8]} Council {number}"
    yield f"forum: {forum_id(n)}"
    yield f"to: Minister for {words.some(1, 2)}"
    yield f"from: Desk {number}"
    yield f"reference: FD/2031/{number}"
    yield from ("bottom_line:", f"  text: {words.sentence(18, 26)}")
    yield from ("  rests_on:", f"    - {forum_id(n)}-p1", "sections:")
    yield from ("  - header", "  - bottom-line", "  - upcoming", "  - participants", "  - priorities")
    yield from (
        "  - commitments",
        "  - background",
        "  - section: earlier",
        f"    limit: {HELD}",
        "  - sources",
    )
