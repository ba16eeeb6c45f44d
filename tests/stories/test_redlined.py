"""Build, edit a fact, build with a redline, accept, reject."""

from pathlib import Path

import pytest

from tests.libreoffice import needs_office
from tests.redline_judge import Parts, accepted, rejected, shown
from tests.redline_office import judged
from tests.stories.desk import COUNCIL, FACTS, MEMO, Desk, new_desk

pytestmark = pytest.mark.long

DAY = "2031-09-20"
TITLE = "Fisheries Council"
RED = f"{COUNCIL}.redline.docx"
OLD, NEW = "Survey the shared stock together every spring.", "Survey the shared stock jointly every spring."


Story = tuple[Desk, bytes, bytes, bytes]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Up to the redline: the desk, the memo of before, of now, and the redline."""
    desk = new_desk(tmp_path_factory.mktemp("story"))
    desk.edits(MEMO, f"title: {TITLE}\n", f"title: {TITLE}\nformats: [docx]\n")
    desk.builds(DAY)
    before = desk.file(DAY).read_bytes()
    desk.edits(FACTS, "together every", "jointly every")
    desk.edits(
        FACTS,
        "        claim: The joint note speaks of 520 boats.\n",
        "        claim: The note says 520 boats.\n",
    )
    said = desk.builds(DAY, "--redline")
    assert f"{COUNCIL}: what changed since edition 1: " in said
    return desk, before, desk.file(DAY).read_bytes(), desk.file(DAY, RED).read_bytes()


def test_accepted_it_is_the_new_memo_and_rejected_the_old(story: Story) -> None:
    desk, before, now, red = story
    assert desk.files(DAY) == [f"{COUNCIL}.docx", RED]
    assert (OLD in desk.memo(DAY), NEW in desk.memo(DAY)) == (False, True)
    assert shown(accepted(red)) == shown(Parts(now))
    assert shown(rejected(red)) == shown(Parts(before))
    assert desk.builds(DAY, "--redline").startswith("1 memo up to date")  # the same redline stands there
    assert desk.file(DAY, RED).read_bytes() == red
    said = desk.types("diff", COUNCIL, "--from", "1", "--to", "2")
    assert f"{NEW} Wording before: {OLD}" in said
    assert (
        "Claims, new: The note says 520 boats. Claims, no longer: The joint note speaks of 520 boats." in said
    )


@needs_office
def test_libreoffice_accepts_and_rejects_it(story: Story, tmp_path: Path) -> None:
    _, before, now, red = story
    found = judged({"council": (before, now, red)}, tmp_path)["council"]
    assert found["accepted"] == found["new"]
    assert found["rejected"] == found["old"]
    assert (NEW in " ".join(found["accepted"][0]), OLD in " ".join(found["rejected"][0])) == (True, True)
