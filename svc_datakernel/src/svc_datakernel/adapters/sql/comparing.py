"""Differences between two revisions, page by page."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import log, positions
from svc_datakernel.domain.differences import NetChange, count_by_type
from svc_datakernel.domain.model import DifferencePage, Revision


class ComparisonCache:
    """Keeps the net changes between commits, so that a page costs its page.

    An entry can't be stale: both commits are named by their hash. Safe for threads.
    """

    def __init__(self, *, most_changes: int = 300_000) -> None:
        """Keeps at most `most_changes` changes over all comparisons, the latest used ones."""
        self._most = most_changes
        self._size = 0
        self._found: OrderedDict[tuple[bytes, bytes], Sequence[NetChange]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[bytes, bytes]) -> Sequence[NetChange] | None:
        """What was kept for a base and a target."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: tuple[bytes, bytes], changes: Sequence[NetChange]) -> None:
        """Keeps a comparison, and lets go of others as needed."""
        if len(changes) > self._most:
            return
        with self._lock:
            self._size += len(changes) - len(self._found.pop(key, ()))
            self._found[key] = changes
            while self._size > self._most:
                self._size -= len(self._found.popitem(last=False)[1])


def compare(
    conn: Connection,
    cache: ComparisonCache,
    base: Revision,
    target: Revision,
    *,
    types: Sequence[str],
    with_documents: bool,
    after: str,
    limit: int,
) -> DifferencePage:
    """Compares two revisions; counts are computed when `after` is empty."""
    base_at, target_at = positions.resolve(conn, base), positions.resolve(conn, target)
    key = (base_at.id, target_at.id)
    net = cache.get(key)
    if net is None:
        net = log.net_between(conn, base_at, target_at)
        cache.put(key, net)
    if types:
        wanted = frozenset(types)
        net = [change for change in net if change.type in wanted]
    start = bisect_right(net, after, key=lambda change: change.document_id)
    chosen = net[start : start + limit]
    if with_documents:
        chosen = chosen[: log.fitting(conn, chosen)]
    has_more = start + len(chosen) < len(net)
    return DifferencePage(
        base_commit=base_at.id.hex(),
        target_commit=target_at.id.hex(),
        differences=log.differences_of(conn, chosen, with_documents=with_documents),
        after=chosen[-1].document_id if has_more else None,
        counts=[] if after else count_by_type(net),
    )
