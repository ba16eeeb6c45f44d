"""The section `since-last-edition`: which edition it compares with is decided once, and stays decided."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from briefbook.document import Text, inlines_of, plain
from briefbook.inputs import from_bytes, remade
from briefbook.ledger import read_ledger
from briefbook.record import FOLDER
from briefbook.store import Store
from briefbook.writers import WRITERS
from tests.books import changed, make_book, run
from tests.test_marking import CUSTOM
from tests.test_releasing import found_in, kept, variant_files

COUNCIL, MEMO = "facts/council.yaml", "memos/council.yaml"
SHOWN = "upcoming, participants, priorities, background, earlier, sources"
SECTIONS = f"sections: [header, since-last-edition, {SHOWN}]\n"
ASKING = {
    MEMO: f"title: Fisheries Council\nforum: council\nformats: [txt]\n{SECTIONS}",
    "memos/first-round.yaml": None,
    "memos/harbours.yaml": None,
}
TITLE = "Since the last edition"
FIRST, HELD, LATE = "2031-04-20", "2031-05-12", "2031-06-01"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book", ASKING)


def build(book: Path, day: str, *options: str) -> str:
    result = run("-C", book, "build", "--as-of", day, *options)
    assert result.exit_code == 0, result.output
    return result.stderr


def text(book: Path, day: str, name: str = "council.txt") -> str:
    return (book / "out" / day / name).read_text(encoding="utf-8")


def told(of: str) -> list[str]:
    """The lines of the section; none where it is not there. A line that was broken is one again."""
    if TITLE not in of:
        return []
    body = of.split(TITLE + "\n")[1].split("\n", 1)[1].split("\n\n")[0].split("\n──")[0]
    lines: list[str] = []
    for line in body.splitlines():
        if line.startswith("    "):
            lines[-1] += " " + line.strip()
        else:
            lines.append(" ".join(line.split()))
    return lines


def editions(book: Path, memo: str = "council") -> list[str]:
    ledger = read_ledger(book / FOLDER)
    assert ledger is not None
    with ledger:
        return [f"{one.number} {one.as_of}" for one in ledger.editions(memo)]


HELD_SINCE_FIRST = [
    "Changed since edition 1, as of 20 April 2031:",
    "Now held 3rd meeting of the Fisheries Council, 11 May 2031. Before: upcoming. Date before: May 2031."
    " Participants, new: Norland: Ana Holm, Fisheries Minister.[1, 2]",
    "New source The joint note[1].",
]


def test_a_first_edition_tells_nothing_and_the_next_what_changed(book: Path) -> None:
    build(book, FIRST)
    assert told(text(book, FIRST)) == []
    build(book, HELD)
    assert told(text(book, HELD)) == HELD_SINCE_FIRST


def test_building_again_makes_nothing(book: Path) -> None:
    build(book, FIRST)
    build(book, HELD)
    made = {path: path.stat().st_mtime_ns for path in (book / "out").rglob("*.txt")}
    for day in (HELD, FIRST, HELD):
        assert "up to date" in build(book, day)
        shutil.rmtree(book / "out" / day)  # so that the pass is not recognised
        build(book, day)
    assert editions(book) == ["1 2031-04-20", "2 2031-05-12"]
    assert told(text(book, HELD)) == HELD_SINCE_FIRST
    assert len(made) == 4  # two memos, two days


def test_nothing_new_is_said_in_a_line(book: Path) -> None:
    build(book, FIRST)
    build(book, "2031-04-21")
    assert told(text(book, "2031-04-21")) == [
        "Nothing on file has changed since edition 1, as of 20 April 2031."
    ]


def test_the_edition_before_is_that_of_the_latest_day_that_is_not_later(book: Path) -> None:
    build(book, LATE)
    build(book, FIRST)
    assert told(text(book, FIRST)) == []
    build(book, HELD)
    assert told(text(book, HELD))[0] == "Changed since edition 2, as of 20 April 2031:"


def test_an_edition_that_was_made_in_hindsight_is_not_the_one_before(book: Path) -> None:
    """It knew what came out later: beside it the next would tell of facts that are gone."""
    build(book, FIRST)
    build(book, "2031-04-21", "--known-by", HELD)
    build(book, "2031-04-22")
    assert told(text(book, "2031-04-22")) == [
        "Nothing on file has changed since edition 1, as of 20 April 2031."
    ]


def test_another_format_of_an_edition_tells_the_same(book: Path) -> None:
    """Though the edition before is gone by then."""
    build(book, FIRST)
    build(book, HELD)
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    build(book, HELD, "--format", "txt,md")
    assert editions(book) == ["1 2031-04-20", "2 2031-05-12"]
    assert "Changed since edition 1, as of 20 April 2031:" in text(book, HELD, "council.md")


def test_what_replaces_an_edition_of_the_day_goes_on_comparing(book: Path) -> None:
    build(book, FIRST)
    build(book, HELD)
    make_book(book, {**ASKING, MEMO: str(ASKING[MEMO]).replace("title: Fisheries", "title: The Fisheries")})
    build(book, HELD)
    assert editions(book) == ["1 2031-04-20", "2 2031-05-12", "3 2031-05-12"]
    assert told(text(book, HELD)) == HELD_SINCE_FIRST


def test_facts_that_change_on_the_day_are_told_since_then(book: Path) -> None:
    build(book, FIRST)
    make_book(book, {**ASKING, **changed(COUNCIL, "place: Port Emery", "place: Sund")})
    build(book, FIRST)
    assert told(text(book, FIRST)) == [
        "Changed since edition 1, as of 20 April 2031:",
        "Changed 3rd meeting of the Fisheries Council, May 2031. Place: Sund. Before: Port Emery.",
    ]


def test_what_was_pruned_cannot_be_looked_up(book: Path) -> None:
    """And the edition that says so stands beside the one that could still tell."""
    build(book, FIRST)
    build(book, HELD)
    build(book, LATE)
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    shutil.rmtree(book / "out")
    lost = (
        "What edition 1 told, as of 20 April 2031, cannot be looked up any more, so nothing is compared with"
    )
    for _ in range(2):
        build(book, HELD)
        assert " ".join(told(text(book, HELD))) == f"{lost} it."
        assert editions(book) == ["1 2031-04-20", "2 2031-05-12", "3 2031-06-01", "4 2031-05-12"]
        shutil.rmtree(book / "out")
    assert build(book, HELD).startswith("2 memos")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_edition_can_be_made_again_from_what_was_kept(jobs: str, book: Path) -> None:
    build(book, FIRST, "--jobs", jobs)
    build(book, HELD, "--jobs", jobs)
    ledger = read_ledger(book / FOLDER)
    assert ledger is not None
    with ledger:
        edition = ledger.edition("council", 2)
    assert edition is not None
    inputs = from_bytes(Store(book / FOLDER).get(edition.inputs))
    again = WRITERS["txt"].write(remade(inputs), inputs.theme)
    assert again == (book / "out" / HELD / "council.txt").read_bytes()


def test_show_tells_what_a_build_would(book: Path) -> None:
    before = run("-C", book, "show", "council", "--as-of", HELD)
    assert (before.exit_code, told(before.stdout)) == (0, [])
    assert not (book / FOLDER).exists()
    build(book, FIRST)
    shown = run("-C", book, "show", "council", "--as-of", HELD).stdout
    assert told(shown) == HELD_SINCE_FIRST
    build(book, HELD)
    for _ in range(2):  # itself it is no edition before
        assert run("-C", book, "show", "council", "--as-of", HELD).stdout == shown == text(book, HELD)
        assert editions(book) == ["1 2031-04-20", "2 2031-05-12"]


def test_each_language_compares_with_its_own(book: Path) -> None:
    files = {**ASKING, MEMO: f"languages: [en, es]\n{ASKING[MEMO]}"}
    make_book(book, files)
    build(book, FIRST, "--language", "en")
    build(book, HELD)
    assert told(text(book, HELD, "council.en.txt")) == HELD_SINCE_FIRST
    assert "Desde la última edición" not in text(book, HELD, "council.es.txt")
    build(book, LATE)
    spanish = text(book, LATE, "council.es.txt")
    assert "Desde la última edición" in spanish
    assert "desde la edición 1, al 12 de mayo de 2031." in " ".join(spanish.split())


def test_a_memo_in_another_language_begins_anew(book: Path) -> None:
    build(book, FIRST)
    settings = (book / "book.yaml").read_text(encoding="utf-8")
    make_book(book, {**ASKING, "book.yaml": f"{settings}language: es\n"})
    build(book, HELD)
    assert "Desde la última edición" not in text(book, HELD)
    refused = run("-C", book, "diff", "council", "--from", "1", "--to", "2")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "one side is in 'en', the other in 'es'" in refused.stderr


def test_a_promise_of_length_holds(book: Path) -> None:
    """The section may go like any other, and is left out before the rest where it is ranked so."""
    asking = str(ASKING[MEMO]).replace("since-last-edition", "{section: since-last-edition, rank: could}")
    long = "".join(
        f"  point-{n}:\n    forums: [council]\n    text: {'It is told at length. ' * 12}\n"
        f"    statements: [{{source: note, evidence: met in Port Emery on 11 May}}]\n"
        for n in range(1, 8)
    )
    make_book(book, {**ASKING, "facts/points.yaml": f"background:\n{long}", MEMO: f"{asking}length: 1\n"})
    build(book, FIRST)
    said = build(book, HELD)
    assert "council: left out for its length: since-last-edition: all of it" in said
    assert told(text(book, HELD)) == []


def test_a_memo_tells_of_what_it_shows(book: Path) -> None:
    """It has no section on priorities, and leaves one meeting out of every section that has meetings."""
    few = {
        **ASKING,
        MEMO: "title: Spring\nrange: 2031-04/2031-06\nformats: [txt]\n"
        "sections: [header, since-last-edition, {section: earlier, without: [council-3]}]\n",
    }
    make_book(book, {**few, **changed(COUNCIL, "by: [norland]", "by: [sudland]")})
    build(book, FIRST)
    make_book(book, few)
    build(book, LATE)
    assert told(text(book, LATE)) == [
        "Changed since edition 1, as of 20 April 2031:",
        "New source The joint note.",
    ]
    build(book, "2031-06-10")
    assert told(text(book, "2031-06-10"))[1].startswith("Now unconfirmed First round of talks, 3 June 2031.")


def test_many_changes_are_counted(book: Path) -> None:
    many = "".join(
        f"  point-{n}:\n    forums: [council]\n    text: Point {n} is told.\n"
        f"    statements: [{{source: note, evidence: met in Port Emery on 11 May}}]\n"
        for n in range(1, 21)
    )
    make_book(book, {**ASKING, "facts/points.yaml": f"background:\n{many}"})
    build(book, FIRST)
    build(book, HELD)
    lines = told(text(book, HELD))
    assert len([line for line in lines if line.startswith(("New Point", "Now held"))]) == 12
    assert "Nine more changes are not listed here." in text(book, HELD)
    make_book(
        book,
        {MEMO: str(ASKING[MEMO]).replace("since-last-edition", "{section: since-last-edition, limit: 99}")},
    )
    build(book, LATE)
    assert "not listed" not in text(book, LATE)


def test_that_a_source_fell_is_told_beyond_any_limit(book: Path) -> None:
    many = "".join(
        f"  point-{n}:\n    forums: [council]\n    text: Point {n} is told.\n"
        f"    statements: [{{source: letter, evidence: on 3 June in Holm}}]\n"
        for n in range(1, 21)
    )
    leaflet = "  leaflet: {short: the leaflet, published: 2031-04-03}\n"
    gone = leaflet.replace("}", ", withdrawn: {on: 2031-04-21, why: A fake.}}")
    says = "priorities:\n  nets:\n    forum: council\n    text: Widen the mesh.\n"
    says += "    statements: [{source: leaflet, force: wish, by: [norland], evidence: widen}]\n"

    def ground(source: str) -> dict[str, str]:
        return changed("facts/ground.yaml", "organisations:\n", f"{source}organisations:\n")

    make_book(book, {**ASKING, "facts/nets.yaml": says, **ground(leaflet)})
    build(book, FIRST)
    make_book(book, {**ASKING, "facts/points.yaml": f"background:\n{many}", **ground(gone)})
    build(book, "2031-04-22")
    lines = told(text(book, "2031-04-22"))
    fell = [line for line in lines if line.startswith("No longer told")]
    assert any("Widen the mesh." in line for line in fell)
    assert any("The leaflet." in line for line in fell)
    assert len([line for line in lines if line.startswith("New Point")]) == 10
    assert "Ten more changes are not listed here." in text(book, "2031-04-22")


def test_a_bound_book_leaves_it_out(book: Path) -> None:
    build(book, FIRST)
    result = run("-C", book, "bind", "--as-of", HELD, "--format", "docx")
    assert result.exit_code == 0, result.output
    [bound] = (book / "out" / HELD).glob("*.docx")
    assert found_in({bound.name: bound.read_bytes()}, [TITLE, "no such words"]) == set()


def test_a_template_of_the_books_own_may_tell(book: Path) -> None:
    news = "{{ selection.since.changes.all | length }} since {{ selection.since.number }}"
    own = f"{{% if selection.since %}}\n## News\n\n{news}\n{{% endif %}}\n"
    make_book(
        book,
        {
            **ASKING,
            "templates/sections/news.md.j2": own,
            MEMO: str(ASKING[MEMO]).replace("since-last-edition", "news"),
        },
    )
    build(book, FIRST)
    build(book, HELD)
    assert "News\n────\n2 since 1\n" in text(book, HELD)


# ------------------------------------------------------------------------------------------ markings

SECRET = "a fleet of nine hundred boats"
POINT = """\
background:
  boats:
    forums: [council]
    text: Norland keeps {text}.
    {marking}statements: [{{source: gazette, evidence: to survey the stock}}]
"""


def marked(text: str, marking: str = "") -> Mapping[str, str | None]:
    settings = CUSTOM.replace("default: open", "default: open\n  portions: true")
    return {**ASKING, "book.yaml": settings, "facts/points.yaml": POINT.format(text=text, marking=marking)}


def test_what_is_told_of_then_is_marked_as_it_was(tmp_path: Path) -> None:
    book = make_book(tmp_path, marked(SECRET, "marking: high\n    "))
    build(book, FIRST)
    make_book(book, marked("boats"))  # reworded, and open now
    build(book, "2031-04-21")
    assert text(book, "2031-04-21").startswith("HIGH\n")
    [line] = [line for line in told(text(book, "2031-04-21")) if SECRET in line]
    assert line.startswith("Changed (H) ")
    make_book(book, {**marked(""), "facts/points.yaml": "background: {}\n"})
    build(book, "2031-04-22")
    assert text(book, "2031-04-22").startswith("OPEN\n")  # of what was open already when it was told last


def test_a_fact_that_is_gone_keeps_the_marking_that_it_had(tmp_path: Path) -> None:
    book = make_book(tmp_path, marked(SECRET, "marking: high\n    "))
    build(book, FIRST)
    make_book(book, {**marked(""), "facts/points.yaml": "background: {}\n"})
    build(book, "2031-04-21")
    assert text(book, "2031-04-21").startswith("HIGH\n")
    assert [
        line for line in told(text(book, "2031-04-21")) if line.startswith("No longer told (H) Norland keeps")
    ]


def test_what_had_neither_name_nor_day_keeps_its_marking_too(tmp_path: Path) -> None:
    """A forum that stood in high facts alone, and a meeting whose line has the name of its forum only."""
    meeting = """\
meetings:
  talks-9:
    forum: harbours
    marking: high
    statements: [{source: gazette, says: announced, evidence: to survey the stock}]
"""
    spring = f"title: Spring\nrange: all\nformats: [txt]\n{SECTIONS}"
    files = {**marked(""), "facts/points.yaml": meeting, MEMO: spring, "facts/harbours.yaml": "people: {}\n"}
    book = make_book(tmp_path, files)
    build(book, FIRST)
    make_book(book, {**files, "facts/points.yaml": "background: {}\n"})
    build(book, "2031-04-21")
    assert text(book, "2031-04-21").startswith("HIGH\n")
    assert told(text(book, "2031-04-21"))[1:] == [
        "No longer told (H) Harbour Talks.",
        "No longer told (H) Harbour Talks, undated.",
    ]


def test_a_variant_tells_nothing_of_then(tmp_path: Path) -> None:
    """What it showed was open when it showed it, and is high now: gone, or in other words."""
    book = make_book(tmp_path, marked(SECRET))
    for day, files in (
        (FIRST, marked(SECRET)),
        ("2031-04-21", marked("boats")),
        ("2031-04-22", marked(SECRET)),
        ("2031-04-23", marked(SECRET, "marking: high\n    ")),
    ):
        make_book(book, files)
        before = kept(book)
        build(book, day, "--releasable-to", "open", "--format", ",".join(WRITERS), "council")
        folder = variant_files(book / "out" / day)
        new = {name: data for name, data in kept(book).items() if name not in before and "ledger" not in name}
        removed = (book / "out" / day / "council.releasable-to-open.removed.txt").read_bytes()
        shown = {name: data for name, data in new.items() if data != removed}
        words = ["nine hundred boats", "umpteen hundred boats"]
        has_it = bool(found_in({**folder, **shown}, words))
        assert has_it == (day in (FIRST, "2031-04-22")), day
    tale = text(book, "2031-04-22", "council.releasable-to-open.txt")
    assert "Wording: " not in tale
    assert "Norland keeps a fleet of nine hundred boats." in " ".join(tale.split())


def test_plain_words_of_the_tree_know_where_they_come_from(book: Path) -> None:
    """Before and after: each run that shows a fact names it."""
    build(book, FIRST)
    make_book(book, {**ASKING, **changed(COUNCIL, "place: Port Emery", "place: Sund")})
    build(book, FIRST)
    ledger = read_ledger(book / FOLDER)
    assert ledger is not None
    with ledger:
        edition = ledger.edition("council", 2)
    assert edition is not None
    document = remade(from_bytes(Store(book / FOLDER).get(edition.inputs)))
    [section] = [each for each in document.sections if each.name == "since-last-edition"]
    runs = [i for block in section.blocks for i in inlines_of(block) if isinstance(i, Text)]
    places = {run.text: run.origin.field for run in runs if run.origin and run.origin.fact == "council-3"}
    assert {"Sund", "Port Emery"} <= places.keys(), plain(runs)
    assert {places["Sund"], places["Port Emery"]} == {"place"}
