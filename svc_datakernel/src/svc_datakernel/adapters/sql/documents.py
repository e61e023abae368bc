"""Reads documents as of a position: by id, in the order of ids, by template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from oms_core.errors import LimitExceeded
from oms_security.authors import Author, parse_author
from sqlalchemy import Connection

from svc_datakernel.adapters.sql import bodies, directory, graph_index, positions, versions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.versions import Stamp, Version
from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.hashing import Content, etag_of
from svc_datakernel.domain.model import Audit, Document, DocumentBatch, DocumentPage, Revision
from svc_datakernel.domain.store import PAGE_BYTES

MOST_BATCH_BYTES = 32 * 1024 * 1024
_EXAMINED_AT_ONCE = 256


def get_batch(
    conn: Connection, revision: Revision, document_ids: Sequence[str], *, show_deleted: bool
) -> DocumentBatch:
    """Gets documents in the order asked for.

    Raises:
        LimitExceeded: the contents together are larger than 32 MiB.
    """
    position = positions.resolve(conn, revision)
    seen = versions.by_id(conn, position, list(dict.fromkeys(document_ids)))
    found = {
        id_: version
        for id_, version in seen.items()
        if version.is_live or (show_deleted and version.is_there)
    }
    total = sum(version.size for version in found.values())
    if total > MOST_BATCH_BYTES and len(found) > 1:
        raise LimitExceeded(
            f"the {len(found)} documents have {total} bytes together, more than "
            f"{MOST_BATCH_BYTES}; ask for fewer at once",
            metadata={"limit": "batch_bytes"},
        )
    by_id = {document.id: document for document in _load(conn, list(found.values()))}
    return DocumentBatch(
        commit_id=position.id.hex(),
        documents=[by_id[id_] for id_ in document_ids if id_ in by_id],
        missing_ids=[id_ for id_ in document_ids if id_ not in by_id],
    )


def page(
    conn: Connection,
    revision: Revision,
    *,
    types: Sequence[str],
    after: str,
    limit: int,
    show_deleted: bool,
) -> DocumentPage:
    """Documents in the order of ids: at most `limit`, or about 1 MiB."""
    position = positions.resolve(conn, revision)
    rows = _live(conn, position, types, after, batch=limit + 1, show_deleted=show_deleted)
    chosen, has_more = _cut(rows, limit)
    after_last = chosen[-1].document_id if has_more else None
    return DocumentPage(position.id.hex(), _load(conn, chosen), after_last)


def query(
    conn: Connection,
    revision: Revision,
    *,
    type_: str,
    template: Template,
    after: str,
    limit: int,
) -> DocumentPage:
    """Documents that contain a template, in the order of ids: at most `limit`, or about 1 MiB."""
    position = positions.resolve(conn, revision)
    types = [type_] if type_ else []
    found: list[Document] = []
    size = 0
    cursor: str | None = after
    while cursor is not None:
        rows = _live(conn, position, types, cursor, batch=_EXAMINED_AT_ONCE, show_deleted=False)
        chosen, has_more = _cut(rows, _EXAMINED_AT_ONCE)
        for document in _load(conn, chosen, texts=template.texts()):
            if not template.matches(document.json):
                continue
            size += len(document.json)
            if len(found) == limit or (found and size > PAGE_BYTES):
                return DocumentPage(position.id.hex(), found, found[-1].id)
            found.append(document)
        cursor = chosen[-1].document_id if has_more else None
    return DocumentPage(position.id.hex(), found, None)


def _live(
    conn: Connection,
    position: Position,
    types: Sequence[str],
    after: str,
    *,
    batch: int,
    show_deleted: bool,
) -> Iterator[Version]:
    wanted = frozenset(types)
    # The schema of a graph database is documents too, which are not listed as such.
    has_schema = graph_index.is_graph(conn)
    for entries in directory.entries(conn, position, types=types, after=after, batch=batch):
        seen = versions.by_key(conn, position, [entry.document for entry in entries])
        for entry in entries:
            if has_schema and graph_index.is_schema(entry.document_id):
                continue
            version = seen[entry.document]
            if not (version.is_live or (show_deleted and version.is_there)):
                continue
            if not wanted or version.type in wanted:
                yield version


def _cut(rows: Iterator[Version], limit: int) -> tuple[list[Version], bool]:
    """The first rows that fit into one answer, and whether there are more."""
    chosen: list[Version] = []
    size = 0
    for row in rows:
        size += row.size
        if len(chosen) == limit or (chosen and size > PAGE_BYTES):
            return chosen, True
        chosen.append(row)
    return chosen, False


def _load(
    conn: Connection, rows: Sequence[Version], *, texts: Mapping[str, str] | None = None
) -> list[Document]:
    keys = [row.content for row in rows if row.content is not None]
    contents = bodies.load(conn, list(dict.fromkeys(keys)), texts=texts)
    kept = [row for row in rows if row.content in contents]
    sequences = {row.created_sequence for row in kept} | {row.updated_sequence for row in kept}
    stamps = versions.stamps(conn, list(sequences))
    return [
        _to_document(row, contents[row.content], stamps) for row in kept if row.content is not None
    ]


def _to_document(row: Version, content: Content, stamps: Mapping[int, Stamp]) -> Document:
    is_deleted = not row.is_live
    return Document(
        id=row.document_id,
        type=content.type,
        json=content.json,
        etag=etag_of(content.hash, is_deleted=is_deleted),
        audit=_audit(
            stamps[row.created_sequence], stamps[row.updated_sequence], is_deleted=is_deleted
        ),
    )


def _audit(created: Stamp, updated: Stamp, *, is_deleted: bool) -> Audit:
    creator, updater = _names(created.author), _names(updated.author)
    return Audit(
        created_by=creator.subject,
        created_by_username=creator.username,
        created_at_us=created.time_us,
        updated_by=updater.subject,
        updated_by_username=updater.username,
        updated_at_us=updated.time_us,
        is_deleted=is_deleted,
        deleted_by=updater.subject if is_deleted else "",
        deleted_at_us=updated.time_us if is_deleted else 0,
    )


@lru_cache(maxsize=1024)
def _names(author: str) -> Author:
    """Who an author string names. Read from what the commit's hash covers, so that
    nobody can be blamed for a document by changing a column."""
    return parse_author(author)
