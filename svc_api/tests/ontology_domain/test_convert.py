"""Protos, bodies and documents."""

from __future__ import annotations

import pytest
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st
from oms.datakernel.v1 import commit_service_pb2 as kernel_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import change_set_service_pb2 as change_set_pb2
from oms.ontology.v1 import link_type_service_pb2 as link_pb2
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_core.errors import InvalidField, InvalidUpdateMask
from svc_api.adapters.documents import (
    document_id,
    document_json,
    key_of_document,
    stored_element,
)
from svc_api.convert import (
    MESSAGE_TYPES,
    body_of,
    change_of,
    fingerprint_of,
    to_message,
    written_fields,
)
from svc_api.domain.elements import HEADER_KEY, Element
from svc_api.domain.kinds import EVERY_KIND, KINDS
from svc_api.servicers.element_servicer import element_servicer

NAME = "ontologies/acme/objectTypes/Zone"
_text = st.text(max_size=5)
_types = st.one_of(
    st.sampled_from(["DATA_TYPE_STRING", "DATA_TYPE_DATE"]).map(lambda t: {"data_type": t}),
    st.just({"object_type": "A"}),
    st.just({"custom_datatype": "urn:t"}),
)
_object_types = st.builds(
    object_pb2.ObjectType,
    iri=_text,
    labels=st.lists(st.fixed_dictionaries({"language": _text, "text": _text}), max_size=2),
    parents=st.lists(_text, max_size=2),
    properties=st.lists(
        st.fixed_dictionaries({"property_id": _text, "type": _types, "is_list": st.booleans()}),
        max_size=2,
    ),
    is_abstract=st.booleans(),
    status=st.sampled_from([0, 1, 2, 3]),
    annotations=st.lists(
        st.one_of(
            st.fixed_dictionaries({"predicate": _text, "iri": _text}),
            st.fixed_dictionaries({"predicate": _text, "literal": st.just({})}),
            st.fixed_dictionaries({"predicate": _text, "literal": st.just({"text": "1.50"})}),
        ),
        max_size=2,
    ),
)


@settings(deadline=None)
@given(_object_types)
def test_message_survives_the_way_through_its_body(message):
    body = body_of(message)
    again = to_message("acme", Element("objectTypes", "Zone", body))
    message.name = NAME
    assert again == message
    assert again == json_format.ParseDict({**body, "name": NAME}, object_pb2.ObjectType())


def test_fields_that_only_the_server_sets_are_no_part_of_a_body():
    message = object_pb2.ObjectType(
        name=NAME, etag="e", create_time=Timestamp(seconds=1), created_by="a", is_abstract=True
    )
    assert body_of(message) == {"is_abstract": True}


def test_empty_message_field_says_the_same_as_none():
    assert body_of(link_pb2.LinkType(target_cardinality={})) == {}


def test_body_with_a_field_of_a_later_version_can_be_read():
    message = to_message("acme", Element("objectTypes", "Zone", {"later": 1, "iri": "urn:z"}))
    assert message.iri == "urn:z"


def test_mask_left_out_means_the_fields_that_are_set():
    message = object_pb2.ObjectType(name=NAME, etag="e", is_abstract=True)
    assert written_fields(message, [], "objectTypes") == {"is_abstract"}


def test_star_means_every_field_that_can_be_written():
    written = written_fields(object_pb2.ObjectType(), ["*"], "objectTypes")
    assert {"labels", "parents"} <= written
    assert not written & {"name", "etag", "create_time"}


@pytest.mark.parametrize(
    ("paths", "path", "why"),
    [
        (["labels", "nope"], "nope", "is no field"),
        (["etag"], "etag", "can't be changed"),
        (["labels.text"], "labels.text", "name the whole field 'labels'"),
        (["*", "labels"], "*", "excludes every other"),
    ],
)
def test_wrong_mask_is_refused_by_its_path(paths, path, why):
    with pytest.raises(InvalidUpdateMask, match=why) as error:
        written_fields(object_pb2.ObjectType(), paths, "objectTypes")
    assert error.value.metadata == {"path": path}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ontologies/other/objectTypes/Zone", "is not in 'ontologies/acme'"),
        ("ontologies/acme/linkTypes/Zone", "in none of the collections objectTypes"),
        ("Zone", "is no name of the form"),
        ("ontologies/acme/objectTypes/" + "x" * 201, "at most 200"),
        ("ontologies/acme/objectTypes/1st", "a letter or `_`"),
    ],
)
def test_wrong_name_in_a_change_set_is_refused_by_its_field(name, why):
    change = change_set_pb2.Change(create={"object_type": {"name": name}})
    with pytest.raises(InvalidField, match=why) as error:
        change_of(change, ontology="acme", index=7)
    assert [v.field for v in error.value.fields] == ["changes[7].create.object_type.name"]


def test_fingerprint_leaves_the_request_id_out_and_nothing_else():
    request = object_pb2.CreateObjectTypeRequest(parent="ontologies/acme", request_id="one")
    other = object_pb2.CreateObjectTypeRequest(parent="ontologies/acme", request_id="two")
    assert fingerprint_of(request) == fingerprint_of(other)
    other.branch = "dev"
    assert fingerprint_of(request) != fingerprint_of(other)
    same_bytes = link_pb2.CreateLinkTypeRequest(parent="ontologies/acme")
    assert fingerprint_of(request) != fingerprint_of(same_bytes)


@pytest.mark.parametrize(
    ("key", "expected"), [(("linkTypes", "a/b"), "LinkType/a/b"), (HEADER_KEY, "Ontology/header")]
)
def test_document_id_leads_back_to_its_key(key, expected):
    assert document_id(key) == expected
    assert key_of_document(expected) == key


@pytest.mark.parametrize("document", ["Other/x", "ObjectType", "ObjectType/", "Ontology/other", ""])
def test_foreign_document_is_no_element(document):
    assert key_of_document(document) is None
    assert stored_element(document_pb2.Document(document_id=document, json=b"{}")) is None


def test_equal_bodies_are_stored_as_equal_bytes():
    assert document_json({"b": 1, "a": [2]}) == document_json({"a": [2], "b": 1})


def test_every_kind_has_its_message_and_its_service():
    assert MESSAGE_TYPES.keys() == {kind.collection for kind in EVERY_KIND}
    in_oneof = [f.name for f in change_set_pb2.Element.DESCRIPTOR.oneofs_by_name["kind"].fields]
    assert in_oneof == [kind.field for kind in KINDS]
    for kind in KINDS:
        _, servicer = element_servicer(kind, None, None)
        assert type(servicer).__name__ == f"{kind.document_type}Servicer"
        for reference in kind.references:
            assert (
                reference.top_level_field
                in MESSAGE_TYPES[kind.collection].DESCRIPTOR.fields_by_name
            )


def test_enums_that_are_passed_on_have_the_same_numbers_in_both_protos():
    for name in ("MergeOutcome", "MergeSide"):
        ours, theirs = getattr(branch_pb2, name), getattr(kernel_pb2, name)
        assert dict(ours.items()) == dict(theirs.items())
    assert dict(revision_pb2.ChangeType.items()) == dict(kernel_pb2.ChangeType.items())
