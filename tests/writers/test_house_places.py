"""What a house keeps free for a memo's words is filled; what it says of itself is kept, its maker is not."""

import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest
from lxml import etree

from briefbook.document import Citations, Document
from briefbook.writers.house_filling import MemoWords, fill
from briefbook.writers.house_package import open_house
from briefbook.writers.theme import File, HouseFile, Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.books import make_book, run
from tests.houses.by_hand import hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.houses.with_places import LABEL, MAKER, PLACES, field, house_with_places
from tests.libreoffice import needs_office, to_text
from tests.writers.trees import fisheries_memo, with_citations

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TITLE = '<w:sdtPr><w:tag w:val="Title"/></w:sdtPr>'
OLD = "<w:r><w:t>old</w:t></w:r>"
MEMO = replace(fisheries_memo(), title="Quotas & <nets>", author="Fisheries desk", language="en")


def made(house: bytes | None = None, document: Document = MEMO) -> bytes:
    return write_docx(document, Theme(house=HouseFile(file=File.of(house or house_with_places()))))


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def control_of(xpath: str) -> str:
    binding = f'<w:dataBinding w:xpath="{xpath}" w:storeItemID="{{6C3C8BC8-F283-45AE-878A-BAB7291924A1}}"/>'
    return f"<w:sdt><w:sdtPr>{binding}</w:sdtPr><w:sdtContent>{OLD}</w:sdtContent></w:sdt>"


def said(root: etree._Element) -> list[str]:
    return ["".join(text.text or "" for text in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]


# ------------------------------------------------------------------------------------------ places


def test_the_cover_says_the_memos_title_subject_and_day() -> None:
    body = etree.fromstring(part(made(), "word/document.xml")).find(f"{W}body")
    assert body is not None
    title, day, subject, service, fields, *_ = said(body)
    assert title == "Quotas & <nets>"
    assert day == "Wednesday, 14. May 2031"
    assert subject == f"An: {MEMO.footer}"
    assert service == "Nur für den Dienst"
    assert fields == "Referat 7 · QUOTAS & <NETS> · 14.5.2031 · Fisheries desk"


def test_header_and_footer_show_the_properties() -> None:
    document = docx.Document(io.BytesIO(made()))
    section = document.sections[-1]
    assert section.header.paragraphs[0].text == "Amt für Fischerei – Vermerk: Quotas & <nets>"
    foot = etree.fromstring(part(made(), "word/house-footer1.xml"))
    assert said(foot) == ["Blatt 1 · Amt für Fischerei"]  # the page's number is Word's


def test_each_memo_of_a_house_says_its_own() -> None:
    house = house_with_places()
    one, other = (made(house, replace(MEMO, title=title)) for title in ("One", "Another"))
    assert "One" in docx.Document(io.BytesIO(one)).sections[-1].header.paragraphs[0].text
    assert "Another" in docx.Document(io.BytesIO(other)).sections[-1].header.paragraphs[0].text
    assert b"Another" not in part(one, "word/document.xml")
    assert made(house, replace(MEMO, title="One")) == one


def test_a_filled_place_keeps_its_look_and_no_longer_waits_for_words() -> None:
    root = etree.fromstring(part(made(), "word/document.xml"))
    control = next(root.iter(f"{W}sdt"))
    (run_,) = control.iter(f"{W}r")
    assert run_.find(f"{W}rPr/{W}b") is not None
    assert run_.find(f"{W}rPr/{W}rStyle") is None
    assert control.find(f"{W}sdtPr/{W}dataBinding") is not None  # Word goes on with it
    day = next(root.iter(f"{W}date"))
    assert day.get(f"{W}fullDate") == "2031-05-14T00:00:00Z"
    bound = [each.get(f"{W}storeItemID") for each in root.iter(f"{W}dataBinding")]
    assert bound == ["{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"]  # the other store is left behind


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (field("TITLE", "old"), "T"),
        (field("TITLE"), "T"),
        (field('DOCPROPERTY "Title" \\* Lower', "old"), "t"),
        (field('SAVEDATE \\@ "dddd d MMM yy"', "old"), "Mittwoch 14 Mai 31"),
        (field('SAVEDATE \\@ "qqq nonsense"', "old"), "14. Mai 2031"),
        (field("CREATEDATE", "old"), "14. Mai 2031"),
        (field("PAGE", "7"), "7"),
        (field("DOCPROPERTY Unknown", "kept"), "kept"),
        (field('IF "TITLE" = "x" "y" "z"', "kept"), "kept"),
        (field('DATE \\@ "d.M.yyyy"', "kept"), "kept"),
        (f'<w:fldSimple w:instr=" title ">{OLD}{OLD}</w:fldSimple>', "T"),
        ('<w:fldSimple w:instr="TITLE"/>', "T"),
        (f'<w:fldSimple w:instr="">{OLD}</w:fldSimple>', "old"),
        (f'<w:r><w:fldChar w:fldCharType="end"/></w:r>{OLD}', "old"),
        ('<w:sdt><w:sdtPr><w:alias w:val="TITLE"/></w:sdtPr><w:sdtContent/></w:sdt>', "T"),
        (f'<w:sdt><w:sdtPr><w:tag w:val="No"/></w:sdtPr><w:sdtContent>{OLD}</w:sdtContent></w:sdt>', "old"),
        (f"<w:sdt><w:sdtContent>{OLD}</w:sdtContent></w:sdt>", "old"),
        (f"<w:sdt>{TITLE}<w:sdtContent>{OLD}</w:sdtContent></w:sdt>", "T"),
        (f"<w:sdt>{TITLE}<w:sdtContent>{OLD}<w:tbl/></w:sdtContent></w:sdt>", "old"),
        (control_of("/ns1:coreProperties[1]/ns0:title[1]"), "T"),
        (control_of("/title"), "T"),
        (control_of("/a/b/"), "old"),
    ],
)  # fmt: skip
def test_what_a_place_shows(inner: str, shown: str) -> None:
    root = etree.fromstring(f"<w:body {NS}><w:p>{inner}</w:p></w:body>")
    fill(root, MemoWords(words={"title": "T"}, day=date(2031, 5, 14), language="de"))
    assert "".join(said(root)) == shown


BEGIN, SEPARATE, END = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
WORDS = "<w:t>old</w:t>"


def code(instruction: str) -> str:
    return f"<w:instrText>{instruction}</w:instrText>"


TITLE_IN_RUNS = [BEGIN, code("TITLE"), SEPARATE, WORDS, END]
TITLE_FIELD = "".join(TITLE_IN_RUNS)
SEVEN = "<w:t>7</w:t>"
NEST = (BEGIN + code("TITLE") + SEPARATE) * 10_000 + END * 10_000


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (TITLE_IN_RUNS, "NEW"),
        ([TITLE_FIELD], "NEW"),
        ([BEGIN + code("TITLE") + END], "NEW"),
        ([f"<w:t>a</w:t>{TITLE_FIELD}<w:t>b</w:t>"], "aNEWb"),
        ([BEGIN + code("TITLE") + SEPARATE, WORDS + END], "NEW"),
        ([BEGIN + code("TITLE"), SEPARATE + WORDS + END], "NEW"),
        ([BEGIN + code("TI") + code("TLE") + SEPARATE + WORDS + "<w:tab/>", WORDS + END], "NEW"),
        ([BEGIN, code("TITLE"), SEPARATE + WORDS, END], "NEW"),
        ([BEGIN, code("TITLE"), SEPARATE, WORDS + END], "NEW"),
        ([BEGIN + code("TITLE") + SEPARATE, WORDS, END], "NEW"),
        ([BEGIN, code("TITLE") + SEPARATE, WORDS, WORDS, END + "<w:t>b</w:t>"], "NEWb"),
        # one field behind another
        ([BEGIN + code("PAGE") + SEPARATE + SEVEN + END, *TITLE_IN_RUNS], "7NEW"),
        ([TITLE_FIELD * 2], "NEWNEW"),
        # one in another: in what it asks, in what it shows; and one that nothing ends
        ([BEGIN + code("IF ") + TITLE_FIELD + code("=1") + SEPARATE + SEVEN + END], "NEW7"),
        ([BEGIN, code("IF "), *TITLE_IN_RUNS, code("=1"), SEPARATE, SEVEN, END], "NEW7"),
        ([BEGIN, code("IF 1=1"), SEPARATE, *TITLE_IN_RUNS, SEVEN, END], "NEW7"),
        ([BEGIN, code("TITLE"), SEPARATE, BEGIN, code("PAGE"), SEPARATE, SEVEN, END, END], "7"),
        ([BEGIN, code("TOC"), SEPARATE, TITLE_FIELD], "NEW"),
        ([END + SEPARATE + WORDS, BEGIN + code("TITLE") + END], "oldNEW"),
    ],
)  # fmt: skip
def test_a_field_is_filled_however_its_marks_stand_in_runs(runs: list[str], shown: str) -> None:
    inner = "".join(f"<w:r><w:rPr><w:i/></w:rPr>{run}</w:r>" for run in runs)
    root = etree.fromstring(f"<w:body {NS}><w:p>{inner}</w:p></w:body>")
    before = [each.get(f"{W}fldCharType") for each in root.iter(f"{W}fldChar")]
    fill(root, MemoWords(words={"title": "NEW"}, day=date(2031, 5, 14), language="de"))
    assert said(root) == [shown]
    after = [each.get(f"{W}fldCharType") for each in root.iter(f"{W}fldChar")]
    assert [mark for mark in after if mark != "separate"] == [mark for mark in before if mark != "separate"]
    assert all(run.find(f"{W}rPr/{W}i") is not None for run in root.iter(f"{W}r"))  # each in its own look


def test_a_field_over_two_paragraphs_stays_as_it_is() -> None:
    inner = f"<w:p><w:r>{BEGIN}{code('TITLE')}{SEPARATE}{WORDS}</w:r></w:p><w:p><w:r>{WORDS}{END}</w:r></w:p>"
    root = etree.fromstring(f"<w:body {NS}>{inner}</w:body>")
    fill(root, MemoWords(words={"title": "NEW"}, day=date(2031, 5, 14), language="de"))
    assert said(root) == ["old", "old"]


def test_a_field_around_a_text_box_does_not_mix_with_those_in_it() -> None:
    box = (
        f"<w:pict><w:txbxContent><w:p><w:r>{END}</w:r>{field('TITLE', 'old')}</w:p></w:txbxContent></w:pict>"
    )
    inner = f"<w:p><w:r>{BEGIN}{code('PAGE')}{SEPARATE}{box}{END}</w:r>{field('TITLE', 'old')}</w:p>"
    root = etree.fromstring(f"<w:body {NS}>{inner}</w:body>")
    fill(root, MemoWords(words={"title": "NEW"}, day=date(2031, 5, 14), language="de"))
    assert said(root) == ["NEWNEW", "NEW"]  # the outer paragraph holds the box


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        ("Caps", "The (New) Nets Of EU D'eau"),
        ("FirstCap", "The (new) nets of EU d'eau"),
        ("UPPER", "THE (NEW) NETS OF EU D'EAU"),
        ("lower", "the (new) nets of eu d'eau"),
        ("MERGEFORMAT", "the (new) nets of EU d'eau"),
    ],
)
def test_letters_case_is_that_which_a_field_asks_for(case: str, shown: str) -> None:
    root = etree.fromstring(f"<w:body {NS}><w:p>{field(f'TITLE {chr(92)}* {case}', 'old')}</w:p></w:body>")
    memo = MemoWords(words={"title": "the (new) nets of EU d'eau"}, day=date(2031, 5, 14), language="en")
    fill(root, memo)
    assert said(root) == [shown]


def test_a_control_over_a_cell_leaves_one_paragraph() -> None:
    two = f"<w:p>{OLD}</w:p><w:p>{OLD}</w:p>"
    for cells, shown in (
        (f"<w:tc><w:tcPr/>{two}</w:tc>", ["NEW"]),
        (f"<w:tc>{two}</w:tc><w:tc>{two}</w:tc>", ["old"] * 4),  # a frame around cells is no place
    ):
        control = f"<w:sdt>{TITLE}<w:sdtContent>{cells}</w:sdtContent></w:sdt>"
        root = etree.fromstring(f"<w:body {NS}><w:tbl><w:tr>{control}</w:tr></w:tbl></w:body>")
        fill(root, MemoWords(words={"title": "NEW"}, day=date(2031, 5, 14), language="de"))
        assert said(root) == shown


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("dd.MM.yy", "14.05.31"),
        ("ddddMMMMyyyy", "MittwochMai2031"),
        ("ddddd", "14. Mai 2031"),  # no pattern: as the language writes it
        ("yyyyyy", "14. Mai 2031"),
        ("d. " * 21 + "d", "14. " * 21 + "14"),
        ("d. " * 22, "14. Mai 2031"),  # longer than any pattern
    ],
)
def test_a_day_is_written_in_a_sound_pattern(pattern: str, shown: str) -> None:
    root = etree.fromstring(dated(pattern))
    fill(root, MemoWords(words={}, day=date(2031, 5, 14), language="de"))
    assert said(root) == [shown]


def dated(pattern: str) -> str:
    form = f'<w:date><w:dateFormat w:val="{pattern}"/></w:date>'
    properties = f'<w:sdtPr><w:tag w:val="Date"/>{form}</w:sdtPr>'
    return f"<w:body {NS}><w:p><w:sdt>{properties}<w:sdtContent>{OLD}</w:sdtContent></w:sdt></w:p></w:body>"


LONG = 100_000  # signs


@pytest.mark.parametrize(
    "body",
    [
        dated("d" * 28 + "x"),
        dated("d" * LONG + "x"),
        f"<w:body {NS}>{control_of('/' + 'a' * LONG + '!')}</w:body>",
        f"<w:body {NS}><w:p><w:r>{BEGIN}{code('a') * LONG}{END}</w:r></w:p></w:body>",
        f"<w:body {NS}><w:p><w:r>{NEST}</w:r></w:p></w:body>",
    ],
    ids=["28 days", "many days", "a path", "an instruction", "a nest of fields"],
)  # fmt: skip
def test_a_hostile_place_takes_no_time(body: str) -> None:
    root = etree.fromstring(body)
    began = time.process_time()
    fill(root, MemoWords(words={"title": "NEW"}, day=date(2031, 5, 14), language="de"))
    assert time.process_time() - began < 5


# -------------------------------------------------------------------------------------- properties


def test_what_is_the_houses_is_kept_and_who_made_it_is_not() -> None:
    content = made()
    everything = b"".join(part(content, name) for name in names(content)).decode("utf-8", "replace")
    assert MAKER.split()[0] not in everything  # not in properties, fields or paths
    assert "erika" not in everything
    app = etree.fromstring(part(content, "docProps/app.xml"))
    assert {etree.QName(each).localname: each.text for each in app} == {
        "Template": "Amt.dotx",
        "Manager": "Leitung",
        "Company": "Amt für Fischerei",
    }
    custom = etree.fromstring(part(content, "docProps/custom.xml"))
    *theirs, ours = [(each.get("pid"), each.get("name"), each[0].text) for each in custom]
    assert theirs == [
        ("2", "Abteilung", "Referat 7"),
        ("3", "Aktenplan", "4711"),
        ("4", f"{LABEL}_Name", "Dienstgebrauch"),
    ]
    assert ours[:2] == ("5", "briefbook")
    core = docx.Document(io.BytesIO(content)).core_properties
    assert (core.title, core.author, core.last_modified_by) == ("Quotas & <nets>", *["Fisheries desk"] * 2)
    assert (core.category, core.comments, core.created.date()) == ("Vermerk", "", MEMO.as_of)


@pytest.mark.parametrize("house", [hand_made_house, libreoffice_house, python_docx_house])
def test_the_other_houses_keep_their_properties(house: Callable[[], bytes]) -> None:
    kept = open_house(house()).properties
    found = [name for name in names(made(house())) if name.startswith("docProps/")]
    assert found == ["docProps/core.xml", *(name for name, _ in kept.parts()), "docProps/custom.xml"]


def test_properties_that_cannot_be_read_refuse_the_house_or_are_left_out() -> None:
    for name in ("core", "app", "custom"):
        for content in (
            "<a/>",
            "<a xmlns:b='c'><b:d/></a>",
            PLACES[f"docProps/{name}.xml"].replace("vt:", "v:").replace(":vt", ":v"),
        ):
            made(house_with_places({f"docProps/{name}.xml": content}))
    many = PLACES["docProps/custom.xml"].replace("</Properties>", "") + "".join(
        f'<property pid="9" name="n{n}"><vt:lpwstr>{"v" * (300 if n % 2 else 1)}</vt:lpwstr></property>'
        for n in range(1000)
    )
    kept = open_house(house_with_places({"docProps/custom.xml": f"{many}</Properties>"})).properties
    assert len(kept.custom) == 200
    assert max(len(each.value) for each in kept.custom) < 256


@pytest.mark.parametrize(
    ("value", "is_kept"),
    [
        ("<vt:i4>7</vt:i4>", True),
        ("<vt:i4>seven</vt:i4>", False),
        ("<vt:bool>true</vt:bool>", True),
        ("<vt:bool>ja</vt:bool>", False),
        ("<vt:filetime>2031-05-14T08:00:00Z</vt:filetime>", True),
        ("<vt:filetime>gestern</vt:filetime>", False),
        ("<vt:r8>-1.5e3</vt:r8>", True),
        ("<vt:lpwstr></vt:lpwstr>", False),
        ("<vt:lpwstr>file:///P:/x</vt:lpwstr>", False),
        ("<vt:vector/>", False),
        ("<lpwstr>x</lpwstr>", False),
    ],
)
def test_a_property_is_kept_whose_value_is_sound(value: str, is_kept: bool) -> None:
    custom = PLACES["docProps/custom.xml"].replace("<vt:i4>4711</vt:i4>", value)
    kept = open_house(house_with_places({"docProps/custom.xml": custom})).properties.custom
    assert ("Aktenplan" in [each.name for each in kept]) == is_kept


def test_a_house_without_any_one_of_its_elements_is_a_house() -> None:
    """The text of the properties and of the cover, an element less each time."""
    for name in ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "word/header1.xml"):
        count = sum(1 for _ in etree.fromstring(PLACES[name].encode()).iter())
        for number in range(1, count, 2):
            root = etree.fromstring(PLACES[name].encode())
            victim = list(root.iter())[number]
            parent = victim.getparent()
            assert parent is not None
            parent.remove(victim)
            etree.fromstring(part(made(house_with_places({name: etree.tostring(root)})), "word/document.xml"))


# -------------------------------------------------------------------------------------------- whole


@pytest.mark.parametrize("citations", Citations)
def test_the_audit_finds_nothing(citations: Citations, tmp_path: Path) -> None:
    assert faults_of(made(document=with_citations(MEMO, citations)), tmp_path) == []


@needs_office
def test_libreoffice_shows_the_filled_cover(tmp_path: Path) -> None:
    lines = to_text(made(), tmp_path).splitlines()
    assert lines[:5] == [
        "Quotas & <nets>",
        "Wednesday, 14. May 2031",
        f"An: {MEMO.footer}",
        "Nur für den Dienst",
        "Referat 7 · Quotas & <nets> · 14.5.2031 · Fisheries desk",  # it knows no switch for letters' case
    ]


def test_notes_of_the_cover_are_told_of(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"house.docx": house_with_places()})
    (book / "book.yaml").write_text(
        (book / "book.yaml").read_text(encoding="utf-8") + "house: house.docx\n", encoding="utf-8"
    )
    told = run("-C", book, "check").stderr
    assert "warning: the notes in the text of house.docx are left out (1) (write what they say" in told
    assert "Dienstanweisung" not in b"".join(part(made(), name) for name in names(made())).decode(
        "utf-8", "replace"
    )
