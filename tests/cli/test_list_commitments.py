"""`briefbook list --commitments`: who promised what, by when, and when a source last spoke of it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.books import run
from tests.test_commitments import AFTER, council_book

OTHER = {"memos/talks.yaml": "title: Talks\nforum: harbours\nformats: [txt]\n"}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(council_book(tmp_path, **OTHER))
    return tmp_path


def rows(*options: str) -> list[str]:
    done = run("list", "--commitments", *options)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def test_the_list_as_of_a_day(book: Path) -> None:
    heads, *told = rows("--as-of", AFTER)
    assert heads.split("  ")[0] == "COMMITMENT"
    assert [line.split()[0] for line in told] == ["boats", "survey", "mesh", "patrol", "buoys"]
    where = [heads.index(head) for head in ("PROMISED BY", "WHAT", "DUE", "LAST HEARD OF", "STATUS")]
    cells = [[line[a:b].strip() for a, b in zip(where, [*where[1:], None], strict=True)] for line in told]
    assert cells == [
        [
            "Norland (25 days ago)",
            "Count the boats once a year.",
            "2031-05-31 (5 days ago)",
            "24 days ago",
            "not told",
        ],
        [
            "Norland, Sudland (399 days ago)",
            "Survey the shared stock every spring.",
            "2031-06-30 (in 25 days)",
            "24 days ago",
            "",
        ],
        [
            "Norland, Sudland (399 days ago)",
            "Allow no mesh below 40 mm.",
            "2033 (in 940 days)",
            "24 days ago",
            "",
        ],
        ["Norland (399 days ago)", "Patrol the strait.", "", "398 days ago", ""],
        [
            "Sudland (399 days ago)",
            "Mark the shoals with buoys.",
            "2032 (in 575 days)",
            "24 days ago",
            "dropped",
        ],
    ]


def test_the_list_of_some_memos_in_json(book: Path) -> None:
    told = json.loads("\n".join(rows("council", "talks", "--as-of", AFTER, "--json")))
    assert [one["commitment"] for one in told] == ["boats", "survey", "mesh", "patrol", "buoys"]
    assert told[0] == {
        "commitment": "boats",
        "forum": "council",
        "text": "Count the boats once a year.",
        "promised_by": ["Norland"],
        "promised": "2031-05-11",
        "days_since_promised": 25,
        "due": "2031-05-31",
        "days_to_due": -5,
        "was_due": True,
        "status": None,
        "last_heard": {"source": "minutes-3", "published": "2031-05-12"},
        "days_since": 24,
    }
    assert told[3]["due"] is told[3]["days_to_due"] is None


def test_an_empty_list_says_so(book: Path) -> None:
    assert rows("talks", "--as-of", AFTER) == [f"no commitment is on file as of {AFTER}"]
    assert rows("--as-of", "2030-05-02") == ["no commitment is on file as of 2030-05-02"]
    assert json.loads("\n".join(rows("talks", "--json"))) == []


def test_both_days_are_heeded(book: Path) -> None:
    (_, boats, *_) = rows("--as-of", "2031-06-30", "--known-by", "2031-05-12")
    assert "30 days ago" in boats
    told = rows("--as-of", AFTER, "--known-by", "2031-05-11")
    assert [line.split()[0] for line in told[1:]] == ["nets", "survey", "buoys", "patrol"]


def test_names_of_memos_choose_in_both_lists(book: Path) -> None:
    assert [row["memo"] for row in json.loads(run("list", "talks", "--json").stdout)] == ["talks"]
    wrong = run("list", "--commitments", "tolks")
    assert wrong.exit_code == 2
    assert "there is no memo 'tolks' in this book (did you mean 'talks'?)" in wrong.stderr


def test_a_book_with_a_mistake_still_tells_the_rest(book: Path) -> None:
    (book / "memos/talks.yaml").write_text("title: Talks\nforum: harbors\nformats: [txt]\n")
    done = run("list", "--commitments", "--as-of", AFTER)
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 6
    assert "with errors (run briefbook check): talks" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_on_a_terminal_of_eighty_columns_no_line_is_longer(book: Path) -> None:
    printed = on_terminal("list", "--commitments", "--as-of", AFTER)
    assert max(map(len, printed)) <= 80
    heads, first, who, what, *_ = printed
    assert (heads.index("DUE"), heads.index("STATUS")) == (first.index("2031-05-31"), first.index("not told"))
    assert (who, what) == ("    promised by: Norland (25 days ago)", "    what: Count the boats once a year.")


def on_terminal(*arguments: str) -> list[str]:
    """The lines of the command on a terminal of eighty columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "briefbook", *arguments]
    with subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "80"}
    ) as process:
        os.close(theirs)
        printed = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux says so that the other end was closed
                break
            if not piece:
                break
            printed += piece
        os.close(ours)
        assert process.wait() == 0
    return printed.decode().splitlines()
