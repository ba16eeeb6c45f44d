"""`marking:` of a fact, a statement or a memo → Marking; of a book → MarkingSpec; schemes/*.yaml → Scheme."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from briefbook.diagnostics import Where, did_you_mean
from briefbook.frozen import frozen
from briefbook.marking import Caveat, Level, Marking, Scheme
from briefbook.memo import MarkingSpec
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar, parse_yaml
from briefbook.readers.records import (
    Reading,
    Shape,
    build,
    many,
    many_records,
    matching,
    optional,
    required,
    shown,
    text,
    word_of,
    yes_or_no,
)
from briefbook.tool import shipped_schemes

CUSTOM = "custom"
_LEAST_SIZE, _MOST_SIZE = 8, 24  # points

# ----------------------------------------------------------------------------- what a piece carries

MARKING = Shape(
    noun="marking",
    make=Marking,
    fields={"level": required(text), "caveats": optional(many(text, one_will_do=True))},
    located=False,
)


def marking(node: Node, name: str, reading: Reading) -> Marking | None:
    """A level alone, or a level with caveats. Whether the scheme has them is asked by a check."""
    if isinstance(node, located_yaml.Mapping):
        return build(MARKING, node, node.where, reading)
    level = text(node, name, reading)
    return None if level is None else Marking(level=level)


# ---------------------------------------------------------------------------------------- schemes

_name = matching("[a-z0-9]+(-[a-z0-9]+)*", "a name for a level or caveat", "write it in a–z, 0–9 and '-'")
_colour = matching(r"[0-9A-F]{6}", "a colour", 'write six hexadecimal digits in quotes: "1F3A5F"')
_separator = matching(r".{1,5}", "a separator", "write one to five characters, such as //")


def _size(node: Node, name: str, reading: Reading) -> float | None:
    found = matching(r"[0-9]{1,2}(\.5)?", "a size in points", "write 12 or 13.5")(node, name, reading)
    if found is not None and not _LEAST_SIZE <= float(found) <= _MOST_SIZE:
        reading.tell(node.where, f"{name!r} is from {_LEAST_SIZE} to {_MOST_SIZE} points, not {shown(found)}")
        return None
    return None if found is None else float(found)


def _spelled(node: Node, name: str, reading: Reading) -> str | None:
    """A text of one line, as it will be printed."""
    found = text(node, name, reading)
    if found is not None and (len(found) > 60 or not found.isprintable()):
        reading.tell(node.where, f"{shown(found)} cannot be printed as a marking", "at most 60 characters")
        return None
    return found


LEVEL = Shape(
    noun="level",
    make=Level,
    fields={
        "level": required(_name, "id"),
        "banner": required(_spelled),
        "portion": required(_spelled),
        "ink": optional(_colour),
        "paper": optional(_colour),
    },
    located=False,
)
CAVEAT = Shape(
    noun="caveat",
    make=Caveat,
    fields={
        "caveat": required(_name, "id"),
        "banner": required(_spelled),
        "portion": required(_spelled),
    },
    located=False,
)
_SCHEME_FIELDS = {
    "levels": optional(many_records(LEVEL)),
    "caveats": optional(many_records(CAVEAT)),
    "size": optional(_size),
    "separator": optional(_separator),
    "portions": optional(yes_or_no),
}


@frozen
class _Written:
    """`marking:` of a book as it stands there."""

    scheme: str
    where: Where
    places: Mapping[str, tuple[tuple[int, int], ...]]
    default: Marking | None = None
    levels: tuple[Level, ...] | None = None
    caveats: tuple[Caveat, ...] | None = None
    size: float | None = None
    separator: str | None = None
    portions: bool | None = None


def _scheme_name(node: Node, name: str, reading: Reading) -> str | None:
    return word_of(*sorted((*shipped(), CUSTOM)))(node, name, reading)


BOOK_MARKING = Shape(
    noun="marking",
    make=_Written,
    fields={"scheme": required(_scheme_name), "default": optional(marking), **_SCHEME_FIELDS},
)


def book_marking(node: Node, name: str, reading: Reading) -> MarkingSpec | None:
    """The scheme of a book and what carries no marking has by default: a scheme's name alone, or settings."""
    if isinstance(node, Scalar):
        found = _scheme_name(node, name, reading)
        return None if found is None else _spec(_Written(scheme=found, where=node.where, places={}), reading)
    written = build(BOOK_MARKING, node, node.where, reading)
    return None if written is None else _spec(written, reading)


def _spec(written: _Written, reading: Reading) -> MarkingSpec | None:
    if written.scheme != CUSTOM:
        for name in ("levels", "caveats", "separator"):
            if getattr(written, name) is not None:
                message = f"the scheme {written.scheme!r} has its own {name!r}"
                reading.tell(written.where, message, f"delete the line, or write scheme: {CUSTOM}")
                return None
        scheme = shipped()[written.scheme]
    else:
        scheme = Scheme(name=CUSTOM, portions=True)
    given = {name: getattr(written, name) for name in _SCHEME_FIELDS if getattr(written, name) is not None}
    if written.size is not None and written.scheme != CUSTOM and written.size < scheme.size:
        message = f"a banner of {written.scheme} is {scheme.size:g} points or more, not {written.size:g}"
        reading.tell(written.where, message, "delete 'size', or write a larger one")
        return None
    scheme = _with(scheme, given)
    for message, hint in _mistakes(scheme) if written.scheme == CUSTOM else ():
        reading.tell(written.where, message, hint)
        return None
    return MarkingSpec(scheme=scheme, default=written.default, where=written.where, places=written.places)


def _with(scheme: Scheme, given: Mapping[str, object]) -> Scheme:
    return replace(scheme, **given)  # type: ignore[arg-type]  # their types are held by the takers


def _mistakes(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """What is wrong with a scheme as a whole, and the mend."""
    if not scheme.levels:
        message, hint = "a scheme of your own needs 'levels', from low to high", "docs/markings.md shows one"
        yield message, hint
    hint = "spell each in its own way"
    parts: list[Level | Caveat] = [*scheme.levels, *scheme.caveats]
    for what in ("id", "banner", "portion"):
        spelled = [getattr(part, what) for part in parts]
        twice = next((one for one in spelled if spelled.count(one) > 1), None)
        if twice is not None:
            message = f"two levels or caveats are spelled {shown(twice)}"
            yield message, hint
    taken = {part.id for part in parts}
    crossed = next((part.banner for part in parts if part.banner in taken - {part.id}), None)
    if crossed is not None:
        message = f"the banner {shown(crossed)} is the name of another level or caveat"
        yield message, hint


SHIPPED: Shape[dict[str, object]] = Shape(noun="scheme", make=dict, fields=_SCHEME_FIELDS, located=False)


@cache
def shipped() -> Mapping[str, Scheme]:
    """The schemes that come with briefbook, by name. Raises ValueError where a file is no scheme."""
    schemes = {}
    for path in sorted(shipped_schemes().glob("*.yaml")):
        root = parse_yaml(path.name, path.read_bytes()).root
        reading = Reading(language="en")
        assert root is not None
        fields = build(SHIPPED, root, Where(file=path.name), reading)
        if fields is None:
            raise ValueError("\n".join(map(str, reading.problems)))
        schemes[path.stem] = _with(Scheme(name=path.stem), fields)
    return schemes


def release(spelled: str, spec: MarkingSpec | None) -> Marking | str:
    """What `--releasable-to` names: a level, and caveats behind commas; a text says why it is none."""
    if spec is None or not spec.scheme.levels:
        return "this book has no scheme of markings: write one under 'marking' in book.yaml"
    level, *caveats = [part.strip() for part in spelled.split(",")]
    found = Marking(level=level, caveats=tuple(caveats))
    for message, hint in unknown_in(found, spec.scheme):
        return f"{message} ({hint})" if hint else message
    return spec.scheme.known(found)


def unknown_in(found: Marking, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """What of a marking its scheme does not have: a message, and the nearest name, for each."""
    levels = [spelled for level in scheme.levels for spelled in (level.id, level.banner)]
    caveats = [spelled for caveat in scheme.caveats for spelled in (caveat.id, caveat.banner)]
    if found.level not in levels:
        message = f"{shown(found.level)} is no level of the scheme {scheme.name!r}"
        yield message, did_you_mean(found.level[:80], levels)
    for caveat in found.caveats:
        if caveat not in caveats:
            message = f"{shown(caveat)} is no caveat of the scheme {scheme.name!r}"
            yield message, did_you_mean(caveat[:80], caveats) or "it has none"
