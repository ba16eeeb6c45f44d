"""When a memo makes itself, to whom it is mailed, and through which server: can it all be done as written?

What is wrong with `mail:` in book.yaml, or missing there, is a problem of mail: memos are made all the same.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from briefbook.checks.context import CheckContext
from briefbook.composing.wording import ENGLISH  # what templates hold is the same in any language
from briefbook.delivery import CronSchedule, Delivery, MailSettings, Security
from briefbook.diagnostics import Placed, Problem, Severity, Where, did_you_mean, place_of
from briefbook.memo import Book

if TYPE_CHECKING:  # imported where there is something to read: most commands need neither
    from briefbook.mail.addresses import Address

TEMPLATE = ".j2"

# --------------------------------------------------------------------------------------- schedules


def check_schedules(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every cron expression comes true on some day, and every zone is one."""
    del context
    for memo in book.definitions:
        if memo.schedule is None:
            continue
        from briefbook.schedule import cron_mistake, zone_mistake

        if isinstance(memo.schedule, CronSchedule):
            mistake = cron_mistake(memo.schedule.cron)
            if mistake:
                yield Problem(where=place_of(memo.schedule, "cron"), message=mistake)
        mistake = zone_mistake(memo.schedule.zone)
        if mistake:
            yield Problem(where=place_of(memo.schedule, "zone"), message=mistake)


# --------------------------------------------------------------------------------------- addresses

_Known = dict[str, "Address | str"]  # by the text: the address, or what is wrong with it


def check_addresses(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every address is one, and nobody is written to twice."""
    del context
    known: _Known = {}
    for memo in book.definitions:
        if memo.deliver is not None:
            yield from _mistakes_in(memo.deliver, ("to", "cc", "bcc", "reply_to", "owner"), known)
            yield from _repetitions_in(memo.deliver, known)
    if book.settings.mail is not None:
        for problem in _mistakes_in(book.settings.mail, ("sender", "owner"), known):
            yield _of_mail(problem)


def _mistakes_in(record: Placed, names: Iterable[str], known: _Known) -> Iterator[Problem]:
    for name in names:
        for text, where in _texts(record, name):
            mistake = _address(text, known)
            if isinstance(mistake, str):
                yield Problem(where=where, message=mistake, hint=_one_address(text))


def _repetitions_in(delivery: Delivery, known: _Known) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name in ("to", "cc", "bcc"):
        for text, where in _texts(delivery, name):
            address = _address(text, known)
            if isinstance(address, str):
                continue
            if address.mailbox in first:
                message = f"{address.spec!r} stands in {first[address.mailbox]!r} already"
                hint = "each address gets one message: delete one of the two"
                yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)
            first.setdefault(address.mailbox, name)


def _texts(record: Placed, name: str) -> Iterator[tuple[str, Where]]:
    match getattr(record, name):
        case str(text):
            yield text, place_of(record, name)
        case tuple(texts):
            yield from ((text, place_of(record, name, index)) for index, text in enumerate(texts))


def _address(text: str, known: _Known) -> "Address | str":
    from briefbook.mail.addresses import address

    if text not in known:
        try:
            known[text] = address(text)
        except ValueError as error:
            known[text] = str(error)
    return known[text]


def _one_address(text: str) -> str:
    several = "@" in text.partition("@")[2]
    return "write several as a list: [a@…, b@…]" if several else "write ana@example.org or Ana Holm <ana@…>"


# -------------------------------------------------------------------------------------- deliveries


def check_deliveries(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A mail has a server to go through, templates that exist, and somebody who is told of failures."""
    mail = book.settings.mail
    # Where it is broken, that was told.
    is_mail_written = mail is not None or "mail" in book.settings.places or not book.settings.is_whole
    for memo in book.definitions:
        delivery = memo.deliver
        if delivery is None:
            continue
        yield from _unknown_templates(delivery, memo.profile, context)
        if not is_mail_written:
            message = f"memo {memo.id!r} is to be mailed, but book.yaml does not say through which server"
            yield Problem(where=delivery.where, message=message, hint=_ADD_MAIL, of_mail=True)
        if delivery.owner is None and (mail.owner is None if mail else not is_mail_written):
            message = f"nobody is told when memo {memo.id!r} cannot be made or sent"
            hint = "name an 'owner' here, or under 'mail' in book.yaml for all memos"
            yield Problem(where=delivery.where, severity=Severity.WARNING, message=message, hint=hint)


_ADD_MAIL = "add mail: {from: desk@example.org, host: mail.example.org, …} there"


def _unknown_templates(delivery: Delivery, profile: str | None, context: CheckContext) -> Iterator[Problem]:
    """The templates that a memo names for its mail; the shipped ones are there."""
    if context.templates is None:
        return
    names: frozenset[str] | None = None
    for field in ("subject", "body"):
        if field not in delivery.places:
            continue
        name = getattr(delivery, field)
        if names is None:
            names = context.templates_of(ENGLISH, profile).paths()
        if name not in names:
            message = f"there is no template {name[:80]!r} for the {field} of the mail"
            hint = did_you_mean(name[:80], (known for known in names if known.startswith("mail/")))
            if not hint or not name.endswith(TEMPLATE):  # the words themselves
                hint = f"write the words into templates/mail/{field}.md.j2, and name that file here"
            yield Problem(where=place_of(delivery, field), message=message, hint=hint)


# ------------------------------------------------------------------------------- the mail settings


def check_mail(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Nothing goes over a net in clear, the password is not in the book, and the certificates are there."""
    mail = book.settings.mail
    if mail is None:
        return
    yield from map(_of_mail, _exposures(mail, Path(book.root)))
    is_there = context.is_there
    if mail.ca_file is not None and is_there and not is_there(Path(os.path.expanduser(mail.ca_file))):  # noqa: PTH111
        message = f"there is no file of certificates {mail.ca_file}"
        hint = "from this machine nothing can be sent: mend the path, or put the file there"
        # Another machine may have it, and that one may be the one that sends.
        where = place_of(mail, "ca_file")
        yield _of_mail(Problem(where=where, severity=Severity.WARNING, message=message, hint=hint))


def _exposures(mail: MailSettings, root: Path) -> Iterator[Problem]:
    is_plain = mail.security is Security.PLAIN
    if is_plain and not _is_this_machine(mail.host):
        message = f"mail to {mail.host!r} would cross the net in clear: 'plain' is for this machine alone"
        hint = "write security: starttls (or tls), or send through a relay on localhost"
        yield Problem(where=place_of(mail, "security"), message=message, hint=hint)
    if is_plain and mail.user is not None:
        message = "a user logs in with a password, and 'plain' would show it"
        hint = "delete the user, or write security: starttls (or tls)"
        yield Problem(where=place_of(mail, "user"), message=message, hint=hint)
    if mail.user is None and mail.password_file is not None:
        message = "a password is of no use without a user"
        where, hint = place_of(mail, "password_file"), "name the 'user' as well"
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)
    if mail.password_file is not None:
        from briefbook.mail.credentials import password_in_book

        exposure = password_in_book(mail, root)
        if exposure is not None:
            yield exposure
    habits = {465: Security.TLS, 587: Security.STARTTLS}  # RFC 8314, section 3
    usual = habits.get(mail.port or 0, mail.security)
    if usual is not mail.security:
        message = f"servers speak {usual.value!r} at port {mail.port}, not {mail.security.value!r}"
        hint = f"write security: {usual.value}, or another port"
        where = place_of(mail, "port")
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _is_this_machine(host: str) -> bool:
    name = host.rstrip(".").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")  # RFC 6761, section 6.3


def _of_mail(problem: Problem) -> Problem:
    return replace(problem, of_mail=True)
