"""A dask cluster of two workers on loopback makes the same bytes, whichever of its processes is killed."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from briefbook import crew, dask_executor
from tests.books import FILES, make_book, run
from tests.test_build import files
from tests.test_crew import CHANGES, KILLER

MEMOS = {f"memos/m{n:02}.yaml": FILES["memos/council.yaml"] for n in range(40)}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book", {**CHANGES, **MEMOS})


def bytes_in(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in files(out)}


# --------------------------------------------------------------------------------------- the cluster


@contextmanager
def started(folder: Path, name: str, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of dask's commands as a process, ended with the block; what it says stands in FOLDER/NAME.log."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:], "--no-dashboard"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def said(log: Path, words: str) -> str:
    """The line of a log that holds some words, once it is there."""
    for _ in range(1200):
        for line in log.read_text().splitlines():
            if words in line:
                return line
        time.sleep(0.05)
    raise TimeoutError(log.read_text())


class Cluster:
    """A scheduler and two workers of one thread each, with a nanny that starts a killed one anew."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        scheduler = ("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.folder = folder
        self.scheduler = stack.enter_context(started(folder, "scheduler", *scheduler))
        at = said(folder / "scheduler.log", "Scheduler at:").split("tcp://")[1]
        self.address = at.strip()
        worker = ("worker", f"tcp://{self.address}", "--nthreads", "1", "--local-directory", str(folder))
        self.nannies = [stack.enter_context(started(folder, f"worker{n}", *worker)) for n in range(2)]
        for n in range(2):
            said(folder / f"worker{n}.log", "Registered to")

    def build(self, book: Path, out: Path, *options: str) -> tuple[int, str]:
        """The exit status of a build on the cluster, and what it said."""
        told = run("-C", book, "build", "--executor", f"dask://{self.address}", "--out", out, *options)
        return told.exit_code, told.stderr

    def workers(self) -> list[int]:
        """The processes that work; their nannies are others."""
        from distributed import Client

        with Client(f"tcp://{self.address}", set_as_default=False) as client:
            return [*client.run(os.getpid).values()]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="dask is not installed: pip install 'briefbook[dask]'")
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "once").mkdir()
    (folder / "once" / "sitecustomize.py").write_text(KILLER_ONCE.format(mark=str(folder / "killed")))
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("PYTHONPATH", f"{folder / 'once'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        yield Cluster(folder, stack)


# In each process of the cluster: who comes first to the memo `deadly-once` leaves a mark and is killed.
KILLER_ONCE = """
import os, signal
from pathlib import Path
from briefbook.workshop import Workshop
render = Workshop.render
def deadly(self, task):
    if task.memo.id == "deadly-once":
        try:
            Path({mark!r}).touch(exist_ok=False)
        except FileExistsError:
            return render(self, task)
        os.kill(os.getpid(), signal.SIGKILL)
    return render(self, task)
Workshop.render = deadly
"""


# ---------------------------------------------------------------------------------------- the tests


def test_two_workers_make_the_same_bytes(book: Path, cluster: Cluster, tmp_path: Path) -> None:
    assert run("-C", book, "build", "--out", tmp_path / "one").exit_code == 0
    (book / ".briefbook").rename(tmp_path / "record")
    status, told = cluster.build(book, tmp_path / "two", "--chunk", "5")
    assert (status, told) == (0, f"48 memos in 93 files: {tmp_path}/two/2031-04-20/\n")
    assert bytes_in(tmp_path / "two") == bytes_in(tmp_path / "one")


def test_a_worker_that_is_killed_costs_nothing_but_time(book: Path, cluster: Cluster, tmp_path: Path) -> None:
    (book / "memos" / "deadly-once.yaml").write_text(FILES["memos/council.yaml"])
    assert run("-C", book, "build", "--out", tmp_path / "one").exit_code == 0
    (book / ".briefbook").rename(tmp_path / "record")
    before = cluster.workers()
    status, told = cluster.build(book, tmp_path / "two", "--chunk", "4")
    assert (cluster.folder / "killed").exists()
    assert (status, told) == (0, f"49 memos in 95 files: {tmp_path}/two/2031-04-20/\n")
    assert bytes_in(tmp_path / "two") == bytes_in(tmp_path / "one")
    waits_for(lambda: len(cluster.workers()) == 2)
    assert len({*before} - {*cluster.workers()}) == 1


def test_dask_does_not_speak_of_the_size_of_what_it_gets(
    book: Path, cluster: Cluster, tmp_path: Path
) -> None:
    dask = pytest.importorskip("dask", reason="it comes with distributed")
    with (
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1kB"}),
        warnings.catch_warnings(record=True) as seen,
    ):
        warnings.simplefilter("always")
        status, _ = cluster.build(book, tmp_path / "out", "--format", "txt", "--chunk", "24")
    assert (status, [str(warning.message) for warning in seen]) == (0, [])


# A build that loses patience early, and leaves a mark when it begins to give out work.
HURRIED = """
import sys
from pathlib import Path
from briefbook import cli, crew, dask_executor
mark, parcel = Path(sys.argv.pop()), crew.parcel
def begun(book):
    mark.touch()
    return parcel(book)
crew.parcel = begun
dask_executor._PATIENCE = 1
cli.main()
"""


@pytest.mark.long
def test_a_scheduler_that_is_lost_costs_nothing_but_time(book: Path, tmp_path: Path) -> None:
    """Of its executor some futures never end then."""
    pytest.importorskip("distributed", reason="dask is not installed: pip install 'briefbook[dask]'")
    (tmp_path / "cluster").mkdir()
    with ExitStack() as stack:
        cluster = Cluster(tmp_path / "cluster", stack)
        out, mark = tmp_path / "o", tmp_path / "mark"
        options = ("--format", "txt", "--chunk", "16", "--out", str(out))
        where = ("--executor", f"dask://{cluster.address}", str(mark))
        command = [sys.executable, "-c", HURRIED, "-C", str(book), "build", *options, *where]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            waits_for(lambda: mark.exists() or process.poll() is not None)
            cluster.scheduler.kill()
            _, told = process.communicate(timeout=120)
    warning, made = told.splitlines()
    assert warning.startswith("warning: the executor did not do all of its work (")
    assert (made, process.returncode) == (f"48 memos in 48 files: {out}/2031-04-20/", 0)


def waits_for(happens: Callable[[], bool]) -> None:
    for _ in range(2400):
        if happens():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_another_briefbook_is_refused(
    book: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(crew, "tool_identity", lambda: "briefbook 99")
    status, told = cluster.build(book, tmp_path / "o")
    assert status == 1
    assert "would make other bytes: it is briefbook 0" in told
    assert "not briefbook 99, zlib" in told
    assert not (tmp_path / "o").exists()


def test_a_scheduler_that_is_not_there_is_told_with_its_mend(
    book: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("distributed", reason="dask is not installed: pip install 'briefbook[dask]'")
    monkeypatch.setattr(dask_executor, "_PATIENCE", 0.5)
    told = run("-C", book, "build", "--executor", "dask://127.0.0.1:1", "--out", tmp_path / "o")
    assert told.exit_code == 1
    assert told.stderr == (
        "error: no dask scheduler answers at 127.0.0.1:1"
        " (start one with `dask scheduler`; its first lines name the address)\n"
    )


@pytest.mark.long
def test_a_memo_that_kills_worker_after_worker_is_named(book: Path, tmp_path: Path) -> None:
    """dask gives up a chunk of which four workers died; the memo is found here, in processes that may die."""
    pytest.importorskip("distributed", reason="dask is not installed: pip install 'briefbook[dask]'")
    (tmp_path / "deadly").mkdir()
    (tmp_path / "deadly" / "sitecustomize.py").write_text(KILLER)
    folder = tmp_path / "cluster"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        path = f"{tmp_path / 'deadly'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        patch.setenv("PYTHONPATH", path)
        patch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "1")
        status, told = Cluster(folder, stack).build(book, tmp_path / "o", "--chunk", "6", "--format", "txt")
    warning, problem, made, missing = told.splitlines()
    assert warning.startswith("warning: the executor did not do all of its work (")
    assert "KilledWorker" in warning
    assert problem.startswith("error: memo 'copy2' was not made: a process that made it was killed")
    assert (made[:9], missing, status) == ("47 memos ", "1 memo not made: copy2", 1)


# ------------------------------------------------------------------------------------- without dask


def test_without_the_extra_it_is_said_how_to_get_it(
    book: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    told = run("-C", book, "build", "--executor", "dask://127.0.0.1:1", "--out", tmp_path / "o")
    assert told.exit_code == 1
    assert told.stderr == (
        "error: dask, which --executor dask:// asks for, is not installed (pip install 'briefbook[dask]')\n"
    )
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "address", ["dask://host", "host:1", "tcp://host:1", "dask://h:99999", "dask://h:1/x"]
)
def test_an_address_that_is_none(book: Path, address: str) -> None:
    told = run("-C", book, "build", "--executor", address)
    assert told.exit_code == 2
    assert f"Invalid value for '--executor': '{address}' is not spelled dask://HOST:PORT" in told.stderr


def test_a_book_names_no_cluster(book: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nowhere a book may speak of one: what it says is told, and nobody is asked for."""
    asked: list[str] = []
    monkeypatch.setattr(dask_executor, "dask_executor", lambda address: asked.append(address))
    for name in ("book.yaml", "memos/council.yaml"):
        file = book / name
        before = file.read_text()
        for line in ("executor: dask://127.0.0.1:1", "jobs: {executor: 'dask://127.0.0.1:1'}"):
            file.write_text(f"{before}{line}\n")
            told = run("-C", book, "build", "--out", tmp_path / "out")
            assert f" has no field '{line.partition(':')[0]}'" in told.stderr
        file.write_text(before)
    (book / "settings.yaml").write_text("executor: dask://127.0.0.1:1\n")  # the user's settings lie elsewhere
    assert run("-C", book, "build", "--out", tmp_path / "out").exit_code == 0
    assert asked == []


def test_options_that_make_no_sense(book: Path) -> None:
    told = run("-C", book, "build", "--chunk", "5")
    assert (told.exit_code, "--chunk goes with --executor" in told.stderr) == (2, True)
    told = run("-C", book, "build", "council", "--edition", "1", "--executor", "dask://h:1")
    assert (told.exit_code, "nothing for --jobs to do, nor for --executor" in told.stderr) == (2, True)
