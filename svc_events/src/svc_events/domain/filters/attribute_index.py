"""Which filters to look at for the value of one attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeAlias, TypeVar

from svc_events.domain.cesql import Primitive
from svc_events.domain.cesql.errors import EvaluationFault
from svc_events.domain.cesql.types import to_boolean, to_integer
from svc_events.domain.filters.access import Key, KeyKind

E = TypeVar("E")
_Table: TypeAlias = dict[Primitive, set[E]]


class AttributeIndex(Generic[E]):
    """The entries that keys on one attribute lead to.

    Prefixes and suffixes are kept by their length: a text is cut to each length that there is, and
    looked up. There are at most 64 lengths, for longer ones are cut; in practice there are a few.
    """

    __slots__ = ("_booleans", "_integers", "_prefixes", "_present", "_suffixes", "_texts")

    def __init__(self) -> None:
        self._texts: _Table[E] = {}
        self._integers: _Table[E] = {}
        self._booleans: _Table[E] = {}
        self._present: _Table[E] = {}
        self._prefixes: dict[int, _Table[E]] = {}
        self._suffixes: dict[int, _Table[E]] = {}

    def found(self, text: str, value: Primitive) -> Iterator[set[E]]:
        """The entries whose keys hold of a value and its canonical text."""
        if text in self._texts:
            yield self._texts[text]
        for length, table in self._prefixes.items():
            if (start := text[:length]) in table:
                yield table[start]
        for length, table in self._suffixes.items():
            if (end := text[-length:]) in table:
                yield table[end]
        if self._integers or self._booleans:
            yield from self._cast(value)
        if self._present:
            yield self._present[""]

    def _cast(self, value: Primitive) -> Iterator[set[E]]:
        for table, cast in ((self._integers, to_integer), (self._booleans, to_boolean)):
            if table:
                try:
                    entries = table.get(cast(value, 0))
                except EvaluationFault:
                    continue
                if entries:
                    yield entries

    def add(self, key: Key, entry: E) -> None:
        """Lets a key lead to an entry."""
        self._table(key).setdefault(key.value, set()).add(entry)

    def remove(self, key: Key, entry: E) -> None:
        """Lets a key no longer lead to an entry; nothing is left of what leads nowhere."""
        table = self._table(key)
        table[key.value].discard(entry)
        if not table[key.value]:
            del table[key.value]
        if not table and key.kind in (KeyKind.PREFIX, KeyKind.SUFFIX):
            del self._by_length(key)[len(str(key.value))]

    def load(self, key: Key) -> int:
        """How many entries a key leads to."""
        if key.kind in (KeyKind.PREFIX, KeyKind.SUFFIX):
            table = self._by_length(key).get(len(str(key.value)), {})
        else:
            table = self._table(key)
        return len(table.get(key.value, ()))

    def __bool__(self) -> bool:
        """Whether any key leads anywhere."""
        return any(getattr(self, name) for name in self.__slots__)

    def _table(self, key: Key) -> _Table[E]:
        match key.kind:
            case KeyKind.TEXT:
                return self._texts
            case KeyKind.INTEGER:
                return self._integers
            case KeyKind.BOOLEAN:
                return self._booleans
            case KeyKind.PRESENT:
                return self._present
            case KeyKind.PREFIX | KeyKind.SUFFIX:
                return self._by_length(key).setdefault(len(str(key.value)), {})

    def _by_length(self, key: Key) -> dict[int, _Table[E]]:
        return self._prefixes if key.kind is KeyKind.PREFIX else self._suffixes
