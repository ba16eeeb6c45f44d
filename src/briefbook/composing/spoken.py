"""What formats say beside a document's words, from the catalogues of its language."""

from functools import lru_cache
from gettext import NullTranslations

from briefbook.catalogues import Untranslated
from briefbook.composing.wording import ENGLISH, Wording
from briefbook.spoken import Spoken


def spoken_in(wording: Wording) -> Spoken:
    """The words of a language; all of them in English where a catalogue lacks one."""
    return _spoken_in(wording.catalogue)


@lru_cache(maxsize=16)  # a catalogue is made once in a language, and nobody changes it
def _spoken_in(catalogue: NullTranslations) -> Spoken:
    said = catalogue.gettext
    messages = (
        said("Source %(number)s"),
        said("Open source %(number)s at the words cited"),
        said("Back to citation %(turn)s of source %(number)s"),
        said("Back to the first citation of source %(number)s"),
        said("Columns: %(heads)s."),
        said("1 row"),
        said("%(count)s rows"),
    )
    if any(isinstance(message, Untranslated) for message in messages):
        return Spoken(language=ENGLISH)
    values = {name: f"{{{name}}}" for name in ("number", "turn", "heads", "count")}
    source, at_words, back, first, columns, row, rows = (
        message.replace("{", "{{").replace("}", "}}") % values for message in messages
    )
    return Spoken(
        source=source, at_words=at_words, back=back, first=first, columns=columns, row=row, rows=rows
    )
