"""What was removed from a variant, for the desk that releases it: as text and as JSON.

It stands beside the variant and never in it, and is marked as high as the full memo and all that it lists.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date

from briefbook.marking import Banner, Scheme
from briefbook.memo import Memo
from briefbook.releasing import MEMO, Removed


def concerning(removed: Iterable[Removed], memo: Memo, shown: frozenset[str]) -> tuple[Removed, ...]:
    """What of all that was removed a memo would have shown: parts of itself, and of facts that it shows."""
    return tuple(each for each in removed if (each.id == memo.id if each.kind == MEMO else each.id in shown))


def report_text(
    removed: Sequence[Removed], *, variant: str, as_of: date, banner: Banner, scheme: Scheme
) -> bytes:
    """One line for each piece: its place, what it is, its marking and why it went. UTF-8, LF line ends."""
    lines = [banner.text, "", f"Removed from {variant}, as of {as_of.isoformat()}", ""]
    for each in removed:
        part = f", {each.field}" if each.field else ""
        lines.append(
            f"{each.where}: {each.kind}: {each.id}{part}: {scheme.banner(each.marking)} ({each.why})"
        )
    if not removed:
        lines.append("nothing")
    return ("\n".join([*lines, "", banner.text]) + "\n").encode()


def report_json(
    removed: Sequence[Removed], *, variant: str, as_of: date, banner: Banner, scheme: Scheme
) -> bytes:
    """The same for programs."""
    told = {
        "format": 1,
        "marking": banner.text,
        "variant": variant,
        "as_of": as_of.isoformat(),
        "removed": [
            {
                "kind": each.kind,
                "id": each.id,
                "field": each.field,
                "marking": scheme.banner(each.marking),
                "level": each.marking.level,
                "caveats": list(each.marking.caveats),
                "why": each.why,
                "file": each.where.file,
                "line": each.where.line,
                "column": each.where.column,
            }
            for each in removed
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
