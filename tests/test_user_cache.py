"""What is kept for a user between runs: believed only where nobody else could have written it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from briefbook.user_cache import FOLDER, GENERATIONS, MOST, UserCache, cache_base
from tests.books import make_book, run_process

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="nothing is kept where files have no owner")


def cache(base: Path | None, identity: str = "one") -> UserCache:
    return UserCache(base, lambda: identity)


def entries(base: Path) -> list[Path]:
    return sorted(path for path in (base / FOLDER).rglob("*") if path.is_file())


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    cache(tmp_path).put("a key", b"bytes")
    assert cache(tmp_path).get("a key") == b"bytes"
    assert cache(tmp_path).get("another key") is None
    assert cache(tmp_path, "two").get("a key") is None


def test_all_of_it_is_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cache(tmp_path / "new").put("a key", b"bytes")
    finally:
        os.umask(before)
    for path in (tmp_path / "new" / FOLDER, *(tmp_path / "new" / FOLDER).rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_what_is_worked_out_once_is_worked_out_again_only_where_its_entry_is_harmed(tmp_path: Path) -> None:
    made = {"width": 0.5, "parts": [("name", b"bytes", 2)], "none": None}
    assert cache(tmp_path).worked_out("a key", lambda: made) == made
    assert cache(tmp_path).worked_out("a key", lambda: pytest.fail("made again")) == made
    [entry] = entries(tmp_path)
    cut(entry)
    assert cache(tmp_path).worked_out("a key", lambda: "anew") == "anew"
    assert cache(tmp_path).worked_out("a key", lambda: pytest.fail("made again")) == "anew"
    assert cache(None).worked_out("a key", lambda: "each time") == "each time"


def open_to_others(path: Path) -> None:
    path.chmod(path.stat().st_mode | 0o020)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def changed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


@pytest.mark.parametrize("harm", [open_to_others, cut, changed, emptied, linked])
def test_an_entry_that_another_may_have_written_is_not_believed(
    harm: Callable[[Path], None], tmp_path: Path
) -> None:
    cache(tmp_path).put("a key", b"bytes")
    [entry] = entries(tmp_path)
    harm(entry)
    assert cache(tmp_path).get("a key") is None


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("harm", [open_to_others, linked])
def test_nor_is_a_folder(harm: Callable[[Path], None], level: int, tmp_path: Path) -> None:
    cache(tmp_path).put("a key", b"bytes")
    [entry] = entries(tmp_path)
    harm(entry.parents[level])
    assert cache(tmp_path).get("a key") is None
    cache(tmp_path).put("a key", b"others")  # and nothing is written there
    assert all(b"others" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_where_nothing_can_be_kept_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for base in (None, tmp_path / "file", Path("/dev/null")):
        cache(base).put("a key", b"bytes")
        assert cache(base).get("a key") is None


def test_only_the_newest_releases_are_kept(tmp_path: Path) -> None:
    for number in range(GENERATIONS + 3):
        cache(tmp_path, str(number)).put("a key", b"bytes")
        newest = max((tmp_path / FOLDER).iterdir(), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (number, number))  # one after the other, whatever the clock's grain
    assert len(list((tmp_path / FOLDER).iterdir())) == GENERATIONS
    assert cache(tmp_path, str(GENERATIONS + 2)).get("a key") == b"bytes"
    assert cache(tmp_path, "0").get("a key") is None


@pytest.mark.parametrize(
    ("environment", "base"),
    [
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/a"}, "/caches"),
        ({"XDG_CACHE_HOME": "caches", "HOME": "/home/a"}, "/home/a/.cache"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/a"}, "/home/a/.cache"),
        ({"HOME": "home"}, None),
        ({}, None),
    ],
)
def test_it_lies_where_the_user_has_caches(environment: dict[str, str], base: str | None) -> None:
    assert cache_base(environment) == (None if base is None else Path(base))


# ------------------------------------------------------------------------------------ in a build


def built(book: Path, caches: Path) -> dict[str, bytes]:
    """What a process of its own makes of a memo."""
    done = run_process("build", "council", "--out", "out", cwd=book, XDG_CACHE_HOME=str(caches))
    assert done.returncode == 0, done.stderr
    files = {path.name: path.read_bytes() for path in (book / "out").rglob("council.*")}
    assert files
    return files


def test_a_build_makes_the_same_of_what_an_earlier_one_compiled(tmp_path: Path) -> None:
    first = built(make_book(tmp_path / "first"), tmp_path / "caches")
    kept = entries(tmp_path / "caches")
    assert any(b"sections/priorities.md.j2" in entry.read_bytes() for entry in kept)
    assert built(make_book(tmp_path / "second"), tmp_path / "caches") == first
    assert entries(tmp_path / "caches") == kept
    assert built(make_book(tmp_path / "third"), Path(os.devnull)) == first


def test_of_a_books_own_templates_nothing_is_kept(tmp_path: Path) -> None:
    own = {"templates/sections/priorities.md.j2": "## Ours\n\n{{ selection.priorities | length }}\n"}
    built(make_book(tmp_path / "book", own), tmp_path / "caches")
    kept = [entry.read_bytes() for entry in entries(tmp_path / "caches")]
    assert any(b"sections/background.md.j2" in entry for entry in kept)
    assert not any(b"priorities.md.j2" in entry or b"Ours" in entry for entry in kept)


def test_a_book_with_a_thousand_looks_does_not_fill_the_disk(tmp_path: Path) -> None:
    for number in range(MOST + 40):
        cache(tmp_path).put(str(number), b"bytes")
    assert MOST // 2 <= len(entries(tmp_path)) <= MOST
    assert cache(tmp_path).get(str(MOST + 39)) == b"bytes"


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    cache(tmp_path).put("a key", b"bytes")
    monkeypatch.setattr(Path, "replace", refuse)
    cache(tmp_path).put("another key", b"bytes")
    assert len(entries(tmp_path)) == 1
