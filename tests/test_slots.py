"""What a person writes in a memo's file is printed, and leads back to its place there."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import mammoth
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pdfminer.high_level import extract_text

from briefbook.composing.markup import parse_section
from briefbook.diagnostics import Problem
from briefbook.document import Paragraph, Slot, Text, inlines_of
from briefbook.marks import marked
from briefbook.readers.read_memo import read_memo
from briefbook.record import read_record
from briefbook.writers.docx_controls import bookmark_of
from tests.books import changed, make_book, run
from tests.libreoffice import needs_office, to_docx
from tests.test_marking import CUSTOM
from tests.writers.test_house_graft import HOUSES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = "2031-04-20"
NOW = datetime(2031, 4, 20, 12, tzinfo=UTC)
PROMPT = "What may we say of *ships* | today?"
WRITTEN = """\
title: Fisheries Council
forum: council
bottom_line: {text: Press for the survey., rests_on: [survey]}
objectives:
  - A joint survey.
  - {text: A ship by June., id: ship}
slots:
  on-ships: {title: Line on ships, prompt: "What may we say of *ships* | today?"}
  on-survey: {title: On the survey, on: survey, text: "They ask {/} who pays {!free}."}
  free: {title: Free}
sections: [header, bottom-line, objectives, slots, bottom-line, sources]
formats: [docx, pdf, html, md, txt, json]
"""
SAID = {
    "bottom_line": "Press for the survey.",
    "objectives[1]": "A joint survey.",
    "ship": "A ship by June.",
    "on-ships": f"[{PROMPT}]",
    "on-survey": "They ask {/} who pays {!free}.",
    "free": "[…]",
}


@cache
def made() -> dict[str, bytes]:
    """The memo in every format."""
    with TemporaryDirectory() as folder:
        book = make_book(Path(folder), {"memos/council.yaml": WRITTEN})
        result = run("-C", book, "build", "council")
        assert result.exit_code == 0, result.stderr
        return {path.suffix[1:]: path.read_bytes() for path in (book / "out" / DAY).iterdir()}


def part(docx: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(BytesIO(docx)) as package:
        return etree.fromstring(package.read(name))


def value(control: etree._Element, name: str) -> str:
    found = control.find(f"{W}sdtPr/{W}{name}")
    return "" if found is None else str(found.get(f"{W}val", ""))


def words(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def controls(docx: bytes) -> list[etree._Element]:
    return list(part(docx, "word/document.xml").iter(f"{W}sdt"))


def identity(docx: bytes) -> list[str]:
    properties = part(docx, "docProps/custom.xml")
    [own] = [each for each in properties if each.get("name") == "briefbook"]
    return str(own[0].text).split(" ")


# ------------------------------------------------------------------------------------------ marks


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.text(st.characters(exclude_categories=["C"])),
    st.booleans(),
)
def test_a_slot_and_its_title_come_through_markdown_whatever_they_say(
    text: str, title: str, is_empty: bool
) -> None:
    slot = Slot(id="objectives[2]", title=title or "Objectives", is_empty=is_empty)
    [block] = parse_section(marked(text, None, None, slot))
    assert block == Paragraph(children=(Text(text=text, slot=slot),))


def test_a_slot_without_a_title_is_called_as_what_stands_above_it() -> None:
    _, block = parse_section("## Objectives\n\nSay: {!ship}a {#survey text}*ship*{/} now{/}.")
    texts = [text for text in inlines_of(block) if isinstance(text, Text)]
    assert [(text.text, text.slot.title if text.slot else None) for text in texts] == [
        ("Say: ", None),
        ("a ", "Objectives"),
        ("ship", "Objectives"),
        (" now", "Objectives"),
        (".", None),
    ]


# ---------------------------------------------------------------------------------------- formats


def test_every_format_says_the_words_and_the_prompts() -> None:
    for name in ("txt", "md", "html", "docx", "pdf"):
        data = made()[name]
        match name:
            case "docx":
                said = mammoth.extract_raw_text(BytesIO(data)).value  # type: ignore[no-untyped-call]
            case "pdf":
                said = extract_text(BytesIO(data))
            case "html":
                said = BeautifulSoup(data, "html.parser").get_text()
            case _:
                said = data.decode().replace("\\", "")
        for text in (*SAID.values(), "Line on ships", "Lines and comments"):
            assert text in " ".join(said.split()), (name, text)


def test_html_and_json_name_the_slot() -> None:
    page = BeautifulSoup(made()["html"], "html.parser")
    assert {each["data-slot"]: each.get_text() for each in page.select("[data-slot]")} == SAID
    slots: dict[str, tuple[str, dict[str, object]]] = {}

    def walk(node: object) -> None:
        if isinstance(node, dict) and node.get("slot"):
            slots[node["slot"]["id"]] = (node["text"], node["slot"])
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(inner)

    walk(json.loads(made()["json"]))
    assert {id_: text for id_, (text, _) in slots.items()} == SAID
    assert slots["ship"][1] == {"id": "ship", "title": "Objectives", "is_empty": False}
    assert slots["on-ships"][1] == {"id": "on-ships", "title": "Line on ships", "is_empty": True}


def test_in_word_the_words_of_a_slot_stand_in_a_control() -> None:
    found = controls(made()["docx"])
    assert [(value(c, "tag"), words(c)) for c in found] == [
        *((f"slot:{id_}", text) for id_, text in SAID.items()),
        ("slot:bottom_line#2", SAID["bottom_line"]),  # the section stands twice
    ]
    assert value(found[0], "alias") == "Bottom line"
    assert value(found[3], "alias") == "Line on ships"
    assert len({value(c, "id") for c in found}) == len(found)
    assert all(0 < int(value(c, "id")) < 2**31 for c in found)
    for control in found:
        assert control.xpath("name(..)") == "w:p"
        waits = control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
        styles = [style.get(f"{W}val") for style in control.iter(f"{W}rStyle")]
        assert (waits, styles) == ((True, ["PlaceholderText"]) if words(control)[0] == "[" else (False, []))


def test_a_control_keeps_its_identity_while_all_around_it_changes(tmp_path: Path) -> None:
    fewer = WRITTEN.replace("  - A joint survey.\n", "").replace("[header, ", "[header, priorities, ")
    book = make_book(tmp_path, {"memos/council.yaml": fewer})
    assert run("-C", book, "build", "council").exit_code == 0
    docx = (book / f"out/{DAY}/council.docx").read_bytes()
    after = {value(c, "tag"): value(c, "id") for c in controls(docx)}
    before = {value(c, "tag"): value(c, "id") for c in controls(made()["docx"])}
    assert after == {tag: id_ for tag, id_ in before.items() if tag != "slot:objectives[1]"}


@needs_office
def test_libreoffice_keeps_what_leads_a_returned_file_back(tmp_path: Path) -> None:
    returned = to_docx({"memo": made()["docx"]}, tmp_path)["memo"].read_bytes()
    assert identity(returned) == identity(made()["docx"])
    marks = {}
    for control in controls(returned):
        [mark] = control.iter(f"{W}bookmarkStart")
        marks[mark.get(f"{W}name")] = words(control)
    assert marks == {bookmark_of(value(c, "tag")): words(c) for c in controls(made()["docx"])}


@pytest.mark.parametrize("name", HOUSES)
def test_in_a_houses_file_too(name: str, tmp_path: Path) -> None:
    memo = WRITTEN.replace("formats: [docx, pdf, html, md, txt, json]", "formats: [docx]\nhouse: house.docx")
    book = make_book(tmp_path, {"memos/council.yaml": memo, "house.docx": HOUSES[name]()})
    assert run("-C", book, "build", "council").exit_code == 0
    docx = (book / f"out/{DAY}/council.docx").read_bytes()
    own = [(value(c, "tag"), words(c)) for c in controls(docx) if value(c, "tag").startswith("slot:")]
    assert dict(own[:-1]) == {f"slot:{id_}": text for id_, text in SAID.items()}
    styles = part(docx, "word/styles.xml")
    known = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    assert {style.get(f"{W}val") for c in controls(docx) for style in c.iter(f"{W}rStyle")} <= known
    assert identity(docx)[:3] == ["council", DAY, DAY]
    again = make_book(
        tmp_path / "again", {"memos/council.yaml": memo, "house.docx": docx}
    )  # a memo as a house
    result = run("-C", again, "build", "council")
    assert result.exit_code == 0, result.stderr
    assert identity((again / f"out/{DAY}/council.docx").read_bytes())[:3] == ["council", DAY, DAY]


def test_in_a_bound_book_the_words_stand_in_no_control(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"memos/council.yaml": WRITTEN})
    result = run("-C", book, "bind", "council", "harbours", "--format", "docx")
    assert result.exit_code == 0, result.stderr
    [docx] = [path.read_bytes() for path in (book / "out" / DAY).glob("*.docx")]
    assert SAID["ship"] in words(part(docx, "word/document.xml"))
    assert controls(docx) == []


def test_a_docx_says_which_edition_it_is_by_what_it_shows(tmp_path: Path) -> None:
    name, as_of, known_by, digest = identity(made()["docx"])
    assert (name, as_of, known_by) == ("council", DAY, DAY)
    assert re.fullmatch("[0-9a-f]{32}", digest)
    # What nobody sees has no part in it: the same words on other grounds, a fact that is not shown.
    unseen = WRITTEN.replace("Press for the survey., rests_on: [survey]", "Press for the survey.")
    harbours = changed("facts/harbours.yaml", "first round of talks", "second round")
    book = make_book(tmp_path / "a", {"memos/council.yaml": unseen, **harbours})
    assert run("-C", book, "build", "council").exit_code == 0
    assert (book / f"out/{DAY}/council.docx").read_bytes() == made()["docx"]
    other = make_book(tmp_path / "b", {"memos/council.yaml": WRITTEN.replace("by June", "by July")})
    assert run("-C", other, "build", "council").exit_code == 0
    assert identity((other / f"out/{DAY}/council.docx").read_bytes())[3] != digest


# ------------------------------------------------------------------------------------ the memo's file


def mistakes(more: str) -> list[Problem]:
    _, problems = read_memo("memos/m.yaml", "m", f"title: M\nforum: council\n{more}".encode())
    return problems


@pytest.mark.parametrize(
    ("more", "place", "message"),
    [
        ("slots: [a]\n", "3:8", "'slots' needs ids, each with a slot, not a list"),
        ("slots: {a: {prompt: x}}\n", "3:9", "slot 'a' lacks 'title'"),
        ("slots: {bottom_line: {title: x}}\n", "3:9", "'bottom_line' is not the id of a slot"),
        (f"slots: {{{'a' * 41}: {{title: x}}}}\n", "3:9", "is not the id of a slot"),
        ("slots: {a: {title: x, checked: 2031-05}}\n", "3:32", "'checked' needs one day, not '2031-05'"),
        ("slots: {a: {title: x, checked: 2031-05-12T9pm}}\n", "3:32", "'9pm' is not a time of day"),
        ("objectives: {text: x, id: 'a[1]'}\n", "3:27", "'a[1]' is not the id of a slot"),
        ("objectives: {text: x, id: a}\nslots: {a: {title: x}}\n", "4:9", "the slot 'a' stands here twice"),
        ("objectives: [{text: x, id: a}, {text: y, id: a}]\n", "3:46", "the slot 'a' stands here twice"),
    ],
)
def test_what_is_wrong_with_a_slot_is_told_at_its_place(more: str, place: str, message: str) -> None:
    [problem] = mistakes(more)
    assert str(problem).startswith(f"memos/m.yaml:{place}: error: ")
    assert message in problem.message
    assert problem.hint


def test_a_section_may_choose_slots_and_names_those_that_there_are(tmp_path: Path) -> None:
    own = "{section: slots, only: [free, on-survey], without: [free]},"
    chosen = WRITTEN.replace("objectives, slots,", own)
    book = make_book(tmp_path, {"memos/council.yaml": chosen})
    assert run("-C", book, "build", "council", "--format", "txt").exit_code == 0
    said = (book / f"out/{DAY}/council.txt").read_text()
    assert "On the survey" in said
    assert "Line on ships" not in said
    assert "Free" not in said
    make_book(tmp_path, {"memos/council.yaml": chosen.replace("without: [free]", "without: [fee]")})
    assert "'fee' is not on file" in run("-C", book, "check").stderr
    make_book(tmp_path, {"memos/council.yaml": WRITTEN.replace("slots, bottom-line", "bottom-line")})
    warned = run("-C", book, "check").stderr
    assert "no section of memo 'council' prints its 'slots' (add the section 'slots'" in warned


def test_a_slot_is_an_item_that_a_promise_of_length_may_leave_out(tmp_path: Path) -> None:
    long = "".join(f"  s{n}: {{title: Title {n}, text: {'word ' * 120}}}\n" for n in range(9))
    memo = WRITTEN.replace("  on-ships:", long + "  on-ships:").replace("formats:", "length: 1\nformats:")
    memo = memo.replace("objectives, slots,", "{section: slots, of: slots, ranks: {on-survey: must}},")
    book = make_book(tmp_path, {"memos/council.yaml": memo})
    result = run("-C", book, "build", "council", "--format", "json")
    assert result.exit_code == 0, result.stderr
    told = json.loads((book / f"out/{DAY}/council.json").read_bytes())
    out = {each["item"]: each["words"] for each in told["left_out"]}
    assert out["s8"] == "Title 8"
    assert "on-survey" not in out


def test_each_language_has_its_own_words_in_the_slot(tmp_path: Path) -> None:
    memo = (
        WRITTEN.replace("title: Free", "title: {en: Free, es: Libre}, text: {en: By all., es: De todos.}")
        .replace("forum: council\n", "forum: council\nlanguages: [en, es]\n")
        .replace("formats: [docx, pdf, html, md, txt, json]", "formats: [docx]")
    )
    book = make_book(tmp_path, {"memos/council.yaml": memo})
    assert run("-C", book, "build", "council").exit_code == 0
    for tag, title, text in (("en", "Free", "By all."), ("es", "Libre", "De todos.")):
        docx = (book / f"out/{DAY}/council.{tag}.docx").read_bytes()
        [free] = [control for control in controls(docx) if value(control, "tag") == "slot:free"]
        assert (value(free, "alias"), words(free)) == (title, text)
        assert identity(docx)[0] == f"council.{tag}"


def test_of_a_slot_that_is_taken_out_for_release_nothing_stays(tmp_path: Path) -> None:
    memo = (
        WRITTEN.replace("  on-ships: {title: Line on ships,", "  zq-id: {title: Zqtitle, marking: high,")
        .replace("What may we say", "Zqprompt")
        .replace("slots,", "{section: slots, only: [zq-id, free], ranks: {zq-id: must}},")
    )
    book = make_book(tmp_path, {"book.yaml": CUSTOM, "memos/council.yaml": memo})
    result = run("-C", book, "build", "council", "--releasable-to", "open")
    assert result.exit_code == 0, result.stderr
    files = [path for path in (book / "out" / DAY).iterdir() if ".removed." not in path.name]
    assert len(files) == 6
    for data in _pieces(files):
        assert b"zq" not in data.lower()
    record = read_record(book, NOW)
    assert record is not None
    with record:
        [edition] = record.ledger.editions("council.releasable-to-open")
        assert b"zq" not in record.store.get(edition.inputs).lower()
    docx = next(path for path in files if path.suffix == ".docx").read_bytes()
    assert "slot:free" in {value(control, "tag") for control in controls(docx)}


def _pieces(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".docx":
            with zipfile.ZipFile(BytesIO(data)) as package:
                yield from (package.read(name) for name in package.namelist())
        else:
            yield extract_text(BytesIO(data)).encode() if file.suffix == ".pdf" else data
