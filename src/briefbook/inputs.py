"""All that decides the bytes of an edition, and nothing else: digested, kept, made into a memo again."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TypeVar

from briefbook.canonical import as_record, canonical, canonical_fields, encoded, restored
from briefbook.composing.again import CHECK_AGAIN
from briefbook.composing.compose import compose, pictures_of, sections_of, templates_of
from briefbook.composing.confined import templates_of_texts
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.document import Document, Image, LeftOut
from briefbook.facts import Wording
from briefbook.frozen import frozen
from briefbook.keeping import among_last
from briefbook.limits import USUAL, Limits
from briefbook.memo import EdgeSpec, ForumScope, FurnitureSpec, Memo, SectionSpec
from briefbook.selection import Rested, Selection, Since
from briefbook.user_cache import tool_identity
from briefbook.writers.theme import Theme, with_files

__all__ = [
    "Inputs",
    "Remaker",
    "digests_in",
    "from_bytes",
    "inputs_of",
    "left_out_in",
    "remade",
    "rested_in",
    "to_bytes",
    "tool_identity",
]

_Part = TypeVar("_Part")

# Fields that pass with time alone, those that only say how sources are printed and where they open, and what
# a person's words lean on, which nothing prints.
_PASSING = frozenset({"as_of", "known_by", "days_until", "due_days", "heard_days"})
_PRINTED = frozenset({"citations", "opens", "target", "leanings", "slot"})
# What changed since the edition before is no news by itself: it follows from what that one told. Nor is what
# the next edition is to know.
_SINCE = frozenset({"since", "rested"})
_NO_NEWS = _PASSING | _PRINTED | _SINCE
_REST = frozenset({"pictures", "left_out"})  # of the inputs, beside the selection, the memo and the house
_ASKED = "selection.since"  # in the text of a template


@frozen
class Inputs:
    """What an edition is made from.

    `memo` holds what composing reads of the memo's file, its id and sections; all else of it has gone into
    the selection or decides no byte. `templates` are the texts of all templates that the memo can reach,
    `pictures` those of the user's own that these texts or the memo's sections name.
    """

    selection: Selection
    memo: Memo
    templates: dict[str, str]  # text by name
    theme: Theme
    tool: str
    pictures: dict[str, Image] | None = None  # by their paths in the book; None for none
    catalogues: tuple[str, ...] = ()  # the texts of the .po files of its language, the first before others
    left_out: tuple[LeftOut, ...] | None = None  # follows from all the rest, so the digest leaves it out

    @cached_property
    def data(self) -> bytes:
        """The inputs as canonical JSON."""
        return self.data_without(self.left_out)

    def data_without(self, left_out: tuple[LeftOut, ...] | None) -> bytes:
        """The same, of inputs that lead to a document without what is `left_out`."""
        told = self if left_out is self.left_out else replace(self, left_out=left_out)
        rest = {name: text.encode() for name, text in canonical_fields(told, _REST).items()}
        own = {"memo": self._memo, "selection": as_record(self._told[0])}
        return as_record(dict(sorted((self._house.fields | own | rest).items())))

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal of all the inputs; that of their `data` is another.

        What changed since the edition before does not count: which one that is is decided once, when an
        edition is made, so that the same facts lead to the edition that is there. But where that one is lost,
        what can be told is another edition than what could be told while it was kept.
        """
        selection = {name: data for name, data in self._told[0].items() if name not in _SINCE}
        parts = [as_record(selection), self._memo, self._house.digest.encode()]
        if self.selection.since is not None and self.selection.since.is_lost:
            parts.append(b"the edition before is lost")
        for name, picture in (self.pictures or {}).items():
            parts += [name.encode(), hashlib.sha256(picture.data).digest()]
        digest = hashlib.sha256(parts[0])  # long: it is not copied once more
        for part in parts[1:]:
            digest.update(b"\n" + part)
        return digest.hexdigest()

    @cached_property
    def _told(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The selection's fields as canonical JSON; and those that are news, without what in them is none."""
        whole, news = {}, {}
        for name, marked in canonical_fields(self.selection, passing=_NO_NEWS).items():
            whole[name], without = encoded(marked)
            if name not in _NO_NEWS:
                news[name] = without
        return whole, news

    @cached_property
    def _memo(self) -> bytes:
        return canonical(self.memo)

    @cached_property
    def _house(self) -> "_House":
        return _house_of(tuple(self.templates.items()), self.catalogues, self.theme, self.tool)

    @property
    def asks_for_previous(self) -> bool:
        """Whether any of its templates tells what changed since the edition before."""
        return asks_for_previous(self.templates)

    @property
    def comparing_with_nothing(self) -> "Inputs":
        """The same where the edition before is lost: whichever that was, the digest is one."""
        lost = Since(number=0, as_of=self.selection.as_of, is_lost=True)
        return replace(self, selection=replace(self.selection, since=lost))

    @cached_property
    def substance(self) -> str:
        """Digest of what the memo tells: equal for two days between which nothing became news."""
        return hashlib.sha256(as_record(self._told[1])).hexdigest()


@frozen
class _House:
    """What of some inputs is the house's, not the memo's; called as there."""

    templates: dict[str, str]
    catalogues: tuple[str, ...]
    theme: Theme
    tool: str

    @cached_property
    def fields(self) -> dict[str, bytes]:
        """As canonical JSON, by name."""
        return {name: text.encode() for name, text in canonical_fields(self).items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        listed = [self.tool, *self.templates.items(), *self.catalogues]
        told = json.dumps(listed, ensure_ascii=False).encode()
        return hashlib.sha256(canonical(self.theme) + b"\n" + told).hexdigest()


@lru_cache(maxsize=64)  # most memos of a book have it in common
def _house_of(
    templates: tuple[tuple[str, str], ...], catalogues: tuple[str, ...], theme: Theme, tool: str
) -> _House:
    return _House(templates=dict(templates), catalogues=catalogues, theme=theme, tool=tool)


def asks_for_previous(templates: Mapping[str, str]) -> bool:
    """Whether any of some templates, by their texts, tells what changed since the edition before."""
    return any(map(_asks, templates.values()))


@lru_cache(maxsize=256)  # memos share most templates
def _asks(template: str) -> bool:
    return _ASKED in template


def inputs_of(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    theme: Theme,
    tool: str,
    *,
    pictures: Mapping[str, Image] | None = None,
    catalogues: tuple[str, ...] = (),
) -> Inputs:
    """The inputs of a memo's edition. A template that is missing is passed over: `compose` tells of it."""
    names = (*templates_of(memo), *([CHECK_AGAIN] if selection.again else []))
    return Inputs(
        selection=selection,
        memo=_what_composing_reads(memo, selection.language),
        templates=templates.reached(names),
        theme=theme,
        tool=tool,
        pictures=pictures_of(memo, templates, pictures or {}) or None,
        catalogues=catalogues,
    )


def _what_composing_reads(memo: Memo, language: str) -> Memo:
    sections = tuple(_in_one_language(spec, language) for spec in sections_of(memo))
    nothing = ForumScope(forums=())
    furniture = _in_this_language(memo.furniture, language) if memo.furniture else None
    return Memo(
        id=memo.id, title=Wording(texts={}), scope=nothing, sections=sections, length=memo.length,
        is_numbered=memo.is_numbered, furniture=furniture,
    )  # fmt: skip


def _in_this_language(furniture: FurnitureSpec, language: str) -> FurnitureSpec:
    """Lines at the edges of sheets in the one language in which they will be printed."""

    def text(written: Wording | None) -> Wording | None:
        return written and Wording(texts=dict([written.best(language)]))

    first_top, first_bottom, top, bottom = (
        EdgeSpec(left=text(edge.left), middle=text(edge.middle), right=text(edge.right))
        for edge in furniture.edges
    )
    return FurnitureSpec(first_top=first_top, first_bottom=first_bottom, top=top, bottom=bottom)


def _in_one_language(spec: SectionSpec, language: str) -> SectionSpec:
    """A section whose title and options are left in the one language in which they will be printed."""
    if spec.title is None and not spec.options:  # as most are
        return spec

    def best(wording: Wording) -> Wording:
        own, text = wording.best(language)
        return Wording(texts={own: text})

    title = None if spec.title is None else best(spec.title)
    return replace(spec, title=title, options={name: best(option) for name, option in spec.options.items()})


def to_bytes(inputs: Inputs, left_out: tuple[LeftOut, ...] | None = None) -> bytes:
    """The inputs as bytes to keep, with what is left out; the same inputs give the same bytes."""
    return inputs.data if left_out is None else inputs.data_without(left_out)


def from_bytes(data: bytes, get: Callable[[str], bytes] | None = None) -> Inputs:
    """The inputs that were kept. Raises ValueError for other bytes.

    The look's own files (logo, faces, Word file) are kept beside, under their SHA-256: `get` brings their
    bytes. Without it they are missing, which is no matter to whoever writes no document.
    """
    inputs = restored(Inputs, data)
    return inputs if get is None else replace(inputs, theme=with_files(inputs.theme, get))


def rested_in(data: bytes) -> tuple[Rested, ...]:
    """What the words of persons rest on, of the inputs that were kept: all else of them is passed over.

    Raises ValueError for other bytes.
    """
    return _only(Rested, "selection", "rested", of=data)


def left_out_in(data: bytes) -> tuple[LeftOut, ...]:
    """What was left out, of the inputs that were kept, as `rested_in`; whichever briefbook kept them."""
    return _only(LeftOut, "left_out", of=data)


def _only(kind: type[_Part], *names: str, of: bytes) -> tuple[_Part, ...]:
    """The records of one list, by the names of the fields that lead there; none where there is no list."""
    if f'"{names[-1]}":['.encode() not in of:
        return ()
    try:
        found = json.loads(of)
        for name in names:
            found = found.get(name) or {}
        return tuple(restored(kind, json.dumps(each).encode()) for each in found)
    except (AttributeError, TypeError, RecursionError) as error:
        raise ValueError("these are no inputs") from error


def digests_in(data: bytes) -> set[str]:
    """Every SHA-256 that inputs name, whichever briefbook kept them: that of a look's file is among them."""
    return {found.decode() for found in re.findall(rb'"sha256":"([0-9a-f]{64})"', data)}


def remade(inputs: Inputs, limits: Limits = USUAL) -> Document:
    """The document again from what was kept alone, with no book at hand; its templates held to `limits`.

    With the tool that first made it, it is equal to the first. Raises BriefbookError as `compose` does.
    """
    return Remaker(limits).document(inputs)


class Remaker:
    """Makes many documents again, one after the other: what they have in common is made ready once."""

    def __init__(self, limits: Limits = USUAL) -> None:
        """Templates that are not as they were shipped are held to limits: nobody vouches for the past."""
        self._templates: dict[tuple[object, ...], SectionTemplates] = {}
        self._limits = limits

    def document(self, inputs: Inputs) -> Document:
        """The document as `remade` has it. Raises BriefbookError as `compose` does."""
        language = inputs.selection.language
        asked = language, inputs.catalogues, tuple(inputs.templates.items())
        templates = among_last(self._templates, asked, lambda: self._made_ready(inputs), _KEPT_READY)
        left_out = inputs.left_out or ()
        return compose(inputs.selection, inputs.memo, templates, inputs.pictures or {}, left_out)

    def _made_ready(self, inputs: Inputs) -> SectionTemplates:
        catalogues = inputs.catalogues
        wording = wording_of(inputs.selection.language, catalogues)
        return templates_of_texts(inputs.templates, wording, catalogues=catalogues, limits=self._limits)


_KEPT_READY = 8  # sets of templates: editions of a book have mostly a few, but each release has its own
