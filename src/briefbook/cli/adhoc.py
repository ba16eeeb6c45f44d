"""A memo that no file defines: --forum, --meeting, or --from and --to."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from briefbook.cli.book import DAY
from briefbook.cli.completing import forum_ids, meeting_ids
from briefbook.cli.printing import stop_for
from briefbook.dates import PartialDate, exactly
from briefbook.diagnostics import did_you_mean
from briefbook.facts import Wording
from briefbook.memo import ForumScope, MeetingScope, Memo, RangeScope, Reference

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


def adhoc_memo(read: "ReadBook", asked: Mapping[str, str | date | None]) -> Memo | None:
    """The memo that the options ask for; None if they ask for none. Raises click.UsageError."""
    forum, meeting, first, last = (asked[name] for name in ("forum", "meeting", "from_", "to"))
    if (first is None) != (last is None):
        raise click.UsageError("--from and --to go together")
    given = [name for name, value in (("forum", forum), ("meeting", meeting), ("range", first)) if value]
    if len(given) > 1:
        raise click.UsageError("ask for one of --forum, --meeting, or --from and --to")
    facts = read.book.facts

    def free(kind: str, id_: str) -> str:
        """An id under which no memo of a file is written, so that none is overwritten."""
        while id_ in read.memo_files:
            id_ = f"{kind}-{id_}"
        return id_

    if isinstance(forum, str):
        name = facts.forums[_known(forum, facts.forums, "forum", read)].name
        return Memo(id=free("forum", forum), title=name, scope=ForumScope(forums=(Reference(id=forum),)))
    if isinstance(meeting, str):
        fact = facts.meetings[_known(meeting, facts.meetings, "meeting", read)]
        its_forum = facts.forums.get(fact.forum)
        name = fact.title or (its_forum.name if its_forum else Wording(texts={"en": meeting}))
        scope = MeetingScope(meetings=(Reference(id=meeting),))
        return Memo(id=free("meeting", meeting), title=name, scope=scope)
    if isinstance(first, date) and isinstance(last, date):
        if last < first:
            raise click.UsageError("--from comes after --to")
        title = Wording(texts={read.book.settings.language: _range_in_words(first, last, read)})
        return Memo(
            id=free("range", f"{first}-to-{last}"), title=title, scope=RangeScope(first=first, last=last)
        )
    return None


def _range_in_words(first: date, last: date, read: "ReadBook") -> str:
    from briefbook.composing.wording import wording_of

    days = PartialDate(start=exactly(first).start, end=exactly(last).end)
    return str(wording_of(read.book.settings.language).in_words(days))


def _known(id_: str, known: Mapping[str, object], kind: str, read: "ReadBook") -> str:
    if id_ not in known:
        if id_ in read.ids and read.book.facts.find(id_) is None:
            stop_for(read.problems)  # it is there, but was left out for a mistake
        hint = did_you_mean(id_, known)
        raise click.UsageError(f"there is no {kind} {id_!r} in this book" + (f" ({hint})" if hint else ""))
    return id_
