"""`schedule:` and `deliver:` of a memo, `mail:` of book.yaml: what is read, every mistake in its place."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.delivery import (
    BeforeSchedule,
    CatchUp,
    CronSchedule,
    Delivery,
    MailSettings,
    OnUnknown,
    Oversize,
    ScheduleSpec,
    Security,
    SendWhen,
)
from briefbook.diagnostics import Problem, place_of
from briefbook.facts import Wording
from briefbook.memo import Memo, Settings
from briefbook.readers.read_delivery import ATTACHABLE
from briefbook.readers.read_memo import read_memo, read_settings
from briefbook.writers import WRITERS

from .marked import printed, said, unmark

MEMO = "title: T\nrange: all\n"
BOOK = "format: 1\ntitle: T\nas_of: 2031-05-12\n"
MAIL = "mail: {from: desk@example.org, host: mail.example.org}\n"


def read(text: str) -> tuple[Memo | None, list[Problem]]:
    return read_memo("m.yaml", "m", (MEMO + text).encode())


def read_book_file(text: str) -> tuple[Settings | None, list[Problem]]:
    return read_settings("book.yaml", (BOOK + text).encode())


# ------------------------------------------------------------------------------------ what is read

CRON = CronSchedule(cron="0 7 * * 1-5", zone="America/Mexico_City")
BEFORE = BeforeSchedule(before=timedelta(days=2), of="next-meeting", at=time(7), zone="Europe/Oslo")
SCHEDULES: list[tuple[str, ScheduleSpec]] = [
    ('{cron: "0 7 * * 1-5", zone: America/Mexico_City}', CRON),
    (
        "{cron: 0 7 * * 1-5, zone: UTC, catch_up: all, window: 36h}",
        CronSchedule(cron="0 7 * * 1-5", zone="UTC", catch_up=CatchUp.ALL, window=timedelta(hours=36)),
    ),
    ('{before: 2d, of: next-meeting, at: "07:00", zone: Europe/Oslo}', BEFORE),
    (
        "{before: 1w, of: next-meeting, at: 16:30, zone: UTC, catch_up: none, window: 2w}",
        BeforeSchedule(
            before=timedelta(weeks=1),
            of="next-meeting",
            at=time(16, 30),
            zone="UTC",
            catch_up=CatchUp.NONE,
            window=timedelta(weeks=2),
        ),
    ),
]


@pytest.mark.parametrize(("text", "schedule"), SCHEDULES)
def test_a_schedule(text: str, schedule: ScheduleSpec) -> None:
    memo, problems = read(f"schedule: {text}\n")
    assert problems == []
    assert memo is not None
    assert memo.schedule == schedule


def test_a_memo_without_either_has_neither() -> None:
    memo, _ = read("")
    assert memo is not None
    assert (memo.schedule, memo.deliver) == (None, None)


def test_a_delivery_in_short_and_in_full() -> None:
    short, _ = read("deliver: {to: ana@example.org}")
    assert short is not None
    assert short.deliver == Delivery(to=("ana@example.org",))
    full, problems = read(
        "deliver:\n  to: [Ana Holm <ana@example.org>, bo@example.org]\n  cc: cc@example.org\n"
        "  bcc: [b1@example.org, b2@example.org]\n  reply_to: desk@example.org\n  owner: own@example.org\n"
        "  subject: mail/own.md.j2\n  body: mail/text.md.j2\n  attach: [pdf, docx, ics, pdf]\n"
        "  when: always\n  stale_after: 30d\n"
    )
    assert problems == []
    assert full is not None
    assert full.deliver == Delivery(
        to=("Ana Holm <ana@example.org>", "bo@example.org"),
        cc=("cc@example.org",),
        bcc=("b1@example.org", "b2@example.org"),
        reply_to="desk@example.org",
        owner="own@example.org",
        subject="mail/own.md.j2",
        body="mail/text.md.j2",
        attach=("pdf", "docx", "ics"),
        when=SendWhen.ALWAYS,
        stale_after=timedelta(days=30),
    )
    assert str(place_of(full.deliver, "to", 1)) == "m.yaml:4:36"
    assert str(place_of(full.deliver, "cc")) == "m.yaml:5:7"


def test_nothing_need_be_attached() -> None:
    memo, _ = read("deliver: {to: ana@example.org, attach: []}")
    assert memo is not None
    assert memo.deliver is not None
    assert memo.deliver.attach == ()


def test_what_can_be_attached_is_what_can_be_written_and_the_calendar() -> None:
    assert set(ATTACHABLE) == {*WRITERS, "ics"}


def test_settings_of_mail_in_short_and_in_full() -> None:
    short, problems = read_book_file(MAIL)
    assert problems == []
    assert short is not None
    assert short.mail == MailSettings(sender="desk@example.org", host="mail.example.org")
    full, problems = read_book_file(
        "mail:\n  from: The desk <desk@example.org>\n  host: 2001:db8::1\n  port: 2525\n  security: tls\n"
        "  user: desk\n  password_file: /etc/desk/password\n  ca_file: ca.pem\n  owner: ana@example.org\n"
        "  unknown: resend\n  largest: 500kB\n  oversize: notice\n  deadline: 90s\n"
        "  ping: https://ping.example.org/0-1/a\n"
    )
    assert problems == []
    assert full is not None
    assert full.mail == MailSettings(
        sender="The desk <desk@example.org>",
        host="2001:db8::1",
        port=2525,
        security=Security.TLS,
        user="desk",
        password_file="/etc/desk/password",
        ca_file="ca.pem",
        owner="ana@example.org",
        unknown=OnUnknown.RESEND,
        largest=500_000,
        oversize=Oversize.NOTICE,
        deadline=timedelta(seconds=90),
        ping="https://ping.example.org/0-1/a",
    )
    assert str(place_of(full.mail, "sender")) == "book.yaml:5:9"


@pytest.mark.parametrize(
    ("written", "size"),
    [("500kB", 500_000), ("20MB", 20_000_000), ("20MiB", 20 * 1024**2), ("50 kB", 50_000)],
)
def test_sizes(written: str, size: int) -> None:
    found, _ = read_book_file(MAIL.replace("}", f", largest: {written}}}"))
    assert found is not None
    assert found.mail is not None
    assert found.mail.largest == size


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
    ],
)
def test_spans_of_time(written: str, span: timedelta) -> None:
    found, _ = read_book_file(MAIL.replace("}", f", deadline: {written}}}"))
    assert found is not None
    assert found.mail is not None
    assert found.mail.deadline == span


HOSTS = [
    "localhost",
    "127.0.0.1",
    "::1",
    "fe80::25",
    "mail.example.org",
    "mail.example.org.",
    "b-1.bücher.example",
]


@pytest.mark.parametrize("host", HOSTS)
def test_hosts(host: str) -> None:
    found, problems = read_book_file(f'mail: {{from: desk@example.org, host: "{host}"}}\n')
    assert problems == []
    assert found is not None
    assert found.mail is not None
    assert found.mail.host == host


# ------------------------------------------------------------------------------- what is a mistake

NOT_HERE = (
    "(put it into a file outside of the book that only you can read, and name the file under mail:"
    " password_file; if others have seen this one, choose another)"
)
A_SCHEDULE = 'fields such as {cron: "0 7 * * 1-5", zone: Europe/Oslo}'
EITHER = '(write {cron: "0 7 * * 1-5", zone: …} or {before: 2d, of: next-meeting, at: "07:00", zone: …})'
A_HOST = (
    "'host' is not the name or the address of a server"
    " (write host: mail.example.org alone, and the port under 'port')"
)
EVERY = "(every schedule needs it)"

MEMO_MISTAKES: dict[str, tuple[str, list[str]]] = {
    "a schedule without its braces": (
        'schedule: «"0 7 * * 1-5"\n',
        [f"'schedule' needs {A_SCHEDULE}, not the text '0 7 * * 1-5'"],
    ),
    "a schedule of nothing": (
        "schedule: «{zone: UTC}\n",
        [f"this schedule says neither 'cron' nor 'before' {EITHER}"],
    ),
    "a schedule by two ways": (
        'schedule: {cron: "0 7 * * *", «before: 2d, zone: UTC}\n',
        [
            "a schedule is by 'cron' or by 'before', so 'before' cannot stand beside 'cron'"
            " (keep one of the two)"
        ],
    ),
    "a cron expression without quotes": (
        "schedule: {cron: *« * * * *, zone: UTC}\n",
        ["'&' and '*' have a meaning of their own in YAML (put the text in quotes)"],
    ),
    "a schedule without a zone": (
        'schedule: «{cron: "0 7 * * *"}\n',
        [f"this schedule lacks 'zone' {EVERY}"],
    ),
    "misspelt words": (
        "schedule: {cron: 0 7 * * 1, zone: UTC, catch_up: «lastest, «windows: 7d}\n",
        [
            "'lastest' is no value of 'catch_up' (did you mean 'latest'?)",
            "a schedule has no field 'windows' (did you mean 'window'?)",
        ],
    ),
    "spans of time": (
        "schedule: {before: «4h, of: «next, at: «7 am, zone: UTC, window: «7 days}\n",
        [
            "'4h' is no span of time for 'before' (write 7d or 2w)",
            "'next' is no value of 'of' (known: next-meeting)",
            "'7 am' is not a time of day (write 07:00 or 14:30)",
            "'7 days' is no span of time for 'window' (write 90s or 4h or 7d or 2w)",
        ],
    ),
    "spans of time out of bounds": (
        'schedule: {cron: "0 7 * * *", zone: UTC, window: «60w}\ndeliver: {to: a@b.org, stale_after: «0d}\n',
        ["'window' is from 1m to 366d, not 60w", "'stale_after' is from 1h to 36500d, not 0d"],
    ),
    "a delivery to nobody": (
        "deliver: {to: «[], cc: «}\n",
        [
            "the list of 'to' is empty",
            "the text of 'cc' is empty (fill it in or delete the line)",
        ],
    ),
    "a delivery that is an address": (
        "deliver: «ana@example.org\n",
        ["'deliver' needs fields such as {to: ana@example.org}, not the text 'ana@example.org'"],
    ),
    "misspelt fields of a delivery": (
        "deliver: «{«too: a@example.org, attach: [pdf, «doc], when: «change}\n",
        [
            "this delivery lacks 'to' (every delivery needs it)",
            "a delivery has no field 'too' (did you mean 'to'?)",
            "'doc' is no value of 'attach' (did you mean 'docx'?)",
            "'change' is no value of 'when' (did you mean 'changed'?)",
        ],
    ),
    "a password in a memo": (
        "deliver: {to: a@example.org, «smtp_password: rosebud}\n",
        [f"a password does not belong in a book, and 'smtp_password' looks like one {NOT_HERE}"],
    ),
}


@pytest.mark.parametrize("name", MEMO_MISTAKES)
def test_a_mistake_in_a_memo_and_its_place(name: str) -> None:
    marked, messages = MEMO_MISTAKES[name]
    text, places = unmark(MEMO + marked)
    memo, problems = read_memo("m.yaml", "m", text.encode())
    assert printed(problems) == said("m.yaml", places, messages)
    assert memo is None
    assert not any(problem.of_mail for problem in problems)


MAIL_MISTAKES: dict[str, tuple[str, list[str]]] = {
    "an address alone": (
        "mail: «desk@example.org\n",
        [
            "'mail' needs fields such as {from: desk@example.org, host: mail.example.org},"
            " not the text 'desk@example.org'"
        ],
    ),
    "nothing": (
        "mail: «{}\n",
        ["this mail setting lacks 'from' (every mail setting needs it)"],
    ),
    "unknown words": (
        "mail: {from: a@b.org, host: h, security: «ssl, unknown: «retry, oversize: «pfd, «prot: 25}\n",
        [
            "'ssl' is no value of 'security' (known: plain, starttls, tls)",
            "'retry' is no value of 'unknown' (known: hold, resend)",
            "'pfd' is no value of 'oversize' (did you mean 'pdf'?)",
            "a mail setting has no field 'prot' (did you mean 'port'?)",
        ],
    ),
    "sizes and spans": (
        "mail: {from: a@b.org, host: h, largest: «20M, deadline: «2}\n",
        [
            "'20M' is no size (write 500kB or 20MB)",
            "'2' is no span of time for 'deadline' (write 90s or 4h or 7d or 2w)",
        ],
    ),
    "sizes and spans out of bounds": (
        "mail: {from: a@b.org, host: h, largest: «10kB, deadline: «1d, port: «70000}\n",
        [
            "'largest' is 50kB at least, not 10kB (no message would fit)",
            "'deadline' is from 1s to 1h, not 1d",
            "there is no port 70000 (write 587, 465 or 25)",
        ],
    ),
    "a host with its port": ("mail: {from: a@b.org, host: «mail.example.org:587}\n", [A_HOST]),
    "a host in a link, with a password": (
        "mail: {from: a@b.org, host: «smtp://desk:rosebud@mail.example.org}\n",
        [A_HOST],
    ),
    "a ping that is no link": (
        "mail: {from: a@b.org, host: h, ping: «ping.example.org/1}\n",
        ["'ping.example.org/1' is not an address to ping (write https://host/path)"],
    ),
    "a password": (
        "mail: {from: a@b.org, host: h, «password: rosebud, «PASS: rosebud, «api-key: rosebud}\n",
        [
            f"a password does not belong in a book, and {key!r} looks like one {NOT_HERE}"
            for key in ("password", "PASS", "api-key")
        ],
    ),
    "a password outside of mail": (
        f"«smtp_password: rosebud\n{MAIL}",
        [f"a password does not belong in a book, and 'smtp_password' looks like one {NOT_HERE}"],
    ),
    "a key twice": (
        "mail:\n  from: a@b.org\n  host: h\n  «host: i\n",
        ["'host' stands here a second time; first at book.yaml:6:3 (keep one of the two)"],
    ),
    "an alias": (
        "mail:\n  from: a@b.org\n  host: «*h\n",
        [
            "the alias '*h' is not taken in a book"
            " (write the value itself; if the sign is part of a text, put the text in quotes)"
        ],
    ),
}
LACKS_HOST = "book.yaml:4:7: error: this mail setting lacks 'host' (every mail setting needs it)"


@pytest.mark.parametrize("name", MAIL_MISTAKES)
def test_a_mistake_in_mail_leaves_the_rest_of_the_settings(name: str) -> None:
    marked, messages = MAIL_MISTAKES[name]
    text, places = unmark(f"{BOOK}{marked}language: es\n")
    found, problems = read_settings("book.yaml", text.encode())
    more = [LACKS_HOST] if name == "nothing" else []
    assert printed(problems) == said("book.yaml", places, messages) + more
    assert all(problem.of_mail for problem in problems)
    assert "rosebud" not in str(problems)
    assert found is not None
    assert found.as_of == date(2031, 5, 12)
    assert found.title == Wording(texts={"es": "T"})
    assert (found.mail is not None) == (name in ("a password outside of mail", "a key twice"))
    assert "mail" in found.places


BESIDE = {
    "another key twice, below mail": f"{BOOK}{MAIL}«title: U\n",
    "an unknown field below mail": f"{BOOK}{MAIL}«pgae: a4\n",
    "a bad pin above mail": f"{BOOK.replace('2031-05-12', '«2031-05')}{MAIL}",
    "a file that broke off in mail": f"{BOOK}mail: {{from: «[}}\n",
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_mistake_beside_mail_is_one_of_the_book(name: str) -> None:
    text, [place] = unmark(BESIDE[name])
    found, [problem] = read_settings("book.yaml", text.encode())
    assert found is None
    assert not problem.of_mail
    if "broke off" not in name:
        assert (problem.where.line, problem.where.column) == place


# -------------------------------------------------------------------------------------- any input

FIELDS = [
    *("mail", "from", "host", "port", "security", "user", "largest", "deadline", "ping", "password"),
    *("schedule", "cron", "before", "of", "at", "zone", "window", "deliver", "to", "attach", "stale_after"),
]
WORDS = [
    "a@example.org",
    "7d",
    "0d",
    "999999w",
    "20MB",
    "tls",
    "next-meeting",
    "07:00",
    "1",
    "",
    "~",
    "*x",
    "'",
]
TREES = st.recursive(
    st.sampled_from([*FIELDS, *WORDS]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        )
    ),
    max_leaves=12,
)


@given(tree=TREES)
@settings(max_examples=300, deadline=None)
def test_any_values_give_a_record_or_problems(tree: str) -> None:
    for field in ("schedule", "deliver"):
        memo, problems = read(f"{field}: {tree}")
        assert (memo is None) == bool(problems)
    found, problems = read_book_file(f"mail: {tree}")
    assert (found is None) == any(not problem.of_mail for problem in problems)
    assert found is None or (found.mail is None) == bool(problems)
