"""An immutable, indexed set of elements that is cheap to change a little."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isqrt
from typing import Generic, TypeVar, cast

from svc_api.domain.elements import Element, Key
from svc_api.domain.references import target_keys

E = TypeVar("E", bound=Element)

# Up to this many ids are inserted one by one; more are sorted in together.
_FEW_IDS = 64


@dataclass(slots=True)
class _Layer(Generic[E]):
    """Elements with their indexes.

    `None` marks an element that the layer below has and this one removed. `ids`
    are sorted, and kept in the bottom layer only.
    """

    elements: dict[Key, E | None] = field(default_factory=dict[Key, E | None])
    ids: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    iris: dict[str, tuple[Key, ...]] = field(default_factory=dict[str, tuple[Key, ...]])
    referrers: dict[Key, tuple[Key, ...]] = field(default_factory=dict[Key, tuple[Key, ...]])

    def copy(self) -> _Layer[E]:
        return _Layer(dict(self.elements), dict(self.ids), dict(self.iris), dict(self.referrers))


class _LayerEdit(Generic[E]):
    """Collects what changes in a layer's indexes, so that each entry is rebuilt once."""

    def __init__(self, layer: _Layer[E]) -> None:
        self._layer = layer
        self._iris: dict[str, tuple[set[Key], list[Key]]] = {}
        self._referrers: dict[Key, tuple[set[Key], list[Key]]] = {}

    def put(self, key: Key, element: E | None, *, is_bottom: bool) -> None:
        before = self._layer.elements.get(key)
        if before is not None:
            self._note(before, key, added=False)
        if element is not None:
            self._note(element, key, added=True)
        if element is None and is_bottom:
            self._layer.elements.pop(key, None)
        else:
            self._layer.elements[key] = element

    def _note(self, element: Element, key: Key, *, added: bool) -> None:
        iri = element.body.get("iri")
        if iri:
            entry = self._iris.setdefault(iri, (set(), []))
            entry[1].append(key) if added else entry[0].add(key)
        for target in target_keys(element):
            entry = self._referrers.setdefault(target, (set(), []))
            entry[1].append(key) if added else entry[0].add(key)

    def finish(self) -> _Layer[E]:
        _rebuild(self._layer.iris, self._iris)
        _rebuild(self._layer.referrers, self._referrers)
        return self._layer


_K = TypeVar("_K", str, Key)


def _rebuild(
    index: dict[_K, tuple[Key, ...]], edits: Mapping[_K, tuple[set[Key], list[Key]]]
) -> None:
    for entry, (removed, added) in edits.items():
        kept = [key for key in index.get(entry, ()) if key not in removed]
        if kept or added:
            index[entry] = (*kept, *added)
        else:
            index.pop(entry, None)


class ElementIndex(Mapping[Key, E], Generic[E]):
    """Elements by key, with who refers to what and which IRI is whose.

    Two layers: a large one that versions share, and a small one with what changed
    since. `with_changes` costs the changes and the small layer, which is folded
    into a new large one before it outgrows the square root of the whole.
    """

    __slots__ = ("_base", "_delta", "_ids", "_size")

    def __init__(self, base: _Layer[E], delta: _Layer[E], size: int) -> None:
        self._base = base
        self._delta = delta
        self._size = size
        self._ids: dict[str, list[str]] = {}

    @classmethod
    def of(cls, elements: Iterable[E]) -> ElementIndex[E]:
        """Indexes elements; of two with the same key the later one counts."""
        edit: _LayerEdit[E] = _LayerEdit(_Layer())
        for element in elements:
            edit.put(element.key, element, is_bottom=True)
        base = edit.finish()
        for collection, element_id in base.elements:
            base.ids.setdefault(collection, []).append(element_id)
        for listed in base.ids.values():
            listed.sort()
        return cls(base, _Layer(), len(base.elements))

    def __getitem__(self, key: Key) -> E:
        changed = self._delta.elements
        found = changed[key] if key in changed else self._base.elements[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        changed = self._delta.elements
        yield from (key for key in self._base.elements if key not in changed)
        yield from (key for key, element in changed.items() if element is not None)

    def __len__(self) -> int:
        return self._size

    def ids(self, collection: str) -> list[str]:
        """The ids in a collection in ascending order. Not to be changed."""
        listed = self._ids.get(collection)
        if listed is None:
            listed = self._ids[collection] = _merged_ids(
                collection, self._base, self._delta.elements
            )
        return listed

    def with_iri(self, iri: str) -> list[Key]:
        """The elements that have an IRI; more than one only before validation."""
        changed = self._delta.elements
        kept = [key for key in self._base.iris.get(iri, ()) if key not in changed]
        return [*kept, *self._delta.iris.get(iri, ())]

    def referrers(self, key: Key) -> Iterator[Key]:
        """The elements that name `key`, or an element of its id in another collection."""
        changed = self._delta.elements
        yield from (k for k in self._base.referrers.get(key, ()) if k not in changed)
        yield from self._delta.referrers.get(key, ())

    def with_changes(self, changes: Mapping[Key, E | None]) -> ElementIndex[E]:
        """The same elements with some put in place and others (None) removed."""
        if len(self._delta.elements) + len(changes) > 64 + 4 * isqrt(len(self._base.elements)):
            folded = self._folded(changes)
            return ElementIndex(folded, _Layer(), len(folded.elements))
        size = self._size
        edit = _LayerEdit(self._delta.copy())
        for key, element in changes.items():
            size += (element is not None) - (key in self)
            edit.put(key, element, is_bottom=key not in self._base.elements)
        return ElementIndex(self._base, edit.finish(), size)

    def overlaid(self, changes: Mapping[Key, Element | None]) -> ElementIndex[Element]:
        """Like `with_changes`, with elements that are not stored yet."""
        return cast(ElementIndex[Element], self).with_changes(changes)

    @property
    def shared_part(self) -> tuple[int, int]:
        """Identity and size of the large layer, for accounting in a cache."""
        return id(self._base), len(self._base.elements)

    @property
    def own_size(self) -> int:
        """Number of entries that are this version's own."""
        return len(self._delta.elements)

    def _folded(self, changes: Mapping[Key, E | None]) -> _Layer[E]:
        changed = {**self._delta.elements, **changes}
        layer = self._base.copy()
        for collection in {key[0] for key in changed}:
            layer.ids[collection] = _merged_ids(collection, self._base, changed)
        edit = _LayerEdit(layer)
        for key, element in changed.items():
            edit.put(key, element, is_bottom=True)
        return edit.finish()


def _merged_ids(collection: str, base: _Layer[E], changed: Mapping[Key, E | None]) -> list[str]:
    """The sorted ids of a layer with changes on top; the layer's own list when none differs."""
    ids = base.ids.get(collection, [])
    touched = [(key, element) for key, element in changed.items() if key[0] == collection]
    gone = [key[1] for key, element in touched if element is None and key in base.elements]
    new = [key[1] for key, element in touched if element is not None and key not in base.elements]
    if not gone and not new:
        return ids
    if len(gone) + len(new) > _FEW_IDS:
        dropped = set(gone)
        return sorted([*(i for i in ids if i not in dropped), *sorted(new)])
    merged = ids.copy()
    for element_id in gone:
        del merged[bisect_left(merged, element_id)]
    for element_id in new:
        insort(merged, element_id)
    return merged
