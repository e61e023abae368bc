"""Changes of objects and links as messages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_graphql.adapters.known import KnownOntology
from svc_graphql.adapters.values import to_value
from svc_graphql.domain.execution.requests import Change, Commit, Put, PutMode, Relate, Remove
from svc_graphql.domain.generated.scalars import is_object_id


def with_ids(request: Commit) -> list[Change]:
    """The changes of a commit, each new object with an id: the same one when it is repeated."""
    return [_with_id(one, request.request_id, n) for n, one in enumerate(request.changes)]


def _with_id(change: Change, request_id: str, number: int) -> Change:
    if not isinstance(change, Put) or change.id:
        return change
    own = f"{request_id}\n{number}\n{change.type}".encode()
    key = hashlib.sha256(own).hexdigest()[:32] if request_id else uuid4().hex
    return replace(change, id=f"{change.type}/{key}")


class ChangeMessages:
    """Makes messages of changes.

    Args:
        parent: The resource name of the ontology.
    """

    def __init__(self, known: KnownOntology, parent: str) -> None:
        self._known = known
        self._parent = parent

    def of(self, changes: Sequence[Change]) -> list[pb.ObjectChange]:
        """The messages.

        Raises:
            InvalidField: an id is none, or a value is of no kind that its property takes.
        """
        return [self._change(change) for change in changes]

    def _change(self, change: Change) -> pb.ObjectChange:
        match change:
            case Put():
                return self._put(change)
            case Remove(id_, etag, with_links):
                name = self._name(id_)
                delete = pb.ObjectDelete(name=name, etag=etag, delete_links=with_links)
                return pb.ObjectChange(delete=delete)
            case Relate(link_type, source, target, is_removed):
                for field, id_ in (("source", source), ("target", target)):
                    _check_id(id_, field)
                link = object_pb2.Link(link_type=link_type, source=source, target=target)
                return pb.ObjectChange(unlink=link) if is_removed else pb.ObjectChange(link=link)

    def _put(self, change: Put) -> pb.ObjectChange:
        values: dict[str, object_pb2.Value] = {}
        for name, value in change.values.items():
            declared = self._known.hierarchy.property_of(change.type, name)
            if value is not None and declared is not None:
                values[name] = to_value(declared, value, field=name)
        message = object_pb2.Object(name=self._name(change.id), values=values, etag=change.etag)
        if change.mode is PutMode.UPDATE:
            update = pb.ObjectUpdate(object=message, update_properties=list(change.values))
            return pb.ObjectChange(update=update)
        if change.mode is PutMode.CREATE:
            return pb.ObjectChange(create=message)
        return pb.ObjectChange(upsert=message)

    def _name(self, id_: str) -> str:
        _check_id(id_, "id")
        type_, _, key = id_.partition("/")
        return f"{self._parent}/objectTypes/{type_}/objects/{key}"


def _check_id(id_: str, field: str) -> None:
    if not is_object_id(id_):
        raise InvalidField.of(field, f"{id_[:80]!r} is no id such as Type/key")
