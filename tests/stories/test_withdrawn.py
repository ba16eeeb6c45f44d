"""A source is withdrawn after the memo was mailed: who was told, and what the next edition says."""

from pathlib import Path

import pytest

from briefbook.mail.credentials import VARIABLE
from tests.books import FILES
from tests.mail.servers import PASSWORD, GoodServer
from tests.office import ANA, BO, CY, DAY, DUE, EVE, memo, office_at, parsed, text_of
from tests.stories.desk import Desk, spaced

pytestmark = pytest.mark.long

SECTIONS = "sections: [header, bottom-line, since-last-edition, upcoming, priorities, sources]\n"
FORMATS = "formats: [docx]\n"
TO = "{to: [ana@example.org, bo@example.org], bcc: cy@example.org, attach: docx, when: changed}"
GONE = ", withdrawn: {on: 2031-04-21, why: a slip} # the paper said so itself"
FALLEN = "The source was withdrawn on 21 April 2031: the gazette (a slip)."
SURVEY = "Survey the shared stock together."


def test_withdrawn_traced_and_built_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    council = memo(deliver=TO, more=SECTIONS).replace("formats: [txt]\n", FORMATS)
    with GoodServer() as server:
        office = office_at(tmp_path / "book", server.port, {"memos/council.yaml": council})
        desk = Desk(office.book)
        assert office.status(EVE) == 3  # followed from here
        assert office.status(DUE) == 0
        assert {to for it in server.kept for to in it.recipients} == {ANA, BO, CY}
        assert SURVEY in desk.memo("2031-04-20", "council.docx")

        published = "gazette: {short: the gazette, published: 2031-04-02"
        desk.edits("facts/ground.yaml", published, published + GONE.partition(" #")[0])
        said = desk.types("check", "--as-of", "2031-04-21")
        assert "'survey' falls with source 'gazette': from 2031-04-21 on no memo shows it" in said

        said = desk.types("trace", "gazette")
        assert "withdrawn from 2031-04-21 on: a slip" in said
        assert "1 of 1 edition rested on it." in said
        assert SURVEY in said
        assert "To tell: 3 readers" in said
        for reader in (ANA, BO, CY):
            assert f"→ {reader}: delivered, " in said

        desk.types("build", "council", "--as-of", "2031-04-21", "--redline")
        built = desk.memo("2031-04-21", "council.docx")
        since = built.partition("Since the last edition")[2].partition("Upcoming meetings")[0]
        assert f"No longer told Wished: {SURVEY} {FALLEN}" in since
        assert SURVEY not in built.partition("Upcoming meetings")[2]
        assert "Withdrawn on 21 April 2031: the gazette (a slip). Nothing here rests on it" in built

        assert office.status(DUE + DAY) == 0  # what fell is news: it goes by itself
        letters = {it.recipients[0]: spaced(text_of(parsed(it.data))) for it in server.kept[3:]}
        assert set(letters) == {ANA, BO, CY}
        assert all(
            "The source was withdrawn on 21 April 2031: the gazette (a slip)." in text
            for text in letters.values()
        )
        said = desk.types("trace", "gazette")
        assert "1 of 2 editions rested on it." in said
        assert "Told as withdrawn, or left out: council 2" in said
        assert f"{ANA}: council 1 (has council 2 since, which does not rest on it)" in said
    assert desk.reads("facts/council.yaml") == FILES["facts/council.yaml"]  # no statement had to go
