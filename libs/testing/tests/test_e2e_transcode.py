"""Requests are written as their HTTP rules say."""

from __future__ import annotations

import orjson
from google.protobuf.field_mask_pb2 import FieldMask
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import document_service_pb2 as documents
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_testing.e2e_methods import all_methods, method_of
from oms_testing.e2e_transcode import HttpCall, transcode


def _transcode(request: object) -> HttpCall:
    return transcode(method_of(request), request)  # type: ignore[arg-type]


def test_a_read_has_its_name_in_the_path_and_the_rest_in_the_query() -> None:
    call = _transcode(
        object_types.ListObjectTypesRequest(
            parent="ontologies/shop", page_size=5, revision=Revision(branch="dev")
        )
    )
    assert (call.verb, call.path, call.body) == ("GET", "/v1/ontologies/shop/objectTypes", None)
    assert set(call.query) == {("page_size", "5"), ("revision.branch", "dev")}


def test_a_path_variable_keeps_its_slashes_and_escapes_the_rest() -> None:
    call = _transcode(documents.GetDocumentRequest(parent="databases/d", document_id="A/b c"))
    assert call.path == "/v1/databases/d/documents/A/b%20c"


def test_a_named_body_leaves_the_other_fields_to_the_query() -> None:
    call = _transcode(
        object_types.UpdateObjectTypeRequest(
            object_type=object_types.ObjectType(name="ontologies/o/objectTypes/T", iri="urn:x"),
            update_mask=FieldMask(paths=["iri", "is_abstract"]),
        )
    )
    assert (call.verb, call.path) == ("PATCH", "/v1/ontologies/o/objectTypes/T")
    assert orjson.loads(call.body or b"") == {"iri": "urn:x"}
    assert call.query == (("update_mask", "iri,isAbstract"),)


def test_a_whole_body_holds_all_but_the_path() -> None:
    call = _transcode(
        branches.MergeBranchRequest(
            name="ontologies/o/branches/main", source=Revision(branch="dev"), validate_only=True
        )
    )
    assert call.path == "/v1/ontologies/o/branches/main:merge"
    assert orjson.loads(call.body or b"") == {"source": {"branch": "dev"}, "validate_only": True}
    assert call.query == ()


def test_an_upload_has_its_fields_in_the_query() -> None:
    call = _transcode(
        transfer.ImportOntologyRequest(name="ontologies/o", format=transfer.RDF_FORMAT_TURTLE)
    )
    assert (call.path, call.body) == ("/v1/ontologies/o:import", None)
    assert call.query == (("format", "RDF_FORMAT_TURTLE"),)


# Over REST events are published as the HTTP binding of CloudEvents has it, by ReceiveEvents.
_GRPC_ALONE = {f"oms.event.v1.Publish{kind}Request" for kind in ("", "Batch", "Stream")} | {
    # Over REST events are followed by StreamEvents.
    "oms.event.v1.SubscribeRequest",
    # A stream in both directions at once is nothing that HTTP has.
    "oms.embedding.v1.EmbedStreamRequest",
}


def test_every_method_of_the_suite_has_a_rule() -> None:
    assert len(all_methods()) > 40
    without = {name for name, method in all_methods().items() if not method.template}
    assert without == _GRPC_ALONE
