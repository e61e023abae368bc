"""What the descriptors say about the services that Envoy routes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet


@dataclass(frozen=True, slots=True)
class ProtoService:
    """A gRPC service of the contract.

    `streaming_methods` are the methods that stream in either direction.
    """

    package: str
    name: str
    streaming_methods: tuple[str, ...]

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
        ProtoService(
            package=file.package,
            name=service.name,
            streaming_methods=tuple(
                method.name
                for method in service.method
                if method.client_streaming or method.server_streaming
            ),
        )
        for file in files
        for service in file.service
    ]
