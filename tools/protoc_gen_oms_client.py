"""A buf plugin that writes the typed methods of the Python client, libs/client.

One module for each service, with a synchronous and an asynchronous class, and one module that
makes all of them attributes of a client.
"""

import sys

from client_generator.services import read_services
from client_generator.surface import render_init, render_surface
from client_generator.text import render_service
from google.protobuf.compiler import plugin_pb2


def generate(request: plugin_pb2.CodeGeneratorRequest) -> plugin_pb2.CodeGeneratorResponse:
    """Writes the modules for every service of the request."""
    response = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    services = read_services(request)
    for service in services:
        response.file.add(name=f"{service.module}.py", content=render_service(service))
    response.file.add(name="surface.py", content=render_surface(services))
    response.file.add(name="__init__.py", content=render_init())
    return response


if __name__ == "__main__":
    received = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(generate(received).SerializeToString())
