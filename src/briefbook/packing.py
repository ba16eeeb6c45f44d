"""Very many objects in little room: those behind the first thousand lie pickled and deflated.

A memo that was read takes some eight thousand bytes as Python's objects, and a few hundred so: most of what
it says another says as well, and the first that was packed is the dictionary of the compressor (RFC 1950,
FDICT) for all others. What is packed is made anew each time it is asked for, in less than a tenth of a
millisecond.
"""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")

AS_THEY_ARE = 1000  # objects that are not packed: there room is no matter, and time is
_LEVEL = 1


class _Press(Generic[T]):
    """Packs objects that are much alike."""

    def __init__(self) -> None:
        self._alike = b""

    def packed(self, one: T) -> bytes:
        data = pickle.dumps(one, pickle.HIGHEST_PROTOCOL)
        self._alike = self._alike or data
        deflate = zlib.compressobj(_LEVEL, zdict=self._alike)
        return deflate.compress(data) + deflate.flush()

    def unpacked(self, data: bytes) -> T:
        one: T = pickle.loads(zlib.decompressobj(zdict=self._alike).decompress(data))
        return one


class Packed(Sequence[T]):
    """A list that only grows."""

    def __init__(self, some: Iterable[T] = ()) -> None:
        self._first: list[T] = []
        self._others: list[bytes] = []
        self._press: _Press[T] = _Press()
        for one in some:
            self.append(one)

    def append(self, one: T) -> None:
        """Add an object at the end."""
        if len(self._first) < AS_THEY_ARE:
            self._first.append(one)
        else:
            self._others.append(self._press.packed(one))

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def __iter__(self) -> Iterator[T]:
        yield from self._first
        yield from map(self._press.unpacked, self._others)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        if place < len(self._first):
            return self._first[place]
        return self._press.unpacked(self._others[place - len(self._first)])


class PackedByName(Mapping[str, T]):
    """A mapping that only grows."""

    def __init__(self, some: Iterable[tuple[str, T]] = ()) -> None:
        self._places: dict[str, int] = {}
        self._all: Packed[T] = Packed()
        for name, one in some:
            self.add(name, one)

    def add(self, name: str, one: T) -> None:
        """Add an object. Raises ValueError where the name is taken."""
        if name in self._places:
            raise ValueError(f"{name!r} is there already")
        self._places[name] = len(self._all)
        self._all.append(one)

    def __getitem__(self, name: str) -> T:
        return self._all[self._places[name]]

    def __contains__(self, name: object) -> bool:  # which would make the object
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Chosen(Mapping[str, T]):
    """Some of a mapping, as it has them when they are asked for. A name that it lacks is passed over."""

    def __init__(self, names: Iterable[str], among: Mapping[str, T]) -> None:
        self._names = {name: None for name in names if name in among}
        self._among = among

    def __getitem__(self, name: str) -> T:
        if name not in self._names:
            raise KeyError(name)
        return self._among[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
