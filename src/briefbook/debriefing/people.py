"""A name in an answer → whom it means: somebody on file, somebody new, or one whom a person must tell."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from briefbook.debriefing.answers import key_of
from briefbook.facts import Facts, Organisation, Person

_ALIKE = 0.85  # from which two whole names may be one with a slip of the pen


def named(name: str, facts: Facts) -> Person | Organisation | None:
    """Whom a name means: a person by any spelling on file, else an organisation."""
    key = key_of(name)
    for person in facts.people.values():
        if key in map(key_of, _spellings(person)):
            return person
    for body in facts.organisations.values():
        names = [*body.name.texts.values(), body.short or "", *(v.text for v in body.variants)]
        if key in map(key_of, names):
            return body
    return None


def may_be(name: str, facts: Facts, new: Iterable[str] = ()) -> str | None:
    """Somebody on file, or new in the same form, whom a name that is not theirs may mean all the same."""
    for person in facts.people.values():
        if any(_may_be_one(name, spelling) for spelling in _spellings(person)):
            return person.name
    return next((other for other in new if key_of(other) != key_of(name) and _may_be_one(name, other)), None)


def _spellings(person: Person) -> Iterable[str]:
    return (person.name, *(variant.text for variant in person.variants))


def _may_be_one(name: str, other: str) -> bool:
    """Whether one name is the other's with less or more in it, with initials, or with a slip."""
    one, two = sorted((key_of(name).split(), key_of(other).split()), key=len)
    if not one:
        return False
    if set(one) <= set(two):  # `Brandt`, `Dr. Per Holt`
        return True
    if one[-1] == two[-1] and one[0][0] == two[0][0] and 1 in (len(one[0]), len(two[0])):  # `L. Brandt`
        return True
    return SequenceMatcher(None, " ".join(one), " ".join(two)).ratio() >= _ALIKE
