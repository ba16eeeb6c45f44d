"""Books with memos that promise a length, generated from a seed: texts of all lengths, ranks of all kinds."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import yaml

WORDS = (
    *("the", "strait", "ministers", "survey", "stock", "autumn", "boats", "harbour", "joint", "council"),
    *("fishing", "night", "agreed", "open", "spring", "report", "crew", "ship", "cost", "share", "quota"),
    *("shore", "tide", "letter", "notice", "paper", "week", "hour", "place", "Norland", "Sudland"),
)
RANKS = ("must", "should", "could")
PROFILES = ("memo", "state-style", "read-ahead", "background-paper", "submission")
PASSAGES = ("purpose", "issue", "timing", "objectives", "talking_points", "argument", "recommendation")
CHOSEN = ("objectives", "talking_points", "argument")  # of which a section may show some and not others


def sentence(chance: Random, most: int) -> str:
    """A sentence of up to so many words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(4, most))).capitalize() + "."


def long_sentence(chance: Random) -> str:
    """A sentence that is longer than a page."""
    return " ".join(chance.choices(WORDS, k=900)).capitalize() + "."


def item(chance: Random, most: int) -> str:
    """A sentence of up to so many words, one of eight longer than a page."""
    return long_sentence(chance) if chance.random() < 0.125 else sentence(chance, most)


def write_book(root: Path, seed: int, memos: int) -> list[str]:
    """Write a book with so many memos; gives their names."""
    chance = Random(seed)
    (root / "facts").mkdir(parents=True)
    (root / "memos").mkdir()
    book: dict[str, object] = {"format": 1, "title": "A book", "as_of": "2031-04-20", "to": "Minister"}
    _write(root / "book.yaml", {**book, "from": "Desk", **(MARKED if seed % 2 else {})})
    made = facts(chance)
    _write(root / "facts" / "all.yaml", _marked(made, chance) if seed % 2 else made)
    names = [f"memo-{number}" for number in range(memos)]
    for number, name in enumerate(names):
        own = {**memo(chance, name), "language": ("en", "es")[number % 2]}
        formats = ["pdf", "json", *(["docx"] if number % 4 == 0 else [])]
        _write(root / "memos" / f"{name}.yaml", {**own, "formats": formats})
    return names


LEVELS = ("open", "desk", "restricted")
MARKED: Mapping[str, object] = {
    "marking": {
        "scheme": "custom",
        "default": "open",
        "size": 18,  # so that the banner takes room
        "levels": [
            {"level": level, "banner": f"{level} ".upper() * (2 * number + 1), "portion": level[0].upper()}
            for number, level in enumerate(LEVELS)
        ],
    }
}


def _marked(made: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The facts with a marking on every third priority and point."""
    for kind in ("priorities", "background"):
        for fact in list(made[kind].values())[::3]:
            fact["marking"] = chance.choice(LEVELS)
    return made


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def facts(chance: Random) -> dict[str, Any]:
    """Sources, a forum, meetings past and ahead, priorities of several forces, background points."""
    sources = [f"source-{number}" for number in range(chance.randint(1, 5))]

    def told(**more: object) -> list[dict[str, object]]:
        return [{"source": chance.choice(sources), "evidence": "as it says", **more}]

    ahead = {
        f"ahead-{number}": {
            "forum": "council",
            "title": f"{sentence(chance, 9)[:-1]} {number}",
            "statements": told(says="announced", date=f"2031-{chance.randint(5, 12):02}-0{number + 1}"),
        }
        for number in range(chance.randint(0, 5))
    }
    past = {
        f"past-{number}": {
            "forum": "council",
            "title": f"{sentence(chance, 9)[:-1]} {number}",
            "statements": told(says="held", date=f"2030-{chance.randint(1, 12):02}-0{number + 1}"),
        }
        for number in range(chance.randint(0, 7))
    }
    return {
        "organisations": {"norland": {"name": "Norland", "kind": "country"}},
        "sources": {
            id_: {"short": f"notice {id_}", "published": "2031-04-01", "title": sentence(chance, 12)[:-1]}
            for id_ in sources
        },
        "forums": {"council": {"name": "Fisheries Council", "sides": ["norland"], "statements": told()}},
        "meetings": {**ahead, **past},
        "priorities": {
            f"priority-{number}": {
                "forum": "council",
                "text": item(chance, 30),
                "statements": told(force=chance.choice(("agreed", "stated-goal", "wish")), by=["norland"]),
            }
            for number in range(chance.randint(2, 15))
        },
        "background": {
            f"point-{number}": {
                "forums": ["council"],
                "text": item(chance, 70),
                "statements": told(),
            }
            for number in range(chance.randint(2, 12))
        },
    }


def memo(chance: Random, name: str) -> dict[str, object]:
    """A memo that promises a length, in one of the profiles, some sections with ranks of their own."""
    profile = chance.choice(PROFILES)
    made: dict[str, object] = {
        "title": name,
        "forum": "council",
        "formats": ["pdf", "json"],
        "profile": profile,
        "length": chance.choice((1, 1, 1, 2)),
        "citations": chance.choice(("numbered", "footnotes", "endnotes")),
        "bottom_line": long_sentence(chance) if chance.random() < 0.06 else sentence(chance, 20),
        "drafter": "Kari Vik",
        **{passage: list(_passages(chance)) for passage in PASSAGES},
        **{passage: [item(chance, 25) for _ in range(3)] for passage in chance.sample(CHOSEN, k=1)},
    }
    if chance.random() < 0.5:
        made["sections"] = [
            "header",
            {"section": "bottom-line", "rank": "must"},
            *_ranked(chance),
            {"section": "sources", "rank": "must"},
        ]
    return made


def _passages(chance: Random) -> Iterator[str]:
    yield from (sentence(chance, 25) for _ in range(chance.randint(1, 4)))


def _ranked(chance: Random) -> Iterator[dict[str, object]]:
    lists = {
        "upcoming": "upcoming",
        "priorities": "priorities",
        "background": "background",
        "earlier": "earlier",
        "talking-points": "talking_points",
    }
    for section, items in chance.sample(sorted(lists.items()), k=len(lists)):
        yield {
            "section": section,
            "rank": chance.choice(RANKS),
            "items": chance.choice(RANKS[1:]),
            "of": items,
            "ranks": {"priority-0": chance.choice(RANKS), "point-1": chance.choice(RANKS)},
        }
