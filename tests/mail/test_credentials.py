"""Where the password comes from, and that nothing shows it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from briefbook.delivery import MailSettings
from briefbook.diagnostics import BriefbookError, Where
from briefbook.mail.credentials import Password, password_of

SECRET = "slow boats, päron & 10 herring"
SETTINGS = MailSettings(
    sender="desk@fisheries.example",
    host="localhost",
    where=Where(file="book.yaml", line=7, column=3),
    places={"password_file": (9, 18)},
)
WITH_FILE = replace(SETTINGS, password_file="../password")
posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs owners and permissions of files")


@pytest.fixture(autouse=True)
def book(tmp_path: Path) -> Path:
    """The folder of a book, beside which the password lies."""
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


def written(file: Path, data: bytes = SECRET.encode(), mode: int = 0o600) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    file.chmod(mode)
    return file


def refusal(settings: MailSettings, root: Path, environ: dict[str, str]) -> str:
    with pytest.raises(BriefbookError) as caught:
        password_of(settings, root, environ)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def plain(password: Password | None) -> str | None:
    return None if password is None else password.encode().decode()


def test_none_where_there_is_none(tmp_path: Path) -> None:
    assert password_of(SETTINGS, tmp_path / "book", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None


def test_the_credential_of_systemd_comes_first_then_the_file_then_the_environment(tmp_path: Path) -> None:
    credential = written(tmp_path / "credentials" / "briefbook-smtp", b"from systemd", 0o444)
    file = written(tmp_path / "password", b"from the file")
    environ = {
        "CREDENTIALS_DIRECTORY": str(credential.parent),
        "BRIEFBOOK_SMTP_PASSWORD": "from the environment",
    }
    assert plain(password_of(WITH_FILE, tmp_path / "book", environ)) == "from systemd"
    credential.unlink()
    assert plain(password_of(WITH_FILE, tmp_path / "book", environ)) == "from the file"
    assert plain(password_of(SETTINGS, tmp_path / "book", environ)) == "from the environment"
    file.unlink()
    assert refusal(WITH_FILE, tmp_path / "book", environ) == (
        "book.yaml:9:18: error: there is no file ../password (write the password into it)"
    )


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_end_of_its_line_is_no_part_of_it(end: bytes, tmp_path: Path) -> None:
    written(tmp_path / "password", f" {SECRET} ".encode() + end)
    assert plain(password_of(WITH_FILE, tmp_path / "book", {})) == f" {SECRET} "


@pytest.mark.parametrize("data", [b"", b"\n", b"two\nlines\n", b"nul\0", b"\xff\xfe", b"x" * 5000])
def test_what_is_no_password(data: bytes, tmp_path: Path) -> None:
    written(tmp_path / "password", data)
    assert refusal(WITH_FILE, tmp_path / "book", {}).startswith(
        "book.yaml:9:18: error: password does not hold a password"
    )


def test_a_broken_credential_is_told_with_its_own_place(tmp_path: Path) -> None:
    credential = written(tmp_path / "briefbook-smtp", b"")
    said = refusal(WITH_FILE, tmp_path / "book", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert said.startswith(f"{credential}: error: briefbook-smtp does not hold a password")


def test_an_environment_without_a_password_in_it(tmp_path: Path) -> None:
    said = refusal(SETTINGS, tmp_path / "book", {"BRIEFBOOK_SMTP_PASSWORD": ""})
    assert said.startswith("error: $BRIEFBOOK_SMTP_PASSWORD does not hold a password")


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o610])
def test_a_file_that_others_may_open_is_refused(mode: int, tmp_path: Path) -> None:
    written(tmp_path / "password", mode=mode)
    assert refusal(WITH_FILE, tmp_path / "book", {}) == (
        "book.yaml:9:18: error: others than its owner may open password"
        f" (type: chmod 600 {tmp_path / 'password'})"
    )


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(written(tmp_path / "password"), 4242, -1)
    assert "password belongs to another user" in refusal(WITH_FILE, tmp_path / "book", {})


@posix
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe that nobody writes to would hold us."""
    os.mkfifo(tmp_path / "password", 0o600)
    assert "password is not a regular file" in refusal(WITH_FILE, tmp_path / "book", {})
    (tmp_path / "password").unlink()
    (tmp_path / "password").mkdir(mode=0o700)
    assert "password is not a regular file" in refusal(WITH_FILE, tmp_path / "book", {})


@posix
def test_a_link_is_judged_by_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "password").symlink_to(written(tmp_path / "elsewhere"))
    assert plain(password_of(WITH_FILE, tmp_path / "book", {})) == SECRET
    (tmp_path / "elsewhere").chmod(0o644)
    assert "others than its owner" in refusal(WITH_FILE, tmp_path / "book", {})


@pytest.mark.parametrize(
    "name",
    ["secret", "./secret", "sub/../secret", "../book/secret", "{book}/secret", "{book}/../book/secret"],
)
def test_a_file_in_the_book_is_refused_whatever_leads_to_it(name: str, book: Path) -> None:
    (book / "sub").mkdir()
    written(book / "secret")
    assert refusal(replace(SETTINGS, password_file=name.format(book=book)), book, {}) == (
        "book.yaml:9:18: error: the file of the password lies in the book, and goes wherever the book goes"
        " (move it out of the book, such as to /etc/briefbook/password, and name it there)"
    )


@posix
def test_a_link_that_leads_into_the_book_is_refused(book: Path, tmp_path: Path) -> None:
    written(book / "secret")
    (tmp_path / "password").symlink_to(book / "secret")
    assert "lies in the book" in refusal(WITH_FILE, book, {})
    (tmp_path / "password").unlink()
    # The book's own folder may be reached by a link as well.
    (tmp_path / "alias").symlink_to(book)
    chosen = replace(SETTINGS, password_file=str(book / "secret"))
    assert "lies in the book" in refusal(chosen, tmp_path / "alias", {})
    chosen = replace(SETTINGS, password_file=str(tmp_path / "alias" / "secret"))
    assert "lies in the book" in refusal(chosen, book, {})
    # A link in the book that leads out of it holds no password.
    (book / "link").symlink_to(written(tmp_path / "password"))
    assert plain(password_of(replace(SETTINGS, password_file="link"), book, {})) == SECRET


@posix
def test_a_ring_of_links_and_a_home_that_is_not_there(book: Path, tmp_path: Path) -> None:
    (tmp_path / "password").symlink_to(tmp_path / "password")
    assert "cannot read password: " in refusal(WITH_FILE, book, {})
    assert "lies in the book" in refusal(replace(SETTINGS, password_file="~nobody-such/x"), book, {})


def test_a_path_of_ones_own(tmp_path: Path) -> None:
    file = written(tmp_path / "password")
    chosen = replace(SETTINGS, password_file=str(file))
    assert plain(password_of(chosen, tmp_path / "book", {})) == SECRET


def test_a_password_does_not_show_itself() -> None:
    password = Password(SECRET)
    shown = (
        repr(password),
        str(password),
        f"{password}",
        f"{password!r:>40}",
        f"{password} {[password]!r}",
    )
    assert not any(SECRET in each for each in shown)
    assert password.encode() == SECRET.encode()
