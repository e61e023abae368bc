"""The Python client of OMS: `Client`, and `AsyncClient` with the same methods.

from oms_client import Client, NotFound

with Client("127.0.0.1:50050") as client:
    client.object_types.get(name="ontologies/shop/objectTypes/Customer")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from oms_client.errors import (
    Aborted,
    AlreadyExists,
    ApiError,
    Cancelled,
    ClientError,
    CredentialsError,
    DataLoss,
    DeadlineExceeded,
    FailedPrecondition,
    FieldViolation,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    PreconditionViolation,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
    Unknown,
)

if TYPE_CHECKING:
    from oms_client.aio_client import AsyncClient
    from oms_client.client import Client
    from oms_client.connection import Connection, UnencryptedTokenWarning, __version__
    from oms_client.retries import RetryPolicy
    from oms_client.watching import BEGINNING, WatchedCommit

__all__ = [
    "BEGINNING",
    "Aborted",
    "AlreadyExists",
    "ApiError",
    "AsyncClient",
    "Cancelled",
    "Client",
    "ClientError",
    "Connection",
    "CredentialsError",
    "DataLoss",
    "DeadlineExceeded",
    "FailedPrecondition",
    "FieldViolation",
    "Internal",
    "InvalidArgument",
    "NotFound",
    "OutOfRange",
    "PermissionDenied",
    "PreconditionViolation",
    "ResourceExhausted",
    "RetryPolicy",
    "Unauthenticated",
    "Unavailable",
    "UnencryptedTokenWarning",
    "Unimplemented",
    "Unknown",
    "WatchedCommit",
    "__version__",
]


# Who only wants the errors, such as the `oms` command, does not wait for the rest.
_LATER: Final = {
    "AsyncClient": "aio_client",
    "BEGINNING": "watching",
    "Client": "client",
    "Connection": "connection",
    "RetryPolicy": "retries",
    "UnencryptedTokenWarning": "connection",
    "WatchedCommit": "watching",
    "__version__": "connection",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"oms_client.{_LATER[name]}"), name)
