"""What resolvers work with during one operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc.aio

from svc_graphql.execution.topics import Topics
from svc_graphql.transport.engine import Caller
from svc_graphql.transport.sessions import Sessions


@dataclass(slots=True)
class Context:
    """Made for each operation.

    Attributes:
        caller: Who asks.
        channel: The channel to a service, by its name; calls go as the caller's.
        sessions: The sessions of this process.
        topics: What subscriptions share.
        loaders: Loaders of this operation, by what they load.
    """

    caller: Caller
    channel: Callable[[str], grpc.aio.Channel]
    sessions: Sessions
    topics: Topics
    loaders: dict[Any, Any] = field(default_factory=dict[Any, Any])
