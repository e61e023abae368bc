"""The Python client of OMS: `Client`, and `AsyncClient` with the same methods.

from oms_client import Client, NotFound

with Client("127.0.0.1:50050") as client:
    client.object_types.get(name="ontologies/shop/objectTypes/Customer")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_client.connection import Connection, UnencryptedTokenWarning, __version__
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
from oms_client.retries import RetryPolicy

if TYPE_CHECKING:
    from oms_client.aio_client import AsyncClient
    from oms_client.client import Client
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


def __getattr__(name: str) -> Any:
    # Who only wants the errors, such as the `oms` command, does not wait for the clients.
    if name == "Client":
        from oms_client.client import Client

        return Client
    if name == "AsyncClient":
        from oms_client.aio_client import AsyncClient

        return AsyncClient
    if name in ("BEGINNING", "WatchedCommit"):
        from oms_client import watching

        return getattr(watching, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
