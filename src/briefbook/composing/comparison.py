"""Two selections of a memo → a document that tells what changed, for every writer.

It is made as a memo is: by a template, `comparison.md.j2`, from what both told. Citations stay in the tree,
but print no numbers, as there is no list that they would lead to.
"""

from dataclasses import replace

from briefbook.composing.compose import blocks_in, subject_of
from briefbook.composing.letter import finished, sections_by_heading
from briefbook.composing.portions import SUBJECT_ID, marked_blocks, with_banner
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.spoken import spoken_in
from briefbook.document import Document
from briefbook.facts import Wording
from briefbook.marking import banner_of
from briefbook.memo import ForumScope, Memo
from briefbook.outline import outlined
from briefbook.selection import Changes, ComparedSide, Selection, Since
from briefbook.since import knowing_then, markings_of

TEMPLATE = "comparison.md.j2"


def compared(
    before: Selection,
    after: Selection,
    told: Changes,
    sides: tuple[ComparedSide, ComparedSide],
    templates: SectionTemplates,
) -> Document:
    """The document that tells what changed. Raises BriefbookError for a template's mistake."""
    markings = markings_of(told, before)
    since = Since(number=sides[0].number or 0, as_of=before.as_of, changes=told, markings=markings)
    templates.begin()
    memo = Memo(id=after.memo, title=Wording(texts={}), scope=ForumScope(forums=()))
    subject, selection = subject_of(knowing_then(replace(after, since=since)), memo, templates)
    context = Context(selection=selection, options={}, subject=subject, sides=sides)
    markdown = templates.render(TEMPLATE, context, memo=after.memo)
    citable = frozenset(source.id for source in selection.sources)
    made = finished(blocks_in(markdown, TEMPLATE, memo, citable), selection)
    blocks, found = marked_blocks(made, selection, None)
    say = templates.wording.say
    document = Document(
        memo=after.memo,
        title=say("What changed: %(subject)s", subject=str(subject)),
        language=selection.language,
        reference=selection.reference,
        author=str(selection.sender or ""),
        as_of=selection.as_of,
        known_by=selection.known_by,
        footer=say(
            "%(reference)s · as of %(day)s", reference=selection.reference, day=selection.as_of.isoformat()
        ),
        page_of="",  # it is made for the screen
        spoken=spoken_in(templates.wording),
        sections=sections_by_heading(blocks, "changes"),
    )
    handling = selection.handling
    if handling is None:
        return outlined(document)
    whole = handling.scheme.fold([handling.own, *handling.of([SUBJECT_ID]), *found])
    assert whole is not None
    return outlined(with_banner(document, banner_of(handling.scheme, whole)))
