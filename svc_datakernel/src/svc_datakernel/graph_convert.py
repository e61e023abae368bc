"""Proto ↔ domain for graph databases, beside `convert`."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Any, Final, Protocol

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from oms.common.v1.revision_pb2 import Revision as RevisionMessage
from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms_core.errors import UploadTooLarge

from svc_datakernel import convert
from svc_datakernel.domain.graph.data_version import data_version
from svc_datakernel.domain.graph.requests import Form, Graph
from svc_datakernel.domain.graph.store import Source, Target
from svc_datakernel.domain.graph.view import TransactionDraft

MIB: Final = 1024 * 1024
MOST_BODY_BYTES: Final = 64 * MIB
JSON: Final = "application/json"
JSON_LINES: Final = "application/x-ndjson"
TURTLE: Final = "text/turtle"

_GRAPHS: Final = {
    pb.GRAPH_UNSPECIFIED: Graph.INSTANCE,
    pb.GRAPH_INSTANCE: Graph.INSTANCE,
    pb.GRAPH_SCHEMA: Graph.SCHEMA,
}


class Mutation(Protocol):
    """What every request that changes a graph database has."""

    parent: str
    message: str
    expected_head: str
    data_version: str
    request_id: str


def to_graph(graph: Any) -> Graph:
    """A graph; the instance graph where none is named."""
    return _GRAPHS[graph]


def to_target(parent: str) -> Target:
    """The branch to write to."""
    return Target(*convert.segments(parent))


def to_source(parent: str, revision: RevisionMessage, version: str = "") -> Source:
    """What to read.

    Raises:
        InvalidField: the revision contradicts itself.
    """
    database, _ = convert.segments(parent)
    return Source(database, convert.to_revision(revision, "revision"), version)


def to_form(message: pb.DocumentForm) -> Form:
    """How documents are shown; TerminusDB's defaults for what is left out."""

    def choice(name: str) -> bool:
        return bool(getattr(message, name)) if message.HasField(name) else True

    return Form(
        unfold=choice("unfold"),
        minimized=choice("minimized"),
        compress_ids=choice("compress_ids"),
        prefixed=message.prefixed,
    )


def to_body(body: HttpBody, most_bytes: int = MOST_BODY_BYTES) -> bytes:
    """The bytes of a body.

    Raises:
        UploadTooLarge: there are more than allowed.
    """
    if len(body.data) > most_bytes:
        raise UploadTooLarge(
            f"the body has {len(body.data)} bytes, more than the {most_bytes} allowed",
            metadata={"field": "body", "limit_bytes": str(most_bytes)},
        )
    return body.data


async def to_draft(request: Any, now: datetime, *, is_dry_run: bool = False) -> TransactionDraft:
    """Who wants a change committed, under what conditions.

    Args:
        request: A `Mutation`.
    """
    fields: Mutation = request
    return TransactionDraft(
        author=convert.to_author(now),
        message=fields.message,
        expected_head=fields.expected_head,
        data_version=fields.data_version,
        request_id=fields.request_id,
        fingerprint=await fingerprint(request) if fields.request_id else b"",
        is_dry_run=is_dry_run,
    )


async def fingerprint(request: Message) -> bytes:
    """Tells whether a repeated request id means the same request."""
    if request.ByteSize() > MIB:
        return await asyncio.to_thread(_fingerprint, request)
    return _fingerprint(request)


def _fingerprint(request: Message) -> bytes:
    kind = request.DESCRIPTOR.full_name.encode()
    return hashlib.sha256(kind + b"\0" + request.SerializeToString(deterministic=True)).digest()


# --- to the caller -------------------------------------------------------------------------


def from_body(data: bytes, content_type: str = JSON) -> HttpBody:
    """An answer as it is over HTTP."""
    return HttpBody(content_type=content_type, data=data)


def read_metadata(commit_id: str, revision: RevisionMessage | None) -> tuple[tuple[str, str], ...]:
    """The response metadata that tells what was read; none where nothing was.

    Args:
        revision: What the caller asked for: a data version tells a branch from a commit.
    """
    if not commit_id:
        return ()
    is_branch = revision is None or not (
        revision.commit or revision.tag or revision.HasField("time")
    )
    version = data_version(commit_id, is_branch=is_branch)
    return (("oms-data-version", version), ("oms-commit", commit_id))
