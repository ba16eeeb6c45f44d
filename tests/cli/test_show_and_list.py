"""`briefbook show` and `briefbook list`."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.books import FILES, MEMOS, changed, make_book, run, run_process

HARBOURS, GROUND, MEMO = "facts/harbours.yaml", "facts/ground.yaml", "memos/council.yaml"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


# -------------------------------------------------------------------------------------------- show


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ([], "Briefing memo "),
        (["--format", "text"], "Briefing memo "),
        (["--format", "md"], "# Briefing memo\n"),
        (["--format", "html"], "<!DOCTYPE html>\n"),
        (["--format", "json"], "{\n"),
    ],
)
def test_show_prints_one_memo(book: Path, options: list[str], start: str) -> None:
    result = run("show", "council", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(start)
    assert "Press for the survey." in result.stdout


def test_plain_text_has_both_its_names_in_show_and_in_build(book: Path) -> None:
    assert run("show", "council", "--format", "txt").stdout == run("show", "council").stdout
    assert run("build", "council", "--format", "text,txt").exit_code == 0
    assert [path.name for path in (book / "out").glob("*/*")] == ["council.txt"]


def test_show_takes_the_days(book: Path) -> None:
    told = json.loads(
        run("show", "council", "--format", "json", "--as-of", "2031-06-01", "--known-by", "2031-05-01").stdout
    )
    assert (told["as_of"], told["known_by"]) == ("2031-06-01", "2031-05-01")


def test_show_writes_no_file(book: Path) -> None:
    before = sorted(book.rglob("*"))
    run("show", "council")
    assert sorted(book.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["counsil"], "there is no memo 'counsil' in this book (did you mean 'council'?)"),
        (["zzz"], "there is no memo 'zzz' in this book (known: council, first-round, harbours, spring)"),
        ([], "name one memo, or ask for one by --forum, --meeting or --from and --to"),
        (
            ["council", "--forum", "council"],
            "name one memo, or ask for one by --forum, --meeting or --from and --to",
        ),
        (
            ["council", "--format", "docx"],
            "Invalid value for '--format': 'docx' is not one of 'text', 'txt', 'md', 'json', 'html'.",
        ),
    ],
)
def test_show_of_what_is_not_there(book: Path, arguments: list[str], message: str) -> None:
    result = run("show", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: {message}"


def test_a_memo_whose_file_has_another_ending_is_told_with_it(book: Path) -> None:
    (book / "memos" / "ports.yml").write_text("title: Ports\n", encoding="utf-8")
    result = run("show", "ports")
    assert (result.exit_code, result.stdout) == (2, "")
    told = "Error: there is no memo 'ports' in this book (rename memos/ports.yml to ports.yaml)"
    assert result.stderr.splitlines()[-1] == told


def test_a_memo_with_errors_is_not_shown_and_they_are(book: Path) -> None:
    make_book(book, changed(HARBOURS, "2031-06-03", "2031-06-31"))
    result = run("show", "harbours")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{HARBOURS}:8:15: error: ")
    assert run("show", "council").exit_code == 0


def test_a_memo_whose_file_broke_off(book: Path) -> None:
    make_book(book, {MEMO: "title: ["})
    result = run("show", "council")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{MEMO}:")


def test_a_mistake_in_a_template_names_it_and_the_memo(book: Path) -> None:
    changes = {
        "templates/sections/maps.md.j2": "## Maps\n{{ maps }}\n",
        MEMO: FILES[MEMO] + "sections: [header, maps]\n",
    }
    make_book(book, changes)
    result = run("show", "council")
    assert result.stderr == "templates/sections/maps.md.j2:2: error: 'maps' is undefined (memo council)\n"
    assert (result.exit_code, result.stdout) == (1, "")


# -------------------------------------------------------------------------------------------- list


def test_list_says_what_each_memo_covers_and_what_comes_next(book: Path) -> None:
    result = run("list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split("  ")[0].split() for line in result.stdout.splitlines()] == [
        ["MEMO"],
        *([memo] for memo in MEMOS),
    ]
    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert "forum council" in rows["council"]
    assert "meeting talks-1" in rows["first-round"]
    assert "2031-04-01 to 2031-06-30" in rows["spring"]
    assert rows["harbours"].endswith("Harbour Talks, 3 June 2031")


def test_in_a_pipe_no_id_is_cut(book: Path) -> None:
    forums = [f"north-american-working-group-{number}" for number in range(4)]
    facts = "forums:\n" + "".join(f"  {id_}: {{name: Group {id_[-1]}, kind: group}}\n" for id_ in forums)
    memo = f"title: Groups\nforums: [{', '.join(forums)}]\n"
    make_book(book, {"facts/groups.yaml": facts, "memos/groups.yaml": memo})
    assert f"  forum {', '.join(forums)}\n" in run("list").stdout


def test_list_as_of_another_day(book: Path) -> None:
    rows = {row["memo"]: row for row in json.loads(run("list", "--json", "--as-of", "2031-07-01").stdout)}
    assert set(rows) == set(MEMOS)
    assert [row["next"] for row in rows.values()] == [None] * 4
    assert rows["council"] == {
        "memo": "council",
        "language": "en",
        "title": "Fisheries Council",
        "covers": {"forums": ["council"]},
        "next": None,
        "formats": ["docx", "txt"],
        "edition": None,
        "run": None,
    }
    assert rows["first-round"]["covers"] == {"meetings": ["talks-1"]}
    assert rows["spring"]["covers"] == {"from": "2031-04-01", "to": "2031-06-30"}


def test_the_json_of_the_list_is_data(book: Path) -> None:
    make_book(book, {"memos/spring.yaml": FILES["memos/spring.yaml"].replace("2031-04/2031-06", "all")})
    rows = {row["memo"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["spring"]["covers"] == {"from": None, "to": None}
    assert rows["council"]["next"] == {"meeting": "council-3", "forum": "council", "date": "2031-05"}
    assert rows["harbours"]["next"]["date"] == "2031-06-03"


def test_list_tells_the_last_edition_and_the_next_run(book: Path) -> None:
    schedule = FILES["memos/spring.yaml"] + "schedule: {cron: '0 7 1 1 *', zone: America/Mexico_City}\n"
    make_book(book, {"memos/spring.yaml": schedule})
    run("build", "spring", "--as-of", "2031-05-12")
    run("build", "spring")
    rows = {row["memo"]: row for row in json.loads(run("list", "--json").stdout)}
    edition = rows["spring"]["edition"]
    assert datetime.fromisoformat(edition.pop("made")).tzinfo is not None
    assert edition == {"number": 2, "as_of": "2031-04-20", "known_by": "2031-04-20"}
    assert rows["spring"]["run"]["zone"] == "America/Mexico_City"
    assert rows["spring"]["run"]["utc"].endswith("-01-01T13:00:00+00:00")
    assert (rows["council"]["edition"], rows["council"]["run"]) == (None, None)
    heads, *_, last = run("list").stdout.splitlines()
    assert heads.split()[-4:] == ["LAST", "EDITION", "NEXT", "RUN"]
    assert "  2 (as of 2031-04-20)  " in last
    assert last.endswith("-01-01 07:00 CST")


def test_list_of_a_book_without_memos(book: Path) -> None:
    for memo in (book / "memos").iterdir():
        memo.unlink()
    assert json.loads(run("list", "--json").stdout) == []
    assert run("list").exit_code == 0


def test_list_names_the_memos_that_cannot_be_made(book: Path) -> None:
    make_book(book, {**changed(MEMO, "forum: council", "forum: counsil"), "memos/spring.yaml": "title: ["})
    result = run("list")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["MEMO", *MEMOS[:3]]
    broken_off, lame = result.stderr.splitlines()
    assert broken_off.startswith("memos/spring.yaml:")
    assert lame == "with errors (run briefbook check): council"
    assert result.exit_code == 1


# --------------------------------------------------------------------------- books with mistakes in them

WRONG = {
    "a forum that is not on file": changed(HARBOURS, "forum: harbours", "forum: harbour"),
    "a memo on an unknown forum": changed(MEMO, "forum: council", "forum: counsil"),
    "a memo on an unknown meeting": changed("memos/first-round.yaml", "talks-1", "talks-9"),
    "an unknown source": changed(HARBOURS, "source: letter", "source: leter"),
    "an unknown person": changed(HARBOURS, "person: bo-lund", "person: bo"),
    "an unknown side": changed(HARBOURS, "side: sudland", "side: westland"),
    "an unknown publisher": changed(GROUND, "publisher: emery-gazette", "publisher: emery"),
    "a country that is none": changed(
        GROUND, "sides: [norland, sudland]}\n  harb", "sides: [gazette]}\n  harb"
    ),
    "an unknown zone": changed(
        HARBOURS, "date: 2031", "time: 10:00\n        zone: Europe/Olso\n        date: 2031"
    ),
    "a language that is none": changed(MEMO, "forum: council", "forum: council\nlanguage: xx"),
    "a book's language that is none": changed("book.yaml", "format: 1", "format: 1\nlanguage: xx"),
    "a broken record of each kind": {
        GROUND: FILES[GROUND].replace("name: ", "nam: "),
        HARBOURS: FILES[HARBOURS].replace("says:", "say:"),
    },
    "a section that is none": {MEMO: FILES[MEMO] + "sections: [header, maps]\n"},
    "facts that broke off": {HARBOURS: FILES[HARBOURS] + "  x: ["},
    "an empty book": dict.fromkeys(FILES, ""),
    "bytes that are no text": dict.fromkeys(FILES, b"\xff\x00\xfe"),
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_no_mistake_in_a_book_makes_a_command_fall_over(
    book: Path, changes: dict[str, str | bytes | None]
) -> None:
    """`run` raises whatever a command raises."""
    make_book(book, changes)
    assert run("check").exit_code == 1
    assert run("build", "--format", "txt").exit_code == 1
    assert run("check", "--gaps").exit_code == 0
    for words in (["list"], ["show", "first-round"], ["show", "--meeting", "talks-1"]):
        result = run(*words)
        assert result.exit_code in (0, 1, 2)
        assert result.exit_code == 0 or result.stderr


# ------------------------------------------------------------------------- what is kept of a listing


def listed(book: Path, caches: Path, *words: str) -> tuple[str, bool]:
    """What a process of its own lists, and whether it read YAML for that."""
    done = run_process("-C", book, "list", *words, XDG_CACHE_HOME=str(caches), PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    return done.stdout, "located_yaml" in done.stderr


def test_what_did_not_change_is_listed_without_reading_it_again(tmp_path: Path) -> None:
    book, caches = make_book(tmp_path / "book"), tmp_path / "caches"
    table, has_read = listed(book, caches)
    assert has_read
    assert listed(book, caches) == (table, False)
    as_json, has_read = listed(book, caches, "--json")
    assert not has_read
    assert listed(book, Path(os.devnull), "--json") == (as_json, True)
    assert run("-C", book, "build").exit_code == 0
    with_edition, has_read = listed(book, caches)
    assert "1 (as of" in with_edition
    assert not has_read


@pytest.mark.parametrize(
    "change",
    [
        changed(GROUND, "name: Harbour Talks", "name: Talks of the harbours"),
        {"memos/again.yaml": FILES[MEMO]},
        {"languages/en.po": 'msgid ""\nmsgstr "Language: en\\n"\n'},
        {"templates/profiles/memo/profile.yaml": "title: [\n"},
        {"book.yaml": FILES["book.yaml"].replace("2031-04-20", "2031-06-20")},
    ],
)
def test_a_book_that_changed_is_listed_anew(tmp_path: Path, change: dict[str, str]) -> None:
    book, caches = make_book(tmp_path / "book"), tmp_path / "caches"
    (book / "templates/sections").mkdir(parents=True)
    listed(book, caches)
    make_book(book, change)
    told = [
        run_process("-C", book, "list", XDG_CACHE_HOME=str(where)) for where in (caches, Path(os.devnull))
    ]
    again = [(one.stdout, one.stderr, one.returncode) for one in told]
    assert again[0] == again[1]


def test_another_day_is_listed_anew_and_a_mistake_is_told_each_time(tmp_path: Path) -> None:
    book, caches = make_book(tmp_path / "book"), tmp_path / "caches"
    first = listed(book, caches)
    assert listed(book, caches, "--as-of", "2031-06-20") != first
    assert listed(book, caches)[0] == first[0]
    make_book(book, {"memos/lame.yaml": "title: Lame\nforum: nowhere\n"})
    for _ in range(2):
        told = run_process("-C", book, "list", XDG_CACHE_HOME=str(caches))
        assert (told.returncode, "with errors" in told.stderr) == (1, True)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_book_in_a_folder_whose_name_is_no_text_is_listed(tmp_path: Path) -> None:
    book = make_book(tmp_path / os.fsdecode(b"c\xff"))
    for is_there in (False, True):
        table, has_read = listed(book, tmp_path / "caches")
        assert "council" in table
        assert has_read is not is_there


def test_nothing_is_kept_of_a_book_with_markings(tmp_path: Path) -> None:
    settings = FILES["book.yaml"] + "marking: {scheme: tlp, default: clear}\n"
    book, caches = make_book(tmp_path / "book", {"book.yaml": settings}), tmp_path / "caches"
    assert [listed(book, caches)[1] for _ in range(2)] == [True, True]
    assert not any(b"Harbour" in path.read_bytes() for path in caches.rglob("*") if path.is_file())
