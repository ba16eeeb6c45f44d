"""`briefbook trace`: what rested on a source or a fact, and who has been told it."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import click

from briefbook.cli.book import BookFinder, day_of
from briefbook.cli.completing import fact_ids
from briefbook.cli.printing import count, is_on_terminal, prints_on_terminal, tell, tell_json
from briefbook.diagnostics import did_you_mean
from briefbook.frozen import frozen

if TYPE_CHECKING:
    from datetime import date

    from briefbook.bearing import Passage
    from briefbook.checks.withdrawals import Fall
    from briefbook.facts import Fact, Facts
    from briefbook.tracing import Receipt, ToTell, Trace, TracedEdition

WIDTH = 80  # columns, where no terminal says otherwise
WIDEST = 100


@click.command("trace")
@click.argument("id_", metavar="SOURCE|FACT", shell_complete=fact_ids)
@click.option("--json", "wants_json", is_flag=True, help="Print all of it as JSON.")
@click.pass_obj
def command(finder: BookFinder, /, id_: str, wants_json: bool) -> None:
    """Tell what rested on a source or a fact: editions, paragraphs, recipients.

    Every edition on record is looked through, whatever has become of the book since; then it is told how the
    book stands today. What was removed by `history prune` is named as what cannot be told. The exit status
    is 0 whether anything rested on it or not, and 2 for an id that nobody knows.

    \b
    Examples:
      briefbook trace four-areas-article
      briefbook trace hlsd-2021-10 --json
    """
    book = _Today.of(finder, id_)
    found = _traced(finder, id_)
    if book.fact is None and (found is None or not found.is_known):
        untold = len(found.editions) if found is not None else 0
        also = f", nor in any edition that can be looked through ({untold} cannot)" if untold else ""
        hint = did_you_mean(id_, book.known)
        hint = hint or "ids stand in the files of facts/; -C BOOK names another book"
        raise click.UsageError(f"{id_!r} is not in this book{also} ({hint})")
    if wants_json:
        tell_json(_as_json(id_, found, book))
        return
    tell(*_lines(id_, found, book))


def _traced(finder: BookFinder, id_: str) -> "Trace | None":
    """What the record knows; None where the book has no record."""
    from briefbook.tracing import trace

    record = finder.read_record()
    if record is None:
        return None
    with record:
        total = len(record.ledger.editions())
        hidden = total < _MANY or not is_on_terminal()
        with click.progressbar(
            length=total, label="Looking through editions", file=sys.stderr, hidden=hidden
        ) as bar:
            return trace(record, id_, progress=lambda: bar.update(1))


_MANY = 50  # editions from which on looking takes long enough to be seen


# ------------------------------------------------------------------------------------ the book today


@frozen
class _Today:
    """How the book stands: the fact, if it is there still, and what rests on it."""

    known: Sequence[str]  # every id of the book
    fact: "Fact | None"
    facts: "Facts"
    kind: str | None  # the key of its kind in the files
    day: "date"
    falls: "Sequence[Fall]"  # of a source
    told: str  # of a fact: as what a memo would tell it

    @classmethod
    def of(cls, finder: BookFinder, id_: str) -> "_Today":
        """Read the book. What is wrong with it is no matter here: `check` tells it."""
        from briefbook.checks.withdrawals import told_as, would_fall
        from briefbook.index import indexed
        from briefbook.showing import View
        from briefbook.usable import usable_book

        read = finder.read()
        facts = usable_book(read).facts
        day = day_of(read.book.settings, None, None).as_of
        kind = next((kind for kind, those in facts.kinds().items() if id_ in those), None)
        fact = facts.find(id_)
        view = View(index=indexed(facts), day=day, known_by=day, language="en")
        return cls(
            known=[known for those in facts.kinds().values() for known in those],
            fact=fact,
            facts=facts,
            kind=kind,
            day=day,
            falls=would_fall(facts, id_, day) if kind == "sources" else (),
            told="" if fact is None else told_as(fact, view) if view.is_on_file(id_) else "not on file",
        )

    @property
    def sources(self) -> Iterator[tuple[str, str]]:
        """The sources of a fact, each with how it stands."""
        from briefbook.facts import statements_of

        told = dict.fromkeys(s.source for s in statements_of(self.fact)) if self.fact is not None else ()
        for id_ in told:
            source = self.facts.sources[id_]
            gone = source.withdrawn
            yield id_, f"withdrawn from {gone.on} on" if gone else f"published {source.published}"


# ------------------------------------------------------------------------------------ text


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDEST) if prints_on_terminal() else WIDTH


def _wrapped(text: str, indent: str, further: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _width(),
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(id_: str, found: "Trace | None", book: _Today) -> Iterator[str]:
    yield from _head(id_, book)
    yield ""
    yield from _of_editions(found)
    yield from _of_people(found)
    yield from _of_today(book)


def _head(id_: str, book: _Today) -> Iterator[str]:
    from briefbook.facts import Source

    if book.fact is None:
        yield f"{id_}: not in the book any more"
        return
    yield f"{id_}: {_NOUNS[book.kind or '']}, {book.fact.where}"
    if isinstance(book.fact, Source) and book.fact.withdrawn is not None:
        gone = book.fact.withdrawn
        yield from _wrapped(f"withdrawn from {gone.on} on: {gone.why.best('en')[1]}", "  ")


_NOUNS = {
    "sources": "source",
    "organisations": "organisation",
    "people": "person",
    "forums": "forum",
    "meetings": "meeting",
    "priorities": "priority",
    "background": "background point",
}


def _of_editions(found: "Trace | None") -> Iterator[str]:
    from briefbook.tracing import Bearing

    if found is None or not found.looked_at:
        yield "No edition is on record."
        return
    rested = found.having(Bearing.RESTED)
    of = count(found.looked_at, "edition", "editions")
    yield f"{len(rested)} of {of} rested on it." if rested else f"None of {of} rested on it."
    for memo, editions in groupby(rested, key=lambda traced: traced.edition.memo):
        yield ""
        yield memo
        groups = [list(those) for _, those in groupby(editions, key=lambda traced: traced.passages)]
        for group in groups:
            yield from _alike(group)
            if len(groups) == 1:
                for passage in group[0].passages:
                    yield from _wrapped(_words(passage), "    ", "      ")
            yield from _mailed(group)
        if len(groups) > 1:
            yield from _shared(groups)
    told = found.having(Bearing.TOLD)
    if told:
        yield ""
        yield from _wrapped(f"Told as withdrawn, or left out: {_numbered(told)}", "", "  ")
    named = found.having(Bearing.NAMED)
    if named:
        yield ""
        yield from _wrapped(f"At hand, but in no paragraph: {_numbered(named)}", "", "  ")
    untold = found.having(Bearing.UNTOLD)
    if untold:
        yield ""
        yield "Cannot be told:"
        for why, alike in groupby(sorted(untold, key=lambda one: one.why), key=lambda one: one.why):
            those = list(alike)
            yield from _wrapped(f"{_numbered(those)}: {why}", "  ", "    ")
            if readers := _who_may_have(those):
                yield from _wrapped(f"→ mailed to {', '.join(readers)}", "    ", "      ")


def _who_may_have(editions: "Iterable[TracedEdition]") -> list[str]:
    """To whom some editions went, or may have gone: each address once, as first written."""
    from briefbook.tracing import Standing

    receipts = (receipt for traced in editions for receipt in traced.receipts)
    named: dict[str, str] = {}
    for receipt in receipts:
        if receipt.standing is not Standing.STOPPED:
            named.setdefault(receipt.recipient.casefold(), receipt.recipient)
    return sorted(named.values())


def _alike(editions: "Sequence[TracedEdition]") -> Iterator[str]:
    """Editions one after the other that told the same."""
    first, last = editions[0].edition, editions[-1].edition
    numbers = _ranges(traced.edition.number for traced in editions)
    days = f"{first.as_of}" if first.as_of == last.as_of else f"{first.as_of} to {last.as_of}"
    which = "edition" if len(editions) == 1 else "editions"
    made = " to ".join(dict.fromkeys((_minute(first.made), _minute(last.made))))
    yield from _wrapped(f"{which} {numbers}, as of {days}", "  ", "    ")
    yield from _wrapped(f"made {made}", "    ")
    if any(not traced.is_exact for traced in editions):
        note = "made again by another briefbook than the one that issued it: words may differ"
        yield from _wrapped(f"({note})", "    ")


def _mailed(editions: "Sequence[TracedEdition]") -> Iterator[str]:
    receipts = [(traced, receipt) for traced in editions for receipt in traced.receipts]
    for traced, receipt in receipts:
        yield from _wrapped(f"→ {_receipt(receipt, traced if len(editions) > 1 else None)}", "    ", "      ")
    if not receipts:
        yield "    → mailed to nobody"


def _shared(groups: "Sequence[Sequence[TracedEdition]]") -> Iterator[str]:
    """Each paragraph once, with the editions that had it: what most had comes first."""
    having: dict[str, list[TracedEdition]] = {}
    for alike in groups:
        for words in dict.fromkeys(map(_words, alike[0].passages)):
            having.setdefault(words, []).extend(alike)
    total = sum(map(len, groups))
    by_editions: dict[str, list[str]] = {}
    for words, those in sorted(having.items(), key=lambda pair: -len(pair[1])):
        numbers = _ranges(traced.edition.number for traced in those)
        which = "in all of them" if len(those) == total else f"in {numbers}"
        by_editions.setdefault(which, []).append(words)
    for which, paragraphs in by_editions.items():
        yield f"  {which}:"
        for words in paragraphs:
            yield from _wrapped(words, "    ", "      ")


def _words(passage: "Passage") -> str:
    place = f"{passage.heading}: " if passage.heading else ""
    by = f" (through {', '.join(passage.through)})" if passage.through else ""
    return f"· {place}{passage.text}{by}"


def _receipt(receipt: "Receipt", traced: "TracedEdition | None") -> str:
    from briefbook.tracing import Standing

    of = f" {traced.edition.number}" if traced else ""
    test = ", as a test" if receipt.is_test else ""
    stop = f"; to stop it: briefbook outbox cancel {receipt.envelope}"
    more = stop if receipt.standing is Standing.WAITING else ""
    return f"{receipt.recipient}:{of} {receipt.standing}, {_minute(receipt.at)}{test}{more}"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _numbered(editions: "Iterable[TracedEdition]") -> str:
    """Editions by memo: council 1, 2; harbours 4."""
    by_memo = groupby(editions, key=lambda traced: traced.edition.memo)
    return "; ".join(f"{memo} {_ranges(one.edition.number for one in those)}" for memo, those in by_memo)


def _ranges(numbers: Iterable[int]) -> str:
    """Rising numbers, those one after the other as a range: 1–3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        elif not runs or number != runs[-1][-1]:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _of_people(found: "Trace | None") -> Iterator[str]:
    if found is None or not found.to_tell:
        return
    yield ""
    yield f"To tell: {count(len(found.to_tell), 'reader', 'readers')}"
    for one in found.to_tell:
        yield from _wrapped(f"{one.recipient}: {_got(one)}", "  ", "    ")


def _got(one: "ToTell") -> str:
    numbers: dict[str, list[int]] = {}
    for edition, _ in one.got:
        mine = numbers.setdefault(edition.memo, [])
        mine += [edition.number] if edition.number not in mine else []
    told = "; ".join(f"{memo} {_ranges(those)}" for memo, those in numbers.items())
    since = ", ".join(f"{edition.memo} {edition.number}" for edition in one.since)
    return told + (f" (has {since} since, which does not rest on it)" if since else "")


def _of_today(book: _Today) -> Iterator[str]:
    from briefbook.checks.withdrawals import in_a_sentence

    if book.fact is None or book.kind in ("people", "organisations"):  # no statement is on these
        return
    yield ""
    if book.kind == "sources":
        yield "The book today:"
        for fall in book.falls:
            yield from _wrapped(f"{fall.fact.id} {_fate(fall, book)} ({fall.where})", "  ", "    ")
        if not book.falls:
            yield "  nothing rests on it"
        return
    yield f"The book as of {book.day}:"
    if book.told:
        yield f"  it is {in_a_sentence(book.told)}"
    for source, standing in book.sources:
        yield from _wrapped(f"{source}: {standing}", "  ", "    ")


def _fate(fall: "Fall", book: _Today) -> str:
    from briefbook.checks.withdrawals import Fate, in_a_sentence
    from briefbook.facts import Source

    is_gone = isinstance(book.fact, Source) and book.fact.withdrawn is not None
    match fall.fate:
        case Fate.FALLS:
            return "falls with it" if is_gone else "rests on it alone"
        case Fate.CHANGES:
            return f"is {in_a_sentence(fall.after)} without it, not {in_a_sentence(fall.before)}"
        case Fate.STAYS:
            return f"rests on {count(fall.left, 'other source', 'other sources')} too"


# ------------------------------------------------------------------------------------ JSON


def _as_json(id_: str, found: "Trace | None", book: _Today) -> dict[str, object]:
    from briefbook.facts import Source
    from briefbook.tracing import Bearing

    gone = book.fact.withdrawn if isinstance(book.fact, Source) else None
    editions = found.editions if found is not None else ()
    today: dict[str, object] = {"as_of": book.day.isoformat()}
    if book.kind == "sources":
        today["facts"] = [
            {
                "id": fall.fact.id,
                "where": str(fall.where),
                "fate": str(fall.fate),
                "sources_left": fall.left,
                "before": fall.before,
                "after": fall.after,
            }
            for fall in book.falls
        ]
    elif book.fact is not None:
        today |= {"told": book.told, "sources": [{"id": s, "standing": how} for s, how in book.sources]}
    return {
        "id": id_,
        "kind": book.kind,
        "where": str(book.fact.where) if book.fact is not None else None,
        "withdrawn": {"on": gone.on.isoformat(), "why": dict(gone.why.texts)} if gone else None,
        "looked_at": found.looked_at if found is not None else 0,
        "editions": [_edition(traced) for traced in editions if traced.bearing is not Bearing.UNTOLD],
        "untold": [_edition(traced) for traced in editions if traced.bearing is Bearing.UNTOLD],
        "to_tell": [_person(one) for one in found.to_tell] if found is not None else [],
        "today": today,
    }


def _edition(traced: "TracedEdition") -> dict[str, object]:
    edition = traced.edition
    return {
        "memo": edition.memo,
        "edition": edition.number,
        "as_of": edition.as_of.isoformat(),
        "known_by": edition.known_by.isoformat(),
        "made": edition.made.isoformat(),
        "bearing": str(traced.bearing),
        "why": traced.why,
        "is_exact": traced.is_exact,
        "sources": list(traced.sources),
        "passages": [
            {
                "section": passage.section,
                "heading": passage.heading,
                "text": passage.text,
                "through": list(passage.through),
                "slot": passage.slot,
            }
            for passage in traced.passages
        ],
        "recipients": [_receipt_json(receipt) for receipt in traced.receipts],
    }


def _receipt_json(receipt: "Receipt") -> dict[str, object]:
    return {
        "recipient": receipt.recipient,
        "standing": str(receipt.standing),
        "at": receipt.at.isoformat(),
        "envelope": receipt.envelope,
        "is_test": receipt.is_test,
    }


def _person(one: "ToTell") -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "got": [
            {"memo": edition.memo, "edition": edition.number, **_receipt_json(receipt)}
            for edition, receipt in one.got
        ],
        "since": [{"memo": edition.memo, "edition": edition.number} for edition in one.since],
    }
