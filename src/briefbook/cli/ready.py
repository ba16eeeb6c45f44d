"""`check --release`: whether memos are ready to leave, as text and as JSON."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from briefbook.cli.book import BookFinder, chosen_ids
from briefbook.cli.printing import PROBLEMS_FOUND, as_json, count, print_problems, say, tell_json

if TYPE_CHECKING:
    from briefbook.ready import Ready
    from briefbook.verdict import Verdict
    from briefbook.workshop import Day


def check_ready(
    finder: BookFinder, verdict: "Verdict", names: Sequence[str], day: "Day", *, wants_json: bool
) -> None:
    """Tell what stands against some memos, or all. Ends the program with 1 where one must not leave."""
    from briefbook.ready import asks_record, judged, not_made
    from briefbook.usable import usable_book
    from briefbook.workshop import Workshop

    book = usable_book(verdict.read)
    workshop = Workshop(book)
    chosen = [(id_, verdict.read.book.memos.get(id_)) for id_ in chosen_ids(verdict.read, names)]
    stopped = {id_: verdict.stopping(id_, memo) for id_, memo in chosen}
    good = [memo for id_, memo in chosen if memo is not None and not stopped[id_]]
    record = finder.read_record() if any(asks_record(workshop, memo) for memo in good) else None
    with record or nullcontext():
        ready = judged(workshop, good, day, record)
        found = [
            not_made(id_, memo, stopped[id_], book) if memo is None or stopped[id_] else next(ready)
            for id_, memo in chosen
        ]
    if wants_json:
        tell_json(_json(found, day))
    else:
        print_problems(problem for one in found for problem in one.problems)
        for line in in_lines(found):
            say(line)
    if not all(one.is_ready for one in found):
        raise SystemExit(PROBLEMS_FOUND)


def in_lines(found: "Iterable[Ready]") -> list[str]:
    """How many stand against each memo."""
    lines = []
    for one in found:
        warnings = count(len(one.findings) - one.errors, "warning", "warnings")
        if one.is_ready:
            but = f" ({warnings})" if one.findings else ""
            lines.append(f"{one.memo}: ready to leave{but}")
        else:
            more = f" and {warnings}" if len(one.findings) > one.errors else ""
            stand = "stands" if len(one.findings) == 1 else "stand"
            lines.append(f"{one.memo}: {count(one.errors, 'error', 'errors')}{more} {stand} against it")
    return lines


def _json(found: "Iterable[Ready]", day: "Day") -> dict[str, object]:
    return {
        "as_of": day.as_of.isoformat(),
        "known_by": day.known_by.isoformat(),
        "memos": [
            {
                "memo": one.memo,
                "ready": one.is_ready,
                "problems": [
                    {"rule": finding.rule or None, **as_json(finding.problem)} for finding in one.findings
                ],
            }
            for one in found
        ],
    }
