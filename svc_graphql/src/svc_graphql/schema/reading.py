"""Reading resources for one operation: gathered, so that many cost as many calls as one.

Fields that are resolved side by side ask for one thing each; the loader waits until all of them
have asked, then makes one call for each parent and revision.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import grpc.aio
from google.protobuf.message import Message
from oms.common.v1 import revision_pb2
from oms_core.errors import InvalidField, OmsError, ResourceNotFound
from oms_rpc.errors import from_rpc_error

from svc_graphql.execution.context import Context
from svc_graphql.schema.contract import Rpc
from svc_graphql.schema.messages import Record, Scope
from svc_graphql.schema.resources import Resource

_MAX_BATCH: Final = 1_000
_MAX_MISSING: Final = 20
_K = TypeVar("_K")
_V = TypeVar("_V")


class Loader(Generic[_K, _V]):
    """Gathers keys and loads them together; each once in an operation.

    Args:
        load: Loads many: for each key its value, None where there is none.
        most: Most keys in one call of `load`.
    """

    def __init__(
        self, load: Callable[[Sequence[_K]], Awaitable[Sequence[_V | None]]], *, most: int
    ) -> None:
        self._load = load
        self._most = most
        self._known: dict[_K, asyncio.Future[_V | None]] = {}
        self._waiting: list[_K] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def get(self, key: _K) -> asyncio.Future[_V | None]:
        """The value of a key, or None."""
        found = self._known.get(key)
        if found is None:
            loop = asyncio.get_running_loop()
            found = self._known[key] = loop.create_future()
            self._waiting.append(key)
            if len(self._waiting) == 1:
                # Twice round the loop: what is resolved now may ask for more at once.
                loop.call_soon(loop.call_soon, self._start)
        return found

    async def get_all(self, keys: Sequence[_K]) -> list[_V | None]:
        """The values of several keys, in their order."""
        return list(await asyncio.gather(*(self.get(key) for key in keys)))

    def _start(self) -> None:
        keys, self._waiting = self._waiting, []
        for start in range(0, len(keys), self._most):
            task = asyncio.ensure_future(self._run(keys[start : start + self._most]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, keys: Sequence[_K]) -> None:
        try:
            values = await self._load(keys)
        except BaseException as exc:
            for key in keys:
                future = self._known[key]
                if not future.done():
                    future.set_exception(exc)
                    future.exception()  # it may be that nobody waits any more
            if not isinstance(exc, Exception):
                raise
            return
        for key, value in zip(keys, values, strict=True):
            if not self._known[key].done():
                self._known[key].set_result(value)


async def call(context: Context, rpc: Rpc, request: Message) -> Any:
    """Calls a method as the caller.

    Raises:
        OmsError: what the service answered.
    """
    try:
        return await rpc.call(context.channel, request)
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


def scope_of(request: Any, response: Any) -> Scope:
    """Where a response was read."""
    name = str(getattr(request, "parent", "") or getattr(request, "name", ""))
    segments = name.split("/")
    parent = "/".join(segments[:2]) if len(segments) > 1 else ""
    return Scope(parent, str(getattr(response, "commit_id", "") or ""))


def revision(branch: str | None, as_of: str | None) -> revision_pb2.Revision | None:
    """The revision that the arguments `branch` and `asOf` name; None: the head of `main`.

    Raises:
        InvalidField: `asOf` is neither a commit, nor a tag, nor a time; or excludes `branch`.
    """
    if as_of is None:
        return revision_pb2.Revision(branch=branch) if branch else None
    if len(as_of) == 64 and set(as_of) <= set("0123456789abcdef"):
        if branch:
            raise InvalidField.of("asOf", "names a commit, so that `branch` has to be left out")
        return revision_pb2.Revision(commit=as_of)
    if as_of.startswith("tag:"):
        return revision_pb2.Revision(tag=as_of.removeprefix("tag:"))
    made = revision_pb2.Revision(branch=branch or "")
    try:
        made.time.FromJsonString(as_of)
    except ValueError as exc:
        raise InvalidField.of(
            "asOf", "has to be a commit's id, `tag:` and a tag, or a time in RFC 3339"
        ) from exc
    return made


class Reading:
    """Reads resources by name for one operation."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._loaders: dict[Any, Loader[str, Record]] = {}

    @classmethod
    def of(cls, context: Context) -> Reading:
        """That of an operation."""
        if cls not in context.loaders:
            context.loaders[cls] = cls(context)
        return context.loaders[cls]

    def load(
        self, resource: Resource, name: str, at: revision_pb2.Revision | None
    ) -> Awaitable[Record | None]:
        """The resource with a name, None when it does not exist there."""
        return self._loader(resource, name, at).get(name)

    async def load_all(
        self, resource: Resource, names: Sequence[str], at: revision_pb2.Revision | None
    ) -> list[Record | None]:
        """Those with the names, which have one parent, in their order."""
        if not names:
            return []
        return await self._loader(resource, names[0], at).get_all(names)

    def _loader(
        self, resource: Resource, name: str, at: revision_pb2.Revision | None
    ) -> Loader[str, Record]:
        parent = name.rpartition("/")[0].rpartition("/")[0]
        key = (resource.message, parent, at.SerializeToString() if at is not None else b"")
        if key not in self._loaders:
            load = self._many if resource.batch is not None else self._each

            async def run(names: Sequence[str]) -> Sequence[Record | None]:
                return await load(resource, parent, at, names)

            self._loaders[key] = Loader(run, most=_MAX_BATCH)
        return self._loaders[key]

    async def _each(
        self, resource: Resource, _parent: str, at: Any, names: Sequence[str]
    ) -> Sequence[Record | None]:
        return await asyncio.gather(*(self._one(resource, name, at) for name in names))

    async def _one(self, resource: Resource, name: str, at: Any) -> Record | None:
        request = resource.get.request_type(name=name)
        if at is not None and resource.takes_revision:
            request.revision.CopyFrom(at)
        try:
            response = await call(self._context, resource.get, request)
        except ResourceNotFound:
            return None
        return Record(getattr(response, resource.response_field), scope_of(request, response))

    async def _many(
        self, resource: Resource, parent: str, at: Any, names: Sequence[str]
    ) -> Sequence[Record | None]:
        assert resource.batch is not None, "chosen by it"
        wanted = list(names)
        for _ in range(_MAX_MISSING):
            if not wanted:
                return [None for _ in names]
            request = resource.batch.request_type(parent=parent, names=wanted)
            if at is not None:
                request.revision.CopyFrom(at)
            try:
                response = await call(self._context, resource.batch, request)
            except ResourceNotFound as exc:
                wanted = _without(wanted, exc)
                continue
            scope = scope_of(request, response)
            field = next(f for f in response.DESCRIPTOR.fields if f.is_repeated)
            found = {each.name: Record(each, scope) for each in getattr(response, field.name)}
            return [found.get(name) for name in names]
        # Each call tells of one that is missing; with many of them this is shorter.
        return await self._each(resource, parent, at, names)


def _without(names: list[str], missing: OmsError) -> list[str]:
    """The names without the one that an error says is missing; none if it says another thing."""
    name = missing.metadata.get("resource_name", "")
    return [each for each in names if each != name] if name in names else []
