"""Change sets: what they ask for, and what they come to on a given snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from oms_core.errors import InvalidField, ResourceAlreadyExists, ResourceNotFound, StaleEtag

from svc_api.domain.elements import HEADER_KEY, Element, Key, StoredElement
from svc_api.domain.kinds import BY_COLLECTION
from svc_api.domain.names import element_name
from svc_api.domain.snapshot import Snapshot


class Operation(Enum):
    """What a change does to its element."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one element.

    Args:
        body: The new content; with UPDATE only `fields` of it count.
        fields: Top-level fields that an UPDATE sets; those not in `body` are cleared.
        etag: Non-empty: the etag that the element has to have.
        path: Field of the request that holds the element, such as
            `changes[3].create.object_type`, for errors.
    """

    operation: Operation
    key: Key
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    fields: frozenset[str] = frozenset()
    etag: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Changes to be made as one commit; no two of the same element."""

    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a change comes to: the element before and after it.

    `written` are the top-level fields that the change states; None means all.
    """

    key: Key
    before: StoredElement | None
    after: Element | None
    path: str
    written: frozenset[str] | None = None

    @property
    def is_effective(self) -> bool:
        """Whether it changes anything."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return self.before.body != self.after.body

    def wrote(self, top_level_field: str) -> bool:
        """Whether the change itself states that field."""
        return self.written is None or top_level_field in self.written


def plan_changes(snapshot: Snapshot, plan: ChangePlan) -> list[PlannedChange]:
    """Works out what a change set comes to on a snapshot, in its order.

    Raises:
        InvalidField: an element appears twice.
        ResourceAlreadyExists: an element to create is there.
        ResourceNotFound: an element to update or delete is not there.
        StaleEtag: an element has another etag than the change expects.
    """
    _refuse_duplicates(snapshot.ontology, plan.changes)
    return [_plan_one(snapshot, change) for change in plan.changes]


def _refuse_duplicates(ontology: str, changes: Sequence[Change]) -> None:
    first: dict[Key, Change] = {}
    for change in changes:
        earlier = first.setdefault(change.key, change)
        if earlier is not change:
            name = element_name(ontology, change.key)
            raise InvalidField.of(
                change.path or change.operation.value,
                f"{name!r} is changed by {earlier.path or 'an earlier change'} too; "
                "an element may appear once only",
            )


def _plan_one(snapshot: Snapshot, change: Change) -> PlannedChange:
    before = snapshot.get(change.key)
    name = element_name(snapshot.ontology, change.key)
    if change.operation is Operation.CREATE and before is not None:
        raise ResourceAlreadyExists.of(_noun(change.key), name)
    # The header of an ontology whose creation was cut short counts as empty.
    if (
        before is None
        and change.operation in {Operation.UPDATE, Operation.DELETE}
        and change.key != HEADER_KEY
    ):
        raise ResourceNotFound.of(_noun(change.key), name, f"at commit {snapshot.commit_id}")
    actual = before.etag if before else ""
    if change.etag and change.operation is not Operation.CREATE and change.etag != actual:
        raise StaleEtag.of(name, change.etag, actual)
    return _outcome(change, before)


def _outcome(change: Change, before: StoredElement | None) -> PlannedChange:
    key = change.key
    if change.operation is Operation.DELETE:
        return PlannedChange(key, before, None, change.path)
    if change.operation is not Operation.UPDATE:
        return PlannedChange(key, before, Element(*key, change.body), change.path)
    body = {f: v for f, v in (before.body if before else {}).items() if f not in change.fields}
    body.update((f, change.body[f]) for f in change.fields if f in change.body)
    return PlannedChange(key, before, Element(*key, body), change.path, change.fields)


def _noun(key: Key) -> str:
    return BY_COLLECTION[key[0]].field if key != HEADER_KEY else "ontology"
