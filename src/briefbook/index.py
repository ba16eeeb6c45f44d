"""A book's facts by where they belong, so that a memo needs to look only at its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import TypeVar

from briefbook.facts import Fact, Facts, Meeting, Point, Priority, Source, statements_of
from briefbook.frozen import frozen
from briefbook.shown import Words
from briefbook.state import Publication, publications

F = TypeVar("F", bound=Fact)


@frozen
class Index:
    """The facts of a book, looked up by forum and by meeting, each list in the order of the files."""

    facts: Facts
    published: Mapping[str, Publication]  # by source
    order: Mapping[str, int]  # of every fact, in the files
    meetings_of: Mapping[str, list[Meeting]]  # by forum
    priorities_of: Mapping[str, list[Priority]]  # by forum
    priorities_at: Mapping[str, list[Priority]]  # by meeting, its own and those of its statements
    points_of: Mapping[str, list[Point]]  # by forum, directly or through a meeting
    points_at: Mapping[str, list[Point]]  # by meeting
    homes: Mapping[str, tuple[str, ...]]  # of each point, its forums
    once_published: Mapping[str, Publication]  # the same as `published`, had no source been withdrawn
    withdrawn: tuple[Source, ...]  # the sources that are withdrawn on some day
    touched: frozenset[str]  # the facts of which one of these says something
    # How people, organisations and forums are called, by language and then by id: that depends on no day, and
    # memos of a book name the same. No more are here than the book has.
    names: dict[str, dict[str, Words]] = field(default_factory=dict, init=False, compare=False, repr=False)
    names_in_text: dict[str, dict[str, Words]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def in_order(self, facts: Iterable[F]) -> list[F]:
        """Some facts, each once, in the order of the files."""
        unique = {fact.id: fact for fact in facts}
        if len(unique) < 2:
            return list(unique.values())
        return [unique[id_] for id_ in sorted(unique, key=self.order.__getitem__)]

    def of_each(self, ids: Sequence[str], table: Mapping[str, list[F]]) -> Sequence[F]:
        """The facts of some forums or meetings by one of these tables, each once, in the order of files."""
        if len(ids) == 1:  # as most memos are on one forum: its facts are in order
            return table.get(ids[0], [])
        return self.in_order(fact for id_ in ids for fact in table.get(id_, ()))


def indexed(facts: Facts) -> Index:
    """Go through a book's facts once, for all its memos."""
    meetings_of: dict[str, list[Meeting]] = defaultdict(list)
    priorities_of: dict[str, list[Priority]] = defaultdict(list)
    priorities_at: dict[str, list[Priority]] = defaultdict(list)
    points_of: dict[str, list[Point]] = defaultdict(list)
    points_at: dict[str, list[Point]] = defaultdict(list)
    for meeting in facts.meetings.values():
        meetings_of[meeting.forum].append(meeting)
    for priority in facts.priorities.values():
        priorities_of[priority.forum].append(priority)
        occasions = (priority.meeting, *(statement.meeting for statement in priority.statements))
        for occasion in dict.fromkeys(occasions):
            if occasion is not None:
                priorities_at[occasion].append(priority)
    homes = {point.id: _forums_of(point, facts) for point in facts.background.values()}
    for point in facts.background.values():
        for forum in homes[point.id]:
            points_of[forum].append(point)
        for occasion in dict.fromkeys(point.meetings):
            points_at[occasion].append(point)
    ids = (id_ for kind in facts.kinds().values() for id_ in kind)
    published = publications(facts)
    withdrawn = tuple(source for source in facts.sources.values() if source.withdrawn)
    return Index(
        facts=facts,
        published=published,
        once_published={id_: replace(each, until=None) for id_, each in published.items()}
        if withdrawn
        else published,
        withdrawn=withdrawn,
        touched=_told_by({source.id for source in withdrawn}, facts) if withdrawn else frozenset(),
        order={id_: place for place, id_ in enumerate(ids)},
        meetings_of=dict(meetings_of),
        priorities_of=dict(priorities_of),
        priorities_at=dict(priorities_at),
        points_of=dict(points_of),
        points_at=dict(points_at),
        homes=homes,
    )


def _forums_of(point: Point, facts: Facts) -> tuple[str, ...]:
    """The forums that a point belongs to, directly or through its meetings."""
    through = (facts.meetings[meeting].forum for meeting in point.meetings if meeting in facts.meetings)
    return tuple(dict.fromkeys((*point.forums, *through)))


def _told_by(sources: set[str], facts: Facts) -> frozenset[str]:
    """The facts of which some sources say something."""
    every = (fact for kind in facts.kinds().values() for fact in kind.values())
    return frozenset(fact.id for fact in every if any(s.source in sources for s in statements_of(fact)))
