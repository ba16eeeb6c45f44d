"""The parts of a memo's file that a profile's may have too, and what a person writes in it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from briefbook.facts import Wording
from briefbook.memo import (
    BOTTOM_LINE as BOTTOM_LINE_FIELD,
)
from briefbook.memo import (
    PASSAGES,
    SLOTS,
    BottomLine,
    Checked,
    Rank,
    Reference,
    SectionSpec,
    Signature,
    SlotSpec,
    Tab,
)
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar
from briefbook.readers.read_marking import marking
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Field,
    Shape,
    build,
    date,
    identifier,
    is_language_tag,
    many,
    matching,
    one_day,
    one_of,
    optional,
    required,
    shown,
    whole_number,
    word_of,
    wording,
    wrong_type,
    yes_or_no,
)


def reference(node: Node, name: str, reading: Reading) -> Reference | None:
    """The id of a fact, with its place."""
    found = identifier(node, name, reading)
    return None if found is None else Reference(id=found, where=node.where)


references = many(reference)
some_references = many(reference, may_be_empty=False)


_TIMED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](.*)")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def checked(node: Node, name: str, reading: Reading) -> Checked | None:
    """A day, and perhaps the time of day behind it, as in 2031-05-12T21:30 (a blank may stand for the T)."""
    found = _TIMED.fullmatch(node.text.strip()) if isinstance(node, Scalar) else None
    if found is None:
        day = one_day(node, name, reading)
        return None if day is None else Checked(on=day)
    assert isinstance(node, Scalar)
    day = one_day(replace(node, text=found[1]), name, reading)
    if not _TIME.fullmatch(found[2]):
        reading.tell(node.where, f"{shown(found[2])} is not a time of day", "write it as 2031-05-12T21:30")
        return None
    return None if day is None else Checked(on=day, at=time.fromisoformat(found[2]))


# Shorter than other ids: it is the tag of a control in Word, which takes 64 characters.
_slot_id = matching(
    rf"(?!(?:{'|'.join((BOTTOM_LINE_FIELD, *PASSAGES))})$)[a-z0-9][a-z0-9._-]{{0,39}}",
    "the id of a slot",
    "it is made of a–z, 0–9, '.', '_' and '-', at most 40, and is no field's name",
)

_OF_A_JUDGEMENT: Mapping[str, Field] = {
    "rests_on": optional(references),
    "valid": optional(date),
    "checked": optional(checked),
    "marking": optional(marking),
}

BOTTOM_LINE = Shape(
    noun="bottom line",
    make=BottomLine,
    fields={"text": required(wording), "id": optional(_slot_id), **_OF_A_JUDGEMENT},
)


def _slot(
    *, on: Reference | None = None, rests_on: tuple[Reference, ...] | None = (), **given: Any
) -> SlotSpec:
    own = () if on is None else (on,)
    others = (reference for reference in rests_on or () if reference not in own)
    return SlotSpec(on=on, rests_on=(*own, *others), **given)


SLOT = Shape(
    noun="slot",
    make=_slot,
    fields={
        "title": required(wording),
        "prompt": optional(wording),
        "text": optional(wording),
        "on": optional(reference),
        **_OF_A_JUDGEMENT,
    },
)


def slots(node: Node, name: str, reading: Reading) -> tuple[SlotSpec, ...] | None:
    """What a memo keeps free for a person's words, each under its id."""
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "ids, each with a slot", reading, "write {on-visas: {title: …}}")
        return None
    found = []
    for id_, (key, value) in node.entries.items():
        if _slot_id(key, id_, reading) is not None:
            found.append(build(SLOT, value, key.where, reading, id=id_))
    return tuple(slot for slot in found if slot is not None)


def bottom_line(node: Node, name: str, reading: Reading) -> BottomLine | None:
    """What a person judges: a record, or the text alone."""
    in_languages = (
        isinstance(node, located_yaml.Mapping) and node.held and all(map(is_language_tag, node.held))
    )
    if isinstance(node, Scalar) or in_languages:  # the text alone
        only = wording(node, name, reading)
        return None if only is None else BottomLine(text=only, where=node.where)
    return build(BOTTOM_LINE, node, node.where, reading)


def _options(node: Node, name: str, reading: Reading) -> Mapping[str, Wording] | None:
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "names, each with a text", reading)
        return None
    taken = {key: wording(value, key, reading) for key, value in node.held.items()}
    return {key: found for key, found in taken.items() if found is not None}


def signatory(node: Node, name: str, reading: Reading) -> Signature | None:
    """Who has a hand in a memo: a record, or the name alone."""
    if isinstance(node, Scalar):  # the name alone
        only = wording(node, name, reading)
        return None if only is None else Signature(name=only, where=node.where)
    return build(SIGNATURE, node, node.where, reading)


_OF_A_SIGNATURE: Mapping[str, Field] = {"phone": optional(wording), "date": optional(date)}

SIGNATURE = Shape(
    noun="signature",
    make=Signature,
    fields={"name": required(wording), "office": optional(wording), **_OF_A_SIGNATURE},
)

CLEARANCE = Shape(
    noun="clearance",
    make=Signature,
    fields={
        "office": required(wording),
        "name": optional(wording),
        "status": optional(wording),
        **_OF_A_SIGNATURE,
    },
)

TAB = Shape(
    noun="tab",
    make=Tab,
    fields={
        "tab": required(matching("[A-Z]|[1-9][0-9]?", "the sign of a tab", "write a letter, or a number")),
        "title": required(wording),
    },
)

# The lists of a selection that a section may say its items come from.
LISTS = (
    *("upcoming", "called_off", "earlier", "long_unconfirmed", "priorities", "background", "disputed"),
    *("contested", "gaps", "commitments", *PASSAGES, SLOTS),
)
_rank = one_of(Rank)


def _ranks(node: Node, name: str, reading: Reading) -> Mapping[Reference, Rank] | None:
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, repr(name), "ids, each with a rank", reading)
        return None
    taken = {
        Reference(id=id_, where=value.key_where): _rank(value, id_, reading)
        for id_, value in node.held.items()
    }
    return {key: found for key, found in taken.items() if found is not None}


def _section(*, ranks: Mapping[Reference, Rank] | None = None, **given: Any) -> SectionSpec:
    ranked = ranks or {}  # None where they could not be read
    by_key = {reference.id: rank for reference, rank in ranked.items()}
    return SectionSpec(ranks=by_key, ranked=tuple(ranked), **given)


SECTION = Shape(
    noun="section",
    make=_section,
    fields={
        "section": required(identifier, "name"),  # it names a file, so it is bound as ids are
        "title": optional(wording),
        "limit": optional(whole_number(0)),
        "only": optional(references),
        "without": optional(references),
        "set": optional(_options, "options"),
        "marking": optional(marking),
        "rank": optional(_rank),
        "items": optional(_rank),
        "of": optional(many(word_of(*LISTS), one_will_do=True)),
        "ranks": optional(_ranks),
        "together": optional(yes_or_no),
    },
)


def section(node: Node, name: str, reading: Reading) -> SectionSpec | None:
    """A section of a memo, or of a profile."""
    if isinstance(node, Scalar):  # the name alone
        only = identifier(node, name, reading)
        return None if only is None else SectionSpec(name=only, where=node.where)
    return build(SECTION, node, node.where, reading)
