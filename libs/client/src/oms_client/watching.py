"""Watches that go on where they were when a connection breaks.

What is resumed, and from where, is said once, by a `Watch`; the loops at the end drive it,
synchronously and asynchronously.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from google.protobuf.duration_pb2 import Duration
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import filter_pb2 as filters_pb
from oms.event.v1 import subscription_service_pb2 as subscriptions
from oms.scheduler.v1 import run_pb2 as runs
from oms.scheduler.v1 import run_service_pb2 as run_service

from oms_client.errors import (
    ApiError,
    Cancelled,
    DeadlineExceeded,
    Internal,
    ResourceExhausted,
    Unavailable,
    Unknown,
)
from oms_client.retries import RetryPolicy

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)

BEGINNING: Final = ""
"""`after` of a watch of commits: with the very first one."""
_HEARTBEAT: Final = Duration(seconds=15)
_BROKEN: Final = (Unavailable, ResourceExhausted, Cancelled, DeadlineExceeded)
# With no details of OMS these two come from the connection: a reset stream, a proxy that gave up.
_BROKEN_IF_FOREIGN: Final = (Internal, Unknown)


@dataclass(frozen=True, slots=True)
class WatchedCommit:
    """A commit with all its changes, however many messages it came in."""

    commit: commits.Commit
    changes: Sequence[commits.DocumentDiff]


class Watch(Protocol[Item_co]):
    """A stream that can be opened again where it was."""

    def request(self) -> Any:
        """The request that goes on after what `take` has had."""
        ...

    def take(self, response: Any) -> Iterable[Item_co]:
        """The items of a response."""
        ...


class CommitWatch:
    """Whole commits after a commit, on one branch or on all."""

    def __init__(self, parent: str, *, branch: str, after: str, include_documents: bool) -> None:
        self._parent = parent
        self._branch = branch
        self._after = after
        self._include_documents = include_documents
        self._changes: list[commits.DocumentDiff] = []

    def request(self) -> commits.WatchCommitsRequest:
        """Asks for what follows the last whole commit; half of one comes again."""
        self._changes = []
        return commits.WatchCommitsRequest(
            parent=self._parent,
            from_commit=self._after,
            branch=self._branch,
            include_documents=self._include_documents,
        )

    def take(self, response: commits.WatchCommitsResponse) -> Iterable[WatchedCommit]:
        """The commit, once its last part is there."""
        self._changes += response.changes
        if not response.is_last_part:
            return
        whole = WatchedCommit(response.commit, tuple(self._changes))
        self._changes = []
        self._after = response.commit.commit_id
        yield whole


class EventWatch:
    """Events of a stream, from a place on."""

    def __init__(
        self,
        stream: str,
        *,
        filters: Sequence[filters_pb.Filter],
        start: events.StartPosition | None,
    ) -> None:
        self._selection = events.Selection(stream=stream, filters=filters, start=start)

    def request(self) -> subscriptions.SubscribeRequest:
        """Asks for what follows what was read."""
        return subscriptions.SubscribeRequest(selection=self._selection, heartbeat=_HEARTBEAT)

    def take(self, response: subscriptions.SubscribeResponse) -> Iterable[events.StoredEvent]:
        """The events; a sign of life without any moves the place on too."""
        for delivered in response.events:
            yield delivered.event
        read = max(response.read_sequence, *(d.event.sequence for d in response.events), 0)
        if read:
            self._selection.start.CopyFrom(events.StartPosition(sequence=read + 1))


class RunWatch:
    """Runs as they change. A new stream begins with all that are not done."""

    def __init__(self, parent: str) -> None:
        self._parent = parent
        self._seen: dict[str, int] = {}

    def request(self) -> run_service.WatchRunsRequest:
        """Asks again from the start."""
        return run_service.WatchRunsRequest(parent=self._parent)

    def take(self, response: run_service.WatchRunsResponse) -> Iterable[runs.Run]:
        """The run, unless it was told of as it is."""
        run = response.run
        if self._seen.get(run.name) == run.revision:
            return
        self._seen[run.name] = run.revision
        if run.HasField("end_time"):
            del self._seen[run.name]
        yield run


class Outage:
    """How long nothing has come, and how long to wait before asking again."""

    def __init__(
        self,
        policy: RetryPolicy,
        patience_s: float,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._patience_s = patience_s
        self._now = now
        self._since: float | None = None
        self._failures = 0

    def over(self) -> None:
        """Something came."""
        self._since, self._failures = None, 0

    def pause_after(self, error: ApiError | None) -> float:
        """How long to wait, in seconds.

        Args:
            error: What broke the stream; None when the server just ended it.
        Raises:
            ApiError: `error`, when asking again does not help, or did not for too long.
        """
        now = self._now()
        self._since = now if self._since is None else self._since
        self._failures += 1
        pause = self._policy.backoff(self._failures)
        if error is None:
            return pause
        if not _is_break(error) or now - self._since + pause > self._patience_s:
            raise error
        return max(pause, error.retry_delay_s or 0.0)


def _is_break(error: ApiError) -> bool:
    is_foreign = not error.domain and isinstance(error, _BROKEN_IF_FOREIGN)
    return isinstance(error, _BROKEN) or is_foreign


def watch(
    open_stream: Callable[[Any], Any], watched: Watch[Item], outage: Outage
) -> Generator[Item]:
    """Yields items for ever, opening the stream again after every break."""
    while True:
        error: ApiError | None = None
        try:
            with open_stream(watched.request()) as stream:
                for response in stream:
                    outage.over()
                    yield from watched.take(response)
        except ApiError as exc:
            error = exc
        time.sleep(outage.pause_after(error))


async def watch_async(
    open_stream: Callable[[Any], Any], watched: Watch[Item], outage: Outage
) -> AsyncGenerator[Item]:
    """As `watch`, for `async for`."""
    while True:
        error: ApiError | None = None
        try:
            async with open_stream(watched.request()) as stream:
                async for response in stream:
                    outage.over()
                    for item in watched.take(response):
                        yield item
        except ApiError as exc:
            error = exc
        await asyncio.sleep(outage.pause_after(error))


def database_of(parent: str) -> str:
    """The database of an ontology, which has its id; a database's name stays as it is."""
    kind, _, name = parent.partition("/")
    return f"databases/{name}" if kind == "ontologies" else parent


def head_request(database: str, branch: str) -> commits.ResolveRevisionRequest:
    """Asks for the head of a branch.

    Raises:
        ValueError: no branch is given, so there is no place to begin.
    """
    if not branch:
        raise ValueError("say where to begin: with branch='' give after=BEGINNING or a commit")
    return commits.ResolveRevisionRequest(parent=database, revision=Revision(branch=branch))
