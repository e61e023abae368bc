"""Targets that call methods: the real server, the whole chain."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import grpc
import pytest
from oms_core.errors import InvalidField
from oms_outbound import OutboundClient, OutboundPolicy
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import GrpcCall

from .world import World, targets_over

pytestmark = pytest.mark.asyncio(loop_scope="module")

PREVIEW = "oms.scheduler.v1.ScheduleService/PreviewSchedule"
CREATE = "oms.ontology.v1.OntologyService/CreateOntology"
GET = "oms.ontology.v1.OntologyService/GetOntology"
SCHEDULE = {"trigger": {"cron": {"expression": "0 4 * * *"}}, "timeZone": "Europe/Berlin"}


def faults(world: World, method: str, request: dict[str, Any]) -> dict[str, str]:
    """Fields at fault, each with what is wrong."""
    with pytest.raises(InvalidField) as caught:
        world.targets.check(GrpcCall(method, request), "job.target")
    return {fault.field: fault.description for fault in caught.value.fields}


async def failure(world: World, target: GrpcCall, *permissions: str, **more: Any) -> AttemptFailed:
    with pytest.raises(AttemptFailed) as caught:
        await world.targets.run(target, world.attempt(*permissions, **more))
    return caught.value


@pytest.mark.parametrize(
    ("method", "request_", "permission"),
    [
        (PREVIEW, {"schedule": SCHEDULE}, "scheduler.schedules.preview"),
        (CREATE, {"ontologyId": "shop"}, "ontology.ontologies.write"),
        (CREATE, {"ontology_id": "shop", "requestId": "mine"}, "ontology.ontologies.write"),
        ("/" + GET, {"name": "ontologies/shop"}, "ontology.ontologies.read"),
        (
            "oms.datakernel.v1.MaintenanceService/CompactDatabase",
            {"name": "databases/shop"},
            "kernel.databases.maintain",
        ),
    ],
)
async def test_a_method_needs_the_permission_that_its_proto_names(
    world, method, request_, permission
):
    assert world.targets.check(GrpcCall(method, request_), "job.target") == {permission}


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("oms.ontology.v1.OntologyService/Nothing", "there is no method"),
        ("grpc.health.v1.Health/Check", "there is no method"),
        ("nonsense", "there is no method"),
        ("oms.identity.v1.IdentityService/ExchangeApiKey", "not for jobs"),
        ("oms.embedding.v1.SearchService/RebuildSearchIndex", "streams"),
        ("oms.event.v1.EventService/PublishStream", "streams"),
    ],
)
async def test_what_is_no_method_for_jobs_is_refused(world, method, why):
    found = faults(world, method, {})
    assert list(found) == ["job.target.grpc.method"]
    assert why in found["job.target.grpc.method"]


@pytest.mark.parametrize(
    ("method", "request_", "field"),
    [
        (CREATE, {"ontologyID": "shop"}, "ontologyID"),
        (CREATE, {"ontologyId": 3}, "ontologyId"),
        (CREATE, {"ontologyId": "a", "ontology": {"nme": "x"}}, "ontology.nme"),
        (CREATE, {"ontologyId": "a", "ontology": 3}, "ontology"),
        (CREATE, {"ontologyId": "a", "ontology": {"labels": 3}}, "ontology.labels"),
        (CREATE, {"ontologyId": "a", "ontology": {"labels": [{"x": 1}]}}, "ontology.labels[0].x"),
        (CREATE, {"ontologyId": "Not One"}, "ontology_id"),
        (CREATE, {"ontologyId": "a", "ontology": {"version": "x" * 201}}, "ontology.version"),
        (PREVIEW, {"schedule": SCHEDULE, "afterTime": "tomorrow"}, "afterTime"),
        (PREVIEW, {"schedule": SCHEDULE, "count": 1.5}, "count"),
    ],
)
async def test_what_a_request_does_not_have_is_named(world, method, request_, field):
    assert [*faults(world, method, request_)] == [f"job.target.grpc.request.{field}"]


async def test_the_answer_comes_back_as_json(world):
    target = GrpcCall(
        PREVIEW, {"schedule": SCHEDULE, "afterTime": "2027-03-01T00:00:00Z", "count": 2.0}
    )
    result = await world.targets.run(target, world.attempt("scheduler.schedules.preview"))
    assert [each["fireTime"] for each in result["times"]] == [
        "2027-03-01T03:00:00Z",
        "2027-03-02T03:00:00Z",
    ]


async def test_a_call_carries_the_jobs_identity_the_key_and_the_fencing_token(world):
    attempt = world.attempt("ontology.ontologies.*", roles=("editor",))
    result = await world.targets.run(GrpcCall(CREATE, {"ontologyId": "shop"}), attempt)
    assert result == {"ontology": {"name": "ontologies/shop"}, "commitId": "a" * 64}
    metadata, identity = world.seen.metadata[-1], world.seen.identities[-1]
    assert metadata["x-idempotency-key"] == attempt.idempotency_key
    assert metadata["x-fencing-token"] == str(attempt.fencing_token)
    assert (identity.subject, identity.actor, identity.is_service) == (
        "jobs/nightly",
        "scheduler",
        True,
    )
    assert identity.permissions == {"ontology.ontologies.read", "ontology.ontologies.write"}
    assert world.seen.requests[-1].request_id == attempt.idempotency_key


async def test_a_request_id_of_the_jobs_own_stays(world):
    target = GrpcCall(CREATE, {"ontologyId": "shop", "requestId": "mine"})
    await world.targets.run(target, world.attempt("ontology.ontologies.write"))
    assert world.seen.requests[-1].request_id == "mine"


async def test_a_key_that_the_field_does_not_take_is_hashed(world):
    key = "k" * 200
    attempt = world.attempt("ontology.ontologies.write", key=key)
    await world.targets.run(GrpcCall(CREATE, {"ontologyId": "shop"}), attempt)
    assert world.seen.requests[-1].request_id == hashlib.sha256(key.encode()).hexdigest()


async def test_a_run_does_no_more_than_its_job_names(world):
    error = await failure(world, GrpcCall(CREATE, {"ontologyId": "shop"}), "ontology.branches.*")
    assert (error.code, error.reason, error.is_final) == (
        "PERMISSION_DENIED",
        "PERMISSION_DENIED",
        True,
    )


@pytest.mark.parametrize("roles", [("viewer",), ("was-removed",), ()])
async def test_a_run_does_no_more_than_its_author_may_by_now(world, roles):
    target = GrpcCall(CREATE, {"ontologyId": "shop"})
    error = await failure(world, target, "ontology.ontologies.write", roles=roles)
    assert error.code == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("name", "code", "reason", "is_final"),
    [
        ("absent", "NOT_FOUND", "RESOURCE_NOT_FOUND", True),
        ("busy", "RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED", False),
        ("broken", "INTERNAL", "INTERNAL", False),
        ("large", "RESOURCE_EXHAUSTED", None, False),
    ],
)
async def test_what_an_error_makes_of_the_attempt(world, name, code, reason, is_final):
    target = GrpcCall(GET, {"name": f"ontologies/{name}"})
    error = await failure(world, target, "ontology.ontologies.read")
    assert (error.code, error.is_final) == (code, is_final)
    assert reason is None or error.reason == reason
    assert "10.1.2.3" not in error.message


async def test_a_method_that_nobody_serves_is_final(world):
    target = GrpcCall("oms.ontology.v1.RevisionService/ListCommits", {"parent": "ontologies/shop"})
    error = await failure(world, target, "*")
    assert (error.code, error.is_final) == ("UNIMPLEMENTED", True)


@pytest.mark.parametrize(
    "target",
    [GrpcCall("oms.gone.v1.Service/Gone", {}), GrpcCall(CREATE, {"wasRemoved": 1})],
)
async def test_what_is_gone_since_the_job_was_saved_is_final(world, target):
    error = await failure(world, target, "*")
    assert (error.code, error.reason, error.is_final) == ("INVALID_ARGUMENT", "INVALID_FIELD", True)


async def test_a_secret_in_an_answer_is_left_out(world):
    target = GrpcCall(
        "oms.identity.v1.IdentityService/CreateToken", {"subject": "bob", "roles": ["viewer"]}
    )
    result = await world.targets.run(target, world.attempt("identity.tokens.create"))
    assert result == {"token": {"expireTime": "1970-01-01T00:01:00Z"}}


async def test_a_large_answer_is_read(world):
    target = GrpcCall(GET, {"name": "ontologies/big"})
    result = await world.targets.run(target, world.attempt("ontology.ontologies.read"))
    assert len(result["ontology"]["version"]) == 100_000


async def test_a_call_that_hangs_ends_with_its_attempt(world):
    world.seen.hanging.clear()
    world.seen.was_cancelled.clear()
    target = GrpcCall(GET, {"name": "ontologies/hang"})
    running = asyncio.create_task(
        world.targets.run(target, world.attempt("ontology.ontologies.read"))
    )
    async with asyncio.timeout(60):
        await world.seen.hanging.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await world.seen.was_cancelled.wait()


async def test_an_answer_that_is_none_fails_the_attempt(world):
    server = grpc.aio.server()

    async def garbage(request: bytes, context: Any) -> bytes:
        return b"\xff\xff\xff"

    handlers = {"GetOntology": grpc.unary_unary_rpc_method_handler(garbage)}
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("oms.ontology.v1.OntologyService", handlers)]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with (
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
            OutboundClient(OutboundPolicy()) as outbound,
        ):
            targets = targets_over(channel, outbound)
            with pytest.raises(AttemptFailed, match="can't be read") as caught:
                await targets.run(GrpcCall(GET, {"name": "ontologies/a"}), world.attempt("*"))
    finally:
        await server.stop(None)
    assert (caught.value.code, caught.value.is_final) == ("INTERNAL", False)


async def test_a_service_that_is_away_is_tried_again(world):
    async with (
        grpc.aio.insecure_channel("unix:/nonexistent/oms.sock") as channel,
        OutboundClient(OutboundPolicy()) as outbound,
    ):
        targets = targets_over(channel, outbound)
        with pytest.raises(AttemptFailed) as caught:
            await targets.run(GrpcCall(GET, {"name": "ontologies/a"}), world.attempt("*"))
    assert (caught.value.code, caught.value.is_final) == ("UNAVAILABLE", False)
    assert "nonexistent" not in caught.value.message
