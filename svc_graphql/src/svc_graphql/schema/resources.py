"""Resources: what has a name and can be got by it. They are Relay's nodes.

Which method gets, gets many of, or lists a resource follows from the paths that the contract
gives them over REST: `GetX` has `{name=ontologies/*/objectTypes/*}`, and what lists below a
resource has the pattern of that resource's name as its `{parent=…}`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from oms_core.errors import InvalidField

from svc_graphql.schema.contract import Rpc, Shape, camel, message_of

_BINDING: Final = re.compile(r"\{(name|parent)=([^}]+)\}([^:]*)(?::(\w+))?$")
_MAX_ID: Final = 2_000


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of resource.

    Attributes:
        message: Full name of its message.
        pattern: Of its name, such as `ontologies/*/objectTypes/*`.
        get: Gets one.
        response_field: Where the response of `get` has it.
        batch: Gets many below one parent; None: nothing does.
        children: List methods below it, by the name of their collection.
    """

    message: str
    pattern: str
    get: Rpc
    response_field: str
    batch: Rpc | None
    children: Mapping[str, Rpc]

    @property
    def takes_revision(self) -> bool:
        """Whether it can be read as of a revision."""
        return "revision" in self.get.method.input_type.fields_by_name


class Resources:
    """Every kind of resource of the contract."""

    def __init__(self, methods: Iterable[Rpc]) -> None:
        known = list(methods)
        batches = {_batch_key(rpc): rpc for rpc in known if rpc.method.name.startswith("BatchGet")}
        lists = [rpc for rpc in known if rpc.shape is Shape.LIST]
        found = [
            resource for rpc in known if (resource := _resource(rpc, batches, lists)) is not None
        ]
        self.by_message = {each.message: each for each in found}
        self._by_shape = {_shape(each.pattern): each for each in found}

    def of_name(self, name: str) -> Resource | None:
        """The kind of the resource with a name."""
        segments = name.split("/")
        if len(segments) % 2 or not all(segments):
            return None
        return self._by_shape.get(tuple(segments[::2]))


def _shape(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("/")[::2])


def _binding(rpc: Rpc, variable: str) -> tuple[str, str] | None:
    """The pattern that a path binds to a variable, and what follows it."""
    found = _BINDING.search(rpc.http_template)
    if found is None or found[1] != variable:
        return None
    return found[2], found[3].strip("/")


def _resource(rpc: Rpc, batches: Mapping[Any, Rpc], lists: Iterable[Rpc]) -> Resource | None:
    if not rpc.method.name.startswith("Get") or rpc.shape is not Shape.QUERY:
        return None
    bound = _binding(rpc, "name")
    field = _only_message(rpc)
    if bound is None or bound[1] or field is None or len(bound[0].split("/")) % 2:
        return None
    if "name" not in field.message_type.fields_by_name:
        return None
    message = field.message_type.full_name
    children = {
        camel_collection(below[1]): each
        for each in lists
        if each.method.name.startswith("List")
        and (below := _binding(each, "parent")) is not None
        and below[0] == bound[0]
        and re.fullmatch(r"[\w/-]+", below[1])
    }
    return Resource(message, bound[0], rpc, field.name, batches.get(message), children)


def camel_collection(text: str) -> str:
    """The name of a collection as a field; a path of several segments by its last one."""
    return camel(text.rpartition("/")[2].replace("-", "_"))


def _only_message(rpc: Rpc) -> Any:
    short = rpc.method.name.removeprefix("Get")
    for field in rpc.method.output_type.fields:
        if field.message_type is not None and field.message_type.name == short:
            return field
    return None


def _batch_key(rpc: Rpc) -> str:
    [field] = [f for f in rpc.method.output_type.fields if f.is_repeated and f.message_type]
    return message_of(field).full_name


def global_id(name: str) -> str:
    """The id of the node with a resource name."""
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def name_of_id(node_id: str) -> str:
    """The resource name of a node's id.

    Raises:
        InvalidField: it is no id of ours.
    """
    if len(node_id) > _MAX_ID:
        raise InvalidField.of("id", "is no node's id")
    try:
        return base64.urlsafe_b64decode(node_id + "=" * (-len(node_id) % 4)).decode()
    except (ValueError, binascii.Error) as exc:
        raise InvalidField.of("id", "is no node's id") from exc
