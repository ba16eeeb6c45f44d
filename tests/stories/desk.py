"""A desk at work: it types commands, edits its files, and reads what it is told. What the stories share."""

from dataclasses import dataclass
from pathlib import Path

from tests.books import run
from tests.hand_edits import words_in

COUNCIL = "fisheries-council"
FACTS = f"facts/{COUNCIL}.yaml"
MEMO = f"memos/{COUNCIL}.yaml"


@dataclass(frozen=True)
class Desk:
    """A book, and whoever keeps it."""

    book: Path

    def types(self, *words: str | Path, status: int = 0) -> str:
        """A command on the book; all that it says, results before messages, white space as one space."""
        result = run("-C", self.book, *words)
        assert result.exit_code == status, result.output
        return spaced(result.stdout + result.stderr)

    def builds(self, day: str, *options: str) -> str:
        return self.types("build", COUNCIL, "--as-of", day, *options)

    def edits(self, name: str, old: str, new: str) -> None:
        """Other words in a file of the book, at the one place where these stand."""
        text = self.reads(name)
        assert text.count(old) == 1, (name, old)
        (self.book / name).write_text(text.replace(old, new), encoding="utf-8")

    def writes(self, name: str, text: str) -> None:
        (self.book / name).write_text(text, encoding="utf-8")

    def reads(self, name: str) -> str:
        return (self.book / name).read_text(encoding="utf-8")

    def file(self, day: str, name: str = f"{COUNCIL}.docx") -> Path:
        return self.book / "out" / day / name

    def memo(self, day: str, name: str = f"{COUNCIL}.docx") -> str:
        """The words of a Word file, as its reader sees them."""
        return spaced("\n".join(words_in(self.file(day, name).read_bytes())))

    def files(self, day: str) -> list[str]:
        return sorted(path.name for path in (self.book / "out" / day).iterdir())


def spaced(text: str) -> str:
    return " ".join(text.split())


def new_desk(folder: Path) -> Desk:
    """A desk with the book that `init` makes."""
    desk = Desk(folder / "council")
    assert run("init", desk.book).exit_code == 0
    return desk
