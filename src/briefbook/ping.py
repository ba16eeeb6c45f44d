"""Tells a monitoring service that a run began, succeeded or failed, as Healthchecks has it.

GET on the address itself for success, with `/start` and `/fail` after it for the other two.
"""

import urllib.error
import urllib.parse
import urllib.request
from enum import StrEnum

TIMEOUT = 10  # seconds; a run never waits long for its monitor


class Signal(StrEnum):
    """What a run tells: the ending of the address."""

    START = "/start"
    SUCCESS = ""
    FAIL = "/fail"


def ping(address: str, signal: Signal) -> str | None:
    """Tell the monitor; what went wrong in a sentence, or None. Raises nothing: a monitor stops no run."""
    parts = urllib.parse.urlsplit(address)
    url = urllib.parse.urlunsplit(parts._replace(path=parts.path.rstrip("/") + signal))
    if parts.scheme not in ("http", "https"):
        return f"the address to ping is not one of the web: {parts.scheme}:"
    request = urllib.request.Request(url, headers={"User-Agent": "briefbook"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return None
    except (urllib.error.URLError, OSError, ValueError) as error:
        # The address is as good as a password for the monitor, so it is not printed.
        return f"could not tell the monitor at {parts.hostname}: {getattr(error, 'reason', error)}"
