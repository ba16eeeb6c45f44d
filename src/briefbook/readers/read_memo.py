"""memos/<id>.yaml → Memo, and book.yaml → Settings."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date as Day  # noqa: N812 – `date` is the taker of a field
from functools import partial

from briefbook.cited import web_address
from briefbook.delivery import MailSettings
from briefbook.diagnostics import Problem, Where, has_errors, place_of
from briefbook.document import Citations
from briefbook.memo import (
    BOTTOM_LINE,
    DEFAULT_SECTIONS,
    FORMATS,
    PASSAGES,
    BottomLine,
    ForumScope,
    Judgement,
    MeetingScope,
    Memo,
    RangeScope,
    SectionSpec,
    Settings,
)
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar, parse_yaml
from briefbook.readers.read_delivery import deliver, mail, schedule, without_passwords
from briefbook.readers.read_look import LOOK_FIELDS, PAGES
from briefbook.readers.read_marking import book_marking, marking
from briefbook.readers.read_parts import (
    CLEARANCE,
    TAB,
    bottom_line,
    reference,
    section,
    signatory,
    slots,
    some_references,
)
from briefbook.readers.read_release import release
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Field,
    Shape,
    build,
    date,
    id_mistake,
    identifier,
    language,
    many,
    many_records,
    matching,
    one_day,
    one_of,
    optional,
    required,
    shown,
    text,
    whole_number,
    word_of,
    wording,
    wrong_type,
)
from briefbook.readers.yaml_doubts import tell_doubts

FORMAT = "1"  # of a book; `format:` in book.yaml

# ------------------------------------------------------------------------------------------ scope


def _one_forum(node: Node, name: str, reading: Reading) -> ForumScope | None:
    forum = reference(node, name, reading)
    return None if forum is None else ForumScope(forums=(forum,))


def _forums(node: Node, name: str, reading: Reading) -> ForumScope | None:
    forums = some_references(node, name, reading)
    return None if forums is None else ForumScope(forums=forums)


def _one_meeting(node: Node, name: str, reading: Reading) -> MeetingScope | None:
    meeting = reference(node, name, reading)
    return None if meeting is None else MeetingScope(meetings=(meeting,))


def _meetings(node: Node, name: str, reading: Reading) -> MeetingScope | None:
    meetings = some_references(node, name, reading)
    return None if meetings is None else MeetingScope(meetings=meetings)


def _range(node: Node, name: str, reading: Reading) -> RangeScope | None:
    if isinstance(node, Scalar) and node.text == "all":
        return RangeScope(first=Day.min, last=Day.max)
    span = date(node, name, reading)
    return None if span is None else RangeScope(first=span.first, last=span.last)


_SCOPES: Mapping[str, Field] = {
    "forum": optional(_one_forum, "scope"),
    "forums": optional(_forums, "scope"),
    "meeting": optional(_one_meeting, "scope"),
    "meetings": optional(_meetings, "scope"),
    "range": optional(_range, "scope"),
}


def _check_one_scope(mapping: located_yaml.Mapping, id_: str, where: Where, reading: Reading) -> None:
    """Tell it unless exactly one of the keys that say what a memo covers is there."""
    found = [name for name in mapping.held if name in _SCOPES]
    if not found:
        hint = "add one of forum, forums, meeting, meetings and range; range: all covers everything"
        reading.tell(where, f"memo {id_!r} does not say what it covers", hint)
    for more in found[1:]:
        message = f"a memo covers one thing: {found[0]!r} is given already, so {more!r} cannot be"
        reading.tell(mapping.held[more].key_where, message, "keep one of the two")


def _formats(node: Node, name: str, reading: Reading) -> tuple[str, ...] | None:
    found = many(word_of(*FORMATS), may_be_empty=False)(node, name, reading)
    return None if found is None else tuple(dict.fromkeys(found))  # a format named twice is written once


def _languages(node: Node, name: str, reading: Reading) -> tuple[str, ...] | None:
    found = many(language, may_be_empty=False)(node, name, reading)
    twice = [tag for place, tag in enumerate(found or ()) if tag in (found or ())[:place]]
    if found is not None and twice and isinstance(node, located_yaml.Sequence):
        where = [
            item.where for item in node.items if isinstance(item, Scalar) and item.text.strip() == twice[0]
        ][1]
        reading.tell(where, f"the language {twice[0]!r} stands here twice", "keep one of the two")
        return None
    return found


def _one_way_of_languages(memo: Memo) -> Iterator[Problem]:
    if memo.language is not None and memo.languages:
        message = "the languages are given twice: 'language' is one, 'languages' are one or several"
        yield Problem(where=place_of(memo, "languages"), message=message, hint="keep one of the two")


def _memo_mistakes(memo: Memo) -> Iterator[Problem]:
    yield from _one_way_of_languages(memo)
    yield from _one_slot_of_a_name(memo)


def _one_slot_of_a_name(memo: Memo) -> Iterator[Problem]:
    """Each slot has an id of its own, by which a returned document leads back to it."""
    taken: set[str] = set()
    own = [line for name in (BOTTOM_LINE, *PASSAGES) for line in memo.lines_of(name) if line.id]
    named: list[Judgement] = [*own, *memo.slots]
    for each in named:
        if each.id in taken:
            where = place_of(each, "id") if isinstance(each, BottomLine) else each.where
            hint = "give one of them another id"
            yield Problem(where=where, message=f"the slot {each.id!r} stands here twice", hint=hint)
        taken.add(each.id or "")


# It stands at the edges of sheets, where these would become the numbers of pages.
_reference_words = matching(
    r"(?s)(?!.*\{pages?\}).*", "a reference", "{page} and {pages} stand for numbers: take the braces out"
)

MEMO = Shape(
    noun="memo",
    check=_memo_mistakes,
    make=partial(
        Memo,
        sections=tuple(SectionSpec(name=name) for name in DEFAULT_SECTIONS),
        scope=RangeScope(first=Day.min, last=Day.max),  # never seen: a memo without a scope is not handed out
    ),
    fields={
        "title": required(wording),
        **_SCOPES,
        "to": optional(wording),
        "from": optional(wording, "sender"),
        "subject": optional(wording),
        "reference": optional(_reference_words),
        "language": optional(language),
        "languages": optional(_languages),
        "citations": optional(one_of(Citations)),
        "marking": optional(marking),
        "formats": optional(_formats),
        "profile": optional(identifier),
        "length": optional(whole_number(1)),
        "through": optional(many(wording, one_will_do=True)),
        "bottom_line": optional(many(bottom_line, one_will_do=True), "bottom_lines"),
        **{name: optional(many(bottom_line, one_will_do=True)) for name in PASSAGES},
        "slots": optional(slots),
        "tabs": optional(many_records(TAB)),
        "drafter": optional(signatory),
        "approver": optional(signatory),
        "clearances": optional(many_records(CLEARANCE)),
        "sections": optional(many(section, may_be_empty=False)),
        **LOOK_FIELDS,
        "schedule": optional(schedule),
        "deliver": optional(deliver),
        "release": optional(release),
    },
)


def read_memo(file: str, id_: str, data: bytes, *, language: str = "en") -> tuple[Memo | None, list[Problem]]:
    """Read a memo's definition; `file` is its name in problems, `language` the tag of texts that name none.

    None if it has an error. Raises nothing.
    """
    reading = Reading(language=language)
    start = Where(file=file, line=1, column=1)
    mistake = id_mistake(id_)
    if mistake:
        reading.tell(Where(file=file), mistake[0], f"rename the file; {mistake[1]}")
    root = _read_mapping(file, data, "a memo", reading)
    if root is None:
        return None, reading.problems
    _check_one_scope(root, id_, start, reading)
    memo = build(MEMO, root, start, reading, id=id_)
    return None if has_errors(reading.problems) else memo, reading.problems


# --------------------------------------------------------------------------------------- settings


def _book_format(node: Node, name: str, reading: Reading) -> str | None:
    found = text(node, name, reading)
    if found is not None and found != FORMAT:
        hint = f"this briefbook reads format {FORMAT}; a newer one may read yours"
        reading.tell(node.where, f"this book is of format {shown(found)}", hint)
        return None
    return found


def _mail(node: Node, name: str, reading: Reading) -> MailSettings | None:
    """The settings of mail; what is wrong with them stops sending alone."""
    own = Reading(language=reading.language, commented=reading.commented)
    found = mail(node, name, own)
    reading.problems += [replace(problem, of_mail=True) for problem in own.problems]
    return found


def _archive(node: Node, name: str, reading: Reading) -> str | None:
    """The address of the archive of texts, on the web, to which names of files are added."""
    found = text(node, name, reading)
    if found is not None and (web_address(found) is None or set("?#") & set(found)):
        hint = "write an address such as https://archive.example.org/texts/"
        reading.tell(node.where, f"{shown(found)} is not the address of a folder on the web", hint)
        return None
    return found


def _settings(*, format: str, **settings: object) -> Settings:  # noqa: A002 – the key on disk
    del format  # it was checked and says nothing more
    return Settings(**settings)  # type: ignore[arg-type]  # their types are held by the takers of SETTINGS


def _one_page(settings: Settings) -> Iterator[Problem]:
    """The sheet stands in one place."""
    if settings.page is not None and settings.theme is not None and settings.theme.page is not None:
        message = "the page is given twice: here, and in 'theme'"
        yield Problem(where=place_of(settings, "page"), message=message, hint="keep the one in 'theme'")


SETTINGS = Shape(
    noun="book",
    make=_settings,
    check=_one_page,
    fields={
        "format": required(_book_format),
        "title": required(wording),
        "as_of": optional(one_day),
        "language": optional(language),
        "languages": optional(_languages),
        "page": optional(word_of(*PAGES)),
        **LOOK_FIELDS,
        "citations": optional(one_of(Citations)),
        "marking": optional(book_marking),
        "archive": optional(_archive),
        "to": optional(wording),
        "from": optional(wording, "sender"),
        "mail": optional(_mail),
        "release": optional(release),
    },
)


def read_settings(file: str, data: bytes) -> tuple[Settings | None, list[Problem]]:
    """Read book.yaml; `file` is its name in problems. Raises nothing.

    None if it has an error but for its `mail`: with that broken, the settings have none, though
    `places` tells where it stands.
    """
    reading = Reading(language="en")
    root = _read_mapping(file, data, "a book's settings", reading)
    if root is None:
        return None, reading.problems
    passwords = Reading(language="en")
    root = without_passwords(root, passwords)
    reading.problems = [
        replace(problem, of_mail=True) if _is_within("mail", root, problem.where) else problem
        for problem in reading.problems
    ] + [replace(problem, of_mail=True) for problem in passwords.problems]
    silent = Reading(language="en")
    if "language" in root.held:  # first of all: the other texts are in it
        reading.language = language(root.held["language"], "language", silent) or "en"
    elif "languages" in root.held:
        found = _languages(root.held["languages"], "languages", silent)
        reading.language = found[0] if found else "en"
    settings = build(SETTINGS, root, Where(file=file, line=1, column=1), reading)
    if settings is not None:
        settings = replace(settings, language=reading.language)
    is_broken = has_errors([problem for problem in reading.problems if not problem.of_mail])
    return None if is_broken else settings, reading.problems


def _is_within(name: str, root: located_yaml.Mapping, where: Where) -> bool:
    """True for a place in the value of a field: below its key, further right, and before the next key."""
    if name not in root.held or where.line is None or where.column is None:
        return False
    keys = sorted((key.line, key.column) for key, _ in root.entries.values())
    own = root.entries[name][0]
    at = bisect_right(keys, (where.line, where.column))
    return at > 0 and keys[at - 1] == (own.line, own.column) and where.column > own.column


def foreign_format(file: str, data: bytes) -> list[Problem]:
    """The problem of a book.yaml that names another format than ours: nothing else of it should be read."""
    root = parse_yaml(file, data).root
    reading = Reading(language="en")
    if isinstance(root, located_yaml.Mapping) and "format" in root.held:
        _book_format(root.held["format"], "format", reading)
    return reading.problems


def _read_mapping(file: str, data: bytes, what: str, reading: Reading) -> located_yaml.Mapping | None:
    parsed = parse_yaml(file, data)
    reading.problems += parsed.problems
    tell_doubts(file, data, parsed.root, reading)
    reading.commented |= {(file, line) for line in parsed.commented}
    if isinstance(parsed.root, located_yaml.Mapping):
        return parsed.root
    if parsed.root is not None:
        wrong_type(parsed.root, what, "a mapping of fields", reading)
    elif parsed.complete:
        reading.tell(Where(file=file), "the file is empty", f"write {what} here")
    return None
