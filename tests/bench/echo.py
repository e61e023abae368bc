"""A bare grpc.aio echo server: what the framework alone can do. Prints its port."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
import grpc.aio
import uvloop
from oms.ontology.v1.object_type_service_pb2 import GetObjectTypeRequest


async def _echo(request: Any, _context: Any) -> Any:
    return request


async def _serve(address: str) -> None:
    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        _echo,
        request_deserializer=GetObjectTypeRequest.FromString,
        response_serializer=GetObjectTypeRequest.SerializeToString,
    )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),)
    )
    port = server.add_insecure_port(address)
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(sys.argv[1]))
