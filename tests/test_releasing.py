"""Variants for release: nothing of what was removed can be found in them, however it is looked for."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import outloud
import pikepdf
import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdfminer.high_level import extract_text

from briefbook.composing.compose import compose
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.facts import Facts, statements_of
from briefbook.handling import named_in
from briefbook.marking import Marking, variant_name
from briefbook.memo import DEFAULT_SECTIONS, Book, MarkingSpec, Memo, SectionSpec
from briefbook.readers.read_book import read_book
from briefbook.releasing import concerning, released
from briefbook.select import select
from briefbook.store import Store
from briefbook.tool import shipped_templates
from briefbook.verdict import usable_book
from briefbook.writers import WRITERS
from tests.books import FILES, changed, make_book, run
from tests.marked_book import ordinary, secret_book
from tests.test_marking import SCHEME, markings
from tests.test_pdf_standards import MISFIRING
from tests.verapdf import judged, needs_verapdf

ALL = ",".join(WRITERS)
CITATIONS = ("numbered", "footnotes", "endnotes")


def built(book: Path, *options: str) -> Path:
    """Build all memos in every format; the folder of the day."""
    result = run("-C", book, "build", "--format", ALL, *options)
    assert result.exit_code == 0, result.stderr
    return book / "out" / "2031-06-01"


def variant_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if ".removed." not in path.name}


def pieces(name: str, data: bytes) -> Iterator[bytes]:
    """All that a file holds, unpacked: the parts of a ZIP, the objects and streams of a PDF, its text."""
    yield name.encode()
    yield data
    if name.endswith(".docx"):
        with zipfile.ZipFile(BytesIO(data)) as package:
            for part in package.infolist():
                yield part.filename.encode() + part.comment + part.extra
                yield package.read(part)
    if name.endswith(".pdf"):
        yield extract_text(BytesIO(data)).encode()
        with pikepdf.open(BytesIO(data)) as pdf:
            yield repr(pdf.docinfo).encode()
            for thing in pdf.objects:
                yield thing.unparse(resolved=False)
                if isinstance(thing, pikepdf.Stream):
                    yield thing.read_bytes()
                yield from strings_in(thing)


def strings_in(thing: object) -> Iterator[bytes]:
    match thing:
        case pikepdf.String():
            yield str(thing).encode()
        case pikepdf.Array():
            for item in thing:
                if not getattr(item, "is_indirect", False):
                    yield from strings_in(item)
        case pikepdf.Dictionary() | pikepdf.Stream():
            for key, value in thing.items():
                yield key.encode()
                if not getattr(value, "is_indirect", False):
                    yield from strings_in(value)
        case _:
            pass


def spellings(word: str) -> Iterator[bytes]:
    """A word's bytes in the encodings in which a file may hide it, in small letters."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        encoded = word.lower().encode(encoding)
        yield encoded
        yield encoded.hex().encode()
        yield "".join(f"\\{byte:03o}" for byte in encoded).encode()
    yield "".join(f"&#{ord(letter)};" for letter in word.lower()).encode()


def found_in(files: dict[str, bytes], words: list[str]) -> set[str]:
    """The words that stand in some files in any spelling, each with the file."""
    patterns = {spelled: word for word in words for spelled in spellings(word)}
    pattern = re.compile(b"|".join(map(re.escape, patterns)))
    found = set()
    for name, data in files.items():
        for piece in pieces(name, data):
            seen = {match[0] for match in pattern.finditer(piece.lower())}
            seen |= {match[0] for match in pattern.finditer(re.sub(rb"\s+", b"", piece.lower()))}
            found |= {f"{patterns[spelled]} in {name}" for spelled in seen}
    return found


def kept(book: Path) -> dict[str, bytes]:
    """All that the record keeps of a book: its objects by their SHA-256, and the ledger's own file."""
    store = Store(book / ".briefbook")
    ledger = {path.name: path.read_bytes() for path in (book / ".briefbook").glob("ledger.db*")}
    return {**{sha: store.get(sha) for sha in store.all()}, **ledger}


@pytest.mark.parametrize("citations", CITATIONS)
def test_nothing_removed_is_in_a_variant(citations: str, tmp_path: Path) -> None:
    book, secrets = secret_book(tmp_path, citations=citations)
    folder = built(book, "--releasable-to", "open")
    files = variant_files(folder)
    assert len(files) == 2 * len(WRITERS)
    assert found_in(files, secrets) == set()
    assert b"400 boats" in files["council.releasable-to-open.json"]  # it is no empty memo


def test_the_search_finds_what_the_full_memos_show(tmp_path: Path) -> None:
    book, secrets = secret_book(tmp_path)
    files = variant_files(built(book))
    seen = {entry.split()[0] for entry in found_in({**files, **kept(book)}, secrets)}
    # What no memo reads, here: other spellings, what another line or question hides, names of files.
    unread = "forumvariant variant partialline restsonline partialquestion sourcequestion textfile"
    assert set(secrets) - seen == {ordinary(name) for name in unread.split()}


@pytest.mark.parametrize("citations", CITATIONS)
def test_a_variant_does_not_depend_on_what_was_removed(citations: str, tmp_path: Path) -> None:
    """Whatever stands in the places that are removed, every byte of the variant is the same."""
    one, _ = secret_book(tmp_path / "one", citations=citations)
    other, _ = secret_book(
        tmp_path / "other", lambda name: f"k{sha256(name.encode()).hexdigest()[:9]}", citations=citations
    )
    made = [variant_files(built(book, "--releasable-to", "open")) for book in (one, other)]
    assert made[0] == made[1]


def test_what_is_kept_of_a_variant_has_nothing_of_the_rest(tmp_path: Path) -> None:
    book, secrets = secret_book(tmp_path)
    folder = built(book, "--releasable-to", "open")
    reports = {sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.removed.*")}
    files = {name: data for name, data in kept(book).items() if name not in reports}
    assert len(files) > 2 * len(WRITERS)
    assert found_in(files, secrets) == set()


def test_sources_are_numbered_without_a_gap(tmp_path: Path) -> None:
    book, _ = secret_book(tmp_path)
    tree = json.loads(
        (built(book, "--releasable-to", "open") / "council.releasable-to-open.json").read_bytes()
    )
    numbers = [
        e["number"]
        for s in tree["sections"]
        for b in s["blocks"]
        if b["type"] == "sources"
        for e in b["entries"]
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    assert tree["banner"]["text"] == "OPEN"


def test_the_report_tells_what_was_removed_and_where(tmp_path: Path) -> None:
    book, _ = secret_book(tmp_path)
    folder = built(book, "--releasable-to", "open")
    report = json.loads((folder / "council.releasable-to-open.removed.json").read_bytes())
    text = (folder / "council.releasable-to-open.removed.txt").read_text()
    assert report["marking"] == "ZQLEVELBANNERXV//ZQCAVEATBANNERXV"
    assert text.splitlines()[0] == text.splitlines()[-1] == report["marking"]
    lines = (book / "facts/council.yaml").read_text().splitlines()
    told = {(each["kind"], each["id"], each["field"]): each for each in report["removed"]}
    whole = told["meetings", "zqmeetingidxv", None]
    assert lines[whole["line"] - 1].strip() == "zqmeetingidxv:"
    title = told["meetings", "council-3", "title"]
    assert lines[title["line"] - 1].endswith("zqpartialtitlexv")
    assert told["background", "zqhomelessidxv", None]["why"] == "it names or rests on what was removed"
    for each in report["removed"]:
        assert f"{each['file']}:{each['line']}:{each['column']}" in text


# ----------------------------------------------------------------------- what cannot be, and what is asked

MARKED = FILES["book.yaml"] + "marking: {scheme: tlp, default: green}\n"


def told(result: Result) -> str:
    return result.stdout + result.stderr


def test_a_memo_whose_own_words_are_higher_has_no_variant(tmp_path: Path) -> None:
    make_book(
        tmp_path, {"book.yaml": MARKED, **changed("memos/spring.yaml", "title:", "marking: red\ntitle:")}
    )
    result = run("-C", tmp_path, "build", "--releasable-to", "amber")
    assert result.exit_code == 1
    assert "memos/spring.yaml:1:10: error: memo 'spring' itself is marked TLP:RED" in told(result)
    assert not list((tmp_path / "out").rglob("spring*"))
    assert list((tmp_path / "out").rglob("council.releasable-to-amber.docx"))
    shown = run("-C", tmp_path, "show", "spring", "--releasable-to", "amber")
    assert shown.exit_code == 1
    assert shown.stdout == ""


@pytest.mark.parametrize(("memo", "field"), [("council", "forums"), ("first-round", "meetings")])
def test_a_memo_on_what_went_has_no_variant(memo: str, field: str, tmp_path: Path) -> None:
    files = {
        "facts/ground.yaml": FILES["facts/ground.yaml"].replace(
            "name: Fisheries Council,", "name: Fisheries Council, marking: red,"
        ),
        "facts/harbours.yaml": FILES["facts/harbours.yaml"].replace(
            "    title: first", "    marking: red\n    title: first"
        ),
    }
    make_book(tmp_path, {"book.yaml": MARKED, **files})
    result = run("-C", tmp_path, "build", memo, "--releasable-to", "amber")
    assert result.exit_code == 1
    assert f"nothing of memo {memo!r} may be shown to TLP:AMBER" in told(result)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.*"))


@pytest.mark.parametrize(
    ("book", "level", "says"),
    [
        (FILES["book.yaml"], "green", "this book has no scheme of markings"),
        (MARKED, "gren", "'gren' is no level of the scheme 'tlp' (did you mean 'green'?)"),
        (MARKED, "green,x", "'x' is no caveat of the scheme 'tlp'"),
    ],
)
def test_a_level_that_is_none_is_a_usage_error(book: str, level: str, says: str, tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": book})
    for command in (("build",), ("show", "council")):
        result = run("-C", tmp_path, *command, "--releasable-to", level)
        assert result.exit_code == 2
        assert says in told(result)


def test_variants_and_memos_are_editions_of_their_own(tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": MARKED})
    assert run("-C", tmp_path, "build", "council").exit_code == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert run("-C", tmp_path, "build", "council", "--releasable-to", "TLP:GREEN").exit_code == 0
    after = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert {name: after[name] for name in first} == first
    listed = run("-C", tmp_path, "history").stdout
    assert "council.releasable-to-green" in listed
    again = json.loads(run("-C", tmp_path, "build", "council", "--releasable-to", "green", "--json").stdout)
    assert again["written"] == []
    assert again["editions"] == {"council.releasable-to-green": 1}


def test_a_report_that_somebody_wrote_in_stays(tmp_path: Path) -> None:
    book, _ = secret_book(tmp_path)
    folder = built(book, "--releasable-to", "open")
    report = folder / "council.releasable-to-open.removed.txt"
    report.write_text("seen and agreed")
    built(book, "--releasable-to", "open")
    assert report.read_text() == "seen and agreed"
    assert (folder / "council.releasable-to-open.removed (new).txt").exists()


def test_an_adhoc_memo_has_variants_too(tmp_path: Path) -> None:
    book, secrets = secret_book(tmp_path)
    folder = built(book, "--forum", "council", "--releasable-to", "desk")
    files = variant_files(folder)
    assert set(files) == {
        f"forum-council.releasable-to-desk.{writer.extension}" for writer in WRITERS.values()
    }
    assert found_in(files, secrets) == set()


@needs_verapdf
def test_verapdf_and_outloud_pass_variants_and_portions(tmp_path: Path) -> None:
    files = []
    for citations in CITATIONS:
        book, _ = secret_book(tmp_path / citations, citations=citations)
        for options in ((), ("--releasable-to", "open")):
            files += [path for path in built(book, *options).glob("*.pdf") if path not in files]
    assert len(files) == 4 * len(CITATIONS)
    assert [(v.file, v.profile, v.failures) for v in judged(files) if not v.passed] == []
    for file in files:
        assert [f.message for f in outloud.check(str(file)).findings if f.rule not in MISFIRING] == [], file


# ------------------------------------------------------------------------------------- any markings at all

SPEC = MarkingSpec(scheme=SCHEME, default=Marking(level="open"))
DAY = date(2031, 6, 1)


@cache
def secret_facts() -> Book:
    with TemporaryDirectory() as folder:
        read = read_book(secret_book(Path(folder))[0])
    return usable_book(read)


@st.composite
def any_markings(draw: st.DrawFn) -> Book:
    """The book of secrets with other markings: on some facts and statements, any."""
    book = secret_facts()

    def anew(fact: Any) -> Any:
        changes: dict[str, Any] = {"marking": draw(st.sampled_from([None, None, None]) | markings)}
        if statements_of(fact):
            own = (draw(st.none() | st.none() | markings) for _ in fact.statements)
            changes["statements"] = tuple(
                replace(s, marking=m) for s, m in zip(fact.statements, own, strict=True)
            )
        return replace(fact, **changes)

    kinds: dict[str, Any] = {
        kind: {id_: anew(fact) for id_, fact in facts.items()} for kind, facts in book.facts.kinds().items()
    }
    memos = {
        id_: replace(memo, marking=draw(st.none() | markings), sections=DEFAULTS, bottom_lines=())
        for id_, memo in book.memos.items()
    }
    return replace(book, facts=Facts(**kinds), memos=memos, settings=replace(book.settings, marking=SPEC))


DEFAULTS = tuple(SectionSpec(name=name) for name in DEFAULT_SECTIONS)


@cache
def templates() -> SectionTemplates:
    return SectionTemplates((shipped_templates(),), wording_of("en"))


def shown_and_marked(book: Book, memo: Memo) -> tuple[frozenset[str], Marking]:
    """The facts that a memo shows, and its marking."""
    selection = select(book.facts, book.settings, memo, as_of=DAY, known_by=DAY)
    banner = compose(selection, memo, templates()).banner
    assert banner is not None
    return named_in(selection), Marking(level=banner.level, caveats=banner.caveats)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_markings(), markings)
def test_no_variant_is_marked_higher_than_its_release(book: Book, to: Marking) -> None:
    """Whatever is marked how: what the fold says of a variant is what may be shown."""
    made = released(book, to, list(book.memos.values()))
    for variant in made.book.memos.values():
        assert SCHEME.allows(to, shown_and_marked(made.book, variant)[1])
    for memo in book.memos.values():
        shown, whole = shown_and_marked(book, memo)
        name = f"{memo.id}.{variant_name(SCHEME, to)}"
        if SCHEME.allows(to, whole):
            assert name in made.book.memos
        elif name in made.book.memos:
            assert concerning(made.removed, memo, shown) != ()
