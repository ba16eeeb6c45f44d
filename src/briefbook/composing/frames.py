"""What passes between us and the process in which untrusted templates run: frames, each with its length.

We send pickles, which say all that our own types can. What comes back is JSON and nothing else: whoever gets
out of the sandbox there can answer what he likes, and still only with text.
"""

import json
import os
import pickle
import re
from collections.abc import Callable
from typing import Any

SELECTIONS = 16  # that the process keeps, the newest: a memo's sections mostly share one
MOST_PROBLEMS = 1_000  # that are told of a template at once: nobody mends more before looking again
LONGEST_MESSAGE = 2000  # characters of a text in one
NO_ANSWER = "it answered what no template makes"
_REFUSED = "refused"  # the kind of answer that says of a question that it met an error
_LENGTH = 8  # bytes before each frame that tell how long it is
_PIECE = 1 << 16
_LARGEST_LIST = 1 << 20  # bytes of an answer with lists: a template's file has 256 KiB to tell of at most
_TEXT, _ENDS = b'{"made": "', (b'"}', b'", "last": true}')
# As faulthandler has it. Whoever got out of the sandbox can write there what he likes, such as figures of
# which `int` refuses so many.
_PLACE = re.compile(rb'File "([0-9]{1,9})\.j2", line ([0-9]{1,9}) in ')

Take = Callable[[int], bytes]  # so many bytes of a pipe, or fewer at its end


class EndedError(Exception):
    """The process has ended, or was ended: `told` is what it said of where it was."""

    def __init__(self, message: str, told: bytes = b"") -> None:
        super().__init__(message)
        self.told = told

    @property
    def at(self) -> tuple[int, int] | None:
        """The innermost template by its number, and the line of what it was compiled to."""
        found = _PLACE.search(self.told)
        return (int(found[1]), int(found[2])) if found else None


class NoAnswerError(Exception):
    """What came back is none of our answers."""


def request_frame(request: tuple[object, ...]) -> bytes:
    """What we send."""
    data = pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_LENGTH, "big") + data


def refusal(error: Exception) -> tuple[object, ...]:
    """The answer to a question that met an error, for `refused_with`.

    Taken apart here: other libraries (tblib, which dask brings along) change for the whole process how
    exceptions are pickled, to what the other end cannot import.
    """
    return _REFUSED, *error.__reduce__()


def refused_with(
    made: Callable[..., Exception], arguments: tuple[object, ...], *state: dict[str, Any]
) -> Exception:
    """The error that was met."""
    error = made(*arguments)
    for each in state:
        error.__setstate__(each)
    return error


def answer_frame(answer: dict[str, object]) -> bytes:
    """What comes back. Raises nothing: JSON in ASCII has a spelling for every text."""
    data = json.dumps(answer).encode("ascii")
    return len(data).to_bytes(_LENGTH, "big") + data


def request_from(pipe: int) -> tuple[Any, ...] | None:
    """The next request that comes through a pipe; None at its end."""

    def take(count: int) -> bytes:
        parts, left = [], count
        while left and (part := os.read(pipe, min(left, _PIECE))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    head = take(_LENGTH)
    if len(head) < _LENGTH:
        return None
    data = take(int.from_bytes(head, "big"))
    request: tuple[Any, ...] = pickle.loads(data)
    return request


def answer_from(take: Take, largest: int) -> dict[str, Any]:
    """The next answer. Raises NoAnswerError for what is none, as the other end may write anything."""
    length = int.from_bytes(take(_LENGTH), "big")
    if length > largest:
        raise NoAnswerError("the answer is too long")
    data = take(length)
    if length > _LARGEST_LIST and not _is_text(data):
        raise NoAnswerError("the lists of the answer are too long")
    try:
        answer = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise NoAnswerError("no JSON") from error
    if not isinstance(answer, dict):
        raise NoAnswerError("the answer is no object")
    return answer


def _is_text(data: bytes) -> bool:
    """Whether an answer is what a template printed and nothing else: lists take many times their bytes."""
    bare = data.replace(rb"\\", b"").replace(rb"\"", b"")  # quotes that are left begin and end texts
    quotes = bare.count(b'"') - _TEXT.count(b'"')
    return bare.startswith(_TEXT) and any(bare.endswith(end) and quotes == end.count(b'"') for end in _ENDS)
