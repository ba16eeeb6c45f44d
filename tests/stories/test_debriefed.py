"""A meeting passes: asked about, answered in LibreOffice, reviewed, applied, built."""

from pathlib import Path

import pytest

from tests.books import FILES, make_book
from tests.forms import filled
from tests.libreoffice import needs_office, saved_again
from tests.stories.desk import Desk
from tests.test_debrief import ANSWERS, FORM, HELD, SOURCE, SPANISH

pytestmark = pytest.mark.long

AHEAD, PAST, ASKED = "2031-05-30", "2031-06-04", "2031-06-10"
SINCE = "sections: [header, since-last-edition, upcoming, participants, priorities, earlier, sources]\n"
MEMO = FILES["memos/harbours.yaml"].replace("formats: [txt]", "formats: [docx]") + SINCE
WORD = "harbours.docx"


@needs_office
def test_a_meeting_passes(tmp_path: Path) -> None:
    desk = Desk(make_book(tmp_path / "book", {"memos/harbours.yaml": MEMO}))
    desk.types("build", "harbours", "--as-of", AHEAD)
    assert "3 June 2031" in desk.memo(AHEAD, WORD).partition("Upcoming meetings")[2]
    desk.types("build", "harbours", "--as-of", PAST)
    assert "Now unconfirmed First round of talks, 3 June 2031. Before: upcoming." in desk.memo(PAST, WORD)

    desk.types("debrief", "talks-1", "--as-of", ASKED)
    form = desk.file(ASKED, FORM)
    form.write_bytes(filled(form.read_bytes(), ANSWERS))
    (tmp_path / "office").mkdir()
    returned = tmp_path / "returned.docx"
    returned.write_bytes(saved_again(form.read_bytes(), tmp_path / "office"))

    facts = desk.reads("facts/harbours.yaml")
    assert "meeting talks-1: held on 2031-06-03, 3 named" in desk.types("review", returned, status=8)
    assert desk.reads("facts/harbours.yaml") == facts
    desk.types("review", "--apply", returned)
    assert desk.reads("facts/harbours.yaml").startswith(facts.rstrip("\n"))
    assert HELD in desk.reads("facts/harbours.yaml")
    assert SOURCE in desk.reads("facts/ground.yaml")
    assert desk.types("check").endswith("no problem")

    desk.types("build", "harbours", "--as-of", ASKED, "--redline")
    memo = desk.memo(ASKED, WORD)
    assert "Now held First round of talks, 3 June 2031. Before: unconfirmed. Place: Holm." in memo
    assert "New Agreed: Deepen the harbour at Holm." in memo
    assert "Mid-September 2031" in memo.partition("Upcoming meetings")[2]
    assert "the debrief of 4 June 2031" in memo
    assert "1 of 3 editions rested on it." in desk.types("trace", "debrief-talks-1")


def test_the_same_in_spanish(tmp_path: Path) -> None:
    desk = Desk(make_book(tmp_path / "book", SPANISH))
    desk.types("debrief", "talks-1", "--as-of", ASKED, "--language", "es")
    [form] = desk.file(ASKED, "").iterdir()
    answers = {
        "meeting.held": "Se celebró",
        "meeting.when": "el 3 de junio de 2031",
        "agreed[1]": "Ahondar el puerto.",
        "word.who": "La Gaceta",
        "word.day": "4 de junio de 2031",
    }
    form.write_bytes(filled(form.read_bytes(), answers))
    desk.types("review", "--apply", form)
    desk.types("build", "harbours", "--as-of", ASKED, "--format", "docx")
    spanish = desk.memo(ASKED, "harbours.es.docx")
    assert "Celebrada." in spanish
    assert "Ahondar el puerto." in spanish
    assert "Ahondar el puerto." in desk.memo(ASKED, "harbours.en.docx")  # told as lacking English by `check`
    assert "is not in English (en): text" in desk.types("check")
