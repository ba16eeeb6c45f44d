"""Objects are whole or not there, found by what they hold, and their owner's alone."""

import hashlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.store import Store, sealed
from tests.test_files import mounted, stopped_at_a_new_file

SOME = [b"", b"a", b"council " * 10_000, bytes(range(256)) * 40]


def path_of(folder: Path, digest: str) -> Path:
    return folder / "objects" / digest[:2] / digest[2:]


def told(store: Store, digest: str) -> str:
    with pytest.raises(BriefbookError) as caught:
        store.get(digest)
    return caught.value.problems[0].message


def test_bytes_come_back_under_their_digest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert [store.put(data) for data in SOME] == [hashlib.sha256(data).hexdigest() for data in SOME]
    fresh = Store(tmp_path)
    for data in SOME:
        digest = hashlib.sha256(data).hexdigest()
        assert fresh.has(digest)
        assert fresh.get(digest) == data
        assert zlib.decompress(path_of(tmp_path, digest).read_bytes()) == data


def test_many_are_kept_in_their_order(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.put_many([]) == []
    assert not (tmp_path / "objects").exists()
    digests = store.put_many(data for data in [*SOME, SOME[1]])
    assert digests == [hashlib.sha256(data).hexdigest() for data in [*SOME, SOME[1]]]
    assert [store.get(digest) for digest in digests] == [*SOME, SOME[1]]
    assert list(store.all()) == sorted(set(digests))


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = path_of(tmp_path, store.put(b"council"))
    before = path.stat()
    store.put_many([b"council", b"harbours"])
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o277])
def test_objects_are_their_owners_alone(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / ".briefbook"
    before = os.umask(mask)
    try:
        Store(folder).put(b"council")
    finally:
        os.umask(before)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}


def test_an_object_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest, other = store.put_many([b"council", b"harbours"])
    store.remove(digest)
    store.remove(digest)
    assert not store.has(digest)
    assert list(store.all()) == [other]
    assert told(store, digest) == "these bytes are no longer kept"


def test_an_empty_store(tmp_path: Path) -> None:
    store = Store(tmp_path / ".briefbook")
    digest = hashlib.sha256(b"council").hexdigest()
    assert not store.has(digest)
    assert list(store.all()) == []
    assert store.remove_leftovers() == 0
    assert told(store, digest) == "these bytes are no longer kept"
    assert list(tmp_path.iterdir()) == []


def damaged(whole: bytes) -> Iterator[bytes]:
    yield b""
    yield whole[:-1]
    yield whole[: len(whole) // 2]
    yield whole + b"more"
    yield b"no such thing"
    yield zlib.compress(b"something else")


@pytest.mark.parametrize("which", range(6))
def test_a_damaged_object_is_told_and_mended_by_the_same_bytes(tmp_path: Path, which: int) -> None:
    store = Store(tmp_path)
    data = SOME[3]
    digest = store.put(data)
    path = path_of(tmp_path, digest)
    path.write_bytes(list(damaged(path.read_bytes()))[which])
    assert told(store, digest) == "these bytes are damaged"
    with pytest.raises(BriefbookError) as caught:
        store.get(digest)
    assert str(caught.value) == (
        f"{path}: error: these bytes are damaged"
        " (put back a copy of the folder objects; or build the memo again from its facts)"
    )
    assert store.put(data) == digest
    assert store.get(digest) == data


@pytest.mark.parametrize(
    "name", ["", "../../book.yaml", "ab/../../../etc/passwd", "A" * 64, "0" * 63, "0" * 65]
)
def test_what_is_no_digest_leads_nowhere(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path)
    assert not store.has(name)
    assert told(store, name).endswith("is no SHA-256")
    with pytest.raises(BriefbookError, match="is no SHA-256"):
        store.remove(name)


def test_what_a_killed_process_left_is_no_object(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(b"council")
    left = path_of(tmp_path, digest).with_name(f".{digest[2:18]}.x1y2.tmp")
    left.write_bytes(b"half")
    assert list(store.all()) == [digest]
    assert store.remove_leftovers() == 1
    assert not left.exists()
    assert store.get(digest) == b"council"


def test_what_another_process_made_ready_is_kept_as_if_it_were_made_here(tmp_path: Path) -> None:
    here, ready = Store(tmp_path / "here"), Store(tmp_path / "ready")
    digests = here.put_many(SOME)
    assert ready.put_many(pickle.loads(pickle.dumps([sealed(data) for data in SOME]))) == digests
    for digest, data in zip(digests, SOME, strict=True):
        assert ready.get(digest) == data
        made, brought = (path_of(tmp_path / name, digest) for name in ("here", "ready"))
        assert made.read_bytes() == brought.read_bytes()
    damaged = path_of(tmp_path / "ready", digests[1])
    damaged.write_bytes(b"other bytes")
    ready.put_many([sealed(SOME[1])])
    assert ready.get(digests[1]) == SOME[1]


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "objects").write_bytes(b"")
    store = Store(tmp_path)
    with pytest.raises(BriefbookError, match="a file stands where a folder belongs"):
        store.put(b"council")
    assert told(store, "0" * 64) == "these bytes are no longer kept"


# --------------------------------------------------------------------------------- in other processes

PUT = """
import sys
from pathlib import Path
from briefbook.diagnostics import BriefbookError
from briefbook.store import Store, sealed
try:
    Store(Path(sys.argv[1])).put_many(f"{number} ".encode() * 2_000 for number in range(int(sys.argv[2])))
except BriefbookError as error:
    sys.exit(str(error).partition("error: ")[2])
"""


def putting(folder: Path, count: int, *before: str) -> "subprocess.CompletedProcess[str]":
    command = [*before, sys.executable, "-B", "-c", PUT, str(folder), str(count)]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


def expected(count: int) -> list[str]:
    return sorted(hashlib.sha256(f"{n} ".encode() * 2_000).hexdigest() for n in range(count))


def strace(*options: str) -> list[str]:
    if shutil.which("strace") is None:
        pytest.skip("no strace on this system")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode != 0:
        pytest.skip("strace may not watch processes here")
    return ["strace", "-f", "-qq", "-y", *options]


def test_many_processes_put_the_same_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-B", "-c", PUT, str(tmp_path), "40"]
    crowd = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    for process in crowd:
        assert process.communicate(timeout=60)[1] == ""
        assert process.returncode == 0
    assert list(Store(tmp_path).all()) == expected(40)
    assert Store(tmp_path).remove_leftovers() == 0


@pytest.mark.parametrize("call", ["write", "fsync", "rename,renameat,renameat2", "mkdir"])
def test_a_kill_in_any_step_leaves_whole_objects(tmp_path: Path, call: str) -> None:
    for when in range(1, 50):
        folder = tmp_path / str(when)
        killing = f"inject={call}:signal=KILL:when={when}"
        done = putting(folder, 3, *strace("-o", os.devnull, "-e", killing))
        store = Store(folder)
        for digest in store.all():
            assert digest in expected(3)
            store.get(digest)
        store.put_many(f"{number} ".encode() * 2_000 for number in range(3))
        assert list(store.all()) == expected(3)
        if done.returncode == 0:
            assert when > 3
            return
        assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    pytest.fail("it never came to an end")


def test_a_stop_as_soon_as_there_is_a_temporary_file_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_at_a_new_file(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path).put(b"council")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_bytes_and_folders_are_flushed_in_order(tmp_path: Path) -> None:
    log = tmp_path / "log"
    folder = tmp_path / ".briefbook"
    trace = "trace=mkdir,mkdirat,fsync,rename,renameat,renameat2"
    done = putting(folder, 4, *strace("-o", str(log), "-e", trace))
    assert done.returncode == 0
    lines = [line for line in log.read_text().splitlines() if str(folder) in line]
    names = [path_of(folder, digest) for digest in expected(4)]
    for name in names:
        renamed = next(at for at, line in enumerate(lines) if f'"{name}"' in line)
        temporary = lines[renamed].split('"')[1]
        assert any(f"<{temporary}>" in line and "fsync" in line for line in lines[:renamed])
        assert any(f"<{name.parent}>" in line and "fsync" in line for line in lines[renamed:])
        made = next(at for at, line in enumerate(lines) if "mkdir" in line and f'"{name.parent}"' in line)
        assert any(f"<{folder / 'objects'}>" in line and "fsync" in line for line in lines[made:])
    flushed = [line for line in lines if "fsync" in line and ".tmp>" not in line]
    # One flush for each folder, and for the two above them; the second of objects/ is its making.
    assert len(flushed) == len({name.parent for name in names}) + 2


def test_a_full_disk_leaves_whole_objects_and_nothing_else(tmp_path: Path) -> None:
    script = f"""{sys.executable} -B -c '{PUT}' . 5; echo $?; find . -name "*.tmp" | wc -l"""
    done = mounted(tmp_path, "size=12k", script)
    assert done.stderr.startswith("cannot write this file: No space left on device (the disk is full")
    assert done.stdout.split() == ["1", "0"]
