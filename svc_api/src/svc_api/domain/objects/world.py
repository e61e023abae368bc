"""The objects and links of one commit, as far as they were loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, parse_ref
from svc_api.domain.objects.types import Catalogue, LinkTypeDef


class TypePartition:
    """All objects of one object type, without its descendants. Never changes."""

    def __init__(self, objects: Mapping[str, StoredObject]) -> None:
        self.objects = objects

    def __len__(self) -> int:
        return len(self.objects)

    @cached_property
    def ids(self) -> Sequence[str]:
        """Ids in order."""
        return sorted(self.objects)

    def advanced(self, changes: Mapping[str, StoredObject | None]) -> TypePartition:
        """The partition with some objects changed; None is gone."""
        objects = dict(self.objects)
        for object_id, changed in changes.items():
            if changed is None:
                objects.pop(object_id, None)
            else:
                objects[object_id] = changed
        return TypePartition(objects)

    def referrers(self, properties: Sequence[str], ref: Ref) -> Iterator[tuple[Ref, str]]:
        """The objects that refer to one, each with the property."""
        text = str(ref)
        yield from self._referrers(tuple(properties)).get(text, ())

    def _referrers(self, properties: tuple[str, ...]) -> Mapping[str, Sequence[tuple[Ref, str]]]:
        found = self._known.get(properties)
        if found is None:
            index: dict[str, list[tuple[Ref, str]]] = {}
            for stored in self.objects.values():
                for property_id in properties:
                    value = stored.values.get(property_id)
                    for entry in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType] - JSON
                        if isinstance(entry, str):
                            index.setdefault(entry, []).append((stored.ref, property_id))
            found = self._known[properties] = index
        return found

    @cached_property
    def _known(self) -> dict[tuple[str, ...], Mapping[str, Sequence[tuple[Ref, str]]]]:
        return {}


Ends = dict[Ref, tuple[Ref, ...]]


@dataclass(frozen=True, slots=True)
class LinkPartition:
    """All links of one link type, without those that specialise it. Never changes.

    `out` is by source, `into` by target; the far ends are in order.
    """

    out: Ends
    into: Ends
    size: int

    @classmethod
    def of(cls, links: Iterable[LinkKey]) -> LinkPartition:
        """Builds a partition."""
        return cls({}, {}, 0).advanced(links, ())

    def __len__(self) -> int:
        return self.size

    def advanced(self, added: Iterable[LinkKey], removed: Iterable[LinkKey]) -> LinkPartition:
        """The partition with some links made and some taken away."""
        pairs = {(link.source, link.target): True for link in added}
        pairs |= {(link.source, link.target): False for link in removed}
        changes = [(s, t, put) for (s, t), put in pairs.items() if self.has(s, t) != put]
        out = _changed(self.out, changes)
        into = _changed(self.into, [(t, s, put) for s, t, put in changes])
        return LinkPartition(out, into, self.size + sum(1 if put else -1 for *_, put in changes))

    def has(self, source: Ref, target: Ref) -> bool:
        """Whether two objects are linked."""
        return target in self.out.get(source, ())

    def links(self, link_type: str) -> Iterator[LinkKey]:
        """Every link, by source and target."""
        for source in sorted(self.out):
            for target in self.out[source]:
                yield LinkKey(link_type, source, target)


def _changed(ends: Ends, changes: Iterable[tuple[Ref, Ref, bool]]) -> Ends:
    edits: dict[Ref, set[Ref]] = {}
    for near, far, put in changes:
        edited = edits.get(near)
        if edited is None:
            edited = edits[near] = set(ends.get(near, ()))
        edited.add(far) if put else edited.discard(far)
    changed = dict(ends)
    for near, fars in edits.items():
        if fars:
            changed[near] = tuple(sorted(fars))
        else:
            changed.pop(near, None)
    return changed


@dataclass(frozen=True, slots=True)
class World:
    """What a question is asked about: the types of a commit, and the objects and links loaded."""

    catalogue: Catalogue
    types: Mapping[str, TypePartition] = field(default_factory=dict[str, TypePartition])
    links: Mapping[str, LinkPartition] = field(default_factory=dict[str, LinkPartition])

    def get(self, ref: Ref) -> StoredObject | None:
        """An object of a loaded type."""
        partition = self.types.get(ref.type)
        return partition.objects.get(ref.id) if partition is not None else None

    def of_text(self, value: object) -> StoredObject | None:
        """The object that a value refers to."""
        if not isinstance(value, str) or "/" not in value:
            return None
        return self.get(parse_ref(value))

    def objects(self, types: Iterable[str]) -> Iterator[StoredObject]:
        """The objects of some types, by id; of equal ids by type."""
        partitions = [self.types[type_id] for type_id in types if type_id in self.types]
        if len(partitions) == 1:
            only = partitions[0]
            return map(only.objects.__getitem__, only.ids)
        everything = (stored for part in partitions for stored in part.objects.values())
        return iter(sorted(everything, key=by_id))

    def count(self, types: Iterable[str]) -> int:
        """How many objects there are of some types."""
        return sum(len(self.types[type_id]) for type_id in types if type_id in self.types)

    def far_ends(self, link: LinkTypeDef, ref: Ref, *, is_outgoing: bool) -> tuple[Ref, ...]:
        """What is linked to an object, in order: by links of the type, of those that
        specialise it, and of inverse ones the other way round."""
        found: set[Ref] = set()
        for partition, along in self._along(link, is_outgoing=is_outgoing):
            found.update((partition.out if along else partition.into).get(ref, ()))
        return tuple(sorted(found))

    def _along(
        self, link: LinkTypeDef, *, is_outgoing: bool
    ) -> Iterator[tuple[LinkPartition, bool]]:
        for link_id, along in followed(self.catalogue, link, is_outgoing=is_outgoing):
            partition = self.links.get(link_id)
            if partition is not None:
                yield partition, along


def followed(
    catalogue: Catalogue, link: LinkTypeDef, *, is_outgoing: bool
) -> list[tuple[str, bool]]:
    """The link types whose links are followed, each with whether from source to target."""
    found: dict[tuple[str, bool], None] = {}
    for narrower in link.narrower:
        definition = catalogue.link_type(narrower)
        found[narrower, is_outgoing] = None
        for inverse_id in definition.inverses if definition else ():
            inverse = catalogue.link_type(inverse_id)
            for other in inverse.narrower if inverse else ():
                found[other, not is_outgoing] = None
        if link.is_("SYMMETRIC") or (definition is not None and definition.is_("SYMMETRIC")):
            found[narrower, not is_outgoing] = None
    return list(found)


def by_id(stored: StoredObject) -> tuple[str, str]:
    """Orders objects by id, of equal ids by type."""
    return stored.ref.id, stored.ref.type
