"""Handling marks: a scheme of levels and caveats, the marking of a piece, and how markings fold into one.

Pure data and rules. A scheme is data (`schemes/*.yaml`, or a book's own); nothing here knows the name of a
level. A marking is a level and any number of caveats, which only ever restrict. Fold: the highest level, all
caveats. So folding is associative, commutative and idempotent, and nothing that is added lowers a result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from briefbook.frozen import frozen


@frozen
class Marking:
    """A level and caveats, as a person named them: by id or by banner spelling; `Scheme.known` knows both."""

    level: str
    caveats: tuple[str, ...] = ()


@frozen
class Level:
    """One level of a scheme: how banners and portions spell it, in which colours banners are printed."""

    id: str
    banner: str
    portion: str
    ink: str = "FFFFFF"  # of the banner's letters, six hexadecimal digits
    paper: str = "000000"  # behind them


@frozen
class Caveat:
    """One restriction beside the level: how banners and portions spell it."""

    id: str
    banner: str
    portion: str


@frozen
class Scheme:
    """Levels from low to high, and caveats in the order in which they are printed. No levels: no scheme."""

    name: str
    levels: tuple[Level, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    size: float = 12  # points, of banners
    separator: str = "//"  # between level and caveats
    portions: bool = False  # whether each portion prints its own marking

    def known(self, marking: Marking) -> Marking:
        """The same by ids, each caveat once, in the scheme's order.

        What the scheme does not have counts as the highest level, or as every caveat: never as too little.
        """
        level = next((each.id for each in self.levels if marking.level in (each.id, each.banner)), None)
        level = level or self.levels[-1].id
        if not marking.caveats:
            return Marking(level=level)
        spelled = {spelling for caveat in self.caveats for spelling in (caveat.id, caveat.banner)}
        has_all = not spelled.issuperset(marking.caveats)
        named = marking.caveats
        chosen = (c.id for c in self.caveats if has_all or c.id in named or c.banner in named)
        return Marking(level=level, caveats=tuple(chosen))

    def fold(self, markings: Iterable[Marking]) -> Marking | None:
        """The one marking that some together have; None for none of them."""
        found = [self.known(marking) for marking in markings]
        if not found:
            return None
        highest = max(found, key=self.rank)
        named = {caveat for marking in found for caveat in marking.caveats}
        return Marking(
            level=highest.level, caveats=tuple(caveat.id for caveat in self.caveats if caveat.id in named)
        )

    def rank(self, marking: Marking) -> int:
        """How high the level of a marking is, from 0."""
        return [level.id for level in self.levels].index(self.known(marking).level)

    def allows(self, release: Marking, marking: Marking) -> bool:
        """Whether who may see `release` may see `marking`: no higher level, no caveat that is not named."""
        caveats = set(self.known(release).caveats)
        return self.rank(marking) <= self.rank(release) and caveats.issuperset(self.known(marking).caveats)

    def banner(self, marking: Marking) -> str:
        """A marking as banners spell it."""
        return self.separator.join(part.banner for part in self._parts(marking))

    def portion(self, marking: Marking) -> str:
        """A marking as it stands before a portion, in round brackets."""
        return f"({self.separator.join(part.portion for part in self._parts(marking))})"

    def level(self, marking: Marking) -> Level:
        """The level of a marking."""
        return self.levels[self.rank(marking)]

    def _parts(self, marking: Marking) -> list[Level | Caveat]:
        named = self.known(marking).caveats
        return [self.level(marking), *(caveat for caveat in self.caveats if caveat.id in named)]


@frozen
class Banner:
    """The marking of a whole document, ready to print in its header and footer, and first in its text."""

    text: str
    ink: str  # six hexadecimal digits
    paper: str
    size: float  # points
    level: str  # id
    caveats: tuple[str, ...]  # ids
    scheme: str
    separator: str = ""  # between the parts of the text, where a line may end

    @property
    def marking(self) -> Marking:
        """What it says."""
        return Marking(level=self.level, caveats=self.caveats)


def raised(banner: Banner, scheme: Scheme, more: Iterable[Marking]) -> Banner:
    """A banner as high as some more markings."""
    whole = scheme.fold([banner.marking, *more])
    assert whole is not None
    return banner_of(scheme, whole)


def banner_of(scheme: Scheme, marking: Marking) -> Banner:
    """The banner of a document with this marking."""
    level, known = scheme.level(marking), scheme.known(marking)
    return Banner(
        text=scheme.banner(marking),
        ink=level.ink,
        paper=level.paper,
        size=scheme.size,
        level=known.level,
        caveats=known.caveats,
        scheme=scheme.name,
        separator=scheme.separator,
    )


RELEASABLE = "releasable-to"  # in the names of variants, and in no other


def variant_name(scheme: Scheme, release: Marking) -> str:
    """What a variant for release is called in names of files and in the ledger: by its level and caveats.

    The + between them stands in no id, so two releases never have one name; every file system takes it.
    """
    known = scheme.known(release)
    return f"{RELEASABLE}-" + "+".join((known.level, *known.caveats))


@frozen
class Handling:
    """The markings of all that one memo shows. A portion takes those of the facts that it shows and cites.

    Where it shows and cites none that is marked, it takes those in `names` of what it names, else `own`.
    `facts` has what a person judges beside them, under ids that are no facts' (`is_own`).
    """

    scheme: Scheme
    own: Marking  # of the memo's own words, and of what carries none
    facts: Mapping[str, Marking]  # by id
    names: Mapping[str, Marking]  # of facts that carry none: those of the facts within which they are shown

    def of(self, ids: Iterable[str]) -> list[Marking]:
        """The markings of words that show and cite what has these ids, at least one."""
        ids = frozenset(ids)
        found = [self.facts[id_] for id_ in ids if id_ in self.facts]
        return found or [self.names[id_] for id_ in ids if id_ in self.names] or [self.own]

    def knowing(self, id_: str, ids: Iterable[str]) -> "Handling":
        """The same with the marking of the memo's own words that show what has the ids `ids`."""
        marking = self.scheme.fold([self.own, *self.of(ids)])
        assert marking is not None
        return replace(self, facts={**self.facts, id_: marking})


def own_id(name: str) -> str:
    """The id under which words of the memo itself are marked: it begins as no fact's can."""
    return f".{name}"


def is_own(id_: str) -> bool:
    """Whether an id is that of words of the memo itself."""
    return id_.startswith(".")
