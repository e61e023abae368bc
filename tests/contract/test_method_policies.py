"""Nothing is open by omission: every method declares what it needs."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.wrappers_pb2 import BytesValue
from grpc import unary_unary_rpc_method_handler
from oms.common.v1 import method_policy_pb2
from oms_rpc import SERVICES
from oms_rpc.network import methods_of
from oms_rpc.policy import (
    PUBLIC,
    STANDARD_POLICIES,
    AuditClass,
    UndeclaredMethod,
    declared_policy,
    is_read_only,
    undeclared_methods,
)

PACKAGES = [package for service in SERVICES for package in service.packages] + ["oms.health.v1"]
METHODS = list(methods_of(PACKAGES))


def test_packages_of_the_topology_hold_methods():
    services = {m.containing_service.full_name for m in METHODS}
    assert "oms.datakernel.v1.CommitService" in services
    assert "oms.ontology.v1.ObjectTypeService" in services


def test_every_method_declares_its_policy():
    assert undeclared_methods(METHODS) == []


def test_no_public_method_changes_data_except_the_exchange_of_a_credential():
    public_writes = [
        m.full_name for m in METHODS if declared_policy(m).is_public and not is_read_only(m)
    ]
    assert public_writes == ["oms.identity.v1.IdentityService.ExchangeApiKey"]


def test_every_method_that_changes_data_is_audited():
    silent = [
        m.full_name
        for m in METHODS
        if not is_read_only(m)
        and declared_policy(m).audit_class not in {AuditClass.WRITE, AuditClass.SECURITY}
    ]
    assert silent == []


def test_standard_services_need_a_permission_except_health():
    public = {path for path, policy in STANDARD_POLICIES.items() if policy.is_public}
    assert {path.split("/")[1] for path in public} == {"grpc.health.v1.Health"}


async def handler(request, context):
    return request


async def test_method_without_a_policy_stops_the_start(start):
    def add(servicer, server):
        server.add_registered_method_handlers(
            "contract.v1.Open", {"Door": unary_unary_rpc_method_handler(handler)}
        )

    async def setup(ctx):
        ctx.add_servicer(add, object())

    with pytest.raises(UndeclaredMethod, match=r"/contract.v1.Open/Door"):
        await start(setup=setup)


def declare(name: str, *, read_only: bool = False, **policy):
    """A method with the given policy, in a pool of its own."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package="contract.v1")
    file.dependency.append("google/protobuf/wrappers.proto")
    method = file.service.add(name=name).method.add(
        name="Do",
        input_type=".google.protobuf.BytesValue",
        output_type=".google.protobuf.BytesValue",
    )
    if policy:
        method.options.Extensions[method_policy_pb2.policy].CopyFrom(
            method_policy_pb2.MethodPolicy(**policy)
        )
    if read_only:
        method.options.idempotency_level = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    pool = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    BytesValue.DESCRIPTOR.file.CopyToProto(wrappers)
    pool.Add(wrappers)
    pool.Add(file)
    return pool.FindServiceByName(f"contract.v1.{name}").methods_by_name["Do"]


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("Nothing", {}),
        ("Neither", {"audit_class": 3}),
        ("BothWays", {"permission": "a.b", "public": True, "audit_class": 3}),
        ("NoAudit", {"permission": "a.b"}),
    ],
)
def test_unusable_policy_is_refused(name, policy):
    with pytest.raises(UndeclaredMethod):
        declared_policy(declare(name, **policy))


def test_read_may_leave_its_audit_class_out():
    policy = declared_policy(declare("Read", read_only=True, permission="a.b"))
    assert policy.audit_class is AuditClass.NONE


async def test_blocking_handler_stops_the_start(start):
    def blocking(request, context):
        return request

    def add(servicer, server):
        server.add_registered_method_handlers(
            "grpc.health.v1.Other", {"Check": unary_unary_rpc_method_handler(blocking)}
        )

    async def setup(ctx):
        ctx.add_servicer(add, object(), policies={"/grpc.health.v1.Other/Check": PUBLIC})

    with pytest.raises(TypeError, match="async def"):
        await start(setup=setup)
