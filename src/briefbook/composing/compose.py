"""Selection → document: runs a memo's sections and puts what they made together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace

from briefbook.composing.again import CHECK_AGAIN, flagged
from briefbook.composing.items import narrowed, reduced, unlisted
from briefbook.composing.markup import MarkupError, parse_line, parse_section
from briefbook.composing.paper import filled, numbered, with_tied_tabs
from briefbook.composing.passages import (
    Finisher,
    NoteHanger,
    Numbering,
    notes_first,
    number_sources,
    readings_of,
)
from briefbook.composing.portions import handled, knowing_subject
from briefbook.composing.sections import Context, NumberedSource, SectionTemplates, template_name
from briefbook.composing.spoken import spoken_in
from briefbook.composing.wording import Wording
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.document import (
    Block,
    Citations,
    Cite,
    Document,
    Image,
    Inlines,
    LeftOut,
    Section,
    SourceList,
    inlines_of,
    plain,
)
from briefbook.facts import Wording as Texts
from briefbook.frozen import changed, frozen
from briefbook.marking import Banner, Marking, raised
from briefbook.marks import sources_in
from briefbook.memo import DEFAULT_SECTIONS, Memo, SectionSpec
from briefbook.outline import outlined
from briefbook.selection import Selection, Words
from briefbook.since import knowing_then

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
    left_out: Sequence[LeftOut] = (),
) -> Document:
    """Make the document of a memo without what is `left_out`; it may show `pictures` by their names.

    Raises BriefbookError for a template's mistake, with its place.
    """
    draft = drafted(selection, memo, templates, pictures, left_out)
    numbering, told = _numbered(draft)
    return draft.document(numbering, told, NoteHanger(numbering.noted))


def banner_for(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    pictures: Mapping[str, Image] = NO_PICTURES,
    more: Iterable[Marking] = (),
) -> Banner | None:
    """The banner of a memo's document, which a mail that brings it has too; None in a book without marks.

    `more` are the markings of what the mail shows besides: it is never lower than these.
    """
    if selection.handling is None:
        return None
    banner = compose(selection, memo, templates, pictures).banner
    assert banner is not None
    return raised(banner, selection.handling.scheme, more)


@frozen
class Draft:
    """A memo but for the numbers of its sources, and for the sections that tell of these."""

    selection: Selection
    subject: Words
    room: "Room"
    contexts: Mapping[int, Context]  # of the sections, by their place in the memo
    early: _Bodies
    counted: Numbering  # as the memo alone would be numbered
    left_out: tuple[LeftOut, ...]  # so that the memo keeps to the length that it promises

    @property
    def cited(self) -> list[Block]:
        """The blocks that cite, in reading order."""
        return [block for blocks in self.early.values() for block in blocks]

    def late(self, numbering: Numbering) -> _Bodies:
        """The sections that tell of the citations of all others."""
        shown = {source.id: source for source in self.selection.sources}
        if numbering.main is not None and numbering.main_target is not None:
            shown[numbering.main] = replace(shown[numbering.main], opens=numbering.main_target)
        numbers, specs = numbering.numbers, _specs_of(self.room.memo)
        sources = tuple(NumberedSource(number=number, source=shown[id_]) for id_, number in numbers.items())
        main = numbering.main_number
        contexts = {i: c for i, c in self.contexts.items() if i not in self.early}
        told = {i: changed(context, sources=sources, main_source=main) for i, context in contexts.items()}
        return {i: self.room.blocks(specs[i], told[i], frozenset(numbers)) for i in sorted(told)}

    def document(self, numbering: Numbering, told: _Bodies, hanger: NoteHanger) -> Document:
        """The finished document, with the sections that `late` made."""
        selection, room = self.selection, self.room
        footer = line_in(
            room.templates.render(FOOTER, Context(selection=selection, options={}), memo=room.memo.id),
            FOOTER,
            room.memo,
        )
        say = room.templates.wording.say
        sections = self._sections(numbering, told, hanger)
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
            sections=tuple(sections.values()),
            citations=selection.citations,
            notes_title=say("Notes") if selection.citations is Citations.ENDNOTES else "",
            left_out=self.left_out,
            spoken=spoken_in(room.templates.wording),
        )
        if room.memo.is_numbered:
            document = numbered(document, LATE)
        edges = room.memo.furniture
        if edges:
            document = replace(document, furniture=filled(edges, document, room.templates.wording))
        specs = _specs_of(room.memo)
        document = handled(document, selection, [specs[place].markings for place in sections], footer)
        if selection.own.tabs:
            document = with_tied_tabs(document, say("Tab"), [tab.tab for tab in selection.own.tabs])
        return outlined(document)

    def _sections(self, numbering: Numbering, told: _Bodies, hanger: NoteHanger) -> dict[int, Section]:
        """The finished sections by their place in the memo, but for those that came out empty."""
        finisher = Finisher(numbering=numbering, readings=readings_of(self.selection))
        early = self.early.items()
        bodies = {i: tuple(hanger.block(finisher.block(block)) for block in blocks) for i, blocks in early}
        bodies |= {i: tuple(finisher.block(block) for block in blocks) for i, blocks in told.items()}
        return {
            i: Section(name=spec.name, blocks=bodies[i], together=spec.together, place=i)
            for i, spec in _specs_of(self.room.memo).items()
            if bodies[i]
        }


def drafted(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    pictures: Mapping[str, Image] = NO_PICTURES,
    left_out: Sequence[LeftOut] = (),
) -> Draft:
    """Make the sections of a memo that cite. Raises BriefbookError as `compose` does."""
    templates.begin()
    memo, selection = reduced(memo, left_out), knowing_then(selection)
    again = check_lines(selection, memo, templates)
    room = Room(memo=memo, templates=templates, pictures=pictures, again=again)
    subject, selection = subject_of(selection, memo, templates)
    specs = _specs_of(memo)
    contexts = {i: context_of(spec, selection, templates.wording, subject) for i, spec in specs.items()}
    known = frozenset(source.id for source in selection.sources)
    early = {i: room.blocks(spec, contexts[i], known) for i, spec in specs.items() if spec.name not in LATE}
    counted = number_sources([block for blocks in early.values() for block in blocks])
    return Draft(
        selection=selection,
        subject=subject,
        room=room,
        contexts=contexts,
        early=early,
        counted=counted,
        left_out=tuple(left_out),
    )


def check_lines(selection: Selection, memo: Memo, templates: SectionTemplates) -> dict[str, Inlines]:
    """The lines beside words that are to be checked again, by their slots. Raises BriefbookError."""
    lines = {}
    for each in selection.again or ():
        context = Context(selection=selection, options={}, changed=each.facts)
        markdown = templates.render(CHECK_AGAIN, context, memo=memo.id)
        lines[each.slot] = line_in(markdown, CHECK_AGAIN, memo)
    return lines


def subject_of(selection: Selection, memo: Memo, templates: SectionTemplates) -> tuple[Words, Selection]:
    """The subject of a memo, and the selection that knows its marking. Raises BriefbookError."""
    context = Context(selection=selection, options={})
    line = line_in(templates.render(SUBJECT, context, memo=memo.id), SUBJECT, memo)
    return knowing_subject(selection, line)


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


def _specs_of(memo: Memo) -> dict[int, SectionSpec]:
    """The sections that are made, by their place among those of the memo."""
    return {i: spec for i, spec in enumerate(sections_of(memo)) if not spec.is_left_out}


def templates_of(memo: Memo) -> tuple[str, ...]:
    """The names of the templates that `compose` runs for a memo; each may lead to others."""
    return (SUBJECT, FOOTER, *(template_name(spec.name) for spec in sections_of(memo)))


def pictures_of(memo: Memo, templates: SectionTemplates, pictures: Mapping[str, Image]) -> dict[str, Image]:
    """The pictures that a memo may show: those whose paths stand in its templates or in its own options."""
    named = pictures_named(memo, templates, pictures)
    return {name: picture for name, picture in pictures.items() if name in named}


def pictures_named(memo: Memo, templates: SectionTemplates, names: Collection[str]) -> frozenset[str]:
    """Those of some names of pictures that stand in a memo's templates or in its own options."""
    if not names:
        return frozenset()
    texts = [*templates.reached(templates_of(memo)).values()]
    options = (option for spec in sections_of(memo) for option in spec.options.values())
    texts += [text for option in options for text in option.texts.values()]
    return frozenset(name for name in names if any(name in text for text in texts))


def context_of(spec: SectionSpec, selection: Selection, wording: Wording, subject: Words) -> Context:
    """What the template of a section sees."""
    language = selection.language

    def best(option: Texts) -> Words:
        own, text = option.best(language)
        return Words(text, None, None if own == language else own)

    title = None
    if spec.title:
        own, text = wording.titled(spec.title)
        title = Words(text, None, None if own == language else own)
    return Context(
        selection=narrowed(selection, spec),
        title=title,
        limit=spec.limit,
        left_out=unlisted(selection, spec),
        options={name: best(option) for name, option in spec.options.items()},
        subject=subject,
    )


@frozen
class Room:
    """What all sections of a memo are made with."""

    memo: Memo
    templates: SectionTemplates
    pictures: Mapping[str, Image]
    again: Mapping[str, Inlines] = field(default_factory=dict)  # by slot what stands beside its words

    def blocks(self, spec: SectionSpec, context: Context, citable: frozenset[str]) -> tuple[Block, ...]:
        """The blocks of one section, which may cite and list the sources of `citable` alone."""
        name = template_name(spec.name)
        markdown = self.templates.render(name, context, memo=self.memo.id)
        which = "no other section cites" if spec.name in LATE else NOT_NAMED
        blocks = blocks_in(markdown, name, self.memo, citable, which=which, pictures=self.pictures)
        return flagged(blocks, self.again)


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
        if citable.issuperset(sources_in(markdown)):
            return blocks
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
