"""Schedules, deliveries and the settings of mail: what is wrong stands marked with « in the input."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from briefbook.checks import CheckContext, run_checks
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import in_reading_order
from briefbook.tool import shipped_templates
from tests.readers.marked import unmark
from tests.test_checks import SETTINGS, book_of, checked, placed, shipped

MEMO = "title: T\nforum: council\n"
MAIL = "mail: {from: desk@example.org, host: mail.example.org, owner: ana@example.org}\n"
TO = "to: ana@example.org"
BOTH = "write ana@example.org or Ana Holm <ana@…>"
LIST = "write several as a list: [a@…, b@…]"
ONE = "each address gets one message: delete one of the two"

MEMO_CASES: Mapping[str, tuple[str, list[str]]] = {
    "nothing": (f"schedule: {{cron: '0 7 * * 1-5', zone: America/Mexico_City}}\ndeliver: {{{TO}}}", []),
    "a schedule alone": ("schedule: {before: 2d, of: next-meeting, at: '07:00', zone: UTC}", []),
    "a format that the memo is not written in": (
        f"formats: [txt]\ndeliver: {{{TO}, attach: [pdf, ics]}}",
        [],
    ),
    "cron": (
        "schedule: {cron: «'0 7 * *', zone: UTC}",
        ["error: '0 7 * *' has not five fields, but 4: minute, hour, day, month, day of week"],
    ),
    "zones": (
        "schedule: {cron: «'99 7 * * *', zone: «America/Mexico}",
        [
            "error: '99' is no minute in '99 7 * * *'; write 0-59",
            "error: 'America/Mexico' is no time zone; did you mean 'America/Mexico_City'?",
        ],
    ),
    "the zone of a schedule by meetings": (
        "schedule: {before: 2d, of: next-meeting, at: '07:00', zone: «Mars/Olympus}",
        ["error: 'Mars/Olympus' is no time zone; write one such as America/Mexico_City, or UTC"],
    ),
    "two addresses in one text": (
        "deliver: {to: «'a@example.org, b@example.org'}",
        [f"error: 'a@example.org, b@example.org' is not an address: … ({LIST})"],
    ),
    "addresses in every field": (
        "deliver:\n  to: [ana@example.org, «ana]\n  cc: «cc@\n  bcc: [«'@example.org']\n"
        "  reply_to: «Ana <ana>\n  owner: «'=?utf-8?q?=0ABcc:_x?= <a@example.org>'",
        [
            *(f"error: {text!r} is not an address: … ({BOTH})" for text in ("ana", "cc@", "@example.org")),
            f"error: 'Ana <ana>' is not an address: … ({BOTH})",
            "error: an encoded word (=?…?=) does not belong in an address: write the letters themselves"
            f" ({BOTH})",
        ],
    ),
    "a recipient twice": (
        "deliver: {to: [ana@example.org, Bo <bo@example.org>], cc: «Ana <ANA@Example.org>,"
        " bcc: [«bo@example.org, «bo@example.org]}",
        [
            f"warning: 'ANA@example.org' stands in 'to' already ({ONE})",
            f"warning: 'bo@example.org' stands in 'to' already ({ONE})",
            f"warning: 'bo@example.org' stands in 'to' already ({ONE})",
        ],
    ),
    "templates that are not there": (
        f"deliver: {{{TO}, subject: «The week at sea, body: «mail/ownn.md.j2}}",
        [
            "error: there is no template 'The week at sea' for the subject of the mail"
            " (write the words into templates/mail/subject.md.j2, and name that file here)",
            "error: there is no template 'mail/ownn.md.j2' for the body of the mail"
            " (did you mean 'mail/own.md.j2'?)",
        ],
    ),
    "a template of the book's own": (f"deliver: {{{TO}, subject: mail/own.md.j2}}", []),
    "a template out of its folder": (
        f"deliver: {{{TO}, body: «../../secret.j2}}",
        ["error: there is no template '../../secret.j2' for the body of the mail (known: …)"],
    ),
}


def shortened(line: str) -> str:
    """Without the library's own words on an address, and without a list of what is known."""
    line = re.sub(r"(?<=is not an address: ).* (?=\(write )", "… ", line)
    return re.sub(r"(?<=\(known: ).*(?=\))", "…", line)


@pytest.mark.parametrize(("marked", "messages"), MEMO_CASES.values(), ids=MEMO_CASES)
def test_a_mistake_in_a_memo_is_told_at_its_place(marked: str, messages: list[str], tmp_path: Path) -> None:
    (tmp_path / "templates" / "mail").mkdir(parents=True)
    (tmp_path / "templates" / "mail" / "own.md.j2").write_text("own")
    roots = (tmp_path / "templates", shipped_templates())
    templates = SectionTemplates(roots, wording_of("en"))
    memo, places = unmark(MEMO + marked)
    book = book_of(memo=memo, settings=SETTINGS + MAIL)
    found = [shortened(line) for line in checked(book, templates=lambda _: templates)]
    assert found == placed("memos/briefing.yaml", places, messages)


NO_MAIL = "memo 'briefing' is to be mailed, but book.yaml does not say through which server"
ADD = "add mail: {from: desk@example.org, host: mail.example.org, …} there"
NOBODY = "warning: nobody is told when memo 'briefing' cannot be made or sent"
OWNER = "name an 'owner' here, or under 'mail' in book.yaml for all memos"


def test_a_delivery_in_a_book_without_mail_stops_sending_alone() -> None:
    book, defined = book_of(memo=f"{MEMO}deliver: {{{TO}}}")
    told, warned = in_reading_order(list(run_checks(book, CheckContext(defined=defined))))
    place = "memos/briefing.yaml:3:10"
    assert [str(told), str(warned)] == [f"{place}: error: {NO_MAIL} ({ADD})", f"{place}: {NOBODY} ({OWNER})"]
    assert told.of_mail


@pytest.mark.parametrize(
    ("memo_owner", "mail_owner", "is_told"),
    [("", "", True), (", owner: o@example.org", "", False), ("", ", owner: o@example.org", False)],
)
def test_somebody_is_told_of_failures(memo_owner: str, mail_owner: str, is_told: bool) -> None:
    mail = f"mail: {{from: desk@example.org, host: h{mail_owner}}}\n"
    book = book_of(memo=f"{MEMO}deliver: {{{TO}{memo_owner}}}", settings=SETTINGS + mail)
    assert checked(book) == ([f"memos/briefing.yaml:3:10: {NOBODY} ({OWNER})"] if is_told else [])


IN_CLEAR = "would cross the net in clear: 'plain' is for this machine alone"
ENCRYPT = "write security: starttls (or tls)"
SENDER = "from: desk@example.org"
MAIL_CASES: Mapping[str, tuple[str, list[str]]] = {
    "encrypted, with a user": (
        f"{{{SENDER}, host: h, user: desk, password_file: /etc/desk/password}}",
        [],
    ),
    "plain to this machine": (f"{{{SENDER}, host: localhost, security: plain}}", []),
    "plain to this machine by number": (f"{{{SENDER}, host: 127.3.2.1, security: plain}}", []),
    "plain to this machine by its other number": (f"{{{SENDER}, host: '::1', security: plain}}", []),
    "plain to another": (
        f"{{{SENDER}, host: mail.example.org, security: «plain}}",
        [f"error: mail to 'mail.example.org' {IN_CLEAR} ({ENCRYPT}, or send through a relay on localhost)"],
    ),
    "plain to one that only sounds like this": (
        f"{{{SENDER}, host: localhost.example.org, security: «plain}}",
        [
            f"error: mail to 'localhost.example.org' {IN_CLEAR}"
            f" ({ENCRYPT}, or send through a relay on localhost)"
        ],
    ),
    "plain with a user": (
        f"{{{SENDER}, host: localhost, security: plain, user: «desk}}",
        [f"error: a user logs in with a password, and 'plain' would show it (delete the user, or {ENCRYPT})"],
    ),
    "a password for nobody, in the book": (
        f"{{{SENDER}, host: h, password_file: «secret.txt}}",
        [
            "warning: a password is of no use without a user (name the 'user' as well)",
            "error: the file of the password lies in the book, and goes wherever the book goes"
            " (move it out of the book, such as to /etc/briefbook/password, and name it there)",
        ],
    ),
    "the port of the other way": (
        f"{{{SENDER}, host: h, port: «465}}",
        ["warning: servers speak 'tls' at port 465, not 'starttls' (write security: tls, or another port)"],
    ),
    "addresses": (
        "{from: «desk, host: h, owner: «'a@b@example.org'}",
        [
            f"error: 'desk' is not an address: … ({BOTH})",
            f"error: 'a@b@example.org' is not an address: … ({LIST})",
        ],
    ),
}


@pytest.mark.parametrize(("marked", "messages"), MAIL_CASES.values(), ids=MAIL_CASES)
def test_a_mistake_in_mail_is_told_at_its_place(marked: str, messages: list[str]) -> None:
    settings, places = unmark(f"{SETTINGS}mail: {marked}\n")
    book, defined = book_of(settings=settings)
    problems = in_reading_order(list(run_checks(book, CheckContext(defined=defined, templates=shipped))))
    if len(places) == 1:
        places *= len(messages)
    assert [shortened(str(problem)) for problem in problems] == placed("book.yaml", places, messages)
    assert all(problem.of_mail for problem in problems)
