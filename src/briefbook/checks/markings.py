"""Whether markings are of the book's scheme, and whether everything has one: nothing is guessed."""

from collections.abc import Iterable, Iterator

from briefbook.checks.columns import Columns
from briefbook.checks.context import CheckContext
from briefbook.checks.texts import faces_in, missing_in_all, named
from briefbook.diagnostics import Placed, Problem, Severity, place_of
from briefbook.facts import Source
from briefbook.marking import Banner, Marking
from briefbook.memo import Book, Memo
from briefbook.readers.read_marking import unknown_in
from briefbook.writers.banner import banner_lines, roomed
from briefbook.writers.faces import measure_of
from briefbook.writers.theme import Theme, contrast

_READABLE = 4.5  # the least contrast of text (WCAG 2.2, 1.4.3)


def check_markings(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every marking is of the scheme; without a default each source and each memo has one."""
    spec = book.settings.marking
    scheme = spec.scheme if spec is not None and spec.scheme.levels else None
    for record, marking in _marked(book, context.columns_of(book)):
        where = place_of(record, "marking")
        if scheme is None:
            message = "this book has no scheme of markings"
            yield Problem(where=where, message=message, hint="name one under 'marking' in book.yaml")
        else:
            for message, hint in unknown_in(marking, scheme):
                yield Problem(where=where, message=message, hint=hint)
    if spec is None or scheme is None:
        return
    if spec.default is not None:
        for message, hint in unknown_in(spec.default, scheme):
            yield Problem(where=place_of(spec, "default"), message=message, hint=hint)
        return
    records: list[tuple[str, Source | Memo]] = [("source", each) for each in book.facts.sources.values()]
    records += [("memo", each) for each in book.definitions]
    for noun, each in records:
        if each.marking is None:
            message = f"{noun} {each.id!r} carries no marking, and the book has no default"
            hint = "give it a 'marking', or book.yaml's 'marking' a 'default'"
            yield Problem(where=each.where, message=message, hint=hint)


def check_banners(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A banner can be drawn, and be read on its paper."""
    spec = book.settings.marking
    if spec is None:
        return
    for level in spec.scheme.levels:
        if contrast(level.ink, level.paper) < _READABLE:
            ratio = int(contrast(level.ink, level.paper) * 100) / 100
            message = f"banner {level.banner!r} is hard to read on its paper: a contrast of {ratio:.2f} to 1"
            hint = "WCAG 2.2 asks for 4.5 to 1 or more: take an ink and a paper further apart"
            yield Problem(where=spec.where, severity=Severity.WARNING, message=message, hint=hint)
    spelled = [part.banner + part.portion for part in spec.scheme.levels]
    spelled += [part.banner + part.portion for part in spec.scheme.caveats]
    faces = faces_in(book, context.survey_of(book).own_faces)
    missing = missing_in_all("".join(spelled) + spec.scheme.separator, faces)
    if missing:
        message = f"no face can draw {named(missing)} in the scheme of markings"
        yield Problem(where=spec.where, message=message, hint="spell it in other letters, or name a face")


def crowding(banner: Banner | None, theme: Theme, book: Book) -> Iterator[Problem]:
    """That a document's banner leaves less than half of the room that text has on a page, if it does."""
    if banner is None or book.settings.marking is None:
        return
    lines = len(banner_lines(banner, theme, measure_of(theme)))
    if roomed(theme, banner, lines).page.room < theme.page.room / 2:
        message = (
            f"a banner of {lines} lines at head and foot leaves too little of a page: {banner.text[:60]}…"
        )
        hint = "spell its caveats shorter, give 'size' a smaller number, or mark with fewer of them"
        yield Problem(where=book.settings.marking.where, message=message, hint=hint)


def _marked(book: Book, columns: Columns) -> Iterator[tuple[Placed, Marking]]:
    """Every record that carries a marking, with it."""
    records: list[Placed] = [each for some in columns.by_type.values() for each in some]
    for memo in book.definitions:
        own = (section for section in memo.sections if "marking" in section.places)  # else its profile's
        records += (memo, *memo.judgements, *own)
    for profile in book.profiles.values():
        records += profile.sections
    for record in records:
        marking: Marking | None = getattr(record, "marking", None)
        if marking is not None:
            yield record, marking
