r"""Hostile texts: whatever stands in a field of a fact is told with its place, or said as it is in every format.

`CASES` is read by the count of all hostile inputs: a kind, a name, the text, whether it is told. A text goes
the whole way: from a file of YAML, by the escape for Markdown and its parser, into every format and back by a
reader that is not ours: once in each kind of block, and once in every field of a book that a memo prints, from
its files. A text is its words: white space parts them, of whatever kind it was. In the PDF
what is not drawn (joiners, variation selectors, marks of direction) is left out, accents are composed, and a
character that no face holds, of which `check` tells, is drawn as "?" (tests/writers/drawn.py).
"""

import json
import re
from collections.abc import Container
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import pikepdf
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from briefbook.composing.markup import parse_line
from briefbook.document import (
    Document,
    Field,
    Fields,
    Heading,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
)
from briefbook.marks import escaped
from briefbook.readers.read_book import read_book
from briefbook.readers.read_facts import read_facts
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.books import FILES, make_book
from tests.pictures import png
from tests.test_formats_agree import pdf_pages, read_docx, read_html, read_json, read_markdown
from tests.writers.drawn import drawn, read
from tests.writers.tagged import read_tagged
from tests.writers.trees import document_of, run

FILE = "facts/hostile.yaml"
TOLD, SAID = True, False

CASES: tuple[tuple[str, str, str, bool], ...] = (
    ("characters of no text", "NUL", "a\0b", TOLD),
    ("characters of no text", "an escape of a terminal", "a\x1b[2Jb", TOLD),
    ("characters of no text", "half of a pair", "a\ud800b", TOLD),
    ("characters of no text", "U+FFFE", "a\ufffeb", TOLD),
    ("characters of no text", "a control character of Latin-1", "a\x9bb", TOLD),
    ("direction", "an override to the left", "invoice\u202efdp.exe", TOLD),
    ("direction", "an override to the right", "a\u202db", TOLD),
    ("direction", "an embedding that never ends", "a\u202bb c", SAID),
    ("direction", "isolates that never end", "a\u2066\u2067b c", SAID),
    ("direction", "marks of direction", "a\u200eb\u200f c", SAID),
    ("unseen", "zero-width space", "to\u200bday", SAID),
    ("unseen", "joiners", "to\u200d\u200cday", SAID),
    ("unseen", "a byte order mark within", "a\ufeffb", TOLD),
    ("unseen", "a line of its own kind", "a\u2028b", TOLD),
    ("unseen", "nothing but what is not seen", "\u200b\u200b\u2060", TOLD),
    ("beyond the first plane", "an emoji of several", "met \U0001f469\u200d\U0001f680 here", SAID),
    ("beyond the first plane", "tags that spell words", "flag \U000e0065\U000e0076 here", SAID),
    ("beyond the first plane", "letters that look like others", "\U0001d404vil \U0001d41dogs", SAID),
    ("beyond the first plane", "the last character of all", "a\U0010ffffb", SAID),
    ("beyond the first plane", "private use", "a\ue000\U000f0000b", SAID),
    ("accents", "a hundred on one letter", "z" + "\u0301" * 100 + " end", SAID),
    ("accents", "one on nothing", "\u0301 first", SAID),
    ("accents", "in two forms", "caf\u00e9 cafe\u0301", SAID),
    ("accents", "Hangul by its parts", "\u1112\u1161\u11ab x", SAID),
    ("accents", "three letters in one sign", "\ufb03 \ufdfa", SAID),
    ("XML", "the end of CDATA", "a ]]> b", SAID),
    ("XML", "references to characters", "&#0; &#x1F; &lt; &amp;amp; &evil;", SAID),
    ("XML", "a comment and an instruction", "<!-- <?xml version='1.1'?> -->", SAID),
    ("XML", "runs of Word", "</w:t></w:r><w:instrText>DDE cmd</w:instrText>", SAID),
    ("XML", "ReportLab's own", '<para><font color="red" size="99">x</font><br/><a href="file:///x">y</a></para>', SAID),
    ("HTML", "a script", "<script>alert(1)</script><img src=x onerror=alert(1)>", SAID),
    ("HTML", "an attribute's end", "\" onmouseover='alert(1)' `x`", SAID),
    ("HTML", "style and title ended", "</style></title><body onload=x>", SAID),
    ("HTML", "a comment of old browsers", "<!--[if IE]> x <![endif]-->", SAID),
    ("HTML", "a form", "<form action=//evil><input name=x></form>", SAID),
    ("Markdown", "a heading and a rule", "# Heading --- ===", SAID),
    ("Markdown", "a link that runs", "[x](javascript:alert(1)) <javascript:x> ![y](z)", SAID),
    ("Markdown", "a table's cells", "a | b | c \\| d", SAID),
    ("Markdown", "marks of our own", "{#fact field} {^source} {/} {!slot} {;} {>}", SAID),
    ("Markdown", "backslashes at the end", "a \\ \\\\ \\", SAID),
    ("programs in a text", "Jinja", "{{ 7*7 }} {% for x in y %} {# z #} {%- raw -%}", SAID),
    ("programs in a text", "a formula of a sheet", "=cmd|' /C calc'!A0 +1 -1 @SUM(1)", SAID),
    ("programs in a text", "format strings", "%s %n %(x)s {0.__class__} ${jndi:ldap://x}", SAID),
    ("programs in a text", "PDF's strings", "(a) \\( \\) ) Tj ET endstream endobj %%EOF", SAID),
    ("programs in a text", "a shell", "$(rm -rf /) `id`; | & > /dev/null", SAID),
)  # fmt: skip


def document(text: str) -> Document:
    """A document that says the text wherever a text may stand, by the way that every fact goes."""
    said = parse_line(escaped(text))
    return document_of(
        Heading(level=2, children=said),
        Paragraph(children=said),
        Fields(rows=(Field(label=run("Label"), value=said),)),
        Table(name="t", header=Row(cells=(run("Head"), run("Other"))), rows=(Row(cells=(said, run("end"))),)),
        SourceList(entries=(SourceEntry(source="s", number=1, children=said),)),
    )


READERS = {"json": read_json, "html": read_html, "md": read_markdown, "docx": read_docx}


def plain(text: str) -> str:
    """The words of a text, each in the form in which brackets of numbers are read as citations nowhere."""
    return " ".join(text.split())


def read_back(text: str) -> None:
    tree = document(text)
    outputs = {name: writer.write(tree, Theme()) for name, writer in WRITERS.items()}
    words = plain(text)
    for name, reader in READERS.items():
        pieces = [" ".join(piece) for piece in reader(outputs[name]).pieces]
        assert sum(words in piece for piece in pieces) >= 5, (name, pieces)
        assert pieces.count(words) >= 3, (name, pieces)
    # A paragraph goes from edge to edge: nothing but its own line ends stands between its words.
    stream = "".join(outputs["txt"].decode().split())
    assert "".join(words.split()) in stream
    pieces = read_through_tags(outputs["pdf"])
    assert sum(drawn(words) in piece for piece in pieces) >= 5, pieces


def read_through_tags(data: bytes) -> list[str]:
    """What each element of a PDF says: a cell that goes on over the page is whole, and no furniture between."""
    return [read(piece) for piece in read_tagged(data).root.text.splitlines()]


def facts_of(text: str) -> tuple[str | None, list[str]]:
    """A person of that name in a file of facts, and what is told of the file."""
    data = f"people:\n  p: {{name: {json.dumps(text, ensure_ascii=False)}}}\n".encode(
        "utf-8", "surrogatepass"
    )
    facts, problems, _ = read_facts([(FILE, data)])
    person = facts.people.get("p")
    return person.name if person else None, [str(problem) for problem in problems]


@pytest.mark.parametrize(("text", "is_told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_text_is_told_or_said(text: str, is_told: bool) -> None:
    found, problems = facts_of(text)
    if is_told:  # an error, which stops what it touches; in its place stands U+FFFD
        assert found is None or "\ufffd" in found
        assert all(problem.startswith(f"{FILE}:2:") for problem in problems)
        assert problems
        assert all(problem.isprintable() for problem in problems)
    else:
        assert (found, problems) == (text.strip(), [])
        read_back(text)


def test_overrides_of_direction_are_refused() -> None:
    for sign in "\u202d\u202e":
        for data in (
            f"people:\n  p: {{name: a{sign}b}}\n",
            f'people:\n  p: {{name: "a\\u{ord(sign):04x}b"}}\n',
        ):
            facts, problems, _ = read_facts([(FILE, data.encode())])
            assert "U+202" in str(problems[0])
            assert sign not in str(facts.people)


# --------------------------------------------------------------------------- every field of a book

# A text stands in each field between two words of that field's own, so that it is seen where it lands. Of the
# frame, the footer has no field: it says the reference. What a memo never prints (ids, evidence, the names of
# files) and what is no text (dates, kinds) is not here.
FIELDS = (
    *("title", "to", "from", "reference", "bottom"),
    *("organisation", "country", "person", "forum", "place", "post", "priority", "point", "background"),
    *("source", "short", "note", "undated", "why"),
    *("meeting", "purpose", "role", "remark", "update", "claim", "rival", "say", "question"),
    *("heading", "alt", "caption"),
)
BOOK = """format: 1
title: Hostile
as_of: 2031-04-20
"""
FACTS = """\
organisations:
  gazette: {name: ORGANISATION}
  norland: {name: COUNTRY, kind: country}
  sudland: {name: Sudland, kind: country}
people:
  holm: {name: PERSON}
forums:
  council: {name: FORUM, sides: [norland, sudland]}
sources:
  report:
    short: the report
    title: SOURCE
    published: 2031-04-02
    publisher: gazette
    note: NOTE
  undated: {short: the undated text, published: 2031-04-02, publisher: gazette, inferred: UNDATED}
  lost:
    short: SHORT
    published: 2031-04-02
    publisher: gazette
    withdrawn: {on: 2031-04-12, why: WHY}
meetings:
  first:
    forum: council
    ordinal: 1
    statements:
      - source: report
        says: held
        date: 2031-03-11
        place: PLACE
        participants:
          - person: holm
            side: norland
            as: POST
            role: ROLE
        evidence: x
  next:
    forum: council
    title: MEETING
    statements:
      - source: undated
        says: announced
        date: 2031-06
        purpose: PURPOSE
        note: REMARK
        evidence: x
priorities:
  agreed:
    forum: council
    meeting: first
    text: PRIORITY
    statements:
      - {source: report, force: agreed, by: [norland, sudland], evidence: x}
      - {source: undated, status: in-progress, update: UPDATE, evidence: x}
background:
  point:
    forums: [council]
    title: POINT
    text: BACKGROUND
    questions: [QUESTION]
    statements: [{source: report, evidence: x}, {source: lost, evidence: x}]
  fallen:
    forums: [council]
    text: This fell.
    statements: [{source: lost, evidence: x}]
  disputed:
    forums: [council]
    title: Two claims
    say: SAY
    statements:
      - {source: report, claim: CLAIM, evidence: x}
      - {source: undated, claim: RIVAL, evidence: x}
"""
MEMO = """\
title: TITLE
forum: council
to: TO
from: FROM
reference: REFERENCE
bottom_line:
  text: BOTTOM
  rests_on: [agreed]
sections:
  - header
  - bottom-line
  - upcoming
  - participants
  - priorities
  - {section: background, title: HEADING}
  - disputed
  - earlier
  - find-out
  - section: picture
    title: A picture
    set:
      file: pictures/map.png
      alt: ALT
      caption: CAPTION
  - sources
"""
MEMO_FILE = "memos/council.yaml"
LEFT_OUT: dict[str, None] = {name: None for name in FILES if name.startswith(("facts/", "memos/"))}


def said_in(field: str, text: str) -> str:
    """What a field holds: it begins with a capital letter, as some of them begin a line."""
    return f"A{field} {text} Z{field}"


def hostile_book(folder: Path, text: str, fields: Container[str] = FIELDS) -> Path:
    """A book of which these fields say the text."""

    def filled(template: str) -> bytes:
        def said(match: re.Match[str]) -> str:
            field = match[0].lower()
            return json.dumps(said_in(field, text if field in fields else "fine"), ensure_ascii=False)

        names = "|".join(field.upper() for field in FIELDS)
        return re.sub(rf"\b({names})\b", said, template).encode("utf-8", "surrogatepass")

    files: dict[str, str | bytes | None] = {
        "book.yaml": BOOK,
        FILE: filled(FACTS),
        MEMO_FILE: filled(MEMO),
        "pictures/map.png": png(),
    }
    return make_book(folder, {**LEFT_OUT, **files})


def read_back_from_every_field(text: str) -> None:
    with TemporaryDirectory() as folder:
        read_ = read_book(hostile_book(Path(folder), text))
        workshop = Workshop(read_.book)
    assert read_.problems == ()
    day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
    document = workshop.document(workshop.book.memos["council"], day)
    outputs = {name: writer.write(document, workshop.theme) for name, writer in WRITERS.items()}
    wanted = {field: plain(said_in(field, text)) for field in FIELDS}
    for name, reader in READERS.items():
        words = " ".join(reader(outputs[name]).words)
        lost = [field for field, said in wanted.items() if said not in words]
        assert not lost, (name, lost, words)
    shown = "".join(read_through_tags(outputs["pdf"]))
    in_pdf = {field: read(said) if field == "alt" else drawn(said) for field, said in wanted.items()}
    lost = [field for field, said in in_pdf.items() if said not in shown]  # what a picture shows is not drawn
    assert not lost, (lost, shown)

    solid = "".join(outputs["txt"].decode().split())
    in_columns = {"country", "person", "post", "role"}  # where they are long, their lines stand side by side
    lost = [
        field for field in FIELDS if field not in in_columns and wanted[field].replace(" ", "") not in solid
    ]
    assert not lost, (lost, outputs["txt"].decode())
    title, author = f"{wanted['title']}, June 2031", wanted["from"]
    footer = f"{wanted['reference']} · as of 2031-04-20"
    for name, found in frames(outputs).items():
        assert list(map(plain, found)) == [title, author, footer], name
    assert "".join(footer.split()) in solid.replace("1of1", "")  # which stands at the end of a line of it
    foot = below(outputs["pdf"])
    kept, cut, _ = foot.partition("…1of")  # two lines have room, then come three dots
    assert drawn(footer).startswith(kept) if cut else foot.startswith(f"{drawn(footer)}1of"), foot


def frames(outputs: dict[str, bytes]) -> dict[str, tuple[str, str, str]]:
    """Title, author and footer as each format has them beside the text; plain text has them within it."""
    told = json.loads(outputs["json"])
    html = BeautifulSoup(outputs["html"], "lxml")
    word = docx.Document(BytesIO(outputs["docx"]))
    core, foot = word.core_properties, word.sections[0].footer.paragraphs[0].text.split("\t")[0]
    last = MarkdownIt().render(outputs["md"].decode().splitlines()[-1])
    with pikepdf.open(BytesIO(outputs["pdf"])) as pdf, pdf.open_metadata() as xmp:
        info = str(pdf.docinfo["/Title"]), str(pdf.docinfo["/Author"])
        same = xmp["dc:title"], *xmp["dc:creator"]
    assert info == same
    return {
        "json": (told["title"], told["author"], told["footer"]),
        "html": (
            html.select("title")[0].get_text(),
            str(html.select("meta[name=author]")[0]["content"]),
            html.select("footer")[0].get_text(),
        ),
        "docx": (core.title, core.author, foot),
        "md": (told["title"], told["author"], BeautifulSoup(last, "lxml").get_text()),
        "pdf": (*info, told["footer"]),  # the foot of its pages: below
    }


def below(data: bytes) -> str:
    """What stands at the foot of a PDF's first page."""
    first, *_ = pdf_pages(data)
    return read("".join(each.get_text() for each in first if each.matrix[5] < Theme().page.bottom))


@pytest.mark.parametrize("text", [pytest.param(case[2], id=case[1]) for case in CASES if not case[3]])
def test_a_hostile_text_is_said_from_every_field_of_a_book(text: str) -> None:
    read_back_from_every_field(text)


@pytest.mark.parametrize("times", [2, 5, 7])
def test_what_goes_over_a_page_is_said_whole(times: int) -> None:
    """Twice: a footer of two lines comes between; five and seven times: a cell goes on, and one beside it."""
    read_back_from_every_field(" ".join(["&#0; &lt; &evil; 000 %s {0.__class__} ${jndi:ldap://x}"] * times))


TOLD_ALONE = "nothing but what is not seen"  # with words around it, it is said


@pytest.mark.parametrize(
    "text",
    [pytest.param(case[2], id=case[1]) for case in CASES if case[3] and case[1] != TOLD_ALONE],
)
def test_a_hostile_text_is_told_in_every_field_of_a_book(text: str, tmp_path: Path) -> None:
    for number, fields in enumerate((FIELDS[::2], FIELDS[1::2])):  # of one kind, twenty in a file are told
        found = read_book(hostile_book(tmp_path / str(number), text, fields))
        told = {Path(problem.where.file).name for problem in found.problems}
        assert told == {Path(FILE).name, Path(MEMO_FILE).name}
        if "\ud800" not in text:  # of a file that is not UTF-8 no line can be told but the first
            places = {(problem.where.file, problem.where.line) for problem in found.problems}
            assert len(found.problems) == len(places) == len(fields)
        assert all(problem.where.line and str(problem).isprintable() for problem in found.problems)
        assert text not in str(found.book)


# What the readers of books let through: not controls, surrogates, overrides, lost characters, U+FFFE and U+FFFF.
BEARABLE = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="\u202d\u202e\ufeff\ufffd\ufffe\uffff",
)
PIECES = st.one_of(
    st.text(BEARABLE, min_size=1, max_size=8),
    st.sampled_from([case[2] for case in CASES if not case[3]]),
    st.sampled_from(
        ["&#0;", "]]>", "{{", "%}", "\\", "|", "<b>", "*", "_", "`", "[1", "{^a}", "-", "#", "1."]
    ),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map(" ".join).filter(lambda text: bool(text.strip()))


def any_text_reads_back(text: str) -> None:
    found, problems = facts_of(text)
    if problems:
        assert found is None or "\ufffd" in found
    else:
        read_back(text)


def any_text_reads_back_from_every_field(text: str) -> None:
    if not facts_of(said_in("", text))[1]:
        read_back_from_every_field(text)


@given(TEXTS)
@settings(max_examples=25, deadline=None)
@example("0 0000000 000000一 0000000\xa0 0000000\xa0 &#0; &#x1F; &lt; &amp;amp; &evil;")
def test_any_text_reads_back_the_same_from_every_format(text: str) -> None:
    any_text_reads_back(text)


@given(TEXTS.filter(lambda text: "{page" not in text))  # a reference may not say it: it is told
@settings(max_examples=10, deadline=None)
def test_any_text_reads_back_from_every_field_of_a_book(text: str) -> None:
    any_text_reads_back_from_every_field(text)


@pytest.mark.long
@given(TEXTS.filter(lambda text: "{page" not in text))
@settings(max_examples=500, deadline=None)
def test_very_many_texts_read_back_from_every_field_of_a_book(text: str) -> None:
    any_text_reads_back_from_every_field(text)


@pytest.mark.long
@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_very_many_texts_read_back_the_same(text: str) -> None:
    any_text_reads_back(text)


@given(st.text(st.characters(), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_characters_at_all_are_told_or_taken(text: str) -> None:
    found, problems = facts_of(text)
    assert found == text.strip() or problems
    assert found is None or found == text.strip() or "\ufffd" in found
    assert all(problem.isprintable() for problem in problems)
