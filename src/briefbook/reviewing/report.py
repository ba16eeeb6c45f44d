"""What was found in a returned document, for people to read and for programs. Pure."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from briefbook.characters import printable
from briefbook.issued import Edition
from briefbook.reviewing.edit import Edit, EditKind, Review
from briefbook.reviewing.proposals import Outcome, Proposal

_WIDTH = 80  # letters of a line
_INDENT = "   "
_TOLD = {
    Outcome.READY: "ready: --apply makes it",
    Outcome.APPLIED: "applied",
    Outcome.DONE: "already so in the book",
    Outcome.PROPOSED: "proposed: a person decides",
    Outcome.CONFLICT: "conflict: the book has changed since",
    Outcome.LISTED: "listed: fits no field of the book",
}
_COUNTED = {Outcome.DONE: "already so", Outcome.CONFLICT: "in conflict"}


def as_text(edition: Edition, review: Review, proposals: Sequence[Proposal], marking: str = "") -> str:
    """All edits, numbered, each in full, in lines of 80 letters; `marking` above and below."""
    head = f"Review of {edition.memo}, edition {edition.number}, as of {edition.as_of.isoformat()}"
    lines = [*([marking, ""] if marking else []), head, summary(review, proposals), ""]
    for number, (edit, proposal) in enumerate(zip(review.edits, proposals, strict=True), 1):
        lines += [*_told(number, edit, proposal), ""]
    lines += _counted(review)
    while not lines[-1]:
        lines.pop()
    return "\n".join([*lines, *(["", marking] if marking else [])]) + "\n"


def summary(review: Review, proposals: Sequence[Proposal]) -> str:
    """How many edits there are, and what becomes of them, in one line."""
    if not review.edits:
        return "No edits."
    found = Counter(proposal.outcome for proposal in proposals)
    told = ", ".join(f"{found[each]} {_COUNTED.get(each, each)}" for each in Outcome if found[each])
    return f"{len(proposals)} {'edit' if len(proposals) == 1 else 'edits'}: {told}."


def _told(number: int, edit: Edit, proposal: Proposal) -> Iterator[str]:
    who = ", ".join(part for part in (edit.who or "not tracked", _instant(edit.when)) if part)
    place = edit.heading or edit.section or edit.part
    yield from _wrapped(f"{number}. ", f"{_TOLD[proposal.outcome]} · {who} · {place}")
    where = ", ".join(part for part in (proposal.concerns, str(proposal.where or "")) if part)
    if where:
        yield from _wrapped(_INDENT, where)
    yield from _what(edit)
    if proposal.outcome is Outcome.CONFLICT:
        yield from _wrapped(_INDENT + "printed:  ", proposal.printed)
        yield from _wrapped(_INDENT + "now:      ", proposal.now)
    if proposal.new and proposal.outcome is not Outcome.DONE:
        yield from _wrapped(_INDENT + "proposed: ", proposal.new)
    if proposal.why:
        yield from _wrapped(_INDENT, f"({proposal.why})")


def _what(edit: Edit) -> Iterator[str]:
    match edit.kind:
        case EditKind.REMARK:
            yield from _wrapped(_INDENT + "on: ", edit.before or edit.context)
            answers = f" (answers {edit.what})" if edit.what else ""
            yield from _wrapped(_INDENT + f"remark{answers}: ", edit.after)
            return
        case EditKind.CHANGED:
            yield from _wrapped(_INDENT + "in: ", edit.context)
        case EditKind.ADDED if edit.context:
            yield from _wrapped(_INDENT + "after: ", edit.context)
        case EditKind.MOVED:
            yield from _wrapped(_INDENT + "moved: ", edit.before)
            return
        case EditKind.LOOKS:
            yield from _wrapped(_INDENT + "in: ", edit.context)
            yield from _wrapped(_INDENT, f"{edit.what}: {edit.after}" if edit.after else edit.what)
            return
        case EditKind.TAKEN_BACK:
            yield from _wrapped(_INDENT + "put in and taken out, or as it was: ", edit.before)
            return
        case EditKind.THING:
            kept = f" (SHA-256 {edit.sha256})" if edit.sha256 else ""
            came = "put in" if edit.after else "taken out"
            yield from _wrapped(_INDENT, f"{edit.what} {came}: {edit.after or edit.before}{kept}")
            return
        case _:
            pass
    if edit.before:
        yield from _wrapped(_INDENT + "- ", edit.before)
    if edit.after:
        yield from _wrapped(_INDENT + "+ ", edit.after)


def _counted(review: Review) -> Iterator[str]:
    """What was tracked and concerns no words."""
    for number, what in (
        (review.formatting, "the looks of blanks and of ends of paragraphs"),
        (review.spaces, "white space"),
    ):
        if number:
            yield f"{number} tracked {'change' if number == 1 else 'changes'} of {what} alone."


def _instant(when: str) -> str:
    """2031-05-13T10:15:00Z → 2031-05-13 10:15; what is spelled otherwise as it is."""
    return when[:16].replace("T", " ") if len(when) >= 16 else when


def _wrapped(lead: str, text: str) -> Iterator[str]:
    """A text behind its lead, in lines; nothing in it can move a cursor or hide what stands there."""
    behind = " " * len(lead) if len(lead) <= _WIDTH // 3 else _INDENT
    for number, line in enumerate(text.split("\n")):
        shown = printable(line.replace("\t", " "), " ")
        yield from textwrap.wrap(
            shown, _WIDTH, initial_indent=behind if number else lead, subsequent_indent=behind,
            break_long_words=False, break_on_hyphens=False,
        ) or [behind.rstrip()]  # fmt: skip


def as_data(edition: Edition, review: Review, proposals: Sequence[Proposal], marking: str = "") -> bytes:
    """The same for programs: canonical JSON, UTF-8."""
    return (
        json.dumps(told(edition, review, proposals, marking), ensure_ascii=False, indent=2) + "\n"
    ).encode()


def told(
    edition: Edition, review: Review, proposals: Sequence[Proposal], marking: str = ""
) -> dict[str, object]:
    """What the JSON holds."""
    return {
        "format": 1,
        "marking": marking,
        "memo": edition.memo,
        "edition": edition.number,
        "as_of": edition.as_of.isoformat(),
        "known_by": edition.known_by.isoformat(),
        "formatting": review.formatting,
        "spaces": review.spaces,
        "edits": [_row(edit, one) for edit, one in zip(review.edits, proposals, strict=True)],
    }


def _row(edit: Edit, proposal: Proposal) -> dict[str, object]:
    where = proposal.where
    return {
        "kind": str(edit.kind),
        "outcome": str(proposal.outcome),
        "who": edit.who,
        "when": edit.when,
        "part": str(edit.part),
        "section": edit.section,
        "heading": edit.heading,
        "context": edit.context,
        "before": edit.before,
        "after": edit.after,
        "what": edit.what,
        "sha256": edit.sha256,
        "facts": list(edit.facts),
        "slots": list(edit.slots),
        "concerns": proposal.concerns,
        "file": where.file if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
        "printed": proposal.printed,
        "now": proposal.now,
        "new": proposal.new,
        "why": proposal.why,
    }
