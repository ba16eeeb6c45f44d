"""The answer to the first question → whether the meeting was held, cancelled or postponed."""

from collections.abc import Iterable

from briefbook.composing.debrief import doubts_in, words_for
from briefbook.composing.wording import Wording
from briefbook.debriefing.answers import key_of
from briefbook.facts import Says


def verdict_in(answer: str, wordings: Iterable[Wording]) -> tuple[Says, bool] | None:
    """What an answer says, and whether that is all of it; None where it is not plainly said."""
    wordings = tuple(wordings)
    key = key_of(answer)
    for wording in wordings:
        for says, words in words_for(wording).items():
            for word in sorted(map(key_of, words), key=len, reverse=True):
                if key == word:
                    return says, True
                if key.startswith(f"{word} ") and not _is_doubted(answer, says, wordings):
                    return says, False
    return None


def _is_doubted(answer: str, says: Says, wordings: Iterable[Wording]) -> bool:
    """Whether an answer that goes on takes back what it begins with, or asks."""
    words = f" {key_of(answer)} "
    others = (
        word
        for wording in wordings
        for word in (
            *doubts_in(wording),
            *(w for s, ws in words_for(wording).items() if s != says for w in ws),
        )
    )
    return "?" in answer or any(f" {key_of(word)} " in words for word in others)
