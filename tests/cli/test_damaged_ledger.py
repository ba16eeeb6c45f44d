"""A ledger whose pages were overwritten: every command says so in a line, and none shows a traceback."""

import random
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from briefbook.cli import COMMANDS, main
from briefbook.ledger import read_ledger
from tests.cli.test_run_due import Listening
from tests.mail.servers import GoodServer
from tests.office import DAY, DUE, EVE, Office, office_at
from tests.readers.test_read_returned import memo

PAGE = 4096  # bytes, as SQLite has them if nothing else is said
# By command: how it is called, and whether it has to look into the ledger.
CALLS: Mapping[str, tuple[list[str], bool]] = {
    "init": (["init", "{new}"], False),
    "check": (["check"], False),
    "list": (["list"], True),
    "show": (["show", "council"], False),
    "build": (["build"], True),
    "debrief": (["debrief", "talks-1", "--anyway"], False),
    "bind": (["bind"], True),
    "build --redline": (["build", "--redline"], True),
    "build --edition": (["build", "council", "--edition", "1"], True),
    "history": (["history"], True),
    "history MEMO": (["history", "council"], True),
    "review": (["review", "{returned}"], True),
    "history prune": (["history", "prune", "--keep", "1"], True),
    "trace": (["trace", "gazette"], True),
    "diff": (["diff", "council"], True),
    "clear": (["clear", "council", "--by", "Ana Holm"], True),
    "trust": (["trust", "--list"], False),
    "schedule show": (["schedule", "show"], False),
    "schedule install": (["schedule", "install", "--cron"], False),
    "run-due": (["run-due", "--now", (DUE + DAY).isoformat()], True),
    "preview-mail": (["preview-mail", "council"], True),
    "send": (["send", "council"], True),
    "outbox list": (["outbox", "list"], True),
    "outbox show": (["outbox", "show", "1"], True),
    "outbox retry": (["outbox", "retry", "1"], True),
    "outbox cancel": (["outbox", "cancel", "1"], True),
    "outbox resolve": (["outbox", "resolve", "1", "--sent"], True),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with an edition that was mailed to three, and a failed occurrence."""
    with GoodServer() as server:
        office = office_at(tmp_path_factory.mktemp("sound") / "book", server.port)
        assert office.status(EVE) == 3
        office.run(DUE)
    ledger = read_ledger(office.book / ".briefbook")
    assert ledger is not None
    with ledger:
        assert ledger.editions()
        assert len(ledger.envelopes()) == 3
    return office.book


@pytest.fixture
def office(sound: Path, tmp_path: Path) -> Office:
    """A copy of that book."""
    return Office(Path(shutil.copytree(sound, tmp_path / "book")))


def damage(office: Office) -> None:
    """Overwrite pages of the ledger by what happens to be there; all but the first, whose loss is another."""
    path = office.book / ".briefbook" / "ledger.db"
    data = bytearray(path.read_bytes())
    chance = random.Random(1)
    for page in range(1, len(data) // PAGE):
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    path.write_bytes(data)


def words(call: str, office: Office) -> list[str]:
    folder = office.book.parent
    returned = folder / "returned.docx"
    returned.write_bytes(memo())
    return [word.format(new=folder / "new", returned=returned) for word in CALLS[call][0]]


def test_every_command_is_called() -> None:
    """`daemon`, which goes on, has a test of its own."""
    context = click.Context(main)
    names = set()
    for name in COMMANDS:
        command = main.get_command(context, name)
        names |= (
            {f"{name} {below}" for below in command.commands} if isinstance(command, click.Group) else {name}
        )
    called = {call.partition(" --")[0].removesuffix(" MEMO") for call in CALLS}
    assert names | {"history"} == called | {"daemon"}


@pytest.mark.parametrize("call", CALLS)
def test_a_damaged_ledger_is_a_line_that_says_what_to_do(office: Office, call: str) -> None:
    before = office.command(*words(call, office))
    shutil.rmtree(office.book.parent / "new", ignore_errors=True)
    damage(office)
    told = office.command(*words(call, office))  # an exception of any other kind is the test's failure
    if not CALLS[call][1]:
        assert (told.exit_code, told.stdout, told.stderr) == (before.exit_code, before.stdout, before.stderr)
        return
    assert (told.exit_code, told.stdout) == (1, "")
    [line] = [line for line in told.stderr.splitlines() if "as of" not in line]
    assert line.startswith(
        f"{office.book / '.briefbook' / 'ledger.db'}: error: the ledger is damaged (put back"
    )


def test_a_daemon_tells_of_it_once_and_goes_on(office: Office) -> None:
    damage(office)
    with Listening([sys.executable, "-m", "briefbook", "-C", str(office.book), "daemon"]) as daemon:
        daemon.wait_for("the ledger is damaged")
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(10) == 0
    assert "Traceback" not in "".join(daemon.lines)
    assert daemon.lines[-1] == "stopped\n"
