"""`briefbook send` and `briefbook preview-mail`, to a real server."""

import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from briefbook.cli import book, send
from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState
from briefbook.ledger import Ledger, open_ledger
from briefbook.mail.credentials import VARIABLE
from tests.books import COMMAND, heed_ctrl_c
from tests.desk import ATTEMPTING, CANCELLED, DEFERRED, DOT, FAILED, PENDING, SENT, UNKNOWN
from tests.mail.servers import PASSWORD, SCRIPTS, GoodServer, RawServer
from tests.office import (
    ANA,
    BO,
    CY,
    DUE,
    EVE,
    HOUR,
    OWNER,
    Office,
    memo,
    office_at,
    parsed,
    text_of,
)
from tests.office import DAY as ONE_DAY
from tests.relay import PATIENCE, Relay, Way

DAY = "2031-04-20"
SEND = ("send", "council", "--as-of", DAY)


@pytest.fixture
def server() -> Iterator[GoodServer]:
    with GoodServer() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, server: GoodServer, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office_at(tmp_path / "book", server.port)


def sent_to(server: GoodServer | RawServer) -> list[str]:
    return [to for it in server.kept for to in it.recipients]


def test_it_goes_to_everyone_that_the_memo_names(office: Office, server: GoodServer) -> None:
    result = office.command(*SEND)
    assert result.exit_code == 0
    assert sent_to(server) == [ANA, BO, CY]
    message = parsed(server.kept[0].data)
    assert (message["To"], message["Bcc"]) == ("Ana Holm <ana@example.org>, bo@example.org", None)
    assert "20 April 2031" in text_of(message)
    assert "by hand" in text_of(message)
    assert [part.get_filename() for part in message.iter_attachments()] == ["council.txt"]


def test_mail_settings_with_errors_are_there_all_the_same(office: Office, server: GoodServer) -> None:
    settings = office.book / "book.yaml"
    settings.write_text(settings.read_text("utf-8").replace("host: ", "host: smtp://"), "utf-8")
    result = office.command(*SEND)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "the mail settings in book.yaml have errors, so nothing is sent"
    assert server.kept == []


def test_nobody_gets_an_edition_twice_unless_it_is_said(
    office: Office, server: GoodServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --again, even within the same second: another message, which no receiver takes for a double."""
    ticks = count()
    for module in (book, send):  # the second has taken it from the first, and may come in under the patch
        monkeypatch.setattr(module, "now", lambda: DUE + timedelta(milliseconds=next(ticks)))
    assert office.command(*SEND).exit_code == 0
    spared = office.command(*SEND)
    assert spared.exit_code == 0
    assert [line for line in spared.stderr.splitlines() if "edition" in line] == [
        f"{who}: has edition 1 of council already, by envelope {id_} of 2031-04-19 19:00 UTC; "
        "--again sends it once more"
        for id_, who in enumerate((ANA, BO, CY), 1)
    ]
    assert sent_to(server) == [ANA, BO, CY]
    assert office.command(*SEND, "--again").exit_code == 0
    assert sent_to(server) == [ANA, BO, CY] * 2
    assert {it.state for it in office.envelopes()} == {SENT}
    assert len({parsed(it.data)["Message-ID"] for it in server.kept}) == 6


def test_who_has_it_by_the_schedule_gets_none_by_hand(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    assert office.status(DUE) == 0
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == [ANA, BO, CY]


RIGHT = memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n")


def test_an_edition_that_holds_again_is_said_to_be_there(office: Office, server: GoodServer) -> None:
    """Between the two another went out: whether the first goes once more is for a person to say."""
    for text in (memo(), RIGHT, memo()):
        office.write("memos/council.yaml", text)
        assert office.command(*SEND).exit_code == 0
    assert [it.edition for it in office.envelopes()] == [1, 1, 1, 2, 2, 2]
    assert office.said[-1].count("has edition 1 of council already") == 3
    assert office.command(*SEND, "--again").exit_code == 0
    assert [it.edition for it in office.envelopes()][6:] == [1, 1, 1]


def test_a_test_goes_as_often_as_it_is_typed(office: Office, server: GoodServer) -> None:
    """And who got it gets the memo all the same."""
    for _ in range(2):
        assert office.command(*SEND, "--to", ANA).exit_code == 0
    assert sent_to(server) == [ANA, ANA]
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server)[2:] == [ANA, BO, CY]


def test_a_test_goes_to_one_alone(office: Office, server: GoodServer) -> None:
    result = office.command(*SEND, "--to", "Eva <eva@example.org>")
    assert result.exit_code == 0
    assert sent_to(server) == ["eva@example.org"]
    for name in (ANA, BO, CY):
        assert name.encode() not in server.kept[0].data
    assert parsed(server.kept[0].data)["To"] == "Eva <eva@example.org>"


def test_a_test_counts_for_nothing(office: Office, server: GoodServer) -> None:
    """What waits for the same person stays, and the schedule sends to them all the same."""
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 7
    office.aim(server.port)
    assert office.command("send", "council", "--as-of", "2031-04-22", "--to", ANA).exit_code == 0
    assert office.states() == [DEFERRED] * 3
    [test] = office.envelopes(EnvelopeKind.TEST)
    assert (test.recipient, test.state) == (ANA, SENT)
    assert f"council (test)  {test.edition} " in office.command("outbox", "list").stdout
    office.write("memos/council.yaml", memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n"))
    assert office.command(*SEND, "--to", ANA).exit_code == 0
    assert office.status(DUE + ONE_DAY) == 0
    assert sorted(sent_to(server)) == [ANA, ANA, ANA, BO, CY]


def test_a_test_that_may_have_arrived_is_held_like_any_letter(office: Office, server: GoodServer) -> None:
    with RawServer(SCRIPTS["dot-kept"]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND, "--to", "eva@example.org").exit_code == 5
    office.aim(server.port)
    assert office.command("run-due").exit_code == 5
    [test] = office.envelopes(EnvelopeKind.TEST)
    assert test.state is UNKNOWN
    [notice] = server.kept
    assert notice.recipients == (OWNER,)
    assert "A test of edition 1 of the memo council may have been delivered to eva" in " ".join(
        text_of(parsed(notice.data)).split()
    )


LATER_KNOWN = """\
forums:
  talk: {name: Talk, sides: [norland, sudland]}
meetings:
  talk-1:
    forum: talk
    title: first talk
    statements:
      - {source: note, says: announced, date: 2031-07-01, evidence: in July}
"""
TO_ANA = memo(deliver="{to: ana@example.org, attach: txt}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TO_ANA.replace("forum: council", "forum: talk"), "blank: nothing is on file"),
        (
            memo(deliver="{to: ana@example.org, attach: txt, stale_after: 17d}"),
            "stale: its newest source is of",
        ),
        (memo(deliver="{to: ana@example.org, attach: txt, stale_after: 18d}"), ""),
    ],
)
def test_what_no_schedule_would_send_goes_with_a_warning(
    office: Office, server: GoodServer, text: str, told: str
) -> None:
    office.write("facts/talk.yaml", LATER_KNOWN)
    office.write("memos/council.yaml", text)
    for command in ("preview-mail", "send"):
        result = office.command(command, "council", "--as-of", DAY)
        assert result.exit_code == 0
        warning = f"warning: memo 'council' would not be sent by a schedule: it is {told}"
        assert (warning in result.stderr) if told else ("warning" not in result.stderr)
    assert sent_to(server) == [ANA]


IN_HINDSIGHT = """\
sources:
  radio: {short: the radio, published: 2031-09-01}
  journal: {short: the journal, published: 2031-09-10}
forums:
  talk: {name: Talk, sides: [norland, sudland]}
meetings:
  talk-1:
    forum: talk
    title: first talk
    statements:
      - {source: journal, says: held, date: 2031-08-30, evidence: they met}
priorities:
  quota:
    forum: talk
    meeting: talk-1
    text: Halve the quota.
    statements:
      - {source: radio, force: agreed, by: [norland, sudland], evidence: agreed to halve}
"""


def test_a_memo_of_which_nobody_knows_how_old_it_is_is_stale(office: Office, server: GoodServer) -> None:
    """In hindsight the forum is on file, and the memo shows nothing that any source says."""
    office.write("facts/talk.yaml", IN_HINDSIGHT)
    deliver = "{to: ana@example.org, attach: txt, stale_after: 30d}"
    office.write("memos/council.yaml", memo(deliver=deliver).replace("forum: council", "forum: talk"))
    result = office.command(*SEND, "--known-by", "2031-09-05")
    assert result.exit_code == 0
    warning = "warning: memo 'council' would not be sent by a schedule: it is stale: no source has a day"
    assert warning in result.stderr
    assert len(server.kept) == 1


def test_a_memo_without_recipients_can_be_tried(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo().replace("deliver:", "#"))
    refused = office.command(*SEND)
    assert refused.exit_code == 1
    assert "--to" in refused.stderr
    assert office.command(*SEND, "--to", "eva@example.org").exit_code == 0
    assert sent_to(server) == ["eva@example.org"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("send", "counsil"), "council"),
        (("send", "council", "--to", "eva"), "'eva'"),
        (("send", "council", "--to", "Eva <eva@example.org>\r\nBcc: all@example.org"), "U+000D"),
        (("preview-mail", "counsil"), "council"),
    ],
)
def test_usage(office: Office, server: GoodServer, words: tuple[str, ...], told: str) -> None:
    result = office.command(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert server.kept == []


@pytest.mark.parametrize(
    ("name", "status"), [("mixed", 4), ("dot-kept", 5), ("550-mail", 6), ("535", 6), ("421-connect", 7)]
)
def test_how_it_ended(office: Office, name: str, status: int) -> None:
    with RawServer(SCRIPTS[name]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND).exit_code == status


def test_what_was_put_off_goes_with_the_next_run(office: Office, server: GoodServer) -> None:
    with RawServer(SCRIPTS["450-once"]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND).exit_code == 7
    assert office.states() == [DEFERRED, SENT, SENT]
    office.aim(server.port)
    [letter] = [it for it in office.envelopes() if it.state is DEFERRED]
    assert letter.next_try is not None
    assert office.status(letter.next_try + HOUR) == 0
    assert sent_to(raw) + sent_to(server) == [BO, CY, ANA]
    assert parsed(server.kept[0].data)["Message-ID"] == letter.message_id


# ------------------------------------------------------------------------- a `send` that was cut off

PLAIN = {"user": "", "ca_file": "", "security": "plain"}


def test_ctrl_c_at_the_dot_and_the_same_command_again(office: Office) -> None:
    """The server has the first letter, and sat on its answer."""
    with Relay() as relay:
        relay.will([Way.WAIT_AT_DOT])
        office.aim(relay.port, **PLAIN)
        command = [str(word) for word in (COMMAND, "-C", office.book, *SEND)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c)
        assert relay.reached.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=PATIENCE)
        relay.go_on.set()
        assert process.returncode == 130
        assert stderr.splitlines()[-1] == (
            "stopped: what was begun stays in the outbox (briefbook outbox list), "
            "and the next run-due goes on with it: don't send again"
        )
        for _ in range(2):
            again = office.command(*SEND)
            assert again.exit_code == 5
            assert "1: of this memo, may have arrived or not, so nothing was sent." in again.stderr
            for way_out in ("resolve 1 --sent", "resolve 1 --resend", "send --again"):
                assert way_out in again.stderr
            assert office.states() == [UNKNOWN, PENDING, PENDING]
        assert office.command("outbox", "resolve", "1", "--sent").exit_code == 0
        assert office.command(*SEND).exit_code == 0
        assert [who for who, _ in relay.accepted] == [ANA, BO, CY]
        assert office.command(*SEND, "--again").exit_code == 0
        assert [who for who, _ in relay.accepted] == [ANA, BO, CY] * 2
    assert {it.state for it in office.envelopes()} == {SENT}


def test_ctrl_c_before_anything_was_queued(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "queue", interrupt)
    stopped = office.command(*SEND)
    assert stopped.exit_code == 130
    assert "the same command goes on from there" in stopped.stderr


def one_is_left(office: Office, server: GoodServer, state: EnvelopeState = DEFERRED) -> Envelope:
    """A `send` was cut off: Bo and Cy have their letters, Ana's has come as far as this."""
    with RawServer(SCRIPTS["450-once"]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND).exit_code == 7
    assert sent_to(raw) == [BO, CY]
    office.aim(server.port)
    [left, *_] = office.envelopes()
    with open_ledger(office.book / ".briefbook") as ledger:
        assert ledger.move(left.id, DEFERRED, state, now=DUE)
    return left


@pytest.mark.parametrize("state", [DEFERRED, PENDING, ATTEMPTING])
def test_a_send_that_was_cut_off_is_gone_on_with(
    office: Office, server: GoodServer, state: EnvelopeState
) -> None:
    left = one_is_left(office, server, state)
    again = office.command(*SEND)
    assert again.exit_code == 0
    assert "going on with the letters of " in again.stderr
    assert sent_to(server) == [ANA]
    assert parsed(server.kept[0].data)["Message-ID"] == left.message_id
    assert office.states() == [SENT, SENT, SENT]
    assert "already, by envelope" not in again.stderr  # of that `send`: nothing else was to be done
    assert office.command(*SEND).exit_code == 0  # that one was not cut off, and everyone has it
    assert sent_to(server) == [ANA]


@pytest.mark.parametrize("state", [FAILED, CANCELLED])
def test_whose_letter_did_not_go_is_not_passed_over(
    office: Office, server: GoodServer, state: EnvelopeState
) -> None:
    """Refused for good, or stopped: it has reached nobody, and who types `send` again means them too."""
    one_is_left(office, server)
    with open_ledger(office.book / ".briefbook") as ledger:
        assert ledger.move(2, SENT, state, now=DUE)
    assert office.command(*SEND).exit_code == 0
    assert sorted(sent_to(server)) == [ANA, BO]
    assert office.states() == [SENT, SENT, SENT]


def test_who_has_seen_a_mistake_sends_the_right_one_to_everyone(office: Office, server: GoodServer) -> None:
    one_is_left(office, server)
    office.write("memos/council.yaml", RIGHT)
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == [ANA, BO, CY]
    assert all("Press for it." in text_of(parsed(it.data)) for it in server.kept)
    assert office.states() == [CANCELLED, *[SENT] * 5]


def test_a_mistake_of_the_mail_alone_is_put_right_for_whom_none_has_reached(
    office: Office, server: GoodServer
) -> None:
    """The edition is the same: who has it gets it once more where a person says so."""
    one_is_left(office, server)
    office.write("templates/mail/subject.md.j2", "The right subject")
    right = office.command(*SEND)
    assert right.exit_code == 0
    assert sent_to(server) == [ANA]
    assert right.stderr.count("--again sends it once more") == 2
    assert office.states() == [CANCELLED, SENT, SENT, SENT]
    assert office.command(*SEND, "--again").exit_code == 0
    assert sent_to(server)[1:] == [ANA, BO, CY]
    assert {parsed(it.data)["Subject"] for it in server.kept} == {"The right subject"}


@pytest.mark.parametrize("state", [FAILED, CANCELLED])
def test_who_has_the_edition_by_an_earlier_send_is_spared_by_one_that_is_gone_on_with(
    office: Office, server: GoodServer, state: EnvelopeState
) -> None:
    """Bo's second copy was stopped, or refused; Ana's waits."""
    assert office.command(*SEND).exit_code == 0
    with RawServer(SCRIPTS["450-once"]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND, "--again").exit_code == 7
    office.aim(server.port)
    with open_ledger(office.book / ".briefbook") as ledger:
        assert ledger.move(5, SENT, state, now=DUE)
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == [ANA, BO, CY, ANA]
    assert office.states() == [SENT, SENT, SENT, SENT, state, SENT]


def test_whoever_was_added_meanwhile_gets_the_first(office: Office, server: GoodServer) -> None:
    one_is_left(office, server)
    to = "to: [Ana Holm <ana@example.org>, bo@example.org], bcc: [cy@example.org, di@example.org]"
    office.write("memos/council.yaml", memo(deliver=f"{{{to}, attach: txt}}"))
    assert office.command(*SEND).exit_code == 0
    assert sorted(sent_to(server)) == [ANA, "di@example.org"]


def test_where_the_settings_say_so_the_same_bytes_go_again(office: Office, server: GoodServer) -> None:
    left = one_is_left(office, server, DOT)
    office.aim(server.port, unknown="resend")
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == [ANA]
    assert parsed(server.kept[0].data)["Message-ID"] == left.message_id
    assert office.states() == [SENT, SENT, SENT]


def test_what_hangs_on_its_way_to_somebody_else_holds_nothing(office: Office, server: GoodServer) -> None:
    one_is_left(office, server, DOT)
    office.write("memos/council.yaml", memo(deliver="{to: di@example.org, attach: txt}"))
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == ["di@example.org"]
    assert office.states() == [UNKNOWN, SENT, SENT, SENT]


def test_a_scheduled_letter_that_hangs_holds_one_by_hand(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    with RawServer(SCRIPTS["dot-kept"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 5
    office.aim(server.port)
    assert office.command(*SEND).exit_code == 5
    assert sent_to(server) == []
    assert office.command(*SEND, "--again").exit_code == 0
    assert sent_to(server) == [ANA, BO, CY]


def test_a_test_that_hangs_holds_the_same_test_alone(office: Office, server: GoodServer) -> None:
    eva = (*SEND, "--to", "eva@example.org")
    with RawServer(SCRIPTS["dot-kept"]) as raw:
        office.aim(raw.port)
        assert office.command(*eva).exit_code == 5
    office.aim(server.port)
    assert office.command(*eva).exit_code == 5
    assert sent_to(server) == []
    assert office.command(*SEND, "--to", "fay@example.org").exit_code == 0
    assert office.command(*eva, "--again").exit_code == 0
    assert sent_to(server) == ["fay@example.org", "eva@example.org"]


def test_it_leaves_alone_what_else_waits(office: Office, server: GoodServer) -> None:
    """A letter that hangs is a person's matter, and no reason for this command's status."""
    with RawServer(SCRIPTS["dot-lost"]) as raw:
        office.aim(raw.port)
        assert office.command(*SEND).exit_code == 5
    office.aim(server.port)
    assert office.command(*SEND, "--to", "eva@example.org").exit_code == 0
    assert sent_to(server) == ["eva@example.org"]
    assert office.states() == [UNKNOWN, SENT, SENT]


def test_a_memo_with_an_error_is_not_sent(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(more="bottom_line: {text: No., rests_on: [nothing-such]}\n"))
    result = office.command(*SEND)
    assert result.exit_code == 1
    assert "nothing-such" in result.stderr
    assert server.kept == []


@pytest.mark.parametrize("command", ["send", "preview-mail"])
def test_a_book_without_mail(office: Office, command: str) -> None:
    office.write("book.yaml", "format: 1\ntitle: Forums\n")
    result = office.command(command, "council", "--as-of", DAY)
    assert result.exit_code == 1
    assert "book.yaml does not say" in result.stderr
    assert office.envelopes() == []


def test_a_template_of_the_mail_with_a_mistake(office: Office, server: GoodServer) -> None:
    office.write("templates/mail/subject.md.j2", "{{ nothing_such }}")
    for command in (SEND, ("preview-mail", "council", "--as-of", DAY)):
        result = office.command(*command)
        assert result.exit_code == 1
        assert "templates/mail/subject.md.j2:1" in result.stderr
    assert server.kept == []
    assert office.envelopes() == []


def test_a_subject_that_no_header_may_hold(office: Office, server: GoodServer) -> None:
    office.write("templates/mail/subject.md.j2", "=?utf-8?q?Bcc=3A_all=40example.org?=")
    result = office.command(*SEND)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert server.kept == []


def test_a_preview_is_what_would_be_sent(office: Office, server: GoodServer) -> None:
    result = office.command("preview-mail", "council", "--as-of", DAY)
    assert result.exit_code == 0
    path = office.book / "out" / DAY / "council.eml"
    message = parsed(path.read_bytes())
    assert f"Subject: {message['Subject']}\n" in result.stdout
    assert "To: Ana Holm <ana@example.org>, bo@example.org\n" in result.stdout
    assert "Attached: council.txt (text/plain, " in result.stdout
    assert "Port Emery" in result.stdout
    assert "\x1b" not in result.stdout
    assert str(path) in result.stderr
    assert server.kept == []
    assert office.envelopes() == []
    assert office.command(*SEND).exit_code == 0
    sent = parsed(server.kept[0].data)
    assert [part.get_content() for part in sent.iter_attachments()] == [
        part.get_content() for part in message.iter_attachments()
    ]


@pytest.mark.parametrize("command", ["send", "preview-mail"])
def test_a_document_that_a_person_has_changed_stays_and_is_told_of(office: Office, command: str) -> None:
    path = office.book / "out" / DAY / "council.txt"
    assert office.command("build", "council", "--as-of", DAY).exit_code == 0
    path.write_text("my own words")
    result = office.command(command, "council", "--as-of", DAY)
    assert result.exit_code == 0
    assert path.read_text() == "my own words"
    assert f"warning: {path} is not as briefbook made it, so it stays; the new edition" in result.stderr
    assert "then move council.txt away and give council (new).txt its name\n" in result.stderr


def test_a_preview_replaces_an_older_one_and_nothing_else(office: Office) -> None:
    preview = ("preview-mail", "council", "--as-of", DAY)
    path = office.book / "out" / DAY / "council.eml"
    assert office.command(*preview).exit_code == 0
    office.write("memos/council.yaml", memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n"))
    assert office.command(*preview).exit_code == 0
    assert "Press for it." in text_of(parsed(path.read_bytes()))
    path.write_text("my notes")
    result = office.command(*preview)
    assert path.read_text() == "my notes"
    beside = path.with_name("council (new).eml")
    assert parsed(beside.read_bytes())["Subject"]
    assert f"warning: {path} is not as briefbook made it, so it stays; the mail is beside it" in result.stderr
    assert "then move council.eml away and give council (new).eml its name\n" in result.stderr
    assert str(beside) in result.stderr
    path.unlink()
    office.command(*preview)
    assert [one.name for one in path.parent.glob("*.eml")] == ["council.eml"]
