"""`check` writes the mail of each memo that is mailed: a mistake in its templates shows before it is due."""

from pathlib import Path

import pytest

from tests.books import FILES, make_book, run

MAILED = {
    "book.yaml": FILES["book.yaml"]
    + "mail: {from: desk@example.org, host: mail.example.org, owner: o@example.org}\n",
    "memos/council.yaml": FILES["memos/council.yaml"] + "deliver: {to: ana@example.org, attach: [docx]}\n",
}


def test_the_shipped_mail_is_fine(tmp_path: Path) -> None:
    assert run("-C", make_book(tmp_path, MAILED), "check").exit_code == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '{{ section("upcomming") }}',
            "templates/sections/upcomming.md.j2: error: there is no such template",
        ),
        ('{{ section("sources") }}', "templates/mail/body.md.j2:1: error: section 'sources' tells of"),
        ("{{ edition.nope }}", "nope"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("", "the mail is empty (memo council)"),
    ],
)
def test_a_mistake_in_the_body(tmp_path: Path, body: str, said: str) -> None:
    book = make_book(tmp_path, {**MAILED, "templates/mail/body.md.j2": body})
    told = run("-C", book, "check")
    assert told.exit_code == 1
    assert said in told.stderr
