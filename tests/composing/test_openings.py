"""Citations open their sources at the words: from facts in YAML to the document's tree, and kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

from briefbook.composing.compose import compose
from briefbook.composing.letter import compose_letter
from briefbook.composing.sections import IssuedNote, SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.document import Cite, Document, Inline, Link, SourceList, blocks_of, inlines_of
from briefbook.facts import Facts
from briefbook.inputs import Inputs, from_bytes, inputs_of, remade, to_bytes
from briefbook.select import select
from briefbook.selection import Selection
from briefbook.tool import shipped_templates
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.council import GROUND, SETTINGS, WHOLE, facts_of, memo_of

DAY = date(2031, 10, 1)
GAZETTE, NOTE = "https://gazette.example/3?a=1", "https://council.example/note#annex"
ARCHIVE = "https://archive.example.org/texts"
TEMPLATES = SectionTemplates((shipped_templates(),), wording_of("en"))


def grounded(**fields: str) -> str:
    """The common facts, with a field more on some sources."""
    ground = GROUND
    for source, more in fields.items():
        assert ground.count(f"  {source}: {{") == 1
        ground = ground.replace(f"  {source}: {{", f"  {source}: {{{more}, ")
    return ground


# Two sources with addresses; one with a text alone; one that stands on a shelf.
ADDRESSED = grounded(
    gazette=f'address: "{GAZETTE}"',
    note=f'address: "{NOTE}"',
    letter="text: letter 1.txt",
    radio='address: "Archive of the radio, box 12"',
)


def facts(whole: str = WHOLE, ground: str = ADDRESSED) -> Facts:
    return facts_of(whole, ground=ground)


def selection(
    memo: str = "range: all", *, book: Facts | None = None, archive: str | None = None
) -> Selection:
    settings = replace(SETTINGS, archive=archive)
    return select(book or facts(), settings, memo_of(memo), as_of=DAY, known_by=DAY)


def document(memo: str = "range: all", *, book: Facts | None = None, archive: str | None = None) -> Document:
    return compose(selection(memo, book=book, archive=archive), memo_of(memo), TEMPLATES)


def cites(made: Document) -> Iterator[tuple[str, Cite]]:
    """Every citation, with the words before it in its block."""
    for block in blocks_of(made):
        words = ""
        for inline in inlines_of(block):
            if isinstance(inline, Cite):
                yield words, inline
                words = ""
            else:
                words += _words(inline)


def _words(inline: Inline) -> str:
    return str(getattr(inline, "text", " "))


def target_of(made: Document, words: str, source: str) -> str | None:
    """Where the citation behind some words opens a source."""
    found = {
        s.target
        for before, cite in cites(made)
        for s in cite.sources
        if words in before and s.source == source
    }
    (target,) = found
    return target


def opened(made: Document, words: str, source: str) -> list[str]:
    """The fragments at which the citation behind some words opens a source."""
    target = target_of(made, words, source)
    assert target is not None
    return [unquote(part.removeprefix("text=")) for part in target.partition(":~:")[2].split("&") if part]


# --------------------------------------------------------------------------- each with its own words


def test_each_fact_is_cited_at_the_evidence_of_its_statements() -> None:
    made = document()
    assert opened(made, "every spring.", "note") == ["agreed to survey the stock jointly"]
    assert opened(made, "Widen the mesh", "gazette") == ["Norland hopes for wider nets"]
    assert opened(made, "halved in ten years", "gazette") == ["halved in ten years"]
    assert opened(made, "Carla Mar", "note") == ["met in Port Emery on 11 May"]
    assert (
        target_of(made, "Widen the mesh", "gazette")
        == GAZETTE + "#:~:text=Norland%20hopes%20for%20wider%20nets"
    )


def test_claims_that_differ_are_cited_each_at_its_own_words() -> None:
    made = document()
    assert opened(made, "12 tonnes", "gazette") == ["a quota of 12 tonnes"]
    assert opened(made, "14 tonnes", "note") == ["a quota of 14 tonnes"]


def test_reports_at_odds_are_cited_each_at_its_own_words() -> None:
    more = "      - {source: radio, says: held, date: 2031-05-18, evidence: met on 18 May}\n  council-4:"
    book = facts(
        WHOLE.replace("  council-4:", more, 1), ADDRESSED.replace("Archive of the radio, box 12", ARCHIVE)
    )
    made = document(book=book)
    assert opened(made, "11 May 2031.", "note") == ["met in Port Emery on 11 May"]
    assert opened(made, "18 May 2031.", "radio") == ["met on 18 May"]


def test_an_update_is_cited_at_its_own_words() -> None:
    book = facts(ground=ADDRESSED.replace("Archive of the radio, box 12", "https://radio.example"))
    assert opened(document(book=book), "Status: in progress", "radio") == ["the first survey began"]


def test_all_fragments_of_a_statement_are_named_in_their_order() -> None:
    whole = WHOLE.replace(
        "evidence: halved in ten years", "evidence: [the stock, 'half, or less', the stock]"
    )
    assert opened(document(book=facts(whole)), "ten years.", "gazette") == ["the stock", "half, or less"]


def test_what_rests_on_two_statements_of_a_source_opens_at_both() -> None:
    both = "statements: [{source: gazette, evidence: halved}, {source: gazette, evidence: in ten years}]"
    whole = WHOLE.replace("statements: [{source: gazette, evidence: halved in ten years}]", both)
    assert opened(document(book=facts(whole)), "ten years.", "gazette") == ["halved", "in ten years"]


def test_one_citation_of_several_facts_opens_at_the_words_of_all() -> None:
    [caption] = [cite for _, cite in cites(document("range: all\nsections: [timeline, sources]"))]
    targets = {cited.source: cited.target for cited in caption.sources}
    assert targets == {
        "note": f"{NOTE}:~:text=met%20in%20Port%20Emery%20on%2011%20May&text=again%20on%2020%20October",
        "letter": None,
    }


def test_one_number_for_several_citations_in_a_row_opens_at_the_words_of_all(tmp_path: Path) -> None:
    stock, survey = "selection.background[0]", "selection.priorities[0].items[0]"
    cited = (stock, "selection.priorities[-1].items[0]", survey, stock)
    made = own(tmp_path, " ".join(f"So.{{{{ cite({fact}) }}}}" for fact in cited))
    halved, wider, jointly = (
        "halved%20in%20ten%20years",
        "Norland%20hopes%20for%20wider%20nets",
        "agreed%20to",
    )
    found = [(cite.shown, cite.sources[0].target or "") for _, cite in cites(made)]
    assert [is_shown for is_shown, _ in found] == [False, True, True, True]
    assert [target.partition(":~:text=")[2] for _, target in found] == [
        halved,
        f"{halved}&text={wider}",
        f"{jointly}%20survey%20the%20stock%20jointly",
        halved,
    ]


def own(folder: Path, section: str) -> Document:
    """A memo with a section of its own."""
    path = folder / "sections/own.md.j2"
    path.parent.mkdir()
    path.write_text(section)
    memo = "range: all\nsections: [own, sources]"
    templates = SectionTemplates((folder, shipped_templates()), wording_of("en"))
    return compose(selection(memo), memo_of(memo), templates)


def test_a_template_may_cite_a_bare_id_too(tmp_path: Path) -> None:
    made = own(tmp_path, "One.{{ cite(namespace(sources=['note'])) }}")
    assert [cite.sources[0].target for _, cite in cites(made)] == [None]


def test_a_mark_with_an_address_survives_every_place_and_filter(tmp_path: Path) -> None:
    lines = (
        "{% set it = cite(selection.background[0]) %}## A{{ it }}",
        "",
        "| a{{ it }} | b |",
        "|-|-|",
        "| {{ ('so' ~ it) | sentence }} | c |",
        "",
        "- {{ _('%(x)s and %(y)s', x=it, y=['d', it] | listing) }}",
        "- **so{{ it }}**",
        "- so {{ '%s' | format(it) }} {{ (it ~ '') % () }}",
    )
    made = own(tmp_path, "\n".join(lines))
    targets = [cite.sources[0].target for _, cite in cites(made)]
    assert targets[0] == f"{GAZETTE}#:~:text=halved%20in%20ten%20years"
    assert len(targets) == 8
    assert set(targets) == {targets[0]}


# ------------------------------------------------------------------------------------ which address


def test_a_source_without_an_address_of_the_web_opens_nothing() -> None:
    made = document()
    assert target_of(made, "Status: in progress", "radio") is None  # it stands on a shelf
    assert target_of(made, "first round of talks", "letter") is None
    plain = document(book=facts(ground=GROUND))
    assert {s.target for _, cite in cites(plain) for s in cite.sources} == {None}


def test_an_archived_text_is_opened_where_the_book_says_that_its_texts_are() -> None:
    for archive in (ARCHIVE, f"{ARCHIVE}/"):
        made = document(archive=archive)
        target = f"{ARCHIVE}/letter%201.txt#:~:text=on%203%20June%20in%20Holm"
        assert target_of(made, "first round of talks", "letter") == target
        assert target_of(made, "Status: in progress", "radio") is None  # it has no text
        assert (target_of(made, "halved", "gazette") or "").startswith(GAZETTE)  # its own goes first


def test_an_address_that_is_none_gives_way_to_the_archived_text() -> None:
    book = facts(ground=grounded(gazette="text: g.txt, address: 'javascript:alert(1)'"))
    assert target_of(document(book=book, archive=ARCHIVE), "halved", "gazette") == (
        f"{ARCHIVE}/g.txt#:~:text=halved%20in%20ten%20years"
    )
    assert target_of(document(book=book), "halved", "gazette") is None


def test_the_list_of_sources_leads_to_their_pages() -> None:
    made = document(archive=ARCHIVE)
    [sources] = [block for block in blocks_of(made) if isinstance(block, SourceList)]
    links = {e.source: [i.target for i in e.children if isinstance(i, Link)] for e in sources.entries}
    assert links == {
        "note": [NOTE],
        "radio": [],
        "gazette": [GAZETTE],
        "letter": [f"{ARCHIVE}/letter%201.txt"],
    }


def test_the_entry_of_an_implied_source_opens_at_all_the_words_that_the_memo_rests_on() -> None:
    made = document("forum: council\nsections: [header, background, priorities, sources]", book=facts(ONE))
    assert {cite.shown for _, cite in cites(made)} == {False}
    [sources] = [block for block in blocks_of(made) if isinstance(block, SourceList)]
    [entry] = sources.entries
    assert [i.target for i in entry.children if isinstance(i, Link)] == [
        f"{GAZETTE}#:~:text=halved%20in%20ten%20years&text=Norland%20hopes"
    ]
    text = " ".join(WRITERS["txt"].write(made, Theme()).decode().split())
    assert f"“Ministers to meet” <{GAZETTE}>" in text  # to be read: the words would be long


ONE = """
priorities:
  mesh:
    forum: council
    text: Widen the mesh.
    statements: [{source: gazette, force: wish, by: [norland], evidence: Norland hopes}]
background:
  stock:
    forums: [council]
    text: The stock has halved in ten years.
    statements: [{source: gazette, evidence: halved in ten years}]
"""


def test_a_hostile_fragment_stays_in_its_place() -> None:
    hostile = "]}{/}|`\\\\ <a> & - , # :~: %0A {^x} “é”"
    whole = WHOLE.replace("evidence: halved in ten years", f"evidence: '{hostile}'")
    made = document(book=facts(whole))
    [words] = opened(made, "ten years.", "gazette")
    assert words == hostile
    for name in ("html", "pdf", "docx", "md", "txt", "json"):
        assert WRITERS[name].write(made, Theme())


def test_a_mail_prints_no_citation_and_so_leads_nowhere() -> None:
    note = IssuedNote(number=1, as_of=DAY, zone="Etc/UTC", made_for=datetime(2031, 10, 1, tzinfo=UTC))
    _, letter = compose_letter(selection(), memo_of("range: all"), TEMPLATES, note)
    assert "#:~:" not in WRITERS["html"].write(letter, Theme()).decode()


# ----------------------------------------------------------------------------- kept, digested, remade


def inputs(**changes: str) -> Inputs:
    whole = WHOLE
    for old, new in changes.items():
        assert whole.count(old) == 1
        whole = whole.replace(old, new)
    memo = memo_of("range: all")
    return inputs_of(selection(book=facts(whole)), memo, TEMPLATES, Theme(), "tool")


def test_what_is_kept_makes_the_same_citations_again() -> None:
    kept = from_bytes(to_bytes(inputs()))
    assert to_bytes(kept) == to_bytes(inputs())
    assert remade(kept) == document()
    assert json.loads(to_bytes(kept))["selection"]["background"][0]["sources"] == [
        {"target": f"{GAZETTE}#:~:text=halved%20in%20ten%20years", "text": "gazette"}
    ]


def test_inputs_that_an_older_briefbook_kept_are_read_as_citations_that_open_nothing() -> None:
    memo = memo_of("range: all")
    plain = inputs_of(selection(book=facts(ground=GROUND)), memo, TEMPLATES, Theme(), "tool")
    assert b'"target"' not in to_bytes(plain)  # as it was written before there were any
    assert b'"opens"' not in to_bytes(plain)
    assert remade(from_bytes(to_bytes(plain))) == document(book=facts(ground=GROUND))


def test_the_words_are_in_the_digest_where_they_are_opened_and_nowhere_else() -> None:
    changed = {"halved in ten years}]": "in ten years}]"}
    assert inputs(**changed).digest != inputs().digest
    assert inputs(**changed).substance == inputs().substance  # nobody is mailed anew for it
    unopened = {"the first survey began}": "survey began}"}
    assert inputs(**unopened).digest == inputs().digest
