"""`briefbook bind`: memos bound into one book, in their order, whole or not at all."""

import cProfile
import json
from io import BytesIO
from pathlib import Path

import docx
import pikepdf
import pytest

from briefbook.readers.read_book import read_book
from briefbook.writers import bound_docx
from briefbook.writers.bound_pdf import write_bound_pdf
from briefbook.writers.docx_package import zip_of_parts
from briefbook.writers.theme import Theme
from tests.books import MEMOS, changed, make_book, run
from tests.bound import bound
from tests.large_book import forum_id, write_large_book

OUT = Path("out/2031-04-20")
DOCX, PDF = OUT / "briefing-book.docx", OUT / "briefing-book.pdf"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


def subjects(pdf: Path) -> list[str]:
    """The bookmarks of the tabs."""
    with pikepdf.open(pdf) as file, file.open_outline() as outline:
        return [item.title for item in outline.root[0].children if item.title.startswith("Tab")]


# -------------------------------------------------------------------------------------- what is bound


@pytest.mark.usefixtures("book")
def test_all_memos_are_bound_in_the_books_order() -> None:
    result = run("bind")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"4 memos bound: {DOCX}, {PDF}\n"
    assert [title.split(" · ")[0] for title in subjects(PDF)] == ["Tab 1", "Tab 2", "Tab 3", "Tab 4"]
    with pikepdf.open(PDF) as file:
        assert str(file.docinfo.Title) == "Norland–Sudland forums"
    assert docx.Document(str(DOCX)).core_properties.title == "Norland–Sudland forums"


@pytest.mark.usefixtures("book")
def test_memos_are_bound_as_they_are_named_under_a_title_of_ones_own() -> None:
    result = run("bind", "harbours", "council", "harbours", "--title", "Port Emery", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "name": "briefing-book",
        "memos": ["harbours", "council"],
        "edition": 1,
        "made": [str(DOCX), str(PDF)],
        "written": [str(DOCX), str(PDF)],
        "beside": {},
        "left_out": {},
        "reports": [],
    }
    assert [title.split(",")[0] for title in subjects(PDF)] == [
        "Tab 1 · Harbour Talks",
        "Tab 2 · Fisheries Council",
    ]
    with pikepdf.open(PDF) as file:
        assert str(file.docinfo.Title) == "Port Emery"


@pytest.mark.usefixtures("book")
def test_the_days_folder_name_and_formats_are_as_asked(tmp_path: Path) -> None:
    there = tmp_path / "there"
    asked = ("--as-of", "2031-06-01", "--known-by", "2031-05-01", "--name", "june", "--format", "pdf")
    assert run("bind", "council", *asked, "--out", there).exit_code == 0
    assert [path.name for path in (there / "2031-06-01").iterdir()] == ["june.pdf"]
    with pikepdf.open(there / "2031-06-01/june.pdf") as file:
        assert str(file.docinfo.CreationDate) == "D:20310601000000Z"


# ------------------------------------------------------------------------------------ kept and placed


@pytest.mark.usefixtures("book")
def test_what_is_bound_already_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run("bind")
    before = PDF.stat().st_mtime_ns
    monkeypatch.setattr("briefbook.binding.BOUND_WRITERS", {})  # nothing could be written
    result = run("bind")
    assert (result.exit_code, result.stderr) == (0, f"4 memos bound already: {DOCX}, {PDF}\n")
    PDF.unlink()
    assert run("bind").stderr.startswith("4 memos bound: ")
    assert PDF.stat().st_mtime_ns != before


def test_a_changed_fact_makes_a_new_edition_and_the_old_one_comes_back(book: Path) -> None:
    run("bind")
    first = PDF.read_bytes()
    make_book(book, changed("facts/harbours.yaml", "Harbour Master", "Port Captain"))
    assert run("bind").stderr.startswith("4 memos bound: ")
    assert PDF.read_bytes() != first
    assert [line.split()[:2] for line in run("history").stdout.splitlines()[1:]] == [
        ["bind:briefing-book", "1"],
        ["bind:briefing-book", "2"],
    ]
    assert run("build", "bind:briefing-book", "--edition", "1", "--format", "pdf").exit_code == 0
    assert (OUT / "briefing-book (edition 1).pdf").read_bytes() == first


@pytest.mark.usefixtures("book")
def test_a_file_that_somebody_changed_stays() -> None:
    run("bind")
    PDF.write_bytes(b"mine")
    result = run("bind", "council")
    assert result.exit_code == 0
    assert "briefing-book.pdf is not as briefbook made it, so it stays" in result.stderr
    assert PDF.read_bytes() == b"mine"
    assert len(subjects(OUT / "briefing-book (new).pdf")) == 1


@pytest.mark.usefixtures("book")
def test_the_store_can_be_pruned_of_bound_books() -> None:
    run("bind")
    run("bind", "council")
    assert run("history", "prune", "--keep", "1").exit_code == 0
    told = json.loads(run("history", "--json").stdout)
    assert [all(output["kept"] for output in row["outputs"]) for row in told] == [False, True]
    assert run("bind", "council").stderr.startswith("1 memo bound already: ")


# --------------------------------------------------------------------------------------- what stops it


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["counsil"], "there is no memo 'counsil' in this book (did you mean 'council'?)"),
        (["--format", "html"], "a bound book is not made as 'html' (known: docx, pdf)"),
        (["--format", " "], "name at least one format"),
        (
            ["--name", "council"],
            "'council' would be a file of memo 'council': give the bound book another --name",
        ),
        (["--name", "council.es"], "'council.es' would be a file of memo 'council'"),
        (["--name", "a b"], "'a b' is not an id"),
    ],
)
@pytest.mark.usefixtures("book")
def test_a_mistake_in_the_command_is_told(arguments: list[str], message: str) -> None:
    result = run("bind", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("out").exists()


def test_where_one_memo_cannot_be_made_nothing_is_bound(book: Path) -> None:
    make_book(book, changed("memos/harbours.yaml", "forum: harbours", "forum: harbour"))
    result = run("bind")
    assert result.exit_code == 1
    assert "memos/harbours.yaml:2:8: error: 'harbour' is not on file" in result.stderr
    assert result.stderr.endswith("nothing was bound: 1 memo cannot be made: harbours\n")
    assert not Path("out").exists()
    assert run("bind", "council").exit_code == 0  # the others can be bound


def test_a_mistake_of_a_template_binds_nothing(book: Path) -> None:
    make_book(book, {"templates/sections/upcoming.md.j2": "{{ 1 / 0 }}"})
    result = run("bind")
    assert result.exit_code == 1
    assert "templates/sections/upcoming.md.j2" in result.stderr
    assert not Path("out").exists()


def test_a_book_without_memos_cannot_be_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_book(tmp_path, {f"memos/{memo}.yaml": None for memo in MEMOS}))
    result = run("bind")
    assert result.exit_code == 2
    assert "this book has no memos to bind: add one in memos/" in result.stderr


def test_a_houses_file_takes_no_bound_book_but_the_pdf_is_made(book: Path) -> None:
    house = docx.Document()
    (book / "theme").mkdir()
    house.save(str(book / "theme/house.docx"))
    extra = changed("book.yaml", "as_of:", "house: theme/house.docx\nas_of:")
    make_book(book, extra)
    result = run("bind")
    assert result.exit_code == 1
    message = "a bound book cannot be written into a house's own Word file"
    assert f"book.yaml:3:8: error: {message}" in result.stderr
    assert not Path("out").exists()
    assert run("bind", "--format", "pdf").exit_code == 0
    assert [path.name for path in OUT.iterdir()] == ["briefing-book.pdf"]


# ---------------------------------------------------------------------------------------- a hundred


@pytest.mark.long
def test_the_work_for_a_page_does_not_grow_with_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in calls of functions, which no load of the machine changes."""
    monkeypatch.setattr(bound_docx, "zip_of_parts", zip_of_parts)  # no watch, which would be counted
    book = read_book(write_large_book(tmp_path, 100)).book

    def calls_for_a_page(memos: int) -> float:
        chosen = [forum_id(number) for number in range(memos)]
        with cProfile.Profile() as profile:
            binder = bound(book, *chosen)
            data = write_bound_pdf(binder, Theme())
            bound_docx.write_bound_docx(binder, Theme())
        calls = sum(entry.callcount for entry in profile.getstats())
        with pikepdf.open(BytesIO(data)) as file:
            return calls / len(file.pages)

    calls_for_a_page(1)  # what is done once for all books
    assert calls_for_a_page(100) < 1.1 * calls_for_a_page(20)


@pytest.mark.parametrize("title", ["", " ", "\u2800", "one\x01two", "two\nlines"])
def test_a_title_is_words_on_one_line(book: Path, title: str) -> None:
    told = run("-C", book, "bind", "--title", title)
    assert told.exit_code == 2
    assert "write words, on one line" in told.stderr


def test_a_title_that_no_face_can_draw_is_told(book: Path) -> None:
    told = run("-C", book, "bind", "--title", "漢字")
    assert told.exit_code == 1
    assert "no face can draw '漢' (U+6F22" in told.stderr
    assert not (book / "out").exists()


def test_a_bound_book_is_not_called_like_a_variant(book: Path) -> None:
    told = run("-C", book, "bind", "--name", "book.releasable-to-green")
    assert told.exit_code == 2
    assert "would be taken for a variant" in told.stderr


def test_languages_that_are_named_are_all_bound(book: Path) -> None:
    memo = book / "memos/council.yaml"
    memo.write_text(memo.read_text() + "languages: [es, en]\n")
    told = run("-C", book, "bind", "council.es", "council.en", "--format", "pdf", "--json")
    assert json.loads(told.stdout)["memos"] == ["council.es", "council.en"]
    told = run("-C", book, "bind", "council", "--format", "pdf", "--json")
    assert json.loads(told.stdout)["memos"] == ["council.en"]


def test_a_book_in_a_language_that_is_asked_for_has_a_name_of_its_own(book: Path) -> None:
    assert run("-C", book, "bind", "--format", "pdf").exit_code == 0
    before = (book / PDF).read_bytes()
    assert run("-C", book, "bind", "--language", "es", "--format", "pdf").exit_code == 0
    assert (book / PDF).read_bytes() == before
    assert (book / OUT / "briefing-book.es.pdf").exists()


def test_tabs_of_one_title_say_what_they_are(book: Path) -> None:
    memo = "title: Fisheries Council\nforum: council\nprofile: submission\nto: A\nfrom: B\n"
    memo += "issue: I.\nrecommendation: R.\ntiming: T.\nargument: A.\n"
    (book / "memos/decision.yaml").write_text(memo)
    (book / "memos/council.yaml").write_text("title: Fisheries Council\nforum: council\n")
    assert run("-C", book, "bind", "council", "decision", "--format", "pdf").exit_code == 0
    assert [title.split(" · ", 1)[1] for title in subjects(book / PDF)] == [
        "Fisheries Council, Port Emery, May 2031 · Briefing memo",
        "Fisheries Council, Port Emery, May 2031 · Submission",
    ]
