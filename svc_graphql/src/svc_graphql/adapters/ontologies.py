"""Ontologies as of a commit, read over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final

from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import element_pb2
from oms.ontology.v1 import interface_service_pb2 as interface_pb2
from oms.ontology.v1 import interface_service_pb2_grpc as interface_grpc
from oms.ontology.v1 import link_type_service_pb2 as link_type_pb2
from oms.ontology.v1 import link_type_service_pb2_grpc as link_type_grpc
from oms.ontology.v1 import object_type_service_pb2 as object_type_pb2
from oms.ontology.v1 import object_type_service_pb2_grpc as object_type_grpc
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms.ontology.v1 import ontology_service_pb2_grpc as ontology_grpc
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms.ontology.v1 import revision_service_pb2_grpc as revision_grpc

from svc_graphql.adapters.calls import as_caller, rpc_errors
from svc_graphql.domain.ontology.model import (
    BaseType,
    Interface,
    LinkType,
    ObjectReference,
    ObjectType,
    Ontology,
    Property,
    Texts,
    ValueType,
)

_PAGE: Final = 1_000
_COLLECTIONS: Final = ("objectTypes", "linkTypes", "interfaces")
_BASE_TYPES: Final = {
    element_pb2.DATA_TYPE_ANY: BaseType.ANY,
    element_pb2.DATA_TYPE_STRING: BaseType.STRING,
    element_pb2.DATA_TYPE_LANG_STRING: BaseType.LANG_STRING,
    element_pb2.DATA_TYPE_BOOLEAN: BaseType.BOOLEAN,
    element_pb2.DATA_TYPE_INTEGER: BaseType.INTEGER,
    element_pb2.DATA_TYPE_LONG: BaseType.LONG,
    element_pb2.DATA_TYPE_INT: BaseType.INT,
    element_pb2.DATA_TYPE_NON_NEGATIVE_INTEGER: BaseType.INTEGER,
    element_pb2.DATA_TYPE_POSITIVE_INTEGER: BaseType.INTEGER,
    element_pb2.DATA_TYPE_DECIMAL: BaseType.DECIMAL,
    element_pb2.DATA_TYPE_FLOAT: BaseType.FLOAT,
    element_pb2.DATA_TYPE_DOUBLE: BaseType.FLOAT,
    element_pb2.DATA_TYPE_DATE: BaseType.DATE,
    element_pb2.DATA_TYPE_TIME: BaseType.TIME,
    element_pb2.DATA_TYPE_DATE_TIME: BaseType.DATE_TIME,
    element_pb2.DATA_TYPE_DURATION: BaseType.DURATION,
    element_pb2.DATA_TYPE_YEAR: BaseType.YEAR,
    element_pb2.DATA_TYPE_URI: BaseType.URI,
    element_pb2.DATA_TYPE_BINARY: BaseType.BINARY,
}


class OntologyReader:
    """Reads ontologies as the caller of the call being served, or else as the service."""

    def __init__(self, channel: Any) -> None:
        """Calls nothing yet."""
        self._ontologies: Any = ontology_grpc.OntologyServiceStub(channel)
        self._object_types: Any = object_type_grpc.ObjectTypeServiceStub(channel)
        self._link_types: Any = link_type_grpc.LinkTypeServiceStub(channel)
        self._interfaces: Any = interface_grpc.InterfaceServiceStub(channel)
        self._revisions: Any = revision_grpc.RevisionServiceStub(channel)

    async def commit_of(self, ontology: str, revision: Revision) -> str:
        """The commit that a revision means.

        Raises:
            ResourceNotFound: there is no such ontology or revision.
            PermissionDenied: the caller may not read it.
        """
        request = ontology_pb2.GetOntologyRequest(name=f"ontologies/{ontology}", revision=revision)
        with rpc_errors():
            return (await self._ontologies.GetOntology(request, metadata=as_caller())).commit_id

    async def are_alike(self, ontology: str, one: str, other: str) -> bool:
        """True when two commits have the same types."""
        request = revision_pb2.DiffRevisionsRequest(
            parent=f"ontologies/{ontology}",
            base=Revision(commit=one),
            target=Revision(commit=other),
            collections=_COLLECTIONS,
            page_size=1,
        )
        with rpc_errors():
            return not (await self._revisions.DiffRevisions(request, metadata=as_caller())).diffs

    async def read(self, ontology: str, commit_id: str) -> Ontology:
        """An ontology as of a commit."""
        parent, at = f"ontologies/{ontology}", Revision(commit=commit_id)
        asked = ontology_pb2.GetOntologyRequest(name=parent, revision=at)
        with rpc_errors():
            header = (await self._ontologies.GetOntology(asked, metadata=as_caller())).ontology
            types = [
                _object_type(one)
                async for one in _all(
                    self._object_types.ListObjectTypes,
                    object_type_pb2.ListObjectTypesRequest(parent=parent, revision=at),
                    "object_types",
                )
            ]
            links = [
                _link_type(one)
                async for one in _all(
                    self._link_types.ListLinkTypes,
                    link_type_pb2.ListLinkTypesRequest(parent=parent, revision=at),
                    "link_types",
                )
            ]
            interfaces = [
                _interface(one)
                async for one in _all(
                    self._interfaces.ListInterfaces,
                    interface_pb2.ListInterfacesRequest(parent=parent, revision=at),
                    "interfaces",
                )
            ]
        return Ontology(
            id=ontology,
            commit_id=commit_id,
            object_types={one.id: one for one in types},
            interfaces={one.id: one for one in interfaces},
            link_types={one.id: one for one in links},
            texts=_texts(header, has_status=False),
        )


async def _all(method: Any, request: Any, field: str) -> AsyncGenerator[Any]:
    """Every element of a collection, page by page."""
    request.page_size = _PAGE
    while True:
        answer = await method(request, metadata=as_caller())
        for one in getattr(answer, field):
            yield one
        if not answer.next_page_token:
            return
        request.page_token = answer.next_page_token


def _object_type(message: Any) -> ObjectType:
    return ObjectType(
        id=_id(message),
        parents=tuple(message.parents),
        interfaces=tuple(message.interfaces),
        properties=_properties(message.properties),
        is_abstract=message.is_abstract,
        texts=_texts(message),
    )


def _interface(message: Any) -> Interface:
    return Interface(
        id=_id(message),
        parents=tuple(message.parents),
        properties=_properties(message.properties),
        texts=_texts(message),
    )


def _link_type(message: Any) -> LinkType:
    functional = _functional(message)
    return LinkType(
        id=_id(message),
        sources=tuple(message.source_types),
        targets=tuple(message.target_types),
        inverse=message.inverse,
        max_targets=1 if functional[0] else message.target_cardinality.max_count,
        max_sources=1 if functional[1] else message.source_cardinality.max_count,
        texts=_texts(message),
    )


def _functional(message: Any) -> tuple[bool, bool]:
    """Whether a link type leads to one target at most, and from one source at most."""
    flags = set(message.characteristics)
    return (
        link_type_pb2.LINK_CHARACTERISTIC_FUNCTIONAL in flags,
        link_type_pb2.LINK_CHARACTERISTIC_INVERSE_FUNCTIONAL in flags,
    )


def _properties(messages: Iterable[Any]) -> tuple[Property, ...]:
    return tuple(
        Property(one.property_id, _type(one.type), one.is_required, one.is_list, _texts(one))
        for one in messages
    )


def _type(message: Any) -> ValueType:
    match message.WhichOneof("kind"):
        case "object_type":
            return ObjectReference(message.object_type)
        case "data_type":
            return _BASE_TYPES.get(message.data_type, BaseType.ANY)
        case _:
            return BaseType.CUSTOM


def _texts(message: Any, *, has_status: bool = True) -> Texts:
    deprecated = element_pb2.LIFECYCLE_STATUS_DEPRECATED
    return Texts(
        labels=tuple((one.language, one.text) for one in message.labels),
        descriptions=tuple((one.language, one.text) for one in message.descriptions),
        is_deprecated=has_status and message.status == deprecated,
    )


def _id(message: Any) -> str:
    return str(message.name).rpartition("/")[2]
