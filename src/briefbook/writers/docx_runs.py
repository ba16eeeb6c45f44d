"""The runs that the parts of the DOCX are made of: text, tabs, forced lines, fields, bookmarks."""

from functools import lru_cache

from briefbook.keeping import Remembered
from briefbook.writers.docx_flow import Flow, escaped, quoted
from briefbook.writers.docx_styles import scripts_of


def add_run(flow: Flow, text: str, style: str | None = None, direct: str = "") -> None:
    """Append a run of `text`, in a character style if one is named; `direct` is what is set behind it."""
    flow.append(look_of_run(style, direct) + words_of_run(text))


def words_of_run(text: str) -> str:
    """What a run of `text` ends with, behind its look."""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<w:t{space}>{escaped(text)}</w:t></w:r>"


def add_mark(flow: Flow, mark: str, style: str | None = None) -> None:
    """Append a run that holds one element alone: the sign of a note, a separator.

    `mark` is the element's name, with its attributes if it has any.
    """
    flow.append(f"{look_of_run(style)}<w:{mark}/></w:r>")


def add_tab(flow: Flow) -> None:
    """Append a run that goes to the next tab stop."""
    flow.append("<w:r><w:tab/></w:r>")


def add_break(flow: Flow) -> None:
    """Append a run that begins a new line."""
    flow.append("<w:r><w:br/></w:r>")


def add_field(flow: Flow, instruction: str, result: str, style: str | None = None) -> None:
    """Append a complex field (ECMA-376 Part 1 §17.16.18) with the result that it has already.

    All its runs carry the style: Word takes that of the instruction when it works the field out anew.
    """
    flow.append(_fields[instruction, result, style])


def _field(asked: tuple[str, str, str | None]) -> str:
    instruction, result, style = asked
    look = look_of_run(style)
    return (
        f'{look}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'{look}<w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText></w:r>'
        f'{look}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"{look}{words_of_run(result)}"
        f'{look}<w:fldChar w:fldCharType="end"/></w:r>'
    )


_fields = Remembered(_field, 1024, lambda asked: len(asked[0]) + len(asked[1]))  # memos show the same numbers


class Bookmarks:
    """Bookmarks of one package (§17.13.6): each has an identity of its own and a name that stands once."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def start(self, flow: Flow, name: str) -> int | None:
        """Begin the bookmark `name` and return its identity; None where the name is taken."""
        if name in self._names:
            return None
        self._names.add(name)
        identity = len(self._names)
        flow.append(f'<w:bookmarkStart w:id="{identity}" w:name="{name}"/>')
        return identity

    def end(self, flow: Flow, identity: int | None) -> None:
        """End the bookmark that `start` returned."""
        if identity is not None:
            flow.append(f'<w:bookmarkEnd w:id="{identity}"/>')


def language_of_run(language: str) -> str:
    """w:lang: the language (BCP 47) of a run, to be set directly (§17.3.2.20)."""
    named = quoted(language)
    also = "".join(f' w:{script}="{named}"' for script in scripts_of(language))
    return f'<w:lang w:val="{named}"{also}/>'


@lru_cache(maxsize=256)  # a handful of looks in each language; a house may have its own styles
def look_of_run(style: str | None, direct: str = "") -> str:
    """What a run begins with: its properties (§17.3.2.28), the style, then what is set directly."""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    return f"<w:r><w:rPr>{named}{direct}</w:rPr>" if named or direct else "<w:r>"
