"""templates/profiles/<name>/profile.yaml → Profile: the book's own before the shipped ones."""

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from pathlib import Path

from briefbook.diagnostics import Problem, Where, did_you_mean, has_errors
from briefbook.facts import Wording
from briefbook.frozen import frozen
from briefbook.memo import PASSAGES, EdgeSpec, FurnitureSpec, Memo, Profile, SectionSpec
from briefbook.readers.book_files import PROFILES_FOLDER, TEMPLATES_FOLDER, bytes_of, own_bytes_of, shown_as
from briefbook.readers.located_yaml import Node, parse_yaml
from briefbook.readers.read_look import length, theme
from briefbook.readers.read_memo import MEMO
from briefbook.readers.read_parts import section
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Shape,
    build,
    many,
    matching,
    optional,
    record,
    required,
    shown,
    whole_number,
    word_of,
    wording,
    yes_or_no,
)
from briefbook.readers.yaml_doubts import tell_doubts
from briefbook.tool import shipped_templates

PROFILE_FILE = "profile.yaml"
OURS = "memo"  # the profile of memos that name none

_HEADER = "header"  # the section at the head of a memo

_PATTERNS = ("{page}", "{pages}", "{counter}", "{footer}", "{reference}")


def _line(node: Node, name: str, reading: Reading) -> Wording | None:
    """What stands at an edge of a sheet, with patterns that are known."""
    found = wording(node, name, reading)
    written = found.texts.values() if found is not None else ()
    for pattern in dict.fromkeys(each for one in written for each in re.findall(r"\{[^{}]*\}", one)):
        if pattern not in _PATTERNS:
            message = f"nothing stands for {shown(pattern)} at the edge of a sheet"
            reading.tell(node.where, message, did_you_mean(pattern[:80], _PATTERNS))
    return found


EDGE = Shape(
    noun="edge",
    make=EdgeSpec,
    fields={slot: optional(_line) for slot in ("left", "middle", "right")},
)

FURNITURE = Shape(
    noun="set of edges",
    make=FurnitureSpec,
    fields={side: optional(record(EDGE)) for side in ("first_top", "first_bottom", "top", "bottom")},
    located=False,
)

# What a person writes into a memo's file, or the book's for all of them.
MAY_BE_REQUIRED = (
    *("to", "from", "through", "subject", "reference", "bottom_line", *PASSAGES),
    *("tabs", "drafter", "approver", "clearances"),
)
_field_of_a_memo = word_of(*MEMO.fields)


def _requirement(node: Node, name: str, reading: Reading) -> str | None:
    """A field of a memo that a profile may require."""
    found = _field_of_a_memo(node, name, reading)
    if found is not None and found not in MAY_BE_REQUIRED:
        hint = f"a profile requires what a person writes: {', '.join(MAY_BE_REQUIRED)}"
        reading.tell(node.where, f"no profile requires {found!r} of a memo", hint)
        return None
    return found


_sign = matching(r"\S{1,2}", "a sign before an item", "write one or two signs, such as – or •")

PROFILE = Shape(
    noun="profile",
    make=Profile,
    fields={
        "title": required(wording),
        "sections": required(many(section, may_be_empty=False)),
        "requires": optional(many(_requirement)),
        "length": optional(whole_number(1)),
        "theme": optional(theme),
        "text": optional(length("8pt", "16pt")),
        "title_text": optional(length("8pt", "28pt")),
        "between": optional(length("0pt", "36pt")),
        "centred": optional(yes_or_no, "is_centred"),
        "signs": optional(many(_sign, may_be_empty=False)),
        "numbered": optional(yes_or_no, "is_numbered"),
        "header": optional(length("0.8cm", "4cm")),
        "footer": optional(length("0.8cm", "4cm")),
        "ruled": optional(yes_or_no, "is_ruled"),
        "furniture": optional(record(FURNITURE)),
    },
)


def read_profile(
    file: str, name: str, data: bytes, *, language: str = "en"
) -> tuple[Profile | None, list[Problem]]:
    """Read a profile; `file` is its name in problems, `language` the tag of texts that name none.

    None if it has an error. Raises nothing.
    """
    reading = Reading(language=language)
    parsed = parse_yaml(file, data)
    reading.problems += parsed.problems
    tell_doubts(file, data, parsed.root, reading)
    start = Where(file=file, line=1, column=1)
    if parsed.root is None:
        if parsed.complete:
            reading.tell(Where(file=file), "the file is empty", "write a profile here")
        return None, reading.problems
    profile = build(PROFILE, parsed.root, start, reading, name=name)
    return None if has_errors(reading.problems) else profile, reading.problems


def profile_folders(root: Path) -> tuple[Path, ...]:
    """Where profiles lie: those of the book in the folder `root`, then the shipped ones."""
    return root / TEMPLATES_FOLDER / PROFILES_FOLDER, shipped_templates() / PROFILES_FOLDER


def profile_names(root: Path) -> list[str]:
    """The names of all profiles that a memo of the book may name."""
    found = {
        path.parent.name for folder in profile_folders(root) for path in folder.glob(f"*/{PROFILE_FILE}")
    }
    return sorted(found)


@frozen
class ReadProfiles:
    """The profiles that memos name, but for those that are not there or have mistakes.

    `files` are the files of all that are there, as they stand in problems, each with its profile's name.
    `usual` is the profile of memos that name none, where the book has one of its own for them.
    """

    known: Mapping[str, Profile]
    files: Mapping[str, str]
    usual: str | None
    problems: tuple[Problem, ...]


def profile_named(memo: Memo) -> set[str]:
    """The profile that a memo names, or ours where it promises a length; of most memos, none."""
    return {memo.profile or OURS} if memo.profile is not None or memo.length is not None else set()


def profiles_for(root: Path, named: Set[str], language: str) -> ReadProfiles:
    """The profiles that memos name, and ours where the book changes it.

    `language` is the book's.
    """
    usual = OURS if (profile_folders(root)[0] / OURS).is_dir() else None
    names = named | ({usual} if usual else set())
    known: dict[str, Profile] = {}
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for name in sorted(names):
        paths = (folder / name / PROFILE_FILE for folder in profile_folders(root))
        path = next((path for path in paths if path.exists()), None)
        if path is None:
            continue
        is_shipped = path.is_relative_to(shipped_templates())
        shown = (
            f"{TEMPLATES_FOLDER}/{PROFILES_FOLDER}/{name}/{PROFILE_FILE}"
            if is_shipped
            else shown_as(root, path)
        )
        files[shown] = name
        data = bytes_of(path, shown, problems) if is_shipped else own_bytes_of(root, path, shown, problems)
        if data is not None:
            profile, found = read_profile(shown, name, data, language="en" if is_shipped else language)
            problems += found
            if profile is not None:
                known[name] = profile if _has_header(root, name) else _titled(profile)
    return ReadProfiles(known=known, files=files, usual=usual, problems=tuple(problems))


def _has_header(root: Path, name: str) -> bool:
    """Whether a profile has a template of its own for the head of its memos."""
    file = Path(name, "sections", f"{_HEADER}.md.j2")
    return any((folder / file).is_file() for folder in profile_folders(root))


def _titled(profile: Profile) -> Profile:
    """The profile with its title over its memos, where its section `header` names no other."""
    sections = (
        replace(spec, title=spec.title or profile.title) if spec.name == _HEADER else spec
        for spec in profile.sections
    )
    return replace(profile, sections=tuple(sections))


def with_profile(memo: Memo, profiles: Mapping[str, Profile], usual: str | None) -> Memo:
    """A memo with what its profile says of it: sections where it has no list of its own, ranks, a length.

    `usual` is the profile of memos that name none: the book's own one of the name `memo`.
    """
    memo = replace(memo, profile=memo.profile or usual)
    if memo.profile is None and memo.length is None:
        return memo
    profile = profiles.get(memo.profile or OURS)
    if profile is None:
        return memo
    known = {spec.name: spec for spec in reversed(profile.sections)}
    own = (_ranked(spec, known[spec.name]) if spec.name in known else spec for spec in memo.sections)
    return replace(
        memo,
        sections=tuple(own) if "sections" in memo.places else profile.sections,
        length=memo.length or profile.length,
        is_numbered=profile.is_numbered,
        furniture=profile.furniture,
    )


def _ranked(spec: SectionSpec, known: SectionSpec) -> SectionSpec:
    """A memo's section with what the profile says of it and the memo does not.

    A marking of the profile's stays beside the memo's own: a memo may raise it and never lowers it.
    """
    return replace(
        spec,
        title=spec.title or known.title,
        limit=known.limit if spec.limit is None else spec.limit,
        options={**known.options, **spec.options},
        rank=spec.rank or known.rank,
        items=spec.items or known.items,
        of=spec.of or known.of,
        only=spec.only or known.only,
        without=spec.without or known.without,
        marking=spec.marking or known.marking,
        least=known.marking if spec.marking else None,
        ranks={**known.ranks, **spec.ranks},
        ranked=(*known.ranked, *spec.ranked),
        together=spec.together or known.together,
    )
