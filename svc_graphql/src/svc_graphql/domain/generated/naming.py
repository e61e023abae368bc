"""Names of GraphQL made from ids of an ontology: valid, unique, and the same every time.

An id keeps its spelling where it can. `.` and `-` become `_`; leading `__`, which GraphQL
reserves, becomes `_`. Ids that are valid as they stand take their names first, then the others,
each in the order of the ids; who finds its name taken gets `_2`, `_3`, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_INVALID = re.compile(r"[^A-Za-z0-9_]")
_LEADING = re.compile(r"^__+")
MAX_NAME = 250


def valid_name(id_: str) -> str:
    """The nearest name that GraphQL accepts.

    >>> valid_name("has-part"), valid_name("__kind"), valid_name("3d")
    ('has_part', '_kind', '_3d')
    """
    name = _LEADING.sub("_", _INVALID.sub("_", id_)) or "_"
    return f"_{name}" if name[0].isdigit() else name


def lower_first(name: str) -> str:
    """The name as that of a field.

    >>> lower_first("WorkOrder"), lower_first("URL")
    ('workOrder', 'uRL')
    """
    return name[:1].lower() + name[1:]


def unique_names(ids: Iterable[str], reserved: Collection[str] = ()) -> Mapping[str, str]:
    """A name for each id.

    >>> dict(unique_names(["a-b", "a_b", "id"], reserved={"id"}))
    {'a_b': 'a_b', 'a-b': 'a_b_2', 'id': 'id_2'}
    """
    names = Names(reserved)
    ordered = sorted(set(ids), key=lambda id_: (valid_name(id_) != id_ or id_ in reserved, id_))
    return {id_: names.take(valid_name(id_)) for id_ in ordered}


class Names:
    """Names in use, compared exactly: GraphQL tells `a` from `A`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> str:
        """The name itself when it is free, otherwise the first free one with a number."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name

    def are_free(self, names: Iterable[str]) -> bool:
        """True when none of them is in use."""
        return self._taken.isdisjoint(names)
