"""Objects and links in bulk."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from oms.object.v1 import load_service_pb2 as pb
from oms.object.v1 import load_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, OmsError

from svc_api.adapters.objects.loading import Loaded, Loader, LoadOrder
from svc_api.adapters.objects.store import ObjectStore
from svc_api.adapters.rdf.uploads import open_upload
from svc_api.domain.names import ontology_id
from svc_api.domain.objects.rows import Existing, Layout, Outcome, Row

_MOST_FAILED = 1000
_MOST_REPORTED = 10_000


class LoadServicer(pb_grpc.LoadServiceServicer):
    """Loads files.

    Args:
        max_bytes: Largest file.
    """

    def __init__(self, store: ObjectStore, max_bytes: int) -> None:
        self._loader = Loader(store)
        self._max_bytes = max_bytes

    async def LoadObjects(
        self, requests: AsyncIterator[pb.LoadObjectsRequest], context: Any
    ) -> pb.LoadObjectsResponse:
        """Keeps the upload on disk, then reads, judges and stores its rows."""
        try:
            with open_upload(self._max_bytes) as upload:
                first = await anext(aiter(requests), None)
                if first is None or not first.parent:
                    raise InvalidField.of("parent", "the first message has to name a type")
                layout = _layout(first)
                await upload.receive(_parts(first, requests))
                order = _order(first, layout, upload.digest)
                loaded = await self._loader.load(order, upload.file)
        except OmsError:
            await _drain(requests, self._max_bytes)
            raise
        return _response(loaded, report_all=first.report_all)


async def _parts(
    first: pb.LoadObjectsRequest, requests: AsyncIterator[pb.LoadObjectsRequest]
) -> AsyncIterator[bytes]:
    yield first.body.data
    expected = _without_body(first)
    async for request in requests:
        # A gateway may repeat the fields of the URL in every message.
        fields = _without_body(request)
        if fields.ListFields() and fields != expected:
            raise InvalidField.of(
                fields.ListFields()[0][0].name, "later messages of an upload carry the body alone"
            )
        yield request.body.data


def _without_body(request: pb.LoadObjectsRequest) -> pb.LoadObjectsRequest:
    fields = pb.LoadObjectsRequest()
    fields.CopyFrom(request)
    fields.ClearField("body")
    return fields


async def _drain(requests: AsyncIterator[pb.LoadObjectsRequest], limit: int) -> None:
    """Reads the rest, up to the limit, so that a gateway can still deliver the answer."""
    size = 0
    with contextlib.suppress(Exception):
        async for request in requests:
            size += len(request.body.data)
            if size > limit:
                return


def _layout(request: pb.LoadObjectsRequest) -> Layout:
    names: dict[str, str] = {}
    for index, entry in enumerate(request.columns):
        column, _, name = entry.rpartition("=")
        if not column or column in names:
            raise InvalidField.of(
                f"columns[{index}]", f"expected column=property, each column once, found {entry!r}"
            )
        names[column] = name
    return Layout(
        request.id_column or "id",
        names,
        request.ignore_unknown,
        request.list_separator or ";",
        request.format == pb.LOAD_FORMAT_CSV,
    )


def _fields(request: pb.LoadObjectsRequest) -> bytes:
    fields = _without_body(request)
    for name in ("report_all", "request_id"):
        fields.ClearField(name)
    return fields.SerializeToString(deterministic=True)


def _order(request: pb.LoadObjectsRequest, layout: Layout, digest: bytes) -> LoadOrder:
    _, _, collection, element_id = request.parent.split("/")
    return LoadOrder(
        ontology_id(request.parent),
        request.branch,
        collection,
        element_id,
        layout,
        is_csv=request.format == pb.LOAD_FORMAT_CSV,
        is_best_effort=request.mode == pb.LOAD_MODE_BEST_EFFORT,
        existing=Existing(request.existing or pb.EXISTING_RULE_FAIL),
        expected_head=request.expected_head,
        message=request.message,
        request_id=request.request_id,
        # The same file with the same fields; how much of it is reported makes no difference.
        fingerprint=hashlib.sha256(_fields(request) + digest).digest(),
        validate_only=request.validate_only,
    )


def _response(loaded: Loaded, *, report_all: bool) -> pb.LoadObjectsResponse:
    counts = Counter(row.outcome for row in loaded.rows)
    failed = [row for row in loaded.rows if row.outcome is Outcome.FAILED]
    reported = loaded.rows[:_MOST_REPORTED] if report_all else failed[:_MOST_FAILED]
    return pb.LoadObjectsResponse(
        commit_id=loaded.commit_id,
        stored=loaded.is_stored,
        row_count=len(loaded.rows),
        created_count=counts[Outcome.CREATED],
        updated_count=counts[Outcome.UPDATED],
        unchanged_count=counts[Outcome.UNCHANGED],
        skipped_count=counts[Outcome.SKIPPED],
        failed_count=len(failed),
        rows=map(_report, reported),
    )


def _report(row: Row) -> pb.RowReport:
    return pb.RowReport(
        line=row.line,
        object_id=row.object_id[:200],
        outcome=(row.outcome or Outcome.FAILED).value,  # pyright: ignore[reportArgumentType] - an int on the wire
        errors=[pb.RowError(field=where, description=why) for where, why in row.errors],
    )
