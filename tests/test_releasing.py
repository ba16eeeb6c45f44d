"""Variants for release: nothing of what was removed can be found in them, however it is looked for."""

import json
import pickle
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import combinations
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
from briefbook.composing.passages import passages_of
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.document import MARKING, Document, plain
from briefbook.facts import Facts, Wording, statements_of
from briefbook.handling import named_in
from briefbook.marking import Banner, Marking, variant_name
from briefbook.memo import DEFAULT_SECTIONS, Book, BottomLine, MarkingSpec, Memo, SectionSpec
from briefbook.readers.read_book import read_book
from briefbook.releasing import released
from briefbook.removal_report import concerning
from briefbook.select import select
from briefbook.store import Store
from briefbook.tool import shipped_templates
from briefbook.usable import usable_book
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS
from tests.books import FILES, changed, make_book, run
from tests.marked_book import PROFILES, ordinary, secret_book
from tests.test_marking import SCHEME, is_as_high, markings
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
    searches = [re.compile(_any_of(each)) for each in zip(*map(spellings, words), strict=True)]
    found = set()
    for name, data in files.items():
        for piece in pieces(name, data):
            small = piece.lower()
            for text in (small, re.sub(rb"\s+", b"", small)):
                seen = {match[0] for search in searches for match in search.finditer(text)}
                found |= {f"{patterns[spelled]} in {name}" for spelled in seen}
    return found


def _any_of(words: Sequence[bytes]) -> bytes:
    """A pattern of some words; what all begin with stands first, so that it is searched for alone."""
    start = words[0][: next(n for n in range(1, 99) if len({word[:n] for word in words}) > 1) - 1]
    return re.escape(start) + b"(?:" + b"|".join(re.escape(word[len(start) :]) for word in words) + b")"


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


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], Path]:
    """A book of every profile in two languages with promises of length, its secrets, and its variants."""
    book, secrets = secret_book(tmp_path_factory.mktemp("profiles"), profiles=True)
    return book, secrets, built(book, "--releasable-to", "open")


@pytest.mark.long
def test_nothing_removed_is_in_a_variant_of_any_profile_and_language(
    profiles: tuple[Path, list[str], Path],
) -> None:
    book, secrets, folder = profiles
    files = variant_files(folder)
    assert len(files) == len(PROFILES) * 2 * len(WRITERS)
    reports = {sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.removed.*")}
    stored = {name: data for name, data in kept(book).items() if name not in reports}
    assert found_in({**files, **stored}, secrets) == set()
    assert b"Hay que insistir" in files["state-style.es.releasable-to-open.txt"]
    trees = [json.loads(data) for name, data in files.items() if name.endswith(".json")]
    whole = {name.split(".")[0] for name, data in files.items() if b'"left_out": []' in data}
    assert whole == {"read-ahead"}  # which promises more pages than the others, and fits them
    assert {tree["banner"]["text"] for tree in trees} == {"OPEN"}


@pytest.mark.long
def test_what_a_variant_has_room_for_does_not_depend_on_what_was_removed(
    profiles: tuple[Path, list[str], Path], tmp_path: Path
) -> None:
    """Not on its words, and not on the ranks of items that are gone."""
    other, _ = secret_book(tmp_path, lambda name: f"k{sha256(name.encode()).hexdigest()[:19]}", profiles=True)
    memos = ("memo", "read-ahead")
    for memo in (other / "memos" / f"{name}.yaml" for name in memos):
        memo.write_text(memo.read_text().replace(": must, survey", ": could, survey"))
    done = run("-C", other, "build", *memos, "--format", "json", "--releasable-to", "open")
    assert done.exit_code == 0
    made = variant_files(other / "out" / "2031-06-01")
    assert made == {name: data for name, data in variant_files(profiles[2]).items() if name in made}
    assert len(made) == len(memos) * 2


@pytest.mark.long
def test_what_makes_variants_does_not_hold_the_full_memos(profiles: tuple[Path, list[str], Path]) -> None:
    """It is sent to other processes, whose core dumps it would be in."""
    book, secrets, _ = profiles
    full = usable_book(read_book(book))
    made = released(full, Marking(level="open"), list(full.memos.values()))
    assert len(made.book.memos) == len(PROFILES) * 2
    assert found_in({"made": pickle.dumps((made.book.memos, made.book.settings))}, secrets) == set()


@pytest.mark.long
def test_no_portion_is_marked_lower_than_what_is_taken_out_of_it(
    profiles: tuple[Path, list[str], Path],
) -> None:
    """Whatever goes from what is released as OPEN stands in no portion that is marked so."""
    full = usable_book(read_book(profiles[0]))
    workshop, day = Workshop(full), Day(as_of=DAY, known_by=DAY)
    for memo in full.memos.values():
        told = [words for words in portions_of(workshop.document(memo, day)) if "zq" in words.lower()]
        assert len([words for words in told if re.search(r"\((D//)?(O//)?ZQ", words)]) > 4
        for words in told:
            assert not re.search(r"\((O|D)\)", words), (memo.id, words)


def portions_of(document: Document) -> Iterator[str]:
    """The words of each portion of a document but of its banner."""
    for section in document.sections:
        for block in section.blocks if section.name != MARKING else ():
            yield from ("".join(map(plain, passage)) for passage in passages_of(block))


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
    assert told["meetings", "zqmeetingidxv", None]["why"] == "its marking"
    assert told["background", "since", "forums"]["why"] == "it names or rests on what was removed"
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


@pytest.mark.long
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


@cache
def secret_words() -> list[str]:
    """Its secrets, but for the words of a priority that go with its meeting: they do not tell of it."""
    with TemporaryDirectory() as folder:
        secrets = secret_book(Path(folder))[1]
    return [word for word in secrets if word != ordinary("meeting-priority")]


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
        id_: replace(
            memo,
            marking=draw(st.none() | markings),
            sections=DEFAULTS,
            bottom_lines=(said("Line", draw(st.none() | markings)),),
            talking_points=tuple(said("Say", each) for each in draw(st.lists(st.none() | markings))),
        )
        for id_, memo in book.memos.items()
    }
    return replace(book, facts=Facts(**kinds), memos=memos, settings=replace(book.settings, marking=SPEC))


DEFAULTS = tuple(SectionSpec(name=name) for name in (*DEFAULT_SECTIONS, "talking-points"))


def said(text: str, marking: Marking | None) -> BottomLine:
    return BottomLine(text=Wording(texts={"en": f"{text} so."}), marking=marking)


@cache
def templates() -> SectionTemplates:
    return SectionTemplates((shipped_templates(),), wording_of("en"))


def shown_and_marked(book: Book, memo: Memo) -> tuple[frozenset[str], Marking]:
    """The facts that a memo shows, and its marking."""
    selection = select(book.facts, book.settings, memo, as_of=DAY, known_by=DAY)
    banner = compose(selection, memo, templates()).banner
    assert banner is not None
    return named_in(selection), Marking(level=banner.level, caveats=banner.caveats)


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_markings())
def test_whoever_may_see_a_portion_may_see_all_that_is_in_it(book: Book) -> None:
    """Whatever is marked how: what is released for the mark of a portion has every word of the portion."""
    words = secret_words()
    left: dict[str, bytes] = {}
    for memo in book.memos.values():
        selection = select(book.facts, book.settings, memo, as_of=DAY, known_by=DAY)
        for portion in portions_of(compose(selection, memo, templates())):
            mark = re.search(MARK, portion)
            if mark is not None:
                facts = left.get(mark[0]) or pickle.dumps(released(book, PORTIONS[mark[0]], []).book.facts)
                left[mark[0]] = facts
                assert not [w for w in words if w in portion.lower() and w.encode() not in facts], portion


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_markings(), st.permutations(DEFAULTS))
def test_a_document_is_as_high_as_its_portions_and_no_section_lowers_it(
    book: Book, sections: list[SectionSpec]
) -> None:
    for memo in book.memos.values():
        selection = select(book.facts, book.settings, memo, as_of=DAY, known_by=DAY)
        before: Banner | None = None
        for count in range(1, len(sections) + 1, 2):
            made = compose(selection, replace(memo, sections=tuple(sections[:count])), templates())
            assert made.banner is not None
            whole = Marking(level=made.banner.level, caveats=made.banner.caveats)
            marks = [re.search(MARK, portion) for portion in portions_of(made)]
            assert all(is_as_high(whole, PORTIONS[mark[0]]) for mark in marks if mark)
            assert before is None or is_as_high(whole, Marking(level=before.level, caveats=before.caveats))
            before = made.banner


MARK = r"\([ODRS](//(PE|NO|ON))*\)"
PORTIONS = {
    SCHEME.portion(marking): marking
    for count in range(len(SCHEME.caveats) + 1)
    for caveats in combinations([caveat.id for caveat in SCHEME.caveats], count)
    for marking in (Marking(level=level.id, caveats=caveats) for level in SCHEME.levels)
}


@pytest.mark.long
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


def test_of_a_side_whose_people_were_taken_out_a_variant_does_not_say_that_nobody_is_named(
    tmp_path: Path,
) -> None:
    """Its source names him: that it names nobody would be false, and would cite the source for it."""
    spoken = FILES["book.yaml"] + "marking: {scheme: tlp, default: clear}\n"
    named = changed("facts/ground.yaml", "{name: Ana Holm}", "{name: Ana Holm, marking: amber}")
    make_book(tmp_path, {"book.yaml": spoken} | named)
    whole = run("-C", tmp_path, "show", "council", "--as-of", "2031-05-20").stdout
    variant = run(
        "-C", tmp_path, "show", "council", "--as-of", "2031-05-20", "--releasable-to", "green"
    ).stdout
    assert "Ana Holm" in whole
    assert "Ana Holm" not in variant
    assert "nobody named" not in variant
    assert "articipants not given" not in variant


def test_evidence_that_names_who_was_taken_out_is_in_no_address(tmp_path: Path) -> None:
    """Fragments stand in the links that open a source at its words: nobody who reads a page sees them."""
    ground = FILES["facts/ground.yaml"].replace("{name: Ana Holm}", "{name: Ana Holm, marking: red}")
    ground = ground.replace("text: note.txt}", "text: note.txt, address: https://notes.example.org/3}")
    council = FILES["facts/council.yaml"].replace("ministers will meet", "Minister Holm says they meet")
    council = council.replace("source: gazette\n        says", "source: note\n        says")
    spoken = FILES["book.yaml"] + "marking: {scheme: tlp, default: clear}\n"
    make_book(tmp_path, {"book.yaml": spoken, "facts/ground.yaml": ground, "facts/council.yaml": council})
    folder = built(tmp_path, "council", "--as-of", "2031-06-01")
    assert {each.split()[0] for each in found_in(variant_files(folder), ["Holm", "Holms"])} == {"Holm"}
    built(tmp_path, "council", "--as-of", "2031-06-01", "--releasable-to", "green")
    files = {n: data for n, data in variant_files(folder).items() if "releasable-to" in n}
    assert len(files) == 6
    assert found_in(files, ["Holm", "Holms"]) == set()
