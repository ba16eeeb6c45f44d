"""`review --apply` of what came back, cut off at every call: the files change together, and all is kept."""

import hashlib
from dataclasses import replace
from pathlib import Path

from tests.faults.aftermath import wrong_with_objects
from tests.faults.calls import TRACE, calls_of
from tests.faults.small_book import MEMO, make_book
from tests.faults.trial import Bench, Subject, Trial, must
from tests.forms import filled
from tests.hand_edits import Hand

_APPLY = ("review", "--apply", "returned.docx")  # beside the book
FORM = Subject(
    name="review --apply",
    before=(),
    run=_APPLY,
    mend=(_APPLY,),  # whoever saw it broken off types the same again
    ends=(0, 1, 8),
    delivers=False,
    every="rename",
    calls=("write", "fsync", "rename", "unlink", "openat"),
)
_ANSWERS = {
    "meeting.held": "held",
    "meeting.when": "11 May 2031",
    "who.norland": "Ana Holm, Minister",
    "agreed[1]": "Survey the stock in autumn, too.",
    "next.when": "12 November 2031",
    "word.who": "Ana Holm",
    "word.day": "12 May 2031",
}
_JOURNAL = "changes.json"
# Of a memo: what is in a person's own words, in a file of facts and in the memo's own.
RETURNED = replace(FORM, name="review --apply of a memo", calls=())
EDITS = {"together every": "jointly each", "Ask for": "Insist on"}
_MEMO = """\
title: Fisheries Council
forum: council
formats: [docx]
bottom_line: Ask for the survey.
sections: [bottom-line, priorities]
"""
_TEMPLATES = {  # the shipped ones take each new process half a second to compile
    "bottom-line": "## Bottom line\n\n{{ selection.bottom_line }}\n",
    "priorities": """\
## Priorities

{% for group in selection.priorities %}
{% for item in group.items %}
- {{ item.text }}{{ cite(item) }}
{% endfor %}
{% endfor %}
""",
}


class ApplyBench(Bench):
    """The same bench over facts in three files, which the answers of a form change together."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    changes = 3  # files

    def set_up(self) -> None:
        make_book(self.template / "book", None)
        self.send_back()
        self.fresh()
        self.before = _written(self.book)
        must(self.nursery.learn(("-C", str(self.book), *_APPLY), self.book.parent))
        self.after = _written(self.book)
        self.kept = _kept(self.book)
        if len([name for name, data in self.after.items() if data != self.before[name]]) != self.changes:
            raise RuntimeError(f"a good run does not change {self.changes} files")
        self.fresh()
        clean = self.traced(TRACE)
        must(clean)
        self.calls = calls_of(clean.log)

    def send_back(self) -> None:
        """Make the file that came back."""
        root = self.template / "book"
        facts = root / "facts"
        [file] = facts.iterdir()
        text = file.read_text()
        at = text.index("meetings:")
        (facts / "people.yaml").write_text("people:\n  ivo: {name: Ivo Maric}\n")
        (facts / "sources.yaml").write_text(text[:at])
        file.write_text(text[at:])
        asked = (
            "-C",
            str(root),
            "debrief",
            "council-3",
            "--as-of",
            "2031-06-10",
            "--out",
            str(self.template),
        )
        must(self.nursery.run(asked, self.template))
        [form] = (self.template / "2031-06-10").iterdir()
        (self.template / "returned.docx").write_bytes(filled(form.read_bytes(), _ANSWERS))

    def _after(self, call: str, number: int, wrong: list[str], *, was_hit: bool) -> Trial:
        left = _written(self.book)
        wrong += wrong_with_objects(self.book)
        wrong += [
            f"{name} is neither the old file nor the new one"
            for name, data in left.items()
            if data not in (self.before[name], self.after[name])
        ]
        changed = sum(data != self.before[name] for name, data in left.items())
        for arguments in self.subject.mend:
            ended = self.nursery.run(("-C", str(self.book), *arguments), self.book.parent)
            wrong += [f"mending: {problem}" for problem in self._wrong_end(ended)]
        wrong += [
            f"{name} was not finished"
            for name, data in _written(self.book).items()
            if data != self.after[name]
        ]
        wrong += wrong_with_objects(self.book)
        wrong += [f"{one} is lost" for one in self.kept - _kept(self.book)]
        if (self.book / ".briefbook" / _JOURNAL).exists():
            wrong.append("the journal was left")
        place = "before" if not changed else "after" if changed == self.changes else "window"
        return Trial(
            call=call, number=number, was_hit=was_hit, place=place, wrong=tuple(dict.fromkeys(wrong))
        )


class ReturnedBench(ApplyBench):
    """The same over a memo that came back: two files are changed, and the list of its edits is kept."""

    changes = 2

    def send_back(self) -> None:
        root = self.template / "book"
        (root / "memos" / f"{MEMO}.yaml").write_text(_MEMO)
        for name, template in _TEMPLATES.items():
            (root / "templates" / "sections" / f"{name}.md.j2").write_text(template)
        must(self.nursery.run(("-C", str(root), "build", "--as-of", "2031-04-21"), self.template))
        hand = Hand((root / "out" / "2031-04-21" / f"{MEMO}.docx").read_bytes())
        for old, new in EDITS.items():
            hand.replace(old, new)
        (self.template / "returned.docx").write_bytes(hand.docx())


BENCHES = {FORM.name: ApplyBench, RETURNED.name: ReturnedBench}


def _written(book: Path) -> dict[str, bytes]:
    """What a person wrote, by the names of the files."""
    return {str(path.relative_to(book)): path.read_bytes() for path in book.glob("*s/*.yaml")}


def _kept(book: Path) -> set[str]:
    """What is kept of what came back: the file in the store, and the lists of its edits with what they tell.

    A run that goes on from one that broke off may tell of an edit as made already, and in another list.
    """
    digest = hashlib.sha256((book.parent / "returned.docx").read_bytes()).hexdigest()
    is_stored = (book / ".briefbook" / "objects" / digest[:2] / digest[2:]).exists()
    lists = {path.name: path.read_text() for path in book.glob("out/*/*review*")}
    told = {
        f"{words!r} in {name}" for name, text in lists.items() for words in EDITS.values() if words in text
    }
    return told | ({"what came back"} if is_stored else set())
