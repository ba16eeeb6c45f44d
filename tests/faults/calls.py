"""Reading strace's log: the calls of a run in their order, and where among them each message's dot lies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# As the issue names them, with the spellings that a C library may choose: strace counts each by itself.
ASKED = (
    *("pwrite64", "write", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat"),
    *("unlink", "unlinkat", "openat", "mkdir", "mkdirat", "sendto", "sendmsg", "recvfrom", "recvmsg", "read"),
)
# What a full disk can refuse.
REFUSABLE = (
    *("pwrite64", "write", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat"),
    *("openat", "mkdir", "mkdirat"),
)
TRACE = ("-y", "-s", "6000", "-e", "trace=" + ",".join(f"?{name}" for name in ASKED))

_LINE = re.compile(r"^\d+ +(?P<name>\w+)\((?P<rest>.*)$")
_PATH = re.compile(r"<((?:/|socket:|TCP:|pipe:|anon)[^>]*)>")
DOT = r', ".\r\n", 3,'  # by itself: the ledger is asked before it goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its name, the how-manieth of that name (from 1), its arguments as strace prints them."""

    name: str
    number: int
    rest: str

    @property
    def path(self) -> str:
        """The file of its first descriptor, or what it is connected to."""
        found = _PATH.search(self.rest)
        return found[1] if found else ""

    @property
    def names(self) -> list[str]:
        """The paths that are written out as arguments."""
        return re.findall(r'"((?:[^"\\]|\\.)*)"', self.rest)

    @property
    def creates(self) -> bool:
        return "O_CREAT" in self.rest

    @property
    def has_dot(self) -> bool:
        """Whether this call sends a message's final dot."""
        return self.name in ("sendto", "sendmsg") and DOT in self.rest

    @property
    def is_log(self) -> bool:
        """Whether this is about SQLite's write-ahead log."""
        return self.path.endswith(".db-wal")

    @property
    def flushes(self) -> bool:
        return self.name in ("fsync", "fdatasync")


def calls_of(log: str) -> list[Call]:
    """The calls of a log in their order."""
    counts: dict[str, int] = {}
    found = []
    for line in log.splitlines():
        match = _LINE.match(line)
        if match and match["name"] in ASKED:
            name = match["name"]
            counts[name] = counts.get(name, 0) + 1
            found.append(Call(name=name, number=counts[name], rest=match["rest"]))
    return found


def counts_of(calls: Sequence[Call]) -> dict[str, int]:
    """How many calls of each name."""
    return {name: sum(call.name == name for call in calls) for name in ASKED}


def dot_windows(calls: Sequence[Call]) -> Iterator[range]:
    """For each message: from the ledger's write of `at-dot` to the flush that follows the server's reply."""
    for at, call in enumerate(calls):
        if not call.has_dot:
            continue
        first = at
        while first > 0 and not calls[first - 1].flushes:
            first -= 1  # back over the conversation to the last flush …
        while first > 0 and (calls[first - 1].is_log):
            first -= 1  # … and over the log's writes before it
        last = at
        while last < len(calls) - 1 and not (calls[last].is_log and calls[last].flushes):
            last += 1
        yield range(first, last + 1)


def in_windows(calls: Sequence[Call], name: str) -> set[int]:
    """The numbers of the calls of this name that lie in a window."""
    return {calls[at].number for window in dot_windows(calls) for at in window if calls[at].name == name}
