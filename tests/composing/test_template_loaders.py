"""Which files a folder of templates is said to hold: those that the loader would read."""

from pathlib import Path

from briefbook.composing.template_loaders import files_in
from tests.books import make_book, run


def test_links_are_followed_as_the_loader_follows_them(tmp_path: Path) -> None:
    own, shipped, elsewhere = tmp_path / "own", tmp_path / "shipped", tmp_path / "elsewhere"
    for folder in (own / "sections", shipped, elsewhere):
        folder.mkdir(parents=True)
        (folder / "x.md.j2").write_text("x")
    (own / "back").symlink_to(own)
    (own / "ours").symlink_to(own / "sections")
    (own / "shipped").symlink_to(shipped)
    (own / "out").symlink_to(elsewhere)
    (own / "root").symlink_to("/")
    found = [path.relative_to(own).as_posix() for path in files_in(own, [own, shipped])]
    assert found == ["ours/x.md.j2", "sections/x.md.j2", "shipped/x.md.j2"]
    assert list(files_in(tmp_path / "nowhere", [own])) == []


def test_what_lies_behind_a_link_out_of_the_book_makes_nothing_anew(tmp_path: Path) -> None:
    book, elsewhere = make_book(tmp_path / "book"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (book / "templates").mkdir(exist_ok=True)
    (book / "templates" / "out").symlink_to(elsewhere)
    assert run("-C", book, "build").exit_code == 0
    (elsewhere / "x.md.j2").write_text("x")
    assert "up to date" in run("-C", book, "build").stderr.splitlines()[-1]
