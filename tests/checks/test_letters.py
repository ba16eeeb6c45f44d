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
    ("field", "name", "hint"),
    [
        ("body", "mail/nope.md.j2", ""),
        ("body", "mail/bodi.md.j2", "did you mean 'mail/body.md.j2'?"),
        ("subject", "The weekly memo", "write the words into templates/mail/subject.md.j2"),
    ],
)
def test_a_template_that_is_not_there_is_one_problem_where_it_is_named(
    tmp_path: Path, field: str, name: str, hint: str
) -> None:
    memo = FILES["memos/council.yaml"] + f'deliver: {{to: ana@example.org, {field}: "{name}"}}\n'
    told = run("-C", make_book(tmp_path, {**MAILED, "memos/council.yaml": memo}), "check")
    problem, count = told.stderr.splitlines()
    where = f"memos/council.yaml:5:{34 + len(field)}"
    assert f"{where}: error: there is no template {name!r} for the {field} of the mail" in problem
    assert hint in problem
    assert count.endswith(": 1 problem")


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


def test_certificates_that_are_not_there_are_told_of(tmp_path: Path) -> None:
    """A warning: the machine that sends may have them. A build does not look."""
    settings = FILES["book.yaml"] + (
        "mail: {from: desk@example.org, host: mail.example.org, owner: o@example.org, ca_file: nope.pem}\n"
    )
    book = make_book(tmp_path, {**MAILED, "book.yaml": settings})
    told = run("-C", book, "check")
    assert told.exit_code == 0
    assert "book.yaml:4:87: warning: there is no file of certificates nope.pem" in told.stderr
    assert "nope.pem" not in run("-C", book, "build").stderr
    (book / "book.yaml").write_text(settings.replace("nope.pem", "~nobody-here/ca.pem"))
    assert "no file of certificates ~nobody-here/ca.pem" in run("-C", book, "check").stderr
    (book / "book.yaml").write_text(settings)
    (book / "nope.pem").write_text("certificates")
    assert "nope.pem" not in run("-C", book, "check").stderr
