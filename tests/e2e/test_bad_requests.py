"""Requests that can't be served: each has a typed error and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import interface_service_pb2 as interfaces
from oms.ontology.v1 import link_type_service_pb2 as link_types
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms_testing.e2e import Api

_STALE = "0" * 64


@dataclass(frozen=True)
class Case:
    """A request for an ontology, and the error it meets.

    The ontology has the object types Animal and Lion (a child of Animal), the interface
    Named, and the link type eats. `fields` are the paths that the `BadRequest` names.
    """

    name: str
    request: Callable[[str], Message]
    code: str
    reason: str
    fields: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)


def _create(ontology: str, type_id: str = "New", **fields: Any) -> Message:
    outer = {
        k: fields.pop(k)
        for k in ("branch", "expected_head", "message", "request_id")
        if k in fields
    }
    return object_types.CreateObjectTypeRequest(
        parent=ontology,
        object_type_id=type_id,
        object_type=object_types.ObjectType(**({"is_abstract": True} | fields)),
        **outer,
    )


def _update(ontology: str, type_id: str, mask: list[str], **fields: Any) -> Message:
    return object_types.UpdateObjectTypeRequest(
        object_type=object_types.ObjectType(name=f"{ontology}/objectTypes/{type_id}", **fields),
        update_mask=FieldMask(paths=mask),
    )


def _reference_property(target: str) -> elements.Property:
    return elements.Property(property_id="p", type=elements.PropertyType(object_type=target))


def _apply(ontology: str, *changes: change_sets.Change, **fields: Any) -> Message:
    return change_sets.ApplyChangeSetRequest(parent=ontology, changes=changes, **fields)


def _creation(ontology: str, type_id: str, **fields: Any) -> change_sets.Change:
    return change_sets.Change(
        create=change_sets.Element(
            object_type=object_types.ObjectType(name=f"{ontology}/objectTypes/{type_id}", **fields)
        )
    )


def _as_of_1970(ontology: str) -> Message:
    revision = Revision(branch="main")
    revision.time.FromSeconds(1)
    return object_types.ListObjectTypesRequest(parent=ontology, revision=revision)


_INVALID = "INVALID_ARGUMENT"

CASES = [
    # Names and texts that are too long, or no names.
    Case(
        "a type id of 201 characters",
        lambda o: _create(o, "T" * 201),
        _INVALID,
        "INVALID_FIELD",
        ["object_type_id"],
    ),
    Case(
        "a type id with a space",
        lambda o: _create(o, "a b"),
        _INVALID,
        "INVALID_FIELD",
        ["object_type_id"],
    ),
    Case(
        "an ontology id of 64 characters",
        lambda _: ontologies.CreateOntologyRequest(ontology_id="o" * 64),
        _INVALID,
        "INVALID_FIELD",
        ["ontology_id"],
    ),
    Case(
        "a branch id of 101 characters",
        lambda o: branches.CreateBranchRequest(parent=o, branch_id="b" * 101),
        _INVALID,
        "INVALID_FIELD",
        ["branch_id"],
    ),
    Case(
        "a label of 20,001 characters",
        lambda o: _create(o, labels=[elements.LocalizedText(text="x" * 20_001)]),
        _INVALID,
        "INVALID_FIELD",
        ["object_type.labels[0].text"],
    ),
    Case(
        "a property id of 201 characters",
        lambda o: _create(
            o,
            properties=[
                elements.Property(
                    property_id="p" * 201,
                    type=elements.PropertyType(data_type=elements.DATA_TYPE_STRING),
                )
            ],
        ),
        _INVALID,
        "INVALID_FIELD",
        ["object_type.properties[0].property_id"],
    ),
    Case(
        "a request id of 129 characters",
        lambda o: _create(o, request_id="r" * 129),
        _INVALID,
        "INVALID_FIELD",
        ["request_id"],
    ),
    Case(
        "a property without a type",
        lambda o: _create(o, properties=[elements.Property(property_id="p")]),
        _INVALID,
        "INVALID_FIELD",
        ["object_type.properties[0].type"],
    ),
    # Cycles and references into the void.
    Case(
        "a type among its own ancestors",
        lambda o: _update(o, "Animal", ["parents"], parents=["Lion"]),
        _INVALID,
        "CYCLIC_REFERENCE",
    ),
    Case(
        "a type that is its own parent",
        lambda o: _create(o, "Self", parents=["Self"]),
        _INVALID,
        "CYCLIC_REFERENCE",
    ),
    Case(
        "a cycle within a change set",
        lambda o: _apply(o, _creation(o, "A", parents=["B"]), _creation(o, "B", parents=["A"])),
        _INVALID,
        "CYCLIC_REFERENCE",
    ),
    Case(
        "an interface among its own ancestors",
        lambda o: interfaces.UpdateInterfaceRequest(
            interface=interfaces.Interface(name=f"{o}/interfaces/Named", parents=["Named"])
        ),
        _INVALID,
        "CYCLIC_REFERENCE",
    ),
    Case(
        "a property whose type does not exist",
        lambda o: _create(o, properties=[_reference_property("Missing")]),
        _INVALID,
        "UNKNOWN_REFERENCE",
        ["object_type.properties[0].type.object_type"],
    ),
    Case(
        "a parent that does not exist",
        lambda o: _create(o, parents=["Animal", "Missing"]),
        _INVALID,
        "UNKNOWN_REFERENCE",
        ["object_type.parents[1]"],
    ),
    Case(
        "an interface that does not exist",
        lambda o: _create(o, interfaces=["Missing"]),
        _INVALID,
        "UNKNOWN_REFERENCE",
        ["object_type.interfaces[0]"],
    ),
    Case(
        "a link to a type that does not exist",
        lambda o: link_types.CreateLinkTypeRequest(
            parent=o, link_type_id="l", link_type=link_types.LinkType(target_types=["Missing"])
        ),
        _INVALID,
        "UNKNOWN_REFERENCE",
        ["link_type.target_types[0]"],
    ),
    # What moved on meanwhile.
    Case(
        "a stale expected head of a creation",
        lambda o: _create(o, expected_head=_STALE),
        "ABORTED",
        "STALE_HEAD",
        metadata={"branch": "main", "expected_head": _STALE},
    ),
    Case(
        "a stale expected head of a change set",
        lambda o: _apply(o, _creation(o, "New"), expected_head=_STALE),
        "ABORTED",
        "STALE_HEAD",
        metadata={"branch": "main", "expected_head": _STALE},
    ),
    Case(
        "a stale expected head of a merge",
        lambda o: branches.MergeBranchRequest(
            name=f"{o}/branches/main", source=Revision(branch="dev"), expected_head=_STALE
        ),
        "ABORTED",
        "STALE_HEAD",
        metadata={"branch": "main", "expected_head": _STALE},
    ),
    # Pages.
    Case(
        "a page token that is none",
        lambda o: object_types.ListObjectTypesRequest(parent=o, page_token="bogus"),
        _INVALID,
        "INVALID_PAGE_TOKEN",
        metadata={"field": "page_token"},
    ),
    Case(
        "a page of 1,001",
        lambda o: object_types.ListObjectTypesRequest(parent=o, page_size=1001),
        _INVALID,
        "INVALID_FIELD",
        ["page_size"],
    ),
    Case(
        "a page of -1",
        lambda o: object_types.ListObjectTypesRequest(parent=o, page_size=-1),
        _INVALID,
        "INVALID_FIELD",
        ["page_size"],
    ),
    # Masks.
    Case(
        "a mask with a field that does not exist",
        lambda o: _update(o, "Animal", ["nonsense"]),
        _INVALID,
        "INVALID_UPDATE_MASK",
        metadata={"path": "nonsense"},
    ),
    Case(
        "a mask with an output-only field",
        lambda o: _update(o, "Animal", ["created_by"], created_by="me"),
        _INVALID,
        "INVALID_UPDATE_MASK",
        metadata={"path": "created_by"},
    ),
    # Change sets.
    Case("an empty change set", _apply, _INVALID, "INVALID_FIELD", ["changes"]),
    Case(
        "a change set that names an element twice",
        lambda o: _apply(o, _creation(o, "A"), _creation(o, "A")),
        _INVALID,
        "INVALID_FIELD",
        ["changes[1].create.object_type"],
    ),
    Case(
        "a change set whose last change is bad",
        lambda o: _apply(
            o,
            *(_creation(o, f"Ok{n}") for n in range(20)),
            _creation(o, "Bad", parents=["Missing"]),
        ),
        _INVALID,
        "UNKNOWN_REFERENCE",
        ["changes[20].create.object_type.parents[0]"],
    ),
    # What is not there.
    Case(
        "a branch that does not exist",
        lambda o: _create(o, branch="nowhere"),
        "NOT_FOUND",
        "RESOURCE_NOT_FOUND",
    ),
    Case(
        "a commit that does not exist",
        lambda o: object_types.ListObjectTypesRequest(parent=o, revision=Revision(commit=_STALE)),
        "NOT_FOUND",
        "RESOURCE_NOT_FOUND",
    ),
    Case(
        "a commit and a branch at once",
        lambda o: object_types.ListObjectTypesRequest(
            parent=o, revision=Revision(commit=_STALE, branch="main")
        ),
        _INVALID,
        "INVALID_FIELD",
    ),
    Case(
        "a time before the first commit",
        _as_of_1970,
        "NOT_FOUND",
        "RESOURCE_NOT_FOUND",
    ),
    Case(
        "an ontology that does not exist",
        lambda _: object_types.ListObjectTypesRequest(parent="ontologies/nowhere"),
        "NOT_FOUND",
        "RESOURCE_NOT_FOUND",
        metadata={"resource_name": "ontologies/nowhere"},
    ),
    Case(
        "an update of what is not there",
        lambda o: _update(o, "Missing", ["is_abstract"], is_abstract=True),
        "NOT_FOUND",
        "RESOURCE_NOT_FOUND",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_bad_request_is_named_and_changes_nothing(
    api: Api, sealed_ontology: str, failing: Any, case: Case
) -> None:
    error = await failing(api(case.request(sealed_ontology)))
    assert (error.code, error.reason) == (case.code, case.reason)
    assert error.fields[: len(case.fields)] == case.fields
    assert error.metadata.items() >= case.metadata.items()


async def test_a_cycle_is_spelled_out(api: Api, sealed_ontology: str, failing: Any) -> None:
    error = await failing(api(_update(sealed_ontology, "Animal", ["parents"], parents=["Lion"])))
    assert "Animal" in error.metadata["cycle"]
    assert "Lion" in error.metadata["cycle"]


async def test_a_page_token_of_another_query_is_refused(
    api: Api, sealed_ontology: str, failing: Any
) -> None:
    page = await api(object_types.ListObjectTypesRequest(parent=sealed_ontology, page_size=1))
    for request in (
        object_types.ListObjectTypesRequest(
            parent=sealed_ontology, revision=Revision(branch="dev")
        ),
        revisions.ListCommitsRequest(parent=sealed_ontology),
        interfaces.ListInterfacesRequest(parent=sealed_ontology),
    ):
        request.page_token = page.next_page_token
        error = await failing(api(request))
        assert (error.code, error.reason) == (_INVALID, "INVALID_PAGE_TOKEN")
