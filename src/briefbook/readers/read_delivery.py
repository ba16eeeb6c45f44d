"""`schedule:` and `deliver:` of a memo, `mail:` of book.yaml → their records in `delivery.py`.

Whether an address, a cron expression, a zone or a template is a right one is asked by the checks.
"""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from ipaddress import ip_address

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
from briefbook.frozen import frozen
from briefbook.memo import FORMATS, Memo, Settings
from briefbook.memo_languages import languages_of
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Shape,
    Taker,
    build,
    language,
    many,
    matching,
    one_of,
    optional,
    required,
    shown,
    text,
    whole_number,
    word_of,
    wrong_type,
    yes_or_no,
)

CALENDAR = "ics"  # attached as a file; no format that a memo is written in
ATTACHABLE = (*FORMATS, CALENDAR)

# ------------------------------------------------------------------------- spans of time and sizes

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DURATION = re.compile("([0-9]{1,6})([smhdw])")
_BYTES = {"kB": 1000, "MB": 1000**2, "KiB": 1024, "MiB": 1024**2}
_SIZE = re.compile("([0-9]{1,6}) ?([kKM]i?B)")


def in_words(span: timedelta) -> str:
    """A span of time in its largest unit, as it is written on disk: `90s`, `4h`, `7d`."""
    unit = max((u for u in _UNITS if not span % _UNITS[u] and u != "w"), key=lambda u: _UNITS[u])
    return f"{span // _UNITS[unit]}{unit}"


def duration(least: timedelta, most: timedelta, units: str = "smhdw") -> Taker[timedelta]:
    """A span of time such as `90s`, `15m`, `4h`, `7d` or `2w`, within bounds."""
    example = " or ".join(example for example in ("90s", "4h", "7d", "2w") if example[-1] in units)

    def take(node: Node, name: str, reading: Reading) -> timedelta | None:
        found = text(node, name, reading)
        if found is None:
            return None
        written = _DURATION.fullmatch(found)
        if written is None or written[2] not in units:
            reading.tell(node.where, f"{shown(found)} is no span of time for {name!r}", f"write {example}")
            return None
        span = int(written[1]) * _UNITS[written[2]]
        if not least <= span <= most:
            message = f"{name!r} is from {in_words(least)} to {in_words(most)}, not {found}"
            reading.tell(node.where, message)
            return None
        return span

    return take


_SMALLEST = 50_000  # bytes: a message without attachments must fit


def _size(node: Node, name: str, reading: Reading) -> int | None:
    found = text(node, name, reading)
    if found is None:
        return None
    written = _SIZE.fullmatch(found)
    if written is None or written[2] not in _BYTES:
        reading.tell(node.where, f"{shown(found)} is no size", "write 500kB or 20MB")
        return None
    size = int(written[1]) * _BYTES[written[2]]
    if size < _SMALLEST:
        reading.tell(node.where, f"{name!r} is 50kB at least, not {found}", "no message would fit")
        return None
    return size


def _clock(node: Node, name: str, reading: Reading) -> time | None:
    found = _time(node, name, reading)
    return None if found is None else time.fromisoformat(found)


_time = matching("([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day", "write 07:00 or 14:30")

# --------------------------------------------------------------------------------------- passwords

# Keys that people try. `password_file` is none of them: it names a place.
_SECRET = re.compile("(.*[_-])?(pass|passw(or)?d|passphrase|pwd|secret|token|api[_-]?key)", re.IGNORECASE)


def without_passwords(mapping: located_yaml.Mapping, reading: Reading) -> located_yaml.Mapping:
    """The mapping without what looks like a password, which is told, and never repeated in a message."""
    for name, value in mapping.held.items():
        if _SECRET.fullmatch(name):
            message = f"a password does not belong in a book, and {name[:40]!r} looks like one"
            reading.tell(value.key_where, message, _WHERE_PASSWORDS_BELONG)
    return mapping.of(name for name in mapping.held if not _SECRET.fullmatch(name))


_WHERE_PASSWORDS_BELONG = (
    "put it into a file outside of the book that only you can read, and name the file under mail: "
    "password_file; if others have seen this one, choose another"
)

# --------------------------------------------------------------------------------------- schedules

_CENTURY = timedelta(days=36_500)
_CATCHING_UP = {
    "catch_up": optional(one_of(CatchUp)),
    "window": optional(duration(timedelta(minutes=1), timedelta(days=366))),
    "debrief": optional(yes_or_no),
}
CRON_SCHEDULE = Shape(
    noun="schedule",
    make=CronSchedule,
    fields={"cron": required(text), "zone": required(text), **_CATCHING_UP},
)
BEFORE_SCHEDULE = Shape(
    noun="schedule",
    make=BeforeSchedule,
    fields={
        "before": required(duration(timedelta(), timedelta(days=366), "dw")),
        "of": required(word_of("next-meeting")),
        "at": required(_clock),
        "zone": required(text),
        **_CATCHING_UP,
    },
)
_BY_DAY = ("before", "of", "at")


def schedule(node: Node, name: str, reading: Reading) -> ScheduleSpec | None:
    """When a memo is made by itself: by the clock (`cron`), or some days before its meetings (`before`)."""
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), 'fields such as {cron: "0 7 * * 1-5", zone: Europe/Oslo}', reading)
        return None
    if "cron" not in node.held:
        if any(key in node.held for key in _BY_DAY):
            return build(BEFORE_SCHEDULE, node, node.where, reading)
        message = "this schedule says neither 'cron' nor 'before'"
        hint = 'write {cron: "0 7 * * 1-5", zone: …} or {before: 2d, of: next-meeting, at: "07:00", zone: …}'
        reading.tell(node.where, message, hint)
        return None
    for key in _BY_DAY:
        if key in node.held:
            message = f"a schedule is by 'cron' or by 'before', so {key!r} cannot stand beside 'cron'"
            reading.tell(node.held[key].key_where, message, "keep one of the two")
    left = node.of(key for key in node.held if key not in _BY_DAY)
    by_clock = build(CRON_SCHEDULE, left, node.where, reading)
    return by_clock if len(left.held) == len(node.held) else None


# ---------------------------------------------------------------------------------------- delivery


@frozen
class _Recipient:
    """An address as written, and the language that its owner reads."""

    address: str
    language: str | None = None


RECIPIENT = Shape(
    noun="recipient",
    make=_Recipient,
    fields={"address": required(text), "language": optional(language)},
    located=False,
)


def _recipient(node: Node, name: str, reading: Reading) -> _Recipient | None:
    if isinstance(node, located_yaml.Mapping):
        return build(RECIPIENT, node, node.where, reading)
    only = text(node, name, reading)
    return None if only is None else _Recipient(address=only)


_some_addresses = many(_recipient, one_will_do=True, may_be_empty=False)
_addresses = many(_recipient, one_will_do=True)


def _attached(node: Node, name: str, reading: Reading) -> tuple[str, ...] | None:
    found = many(word_of(*ATTACHABLE), one_will_do=True)(node, name, reading)
    return None if found is None else tuple(dict.fromkeys(found))  # attached once


def _delivery(
    *,
    to: tuple[_Recipient, ...],
    cc: tuple[_Recipient, ...] = (),
    bcc: tuple[_Recipient, ...] = (),
    **others: object,
) -> Delivery:
    return Delivery(
        to=tuple(one.address for one in to),
        cc=tuple(one.address for one in cc),
        bcc=tuple(one.address for one in bcc),
        languages={one.address: one.language for one in (*to, *cc, *bcc) if one.language},
        **others,  # type: ignore[arg-type]  # their types are held by the takers of DELIVERY
    )


DELIVERY = Shape(
    noun="delivery",
    make=_delivery,
    fields={
        "to": required(_some_addresses),
        "cc": optional(_addresses),
        "bcc": optional(_addresses),
        "reply_to": optional(text),
        "owner": optional(text),
        "subject": optional(text),
        "body": optional(text),
        "attach": optional(_attached),
        "when": optional(one_of(SendWhen)),
        "stale_after": optional(duration(timedelta(hours=1), _CENTURY)),
    },
)


def deliver(node: Node, name: str, reading: Reading) -> Delivery | None:
    """To whom a memo is mailed, and how."""
    before = reading.mistakes
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "fields such as {to: ana@example.org}", reading)
        return None
    found = build(DELIVERY, without_passwords(node, reading), node.where, reading)
    return found if reading.mistakes == before else None


def strangers_in(memo: Memo, settings: Settings) -> Iterator[Problem]:
    """Every recipient of a memo who reads a language in which it is not made."""
    tongues, delivery = languages_of(memo, settings), memo.deliver
    if delivery is None:
        return
    for name in ("to", "cc", "bcc"):
        for index, recipient in enumerate(getattr(delivery, name)):
            reads = delivery.languages.get(recipient)
            if reads is not None and reads not in tongues:
                message = f"memo {memo.id!r} is not made in {reads!r}, which {recipient} reads"
                hint = f"add languages: [{', '.join((*tongues, reads))}] to the memo"
                yield Problem(where=place_of(delivery, name, index), message=message, hint=hint)


# -------------------------------------------------------------------------------------------- mail


def _port(node: Node, name: str, reading: Reading) -> int | None:
    found = whole_number(1)(node, name, reading)
    if found is not None and found > 65_535:
        reading.tell(node.where, f"there is no port {found}", "write 587, 465 or 25")
        return None
    return found


_HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*\.?")


def _is_host(found: str) -> bool:
    try:
        ip_address(found)
    except ValueError:
        return len(found) <= 253 and _HOST.fullmatch(found) is not None
    return True


def _host(node: Node, name: str, reading: Reading) -> str | None:
    found = text(node, name, reading)
    if found is None or _is_host(found):
        return found
    # It is not repeated: `smtp://user:password@host` is what some write.
    hint = "write host: mail.example.org alone, and the port under 'port'"
    reading.tell(node.where, f"{name!r} is not the name or the address of a server", hint)
    return None


MAIL = Shape(
    noun="mail setting",
    make=MailSettings,
    fields={
        "from": required(text, "sender"),
        "host": required(_host),
        "port": optional(_port),
        "security": optional(one_of(Security)),
        "user": optional(text),
        "password_file": optional(text),
        "ca_file": optional(text),
        "owner": optional(text),
        "unknown": optional(one_of(OnUnknown)),
        "largest": optional(_size),
        "oversize": optional(one_of(Oversize)),
        "deadline": optional(duration(timedelta(seconds=1), timedelta(hours=1))),
        "ping": optional(
            matching(r"https?://[\w.:\[\]-]+(/[^\s@]*)?", "an address to ping", "write https://host/path")
        ),
    },
)


def mail(node: Node, name: str, reading: Reading) -> MailSettings | None:
    """From whom and through which server a book's memos are mailed."""
    before = reading.mistakes
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(
            node, repr(name), "fields such as {from: desk@example.org, host: mail.example.org}", reading
        )
        return None
    found = build(MAIL, without_passwords(node, reading), node.where, reading)
    return found if reading.mistakes == before else None
