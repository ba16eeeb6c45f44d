"""Selection → document: runs a memo's sections, numbers the sources, decides which citations print."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from briefbook.composing.markup import MarkupError, parse_line, parse_section, plain
from briefbook.composing.sections import Context, NumberedSource, SectionTemplates, template_name
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Heading,
    Inline,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceList,
    Table,
    inlines_of,
)
from briefbook.memo import DEFAULT_SECTIONS, Memo, Reference, SectionSpec
from briefbook.selection import Selection, Words

LATE = frozenset({"header", "sources"})  # rendered last: they tell of the citations of all others
MAIN_SHARE = 0.75  # of the cited passages that must rest on one source alone before print implies it

Portion = Sequence[Inlines]  # what carries one citation: a paragraph, an item, a field, a row


def compose(selection: Selection, memo: Memo, templates: SectionTemplates) -> Document:
    """Make the document of a memo. Raises BriefbookError for a template's mistake, with its place."""
    specs = memo.sections or tuple(SectionSpec(name=name) for name in DEFAULT_SECTIONS)
    plain_context = Context(selection=selection, options={})
    subject = _line(templates.render("subject.md.j2", plain_context, memo=memo.id), "subject.md.j2", memo)
    subject_words = Words(plain(subject))
    known = {source.id: source for source in selection.sources}
    bodies = {
        i: _blocks(spec, _context(spec, selection, subject_words), memo, templates, frozenset(known))
        for i, spec in enumerate(specs)
        if spec.name not in LATE
    }
    numbers, main = _number([block for blocks in bodies.values() for block in blocks])
    sources = tuple(NumberedSource(number=n, source=known[id_]) for id_, n in numbers.items())
    for i, spec in enumerate(specs):
        if spec.name in LATE:
            late = _context(spec, selection, subject_words)
            late = replace(late, sources=sources, main_source=numbers[main] if main else None)
            bodies[i] = _blocks(spec, late, memo, templates, frozenset(numbers))
    cited = _Cited(numbers=numbers, main=main)
    footer = _line(templates.render("footer.md.j2", plain_context, memo=memo.id), "footer.md.j2", memo)
    wording = templates.wording
    return Document(
        memo=memo.id,
        title=str(subject_words),
        language=selection.language,
        reference=selection.reference,
        author=str(selection.sender or ""),
        as_of=selection.as_of,
        known_by=selection.known_by,
        footer=plain(footer),
        page_of=wording.say("%(page)s of %(pages)s", page="{page}", pages="{pages}"),
        sections=tuple(
            Section(name=spec.name, blocks=tuple(cited.block(block) for block in bodies[i]))
            for i, spec in enumerate(specs)
            if bodies[i]
        ),
    )


def _context(spec: SectionSpec, selection: Selection, subject: Words) -> Context:
    language = selection.language
    title = None
    if spec.title:
        own, text = spec.title.best(language)
        title = Words(text, None, None if own == language else own)
    return Context(
        selection=narrowed(selection, spec),
        title=title,
        limit=spec.limit,
        options=spec.options,
        subject=subject,
    )


def _blocks(
    spec: SectionSpec,
    context: Context,
    memo: Memo,
    templates: SectionTemplates,
    citable: frozenset[str],
) -> tuple[Block, ...]:
    """The blocks of one section, which may cite and list the sources of `citable` alone."""
    name = template_name(spec.name)
    markdown = templates.render(name, context, memo=memo.id)
    try:
        blocks = parse_section(markdown)
        for block in blocks:
            listed = {entry.source for entry in block.entries} if isinstance(block, SourceList) else set()
            cited = {s.source for i in inlines_of(block) if isinstance(i, Cite) for s in i.sources}
            for source in sorted((listed | cited) - citable):
                which = "no other section cites" if spec.name in LATE else "is not on file by this day"
                raise MarkupError(f"the section leads to source {source!r}, which {which}")
    except MarkupError as error:
        raise BriefbookError(_markup_problem(error, name, memo)) from error
    return blocks


def _line(markdown: str, name: str, memo: Memo) -> Inlines:
    try:
        return parse_line(markdown)
    except MarkupError as error:
        raise BriefbookError(_markup_problem(error, name, memo)) from error


def _markup_problem(error: MarkupError, name: str, memo: Memo) -> Problem:
    at = f" (line {error.line} of what it made)" if error.line else ""
    return Problem(
        where=Where(file=f"templates/{name}"),
        message=f"{error}{at} (memo {memo.id})",
        hint="`briefbook show MEMO --format md` prints what the other sections make",
    )


# ------------------------------------------------------------------- what one section may show


def narrowed(selection: Selection, spec: SectionSpec) -> Selection:
    """A selection with `only` and `without` of a section applied to every list of facts in it."""
    if not spec.only and not spec.without:
        return selection

    def keeps(id_: str) -> bool:
        return (not spec.only or _names(spec.only, id_)) and not _names(spec.without, id_)

    groups = (
        replace(group, items=tuple(item for item in group.items if keeps(item.id)))
        for group in selection.priorities
    )
    return replace(
        selection,
        upcoming=tuple(m for m in selection.upcoming if keeps(m.id)),
        called_off=tuple(m for m in selection.called_off if keeps(m.id)),
        attended=tuple(m for m in selection.attended if keeps(m.id)),
        earlier=tuple(m for m in selection.earlier if keeps(m.id)),
        long_unconfirmed=tuple(m for m in selection.long_unconfirmed if keeps(m.id)),
        contested=tuple(m for m in selection.contested if keeps(m.id)),
        priorities=tuple(group for group in groups if group.items),
        background=tuple(p for p in selection.background if keeps(p.id)),
        disputed=tuple(p for p in selection.disputed if keeps(p.id)),
        gaps=tuple(gap for gap in selection.gaps if gap.meeting is None or keeps(gap.meeting.id)),
    )


def _names(references: tuple[Reference, ...], id_: str) -> bool:
    return any(reference.id == id_ for reference in references)


# ----------------------------------------------------------------------------------- citations


def _number(blocks: Sequence[Block]) -> tuple[dict[str, int], str | None]:
    """Number the sources by their first citation, and find the one that (nearly) everything rests on."""
    numbers: dict[str, int] = {}
    passages: Counter[frozenset[str]] = Counter()
    for block in blocks:
        for portion in portions_of(block):
            cited = [source.source for cite in _cites(portion) for source in cite.sources]
            for source in cited:
                numbers.setdefault(source, len(numbers) + 1)
            if cited:
                passages[frozenset(cited)] += 1
        for entry in block.entries if isinstance(block, SourceList) else ():
            numbers.setdefault(entry.source, len(numbers) + 1)  # a section may list sources itself
    if len(numbers) == 1:
        return numbers, next(iter(numbers))
    if passages:
        common, count = passages.most_common(1)[0]
        if len(common) == 1 and count >= MAIN_SHARE * passages.total():
            return numbers, next(iter(common))
    return numbers, None


def _cites(portion: Portion) -> list[Cite]:
    return [inline for inlines in portion for inline in inlines if isinstance(inline, Cite)]


def portions_of(block: Block) -> list[Portion]:
    """The passages of a block that carry a citation of their own."""
    found: list[Portion] = []

    def note(portion: Portion) -> Portion:
        found.append(portion)
        return portion

    rewritten(block, note)
    return found


def rewritten(block: Block, change: Callable[[Portion], Portion]) -> Block:
    """A block with each of its passages changed; the one walk over everything that holds inlines."""
    match block:
        case Heading():
            children, aside = change((block.children, block.aside))
            return replace(block, children=children, aside=aside)
        case Paragraph():
            return replace(block, children=change((block.children,))[0])
        case ItemList():
            return replace(block, items=tuple(_rewritten_item(item, change) for item in block.items))
        case Fields():
            fields = (change((field.label, field.value)) for field in block.rows)
            return replace(block, rows=tuple(Field(label=label, value=value) for label, value in fields))
        case Table():
            header, *rows = (Row(cells=tuple(change(row.cells))) for row in (block.header, *block.rows))
            return replace(block, header=header, rows=tuple(rows))
        case SourceList():
            entries = (replace(e, children=change((e.children,))[0]) for e in block.entries)
            return replace(block, entries=tuple(entries))
        case _:
            assert_never(block)


def _rewritten_item(item: ListItem, change: Callable[[Portion], Portion]) -> ListItem:
    blocks = (rewritten(block, change) for block in item.blocks)
    return ListItem(blocks=tuple(b for b in blocks if isinstance(b, Paragraph | ItemList)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cited:
    """Gives citations their numbers, and shows them once a passage, where the source changes."""

    numbers: dict[str, int]
    main: str | None

    def block(self, block: Block) -> Block:
        if isinstance(block, SourceList):
            entries = (replace(entry, number=self.numbers[entry.source]) for entry in block.entries)
            block = replace(block, entries=tuple(entries))
        return rewritten(block, self._portion)

    def _portion(self, portion: Portion) -> Portion:
        cites = _cites(portion)
        runs = [_ids(cite) for cite in cites]
        # A run of citations of the same sources is shown once, at its end; the main source is implied.
        is_shown = iter(
            ids != {self.main} and (i + 1 == len(runs) or runs[i + 1] != ids) for i, ids in enumerate(runs)
        )

        def numbered(inline: Inline) -> Inline:
            if not isinstance(inline, Cite):
                return inline
            cited = (CitedSource(source=s, number=self.numbers[s]) for s in _ids(inline))
            return Cite(sources=tuple(sorted(cited, key=lambda c: c.number)), shown=next(is_shown))

        return [tuple(numbered(inline) for inline in inlines) for inlines in portion]


def _ids(cite: Cite) -> frozenset[str]:
    return frozenset(cited.source for cited in cite.sources)
