"""Every method of the suite, found by the type of its request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import oms
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass


@cache
def service_files() -> Sequence[ModuleType]:
    """The generated modules of every file that declares a service of OMS."""
    return [
        import_module(".".join(("oms", *file.relative_to(folder).with_suffix("").parts)))
        for folder in oms.__path__
        for file in sorted(Path(folder).rglob("*_service_pb2.py"))
    ]


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
    for file in service_files():
        for service in file.DESCRIPTOR.services_by_name.values():
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
