"""Every method of every proto is there, typed, and the same in both clients."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oms_client.services
import pytest
from google.protobuf import descriptor_pb2
from oms_client import AsyncClient, Client
from oms_client.methods import Method

_ROOT = Path(__file__).resolve().parents[3]
_DESCRIPTORS = _ROOT / "gen" / "descriptors" / "oms.binpb"


def _declared() -> Iterator[tuple[str, descriptor_pb2.MethodDescriptorProto]]:
    files = descriptor_pb2.FileDescriptorSet.FromString(_DESCRIPTORS.read_bytes())
    for file in files.file:
        for service in file.service:
            for method in service.method:
                yield f"/{file.package}.{service.name}/{method.name}", method


def _services(client: Any) -> dict[str, Any]:
    """The services of a client by their module."""
    found: dict[str, Any] = {}
    for owner, prefix in ((client, ""), (client.kernel, "kernel_")):
        for name in dir(type(owner)):
            value = getattr(owner, name) if not name.startswith("_") else None
            if getattr(value, "__module__", "").startswith("oms_client.services."):
                found[f"{prefix}{name}"] = value
    found.pop("kernel")
    return found


def _public(service: Any) -> dict[str, Any]:
    return {
        name: member
        for name, member in inspect.getmembers(service, inspect.ismethod)
        if not name.startswith("_")
    }


@pytest.fixture
async def clients() -> Any:
    """Neither connects before its first call."""
    with Client("127.0.0.1:1") as client:
        async with AsyncClient("127.0.0.1:1") as aio:
            yield client, aio


async def test_every_method_of_every_proto_is_reachable(clients: Any) -> None:
    declared = dict(_declared())
    assert len(declared) > 200
    reached: dict[str, Method[Any, Any]] = {}
    for name, service in _services(clients[0]).items():
        module = importlib.import_module(f"oms_client.services.{name}")
        methods = [v for v in vars(module).values() if isinstance(v, Method)]
        assert len(methods) == len(_public(service)), name
        reached |= {method.path: method for method in methods}
    assert reached.keys() == declared.keys()
    for path, method in reached.items():
        assert f".{method.request_type.DESCRIPTOR.full_name}" == declared[path].input_type
        assert f".{method.response_type.DESCRIPTOR.full_name}" == declared[path].output_type


async def test_every_module_is_an_attribute(clients: Any) -> None:
    modules = {m.name for m in pkgutil.iter_modules(oms_client.services.__path__)} - {"surface"}
    assert _services(clients[0]).keys() == modules
    assert _services(clients[1]).keys() == modules


async def test_both_clients_take_the_same_and_say_what_they_give(clients: Any) -> None:
    synchronous, asynchronous = map(_services, clients)
    for name, service in synchronous.items():
        theirs = _public(asynchronous[name])
        for called, method in _public(service).items():
            ours = inspect.signature(method)
            other = inspect.signature(theirs[called])
            assert list(ours.parameters) == list(other.parameters), f"{name}.{called}"
            assert ours.return_annotation is not inspect.Signature.empty
            for parameter in ours.parameters.values():
                assert parameter.annotation is not inspect.Parameter.empty
    for helper in _helpers(Client):
        ours = inspect.signature(getattr(Client, helper))
        assert ours.parameters == inspect.signature(getattr(AsyncClient, helper)).parameters
    assert _helpers(Client) == _helpers(AsyncClient)


def _helpers(client: type) -> list[str]:
    return [n for n, v in vars(client).items() if inspect.isfunction(v) and not n.startswith("_")]


async def test_lists_are_gone_through_and_not_fetched_by_hand(clients: Any) -> None:
    listing = 0
    for name in _services(clients[0]):
        module = importlib.import_module(f"oms_client.services.{name}")
        for value in vars(module).values():
            if isinstance(value, Method) and "/List" in value.path:
                fields = value.response_type.DESCRIPTOR.fields_by_name
                is_paged = "next_page_token" in fields
                assert bool(value.items) == is_paged, value.path
                assert not is_paged or fields[value.items].is_repeated
                listing += is_paged
    assert listing > 25


@pytest.mark.parametrize(
    ("path", "is_read_only", "takes_request_id", "is_endless"),
    [
        ("oms_client.services.object_types:_GET", True, False, False),
        ("oms_client.services.object_types:_CREATE", False, True, False),
        ("oms_client.services.jobs:_DELETE", False, False, False),
        ("oms_client.services.kernel_commits:_WATCH", True, False, True),
        ("oms_client.services.transfer:_EXPORT_ONTOLOGY", True, False, False),
    ],
)
def test_what_may_be_repeated_comes_from_the_protos(
    path: str, is_read_only: bool, takes_request_id: bool, is_endless: bool
) -> None:
    module, _, name = path.partition(":")
    method = getattr(importlib.import_module(module), name)
    assert method.is_read_only == is_read_only
    assert method.takes_request_id == takes_request_id
    assert method.is_endless == is_endless
    assert method.is_repeatable == (is_read_only or takes_request_id)
