"""What the process in which untrusted templates run may answer: who broke out there answers what he likes.

`frames.py` reads it as JSON; here it is held against what a template makes of that question.
"""

from collections.abc import Callable, Mapping

from briefbook.characters import printable
from briefbook.composing.frames import LONGEST_MESSAGE, MOST_PROBLEMS

_MOST_FOUND = 10_000  # names or texts in one template: its file has 256 KiB at most
_MOST_LINES = 10**9


def is_answer(kind: str, made: object) -> bool:
    """Whether an answer is of the kind that a template makes of this question."""
    return _MAKES[kind](made)


def words_told(told: object) -> str:
    """A text of the process in a message: short, and with nothing that could break its line."""
    return printable(told[:LONGEST_MESSAGE]) if isinstance(told, str) else ""


def line_told(told: object) -> int | None:
    """A line of a template as the process tells it; None for what is none."""
    return told if type(told) is int and 0 < told < _MOST_LINES else None  # no bool


def _are_problems(made: object) -> bool:
    return _is_list(made, lambda each: isinstance(each, dict), most=MOST_PROBLEMS)


def _are_names(made: object) -> bool:
    return made is None or _is_list(made, lambda each: isinstance(each, str), most=_MOST_FOUND)


def _are_messages(made: object) -> bool:
    return _is_list(made, _is_message, most=_MOST_FOUND)


def _is_list(made: object, is_one: Callable[[object], bool], *, most: int) -> bool:
    return isinstance(made, list) and len(made) <= most and all(map(is_one, made))


def _is_message(made: object) -> bool:
    if not isinstance(made, list) or len(made) != 2:
        return False
    context, text = made
    return isinstance(context, str | None) and isinstance(text, str)


_MAKES: Mapping[str, Callable[[object], bool]] = {
    "render": lambda made: isinstance(made, str),
    "syntax": _are_problems,
    "names": _are_problems,
    "messages": _are_messages,
    "leads": _are_names,
    "options": _are_names,
    "own": _are_names,
    "line": lambda made: line_told(made) is not None,
}
