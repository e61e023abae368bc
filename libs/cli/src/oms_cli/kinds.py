"""The kinds of elements, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oms.ontology.v1 import (
    interface_service_pb2,
    interface_service_pb2_grpc,
    link_type_service_pb2,
    link_type_service_pb2_grpc,
    object_type_service_pb2,
    object_type_service_pb2_grpc,
)

from oms_cli.session import Session


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of element is named, on the command line and in the protos."""

    command: str
    title: str
    collection: str
    field: str
    plural_field: str
    noun: str
    plural_noun: str
    messages: Any
    stubs: Any

    def request(self, verb: str, **fields: Any) -> Any:
        """A request such as `CreateObjectTypeRequest`."""
        return getattr(self.messages, f"{verb}{self._noun(verb)}Request")(**fields)

    def method(self, session: Session, verb: str) -> Any:
        """A method such as `CreateObjectType`."""
        stub = getattr(self.stubs, f"{self.noun}ServiceStub")(session.channel)
        return getattr(stub, f"{verb}{self._noun(verb)}")

    def element(self) -> Any:
        """An empty element."""
        return getattr(self.messages, self.noun)()

    def name(self, ontology: str, element_id: str) -> str:
        """The resource name of an element."""
        return f"ontologies/{ontology}/{self.collection}/{element_id}"

    def _noun(self, verb: str) -> str:
        return self.plural_noun if verb == "List" else self.noun


KINDS: tuple[Kind, ...] = (
    Kind(
        command="type",
        title="object type",
        collection="objectTypes",
        field="object_type",
        plural_field="object_types",
        noun="ObjectType",
        plural_noun="ObjectTypes",
        messages=object_type_service_pb2,
        stubs=object_type_service_pb2_grpc,
    ),
    Kind(
        command="link",
        title="link type",
        collection="linkTypes",
        field="link_type",
        plural_field="link_types",
        noun="LinkType",
        plural_noun="LinkTypes",
        messages=link_type_service_pb2,
        stubs=link_type_service_pb2_grpc,
    ),
    Kind(
        command="interface",
        title="interface",
        collection="interfaces",
        field="interface",
        plural_field="interfaces",
        noun="Interface",
        plural_noun="Interfaces",
        messages=interface_service_pb2,
        stubs=interface_service_pb2_grpc,
    ),
)
