"""Names the schema graph that a commit sees by its contents, so that parsed ones can be kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from threading import Lock
from typing import Final

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import directory, versions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.versions import Version

_MOST_KEPT: Final = 4096
_ENTRIES_AT_ONCE: Final = 64


class SchemaKeys:
    """Keeps the keys of one database's commits, the latest used ones. Safe for threads.

    A key can't be stale: a commit is named by its hash.
    """

    def __init__(self) -> None:
        """Knows none yet."""
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()
        self.latest: str | None = None
        """The key that was asked for last: most likely that of the next commit, too."""

    def of(self, conn: Connection, position: Position) -> str:
        """Key of the schema graph at a position."""
        with self._lock:
            key = self._known.get(position.id)
            if key is not None:
                self._known.move_to_end(position.id)
                self.latest = key
                return key
        key = _digest(self.versions(conn, position))
        self._keep(position.id, key)
        return key

    def carry_over(self, head: bytes, commit: bytes) -> None:
        """Makes a commit known that changed no schema document of its first parent's."""
        with self._lock:
            key = self._known.get(head)
        if key is not None:
            self._keep(commit, key)

    def versions(self, conn: Connection, position: Position) -> Sequence[Version]:
        """The schema documents at a position, in the order of ids."""
        found: list[Version] = []
        pages = directory.entries(conn, position, types=(), after="@", batch=_ENTRIES_AT_ONCE)
        for page in pages:
            keys = [entry.document for entry in page if entry.document_id.startswith("@")]
            if keys:
                seen = versions.by_key(conn, position, keys)
                found += [seen[key] for key in keys if seen[key].is_live]
            if len(keys) < len(page):
                break
        return found

    def _keep(self, commit: bytes, key: str) -> None:
        with self._lock:
            self._known[commit] = self.latest = key
            while len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)


def _digest(schema: Sequence[Version]) -> str:
    digest = sha256()
    for version in schema:
        digest.update(version.document_id.encode() + b"\x00" + (version.hash or b""))
    return digest.hexdigest()
