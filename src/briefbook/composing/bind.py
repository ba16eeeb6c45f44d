"""Drafts of memos → a binder: one numbering of sources through the whole, a cover, an index.

Pure. The pages are the writers' business.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from briefbook.binder import Binder, IndexEntry, IndexGroup, Tab
from briefbook.composing.compose import Draft, Room, context_of, listed
from briefbook.composing.passages import Finisher, NoteHanger, Numbering, notes_first, readings_of, rewritten
from briefbook.composing.portions import marked_blocks, with_banner
from briefbook.composing.sections import NumberedSource, SectionTemplates
from briefbook.composing.spoken import spoken_in
from briefbook.composing.wording import Wording
from briefbook.document import (
    MARKING,
    Block,
    Citations,
    Document,
    Field,
    Fields,
    Heading,
    Inline,
    Inlines,
    Link,
    Paragraph,
    Section,
    SourceList,
    Text,
    facts_of,
    plain,
)
from briefbook.facts import Facts, Forum, Person
from briefbook.facts import Wording as Wordings
from briefbook.frozen import changing, frozen
from briefbook.handling import Marker
from briefbook.index import Index
from briefbook.marking import Handling, Marking, banner_of
from briefbook.memo import ForumScope, Memo, SectionSpec, Settings
from briefbook.outline import DEEPEST, outlined_blocks
from briefbook.selection import Selection, ShownWithdrawal

SOURCES = SectionSpec(name="sources")


@frozen
class Request:
    """What a bound book is called, and under which name it is filed."""

    name: str
    title: str
    language: str | None = None  # of the title, where it is not the book's


def bind(
    request: Request,
    drafts: Sequence[Draft],
    settings: Settings,
    index: Index,
    templates: SectionTemplates,
    selections: Sequence[Selection],
) -> Binder:
    """Bind drafts of memos, at least one, in their order, in the language of `templates`.

    `selections` are those of the drafts in that language. Raises BriefbookError for a template's mistake.
    """
    binding = _Binding(request=request, drafts=drafts, templates=templates, selection=_union(selections))
    numbering, listing = binding.numbered(settings.citations)
    marked, found = marked_blocks(listing, binding.selection, None)
    sources = tuple(_deeper(outlined_blocks(marked)))
    hanger = NoteHanger(numbering.noted)
    wording = templates.wording
    anchors = _Anchors(index.facts)
    gone = frozenset(source.id for source in binding.selection.withdrawn)
    tabs: list[Tab] = []
    for number, draft in enumerate(drafts, 1):
        own = _own_numbering(draft, numbering)
        document = draft.document(own, draft.late(own), hanger)
        label = wording.label("Tab %(number)s", number=number)
        own_tongue = label.language or wording.language
        foreign = None if document.language == own_tongue else own_tongue
        begin = Text(text=f"{label.text} · ", language=foreign)
        title = document.title[:1].upper() + document.title[1:]  # it begins a line of the contents
        tabs.append(Tab(label=label.text, title=title, document=_as_tab(document, begin, anchors, gone)))
        found += [document.banner.marking] if document.banner else []
    tabs = _told_apart(tabs)
    cover = binding.cover(settings, numbering)
    handling = binding.selection.handling
    if handling is not None:
        found += anchors.markings(settings, index, binding.selection.known_by)
        whole = handling.scheme.fold([handling.own, *found])
        assert whole is not None
        cover = with_banner(cover, banner_of(handling.scheme, whole))
    return Binder(
        cover=cover,
        contents_title=wording.label("Contents"),
        tabs=tuple(tabs),
        sources=Section(name=SOURCES.name, blocks=sources) if sources else None,
        index_title=wording.label("Index"),
        index=anchors.index(wording),
        said_of_page=wording.say("page %(page)s", page="{page}"),
    )


# ------------------------------------------------------------------------------------- one numbering


@frozen
class _Binding:
    """What all of a bound book is made from."""

    request: Request
    drafts: Sequence[Draft]
    templates: SectionTemplates
    selection: Selection  # of all memos together

    @property
    def room(self) -> Room:
        """Where the sections are made that belong to no memo."""
        memo = Memo(id=self.request.name, title=Wordings(texts={}), scope=ForumScope(forums=()))
        return Room(memo=memo, templates=self.templates, pictures={})

    def numbered(self, citations: Citations) -> tuple[Numbering, tuple[Block, ...]]:
        """The book's numbering, and its list of sources."""
        unlisted: frozenset[str] = frozenset()
        while True:
            noted: dict[str, None] = {}
            if citations is not Citations.NUMBERED:
                for draft in self.drafts:
                    numbering = notes_first(draft.cited, draft.counted, unlisted)
                    noted.update((id_, None) for id_ in numbering.numbers if id_ in numbering.noted)
            order = dict.fromkeys([*noted, *(id_ for draft in self.drafts for id_ in draft.counted.numbers)])
            numbers = {id_: number for number, id_ in enumerate(order, 1)}
            numbering = Numbering(numbers=numbers, noted=frozenset(noted))
            blocks = self._sources(numbering)
            without_text = numbering.noted - listed([blocks])
            if not without_text:
                return numbering, blocks
            unlisted |= without_text

    def _sources(self, numbering: Numbering) -> tuple[Block, ...]:
        """The list of sources, as the section of that name makes it."""
        known = {source.id: source for source in self.selection.sources}
        sources = tuple(NumberedSource(number=n, source=known[id_]) for id_, n in numbering.numbers.items())
        context = replace(
            context_of(SOURCES, self.selection, self.templates.wording, self.selection.title), sources=sources
        )
        finisher = Finisher(numbering=numbering, readings=readings_of(self.selection))
        blocks = self.room.blocks(SOURCES, context, frozenset(numbering.numbers))
        return tuple(map(finisher.block, blocks))

    def cover(self, settings: Settings, numbering: Numbering) -> Document:
        """The cover, as the document that speaks for the whole."""
        selection, wording, request = self.selection, self.templates.wording, self.request
        say, label, iso = wording.say, wording.label, selection.as_of.isoformat()
        later = selection.known_by != selection.as_of
        rows = (
            _row(label("To"), _words(settings.to, wording)),
            _row(label("From"), _words(settings.sender, wording)),
            _row(label("As of"), Text(text=wording.day(selection.as_of))),
            _row(label("Known by"), Text(text=wording.day(selection.known_by)) if later else None),
            _row(label("Memos"), Text(text=str(len(self.drafts)))),
            _row(label("Sources"), Text(text=str(len(numbering.numbers)))),
        )
        fields = Fields(rows=tuple(row for row in rows if row is not None))
        heading = Heading(level=1, children=(Text(text=request.title, language=request.language),))
        kind = Paragraph(children=(label("Briefing book"),))
        return Document(
            memo=request.name,
            title=request.title,
            language=wording.language,
            reference=request.name,
            author=settings.sender.best(wording.language)[1] if settings.sender else "",
            as_of=selection.as_of,
            known_by=selection.known_by,
            footer=say("%(reference)s · as of %(day)s", reference=request.title, day=iso),
            page_of=say("%(page)s of %(pages)s", page="{page}", pages="{pages}"),
            sections=(Section(name="header", blocks=(heading, kind, fields)),),
            citations=settings.citations,
            notes_title=say("Notes") if settings.citations is Citations.ENDNOTES else "",
            spoken=spoken_in(wording),
        )


def _row(label: Text, value: Text | None) -> Field | None:
    return None if value is None else Field(label=(label,), value=(value,))


def _words(wording: Wordings | None, said_in: Wording) -> Text | None:
    """A text in the best language that it has, tagged where that is another one."""
    if wording is None:
        return None
    own, text = wording.best(said_in.language)
    return Text(text=text, language=None if own == said_in.language else own)


def _own_numbering(draft: Draft, whole: Numbering) -> Numbering:
    """The book's numbers of a memo's sources, in their order."""
    own = sorted(draft.counted.numbers, key=whole.numbers.__getitem__)
    return replace(draft.counted, numbers={id_: whole.numbers[id_] for id_ in own})


def _union(selections: Sequence[Selection]) -> Selection:
    """All that the list of sources tells of, from every memo once."""
    first = selections[0]
    sources = {source.id: source for selection in reversed(selections) for source in selection.sources}
    earlier = {meeting.id: meeting for selection in selections for meeting in selection.earlier}
    unconfirmed = {meeting.id: meeting for selection in selections for meeting in selection.long_unconfirmed}
    withdrawn: dict[str, ShownWithdrawal] = {}
    for source in (source for selection in selections for source in selection.withdrawn):
        if source.id not in withdrawn or source.fallen:
            withdrawn[source.id] = source
    return replace(
        first,
        handling=_handled([selection.handling for selection in selections if selection.handling]),
        sources=tuple(sources.values()),
        earlier=tuple(earlier.values()),
        long_unconfirmed=tuple(unconfirmed.values()),
        withdrawals=tuple(withdrawn.values()) or None,
    )


def _told_apart(tabs: Sequence[Tab]) -> list[Tab]:
    """Tabs of one title with what they are behind it: a briefing memo, a read-ahead."""
    alike = Counter(tab.title for tab in tabs)
    named = {tab.label: f"{tab.title} · {_kind_of(tab)}" for tab in tabs if alike[tab.title] > 1}
    return [replace(tab, title=named.get(tab.label, tab.title)) for tab in tabs]


def _kind_of(tab: Tab) -> str:
    first = next(block for section in tab.document.sections for block in section.blocks)
    words = plain(first.children) if isinstance(first, Heading) else ""
    return words.removeprefix(f"{tab.label} · ")


def _handled(handlings: Sequence[Handling]) -> Handling | None:
    """How the list of sources is to be handled: each fact as high as any memo has it."""
    if not handlings:
        return None
    scheme = handlings[0].scheme
    found: defaultdict[str, list[Marking]] = defaultdict(list)
    for handling in handlings:
        for id_, marking in handling.facts.items():
            found[id_].append(marking)
    facts = {id_: whole for id_, some in found.items() if (whole := scheme.fold(some)) is not None}
    own = scheme.fold(handling.own for handling in handlings)
    assert own is not None
    return Handling(scheme=scheme, own=own, facts=facts, names={})


# ------------------------------------------------------------------------------------- a memo as a tab


def _as_tab(document: Document, begin: Text, anchors: "_Anchors", gone: frozenset[str]) -> Document:
    """A memo as a part of the book.

    Its headings stand a level deeper, its label before the first; its texts have anchors, its list is gone,
    and with it what it says of the sources `gone`, which were withdrawn: the book's list says it once. The
    marking that stood first in it stands first in the book.
    """
    own = (section for section in document.sections if section.name != MARKING)
    sections = [
        replace(
            section, blocks=_unlisted(section.blocks, gone if section.name == SOURCES.name else frozenset())
        )
        for section in own
    ]
    blocks = [block for section in sections for block in section.blocks]
    if not blocks or not isinstance(blocks[0], Heading):
        title = Heading(level=1, children=(Text(text=document.title),))
        sections = [Section(name="title", blocks=(title,)), *sections]
    made: list[Section] = []
    for section in sections:
        deeper = _deeper(section.blocks)
        if not made and deeper and isinstance(deeper[0], Heading):
            first = deeper[0]
            deeper = [replace(first, children=(begin, *first.children)), *deeper[1:]]
        if deeper:
            made.append(replace(section, blocks=tuple(anchors.block(block) for block in deeper)))
    return replace(document, sections=tuple(made))


def _unlisted(blocks: tuple[Block, ...], gone: frozenset[str]) -> tuple[Block, ...]:
    """Blocks without lists of sources, nor paragraphs on those `gone`; nothing where headings alone stay."""
    rest = tuple(block for block in blocks if not isinstance(block, SourceList) and not _is_on(block, gone))
    if len(rest) < len(blocks) and all(isinstance(block, Heading) for block in rest):
        return ()
    return rest


def _is_on(block: Block, sources: frozenset[str]) -> bool:
    """Whether a paragraph tells of some sources and of no other fact."""
    return isinstance(block, Paragraph) and bool(facts := facts_of(block)) and facts <= sources


def _deeper(blocks: Iterable[Block]) -> list[Block]:
    """Blocks with their headings a level deeper."""
    return [
        replace(block, level=min(block.level + 1, DEEPEST)) if isinstance(block, Heading) else block
        for block in blocks
    ]


# ------------------------------------------------------------------------------------- the index


@changing
class _Anchors:
    """Numbers the texts that show facts of people and forums, and knows whose they are."""

    facts: Facts
    _subjects: Mapping[str, tuple[str, ...]] = field(init=False)
    _spelled: Mapping[tuple[str, str], str] = field(init=False)
    _found: dict[str, list[int]] = field(init=False)
    _count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._subjects = _subjects_of(self.facts)
        self._spelled = _spellings_of(self.facts)
        self._found = defaultdict(list)

    def block(self, block: Block) -> Block:
        """The next block, in reading order, with anchors on its texts."""
        return rewritten(block, lambda passage: [self._inlines(inlines) for inlines in passage])

    def _inlines(self, inlines: Inlines) -> Inlines:
        return tuple(map(self._inline, inlines))

    def _inline(self, inline: Inline) -> Inline:
        match inline:
            case Text():
                return self._text(inline)
            case Link():
                return replace(inline, children=tuple(map(self._text, inline.children)))
            case _:
                return inline

    def _text(self, text: Text) -> Text:
        if text.origin is None:
            return text
        subjects = self._subjects.get(text.origin.fact, ())
        person = self._spelled.get((text.origin.fact, text.text))
        if person is not None:
            subjects = (*subjects, person)
        if not subjects:
            return text
        self._count += 1
        for subject in subjects:
            self._found[subject].append(self._count)
        return replace(text, anchor=self._count)

    def index(self, wording: Wording) -> tuple[IndexGroup, ...]:
        """The index of all that was found, in the order of the language."""
        groups: tuple[tuple[Text, Mapping[str, Person] | Mapping[str, Forum]], ...] = (
            (wording.label("People"), self.facts.people),
            (wording.label("Forums"), self.facts.forums),
        )
        made = []
        for title, kind in groups:
            entries = [self._entry(fact, wording.language) for id_, fact in kind.items() if self._found[id_]]
            if entries:
                entries.sort(key=lambda entry: wording.grammar.sort_key(entry.words))
                made.append(IndexGroup(title=title, entries=tuple(entries)))
        return tuple(made)

    def markings(self, settings: Settings, index: Index, known_by: date) -> list[Marking]:
        """What the names in the index carry: a memo need not name each forum that it shows a fact of."""
        assert settings.marking is not None
        marker, published = Marker(self.facts, settings.marking), index.published

        def counts(source: str) -> bool:
            return source in published and published[source].counts_from <= known_by

        marked = (marker.fact(id_, counts) for id_, anchors in self._found.items() if anchors)
        return [marking for marking in marked if marking is not None]

    def _entry(self, fact: Person | Forum, language: str) -> IndexEntry:
        anchors = tuple(self._found[fact.id])
        if isinstance(fact, Person):
            return IndexEntry(words=fact.name, language=None, anchors=anchors)
        own, words = fact.name.best(language)
        return IndexEntry(words=words, language=None if own == language else own, anchors=anchors)


def _subjects_of(facts: Facts) -> dict[str, tuple[str, ...]]:
    """The people and forums that each fact is a fact of: what shows it is indexed under them.

    A forum has its meetings, priorities and background points; a person's name, and what a point is about.
    """
    indexed = facts.people.keys() | facts.forums.keys()
    subjects: dict[str, tuple[str, ...]] = {id_: (id_,) for id_ in indexed}
    subjects |= {id_: (meeting.forum,) for id_, meeting in facts.meetings.items()}
    subjects |= {id_: (priority.forum,) for id_, priority in facts.priorities.items()}
    for id_, point in facts.background.items():
        about = (named for named in (*point.forums, *point.about) if named in indexed)
        subjects[id_] = tuple(dict.fromkeys(about))
    return subjects


def _spellings_of(facts: Facts) -> dict[tuple[str, str], str]:
    """People who stand in a meeting under a spelling of its own source, by meeting and spelling."""
    return {
        (meeting.id, participation.spelled): participation.person
        for meeting in facts.meetings.values()
        for statement in meeting.statements
        for participation in statement.participants
        if participation.spelled and participation.person
    }
