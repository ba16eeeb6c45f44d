"""`length: N` is kept, and leaves out nothing that would have fitted."""

import email
import email.policy
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from lxml import etree

from briefbook.composing.compose import compose, pictures_of
from briefbook.composing.items import Item, items_in, narrowed
from briefbook.composing.sections import SectionTemplates
from briefbook.document import LeftOut
from briefbook.memo import Memo, Rank
from briefbook.readers.read_book import read_book
from briefbook.selection import Selection
from briefbook.usable import usable_book
from briefbook.workshop import Day, Workshop
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import pages_in
from tests.books import run
from tests.profile_memos import STARTER
from tests.profile_memos import write_book as write_profile_book
from tests.promises import write_book

BOOKS, MEMOS = 10, 10


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as file:
        return len(file.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One memo, laid out without one thing or another."""

    memo: Memo
    selection: Selection
    templates: SectionTemplates
    theme: Theme

    def pages(self, left_out: Sequence[LeftOut]) -> int:
        """The pages with exactly these things left out."""
        pictures = pictures_of(self.memo, self.templates, {})
        return pages_in(compose(self.selection, self.memo, self.templates, pictures, left_out), self.theme)

    def items(self, place: int) -> dict[str, Item]:
        """The items of a section by their keys."""
        spec = self.memo.sections[place]
        return items_in(narrowed(self.selection, spec), spec)

    def more(self, left_out: tuple[LeftOut, ...]) -> Iterator[tuple[LeftOut, ...]]:
        """What would be left out with one item more, or with a section's heading and any one item of it."""
        for one in left_out:
            others = tuple(other for other in left_out if other != one)
            if one.item is not None:
                yield others
                continue
            items = [
                LeftOut(place=one.place, section=one.section, item=key, words="")
                for key in self.items(one.place)
            ]
            yield from ((*others, *(item for item in items if item != alone)) for alone in items or (None,))

    def swapped(self, left_out: tuple[LeftOut, ...]) -> Iterator[tuple[LeftOut, ...]]:
        """The same with another item in place of the one that alone is left of a section."""
        for place in {one.place for one in left_out if one.item is not None}:
            here = [one for one in left_out if one.place == place]
            there = [key for key in self.items(place) if key not in {one.item for one in here}]
            if len(there) != 1 or self.memo.sections[place].ranks.get(there[0]) is Rank.MUST:
                continue
            last = replace(here[0], item=there[0])
            yield from (tuple(last if one == back else one for one in left_out) for back in here)


def trial_of(workshop: Workshop, memo: Memo, day: Day) -> Trial:
    selection = workshop.select(memo, day)
    templates = workshop.templates(selection.language, memo.profile)
    return Trial(memo=memo, selection=selection, templates=templates, theme=workshop.theme_of(memo))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(BOOKS))
def test_a_promise_is_never_broken_and_leaves_out_nothing_that_would_have_fitted(
    seed: int, tmp_path: Path
) -> None:
    names = write_book(tmp_path / "book", seed, MEMOS)
    done = run("-C", tmp_path / "book", "build", "--json")
    told = json.loads(done.stdout)
    book = usable_book(read_book(tmp_path / "book"))
    workshop = Workshop(book)
    assert book.settings.as_of is not None
    day = Day(as_of=book.settings.as_of, known_by=book.settings.as_of)
    folder = tmp_path / "book" / "out" / "2031-04-20"
    for name in names:
        memo = book.memos[name]
        assert memo.length is not None
        trial = trial_of(workshop, memo, day)
        if name in told["not_made"]:
            left_out = workshop.document(memo, day).left_out
            for fewer in (left_out, *trial.swapped(left_out)):
                assert trial.pages(fewer) > memo.length, (name, fewer)
            assert any(f"{name}.yaml" in p["file"] and "'length'" in p["message"] for p in told["problems"])
            assert not (folder / f"{name}.pdf").exists()
            continue
        tree = json.loads((folder / f"{name}.json").read_bytes())
        assert told["left_out"].get(name, []) == tree["left_out"]
        places = {spec.name: place for place, spec in enumerate(memo.sections)}
        left_out = tuple(LeftOut(place=places[one["section"]], **one) for one in tree["left_out"])
        pages = pages_of((folder / f"{name}.pdf").read_bytes())
        assert pages == trial.pages(left_out) <= memo.length  # so what is tried below is told right too
        if "docx" in memo.formats:
            assert holds_the_same((folder / f"{name}.docx").read_bytes(), tree, left_out)
        for fewer in trial.more(left_out):
            assert trial.pages(fewer) > memo.length, (name, fewer)


def holds_the_same(docx: bytes, tree: Any, left_out: tuple[LeftOut, ...]) -> bool:
    """Whether a DOCX has every word of the tree, and of what is left out none."""
    with ZipFile(BytesIO(docx)) as package:
        parts = [
            package.read(name)
            for name in package.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        ]
    words = [node.text or "" for part in parts for node in etree.fromstring(part).iter(W_T)]
    squeezed = re.sub(r"\s+", "", "".join(words))
    listed = [block for section in tree["sections"] for block in section["blocks"]]
    if tree["citations"] != "numbered":  # notes stand under no heading of their own
        at = next((n for n, block in enumerate(listed) if block["type"] == "sources"), 0)
        del listed[max(at - 1, 0) : at]
    shown = [re.sub(r"\s+", "", text) for text in texts_in(listed)]
    items = [re.sub(r"\s+", "", one.words) for one in left_out if one.item and len(one.words) > 20]
    return all(text in squeezed for text in shown) and not any(text in squeezed for text in items)


W_T = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


def texts_in(tree: Any) -> Iterator[str]:
    """The words of all runs in a tree as JSON has it."""
    match tree:
        case {"type": "text", "text": str(text)}:
            yield text
        case dict():
            yield from (text for value in tree.values() for text in texts_in(value))
        case list():
            yield from (text for value in tree for text in texts_in(value))
        case _:
            pass


# --------------------------------------------------------------------------------- by hand

LOW = "theme: {margins: {top: 6cm, bottom: 6cm}}\n"  # so that little fits
MEMO = (STARTER / "memos" / "fisheries-council.yaml").read_text(encoding="utf-8")
COUNCIL = (STARTER / "facts" / "fisheries-council.yaml").read_text(encoding="utf-8")
ASKED = ("fisheries-council", "--as-of", "2031-12-01")


def starter(folder: Path, memo: str) -> Path:
    """The starter's book with another text of its first memo."""
    return write_profile_book(folder, {"memos/fisheries-council.yaml": memo})


def with_sections(sections: str, more: str) -> str:
    return re.sub(r"^sections: .*\n", f"sections: {sections}\n", MEMO, flags=re.MULTILINE) + more


def test_what_is_left_out_is_told_each_time(tmp_path: Path) -> None:
    book = starter(tmp_path / "book", f"{MEMO}length: 1\n{LOW}")
    told = [
        "fisheries-council: left out for its length: priorities: night-fishing (End night fishing in",
        "fisheries-council: left out for its length: background: all of it",
        "fisheries-council: left out for its length: earlier: all of it",
    ]
    for _ in range(2):  # the second time nothing is made
        done = run("-C", book, "build", *ASKED, "--json")
        assert [line[: len(told[0])] for line in done.stderr.splitlines()] == told
        left_out = json.loads(done.stdout)["left_out"]["fisheries-council"]
        assert [(one["section"], one["item"]) for one in left_out] == [
            ("priorities", "night-fishing"),
            ("background", None),
            ("earlier", None),
        ]
    (book / "memos" / "note.yaml").write_text("title: X\nrange: all\n", encoding="utf-8")
    assert told[1] in run("-C", book, "build", *ASKED).stderr  # the edition stands, and its inputs tell
    shown = run("-C", book, "show", *ASKED)
    assert told[1] in shown.stderr
    assert "The council was set up in 2029" not in shown.stdout


def test_sources_are_numbered_after_it(tmp_path: Path) -> None:
    numbers = []
    for name, more in (("whole", ""), ("short", "length: 1\n")):
        book = starter(tmp_path / name, f"{MEMO}{more}{LOW}")
        shown = run("-C", book, "show", *ASKED, "--format", "json")
        blocks = [block for section in json.loads(shown.stdout)["sections"] for block in section["blocks"]]
        [sources] = [block["entries"] for block in blocks if block["type"] == "sources"]
        numbers.append([entry["source"] for entry in sources])
        assert [entry["number"] for entry in sources] == list(range(1, len(sources) + 1))
    assert numbers == [
        ["joint-note-2031-05-12", "radio-2031-09", "gazette-2031-04-02"],
        ["joint-note-2031-05-12", "radio-2031-09", "gazette-2031-04-02"],
    ]


def test_single_ranks_go_before_those_of_the_section(tmp_path: Path) -> None:
    points = "argument:\n" + "".join(f"  - Point {number} of many.\n" for number in range(13))
    ranks = "{section: priorities, ranks: {night-fishing: must, shared-stock-survey: could}}"
    text = with_sections(
        f"[header, {ranks}, {{section: argument, rank: must}}, sources]", f"length: 1\n{points}"
    )
    done = run("-C", starter(tmp_path / "book", text + LOW), "show", *ASKED)
    assert "left out for its length: priorities: shared-stock-survey" in done.stderr, done.output
    assert "End night fishing" in done.stdout
    assert "None on file." not in done.stdout  # something agreed is on file
    assert "None yet." not in done.stdout


def test_what_must_be_there_and_does_not_fit_is_a_problem_of_that_memo(tmp_path: Path) -> None:
    points = "".join(f"  - Point {number} of many.\n" for number in range(50))
    text = with_sections("[header, {section: argument, rank: must}]", f"length: 1\nargument:\n{points}")
    book = starter(tmp_path / "book", text)
    done = run("-C", book, "build", "fisheries-council", "first-half-2031")
    line = text.splitlines().index("length: 1") + 1
    told = "error: what must be there takes 2 pages; 'length' promises 1 page"
    assert f"fisheries-council.yaml:{line}:9: {told}" in done.stderr
    assert done.exit_code == 1
    assert {path.stem for path in (book / "out").rglob("*.pdf")} == {"first-half-2031"}


def test_the_mail_holds_the_same_and_its_calendar_all_meetings(tmp_path: Path) -> None:
    points = "argument:\n" + "".join(f"  - Point {number} of many.\n" for number in range(16))
    sections = (
        "[header, {section: upcoming, rank: could, of: upcoming}, {section: background, rank: must},"
        " {section: argument, rank: must}, sources]"
    )
    mail = "deliver: {to: ana@example.org, attach: [ics]}\n"
    book = starter(tmp_path / "book", with_sections(sections, f"{mail}{points}length: 1\n{LOW}"))
    settings = (book / "book.yaml").read_text(encoding="utf-8")
    sender = "mail: {from: desk@example.org, host: mail.example.org}\n"
    (book / "book.yaml").write_text(settings + sender, encoding="utf-8")
    done = run("-C", book, "preview-mail", "fisheries-council", "--out", tmp_path / "mail")
    assert done.exit_code == 0, done.output
    assert "upcoming: all of it" in done.stderr
    assert "Upcoming meetings" not in done.stdout
    [mail_file] = (tmp_path / "mail").rglob("*.eml")
    parts = email.message_from_bytes(mail_file.read_bytes(), policy=email.policy.default).walk()
    [calendar] = [part.get_content() for part in parts if part.get_content_type() == "text/calendar"]
    assert "3rd meeting" in str(calendar)


def points(**texts: str) -> str:
    """The facts of background points, by their ids."""
    told = "    statements: [{source: gazette-2031-04-02, evidence: set up in 2029}]\n"
    return "background:\n" + "".join(
        f"  {id_}:\n    forums: [fisheries-council]\n    text: {text}\n{told}" for id_, text in texts.items()
    )


TWO_PAGES = "Long words that go on and on. " * 260


@pytest.mark.parametrize("rank", ["should", "must"])
def test_of_a_section_the_item_that_fits_stays_though_a_higher_one_does_not(
    tmp_path: Path, rank: str
) -> None:
    background = f"{{section: background, rank: {rank}, items: should, of: background}}"
    text = with_sections(f"[header, {background}, {{section: sources, rank: must}}]", "length: 1\n")
    book = starter(tmp_path / "book", text)
    (book / "facts" / "fisheries-council.yaml").write_text(
        COUNCIL.partition("background:")[0]
        + points(long=TWO_PAGES, short="A small point.", other="Another."),
        encoding="utf-8",
    )
    done = run("-C", book, "show", *ASKED, "--format", "json")
    left_out = [(one["section"], one["item"]) for one in json.loads(done.stdout)["left_out"]]
    assert left_out == [("background", "long")], done.output
    assert "A small point." in done.stdout
    assert "Another." in done.stdout


def test_of_two_sections_of_one_name_each_is_told_by_its_own_title(tmp_path: Path) -> None:
    twice = "{section: notes, title: Long}, {section: notes}, {section: notes, title: Short, limit: 1}"
    text = with_sections(f"[header, {twice}, {{section: sources, rank: must}}]", "length: 1\n")
    book = starter(tmp_path / "book", text)
    template = book / "templates" / "sections" / "notes.md.j2"
    template.parent.mkdir(parents=True)  # one without a title stays empty
    words = f"## {{{{ title }}}}\n\nNote.{{% if not limit %}} {TWO_PAGES}{{% endif %}}"
    note = f"{{% if title %}}\n{words}\n{{% endif %}}\n"
    template.write_text(note, encoding="utf-8")
    done = run("-C", book, "show", *ASKED, "--format", "json")
    left_out = json.loads(done.stdout)["left_out"]
    assert [(one["section"], one["words"]) for one in left_out] == [("notes", "Long")], done.output


def test_what_is_told_of_an_edition_is_of_what_it_was_made_from(tmp_path: Path) -> None:
    book = starter(tmp_path / "book", f"{MEMO}length: 1\n{LOW}")
    facts = book / "facts" / "fisheries-council.yaml"
    told = []
    for words in ("End night fishing", "Stop night fishing"):
        facts.write_text(COUNCIL.replace("End night fishing", words), encoding="utf-8")
        for _ in range(2):  # made, and not made again
            with (book / "book.yaml").open("a", encoding="utf-8") as settings:
                settings.write("# Another remark, so that this pass is not known from before.\n")
            done = run("-C", book, "build", *ASKED, "--format", "pdf")
            told.append(done.stderr.splitlines()[0].partition("(")[2])
    assert told == ["End night fishing in the strait.)"] * 2 + ["Stop night fishing in the strait.)"] * 2


def test_a_mail_leaves_out_what_its_edition_does_though_the_sections_have_moved(tmp_path: Path) -> None:
    lines = "".join(f"  - Point {number} of many.\n" for number in range(16))
    mail = "deliver: {to: ana@example.org, attach: [pdf]}\nformats: [pdf]\n"
    more = f"{mail}argument:\n{lines}length: 1\n{LOW}"
    rest = (
        "{section: upcoming, rank: could, of: upcoming}, {section: background, rank: must},"
        " {section: argument, rank: must}, {section: sources, rank: must}]"
    )
    book = starter(tmp_path / "book", "")
    sender = "mail: {from: desk@example.org, host: mail.example.org}\n"
    with (book / "book.yaml").open("a", encoding="utf-8") as settings:
        settings.write(sender)
    memo = book / "memos" / "fisheries-council.yaml"
    for first in ("[header, tabs, ", "[header, "):  # there are no tabs, so the same bytes
        memo.write_text(
            re.sub("formats: .*\n", "", with_sections(first + rest, ""), count=1) + more, encoding="utf-8"
        )
        for _ in range(2):
            done = run("-C", book, "preview-mail", "fisheries-council", "--out", tmp_path / "mail")
            assert "upcoming: all of it" in done.stderr, done.output
            assert "Upcoming meetings" not in done.stdout


def test_the_marking_that_a_profile_gives_a_section_hides_what_is_left_out_of_it(tmp_path: Path) -> None:
    sections = "[header, {section: background, marking: open}, {section: sources, rank: must}]"
    text = with_sections(sections, "profile: note\nlength: 1\n")
    book = starter(tmp_path / "book", text)
    levels = "[{level: open, banner: OPEN, portion: O}, {level: closed, banner: CLOSED, portion: C}]"
    with (book / "book.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"marking: {{scheme: custom, default: open, levels: {levels}}}\n")
    profile = book / "templates" / "profiles" / "note" / "profile.yaml"
    profile.parent.mkdir(parents=True)
    marked = "{section: background, of: background, marking: closed}"
    profile.write_text(f"title: {{en: Note}}\nsections: [header, {marked}]\n", encoding="utf-8")
    (book / "facts" / "fisheries-council.yaml").write_text(
        COUNCIL.partition("background:")[0] + points(long=f"SECRET. {TWO_PAGES}"), encoding="utf-8"
    )
    done = run("-C", book, "show", *ASKED, "--format", "json")
    tree = json.loads(done.stdout)
    assert tree["banner"]["text"] == "OPEN"
    assert [(one["section"], one["words"]) for one in tree["left_out"]] == [("background", "")]
