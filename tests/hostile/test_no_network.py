"""No network at run time but mail and what the user configured: a whole build asks for no socket.

A child checks a book, builds its memos in all six formats with `--jobs`, and composes their mails, with every
way to a socket taken away in Python; and again as it is under strace, which sees what C code asks the
system for.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.office import ENVIRONMENT, office_at

COMMANDS = (
    ("check",),
    ("build", "--format", "docx,pdf,html,md,txt,json", "--jobs", "2"),
    ("bind",),
    ("preview-mail", "council"),
)
RUN = """
import sys
from briefbook.cli import main
for command in sys.argv[2:]:
    try:
        main(["-C", sys.argv[1], *command.split(" ")])
    except SystemExit as end:
        print("ENDED", end.code or 0, command, file=sys.stderr)
"""
FORBIDDING = """\
import socket, sys

def refuse(*args, **kwargs):
    print("SOCKET", args, file=sys.stderr)
    raise OSError("sockets are forbidden here")

for name in ("create_connection", "create_server", "getaddrinfo", "gethostbyname", "gethostbyname_ex", "fromfd"):
    setattr(socket, name, refuse)

class Forbidden(socket.socket):
    def __init__(self, *args, **kwargs):
        refuse("socket", *args)

socket.socket = Forbidden
"""


def ran(prefix: list[str], book: Path, *commands: tuple[str, ...]) -> str:
    """What is said to standard error."""
    done = subprocess.run(
        [*prefix, str(book), *map(" ".join, commands)],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **ENVIRONMENT},
    )  # fmt: skip
    return done.stderr


def ends(said: str) -> list[str]:
    return re.findall("^ENDED (.+?) ", said, re.MULTILINE)


def test_a_whole_build_asks_for_no_socket(tmp_path: Path) -> None:
    book = office_at(tmp_path / "book").book
    said = ran([sys.executable, "-c", FORBIDDING + RUN], book, *COMMANDS)
    assert "SOCKET" not in said, said
    assert ends(said) == ["0"] * len(COMMANDS), said
    made = {path.suffix for path in (book / "out").rglob("*.*")}
    assert made >= {".docx", ".pdf", ".html", ".md", ".txt", ".json", ".eml"}


def test_who_does_ask_is_refused(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    said = ran(
        [sys.executable, "-c", FORBIDDING + RUN], office_at(tmp_path / "book").book, ("send", "council")
    )
    assert "SOCKET" in said
    assert ends(said) != ["0"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here")
def test_the_system_is_asked_for_no_socket_either(tmp_path: Path) -> None:
    book, trace = office_at(tmp_path / "book").book, tmp_path / "trace"
    under = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace), sys.executable, "-c", RUN]
    said = ran(under, book, *COMMANDS)
    if "ptrace" in said and "not permitted" in said:
        pytest.skip("nobody may be traced here")
    assert ends(said) == ["0"] * len(COMMANDS), said
    # Sockets of AF_UNIX join processes of this machine, of --jobs for one.
    asked = re.findall(r"^.*\b(?:socket|connect|bind|sendto)\(.*$", trace.read_text(), re.MULTILINE)
    assert [line for line in asked if "AF_UNIX" not in line] == []


# What opens connections: Python's own, and the one package of ours that does.
NETWORK = (
    *("socket", "ssl", "http", "urllib.request", "smtplib", "imaplib", "poplib", "ftplib", "asyncio", "_socket"),
    *("socketserver", "xmlrpc", "selectors", "multiprocessing.managers", "distributed", "dask", "webbrowser"),
    *("requests", "urllib3", "httpx", "aiohttp"),
)  # fmt: skip
KNOWN = {
    "cli/run_due.py": {"socket"},  # a pair that joins the daemon with itself
    "dask_executor.py": {"distributed"},
    "mail/certificates.py": {"ssl"},
    "mail/smtp.py": {"smtplib", "ssl", "socket"},
    "mail/wire.py": {"socket", "ssl"},
    "ping.py": {"http", "urllib.request"},
}


def known_to(source: str) -> set[str]:
    """What a module imports of NETWORK, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names.update(str(ast.literal_eval(word)) for word in node.args if isinstance(word, ast.Constant))
    return {known for known in NETWORK for name in names if f"{name}.".startswith(f"{known}.")}


def test_the_modules_that_know_a_network_are_known() -> None:
    package = ROOT / "src/briefbook"
    found = {
        path.relative_to(package).as_posix(): known_to(path.read_text(encoding="utf-8"))
        for path in package.rglob("*.py")
    }
    assert {module: names for module, names in found.items() if names} == KNOWN


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("import socket as s", {"socket"}),
        ("def f():\n    from urllib import request", {"urllib.request"}),
        ("from http.client import HTTPConnection", {"http"}),
        ("import_module('smtplib')", {"smtplib"}),
        ("from urllib.parse import quote\nimport socketry", set()),
    ],
)
def test_an_import_is_seen_wherever_it_stands(source: str, known: set[str]) -> None:
    assert known_to(source) == known
