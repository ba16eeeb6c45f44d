"""Conversations with real servers on loopback: what each way of misbehaving comes to, and how soon."""

import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.delivery import MailSettings, Security
from briefbook.mail.addresses import Address, address
from briefbook.mail.credentials import Password
from briefbook.mail.smtp import Accepted, Conversation, Cut, Outcome, Phase, Refused, Scope
from tests.mail.servers import PASSWORD, SCRIPTS, USER, GoodServer, RawServer, Script, write_ca

SENDER = "desk@fisheries.example"
ANA, BEN, EVA = (address(f"{name}@norland.example") for name in ("ana", "ben", "eva"))
LETTER = b"Subject: Council\r\n\r\n.a dot first\r\n..\r\n.\r\nPort Emery\r\n"
SECRETS = (
    PASSWORD,
    b64encode(PASSWORD.encode()).decode(),
    b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode(),
)
SHORT = timedelta(seconds=1)
SLACK = 6.0  # seconds beyond a deadline that a busy machine may take


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    write_ca(folder)
    return folder


def mail(port: int) -> MailSettings:
    return MailSettings(
        sender=SENDER,
        host="localhost",
        port=port,
        user=USER,
        ca_file="ca.pem",
        deadline=timedelta(seconds=20),
    )


@dataclass
class Desk:
    """What the outbox would do: deliver, and note when the dot was about to go."""

    conversation: Conversation
    dots: int = 0
    said: list[str] = field(default_factory=list)

    def at_dot(self) -> bool:
        self.dots += 1
        return True

    def deliver(self, to: Address = ANA, data: bytes = LETTER) -> Outcome:
        outcome = self.conversation.deliver(SENDER, to, data, at_dot=self.at_dot)
        self.said.append(repr(outcome))
        return outcome


@contextmanager
def desk(chosen: MailSettings, root: Path) -> Iterator[Desk]:
    with Conversation(chosen, Password(PASSWORD), root) as conversation:
        it = Desk(conversation)
        yield it
    for secret in SECRETS:
        assert secret not in " ".join(it.said)


def server_refuses(phase: Phase, code: int) -> Refused:
    return Refused(phase=phase, code=code, text="", scope=Scope.SERVER)


def cut(phase: Phase) -> Cut:
    return Cut(phase=phase, reason="")


def bare(outcome: Outcome) -> Outcome:
    """Without the words."""
    match outcome:
        case Accepted():
            return Accepted(reply="")
        case Refused():
            return replace(outcome, text="")
        case Cut():
            return replace(outcome, reason="")


# --------------------------------------------------------------------------------- servers that behave


def test_the_message_arrives_byte_for_byte_under_tls_after_the_password(root: Path) -> None:
    dots = b"Subject: x\r\n\r\n" + b"." * 900 + b"\r\n"
    with GoodServer(size=5000) as server:
        with desk(mail(server.port), root) as it:
            outcomes = [it.deliver(ANA), it.deliver(BEN, dots)]
        assert outcomes == [Accepted(reply="250 2.0.0 kept")] * 2
        assert it.dots == 2
        first, second = server.kept
        assert (first.sender, first.recipients, first.data) == (SENDER, (ANA.spec,), LETTER)
        assert (first.secure, first.user, first.options) == (True, USER, f"SIZE={len(LETTER)}")
        assert (second.recipients, second.data) == ((BEN.spec,), dots)


def test_tls_from_the_first_byte(root: Path) -> None:
    with GoodServer(from_first_byte=True) as server:
        with desk(replace(mail(server.port), security=Security.TLS), root) as it:
            assert it.deliver() == Accepted(reply="250 2.0.0 kept")
        assert [(each.secure, each.user, each.data) for each in server.kept] == [(True, USER, LETTER)]


def test_plain_to_this_machine_without_a_password(root: Path) -> None:
    with GoodServer(plain=True, auth=False) as server:
        plain = replace(mail(server.port), security=Security.PLAIN, user=None)
        with desk(plain, root) as it:
            assert it.deliver() == Accepted(reply="250 2.0.0 kept")
        assert [(each.secure, each.data) for each in server.kept] == [(False, LETTER)]


def test_a_wrong_password_is_said_once(root: Path) -> None:
    with GoodServer() as server:
        with Conversation(mail(server.port), "guess", root) as conversation:
            outcome = conversation.deliver(SENDER, ANA, LETTER, at_dot=lambda: True)
        assert bare(outcome) == server_refuses(Phase.AUTH, 535)
        assert server.kept == []


@pytest.mark.parametrize("name", ["aiosmtpd", "good"])
def test_a_server_as_a_process_of_its_own(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.mail.servers", name, str(tmp_path)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert int((tmp_path / "port").read_text()) == port
        with desk(mail(port), tmp_path) as it:
            assert isinstance(it.deliver(), Accepted)
        process.terminate()
    assert process.returncode == 0
    (kept,) = (json.loads(line) for line in (tmp_path / "kept.jsonl").read_text().splitlines())
    assert (kept["recipients"], kept["data"].encode("latin-1")) == ([ANA.spec], LETTER)


# ----------------------------------------------------------------------------- servers that misbehave

OUTCOMES: dict[str, Outcome] = {
    "drop-connect": cut(Phase.GREETING),
    "drop-ehlo": cut(Phase.EHLO),
    "drop-starttls": cut(Phase.TLS),
    "drop-tls-ehlo": cut(Phase.EHLO),
    "drop-auth": cut(Phase.AUTH),
    "drop-mail": cut(Phase.MAIL),
    "drop-rcpt": cut(Phase.RCPT),
    "drop-data": cut(Phase.DATA),
    "dot-lost": cut(Phase.DOT),
    "dot-kept": cut(Phase.DOT),
    "garbage-at-dot": cut(Phase.DOT),
    "354-at-dot": cut(Phase.DOT),
    "two-codes-at-dot": cut(Phase.DOT),
    "endless-at-dot": cut(Phase.DOT),
    "endless-lines-at-dot": cut(Phase.DOT),
    "endless-line": cut(Phase.EHLO),
    "endless-lines": cut(Phase.EHLO),
    "drop-quit": Accepted(reply=""),
    "silent-quit": Accepted(reply=""),
    "421-quit": Accepted(reply=""),
    "421-connect": server_refuses(Phase.GREETING, 421),
    "530-mail": server_refuses(Phase.MAIL, 530),
    "535": server_refuses(Phase.AUTH, 535),
    "no-auth": server_refuses(Phase.AUTH, 0),
    "no-starttls": server_refuses(Phase.TLS, 0),
    "wrong-host": server_refuses(Phase.TLS, 0),
    "self-signed": server_refuses(Phase.TLS, 0),
    "injected": server_refuses(Phase.TLS, 0),
    "421-dot": server_refuses(Phase.DOT, 421),
    "450-once": Refused(phase=Phase.RCPT, code=450, text="", scope=Scope.RECIPIENT),
    "550-mail": Refused(phase=Phase.MAIL, code=550, text="", scope=Scope.MESSAGE),
    "552-mail": Refused(phase=Phase.MAIL, code=552, text="", scope=Scope.MESSAGE),
    "552-dot": Refused(phase=Phase.DOT, code=552, text="", scope=Scope.MESSAGE),
    "451-dot": Refused(phase=Phase.DOT, code=451, text="", scope=Scope.MESSAGE),
    "small": Accepted(reply=""),
    "seven-bit": Accepted(reply=""),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_a_misbehaving_server_comes_to(name: str, root: Path) -> None:
    wanted = OUTCOMES[name]
    begun = monotonic()
    with RawServer(SCRIPTS[name]) as server:
        with desk(mail(server.port), root) as it:
            assert bare(it.deliver()) == wanted
        assert monotonic() - begun < 20  # none of these waits for the deadline
        kept = isinstance(wanted, Accepted) or name in ("dot-kept", "two-codes-at-dot")
        assert [each.data for each in server.kept] == ([LETTER] if kept else [])
        reached = isinstance(wanted, Accepted) or wanted.phase is Phase.DOT
        assert it.dots == (1 if reached else 0)
        if name in ("no-starttls", "wrong-host", "self-signed", "injected", "no-auth"):
            assert "AUTH" not in server.said
            assert not any(secret in server.said for secret in SECRETS)


TOO_SLOW: dict[str, Phase] = {
    "no-banner": Phase.GREETING,
    "drip": Phase.GREETING,
    "drip-at-dot": Phase.DOT,
    "silent-at-dot": Phase.DOT,
}


@pytest.mark.parametrize("name", TOO_SLOW)
def test_the_deadline_is_for_the_whole_conversation(name: str, root: Path) -> None:
    script = replace(SCRIPTS[name], pace=0.2)  # a byte in time for any time-out that is per read
    with RawServer(script) as server:
        begun = monotonic()
        with desk(replace(mail(server.port), deadline=SHORT), root) as it:
            outcome = it.deliver()
            took = monotonic() - begun
        assert outcome == Cut(phase=TOO_SLOW[name], reason=f"not done within 1 seconds (at {TOO_SLOW[name]})")
        assert 0.9 < took < 1 + SLACK


@pytest.mark.parametrize("script", [Script(silent="BODY"), Script(sips=True)])
def test_a_server_that_does_not_take_the_body_in_time(script: Script, root: Path) -> None:
    with RawServer(replace(script, features=("AUTH PLAIN",))) as server:
        begun = monotonic()
        with desk(replace(mail(server.port), deadline=timedelta(seconds=2)), root) as it:
            assert bare(it.deliver(data=b"x: y\r\n\r\n" + b"z" * 30_000_000)) == cut(Phase.BODY)
        assert monotonic() - begun < 2 + SLACK
        assert it.dots == 0


def test_a_server_that_hangs_up_in_the_middle_of_the_body(root: Path) -> None:
    with RawServer(replace(SCRIPTS["drop-body"], features=("AUTH PLAIN",))) as server:
        with desk(mail(server.port), root) as it:
            assert bare(it.deliver(data=b"x: y\r\n\r\n" + b"z" * 30_000_000)) == cut(Phase.BODY)
            assert isinstance(it.deliver(), Accepted)
        assert it.dots == 1


def test_a_refusal_before_the_end_of_the_body_keeps_the_dot_back(root: Path) -> None:
    early = Script(replies={"DATA": ("354 go on\r\n552 5.3.4 no room", "354 go on")})
    with RawServer(early) as server:
        with desk(mail(server.port), root) as it:
            refused = Refused(phase=Phase.BODY, code=552, text="5.3.4 no room", scope=Scope.MESSAGE)
            assert it.deliver() == refused
            assert it.dots == 0
            assert isinstance(it.deliver(BEN), Accepted)
        assert [each.recipients for each in server.kept] == [(BEN.spec,)]


# ------------------------------------------------------------------------------------ several messages


def test_one_connection_for_all_and_a_reset_after_a_refusal(root: Path) -> None:
    with RawServer(SCRIPTS["mixed"]) as server:
        with desk(mail(server.port), root) as it:
            outcomes = [bare(it.deliver(to)) for to in (ANA, BEN, EVA)]
        refused = Refused(phase=Phase.RCPT, code=550, text="", scope=Scope.RECIPIENT)
        assert outcomes == [Accepted(reply=""), refused, Accepted(reply="")]
        assert [each.recipients for each in server.kept] == [(ANA.spec,), (EVA.spec,)]
        assert len(server.heard) == 1
        assert server.said.count("RSET") + server.said.count("rset") == 1


def test_421_in_the_middle_hangs_up_and_the_next_begins_anew(root: Path) -> None:
    with RawServer(SCRIPTS["421-rcpt"]) as server:
        with desk(mail(server.port), root) as it:
            outcomes = [bare(it.deliver(to)) for to in (ANA, BEN, EVA)]
        assert outcomes == [Accepted(reply=""), server_refuses(Phase.RCPT, 421), Accepted(reply="")]
        assert [each.recipients for each in server.kept] == [(ANA.spec,), (EVA.spec,)]
        assert len(server.heard) == 2


@pytest.mark.parametrize(
    "script",
    [
        SCRIPTS["idle"],
        Script(replies={"MAIL": ("250 ok", "421 you were idle", "250 ok")}),
        Script(replies={"DOT": ("250 ok\r\n421 one is enough", "250 ok")}),
    ],
)
def test_a_connection_that_died_while_idle_is_made_again(script: Script, root: Path) -> None:
    with RawServer(script) as server:
        with desk(mail(server.port), root) as it:
            assert [bare(it.deliver(to)) for to in (ANA, BEN)] == [Accepted(reply="")] * 2
        assert [each.recipients for each in server.kept] == [(ANA.spec,), (BEN.spec,)]
        assert len(server.heard) == 2


def test_it_is_made_again_once_only(root: Path) -> None:
    with RawServer(Script(replies={"MAIL": ("250 ok", "421 busy")})) as server:
        with desk(mail(server.port), root) as it:
            outcomes = [bare(it.deliver(to)) for to in (ANA, BEN)]
        assert outcomes == [Accepted(reply=""), server_refuses(Phase.MAIL, 421)]
        assert len(server.heard) == 2


@pytest.mark.parametrize(
    "script",
    [
        Script(replies={"RCPT": ("550 nobody", "250 ok"), "RSET": ("502 what?",)}),
        Script(replies={"RCPT": ("550 nobody", "250 ok")}, drop="RSET"),
    ],
)
def test_a_reset_that_goes_wrong_makes_a_new_connection(script: Script, root: Path) -> None:
    with RawServer(script) as server:
        with desk(mail(server.port), root) as it:
            assert isinstance(it.deliver(), Refused)
            assert isinstance(it.deliver(BEN), Accepted)
        assert len(server.heard) == 2


# --------------------------------------------------------------------------------------------- the dot


def test_the_dot_is_sent_only_after_at_dot(root: Path) -> None:
    seen: list[bytes] = []
    with RawServer(SCRIPTS["good"]) as server:

        def at_dot() -> bool:
            seen.append(bytes(server.heard[0]))
            return True

        with Conversation(mail(server.port), PASSWORD, root) as conversation:
            assert isinstance(conversation.deliver(SENDER, ANA, LETTER, at_dot=at_dot), Accepted)
        assert len(seen) == 1
        assert not seen[0].endswith(b"\r\n.\r\n")
        assert b"Port Emery\r\n.\r\n" in server.heard[0]


def test_who_gives_up_at_the_dot_has_sent_nothing(root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server:
        with Conversation(mail(server.port), PASSWORD, root) as conversation:
            outcome = conversation.deliver(SENDER, ANA, LETTER, at_dot=lambda: False)
            assert outcome == Cut(phase=Phase.BODY, reason="given up before the final dot")
            assert isinstance(conversation.deliver(SENDER, BEN, LETTER, at_dot=lambda: True), Accepted)
        assert [each.recipients for each in server.kept] == [(BEN.spec,)]


def test_a_ledger_that_fails_at_the_dot_has_sent_nothing(root: Path) -> None:
    def at_dot() -> bool:
        raise RuntimeError("disk full")

    with RawServer(SCRIPTS["good"]) as server:
        with Conversation(mail(server.port), PASSWORD, root) as conversation:
            with pytest.raises(RuntimeError, match="disk full"):
                conversation.deliver(SENDER, ANA, LETTER, at_dot=at_dot)
            assert isinstance(conversation.deliver(SENDER, BEN, LETTER, at_dot=lambda: True), Accepted)
        assert [(each.recipients, each.data) for each in server.kept] == [((BEN.spec,), LETTER)]
        assert len(server.heard) == 2


def test_a_deadline_that_passes_at_the_dot_keeps_it_back(root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server:
        late: Callable[[], bool] = lambda: not Event().wait(1.2)  # noqa: E731
        with Conversation(replace(mail(server.port), deadline=SHORT), PASSWORD, root) as conversation:
            outcome = conversation.deliver(SENDER, ANA, LETTER, at_dot=late)
        assert bare(outcome) == cut(Phase.BODY)
        assert server.kept == []


# ----------------------------------------------------------------------------------- what does not fit


def test_a_message_above_the_servers_size_is_not_offered(root: Path) -> None:
    with RawServer(SCRIPTS["small"]) as server:
        with desk(mail(server.port), root) as it:
            assert it.deliver(data=LETTER * 20) == Refused(
                phase=Phase.MAIL,
                code=0,
                text="the message has 1,060 bytes; the server takes 100 at most",
                scope=Scope.MESSAGE,
                limit=100,
            )
            assert isinstance(it.deliver(), Accepted)
        assert server.said.count("MAIL") + server.said.count("mail") == 1


def test_letters_beyond_ascii_before_the_at_need_smtputf8(root: Path) -> None:
    per = address("pär@norland.example")
    with GoodServer(smtputf8=False) as server, desk(mail(server.port), root) as it:
        outcome = it.deliver(per)
        assert bare(outcome) == Refused(phase=Phase.MAIL, code=0, text="", scope=Scope.RECIPIENT)
        assert "pär@norland.example: the server does not know SMTPUTF8" in it.said[0]
        assert isinstance(it.deliver(BEN), Accepted)
    with GoodServer() as server, desk(mail(server.port), root) as it:
        assert isinstance(it.deliver(per), Accepted)
        assert isinstance(it.deliver(BEN), Accepted)
    assert [(each.recipients, "SMTPUTF8" in each.options) for each in server.kept] == [
        ((per.spec,), True),
        ((BEN.spec,), False),
    ]


def test_letters_beyond_ascii_in_the_header_need_smtputf8(root: Path) -> None:
    data = "Cc: pär@norland.example\r\n\r\nx\r\n".encode()
    with GoodServer(smtputf8=False) as server, desk(mail(server.port), root) as it:
        assert bare(it.deliver(data=data)) == Refused(phase=Phase.MAIL, code=0, text="", scope=Scope.MESSAGE)
    with GoodServer() as server, desk(mail(server.port), root) as it:
        assert isinstance(it.deliver(data=data), Accepted)
    assert server.kept[0].options == f"SIZE={len(data)} BODY=8BITMIME SMTPUTF8"


def test_eight_bits_only_where_they_are_taken(root: Path) -> None:
    data = "Subject: x\r\n\r\nå\r\n".encode()
    with RawServer(SCRIPTS["seven-bit"]) as server, desk(mail(server.port), root) as it:
        assert bare(it.deliver(data=data)) == Refused(phase=Phase.MAIL, code=0, text="", scope=Scope.MESSAGE)
    with RawServer(SCRIPTS["small"]) as server, desk(mail(server.port), root) as it:
        assert isinstance(it.deliver(data=data), Accepted)
    assert server.kept[0].options == f"SIZE={len(data)} BODY=8BITMIME"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\n.\r\n", b"\r\n.\r\r\n", b"\r\r\n"])
def test_a_line_that_ends_oddly_is_not_sent(end: bytes, root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server:
        with desk(mail(server.port), root) as it:
            outcome = it.deliver(data=LETTER + b"smuggled" + end + b"MAIL FROM:<x@y.example>\r\n")
        assert bare(outcome) == Refused(phase=Phase.MAIL, code=0, text="", scope=Scope.MESSAGE)
        assert server.kept == []


@pytest.mark.parametrize("local", ["a\r\nRCPT TO:<x@y.example>", "a> SIZE=1", "a b", "a\0"])
def test_an_address_that_would_end_the_command_is_not_sent(local: str, root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server:
        with desk(mail(server.port), root) as it:
            outcome = it.deliver(Address(local=local, domain="norland.example"))
        assert bare(outcome) == Refused(phase=Phase.MAIL, code=0, text="", scope=Scope.RECIPIENT)
        assert "RCPT" not in server.said


def test_a_last_line_without_an_end_gets_one(root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server:
        with desk(mail(server.port), root) as it:
            assert isinstance(it.deliver(data=b".a: b\r\n\r\nno end"), Accepted)
        assert server.kept[0].data == b".a: b\r\n\r\nno end\r\n"


# -------------------------------------------------------------------------------------- before a message


def test_nothing_listens(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with desk(mail(port), root) as it:
        said = f"no mail server listens at {mail(port).host}, port {port} (at connect)"
        assert it.deliver() == Cut(phase=Phase.CONNECT, reason=said)


def test_a_server_that_accepts_no_connection_in_time(root: Path) -> None:
    """Its queue of connections is full, so ours gets no answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        begun = monotonic()
        chosen = replace(mail(listener.getsockname()[1]), host="127.0.0.1", deadline=SHORT)
        with desk(chosen, root) as it:
            outcome = it.deliver()
        for each in waiting:
            each.close()
    assert isinstance(outcome, Cut)
    assert outcome.phase in (Phase.CONNECT, Phase.GREETING)
    assert monotonic() - begun < 1 + SLACK


def test_what_is_no_name_of_a_server(root: Path) -> None:
    with desk(replace(mail(1), host="a..b"), root) as it:
        assert bare(it.deliver()) == server_refuses(Phase.CONNECT, 0)


def test_plain_to_another_machine_is_refused_before_it_is_called(root: Path) -> None:
    with desk(replace(mail(25), host="192.0.2.1", security=Security.PLAIN), root) as it:
        assert it.deliver() == Refused(
            phase=Phase.CONNECT,
            code=0,
            text="192.0.2.1 is not this machine: 'plain' is for this machine alone",
            scope=Scope.SERVER,
        )


def test_no_password_without_tls(root: Path) -> None:
    with RawServer(replace(SCRIPTS["good"], certificate="none")) as server:
        with desk(replace(mail(server.port), security=Security.PLAIN), root) as it:
            assert bare(it.deliver()) == server_refuses(Phase.AUTH, 0)
        assert "AUTH" not in server.said


def test_a_user_without_a_password(root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server, Conversation(mail(server.port), None, root) as conversation:
        outcome = conversation.deliver(SENDER, ANA, LETTER, at_dot=lambda: True)
    assert outcome == Refused(
        phase=Phase.AUTH, code=0, text=f"there is no password for {USER}", scope=Scope.SERVER
    )


@pytest.mark.parametrize("text", ["", "no certificate"])
def test_certificates_that_cannot_be_read(text: str, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "broken.pem"
    if text:
        file.write_text(text)
    with (
        RawServer(SCRIPTS["good"]) as server,
        desk(replace(mail(server.port), ca_file=str(file)), root) as it,
    ):
        assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)
        assert ("cannot be read as certificates (PEM)" if text else "there is no file of cert") in it.said[0]


def test_the_systems_certificates_do_not_vouch_for_a_stranger(root: Path) -> None:
    with RawServer(SCRIPTS["good"]) as server, desk(replace(mail(server.port), ca_file=None), root) as it:
        assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)


def test_a_server_that_speaks_no_tls(root: Path) -> None:
    with (
        RawServer(SCRIPTS["good"]) as server,
        desk(replace(mail(server.port), security=Security.TLS), root) as it,
    ):
        assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)


# ------------------------------------------------------------------------------------------- its words


def test_a_servers_words_are_shown_on_one_line_and_cut_short(root: Path) -> None:
    words = "550-\x1b[31mno\t such\x07\r\n550 " + "x" * 300
    with RawServer(Script(replies={"RCPT": (words,)})) as server, desk(mail(server.port), root) as it:
        outcome = it.deliver()
    assert isinstance(outcome, Refused)
    assert outcome.text.startswith("[31mno such xxx")
    assert (len(outcome.text), outcome.text[-1]) == (200, "…")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_server_that_says_the_password_back(mechanism: str, root: Path) -> None:
    script = Script(
        replies={"AUTH": (f"535 I know: {' and '.join(SECRETS)}",)}, features=(f"AUTH {mechanism}",)
    )
    with RawServer(script) as server:
        with desk(mail(server.port), root) as it:
            outcome = it.deliver()
        assert outcome == replace(server_refuses(Phase.AUTH, 535), text="I know: … and … and …")
        assert any(secret in server.said for secret in SECRETS)


# ---------------------------------------------------------------------------------- whatever it answers


@pytest.mark.long
@given(
    step=st.sampled_from(["CONNECT", "EHLO", "TLS-EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "QUIT"]),
    reply=st.one_of(
        st.from_regex(r"[0-9]{3}[ -][ -~]{0,10}", fullmatch=True),
        st.text(st.characters(codec="utf-8"), max_size=12),
    ),
)
@settings(max_examples=50, deadline=None)
def test_whatever_it_answers_is_an_outcome_that_tells_the_truth(step: str, reply: str, root: Path) -> None:
    with RawServer(Script(replies={step: (reply,)})) as server:
        with desk(replace(mail(server.port), deadline=timedelta(seconds=0.4)), root) as it:
            outcome = it.deliver()
        match outcome:
            case Accepted():
                assert [each.data for each in server.kept] == [LETTER]
            case Refused():
                assert 400 <= outcome.code <= 599 or outcome.code == 0
                assert server.kept == []
            case Cut():
                assert it.dots == 1 or outcome.phase is not Phase.DOT
                assert server.kept == [] or outcome.phase is Phase.DOT
