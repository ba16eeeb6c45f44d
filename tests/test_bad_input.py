"""Every kind of mistake in a book, made in a real one and told by the real command: place, message, mend.

Each case is one book with a mistake or two of one kind; what is pinned is all that the command prints of it.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.books import FILES, MEMOS, TEXTS, changed, make_book, run, run_process

GROUND, COUNCIL, HARBOURS = "facts/ground.yaml", "facts/council.yaml", "facts/harbours.yaml"
MEMO, SPRING, BOOK = "memos/council.yaml", "memos/spring.yaml", "book.yaml"
OWN_TEMPLATE = "templates/sections/priorities.md.j2"

Changes = Mapping[str, str | bytes | None]

SWAP = "(swap its two sides, or mend one)"
DATES = "(write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05, A/B, ../B or A/..)"
NO_USE = "(name it where it belongs, or delete it)"
NO_FACTS = "(add facts in facts/, mend what the memo covers, or delete the memo)"
LETTERS = "(write it in Latin, Greek or Cyrillic letters)"
SCOPES = "(add one of forum, forums, meeting, meetings and range; range: all covers everything)"

# What is wrong → the changes that make it so, and every line that is printed.
CASES: Mapping[str, tuple[Changes, list[str]]] = {
    "syntax: a colon, quotes": (
        {
            **changed(COUNCIL, "ministers will meet in May", "they say: in May"),
            **changed(HARBOURS, "on 3 June in Holm", '"on 3 June in Holm'),
        },
        [
            f"{COUNCIL}:10:27: error: a ':' where none can stand (put a text that holds ': ' in quotes)",
            f"{HARBOURS}:9:19: error: the quotes that open here are never closed"
            " (close them where the text ends)",
        ],
    ),
    "syntax: a tab, a bracket": (
        {
            **changed(COUNCIL, "    forum: council\n    ordinal", "\tforum: council\n    ordinal"),
            **changed(MEMO, "[docx, txt]", "[docx, txt"),
        },
        [
            f"{COUNCIL}:3:1: error: a tab is used for indentation (use spaces)",
            f"{MEMO}:3:10: error: the '[' that opens here is never closed (write ']' where it ends)",
        ],
    ),
    "characters: another encoding, a control character": (
        {
            HARBOURS: FILES[HARBOURS].encode().replace(b"round", b"r\xf6und"),
            **changed(COUNCIL, "the shared stock", "the \x07shared stock"),
        },
        [
            f"{COUNCIL}:19:22: error: U+0007 does not belong in a text"
            " (delete it; it may not show in your editor)",
            f"{HARBOURS}:4:19: error: byte 0xF6 is not UTF-8 (save the file as UTF-8)",
        ],
    ),
    "characters: a control character in an escape": (
        changed(COUNCIL, "Survey the shared stock together.", '"Survey the \\a stock"'),
        [
            f"{COUNCIL}:19:11: error: U+0007 does not belong in a text"
            " (for a backslash write '\\\\', or use single quotes)",
        ],
    ),
    "characters: no face draws them": (
        {
            **changed(COUNCIL, "Survey the shared", "Survey 魚 the shared"),
            **changed(MEMO, "Press for", "Press 魚 for"),
        },
        [
            f"{COUNCIL}:19:11: error: no face can draw '魚' (U+9B5A CJK UNIFIED IDEOGRAPH-9B5A)"
            f" in 'survey' {LETTERS}",
            f"{MEMO}:4:21: error: no face can draw '魚' (U+9B5A CJK UNIFIED IDEOGRAPH-9B5A)"
            f" in memo 'council' {LETTERS}",
        ],
    ),
    "YAML that no book takes: an anchor, a tag": (
        {
            **changed(HARBOURS, "forum: harbours", "forum: &here harbours"),
            **changed(MEMO, "forum: council", "forum: !!str council"),
        },
        [
            f"{HARBOURS}:3:12: error: the anchor '&here' is not taken in a book"
            " (write the value itself; if the sign is part of a text, put the text in quotes)",
            f"{MEMO}:2:8: error: the tag 'tag:yaml.org,2002:str' is not taken in a book"
            " (write the value itself; if the sign is part of a text, put the text in quotes)",
        ],
    ),
    "wrong type: no list, no number": (
        {
            **changed(GROUND, "speaks: [norland, sudland]", "speaks: norland"),
            **changed(COUNCIL, "ordinal: 3", "ordinal: third"),
        },
        [
            f"{COUNCIL}:4:14: error: 'ordinal' needs a whole number from 1 up, not 'third'",
            f"{GROUND}:3:64: error: 'speaks' needs a list, not the text 'norland' (write [norland])",
        ],
    ),
    "wrong type: no mapping, no text": (
        {
            **changed(GROUND, "bo-lund: {name: Bo Lund}", "bo-lund: Bo Lund"),
            **changed(MEMO, "title: Fisheries Council", "title: [Fisheries, Council]"),
        },
        [
            f"{GROUND}:11:12: error: person 'bo-lund' needs a mapping of fields, not the text 'Bo Lund'",
            f"{MEMO}:1:8: error: 'title' needs a text, or texts by language, not a list",
        ],
    ),
    "wrong type: a word that is none of the list": (
        {**changed(COUNCIL, "force: wish", "force: wished"), **changed(MEMO, "[docx, txt]", "[docx, word]")},
        [
            f"{COUNCIL}:22:16: error: 'wished' is no value of 'force' (did you mean 'wish'?)",
            f"{MEMO}:3:17: error: 'word' is no value of 'formats' (known: docx, html, json, md, pdf, txt)",
        ],
    ),
    "unknown key: of a statement, of a memo": (
        {**changed(COUNCIL, "        place:", "        plase:"), **changed(MEMO, "formats:", "format:")},
        [
            f"{COUNCIL}:9:9: error: a statement on a meeting has no field 'plase' (did you mean 'place'?)",
            f"{MEMO}:3:1: error: a memo has no field 'format' (did you mean 'formats'?)",
        ],
    ),
    "unknown key: a kind of fact, a setting": (
        {**changed(HARBOURS, "meetings:", "meeting:"), **changed(BOOK, "as_of:", "asof:")},
        [
            f"{BOOK}:3:1: error: a book has no field 'asof' (did you mean 'as_of'?)",
            f"{GROUND}:4:3: warning: nothing cites source 'letter' {NO_USE}",
            f"{GROUND}:11:3: warning: nothing names person 'bo-lund' {NO_USE}",
            f"{HARBOURS}:1:1: error: 'meeting' is no kind of fact (did you mean 'meetings'?)",
            "memos/first-round.yaml:2:10: error: 'talks-1' is not on file; a meeting belongs here"
            " (known: council-3)",
            f"memos/harbours.yaml:2:8: error: nothing is on file on 'harbours': no meeting, priority or"
            f" background point {NO_FACTS}",
        ],
    ),
    "missing: a forum, a title": (
        {**changed(HARBOURS, "    forum: harbours\n", ""), **changed(MEMO, "title: Fisheries Council\n", "")},
        [
            f"{HARBOURS}:2:3: error: meeting 'talks-1' lacks 'forum' (every meeting needs it)",
            f"{MEMO}:1:1: error: memo 'council' lacks 'title' (every memo needs it)",
        ],
    ),
    "missing: what a memo covers, the force of a priority": (
        {**changed(COUNCIL, "        force: wish\n", ""), **changed(MEMO, "forum: council\n", "")},
        [
            f"{COUNCIL}:21:9: error: the first statement of priority 'survey' lacks 'force'"
            " (one of agreed, stated-goal, intended, discussed, one-side, wish, possibility)",
            f"{MEMO}:1:1: error: memo 'council' does not say what it covers {SCOPES}",
        ],
    ),
    "missing: the book's format": (
        changed(BOOK, "format: 1\n", ""),
        [f"{BOOK}:1:1: error: this book lacks 'format' (every book needs it)"],
    ),
    "a book of another format: nothing else is read": (
        {**changed(BOOK, "format: 1", "format: 2"), COUNCIL: "meeting: {"},
        [
            f"{BOOK}:1:9: error: this book is of format '2'"
            " (this briefbook reads format 1; a newer one may read yours)",
        ],
    ),
    "two things covered; a file of another ending": (
        {**changed(MEMO, "forum: council\n", "forum: council\nrange: all\n"), "facts/more.yml": "people: {}"},
        [
            "facts/more.yml: error: only files named *.yaml are read, so this one is not"
            " (rename it to more.yaml)",
            f"{MEMO}:3:1: error: a memo covers one thing: 'forum' is given already, so 'range' cannot be"
            " (keep one of the two)",
        ],
    ),
    "unknown id: a person, a forum": (
        {
            **changed(HARBOURS, "person: bo-lund", "person: bo-lundt"),
            **changed(MEMO, "forum: council", "forum: counsil"),
        },
        [
            f"{GROUND}:11:3: warning: nothing names person 'bo-lund' {NO_USE}",
            f"{HARBOURS}:10:33: error: 'bo-lundt' is not on file; a person belongs here"
            " (did you mean 'bo-lund'?)",
            f"{MEMO}:2:8: error: 'counsil' is not on file; a forum belongs here (did you mean 'council'?)",
        ],
    ),
    "unknown id: a source; an id of another kind": (
        {
            **changed(HARBOURS, "source: letter", "source: leter"),
            **changed(COUNCIL, "by: [norland]", "by: [gazette]"),
        },
        [
            f"{COUNCIL}:23:14: error: 'gazette' is a source; an organisation or a person belongs here"
            " (name an organisation or a person, or move the id to its field)",
            f"{GROUND}:4:3: warning: nothing cites source 'letter' {NO_USE}",
            f"{HARBOURS}:6:17: error: 'leter' is not on file; a source belongs here (did you mean 'letter'?)",
        ],
    ),
    "an id twice: in two files, as a key": (
        {
            "facts/more.yaml": "people:\n  council-3: {name: Cara Mar}\n",
            **changed(COUNCIL, "        place: Port Emery\n", "        place: Holm\n        place: Sand\n"),
        },
        [
            f"{COUNCIL}:10:9: error: 'place' stands here a second time; first at {COUNCIL}:9:9"
            " (keep one of the two)",
            f"facts/more.yaml:2:3: error: the id 'council-3' is defined a second time; first at {COUNCIL}:2:3"
            " (ids are unique over all kinds of facts)",
        ],
    ),
    "no id at all": (
        {"facts/more.yaml": "people:\n  Cara Mar: {name: Cara Mar}\n  con: {name: Con}\n"},
        [
            "facts/more.yaml:2:3: error: 'Cara Mar' is not an id"
            " (an id is made of a–z, 0–9, '.', '_' and '-', at most 64, and starts with a letter or digit)",
            "facts/more.yaml:3:3: error: 'con' is not an id: Windows has a device of that name"
            " (add a word to it)",
        ],
    ),
    "dates: not in the calendar, in words": (
        {
            **changed(HARBOURS, "2031-06-03", "2031-02-30"),
            **changed(GROUND, "published: 2031-05-12", "published: 12 May 2031"),
        },
        [
            f"{GROUND}:3:44: error: '12 May 2031' is not a date {DATES}",
            f"{HARBOURS}:8:15: error: '2031-02-30' is not in the calendar (mend the day or the month)",
        ],
    ),
    "dates: backwards": (
        {
            **changed(HARBOURS, "2031-06-03", "2031-06-05/2031-06-03"),
            **changed(SPRING, "2031-04/2031-06", "2031-06/2031-04"),
        },
        [
            f"{HARBOURS}:8:15: error: the interval '2031-06-05/2031-06-03' ends before it starts {SWAP}",
            f"{SPRING}:2:8: error: the interval '2031-06/2031-04' ends before it starts {SWAP}",
        ],
    ),
    "dates: a pin that is no day, a time that is none": (
        {
            **changed(BOOK, "2031-04-20", "2031-04"),
            **changed(HARBOURS, "date: 2031-06-03", "date: 2031-06-03\n        time: 25:00"),
        },
        [
            f"{BOOK}:3:8: error: 'as_of' needs one day, not '2031-04' (write it as 2031-05-12)",
            f"{HARBOURS}:9:15: error: '25:00' is not a time of day (write 09:30 or 14:00)",
        ],
    ),
    "a meeting held after its source came out": (
        changed(COUNCIL, "2031-05-11\n", "2031-05-13\n"),
        [
            f"{COUNCIL}:13:15: error: 'note', published 2031-05-12, cannot tell of a meeting held on"
            " 2031-05-13 (mend the date or the day of publication; what is yet to come is 'announced')",
        ],
    ),
    "evidence: too long, none": (
        {
            **changed(COUNCIL, "evidence: to survey the stock", f"evidence: {'to survey the stock ' * 3}"),
            **changed(HARBOURS, "        evidence: on 3 June in Holm\n", ""),
        },
        [
            f"{COUNCIL}:24:19: error: this evidence has 12 words; at most 8 are allowed"
            " (cut it to the words that prove the value)",
            f"{HARBOURS}:6:9: error: this statement on 'talks-1' has no evidence"
            " (give a fragment of at most 8 words from the source's text)",
        ],
    ),
    "a statement without a source; a meeting without a statement": (
        {
            **changed(COUNCIL, "      - source: gazette\n        force", "      - force"),
            HARBOURS: FILES[HARBOURS].split("    statements:")[0],
        },
        [
            f"{COUNCIL}:21:9: error: this statement on a priority lacks 'source'"
            " (every statement on a priority needs it)",
            f"{HARBOURS}:2:3: error: meeting 'talks-1' lacks 'statements' (every meeting needs it)",
        ],
    ),
    "memos that no fact matches on any day": (
        {
            "facts/more.yaml": "forums:\n  lights: {name: Lighthouse Board}\n",
            "memos/lights.yaml": "title: Lights\nforum: lights\n",
            **changed(SPRING, "2031-04/2031-06", "2001"),
        },
        [
            "memos/lights.yaml:2:8: error: nothing is on file on 'lights': no meeting, priority or"
            f" background point {NO_FACTS}",
            f"{SPRING}:2:8: error: nothing on file falls into the days from 2001-01-01 to 2001-12-31"
            f" {NO_FACTS}",
        ],
    ),
    "memos: what is leant on, what is chosen": (
        {
            **changed(MEMO, "[survey]", "[surveys]"),
            "memos/harbours.yaml": "title: H\nforum: harbours\n"
            "sections: [header, {section: upcoming, only: [talk-1]}]\n",
        },
        [
            f"{MEMO}:4:55: error: 'surveys' is not on file; a fact belongs here (did you mean 'survey'?)",
            "memos/harbours.yaml:3:47: error: 'talk-1' is not on file; a meeting or a priority or a"
            " background point belongs here (did you mean 'talks-1'?)",
        ],
    ),
    "memos: a section without a template; an empty file": (
        {MEMO: FILES[MEMO] + "sections: [header, priority]\n", "memos/nothing.yaml": ""},
        [
            f"{MEMO}:5:20: error: there is no template of a section 'priority' (did you mean 'priorities'?)",
            "memos/nothing.yaml: error: the file is empty (write a memo here)",
        ],
    ),
    "languages and zones that nobody knows": (
        {
            "memos/harbours.yaml": "title: H\nforum: harbours\nlanguage: xx\n",
            **changed(HARBOURS, "date: 2031-06-03", "time: 10:00\n        zone: Europe/Olso"),
        },
        [
            f"{HARBOURS}:9:15: error: 'Europe/Olso' is not a time zone on file (did you mean 'Europe/Oslo'?)",
            "memos/harbours.yaml:3:11: error: how dates are written in the language 'xx' is not known"
            " (write a tag such as en, es or pt-BR)",
        ],
    ),
    "mail: passwords, what is lacking; a schedule in cron's own spelling": (
        {
            **changed(BOOK, "format: 1", "format: 1\nmail: {host: mail.example.org, password: rosebud}"),
            **changed(SPRING, "title: Spring", 'title: Spring\nschedule: "0 7 * * 1-5"'),
        },
        [
            f"{BOOK}:2:7: error: this mail setting lacks 'from' (every mail setting needs it)",
            f"{BOOK}:2:32: error: a password does not belong in a book, and 'password' looks like one"
            " (put it into a file outside of the book that only you can read, and name the file under mail:"
            " password_file; if others have seen this one, choose another)",
            f"{SPRING}:2:11: error: 'schedule' needs fields such as"
            " {cron: \"0 7 * * 1-5\", zone: Europe/Oslo}, not the text '0 7 * * 1-5'",
        ],
    ),
    "mail: in clear over the net; a schedule, a recipient and a template that are none": (
        {
            **changed(
                BOOK,
                "format: 1",
                "format: 1\nmail: {from: d@example.org, host: m.example.org, security: plain, owner: d@h.io}",
            ),
            **changed(
                SPRING,
                "title: Spring",
                "title: Spring\nschedule: {cron: 0 7 * * 8-9, zone: Europe/Olso}\n"
                "deliver: {to: [ana@example.org, Ana <ana@example.org>], body: Spring, attach: [odt]}",
            ),
            **changed(
                MEMO,
                "forum: council",
                "forum: council\nschedule: {cron: 99 7 * * *, zone: Europe/Olso}\n"
                "deliver: {to: [ana@example.org, Ana <ana@example.org>], subject: Spring news}",
            ),
        },
        [
            f"{BOOK}:2:60: error: mail to 'm.example.org' would cross the net in clear: 'plain' is for"
            " this machine alone (write security: starttls (or tls), or send through a relay on localhost)",
            f"{MEMO}:3:18: error: '99' is no minute in '99 7 * * *'; write 0-59",
            f"{MEMO}:3:36: error: 'Europe/Olso' is no time zone; did you mean 'Europe/Oslo'?",
            f"{MEMO}:4:33: warning: 'ana@example.org' stands in 'to' already"
            " (each address gets one message: delete one of the two)",
            f"{MEMO}:4:66: error: there is no template 'Spring news' for the subject of the mail"
            " (write the words into templates/mail/subject.md.j2, and name that file here)",
            f"{SPRING}:3:80: error: 'odt' is no value of 'attach'"
            " (known: docx, html, ics, json, md, pdf, txt)",
        ],
    ),
    "mail: none to send through, nobody to be told": (
        changed(SPRING, "title: Spring", "title: Spring\ndeliver: {to: ana@example.org}"),
        [
            f"{SPRING}:2:10: error: memo 'spring' is to be mailed, but book.yaml does not say through which"
            " server (add mail: {from: desk@example.org, host: mail.example.org, …} there)",
            f"{SPRING}:2:10: warning: nobody is told when memo 'spring' cannot be made or sent"
            " (name an 'owner' here, or under 'mail' in book.yaml for all memos)",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "lines"), CASES.values(), ids=CASES)
def test_every_mistake_is_told_with_its_place_and_its_mend(
    changes: Changes, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_book(tmp_path, changes))
    result = run("build", "--format", "txt")
    assert [
        line for line in result.stderr.splitlines() if " error: " in line or " warning: " in line
    ] == lines
    assert result.stdout == ""
    is_of_mail_alone = all("not made" not in line for line in result.stderr.splitlines())
    assert result.exit_code == 1 or is_of_mail_alone
    assert run("check").exit_code == 1


def test_the_command_itself_says_the_same(tmp_path: Path) -> None:
    name = "unknown key: of a statement, of a memo"
    changes, lines = CASES[name]
    done = run_process("check", cwd=make_book(tmp_path, changes))
    assert done.stderr.splitlines() == [*lines, "12 facts, 3 memos: 2 problems"]
    assert (done.returncode, done.stdout) == (1, "")


def test_a_mistake_in_mail_stops_no_memo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "format: 1\nmail: {from: ana, hots: h, password: rosebud}"
    monkeypatch.chdir(make_book(tmp_path, changed(BOOK, "format: 1", wrong)))
    assert run("check").exit_code == 1
    done = run("build", "--format", "txt")
    assert done.exit_code == 0  # it stops sending alone
    assert "book.yaml:2:" in done.stderr
    assert "rosebud" not in done.output
    assert sorted(path.stem for path in Path("out").rglob("*.txt")) == list(MEMOS)


@pytest.mark.parametrize("year", ["0001", "0231", "9999"])
def test_a_slip_in_a_year_is_told_and_stops_no_memo(tmp_path: Path, year: str) -> None:
    """A memo of everything, its timeline too, is made in every format."""
    changes = {
        **changed(HARBOURS, "2031-06-03", f"{year}-06-03"),
        "memos/all.yaml": "title: All\nrange: all\nsections: [timeline, upcoming]\n",
    }
    book = make_book(tmp_path / "book", changes)
    told = run("-C", book, "check").stderr
    assert f"{HARBOURS}:8:15: warning: {abs(2031 - int(year))} years lie between {year}-06-03" in told
    made = tmp_path / "made"
    formats = "docx,pdf,html,md,txt,json"
    done = run("-C", book, "build", "all", "--as-of", "2031-06-01", "--format", formats, "--out", made)
    assert done.exit_code == 0, done.stderr
    assert len(list(made.rglob("all.*"))) == 6


def test_every_mistake_of_a_book_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: dict[str, str | bytes | None] = {
        **changed(HARBOURS, "2031-06-03", "2031-02-30"),
        **changed(COUNCIL, "force: wish", "force: wished"),
        **changed(SPRING, "title: Spring", "titel: Spring"),
        "facts/more.yaml": "people: [",
    }
    monkeypatch.chdir(make_book(tmp_path, wrong))
    found = [line.split(":")[0] for line in run("check").stderr.splitlines()]
    assert found == [COUNCIL, HARBOURS, "facts/more.yaml", SPRING, SPRING, "11 facts, 3 memos"]


# -------------------------------------------------------------------------------- the sources' texts

TEXT_CASES: Mapping[str, tuple[Changes, list[str]]] = {
    "words that do not stand there; words that stand twice and prove nothing": (
        changed(COUNCIL, "evidence: to survey the stock", "evidence: [to survey every stock, in]"),
        [
            f"{COUNCIL}:24:20: error: the text of 'gazette' does not hold 'to survey every stock'"
            " (copy the words as they stand there)",
            f"{COUNCIL}:24:43: error: 'in' stands 2 times in the text of 'gazette' and does not hold the"
            " value that it proves (choose a longer fragment)",
        ],
    ),
    "words cut inside a word": (
        changed(COUNCIL, "evidence: to survey the stock", "evidence: urvey the stock"),
        [
            f"{COUNCIL}:24:19: error: the text of 'gazette' does not hold 'urvey the stock'"
            " (it starts or ends inside a word)",
        ],
    ),
    "another text than the source was made from; a text that is not at hand": (
        changed(
            GROUND,
            "speaks: [norland, sudland], text: note.txt}",
            f"text: note.txt, sha256: {'0' * 64}}}\n"
            "  post: {short: the post, published: 2031, text: post.txt}",
        ),
        [
            f"{GROUND}:3:80: error: texts/note.txt is not the text that 'note' was made from:"
            " its SHA-256 differs"
            " (restore the text; or compare the facts with the new one, then state its sha256)",
            f"{GROUND}:4:3: warning: nothing cites source 'post' {NO_USE}",
            f"{GROUND}:4:50: warning: the text of 'post' is not at hand: there is no texts/post.txt"
            " (its evidence is not compared)",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "lines"), TEXT_CASES.values(), ids=TEXT_CASES)
def test_evidence_is_compared_with_the_texts(
    changes: Changes, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"texts/{name}": text for name, text in TEXTS.items()}
    monkeypatch.chdir(make_book(tmp_path, {**changes, **texts}))
    result = run("check", "--sources", "texts")
    assert result.stderr.splitlines()[:-1] == lines
    assert result.exit_code == 1


def test_evidence_that_stands_in_the_texts_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_book(tmp_path, {f"texts/{name}": text for name, text in TEXTS.items()}))
    result = run("check", "--sources", "texts")
    assert (result.exit_code, result.stderr) == (
        0,
        "13 facts, 4 memos, 2 of 3 sources name a text: no problem\n",
    )


# ----------------------------------------------------------------------------------------- templates

TEMPLATE_CASES: Mapping[str, tuple[str, str]] = {
    "an undefined name": (
        "## P\n\n{{ selektion.priorities }}\n",
        ":3: error: nothing gives the name 'selektion' (did you mean 'selection'?)",
    ),
    "a field that the selection lacks": (
        "## P\n\n\n{{ selection.prioritys }}\n",
        ":4: error: the selection has no 'prioritys' (did you mean 'priorities'?)",
    ),
    "a block that is not closed": (
        "## P\n\n{% for group in selection.priorities %}\n{{ group }}\n",
        ":4: error: template syntax: Unexpected end of template. Jinja was looking for the following tags:"
        " 'endfor' or 'else'. The innermost block that needs to be closed is 'for'.",
    ),
    "a filter that there is not": (
        "## P\n\n{{ title | shouted }}\n",
        ":3: error: template syntax: No filter named 'shouted'.",
    ),
}


@pytest.mark.parametrize(("template", "line"), TEMPLATE_CASES.values(), ids=TEMPLATE_CASES)
def test_check_tells_a_templates_mistake_once(
    template: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_book(tmp_path, {OWN_TEMPLATE: template}))
    result = run("check")
    assert result.stderr.splitlines()[:-1] == [OWN_TEMPLATE + line]
    assert result.exit_code == 1


def test_a_build_names_the_template_its_line_and_the_memo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {
        "templates/sections/maps.md.j2": "## Maps\n\n{{ maps }}\n",
        MEMO: FILES[MEMO] + "sections: [header, maps]\n",
    }
    monkeypatch.chdir(make_book(tmp_path, broken))
    result = run("build", "--format", "txt")
    assert result.stderr.splitlines() == [
        "templates/sections/maps.md.j2:3: error: 'maps' is undefined (memo council)",
        "3 memos in 3 files: out/2031-04-20/",
        "1 memo not made: council",
    ]
    assert result.exit_code == 1
