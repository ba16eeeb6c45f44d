"""What `list --commitments` prints: who promised what, by when, and when a source last spoke of it."""

from collections.abc import Sequence
from datetime import date

from briefbook.cli.printing import count, print_table, tell, tell_json
from briefbook.commitments import urgency
from briefbook.dates import days_between
from briefbook.facts import Wording
from briefbook.memo import Book, Memo, RangeScope
from briefbook.select import select
from briefbook.selection import Commitment
from briefbook.workshop import Day

EVERYTHING = "everything"
_HEADS = ("COMMITMENT", "PROMISED BY", "WHAT", "DUE", "LAST HEARD OF", "STATUS")
_NOT_TOLD = "not told"  # of what was due: no source says what became of it


def commitments_in(book: Book, memos: Sequence[Memo] | None, day: Day) -> list[Commitment]:
    """The commitments that some memos show as of a day, each once; for None those of the whole book."""
    found: dict[str, Commitment] = {}
    for memo in [_everything()] if memos is None else memos:
        selection = select(book.facts, book.settings, memo, as_of=day.as_of, known_by=day.known_by)
        for one in selection.commitments:
            found.setdefault(one.id, one)
    return sorted(found.values(), key=urgency)


def _everything() -> Memo:
    everything = RangeScope(first=date.min, last=date.max)
    return Memo(id=EVERYTHING, title=Wording(texts={"en": "-"}), scope=everything)


def print_commitments(commitments: Sequence[Commitment], day: Day, *, wants_json: bool) -> None:
    """The list to standard output; an empty one says so, for programs too."""
    if wants_json:
        tell_json([_as_json(one, day) for one in commitments])
    elif commitments:
        rows = [_in_words(one, day) for one in commitments]
        shown = [at for at, head in enumerate(_HEADS) if head != "STATUS" or any(row[at] for row in rows)]
        told = [[row[at] for at in shown] for row in rows]
        print_table([_HEADS[at] for at in shown], told, prose=("PROMISED BY", "WHAT"), cuts=False)
    else:
        tell(f"no commitment is on file as of {day.as_of}")


def _age(one: Commitment, day: Day) -> int | None:
    """The days since it was promised: at least so many, where that day is not exact."""
    return days_between(one.promised.date.last, day.as_of) if one.promised.date else None


def _as_json(one: Commitment, day: Day) -> dict[str, object]:
    return {
        "commitment": one.id,
        "forum": one.forum.id,
        "text": one.text,
        "promised_by": list(map(str, one.promised_by)),
        "promised": one.promised.date and str(one.promised.date),
        "days_since_promised": _age(one, day),
        "due": one.due.date and str(one.due.date),
        "days_to_due": one.due_days,
        "was_due": one.was_due,
        "status": one.status,
        "last_heard": {"source": one.heard.origin.fact, "published": str(one.heard.date)},
        "days_since": one.heard_days,
    }


def _in_words(one: Commitment, day: Day) -> tuple[str, ...]:
    due = str(one.due.date or "") + (f" ({_days(one.due_days)})" if one.due_days is not None else "")
    age = _age(one, day)
    names = ", ".join(map(str, one.promised_by)) + ("" if age is None else f" ({_days(-age)})")
    status = one.status or (_NOT_TOLD if one.was_due else "")
    return one.id, names, str(one.text), due, _days(-one.heard_days), status


def _days(days: int) -> str:
    """How far off something is, from the as-of day; in hindsight a source may come out later."""
    if days > 0:
        return f"in {count(days, 'day', 'days')}"
    return f"{count(-days, 'day', 'days')} ago" if days else "today"
