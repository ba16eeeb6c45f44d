"""Selection → the subject and the body of the mail that brings an edition of a memo.

The body is an excerpt of the memo: its template takes whole sections of it, as the memo has them (title,
limit, what they leave out), and adds a few words on the edition. Citations stay in the tree, but print no
numbers: the list that those count stands in the memo. Of a picture it has the words: many programs for mail
show no drawing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from briefbook.composing.again import flagged
from briefbook.composing.compose import (
    LATE,
    NO_PICTURES,
    banner_for,
    blocks_in,
    check_lines,
    context_of,
    line_in,
    subject_of,
)
from briefbook.composing.passages import Finisher, Passage, number_sources, readings_of, rewritten
from briefbook.composing.portions import marked_blocks, with_banner
from briefbook.composing.sections import Context, IssuedNote, SectionTemplates, template_name
from briefbook.composing.spoken import spoken_in
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.document import (
    Block,
    Cite,
    Document,
    Figure,
    Heading,
    Image,
    Paragraph,
    Section,
    Text,
    facts_in,
    plain,
)
from briefbook.marking import Handling, Marking
from briefbook.memo import Memo, SectionSpec
from briefbook.outline import shown
from briefbook.selection import Selection, ShownMeeting, Since
from briefbook.since import knowing_then

SUBJECT = "mail/subject.md.j2"
BODY = "mail/body.md.j2"
NAME = "mail"  # of the body's sections in the document

Marked = tuple[ShownMeeting, Handling | None]  # with the markings of the edition that told it


def compose_letter(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    edition: IssuedNote,
    *,
    subject: str = SUBJECT,
    body: str = BODY,
    pictures: Mapping[str, Image] = NO_PICTURES,
    since: Since | None = None,
) -> tuple[str, Document]:
    """The subject line and the body of a mail, by two templates. Writers make text and HTML of the body.

    `since` is what changed since the edition that its reader got last; the mail is marked as high as that.
    `edition.made_for` is any aware instant; templates see it in `edition.zone`. Raises BriefbookError for a
    template's mistake, with its place.
    """
    templates.begin()
    note = replace(edition, made_for=edition.made_for.astimezone(ZoneInfo(edition.zone)))
    of_memo, selection = subject_of(knowing_then(selection, since), memo, templates)
    bare = Context(selection=selection, options={})
    context = replace(bare, subject=of_memo, edition=note, since=since)
    line = line_in(templates.render(subject, context, memo=memo.id), subject, memo)
    title = plain(line)

    def section(name: str) -> str:
        """The Markdown of one of the memo's sections."""
        if name in LATE:
            raise ValueError(f"section {name!r} tells of the memo's citations: it cannot stand in a mail")
        own = (spec for spec in memo.sections if spec.name == name)
        spec = next(own, SectionSpec(name=name))
        if spec.is_left_out:
            return ""
        return templates.render(
            template_name(name), context_of(spec, selection, templates.wording, of_memo), memo=memo.id
        )

    markdown = templates.render(body, replace(context, section=section), memo=memo.id)
    footer = line_in(templates.render("footer.md.j2", bare, memo=memo.id), "footer.md.j2", memo)
    citable = frozenset(source.id for source in selection.sources)
    made = blocks_in(markdown, body, memo, citable, pictures=pictures)
    blocks = tuple(shown(map(_told, flagged(made, check_lines(selection, memo, templates)))))
    if not blocks:
        where = Where(file=f"templates/{body}")
        hint = "a mail needs some words beside what is attached"
        raise BriefbookError(Problem(where=where, message=f"the mail is empty (memo {memo.id})", hint=hint))
    marked, found = _marked(finished(blocks, selection), memo, selection)
    letter = Document(
        memo=memo.id,
        title=title,
        language=selection.language,
        reference=selection.reference,
        author=str(selection.sender or ""),
        as_of=selection.as_of,
        known_by=selection.known_by,
        footer=plain(footer),
        page_of="",  # a mail has no pages
        spoken=spoken_in(templates.wording),
        sections=sections_by_heading(marked, NAME),
    )
    if selection.handling is not None:
        found += [*selection.handling.of(facts_in(line)), *selection.handling.of(facts_in(footer))]
    banner = banner_for(selection, memo, templates, pictures, found)
    if banner is None:
        return title, letter
    title = f"[{banner.text}] {title}"  # TLP 2.0 asks for it in the subject, and before what it marks
    return title, with_banner(replace(letter, title=title), banner)


def calendar_banner(
    selection: Selection,
    memo: Memo,
    templates: SectionTemplates,
    pictures: Mapping[str, Image],
    told: Iterable[ShownMeeting],
    before: Iterable[Marked],
) -> str:
    """The banner of the calendar that a mail brings: the memo's, and as high as the meetings in it.

    These are `told` now or were `before`. Empty in a book without marks.
    """
    marked = (*((meeting, selection.handling) for meeting in told), *before)
    more = [marking for meeting, handling in marked if handling for marking in handling.of([meeting.id])]
    banner = banner_for(selection, memo, templates, pictures, more)
    return banner.text if banner else ""


def _marked(blocks: list[Block], memo: Memo, selection: Selection) -> tuple[tuple[Block, ...], list[Marking]]:
    """Blocks with the marks of their portions: as high as any section is raised, as they may be from it."""
    raised = [marking for spec in memo.sections for marking in spec.markings]
    least = selection.handling.scheme.fold(raised) if selection.handling else None
    return marked_blocks(blocks, selection, least)


def _told(block: Block) -> Block:
    """A picture as its words and its caption."""
    if not isinstance(block, Figure):
        return block
    caption = (Text(text=" "), *block.caption) if block.caption else ()
    return Paragraph(children=(Text(text=block.alt), *caption))


def finished(blocks: tuple[Block, ...], selection: Selection) -> list[Block]:
    """Blocks with their citations numbered, in the order of the mail, and none of them shown."""
    numbering = replace(number_sources(blocks), main=None)
    finisher = Finisher(numbering=numbering, readings=readings_of(selection))
    return [rewritten(finisher.block(block), _unshown) for block in blocks]


def _unshown(passage: Passage) -> Passage:
    return [
        tuple(replace(i, shown=False) if isinstance(i, Cite) else i for i in inlines) for inlines in passage
    ]


def sections_by_heading(blocks: Iterable[Block], name: str) -> tuple[Section, ...]:
    """A section for each heading with what stands under it, as a reader who walks by headings expects."""
    parts: list[list[Block]] = []
    for block in blocks:
        if not parts or isinstance(block, Heading):
            parts.append([])
        parts[-1].append(block)
    return tuple(Section(name=name, blocks=tuple(part)) for part in parts)
