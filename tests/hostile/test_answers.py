"""Hostile answers: who took over the process of untrusted templates answers what he likes, and it is only told.

`CASES` are the answers: kind, name, what is asked, what comes back, and what the checks of the template or its
memo say then; an answer to what is asked of the template beside that makes it one that cannot be read.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from briefbook.composing import confined_pipes
from briefbook.composing.frames import NoAnswerError, answer_from
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.books import make_book

FILE = "sections/upcoming.md.j2"
HERE = f"templates/{FILE}"
NO_ANSWER = (
    f"{HERE}:1: error: the process in which the template ran has ended (it answered what no template makes)"
)
NO_QUESTION = (
    f"{HERE}:1: error: the process in which the template ran has ended (it asked what no template asks)"
)
FIGURES = 10**4299  # as many as JSON reads

CASES: tuple[tuple[str, str, str, object, str], ...] = (
    ("shape", "a number for problems", "syntax", {"made": 5}, NO_ANSWER),
    ("shape", "true for problems", "names", {"made": True}, NO_ANSWER),
    ("shape", "nothing for problems", "syntax", {"made": None}, NO_ANSWER),
    ("shape", "texts for problems", "names", {"made": ["evil"]}, NO_ANSWER),
    ("shape", "a number for a text", "render", {"made": 5}, NO_ANSWER),
    ("found", "a message of a list", "messages", {"made": [["a", [1]]]}, NO_ANSWER),
    ("found", "a message in three parts", "messages", {"made": [["a", "b", "c"]]}, NO_ANSWER),
    ("found", "a list for a name", "leads", {"made": [["a"]]}, NO_ANSWER),
    ("found", "a text for names", "options", {"made": "evil"}, NO_ANSWER),
    ("found", "an object for names", "own", {"made": {"a": 1}}, NO_ANSWER),
    ("line", "true", "syntax", {"made": [{"line": True, "message": "evil"}]}, f"{HERE}: error: evil"),
    ("line", "below nothing", "syntax", {"made": [{"line": -5, "message": "evil"}]}, f"{HERE}: error: evil"),
    ("line", "of many figures", "names", {"made": [{"line": FIGURES, "message": "evil"}]}, f"{HERE}: error: evil"),
    ("line", "a fraction", "names", {"line": 1.5, "message": "evil"}, f"{HERE}: error: evil"),
    ("line", "of a mistake", "render", {"line": True, "message": "evil"}, f"{HERE}: error: evil"),
    ("words", "a list nested", "syntax", {"message": json.loads("[" * 700 + "]" * 700)}, f"{HERE}: error: "),
    ("words", "turned around", "syntax", {"message": "\u202eevil\u2066"}, f"{HERE}: error: \ufffdevil\ufffd"),
    ("words", "a forged line", "names", {"message": "evil\nx:1: error: y"}, f"{HERE}: error: evil\ufffdx:1: error: y"),
    ("words", "a screen cleared by the file", "names", {"file": "x\x1b[2J", "message": ""}, "templates/x\ufffd[2J: error: "),
    ("words", "a limit that is none", "render", {"over": {"a": []}}, f"{HERE}: error: the template takes more than"),
    ("amount", "problems", "syntax", {"made": [{"message": "evil"}] * 1_001}, NO_ANSWER),
    ("amount", "empty problems", "names", {"made": [{}] * 50_000}, NO_ANSWER),
    ("amount", "messages", "messages", {"made": [[None, "evil"]] * 10_001}, NO_ANSWER),
    ("amount", "names", "options", {"made": ["evil"] * 10_001}, NO_ANSWER),
    ("amount", "characters", "render", {"made": "x" * 1_000_001}, f"{HERE}: error: the template prints more than 1,000,000 characters"),
    ("question", "of no kind", "syntax", {"ask": ["fish"]}, NO_QUESTION),
    ("question", "no text", "syntax", {"ask": ["template", ["a"]]}, NO_QUESTION),
    ("question", "half a surrogate pair", "syntax", {"ask": ["template", "\ud800"]}, ""),
    ("question", "a NUL", "syntax", {"ask": ["template", "a\0b"]}, ""),
    ("question", "a long way", "syntax", {"ask": ["template", "../" * 3000]}, ""),
)  # fmt: skip


class Mouth:
    """Stands for the process: one kind of question gets this answer first, all others what is right."""

    def __init__(self, kind: str, answer: object) -> None:
        self._kind, self._answers = kind, [answer]
        self._asked = ""
        self.selections: dict[int, tuple[int, object]] = {}

    @contextmanager
    def asked(self) -> Iterator[None]:
        yield

    def tell(self, request: tuple[Any, ...], _until: float) -> None:
        if request[0] not in ("selection", "answer", "refused"):
            self._asked = request[0]

    def hear(self, _until: float) -> dict[str, Any]:
        is_meant = self._asked == self._kind and self._answers
        data = json.dumps(self._answers.pop() if is_meant else {"made": []}).encode()
        parts = [data, len(data).to_bytes(8, "big")]
        try:
            return answer_from(lambda _: parts.pop(), 1 << 20)
        except NoAnswerError:
            pytest.fail("this never came so far")

    def stop(self) -> None:
        pass


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own = {f"templates/{FILE}": "{# ours #}" + "## Ahead\n" * 2000}  # too large to be parsed here
    return Workshop(read_book(make_book(tmp_path / "book", own)).book)


@pytest.mark.parametrize(
    ("kind", "answer", "told"), [case[2:] for case in CASES], ids=[f"{case[0]}, {case[1]}" for case in CASES]
)
def test_a_hostile_answer_is_told_at_its_template(
    kind: str, answer: object, told: str, desk: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined_pipes, "process_for", lambda *_: Mouth(kind, answer))
    templates = desk.templates("en")
    if kind == "render":
        day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
        found = list(desk.render(Task(memo=desk.book.memos["council"], day=day, formats=("txt",))).problems)
    elif kind in ("syntax", "names"):
        found = templates.syntax_of(FILE) if kind == "syntax" else templates.names_of(FILE)
    else:
        asked = {
            "messages": templates.messages_in,
            "leads": templates.leads_in,
            "options": templates.options_in,
        }
        assert not asked.get(kind, templates.own_of)(FILE)
        found = templates.syntax_of(FILE)
    said = "".join(str(problem) for problem in found)
    assert said.isprintable()
    assert said.startswith(told)
    assert bool(said) is bool(told)
    assert all(problem.where.line in (None, 1) for problem in found)
