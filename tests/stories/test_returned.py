"""A memo comes back, edited in Word and saved by LibreOffice: reviewed, applied, built."""

from pathlib import Path

import pytest

from tests.hand_edits import Hand
from tests.libreoffice import needs_office, to_docx
from tests.stories.desk import FACTS, MEMO, Desk, new_desk
from tests.test_review import MEMO_FILE

pytestmark = pytest.mark.long

DAY, LATER = "2031-09-20", "2031-09-27"
SECTIONS = "sections: [header, bottom-line, upcoming,"


def a_colleagues_edits(memo: bytes) -> Hand:
    """What somebody did to the memo in Word, half of it without changes tracked."""
    hand = Hand(memo)
    hand.replace("together every", "jointly each")
    hand.replace("who pays for it is open", "money is open", tracked=False)
    hand.replace("[What may be said in public?]", "The stock is shared.")
    hand.replace("Port Emery", "Sund", within="Held in")
    hand.new_paragraph("Upcoming meetings", "A fourth meeting is being planned.")
    hand.comment("520 boats", "Who says so?")
    return hand


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = new_desk(tmp_path)
    memo = MEMO_FILE.replace(SECTIONS, "sections: [header, bottom-line, since-last-edition, upcoming,")
    desk.writes(MEMO, f"{memo}formats: [docx]\n")
    desk.builds(DAY)
    return desk


def life(desk: Desk, returned: Path) -> None:
    """From the file that came back to the next edition."""
    facts, memo = desk.reads(FACTS), desk.reads(MEMO)
    said = desk.types("review", returned, status=8)
    assert "6 edits: 3 ready, 1 proposed, 2 listed." in said
    for words in ("A fourth meeting is being planned.", "Who says so?", "- Port Emery + Sund"):
        assert words in said  # nothing is dropped
    assert (desk.reads(FACTS), desk.reads(MEMO)) == (facts, memo)  # and nothing made unasked

    said = desk.types("review", "--apply", returned, status=8)
    assert "6 edits: 3 applied, 1 proposed, 2 listed." in said
    assert desk.reads(FACTS) == facts.replace("together every", "jointly each")  # every other byte stays
    assert desk.reads(MEMO) == memo.replace("who pays for it is open", "money is open").replace(
        "public?\n", "public?\n    text: The stock is shared.\n"
    )
    assert "spring. # your own words" in desk.reads(FACTS)
    [kept] = [name for name in desk.files(DAY) if "review" in name]
    assert "A fourth meeting is being planned." in desk.reads(f"out/{DAY}/{kept}")

    assert desk.types("check").endswith("no problem")
    desk.builds(LATER)
    after = desk.memo(LATER)
    for words in ("Survey the shared stock jointly each spring.", "money is open.", "The stock is shared."):
        assert words in after
    assert "Changed since edition 1, as of 20 September 2031:" in after
    assert "Wording before: Survey the shared stock together every spring." in after
    assert "6 edits: 3 already so, 1 proposed, 2 listed." in desk.types(
        "review", "--apply", returned, status=8
    )


def test_edited_in_word(desk: Desk, tmp_path: Path) -> None:
    returned = tmp_path / "returned.docx"
    returned.write_bytes(a_colleagues_edits(desk.file(DAY).read_bytes()).docx())
    life(desk, returned)


@needs_office
def test_and_saved_by_libreoffice(desk: Desk, tmp_path: Path) -> None:
    edited = a_colleagues_edits(desk.file(DAY).read_bytes()).docx()
    life(desk, to_docx({"returned": edited}, tmp_path)["returned"])
