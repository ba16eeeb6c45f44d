"""How others make the memo of the benchmark: one small module a peer, as its documentation would have it.

A module has a function `ways(folder)`, which makes ready what a program would keep between memos and gives
the peer's ways by name: from memos, in plain data (`benchmarks/words.py`), to the bytes of a file each.
Nothing here imports briefbook, and nothing of it is imported here: these run in an environment of their
own.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import font_caladea
import font_source_serif_pro

Words = dict[str, Any]
Way = Callable[[Sequence[Words]], list[bytes]]
REGULAR, BOLD = (Path(font_caladea.font_directory) / f"Caladea-{name}.ttf" for name in ("Regular", "Bold"))
SERIF_REGULAR, SERIF_BOLD = (
    Path(font_source_serif_pro.font_directory) / f"SourceSerifPro-{name}.ttf" for name in ("Regular", "Bold")
)


def one_by_one(make: Callable[[Words], bytes]) -> Way:
    """The way of a peer that makes one file at a time."""
    return lambda memos: [make(memo) for memo in memos]


def noon(memo: Words) -> datetime:
    """When a memo is dated for a format that wants an hour."""
    year, month, day = memo["date"]
    return datetime(year, month, day, 12, tzinfo=UTC)
