"""A bare grpc.aio echo server: what the framework alone can do. Prints its port.

It has a method for each request of the suite, `/bench.Echo/<name of the message>`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
import grpc.aio
import uvloop
from oms_testing.e2e_methods import Method, all_methods


async def _echo(request: Any, _context: Any) -> Any:
    return request


def _handler(method: Method) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        _echo,
        request_deserializer=method.request_type.FromString,
        response_serializer=method.request_type.SerializeToString,
    )


async def _serve(address: str) -> None:
    server = grpc.aio.server()
    handlers = {name: _handler(method) for name, method in all_methods().items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    port = server.add_insecure_port(address)
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(sys.argv[1]))
