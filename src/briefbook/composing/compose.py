"""Selection → document: runs a memo's sections and puts what they made together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from briefbook.composing.markup import MarkupError, parse_line, parse_section
from briefbook.composing.passages import (
    Finisher,
    NoteHanger,
    Numbering,
    notes_first,
    number_sources,
    readings_of,
)
from briefbook.composing.sections import Context, NumberedSource, SectionTemplates, template_name
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.document import (
    Block,
    Citations,
    Cite,
    Document,
    Image,
    Inlines,
    Section,
    SourceList,
    inlines_of,
    plain,
)
from briefbook.memo import DEFAULT_SECTIONS, Memo, Reference, SectionSpec
from briefbook.outline import outlined
from briefbook.selection import Selection, Words

NOT_NAMED = "nothing that the memo shows names"
SUBJECT, FOOTER = "subject.md.j2", "footer.md.j2"
NO_PICTURES: Mapping[str, Image] = {}
LATE = frozenset({"header", "sources"})  # rendered last: they tell of the citations of all others

_Bodies = dict[int, tuple[Block, ...]]  # the blocks of sections, by their place in the memo


def compose(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    pictures: Mapping[str, Image] = NO_PICTURES,
) -> Document:
    """Make the document of a memo, which may show `pictures` by their names.

    Raises BriefbookError for a template's mistake, with its place.
    """
    draft = drafted(selection, memo, templates, pictures)
    numbering, told = _numbered(draft)
    return draft.document(numbering, told, NoteHanger(numbering.noted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A memo but for the numbers of its sources, and for the sections that tell of these."""

    selection: Selection
    subject: Words
    room: "Room"
    contexts: Mapping[int, Context]  # of the sections, by their place in the memo
    early: _Bodies
    counted: Numbering  # as the memo alone would be numbered

    @property
    def cited(self) -> list[Block]:
        """The blocks that cite, in reading order."""
        return [block for blocks in self.early.values() for block in blocks]

    def late(self, numbering: Numbering) -> _Bodies:
        """The sections that tell of the citations of all others."""
        shown = {source.id: source for source in self.selection.sources}
        if numbering.main is not None and numbering.main_target is not None:
            shown[numbering.main] = replace(shown[numbering.main], opens=numbering.main_target)
        numbers, specs = numbering.numbers, sections_of(self.room.memo)
        sources = tuple(NumberedSource(number=number, source=shown[id_]) for id_, number in numbers.items())
        main = numbering.main_number
        contexts = {i: c for i, c in self.contexts.items() if i not in self.early}
        told = {i: replace(context, sources=sources, main_source=main) for i, context in contexts.items()}
        return {i: self.room.blocks(specs[i], told[i], frozenset(numbers)) for i in sorted(told)}

    def document(self, numbering: Numbering, told: _Bodies, hanger: NoteHanger) -> Document:
        """The finished document, with the sections that `late` made."""
        selection, room = self.selection, self.room
        footer = line_in(
            room.templates.render(FOOTER, Context(selection=selection, options={}), memo=room.memo.id),
            FOOTER,
            room.memo,
        )
        finisher = Finisher(numbering=numbering, readings=readings_of(selection))
        bodies = {
            i: tuple(hanger.block(finisher.block(block)) for block in self.early[i]) for i in self.early
        }
        bodies |= {i: tuple(finisher.block(block) for block in told[i]) for i in told}
        say = room.templates.wording.say
        specs = enumerate(sections_of(room.memo))
        document = Document(
            memo=room.memo.id,
            title=str(self.subject),
            language=selection.language,
            reference=selection.reference,
            author=str(selection.sender or ""),
            as_of=selection.as_of,
            known_by=selection.known_by,
            footer=plain(footer),
            page_of=say("%(page)s of %(pages)s", page="{page}", pages="{pages}"),
            sections=tuple(Section(name=spec.name, blocks=bodies[i]) for i, spec in specs if bodies[i]),
            citations=selection.citations,
            notes_title=say("Notes") if selection.citations is Citations.ENDNOTES else "",
        )
        return outlined(document)


def drafted(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    pictures: Mapping[str, Image] = NO_PICTURES,
) -> Draft:
    """Make the sections of a memo that cite. Raises BriefbookError as `compose` does."""
    room = Room(memo=memo, templates=templates, pictures=pictures)
    plain_context = Context(selection=selection, options={})
    subject = Words(plain(line_in(templates.render(SUBJECT, plain_context, memo=memo.id), SUBJECT, memo)))
    specs = dict(enumerate(sections_of(memo)))
    contexts = {i: context_of(spec, selection, subject) for i, spec in specs.items()}
    known = frozenset(source.id for source in selection.sources)
    early = {i: room.blocks(spec, contexts[i], known) for i, spec in specs.items() if spec.name not in LATE}
    counted = number_sources([block for blocks in early.values() for block in blocks])
    return Draft(
        selection=selection, subject=subject, room=room, contexts=contexts, early=early, counted=counted
    )


def _numbered(draft: Draft) -> tuple[Numbering, _Bodies]:
    """How the sources of a memo are numbered, and the sections that tell of the numbers."""
    if draft.selection.citations is Citations.NUMBERED:
        return draft.counted, draft.late(draft.counted)
    unlisted: frozenset[str] = frozenset()
    while True:
        numbering = notes_first(draft.cited, draft.counted, unlisted)
        told = draft.late(numbering)
        without_text = numbering.noted - listed((*draft.early.values(), *told.values()))
        if not without_text:
            return numbering, told
        unlisted |= without_text  # no section lists them, so there is nothing to print as their notes


def listed(bodies: Iterable[Iterable[Block]]) -> frozenset[str]:
    """The sources that some sections list."""
    lists = (block for body in bodies for block in body if isinstance(block, SourceList))
    return frozenset(entry.source for found in lists for entry in found.entries)


def sections_of(memo: Memo) -> tuple[SectionSpec, ...]:
    """The sections of a memo: its own, else the ten that every memo has."""
    return memo.sections or tuple(SectionSpec(name=name) for name in DEFAULT_SECTIONS)


def templates_of(memo: Memo) -> tuple[str, ...]:
    """The names of the templates that `compose` runs for a memo; each may lead to others."""
    return (SUBJECT, FOOTER, *(template_name(spec.name) for spec in sections_of(memo)))


def pictures_of(memo: Memo, templates: SectionTemplates, pictures: Mapping[str, Image]) -> dict[str, Image]:
    """The pictures that a memo may show: those whose paths stand in its templates or in its own options."""
    if not pictures:
        return {}
    texts = [*templates.reached(templates_of(memo)).values()]
    texts += [text for spec in sections_of(memo) for text in spec.options.values()]
    return {name: picture for name, picture in pictures.items() if any(name in text for text in texts)}


def context_of(spec: SectionSpec, selection: Selection, subject: Words) -> Context:
    """What the template of a section sees."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What all sections of a memo are made with."""

    memo: Memo
    templates: SectionTemplates
    pictures: Mapping[str, Image]

    def blocks(self, spec: SectionSpec, context: Context, citable: frozenset[str]) -> tuple[Block, ...]:
        """The blocks of one section, which may cite and list the sources of `citable` alone."""
        name = template_name(spec.name)
        markdown = self.templates.render(name, context, memo=self.memo.id)
        which = "no other section cites" if spec.name in LATE else NOT_NAMED
        return blocks_in(markdown, name, self.memo, citable, which=which, pictures=self.pictures)


def blocks_in(
    markdown: str,
    name: str,
    memo: Memo,
    citable: frozenset[str],
    *,
    which: str = NOT_NAMED,
    pictures: Mapping[str, Image] = NO_PICTURES,
) -> tuple[Block, ...]:
    """The blocks of what a template made. Raises BriefbookError; `which` says why a source is not citable."""
    try:
        blocks = parse_section(markdown, pictures)
        for block in blocks:
            listed = {entry.source for entry in block.entries} if isinstance(block, SourceList) else set()
            cited = {s.source for i in inlines_of(block) if isinstance(i, Cite) for s in i.sources}
            for source in sorted((listed | cited) - citable):
                raise MarkupError(f"the section leads to source {source!r}, which {which}")
    except MarkupError as error:
        raise BriefbookError(_markup_problem(error, name, memo)) from error
    return blocks


def line_in(markdown: str, name: str, memo: Memo) -> Inlines:
    """The one line that the template `name` made. Raises BriefbookError."""
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
