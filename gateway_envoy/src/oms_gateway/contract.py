"""What the descriptors say about the services that Envoy routes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodDescriptorProto


@dataclass(frozen=True, slots=True)
class ProtoMethod:
    """A method; `http_templates` are its REST paths, such as `/v1/{name=ontologies/*}:import`."""

    name: str
    is_client_streaming: bool
    is_server_streaming: bool
    http_templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProtoService:
    """A gRPC service of the contract."""

    package: str
    name: str
    methods: tuple[ProtoMethod, ...]

    @property
    def full_name(self) -> str:
        """Such as `oms.ontology.v1.BranchService`."""
        return f"{self.package}.{self.name}"


def read_services(descriptors: Path) -> Sequence[ProtoService]:
    """Every service of a descriptor set, in its order.

    Raises:
        OSError: the file can't be read.
        google.protobuf.message.DecodeError: it is no descriptor set.
    """
    files = FileDescriptorSet.FromString(descriptors.read_bytes()).file
    return [
        ProtoService(file.package, service.name, tuple(_method(m) for m in service.method))
        for file in files
        for service in file.service
    ]


def _method(method: MethodDescriptorProto) -> ProtoMethod:
    # protobuf's type stubs don't tell an extension from a field.
    extensions: Any = method.options.Extensions
    rule: http_pb2.HttpRule = extensions[annotations_pb2.http]
    rules = [rule, *rule.additional_bindings] if rule.WhichOneof("pattern") else []
    return ProtoMethod(
        name=method.name,
        is_client_streaming=method.client_streaming,
        is_server_streaming=method.server_streaming,
        http_templates=tuple(_template(r) for r in rules),
    )


def _template(rule: http_pb2.HttpRule) -> str:
    pattern = rule.WhichOneof("pattern")
    assert pattern is not None, "buf compiles no rule without a pattern"
    return rule.custom.path if pattern == "custom" else str(getattr(rule, pattern))


def path_regex(template: str) -> str:
    """An RE2 expression for the paths of a template: `*` is a segment, `**` any number of them.

    Source: the comment on `HttpRule` in google/api/http.proto.
    """
    unbound = re.sub(r"\{[^}=]+(?:=([^}]+))?\}", lambda m: m.group(1) or "*", template)
    parts = re.split(r"(\*\*|\*)", unbound)
    return "".join({"*": "[^/]+", "**": ".+"}.get(part) or re.escape(part) for part in parts)
