"""`trace`: every edition, paragraph and recipient that rested on a source or a fact; what cannot be told."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from briefbook.bearing import passages_on, rests_of
from briefbook.inputs import from_bytes, remade
from briefbook.ledger import read_ledger
from briefbook.mail.credentials import VARIABLE
from briefbook.record import open_record
from tests.books import FILES, changed, make_book, run
from tests.cli.test_completing import completed
from tests.mail.servers import PASSWORD, SCRIPTS, GoodServer, RawServer
from tests.office import ANA, BO, CY, DAY, DUE, EVE, Office, office_at, parsed

GROUND = "facts/ground.yaml"
GONE = ", withdrawn: {on: 2031-04-21, why: a slip}"


def in_words(text: str) -> str:
    return " ".join(text.split())


def attached(data: bytes) -> str:
    """The words of the text that a mail brings."""
    [attachment] = parsed(data).iter_attachments()
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    return in_words(content.decode())


def traced(book: Path, id_: str) -> dict[str, Any]:
    done = run("-C", book, "trace", id_, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(book: Path, id_: str) -> str:
    done = run("-C", book, "trace", id_)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return done.stdout


def withdraw_gazette(book: Path) -> None:
    path = book / GROUND
    text = path.read_text(encoding="utf-8")
    out = "gazette: {short: the gazette, published: 2031-04-02"
    assert out in text
    path.write_text(text.replace(out, out + GONE), encoding="utf-8")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A book whose memo goes to three people every morning; nobody answers at its port."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    office = office_at(tmp_path / "book")
    assert office.status(EVE) == 3
    return office


# ------------------------------------------------------------------------------------ the whole story


def test_a_recall(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mailed to three, then the source is withdrawn, mailed again: who has been told, in words as mailed."""
    with GoodServer() as server:
        office.aim(server.port)
        office.run(DUE)
        withdraw_gazette(office.book)
        office.run(DUE + DAY)  # what fell is news: it goes without a word of ours
        assert len(server.kept) == 6
        first, last = server.kept[0], server.kept[-1]
    found = traced(office.book, "gazette")
    assert (found["kind"], found["withdrawn"]) == ("sources", {"on": "2031-04-21", "why": {"en": "a slip"}})
    rested, gone = found["editions"]
    assert (rested["memo"], rested["edition"], rested["bearing"]) == ("council", 1, "rested")
    assert (gone["edition"], gone["bearing"], gone["passages"]) == (2, "told", [])
    mailed = attached(first.data)
    texts = [passage["text"] for passage in rested["passages"]]
    assert "Survey the shared stock together." in texts
    for text in texts:
        assert text.partition(":")[0].partition("Port Emery")[0] in mailed, text
    assert {one["recipient"]: one["standing"] for one in rested["recipients"]} == dict.fromkeys(
        (ANA, BO, CY), "delivered"
    )
    assert [one["recipient"] for one in found["to_tell"]] == [ANA, BO, CY]
    assert all(one["since"] == [{"memo": "council", "edition": 2}] for one in found["to_tell"])
    again = attached(last.data)
    assert "Survey the shared stock" not in again
    assert "Withdrawn on 21 April 2031: the gazette (a slip)." in again

    monkeypatch.chdir(office.book)
    text = told(Path(), "gazette")
    assert "1 of 2 editions rested on it." in text
    assert "Told as withdrawn, or left out: council 2" in text
    assert f"  {ANA}: council 1 (has council 2 since, which does not rest on it)\n" in text
    assert "→ bo@example.org: delivered, " in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_hangs_and_what_waits_is_told_apart(office: Office) -> None:
    with RawServer(SCRIPTS["dot-lost"]) as server:  # the first is cut off after its last dot
        office.aim(server.port)
        office.run(DUE)
    office.aim(9)
    standings = [one["standing"] for one in traced(office.book, "gazette")["editions"][0]["recipients"]]
    assert standings.count("in doubt") == 1
    text = told(office.book, "survey")
    assert ": in doubt, " in text
    assert "To tell: 3 readers" in text


def test_a_letter_that_waits_can_be_stopped_and_then_nobody_is_to_tell(office: Office) -> None:
    office.run(DUE)
    text = told(office.book, "gazette")
    assert "to stop it: briefbook outbox cancel 1" in " ".join(text.split())
    for number in ("1", "2", "3"):
        assert office.command("outbox", "cancel", number).exit_code == 0
    found = traced(office.book, "gazette")
    assert {one["standing"] for one in found["editions"][0]["recipients"]} == {"not delivered"}
    assert found["to_tell"] == []
    assert "To tell" not in told(office.book, "gazette")


# ------------------------------------------------------------------------------------ editions and passages


@cache
def built_once() -> Path:
    """The book with its first editions: each test has a copy."""
    return built(Path(mkdtemp()), {})


def built(folder: Path, changes: dict[str, str] | None = None, *days: str) -> Path:
    if changes is None and not days:
        return shutil.copytree(built_once(), folder, dirs_exist_ok=True)
    text_alone = {"memos/council.yaml": FILES["memos/council.yaml"].replace("docx, ", "")}
    book = make_book(folder, {**text_alone, **(changes or {})})
    for day in days or ("2031-04-20",):
        done = run("-C", book, "build", "--as-of", day)
        assert done.exit_code == 0, done.output
    return book


def test_each_memo_language_variant_and_bound_book_has_its_own(tmp_path: Path) -> None:
    both = FILES["memos/council.yaml"].replace("title: Fisheries", "languages: [en, es]\ntitle: Fisheries")
    book = built(tmp_path, {"memos/council.yaml": both})
    assert run("-C", book, "bind", "--format", "docx").exit_code == 0
    found = traced(book, "gazette")
    memos = [edition["memo"] for edition in found["editions"] if edition["bearing"] == "rested"]
    assert memos == ["bind:briefing-book", "council.en", "council.es", "spring"]
    bound, _, spanish, _ = (one for one in found["editions"] if one["bearing"] == "rested")
    assert "Survey the shared stock together." in [passage["text"] for passage in bound["passages"]]
    assert any(passage["heading"] == "Próximas reuniones" for passage in spanish["passages"])
    assert found["looked_at"] == 6


def test_a_passage_that_cites_nothing_rests_on_it_through_what_it_shows(tmp_path: Path) -> None:
    timeline = (
        FILES["memos/council.yaml"] + "sections: [header, bottom-line, timeline, priorities, sources]\n"
    )
    occasion = changed("facts/council.yaml", "    text: Survey", "    meeting: council-3\n    text: Survey")
    book = built(tmp_path, {"memos/council.yaml": timeline, **occasion})
    edition = traced(book, "gazette")["editions"][0]
    by_text = {passage["text"]: passage for passage in edition["passages"]}
    drawn = next(passage for passage in by_text.values() if passage["section"] == "timeline")
    assert drawn["through"] == ["council-3"]
    assert by_text["Survey the shared stock together."]["through"] == []
    judged = by_text["Press for the survey."]
    assert (judged["slot"], judged["through"]) == ("bottom_line", ["survey"])


def test_a_judgement_is_found_by_the_fact_that_it_leans_on(tmp_path: Path) -> None:
    found = traced(built(tmp_path), "survey")
    [council] = [edition for edition in found["editions"] if edition["memo"] == "council"]
    assert council["sources"] == ["gazette"]
    assert [(p["text"], p["through"]) for p in council["passages"]] == [
        ("Press for the survey.", ["survey"]),
        ("Survey the shared stock together.", []),
    ]
    assert found["today"] == {
        "as_of": "2031-04-20",
        "told": "wish",
        "sources": [{"id": "gazette", "standing": "published 2031-04-02"}],
    }


def test_editions_that_said_the_same_stand_together(tmp_path: Path) -> None:
    days = [(date(2031, 4, 20) + timedelta(days=number)).isoformat() for number in range(4)]
    text = told(built(tmp_path, None, *days), "survey")
    assert "  editions 1–4, as of 2031-04-20 to 2031-04-23\n" in text
    assert text.count("Survey the shared stock together.") == 2  # of two memos


def test_what_several_editions_share_is_told_once(tmp_path: Path) -> None:
    book = built(tmp_path)
    memo = book / "memos" / "council.yaml"
    words = memo.read_text(encoding="utf-8")
    assert "Press for the survey." in words
    memo.write_text(words.replace("Press for the survey.", "Ask for the survey."), encoding="utf-8")
    assert run("-C", book, "build", "council", "--as-of", "2031-04-20").exit_code == 0
    lines = told(book, "survey").partition("council\n")[2].partition("\n\n")[0].splitlines()
    assert [line for line in lines if line.startswith(("  edition", "  in", "    ·"))] == [
        "  edition 1, as of 2031-04-20",
        "  edition 2, as of 2031-04-20",
        "  in all of them:",
        "    · Not said to be agreed: Survey the shared stock together.",
        "  in 1:",
        "    · Bottom line: Press for the survey. (through survey)",
        "  in 2:",
        "    · Bottom line: Ask for the survey. (through survey)",
    ]


def test_what_is_not_named_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = built(tmp_path)
    monkeypatch.setattr("briefbook.inputs.Remaker.document", lambda *_: pytest.fail("made again"))
    assert traced(book, "note")["editions"] == []
    assert told(book, "note").splitlines()[2] == "None of 4 editions rested on it."


def test_every_passage_of_a_document_is_looked_at(tmp_path: Path) -> None:
    """A source that all rests on: what `trace` leaves out shows nothing of any fact."""
    book = built(tmp_path)
    with open_record(book, EVE) as record:
        edition = record.ledger.editions("harbours")[0]
        inputs = from_bytes(record.store.get(edition.inputs))
    document, rests = remade(inputs), rests_of(inputs.selection)
    found = " ".join(passage.text for passage in passages_on(document, "letter", rests))
    for shown in ("First round of talks", "3 June 2031", "Bo Lund", "Harbour Master"):
        assert shown in found, shown
    assert "None on file" not in found


# ------------------------------------------------------------------------------------ what cannot be told


def test_a_pruned_edition_is_named_with_its_recipients(office: Office) -> None:
    with GoodServer() as server:
        office.aim(server.port)
        office.run(DUE)
    assert office.command("build", "--as-of", "2031-05-20").exit_code == 0
    assert office.command("history", "prune", "--keep", "1").exit_code == 0
    found = traced(office.book, "gazette")
    [pruned] = found["untold"]
    assert (pruned["memo"], pruned["edition"]) == ("council", 1)
    assert pruned["why"] == "what it was made from is no longer kept"
    assert {one["recipient"] for one in pruned["recipients"]} == {ANA, BO, CY}
    lines = [
        "Cannot be told:",
        "  council 1: what it was made from is no longer kept",
        "    → mailed to ana@example.org, bo@example.org, cy@example.org",
    ]
    assert "\n".join(lines) in told(office.book, "gazette")


def test_an_edition_of_another_briefbook_is_named_if_the_id_stands_in_it(tmp_path: Path) -> None:
    book = built(tmp_path)
    with open_record(book, EVE) as record:
        first = record.ledger.editions("council")[0]
        for word in ("gazette", "another"):
            kept = record.store.put(f'{{"of another shape":["{word}"]}}'.encode())
            strange = replace(first, digest=kept, inputs=kept, tool="briefbook 9.0", outputs=())
            record.ledger.record_editions([strange])
        damaged = record.store.put(b"whole")
        record.ledger.record_editions([replace(first, digest="d" * 64, inputs=damaged, outputs=())])
        (book / ".briefbook" / "objects" / damaged[:2] / damaged[2:]).write_bytes(b"not whole")
    untold = {one["edition"]: one["why"] for one in traced(book, "gazette")["untold"]}
    assert untold == {
        2: "another briefbook made it, in a way that this one cannot read; the id stands in it",
        4: "what it was made from is damaged",
    }


def test_words_of_another_tool_are_said_to_be_made_again(tmp_path: Path) -> None:
    book = built(tmp_path)
    with open_record(book, EVE) as record:
        first = record.ledger.editions("council")[0]
        record.ledger.record_editions([replace(first, digest="e" * 64, tool="briefbook 0.0", outputs=())])
    found = [edition for edition in traced(book, "gazette")["editions"] if edition["memo"] == "council"]
    assert [edition["is_exact"] for edition in found] == [True, False]
    assert "words may differ" in in_words(told(book, "gazette"))


def test_an_id_that_is_a_common_word_is_not_taken_for_one(tmp_path: Path) -> None:
    """`text` stands in every edition's inputs, as the name of a field."""
    point = (
        "background:\n  text: {forums: [harbours], text: T., statements: [{source: note, evidence: a b}]}\n"
    )
    assert traced(built(tmp_path, {"facts/more.yaml": point}), "text")["editions"] == []


# ------------------------------------------------------------------------------------ ids


def test_an_id_that_is_gone_from_the_book_is_known_to_the_record(tmp_path: Path) -> None:
    book = built(tmp_path)
    for name in ("facts/harbours.yaml", "memos/harbours.yaml", "memos/first-round.yaml"):
        (book / name).unlink()
    found = traced(book, "talks-1")
    assert (found["kind"], found["where"]) == (None, None)
    assert {edition["memo"] for edition in found["editions"]} == {"harbours", "first-round", "spring"}
    assert told(book, "talks-1").startswith("talks-1: not in the book any more\n")


def test_an_unknown_id_is_a_mistake_in_the_command(tmp_path: Path) -> None:
    done = run("-C", built(tmp_path), "trace", "gazete")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'gazete' is not in this book (did you mean 'gazette'?)" in done.stderr


def test_before_any_edition_there_is_nothing_and_nothing_is_made(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    assert traced(book, "gazette")["looked_at"] == 0
    assert "No edition is on record." in told(book, "gazette")
    assert not (book / ".briefbook").exists()
    assert read_ledger(book / ".briefbook") is None


def test_the_book_today_says_what_would_fall(tmp_path: Path) -> None:
    facts = {one["id"]: one["fate"] for one in traced(make_book(tmp_path), "gazette")["today"]["facts"]}
    assert facts == {"council-3": "stays", "survey": "falls"}


def test_what_a_fact_is_today_is_a_sentence(tmp_path: Path) -> None:
    assert "\n  it is a wish\n" in told(make_book(tmp_path), "survey")


def test_a_book_with_mistakes_can_be_traced(tmp_path: Path) -> None:
    book = built(tmp_path)
    (book / "facts" / "broken.yaml").write_text("meetings:\n  x: [", encoding="utf-8")
    assert "rested on it." in told(book, "gazette")


@pytest.mark.parametrize(("words", "offered"), [("trace ga", ["gazette"]), ("trace tal", ["talks-1"])])
def test_ids_of_all_kinds_are_completed(words: str, offered: list[str], tmp_path: Path) -> None:
    assert completed(make_book(tmp_path), words) == offered
