"""Writes the module that makes every service an attribute of a client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from client_generator.services import ServiceText

_KERNEL = "The versioned store below the ontologies."


def render_init() -> str:
    """The package itself."""
    return '"""Typed methods of every service. Generated from the protos."""\n'


def render_surface(services: Sequence[ServiceText]) -> str:
    """The module with the classes that clients derive from."""
    return "\n".join([*_head(services), *_classes(services)])


def _head(services: Sequence[ServiceText]) -> Iterator[str]:
    yield '"""Every service as an attribute; its module is loaded at the first use. Generated."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield "from functools import cached_property"
    yield "from typing import TYPE_CHECKING"
    yield ""
    yield "from oms_client.aio_calls import AsyncCalls"
    yield "from oms_client.calls import Calls"
    yield ""
    yield "if TYPE_CHECKING:"
    for service in services:
        classes = f"Async{service.class_name}, {service.class_name}"
        yield f"    from oms_client.services.{service.module} import {classes}"
    yield ""
    names = [f"{prefix}{kind}Services" for kind in ("", "Kernel") for prefix in ("", "Async")]
    yield "__all__ = [" + ", ".join(f'"{name}"' for name in sorted(names)) + "]"
    yield ""


def _classes(services: Sequence[ServiceText]) -> Iterator[str]:
    kernel = [service for service in services if service.is_kernel]
    others = [service for service in services if not service.is_kernel]
    for prefix in ("", "Async"):
        yield from _class(f"{prefix}KernelServices", _KERNEL, prefix, kernel)
        yield from _class(f"{prefix}Services", "Every service.", prefix, others)
        yield "    @cached_property"
        yield f"    def kernel(self) -> {prefix}KernelServices:"
        yield f'        """{_KERNEL}"""'
        yield f"        return {prefix}KernelServices(self._calls)"
        yield ""


def _class(name: str, comment: str, prefix: str, services: Sequence[ServiceText]) -> Iterator[str]:
    yield ""
    yield f"class {name}:"
    yield f'    """{comment}"""'
    yield ""
    yield f"    def __init__(self, calls: {prefix}Calls) -> None:"
    yield "        self._calls = calls"
    yield ""
    for service in services:
        yield "    @cached_property"
        yield f"    def {service.attribute}(self) -> {prefix}{service.class_name}:"
        yield f'        """Calls of `{service.full_name}`."""'
        module = f"oms_client.services.{service.module}"
        yield f"        from {module} import {prefix}{service.class_name}"
        yield ""
        yield f"        return {prefix}{service.class_name}(self._calls)"
        yield ""
