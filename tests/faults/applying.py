"""`review --apply` of what came back, cut off at every call: the files change together, and all is kept."""

import hashlib
import json
import zlib
from dataclasses import replace
from pathlib import Path

from tests.faults.aftermath import envelopes, wrong_with_objects
from tests.faults.calls import TRACE, calls_of
from tests.faults.processes import COMMAND_LINE
from tests.faults.race import pair_of
from tests.faults.small_book import MEMO, make_book
from tests.faults.table import Row
from tests.faults.trial import Bench, Subject, Trial, must, unsound
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
    applies=True,
    every="rename",
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
_SHUT_OUT = ("another briefbook is", "was changed after it was read")  # why one of two may be refused
# Of a memo: what is in a person's own words, in a file of facts and in the memo's own.
RETURNED = replace(FORM, name="review --apply of a memo")
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
    told: tuple[str, ...] = (
        "Survey the stock in autumn, too.",
        "Ana Holm, Minister",
    )  # words that are in the kept list
    kept: set[str]

    def set_up(self) -> None:
        make_book(self.template / "book", None)
        self.send_back()
        self.fresh()
        self.before = _written(self.book)
        must(self.nursery.learn(("-C", str(self.book), *_APPLY), self.book.parent))
        self.after = _written(self.book)
        self.kept = _kept(self.book, self.told)
        if len(self.kept) != 2 + 2 * len(self.told):
            raise RuntimeError(f"of a good run is kept {sorted(self.kept)} alone")
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
        wrong += self._wrong_with_ledger("when it stopped")
        left = _written(self.book)
        wrong += wrong_with_objects(self.book)
        wrong += [
            f"{name} is neither the old file nor the new one"
            for name, data in left.items()
            if data not in (self.before[name], self.after[name])
        ]
        changed = sum(data != self.before[name] for name, data in left.items())
        if changed:  # what a run that mends it may keep anew is no proof
            wrong += [f"{one} is not kept, but a file was changed" for one in self.kept - self._kept()]
        for arguments in self.subject.mend:
            ended = self.nursery.run(("-C", str(self.book), *arguments), self.book.parent)
            wrong += [f"mending: {problem}" for problem in self._wrong_end(ended)]
        wrong += self._wrong_at_the_end()
        place = "before" if not changed else "after" if changed == self.changes else "window"
        return Trial(
            call=call, number=number, was_hit=was_hit, place=place, wrong=tuple(dict.fromkeys(wrong))
        )

    def _kept(self) -> set[str]:
        return _kept(self.book, self.told)

    def _wrong_with_ledger(self, when: str) -> list[str]:
        return unsound(envelopes(self.book, self.folder / "scratch"), when)

    def _wrong_at_the_end(self) -> list[str]:
        wrong = [
            f"{name} was not finished"
            for name, data in _written(self.book).items()
            if data != self.after[name]
        ]
        wrong += wrong_with_objects(self.book)
        wrong += [f"{one} is lost" for one in self.kept - self._kept()]
        wrong += self._wrong_with_ledger("at the end")
        if (self.book / ".briefbook" / _JOURNAL).exists():
            wrong.append("the journal was left")
        return wrong

    def race(self, pairs: int) -> Row:
        """Two people type the same at the same moment: one makes it, the other too or is told why not."""
        wrong: list[str] = []
        shut_out = 0
        for pair in range(pairs):
            self.fresh()
            arguments = ("-C", str(self.book), *_APPLY[:-1], str(self.book.parent / _APPLY[-1]))
            ended = pair_of(self, COMMAND_LINE, arguments)
            problems = [problem for one in ended for problem in self._wrong_end(one)]
            refused = [one for one in ended if one.status == 1]
            shut_out += len(refused)
            problems += [
                f"refused for another reason: {one.err.strip()[-300:]}"
                for one in refused
                if not any(words in one.err for words in _SHUT_OUT)
            ]
            if len(refused) == len(ended):
                problems.append("neither made it")
            wrong += [f"race {pair + 1}: {problem}" for problem in problems + self._wrong_at_the_end()]
        call = f"two at once ({shut_out} shut out)"
        return Row(fault="race", subject=self.subject.name, call=call, trials=pairs, wrong=tuple(wrong))


class ReturnedBench(ApplyBench):
    """The same over a memo that came back: two files are changed, and the list of its edits is kept."""

    changes = 2
    told = tuple(EDITS.values())

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


def _kept(book: Path, words: tuple[str, ...]) -> set[str]:
    """What is kept of what came back: its bytes, the entry that knows it, the list of its edits with words.

    The list lies in the store and beside the edition. A run that goes on from one that broke off may tell of
    an edit as made already.
    """
    store = book / ".briefbook"
    digest = hashlib.sha256((book.parent / "returned.docx").read_bytes()).hexdigest()
    found = {"what came back"} if _object(store / "returned", digest) is not None else set()
    for entry in store.glob(f"reviews/*/*/{digest}.json"):
        told = json.loads(entry.read_bytes())
        if _object(store, told["data"]) is not None:
            found.add("the entry")
        text = (_object(store, told["text"]) or b"").decode()
        found |= {f"{each!r} in the list in the store" for each in words if each in text}
    lists = [path.read_text() for path in book.glob("out/*/*review*")]
    return found | {f"{each!r} in a list beside" for each in words if any(each in text for text in lists)}


def _object(store: Path, digest: str) -> bytes | None:
    """The bytes that a store has under a name; None without them."""
    path = store / "objects" / digest[:2] / digest[2:]
    return zlib.decompress(path.read_bytes()) if path.exists() else None
