"""The kernel's errors as the typed errors they stand for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import grpc.aio
from oms_rpc.errors import from_rpc_error


@contextmanager
def kernel_errors() -> Generator[None]:
    """Raises what a call to the kernel answered as an `OmsError`."""
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc
