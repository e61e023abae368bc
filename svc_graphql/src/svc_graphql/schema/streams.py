"""Subscriptions to runs of jobs and to events, shared by all who ask for the same; and lists of
an ontology that are kept up to date."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Final

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from svc_graphql.execution.context import Context
from svc_graphql.execution.topics import Event, Feed, Listener, Pick, every
from svc_graphql.schema.changes import Changes
from svc_graphql.schema.contract import Rpc, message_of
from svc_graphql.schema.messages import OutputTypes, Record
from svc_graphql.schema.permissions import check
from svc_graphql.schema.resolving import itself, reads
from svc_graphql.schema.scalars import JSON

_MAX_EVENT_BYTES: Final = 4 * 2**20


class Streams:
    """The fields.

    Args:
        runs: `WatchRuns`.
        events: `StreamEvents`.
        outputs: Types of messages.
    """

    def __init__(self, runs: Rpc, events: Rpc, outputs: OutputTypes) -> None:
        self._runs = runs
        self._events = events
        self._outputs = outputs

    @property
    def fields(self) -> dict[str, GraphQLField]:
        """`runChanged` and `eventPublished`."""
        run = message_of(self._runs.method.output_type.fields_by_name["run"])
        state: Any = run.fields_by_name["state"].enum_type
        states = GraphQLList(GraphQLNonNull(self._outputs.enum(state)))
        text = GraphQLArgument(GraphQLString)
        return {
            "runChanged": GraphQLField(
                GraphQLNonNull(self._outputs.object(run)),
                args={
                    "job": GraphQLArgument(GraphQLString, description="Id. Left out: every job."),
                    "states": GraphQLArgument(states, description="Left out: every state."),
                },
                subscribe=self._follow_runs,
                resolve=itself,
                description=f"Runs of jobs as they change. Needs `{self._runs.permission}`.",
            ),
            "eventPublished": GraphQLField(
                GraphQLNonNull(_EVENT),
                args={
                    "stream": GraphQLArgument(GraphQLString, description="Id. Default: `events`."),
                    **dict.fromkeys(("type", "source", "subject", "filter"), text),
                    "afterCommit": GraphQLArgument(
                        GraphQLString,
                        description="Id of a commit: first come the events after its own.",
                    ),
                },
                subscribe=self._follow_events,
                resolve=itself,
                description=(
                    "Events of a stream, by type (with a final `*` its beginning), source, "
                    f"subject or CloudEvents SQL. Needs `{self._events.permission}`."
                ),
            ),
        }

    def _follow_runs(
        self, _source: Any, info: Any, job: str | None = None, states: Any = None
    ) -> Feed:
        context: Context = info.context
        check(context.caller.identity, self._runs.permission)
        request = self._runs.request_type(parent=f"jobs/{job or '-'}")
        wanted = set(states or ())

        def pick(event: Event) -> Sequence[Event]:
            return (event,) if not wanted or event.value.message.state in wanted else ()

        return self._shared(context, self._runs, request, _run_of, pick)

    def _follow_events(self, _source: Any, info: Any, **given: Any) -> Feed:
        context: Context = info.context
        check(context.caller.identity, self._events.permission)
        stream = given.get("stream")
        request = self._events.request_type(
            parent=f"streams/{stream}" if stream else "",
            **{name: given.get(name) or "" for name in ("type", "source", "subject", "filter")},
        )
        if given.get("afterCommit"):
            request.start.after_commit = given["afterCommit"]
        return self._shared(context, self._events, request, _EventParser(), every)

    def _shared(self, context: Context, rpc: Rpc, request: Any, parse: Any, pick: Pick) -> Feed:
        key = (rpc.path, request.SerializeToString(deterministic=True))
        listener: Listener = context.topics.join(
            key, lambda last: _open(context, rpc, request, parse, last)
        )
        return Feed(listener, pick)


async def _open(
    context: Context, rpc: Rpc, request: Any, parse: Any, last: Event | None
) -> AsyncGenerator[Any]:
    sent = parse.resume(request, last) if isinstance(parse, _EventParser) else request
    stream: AsyncIterator[Any] = rpc.stream_as_service(context.channel, sent)
    async for response in stream:
        for value in parse(response):
            yield value


def _run_of(response: Any) -> list[Record]:
    return [Record(response.run)]


class _EventParser:
    """Parses server-sent events as they arrive."""

    def __init__(self) -> None:
        self._rest = b""

    def resume(self, request: Any, last: Event | None) -> Any:
        """The request that goes on after an event."""
        self._rest = b""
        if last is None or not last.value["id"].isdecimal():
            return request
        again = type(request)()
        again.CopyFrom(request)
        again.start.sequence = int(last.value["id"]) + 1
        return again

    def __call__(self, response: Any) -> list[dict[str, Any]]:
        """The events that a part of the stream completes."""
        *whole, self._rest = (self._rest + response.body.data).split(b"\n\n")
        if len(self._rest) > _MAX_EVENT_BYTES:
            self._rest = b""
        return [parsed for block in whole if (parsed := _parse(block)) is not None]


def _parse(block: bytes) -> dict[str, Any] | None:
    values: dict[bytes, list[bytes]] = {}
    for line in block.split(b"\n"):
        name, _, value = line.partition(b":")
        values.setdefault(name, []).append(value.removeprefix(b" "))
    if b"data" not in values:
        return None
    return {
        "id": b"".join(values.get(b"id", [])).decode(),
        "event": orjson.loads(b"\n".join(values[b"data"])),
    }


def _of_event(name: str) -> Any:
    return reads(lambda value: value["event"].get(name))


_TEXT: Final = GraphQLNonNull(GraphQLString)
_EVENT: Final = GraphQLObjectType(
    "PublishedEvent",
    {
        "position": GraphQLField(
            _TEXT, resolve=reads(lambda v: v["id"]), description="Its place in the stream."
        ),
        "id": GraphQLField(_TEXT, resolve=_of_event("id")),
        "type": GraphQLField(_TEXT, resolve=_of_event("type")),
        "source": GraphQLField(_TEXT, resolve=_of_event("source")),
        "subject": GraphQLField(GraphQLString, resolve=_of_event("subject")),
        "time": GraphQLField(GraphQLString, resolve=_of_event("time")),
        "data": GraphQLField(JSON, resolve=_of_event("data")),
        "event": GraphQLField(
            GraphQLNonNull(JSON),
            resolve=reads(lambda v: v["event"]),
            description="All of it, in the JSON format of CloudEvents.",
        ),
    },
)


def live_field(listed: GraphQLField, changes: Changes) -> GraphQLField:
    """A list of an ontology, sent at once and again whenever the ontology has changed.

    Changes in quick succession come as one.

    Args:
        listed: The field of the list; its method has a `parent` that is an ontology.
        changes: Tells of changes.
    """

    async def source(_source: Any, info: Any, **given: Any) -> AsyncGenerator[Any]:
        name: str = given["input"]["parent"]
        ontology = name.removeprefix("ontologies/")
        async with aclosing(changes.follow_latest(info.context, ontology)) as ticks:
            async for _ in ticks:
                yield given

    async def resolve(given: Any, info: Any, **_again: Any) -> Any:
        read: Any = listed.resolve
        return await read(None, info, **given)

    return GraphQLField(
        listed.type,
        args=listed.args,
        subscribe=source,
        resolve=resolve,
        description=f"{listed.description} Sent again when the ontology has changed.",
    )
