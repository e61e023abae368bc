"""Every method of the suite, found by the type of its request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_FILES = (
    "oms.datakernel.v1.branch_service_pb2",
    "oms.datakernel.v1.commit_service_pb2",
    "oms.datakernel.v1.database_service_pb2",
    "oms.datakernel.v1.diff_service_pb2",
    "oms.datakernel.v1.document_service_pb2",
    "oms.datakernel.v1.history_service_pb2",
    "oms.datakernel.v1.maintenance_service_pb2",
    "oms.datakernel.v1.model_document_service_pb2",
    "oms.datakernel.v1.query_service_pb2",
    "oms.datakernel.v1.replication_service_pb2",
    "oms.datakernel.v1.schema_service_pb2",
    "oms.datakernel.v1.tag_service_pb2",
    "oms.datakernel.v1.triple_service_pb2",
    "oms.embedding.v1.embedding_service_pb2",
    "oms.embedding.v1.model_service_pb2",
    "oms.embedding.v1.index_service_pb2",
    "oms.embedding.v1.search_service_pb2",
    "oms.event.v1.event_service_pb2",
    "oms.event.v1.event_type_service_pb2",
    "oms.event.v1.routing_rule_service_pb2",
    "oms.event.v1.stream_service_pb2",
    "oms.event.v1.subscription_service_pb2",
    "oms.event.v1.webhook_service_pb2",
    "oms.health.v1.health_service_pb2",
    "oms.identity.v1.identity_service_pb2",
    "oms.ontology.v1.branch_service_pb2",
    "oms.ontology.v1.change_set_service_pb2",
    "oms.ontology.v1.interface_service_pb2",
    "oms.ontology.v1.link_type_service_pb2",
    "oms.ontology.v1.object_type_service_pb2",
    "oms.ontology.v1.ontology_service_pb2",
    "oms.ontology.v1.revision_service_pb2",
    "oms.ontology.v1.transfer_service_pb2",
)


@dataclass(frozen=True, slots=True)
class Method:
    """A method as its proto declares it; `verb` is upper case, `template` the rule's path.

    Both are empty when it is served over gRPC alone.
    """

    path: str
    request_type: type[Message]
    response_type: type[Message]
    is_client_streaming: bool
    is_server_streaming: bool
    verb: str
    template: str
    body: str
    response_body: str

    @property
    def is_raw_body(self) -> bool:
        """Whether the body of a request is sent as it is."""
        field = self.request_type.DESCRIPTOR.fields_by_name.get(self.body)
        kind = field.message_type if field is not None else None
        return kind is not None and kind.full_name == "google.api.HttpBody"


@cache
def all_methods() -> dict[str, Method]:
    """Every method by the full name of its request type, which belongs to one method only."""
    methods: dict[str, Method] = {}
    for file in _FILES:
        for service in import_module(file).DESCRIPTOR.services_by_name.values():
            for descriptor in service.methods:
                methods[descriptor.input_type.full_name] = _method(descriptor)
    return methods


def method_of(request: Message) -> Method:
    """The method that takes this request."""
    return all_methods()[request.DESCRIPTOR.full_name]


def _method(descriptor: MethodDescriptor) -> Method:
    extension: Any = annotations_pb2.http
    rule: Any = descriptor.GetOptions().Extensions[extension]
    # None for a method that is served over gRPC alone.
    verb = rule.WhichOneof("pattern")
    service = descriptor.containing_service
    assert service is not None
    return Method(
        path=f"/{service.full_name}/{descriptor.name}",
        request_type=GetMessageClass(descriptor.input_type),
        response_type=GetMessageClass(descriptor.output_type),
        is_client_streaming=descriptor.client_streaming,
        is_server_streaming=descriptor.server_streaming,
        verb=verb.upper() if verb else "",
        template=getattr(rule, verb) if verb else "",
        body=rule.body,
        response_body=rule.response_body,
    )
