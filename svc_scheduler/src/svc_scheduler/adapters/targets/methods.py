"""The methods of the suite that a job may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from oms_core.errors import InvalidField
from oms_rpc.network import methods_of
from oms_rpc.policy import declared_policy
from oms_rpc.topology import SERVICES


@dataclass(frozen=True, slots=True)
class CallableMethod:
    """A method that takes one request and answers once.

    Args:
        service: Name of the service that serves it, as in the topology.
        path: `/package.Service/Method`.
        permission: What it needs; empty when it needs none.
        is_streaming: It does not answer once, or takes more than one request.
    """

    service: str
    path: str
    permission: str
    is_streaming: bool
    request_type: type[Message]
    response_type: type[Message]


class Methods:
    """Every method of every service in the topology. The first one imports the generated code."""

    def __init__(self) -> None:
        self._by_name = _all_methods()

    def find(self, name: str, field: str) -> CallableMethod:
        """The method of a name such as `oms.ontology.v1.RevisionService/GetCommit`.

        Args:
            field: What an error calls the name.
        Raises:
            InvalidField: there is none, or it is none for jobs.
        """
        method = self._by_name.get(name.removeprefix("/"))
        if method is None:
            raise InvalidField.of(field, f"there is no method {name!r}")
        if method.is_streaming:
            raise InvalidField.of(field, f"{name!r} streams; a job calls what answers once")
        if not method.permission:
            raise InvalidField.of(field, f"{name!r} is for callers without a token, not for jobs")
        return method

    def permission_of(self, name: str) -> str:
        """The permission that a method needs; streaming ones too.

        Raises:
            KeyError: there is no such method; a defect of the program.
        """
        return self._by_name[name].permission


@cache
def _all_methods() -> Mapping[str, CallableMethod]:
    methods = [
        _method(entry.name, descriptor)
        for entry in SERVICES
        for descriptor in methods_of(entry.packages)
    ]
    return {method.path.removeprefix("/"): method for method in methods}


def _method(service: str, descriptor: MethodDescriptor) -> CallableMethod:
    owner = descriptor.containing_service
    assert owner is not None
    return CallableMethod(
        service=service,
        path=f"/{owner.full_name}/{descriptor.name}",
        permission=declared_policy(descriptor).permission,
        is_streaming=descriptor.client_streaming or descriptor.server_streaming,
        request_type=GetMessageClass(descriptor.input_type),
        response_type=GetMessageClass(descriptor.output_type),
    )
