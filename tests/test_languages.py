"""A memo in several languages: an edition of each; what is not translated is tagged."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pytest
from bs4 import BeautifulSoup

from briefbook.delivery import Delivery
from briefbook.inputs import from_bytes, remade
from briefbook.memo_languages import in_language
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers import WRITERS
from tests.audit import faults_of
from tests.books import FILES, make_book, run
from tests.conftest import EXAMPLE
from tests.pictures import png
from tests.verapdf import judged, needs_verapdf


@cache
def workshop() -> Workshop:
    return Workshop(read_book(EXAMPLE).book)


# ------------------------------------------------------------------------------------ the judges


def rendered(memo: str, day: str, formats: tuple[str, ...]) -> dict[str, bytes]:
    own = in_language(workshop().book.memos[memo], "es")
    as_of = date.fromisoformat(day)
    made = workshop().render(Task(memo=own, day=Day(as_of=as_of, known_by=as_of), formats=formats))
    assert made.problems == ()
    return made.outputs


@pytest.mark.long
@needs_verapdf
def test_the_longest_spanish_memos_are_what_both_standards_ask_for(tmp_path: Path) -> None:
    files = []
    for memo in ("all", "military-relationship", "high-level-security-dialogue"):
        files.append(tmp_path / f"{memo}.pdf")
        files[-1].write_bytes(rendered(memo, "2026-01-20", ("pdf",))["pdf"])
    assert [(v.file.name, v.failures) for v in judged(files) if not v.passed] == []


def test_word_finds_no_fault_with_a_spanish_memo(tmp_path: Path) -> None:
    assert faults_of(rendered("all", "2026-01-20", ("docx",))["docx"], tmp_path) == []


# --------------------------------------------------------------------------- what is not translated


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_book(tmp_path, HALF))
    return tmp_path


HALF = {
    "templates/sections/tail.md.j2": '## {{ _("Of our own") }}\n\n'
    "{% set forum = selection.forums[0] %}\n"
    '{{ _("By %(who)s, **in time**: %(what)s.", who=forum.name, what=forum.id) }}\n',
    "memos/half.yaml": "title: {en: Half, es: Medio}\nforum: harbours\nlanguages: [en, es]\n"
    "formats: [docx, pdf, html, md, txt, json]\nsections: [header, upcoming, tail]\n",
}


def outputs_of(book: Path, memo: str) -> dict[str, bytes]:
    assert run("build", "half").exit_code == 0
    folder = book / "out/2031-04-20"
    return {name: (folder / f"{memo}.{WRITERS[name].extension}").read_bytes() for name in WRITERS}


def test_what_lacks_a_translation_is_tagged_in_every_format(book: Path) -> None:
    outputs = outputs_of(book, "half.es")
    tagged = {"Of our own", "By", "in time", "first round of talks", "Harbour Talks"}

    html = BeautifulSoup(outputs["html"], "lxml")
    assert html.html is not None
    assert html.html["lang"] == "es"
    english = {" ".join(span.get_text().split()).strip(",.: ") for span in html.select("[lang=en]")}
    assert {text.casefold() for text in tagged} <= {text.casefold() for text in english}
    assert "harbours" not in english  # an id is of no language

    told = json.loads(outputs["json"])
    runs = list(_json_runs(told))
    found = {run_["text"].strip(",.: ").casefold() for run_ in runs if run_["language"] == "en"}
    assert {text.casefold() for text in tagged} <= found
    assert any(run_["text"].strip() == "Próximas reuniones" and run_["language"] is None for run_ in runs)

    with ZipFile(BytesIO(outputs["docx"])) as package:
        body = BeautifulSoup(package.read("word/document.xml"), "xml")
    said = {
        r.get_text().strip(",.: ").casefold() for r in body.find_all("r") if r.find("lang", {"w:val": "en"})
    }
    assert {text.casefold() for text in tagged} <= said

    with pikepdf.open(BytesIO(outputs["pdf"])) as pdf:
        assert str(pdf.Root.Lang) == "es"
        spans = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Span"]
        assert {str(span.Lang) for span in spans if "/Lang" in span} == {"en"}
    assert "Of our own" in outputs["md"].decode()
    assert "Of our own" in outputs["txt"].decode()
    assert json.loads(outputs_of(book, "half.en")["json"])["language"] == "en"


def _json_runs(value: object) -> Iterator[dict[str, str]]:
    match value:
        case {"kind": "text"} | {"type": "text"}:
            yield value  # type: ignore[misc]
        case dict():
            for inner in value.values():
                yield from _json_runs(inner)
        case list():
            for inner in value:
                yield from _json_runs(inner)


def test_check_lists_what_lacks_a_translation_a_line_for_each_fact(book: Path) -> None:
    done = run("check")
    assert done.exit_code == 0  # it is printed all the same
    lines = done.stderr.splitlines()
    lacking = [line for line in lines if "is not in Spanish (es)" in line]
    assert "facts/harbours.yaml:4:12: warning: 'talks-1' is not in Spanish (es): title, as" in "\n".join(
        lacking
    )
    assert len(lacking) == len({line.split("'")[1] for line in lacking})
    assert not any(
        "'council-3'" in line or "'survey'" in line for line in lacking
    )  # no memo in Spanish shows them
    [labels] = [line for line in lines if "has no translation of" in line]
    assert labels.startswith(
        "memos/half.yaml:3:17: warning: Spanish (es) has no translation of "
        "'By %(who)s, **in time**: %(what)s.', 'Of our own': printed in English"
    )
    assert not any("is not in English" in line for line in lines)
    (book / "book.yaml").write_text((book / "book.yaml").read_text() + "from: Fisheries desk\n")
    assert "warning: book.yaml is not in Spanish (es): from (add" in run("check").stderr
    assert "is not in Spanish" not in run("build", "half").stderr  # a build prints what there is


def test_a_logo_is_described_in_each_language(book: Path) -> None:
    logo = "theme: {logo: {file: pictures/arms.png, width: 2cm, alt: The arms}}\n"
    make_book(book, {"book.yaml": FILES["book.yaml"] + logo, "pictures/arms.png": png(12, 8)})
    assert "warning: book.yaml is not in Spanish (es): alt (add" in run("check").stderr
    described = logo.replace("The arms", "{en: The arms, es: El escudo}")
    make_book(book, {"book.yaml": FILES["book.yaml"] + described})
    assert "book.yaml is not in" not in run("check").stderr


IN_BOTH: dict[str, str | bytes | None] = {
    "facts/ground.yaml": FILES["facts/ground.yaml"].replace(
        "letter: {short: the letter,",
        "letter: {short: {en: the letter, es: la carta}, grade: {reliability: B, by: {en: Desk, es: Mesa}},",
    ),
    "pictures/map.png": png(12, 8),
    "memos/both.yaml": "title: {en: Both, es: Ambos}\nforum: harbours\nlanguages: [en, es]\n"
    "purpose: {en: To meet., es: Para reunirse.}\nobjectives: [{en: A day., es: Un día.}]\n"
    "sections:\n  - purpose\n  - objectives\n  - upcoming\n"
    "  - section: picture\n    set: {file: pictures/map.png, alt: {en: A map., es: Mapa.}, caption: By us.}\n"
    "  - sources\n",
}


def test_whatever_a_person_writes_may_be_in_both_languages(book: Path) -> None:
    make_book(book, IN_BOTH)
    english, own = (" ".join(run("show", f"both.{tag}").stdout.split()) for tag in ("en", "es"))
    for one, other in (("To meet.", "Para reunirse."), ("A day.", "Un día."), ("A map.", "Mapa.")):
        assert (one in english, other in own, one in own) == (True, True, False)
    assert ("Grade: B– (Desk)." in english, "Valoración: B– (Mesa)." in own) == (True, True)
    page = BeautifulSoup(run("show", "both.es", "--format", "html").stdout, "lxml")
    assert "By us." in [span.get_text(strip=True) for span in page.select("[lang=en]")]
    [line] = [line for line in run("check").stderr.splitlines() if "memo 'both' is not in Spanish" in line]
    assert line.startswith("memos/both.yaml:11:74: warning: ")
    assert "caption" in line


def test_a_language_without_a_catalogue_is_one_line(book: Path) -> None:
    make_book(book, {**HALF, "memos/german.yaml": "title: {en: T, de: T}\nforum: harbours\nlanguage: de\n"})
    [line] = [line for line in run("check").stderr.splitlines() if "no catalogue" in line]
    assert line.startswith("memos/german.yaml:3:11: warning: there is no catalogue of German (de)")


# ------------------------------------------------------------------------------- editions, one each


def test_each_language_is_an_edition_of_its_own_and_comes_back(book: Path) -> None:
    outputs = outputs_of(book, "half.es")
    rows = json.loads(run("history", "half", "--json").stdout)
    assert [(row["memo"], row["edition"]) for row in rows] == [("half.en", 1), ("half.es", 1)]
    listed = {row["memo"]: row for row in json.loads(run("list", "--json").stdout)}
    assert (listed["half.es"]["title"], listed["half.es"]["language"]) == ("Medio", "es")
    assert listed["half.en"]["edition"]["number"] == 1
    assert run("build", "half", "--language", "es", "--edition", "1", "--format", "html").exit_code == 0
    again = book / "out/2031-04-20/half.es (edition 1).html"
    assert again.read_bytes() == outputs["html"]


def test_an_old_edition_is_made_again_from_what_was_kept_though_the_catalogue_has_changed(book: Path) -> None:
    make_book(book, {**HALF, "languages/es.po": 'msgid "Of our own"\nmsgstr "De los nuestros"\n'})
    made = Workshop(read_book(book).book)
    memo = made.book.memos["half.es"]
    day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
    kept = made.render(Task(memo=memo, day=day, formats=("txt",)))
    (book / "languages/es.po").unlink()
    inputs = from_bytes(kept.inputs)
    assert WRITERS["txt"].write(remade(inputs), inputs.theme) == kept.outputs["txt"]
    assert b"De los nuestros" in kept.outputs["txt"]
    assert (
        b"De los nuestros"
        not in Workshop(read_book(book).book)
        .render(Task(memo=memo, day=day, formats=("txt",)))
        .outputs["txt"]
    )


def test_show_takes_the_first_language_or_any_that_is_asked_for(book: Path) -> None:
    assert "Upcoming meetings" in run("show", "half").stdout
    assert "Próximas reuniones" in run("show", "half", "--language", "es").stdout
    assert "Próximas reuniones" in run("show", "half.es").stdout
    assert "Próximas reuniones" in run("show", "council", "--language", "es-MX").stdout
    assert "Próximas reuniones" in run("show", "--forum", "harbours", "--language", "es").stdout
    days = ("--from", "2031-05-01", "--to", "2031-06-30", "--language", "es", "--format", "html")
    assert "<title>1 de mayo de 2031 – 30 de junio de 2031</title>" in run("show", *days).stdout
    wrong = run("show", "half", "--language", "xx")
    assert (wrong.exit_code, "'xx' is no language" in wrong.stderr) == (2, True)


def test_build_makes_one_language_where_one_is_asked_for(book: Path) -> None:
    told = json.loads(run("build", "half", "council", "--language", "es", "--format", "txt", "--json").stdout)
    assert sorted(told["made"]) == ["council.es", "half.es"]


def test_the_book_says_in_which_languages_its_memos_are_made(book: Path) -> None:
    make_book(book, {"book.yaml": "format: 1\ntitle: T\nas_of: 2031-04-20\nlanguages: [es, en]\n"})
    told = json.loads(run("build", "harbours", "--json").stdout)
    assert sorted(told["made"]) == ["harbours.en", "harbours.es"]
    assert "Próximas reuniones" in run("show", "harbours").stdout  # the first one


MISTAKES = {
    "both fields": ("language: es\nlanguages: [es]\n", "the languages are given twice"),
    "none": ("languages: []\n", "the list of 'languages' is empty"),
    "no tag": ("languages: [Spanish]\n", "'Spanish' is not a language"),
    "unknown": ("languages: [xx]\n", "how dates are written in the language 'xx' is not known"),
    "a reader of another": (
        "languages: [en, es]\ndeliver: {to: [ana@example.org, {address: bo@example.org, language: fr}]}\n",
        "memo 'half' is not made in 'fr', which bo@example.org reads",
    ),
}


@pytest.mark.parametrize(("lines", "said"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_be_said_of_languages_is_told_at_its_place(lines: str, said: str, book: Path) -> None:
    make_book(book, {"memos/half.yaml": f"title: T\nforum: harbours\n{lines}"})
    done = run("check")
    assert done.exit_code == 1
    assert re.search(rf"memos/half\.yaml:[3-5]:[0-9]+: error: {re.escape(said)}", done.stderr), done.stderr


def test_a_broken_file_may_hold_a_memo_in_any_language(book: Path) -> None:
    """So what waits of it in the outbox is not withdrawn as of a memo that was deleted."""
    assert not read_book(book).may_be_there("half.fr")
    make_book(book, {**HALF, "memos/half.yaml": "title: ["})
    read = read_book(book)
    assert read.may_be_there("half.es")
    assert not read.may_be_there("other.es")
    assert read.ids_named("half") == ("half",)


def test_two_files_cannot_be_one_memo(book: Path) -> None:
    make_book(book, {**HALF, "memos/half.es.yaml": "title: T\nforum: harbours\n"})
    assert "would both be memo 'half.es'" in run("check").stderr


def test_a_language_that_is_asked_for_never_takes_the_name_of_another_memo(book: Path) -> None:
    (book / "memos" / "council.es.yaml").write_text("title: Other\nforum: council\nlanguage: en\n")
    (book / "memos" / "council.yaml").write_text("title: Council\nforum: council\nlanguage: en\n")
    for command in ("build", "show"):
        refused = run("-C", book, command, "council", "--language", "es")
        assert refused.exit_code == 2
        assert "memo 'council' in 'es' would be 'council.es', which another memo" in refused.stderr
    (book / "memos" / "council.yaml").write_text("title: Council\nforum: council\nlanguages: [en, fr]\n")
    built = run("-C", book, "build", "council.en", "--language", "fr", "--json")
    assert list(json.loads(built.stdout)["made"]) == ["council.fr"]


@pytest.mark.parametrize(
    ("file", "asked", "id_"),
    [
        ("council", (), "forum-council"),  # though a language stands behind each of its ids
        ("council", ("--language", "es"), "forum-council.es"),
        ("council", ("--language", "fr"), "forum-council.fr"),  # which `build council` may be asked for
        ("council.es", ("--language", "es"), "forum-council.es"),
        ("council.es", (), "council"),
    ],
)
def test_a_memo_without_a_file_takes_no_memos_name(
    file: str, asked: tuple[str, ...], id_: str, book: Path
) -> None:
    (book / "memos" / "council.yaml").unlink()
    languages = "languages: [en, es]" if file == "council" else "language: en"
    (book / "memos" / f"{file}.yaml").write_text(f"title: Council\nforum: council\n{languages}\n")
    done = run("-C", book, "build", "--forum", "council", *asked, "--format", "txt", "--json")
    assert list(json.loads(done.stdout)["made"]) == [id_]


def test_each_recipient_gets_the_language_that_they_read() -> None:
    delivery = Delivery(
        to=("ana@example.org", "bo@example.org"),
        cc=("cy@example.org",),
        languages={"bo@example.org": "es", "cy@example.org": "es"},
    )
    english, own = delivery.in_language("en", "en"), delivery.in_language("es", "en")
    assert english is not None
    assert own is not None
    assert (english.to, english.cc) == (("ana@example.org",), ())
    assert (own.to, own.cc) == (("bo@example.org",), ("cy@example.org",))
    assert delivery.in_language("fr", "en") is None


def test_the_mail_is_in_the_language_of_its_edition(book: Path) -> None:
    mail = (
        "mail: {from: desk@example.org, host: localhost, port: 8025, security: plain, owner: o@example.org}\n"
    )
    memo = HALF["memos/half.yaml"] + (
        "deliver: {to: [ana@example.org, {address: Bo <bo@example.org>, language: es}], attach: [txt]}\n"
    )
    make_book(
        book,
        {**HALF, "memos/half.yaml": memo, "book.yaml": f"format: 1\ntitle: T\nas_of: 2031-04-20\n{mail}"},
    )
    done = run("preview-mail", "half")
    assert done.exit_code == 0, done.stderr
    english, own = done.stdout.split("bo@example.org")[0], done.stdout.split("bo@example.org")[1]
    assert "About this mail" in english
    assert "ana@example.org" in english
    assert "Acerca de este correo" in own
    assert "half.es.txt" in own
    assert "ana@example.org" not in own
