"""Who made each place of a document what it is."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

from oms_core.errors import ResourceNotFound
from sqlalchemy import Connection

from svc_datakernel.adapters.sql import bodies, commits, document_history, positions
from svc_datakernel.adapters.sql.document_history import Change
from svc_datakernel.domain.canonical_json import parse_exact
from svc_datakernel.domain.graph.blaming import places, plain, unchanged
from svc_datakernel.domain.graph.requests import Blame
from svc_datakernel.domain.model import Revision


def blame(conn: Connection, revision: Revision, document_id: str) -> Sequence[Blame]:
    """The commit behind each scalar and each empty container, in document order.

    Goes back version by version; each hands on to the ones before it the places it did
    not change, until none is left or there is nothing before.

    Raises:
        ResourceNotFound: the document can't be read there.
    """
    last = document_history.seen(conn, positions.resolve(conn, revision), document_id)
    if last is None or not last.is_live:
        raise ResourceNotFound.of("document", document_id, f"at {revision}")
    pointers = list(places(_value(conn, last)))
    blamed = _Blaming(conn, document_id).run(last, pointers)
    known = {sequence: commits.get(conn, sequence) for sequence in set(blamed.values())}
    return [Blame(pointer, known[blamed[pointer]]) for pointer in pointers]


class _Blaming:
    def __init__(self, conn: Connection, document_id: str) -> None:
        self._conn = conn
        self._document_id = document_id
        # For each version still to be looked at: places in it, each with its final place.
        self._waiting: dict[int, list[tuple[str, str]]] = {}
        self._order: list[tuple[int, Change]] = []
        self._blamed: dict[str, int] = {}

    def run(self, last: Change, pointers: Sequence[str]) -> dict[str, int]:
        """The sequence of the commit behind each place of the last version."""
        self._hand_on(last, [(pointer, pointer) for pointer in pointers])
        while self._order:
            _, change = heapq.heappop(self._order)
            self._look(change, self._waiting.pop(change.key))
        return self._blamed

    def _look(self, change: Change, waiting: list[tuple[str, str]]) -> None:
        value = _value(self._conn, change)
        for earlier in document_history.before(self._conn, change, self._document_id):
            if not waiting or not earlier.is_live:
                continue
            kept = unchanged(_value(self._conn, earlier), value)
            self._hand_on(earlier, [(kept[at], final) for at, final in waiting if at in kept])
            waiting = [(at, final) for at, final in waiting if at not in kept]
        self._blamed |= {final: change.sequence for _, final in waiting}

    def _hand_on(self, change: Change, passed: list[tuple[str, str]]) -> None:
        if not passed:
            return
        if change.key not in self._waiting:
            self._waiting[change.key] = []
            heapq.heappush(self._order, (-change.key, change))
        self._waiting[change.key] += passed


def _value(conn: Connection, change: Change) -> Any:
    assert change.content is not None, "a version that can be read has a content"
    content = bodies.load(conn, [change.content])[change.content]
    return plain(parse_exact(content.json.decode()))
