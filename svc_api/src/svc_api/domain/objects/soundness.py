"""Whether objects and links stay sound under changes: values, references, links, cardinalities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oms_core.errors import (
    FieldViolation,
    InvalidField,
    PreconditionViolation,
    ResourceAlreadyExists,
    ResourceInUse,
    ResourceNotFound,
    SchemaViolation,
    UnknownReference,
)

from svc_api.domain.objects.changes import LinkChange, PlannedObject
from svc_api.domain.objects.checking import faults_of, references_in
from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, object_name
from svc_api.domain.objects.types import Catalogue, LinkTypeDef
from svc_api.domain.objects.world import World

MAX_REPORTED = 100


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be loaded to check changes: objects by name, whole types, whole link types."""

    refs: frozenset[Ref]
    types: frozenset[str]
    links: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changes come to, without those that change nothing."""

    objects: Sequence[PlannedObject]
    made: Sequence[LinkKey] = ()
    taken: Sequence[LinkKey] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.objects or self.made or self.taken)


@dataclass(slots=True)
class _Found:
    fields: list[FieldViolation] = field(default_factory=list[FieldViolation])
    unknown: list[FieldViolation] = field(default_factory=list[FieldViolation])
    in_use: list[PreconditionViolation] = field(default_factory=list[PreconditionViolation])
    too_many: list[PreconditionViolation] = field(default_factory=list[PreconditionViolation])

    def raise_any(self) -> None:
        fields = [*self.fields, *self.unknown]
        if fields:
            error = InvalidField if self.fields else UnknownReference
            told = f"{fields[0].field}: {fields[0].description}{_more(len(fields))}"
            raise error(told, fields=fields[:MAX_REPORTED])
        if self.in_use:
            first = self.in_use[0]
            raise ResourceInUse(
                f"{first.subject!r} can't be deleted: {first.description}{_more(len(self.in_use))}",
                metadata={"resource_name": first.subject},
                preconditions=self.in_use[:MAX_REPORTED],
            )
        if self.too_many:
            raise contradiction(self.too_many)


def contradiction(found: Sequence[PreconditionViolation], prefix: str = "") -> SchemaViolation:
    """The error about objects that do not fit the types, with examples."""
    first = found[0]
    return SchemaViolation(
        f"{prefix}{first.subject}: {first.description}{_more(len(found))}",
        metadata={"count": str(len(found))},
        preconditions=found[:MAX_REPORTED],
    )


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def needs_of(
    catalogue: Catalogue, planned: Sequence[PlannedObject], links: Sequence[LinkChange]
) -> Needs:
    """What has to be known to check changes."""
    refs: set[Ref] = set()
    types: set[str] = set()
    link_types: set[str] = set()
    for change in planned:
        type_ = catalogue.type(change.ref.type)
        if change.after is not None and type_ is not None:
            refs.update(ref for _, ref in references_in(type_, change.after))
        elif change.after is None:
            types.update(_holders(catalogue, change.ref.type))
            link_types.update(_link_types_of(catalogue, change.ref.type))
    for link in links:
        refs |= {link.link.source, link.link.target}
        definition = catalogue.link_type(link.link.link_type)
        link_types.update(_counted_with(catalogue, definition) if definition else ())
    return Needs(frozenset(refs), frozenset(types), frozenset(link_types))


def _holders(catalogue: Catalogue, type_id: str) -> Iterator[str]:
    for holder, properties in catalogue.referring.items():
        if any(catalogue.is_a(type_id, definition.target) for definition in properties):
            yield holder


def _link_types_of(catalogue: Catalogue, type_id: str) -> Iterator[str]:
    for link_id in catalogue.link_types:
        definition = catalogue.link_type(link_id)
        if definition is not None and type_id in definition.sources | definition.targets:
            yield link_id


def _counted_with(catalogue: Catalogue, definition: LinkTypeDef) -> set[str]:
    """The link types whose links count towards the bounds of one and of those it specialises."""
    found = {definition.id}
    for wider_id in definition.wider:
        wider = catalogue.link_type(wider_id)
        if wider is not None and (wider.most_sources or wider.most_targets):
            found.update(wider.narrower)
    return found


def check(
    ontology: str,
    world: World,
    planned: Sequence[PlannedObject],
    links: Sequence[LinkChange],
    known: Mapping[Ref, StoredObject | None],
) -> Outcome:
    """Checks changes on what `needs_of` named, and says what they come to.

    Args:
        known: The objects that are changed or referred to, as they are; None is not there.
    Raises:
        InvalidField: values do not fit their types, or objects may not be linked so.
        UnknownReference: an object that is referred to does not exist.
        ResourceAlreadyExists, ResourceNotFound: of links.
        ResourceInUse: an object to delete is referred to or linked.
        SchemaViolation: there would be more links than cardinalities allow.
    """
    found = _Found()
    after = {change.ref: change.after is not None for change in planned}

    def exists(ref: Ref) -> bool:
        return after[ref] if ref in after else known.get(ref) is not None

    for change in planned:
        if change.after is not None and change.is_effective:
            _check_values(world.catalogue, change, exists, found)
    made, taken = _links(world, links, exists, found)
    taken += _check_deletions(ontology, world, planned, {*taken}, found)
    _check_counts(ontology, world, made, taken, found)
    found.raise_any()
    return Outcome([change for change in planned if change.is_effective], made, taken)


def _check_values(
    catalogue: Catalogue,
    change: PlannedObject,
    exists: Callable[[Ref], bool],
    found: _Found,
) -> None:
    type_ = catalogue.type(change.ref.type)
    assert type_ is not None, "planned with its type"
    assert change.after is not None, "asked about what is there afterwards"
    prefix = f"{change.path}." if change.path else ""
    faults = list(faults_of(catalogue, type_, change.after))
    found.fields += [FieldViolation(f"{prefix}{fault.path}", str(fault)) for fault in faults]
    wrong = {fault.path for fault in faults}
    for path, ref in references_in(type_, change.after):
        if path not in wrong and not exists(ref):
            found.unknown.append(FieldViolation(f"{prefix}{path}", f"there is no object {ref}"))


def _links(
    world: World, changes: Sequence[LinkChange], exists: Callable[[Ref], bool], found: _Found
) -> tuple[list[LinkKey], list[LinkKey]]:
    made: list[LinkKey] = []
    taken: list[LinkKey] = []
    for change in changes:
        link = change.link
        partition = world.links.get(link.link_type)
        is_there = partition is not None and partition.has(link.source, link.target)
        if not change.is_made:
            if not is_there:
                raise ResourceNotFound.of("link", str(link))
            taken.append(link)
        elif is_there:
            if change.is_strict:
                raise ResourceAlreadyExists.of("link", str(link))
        elif _may_link(world.catalogue, change, exists, found):
            made.append(link)
    return made, taken


def _may_link(
    catalogue: Catalogue, change: LinkChange, exists: Callable[[Ref], bool], found: _Found
) -> bool:
    definition = catalogue.link_type(change.link.link_type)
    before = len(found.fields) + len(found.unknown)
    if definition is None:
        found.unknown.append(
            FieldViolation(
                f"{change.path}.link_type", f"link type {change.link.link_type!r} does not exist"
            )
        )
        return False
    ends = (("source", change.link.source), ("target", change.link.target))
    for end, ref in ends:
        allowed = definition.sources if end == "source" else definition.targets
        if ref.type not in allowed:
            types = ", ".join(sorted(allowed)[:20]) or "none"
            found.fields.append(
                FieldViolation(
                    f"{change.path}.{end}",
                    f"{ref} is of the type {ref.type}; a {end} of {definition.id} is of {types}",
                )
            )
        elif not exists(ref):
            found.unknown.append(
                FieldViolation(f"{change.path}.{end}", f"there is no object {ref}")
            )
    return len(found.fields) + len(found.unknown) == before


def _check_deletions(
    ontology: str,
    world: World,
    planned: Sequence[PlannedObject],
    taken: set[LinkKey],
    found: _Found,
) -> list[LinkKey]:
    """Finds what stands in the way of deletions; answers the links that go with them."""
    changed = {change.ref for change in planned}
    more: dict[LinkKey, None] = {}
    for change in planned:
        if change.after is not None:
            continue
        name = object_name(ontology, change.ref)
        for holder, property_id in referrers(world, change.ref):
            if holder not in changed:
                found.in_use.append(
                    PreconditionViolation(
                        "RESOURCE_IN_USE", name, f"values[{property_id}] of {holder} refers to it"
                    )
                )
        for link in links_of(world, change.ref):
            if link in taken:
                continue
            if change.delete_links:
                more[link] = None
            else:
                found.in_use.append(
                    PreconditionViolation("RESOURCE_IN_USE", name, f"there is a link {link}")
                )
    return list(more)


def referrers(world: World, ref: Ref) -> Iterator[tuple[Ref, str]]:
    """The loaded objects that refer to one by a property, each with the property."""
    for holder, properties in world.catalogue.referring.items():
        partition = world.types.get(holder)
        ids = [p.id for p in properties if world.catalogue.is_a(ref.type, p.target)]
        if partition is not None and ids:
            yield from partition.referrers(ids, ref)


def links_of(world: World, ref: Ref) -> Iterator[LinkKey]:
    """The loaded links of an object."""
    for link_type, partition in world.links.items():
        for target in partition.out.get(ref, ()):
            yield LinkKey(link_type, ref, target)
        for source in partition.into.get(ref, ()):
            if source != ref:
                yield LinkKey(link_type, source, ref)


def _check_counts(
    ontology: str,
    world: World,
    made: Sequence[LinkKey],
    taken: Sequence[LinkKey],
    found: _Found,
) -> None:
    """Holds the links as they would be against the bounds of their types."""
    if not made:
        return
    by_type: dict[str, tuple[list[LinkKey], list[LinkKey]]] = {}
    for index, links in enumerate((made, taken)):
        for link in links:
            by_type.setdefault(link.link_type, ([], []))[index].append(link)
    partitions = dict(world.links)
    for link_type, (added, removed) in by_type.items():
        partitions[link_type] = partitions[link_type].advanced(added, removed)
    would_be = World(world.catalogue, world.types, partitions)
    found.too_many += too_many(ontology, would_be, made)


def too_many(
    ontology: str, world: World, made: Iterable[LinkKey]
) -> Iterator[PreconditionViolation]:
    """Where links that are there now break the bounds and characteristics of their types."""
    told: set[tuple[str, str, Ref]] = set()
    for link in made:
        own = world.catalogue.link_type(link.link_type)
        for wider_id in own.wider if own is not None else ():
            wider = world.catalogue.link_type(wider_id)
            if wider is None:
                continue
            for end, ref, most in (
                ("targets", link.source, wider.most_targets),
                ("sources", link.target, wider.most_sources),
            ):
                if most and (wider_id, end, ref) not in told:
                    told.add((wider_id, end, ref))
                    count = _count(world, wider, ref, end)
                    if count > most:
                        yield PreconditionViolation(
                            "SCHEMA_VIOLATION",
                            object_name(ontology, ref),
                            f"expected at most {most} {end} by {wider_id}, found {count}",
                        )
            yield from _characteristics(ontology, world, wider, link)


def _count(world: World, definition: LinkTypeDef, ref: Ref, end: str) -> int:
    counts = Counter[Ref]()
    for link_type in definition.narrower:
        partition = world.links.get(link_type)
        if partition is not None:
            counts.update((partition.out if end == "targets" else partition.into).get(ref, ()))
    return len(counts)


def _characteristics(
    ontology: str, world: World, definition: LinkTypeDef, link: LinkKey
) -> Iterator[PreconditionViolation]:
    name = object_name(ontology, link.source)
    if definition.is_("IRREFLEXIVE") and link.source == link.target:
        yield PreconditionViolation(
            "SCHEMA_VIOLATION",
            name,
            f"expected no link to itself by {definition.id}, which is irreflexive, found {link}",
        )
    partition = world.links.get(link.link_type)
    is_both_ways = partition is not None and partition.has(link.target, link.source)
    if definition.is_("ASYMMETRIC") and is_both_ways:
        yield PreconditionViolation(
            "SCHEMA_VIOLATION",
            name,
            f"expected no link back by {definition.id}, which is asymmetric, found {link} "
            "and the other way round",
        )
