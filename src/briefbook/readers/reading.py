"""What gathers while the files of a book are read: mistakes, and what need not be looked at twice."""

from collections.abc import Iterable
from dataclasses import field

from briefbook.diagnostics import Problem, Where, did_you_mean
from briefbook.frozen import changing
from briefbook.readers.reading_limits import MOST_GUESSES, MOST_MISTAKES


@changing
class Reading:
    """What gathers while files are read. `language` is the tag of texts that name none.

    `mistakes` counts what was told and what the YAML reader had told before: a record during which it grew
    is not made. `ids` are those that were found right: most are named many times.
    """

    language: str
    problems: list[Problem] = field(default_factory=list)
    mistakes: int = 0
    ids: set[str] = field(default_factory=set)
    told: dict[str, int] = field(default_factory=dict)  # how many mistakes, by file
    guesses: int = 0
    commented: set[tuple[str, int]] = field(default_factory=set)  # file and line: a comment behind a key
    # By file, where it was warned of a '-' without its space.
    unspaced: dict[str, set[Where]] = field(default_factory=dict)

    def tell(self, where: Where, message: str, hint: str = "") -> None:
        """Add an error."""
        self.add(Problem(where=where, message=message, hint=hint))

    def add(self, problem: Problem) -> None:
        """Add a mistake; of a file with very many not all."""
        self.mistakes += 1
        file = problem.where.file
        self.told[file] = told = self.told.get(file, 0) + 1
        if told <= MOST_MISTAKES:
            self.problems.append(problem)
        elif told == MOST_MISTAKES + 1:
            more = Problem(where=problem.where, message="more of these follow", hint="mend those above first")
            self.problems.append(more)

    def has_enough(self, file: str) -> bool:
        """Whether so much is wrong with a file that nobody would read more of it."""
        return self.told.get(file, 0) > MOST_MISTAKES

    def near(self, word: str, known: Iterable[str]) -> str:
        """`did_you_mean`, for as many words as it takes little time for."""
        self.guesses += 1
        return did_you_mean(word[:80], known) if self.guesses <= MOST_GUESSES else ""
