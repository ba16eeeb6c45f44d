"""In which order a clean run flushes: a kill cannot lose the page cache, a power cut can."""

from collections.abc import Sequence
from pathlib import Path

from tests.faults.aftermath import STORES
from tests.faults.calls import Call
from tests.faults.small_book import RECIPIENTS, digests
from tests.faults.trial import Bench

_RENAMES = ("rename", "renameat", "renameat2", "link", "linkat")


def wrong_with_order(bench: Bench) -> list[str]:
    """What a power cut could undo, from the log of the clean run that was made last."""
    calls = bench.calls
    written = digests(bench.template / "book")
    made = {name: digest for name, digest in digests(bench.book).items() if digest != written.get(name)}
    known = {str(bench.book / name): digest for name, digest in made.items()}
    stores = [bench.book / ".briefbook" / store for store in STORES]
    for path in (path for store in stores for path in store.rglob("*")):
        if path.is_file() and not (bench.template / "book" / path.relative_to(bench.book)).exists():
            known[str(path)] = path.parent.name + path.name
    wrong = []
    placed = set()
    for at, call in enumerate(calls):
        if call.name in _RENAMES:
            old, new = call.names[:2]
            if new in known:
                placed.add(new)
                wrong += _renamed(calls, at, old, new, known[new])
        if call.name in ("mkdir", "mkdirat") and call.rest.endswith("= 0"):
            wrong += _made(calls, at, call.names[0])
        if call.has_dot:
            wrong += _dot(calls, at)
    if bench.subject.clears:  # which adds a row alone
        wrong += _said(calls)
    elif bench.subject.name != "first run-due":  # which makes the ledger alone
        wrong += [f"{name}: not put into its place by a rename" for name in known if name not in placed]
        wrong += [] if known else ["no file was made"]
    if bench.subject.applies:
        wrong += _kept_first(calls, bench.book)
    dots = sum(call.has_dot for call in calls)
    if bench.subject.name == "run-due" and dots != len(RECIPIENTS):
        wrong.append(f"{dots} dots, not {len(RECIPIENTS)}")
    return wrong


def _renamed(calls: Sequence[Call], at: int, old: str, new: str, digest: str) -> list[str]:
    """The bytes are flushed before the rename, the folder after it, both before the ledger tells of it."""
    wrong = []
    before = [call for call in calls[:at] if call.path == old]
    if not before or not before[-1].flushes:
        wrong.append(f"{new}: renamed before its bytes were flushed")
    told = next((n for n, call in enumerate(calls) if call.is_log and digest in call.rest), len(calls))
    if told < at:
        wrong.append(f"{new}: the ledger tells of it before it is in its place")
    folder = str(Path(new).parent)
    if not any(call.flushes and call.path == folder for call in calls[at:told]):
        wrong.append(f"{new}: its folder was not flushed before the ledger tells of it")
    return wrong


def _made(calls: Sequence[Call], at: int, folder: str) -> list[str]:
    """A folder's own entry is flushed with its parent, before the ledger is next committed."""
    parent = str(Path(folder).parent)
    committed = next(
        (n for n, call in enumerate(calls) if n > at and call.is_log and call.flushes), len(calls)
    )
    if any(call.flushes and call.path == parent for call in calls[at:committed]):
        return []
    return [f"{folder}: made, but the folder above was not flushed"]


def _said(calls: Sequence[Call]) -> list[str]:
    """A clearance is on the disk before anybody hears that it was given."""
    said = [
        at
        for at, call in enumerate(calls)
        if call.name == "write" and any(words in call.rest for words in ("cleared by", "taken back by"))
    ]
    log = [call for call in calls[: said[0]] if call.is_log] if said else []
    if not said:
        return ["nothing was said of the clearance"]
    return [] if log and log[-1].flushes else ["a clearance was told before it was on disk"]


def _kept_first(calls: Sequence[Call], book: Path) -> list[str]:
    """What came back, and the list of its edits, is on the disk before the first file of the book changes."""
    names = {at: call.names[1] for at, call in enumerate(calls) if call.name in _RENAMES}
    written = [at for at, name in names.items() if Path(name).parent in (book / "facts", book / "memos")]
    if not written:
        return ["no file of the book was changed"]
    kept = {
        "what came back": [at for at, name in names.items() if "/returned/objects/" in name],
        "the list of its edits": [at for at, name in names.items() if "/out/" in name and "review" in name],
        "the entry that knows it": [at for at, name in names.items() if "/.briefbook/reviews/" in name],
    }
    wrong = []
    for what, places in kept.items():
        folder = str(Path(names[places[0]]).parent) if places else ""
        is_flushed = any(
            call.flushes and call.path == folder for call in calls[places[0] if places else 0 : written[0]]
        )
        if not places or places[0] > written[0] or not is_flushed:
            wrong.append(f"{what} was not on the disk before a file of the book was changed")
    return wrong


def _dot(calls: Sequence[Call], at: int) -> list[str]:
    """`at-dot` is on disk before the dot leaves, `sent` before anything else is said to the server."""
    wrong = []
    log = [call for call in calls[:at] if call.is_log]
    if not log or not log[-1].flushes:
        wrong.append("a dot was sent while the ledger's log was not flushed")
    elif not any("at-dot" in call.rest for call in log[-8:]):
        wrong.append("a dot was sent before the ledger said at-dot")
    following = next(n for n in range(at + 1, len(calls) + 1) if n == len(calls) or calls[n].name == "sendto")
    log = [call for call in calls[at:following] if call.is_log]
    if not log or not log[-1].flushes or not any("sent" in call.rest for call in log):
        wrong.append("the server was spoken to again before `sent` was on disk")
    return wrong
