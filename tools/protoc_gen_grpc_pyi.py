"""A buf plugin that writes type stubs, `*_pb2_grpc.pyi`, for grpcio's service stubs.

grpcio's own generator writes none. Every part of OMS is asynchronous, so the stubs are typed
for `grpc.aio`.
"""

import sys
from collections.abc import Iterator

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

_HEADER = '''"""Types of the gRPC stubs and servicers of {source}, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
{imports}
'''


def _module(file_name: str) -> str:
    return file_name.removesuffix(".proto").replace("/", ".") + "_pb2"


def _locate(files: list[descriptor_pb2.FileDescriptorProto]) -> dict[str, tuple[str, str]]:
    """The module and the name in it of every top-level message, by full name."""
    return {
        f".{file.package}.{message.name}": (_module(file.name), message.name)
        for file in files
        for message in file.message_type
    }


class _StubFile:
    """Renders one file and notes the modules that its types come from."""

    def __init__(
        self, file: descriptor_pb2.FileDescriptorProto, located: dict[str, tuple[str, str]]
    ) -> None:
        self._file = file
        self._located = located
        self._modules: set[str] = set()

    def render(self) -> str:
        body = "".join(
            line + "\n" for service in self._file.service for line in self._lines(service)
        )
        imports = "".join(f"import {module}\n" for module in sorted(self._modules))
        return _HEADER.format(source=self._file.name, imports=imports) + body

    def _type(self, full_name: str) -> str:
        module, name = self._located[full_name]
        self._modules.add(module)
        return f"{module}.{name}"

    def _lines(self, service: descriptor_pb2.ServiceDescriptorProto) -> Iterator[str]:
        yield f"class {service.name}Stub:"
        yield "    def __init__(self, channel: Any) -> None: ..."
        for method in service.method:
            kind = ("Stream" if method.client_streaming else "Unary") + (
                "Stream" if method.server_streaming else "Unary"
            )
            yield f"    {method.name}: grpc.aio.{kind}MultiCallable["
            yield f"        {self._type(method.input_type)},"
            yield f"        {self._type(method.output_type)},"
            yield "    ]"
        yield ""
        yield f"class {service.name}Servicer:"
        for method in service.method:
            yield from self._servicer_method(method)
        yield ""
        yield (
            f"def add_{service.name}Servicer_to_server(servicer: {service.name}Servicer, "
            "server: Any) -> None: ..."
        )
        yield ""

    def _servicer_method(self, method: descriptor_pb2.MethodDescriptorProto) -> Iterator[str]:
        request, response = self._type(method.input_type), self._type(method.output_type)
        if method.client_streaming:
            request = f"AsyncIterator[{request}]"
        # An asynchronous generator is no coroutine: its stub has no `async`.
        keyword = "def" if method.server_streaming else "async def"
        if method.server_streaming:
            response = f"AsyncIterator[{response}]"
        # Positional only: a servicer may name its parameters as it likes.
        yield f"    {keyword} {method.name}("
        yield f"        self, request: {request}, context: Any, /"
        yield f"    ) -> {response}: ..."


def generate(request: plugin_pb2.CodeGeneratorRequest) -> plugin_pb2.CodeGeneratorResponse:
    """Writes one file for each file of the request that declares services."""
    response = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    located = _locate(list(request.proto_file))
    for file in request.proto_file:
        if file.name in request.file_to_generate and file.service:
            name = file.name.removesuffix(".proto") + "_pb2_grpc.pyi"
            response.file.add(name=name, content=_StubFile(file, located).render())
    return response


if __name__ == "__main__":
    received = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(generate(received).SerializeToString())
