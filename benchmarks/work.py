"""`python -m benchmarks.work MODULE WAY FOLDER`: makes memos when it is told to, and says how long it took.

It reads a line of JSON, `{"memos": [3, 4], "keep": false}`, makes these memos by that way, and answers with a
line: the seconds that the processor worked for it, of what it started too. A way has a process of its own, so
nothing that one remembers helps another, and so that peers and briefbook need not be installed together.
"""

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any


def main(module: str, way: str, folder: Path) -> None:
    """Make memos till the input ends."""
    make = import_module(module).ways(folder)[way]
    print("ready", flush=True)  # noqa: T201 - what the measuring process waits for
    for line in sys.stdin:
        asked = json.loads(line)
        memos = [words_of(folder, number) for number in asked["memos"]]
        start = processor_time()
        files = make(memos)
        took = processor_time() - start
        if asked["keep"]:
            _keep(folder, asked["memos"], files)
        print(took, flush=True)  # noqa: T201 - the answer


def words_of(folder: Path, number: int) -> dict[str, Any]:
    """The words of a memo, as the measuring process wrote them."""
    words: dict[str, Any] = json.loads((folder / f"words/{number}.json").read_text(encoding="utf-8"))
    return words


def processor_time() -> float:
    """The seconds of processor, user and system, of this process and of what it started and saw end."""
    usage = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usage)


def _keep(folder: Path, numbers: Sequence[int], files: Sequence[bytes]) -> None:
    """Write the files where they are read back: one of each memo, or a pair."""
    each = len(files) // len(numbers)
    for place, data in enumerate(files):
        kind = "pdf" if data.startswith(b"%PDF") else "docx"
        (folder / f"{numbers[place // each]}.{kind}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
