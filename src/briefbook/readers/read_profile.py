"""templates/profiles/<name>/profile.yaml → Profile: the book's own before the shipped ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from briefbook.diagnostics import Problem, Where, has_errors
from briefbook.memo import Memo, Profile, SectionSpec
from briefbook.readers.book_files import TEMPLATES_FOLDER, bytes_of, shown_as
from briefbook.readers.located_yaml import parse_yaml
from briefbook.readers.read_look import length, theme
from briefbook.readers.read_memo import MEMO, section, yes_or_no
from briefbook.readers.records import (
    Reading,
    Shape,
    build,
    many,
    matching,
    optional,
    record,
    required,
    text,
    whole_number,
    word_of,
    wording,
)
from briefbook.sheets import Edge, Furniture
from briefbook.tool import shipped_templates

PROFILES_FOLDER = "profiles"
PROFILE_FILE = "profile.yaml"
OURS = "memo"  # the profile of memos that name none

EDGE = Shape(
    noun="edge",
    make=Edge,
    fields={slot: optional(text) for slot in ("left", "middle", "right")},
    located=False,
)


FURNITURE = Shape(
    noun="set of edges",
    make=Furniture,
    fields={side: optional(record(EDGE)) for side in ("first_top", "first_bottom", "top", "bottom")},
    located=False,
)

_field_of_a_memo = word_of(*MEMO.fields)
_sign = matching(r"\S{1,2}", "a sign before an item", "write one or two signs, such as – or •")

PROFILE = Shape(
    noun="profile",
    make=Profile,
    fields={
        "title": required(wording),
        "sections": required(many(section, may_be_empty=False)),
        "requires": optional(many(_field_of_a_memo)),
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


def read_profile(file: str, name: str, data: bytes) -> tuple[Profile | None, list[Problem]]:
    """Read a profile; `file` is its name in problems. None if anything is wrong with it. Raises nothing."""
    reading = Reading(language="en")
    parsed = parse_yaml(file, data)
    reading.problems += parsed.problems
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProfiles:
    """The profiles that memos name, but for those that are not there or have mistakes.

    `files` are the files of all that are there, as they stand in problems, each with its profile's name.
    `usual` is the profile of memos that name none, where the book has one of its own for them.
    """

    known: Mapping[str, Profile]
    files: Mapping[str, str]
    usual: str | None
    problems: tuple[Problem, ...]


def profiles_for(root: Path, memos: Iterable[Memo]) -> ReadProfiles:
    """The profiles that memos name, and ours where one promises a length or the book changes it."""
    usual = OURS if (profile_folders(root)[0] / OURS).is_dir() else None
    names = {memo.profile or OURS for memo in memos if memo.profile is not None or memo.length is not None}
    names |= {usual} if usual else set()
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
        data = bytes_of(path, shown, problems)
        if data is not None:
            profile, found = read_profile(shown, name, data)
            problems += found
            if profile is not None:
                known[name] = profile
    return ReadProfiles(known=known, files=files, usual=usual, problems=tuple(problems))


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
    own = memo.sections if "sections" in memo.places else profile.sections
    return replace(
        memo,
        sections=tuple(_ranked(spec, known[spec.name]) if spec.name in known else spec for spec in own),
        length=memo.length or profile.length,
        is_numbered=profile.is_numbered,
        furniture=profile.furniture,
    )


def _ranked(spec: SectionSpec, known: SectionSpec) -> SectionSpec:
    """A memo's section with what the profile says of it and the memo does not."""
    return replace(
        spec,
        title=spec.title or known.title,
        limit=known.limit if spec.limit is None else spec.limit,
        options={**known.options, **spec.options},
        rank=spec.rank or known.rank,
        items=spec.items or known.items,
        of=spec.of or known.of,
        ranks={**known.ranks, **spec.ranks},
        together=spec.together or known.together,
    )
