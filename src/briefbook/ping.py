"""Tells a monitoring service that a run began, succeeded or failed, as Healthchecks has it.

GET on the address itself for success, with `/start` and `/fail` after it for the other two. The address is a
book's, so nothing but that is asked: whatever answers there cannot lead on to somewhere else.
"""

import urllib.parse
import urllib.request
from enum import StrEnum
from http.client import HTTPException
from threading import Thread
from urllib.error import HTTPError

TIMEOUT = 10.0  # seconds; a run never waits longer for its monitor


class Signal(StrEnum):
    """What a run tells: the ending of the address."""

    START = "/start"
    SUCCESS = ""
    FAIL = "/fail"


def ping(address: str, signal: Signal, *, timeout: float = TIMEOUT) -> str | None:
    """Tell the monitor; what went wrong in a sentence, or None. Raises nothing: a monitor stops no run.

    It waits `timeout` seconds at most, whatever the net or the monitor does: urllib's own limit is for each
    read, and there is none for the name.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "the address to ping cannot be read"
    if parts.scheme not in ("http", "https"):
        return f"the address to ping is not one of the web: {parts.scheme}:"
    url = urllib.parse.urlunsplit(parts._replace(path=parts.path.rstrip("/") + signal))
    answers: list[str | None] = []
    thread = Thread(target=lambda: answers.append(_asked(url, timeout)), daemon=True)
    thread.start()
    thread.join(timeout)
    trouble = answers[0] if answers else f"no answer within {timeout:g} seconds"
    return f"could not tell the monitor at {host}: {trouble}" if trouble else None


class _Staying(urllib.request.HTTPRedirectHandler):
    """Takes an answer that leads elsewhere for what it is: no success."""

    def redirect_request(self, *_: object) -> None:
        """Follow none; urllib raises HTTPError then."""


def _asked(url: str, timeout: float) -> str | None:
    """What went wrong, without the address: it is as good as a password for the monitor."""
    request = urllib.request.Request(url, headers={"User-Agent": "briefbook"})
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=timeout):
            return None
    except HTTPError as error:
        error.close()
        if 300 <= error.code < 400 and error.headers.get("Location"):
            return f"it leads to another address (status {error.code}), and none but its own is asked"
        return f"it answered with status {error.code}"
    except OSError as error:  # URLError among them
        return str(getattr(error, "reason", error))
    except (HTTPException, ValueError):  # their words hold the address, or whatever came
        return "it did not answer as a web server does, or the address is none"
