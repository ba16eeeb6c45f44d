"""Hostile mail servers: whatever one says is an outcome, soon, and no password leaves without TLS.

`CASES` is read by the count of all hostile inputs: a kind, a name, what the server does, the phase in which
it is left; None where the message is delivered all the same.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from briefbook.mail.smtp import Accepted, Cut, Phase, Refused
from tests.mail.servers import SCRIPTS, RawServer, Script
from tests.mail.test_smtp import LETTER, SECRETS, SLACK, desk, mail, root

__all__ = ["root"]  # a fixture

FEATURES = ("SIZE 1000000", "8BITMIME", "AUTH PLAIN")
FLOOD = tuple(f"X-{n} {'a' * 60}" for n in range(3_000))

CASES: tuple[tuple[str, str, Script, Phase | None], ...] = (
    ("lines of a server", "one without end", Script(endless="CONNECT"), Phase.GREETING),
    ("lines of a server", "lines without end", Script(endless="TLS-EHLO", endless_with=b"250-more\r\n"), Phase.EHLO),
    ("lines of a server", "forty thousand signs", Script(replies={"RCPT": ("250 " + "x" * 40_000,)}), Phase.RCPT),
    ("lines of a server", "NUL", Script(replies={"MAIL": ("250 \0\0 ok",)}), None),
    ("lines of a server", "letters that are none of ASCII", Script(replies={"RCPT": ("٢٥٠ ok",)}), Phase.RCPT),
    ("replies of a server", "a code of four digits", Script(replies={"MAIL": ("2500 ok",)}), Phase.MAIL),
    ("replies of a server", "a code beyond all", Script(replies={"MAIL": ("999 what",)}), Phase.MAIL),
    ("replies of a server", "a code that changes", Script(replies={"RCPT": ("250-ok\r\n550 not ok",)}), Phase.RCPT),
    ("replies of a server", "nothing but a line end", Script(replies={"MAIL": ("",)}), Phase.MAIL),
    ("replies of a server", "a reply before it was asked", Script(replies={"MAIL": ("250 ok\r\n250 ok\r\n550 no",)}), Phase.DATA),
    ("words of a server", "colours of a terminal", Script(replies={"RCPT": ("550 \x1b]0;evil\x07\x1b[2J",)}), Phase.RCPT),
    ("words of a server", "the password said back", Script(replies={"MAIL": (f"550 {SECRETS[0]} {SECRETS[2]}",)}), Phase.MAIL),
    ("words of a server", "text turned around", Script(replies={"RCPT": ("550 \u202eevil",)}), Phase.RCPT),
    ("words of a server", "lines of a log", Script(replies={"MAIL": ("550-no\r\n550 sent to all",)}), Phase.MAIL),
    ("words of a server", "a challenge instead of an answer", Script(replies={"AUTH": ("334 " + "QUFB" * 400,)}), Phase.AUTH),
    ("what a server can", "three thousand things", Script(features=(*FEATURES, *FLOOD)), Phase.EHLO),
    ("what a server can", "a size that is none", Script(features=("SIZE 9999999999999999999999x", "8BITMIME", "AUTH PLAIN")), None),
    ("what a server can", "a size beyond all", Script(features=("SIZE " + "9" * 400, "8BITMIME", "AUTH PLAIN")), None),
    ("what a server can", "a size below none", Script(features=("SIZE -1", "8BITMIME", "AUTH PLAIN")), None),
    ("what a server can", "no way to log in that we know", Script(features=("AUTH GSSAPI NTLM",)), Phase.AUTH),
    ("TLS of a server", "words injected before the handshake", SCRIPTS["injected"], Phase.TLS),
    ("TLS of a server", "none, though asked for", SCRIPTS["no-starttls"], Phase.TLS),
    ("TLS of a server", "the name of another", SCRIPTS["wrong-host"], Phase.TLS),
    ("TLS of a server", "its own word for it", SCRIPTS["self-signed"], Phase.TLS),
    ("TLS of a server", "refused at last", Script(replies={"STARTTLS": ("454 not now",)}), Phase.TLS),
    ("time of a server", "a byte now and then", replace(SCRIPTS["drip"], pace=0.1), Phase.GREETING),
    ("time of a server", "silence", Script(silent="EHLO"), Phase.EHLO),
    ("time of a server", "silence under TLS", Script(silent="AUTH"), Phase.AUTH),
)  # fmt: skip
PATIENCE = timedelta(seconds=1)


@pytest.mark.parametrize(("script", "left"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_server_comes_to_an_outcome_soon(script: Script, left: Phase | None, root: Path) -> None:
    waits = bool(script.silent or script.drip)
    begun = monotonic()
    with RawServer(script) as server:
        chosen = replace(mail(server.port), deadline=PATIENCE if waits else timedelta(seconds=20))
        with desk(chosen, root) as it:
            outcome = it.deliver()
        assert monotonic() - begun < 1 + SLACK
        match outcome:
            case Accepted():
                assert left is None
                assert [each.data for each in server.kept] == [LETTER]
            case Refused(phase=phase, text=words):
                assert phase is left
                assert words.isprintable()
                assert len(words) <= 300
                assert server.kept == []
            case Cut(phase=phase, reason=words):
                assert phase is left
                assert words.isprintable()
        in_the_clear = left in (Phase.GREETING, Phase.TLS) or script.silent == "EHLO"
        if in_the_clear:
            assert not any(secret in server.said for secret in SECRETS)
