"""What a mail tells its reader of: what changed since the last edition that they got, each their own."""

from pathlib import Path

import pytest

from briefbook.issued import EnvelopeState
from briefbook.mail.credentials import VARIABLE
from tests.books import changed
from tests.mail.servers import PASSWORD, SCRIPTS, GoodServer, RawServer
from tests.office import ANA, BO, CY, DAY, DUE, EVE, Office, memo, office_at, parsed, text_of
from tests.test_deliver import attached
from tests.test_marking import CUSTOM

COUNCIL = "facts/council.yaml"
TITLE = "Since your last mail"
SUND = changed(COUNCIL, "place: Port Emery", "place: Sund")
TO_TWO = memo(deliver="{to: [ana@example.org, bo@example.org], attach: txt}")
TO_THREE = memo(deliver="{to: [ana@example.org, bo@example.org, cy@example.org], attach: txt}")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office_at(tmp_path / "book", changes={"memos/council.yaml": TO_TWO})


def posted(office: Office, days: int) -> dict[str, list[str]]:
    """What a run some days on mails: by recipient the lines that tell what changed."""
    with GoodServer() as server:
        office.aim(server.port)
        office.run(DUE + days * DAY)
    letters = {message.recipients[0]: parsed(message.data) for message in server.kept}
    assert len({tuple(sorted(attached(letter).items())) for letter in letters.values()}) <= 1
    return {to: lines(text_of(letter)) for to, letter in letters.items()}


def lines(body: str) -> list[str]:
    if TITLE not in body:
        return []
    told = body.split(TITLE)[1].split("About this mail")[0].split("\n\n")[0]
    return [" ".join(told.split("\n", 2)[2].split())]


def test_each_reader_is_told_what_is_new_to_them(office: Office) -> None:
    office.status(EVE)
    assert posted(office, 0) == {ANA: [], BO: []}  # a first mail says nothing of it
    office.write("memos/council.yaml", memo(deliver="{to: [ana@example.org], attach: txt}"))
    office.write(COUNCIL, SUND[COUNCIL])
    moved = "Changed 3rd meeting of the Fisheries Council, May 2031. Place: Sund. Before: Port Emery."
    assert posted(office, 1) == {ANA: [f"Changed since edition 1, as of 20 April 2031: {moved}"]}
    office.write("memos/council.yaml", TO_THREE)
    text = SUND[COUNCIL].replace("Survey the shared stock together.", "Survey the stock.")
    office.write(COUNCIL, text)
    told = posted(office, 2)
    reworded = "Changed Wished: Survey the stock. Wording before: Survey the shared stock together."
    assert told == {
        ANA: [f"Changed since edition 2, as of 21 April 2031: {reworded}"],
        BO: [f"Changed since edition 1, as of 20 April 2031: {moved} {reworded}"],
        CY: [],
    }


def test_a_letter_that_failed_counts_for_nothing(office: Office) -> None:
    office.status(EVE)
    assert posted(office, 0) == {ANA: [], BO: []}
    office.write(COUNCIL, SUND[COUNCIL])
    with RawServer(SCRIPTS["mixed"]) as server:  # the second recipient is refused for good
        office.aim(server.port)
        office.run(DUE + DAY)
    office.write(COUNCIL, SUND[COUNCIL].replace("date: 2031-05\n", "date: 2031-06\n"))
    told = posted(office, 2)
    assert told == {
        ANA: [
            "Changed since edition 2, as of 21 April 2031:"
            " Changed 3rd meeting of the Fisheries Council, June 2031. Date before: May 2031."
        ],
        BO: [
            "Changed since edition 1, as of 20 April 2031:"
            " Changed 3rd meeting of the Fisheries Council, June 2031. Date before: May 2031."
            " Place: Sund. Before: Port Emery."
        ],
    }


def test_a_letter_in_doubt_counts_once_a_person_says_that_it_arrived(office: Office) -> None:
    office.status(EVE)
    assert posted(office, 0) == {ANA: [], BO: []}
    office.write(COUNCIL, SUND[COUNCIL])
    with RawServer(SCRIPTS["dot-lost"]) as server:  # the first is cut off after its last dot
        office.aim(server.port)
        office.run(DUE + DAY)
    [doubted] = [each for each in office.envelopes() if each.state is EnvelopeState.UNKNOWN]
    office.write(COUNCIL, SUND[COUNCIL].replace("date: 2031-05\n", "date: 2031-06\n"))
    told = posted(office, 2)
    assert {to: "Place: Sund." in " ".join(lines) for to, lines in told.items()} == {
        to: to == doubted.recipient for to in told
    }


def test_a_preview_and_a_test_tell_and_count_for_nothing(office: Office) -> None:
    office.status(EVE)
    posted(office, 0)
    office.write(COUNCIL, SUND[COUNCIL])
    with GoodServer() as server:
        office.aim(server.port)
        for _ in range(2):
            preview = office.command("preview-mail", "council", "--as-of", "2031-04-21")
            assert "Changed since edition 1, as of 20 April 2031:" in preview.output
            office.command("send", "council", "--to", ANA, "--as-of", "2031-04-21")
        bodies = [text_of(parsed(message.data)) for message in server.kept]
    assert len(bodies) == 2
    for body in bodies:
        [line] = lines(body)
        assert line.startswith("Changed since edition 1, as of 20 April 2031: Changed 3rd meeting")


def test_nothing_is_said_of_an_edition_of_a_later_day(office: Office) -> None:
    office.status(EVE)
    posted(office, 2)
    office.write(COUNCIL, SUND[COUNCIL])
    with GoodServer() as server:
        office.aim(server.port)
        office.command("send", "council", "--as-of", "2031-04-20")
    assert [lines(text_of(parsed(message.data))) for message in server.kept] == [[], []]


def test_the_mail_is_marked_as_high_as_what_it_tells_of_then(office: Office) -> None:
    """The memo itself is open by now, and what is attached says so."""

    def mark(port: int) -> None:
        office.aim(port)
        book = office.book / "book.yaml"
        book.write_text(book.read_text() + CUSTOM.split("format: 1\n")[1].split("\n", 2)[2])

    high = changed(COUNCIL, "    ordinal: 3", "    marking: high\n    ordinal: 3")
    office.write(COUNCIL, high[COUNCIL])
    office.status(EVE)
    subjects = []
    for days in (0, 1):
        with GoodServer() as server:
            mark(server.port)
            office.run(DUE + days * DAY)
        message = parsed(server.kept[0].data)
        [(_, data)] = attached(message).items()
        subjects.append((str(message["Subject"]).split("]")[0], data.decode().splitlines()[0]))
        office.write(COUNCIL, SUND[COUNCIL])
    assert subjects == [("[HIGH", "HIGH"), ("[HIGH", "OPEN")]
