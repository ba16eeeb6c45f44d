"""What an edition is made from: kept as bytes, made into the same document again, digested exactly."""

import gc
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from briefbook.composing.compose import compose
from briefbook.composing.confined import ConfinedTemplates
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.delivery import BeforeSchedule, Delivery
from briefbook.diagnostics import BriefbookError, Where
from briefbook.document import Citations
from briefbook.facts import Facts, Wording
from briefbook.inputs import Inputs, Remaker, from_bytes, inputs_of, remade, to_bytes, tool_identity
from briefbook.memo import Book, Memo
from briefbook.notes import notes_of
from briefbook.readers.read_book import read_book
from briefbook.select import select
from briefbook.tool import shipped_templates
from briefbook.writers import WRITERS
from briefbook.writers.theme import PAGES, Theme
from tests.conftest import EXAMPLE
from tests.council import WHOLE, facts_of, memo_of, selected

THEME = Theme()
DAY = "2031-06-01"


@cache
def example() -> Book:
    return read_book(EXAMPLE).book


@cache
def shipped(language: str = "en") -> SectionTemplates:
    return SectionTemplates([shipped_templates()], wording_of(language))


def own(folder: Path, files: Mapping[str, str]) -> SectionTemplates:
    """Templates of a book before the shipped ones."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return SectionTemplates([folder, shipped_templates()], wording_of("en"))


def made(
    memo: Memo | str = "forum: council",
    *,
    facts: Facts | None = None,
    day: str = DAY,
    known_by: str | None = None,
    templates: SectionTemplates | None = None,
    theme: Theme = THEME,
    tool: str = "tool",
) -> Inputs:
    definition = memo_of(memo) if isinstance(memo, str) else memo
    selection = selected(facts or facts_of(WHOLE), definition, day, known_by)
    return inputs_of(selection, definition, templates or shipped(selection.language), theme, tool)


# ------------------------------------------------------------------------------- kept, and made again


DAYS = [date(2018, 6, 1), date(2021, 10, 9), date(2026, 1, 20)]


@pytest.mark.parametrize("memo", sorted(example().memos))
def test_every_memo_of_the_example_book_is_made_again_from_what_is_kept(memo: str) -> None:
    definition = example().memos[memo]
    day = DAYS[len(memo) % len(DAYS)]
    selection = select(example().facts, example().settings, definition, as_of=day, known_by=day)
    templates = shipped(selection.language)
    inputs = inputs_of(selection, definition, templates, THEME, tool_identity())
    back = from_bytes(to_bytes(inputs))
    assert back == inputs
    assert to_bytes(back) == to_bytes(inputs)
    assert (back.digest, back.substance) == (inputs.digest, inputs.substance)
    first, again = compose(selection, definition, templates), remade(back)
    assert again == first
    assert WRITERS["json"].write(again, back.theme) == WRITERS["json"].write(first, THEME)


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert to_bytes(made()) == to_bytes(made())
    assert made().digest == made().digest
    assert json.loads(to_bytes(made()))["selection"]["memo"] == "briefing"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"memo":{}}'])
def test_other_bytes_are_no_inputs(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — each has a sentence of its own
        from_bytes(data)


@pytest.mark.parametrize("mode", Citations)
def test_a_memo_with_notes_is_made_again_with_them(mode: Citations) -> None:
    memo = memo_of(f"forum: council\ncitations: {mode}")
    document = remade(from_bytes(to_bytes(made(memo))))
    assert document == compose(selected(facts_of(WHOLE), memo, DAY), memo, shipped())
    assert document.citations is mode
    assert bool(notes_of(document)) == (mode is not Citations.NUMBERED)


@pytest.mark.long
def test_of_many_sets_of_templates_a_few_are_kept_ready() -> None:
    remaker, inputs = Remaker(), made()
    others_kept = sum(type(one) is ConfinedTemplates for one in gc.get_objects())
    first = remaker.document(inputs)
    for number in range(10):  # as editions of several releases have their own
        others = replace(inputs, catalogues=(f"# {number}\n",))
        assert remaker.document(others) == first
    gc.collect()
    assert sum(type(one) is ConfinedTemplates for one in gc.get_objects()) <= others_kept + 8


def test_a_memo_in_another_language_is_made_again_in_it() -> None:
    memo = memo_of("forum: council\nlanguage: es\nsections: [{section: background, title: {es: Trasfondo}}]")
    inputs = made(memo)
    text = WRITERS["txt"].write(remade(from_bytes(to_bytes(inputs))), THEME).decode()
    assert "Trasfondo" in text
    assert remade(inputs).language == "es"


# ------------------------------------------------------------------------------- templates that are reached


def test_the_templates_are_those_that_the_memo_reaches() -> None:
    few = made("forum: council\nsections: [background, earlier]").templates
    assert set(few) == {
        "footer.md.j2",
        "subject.md.j2",
        "sections/background.md.j2",
        "sections/earlier.md.j2",
        "macros/meetings.md.j2",
        "macros/states.md.j2",
    }
    assert few["footer.md.j2"] == (shipped_templates() / "footer.md.j2").read_text(encoding="utf-8")
    assert "macros/sourcing.md.j2" in made("forum: council\nsections: [header]").templates  # by include


def test_includes_imports_and_parents_are_followed(tmp_path: Path) -> None:
    block = "{% block inner %}{% endblock %}"
    either = "{% include ['none.md.j2', './macros//b.md.j2'] %}"
    templates = own(
        tmp_path,
        {
            "sections/own.md.j2": '{% extends "frame.md.j2" %}{% block inner %}Inner{% endblock %}',
            "frame.md.j2": "{% import 'macros/a.md.j2' as a %}## {{ a.word() }}\n\n" + block,
            "macros/a.md.j2": "{% macro word() %}" + either + "{% endmacro %}",
            "macros/b.md.j2": "Heading",
            "macros/unused.md.j2": "Never",
        },
    )
    inputs = made("forum: council\nsections: [own]", templates=templates)
    assert {"frame.md.j2", "macros/a.md.j2", "macros/b.md.j2"} <= set(inputs.templates)
    assert not {"macros/unused.md.j2", "none.md.j2"} & set(inputs.templates)
    text = WRITERS["txt"].write(remade(inputs), THEME).decode()
    assert "Heading" in text
    assert "Inner" in text


def test_a_name_that_is_known_only_at_run_time_may_mean_any_template(tmp_path: Path) -> None:
    templates = own(
        tmp_path,
        {
            "sections/own.md.j2": "## Own\n\n{% include options.piece %}",
            "pieces/one.txt": "The first piece",
            "pieces/two.txt": "The second piece",
        },
    )
    inputs = made(
        "forum: council\nsections: [{section: own, set: {piece: pieces/two.txt}}]", templates=templates
    )
    assert {"pieces/one.txt", "pieces/two.txt", "sections/priorities.md.j2"} <= set(inputs.templates)
    assert "The second piece" in WRITERS["txt"].write(remade(inputs), THEME).decode()


def test_a_missing_template_is_told_when_the_memo_is_made() -> None:
    inputs = made("forum: council\nsections: [nowhere]")
    assert "sections/nowhere.md.j2" not in inputs.templates
    with pytest.raises(BriefbookError, match=r"nowhere\.md\.j2: error: there is no such template"):
        remade(inputs)


def test_a_mistake_in_a_kept_template_has_its_place(tmp_path: Path) -> None:
    templates = own(tmp_path, {"sections/own.md.j2": "## Own\n\n{{ 1 // 0 }}\n"})
    inputs = made("forum: council\nsections: [own]", templates=templates)
    with pytest.raises(BriefbookError, match=r"templates/sections/own\.md\.j2:3: error: integer division"):
        remade(inputs)


# --------------------------------------------------------------------------------------- the digest


def test_what_decides_no_byte_is_not_in_the_digest() -> None:
    memo = memo_of("forum: council\nbottom_line: {text: Wait., valid: 2031-05}")
    digest = made(memo).digest
    schedule = BeforeSchedule(before=timedelta(days=2), of="next-meeting", at=time(7), zone="Etc/UTC")
    for other in (
        replace(memo, schedule=schedule),
        replace(memo, deliver=Delivery(to=("a@example.org",))),
        replace(memo, formats=("txt",)),
        replace(memo, where=Where(file="memos/elsewhere.yaml", line=3)),
        replace(memo, places={"title": (9, 9)}),
        replace(memo, bottom_lines=()),  # valid on other days alone
        replace(memo, title=Wording(texts={**memo.title.texts, "es": "Pesca"})),  # printed in English
        memo_of(
            "forum: council\nsections: [header, bottom-line, upcoming, participants, priorities, "
            "background, earlier, disputed, find-out, sources]"
        ),  # what every memo has
    ):
        assert made(other).digest == digest


def test_what_decides_bytes_is_in_the_digest(tmp_path: Path) -> None:
    memo = memo_of("forum: council")
    changed = [
        made(replace(memo, id="other")),
        made(replace(memo, title=Wording(texts={"en": "Other"}))),
        made(replace(memo, reference="R-1")),
        made(replace(memo, to=Wording(texts={"en": "Minister"}))),
        made(replace(memo, language="es")),
        made("forum: council\ncitations: footnotes"),
        made("forum: council\ncitations: endnotes"),
        made("forum: council\nbottom_line: Press for the survey."),
        made("forum: council\nsections: [header, priorities]"),
        made("forum: council\nsections: [{section: priorities, title: Other}]"),
        made("forum: council\nsections: [{section: priorities, limit: 1}]"),
        made("forum: council\nsections: [{section: priorities, without: [mesh]}]"),
        made("forum: council\nsections: [{section: priorities, set: {a: b}}]"),
        made("forum: harbours"),
        made(day="2031-06-02"),
        made(known_by="2031-06-02"),
        made(theme=Theme(page=PAGES["letter"])),
        made(tool="another tool"),
        made(templates=own(tmp_path, {"footer.md.j2": "Other"})),
        made(templates=own(tmp_path, {"macros/states.md.j2": "{% macro state(m) %}{% endmacro %}"})),
    ]
    digests = {made(memo).digest, *(inputs.digest for inputs in changed)}
    assert len(digests) == 1 + len(changed)


def test_a_template_that_the_memo_does_not_reach_changes_nothing(tmp_path: Path) -> None:
    templates = own(tmp_path, {"sections/other.md.j2": "## Other", "macros/more.md.j2": "More"})
    assert made(templates=templates).digest == made().digest


def test_a_title_in_a_language_that_is_not_printed_changes_nothing() -> None:
    one = made("forum: council\nsections: [{section: background, title: {en: Facts, es: Hechos}}]")
    other = made("forum: council\nsections: [{section: background, title: {en: Facts, es: Datos}}]")
    assert one.digest == other.digest
    assert one.digest != made("forum: council\nsections: [{section: background, title: Points}]").digest


# ------------------------------------------------------------------------------------ the substance


def test_the_substance_stays_while_only_the_day_passes() -> None:
    one, next_day = made(day="2031-06-10"), made(day="2031-06-11")
    assert one.selection.upcoming[0].when.days_until != next_day.selection.upcoming[0].when.days_until
    assert one.substance == next_day.substance
    assert one.digest != next_day.digest


def test_the_substance_changes_with_what_is_told() -> None:
    before, after = made(day="2031-05-11"), made(day="2031-05-12")  # on the 12th the joint note is out
    assert before.substance != after.substance
    assert made(day="2031-10-19").substance != made(day="2031-10-20").substance  # the meeting is today
    assert made().substance != made("forum: council\nbottom_line: Wait.").substance


def test_how_sources_are_printed_is_no_news() -> None:
    assert made().substance == made("forum: council\ncitations: footnotes").substance


def test_the_tool_tells_its_release_and_its_libraries() -> None:
    assert tool_identity() == tool_identity()
    assert "reportlab" in tool_identity()
