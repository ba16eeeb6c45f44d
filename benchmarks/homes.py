"""Folders for what briefbook keeps for its user, so that nothing of the one who measures counts.

No trust in a book, no limit of theirs and nothing that an earlier build left in their cache: what is
measured, here and in processes begun from here, finds the usual settings and what the measurement left.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def homes_in(folder: Path) -> Iterator[None]:
    """Settings and caches lie in a folder for as long, also for processes that are begun then."""
    named = {"XDG_CONFIG_HOME": folder / "config", "XDG_CACHE_HOME": folder / "cache"}
    before = {name: os.environ.pop(name) for name in named if name in os.environ}
    for name, home in named.items():
        home.mkdir(mode=0o700, parents=True)
        os.environ[name] = str(home)
    try:
        yield
    finally:
        for name in named:
            del os.environ[name]
        os.environ.update(before)
