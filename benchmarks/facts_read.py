"""`python -m benchmarks.facts_read WAY FOLDER`: reads a book's facts by one way, and says how long it took.

Timed is the work, without the start of the process and its imports: seconds of processor. A way imports what
it needs and no more, so that no other's objects lie in the process.
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time


def files_of(book: Path) -> list[Path]:
    """The files of facts."""
    return sorted(book.glob("facts/*.yaml"))


def _own() -> Callable[[Path], object]:
    from briefbook.readers.read_book import read_book
    from briefbook.verdict import judge

    def read(book: Path) -> object:
        found = read_book(book)
        verdict = judge(found)
        if verdict.has_errors:
            raise ValueError([str(problem) for problem in verdict.problems][:5])
        return found

    return read


def _load() -> Callable[[Path], object]:
    import yaml

    def read(book: Path) -> object:
        loaded = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in files_of(book)]
        if not all(loaded):
            raise ValueError("a file holds nothing")
        return loaded

    return read


def _load_uncollected() -> Callable[[Path], object]:
    gc.disable()
    return _load()


WAYS = {"own": _own, "load": _load, "load-uncollected": _load_uncollected}


def main(way: str, book: Path) -> None:
    """Do it once, and print the seconds of processor."""
    read = WAYS[way]()
    start = process_time()
    kept = read(book)
    print(process_time() - start)  # noqa: T201 - the answer
    del kept  # not before it was timed


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
