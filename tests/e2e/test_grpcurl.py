"""A session at the terminal with grpcurl."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

_GRPCURL = shutil.which("grpcurl")
pytestmark = pytest.mark.skipif(_GRPCURL is None, reason="grpcurl is not on PATH")

Run = Callable[..., Coroutine[Any, Any, tuple[int, str]]]


@pytest.fixture(params=["server", "gateway"])
def grpcurl(request: pytest.FixtureRequest, suite: Any) -> Run:
    """Runs grpcurl against the server itself, or through Envoy; gives its code and its output."""
    address = suite.endpoint.grpc_address
    if request.param == "gateway":
        address = suite.listeners["api"].removeprefix("http://")

    async def run(*arguments: str, token: str = "", data: Any = None) -> tuple[int, str]:
        options = ["-plaintext"]
        if token:
            options += ["-H", f"authorization: Bearer {token}"]
        if data is not None:
            options += ["-d", json.dumps(data)]
        assert _GRPCURL is not None
        process = await asyncio.create_subprocess_exec(
            _GRPCURL,
            *options,
            address,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    return run


async def test_services_are_listed_and_described_by_reflection(grpcurl: Run) -> None:
    code, listed = await grpcurl("list")
    assert code == 0, listed
    assert {
        "grpc.health.v1.Health",
        "oms.health.v1.HealthService",
        "oms.identity.v1.IdentityService",
        "oms.ontology.v1.ObjectTypeService",
        "oms.ontology.v1.TransferService",
    } <= set(listed.split())
    code, described = await grpcurl("describe", "oms.ontology.v1.ObjectTypeService")
    assert code == 0, described
    assert "rpc GetObjectType" in described
    code, message = await grpcurl("describe", "oms.ontology.v1.ObjectType")
    assert code == 0, message
    assert "repeated .oms.ontology.v1.Property properties" in message


async def test_a_call_with_a_token_is_answered(grpcurl: Run, suite: Any, ontology: str) -> None:
    token = suite.endpoint.token
    code, output = await grpcurl(
        "oms.ontology.v1.ObjectTypeService/CreateObjectType",
        token=token,
        data={
            "parent": ontology,
            "object_type_id": "Customer",
            "object_type": {"labels": [{"language": "en", "text": "Customer"}]},
        },
    )
    assert code == 0, output
    code, output = await grpcurl(
        "oms.ontology.v1.ObjectTypeService/ListObjectTypes", token=token, data={"parent": ontology}
    )
    assert code == 0, output
    [listed] = json.loads(output)["objectTypes"]
    assert listed["name"] == f"{ontology}/objectTypes/Customer"


async def test_an_error_shows_its_details(grpcurl: Run, suite: Any) -> None:
    code, output = await grpcurl("oms.identity.v1.IdentityService/GetCaller")
    assert code == 64 + 16, output  # grpcurl exits with 64 + the status code
    assert "TOKEN_MISSING" in output
    code, output = await grpcurl(
        "oms.ontology.v1.ObjectTypeService/GetObjectType",
        token=suite.endpoint.token,
        data={"name": "not a name"},
    )
    assert code == 64 + 3, output
    assert "INVALID_FIELD" in output
    assert "google.rpc.BadRequest" in output
    assert '"field": "name"' in output
