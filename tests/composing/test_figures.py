"""The sections `timeline` and `picture`: what they show, what they say of it, and when they vanish."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from briefbook.composing.markup import MarkupError, parse_section
from briefbook.composing.sections import SectionTemplates
from briefbook.diagnostics import BriefbookError
from briefbook.document import Cite, Document, Figure, Image, Standing, Timeline, blocks_of, facts_of
from briefbook.facts import Facts, Wording
from briefbook.inputs import from_bytes, remade, to_bytes
from briefbook.memo import Book, Memo, SectionSpec
from briefbook.workshop import Day, Task, Workshop
from tests.council import SETTINGS, memo_of
from tests.council import facts_of as council_facts
from tests.writers.figures import png

SOURCES = """
sources:
  paper: {short: the paper, published: 2031-04-01}
  other: {short: the other paper, published: 2031-04-01}
  late: {short: the late paper, published: 2031-07-01}
"""


def facts(**meetings: str) -> Facts:
    """Meetings by their ids, each with its statements in YAML."""
    told = "".join(
        f"  {id_}: {{forum: council, title: meeting {id_.upper()}, statements: [{said}]}}\n"
        for id_, said in meetings.items()
    )
    return council_facts(f"{SOURCES}meetings:\n{told}")


def says(word: str, day: str | None = None, source: str = "paper") -> str:
    when = f"date: {day}, " if day else ""
    return f"{{source: {source}, says: {word}, {when}evidence: e}}"


def document_of(book_facts: Facts, as_of: str, extra: str = "timeline", **more: Image) -> Document:
    definition = memo_of(f"range: all\nsections: [header, {extra}, sources]")
    day = date.fromisoformat(as_of)
    book = Book(root="", settings=SETTINGS, facts=book_facts, memos={}, pictures=more)
    return Workshop(book).document(definition, Day(as_of=day, known_by=day))


def figure_in(document: Document) -> Figure:
    (figure,) = (block for block in blocks_of(document) if isinstance(block, Figure))
    return figure


def timeline_in(document: Document) -> Timeline:
    picture = figure_in(document).picture
    assert isinstance(picture, Timeline)
    return picture


def caption_of(document: Document) -> str:
    return "".join(getattr(inline, "text", "") for inline in figure_in(document).caption)


ALL = facts(
    held=says("announced", "2031-04-05") + ", " + says("held", "2031-04-06", "late"),
    upcoming=says("announced", "2031-10-01"),
    open=says("announced", "../2031-09-01"),
    unconfirmed=says("announced", "2031-05"),
    cancelled=says("cancelled", "2031-11-02"),
    disputed=says("announced", "2031-12-01") + ", " + says("announced", "2031-12-05", "other"),
    undated=says("announced"),
)


def test_every_meeting_with_a_date_stands_on_the_line_as_its_sources_have_it() -> None:
    found = {entry.fact: entry for entry in timeline_in(document_of(ALL, "2031-07-10")).entries}
    assert {fact: (entry.standing, entry.first, entry.last) for fact, entry in found.items()} == {
        "held": (Standing.HELD, date(2031, 4, 6), date(2031, 4, 6)),
        "unconfirmed": (Standing.UNCONFIRMED, date(2031, 5, 1), date(2031, 5, 31)),
        "open": (Standing.UPCOMING, date.min, date(2031, 9, 1)),
        "upcoming": (Standing.UPCOMING, date(2031, 10, 1), date(2031, 10, 1)),
        "cancelled": (Standing.CANCELLED, date(2031, 11, 2), date(2031, 11, 2)),
        "disputed": (Standing.DISPUTED, date(2031, 12, 1), date(2031, 12, 5)),
    }
    assert list(found) == ["held", "unconfirmed", "open", "upcoming", "cancelled", "disputed"]


def test_the_alternative_text_says_of_each_what_when_and_how_it_stands() -> None:
    document = document_of(ALL, "2031-07-10")
    alt = figure_in(document).alt
    assert alt.startswith("Timeline of meetings, as of 10 July 2031.")
    for entry in timeline_in(document).entries:
        assert f": {entry.label[0].lower()}{entry.label[1:]} ({entry.said})" in alt
        assert entry.when.lower() in alt.lower()
    assert "1 December 2031 or 5 December 2031: meeting DISPUTED (disputed)" in alt
    assert "UNDATED" not in alt


def test_a_meeting_without_a_date_is_named_below() -> None:
    document = document_of(ALL, "2031-07-10")
    assert "Without a date: meeting UNDATED." in caption_of(document)


def test_the_caption_cites_every_source_that_the_line_rests_on() -> None:
    (cite,) = (i for i in figure_in(document_of(ALL, "2031-07-10")).caption if isinstance(i, Cite))
    assert {cited.source for cited in cite.sources} == {"paper", "other", "late"}
    assert facts_of(figure_in(document_of(ALL, "2031-07-10"))) >= {"held", "disputed", "paper"}


def test_the_legend_names_what_occurs_and_nothing_else() -> None:
    one = timeline_in(document_of(facts(a=says("held", "2031-03-01")), "2031-07-10"))
    assert [(key.standing, key.words) for key in one.keys] == [(Standing.HELD, "held")]
    keys = timeline_in(document_of(ALL, "2031-07-10")).keys
    assert {key.standing for key in keys} == {*Standing, None}


@pytest.mark.parametrize(
    ("as_of", "said", "standing"),
    [
        ("2031-04-02", "upcoming", Standing.UPCOMING),
        ("2031-05-11", "may have taken place already", Standing.UPCOMING),
        ("2031-06-01", "unconfirmed", Standing.UNCONFIRMED),
    ],
)
def test_an_announced_meeting_is_never_drawn_as_held(as_of: str, said: str, standing: Standing) -> None:
    (entry,) = timeline_in(document_of(facts(a=says("announced", "2031-05")), as_of)).entries
    assert (entry.said, entry.standing) == (said, standing)


def test_of_a_meeting_of_today_it_is_said() -> None:
    (entry,) = timeline_in(document_of(facts(a=says("announced", "2031-05-11")), "2031-05-11")).entries
    assert (entry.said, entry.standing) == ("today", Standing.UPCOMING)


def test_reports_that_cannot_both_be_right_are_not_drawn_as_settled() -> None:
    both = facts(a=says("held", "2031-03-01") + ", " + says("held", "2031-03-09", "other"))
    (entry,) = timeline_in(document_of(both, "2031-07-10")).entries
    assert (entry.standing, entry.said) == (Standing.DISPUTED, "held, disputed")
    assert (entry.first, entry.last) == (date(2031, 3, 1), date(2031, 3, 9))
    ambiguous = facts(a=says("announced", "2031-03-01") + ", " + says("held", "2031-03-01"))
    (entry,) = timeline_in(document_of(ambiguous, "2031-07-10")).entries
    assert (entry.standing, entry.said) == (Standing.DISPUTED, "held, by an ambiguous source")


def test_a_limit_keeps_what_is_next_to_the_day_and_says_what_is_left_out() -> None:
    many = facts(
        **{f"m{n}": says("announced", str(date(2031, 5, 1) + timedelta(days=9 * n))) for n in range(9)}
    )
    document = document_of(many, "2031-06-01", "{section: timeline, limit: 3}")
    assert [entry.fact for entry in timeline_in(document).entries] == ["m2", "m3", "m4"]
    assert "Six more are on file and not shown." in caption_of(document)


def test_without_a_dated_meeting_the_section_vanishes() -> None:
    document = document_of(facts(a=says("announced")), "2031-06-01")
    assert [section.name for section in document.sections] == ["header"]


def test_dates_and_months_are_in_the_memo_s_language() -> None:
    definition = memo_of("range: all\nlanguage: es\nsections: [timeline]")
    book = Book(root="", settings=SETTINGS, facts=ALL, memos={})
    day = Day(as_of=date(2031, 7, 10), known_by=date(2031, 7, 10))
    picture = timeline_in(Workshop(book).document(definition, day))
    assert picture.months[:2] == ("ene", "feb")
    assert picture.entries[0].when == "6 de abril de 2031"


# ------------------------------------------------------------------------------ pictures, inputs

MAP = Image(data=png(), media_type="image/png", width=30, height=20)
OTHER = Image(data=png(31, 20), media_type="image/png", width=31, height=20)
OPTIONS = "{file: pictures/map.png, alt: 'A \"map\" | [x].', caption: 'Fig *1*'}"
SHOWN = f"{{section: picture, title: The *map*, set: {OPTIONS}}}"


def workshop_with(**pictures: Image) -> Workshop:
    named = {f"pictures/{name}.png": image for name, image in pictures.items()}
    return Workshop(Book(root="", settings=SETTINGS, facts=ALL, memos={}, pictures=named))


def picture_memo(section: str = SHOWN) -> Memo:
    return memo_of(f"range: all\nsections: [header, {section}]")


DAY = Day(as_of=date(2031, 7, 10), known_by=date(2031, 7, 10))


def test_a_picture_stands_with_its_words_and_caption() -> None:
    document = workshop_with(map=MAP).document(picture_memo(), DAY)
    figure = figure_in(document)
    assert (figure.picture, figure.alt, caption_of(document)) == (MAP, 'A "map" | [x].', "Fig *1*")


def test_a_picture_is_among_what_an_edition_is_made_from() -> None:
    inputs = workshop_with(map=MAP, other=OTHER).inputs(picture_memo(), DAY)
    assert list(inputs.pictures or {}) == ["pictures/map.png"]
    kept = from_bytes(to_bytes(inputs))
    assert kept == inputs
    assert figure_in(remade(kept)).picture == MAP
    assert workshop_with(map=OTHER).inputs(picture_memo(), DAY).digest != inputs.digest
    assert workshop_with(map=MAP).inputs(picture_memo(), DAY).digest == inputs.digest  # others don't count


def test_a_picture_that_is_not_there_is_told() -> None:
    task = Task(memo=picture_memo(), day=DAY, formats=("txt",))
    (problem,) = workshop_with(mop=MAP).render(task).problems
    assert "there is no picture 'pictures/map.png'" in str(problem)


@pytest.mark.parametrize("alt", ["", " ", "\u200b", "\u00a0\ufe0f"])
def test_a_picture_without_words_is_not_printed(alt: str) -> None:
    options = {"file": Wording(texts={"en": "pictures/map.png"}), "alt": Wording(texts={"en": alt})}
    spec = SectionSpec(name="picture", options=options)
    with pytest.raises(BriefbookError, match="needs words that say what it shows"):
        workshop_with(map=MAP).document(
            Memo(id="m", title=SETTINGS.title, scope=picture_memo().scope, sections=(spec,)), DAY
        )


def test_a_template_shows_a_picture_by_markdown() -> None:
    (figure,) = parse_section("![A *map* of 1](<a b.png>) Below **it**.", {"a b.png": MAP})
    assert isinstance(figure, Figure)
    assert (figure.alt, figure.picture) == ("A map of 1", MAP)
    assert [getattr(inline, "text", "") for inline in figure.caption] == ["Below ", "it", "."]


AXIS = "{~as-of 2031-05-11 a,b}Today | In words. | Caption. |\n|-|-|-|\n"
ROW = "| {~meeting m held 2031-05-11 2031-05-11}M | 11 May | held |\n"


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        (f"| {AXIS}", "a timeline needs a meeting"),
        (f"| {AXIS.replace('In words.', '')}{ROW}", "the words that say what it shows"),
        (f"| {AXIS.replace('In words.', '&#8203;&nbsp;')}{ROW}", "the words that say what it shows"),
        (f"| {AXIS}| M | May | held |\n", "each row of a timeline starts with"),
        (f"| {AXIS}| {{~meeting m held}}M | May | held |\n", "each row of a timeline starts with"),
        (f"| {AXIS}{ROW.replace('held |', 'held{^paper} |')}", "belong into its caption"),
        (f"| a | b | c |\n|-|-|-|\n{ROW}", "the header of a timeline starts with"),
        ("| {~as-of 2031-05-11 a}A | b |\n|-|-|\n", "has three columns"),
        (f"| {AXIS}| x {{~key held}}M | | |\n", "the mark of a timeline belongs at the start"),
    ],
)
def test_a_table_that_is_no_timeline_is_refused(markdown: str, message: str) -> None:
    with pytest.raises(MarkupError, match=message):
        parse_section(markdown)


def test_a_mail_has_the_words_of_a_picture(tmp_path: Path) -> None:
    from briefbook.composing.letter import compose_letter
    from tests.composing.test_letter import note

    own = tmp_path / "mail"
    own.mkdir()
    (own / "body.md.j2").write_text('{{ section("timeline") }}')
    workshop = workshop_with()
    definition = memo_of("range: all\nsections: [timeline]")
    selection = workshop.select(definition, DAY)
    templates = workshop.templates("en")
    found = SectionTemplates((tmp_path, *templates.roots), templates.wording)
    _, letter = compose_letter(selection, definition, found, note("2031-07-10"))
    assert not any(isinstance(block, Figure) for block in blocks_of(letter))
    said = "".join(getattr(i, "text", "") for b in blocks_of(letter) for i in getattr(b, "children", ()))
    assert "Timeline of meetings, as of 10 July 2031." in said
    assert "Meetings with a date on file." in said
