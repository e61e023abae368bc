"""What each method needs of its caller: declared in its proto, or in the table below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from oms.common.v1 import method_policy_pb2


class AuditClass(Enum):
    """How a call is recorded in the audit log, as in `oms.common.v1.AuditClass`."""

    NONE = 1
    READ = 2
    WRITE = 3
    SECURITY = 4


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """The policy of one method. `permission` is empty exactly when `is_public`."""

    permission: str = ""
    is_public: bool = False
    audit_class: AuditClass = AuditClass.NONE


class UndeclaredMethod(Exception):
    """A method without a usable policy; it must not be served."""


PUBLIC = MethodPolicy(is_public=True)
_REFLECTION = MethodPolicy(permission="server.reflection.read")
_CHANNELZ = MethodPolicy(permission="server.channelz.read")

# Protos that are not ours can't carry our option; each of their methods has a row here.
STANDARD_POLICIES: Mapping[str, MethodPolicy] = {
    "/grpc.health.v1.Health/Check": PUBLIC,
    "/grpc.health.v1.Health/List": PUBLIC,
    "/grpc.health.v1.Health/Watch": PUBLIC,
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": _REFLECTION,
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": _REFLECTION,
    "/grpc.channelz.v1.Channelz/GetTopChannels": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetServers": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetServer": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetServerSockets": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetChannel": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetSubchannel": _CHANNELZ,
    "/grpc.channelz.v1.Channelz/GetSocket": _CHANNELZ,
}


def is_read_only(descriptor: MethodDescriptor) -> bool:
    """Whether the method declares `idempotency_level = NO_SIDE_EFFECTS`."""
    return descriptor.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS


def declared_policy(descriptor: MethodDescriptor) -> MethodPolicy:
    """Reads the option `(oms.common.v1.policy)`.

    Raises:
        UndeclaredMethod: the option is missing or contradicts itself.
    """
    # Generated stubs and protobuf's own disagree on the type of an extension.
    options: Any = descriptor.GetOptions()
    if not options.HasExtension(method_policy_pb2.policy):
        raise UndeclaredMethod(
            f"{descriptor.full_name} has no policy; add option (oms.common.v1.policy) to its proto"
        )
    declared = options.Extensions[method_policy_pb2.policy]
    if bool(declared.permission) == declared.public:
        raise UndeclaredMethod(
            f"{descriptor.full_name} has to name a permission or be public, and not both"
        )
    if declared.audit_class == method_policy_pb2.AUDIT_CLASS_UNSPECIFIED:
        if not is_read_only(descriptor):
            raise UndeclaredMethod(
                f"{descriptor.full_name} changes data and has to declare its audit_class"
            )
        return MethodPolicy(declared.permission, declared.public, AuditClass.NONE)
    return MethodPolicy(declared.permission, declared.public, AuditClass(declared.audit_class))


def undeclared_methods(methods: Iterable[MethodDescriptor]) -> list[str]:
    """Full names of the methods whose policy is missing or contradicts itself."""
    missing: list[str] = []
    for method in methods:
        try:
            declared_policy(method)
        except UndeclaredMethod:
            missing.append(method.full_name)
    return missing
