"""The synchronous client."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import grpc
from oms.common.v1.revision_pb2 import Revision
from oms.event.v1.event_service_pb2 import StartPosition, StoredEvent
from oms.event.v1.filter_pb2 import Filter
from oms.ontology.v1 import transfer_service_pb2 as transfers
from oms.scheduler.v1.run_pb2 import Run

from oms_client import watching
from oms_client.calls import Calls
from oms_client.connection import Connection
from oms_client.retries import RetryPolicy
from oms_client.services.surface import Services
from oms_client.transfers import import_requests, parts_of

StubType = TypeVar("StubType")


class Client(Services):
    """A connection to an OMS server, and every method of it.

    What is left out comes from the environment, as for the `oms` command: `Connection` tells. Use
    it as a context manager, or close it; it is safe to use from several threads. The connection is
    made by the first call.

        with Client("127.0.0.1:50050") as client:
            for object_type in client.object_types.list(parent="ontologies/shop"):
                print(object_type.name)
    """

    def __init__(
        self,
        address: str = "",
        *,
        token: str | Callable[[], str] | None = None,
        api_key: str = "",
        api_key_file: str | Path | None = None,
        tls: bool | None = None,
        ca_file: str | Path | None = None,
        timeout_s: float = 60.0,
        transfer_timeout_s: float = 1800.0,
        retries: RetryPolicy | None = None,
        options: Sequence[tuple[str, Any]] = (),
    ) -> None:
        connection = Connection(
            address=address,
            token=token,
            api_key=api_key,
            api_key_file=api_key_file,
            tls=tls,
            ca_file=ca_file,
            timeout_s=timeout_s,
            transfer_timeout_s=transfer_timeout_s,
            retries=retries or RetryPolicy(),
            options=tuple(options),
        )
        credentials = connection.credentials()
        self._channel = _open(connection)
        if connection.channel_credentials() is None:
            connection.warn_if_exposed(credentials)
        super().__init__(Calls(self._channel, connection, credentials))

    @property
    def target(self) -> str:
        """Where calls go."""
        return self._calls.connection.target

    @property
    def channel(self) -> grpc.Channel:
        """The gRPC channel itself, for stubs: sends no token, repeats and maps nothing."""
        return self._channel

    def watch_commits(
        self,
        parent: str,
        *,
        branch: str = "main",
        after: str | None = None,
        include_documents: bool = False,
        patience_s: float = 300.0,
    ) -> Generator[watching.WatchedCommit]:
        """Yields commits as they are made, for ever, each once, over breaks. Close it when done.

        Args:
            parent: `databases/{database}` or `ontologies/{ontology}`.
            branch: Only commits on it; empty: on every branch, and `after` has to be given.
            after: Id of the commit to start after; `BEGINNING`: from the very first one. Left out:
                those made from now on.
            include_documents: Whether the changes have the contents before and after.
            patience_s: How long a break may last before its error is raised, in seconds.
        """
        database = watching.database_of(parent)
        if after is None:
            request = watching.head_request(database, branch)
            after = self.kernel.commits.resolve_revision(request).commit.commit_id
        watched = watching.CommitWatch(
            database, branch=branch, after=after, include_documents=include_documents
        )
        return watching.watch(self.kernel.commits.watch, watched, self._outage(patience_s))

    def watch_events(
        self,
        stream: str = "streams/events",
        *,
        filters: Sequence[Filter] = (),
        start: StartPosition | None = None,
        patience_s: float = 300.0,
    ) -> Generator[StoredEvent]:
        """Yields the events of a stream as they come, for ever, in order and none twice.

        Args:
            stream: `streams/{stream}`.
            filters: Conditions that all have to hold.
            start: Where to start; from now on when left out.
            patience_s: How long a break may last before its error is raised, in seconds.
        """
        if start is None:
            last = self.streams.get(name=stream).stream.last_sequence
            start = StartPosition(sequence=last + 1)
        watched = watching.EventWatch(stream, filters=filters, start=start)
        return watching.watch(self.subscriptions.subscribe, watched, self._outage(patience_s))

    def watch_runs(self, parent: str = "jobs/-", *, patience_s: float = 300.0) -> Generator[Run]:
        """Yields runs of jobs as they change, first those that are not done.

        A run that both begins and ends during a break is not told of unless the break is short.

        Args:
            parent: `jobs/{job}`, or `jobs/-` for all.
            patience_s: How long a break may last before its error is raised, in seconds.
        """
        watched = watching.RunWatch(parent)
        return watching.watch(self.runs.watch, watched, self._outage(patience_s))

    def import_ontology(
        self,
        request: transfers.ImportOntologyRequest,
        source: str | Path | bytes | Iterable[bytes],
        *,
        timeout_s: float | None = None,
    ) -> transfers.ImportOntologyResponse:
        """Imports RDF from a file, from bytes, or from parts of them.

        Args:
            request: Everything but the data: `name`, `format`, `branch` …
            source: Path of the file, or what it would hold.
        """
        return self.transfer.import_ontology(import_requests(request, source), timeout_s=timeout_s)

    def export_ontology(
        self,
        name: str,
        *,
        revision: Revision | None = None,
        format: transfers.RdfFormat | str = "RDF_FORMAT_TURTLE",  # noqa: A002 - the proto's word
        timeout_s: float | None = None,
    ) -> Iterator[bytes]:
        """Yields an ontology as RDF, in parts."""
        stream = self.transfer.export_ontology(
            name=name, revision=revision, format=format, timeout_s=timeout_s
        )
        return parts_of(stream)

    def close(self) -> None:
        """Closes the connection; calls under way are cancelled."""
        self._channel.close()

    def _outage(self, patience_s: float) -> watching.Outage:
        return watching.Outage(self._calls.connection.retries, patience_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _open(connection: Connection) -> grpc.Channel:
    credentials = connection.channel_credentials()
    options = connection.channel_options()
    if credentials is None:
        return grpc.insecure_channel(connection.target, options)
    return grpc.secure_channel(connection.target, credentials, options)
