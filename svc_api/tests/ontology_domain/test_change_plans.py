"""What a change set comes to on a snapshot."""

from __future__ import annotations

import pytest
from oms_core.errors import InvalidField, ResourceAlreadyExists, ResourceNotFound, StaleEtag
from svc_api.domain.changes import Change, ChangePlan, Operation, plan_changes
from svc_api.domain.elements import HEADER_KEY, Element
from svc_api.domain.imports import ImportedOntology
from svc_api.domain.replacement import count_import, plan_import

from .domain_model import snapshot_of

ZONE = ("objectTypes", "Zone")
BODIES = {ZONE: {"iri": "urn:zone", "is_abstract": True}}


def plan(*changes, bodies=BODIES):
    return plan_changes(snapshot_of(bodies), ChangePlan(changes))


def test_create_of_an_element_that_is_there_is_refused():
    with pytest.raises(ResourceAlreadyExists) as error:
        plan(Change(Operation.CREATE, ZONE))
    assert error.value.metadata == {
        "resource_type": "object_type",
        "resource_name": "ontologies/acme/objectTypes/Zone",
    }


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE])
def test_change_of_an_element_that_is_not_there_is_refused(operation):
    with pytest.raises(ResourceNotFound, match="Nope"):
        plan(Change(operation, ("objectTypes", "Nope")))


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.UPSERT, Operation.DELETE])
def test_stale_etag_is_refused(operation):
    with pytest.raises(StaleEtag) as error:
        plan(Change(operation, ZONE, etag="older"))
    assert error.value.metadata["actual_etag"] == "etag-Zone"
    plan(Change(operation, ZONE, etag="etag-Zone"))


def test_element_that_appears_twice_is_refused():
    with pytest.raises(InvalidField) as error:
        plan(
            Change(Operation.UPDATE, ZONE, path="changes[0].update.element.object_type"),
            Change(Operation.DELETE, ZONE, path="changes[1].delete"),
        )
    assert [v.field for v in error.value.fields] == ["changes[1].delete"]
    assert "changes[0]" in error.value.message


def test_update_changes_the_fields_of_the_mask_and_clears_those_left_out():
    fields = frozenset({"is_abstract", "parents"})
    [planned] = plan(Change(Operation.UPDATE, ZONE, body={"parents": ["A"]}, fields=fields))
    assert planned.after is not None
    assert planned.after.body == {"iri": "urn:zone", "parents": ["A"]}


def test_upsert_replaces_the_whole_element():
    [planned] = plan(Change(Operation.UPSERT, ZONE, body={"iri": "urn:other"}))
    assert planned.after is not None
    assert planned.after.body == {"iri": "urn:other"}


def test_change_to_what_is_there_already_is_not_effective():
    [planned] = plan(Change(Operation.UPSERT, ZONE, body=dict(BODIES[ZONE])))
    assert not planned.is_effective


def test_header_that_was_never_written_can_be_updated():
    [planned] = plan(
        Change(Operation.UPDATE, HEADER_KEY, body={"iri": "urn:o"}, fields=frozenset({"iri"}))
    )
    assert planned.after == Element(*HEADER_KEY, {"iri": "urn:o"})


def imported(*elements, header=None):
    return ImportedOntology(header or {}, [Element("objectTypes", i, b) for i, b in elements])


def counts_of(file, *, delete_missing):
    planned = plan_import(snapshot_of(BODIES), file, delete_missing=delete_missing)
    counted = {c.collection: c for c in count_import(file, planned)}
    touched = counted["objectTypes"], counted["properties"]
    return [(c.read, c.created, c.updated, c.deleted) for c in touched]


def test_import_counts_what_it_reads_creates_updates_and_deletes():
    height = [{"property_id": "height", "type": {"data_type": "DATA_TYPE_DOUBLE"}}]
    file = imported(("Room", {"properties": height}), ("Area", {}))
    assert counts_of(file, delete_missing=True) == [(2, 2, 0, 1), (1, 1, 0, 0)]
    assert counts_of(file, delete_missing=False) == [(2, 2, 0, 0), (1, 1, 0, 0)]
    assert counts_of(imported(("Zone", {})), delete_missing=True) == [(1, 0, 1, 0), (0, 0, 0, 0)]


def test_import_of_what_is_there_changes_nothing():
    file = imported(("Zone", dict(BODIES[ZONE])))
    planned = plan_import(snapshot_of(BODIES), file, delete_missing=True)
    assert not any(change.is_effective for change in planned)


def test_import_without_a_header_leaves_the_header_as_it_is():
    planned = plan_import(snapshot_of(BODIES), imported(), delete_missing=True)
    assert HEADER_KEY not in {change.key for change in planned}
    planned = plan_import(
        snapshot_of(BODIES), imported(header={"iri": "urn:o"}), delete_missing=True
    )
    assert planned[0].key == HEADER_KEY
