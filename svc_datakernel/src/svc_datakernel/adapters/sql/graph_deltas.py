"""What a commit changed, as triples: for queries about the commit itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import bodies, log
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.domain.differences import ContentName, LogEntry
from svc_datakernel.domain.graph.expanded import triples_of
from svc_datakernel.domain.graph.terms import Pattern, Triple
from svc_datakernel.domain.hashing import Content

_AT_ONCE: Final = 200


def changed_triples(
    conn: Connection, position: Position, pattern: Pattern, *, is_addition: bool
) -> Iterator[Triple]:
    """Triples of the instance graph that a commit added to its first parent, or took away, by
    document, those of each document in order."""
    entries = [
        entry
        for entry in log.changes_of(conn, position.sequence)
        if not entry.document_id.startswith("@")
    ]
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        names = (name for entry in some for name in (entry.before, entry.after) if name)
        contents = bodies.load_named(conn, sorted({name.hash for name in names}))
        for entry in some:
            for triple in _changed(entry, contents, is_addition=is_addition):
                if _fits(pattern, triple):
                    yield triple


def _changed(
    entry: LogEntry, contents: Mapping[bytes, Content], *, is_addition: bool
) -> list[Triple]:
    before = _triples(entry.document_id, entry.before, contents)
    after = _triples(entry.document_id, entry.after, contents)
    return sorted(after - before if is_addition else before - after)


def _triples(
    document_id: str, name: ContentName | None, contents: Mapping[bytes, Content]
) -> set[Triple]:
    if name is None:
        return set()
    return set(triples_of(document_id, name.type, contents[name.hash].json))


def _fits(pattern: Pattern, triple: Triple) -> bool:
    return all(
        wanted is None or wanted == part for wanted, part in zip(pattern, triple, strict=True)
    )
