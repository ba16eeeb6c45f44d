"""Two runs at once on one book: with the lock, and by calls that go around it."""

from collections.abc import Sequence

from tests.faults.aftermath import envelopes, wrong_with_files, wrong_with_mail
from tests.faults.processes import COMMAND_LINE, Ended
from tests.faults.small_book import LATER
from tests.faults.table import Row
from tests.faults.trial import Bench

AROUND_THE_LOCK = "tests.faults.around_the_lock:post_without_the_lock"


def race(bench: Bench, pairs: int) -> list[Row]:
    """Start two runs at the same moment, so many times; then two that only post what waits."""
    return [_locked(bench, pairs), _around_the_lock(bench, pairs)]


def _locked(bench: Bench, pairs: int) -> Row:
    wrong: list[str] = []
    shut_out = 0
    for pair in range(pairs):
        bench.fresh()
        ended = pair_of(bench, COMMAND_LINE, ("-C", str(bench.book), *bench.subject.run))
        statuses = sorted(one.status for one in ended)
        shut_out += statuses == [0, 75]
        problems = [] if statuses in ([0, 75], [0, 3]) else [f"exit statuses {statuses}"]
        wrong += [f"race {pair + 1}: {problem}" for problem in problems + _problems(bench)]
    call = f"two runs at once ({shut_out} shut out by the lock)"
    return Row(fault="race", subject=bench.subject.name, call=call, trials=pairs, wrong=tuple(wrong))


def _around_the_lock(bench: Bench, pairs: int) -> Row:
    """Both post the same three envelopes, which a server that was not ready has put off."""
    wrong: list[str] = []
    shared = 0
    for pair in range(pairs):
        bench.fresh()
        bench.drop.is_ready = False
        bench.nursery.run(("-C", str(bench.book), *bench.subject.run), bench.book.parent)
        bench.drop.is_ready = True
        ended = pair_of(bench, AROUND_THE_LOCK, (str(bench.book), LATER[1]))
        problems = [f"exit status {one.status}: {one.err[-300:]}" for one in ended if one.status]
        shared += all("sent:" in one.out for one in ended)
        wrong += [f"race without the lock {pair + 1}: {problem}" for problem in problems + _problems(bench)]
    call = f"two posts without the lock ({shared} shared the work)"
    return Row(fault="race", subject=bench.subject.name, call=call, trials=pairs, wrong=tuple(wrong))


def pair_of(bench: Bench, call: str, arguments: Sequence[str]) -> list[Ended]:
    """Two processes that start at the same moment, each in a folder of its own."""
    folders = [bench.book.parent / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    children = [bench.nursery.start(arguments, folder, call=call) for folder in folders]
    bench.nursery.go(*children)
    return [bench.nursery.wait(child) for child in children]


def _problems(bench: Bench) -> list[str]:
    """Of the state after the race and one more run."""
    bench.nursery.run(("-C", str(bench.book), *bench.subject.mend[-1]), bench.book.parent)
    states = envelopes(bench.book, bench.folder / "scratch")
    unsound = [f"integrity_check: {states['integrity_check']}"] if "integrity_check" in states else []
    mail = wrong_with_mail(states, {}, bench.drop.received(), bench.reference)
    return unsound + wrong_with_files(bench.book, bench.reference) + mail
