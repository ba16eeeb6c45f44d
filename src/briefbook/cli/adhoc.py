"""A memo that no file defines: --forum, --meeting, or --from and --to."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from briefbook.cli.book import DAY, tell_of_labels
from briefbook.cli.completing import forum_ids, meeting_ids
from briefbook.cli.printing import stop_for
from briefbook.dates import PartialDate, exactly
from briefbook.diagnostics import did_you_mean
from briefbook.facts import Wording
from briefbook.memo import ForumScope, MeetingScope, Memo, RangeScope, Reference, Scope
from briefbook.memo_languages import in_language

if TYPE_CHECKING:
    from briefbook.readers.read_book import ReadBook

F = TypeVar("F", bound=Callable[..., Any])


def adhoc_options(command: F) -> F:
    """Add the options that ask for a memo without a file."""
    options = (
        click.option(
            "--forum",
            metavar="ID",
            shell_complete=forum_ids,
            help="A memo on this forum, though no file defines it.",
        ),
        click.option("--meeting", metavar="ID", shell_complete=meeting_ids, help="A memo on this meeting."),
        click.option("--from", "from_", type=DAY, metavar="DAY", help="With --to: a memo on these days."),
        click.option("--to", type=DAY, metavar="DAY", help="The last day of the range."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def adhoc_memo(
    read: "ReadBook", asked: Mapping[str, str | date | None], language: str | None = None
) -> Memo | None:
    """The memo that the options ask for, in a language if one is asked for; None if they ask for none.

    Raises click.UsageError.
    """
    from briefbook.readers.read_profile import with_profile

    memo = _asked_for(read, asked, language)
    if memo is not None and language is not None:
        tell_of_labels(read, language)
    return memo and with_profile(memo, read.book.profiles, read.book.usual_profile)


def _asked_for(read: "ReadBook", asked: Mapping[str, str | date | None], language: str | None) -> Memo | None:
    forum, meeting, first, last = (asked[name] for name in ("forum", "meeting", "from_", "to"))
    if (first is None) != (last is None):
        raise click.UsageError("--from and --to go together")
    given = [name for name, value in (("forum", forum), ("meeting", meeting), ("range", first)) if value]
    if len(given) > 1:
        raise click.UsageError("ask for one of --forum, --meeting, or --from and --to")
    facts = read.book.facts

    def named(kind: str, id_: str, title: Wording, scope: Scope) -> Memo:
        """The memo under an id that no memo of a file has in any language, so that none is overwritten."""
        plain = Memo(id=id_, title=title, scope=scope)
        memo = in_language(plain, language) if language else plain
        is_taken = any(map(read.is_taken, (plain.id, memo.id)))
        return named(kind, f"{kind}-{id_}", title, scope) if is_taken else memo

    if isinstance(forum, str):
        name = facts.forums[_known(forum, facts.forums, "forum", read)].name
        return named("forum", forum, name, ForumScope(forums=(Reference(id=forum),)))
    if isinstance(meeting, str):
        fact = facts.meetings[_known(meeting, facts.meetings, "meeting", read)]
        its_forum = facts.forums.get(fact.forum)
        name = fact.title or (its_forum.name if its_forum else Wording(texts={"en": meeting}))
        return named("meeting", meeting, name, MeetingScope(meetings=(Reference(id=meeting),)))
    if isinstance(first, date) and isinstance(last, date):
        if last < first:
            raise click.UsageError("--from comes after --to")
        tongue = language or read.book.settings.language
        title = Wording(texts={tongue: _range_in_words(first, last, read, tongue)})
        return named("range", f"{first}-to-{last}", title, RangeScope(first=first, last=last))
    return None


def _range_in_words(first: date, last: date, read: "ReadBook", language: str) -> str:
    from briefbook.workshop import Workshop

    days = PartialDate(start=exactly(first).start, end=exactly(last).end)
    wording = Workshop(read.book).templates(language).wording
    return str(wording.in_words(days))


def _known(id_: str, known: Mapping[str, object], kind: str, read: "ReadBook") -> str:
    if id_ not in known:
        if id_ in read.ids and read.book.facts.find(id_) is None:
            stop_for(read.problems)  # it is there, but was left out for a mistake
        hint = did_you_mean(id_, known)
        raise click.UsageError(f"there is no {kind} {id_!r} in this book" + (f" ({hint})" if hint else ""))
    return id_
