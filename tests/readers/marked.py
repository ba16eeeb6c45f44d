"""Inputs in which « stands before what a problem should point at; what it says stands beside the input."""

from collections.abc import Iterable

from briefbook.diagnostics import Problem, in_reading_order


def unmark(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without « and », and the line and column (from 1) of each «."""
    places, clean, line, column = [], "", 1, 1
    for character in text:
        if character == "«":
            places.append((line, column))
        elif character != "»":
            clean += character
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    return clean, places


def said(file: str, places: Iterable[tuple[int, int]], messages: Iterable[str]) -> list[str]:
    """The errors as printed, one a place, in the order of the places."""
    pairs = zip(places, messages, strict=True)
    return [f"{file}:{line}:{column}: error: {message}" for (line, column), message in pairs]


def printed(problems: Iterable[Problem]) -> list[str]:
    """The problems as printed, in reading order."""
    return [str(problem) for problem in in_reading_order(list(problems))]
