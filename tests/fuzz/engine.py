# ruff: noqa: T201 – a command that people watch
"""One harness in a process of its own: inputs made without end, each watched, what goes wrong written down.

By atheris where it is installed (libFuzzer: inputs that reach new code are kept and changed again), else by
changes at random from a seed, so that `make fuzz` runs everywhere and the same seed gives the same inputs.
"""

import hashlib
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.targets import Target, target

SLOWEST = 20.0  # seconds of processor time for one input
LARGEST = 3 * 2**30  # bytes of address space: sanitizer-less Python with all our libraries needs half a GiB
LONGEST = 4096  # bytes of an input
MOST = 25  # different findings of one run; then it is time to mend


class TooSlowError(BaseException):
    """One input took longer than any should. No Exception: nothing under test may catch it."""


class Watch:
    """Runs one input after another, and writes down the first of each kind that goes wrong."""

    def __init__(self, watched: Target, out: Path) -> None:
        self._target = watched
        self._out = out
        self._current = out / "current"  # what a process that is killed was at
        self.kinds: dict[str, Path] = {}
        self.count = 0
        out.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGVTALRM, _too_slow)

    def one(self, data: bytes) -> None:
        """Run an input. What it raises is written down, and the next can come."""
        self.count += 1
        if self.count % 64 == 1:
            (self._out / "count").write_text(
                str(self.count), "ascii"
            )  # libFuzzer ends this process its own way
        self._current.write_bytes(data)
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
        try:
            self._target.run(data)
        except (Exception, TooSlowError) as error:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._note(data, error)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _note(self, data: bytes, error: BaseException) -> None:
        kind = _kind(error)
        if kind in self.kinds and len(data) >= self.kinds[kind].stat().st_size:
            return
        is_new = kind not in self.kinds
        path = self.kinds.setdefault(
            kind, self._out / f"{hashlib.sha256(kind.encode()).hexdigest()[:12]}.bin"
        )
        path.write_bytes(data)
        told = "".join(traceback.format_exception(error))
        command = f"python -m tests.fuzz --replay {path} {self._target.name}"
        path.with_suffix(".txt").write_text(f"{command}\n\n{told}", "utf-8", "backslashreplace")
        if is_new:
            print(f"{self._target.name}: {kind}\n  {command}", flush=True)
        if len(self.kinds) >= MOST:
            print(f"{self._target.name}: {MOST} different findings: mend these first", flush=True)
            sys.exit(1)


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError(f"more than {SLOWEST:g} seconds of processor time for one input")


def _kind(error: BaseException) -> str:
    """The same for what went wrong in the same way: the exception, and where in our code."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/engine.py" not in f.filename]
    own = [f for f in frames if "briefbook" in f.filename or "/tests/" in f.filename]
    place = (own or frames)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno} ({place.name})"


# ----------------------------------------------------------------------------------------- inputs


def changed_at_random(random: Random, pool: list[bytes], tokens: tuple[bytes, ...]) -> bytes:
    """An input made of one or two others, as fuzzers do: bits, pieces, tokens, cuts."""
    data = bytearray(random.choice(pool))
    for _ in range(1 << random.randrange(5)):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + 1 + int(random.expovariate(0.15)))
        match random.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 1 if tokens:
                data[at:at] = random.choice(tokens)
            case 2 if tokens:
                data[at:end] = random.choice(tokens)
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at:end] * random.choice((1, 1, 2, 30))
            case 5:
                other = random.choice(pool)
                start = random.randrange(len(other) + 1)
                data[at:end] = other[start : start + 1 + int(random.expovariate(0.03))]
            case _:
                data[at:end] = random.randbytes(end - at)
    return bytes(data[:LONGEST])


def at_random(watched: Target, run: Callable[[bytes], None], seconds: float, seed: int) -> None:
    """Inputs changed at random for so many seconds."""
    random = Random(seed)
    pool = list(watched.seeds)
    end = time.monotonic() + seconds
    for data in pool:
        run(data)
    while time.monotonic() < end:
        data = changed_at_random(random, pool, watched.tokens)
        run(data)
        if len(pool) < 400 or random.randrange(20) == 0:  # so that changes add up
            pool[len(watched.seeds) + random.randrange(400) :] = [data] if len(pool) < 400 else pool[-1:]


def by_coverage(
    watched: Target, run: Callable[[bytes], None], seconds: float, seed: int, corpus: Path
) -> None:
    """Inputs by libFuzzer, which sees what code each reaches. Ends the process."""
    import atheris

    corpus.mkdir(parents=True, exist_ok=True)
    for data in watched.seeds:
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = corpus.with_suffix(".dict")
    words.write_text(
        "".join(f'"{_spelled(token)}"\n' for token in watched.tokens if 0 < len(token) <= 64), "ascii"
    )
    flags = (f"-max_total_time={int(seconds)}", f"-seed={seed}", f"-max_len={LONGEST}", f"-dict={words}")
    quiet = ("-verbosity=0", "-print_final_stats=0", "-timeout=1000000", "-rss_limit_mb=0", "-len_control=20")
    atheris.Setup([sys.argv[0], str(corpus), *flags, *quiet], run)
    atheris.Fuzz()


def _spelled(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def fuzz(name: str, seconds: float, seed: int, out: Path, *, coverage: bool) -> None:
    """Fuzz one harness in this process; by coverage it ends with that. What is found lies in `out`."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    if coverage:
        import atheris

        with atheris.instrument_imports(include=["briefbook"]):
            watched = target(name)
    else:
        watched = target(name)
    watch = Watch(watched, out)
    if coverage:
        by_coverage(watched, watch.one, seconds, seed, out / "corpus")
    else:
        at_random(watched, watch.one, seconds, seed)
