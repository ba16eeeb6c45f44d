"""What a second build does: nothing where nothing changed, exactly what changed where something did."""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefbook.build import build
from tests.books import FILES, MEMOS, changed, make_book, run

FOLDER = "out/2031-04-20"
HARBOURS, COUNCIL = "facts/harbours.yaml", "facts/council.yaml"
FORMATS = ("--format", "docx,pdf,txt")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book that was built once, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    assert run("build").exit_code == 0
    return tmp_path


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Of every file: which one it is on the disk, and when it was written."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def rewritten(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {name for name in after if before.get(name) != after[name]}


def history(memo: str | None = None) -> list[dict[str, object]]:
    told = run("history", *([memo] if memo else []), "--json")
    rows: list[dict[str, object]] = json.loads(told.stdout)
    return rows


# ------------------------------------------------------------------------------- nothing changed


def test_a_second_build_writes_nothing(book: Path) -> None:
    before = stamps(book / "out")
    again = run("build")
    assert again.stderr == f"4 memos up to date: {FOLDER}/\n"
    assert stamps(book / "out") == before
    assert [row["edition"] for row in history()] == [1, 1, 1, 1]


def test_a_second_build_tells_warnings_again(book: Path) -> None:
    make_book(book, {"facts/more.yaml": "people: {cara: {name: Cara}}"})
    first, second = run("build"), run("build")
    assert "warning: nothing names person 'cara'" in first.stderr
    assert second.stderr == first.stderr  # the memos were up to date in the first one too
    assert json.loads(run("build", "--json").stdout)["problems"][0]["message"].startswith("nothing names")


def test_touching_a_file_changes_nothing(book: Path) -> None:
    before = stamps(book / "out")
    for path in (book / "facts").iterdir():
        os.utime(path)
    make_book(book, {"facts/notes.yaml": "# no facts yet\nsources: {}\n"})
    assert run("build").stderr.splitlines()[-1] == f"4 memos up to date: {FOLDER}/"
    assert stamps(book / "out") == before


def test_schedules_and_recipients_make_nothing_anew(book: Path) -> None:
    before = stamps(book / "out")
    memo = FILES["memos/spring.yaml"] + "schedule: {cron: '0 7 * * *', zone: UTC}\n"
    make_book(book, {"memos/spring.yaml": memo})
    assert run("build").exit_code == 0
    assert stamps(book / "out") == before
    assert len(history("spring")) == 1


def test_another_day_is_another_edition_and_the_first_day_the_first_again(book: Path) -> None:
    run("build", "spring", "--as-of", "2031-05-12")
    run("build", "spring")
    assert [(row["edition"], row["as_of"]) for row in history("spring")] == [
        (1, "2031-04-20"),
        (2, "2031-05-12"),
    ]


def test_another_format_belongs_to_the_same_edition(book: Path) -> None:
    run("build", "spring", "--format", "html,txt")
    [row] = history("spring")
    outputs = row["outputs"]
    assert isinstance(outputs, list)
    assert [output["format"] for output in outputs] == ["txt", "html"]


# ----------------------------------------------------------------------------- something changed


def test_one_changed_fact_makes_again_the_memos_that_show_it(book: Path) -> None:
    before = stamps(book / "out")
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-04"))
    told = run("build")
    assert told.stderr == f"3 of 4 memos in 3 files, the others are up to date: {FOLDER}/\n"
    names = {"first-round.md", "harbours.txt", "spring.txt"}
    assert rewritten(before, stamps(book / "out")) == {f"2031-04-20/{name}" for name in names}
    assert [row["edition"] for row in history()] == [1, 1, 2, 1, 2, 1, 2]


def test_a_template_makes_again_the_memos_that_use_it(book: Path) -> None:
    memo = FILES["memos/harbours.yaml"] + "sections: [header, maps]\n"
    make_book(book, {"memos/harbours.yaml": memo, "templates/sections/maps.md.j2": "## Maps\n\nNone.\n"})
    run("build")
    before = stamps(book / "out")
    (book / "templates/sections/maps.md.j2").write_text("## Maps\n\nNone yet.\n")
    run("build")
    assert rewritten(before, stamps(book / "out")) == {"2031-04-20/harbours.txt"}


@pytest.mark.parametrize("way", ["written", "another folder", "link"])
def test_a_template_that_was_another_while_memos_were_made_is_not_vouched_for(
    book: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are read while memos are made: a pass is noted where they stood all the time."""
    memo = FILES["memos/harbours.yaml"] + "sections: [header, maps]\n"
    folder = book / "templates/sections"
    template, other = folder / "maps.md.j2", book / "other"
    make_book(book, {"memos/harbours.yaml": memo, "templates/sections/maps.md.j2": "## Maps\n\nNone.\n"})
    (other / "sections").mkdir(parents=True)
    (other / "sections/maps.md.j2").write_text("## Maps\n\nSome.\n")
    if way == "link":
        template.rename(other / "none.md.j2")
        template.symlink_to("../none.md.j2")
        (other / "none.md.j2").rename(book / "templates/none.md.j2")
        (other / "sections/maps.md.j2").rename(book / "templates/some.md.j2")

    def turn(words: str, target: str, leaves: Path, comes: Path) -> None:
        """Have the template say these words, in this way: by its text, a link's target or another folder."""
        if way == "written":
            template.write_text(f"## Maps\n\n{words}.\n")
        elif way == "link":
            template.unlink()
            template.symlink_to(f"../{target}.md.j2")
        else:
            folder.rename(leaves)
            comes.rename(folder)

    def meanwhile(*call: object, **named: object) -> object:
        turn("Some", "some", leaves=book / "kept", comes=other / "sections")
        try:
            return build(*call, **named)  # type: ignore[arg-type]
        finally:
            turn("None", "none", leaves=other / "sections", comes=book / "kept")

    with monkeypatch.context() as hooked:
        hooked.setattr("briefbook.build.build", meanwhile)
        run("build")
    document = book / FOLDER / "harbours.txt"
    assert "Some." in document.read_text()
    assert run("build").exit_code == 0
    assert "None." in document.read_text()


def test_a_pass_over_templates_that_stood_is_recognised(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one with a link that leads nowhere beside them, and the first pass over a book."""
    (book / "templates").mkdir()
    (book / "templates/nowhere.md.j2").symlink_to("gone.md.j2")
    shutil.rmtree(book / ".briefbook")
    assert run("build").exit_code == 0
    monkeypatch.delattr("briefbook.build.build")
    assert run("build").stderr == f"4 memos up to date: {FOLDER}/\n"


def test_a_macro_makes_again_the_memos_whose_templates_import_it(book: Path) -> None:
    macro = "{% macro word() %}@@{% endmacro %}"
    maps = "{% import 'macros/words.md.j2' as words %}## Maps\n\n{{ words.word() }}\n"
    memo = FILES["memos/harbours.yaml"] + "sections: [header, maps]\n"
    files = {"memos/harbours.yaml": memo, "templates/sections/maps.md.j2": maps}
    make_book(book, {**files, "templates/macros/words.md.j2": macro.replace("@@", "One")})
    assert run("build").exit_code == 0
    before = stamps(book / "out")
    make_book(book, {**files, "templates/macros/words.md.j2": macro.replace("@@", "Two")})
    run("build")
    assert rewritten(before, stamps(book / "out")) == {"2031-04-20/harbours.txt"}
    assert "Two" in (book / FOLDER / "harbours.txt").read_text()


def test_the_page_makes_again_all_memos_that_have_one(book: Path) -> None:
    make_book(book, {"book.yaml": FILES["book.yaml"] + "page: letter\n"})
    assert run("build", "council", *FORMATS).exit_code == 0
    assert [row["edition"] for row in history("council")] == [1, 2]


def test_a_fact_that_no_section_prints_makes_no_edition(book: Path) -> None:
    """What came out the same, byte for byte, is the same edition; the next build knows it at once."""
    memo = {"memos/council.yaml": FILES["memos/council.yaml"] + "sections: [upcoming]\n"}
    make_book(book, memo)
    run("build")
    before = stamps(book / "out")
    make_book(book, {**memo, **changed(COUNCIL, "Survey the shared stock together.", "Survey the stock.")})
    told = run("build", "council")
    assert told.stderr == f"1 memo up to date: {FOLDER}/\n"
    assert stamps(book / "out") == before
    assert len(history("council")) == 2  # of the first build, and of the one with a single section


def width_of(pdf: bytes) -> int:
    """The width of the first page in points."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(file.pages[0].mediabox[2])


def test_a_format_is_never_added_to_an_edition_that_was_made_from_something_else(book: Path) -> None:
    """On A4 and on Letter the Markdown is the same and the PDF is not."""
    letter = {"book.yaml": FILES["book.yaml"] + "page: letter\n"}
    pdf = book / FOLDER / "council.pdf"
    run("build", "council", "--format", "md")
    make_book(book, letter)
    run("build", "council", "--format", "md")
    run("build", "council", "--format", "md,pdf")
    on_letter = pdf.read_bytes()
    make_book(book)
    run("build", "council", "--format", "md,pdf")
    on_a4 = pdf.read_bytes()
    assert (width_of(on_letter), width_of(on_a4)) == (612, 595)
    assert on_letter != on_a4
    make_book(book, letter)
    run("build", "council", "--format", "md,pdf")
    assert pdf.read_bytes() == on_letter


@pytest.mark.parametrize("name", ["facts/more.yml", "facts/folder/more.yaml"])
def test_a_file_that_is_not_read_is_told_of_after_a_build_too(book: Path, name: str) -> None:
    make_book(book, {name: "sources: {}\n"})
    told = run("build")
    assert name.split("/")[1] in told.stderr
    assert run("build").stderr == told.stderr


def test_an_included_file_of_any_name_makes_again_what_includes_it(book: Path) -> None:
    memo = {"memos/harbours.yaml": FILES["memos/harbours.yaml"] + "sections: [header, maps]\n"}
    files = {**memo, "templates/sections/maps.md.j2": "## Maps\n\n{% include 'house.txt' %}\n"}
    make_book(book, {**files, "templates/house.txt": "One"})
    assert run("build").exit_code == 0
    (book / "templates/house.txt").write_text("Two")
    run("build")
    assert "Two" in (book / FOLDER / "harbours.txt").read_text()


def test_a_folder_of_templates_may_be_a_link(book: Path) -> None:
    memo = {"memos/harbours.yaml": FILES["memos/harbours.yaml"] + "sections: [header, maps]\n"}
    words = {f"templates/{it}/maps.md.j2": f"## Maps\n\n{it.title()}\n" for it in ("one", "two")}
    make_book(book, {**memo, **words})
    (book / "templates/sections").symlink_to("one")
    (book / "templates/one/back").symlink_to("..")
    assert run("build").exit_code == 0
    (book / "templates/sections").unlink()
    (book / "templates/sections").symlink_to("two")
    run("build")
    assert "Two" in (book / FOLDER / "harbours.txt").read_text()


# ------------------------------------------------------------------------------ files in the folder


def test_a_folder_where_a_document_stood_is_told_of(book: Path) -> None:
    path = book / FOLDER / "spring.txt"
    path.unlink()
    path.mkdir()
    told = run("build")
    assert told.exit_code == 1
    assert f"{FOLDER}/spring.txt: error: " in told.stderr


def test_a_deleted_file_is_made_again_with_the_same_bytes(book: Path) -> None:
    path = book / FOLDER / "council.docx"
    before = path.read_bytes()
    path.unlink()
    assert run("build").stderr == f"1 of 4 memos in 1 file, the others are up to date: {FOLDER}/\n"
    assert path.read_bytes() == before
    assert len(history("council")) == 1


def test_a_deleted_folder_is_made_again(book: Path) -> None:
    before = {name: (book / "out" / name).read_bytes() for name in stamps(book / "out")}
    shutil.rmtree(book / "out")
    assert run("build").stderr == f"4 memos in 5 files: {FOLDER}/\n"
    assert {name: (book / "out" / name).read_bytes() for name in stamps(book / "out")} == before


def test_a_file_that_a_person_edited_stays_and_the_new_edition_goes_beside_it(book: Path) -> None:
    path = book / FOLDER / "harbours.txt"
    path.write_text("my own words")
    told = run("build")
    assert told.exit_code == 0
    assert path.read_text() == "my own words"
    beside = book / FOLDER / "harbours (new).txt"
    assert "Harbour Talks" in beside.read_text()
    assert f"warning: {FOLDER}/harbours.txt is not as briefbook made it, so it stays" in told.stderr
    assert "the new edition is beside it: harbours (new).txt" in told.stderr
    # It is said again as long as it is so, and the newer edition replaces the one beside.
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-04"))
    assert "harbours (new).txt" in run("build").stderr
    assert "4 June" in beside.read_text()
    assert path.read_text() == "my own words"
    # Once the edited file is moved away, the memo has its own name again, and nothing is left over.
    path.rename(book / "mine.txt")
    assert run("build").exit_code == 0
    assert "4 June" in path.read_text()
    assert not beside.exists()


@pytest.mark.parametrize("fails", [False, True])
def test_what_lay_beside_and_cannot_be_removed_stops_no_other_memo(
    book: Path, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that another build, a step quicker, has removed already."""
    path, beside = book / FOLDER / "harbours.txt", book / FOLDER / "harbours (new).txt"
    path.write_text("my own words")
    assert run("build").exit_code == 0
    path.unlink()
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-04"))
    unlink = Path.unlink

    def refuses(self: Path, missing_ok: bool = False) -> None:
        if self.name == beside.name:
            if fails:
                raise PermissionError(1, "Operation not permitted")
            unlink(self)
        unlink(self, missing_ok)

    with monkeypatch.context() as other:
        other.setattr(Path, "unlink", refuses)
        told = run("build")
    assert told.exit_code == int(fails)
    assert "4 June" in (book / FOLDER / "spring.txt").read_text()
    if fails:
        where = f"{beside}: error: cannot write this file: Operation not permitted"
        assert where in told.stderr
        assert "1 memo not made: harbours" in told.stderr
        assert run("build").exit_code == 0
    assert not beside.exists()


def test_the_new_edition_is_given_its_name_by_hand(book: Path) -> None:
    """As the warning says."""
    path = book / FOLDER / "harbours.txt"
    path.write_text("my own words")
    assert "then move harbours.txt away and give harbours (new).txt its name\n" in run("build").stderr
    path.rename(book / "mine.txt")
    (book / FOLDER / "harbours (new).txt").rename(path)
    assert run("build").stderr == f"4 memos up to date: {FOLDER}/\n"
    assert "Harbour Talks" in path.read_text()


def test_both_edited_neither_is_touched(book: Path) -> None:
    path, beside = book / FOLDER / "harbours.txt", book / FOLDER / "harbours (new).txt"
    path.write_text("mine")
    beside.write_text("mine too")
    told = run("build")
    assert (path.read_text(), beside.read_text()) == ("mine", "mine too")
    assert "harbours (new 2).txt" in told.stderr
    assert "Harbour Talks" in (book / FOLDER / "harbours (new 2).txt").read_text()


def test_a_file_that_was_never_ours_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_book(tmp_path))
    path = tmp_path / FOLDER / "spring.txt"
    path.parent.mkdir(parents=True)
    path.write_text("a shopping list")
    (path.parent / "other.txt").write_text("another")
    assert run("build").exit_code == 0
    assert (path.read_text(), (path.parent / "other.txt").read_text()) == ("a shopping list", "another")


def test_a_link_in_the_folder_is_not_followed(book: Path) -> None:
    path, target = book / FOLDER / "spring.txt", book / "precious.txt"
    target.write_text("precious")
    path.unlink()
    path.symlink_to(target)
    assert run("build").exit_code == 0
    assert path.is_symlink()
    assert target.read_text() == "precious"
    assert (book / FOLDER / "spring (new).txt").is_file()


# ----------------------------------------------------------------------------------- the record


def test_a_lost_ledger_costs_history_and_nothing_else(book: Path) -> None:
    before = stamps(book / "out")
    shutil.rmtree(book / ".briefbook")
    assert run("build").stderr == f"4 memos up to date: {FOLDER}/\n"
    assert stamps(book / "out") == before
    assert [row["edition"] for row in history()] == [1, 1, 1, 1]


def test_a_lost_store_is_filled_again(book: Path) -> None:
    shutil.rmtree(book / ".briefbook/objects")
    (book / FOLDER / "spring.txt").unlink()
    assert run("build").exit_code == 0
    assert (book / FOLDER / "spring.txt").is_file()
    assert run("build", "spring", "--edition", "1").exit_code == 0


@pytest.mark.parametrize("command", ["build", "history"])
def test_a_copied_record_is_closed_to_others_again(book: Path, command: str) -> None:
    folder = book / ".briefbook"
    ours = [folder, *(path for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm")))]
    assert {path.name for path in ours} >= {"ledger.db", "objects", "building"}
    for path in ours:
        path.chmod(0o777)
    assert run(command).exit_code == 0
    assert {path.name: path.stat().st_mode & 0o077 for path in ours} == dict.fromkeys(
        [path.name for path in ours], 0
    )


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_the_record_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        assert run("-C", make_book(tmp_path), "build").exit_code == 0
    finally:
        os.umask(before)
    for path in [tmp_path / ".briefbook", *(tmp_path / ".briefbook").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_history_says_what_there_is(book: Path) -> None:
    run("build", "spring", "--as-of", "2031-05-12")
    told = run("history", "spring").stdout.splitlines()
    assert told[0].split() == ["EDITION", "AS", "OF", "KNOWN", "BY", "MADE", "FILES"]
    assert [line.split()[:3] for line in told[1:]] == [
        ["1", "2031-04-20", "2031-04-20"],
        ["2", "2031-05-12", "2031-05-12"],
    ]
    assert run("history").stdout.splitlines()[1].split()[0] == "council"
    unknown = run("history", "sprung")
    assert unknown.exit_code == 2
    assert unknown.stderr.splitlines() == [
        "Usage: briefbook history [OPTIONS] [MEMO] | prune",
        "Try 'briefbook history --help' for help.",
        "",
        "Error: there is no memo 'sprung' in this book (did you mean 'spring'?)",
    ]
    assert "there is no memo 'purge' in this book (did you mean 'prune'?)" in run("history", "purge").stderr
    make_book(book, {"memos/later.yaml": FILES["memos/spring.yaml"]})
    not_yet = run("history", "later")
    assert not_yet.exit_code == 1
    assert not_yet.stderr == "error: no edition of memo 'later' is on record (briefbook build makes one)\n"


def test_reading_history_makes_no_ledger(tmp_path: Path) -> None:
    make_book(tmp_path)
    assert run("-C", tmp_path, "history").stderr == "no editions yet: briefbook build makes them\n"
    assert not (tmp_path / ".briefbook").exists()


# -------------------------------------------------------------------------------- past editions


def test_a_past_edition_comes_back_byte_for_byte(book: Path) -> None:
    first = (book / FOLDER / "council.docx").read_bytes()
    make_book(book, changed(COUNCIL, "Survey the shared stock together.", "Survey the stock."))
    run("build")
    second = (book / FOLDER / "council.docx").read_bytes()
    assert first != second
    shutil.rmtree(book / "facts")
    shutil.rmtree(book / "memos")
    for number, data in ((1, first), (2, second)):
        told = run("build", "council", "--edition", str(number))
        assert told.exit_code == 0, told.stderr
        assert (book / FOLDER / f"council (edition {number}).docx").read_bytes() == data
    assert run("build", "council", "--edition", "1", "--format", "docx").stdout.splitlines() == [
        str(Path(FOLDER) / "council (edition 1).docx")
    ]


def test_a_past_edition_as_json_has_the_shape_of_a_build(book: Path) -> None:
    built = json.loads(run("build", "council", "--json").stdout)
    names = [str(Path(FOLDER, f"council (edition 1).{end}")) for end in ("docx", "txt")]
    again = ("build", "council", "--edition", "1", "--json")
    told = json.loads(run(*again).stdout)
    assert told.keys() == built.keys()
    assert told == {
        "made": {"council": names},
        "editions": {"council": 1},
        "written": names,
        "beside": {},
        "left_out": {},
        "reports": {},
        "redlines": {},
        "not_made": [],
        "problems": [],
    }
    Path(names[1]).write_text("my own words")
    told = json.loads(run(*again).stdout)
    new = str(Path(FOLDER, "council (edition 1) (new).txt"))
    assert (told["written"], told["beside"]) == ([new], {new: names[1]})


def test_a_past_edition_needs_no_processes(book: Path) -> None:
    told = run("build", "council", "--edition", "1", "--jobs", "2")
    assert told.exit_code == 2
    assert "nothing for --jobs to do" in told.stderr


def test_an_edition_that_there_is_not(book: Path) -> None:
    told = run("build", "council", "--edition", "7")
    assert told.exit_code == 1
    assert told.stderr == ("error: there is no edition 7 of memo 'council' (the latest is edition 1)\n")
    assert run("build", "council", "--edition", "1", "--format", "pdf").exit_code == 1
    assert run("build", "--edition", "1").exit_code == 2
    unknown = run("build", "counsil", "--edition", "1")
    assert unknown.exit_code == 2
    assert "there is no memo 'counsil' in this book (did you mean 'council'?)" in unknown.stderr
    assert run("build", "council", "--language", "es", "--edition", "1").exit_code == 1


def test_pruning_keeps_the_newest_and_the_list(book: Path) -> None:
    for day in ("2031-05-01", "2031-05-12", "2031-06-01"):
        run("build", "spring", "--as-of", day)
    told = run("history", "prune", "--keep", "2")
    assert told.exit_code == 0
    assert told.stderr.startswith("2 editions pruned, ")
    assert [row["edition"] for row in history("spring")] == [1, 2, 3, 4]
    assert "(pruned)" in run("history", "spring").stdout.splitlines()[1]
    assert run("build", "spring", "--edition", "4").exit_code == 0
    gone = run("build", "spring", "--edition", "1")
    assert gone.exit_code == 1
    assert "edition 1 of memo 'spring' is no longer kept (`history prune` may have removed" in gone.stderr
    # What was pruned is made again where it is wanted; it is the same edition.
    shutil.rmtree(book / "out")
    run("build", "spring")
    assert len(history("spring")) == 4
    assert run("build", "spring", "--edition", "1").exit_code == 0


# --------------------------------------------------------------------- words that citations open at


def on_the_web(**files: str) -> dict[str, str]:
    """The book with addresses for two of its sources, and other files of facts."""
    ground = FILES["facts/ground.yaml"]
    for source in ("gazette", "letter"):
        ground = ground.replace(f"  {source}: {{", f"  {source}: {{address: 'https://{source}.example/', ")
    return {"facts/ground.yaml": ground, **files}


def test_another_fragment_makes_again_the_documents_whose_citations_open_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_book(tmp_path, on_the_web()))
    asked = ("build", "--as-of", "2031-05-13", "--format", "txt,html,json")
    folder = tmp_path / "out/2031-05-13"
    assert run(*asked).exit_code == 0
    before = stamps(tmp_path / "out")
    pages = {memo: (folder / f"{memo}.html").read_bytes() for memo in ("council", "spring")}
    other = changed(COUNCIL, "evidence: to survey the stock", "evidence: survey the stock")
    make_book(tmp_path, on_the_web(**other))
    told = run(*asked)
    # What is on the talks alone stays, and so does the text, which shows no address.
    expected = {"council.html", "council.json", "spring.html", "spring.json"}
    assert {Path(name).name for name in rewritten(before, stamps(tmp_path / "out"))} == expected, told.stderr
    assert {row["memo"]: row["edition"] for row in history()} == {
        "council": 2,
        "first-round": 1,
        "harbours": 1,
        "spring": 2,
    }
    assert b"text=survey%20the%20stock" in (folder / "council.html").read_bytes()
    for memo, page in pages.items():
        assert run("build", memo, "--edition", "1").exit_code == 0
        assert (folder / f"{memo} (edition 1).html").read_bytes() == page


def test_a_fragment_of_a_source_that_nothing_opens_makes_nothing_again(book: Path) -> None:
    before = stamps(book / "out")
    make_book(book, changed(COUNCIL, "evidence: to survey the stock", "evidence: survey the stock"))
    assert run("build").stderr == f"4 memos up to date: {FOLDER}/\n"
    assert stamps(book / "out") == before


# ------------------------------------------------------------------------------------ properties

SENTENCES = ("Survey the shared stock together.", "Count the boats.", "Close the bay in winter.")
DAYS = ("2031-05", "2031-05-11", "2031-05-20", "2031-06-03", "2031-07-01")


def changes() -> st.SearchStrategy[dict[str, str]]:
    """Files of facts in which something is another than it was, or is not."""

    def files(
        sentence: str, council: str, talks: str, extra: bool, evidence: str, web: bool
    ) -> dict[str, str]:
        council_text = (
            FILES[COUNCIL].replace(SENTENCES[0], sentence).replace("date: 2031-05\n", f"date: {council}\n")
        ).replace("to survey the stock", evidence)
        talks_text = FILES[HARBOURS].replace("2031-06-03", talks)
        more = "sources: {paper: {short: the paper, published: 2031-04-11}}\n" if extra else "sources: {}\n"
        others = {
            HARBOURS: talks_text,
            "facts/more.yaml": more,
            "facts/ground.yaml": FILES["facts/ground.yaml"],
            # That words are to be checked again depends on what the edition before told.
            "memos/council.yaml": FILES["memos/council.yaml"].replace(", rests_on: [survey]", ""),
        }
        return {COUNCIL: council_text, **others, **(on_the_web() if web else {})}

    return st.builds(
        files,
        st.sampled_from(SENTENCES),
        st.sampled_from(DAYS),
        st.sampled_from(DAYS),
        st.booleans(),
        st.sampled_from(("to survey the stock", "survey the stock")),
        st.booleans(),
    )


def documents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=changes(), after=changes(), day=st.dates(date(2031, 4, 3), date(2031, 6, 10)))
def test_what_is_made_again_is_exactly_what_a_clean_build_makes_different(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, str],
    after: dict[str, str],
    day: date,
) -> None:
    book, clean = tmp_path_factory.mktemp("book"), tmp_path_factory.mktemp("clean")
    asked = ("--as-of", day.isoformat(), "--format", "txt,docx")
    make_book(book, before)
    assert run("-C", book, "build", *asked).exit_code == 0
    old, stamped = documents(book / "out"), stamps(book / "out")
    make_book(book, after)
    assert run("-C", book, "build", *asked).exit_code == 0
    make_book(clean, after)
    assert run("-C", clean, "build", *asked).exit_code == 0
    new = documents(clean / "out")
    assert documents(book / "out") == new
    different = {name for name in new if old[name] != new[name]}
    touched = {Path(name).name for name in rewritten(stamped, stamps(book / "out"))}
    assert touched == different
    editions = {
        str(row["memo"]): row["edition"] for row in json.loads(run("-C", book, "history", "--json").stdout)
    }
    assert {memo for memo in MEMOS if editions[memo] == 2} == {Path(name).stem for name in different}
