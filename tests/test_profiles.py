"""Profiles are data; each is what its format asks for, in every format that is written."""

import json
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import docx
import pikepdf
import pymupdf
import pytest
from docx.shared import Inches
from lxml import etree

from briefbook.document import Heading, ItemList, blocks_of
from briefbook.inputs import from_bytes, remade
from briefbook.memo import DEFAULT_SECTIONS
from briefbook.readers.read_book import read_book
from briefbook.readers.read_profile import profile_names, read_profile
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers import WRITERS
from tests.books import changed, make_book, run
from tests.profile_memos import NAMES, PROFILES, SHOWN, long_memo, outputs_of, write_book
from tests.word_file import opened

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = "2031-04-20"
INCH = 72.0


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = {f"memos/{name}-long.yaml": long_memo(name) for name in NAMES}
    return write_book(tmp_path_factory.mktemp("profiles") / "book", changes)


def test_every_shipped_profile_is_shown_in_the_docs() -> None:
    assert set(profile_names(Path("nowhere"))) == {*NAMES, "memo"}


def test_the_books_of_profiles_have_no_problem(book: Path) -> None:
    done = run("-C", book, "check")
    assert (done.exit_code, done.output) == (0, "15 facts, 10 memos: no problem\n")


# ------------------------------------------------------------------------------------------- ours


def test_our_own_profile_is_what_a_memo_without_one_is() -> None:
    file = PROFILES / "memo" / "profile.yaml"
    profile, problems = read_profile("profile.yaml", "memo", file.read_bytes())
    assert problems == []
    assert profile is not None
    assert tuple(section.name for section in profile.sections) == DEFAULT_SECTIONS


@pytest.mark.parametrize("asks", ["profile: memo\n", "length: 9\n", "profile: memo\nlength: 9\n"])
def test_naming_our_own_profile_or_a_length_with_room_changes_no_byte(asks: str, tmp_path: Path) -> None:
    plain = make_book(tmp_path / "plain")
    named = make_book(tmp_path / "named", changed("memos/council.yaml", "title: ", f"{asks}title: "))
    for day in (DAY, "2031-06-01"):
        formats = tuple(WRITERS)
        assert outputs_of(plain, "council", day, *formats) == outputs_of(named, "council", day, *formats)


# ---------------------------------------------------------------------------- what each asks for


def headings(book: Path, memo: str) -> list[str]:
    workshop = Workshop(read_book(book).book)
    day = date.fromisoformat(DAY)
    document = workshop.document(workshop.book.memos[memo], Day(as_of=day, known_by=day))
    blocks = (block for block in blocks_of(document) if isinstance(block, Heading) and block.level < 3)
    return ["".join(getattr(inline, "text", "") for inline in block.children) for block in blocks]


@pytest.mark.parametrize(
    ("memo", "order"),
    [
        ("state-style", ["MEMORANDUM", "Bottom line", "Recommendation", "Attachments", "Clearance"]),
        ("read-ahead", ["Read-ahead", "Purpose", "Objectives", "Attendees", "Background", "Talking points"]),
        (
            "background-paper",
            ["BACKGROUND PAPER ON THE FISHERIES COUNCIL", "Purpose", "Background", "Recommendation"],
        ),
        ("submission", ["Submission", "Issue", "Recommendation", "Timing", "Background", "Argument"]),
    ],
)
def test_its_elements_stand_in_the_order_of_the_format(book: Path, memo: str, order: list[str]) -> None:
    assert [heading for heading in headings(book, memo) if heading in order] == order


@pytest.mark.parametrize("memo", NAMES)
def test_what_a_profile_requires_and_the_memo_lacks_is_a_problem(memo: str, tmp_path: Path) -> None:
    profile, _ = read_profile("p", memo, (PROFILES / memo / "profile.yaml").read_bytes())
    assert profile is not None
    assert profile.requires
    text = (SHOWN / f"{memo}.yaml").read_text(encoding="utf-8")
    lacking = re.sub(r"^(\w+):(?: .*\n|\n(?:  .*\n)+)", _without(set(profile.requires)), text, flags=re.M)
    book = write_book(tmp_path / "book", {f"memos/{memo}.yaml": lacking})
    settings = (book / "book.yaml").read_text(encoding="utf-8")
    (book / "book.yaml").write_text(re.sub("^(to|from):.*\n", "", settings, flags=re.M), encoding="utf-8")
    done = run("-C", book, "build", memo, "--out", tmp_path / "out")
    assert done.exit_code == 1
    line = lacking.splitlines().index(f"profile: {memo}") + 1
    for name in profile.requires:
        message = f"memos/{memo}.yaml:{line}:10: error: a memo of the profile '{memo}' needs '{name}'"
        assert message in done.stderr
    assert not list((tmp_path / "out").rglob("*.pdf"))


def _without(names: set[str]) -> Callable[[re.Match[str]], str]:
    return lambda found: "" if found[1] in names else found[0]


class Box(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float


def words_on(pdf: bytes, page: int) -> list[tuple[str, Box]]:
    """The words of a page, from 0, and where they stand."""
    with pymupdf.open(stream=pdf) as file:  # type: ignore[no-untyped-call]
        return [(word[4], Box(*word[:4])) for word in file[page].get_text("words")]


def test_the_identification_line_stands_on_page_1_alone_an_inch_from_the_bottom(book: Path) -> None:
    pdf = outputs_of(book, "background-paper-long", DAY, "pdf")["pdf"]
    [(_, first)] = [(word, box) for word, box in words_on(pdf, 0) if word == "Vik/Fisheries"]
    lowest = max(box.y1 for _, box in words_on(pdf, 0))
    assert first.y1 == lowest
    assert 792 - first.y1 == pytest.approx(INCH, abs=3)
    assert min(box.x0 for _, box in words_on(pdf, 0)) == pytest.approx(INCH, abs=1)
    for page in (1, 2):
        words = words_on(pdf, page)
        assert not any("Vik/" in word for word, _ in words)
        [number] = [box for word, box in words if word == str(page + 1) and box.y1 < INCH]
        assert number.x1 == pytest.approx(612 - INCH, abs=1)
        assert number.y0 == pytest.approx(INCH / 2, abs=4)
    assert not any(box.y1 < INCH - 10 for _, box in words_on(pdf, 0))  # no number on page 1
    assert all(box.x0 >= INCH - 1 and box.x1 <= 612 - INCH + 1 for _, box in words_on(pdf, 0))


def test_the_title_of_a_background_paper_stands_in_the_middle(book: Path) -> None:
    made = outputs_of(book, "background-paper", DAY, "pdf", "docx")
    boxes = [box for word, box in words_on(made["pdf"], 0) if word.isupper() and len(word) > 1]
    assert (boxes[0].x0 + boxes[-1].x1) / 2 == pytest.approx(306, abs=1)
    title = opened(made["docx"]).paragraphs[0]
    assert title.style is not None
    assert title.style.name == "Heading 1"
    assert title.style.paragraph_format.alignment == 1


def test_paragraphs_of_a_submission_count_through_it_in_every_format(book: Path) -> None:
    made = outputs_of(book, "submission", DAY, "pdf", "docx", "txt", "md", "html", "json")
    told = [line for line in made["txt"].decode().splitlines() if re.match(r" *\d+\. ", line)]
    assert [int(line.split(".")[0]) for line in told] == list(range(1, len(told) + 1))
    assert len(told) > 8
    starts = re.findall(r"<ol(?: start=\"(\d+)\")?>", made["html"].decode())
    assert starts[:3] == ["", "2", "3"]
    assert [line.split(".")[0] for line in made["md"].decode().splitlines() if re.match(r"\d+\. ", line)][
        :4
    ] == ["1", "2", "3", "4"]
    body = docx.Document(BytesIO(made["docx"])).element.body
    numbers = {
        paragraph.find(f".//{W}numId").get(f"{W}val")
        for paragraph in body.iter(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val").startswith("ListNumber")
    }
    assert len(numbers) == 1  # one list, so that Word counts on when a paragraph is put in
    pdf = [word for word, _ in words_on(made["pdf"], 0) if re.fullmatch(r"\d\d?\.", word)]
    assert pdf == [f"{number}." for number in range(1, len(told) + 1)]


def test_a_paragraph_alone_is_not_numbered(tmp_path: Path) -> None:
    sections = "sections: [header, issue]\n"
    text = (SHOWN / "submission.yaml").read_text(encoding="utf-8") + sections
    book = write_book(tmp_path / "book", {"memos/submission.yaml": text})
    workshop = Workshop(read_book(book).book)
    day = date.fromisoformat(DAY)
    document = workshop.document(workshop.book.memos["submission"], Day(as_of=day, known_by=day))
    assert not any(isinstance(block, ItemList) for block in blocks_of(document))


def test_clearances_keep_together(book: Path) -> None:
    made = outputs_of(book, "state-style", DAY, "docx", "txt")
    paragraphs = list(docx.Document(BytesIO(made["docx"])).element.body.iter(f"{W}p"))
    texts = ["".join(run.text or "" for run in p.iter(f"{W}t")) for p in paragraphs]
    start = texts.index("Clearance")
    assert len(texts) - start == 4
    for paragraph in paragraphs[start:-1]:
        assert paragraph.find(f"{W}pPr/{W}keepNext") is not None
    assert paragraphs[-1].find(f"{W}pPr/{W}keepNext") is None
    assert all(paragraph.find(f"{W}pPr/{W}keepLines") is not None for paragraph in paragraphs[start:])
    assert "Cleared    Legal: Ada Rem – ok (17 April 2031)\n           Finance: Per Holt – info" in (
        made["txt"].decode()
    )


@pytest.mark.parametrize("memo", NAMES)
def test_page_and_measures_are_the_profiles(memo: str, book: Path) -> None:
    made = outputs_of(book, memo, DAY, "pdf", "docx")
    section = docx.Document(BytesIO(made["docx"])).sections[0]
    assert section.page_width
    assert section.page_height
    with pikepdf.open(BytesIO(made["pdf"])) as file:
        _, _, width, height = map(float, file.pages[0].mediabox)
    assert (section.page_width.pt, section.page_height.pt) == pytest.approx((width, height), abs=1)
    if memo != "submission":  # whose sheet is the book's
        assert (width, height) == (612, 792)
        assert section.left_margin == section.right_margin == section.top_margin == Inches(1)


# -------------------------------------------------------------------------------------- the tabs


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("(Tab A)", "(Tab B)"), "error: the text speaks of Tab B, and the memo has no such tab"),
        (("(Tab A)", ""), "warning: no text of the memo speaks of Tab A"),
        (("tab: A", "tab: 7"), "error: the text speaks of Tab A, and the memo has no such tab"),
    ],
)
def test_every_tab_that_a_text_names_exists_and_the_reverse(
    change: tuple[str, str], told: str, tmp_path: Path
) -> None:
    text = (SHOWN / "submission.yaml").read_text(encoding="utf-8")
    assert text.count(change[0]) == 1
    book = write_book(tmp_path / "book", {"memos/submission.yaml": text.replace(*change)})
    done = run("-C", book, "check")
    assert re.search(rf"memos/submission.yaml:\d+:\d+: {re.escape(told)}", done.output), done.output


def test_a_tab_is_spelled_as_the_language_does_within_a_sentence_and_no_line_parts_it(tmp_path: Path) -> None:
    text = (SHOWN / "submission.yaml").read_text(encoding="utf-8")
    text = text.replace("(Tab A)", "(anexo A)") + "language: es\n"
    book = write_book(tmp_path / "book", {"memos/submission.yaml": text})
    assert "of the memo speaks of" not in run("-C", book, "check").output
    tree = json.loads(outputs_of(book, "submission", DAY, "json")["json"])
    words = json.dumps(tree, ensure_ascii=False)
    assert "(anexo\N{NO-BREAK SPACE}A)" in words
    assert '"Anexo\N{NO-BREAK SPACE}A"' in words


# ------------------------------------------------------------------------------ one of one's own

OWN = """\
title: {en: Note}
requires: [issue]
furniture:
  first_top: {left: "{reference}", middle: INTERNAL, right: "{page}/{pages}"}
  bottom: {middle: "{counter}"}
sections:
  - header
  - {section: issue, rank: must}
  - {section: background, items: could, of: background}
"""


def test_a_book_may_have_a_profile_and_sections_of_its_own(tmp_path: Path) -> None:
    files = {
        "templates/profiles/note/profile.yaml": OWN,
        "templates/profiles/note/sections/header.md.j2": "# NOTE: {{ subject }}\n",
        "memos/note.yaml": "title: A note\nforum: council\nprofile: note\nissue: Who pays?\n",
    }
    book = make_book(tmp_path, files)
    made = outputs_of(book, "note", DAY, "txt", "pdf", "docx", "json")
    text = made["txt"].decode()
    assert text.startswith("NOTE: A note")
    assert text.index("Who pays?") < text.index("Background")
    top = " ".join(word for word, box in words_on(made["pdf"], 0) if box.y1 < 50)
    assert top == "note INTERNAL 1/1"
    header = docx.Document(BytesIO(made["docx"])).sections[0].first_page_header
    assert header.paragraphs[0].text == "note\tINTERNAL\t1/1"  # until Word counts
    assert json.loads(made["json"])["furniture"]["first_top"]["middle"] == "INTERNAL"


@pytest.mark.parametrize("asks", ["", "profile: memo\n", "length: 9\n"])
def test_a_books_own_profile_memo_is_that_of_every_memo_that_names_none(asks: str, tmp_path: Path) -> None:
    files = {
        "templates/profiles/memo/profile.yaml": OWN.replace("requires: [issue]\n", "theme: {page: letter}\n"),
        "templates/profiles/memo/sections/header.md.j2": "# NOTE: {{ subject }}\n",
        "memos/note.yaml": f"title: A note\nforum: council\n{asks}issue: Who pays?\n",
    }
    made = outputs_of(make_book(tmp_path, files), "note", DAY, "txt", "pdf")
    assert made["txt"].decode().startswith("NOTE: A note")
    assert b"Who pays?" in made["txt"]
    with pikepdf.open(BytesIO(made["pdf"])) as pdf:
        assert [int(side) for side in pdf.pages[0].mediabox] == [0, 0, 612, 792]
    top = " ".join(word for word, box in words_on(made["pdf"], 0) if box.y1 < 50)
    assert top == "note INTERNAL 1/1"


def test_a_memo_without_a_file_is_of_the_books_own_profile_memo(tmp_path: Path) -> None:
    header = {"templates/profiles/memo/sections/header.md.j2": "# NOTE: {{ subject }}\n"}
    book = make_book(tmp_path, header)  # a folder without a profile.yaml changes templates alone
    shown = run("-C", book, "show", "--forum", "council")
    assert shown.stdout.startswith("NOTE: Fisheries Council")


@pytest.mark.parametrize("profile", ["", "profile: note\n"])
def test_the_words_of_a_mail_may_be_templates_of_the_memos_profile(profile: str, tmp_path: Path) -> None:
    files = {
        "templates/profiles/note/profile.yaml": OWN.replace("requires: [issue]\n", ""),
        "templates/profiles/note/mail/note.md.j2": "A note\n",
        "memos/note.yaml": "title: A note\nforum: council\n"
        f"{profile}deliver: {{to: a@example.org, subject: mail/note.md.j2}}\n",
    }
    told = run("-C", make_book(tmp_path, files), "check").output
    assert ("there is no template 'mail/note.md.j2'" in told) == (not profile)


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (None, "memos/note.yaml:3:10: error: there is no profile 'notee' (did you mean 'note'?)"),
        (
            "title: {en: Note}\n",
            "templates/profiles/note/profile.yaml:1:1: error: this profile lacks 'sections'",
        ),
        (OWN.replace("must", "most"), "templates/profiles/note/profile.yaml:8:28: error: 'most' is no value"),
        (OWN.replace("[issue]", "[isue]"), "profile.yaml:2:12: error: 'isue' is no value of 'requires'"),
        ("", "templates/profiles/note/profile.yaml: error: the file is empty"),
    ],
)
def test_a_mistake_in_a_profile_stops_its_memos_alone(profile: str | None, told: str, tmp_path: Path) -> None:
    name = "notee" if profile is None else "note"
    files = {
        "templates/profiles/note/profile.yaml": OWN if profile is None else profile,
        "memos/note.yaml": f"title: A note\nforum: council\nprofile: {name}\nissue: Who pays?\n",
    }
    book = make_book(tmp_path, files)
    done = run("-C", book, "build", "note", "council", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert told in done.stderr
    assert {path.stem for path in (tmp_path / "out").rglob("*.*")} == {"council"}


# -------------------------------------------------------------------------------------- editions


@pytest.mark.parametrize("memo", NAMES)
def test_what_is_kept_of_an_edition_makes_it_again(memo: str, book: Path) -> None:
    workshop = Workshop(read_book(book).book)
    day = Day(as_of=date.fromisoformat(DAY), known_by=date.fromisoformat(DAY))
    task = Task(memo=workshop.book.memos[memo], day=day, formats=("pdf", "docx", "json"))
    rendered = workshop.render(task)
    kept = from_bytes(rendered.inputs)
    document = remade(kept)
    assert {name: WRITERS[name].write(document, kept.theme) for name in task.formats} == rendered.outputs
    assert kept.digest == workshop.inputs(task.memo, day).digest == rendered.digest
    assert (kept.left_out or ()) == rendered.left_out


def test_styles_of_a_profile_hold_no_stray_formatting(book: Path) -> None:
    made = outputs_of(book, "background-paper", DAY, "docx")
    document = opened(made["docx"])
    allowed = {"pStyle", "numPr", "keepNext"}
    for paragraph in document.element.body.iter(f"{W}p"):
        properties = paragraph.find(f"{W}pPr")
        assert {etree.QName(element).localname for element in properties} <= allowed
