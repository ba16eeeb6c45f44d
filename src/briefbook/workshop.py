"""Where memos are made, in memory: select → compose → write, in this process or in several."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path

from briefbook.binder import Binder
from briefbook.catalogues import texts_in
from briefbook.checks.markings import crowding
from briefbook.checks.templates import undrawable
from briefbook.checks.texts import all_faces
from briefbook.composing.bind import Request, bind
from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.composing.compose import Draft, drafted, pictures_of, templates_of
from briefbook.composing.confined import Confinement, templates_in
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.telling import told_by
from briefbook.composing.wording import wording_of
from briefbook.dates import Day as Day
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import Document, LeftOut
from briefbook.files import own_folder
from briefbook.frozen import changed, frozen
from briefbook.index import Index, indexed
from briefbook.inputs import Inputs, asks_for_previous, inputs_of, to_bytes, tool_identity
from briefbook.keeping import among_last
from briefbook.look import look_of
from briefbook.memo import Book, Memo
from briefbook.memo_languages import language_of
from briefbook.promise import Kept, kept
from briefbook.readers.book_files import PROFILES_FOLDER, TEMPLATES_FOLDER
from briefbook.readers.read_trust import confinement_of
from briefbook.resting import with_resting
from briefbook.select import selected
from briefbook.selection import Rested, Selection
from briefbook.showing import View
from briefbook.since import Previous, with_previous
from briefbook.store import Sealed, sealed
from briefbook.tool import shipped_templates
from briefbook.user_cache import user_cache
from briefbook.writers import WRITERS
from briefbook.writers.faces import FaceSet
from briefbook.writers.theme import Theme, files_of


@frozen
class Rendered:
    """The bytes of one memo by format and what they were made from, or the problems that stopped it."""

    memo: str
    day: Day
    stem: str = ""  # of its files' names, where that is not the memo's id
    outputs: dict[str, bytes] = field(default_factory=dict)
    inputs: bytes = b""  # as `inputs.to_bytes` has them
    files: tuple[bytes, ...] = ()  # the user's own that the look holds
    sealed: tuple[Sealed, ...] = ()  # outputs and inputs as the store keeps them, where that is done already
    digest: str = ""
    substance: str = ""
    tool: str = ""
    left_out: tuple[LeftOut, ...] = ()  # so that it keeps to the length that it promises
    problems: tuple[Problem, ...] = ()
    trace: str = ""  # where in the program it went wrong, if the mistake is briefbook's own

    @property
    def kept(self) -> tuple[bytes | Sealed, ...]:
        """What the store keeps of a memo that was made: its files, what they were made from, the look's."""
        if not self.outputs:
            return ()
        return (*(self.sealed or self._to_seal), *self.files)

    @property
    def _to_seal(self) -> tuple[bytes, ...]:
        return (*self.outputs.values(), self.inputs)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each output, in order, and of the inputs: those that they were sealed by, if any.

        Whoever made and sealed them is believed, as it is with the bytes themselves.
        """
        if self.sealed:
            return tuple([each.sha256 for each in self.sealed])
        return tuple([sha256(data).hexdigest() for data in self._to_seal])

    def ready_to_keep(self) -> "Rendered":
        """The same, sealed for the store by whoever made it; the look's files are kept already as a rule."""
        return changed(self, sealed=tuple(map(sealed, self._to_seal))) if self.outputs else self


@frozen
class Written:
    """One memo: what it is made from, its document, and the bytes of its files by format."""

    inputs: Inputs
    document: Document
    outputs: dict[str, bytes]


@frozen
class Task:
    """A memo to make as of a day, in some formats."""

    memo: Memo
    day: Day
    formats: tuple[str, ...]
    previous: Previous | None = None  # the edition before, where the memo asks for it and there is one
    again: Selection | None = None  # what the same edition told, where it is made once more
    rested: tuple[Rested, ...] = ()  # what the memo's slots rest on, as the edition before noted it
    selection: Selection | None = None  # what it shows, where that is known: the facts are not asked again


_MOST_THEMES = 64  # that are kept: a book may have as many as memos


def silent() -> None:
    """Tell nobody how far a work is."""


class Workshop:
    """A book's templates and theme, made ready once and used for every memo of a pass."""

    def __init__(
        self, book: Book, templates: Path | None = None, confinement: Confinement | None = None
    ) -> None:
        """`templates`: the folder of the book's own, where that is another than in the book.

        `confinement`: what they are held to, where somebody else has asked the user's settings already.
        """
        self.book = book
        self._confinement = confinement or partial(confinement_of, Path(book.root))
        self._own_templates = templates or Path(book.root) / TEMPLATES_FOLDER
        self.theme = replace(look_of(book).theme, logo=None)  # of letters: a mail carries no pictures
        self._themes: dict[str, Theme] = {}
        self._templates: dict[tuple[str, str | None], SectionTemplates] = {}
        self._compiled: dict[str, CompiledTemplates] = {}  # by language

    @cached_property
    def _index(self) -> Index:
        return indexed(self.book.facts)

    @cached_property
    def _faces(self) -> tuple[FaceSet, ...]:
        return all_faces(self.book)

    def theme_of(self, memo: Memo) -> Theme:
        """The look of a memo: most of a book's memos have one in common."""
        asked = repr((memo.theme, memo.house, memo.language, memo.profile))  # without the places in its file
        return among_last(self._themes, asked, lambda: look_of(self.book, memo).theme, _MOST_THEMES)

    def templates(self, language: str, profile: str | None = None) -> SectionTemplates:
        """The section templates in a language: a profile's before others, the book's before the shipped."""
        asked = language, profile
        if asked not in self._templates:
            own_folder(Path(self.book.root), TEMPLATES_FOLDER)  # raises where a link leads out of the book
            roots = [self._own_templates, shipped_templates()]
            if profile is not None:
                own_folder(Path(self.book.root), f"{TEMPLATES_FOLDER}/{PROFILES_FOLDER}/{profile}")
                roots = [*(root / PROFILES_FOLDER / profile for root in roots), *roots]
            catalogues = self.catalogues(language)
            if language not in self._compiled:
                self._compiled[language] = _compiled(language, catalogues)
            self._templates[asked] = templates_in(
                roots,
                wording_of(language, catalogues),
                catalogues=catalogues,
                compiled=self._compiled[language],
                confinement=self._confinement,
            )
        return self._templates[asked]

    def catalogues(self, language: str) -> tuple[str, ...]:
        """The texts of the .po files of a language."""
        return texts_in(language, self.book.catalogues)

    def select(self, memo: Memo, day: Day, rested: Sequence[Rested] = ()) -> Selection:
        """What a memo shows as of a day; `rested`: on what its slots rest, as the edition before noted."""
        book = self.book
        view = View(
            index=self._index,
            day=day.as_of,
            known_by=day.known_by,
            language=language_of(memo, book.settings),
            archive=book.settings.archive,
        )
        return with_resting(selected(view, book.settings, memo), memo, view, rested)

    def document(self, memo: Memo, day: Day) -> Document:
        """The document of a memo as of a day, also where it breaks its promise of length.

        Raises BriefbookError for a template's mistake.
        """
        return self._promise(memo, self.inputs(memo, day)).document

    def _promise(self, memo: Memo, inputs: Inputs) -> Kept:
        templates = self.templates(inputs.selection.language, memo.profile)
        return kept(memo, inputs.selection, templates, inputs.theme, inputs.pictures or {})

    def composed(self, task: Task) -> tuple[Inputs, Document]:
        """What a memo is made from, and its document as it keeps its promise.

        Raises BriefbookError for a template's mistake, and for all that stops a document from being written.
        """
        memo = task.memo
        inputs = self.inputs(memo, task.day, task.previous, task.again, task.rested, task.selection)
        promise = self._promise(memo, inputs)
        problems = (
            *promise.problems(memo),
            *undrawable(promise.document, memo, self.book, self._faces),
            *crowding(promise.document.banner, inputs.theme, self.book),
        )
        if problems:
            raise BriefbookError(*problems)
        return inputs, promise.document

    def inputs(
        self,
        memo: Memo,
        day: Day,
        previous: Previous | None = None,
        again: Selection | None = None,
        rested: Sequence[Rested] = (),
        selection: Selection | None = None,
    ) -> Inputs:
        """Everything that decides the bytes of a memo.

        What it tells of the edition before comes of `previous`, or is as the same edition had it in `again`.
        `selection` is what `select` gave, where that was asked already.
        """
        if selection is None:
            selection = self.select(memo, day, rested)
        templates = self.templates(selection.language, memo.profile)
        if again is not None:
            selection = replace(selection, since=again.since)
        elif previous is not None:
            told = partial(told_by, memo, templates)
            selection = with_previous(selection, previous, told_by=told, is_variant=memo.is_variant)
        pictures = self.book.pictures
        return inputs_of(
            selection,
            memo,
            templates,
            self.theme_of(memo),
            tool_identity(),
            pictures=pictures,
            catalogues=self.catalogues(selection.language),
        )

    def asks_for_previous(self, memo: Memo) -> bool:
        """Whether any template of a memo tells what changed since the edition before."""
        templates = self.templates(language_of(memo, self.book.settings), memo.profile)
        return asks_for_previous(templates.reached(templates_of(memo)))

    def binder(
        self,
        memos: Sequence[Memo],
        day: Day,
        request: Request,
        progress: Callable[[], object] = silent,
        rested: Mapping[str, Sequence[Rested]] | None = None,
    ) -> Binder:
        """Memos, at least one, bound into a book of the book's own language and way to cite.

        A memo that promises a length shows as much as it does alone. `progress` is called once for each;
        `rested`: by memo, on what its slots rest, as the edition before noted.
        Raises BriefbookError for a template's mistake, and for a promise that cannot be kept.
        """
        settings = self.book.settings
        drafts: list[Draft] = []
        selections: list[Selection] = []
        problems: list[Problem] = []
        for memo in memos:
            memo = replace(memo, citations=settings.citations)
            selection = self.select(memo, day, (rested or {}).get(memo.id, ()))
            templates = self.templates(selection.language, memo.profile)
            pictures = pictures_of(memo, templates, self.book.pictures)
            promise = kept(memo, selection, templates, self.theme_of(memo), pictures) if memo.length else None
            left_out = promise.document.left_out if promise else ()
            problems += promise.problems(memo) if promise else ()
            drafts.append(drafted(selection, memo, templates, pictures, left_out))
            is_foreign = selection.language != settings.language
            told = self.select(replace(memo, language=settings.language), day) if is_foreign else selection
            selections.append(told)
            progress()
        if problems:
            raise BriefbookError(*problems)
        return bind(request, drafts, settings, self._index, self.templates(settings.language), selections)

    def written(self, task: Task) -> Written:
        """The files of a memo, in memory. Raises BriefbookError as `composed` does, and as writers do."""
        inputs, document = self.composed(task)
        outputs = {name: WRITERS[name].write(document, inputs.theme) for name in task.formats}
        return Written(inputs=inputs, document=document, outputs=outputs)

    def render(self, task: Task) -> Rendered:
        """The files of a memo and all that the record of editions notes; its problems if there are none."""
        memo, day = task.memo, task.day
        try:
            written = self.written(task)
        except BriefbookError as error:
            return Rendered(memo=memo.id, day=day, problems=error.problems)
        inputs, left_out = written.inputs, written.document.left_out
        return Rendered(
            memo=memo.id,
            day=day,
            outputs=written.outputs,
            inputs=to_bytes(inputs, left_out or None),
            files=tuple(file.data for file in files_of(inputs.theme)),
            digest=inputs.digest,  # of what was read here, which a file saved meanwhile may have changed
            substance=inputs.substance,
            tool=inputs.tool,
            left_out=left_out,
        )


def _compiled(language: str, catalogues: Sequence[str]) -> CompiledTemplates:
    """Room for what is compiled in a language, with what earlier processes compiled of what is shipped."""
    texts = sha256("\0".join(catalogues).encode()).hexdigest()
    return CompiledTemplates(user_cache(), shipped_templates(), f"{language} {texts}")
