"""The stage of the docs' tours: the example book, and the mail server that docs/delivery.md has one start."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.conftest import EXAMPLE, ROOT

BOOK = "briefs/us-mexico"  # as the page names it
PORT = 8025  # that book.yaml and the page name; a test takes a free one


def lay_out(folder: Path) -> None:
    """Put the example book below a folder, where the pages say that it is."""
    shutil.copytree(EXAMPLE, folder / BOOK, ignore=shutil.ignore_patterns(".briefbook", "out"))


@contextmanager
def stage(folder: Path) -> Iterator[IO[bytes]]:
    """For the example book below a folder the server that `make mailbox` starts; what it prints can be read.

    Everything printed for a message is there once its sender has been answered.
    """
    port = _free_port()
    settings = folder / BOOK / "book.yaml"
    text = settings.read_text(encoding="utf-8")
    assert text.count(f"port: {PORT}\n") == 1
    settings.write_text(text.replace(f"port: {PORT}\n", f"port: {port}\n"), encoding="utf-8")
    server = subprocess.Popen(
        mailbox_command(folder / "out", port),
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    try:
        assert server.stdout is not None
        assert f"localhost:{port}".encode() in server.stdout.readline()  # printed once it listens
        os.set_blocking(server.stdout.fileno(), False)
        yield server.stdout
    finally:
        server.kill()
        server.communicate()


def mailbox_command(out: Path, port: int) -> list[str]:
    """What `make mailbox` runs, with this Python, this folder of results and this port."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [recipe] = re.findall(r"^mailbox:.*\n\t@?(.+)\n", makefile, flags=re.MULTILINE)
    for name, value in {
        "$(BIN)/python": sys.executable,
        "$(OUT)": str(out),
        "$(PORT)": str(port),
    }.items():
        assert name in recipe
        recipe = recipe.replace(name, shlex.quote(value))
    return shlex.split(recipe)


def _free_port() -> int:
    with socket.create_server(("localhost", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
