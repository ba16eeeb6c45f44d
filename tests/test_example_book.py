"""The example book against the five texts that it was made from, and against its own promises.

The texts are not part of the project. Name their folder in BRIEFBOOK_SEEDS, or keep it in a folder beside the
checkout; without them only what needs no text is tested, and the rest says that it was skipped.
"""

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefbook.readers.read_book import read_book

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "briefs" / "us-mexico"
TEXTS = Path(os.environ.get("BRIEFBOOK_SEEDS") or ROOT / "../shared/seeds")
LONGEST_RUN = 8  # words in a row that a file may share with a text

needs_texts = pytest.mark.skipif(
    not TEXTS.is_dir(), reason="the five texts are not here: name their folder in BRIEFBOOK_SEEDS"
)

MEMOS = {
    "2016-2018",
    "2021-2022",
    "2026-q1",
    "all",
    "defense-bilateral-working-group",
    "foreign-ministers-2018",
    "high-level-economic-dialogue",
    "high-level-security-dialogue",
    "leaders-contacts",
    "merida-initiative",
    "military-relationship",
    "nafta-modernization",
    "secretaries-call-2026",
    "security-implementation-group",
    "security-ministerial",
    "strategic-dialogue",
}

IN_TWO_LANGUAGES = {"2026-q1", "security-implementation-group"}

NUMBER_WORDS = frozenset(
    {
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "first",
        "second",
        "third",
    }
    | {"fourth", "fifth", "dozen", "hundred", "thousand", "thousands", "million", "billion"}
)
# A word at the head of a sentence is no name if some text also writes it small. These words head sentences,
# stand small in no text and are no names either.
NO_NAMES = frozenset({"All", "I", "I’ve", "We’ve", "Likewise", "During", "Following"})


# ------------------------------------------------------------------------------------- reading


def read_yaml(path: Path) -> Any:
    # Every scalar as the text that it is written as: no surprise by a date or a number.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@cache
def facts() -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted((BOOK / "facts").glob("*.yaml")):
        for kind, records in read_yaml(path).items():
            merged.setdefault(kind, {}).update(in_english(records))
    return merged


def in_english(value: Any) -> Any:
    """What the texts, which are English, are compared with: of texts in two languages the English one."""
    match value:
        case {"en": str(text), "es": str(), **others}:
            assert not others
            return text
        case dict():
            return {key: in_english(inner) for key, inner in value.items()}
        case list():
            return [in_english(inner) for inner in value]
        case _:
            return value


def records() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in facts().values():
        yield from kind.items()


def sources() -> dict[str, dict[str, Any]]:
    """The sources as written, by id."""
    found: dict[str, dict[str, Any]] = facts()["sources"]
    return found


@cache
def text_of(source: str) -> str:
    return Path(TEXTS, sources()[source]["text"]).read_text(encoding="utf-8")


def strings(value: Any) -> Iterator[str]:
    """Every text in a record, keys left out."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from strings(item)
        case dict():
            for item in value.values():
                yield from strings(item)


def plain(text: str) -> str:
    """Without accents, capitals and kinds of quotes, dashes and white space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for quotes, one in (("‘’`", "'"), ("“”", '"'), ("–—‑", "-")):
        bare = re.sub(f"[{quotes}]", one, bare)
    return " ".join(bare.casefold().split())


def bare_words(text: str) -> list[str]:
    """The words of a text without the punctuation around them."""
    return [word for word in (w.strip("\"'()[]{},.;:!?-|*#>…$%&+") for w in plain(text).split()) if word]


def evidence_of(record: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    for statement in record.get("statements", []):
        told = statement.get("evidence", [])
        yield statement, [told] if isinstance(told, str) else told


def names_behind(record: dict[str, Any], *statements: dict[str, Any]) -> Iterator[str]:
    """The names, short names and notes of whatever a record or its statements point to by id, and its own."""
    pointing = [value for key, value in record.items() if key != "statements"]
    known = dict(records())
    for told in (record, *(known[id_] for id_ in strings([pointing, *statements]) if id_ in known)):
        for key in ("name", "short", "note"):
            yield from strings(told.get(key, []))


# ----------------------------------------------------------------------- what needs no text


def test_the_book_reads_without_a_problem_and_has_exactly_these_memos() -> None:
    read = read_book(BOOK)
    assert read.problems == ()
    assert {memo.name for memo in read.book.memos.values()} == MEMOS
    assert {memo.name for memo in read.book.memos.values() if memo.id != memo.name} == IN_TWO_LANGUAGES


def test_every_statement_has_evidence_of_at_most_eight_words() -> None:
    for id_, record in records():
        for _, fragments in evidence_of(record):
            assert fragments, id_
            for fragment in fragments:
                assert len(fragment.split()) <= LONGEST_RUN, (id_, fragment)


def test_memos_rest_on_facts_that_exist() -> None:
    known = {id_ for id_, _ in records()}
    for path in (BOOK / "memos").glob("*.yaml"):
        line = read_yaml(path).get("bottom_line")
        for id_ in line["rests_on"] if line else []:
            assert id_ in known, (path.name, id_)


def test_every_participant_has_a_fragment_with_the_name() -> None:
    for id_, record in facts()["meetings"].items():
        for statement, fragments in evidence_of(record):
            told = " | ".join(plain(f) for f in fragments)
            for participation in statement.get("participants", []):
                person = facts()["people"].get(participation.get("person"))
                body = facts()["organisations"].get(participation.get("organisation"))
                name = (person or body or {})["name"]
                assert plain(name) in told, (id_, name)


# ------------------------------------------------------------------------- what needs the texts


@needs_texts
def test_the_texts_are_the_ones_that_were_read() -> None:
    for id_, source in sources().items():
        assert sha256((TEXTS / source["text"]).read_bytes()).hexdigest() == source["sha256"], id_


@needs_texts
def test_every_fragment_stands_in_its_text_and_is_unique_or_holds_a_value() -> None:
    for id_, record in records():
        for statement, fragments in evidence_of(record):
            text = plain(text_of(statement["source"]))
            values = [statement.get("date_as"), statement.get("place"), *names_behind(record, statement)]
            for fragment in map(plain, fragments):
                assert fragment in text, (id_, fragment)
                holds_value = any(plain(value) in fragment for value in values if value)
                assert text.count(fragment) == 1 or holds_value, (id_, fragment)


@needs_texts
def test_the_command_finds_every_fragment_and_no_problem() -> None:
    command = [sys.executable, "-m", "briefbook", "-C", str(BOOK), "check", "--sources", str(TEXTS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1].endswith(": no problem")
    assert len(done.stderr.splitlines()) == 1


def test_dates_and_places_stand_in_a_fragment() -> None:
    for id_, record in records():
        for statement, fragments in evidence_of(record):
            for key in ("date_as", "place"):
                if key in statement:  # a text may leave out the comma before "D.C."
                    value = name_key(statement[key])
                    assert any(value in name_key(f) for f in fragments), (id_, statement[key])


@needs_texts
def test_no_file_shares_more_than_eight_words_in_a_row_with_a_text() -> None:
    titles = [bare_words(source["title"]) for source in sources().values() if "title" in source]
    for name, source in sources().items():
        text = bare_words(text_of(name))
        runs = {tuple(text[i : i + LONGEST_RUN + 1]) for i in range(len(text) - LONGEST_RUN)}
        for title in titles:  # a headline may stand whole
            runs -= {tuple(title[i : i + LONGEST_RUN + 1]) for i in range(len(title) - LONGEST_RUN)}
        assert runs, source["text"]
        for path in sorted([*BOOK.rglob("*.yaml"), *BOOK.rglob("*.md")]):
            words = bare_words(path.read_text(encoding="utf-8"))
            for i in range(len(words) - LONGEST_RUN):
                run = tuple(words[i : i + LONGEST_RUN + 1])
                assert run not in runs, (path.name, " ".join(run))


def left_out() -> dict[str, str]:
    """LEFT-OUT.md as text by file number ("all" for rows that hold for every text)."""
    rows: dict[str, str] = {}
    for line in (BOOK / "LEFT-OUT.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and re.fullmatch(r"00\d", cells[0]):
            rows[cells[0]] = rows.get(cells[0], "") + " | " + cells[1]
    return rows


def on_file(source: str) -> str:
    """All that the book says by this source, with the names that it uses and what LEFT-OUT.md lists."""
    told = [*strings(sources()[source]), *names_behind(sources()[source])]
    for _, record in records():
        told += [v["text"] for v in record.get("variants", []) if v["source"] == source]
        for statement in record.get("statements", []):
            if statement["source"] == source:
                told += [*strings(statement), *names_behind(record, statement), record.get("ordinal", "")]
                told += [text for key in ("title", "text") for text in strings(record.get(key, []))]
    told.append(left_out().get(sources()[source]["text"][:3], ""))
    return " | ".join(told)


def capital_runs(text: str, small: set[str]) -> Iterator[str]:
    """The sequences of words with a capital, and the lines that are one hyphenated word: names of pictures.

    The first word of a sentence that some text also writes small belongs to no sequence.
    """
    yield from re.findall(r"^\w+(?:[-_]\w+)+$", text, re.MULTILINE)
    for piece in re.split(
        r"[,;:()\[\]“”\"|\n…@]|(?<=[a-z’'0-9])[.!?](?=\s|$)|(?:^|\s)-+\s", text, flags=re.MULTILINE
    ):
        run: list[str] = []
        ended = True  # the word before ended a sentence, or may have: "D.C. This"
        for word in [*piece.split(), "."]:
            bare = re.sub(r"[’']s?$", "", word.strip(".!?‘’'*"))
            is_common = ended and (bare.casefold() in small or bare in NO_NAMES)
            ended = word.endswith(".")
            if bare[:1].isupper() and not is_common:
                run.append(bare)
            elif run:
                yield " ".join(run)
                run = []


def name_key(text: str) -> str:
    """A name without accents, capitals, points and hyphens."""
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", plain(re.sub(r"(?<=[A-Z])\.", "", text))).split())


@needs_texts
@pytest.mark.parametrize("source", sorted(sources()))
def test_every_name_in_a_text_is_on_file_or_left_out_with_a_reason(source: str) -> None:
    small = {w for name in sources() for w in re.findall(r"\b[a-z]+\b", text_of(name))}
    known = f" {name_key(on_file(source))} "
    runs = set(capital_runs(text_of(source), small))
    assert len(runs) > 10
    missing = sorted(run for run in runs if f" {name_key(run)} " not in known)
    assert not missing, missing


@needs_texts
@pytest.mark.parametrize("source", sorted(sources()))
def test_every_number_in_a_text_is_on_file_or_left_out_with_a_reason(source: str) -> None:
    known = on_file(source)
    digits = set(re.findall(r"\d[\d.,:]*(?<=\d)", known))
    words = {word for token in plain(known).split() for word in re.findall(r"[a-z]+", token)}
    text = text_of(source)
    missing = sorted(set(re.findall(r"\d[\d.,:]*(?<=\d)", text)) - digits)
    spelled = {w for w in re.findall(r"[a-z]+", plain(text)) if w in NUMBER_WORDS}
    missing += sorted(spelled - words)
    assert not missing, missing
