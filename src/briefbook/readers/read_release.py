"""`release:` of book.yaml and of a memo's file → its record in `release_spec.py`."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta

from briefbook.diagnostics import NOWHERE, Places, Where
from briefbook.frozen import frozen
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node
from briefbook.readers.read_delivery import duration
from briefbook.readers.reading import Reading
from briefbook.readers.records import Shape, build, one_of, optional, word_of, wrong_type
from briefbook.release_spec import ReleaseSpec, Rigour

_LONGEST = timedelta(days=36_500)


@frozen
class _Rules:
    """Rules by their ids, each with its place."""

    rigours: Mapping[str, Rigour] = field(default_factory=dict)
    named: Mapping[str, Where] = field(default_factory=dict)


def _rules(node: Node, name: str, reading: Reading) -> _Rules | None:
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "rules such as {single-source: warning}", reading)
        return None
    rigour = one_of(Rigour)
    taken = {id_: rigour(value, id_, reading) for id_, value in node.held.items()}
    return _Rules(
        rigours={id_: found for id_, found in taken.items() if found is not None},
        named={id_: value.key_where for id_, value in node.held.items()},
    )


def _release(
    *,
    rules: _Rules | None = None,
    stale_after: timedelta | None = None,
    clearance: str | None = None,
    where: Where = NOWHERE,
    places: Places,
) -> ReleaseSpec:
    rules = rules or _Rules()
    return ReleaseSpec(
        rules=rules.rigours,
        named=rules.named,
        stale_after=stale_after,
        clearance=clearance is not None,
        where=where,
        places=places,
    )


RELEASE = Shape(
    noun="release setting",
    make=_release,
    fields={
        "rules": optional(_rules),
        "stale_after": optional(duration(timedelta(days=1), _LONGEST, "dw")),
        "clearance": optional(word_of("required")),
    },
)


def release(node: Node, name: str, reading: Reading) -> ReleaseSpec | None:
    """What must be right before a memo leaves the house."""
    before = reading.mistakes
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "fields such as {clearance: required}", reading)
        return None
    found = build(RELEASE, node, node.where, reading)
    return found if reading.mistakes == before else None
