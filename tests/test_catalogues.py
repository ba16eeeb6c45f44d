"""Catalogues: the shipped ones are whole, a bad one is told with its place, a new one needs nothing else."""

import json
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.catalogues import Untranslated, problems_in, translations_of, ways_of
from briefbook.document import Fields, Paragraph, Text
from briefbook.tool import shipped_catalogue
from briefbook.writers.bound_pdf import write_bound_pdf
from briefbook.writers.theme import Theme
from tests.books import make_book, run
from tests.bound import bound_folder
from tests.messages import LANGUAGES, TEMPLATE, as_bytes, extracted, keys_of, renewed

HEAD = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
PORTUGUESE = f"""{HEAD}
msgid "Upcoming meetings"
msgstr "Próximas reuniões"

msgid "None on file."
msgstr "Nada consta."

msgctxt "count"
msgid "two"
msgstr "dois"

msgid "in %(count)s day"
msgid_plural "in %(count)s days"
msgstr[0] "em %(count)s dia"
msgstr[1] "em %(count)s dias"
"""

# ---------------------------------------------------------------------------------- what is shipped


def test_the_template_of_catalogues_has_every_message_and_none_besides() -> None:
    assert TEMPLATE.read_bytes() == as_bytes(extracted()), "run: make messages"


@pytest.mark.parametrize("file", sorted(LANGUAGES.glob("*.po")), ids=lambda file: file.name)
def test_every_shipped_catalogue_translates_every_message_and_nothing_else(file: Path) -> None:
    wanted, own = keys_of(TEMPLATE.read_bytes()), keys_of(file.read_bytes())
    assert own.keys() == wanted.keys()
    assert file.read_bytes() == renewed(file.read_bytes(), extracted()), "run: make messages"
    assert [key for key, said in own.items() if not all(said)] == []
    assert problems_in(file.name, file.read_bytes()) == []


# --------------------------------------------------------------------------------- what is untrusted

BAD = {
    "another value": ('msgid "by %(a)s"\nmsgstr "por %(b)s"\n', 4, "has no %(b)s"),
    "a value that is lost": ('msgid "by %(a)s"\nmsgstr "por"\n', 4, "lacks %(a)s"),
    "another spelling": ('msgid "by %(a)s"\nmsgstr "por %(a)d"\n', 4, "a % stands alone"),
    "a lone sign": ('msgid "all"\nmsgstr "100 %"\n', 4, "a % stands alone"),
    "a wide one": ('msgid "by %(a)s"\nmsgstr "%(a)99999999s"\n', 4, "a % stands alone"),
    "no keyword": ('msgid "all"\nmsgstr "todo"\nhello\n', 6, "this is no .po file"),
    "a plural of another value": (
        'msgid "one %(a)s"\nmsgid_plural "%(a)s more"\nmsgstr[0] "una"\nmsgstr[1] "%(z)s"\n',
        4,
        "has no %(z)s",
    ),
}


@pytest.mark.parametrize(("entry", "line", "said"), BAD.values(), ids=BAD)
def test_a_mistake_in_a_catalogue_is_told_with_its_line(entry: str, line: int, said: str) -> None:
    problems = problems_in("languages/es.po", (HEAD + entry).encode())
    assert problems
    assert all((p.where.file, p.where.line, p.where.column) == ("languages/es.po", line, 1) for p in problems)
    assert all(problem.hint for problem in problems)
    assert any(said in problem.message for problem in problems)


@pytest.mark.parametrize("rule", ["n +", "__import__('os')", "n % 0", "1 / (n - 7)", "n **  9", "("])
def test_a_rule_of_plurals_that_is_none_is_told(rule: str) -> None:
    text = HEAD.replace("(n != 1)", rule)
    assert any(
        "rule of plurals" in problem.message for problem in problems_in("languages/es.po", text.encode())
    )


def test_bytes_that_are_no_utf_8_are_told() -> None:
    [problem] = problems_in("languages/es.po", HEAD.encode() + b'msgid "a"\nmsgstr "\xe9"\n')
    assert (str(problem.where), problem.message) == ("languages/es.po:5:1", "the catalogue is not UTF-8")


@given(st.binary() | st.text().map(str.encode) | st.text().map(lambda t: (HEAD + t).encode()))
def test_no_bytes_stop_anything(data: bytes) -> None:
    problems_in("languages/es.po", data)


def test_the_ways_of_a_language_lead_to_wider_ones() -> None:
    assert ways_of("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh")


def test_the_first_catalogue_counts_and_what_none_has_is_known_for_english() -> None:
    own = HEAD + 'msgid "Sources"\nmsgstr "Nuestras fuentes"\n'
    spoken = translations_of((own, shipped_catalogue("es") or ""), is_english=False)
    assert spoken.gettext("Sources") == "Nuestras fuentes"
    assert spoken.gettext("Background") == "Antecedentes"
    assert isinstance(spoken.gettext("Of the moon"), Untranslated)
    assert isinstance(spoken.ngettext("One moon", "%(n)s moons", 2), Untranslated)
    assert not isinstance(spoken.gettext("“%(title)s”"), Untranslated)
    assert not isinstance(translations_of((), is_english=True).gettext("Of the moon"), Untranslated)


# ------------------------------------------------------------------------------------- on the book


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


IN_PORTUGUESE = {
    "memos/harbours.yaml": "title: {en: Harbour Talks, pt: Conversas}\nforum: harbours\nlanguages: [en, pt]\n"
    "formats: [txt]\n",
    "languages/pt.po": PORTUGUESE,
}


def test_a_language_is_a_catalogue_and_nothing_else(book: Path) -> None:
    make_book(book, IN_PORTUGUESE)
    done = run("build", "harbours", "--as-of", "2031-06-01")
    assert done.exit_code == 0, done.stderr
    folder = book / "out/2031-06-01"
    assert sorted(file.name for file in folder.iterdir()) == ["harbours.en.txt", "harbours.pt.txt"]
    said = (folder / "harbours.pt.txt").read_text()
    assert "Próximas reuniões" in said
    assert "Ter., 3 de jun. de 2031" in said  # the date is CLDR's
    assert "(em dois dias)" in said
    assert "Background" in said  # it has no translation yet
    assert "Upcoming meetings" in (folder / "harbours.en.txt").read_text()


PROFILED = {
    "memos/harbours.yaml": """\
title: {en: Harbour Talks, pt: Conversas}
forum: harbours
language: pt
profile: read-ahead
length: 9
purpose: {en: To meet., pt: Para encontrar.}
objectives: [{pt: Um dia.}]
talking_points: [{pt: Um ponto (separador A).}]
tabs: [{tab: A, title: {pt: Quem vem}}]
""",
    "languages/pt.po": PORTUGUESE
    + """
msgid "Attendees"
msgstr "Presentes"

msgid "Read-ahead"
msgstr "Leitura prévia"

msgid "Tab"
msgstr "Separador"

msgid "Tab %(number)s"
msgstr "Separador %(number)s"

msgid "Contents"
msgstr "Conteúdo"

msgid "Forums"
msgstr "Foros"

msgid "Briefing book"
msgstr "Pasta"
""",
}


def test_a_catalogue_is_enough_for_profiles_and_the_bound_book_too(book: Path) -> None:
    """Titles that a profile gives are messages like others; what is not translated is tagged."""
    make_book(book, PROFILED)
    told = run("show", "harbours").stdout
    for words in ("Leitura prévia", "Presentes", "Para encontrar.", "Separador A"):
        assert words in told
    assert "Attendees" not in told
    assert "Coordination" not in told  # nobody signs
    checked = run("check").stderr
    assert "speaks of Separador" not in checked
    assert "memo 'harbours' is not in" not in checked  # nor the titles that its profile gives in English
    assert "Portuguese (pt) has no translation of" in checked
    binder = bound_folder(book, "harbours", language="pt")
    assert [tab.label for tab in binder.tabs] == ["Separador 1"]
    assert binder.contents_title == Text(text="Conteúdo")
    assert binder.index_title == Text(text="Index", language="en")
    assert [group.title for group in binder.index] == [
        Text(text="People", language="en"),
        Text(text="Foros"),
    ]
    kind, fields = binder.cover.sections[0].blocks[1:]
    assert isinstance(kind, Paragraph)
    assert isinstance(fields, Fields)
    assert kind.children == (Text(text="Pasta"),)
    assert [row.label[0] for row in fields.rows] == [
        Text(text=label, language="en") for label in ("As of", "Memos", "Sources")
    ]
    with pikepdf.open(BytesIO(write_bound_pdf(binder, Theme()))) as pdf:
        spans = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Span"]
        assert str(pdf.Root.Lang) == "pt"
        assert {str(span.Lang) for span in spans if "/Lang" in span} == {"en"}


NOTE = {
    "templates/profiles/note/profile.yaml": "title: {en: Aide-memoire}\nsections:\n"
    "  - {section: header, rank: must}\n  - {section: issue, title: {en: What it is}, rank: must}\n",
    "memos/note.yaml": "title: {pt: N}\nforum: harbours\nprofile: note\nlanguage: pt\nissue: {pt: Q.}\n",
    "memos/other.yaml": "title: {pt: O}\nforum: harbours\nprofile: note\nlanguage: pt\nissue: {pt: Q.}\n",
    "languages/pt.po": PORTUGUESE,
}


def test_the_titles_of_a_books_own_profile_are_told_once_and_translated_like_others(book: Path) -> None:
    make_book(book, NOTE)
    told = [line for line in run("check").stderr.splitlines() if "profile" in line]
    [line] = told
    assert line.startswith("templates/profiles/note/profile.yaml:1:8: warning: ")  # and of the section too
    assert "the profile 'note' is not in Portuguese (pt): title" in line
    said = '\nmsgid "What it is"\nmsgstr "O que é"\n\nmsgid "Aide-memoire"\nmsgstr "Nota"\n'
    make_book(book, {"languages/pt.po": PORTUGUESE + said})
    assert "profile" not in run("check").stderr
    shown = run("show", "note").stdout
    assert shown.startswith("Nota")
    assert "O que é" in shown


def test_a_book_may_call_things_otherwise_even_in_english(book: Path) -> None:
    make_book(book, {"languages/en.po": HEAD + 'msgid "Background"\nmsgstr "What lies behind"\n'})
    assert "What lies behind" in run("show", "council").stdout


def test_a_changed_catalogue_makes_again_the_memos_of_its_language_alone(book: Path) -> None:
    make_book(book, IN_PORTUGUESE)
    assert run("build").exit_code == 0
    make_book(book, {**IN_PORTUGUESE, "languages/pt.po": PORTUGUESE.replace("reuniões", "reuniões, já")})
    again = run("build", "--json")
    told = json.loads(again.stdout)
    assert [Path(file).name for file in told["written"]] == ["harbours.pt.txt"]
    assert told["editions"]["harbours.pt"] == 2
    assert told["editions"]["harbours.en"] == told["editions"]["council"] == 1
    assert "up to date" in run("build").stderr
    rows = json.loads(run("history", "harbours", "--json").stdout)
    assert [(row["memo"], row["edition"]) for row in rows] == [
        ("harbours.en", 1),
        ("harbours.pt", 1),
        ("harbours.pt", 2),
    ]


def test_a_bad_catalogue_stops_the_memos_of_its_language_alone(book: Path) -> None:
    make_book(book, {**IN_PORTUGUESE, "languages/pt.po": PORTUGUESE.replace("%(count)s dias", "%(dias)s")})
    done = run("build", "--json")
    assert done.exit_code == 1
    assert "languages/pt.po:15:1: error: the message 'in %(count)s day' has no %(dias)s" in done.stderr
    assert json.loads(done.stdout)["not_made"] == ["harbours.pt"]


@pytest.mark.parametrize("name", ["PT.po", "portuguese.po", "pt_BR.po"])
def test_a_catalogue_is_named_after_its_language(name: str, book: Path) -> None:
    make_book(book, {f"languages/{name}": PORTUGUESE})
    done = run("check")
    assert done.exit_code == 1
    assert f"languages/{name}: error: '{name[:-3]}' is not a language" in done.stderr


def test_a_catalogue_outside_of_the_book_is_none_of_it(
    book: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "pt.po"
    elsewhere.write_text(PORTUGUESE)
    make_book(book, {"languages/es.po": HEAD})
    (book / "languages/pt.po").symlink_to(elsewhere)
    assert "languages/pt.po: error: this link leads out of the book" in run("check").stderr
