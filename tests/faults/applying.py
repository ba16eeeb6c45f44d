"""`review --apply` of a form that came back, cut off at every call: the facts change together."""

from pathlib import Path

from tests.faults.calls import TRACE, calls_of
from tests.faults.small_book import make_book
from tests.faults.trial import Bench, Subject, Trial, must
from tests.forms import filled

_APPLY = ("review", "--apply", "returned.docx")  # beside the book
APPLY = Subject(
    name="review --apply",
    before=(),
    run=_APPLY,
    mend=(_APPLY,),  # whoever saw it broken off types the same again
    ends=(0, 1, 8),
    delivers=False,
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


class ApplyBench(Bench):
    """The same bench over facts in three files, which an answer changes together."""

    before: dict[str, bytes]
    after: dict[str, bytes]

    def set_up(self) -> None:
        root = self.template / "book"
        make_book(root, None)
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
        self.fresh()
        self.before = _facts(self.book)
        must(self.nursery.learn(("-C", str(self.book), *_APPLY), self.book.parent))
        self.after = _facts(self.book)
        if len([name for name, data in self.after.items() if data != self.before[name]]) != 3:
            raise RuntimeError("a good run does not change three files")
        self.fresh()
        clean = self.traced(TRACE)
        must(clean)
        self.calls = calls_of(clean.log)

    def _after(self, call: str, number: int, wrong: list[str], *, was_hit: bool) -> Trial:
        left = _facts(self.book)
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
            f"{name} was not finished" for name, data in _facts(self.book).items() if data != self.after[name]
        ]
        if (self.book / ".briefbook" / _JOURNAL).exists():
            wrong.append("the journal was left")
        place = "before" if not changed else "after" if changed == 3 else "window"
        return Trial(
            call=call, number=number, was_hit=was_hit, place=place, wrong=tuple(dict.fromkeys(wrong))
        )


def _facts(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (book / "facts").glob("*.yaml")}
