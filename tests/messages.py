"""Every message of the templates and the code, as pybabel finds them: `languages/briefbook.pot`.

`python -m tests.messages` writes that file anew (`make messages`), and the shipped catalogues in its order: a
new message stands in them untranslated.
"""

from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).parents[1]
LANGUAGES = HOUSE / "languages"
TEMPLATE = LANGUAGES / "briefbook.pot"
# The methods of `composing.wording.Wording` besides gettext's own names.
_OURS = {
    "say": None,
    "label": None,
    "_say": None,
    "psay": ((1, "c"), 2),
    "_psay": ((1, "c"), 2),
    "_nsay": (1, 2),
}
KEYWORDS = {**DEFAULT_KEYWORDS, **_OURS, "said": None}
_METHODS = [("**.py", "python"), ("**.md.j2", "jinja2")]
HEADER = "# Every message of briefbook. A language is a copy with each msgstr filled in: docs/languages.md.\n"


def extracted() -> Catalog:
    """The messages with the files that have them; no line numbers, so that it changes with messages alone."""
    catalogue = Catalog(charset="utf-8")
    for folder in ("templates", "src/briefbook/composing", "src/briefbook/mail"):
        found = extract_from_dir(HOUSE / folder, _METHODS, keywords=KEYWORDS, comment_tags=("Translators:",))
        for file, _, message, comments, context in sorted(found, key=lambda it: (it[0], it[1])):
            place = [(f"{folder}/{file}", 0)]
            catalogue.add(message, locations=place, auto_comments=comments, context=context)
    for path in sorted((HOUSE / "templates").rglob("profile.yaml")):
        profile = yaml.safe_load(path.read_bytes())
        for section in profile["sections"]:
            if "title" in section:
                place = [(path.relative_to(HOUSE).as_posix(), 0)]
                catalogue.add(section["title"]["en"], locations=place)
    return catalogue


def as_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as it stands in the house."""
    out = BytesIO()
    write_po(out, catalogue, width=110, omit_header=True, include_lineno=False)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return HEADER.encode() + head.encode() + out.getvalue()


def renewed(data: bytes, template: Catalog) -> bytes:
    """A shipped catalogue in the order of the template, with its places; its head and translations stay."""
    own = read_po(BytesIO(data), charset="utf-8")
    made = Catalog(charset="utf-8")
    for message in template:
        if message.id:
            theirs = own.get(_first(message.id), context=message.context)
            string = theirs.string if theirs else ""
            place = message.locations
            made.add(message.id, string, locations=place, flags=message.flags, context=message.context)
    out = BytesIO()
    write_po(out, made, width=110, omit_header=True, include_lineno=False)
    head, _, _ = data.partition(b"\n\n")
    return head + b"\n\n" + out.getvalue()


def _first(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def keys_of(data: bytes) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """Each message of a catalogue by context and words, with its translations."""
    catalogue = read_po(BytesIO(data), charset="utf-8")
    return {
        (message.context, _first(message.id)): (
            (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)
        )
        for message in catalogue
        if message.id
    }


if __name__ == "__main__":
    TEMPLATE.write_bytes(as_bytes(extracted()))
    for file in LANGUAGES.glob("*.po"):
        file.write_bytes(renewed(file.read_bytes(), extracted()))
