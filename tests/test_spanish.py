"""A reader of Spanish finds no English: memos, profiles, markings, the bound book, the mail, their files."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import icalendar
import pikepdf
import pymupdf
import pytest
from babel import Locale
from bs4 import BeautifulSoup
from lxml import etree

from briefbook.binding import BOUND_WRITERS
from briefbook.composing.bind import Request
from briefbook.composing.letter import compose_letter
from briefbook.composing.sections import IssuedNote
from briefbook.document import (
    Document,
    Figure,
    Inline,
    Link,
    Table,
    Text,
    Timeline,
    blocks_of,
    furniture_of,
    inlines_of,
)
from briefbook.facts import Wording
from briefbook.look import look_of
from briefbook.memo_languages import in_language
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers import WRITERS
from briefbook.writers.bound_book import laid_book
from tests.books import run
from tests.bound import as_read, laid_out
from tests.conftest import EXAMPLE
from tests.messages import LANGUAGES, keys_of
from tests.spanish_memos import MEMOS, write_spanish_book
from tests.test_catalogues import HEAD
from tests.test_golden import DAYS

WORD = re.compile(r"[^\W\d_]+")
VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")
PIN = "2026-01-20"
# Words that the example spells alike in both languages, and those that are words of both.
ALIKE = (
    "a agenda c center colombia crisis d dod el general guatemala honduras indonesia km miles mérida no panel"
    " regional salvador sedena semar social tdi venezuela washington wilson"
)


class Page(NamedTuple):
    """A document in Spanish with all that is said in it and around it."""

    name: str
    runs: tuple[Text, ...]
    around: tuple[str, ...] = ()

    @property
    def texts(self) -> Iterator[str]:
        yield from (run_.text for run_ in self.runs if run_.language is None)
        yield from self.around


# ------------------------------------------------------------------------------------- the pages


@cache
def workshop() -> Workshop:
    return Workshop(read_book(EXAMPLE).book)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example book, marked, with a memo of each profile."""
    return write_spanish_book(tmp_path_factory.mktemp("spanish") / "book")


@pytest.fixture(scope="module")
def desk(book: Path) -> Workshop:
    return Workshop(read_book(book).book)


def at(day: str) -> Day:
    as_of = date.fromisoformat(day)
    return Day(as_of=as_of, known_by=as_of)


@cache
def memos() -> tuple[Page, ...]:
    """Every memo of the example book, as of the nine days."""
    made = workshop()
    own = [in_language(memo, "es") for memo in made.book.definitions]
    return tuple(page(f"{memo.id} {day}", made.document(memo, at(day))) for memo in own for day in DAYS)


@pytest.fixture(scope="module")
def pages(desk: Workshop) -> tuple[Page, ...]:
    """All of it: memos, profiles with marks, mails, the bound book."""
    made = [*memos()]
    for name in MEMOS:
        memo = desk.book.memos[name]
        made += [page(f"{name} {day}", desk.document(memo, at(day))) for day in DAYS]
        made += [letter(desk, name, day) for day in DAYS]
    return (*made, *bound(desk))


def letter(desk: Workshop, name: str, day: str) -> Page:
    """The mail of a memo: on its schedule on some days, else sent by hand."""
    memo = desk.book.memos[name]
    note = IssuedNote(
        number=2,
        as_of=date.fromisoformat(day),
        zone="America/Mexico_City",
        made_for=datetime(2026, 1, 20, 13, tzinfo=UTC),
        is_scheduled=day <= PIN,
        attached=(f"{name}.pdf", f"{name}.docx"),
        left_out=(f"{name}.ics",) if day == PIN else (),
    )
    selection = desk.select(memo, at(day))
    subject, document = compose_letter(selection, memo, desk.templates("es", memo.profile), note)
    whole = page(f"mail of {name} {day}", document)
    return whole._replace(around=(*whole.around, subject))


def bound(desk: Workshop) -> Iterator[Page]:
    """A bound book of all profiles and two memos more, in reading order."""
    chosen = [desk.book.memos[name] for name in (*MEMOS, "2026-q1.es", "leaders-contacts")]
    settings = replace(desk.book.settings, language="es")
    own = Workshop(replace(desk.book, settings=settings))
    title = settings.title.best("es")[1]
    day = replace(at("2026-02-10"), known_by=date(2026, 1, 24))  # so that the cover tells of both
    binder = own.binder(
        [replace(memo, language="es") for memo in chosen], day, Request(name="b", title=title)
    )
    laid = laid_out(binder, look_of(own.book).theme)
    for number, document in enumerate(as_read(binder, laid)):
        yield page(f"bound {number}", document)
    targets = (place.said for place in laid.places.values())
    yield Page("bound", (), (*targets, *(tab.title for tab in binder.tabs)))


def page(name: str, document: Document) -> Page:
    furniture, spoken = furniture_of(document), document.spoken
    edges = [getattr(furniture, each.name) for each in fields(furniture)]
    said = [getattr(spoken, each.name) for each in fields(spoken) if each.name != "language"]
    assert spoken.language is None, name
    around = [document.title, document.author, document.notes_title, *said]
    around += [words for edge in edges for words in (edge.left, edge.middle, edge.right)]
    around += [block.name for block in blocks_of(document) if isinstance(block, Table)]
    around += [document.banner.text] if document.banner else []
    return Page(name, tuple(runs_of(document)), tuple(VALUE.sub(" ", words) for words in around))


def runs_of(document: Document) -> Iterator[Text]:
    def texts(inline: Inline) -> tuple[Text, ...]:
        match inline:
            case Text():
                return (inline,)
            case Link():
                return inline.children
            case _:
                return ()

    for block in blocks_of(document):
        for inline in inlines_of(block):
            yield from texts(inline)
        if isinstance(block, Figure):
            yield Text(text=block.alt)
            if isinstance(block.picture, Timeline):
                for entry in block.picture.entries:
                    yield from (Text(text=words) for words in (entry.label, entry.when, entry.said))
                yield from (Text(text=key.words) for key in block.picture.keys)


# ------------------------------------------------------------------------------- what is Spanish


def words_in(*texts: str) -> set[str]:
    return {word.casefold() for text in texts for word in WORD.findall(text)}


def wordings(made: Workshop) -> list[Wording]:
    """Every text of a book that has a language."""

    def within(value: object) -> Iterator[Wording]:
        if isinstance(value, Wording):
            yield value
        elif isinstance(value, tuple | list):
            for inner in value:
                yield from within(inner)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                if name not in ("where", "places", "written"):
                    yield from within(getattr(value, name))

    book = made.book
    facts = [fact for kind in book.facts.kinds().values() for fact in kind.values()]
    return list(within([book.settings, *facts, *book.definitions]))


def names(made: Workshop) -> set[str]:
    """What stays as it is in every language: people, ids, endings of files; the marks are the book's own."""
    own = [person.name for person in made.book.facts.people.values()]
    own += [*made.book.memos, *(memo.id for memo in made.book.definitions), *WRITERS, "es ics b"]
    marking = made.book.settings.marking
    if marking is not None:
        own += [spelling for level in marking.scheme.levels for spelling in (level.banner, level.portion)]
        own += [spelling for caveat in marking.scheme.caveats for spelling in (caveat.banner, caveat.portion)]
    return words_in(*own)


def catalogue() -> dict[tuple[str | None, str], tuple[str, ...]]:
    said = keys_of((LANGUAGES / "es.po").read_bytes())
    return {key: forms for key, forms in said.items() if key[0] != "grammar"}


def known(made: Workshop) -> set[str]:
    """The words of the catalogue, of the book's Spanish texts, of the calendar, and names."""
    locale = Locale("es")
    calendar = [
        name
        for kind in (locale.months, locale.days)
        for widths in kind.values()
        for of_width in widths.values()
        for name in of_width.values()
    ]
    spanish = [w.texts["es"] for w in wordings(made) if "es" in w.texts]
    said = [VALUE.sub(" ", text) for forms in catalogue().values() for text in forms]
    city = locale.time_zones["America/Mexico_City"]["city"]
    return words_in(*said, *spanish, *calendar, city, "UTC") | names(made)


def test_every_text_of_the_book_is_in_both_languages() -> None:
    found = wordings(workshop())
    assert len(found) > 240
    assert [w.texts for w in found if set(w.texts) != {"en", "es"} or not all(w.texts.values())] == []
    done = run("-C", str(EXAMPLE), "check")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (0, "116 facts, 18 memos: no problem")


def test_the_spanish_of_catalogue_and_book_has_no_word_of_their_english_but_those_of_both() -> None:
    said = catalogue()
    english = words_in(*(VALUE.sub(" ", message) for _, message in said))
    spanish = words_in(*(VALUE.sub(" ", text) for forms in said.values() for text in forms))
    assert english & spanish == {"a", "n", "no"}  # n/a is both
    texts = wordings(workshop())
    english = words_in(*(w.texts["en"] for w in texts))
    spanish = words_in(*(w.texts["es"] for w in texts))
    assert (english & spanish) - names(workshop()) == words_in(ALIKE)


def test_check_finds_nothing_in_a_spanish_book_of_profiles(book: Path) -> None:
    done = run("-C", book, "check")
    assert (done.exit_code, done.output) == (0, "116 facts, 22 memos: no problem\n")


# ----------------------------------------------------------------------------- what is on the pages


def test_no_run_is_english_but_the_titles_of_sources(pages: tuple[Page, ...], desk: Workshop) -> None:
    for name, runs, _ in pages:
        for run_ in runs:
            if run_.language is not None:
                assert run_.origin is not None, (name, run_)
                assert (run_.language, run_.origin.field) == ("en", "title"), (name, run_)
                assert run_.origin.fact in desk.book.facts.sources, (name, run_)


def test_every_word_is_of_the_catalogue_the_texts_or_a_name(pages: tuple[Page, ...], desk: Workshop) -> None:
    right = known(desk)
    assert {each.name: words_in(*each.texts) - right for each in pages if words_in(*each.texts) - right} == {}
    assert sum(1 for each in pages for _ in each.texts) > 15_000


def test_no_label_and_no_text_is_printed_in_its_english_form(pages: tuple[Page, ...]) -> None:
    english = {message for (_, message), forms in catalogue().items() if message not in forms}
    english |= {w.texts["en"] for w in wordings(workshop()) if w.texts["en"] != w.texts["es"]}
    found = [(each.name, text) for each in pages for text in each.texts if text.strip(" .:;") in english]
    assert found == []


@pytest.mark.parametrize(
    ("label", "memo"),
    [("Participants", "state-style"), ("Clearance", "state-style"), ("Attendees", "read-ahead")],
)
def test_an_english_label_would_be_found(label: str, memo: str, desk: Workshop) -> None:
    own = f'{HEAD}msgid "{label}"\nmsgstr "{label}"\n'
    lapsed = Workshop(replace(desk.book, catalogues={"es": own}))
    found = page(memo, lapsed.document(lapsed.book.memos[memo], at(PIN)))
    assert words_in(*found.texts) - known(desk) == words_in(label)


# ------------------------------------------------------------------------------------- in files


def test_the_files_say_nothing_in_english_either(desk: Workshop) -> None:
    """What writers add of their own: alternatives, summaries, bookmarks, titles, properties."""
    right = known(desk) | words_in(*(source.title or "" for source in desk.book.facts.sources.values()))
    readers = {"html": in_html, "docx": in_docx, "pdf": in_pdf, "txt": in_plain, "md": in_markdown}
    for name in ("2026-q1.es", "state-style"):
        task = Task(memo=desk.book.memos[name], day=at(PIN), formats=tuple(readers))
        made = desk.render(task)
        assert made.problems == ()
        for kind, data in made.outputs.items():
            assert words_in(*readers[kind](data)) - right == set(), (name, kind)
    binder = desk.binder([desk.book.memos["2026-q1.es"]], at(PIN), Request(name="b", title="Foros"))
    laid = laid_book(binder, look_of(desk.book).theme)
    for kind, write in BOUND_WRITERS.items():
        assert words_in(*readers[kind](write(laid))) - right == set(), kind


def in_plain(data: bytes) -> list[str]:
    return [data.decode()]


def in_markdown(data: bytes) -> list[str]:
    return [re.sub(r"<[^>]*>|\]\([^)]*\)", " ", data.decode())]


def in_html(data: bytes) -> list[str]:
    soup = BeautifulSoup(data, "lxml")
    for style in soup.find_all("style"):
        style.decompose()
    heard = ("title", "alt", "aria-label", "aria-description", "data-inferred")
    told = [str(element[name]) for element in soup.find_all(True) for name in heard if name in element.attrs]
    told += [
        str(meta["content"]) for meta in soup.find_all("meta", attrs={"name": ["author", "description"]})
    ]
    return [soup.get_text(" "), *told]


def in_docx(data: bytes) -> list[str]:
    told: list[str] = []
    with ZipFile(BytesIO(data)) as package:
        for part in package.namelist():
            if re.fullmatch(
                r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml|docProps/core\.xml", part
            ):
                root = etree.fromstring(package.read(part))
                written = ("t", "title", "subject", "creator", "description", "keywords", "lastModifiedBy")
                for element in root.iter("{*}*"):
                    name = etree.QName(element).localname
                    told += [element.text or ""] if name in written else []
                    told += [element.get("descr", "")] if name == "docPr" else []
                    told += (
                        list(map(str, element.values())) if name in ("tblCaption", "tblDescription") else []
                    )
    return told


def in_pdf(data: bytes) -> list[str]:
    heard = ("/Alt", "/ActualText", "/Contents", "/Summary", "/E", "/TU", "/Title")
    with pikepdf.open(BytesIO(data)) as pdf:
        told = [str(pdf.docinfo[key]) for key in ("/Title", "/Subject", "/Author", "/Keywords")]
        for found in pdf.objects:
            if isinstance(found, pikepdf.Dictionary):
                told += [str(found[key]) for key in heard if isinstance(found.get(key), pikepdf.String)]
    with pymupdf.open(stream=data) as document:  # type: ignore[no-untyped-call]
        return [*told, *(sheet.get_text() for sheet in document)]


def test_the_mail_is_spanish_with_its_subject_and_calendar(book: Path, desk: Workshop) -> None:
    done = run("-C", book, "preview-mail", "security-ministerial", "--out", book / "out")
    assert done.exit_code == 0, done.stderr
    [file] = (book / "out").rglob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    told = [str(mail["subject"])]
    [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    for event in icalendar.Calendar.from_ical(calendar.get_content()).walk("VEVENT"):
        told += [str(event[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION") if name in event]
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    told += [plain.get_content(), *in_html(html.get_content().encode())]
    assert "Acerca de este correo" in plain.get_content()
    assert words_in(*told) - known(desk) == set()


def test_all_that_is_said_of_files_is_read() -> None:
    """The readers above are no judges if they find nothing."""
    made = workshop().render(
        Task(memo=workshop().book.memos["2026-q1.en"], day=at(PIN), formats=("html", "docx", "pdf"))
    )
    for kind, reader in (("html", in_html), ("docx", in_docx), ("pdf", in_pdf)):
        found = "\n".join(reader(made.outputs[kind]))
        assert "Timeline of meetings" in found  # an alternative
        assert "Americas desk" in found  # a property
