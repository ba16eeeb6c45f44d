"""Work that is always the same, of the kinds that a document is made by: it says how fast a machine is.

All milliseconds of the tables are told as on a machine that needs ten of them for this.
"""

import json
import re
import zlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

CALIBRATED = 0.010  # seconds
WORDS = ("council", "harbour", "survey", "stock", "spring", "quota", "vessel", "coast")


def ways(folder: Path) -> dict[str, Callable[[Sequence[dict[str, Any]]], list[bytes]]]:
    """The one way; a memo is not looked at."""
    del folder
    return {"work": lambda memos: [_work() for _ in memos]}


def _work() -> bytes:
    """Dictionaries, texts, JSON, regular expressions, and a little in C."""
    records = [{"id": f"{WORDS[n % 8]}-{n}", "words": WORDS[: n % 8], "n": n} for n in range(3000)]
    by_id = {str(record["id"]): record for record in records}
    text = json.dumps([by_id[key] for key in sorted(by_id)])
    found = re.findall(r"[a-z]+-\d+", text)
    return zlib.compress("".join(found).encode()) + sha256(text.encode()).digest()
