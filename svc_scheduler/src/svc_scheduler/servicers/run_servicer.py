"""`oms.scheduler.v1.RunService`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from google.protobuf.message import Message
from oms.scheduler.v1 import run_service_pb2 as pb
from oms.scheduler.v1 import run_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidPageToken
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_scheduler.adapters.runs.rows import run_to_pb
from svc_scheduler.adapters.runs.store import RunQuery, RunStore
from svc_scheduler.adapters.runs.watching import RunWatching
from svc_scheduler.schedule_convert import instant_of

_ALL: Final = "-"
_DIGITS: Final = 18


class RunServicer(pb_grpc.RunServiceServicer):
    """Runs of jobs, which lie in PostgreSQL."""

    def __init__(self, store: RunStore, watching: RunWatching) -> None:
        self._store = store
        self._watching = watching

    async def GetRun(self, request: pb.GetRunRequest, context: Any) -> pb.GetRunResponse:
        row = await self._store.get(*_ids(request.name))
        return pb.GetRunResponse(run=run_to_pb(row, await self._store.logs(row)))

    async def ListRuns(self, request: pb.ListRunsRequest, context: Any) -> pb.ListRunsResponse:
        query = _fingerprint(request)
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.list(
            RunQuery(
                _job_of(request.parent),
                size + 1,
                before=_number(cursor[0]) if cursor else None,
                states=list(request.states),
                start=instant_of(request, "start_time", "request"),
                end=instant_of(request, "end_time", "request"),
            )
        )
        page, has_more = found[:size], len(found) > size
        return pb.ListRunsResponse(
            runs=[run_to_pb(row) for row in page],
            next_page_token=encode_page_token(query, [str(page[-1]["number"])]) if has_more else "",
        )

    async def WatchRuns(
        self, request: pb.WatchRunsRequest, context: Any
    ) -> AsyncIterator[pb.WatchRunsResponse]:
        async with self._watching.watch(_job_of(request.parent)) as watch:
            while True:
                yield pb.WatchRunsResponse(run=run_to_pb(await watch.next()))

    async def CancelRun(self, request: pb.CancelRunRequest, context: Any) -> pb.CancelRunResponse:
        return pb.CancelRunResponse(run=run_to_pb(await self._store.cancel(*_ids(request.name))))


def _ids(name: str) -> tuple[str, str]:
    _, job_id, _, run_id = name.split("/")
    return job_id, run_id


def _job_of(parent: str) -> str | None:
    job_id = parent.removeprefix("jobs/")
    return None if job_id == _ALL else job_id


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise InvalidPageToken("page_token is damaged; start again without one")
    return int(text)


def _fingerprint(request: pb.ListRunsRequest) -> list[str]:
    """What a page token belongs to."""
    copy = pb.ListRunsRequest()
    copy.CopyFrom(request)
    copy.page_token, copy.page_size = "", 0
    return ["runs", _text(copy)]


def _text(message: Message) -> str:
    return message.SerializeToString(deterministic=True).hex()
