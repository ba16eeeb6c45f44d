"""Bytes to and from a server, never beyond one deadline: time is checked before each read and write.

A deadline is an instant of the monotonic clock, which is no wall clock: nothing but waiting depends on it.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from threading import Thread
from time import monotonic
from typing import NamedTuple

_LONGEST_LINE = 4096  # bytes of a line from the server; RFC 5321, 4.5.3.1.5 allows 512, servers take more
_CHUNK = 65_536  # bytes
_LOOK_UP = 0.5  # seconds after which somebody who waits looks whether to stop
_LAST_WORDS = 1.0  # seconds to wait for what a server says that hung up


class HungUpError(ConnectionError):
    """The other end closed the connection."""


class StoppedError(OSError):
    """We were told to stop."""


class EndlessError(OSError):
    """The other end says more than anybody should."""


class Place(NamedTuple):
    """One address of a server."""

    family: int
    address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]

    @property
    def is_here(self) -> bool:
        """Whether it is this machine."""
        return ip_address(self.address[0]).is_loopback


class Wire:
    """A connection that gives every read and write no more than the time up to `end`."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._socket = connection
        self.end = end
        self.stops: Callable[[], bool] = never  # asked while it waits
        self.heard = bytearray()  # received, and not read as a line yet

    @property
    def own_literal(self) -> str:
        """Our end as an address literal: [192.0.2.7] (RFC 5321, 4.1.3)."""
        own = str(self._socket.getsockname()[0]).partition("%")[0]
        return f"[IPv6:{own}]" if ":" in own else f"[{own}]"

    @property
    def is_secure(self) -> bool:
        """Whether TLS is on."""
        return isinstance(self._socket, ssl.SSLSocket)

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands, the whole of it in time. Raises OSError, ssl's errors among them, and UnicodeError."""
        self._socket.settimeout(left(self.end))
        secured = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._socket = secured
        while True:
            secured.settimeout(self._patience(left(self.end)))
            try:
                return secured.do_handshake()
            except TimeoutError:
                left(self.end)

    def send(self, data: bytes) -> None:
        """Send all of it, however slowly the other end takes it."""
        waiting = memoryview(data)
        while waiting:
            self._socket.settimeout(self._patience(left(self.end)))
            try:
                waiting = waiting[self._socket.send(waiting[:_CHUNK]) :]
            except TimeoutError:
                left(self.end)

    def line(self) -> bytes:
        """The next line, without its end."""
        while (end := self.heard.find(b"\n")) < 0 and len(self.heard) <= _LONGEST_LINE:
            self._hear(left(self.end))
        if not 0 <= end <= _LONGEST_LINE:
            raise EndlessError("a line of the server has no end")
        line = bytes(self.heard[:end]).removesuffix(b"\r")
        del self.heard[: end + 1]
        return line

    def spoke_unasked(self) -> bool:
        """Whether something is there already. Raises HungUpError if the other end has closed."""
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            self._hear(0)
        return bool(self.heard)

    def left_words(self) -> bool:
        """Whether a server that hung up has said why."""
        with contextlib.suppress(OSError):
            while b"\n" not in self.heard and len(self.heard) <= _LONGEST_LINE:
                self._hear(min(_LAST_WORDS, left(self.end)))
        return b"\n" in self.heard

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _hear(self, seconds: float) -> None:
        end = monotonic() + seconds
        while True:
            self._socket.settimeout(self._patience(left(end)) if seconds else 0)
            try:
                some = self._socket.recv(_LONGEST_LINE)
            except TimeoutError:
                left(end)
            else:
                break
        if not some:
            raise HungUpError
        self.heard += some

    def _patience(self, seconds: float) -> float:
        """How long to wait before looking again. Raises StoppedError when told to stop."""
        if self.stops():
            raise StoppedError
        return min(seconds, _LOOK_UP)


def never() -> bool:
    """Nobody asks to stop."""
    return False


def left(end: float) -> float:
    """Seconds up to `end`. Raises TimeoutError when there are none."""
    seconds = end - monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def looked_up(host: str, port: int, end: float) -> list[Place]:
    """The addresses of a server. Raises gaierror, or UnicodeError for what is no name.

    getaddrinfo knows no time-out, so it runs beside us and is left behind where it takes too long.
    """
    found: list[Place] = []
    troubles: list[Exception] = []

    def look_up() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(Place(family, address))
        except (OSError, UnicodeError) as error:
            troubles.append(error)

    thread = Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(left(end))
    if thread.is_alive():
        raise TimeoutError
    if troubles:
        raise troubles[0]
    return found


def connected(places: Sequence[Place], end: float) -> Wire:
    """A wire to the first of these places that answers. Raises the OSError of the last that does not."""
    trouble = OSError("the server has no address")
    for number, place in enumerate(places):
        connection = socket.socket(place.family, socket.SOCK_STREAM)
        try:
            # One that swallows everything must not bar the way to the others.
            connection.settimeout(left(end) / (len(places) - number))
            connection.connect(place.address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a dot waits for no ACK
        except OSError as error:
            connection.close()
            trouble = error
        else:
            return Wire(connection, end)
    raise trouble
