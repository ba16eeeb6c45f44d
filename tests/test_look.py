"""`theme` and `house` of a book: from the settings and their files to the bytes of editions, and back."""

import gc
import io
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import font_source_serif_pro
import pikepdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Pt
from pdfminer.high_level import extract_text

from briefbook.inputs import from_bytes, remade
from briefbook.ledger import read_ledger
from briefbook.look import look_of
from briefbook.look_spec import ColourSpec, ThemeSpec
from briefbook.readers.read_book import read_book
from briefbook.readers.read_picture import LARGEST
from briefbook.store import Store
from briefbook.workshop import Workshop
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme, contrast_on_white
from tests.books import FILES, make_book, run
from tests.faces import georgian_face
from tests.houses.by_hand import STYLES, hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.pictures import png
from tests.writers.figures import png as raster

BOOK = FILES["book.yaml"]
THEME = """\
theme:
  page: letter
  margins: {top: 1in, left: 2.5cm, right: 25mm}
  colours: {accent: "#7a1030", ink: 101010}
  logo: {file: look/logo.png, alt: The arms of the desk, width: 3cm}
"""
COUNCIL = FILES["memos/council.yaml"]


def with_settings(settings: str, **files: bytes) -> dict[str, str | bytes | None]:
    return {"book.yaml": BOOK + settings, "look/logo.png": png(), **files}


def theme_in(folder: Path, settings: str, **files: bytes) -> Theme:
    book = read_book(make_book(folder, with_settings(settings, **files)))
    assert [str(problem) for problem in book.problems] == []
    look = look_of(book.book, book.book.memos["council"])
    assert look.problems == ()
    return look.theme


def said(folder: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    """What `check` says of a book."""
    lines = run("-C", make_book(folder, changes), "check").stderr.splitlines()
    return [line for line in lines if ": error: " in line or ": warning: " in line]


# ------------------------------------------------------------------------------------- what is asked


def test_every_setting_of_a_theme_reaches_the_theme(tmp_path: Path) -> None:
    theme = theme_in(tmp_path, THEME)
    page = theme.page
    assert (page.width, page.height, page.top, page.bottom) == (612, 792, 72, 50)
    assert (page.left, page.right) == (70.87, 70.87)
    assert (theme.accent, theme.heading_2.colour, theme.ink, theme.body.colour) == (
        "7A1030",
        "7A1030",
        "101010",
        "101010",
    )
    assert theme.quiet == Theme().quiet
    assert theme.logo is not None
    assert (theme.logo.alt, theme.logo.width, theme.logo.pixels_wide) == ("The arms of the desk", 85.04, 120)


def test_a_memos_own_settings_go_before_the_books_field_by_field(tmp_path: Path) -> None:
    own = "theme: {page: a4, margins: {left: 3cm}, colours: {ink: 000000}}\n"
    changes = with_settings(THEME) | {"memos/council.yaml": COUNCIL + own}
    book = read_book(make_book(tmp_path, changes)).book
    memo, plain = look_of(book, book.memos["council"]).theme, look_of(book, book.memos["spring"]).theme
    assert (memo.page.width, memo.page.top, memo.page.left) == (595.28, 72, 85.04)
    assert (memo.ink, memo.accent) == ("000000", "7A1030")
    assert memo.logo == plain.logo is not None
    assert (plain.page.width, plain.ink) == (612, "101010")


def test_one_look_is_made_for_all_memos_that_ask_for_it(tmp_path: Path) -> None:
    own = "theme: {colours: {ink: 101010}, logo: {file: look/logo.png, alt: Arms, width: 3cm}}\n"
    changes = {f"memos/{name}.yaml": FILES[f"memos/{name}.yaml"] + own for name in ("council", "spring")}
    book = read_book(make_book(tmp_path, with_settings("") | changes)).book
    workshop = Workshop(book)
    council, spring = book.memos["council"], book.memos["spring"]
    assert workshop.theme_of(council) == look_of(book, council).theme
    assert workshop.theme_of(council) is workshop.theme_of(spring)
    assert workshop.theme_of(replace(spring, theme=None)) == look_of(book).theme != workshop.theme_of(spring)
    gc.collect()
    before = sum(type(one) is Theme for one in gc.get_objects())
    for number in range(200):  # as of a book in which each memo has a look of its own
        asked = replace(council, theme=ThemeSpec(colours=ColourSpec(ink=f"{number:06X}")))
        assert workshop.theme_of(asked).ink == f"{number:06X}"
    gc.collect()
    assert sum(type(one) is Theme for one in gc.get_objects()) <= before + 64


def test_page_has_its_older_place_still(tmp_path: Path) -> None:
    assert theme_in(tmp_path, "page: letter\n") == theme_in(tmp_path / "b", "theme: {page: letter}\n")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("page: a4\ntheme: {page: letter}\n", ":7: error: the page is given twice: here, and in 'theme'"),
        ("theme: {margins: {top: 2}}\n", "error: '2' is no length for 'top'"),
        ("theme: {margins: {bottom: 1cm}}\n", "error: 'bottom' is from 1.8cm to 6cm, not '1cm'"),
        ("theme: {margins: {left: 40cm}}\n", "error: 'left' is from 1cm to 6cm, not '40cm'"),
        ("theme: {colours: {ink: red}}\n", "error: 'red' is no colour"),
        (
            "theme:\n  page: #a4\n",
            "the text of 'page' is empty (fill it in or delete the line; a # behind white space begins a"
            " comment: put a value with one in quotes)",
        ),
        ("theme: {colours: {ink: FF8800}}\n", "FF8800 is hard to read on white: a contrast of 2.39"),
        ("theme: {colours: {link: 000000}}\n", "error: a set of colours has no field 'link'"),
        ("theme: {logo: {file: look/logo.png, width: 3cm}}\n", "error: this logo lacks 'alt'"),
        ('theme: {logo: {file: look/logo.png, alt: "\\u2060", width: 3cm}}\n', "the text of 'alt' is empty"),
        ("theme: {logo: {file: ../x.png, alt: X, width: 3cm}}\n", "'../x.png' is not a file inside the book"),
        ("theme: {logo: {file: /etc/x.png, alt: X, width: 3cm}}\n", "is not a file inside the book"),
        ("theme: {logo: {file: x.gif, alt: X, width: 3cm}}\n", "error: 'x.gif' is no file for 'file'"),
        ("theme: {logo: {file: no.png, alt: X, width: 3cm}}\n", "error: there is no file 'no.png'"),
        ("theme: {logo: {file: logo.png, alt: X, width: 3cm}}\n", "(did you mean 'look/logo.png'?)"),
        ("theme: {logo: {file: look/Logo.PNG, alt: X, width: 3cm}}\n", "(did you mean 'look/logo.png'?)"),
        ("theme: {faces: {regular: a.ttf, docx: A}}\n", "error: there is no file 'a.ttf'"),
        ("theme: {page: A4}\n", "'A4' is no value of 'page' (did you mean 'a4'?)"),
        ("house: Letter.DOC\n", "error: 'Letter.DOC' is no file for 'house' (save it as .docx)"),
        ("house: {file: house.odt}\n", "error: 'house.odt' is no file for 'file' (save it as .docx)"),
        ("theme: {logo: {file: out.png, alt: X, width: 3cm}}\n", "error: this file lies outside of the book"),
        ("theme: {logo: {file: book.png, alt: X, width: 3cm}}\n", "this is no PNG, though its name says so"),
        ("theme: {logo: {file: heavy.png, alt: X, width: 3cm}}\n", "the picture is larger than 5 MiB"),
        ("theme: {logo: {file: PRESS.JPG, alt: X, width: 3cm}}\n", "not every program shows (CMYK)"),
        ("theme: {logo: {file: tall.png, alt: X, width: 3cm}}\n", "would be 3.0 cm wide and 60.0 cm high"),
        ("house: hnad.docx\n", "error: there is no file 'hnad.docx' (did you mean 'hand.docx'?)"),
        ("house: look/logo.png\n", "error: 'look/logo.png' is no file for 'house'"),
        ("house: fake.docx\n", "error: this is not a whole Word file"),
        ("house: {file: hand.docx, styles: {Body Text: Textkörper}}\n", "no paragraph style 'Textkörper'"),
        ("house: {file: hand.docx, styles: {Bodytext: Title}}\n", "no memo has a style 'Bodytext' (did"),
        ("house: {file: hand.docx, styles: {Strong: Title}}\n", "no character style 'Title'"),
        ("house: bare.docx\n", "'heading 2': briefbook's own is used (known: Feld, Title, Über"),
        ("house: office.docx\n", "the text of office.docx is left out: 'Sample of a"),
        ("house: large.docx\n", "error: this file is larger than 10 MiB"),
    ],
)  # fmt: skip
def test_what_is_told_stands_at_the_setting(tmp_path: Path, settings: str, message: str) -> None:
    outside = tmp_path / "elsewhere.png"
    outside.write_bytes(png())
    bare = STYLES.replace('w:val="heading 2"', 'w:val="Überschrift B"')
    book = make_book(
        tmp_path / "book",
        with_settings(settings)
        | {
            "book.png": b"not a picture",
            "tall.png": png(20, 400),
            "heavy.png": png() + bytes(LARGEST),
            "PRESS.JPG": raster(8, 8, "CMYK", "JPEG"),
            "fake.docx": b"not a Word file",
            "hand.docx": hand_made_house(),
            "bare.docx": hand_made_house({"word/formate.xml": bare}),
            "office.docx": libreoffice_house(),
            "large.docx": bytes(10 * 1024 * 1024 + 1),
        },
    )
    (book / "out.png").symlink_to(outside)
    lines = [
        line
        for line in run("-C", book, "check").stderr.splitlines()
        if ": error: " in line or ": warning: " in line
    ]
    found = [line for line in lines if message.removeprefix(":7: ") in line]
    assert found, lines
    at = BOOK.count("\n") + 1
    assert found[0].partition("book.yaml:")[2].startswith((f"{at}:", f"{at + 1}:"))


def test_an_error_of_the_look_stops_the_memos_and_a_memos_own_that_memo_alone(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"memos/council.yaml": COUNCIL + "house: no.docx\n"})
    result = run("-C", book, "build", "--as-of", "2031-05-14")
    assert result.exit_code == 1
    assert "memos/council.yaml:5:8: error: there is no file 'no.docx'" in result.stderr
    assert not (book / "out/2031-05-14/council.docx").exists()
    assert (book / "out/2031-05-14/spring.txt").exists()


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast_on_white("000000") == pytest.approx(21)
    assert contrast_on_white("FFFFFF") == pytest.approx(1)
    assert contrast_on_white("767676") == pytest.approx(4.54, abs=0.005)  # the lightest grey that passes


# -------------------------------------------------------------------------------------- in the files


def built(book: Path, *arguments: str) -> str:
    result = run("-C", book, "build", "--as-of", "2031-05-14", *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stderr + result.stdout


def docx_of(book: Path) -> bytes:
    return (book / "out/2031-05-14/council.docx").read_bytes()


def test_the_sheet_and_the_logo_in_word(tmp_path: Path) -> None:
    book = make_book(tmp_path, with_settings(THEME))
    built(book)
    document = docx.Document(io.BytesIO(docx_of(book)))
    section = document.sections[0]
    assert (section.page_width, section.page_height) == (Pt(612), Pt(792))
    (shape,) = document.inline_shapes
    assert abs(Length(shape.width).cm - 3) < 0.01
    assert abs(Length(shape.height).cm - 1) < 0.01
    assert shape._inline.docPr.get("descr") == "The arms of the desk"
    first = document.element.body[0]
    assert first.xpath(".//w:drawing")  # before the heading
    assert document.styles["heading 1"].font.color.rgb.__str__() == "7A1030"


FIRM = {  # how a firm calls what a memo uses
    "heading 1": "Firm Heading One",
    "heading 2": "Firm Heading 2",
    "heading 3": "heading 4",
    "Body Text": "Fliesstext",
    "List Bullet": "Punkte",
}
FIRM_TABLE = '<w:style w:type="table" w:customStyle="1" w:styleId="T"><w:name w:val="Firm Table"/></w:style>'


def warnings_of(book: Path) -> list[str]:
    lines = run("-C", book, "check").stderr.splitlines()
    return [line.partition("warning: ")[2] for line in lines if "briefbook's own is used" in line]


def test_every_style_that_a_page_is_made_of_is_told_where_a_house_lacks_it(tmp_path: Path) -> None:
    styles = STYLES.replace("</w:styles>", f"{FIRM_TABLE}</w:styles>")
    for ours, theirs in FIRM.items():
        styles = styles.replace(f'w:name w:val="{ours}"', f'w:name w:val="{theirs}"')
    files = {"firm.docx": hand_made_house({"word/formate.xml": styles})}
    known = "known: Feld, Firm Heading One, Fliesstext, Punkte, Title;"
    near = {
        "heading 1": "did you mean 'Firm Heading One'?",
        "heading 2": "did you mean 'Firm Heading 2'?",
        "heading 3": "did you mean 'Firm Heading One'?",
        "Memo Table": "tables of the file: Firm Table;",
    }
    told = [
        f"firm.docx has no style {name!r}: briefbook's own is used ({near.get(name, known)}"
        for name in (*FIRM, "List Number", "Memo Table")
    ]
    found = warnings_of(make_book(tmp_path / "lacking", with_settings("house: firm.docx\n") | files))
    assert [re.sub(" (use it once|name another).*", "", line) for line in found] == sorted(told)
    settings = "house:\n  file: firm.docx\n  styles:\n"
    settings += "".join(f"    {ours}: {theirs}\n" for ours, theirs in FIRM.items())
    settings += "    List Number: Punkte\n    Memo Table: Firm Table\n"
    assert warnings_of(make_book(tmp_path / "named", with_settings(settings) | files)) == []


def house_with_table(style: str | None) -> bytes:
    """A file of python-docx, with its hundred styles of tables, one of which the file may use."""
    document = docx.Document()
    document.add_paragraph("{briefbook}")
    if style:
        document.add_table(1, 1, style)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_tables_are_told_of_where_a_house_has_some_of_its_own(tmp_path: Path) -> None:
    for style, told in (
        (None, ""),
        ("Light Grid Accent 1", "(tables of the file: Light Grid Accent 1; name"),
    ):
        changes = with_settings("house: firm.docx\n") | {"firm.docx": house_with_table(style)}
        lines = [line for line in warnings_of(make_book(tmp_path / str(style), changes)) if "Table" in line]
        assert len(lines) == bool(told)
        assert all(told in line for line in lines)


def house_with_markers(place: str) -> bytes:
    document = docx.Document()
    document.add_paragraph("{briefbook}")
    section = document.sections[0]
    at = {
        "the text": document,
        "a table": document.add_table(1, 1).cell(0, 0),
        "a header": section.header,
        "a footer": section.first_page_footer,
    }.get(place)
    if at is not None:
        paragraph = at.add_paragraph("Behind: {brief")
        paragraph.add_run("book}")  # Word cuts words into runs as it likes
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("place", ["the text", "a table", "a header", "a footer", ""])
def test_a_place_for_memos_that_none_fills_is_told(place: str, tmp_path: Path) -> None:
    changes = with_settings("house: firm.docx\n") | {"firm.docx": house_with_markers(place)}
    lines = [line for line in said(tmp_path, changes) if "{briefbook} in" in line]
    assert len(lines) == bool(place)
    assert all(f"a {{briefbook}} in {place} of firm.docx is printed as it stands" in line for line in lines)


BOX = (
    f"<w:p {nsdecls('w')}><w:r><w:pict><w:txbxContent>{{0}}</w:txbxContent></w:pict><w:t>x</w:t></w:r></w:p>"
)
CELL = f"<w:tbl {nsdecls('w')}><w:tr><w:tc>{{0}}</w:tc></w:tr></w:tbl>"
LINE = "<w:p><w:r><w:t>{briefbook}</w:t></w:r></w:p>"


@pytest.mark.parametrize(("around", "place"), [(CELL, "a table"), (BOX, "a box"), ("", "")])
def test_a_place_for_memos_in_a_table_alone_is_told_to_stand_outside(
    around: str, place: str, tmp_path: Path
) -> None:
    document = docx.Document()
    document.add_paragraph("Sample")
    if around:
        document.element.body.insert(0, parse_xml(around.format(LINE)))
    out = io.BytesIO()
    document.save(out)
    changes = with_settings("house: firm.docx\n") | {"firm.docx": out.getvalue()}
    (line,) = (line for line in said(tmp_path, changes) if "the text of firm.docx is left out" in line)
    assert "(its {briefbook} stands in" in line if place else "stands in" not in line
    assert f"{place}, where no memo goes: " in line or not place
    assert "put {briefbook} on a line of its own where memos go, outside of tables and boxes" in line


def test_endnotes_behind_a_closing_are_told_of_and_no_others(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "hand.docx": hand_made_house(),
        "python.docx": python_docx_house(),
    }
    for settings, told in [
        ("house: hand.docx\ncitations: endnotes\n", 1),
        ("house: hand.docx\ncitations: footnotes\n", 0),
        ("house: python.docx\ncitations: endnotes\n", 0),  # nothing follows the memo there
    ]:
        lines = said(tmp_path / str(len(settings)), {**with_settings(settings), **files})
        assert len([line for line in lines if "stand behind the closing of hand.docx" in line]) == told
        assert not [line for line in lines if "closing of python.docx" in line]


def test_a_house_in_the_book_and_another_in_a_memo(tmp_path: Path) -> None:
    changes: dict[str, str | bytes | None] = {
        "book.yaml": BOOK + "house: look/house.docx\n",
        "look/house.docx": hand_made_house(),
        "look/other.docx": python_docx_house(),
        "memos/council.yaml": COUNCIL + "house: {file: look/other.docx}\n",
        "memos/spring.yaml": FILES["memos/spring.yaml"].replace("[txt]", "[docx]"),
    }
    book = make_book(tmp_path, changes)
    built(book)
    council = docx.Document(io.BytesIO(docx_of(book)))
    spring = docx.Document(io.BytesIO((book / "out/2031-05-14/spring.docx").read_bytes()))
    assert council.sections[-1].header.paragraphs[0].text == "Ministry of Fisheries"
    assert spring.sections[-1].header.paragraphs[0].text == "Amt für Fischerei – Vermerk"


def test_a_change_of_a_file_makes_new_editions_and_nothing_else_does(tmp_path: Path) -> None:
    book = make_book(
        tmp_path, with_settings(THEME + "house: house.docx\n") | {"house.docx": hand_made_house()}
    )
    built(book)
    first = docx_of(book)
    assert "4 memos up to date" in built(book)
    assert docx_of(book) == first
    (book / "house.docx").write_bytes(python_docx_house())
    built(book)
    assert docx_of(book) != first
    os.utime(book / "house.docx", (0, 0))
    second = docx_of(book)
    built(book)
    assert docx_of(book) == second


def test_an_edition_is_made_again_from_what_was_kept_alone(tmp_path: Path) -> None:
    book = make_book(
        tmp_path, with_settings(THEME + "house: house.docx\n") | {"house.docx": hand_made_house()}
    )
    built(book, "--format", "docx,html,txt")
    made = {name: (book / f"out/2031-05-14/council.{name}").read_bytes() for name in ("docx", "html", "txt")}
    for name in ("look/logo.png", "house.docx", "book.yaml"):
        (book / name).unlink()
    store, ledger = Store(book / ".briefbook"), read_ledger(book / ".briefbook")
    assert ledger is not None
    with ledger:
        (edition,) = ledger.editions("council")
    kept = store.get(edition.inputs)
    assert len(kept) < 100_000  # the files are kept once, beside
    inputs = from_bytes(kept, store.get)
    assert inputs.digest == edition.digest == from_bytes(kept).digest
    document = remade(inputs)
    assert {name: WRITERS[name].write(document, inputs.theme) for name in made} == made


def test_pruning_keeps_the_files_of_the_editions_that_stay(tmp_path: Path) -> None:
    book = make_book(tmp_path, with_settings("house: house.docx\n") | {"house.docx": hand_made_house()})
    built(book)
    (book / "house.docx").write_bytes(python_docx_house())
    built(book)
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    store, ledger = Store(book / ".briefbook"), read_ledger(book / ".briefbook")
    assert ledger is not None
    with ledger:
        old, new = ledger.editions("council")
    assert not store.has(old.inputs)
    inputs = from_bytes(store.get(new.inputs), store.get)
    assert inputs.theme.house is not None
    assert inputs.theme.house.file.data == python_docx_house()
    assert WRITERS["docx"].write(remade(inputs), inputs.theme) == docx_of(book)


def test_letters_carry_no_logo(tmp_path: Path) -> None:
    from briefbook.workshop import Workshop

    book = read_book(make_book(tmp_path, with_settings(THEME))).book
    assert Workshop(book).theme.logo is None
    assert Workshop(book).theme_of(book.memos["council"]).logo is not None


def test_the_container_of_a_memo_in_a_house_is_one_that_word_takes(tmp_path: Path) -> None:
    book = make_book(tmp_path, with_settings("house: house.docx\n") | {"house.docx": hand_made_house()})
    built(book)
    with zipfile.ZipFile(io.BytesIO(docx_of(book))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names[:2] == ["[Content_Types].xml", "word/document.xml"]


# -------------------------------------------------------------------------------------------- faces

SERIF = Path(font_source_serif_pro.font_directory)
OWN = "theme: {faces: {regular: faces/own.ttf, bold: faces/bold.ttf, docx: Own Serif}}\n"
OWN_FILES = {
    "faces/own.ttf": (SERIF / "SourceSerifPro-Regular.ttf").read_bytes(),
    "faces/bold.ttf": (SERIF / "SourceSerifPro-Bold.ttf").read_bytes(),
}


def faces_in(pdf: bytes) -> set[str]:
    """The names of the embedded faces, without the tag of the subset."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [font for page in document.pages for font in page.resources["/Font"].values()]
        return {str(font["/BaseFont"]).partition("+")[2] for font in fonts if "+" in str(font["/BaseFont"])}


def pdf_of(book: Path) -> bytes:
    return (book / "out/2031-05-14/council.pdf").read_bytes()


@pytest.mark.parametrize(
    ("settings", "faces", "in_word"),
    [
        ("", {"Caladea-Regular", "Caladea-Bold"}, "Cambria"),
        (
            "theme: {faces: source-serif-pro}\n",
            {"SourceSerifPro-Regular", "SourceSerifPro-Bold"},
            "Source Serif Pro",
        ),
        (OWN, {"SourceSerifPro-Regular", "SourceSerifPro-Bold"}, "Own Serif"),
    ],
)
def test_faces_of_both_formats(tmp_path: Path, settings: str, faces: set[str], in_word: str) -> None:
    book = make_book(tmp_path, with_settings(settings) | OWN_FILES)
    built(book, "--format", "pdf,docx,txt")
    assert faces_in(pdf_of(book)) == faces
    defaults = docx.Document(io.BytesIO(docx_of(book))).styles.element.xpath(
        "w:docDefaults//w:rFonts/@w:ascii"
    )
    assert defaults == [in_word]
    said_in_pdf = "".join(extract_text(io.BytesIO(pdf_of(book))).split())
    title = "Fisheries Council"
    assert title.replace(" ", "") in said_in_pdf


def changed_rights(face: bytes, rights: int) -> bytes:
    """The face with other rights in its OS/2 table (fsType)."""
    for entry in range(12, 12 + 16 * int.from_bytes(face[4:6], "big"), 16):
        if face[entry : entry + 4] == b"OS/2":
            at = int.from_bytes(face[entry + 8 : entry + 12], "big") + 8
            return face[:at] + rights.to_bytes(2, "big") + face[at + 2 :]
    raise AssertionError("no OS/2 table")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"OTTO" + bytes(60), "this is no TrueType face"),
        (b"wOF2" + bytes(60), "this is no TrueType face"),
        (b"not a face", "this is no TrueType face"),
        (OWN_FILES["faces/own.ttf"][:5000], "this face is broken"),
        (changed_rights(OWN_FILES["faces/own.ttf"], 0x0002), "does not let it be embedded"),
        (changed_rights(OWN_FILES["faces/own.ttf"], 0x0100), "does not let it be embedded"),
        (changed_rights(OWN_FILES["faces/own.ttf"], 0x0008), ""),
    ],
)
def test_a_face_that_cannot_be_embedded(tmp_path: Path, content: bytes, message: str) -> None:
    lines = said(tmp_path, with_settings(OWN) | OWN_FILES | {"faces/own.ttf": content})
    assert [message in line and "book.yaml:4:26: error: " in line for line in lines] == [True] * bool(message)


GEORGIAN = "თბილისი"
MKHEDRULI = {"faces/own.ttf": georgian_face()}
OWN_FACE = "theme: {faces: {regular: faces/own.ttf, docx: Own Sans}}\n"
GEORGIAN_TITLE = {"memos/council.yaml": COUNCIL.replace("title: Fisheries Council", f"title: {GEORGIAN}")}


def test_letters_of_ones_own_face_alone_are_no_mistake_and_are_drawn(tmp_path: Path) -> None:
    book = make_book(tmp_path, with_settings(OWN_FACE) | MKHEDRULI | GEORGIAN_TITLE)
    assert run("-C", book, "check").stderr == "13 facts, 4 memos: no problem\n"
    built(book, "--format", "pdf")
    assert GEORGIAN in extract_text(io.BytesIO(pdf_of(book)))


def test_a_memo_is_asked_for_its_own_faces_and_a_fact_for_those_of_any(tmp_path: Path) -> None:
    """Of two memos one names the face; a title, and then a name, that both print."""
    titled = GEORGIAN_TITLE["memos/council.yaml"] + OWN_FACE
    spring = {"memos/spring.yaml": FILES["memos/spring.yaml"].replace("title: Spring", f"title: {GEORGIAN}")}
    (line,) = said(tmp_path / "a", {**MKHEDRULI, "memos/council.yaml": titled, **spring})
    assert "memos/spring.yaml:1:8: error: no face can draw 'თ' (U+10D7" in line

    name = {"facts/ground.yaml": FILES["facts/ground.yaml"].replace("Ana Holm", f"Ana {GEORGIAN}")}
    changes: dict[str, str | bytes | None] = {**MKHEDRULI, "memos/council.yaml": COUNCIL + OWN_FACE, **name}
    assert said(tmp_path / "b", {**changes, "memos/spring.yaml": None}) == []
    (line,) = said(tmp_path / "c", {**changes, "book.yaml": BOOK.replace("04-20", "05-20")})
    assert "memos/spring.yaml:1:1: error: none of its faces can draw 'თ' (U+10D7" in line
    assert line.endswith(
        "in memo 'spring' (name a face that can in its 'theme', as another memo or the book does)"
    )
