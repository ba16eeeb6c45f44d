"""The fold of markings, and what of a memo carries which: never lower than any part of it."""

import email
import email.policy
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from briefbook.composing.portions import Portions
from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    ItemList,
    ListItem,
    Origin,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
    Text,
    blocks_of,
    inlines_of,
    plain,
)
from briefbook.inputs import from_bytes, remade, to_bytes
from briefbook.marking import Caveat, Handling, Level, Marking, Scheme, variant_name
from briefbook.readers.read_book import read_book
from briefbook.readers.read_marking import shipped
from briefbook.workshop import Day, Workshop
from tests.books import FILES, changed, make_book, run
from tests.writers.trees import document_of

LEVELS = ("open", "desk", "restricted", "sealed")
CAVEATS = ("personal", "no-press", "one-eye")
SCHEME = Scheme(
    name="custom",
    levels=tuple(Level(id=id_, banner=id_.upper(), portion=id_[0].upper()) for id_ in LEVELS),
    caveats=tuple(Caveat(id=id_, banner=id_.upper(), portion=id_[:2].upper()) for id_ in CAVEATS),
    portions=True,
)
markings = st.builds(
    Marking, level=st.sampled_from(LEVELS), caveats=st.lists(st.sampled_from(CAVEATS)).map(tuple)
)


def folded(found: Iterable[Marking]) -> Marking:
    marking = SCHEME.fold(found)
    assert marking is not None
    return marking


def is_as_high(one: Marking, other: Marking) -> bool:
    """Whether `one` restricts at least as much, told without the fold."""
    return LEVELS.index(one.level) >= LEVELS.index(other.level) and set(one.caveats) >= set(other.caveats)


# ---------------------------------------------------------------------------------------- the fold


@given(st.lists(markings, min_size=1), markings)
def test_a_fold_is_never_lower_than_a_part_and_adding_never_lowers_it(
    parts: list[Marking], more: Marking
) -> None:
    whole = folded(parts)
    assert all(is_as_high(whole, part) for part in parts)
    assert is_as_high(folded([*parts, more]), whole)


@given(st.lists(markings, min_size=1))
def test_a_fold_is_no_higher_than_it_must(parts: list[Marking]) -> None:
    whole = folded(parts)
    assert whole.level in {part.level for part in parts}
    assert set(whole.caveats) == {caveat for part in parts for caveat in part.caveats}


@given(markings, markings, markings)
def test_the_fold_is_associative_commutative_and_idempotent(a: Marking, b: Marking, c: Marking) -> None:
    assert folded([folded([a, b]), c]) == folded([a, folded([b, c])]) == folded([a, b, c])
    assert folded([a, b]) == folded([b, a])
    assert folded([a, a]) == folded([a]) == SCHEME.known(a)


@given(markings, markings, markings)
def test_who_may_see_the_whole_may_see_each_part_and_nobody_else(
    a: Marking, b: Marking, release: Marking
) -> None:
    assert SCHEME.allows(release, folded([a, b])) == (SCHEME.allows(release, a) and SCHEME.allows(release, b))
    assert SCHEME.allows(a, a)


@given(st.text(max_size=9), markings)
def test_what_a_scheme_does_not_have_counts_as_the_most(unknown: str, other: Marking) -> None:
    if unknown not in (*LEVELS, *(level.upper() for level in LEVELS)):
        assert SCHEME.known(Marking(level=unknown)).level == "sealed"
    if unknown not in (*CAVEATS, *(caveat.upper() for caveat in CAVEATS)):
        assert is_as_high(
            SCHEME.known(Marking(level="open", caveats=(unknown,))), Marking(level="open", caveats=CAVEATS)
        )
    assert SCHEME.fold([]) is None
    assert is_as_high(folded([other, Marking(level=unknown)]), other)


def test_banners_and_portions_are_spelled_in_the_schemes_order() -> None:
    marking = Marking(level="RESTRICTED", caveats=("no-press", "PERSONAL", "personal"))
    assert SCHEME.banner(marking) == "RESTRICTED//PERSONAL//NO-PRESS"
    assert SCHEME.portion(marking) == "(R//PE//NO)"
    assert variant_name(SCHEME, marking) == "releasable-to-restricted+personal+no-press"
    assert variant_name(shipped()["tlp"], Marking(level="TLP:AMBER+STRICT")) == "releasable-to-amber-strict"


def test_two_releases_never_have_one_name() -> None:
    levels = tuple(Level(id=id_, banner=id_.upper(), portion=id_) for id_ in ("desk", "desk-personal"))
    caveats = (Caveat(id="personal", banner="PERSONAL", portion="P"),)
    scheme = Scheme(name="custom", levels=levels, caveats=caveats)
    releases = [Marking(level=level.id, caveats=named) for level in levels for named in ((), ("personal",))]
    assert len({variant_name(scheme, release) for release in releases}) == len(releases)


# ------------------------------------------------------------------------------------ the document

FACTS = tuple("abcdef")


@st.composite
def handlings(draw: st.DrawFn) -> Handling:
    return Handling(
        scheme=SCHEME,
        own=draw(markings),
        facts=MappingProxyType({id_: draw(markings) for id_ in draw(st.sets(st.sampled_from(FACTS)))}),
        names=MappingProxyType({id_: draw(markings) for id_ in draw(st.sets(st.sampled_from(FACTS)))}),
    )


shown = st.sampled_from(FACTS).map(lambda id_: Text(text=f"w{id_}", origin=Origin(fact=id_, field="text")))
cites = st.sampled_from(FACTS).map(
    lambda id_: Cite(sources=(CitedSource(source=id_, number=1),), shown=False)
)
inlines = st.lists(st.one_of(shown, cites, st.just(Text(text="and"))), min_size=1, max_size=4).map(tuple)
paragraphs = st.builds(Paragraph, children=inlines)
blocks = st.one_of(
    paragraphs,
    st.builds(Fields, rows=st.tuples(st.builds(Field, label=inlines, value=inlines))),
    st.builds(
        Table,
        name=st.just("t"),
        header=st.just(Row(cells=((Text(text="h"),),))),
        rows=st.lists(st.builds(Row, cells=st.tuples(inlines)), min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        ItemList,
        ordered=st.booleans(),
        items=st.tuples(st.builds(ListItem, blocks=st.tuples(paragraphs, paragraphs))),
    ),
    st.builds(
        SourceList,
        entries=st.tuples(
            st.builds(SourceEntry, source=st.sampled_from(FACTS), number=st.just(1), children=inlines)
        ),
    ),
)


def ids_of(block: Block) -> set[str]:
    found = set()
    for inline in inlines_of(block):
        if isinstance(inline, Text) and inline.origin is not None:
            found.add(inline.origin.fact)
        if isinstance(inline, Cite):
            found |= {cited.source for cited in inline.sources}
    return found


@given(handlings(), st.lists(blocks, min_size=1, max_size=4), st.none() | markings)
def test_the_portions_of_a_block_are_never_lower_than_what_they_show(
    handling: Handling, made: list[Block], section: Marking | None
) -> None:
    portions = Portions(handling, section)
    for block in made:
        portions.found.clear()
        portions.block(block)
        whole = folded(portions.found)
        for id_ in ids_of(block) & handling.facts.keys():
            assert is_as_high(whole, SCHEME.known(handling.facts[id_]))
        if section is not None:
            assert all(is_as_high(found, SCHEME.known(section)) for found in portions.found)
        if not ids_of(block):
            assert is_as_high(whole, SCHEME.known(handling.own))


@given(handlings(), st.lists(blocks, max_size=3), blocks)
def test_adding_a_portion_never_lowers_the_document(
    handling: Handling, made: list[Block], more: Block
) -> None:
    def banner(*shown: Block) -> Marking:
        document = document_of(*shown)
        found = [handling.own]
        for section in document.sections:
            portions = Portions(handling, None)
            for block in section.blocks:
                portions.block(block)
            found += portions.found
        return folded(found)

    assert is_as_high(banner(*made, more), banner(*made))


# ---------------------------------------------------------------------------------------- real books

DAY = date(2031, 5, 20)
TLP = FILES["book.yaml"] + "marking: {scheme: tlp, default: clear}\n"
CUSTOM = (
    FILES["book.yaml"]
    + """\
marking:
  scheme: custom
  default: open
  levels:
    - {level: open, banner: OPEN, portion: O}
    - {level: high, banner: HIGH, portion: H}
  caveats: [{caveat: personal, banner: PERSONAL, portion: P}]
"""
)


def document(folder: Path, memo: str = "council", day: date = DAY) -> Document:
    read = read_book(folder)
    assert [str(problem) for problem in read.problems] == []
    return Workshop(read.book).document(read.book.memos[memo], Day(as_of=day, known_by=day))


def banner(found: Document) -> str:
    assert found.banner is not None
    return found.banner.text


def lines(found: Document) -> list[str]:
    return [plain(inlines_of(block)) for block in blocks_of(found)]


def test_a_source_marks_all_that_rests_on_it(tmp_path: Path) -> None:
    ground = FILES["facts/ground.yaml"].replace(
        "short: the joint note,", "short: the joint note, marking: TLP:AMBER+STRICT,"
    )
    make_book(tmp_path, {"book.yaml": TLP, "facts/ground.yaml": ground})
    assert banner(document(tmp_path)) == "TLP:AMBER+STRICT"
    assert banner(document(tmp_path, day=date(2031, 5, 1))) == "TLP:CLEAR"  # the note is not out yet
    assert banner(document(tmp_path, memo="harbours")) == "TLP:CLEAR"
    assert plain(inlines_of(next(blocks_of(document(tmp_path))))) == "TLP:AMBER+STRICT"


@pytest.mark.parametrize("scheme", ["", "marking: none\n", "marking: {scheme: none}\n"])
def test_a_book_without_a_scheme_has_no_banner(scheme: str, tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": FILES["book.yaml"] + scheme})
    assert document(tmp_path).banner is None


@pytest.mark.parametrize(
    ("memo", "expected"),
    [("marking: amber\n", "TLP:AMBER"), ("marking: clear\n", "TLP:GREEN"), ("", "TLP:GREEN")],
)
def test_an_author_may_raise_and_not_lower(memo: str, expected: str, tmp_path: Path) -> None:
    ground = FILES["facts/ground.yaml"].replace("short: the gazette,", "short: the gazette, marking: green,")
    files = {
        "book.yaml": TLP,
        "facts/ground.yaml": ground,
        "memos/council.yaml": FILES["memos/council.yaml"] + memo,
    }
    make_book(tmp_path, files)
    assert banner(document(tmp_path)) == expected


def test_statements_facts_sections_and_bottom_lines_carry_their_own(tmp_path: Path) -> None:
    council = FILES["facts/council.yaml"].replace(
        "        force: wish\n", "        force: wish\n        marking: high\n"
    )
    make_book(tmp_path, {"book.yaml": CUSTOM, "facts/council.yaml": council})
    told = lines(document(tmp_path))
    assert any(line.startswith("(H) Survey the shared stock") for line in told)
    assert "(H) Press for the survey." in told  # it rests on it
    assert any(line.startswith("(O) 3rd meeting") for line in told)
    memo = (
        FILES["memos/council.yaml"]
        + "sections: [header, {section: earlier, marking: {level: open, caveats: personal}}]\n"
    )
    make_book(tmp_path, {"book.yaml": CUSTOM, "memos/council.yaml": memo})
    found = document(tmp_path)
    assert banner(found) == "OPEN//PERSONAL"
    assert [line[:6] for line in lines(found)[-2:]] == ["(O//P)", "11 May"]
    memo = FILES["memos/council.yaml"].replace("rests_on: [survey]", "rests_on: [survey], marking: high")
    make_book(tmp_path, {"book.yaml": CUSTOM, "memos/council.yaml": memo})
    assert "(H) Press for the survey." in lines(document(tmp_path))


def test_a_first_heading_is_marked_where_it_holds_the_memos_own_title(tmp_path: Path) -> None:
    header = "# BACKGROUND PAPER ON {{ subject | upper }}\n"
    memo = FILES["memos/council.yaml"] + "marking: high\nsections: [header, upcoming]\n"
    files = {"book.yaml": CUSTOM, "memos/council.yaml": memo}
    make_book(tmp_path, {**files, "templates/sections/header.md.j2": header})
    assert lines(document(tmp_path))[1].startswith("(H) BACKGROUND PAPER ON ")
    make_book(tmp_path, {**files, "templates/sections/header.md.j2": "# Briefing memo\n"})
    assert lines(document(tmp_path))[1] == "Briefing memo"


def test_a_name_that_stands_alone_is_marked_as_what_it_stands_in(tmp_path: Path) -> None:
    """A template that names people and cites nothing."""
    ground = FILES["facts/ground.yaml"].replace(
        "short: the joint note,", "short: the joint note, marking: high,"
    )
    people = "{% for p in s.people %}\n- {{ p.name }}\n{% endfor %}"
    sides = "{% for s in m.sides %}" + people + "{% endfor %}"
    template = "{% for m in selection.attended %}" + sides + "{% endfor %}\n"
    memo = FILES["memos/council.yaml"] + "sections: [who]\n"
    files = {"book.yaml": CUSTOM, "facts/ground.yaml": ground, "memos/council.yaml": memo}
    make_book(tmp_path, {**files, "templates/sections/who.md.j2": template})
    assert lines(document(tmp_path)) == ["HIGH", "(H) Ana Holm"]


def test_nothing_is_guessed(tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": FILES["book.yaml"] + "marking: tlp\n"})
    result = run("-C", tmp_path, "check")
    assert "source 'gazette' carries no marking, and the book has no default" in result.stdout + result.stderr
    assert "memo 'council' carries no marking" in result.stdout + result.stderr
    made = run("-C", tmp_path, "build")
    assert made.exit_code == 1
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.*"))


def book_with(marking: str) -> dict[str, str]:
    return {"book.yaml": FILES["book.yaml"] + f"marking: {{{marking}}}\n"}


def spring_with(marking: str) -> dict[str, str]:
    return changed("memos/spring.yaml", "title: Spring\n", f"title: Spring\nmarking: {marking}\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            spring_with("ambr"),
            "memos/spring.yaml:2:10: error: 'ambr' is no level of the scheme 'tlp' (did you",
        ),
        (spring_with("{level: red, caveats: x}"), "'x' is no caveat of the scheme 'tlp' (it has none)"),
        (
            book_with("scheme: tpl"),
            "book.yaml:4:19: error: 'tpl' is no value of 'scheme' (did you mean 'tlp'?)",
        ),
        (book_with("scheme: tlp, default: blue"), "book.yaml:4:33: error: 'blue' is no level"),
        (book_with("scheme: tlp, size: 10"), "a banner of tlp is 12 points or more, not 10"),
        (book_with("scheme: custom"), "a scheme of your own needs 'levels'"),
        (book_with("scheme: custom, levels: [{level: a, banner: A, portion: A}]"), "no default"),
    ],
)
def test_mistakes_are_told_with_their_places(change: dict[str, str], told: str, tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": TLP, **change})
    result = run("-C", tmp_path, "check")
    assert result.exit_code == 1
    assert told in result.stdout + result.stderr


def test_a_banner_that_cannot_be_read_or_drawn_is_told(tmp_path: Path) -> None:
    first = "{level: a, banner: A, portion: a, ink: '777777', paper: '555555'}"
    levels = f"levels: [{first}, {{level: b, banner: \U0001f512, portion: b}}]"
    make_book(
        tmp_path, {"book.yaml": FILES["book.yaml"] + f"marking: {{scheme: custom, default: a, {levels}}}\n"}
    )
    result = run("-C", tmp_path, "check")
    assert "banner 'A' is hard to read on its paper: a contrast of 1.66 to 1" in result.stdout + result.stderr
    assert "in the scheme of markings" in result.stdout + result.stderr


def test_what_is_kept_of_a_marked_memo_makes_it_again(tmp_path: Path) -> None:
    make_book(tmp_path, {"book.yaml": CUSTOM})
    workshop = Workshop(read_book(tmp_path).book)
    inputs = workshop.inputs(workshop.book.memos["council"], Day(as_of=DAY, known_by=DAY))
    again = from_bytes(to_bytes(inputs))
    assert again == inputs
    assert remade(again) == document(tmp_path)


def test_a_change_of_marking_is_news(tmp_path: Path) -> None:
    def substance(folder: Path, ground: str) -> str:
        make_book(folder, {"book.yaml": CUSTOM, "facts/ground.yaml": ground})
        workshop = Workshop(read_book(folder).book)
        return workshop.inputs(workshop.book.memos["council"], Day(as_of=DAY, known_by=DAY)).substance

    raised = FILES["facts/ground.yaml"].replace("short: the gazette,", "short: the gazette, marking: high,")
    elsewhere = FILES["facts/ground.yaml"].replace("short: the letter,", "short: the letter, marking: high,")
    told = [
        substance(tmp_path / str(n), g) for n, g in enumerate((FILES["facts/ground.yaml"], raised, elsewhere))
    ]
    assert told[0] != told[1]
    assert told[0] == told[2]  # it is in no portion of this memo


def test_the_portions_of_a_mail_are_marked_where_the_scheme_marks_portions(tmp_path: Path) -> None:
    mail = "mail: {from: desk@example.org, host: mail.example.org, owner: desk@example.org}\n"
    memo = FILES["memos/council.yaml"] + "deliver: {to: [ana@example.org]}\n"
    make_book(tmp_path, {"book.yaml": CUSTOM + mail, "memos/council.yaml": memo})
    assert run("-C", tmp_path, "preview-mail", "council", "--out", tmp_path / "out").exit_code == 0
    [file] = (tmp_path / "out").rglob("*.eml")
    text = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_body(("plain",))
    assert text is not None
    assert "\n(O) Press for the survey." in text.get_content()


def test_a_mail_says_the_marking_in_subject_and_body_and_calendar(tmp_path: Path) -> None:
    ground = FILES["facts/ground.yaml"].replace("short: the gazette,", "short: the gazette, marking: amber,")
    mail = "mail: {from: desk@example.org, host: mail.example.org, owner: desk@example.org}\n"
    memo = FILES["memos/council.yaml"] + "deliver: {to: [ana@example.org], attach: [docx, ics]}\n"
    make_book(tmp_path, {"book.yaml": TLP + mail, "facts/ground.yaml": ground, "memos/council.yaml": memo})
    assert run("-C", tmp_path, "preview-mail", "council", "--out", tmp_path / "out").exit_code == 0
    [file] = (tmp_path / "out").rglob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["subject"].startswith("[TLP:AMBER] Fisheries Council")
    text = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert text is not None
    assert page is not None
    lines = text.get_content().strip().splitlines()
    assert lines[0] == lines[-1] == "TLP:AMBER"
    words = BeautifulSoup(page.get_content(), "html.parser").find("body")
    assert words is not None
    assert words.get_text("\n", strip=True).splitlines()[0] == "TLP:AMBER"
    [calendar] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    told = calendar.get_content().replace("\r\n ", "")
    assert "SUMMARY:[TLP:AMBER] " in told
    assert "DESCRIPTION:TLP:AMBER\\n" in told


def test_a_banner_that_leaves_no_room_for_text_is_told(tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(40)]
    caveats = "".join(f"    - {{caveat: {name}, banner: {name * 15}, portion: {name}}}\n" for name in names)
    levels = "  levels: [{level: open, banner: OPEN, portion: O}]\n"
    default = f"  default: {{level: open, caveats: [{', '.join(names)}]}}\n"
    scheme = f"marking:\n  scheme: custom\n  size: 24\n{default}{levels}  caveats:\n{caveats}"
    make_book(tmp_path, {"book.yaml": FILES["book.yaml"] + scheme})
    for command in ("check", "build", "bind"):
        told = run("-C", tmp_path, command)
        assert told.exit_code == 1
        assert "lines at head and foot leaves too little of a page: OPEN//" in told.stdout + told.stderr
    assert not list((tmp_path / "out").rglob("*.*"))
