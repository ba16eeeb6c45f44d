"""Cleared, mailed; a byte changes, and it is not mailed: of a fact, of the file that was read."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from briefbook.mail.credentials import VARIABLE
from briefbook.record import FOLDER
from briefbook.store import OBJECTS
from tests.mail.servers import PASSWORD, GoodServer
from tests.office import ANA, BO, CY, memo, office_at, parsed
from tests.stories.desk import Desk

DAY, NOT_CLEARED = "2031-04-20", 8
DEMANDED = (
    memo(more="release: {clearance: required}\n")
    .replace("[txt]", "[docx]")
    .replace("attach: txt", "attach: docx")
)

pytestmark = pytest.mark.long
SEND = ("send", "council", "--as-of", DAY)
CLEAR = ("clear", "council", "--by", "Ana Holm", "--office", "Legal")


@pytest.fixture
def server() -> Iterator[GoodServer]:
    with GoodServer() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: GoodServer, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose memo was built, read and cleared."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    desk = Desk(office_at(tmp_path / "book", server.port, {"memos/council.yaml": DEMANDED}).book)
    desk.types("build", "council", "--as-of", DAY)
    assert "nobody has cleared edition 1" in desk.types(*SEND, status=NOT_CLEARED)
    assert "edition 1 of council (as of 2031-04-20) cleared by Ana Holm (Legal): council.docx" in desk.types(
        *CLEAR
    )
    return desk


def mailed(server: GoodServer) -> list[str]:
    return [to for it in server.kept for to in it.recipients]


def test_a_byte_of_a_fact(desk: Desk, server: GoodServer) -> None:
    assert "1 memo up to date" in desk.types("build", "council", "--as-of", DAY)  # built again: it holds
    assert " yes" in desk.types("clear", "--list")
    desk.edits("facts/council.yaml", "place: Port Emery", "place: Port Emory")
    desk.types("build", "council", "--as-of", DAY)
    said = desk.types(*SEND, status=NOT_CLEARED)
    assert "memo 'council' is not sent: the clearance by Ana Holm of " in said
    assert "of edition 1, has lapsed: council.docx is another in edition 2" in said
    assert "not for edition 2: council.docx" in desk.types("clear", "--list")
    assert mailed(server) == []
    desk.edits("facts/council.yaml", "place: Port Emory", "place: Port Emery")
    desk.types(*SEND)  # edition 1 again, byte for byte
    assert mailed(server) == [ANA, BO, CY]


def test_a_byte_of_the_file(desk: Desk, server: GoodServer) -> None:
    """What was cleared is mailed, not what was done to it since; what was done to it is not cleared."""
    file = desk.file(DAY, "council.docx")
    cleared = file.read_bytes()
    touched = bytearray(cleared)
    touched[len(touched) // 2] ^= 1
    file.write_bytes(touched)
    said = desk.types(*CLEAR, status=1)
    assert "council.docx: error: this is not as briefbook made it, so it is not what edition 1 holds" in said
    said = desk.types(*SEND)
    assert "council.docx is not as briefbook made it, so it stays; the new edition is beside it" in said
    assert file.read_bytes() == touched
    assert mailed(server) == [ANA, BO, CY]
    for letter in server.kept:
        [attached] = parsed(letter.data).iter_attachments()
        assert attached.get_payload(decode=True) == cleared


def test_a_byte_of_what_is_kept(desk: Desk, server: GoodServer) -> None:
    """The store no longer has what was cleared: nothing is mailed, and nobody is told that it was."""
    objects = desk.book / FOLDER / OBJECTS
    cleared = sha256(desk.file(DAY, "council.docx").read_bytes()).hexdigest()
    kept = objects / cleared[:2] / cleared[2:]
    touched = bytearray(kept.read_bytes())
    touched[len(touched) // 2] ^= 1
    kept.chmod(0o644)
    kept.write_bytes(touched)
    desk.types(*SEND, status=1)
    assert mailed(server) == []


def test_a_source_that_falls(desk: Desk, server: GoodServer) -> None:
    """Cleared, then a source is withdrawn: another edition, which nobody has cleared."""
    published = "gazette: {short: the gazette, published: 2031-04-02"
    desk.edits("facts/ground.yaml", published, f"{published}, withdrawn: {{on: 2031-04-20, why: a slip}}")
    assert "has lapsed: council.docx is another in edition 2" in desk.types(*SEND, status=NOT_CLEARED)
    desk.types(*CLEAR)
    desk.types(*SEND)
    assert mailed(server) == [ANA, BO, CY]
