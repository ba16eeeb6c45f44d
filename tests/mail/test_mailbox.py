"""The mail server that `make mailbox` starts; what it does with mails is shown by docs/delivery.md's tour."""

import socket
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.tour import mailbox_command


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port: int = taken.getsockname()[1]
        done = subprocess.run(
            mailbox_command(tmp_path, port), cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(f"port {port} is taken. Choose another, such as: make mailbox PORT=")
    assert "port: in book.yaml" in line
