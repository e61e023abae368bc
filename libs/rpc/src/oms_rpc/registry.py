"""The compiled methods of one server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import grpc
from oms_core.errors import Unimplemented

from oms_rpc.chain import Entry, compile_method, rpc_method_handler
from oms_rpc.method import Method, describe
from oms_rpc.parts import Parts
from oms_rpc.policy import PUBLIC, MethodPolicy


class DuplicateService(Exception):
    """Two servicers for one proto service; a defect of the composition."""


class Registry:
    """Compiles what servicers register, once, for the network and for local channels alike."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._entries: dict[str, Entry] = {}
        self._handlers: dict[str, dict[str, Any]] = {}
        self.methods: dict[str, Method] = {}
        unknown = _unknown_method()
        self._unknown = compile_method(unknown, parts)
        self._unknown_handler = rpc_method_handler(unknown, self._unknown)

    @property
    def services(self) -> tuple[str, ...]:
        """Full names of the proto services, in the order they were added."""
        return tuple(self._handlers)

    def add(
        self,
        add_to_server: Callable[[Any, Any], None],
        servicer: object,
        policies: Mapping[str, MethodPolicy] | None = None,
    ) -> tuple[str, ...]:
        """Compiles every method of a servicer and returns the proto services that it brought.

        Raises:
            UndeclaredMethod: a method has no policy; nothing is open by omission.
            DuplicateService: the proto service was added before.
        """
        before = set(self._handlers)
        add_to_server(servicer, _Registrar(self, policies or {}))
        return tuple(name for name in self._handlers if name not in before)

    def add_service(
        self, service: str, handlers: Mapping[str, Any], policies: Mapping[str, MethodPolicy]
    ) -> None:
        """Compiles the handlers of one proto service. Raises as `add` does."""
        if service in self._handlers:
            raise DuplicateService(f"{service} is registered already")
        compiled: dict[str, Any] = {}
        for name, handler in handlers.items():
            method = describe(service, name, handler, policies)
            entry = compile_method(method, self._parts)
            self.methods[method.path] = method
            self._entries[method.path] = entry
            compiled[name] = rpc_method_handler(method, entry)
        self._handlers[service] = compiled

    def find(self, path: str) -> Entry:
        """The compiled handler of a path; one that answers UNIMPLEMENTED when there is none."""
        return self._entries.get(path, self._unknown)

    def add_to(self, server: Any) -> None:
        """Registers everything at a server that has not been started.

        As one generic handler. grpcio's server waits anew, on every call, for each method that
        is registered by name: with seventy of them that costs a call 50 µs.
        """
        handlers = {
            f"/{service}/{name}": handler
            for service, methods in self._handlers.items()
            for name, handler in methods.items()
        }
        server.add_generic_rpc_handlers((_Dispatch(handlers, self._unknown_handler),))


class _Registrar:
    """Stands in for the server in a generated `add_XServicer_to_server`."""

    def __init__(self, registry: Registry, policies: Mapping[str, MethodPolicy]) -> None:
        self._registry = registry
        self._policies = policies

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Any) -> None:
        """Ignored: the same handlers come again as registered methods."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, Any]
    ) -> None:
        self._registry.add_service(service_name, method_handlers, self._policies)


class _Dispatch(grpc.GenericRpcHandler):
    """Finds the handler of a path. Nobody's paths have one too, so that their error is ours."""

    def __init__(self, handlers: Mapping[str, Any], unknown: Any) -> None:
        self._handlers = handlers
        self._unknown = unknown

    def service(self, handler_call_details: Any) -> Any:
        return self._handlers.get(handler_call_details.method, self._unknown)


def _unknown_method() -> Method:
    async def refuse(_requests: Any, _context: Any) -> None:
        raise Unimplemented("this server does not offer the method")

    # A constant path: what callers ask for must not become a label of a metric.
    return Method(
        path="/unknown/Unknown",
        service="unknown",
        name="Unknown",
        policy=PUBLIC,
        streams_requests=True,
        streams_responses=True,
        deserialise=bytes,
        serialise=bytes,
        behaviour=refuse,
        has_rules=False,
    )
