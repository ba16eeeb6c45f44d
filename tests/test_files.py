"""Files are replaced whole or not at all: on a full disk, after a kill in any step, on a read-only disk.

The limits are the system's own (a small file system, a read-only one, a limit on file sizes); the steps are
watched, and killed, by strace. Where a system lacks them or forbids them, a test says so and is skipped.
"""

import os
import re
import resource
import select
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.files import locked, remove_leftovers, write_whole
from tests.books import COMMAND, MEMOS, make_book

OLD, NEW = b"old\n", b"new\n" * 50_000
WRITE = f"""
import sys
from pathlib import Path
from briefbook.diagnostics import BriefbookError
from briefbook.files import locked, write_whole
try:
    write_whole(Path(sys.argv[1]), {NEW[:4]!r} * 50_000)
except BriefbookError as error:
    sys.exit(str(error))
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def writing(target: Path) -> list[str]:
    """A process that writes NEW to the target and prints the problem if there is one."""
    return [sys.executable, "-B", "-c", WRITE, str(target)]


def ran(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


# ----------------------------------------------------------------------------------- what is written


def test_a_file_is_made_with_its_folders(tmp_path: Path) -> None:
    target = tmp_path / "out" / "2031-04-20" / "council.txt"
    write_whole(target, NEW)
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["council.txt"]


@pytest.mark.parametrize("data", [b"", NEW])
def test_a_file_is_replaced(tmp_path: Path, data: bytes) -> None:
    target = tmp_path / "council.txt"
    target.write_bytes(OLD)
    write_whole(target, data)
    assert target.read_bytes() == data
    assert names(tmp_path) == ["council.txt"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_permissions_follow_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "council.txt", NEW)
        assert os.umask(umask) == umask  # it is as it was
    finally:
        os.umask(before)
    assert (tmp_path / "council.txt").stat().st_mode & 0o777 == mode


def test_who_reads_the_old_file_goes_on_reading_it(tmp_path: Path) -> None:
    target = tmp_path / "council.txt"
    target.write_bytes(OLD)
    with target.open("rb") as reader:
        write_whole(target, NEW)
        assert reader.read() == OLD


def test_a_link_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_bytes(OLD)
    target = tmp_path / "out" / "council.txt"
    target.parent.mkdir()
    target.symlink_to(elsewhere)
    write_whole(target, NEW)
    assert elsewhere.read_bytes() == OLD
    assert not target.is_symlink()
    assert target.read_bytes() == NEW


# ------------------------------------------------------------------------------- what cannot be written


def test_a_folder_in_the_files_place(tmp_path: Path) -> None:
    target = tmp_path / "council.txt"
    target.mkdir()
    with pytest.raises(BriefbookError) as caught:
        write_whole(target, NEW)
    assert str(caught.value) == (
        f"{target}: error: cannot write this file: Is a directory"
        " (a folder stands where the file belongs: move it away or choose another folder)"
    )
    assert names(tmp_path) == ["council.txt"]
    assert names(target) == []


@pytest.mark.parametrize(("depth", "reason"), [("out", "File exists"), ("out/2031", "Not a directory")])
def test_a_file_in_the_folders_place(tmp_path: Path, depth: str, reason: str) -> None:
    (tmp_path / "out").write_bytes(OLD)
    target = tmp_path / depth / "council.txt"
    with pytest.raises(BriefbookError) as caught:
        write_whole(target, NEW)
    assert str(caught.value) == (
        f"{target.parent}: error: cannot make this folder: {reason}"
        " (a file stands where a folder belongs: move it away or choose another folder)"
    )
    assert (tmp_path / "out").read_bytes() == OLD


def test_more_than_a_file_may_hold(tmp_path: Path) -> None:
    """A real limit: the kernel takes the first bytes and refuses the rest."""
    target = tmp_path / "council.txt"
    target.write_bytes(OLD)
    done = subprocess.run(
        writing(target),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, len(NEW) // 2)),
    )
    assert done.stderr == f"{target}: error: cannot write this file: File too large\n"
    assert done.returncode == 1
    assert target.read_bytes() == OLD
    assert names(tmp_path) == ["council.txt"]


def mounted(folder: Path, options: str, script: str) -> "subprocess.CompletedProcess[str]":
    """Run a shell script where `folder` is a file system of its own, which nobody else sees."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this system")
    probe = ran("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", str(folder))
    if probe.returncode != 0:
        pytest.skip(f"no file system may be mounted here: {probe.stderr.strip()}")
    mount = f'set -e; mount -t tmpfs -o {options} tmpfs "{folder}"; set +e; cd "{folder}"'
    return ran("unshare", "-Urm", "sh", "-c", f"{mount}\n{script}")


FULL = "No space left on device (the disk is full: free some space and run the same command again)"


def test_a_full_disk(tmp_path: Path) -> None:
    command = shlex.join(writing(Path("council.txt")))
    done = mounted(tmp_path, "size=100k", f'printf "old\\n" > council.txt\n{command}\ncat *; ls -A')
    assert done.stderr == f"council.txt: error: cannot write this file: {FULL}\n"
    assert done.stdout == "old\ncouncil.txt\n"


def test_a_build_on_a_full_disk_leaves_the_old_files_alone(tmp_path: Path) -> None:
    """Four pages of memory hold four short texts, and not a fifth file beside them."""
    book, disk = make_book(tmp_path / "book"), tmp_path / "disk"
    disk.mkdir()
    build = f"{shlex.join([str(COMMAND), '-C', str(book)])} build --format txt --out ."
    days = "cd 2031-04-20; cksum *"
    script = f"{build}; echo $?; ({days}); {build} --known-by 2031-05-30; echo $?; {days}; ls -A | wc -l"
    done = mounted(disk, f"size={4 * resource.getpagesize()}", script)
    problems = [
        f"{path}: error: cannot write this file: {FULL}" for path in (f"2031-04-20/{m}.txt" for m in MEMOS)
    ]
    assert done.stderr.splitlines() == [
        "4 memos in 4 files: 2031-04-20/",
        *problems,
        f"4 memos not made: {', '.join(MEMOS)}",
        f"what lies in 2031-04-20/ from an earlier build stays as it was: {', '.join(MEMOS)}",
    ]
    lines = done.stdout.splitlines()
    assert (lines[0], lines[5], lines[-1].strip()) == ("0", "1", "4")
    assert lines[1:5] == lines[6:10]


def test_a_read_only_file_system(tmp_path: Path) -> None:
    book, disk = make_book(tmp_path / "book"), tmp_path / "disk"
    disk.mkdir()
    build = f"{shlex.join([str(COMMAND), '-C', str(book)])} build --out . --format txt harbours spring"
    done = mounted(disk, "size=100k", f"mount -o remount,ro .\n{build}; echo $?; ls -A")
    assert done.stderr.splitlines() == [
        "2031-04-20: error: cannot make this folder: Read-only file system"
        " (that file system is read-only: choose another folder)",
        "2 memos not made: harbours, spring",
    ]
    assert done.stdout == "1\n"


# --------------------------------------------------------------------------------------- step by step

STEPS = "openat,write,fsync,chmod,fchmodat,rename,renameat,renameat2"


def traced(target: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """The writing process under strace; its log is in the standard error of what comes back."""
    if shutil.which("strace") is None:
        pytest.skip("no strace on this system")
    if ran("strace", "-o", os.devnull, "true").returncode != 0:
        pytest.skip("strace may not watch processes here")
    return ran("strace", "-f", "-qq", "-y", *options, *writing(target))


def test_the_bytes_are_on_the_disk_before_they_have_the_name(tmp_path: Path) -> None:
    log = tmp_path / "log"
    target = tmp_path / "out" / "council.txt"
    target.parent.mkdir()
    traced(target, "-o", str(log), "-e", f"trace={STEPS}")
    steps = [line for line in log.read_text().splitlines() if f"{target.parent}" in line]
    told = [match[1] for line in steps if (match := re.search(r"\b(\w+)\(", line))]
    kinds = [re.sub(r"at2?$", "", call).replace("fchmod", "chmod") for call in told]
    assert kinds == ["open", "write", "fsync", "chmod", "rename", "open", "fsync"]
    opened, _, flushed, _, renamed, _, folder_flushed = steps
    assert "O_EXCL" in opened
    temporary = re.search(r'"([^"]*\.tmp)"', opened)
    assert temporary is not None
    assert f"<{temporary[1]}>" in flushed
    assert f'"{temporary[1]}"' in renamed
    assert f"<{target.parent}>" in folder_flushed


@pytest.mark.parametrize(
    ("step", "when", "left"),
    [
        ("write", 1, OLD),
        ("fsync", 1, OLD),
        ("chmod,fchmodat", 1, OLD),
        ("rename,renameat,renameat2", 1, OLD),
        ("fsync", 2, NEW),
    ],
)
def test_a_kill_in_any_step_leaves_a_whole_file(tmp_path: Path, step: str, when: int, left: bytes) -> None:
    target = tmp_path / "council.txt"
    target.write_bytes(OLD)
    done = traced(target, "-o", os.devnull, "-e", f"inject={step}:signal=KILL:when={when}")
    assert done.returncode != 0  # it was killed
    assert target.read_bytes() == left
    rest = [name for name in names(tmp_path) if name != "council.txt"]
    assert len(rest) == (left == OLD)  # nobody is left to remove it; it is hidden and no memo's name
    assert all(name.startswith(".council.txt.") and name.endswith(".tmp") for name in rest)
    remove_leftovers(tmp_path, {"council.txt"}.__contains__)
    assert names(tmp_path) == ["council.txt"]
    write_whole(target, NEW)
    assert target.read_bytes() == NEW


@pytest.mark.parametrize(
    ("step", "error", "reason"),
    [
        ("fsync", "EIO", "Input/output error"),
        ("write", "EDQUOT", "Disk quota exceeded"),
        ("rename,renameat,renameat2", "EACCES", "Permission denied"),
    ],
)
def test_a_step_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, step: str, error: str, reason: str
) -> None:
    target = tmp_path / "council.txt"
    target.write_bytes(OLD)
    done = traced(target, "-o", os.devnull, "-e", f"inject={step}:error={error}:when=1")
    assert done.stderr.startswith(f"{target}: error: cannot write this file: {reason}")
    assert done.returncode == 1
    assert target.read_bytes() == OLD
    assert names(tmp_path) == ["council.txt"]


def stopped_at_a_new_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes when the system has made the temporary file, and nobody has heard of that yet."""
    make = os.open

    def stopped(path: str, *arguments: int, **options: Any) -> int:
        descriptor = make(path, *arguments, **options)
        if str(path).endswith(".tmp"):
            os.close(descriptor)
            raise KeyboardInterrupt
        return descriptor

    monkeypatch.setattr(os, "open", stopped)


def test_a_stop_as_soon_as_there_is_a_temporary_file_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_at_a_new_file(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "council.txt", NEW)
    assert names(tmp_path) == []


def test_a_temporary_file_of_somebody_elses_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / ".council.txt.00000000.tmp"
    theirs.write_bytes(OLD)
    drawn = iter((bytes(4), b"\1\2\3\4"))
    monkeypatch.setattr(os, "urandom", lambda _: next(drawn))
    write_whole(tmp_path / "council.txt", NEW)
    assert names(tmp_path) == [theirs.name, "council.txt"]
    assert theirs.read_bytes() == OLD
    assert next(drawn, None) is None


# ----------------------------------------------------------------------------------------- the lock

HOLD = """
import sys
from pathlib import Path
from briefbook.files import locked
with locked(Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def holder(lock: Path) -> "subprocess.Popen[str]":
    """A process that asks for the lock, says whether it has it, and keeps it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-B", "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_lock_has_one_holder_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / ".briefbook" / "lock"
    with holder(lock) as first:
        assert first_line(first) == "True\n"
        with holder(lock) as second:
            assert first_line(second) == "False\n"
            second.communicate()
        with locked(lock) as held:
            assert not held
        first.communicate()
    with locked(lock) as held:
        assert held
        with locked(lock) as again:  # not even ourselves twice
            assert not again
    with locked(lock) as held:
        assert held


def test_a_shared_lock_has_many_holders_and_nobody_has_it_alone_meanwhile(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock, shared=True) as first, locked(lock, shared=True) as second:
        assert (first, second) == (True, True)
        with locked(lock) as alone:
            assert not alone
    with locked(lock) as alone:
        assert alone


def test_a_shared_lock_waits_for_who_has_it_alone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    waiter = HOLD.replace("(Path(sys.argv[1]))", "(Path(sys.argv[1]), shared=True)")
    with locked(lock):
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", f"print('here', flush=True){waiter}", str(lock)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert first_line(process) == "here\n"
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 0.5)[0] == []  # it says nothing, for it waits
    with process:
        assert first_line(process) == "True\n"
        process.communicate()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock) as process:
        assert first_line(process) == "True\n"
        process.kill()
        process.communicate()
    with locked(lock) as held:
        assert held


def test_the_file_of_a_lock_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    lock = tmp_path / ".briefbook" / "lock"
    for _ in range(2):
        with locked(lock):
            pass
    assert lock.stat().st_mode & 0o777 == 0o600
    assert lock.parent.stat().st_mode & 0o777 == 0o700


def test_a_lock_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".briefbook").write_text("")
    with (
        pytest.raises(BriefbookError, match=r"lock: error: cannot write this file: (File exists|Not a dir)"),
        locked(tmp_path / ".briefbook" / "lock"),
    ):
        pass
