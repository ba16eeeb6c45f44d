from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.diagnostics import Problem
from briefbook.document import Citations
from briefbook.facts import Wording
from briefbook.memo import (
    DEFAULT_SECTIONS,
    ForumScope,
    MeetingScope,
    Memo,
    RangeScope,
    Reference,
    Scope,
    SectionSpec,
    Settings,
)
from briefbook.readers.read_memo import foreign_format, read_memo, read_settings

from .fisheries import MEMO, SETTINGS
from .marked import printed, said, unmark


def read(text: str) -> tuple[Memo | None, list[Problem]]:
    return read_memo("m.yaml", "council", text.encode())


# ------------------------------------------------------------------------------------ what is read


def test_the_fisheries_memo() -> None:
    memo, problems = read_memo("memos/council.yaml", "council", MEMO)
    assert problems == []
    assert memo is not None
    assert (memo.id, str(memo.where)) == ("council", "memos/council.yaml:1:1")
    assert memo.title == Wording(texts={"en": "Fisheries Council"})
    assert memo.sender == Wording(texts={"en": "Fisheries desk"})
    assert isinstance(memo.scope, ForumScope)
    assert [(forum.id, str(forum.where)) for forum in memo.scope.forums] == [
        ("fisheries-council", "memos/council.yaml:2:8")
    ]
    (line,) = memo.bottom_lines
    assert str(line.valid) == "2031-05"
    assert [(fact.id, str(fact.where)) for fact in line.rests_on] == [
        ("shared-stock-survey", "memos/council.yaml:5:62")
    ]
    assert memo.sections == (
        SectionSpec(name="upcoming"),
        SectionSpec(
            name="priorities",
            title=Wording(texts={"en": "Aims"}),
            limit=0,
            options={"tone": Wording(texts={"en": "firm"})},
        ),
        SectionSpec(name="sources"),
    )
    assert memo.formats == ("docx", "pdf")


def test_without_sections_the_usual_ones() -> None:
    memo, _ = read("{title: Council, range: all}")
    assert memo is not None
    assert tuple(section.name for section in memo.sections) == DEFAULT_SECTIONS
    assert memo.bottom_lines == ()


SCOPES = [
    ("forum: a", ForumScope(forums=(Reference(id="a"),))),
    ("forums: [a, b]", ForumScope(forums=(Reference(id="a"), Reference(id="b")))),
    ("meeting: a", MeetingScope(meetings=(Reference(id="a"),))),
    ("meetings: [a]", MeetingScope(meetings=(Reference(id="a"),))),
    ("range: all", RangeScope(first=date.min, last=date.max)),
    ("range: 2026-01/2026-03", RangeScope(first=date(2026, 1, 1), last=date(2026, 3, 31))),
    ("range: 2024-02", RangeScope(first=date(2024, 2, 1), last=date(2024, 2, 29))),
    ("range: ../2026", RangeScope(first=date.min, last=date(2026, 12, 31))),
]


@pytest.mark.parametrize(("text", "scope"), SCOPES)
def test_what_a_memo_covers(text: str, scope: Scope) -> None:
    memo, problems = read(f"title: Council\n{text}\n")
    assert problems == []
    assert memo is not None
    assert memo.scope == scope


@pytest.mark.parametrize("text", ["Press on.", "[Press on.]", "{text: Press on.}", "[{text: Press on.}]"])
def test_ways_to_write_a_bottom_line(text: str) -> None:
    memo, problems = read(f"{{title: Council, range: all, bottom_line: {text}}}")
    assert problems == []
    assert memo is not None
    assert [line.text.texts for line in memo.bottom_lines] == [{"en": "Press on."}]


@pytest.mark.parametrize("mode", Citations)
def test_how_a_memo_prints_its_citations(mode: Citations) -> None:
    memo, problems = read(f"{{title: Council, range: all, citations: {mode}}}")
    assert problems == []
    assert memo is not None
    assert memo.citations is mode


def test_a_plain_text_is_in_the_language_of_the_book() -> None:
    memo, _ = read_memo("m.yaml", "m", b"{title: Consejo, range: all}", language="es")
    assert memo is not None
    assert memo.title.texts == {"es": "Consejo"}


def test_settings_of_a_book() -> None:
    assert read_settings("book.yaml", SETTINGS) == (
        Settings(title=Wording(texts={"en": "Fisheries desk"}), as_of=date(2031, 5, 12)),
        [],
    )


def test_all_settings_of_a_book_in_spanish() -> None:
    text = (
        "format: 1\ntitle: Pesca\nfrom: Mesa\nto: {es: Ministra, en: Minister}\npage: letter\nlanguage: es\n"
        "citations: endnotes\narchive: https://archive.example.org/texts/\n"
    )
    read_back, problems = read_settings("book.yaml", text.encode())
    assert problems == []
    assert read_back == Settings(
        title=Wording(texts={"es": "Pesca"}),
        sender=Wording(texts={"es": "Mesa"}),
        to=Wording(texts={"es": "Ministra", "en": "Minister"}),
        page="letter",
        language="es",
        citations=Citations.ENDNOTES,
        archive="https://archive.example.org/texts/",
    )


# ------------------------------------------------------------------------------- what is a mistake

COVERS = "(add one of forum, forums, meeting, meetings and range; range: all covers everything)"
ACCEPTED = "(write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05, A/B, ../B or A/..)"
AN_ID = "(an id is made of a–z, 0–9, '.', '_' and '-', at most 64, and starts with a letter or digit)"

MISTAKES: dict[str, tuple[str, list[str]]] = {
    "no title": ("«range: all\n", ["memo 'council' lacks 'title' (every memo needs it)"]),
    "covers nothing": ("«title: T\n", [f"memo 'council' does not say what it covers {COVERS}"]),
    "covers two": (
        "title: T\nforum: a\n«range: all\n",
        ["a memo covers one thing: 'forum' is given already, so 'range' cannot be (keep one of the two)"],
    ),
    "covers an empty list": ("title: T\nforums: «[]\n", ["the list of 'forums' is empty"]),
    "a forum that is no id": ("title: T\nforum: «The Council\n", [f"'The Council' is not an id {AN_ID}"]),
    "range in words": ("title: T\nrange: «everything\n", [f"'everything' is not a date {ACCEPTED}"]),
    "range backwards": (
        "title: T\nrange: «2026-03/2026-01\n",
        ["the interval '2026-03/2026-01' ends before it starts (swap its two sides, or mend one)"],
    ),
    "other citations": (
        "title: T\nrange: all\ncitations: «endnote\n",
        ["'endnote' is no value of 'citations' (did you mean 'endnotes'?)"],
    ),
    "unknown format": (
        "title: T\nrange: all\nformats: [pdf, «dcox, «odt]\n",
        [
            "'dcox' is no value of 'formats' (did you mean 'docx'?)",
            "'odt' is no value of 'formats' (known: docx, html, json, md, pdf, txt)",
        ],
    ),
    "formats not in a list": (
        "title: T\nrange: all\nformats: «pdf\n",
        ["'formats' needs a list, not the text 'pdf' (write [pdf])"],
    ),
    "unknown field": (
        "title: T\nrange: all\n«sectoins: [upcoming]\n",
        ["a memo has no field 'sectoins' (did you mean 'sections'?)"],
    ),
    "section without name": (
        "title: T\nrange: all\nsections: [«{limit: 3}]\n",
        ["this section lacks 'section' (every section needs it)"],
    ),
    "section elsewhere": (
        "title: T\nrange: all\nsections: [«../../etc/passwd]\n",
        [f"'../../etc/passwd' is not an id {AN_ID}"],
    ),
    "limit below nought": (
        "title: T\nrange: all\nsections: [{section: upcoming, limit: «-1}]\n",
        ["'limit' needs a whole number from 0 up, not '-1'"],
    ),
    "options in a list": (
        "title: T\nrange: all\nsections: [{section: upcoming, set: «[a]}]\n",
        ["'set' needs names, each with a text, not a list"],
    ),
    "bottom line without text": (
        "title: T\nrange: all\nbottom_line: «{valid: «2031-13, «rest_on: []}\n",
        [
            "this bottom line lacks 'text' (every bottom line needs it)",
            "'2031-13' is not in the calendar (mend the day or the month)",
            "a bottom line has no field 'rest_on' (did you mean 'rests_on'?)",
        ],
    ),
    "a list": ("«- title\n", ["a memo needs a mapping of fields, not a list"]),
    "no YAML": ("title: T«: U\n", ["a ':' where none can stand (put a text that holds ': ' in quotes)"]),
    "a key twice": (
        "title: T\nrange: all\n«title: U\n",
        ["'title' stands here a second time; first at m.yaml:1:1 (keep one of the two)"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_memo_and_its_place(name: str) -> None:
    marked, messages = MISTAKES[name]
    text, places = unmark(marked)
    memo, problems = read(text)
    assert printed(problems) == said("m.yaml", places, messages)
    assert memo is None


def test_an_empty_memo_file() -> None:
    assert printed(read("")[1]) == ["m.yaml: error: the file is empty (write a memo here)"]


def test_a_file_name_that_is_no_id() -> None:
    memo, problems = read_memo("My memo.yaml", "My memo", b"{title: T, range: all}")
    assert memo is None
    assert printed(problems) == [f"My memo.yaml: error: 'My memo' is not an id (rename the file; {AN_ID[1:]}"]


SETTINGS_MISTAKES: dict[str, tuple[str, list[str]]] = {
    "no format": ("«title: T\n", ["this book lacks 'format' (every book needs it)"]),
    "another format": (
        "format: «2\ntitle: T\n",
        ["this book is of format '2' (this briefbook reads format 1; a newer one may read yours)"],
    ),
    "a month as pin": (
        "format: 1\ntitle: T\nas_of: «2031-05\n",
        ["'as_of' needs one day, not '2031-05' (write it as 2031-05-12)"],
    ),
    "a pin about": (
        "format: 1\ntitle: T\nas_of: «2031-05-12~\n",
        ["'as_of' needs one day, not '2031-05-12~' (write it as 2031-05-12)"],
    ),
    "other citations": (
        "format: 1\ntitle: T\ncitations: «footnote\n",
        ["'footnote' is no value of 'citations' (did you mean 'footnotes'?)"],
    ),
    **{
        f"an archive at {archive}": (
            f"format: 1\ntitle: T\narchive: «'{archive}'\n",
            [
                f"'{archive}' is not the address of a folder on the web "
                "(write an address such as https://archive.example.org/texts/)"
            ],
        )
        for archive in (
            "texts",
            "file:///texts/",
            "https://a.example/?text=",
            "https://a.example/#t",
            "javascript:x",
        )
    },
    "another page": (
        "format: 1\ntitle: T\npage: «A4\n",
        ["'A4' is no value of 'page' (did you mean 'a4'?)"],
    ),
    "no language": (
        "format: 1\ntitle: T\nlanguage: «English\n",
        ["'English' is not a language (write a tag such as en, es or pt-BR)"],
    ),
    "unknown field": (
        "format: 1\ntitle: T\n«asof: 2031-05-12\n",
        ["a book has no field 'asof' (did you mean 'as_of'?)"],
    ),
}


@pytest.mark.parametrize("name", SETTINGS_MISTAKES)
def test_a_mistake_in_the_settings_and_its_place(name: str) -> None:
    marked, messages = SETTINGS_MISTAKES[name]
    text, places = unmark(marked)
    found, problems = read_settings("book.yaml", text.encode())
    assert printed(problems) == said("book.yaml", places, messages)
    assert found is None


@pytest.mark.parametrize(("text", "count"), [("format: 1", 0), ("format: 2", 1), ("title: T", 0), ("", 0)])
def test_a_foreign_format_is_known_alone(text: str, count: int) -> None:
    assert len(foreign_format("book.yaml", text.encode())) == count


# ------------------------------------------------------------------------------------ any bytes

FIELDS = [
    "title",
    "range",
    "forum",
    "forums",
    "sections",
    "section",
    "bottom_line",
    "text",
    "format",
    "as_of",
    "to",
]
TREES = st.recursive(
    st.sampled_from([*FIELDS, "all", "2031-05-12", "1", "", "~", "*x", "'"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        )
    ),
    max_leaves=12,
)


@given(data=st.binary(max_size=100) | TREES.map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_memo_or_problems(data: bytes) -> None:
    memo, problems = read_memo("m.yaml", "m", data)
    assert (memo is None) == bool(problems)
    found, problems = read_settings("book.yaml", data)
    assert (found is None) == bool(problems)
