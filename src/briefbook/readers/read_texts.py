"""The sources' texts from their folder, each compared with the SHA-256 that its source states."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from briefbook.characters import name_shown
from briefbook.diagnostics import Problem, Severity, Where, place_of
from briefbook.facts import Source
from briefbook.readers.book_files import bytes_of


def read_texts(directory: Path, sources: Iterable[Source]) -> tuple[Mapping[str, str], list[Problem]]:
    """Read the text of every source that names one: by file name, and every problem on the way.

    A text that is not in the folder is a warning. One that is not what its source was made from is an error,
    and is not handed out.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for source in sources:
        if source.text is None:
            continue
        path = directory / source.text
        shown = name_shown(str(path))
        if not path.exists():
            message = f"the text of {source.id!r} is not at hand: there is no {shown}"
            where = place_of(source, "text")
            hint = "its evidence is not compared"
            problems.append(Problem(where=where, severity=Severity.WARNING, message=message, hint=hint))
            continue
        data = bytes_of(path, shown, problems)
        if data is not None:
            text = _text_of(data, source, shown, problems)
            if text is not None:
                texts[source.text] = text
    return texts, problems


def _text_of(data: bytes, source: Source, shown: str, problems: list[Problem]) -> str | None:
    if source.sha256 is not None and sha256(data).hexdigest() != source.sha256:
        message = f"{shown} is not the text that {source.id!r} was made from: its SHA-256 differs"
        hint = "restore the text; or compare the facts with the new one, then state its sha256"
        problems.append(Problem(where=place_of(source, "sha256"), message=message, hint=hint))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of this text is not UTF-8"
        problems.append(Problem(where=Where(file=shown), message=message, hint="save the file as UTF-8"))
        return None
