"""Changes to a YAML file of a book that keep every other byte: comments, order, quoting, line ends. Pure.

The parser's events say where each value begins and ends; a change is a few characters put in their place.
The result is read again with the project's reader: where anything else than what was asked for differs, or
the file no longer reads, there is a problem and no result.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from briefbook.diagnostics import NOWHERE, Problem, Where
from briefbook.frozen import frozen
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Scalar, collector_paused, parse_yaml
from briefbook.readers.yaml_spans import LINE_BREAK, Span, leading, spans_of
from briefbook.readers.yaml_spelling import (
    STEP,
    Flow,
    Setting,
    Standing,
    UnspellableError,
    Value,
    spelled_entry,
    spelled_flow,
    spelled_item,
    spelled_text,
)

__all__ = ["AddField", "AddItem", "AddRecord", "Edit", "Flow", "Replace", "Step", "Value", "edited"]

Step = str | int  # a key of a mapping, or the place of an item of a list, from 0


@frozen
class Replace:
    """Put another text in a scalar's place.

    The scalar begins at `where`, or is reached by the steps of `within` from the list or mapping that does;
    a `where` without a line is the whole file's mapping.
    """

    where: Where
    within: tuple[Step, ...] = ()
    text: str


@frozen
class AddField:
    """Add a field to the mapping at `where` (and `within`), as its last or right behind the field `after`."""

    where: Where
    within: tuple[Step, ...] = ()
    key: str
    value: Value
    after: str | None = None


@frozen
class AddItem:
    """Add an item to the list at `where` (and `within`), as its last."""

    where: Where
    within: tuple[Step, ...] = ()
    value: Value


@frozen
class AddRecord:
    """Add a record under a key of the file (`sources`), which is made if it is not there."""

    kind: str
    id: str
    value: Value


Edit = Replace | AddField | AddItem | AddRecord


def edited(file: str, data: bytes, edits: Sequence[Edit]) -> bytes | Problem:
    """The file's bytes with all edits made, or why not. The places of all edits are those of `data`."""
    with collector_paused():
        return _edited(file, data, edits)


def _edited(file: str, data: bytes, edits: Sequence[Edit]) -> bytes | Problem:
    before = parse_yaml(file, data)
    if before.problems or not before.complete:
        return before.problems[0]
    bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data.decode("utf-8-sig")
    work = _Work(file=file, text=text, root=spans_of(text))
    try:
        for edit in edits:
            work.take(edit)
        for kind, records in _by_kind(edits).items():
            work.add_records(kind, records)
        new = bom + work.result().encode()
    except _RefusedError as refused:
        return refused.problem
    except UnspellableError:
        return Problem(where=Where(file=file), message="a text with a control character cannot be written")
    after = parse_yaml(file, new)
    if after.problems or _held(after.root) != work.wanted(work.root):
        message = "this change cannot be written here without changing something else"
        return Problem(where=work.last, message=message, hint="make it in an editor")
    return new


def _by_kind(edits: Sequence[Edit]) -> dict[str, dict[str, Value]]:
    """The new records of each kind. Raises _RefusedError if two have the same id."""
    kinds: dict[str, dict[str, Value]] = {}
    for edit in edits:
        if isinstance(edit, AddRecord):
            records = kinds.setdefault(edit.kind, {})
            if edit.id in records:
                raise _RefusedError(NOWHERE, f"{edit.id!r} is to be added twice")
            records[edit.id] = edit.value
    return kinds


class _RefusedError(Exception):
    def __init__(self, where: Where, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(where=where, message=message, hint=hint)


# ------------------------------------------------------------------------------- what a file holds


def _held(node: located_yaml.Node | None) -> Any:
    """What a file holds, without its places: each text, whether it is an empty place; keys in their order."""
    match node:
        case None | located_yaml.Broken():
            return None
        case Scalar():
            return (node.text, node.plain and not node.text)
        case located_yaml.Sequence():
            return [_held(item) for item in node.items]
        case located_yaml.Mapping():
            return [(key, _held(value)) for key, value in node.held.items()]
        case _:
            assert_never(node)


def _held_value(value: Value) -> Any:
    match value:
        case str():
            return (value, False)
        case Flow():
            return _held_value(value.value)
        case Mapping():
            return [(key, _held_value(each)) for key, each in value.items()]
        case _:
            return [_held_value(each) for each in value]


# ----------------------------------------------------------------------------------------- edits

_TRAILING_COMMA = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*,")
_COLLECTIONS = ("a list", "a mapping")
_INNERMOST = 1000  # what is added to an inner list goes before what is added to the one around it


@dataclass(slots=True, kw_only=True)
class _Work:
    """The edits of one file: what is put where, and what the file is to hold then."""

    file: str
    text: str
    root: Span | None
    splices: "list[_Splice]" = field(default_factory=list)
    replaced: dict[Span, Any] = field(default_factory=dict)
    added: dict[Span, list[tuple[str | None, str, Any]]] = field(default_factory=dict)
    new_root: list[tuple[str, Any]] = field(default_factory=list)
    last: Where = NOWHERE
    width: int = 0
    line_end: str = "\n"

    def __post_init__(self) -> None:
        found = LINE_BREAK.search(self.text)
        self.line_end = found[0] if found else "\n"
        # Where lines of the file end that hold a space to be broken at; nothing says more of its width.
        longest = max((len(line) for line in LINE_BREAK.split(self.text) if " " in line.strip()), default=0)
        self.width = min(max(longest, 80), 120)

    def take(self, edit: Edit) -> None:
        self.last = Where(file=self.file)
        match edit:
            case Replace():
                self._replace(self._at(edit.where, edit.within, "a text"), edit.text)
            case AddField():
                mapping = self._at(edit.where, edit.within, "a mapping")
                self._add_field(mapping, edit.key, edit.value, edit.after)
            case AddItem():
                self._add_item(self._at(edit.where, edit.within, "a list"), edit.value)
            case AddRecord():
                pass  # all of a kind at once: see `add_records`
            case _:
                assert_never(edit)

    def _at(self, where: Where, within: tuple[Step, ...], what: str) -> Span:
        """The node of an edit; `what` it must be."""
        self.last = where
        kind = "" if within else what
        found = self.root if where.line is None else self._placed(where, kind)
        for step in within:
            found = _inner(found, step) if found else None
        if found is None or found.kind != what:
            steps = "".join(f", {step}" for step in within)
            raise _RefusedError(where, f"{what} does not stand here{steps}", "was the file changed?")
        return found

    def _placed(self, where: Where, kind: str) -> Span | None:
        """The value that begins at a place; of a mapping and its first key, which do at the same, no key.

        Without a `kind` it is a mapping or a list.
        """
        stack = [self.root] if self.root else []
        while stack:
            node = stack.pop()
            if (node.line, node.column + 1) == (where.line, where.column) and node.kind in (
                kind or _COLLECTIONS
            ):
                return node
            stack += node.items or [value for _, value in node.entries or ()]
        return None

    def _setting(self, node: Span) -> Setting:
        line = max(self.text.rfind("\n", 0, node.start), self.text.rfind("\r", 0, node.start)) + 1
        end = self._line_end(node.end)
        return Setting(
            indent=node.indent,
            column=node.start - line,
            width=self.width,
            in_flow=node.in_flow,
            ends_line=node.end == end,
            ends_file=end == len(self.text),
        )

    def _replace(self, node: Span, text: str) -> None:
        raw = self.text[node.start : max(node.end, node.keeps_end)]
        if node in self.replaced:
            raise _RefusedError(self.last, "two changes are asked for the same text")
        lines = tuple(LINE_BREAK.split(raw)) if raw else ()
        setting = self._setting(node)
        if not raw and self.text[node.start - 1 : node.start] in (":", "-"):
            spelling = " " + spelled_text(text, setting, Standing())
        else:
            spelling = spelled_text(text, setting, Standing(style=node.style, lines=lines))
        end = node.end
        if node.style in ("|", ">"):
            header = spelling.split("\n")[0]
            if header[:1] not in ("|", ">"):  # the comment behind the old header goes behind the new text
                spelling += re.sub(r"^[|>][0-9+-]*", "", lines[0])
            elif "+" in header[:3]:
                end = max(node.end, node.keeps_end)
        self._splice(node.start, end, spelling)
        self.replaced[node] = (text, False)

    def _add_field(
        self, mapping: Span, key: str, value: Value, after: str | None = None, *, spaced: bool = False
    ) -> None:
        entries, added = mapping.entries or [], self.added.setdefault(mapping, [])
        if key in [known.text for known, _ in entries] + [other for _, other, _ in added]:
            raise _RefusedError(self.last, f"{key!r} stands here already")
        if mapping.is_flow:
            setting = Setting(indent=mapping.indent, column=0, width=self.width, in_flow=True)
            self._into_brackets(mapping, spelled_entry(key, value, setting))
            after = None
        else:
            before = next((held for known, held in entries if known.text == after), mapping)
            order = _INNERMOST - mapping.depth
            self._add_lines(before, mapping, lambda to: spelled_entry(key, value, to), order, spaced=spaced)
        added.append((after, key, _held_value(value)))

    def _add_item(self, listed: Span, value: Value) -> None:
        if listed.is_flow:
            setting = Setting(indent=listed.indent, column=0, width=self.width, in_flow=True)
            self._into_brackets(listed, spelled_flow(value, setting))
        else:
            self._add_lines(listed, listed, lambda to: spelled_item(value, to), _INNERMOST - listed.depth)
        self.added.setdefault(listed, []).append((None, "", _held_value(value)))

    def _add_lines(
        self,
        behind: Span,
        to: Span,
        spelled: Callable[[Setting], str],
        order: int,
        *,
        spaced: bool = False,
    ) -> None:
        """Add lines below the last one of a node, in the column of the collection that they belong `to`."""
        column = to.column
        place = self._line_end(max(behind.end, behind.keeps_end))
        setting = Setting(indent=column, column=column, width=self.width, ends_file=place == len(self.text))
        start = "\n\n" if spaced else "\n"
        self._splice(place, place, start + " " * column + spelled(setting), order=order)

    def _into_brackets(self, node: Span, spelling: str) -> None:
        """Add an entry behind the last one in brackets, with the comma that it needs."""
        last = node.last
        if last is None:
            self._splice(node.start + 1, node.start + 1, spelling)
            return
        between = self.text[last.end : node.end - 1]
        comma = None if self.added.get(node) else _TRAILING_COMMA.match(between)  # the first one takes it
        own = _TRAILING_COMMA.match(between)
        place = last.end + (own.end() if own else 0)
        start = max(self.text.rfind("\n", 0, place), self.text.rfind("\r", 0, place)) + 1
        line = self.text[start : self._line_end(place)]
        own_line = len(line) + len(spelling) + 2 > self.width or comma
        if own_line and LINE_BREAK.search(self.text, node.start, node.end):
            joint = "\n" + " " * leading(line)
        elif own_line and not comma:
            joint = "\n" + " " * (node.indent + 2 * STEP)
        else:
            joint = " "
        self._splice(place, place, ("" if comma else ",") + joint + spelling)

    def add_records(self, kind: str, records: Mapping[str, Value]) -> None:
        """Add records under a key of the file, which is made if it is not there."""
        root = self.root
        self.last = Where(file=self.file)
        if root is None:
            self._add_at_the_end(kind, records)
            return
        if root.entries is None:
            raise _RefusedError(self.last, "this file holds no kinds of facts")
        held = next((value for key, value in root.entries if key.text == kind), None)
        if held is None:
            self._add_field(root, kind, records, spaced=True)
        elif held.entries:
            for number, (name, value) in enumerate(records.items()):
                self._add_field(held, name, value, spaced=self._is_spaced(held, number))
        elif held.entries == [] or (held.text == "" and not held.style):
            self._fill(held, root, records)
        else:
            raise _RefusedError(self.last, f"what stands under {kind!r} is no mapping of records")

    def _add_at_the_end(self, kind: str, records: Mapping[str, Value]) -> None:
        """Into a file that holds nothing yet, or only comments."""
        end = len(self.text)
        ends_line = not self.text or self.text.endswith(("\n", "\r"))
        setting = Setting(indent=0, column=0, width=self.width)
        spelling = spelled_entry(kind, records, setting)
        self._splice(end, end, spelling + "\n" if ends_line else "\n" + spelling)
        self.new_root = [(kind, _held_value(records))]

    def _fill(self, held: Span, root: Span, records: Mapping[str, Value]) -> None:
        """Put records under a key that has none: nothing stands there, or an empty pair of brackets."""
        if root.is_flow:
            raise _RefusedError(self.last, "nothing can be added between these brackets")
        if held.end > held.start:
            blanks = len(self.text[: held.start]) - len(self.text[: held.start].rstrip(" \t"))
            self._splice(held.start - blanks, held.end, "")
        place, column = self._line_end(max(held.end, held.start)), root.column + STEP
        setting = Setting(indent=column, column=column, width=self.width, ends_file=place == len(self.text))
        start = "\n" + " " * column
        entries = [start + spelled_entry(name, value, setting) for name, value in records.items()]
        self._splice(place, place, "".join(entries), order=1)
        self.replaced[held] = _held_value(records)

    def _is_spaced(self, held: Span, number: int) -> bool:
        """Whether a blank line stands between the last two records, or belongs below the only one."""
        entries = held.entries or []
        if len(entries) == 1:
            return "\n" in self.text[held.start : held.end] or number > 0
        before, after = entries[-2][1], entries[-1][0]
        between = self.text[max(before.end, before.keeps_end) : after.start]
        return re.search(r"(\r\n?|\n)[ \t]*(\r\n?|\n)", between) is not None

    def _line_end(self, index: int) -> int:
        found = LINE_BREAK.search(self.text, index)
        return found.start() if found else len(self.text)

    def _splice(self, start: int, end: int, text: str, *, order: int = 0) -> None:
        self.splices.append(_Splice(start, order, end, text.replace("\n", self.line_end)))

    def result(self) -> str:
        """The text with everything put in its place. Raises _RefusedError where two edits meet."""
        parts, at = [], 0
        for splice in sorted(self.splices, key=lambda each: (each.start, each.order)):
            if splice.start < at:
                raise _RefusedError(self.last, "two changes are asked for the same text")
            parts += [self.text[at : splice.start], splice.text]
            at = splice.end
        return "".join([*parts, self.text[at:]])

    def wanted(self, node: Span | None) -> Any:
        """What the file is to hold: as `_held` tells it."""
        if node is None:
            return self.new_root
        if node in self.replaced:
            return self.replaced[node]
        added = self.added.get(node, [])
        if node.items is not None:
            return [self.wanted(item) for item in node.items] + [value for _, _, value in added]
        if node.entries is None:
            return (node.text, not node.text and not node.style)
        known = {key.text for key, _ in node.entries}
        entries = []
        for key, value in node.entries:
            entries.append((key.text, self.wanted(value)))
            entries += [(name, new) for after, name, new in added if after == key.text]
        return entries + [(name, new) for after, name, new in added if after not in known]


@dataclass(frozen=True, slots=True)
class _Splice:
    """`text` instead of [start, end). `order` decides among those that start at one place."""

    start: int
    order: int
    end: int
    text: str


def _inner(node: Span, step: Step) -> Span | None:
    if isinstance(step, str):
        return next((value for key, value in node.entries or () if key.text == step), None)
    items = node.items or []
    return items[step] if 0 <= step < len(items) else None
