"""A book's own languages/<tag>.po → their texts by language, and what is wrong with them."""

from collections.abc import Iterable

from briefbook.catalogues import problems_in
from briefbook.diagnostics import Problem, Where
from briefbook.readers.book_files import BookFile
from briefbook.readers.records import is_language_tag


def read_catalogues(files: Iterable[BookFile]) -> tuple[dict[str, str], list[Problem]]:
    """The catalogues that can be used. One with a mistake is not among them: its memos are not made."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        tag = file.path.stem
        if not is_language_tag(tag):
            hint = "a catalogue is named after its language: es.po, pt-BR.po"
            message = f"{tag[:40]!r} is not a language"
            problems.append(Problem(where=Where(file=file.shown), message=message, hint=hint))
        elif file.data is not None:
            found = problems_in(file.shown, file.data)
            problems += found
            if not found:
                texts[tag] = file.data.decode()
    return texts, problems
