"""Decides whether an ontology stays sound under a change.

The cost is that of the change and the elements around it, not of the ontology:
a rule looks at what changed and at what refers to that. It relies on the
snapshot being sound, which holds because nothing unsound is ever committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from svc_api.domain.changes import PlannedChange
from svc_api.domain.cycles import find_cycles
from svc_api.domain.element_index import ElementIndex
from svc_api.domain.elements import HEADER_KEY, Element, Key
from svc_api.domain.inheritance import check_redeclared_properties
from svc_api.domain.kinds import BY_COLLECTION, KINDS, Reference
from svc_api.domain.names import element_name
from svc_api.domain.references import Found, ids_along, references_of
from svc_api.domain.snapshot import Snapshot
from svc_api.domain.violations import Violations


@dataclass(frozen=True, slots=True)
class Scope:
    """A change under examination.

    `elements` is the ontology as it would be; `changed` holds the effective
    creations and updates, `deleted` the effective deletions.
    """

    ontology: str
    elements: ElementIndex[Element]
    changed: dict[Key, PlannedChange]
    deleted: dict[Key, PlannedChange]

    def field(self, key: Key, path: str) -> str:
        """Where a violation in an element is reported: in the request when it is there."""
        change = self.changed.get(key)
        if (
            change is not None
            and change.path
            and change.wrote(path.partition(".")[0].partition("[")[0])
        ):
            return f"{change.path}.{path}"
        return f"{element_name(self.ontology, key)}.{path}"


def validate(snapshot: Snapshot, planned: Sequence[PlannedChange]) -> None:
    """Checks that a sound ontology stays sound.

    Raises:
        InvalidField: an element breaks a rule of its own, an IRI is taken, an
            inverse disagrees, or an inherited property gets another type.
        UnknownReference: an element names one that does not exist.
        CyclicReference: an inheritance relation would form a cycle.
        ResourceInUse: an element to delete is still referred to.
        Each carries every violation, up to 100.
    """
    effective = [change for change in planned if change.is_effective]
    after = {change.key: change.after for change in effective if change.key != HEADER_KEY}
    scope = Scope(
        snapshot.ontology,
        snapshot.elements.overlaid(after),
        {change.key: change for change in effective if change.after is not None},
        {change.key: change for change in effective if change.after is None},
    )
    violations = Violations()
    for check in _CHECKS:
        check(scope, violations)
    violations.raise_any()


def _check_own_rules(scope: Scope, violations: Violations) -> None:
    for key, change in scope.changed.items():
        if change.after is None:
            continue
        body = change.after.body
        _check_texts(scope, key, body, "", violations)
        if key == HEADER_KEY:
            continue
        kind = BY_COLLECTION[key[0]]
        for field, id_field in kind.keyed_lists:
            entries = body.get(field, [])
            _check_unique_ids(scope, key, field, [e[id_field] for e in entries], violations)
            for index, entry in enumerate(entries):
                _check_texts(scope, key, entry, f"{field}[{index}].", violations)
        for field in kind.cardinalities:
            fewest, most = (body.get(field, {}).get(f"{end}_count", 0) for end in ("min", "max"))
            if most and fewest > most:
                violations.add_invalid(
                    scope.field(key, f"{field}.min_count"),
                    f"{fewest} is more than the max_count {most}",
                )


def _check_unique_ids(
    scope: Scope, key: Key, field: str, ids: Sequence[str], violations: Violations
) -> None:
    first: dict[str, int] = {}
    for index, entry_id in enumerate(ids):
        earlier = first.setdefault(entry_id, index)
        if earlier != index:
            violations.add_invalid(
                scope.field(key, f"{field}[{index}]"),
                f"the id {entry_id!r} is that of {field}[{earlier}] too",
            )


def _check_texts(
    scope: Scope, key: Key, body: dict[str, Any], prefix: str, violations: Violations
) -> None:
    for field in ("labels", "descriptions"):
        seen: set[tuple[str, str]] = set()
        for index, entry in enumerate(body.get(field, ())):
            text = entry.get("language", ""), entry.get("text", "")
            if text in seen:
                violations.add_invalid(
                    scope.field(key, f"{prefix}{field}[{index}]"),
                    "says the same in the same language as an earlier entry",
                )
            seen.add(text)


def _check_references(scope: Scope, violations: Violations) -> None:
    for key, change in scope.changed.items():
        if change.after is None or key == HEADER_KEY:
            continue
        for found in references_of(change.after):
            if not _resolves(scope, found):
                _add_dangling(scope, change, found, violations)


def _resolves(scope: Scope, found: Found) -> bool:
    return any(target in scope.elements for target in found.targets)


def _add_dangling(
    scope: Scope, change: PlannedChange, found: Found, violations: Violations
) -> None:
    deleted = next((target for target in found.targets if target in scope.deleted), None)
    if deleted is not None and not change.wrote(found.reference.top_level_field):
        # The change leaves the reference as it was; the deletion is what breaks it.
        referrer = element_name(scope.ontology, change.key)
        violations.add_in_use(element_name(scope.ontology, deleted), referrer, found.path)
        return
    nouns = " or ".join(
        BY_COLLECTION[collection].field.replace("_", " ")
        for collection in found.reference.collections
    )
    violations.add_unknown(
        scope.field(change.key, found.path), f"{nouns} {found.target_id!r} does not exist"
    )


def _check_deletions(scope: Scope, violations: Violations) -> None:
    for key in scope.deleted:
        for referrer in scope.elements.referrers(key):
            if referrer in scope.changed:
                continue
            for found in references_of(scope.elements[referrer]):
                if key in found.targets and not _resolves(scope, found):
                    violations.add_in_use(
                        element_name(scope.ontology, key),
                        element_name(scope.ontology, referrer),
                        found.path,
                    )


def _check_iris(scope: Scope, violations: Violations) -> None:
    for key, change in scope.changed.items():
        iri = change.after.body.get("iri") if change.after else None
        if not iri or key == HEADER_KEY or not change.wrote("iri"):
            continue
        others = [other for other in scope.elements.with_iri(iri) if other != key]
        if others:
            violations.add_invalid(
                scope.field(key, "iri"),
                f"{iri!r} is the IRI of {element_name(scope.ontology, others[0])!r} already",
            )


def _check_inverses(scope: Scope, violations: Violations) -> None:
    for key, change in scope.changed.items():
        field = BY_COLLECTION[key[0]].inverse if key != HEADER_KEY else ""
        if not field or change.after is None:
            continue
        named = change.after.body.get(field, "")
        _check_named_inverse(scope, key, field, named, violations)
        if not named:
            continue
        for referrer in scope.elements.referrers(key):
            its_inverse = scope.elements[referrer].body.get(field)
            if its_inverse == key[1] and referrer not in scope.changed and referrer[1] != named:
                violations.add_invalid(
                    scope.field(key, field),
                    f"is {named!r}, while {referrer[1]!r} names {key[1]!r} as its inverse",
                )


def _check_named_inverse(
    scope: Scope, key: Key, field: str, named: str, violations: Violations
) -> None:
    other = scope.elements.get((key[0], named)) if named else None
    back = other.body.get(field, "") if other else ""
    if back and back != key[1]:
        violations.add_invalid(
            scope.field(key, field), f"is {named!r}, which names {back!r} as its inverse"
        )


def _check_cycles(scope: Scope, violations: Violations) -> None:
    for kind in KINDS:
        for reference in kind.references:
            if reference.is_acyclic:
                _check_cycles_along(scope, kind.collection, reference, violations)


def _check_cycles_along(
    scope: Scope, collection: str, reference: Reference, violations: Violations
) -> None:
    def parents(element_id: str) -> list[str]:
        element = scope.elements.get((collection, element_id))
        return ids_along(element, reference) if element else []

    starts = [key[1] for key in scope.changed if key[0] == collection]
    for cycle in find_cycles(starts, parents):
        ring = cycle[:-1]
        at = next((i for i, node in enumerate(ring) if (collection, node) in scope.changed), 0)
        ring = [*ring[at:], *ring[:at]]
        ring.append(ring[0])
        first = scope.elements[collection, ring[0]]
        path = next(
            found.path
            for found in references_of(first)
            if found.reference is reference and found.target_id == ring[1]
        )
        violations.add_cycle(scope.field(first.key, path), ring)


def _check_properties(scope: Scope, violations: Violations) -> None:
    for clash in check_redeclared_properties(scope.elements, scope.changed):
        violations.add_invalid(
            scope.field(clash.key, f"{clash.path}.type"),
            f"{clash.property_id!r} is {clash.own} here, but {clash.inherited} in "
            f"{element_name(scope.ontology, clash.ancestor)!r}, from which it is inherited; "
            "an inherited property keeps its type or narrows it",
        )


_CHECKS = (
    _check_own_rules,
    _check_references,
    _check_iris,
    _check_inverses,
    _check_cycles,
    _check_properties,
    _check_deletions,
)
