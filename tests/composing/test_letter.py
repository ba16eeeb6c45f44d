"""The subject and the body of a mail: from the memo's own sections, by templates that a book may replace."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from briefbook.composing.letter import BODY, SUBJECT, compose_letter
from briefbook.composing.sections import IssuedNote, SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import Cite, Document, Heading, Text, blocks_of, inlines_of
from briefbook.tool import shipped_templates
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.council import WHOLE, facts_of, memo_of, selected

DISPUTED = """
meetings:
  council-5:
    forum: council
    statements:
      - {source: letter, says: announced, date: 2031-06-10, evidence: on 10 June}
      - {source: letter, says: announced, date: 2031-06-12, evidence: on 12 June}
"""


def note(as_of: str = "2031-04-25", **changes: Any) -> IssuedNote:
    """Asked for at seven in the morning in Mexico City."""
    day = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    given: dict[str, Any] = {
        "number": 4,
        "as_of": day.date(),
        "zone": "America/Mexico_City",
        "made_for": day.replace(hour=13),
        "attached": ("fisheries.pdf", "fisheries.ics"),
        **changes,
    }
    return IssuedNote(**given)


def composed(
    memo: str = "forum: council\nfrom: Fisheries desk\n",
    *,
    as_of: str = "2031-04-25",
    facts: str = WHOLE,
    own: Mapping[str, str] | None = None,
    folder: Path | None = None,
    edition: IssuedNote | None = None,
    known_by: str | None = None,
    subject: str = SUBJECT,
    body: str = BODY,
) -> tuple[str, Document]:
    roots = [shipped_templates()]
    if folder is not None:
        for name, text in (own or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        roots.insert(0, folder)
    definition = memo_of(memo)
    selection = selected(facts_of(facts), definition, as_of, known_by)
    found = SectionTemplates(roots, wording_of(selection.language))
    return compose_letter(selection, definition, found, edition or note(as_of), subject=subject, body=body)


def printed(document: Document) -> str:
    return WRITERS["txt"].write(document, Theme()).decode()


def closing(document: Document) -> str:
    """The last paragraph on one line."""
    *_, last = blocks_of(document)
    return "".join(inline.text for inline in inlines_of(last) if isinstance(inline, Text))


def headings(document: Document) -> list[str]:
    found = (block for block in blocks_of(document) if isinstance(block, Heading))
    return ["".join(i.text for i in block.children if isinstance(i, Text)) for block in found]


def problem(folder: Path, own: Mapping[str, str], body: str = BODY) -> Problem:
    with pytest.raises(BriefbookError) as refused:
        composed(own=own, folder=folder, body=body)
    [found] = refused.value.problems
    return found


# ----------------------------------------------------------------------------------- as shipped


def test_a_mail_says_what_is_next_what_is_ahead_and_what_it_is() -> None:
    subject, body = composed(as_of="2031-05-20")
    assert subject == "Fisheries, Sandvik, Monday 20 October 2031"
    assert (
        printed(body)
        == """\
Next
────
4th meeting of the Fisheries Council, Sandvik, 20 October 2031.

Upcoming meetings
─────────────────
Mon 20 October 2031   4th meeting of the Fisheries Council, Sandvik.
                      Participants not given.

About this mail
───────────────
As of 20 May 2031 (Mexico City time), edition 4. Attached: fisheries.pdf
and fisheries.ics. Made automatically for 07:00 by the schedule of this
memo (Fisheries desk).
────────────────────────────────────────────────────────────────────────
briefing · as of 2031-05-20
"""
    )


def test_a_bottom_line_goes_before_what_is_next() -> None:
    _, body = composed("forum: council\nbottom_line: Press for the survey.\n")
    assert headings(body) == ["Bottom line", "Upcoming meetings", "About this mail"]
    assert "Press for the survey." in printed(body)


def test_an_empty_memo_makes_a_mail() -> None:
    _, body = composed(facts="", as_of="2031-01-01")
    assert headings(body) == ["Next", "Upcoming meetings", "About this mail"]
    assert "None on file." in printed(body)


def test_every_heading_begins_a_section() -> None:
    _, body = composed()
    assert [isinstance(section.blocks[0], Heading) for section in body.sections] == [True] * 3
    assert body.page_of == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Made automatically for 07:00 by the schedule of this memo (Fisheries desk)."),
        (
            {"made_for": datetime(2031, 4, 26, 1, tzinfo=UTC)},
            "Made automatically for 19:00 by the schedule of this memo",
        ),
        (
            {"made_for": datetime(2031, 4, 27, 1, tzinfo=UTC)},
            "Made automatically for 26 April 2031, 19:00, by the schedule of this memo",
        ),
        ({"zone": "Etc/UTC"}, "As of 25 April 2031 (UTC), edition 4."),
        ({"is_scheduled": False}, "Made automatically, sent by hand (Fisheries desk)."),
        ({"attached": ()}, "edition 4. Made automatically"),
        (
            {"left_out": ("fisheries.docx",)},
            "Not attached, being too large for a mail: fisheries.docx.",
        ),
    ],
)
def test_the_closing_words_tell_of_the_edition(changes: dict[str, Any], told: str) -> None:
    _, body = composed(edition=note(**changes))
    assert told in closing(body)


def test_a_memo_of_what_was_known_on_another_day_says_so() -> None:
    _, body = composed(as_of="2031-04-25", known_by="2031-06-01")
    assert "It tells what was known by 1 June 2031." in closing(body)


def test_sections_are_those_of_the_memo() -> None:
    memo = "range: 2031\nsections: [{section: upcoming, title: Ahead, without: [talks-1]}]\n"
    _, body = composed(memo)
    assert headings(body) == ["Next", "Ahead", "About this mail"]
    assert "First round of talks" not in printed(body)
    assert "First round of talks" in printed(composed("range: 2031\n")[1])


def test_what_is_in_dispute_ahead_is_told_for_the_mail_leads_to_it() -> None:
    _, body = composed(facts=DISPUTED)
    assert headings(body) == ["Next", "Upcoming meetings", "Disputed", "About this mail"]
    assert "Disputed" not in headings(composed()[1])


def test_citations_are_in_the_tree_and_print_nothing() -> None:
    _, body = composed()
    cites = [i for block in blocks_of(body) for i in inlines_of(block) if isinstance(i, Cite)]
    assert {cited.source for cite in cites for cited in cite.sources} == {"gazette"}
    assert not any(cite.shown for cite in cites)
    assert "<sup>" not in WRITERS["html"].write(body, Theme()).decode()


# ---------------------------------------------------------------------------- a book's own words


def test_a_book_may_have_its_own_subject_and_body(tmp_path: Path) -> None:
    own = {
        "mail/subject.md.j2": "{{ subject }} ({{ edition.number }})",
        "mail/body.md.j2": '{{ section("upcoming") }}\n\nYours, {{ selection.sender }}.',
    }
    subject, body = composed(own=own, folder=tmp_path)
    assert subject == "Fisheries, Port Emery, May 2031 (4)"
    assert headings(body) == ["Upcoming meetings"]
    assert closing(body) == "Yours, Fisheries desk."


def test_a_memo_may_name_other_templates(tmp_path: Path) -> None:
    own = {"mail/short.md.j2": "New", "mail/brief.md.j2": "See *there*."}
    subject, body = composed(own=own, folder=tmp_path, subject="mail/short.md.j2", body="mail/brief.md.j2")
    assert (subject, closing(body)) == ("New", "See there.")


def test_a_subject_is_plain_text_whatever_the_facts_hold() -> None:
    subject, _ = composed("forum: council\nsubject: '*Fish* & [chips](x) #1 | =C3'\n")
    assert subject == "*Fish* & [chips](x) #1 | =C3"


@pytest.mark.parametrize(
    ("file", "text", "line", "told"),
    [
        ("mail/subject.md.j2", "one\n\ntwo", None, "one plain line is expected here"),
        ("mail/subject.md.j2", "{{ edition.nummer }}", 1, "nummer"),
        ("mail/body.md.j2", "\n{% if %}", 2, "template syntax"),
        ("mail/body.md.j2", "{{ edition.as_of }}", 1, "a date is printed through a filter"),
        ("mail/body.md.j2", "{{ edition.made_for }}", 1, "a date is printed through a filter"),
        ("mail/body.md.j2", "{{ edition }}", 1, "print one of its fields"),
        ("mail/body.md.j2", "\n\n{{ section('sources') }}", 3, "it cannot stand in a mail"),
        ("mail/body.md.j2", "{{ section('nowhere') }}", None, "there is no such template"),
        ("mail/body.md.j2", "```\ncode\n```", None, "a section cannot hold this Markdown"),
        ("mail/body.md.j2", "{^nowhere}", None, "the section leads to source 'nowhere'"),
        ("mail/body.md.j2", "{{ edition.made_for.now() }}", 1, "unsafe"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    file: str, text: str, line: int | None, told: str, tmp_path: Path
) -> None:
    found = problem(tmp_path, {file: text})
    assert told in found.message
    assert "briefing" in found.message
    assert found.where.line == line
    place = "templates/sections/nowhere.md.j2" if "nowhere'" in text else f"templates/{file}"
    assert found.where.file == place


def test_a_template_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = problem(tmp_path, {}, body="mail/none.md.j2")
    assert found.where.file == "templates/mail/none.md.j2"
    assert "there is no such template" in found.message


def test_a_section_sees_no_edition(tmp_path: Path) -> None:
    found = problem(tmp_path, {"sections/upcoming.md.j2": "{{ section('upcoming') }}"})
    assert found.where.file == "templates/sections/upcoming.md.j2"
    own = {"sections/upcoming.md.j2": "{% if edition is none %}No edition.{% endif %}"}
    assert "No edition." in printed(composed(own=own, folder=tmp_path)[1])
