"""`briefbook clear`, and what a book that demands it keeps in: `send`, `run-due`, what waits already."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefbook.issued import OccurrenceState
from briefbook.ledger import open_ledger
from briefbook.mail.credentials import VARIABLE
from tests.books import changed, make_book, run
from tests.desk import CANCELLED, DEFERRED, DOT, PENDING, SENT
from tests.mail.servers import PASSWORD, GoodServer
from tests.office import ANA, BO, CY, DAY, DUE, EVE, HOUR, OWNER, Office, memo, office_at, parsed, text_of

NOT_CLEARED = 8
DEMANDED = memo(more="release: {clearance: required}\n")
HELD, QUEUED, UNCHANGED = OccurrenceState.HELD_BACK, OccurrenceState.QUEUED, OccurrenceState.UNCHANGED
SEND = ("send", "council", "--as-of", "2031-04-20")
CLEAR = ("clear", "council", "--by", "Ana Holm")


@pytest.fixture
def server() -> Iterator[GoodServer]:
    with GoodServer() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, server: GoodServer, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office_at(tmp_path / "book", server.port, {"memos/council.yaml": DEMANDED})


def sent_to(server: GoodServer) -> list[str]:
    return [to for it in server.kept for to in it.recipients if to != OWNER]


def cleared(office: Office) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(office.command("clear", "--list", "--json").stdout)
    return found


def change_a_fact(office: Office, to: str = "Sandvik") -> None:
    path = office.book / "facts" / "council.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("place: Port Emery", f"place: {to}"), encoding="utf-8")


# ------------------------------------------------------------------------------------------- clearing


def test_the_whole_life_of_a_clearance(office: Office, server: GoodServer) -> None:
    """Refused, cleared, sent; a byte changes: refused, saying what lapsed; put back: it holds again."""
    refused = office.command(*SEND)
    assert refused.exit_code == NOT_CLEARED
    assert "memo 'council' is not sent: nobody has cleared edition 1" in refused.stderr
    assert "briefbook clear council --edition 1 --by NAME" in refused.stderr
    done = office.command(*CLEAR, "--office", "Legal", "--note", "read on paper")
    assert (done.exit_code, done.stderr) == (
        0,
        "edition 1 of council (as of 2031-04-20) cleared by Ana Holm (Legal): council.txt\n",
    )
    assert office.command(*SEND).exit_code == 0
    assert sent_to(server) == [ANA, BO, CY]
    change_a_fact(office)
    lapsed = office.command(*SEND)
    assert lapsed.exit_code == NOT_CLEARED
    assert "of edition 1, has lapsed: council.txt is another in edition 2, made 20" in lapsed.stderr
    assert sent_to(server) == [ANA, BO, CY]
    path = office.book / "facts" / "council.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Sandvik", "Port Emery"), encoding="utf-8")
    assert office.command(*SEND, "--again").exit_code == 0  # edition 1 again, byte for byte
    assert sent_to(server) == [ANA, BO, CY] * 2


def test_a_test_is_no_way_around_and_a_preview_says_so(office: Office, server: GoodServer) -> None:
    assert office.command(*SEND, "--to", "me@example.org").exit_code == NOT_CLEARED
    preview = office.command("preview-mail", "council", "--as-of", "2031-04-20")
    assert preview.exit_code == 0
    assert "warning: memo 'council' would not be sent: nobody has cleared edition 1" in preview.stderr
    assert server.kept == []
    assert office.command(*CLEAR).exit_code == 0
    assert (
        "would not be sent" not in office.command("preview-mail", "council", "--as-of", "2031-04-20").stderr
    )
    assert office.command(*SEND, "--to", "me@example.org").exit_code == 0


def test_a_book_may_demand_it_of_all(office: Office) -> None:
    office.write("memos/council.yaml", memo())
    settings = (office.book / "book.yaml").read_text(encoding="utf-8")
    office.write("book.yaml", f"{settings}release: {{clearance: required}}\n")
    assert office.command(*SEND).exit_code == NOT_CLEARED
    office.write("book.yaml", settings)
    assert office.command(*SEND).exit_code == 0


def test_a_file_that_a_person_changed_is_not_cleared(office: Office) -> None:
    assert office.command("build", "--as-of", "2031-04-20").exit_code == 0
    file = office.book / "out" / "2031-04-20" / "council.txt"
    made = file.read_bytes()
    file.write_bytes(made + b"a remark\n")
    refused = office.command(*CLEAR)
    assert refused.exit_code == 1
    assert "council.txt: error: this is not as briefbook made it" in refused.stderr
    assert "briefbook review council.txt" in refused.stderr
    assert cleared(office) == []
    file.write_bytes(made)
    assert office.command(*CLEAR).exit_code == 0


def test_what_stands_there_must_be_the_edition_that_is_cleared(office: Office) -> None:
    """Whoever has read edition 2 does not clear edition 1 by it. What stands nowhere was read elsewhere."""
    office.command("build", "--as-of", "2031-04-20")
    change_a_fact(office)
    office.command("build", "--as-of", "2031-04-20")
    refused = office.command(*CLEAR, "--edition", "1")
    assert refused.exit_code == 1
    assert "this is another edition than 1" in refused.stderr
    (office.book / "out" / "2031-04-20" / "council.txt").unlink()
    assert office.command(*CLEAR, "--edition", "1").exit_code == 0
    [one] = cleared(office)
    assert (one["edition"], one["latest"], one["differs"], one["holds"]) == (1, 2, ["council.txt"], False)


def test_a_format_that_is_mailed_must_be_among_what_is_cleared(office: Office) -> None:
    """A build makes the memo's formats; what is attached beside them comes only with the mail."""
    office.write("memos/council.yaml", DEMANDED.replace("attach: txt", "attach: [txt, md]"))
    office.command("build", "--as-of", "2031-04-20")
    refused = office.command(*CLEAR)
    assert refused.exit_code == 1
    assert "edition 1 of 'council' was not made as md, and is mailed so" in refused.stderr
    office.command("build", "--as-of", "2031-04-20", "--format", "txt,md")
    assert office.command(*CLEAR).exit_code == 0
    assert office.command(*SEND).exit_code == 0
    office.write("memos/council.yaml", DEMANDED.replace("attach: txt", "attach: [txt, md, html]"))
    later = office.command(*SEND)
    assert later.exit_code == NOT_CLEARED
    assert "does not hold for council.html" in later.stderr


def test_what_is_no_longer_kept_is_not_cleared(office: Office) -> None:
    for place in ("Port Emery", "Sandvik"):
        change_a_fact(office, place)
        office.command("build", "--as-of", "2031-04-20")
    office.command("history", "prune", "--keep", "1")
    (office.book / "out" / "2031-04-20" / "council.txt").unlink()
    refused = office.command(*CLEAR, "--edition", "1")
    assert refused.exit_code == 1
    assert "no longer kept" in refused.stderr
    assert cleared(office) == []


def test_each_language_has_its_own_and_the_name_means_all(tmp_path: Path) -> None:
    languages = changed("memos/council.yaml", "formats: [docx, txt]", "formats: [txt]\nlanguages: [en, es]")
    book = make_book(tmp_path, languages)
    run("-C", book, "build")
    result = run("-C", book, *CLEAR)
    assert result.stderr.splitlines() == [
        "edition 1 of council.en (as of 2031-04-20) cleared by Ana Holm: council.en.txt",
        "edition 1 of council.es (as of 2031-04-20) cleared by Ana Holm: council.es.txt",
    ]
    (book / "out" / "2031-04-20" / "council.es.txt").write_text("by hand", encoding="utf-8")
    assert run("-C", book, "clear", "council", "--by", "Bo").exit_code == 1  # all or none
    assert run("-C", book, "clear", "council.en", "--by", "Bo").exit_code == 0
    assert run("-C", book, "clear", "council", "--by", "Bo", "--edition", "1").exit_code == 2
    listed = json.loads(run("-C", book, "clear", "--list", "council", "--json").stdout)
    assert [(one["memo"], one["by"]) for one in listed] == [
        ("council.en", "Ana Holm"),
        ("council.en", "Bo"),
        ("council.es", "Ana Holm"),
    ]


def test_a_variant_for_release_is_cleared_by_its_own_name(tmp_path: Path) -> None:
    marked = changed("book.yaml", "as_of:", "marking: {scheme: tlp, default: green}\nas_of:")
    book = make_book(tmp_path, marked)
    run("-C", book, "build", "council", "--releasable-to", "green", "--format", "txt")
    result = run("-C", book, "clear", "council.releasable-to-green", "--by", "Ana Holm")
    assert result.exit_code == 0, result.stderr
    assert "council.releasable-to-green (as of 2031-04-20) cleared" in result.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "say which memo, and who clears it"),
        (("council",), 2, "say which memo, and who clears it"),
        (("council", "--by", " "), 2, "say which memo, and who clears it"),
        (("--list", "--by", "Ana"), 2, "--list goes with MEMO and --json alone"),
        (
            ("counsil", "--by", "Ana"),
            2,
            "there is no memo 'counsil' in this book (did you mean 'council'?)",
        ),
        (("spring", "--by", "Ana"), 1, "no edition of memo 'spring' is on record (make it and read it"),
        (("council", "--by", "Ana", "--edition", "7"), 1, "there is no edition 7 of memo 'council'"),
        (("council", "--by", "Ana", "--withdraw"), 1, "no clearance of memo 'council' holds"),
    ],
)
def test_what_cannot_be_cleared_is_told(
    words: tuple[str, ...], status: int, said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = _built_once(tmp_path_factory)
    result = run("-C", book, "clear", *words)
    assert result.exit_code == status
    assert said in result.stderr


_BUILT: list[Path] = []


def _built_once(factory: pytest.TempPathFactory) -> Path:
    if not _BUILT:
        _BUILT.append(make_book(factory.mktemp("built")))
        assert run("-C", _BUILT[0], "build", "council", "--format", "txt").exit_code == 0
    return _BUILT[0]


# ------------------------------------------------------------------------------- lists and withdrawals


def test_a_withdrawal_is_added_and_the_list_tells_all(office: Office) -> None:
    office.command("build", "--as-of", "2031-04-20")
    office.command(*CLEAR, "--office", "Legal")
    office.command("clear", "council", "--by", "Bo Lund")
    assert "CLEARED BY" in office.command("history", "council").stdout
    [row] = json.loads(office.command("history", "council", "--json").stdout)
    assert row["cleared"] == ["Ana Holm", "Bo Lund"]
    taken = office.command("clear", "council", "--withdraw", "--by", "Cy", "--note", "wrong figure")
    assert taken.exit_code == 0
    assert taken.stderr.count("a clearance was taken back by Cy: council.txt") == 2
    assert [(one["by"], one["holds"]) for one in cleared(office)] == [("Ana Holm", False), ("Bo Lund", False)]
    withdrawn = cleared(office)[0]["withdrawn"]
    assert isinstance(withdrawn, dict)
    assert (withdrawn["by"], withdrawn["note"]) == ("Cy", "wrong figure")
    assert "no: taken back by Cy" in office.command("clear", "--list").stdout
    refused = office.command(*SEND)
    assert refused.exit_code == NOT_CLEARED
    assert "Cy took back the clearance of edition 1" in refused.stderr
    assert office.command(*CLEAR).exit_code == 0  # given anew
    assert office.command(*SEND).exit_code == 0


def test_typed_again_it_is_there_once(office: Office) -> None:
    office.command("build", "--as-of", "2031-04-20")
    first, second = (office.command(*CLEAR, "--json").stdout for _ in range(2))
    assert first == second
    assert len(cleared(office)) == 1


def test_a_name_is_one_line(office: Office) -> None:
    """It is listed in tables and kept for good."""
    office.command("build", "--as-of", "2031-04-20")
    assert office.command("clear", "council", "--by", "Ana \x1b[31m").exit_code == 2
    assert office.command("clear", "council", "--by", " Ana\n  Holm ").exit_code == 0
    [row] = office.command("clear", "--list").stdout.splitlines()[1:]
    assert "  Ana Holm  " in row


def test_nothing_is_made_by_looking(office: Office) -> None:
    result = office.command("clear", "--list")
    assert (result.exit_code, result.stderr) == (0, "nothing was cleared\n")
    assert not (office.book / ".briefbook").exists()


# -------------------------------------------------------------------------------------------- run-due


def test_a_schedule_waits_tells_its_owner_once_and_goes_on(office: Office, server: GoodServer) -> None:
    assert office.status(EVE) == 3
    held = office.report(DUE)
    assert held["exit"] == NOT_CLEARED
    assert held["status"] == "not-cleared"
    [handled] = held["handled"]
    assert (handled["state"], handled["reason"]) == ("held-back", "nobody has cleared edition 1")
    assert office.noted() == [("04-19 19:00", HELD)]
    again = office.run(DUE + HOUR)
    assert again.exit_code == NOT_CLEARED
    assert "still held back: council" in again.stderr
    [notice] = [parsed(it.data) for it in server.kept]
    assert notice["Subject"] == "To be cleared: council"
    assert "briefbook clear council --edition 1 --by NAME" in text_of(notice)
    assert str(office.book / "out" / "2031-04-20" / "council.txt") in text_of(notice)
    assert office.command(*CLEAR).exit_code == 0
    assert office.status(DUE + 2 * HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]
    assert office.noted() == [("04-19 19:00", QUEUED)]
    assert office.status(DUE + 3 * HOUR) == 3
    assert sent_to(server) == [ANA, BO, CY]


def test_other_bytes_are_held_back_anew_and_their_owner_hears_of_them(
    office: Office, server: GoodServer
) -> None:
    office.status(EVE)
    office.status(DUE)
    office.command(*CLEAR)
    change_a_fact(office)
    held = office.report(DUE + HOUR)
    assert held["exit"] == NOT_CLEARED
    assert "has lapsed: council.txt is another in edition 2" in held["handled"][0]["reason"]
    assert len(server.kept) == 2  # notices, one for each edition
    office.command(*CLEAR)
    assert office.status(DUE + 2 * HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]


def test_one_that_is_superseded_is_not_made_up_for(office: Office, server: GoodServer) -> None:
    """The next day's takes its place, as with one that failed; it is cleared itself, and all get that one."""
    office.status(EVE)
    office.status(DUE)
    assert office.status(DUE + DAY) == NOT_CLEARED
    office.command(*CLEAR)
    assert office.status(DUE + DAY + HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]
    assert [state for _, state in office.noted()] == [HELD, QUEUED]


def test_what_tells_nothing_new_need_not_be_cleared(office: Office, server: GoodServer) -> None:
    """Each day has an edition of its own, by its day alone; it goes to nobody."""
    office.status(EVE)
    office.status(DUE)
    office.command(*CLEAR)
    assert office.status(DUE + HOUR) == 0
    office.status(DUE + DAY)
    assert office.noted() == [("04-19 19:00", QUEUED), ("04-20 19:00", "unchanged")]
    assert len(server.kept) == 4  # one notice and three letters
    change_a_fact(office)
    assert office.status(DUE + 2 * DAY) == NOT_CLEARED


def test_quiet_runs_say_it_once(office: Office) -> None:
    office.status(EVE)
    assert "held back: council" in office.run(DUE, "--quiet").stderr
    assert office.run(DUE + HOUR, "--quiet").stderr == ""


# ------------------------------------------------------------------------------- what waits already


def put_off(office: Office) -> None:
    """Three letters that are cleared wait for a server that is away."""
    office.command("build", "--as-of", "2031-04-20")
    office.command(*CLEAR)
    office.status(EVE)
    port = office.book / "book.yaml"
    whole = port.read_text(encoding="utf-8")
    office.aim(9)
    assert office.status(DUE) in (6, 7)
    assert office.states() == [DEFERRED] * 3
    port.write_text(whole, encoding="utf-8")


def test_letters_that_wait_stay_when_their_clearance_is_taken_back(
    office: Office, server: GoodServer
) -> None:
    put_off(office)
    taken = office.command("clear", "council", "--withdraw", "--by", "Bo")
    assert "3 letters wait in the outbox and will not go" in taken.stderr
    held = office.run(DUE + HOUR)
    assert held.exit_code == NOT_CLEARED
    assert held.stderr.count("still held back: letter") == 3
    assert (sent_to(server), office.states()) == ([], [DEFERRED] * 3)
    office.command(*CLEAR)
    assert office.status(DUE + 2 * HOUR) == 0
    assert (sorted(sent_to(server)), office.states()) == ([ANA, BO, CY], [SENT] * 3)


def test_a_letter_cut_off_at_its_dot_goes_again_only_if_it_is_cleared(
    office: Office, server: GoodServer
) -> None:
    put_off(office)
    office.aim(server.port, unknown="resend")
    with open_ledger(office.book / ".briefbook") as ledger:
        for waiting in office.envelopes():
            assert ledger.move(waiting.id, DEFERRED, DOT, now=DUE)
    office.command("clear", "council", "--withdraw", "--by", "Bo")
    assert office.status(DUE + HOUR) == NOT_CLEARED
    assert sent_to(server) == []
    office.command(*CLEAR)
    office.status(DUE + 2 * HOUR)
    assert sorted(sent_to(server)) == [ANA, BO, CY]


def test_letters_stay_while_nobody_can_read_what_the_memo_demands(office: Office, server: GoodServer) -> None:
    put_off(office)
    office.command("clear", "council", "--withdraw", "--by", "Bo")
    whole = (office.book / "memos" / "council.yaml").read_text(encoding="utf-8")
    office.write("memos/council.yaml", "title: [")
    held = office.report(DUE + HOUR)
    assert held["held_back"] == [envelope.id for envelope in office.envelopes()]
    assert sent_to(server) == []
    office.write("memos/council.yaml", whole)
    office.command(*CLEAR)
    assert office.report(DUE + 2 * HOUR)["held_back"] == []
    assert sorted(sent_to(server)) == [ANA, BO, CY]


def test_a_cleared_edition_takes_the_place_of_letters_that_must_not_go(
    office: Office, server: GoodServer
) -> None:
    """Though both tell the same: whoever has an uncleared one waiting has not had it."""
    put_off(office)
    office.command("clear", "council", "--withdraw", "--by", "Bo")
    assert office.status(DUE + DAY) == NOT_CLEARED
    office.command(*CLEAR)
    assert office.status(DUE + DAY + HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]
    assert office.states() == [CANCELLED] * 3 + [SENT] * 3


def test_a_demand_that_comes_later_holds_what_waits(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo())
    office.status(EVE)
    settings = (office.book / "book.yaml").read_text(encoding="utf-8")
    office.aim(9)
    office.status(DUE)
    office.write("book.yaml", f"{settings}release: {{clearance: required}}\n")
    assert office.status(DUE + HOUR) == NOT_CLEARED
    assert sent_to(server) == []
    office.command(*CLEAR)
    assert office.status(DUE + 2 * HOUR) == 0
    assert sorted(sent_to(server)) == [ANA, BO, CY]
    with open_ledger(office.book / ".briefbook") as ledger:
        assert not ledger.envelopes(PENDING, DEFERRED)
