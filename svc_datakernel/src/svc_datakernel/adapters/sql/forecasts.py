"""What commits that wait will ask, asked for all of them at once before the first one runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import (
    bodies,
    commits,
    deferring,
    directory,
    graph_terms,
    last_keys,
    positions,
    versions,
)
from svc_datakernel.adapters.sql.dialect import IDS_AT_ONCE
from svc_datakernel.adapters.sql.known import Known
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.versions import Version

_MOST_IRIS: Final = 64


class Forecast(NamedTuple):
    """What a commit will most likely ask. Whatever is missing or wrong costs only time.

    Args:
        ids: Documents whose versions at the head of the branch it looks at.
        hashes: Contents that it stores unless they are there.
    """

    branch: str
    ids: Sequence[str] = ()
    hashes: Sequence[bytes] = ()
    request_id: str = ""


@dataclass(slots=True)
class _Branch:
    name: str
    ids: list[str]
    last_keys: Any = None
    head: Any = None
    sizes: Any = None
    versions: Any = None


class Questions:
    """Questions sent to the server, whose answers come with the next one that is waited for."""

    def __init__(
        self, conn: Connection, forecasts: Sequence[Forecast], iris: Iterable[str]
    ) -> None:
        """Sends them.

        Args:
            iris: Names that triples will have; the first ones are asked about.
        """
        known = deferring.known_of(conn)
        assert known is not None
        self._known = known
        self._branches = [
            self._ask_branch(conn, name, forecasts)
            for name in dict.fromkeys(each.branch for each in forecasts)
        ]
        self._hashes = _few(
            hash_
            for each in forecasts
            for hash_ in each.hashes
            if hash_ not in known.contents and hash_ not in known.unsent_hashes
        )
        self._contents: Any = self._hashes and bodies.KEYS_BY_HASH.ask(
            conn, {"hashes": self._hashes}
        )
        names = list(islice((iri for iri in iris if iri not in known.iris), _MOST_IRIS))
        names = [name for name in names if name not in known.unsent_ids]
        self._iris: Any = names and graph_terms.KEYS.ask(conn, {"ids": names})
        self._requests = [
            (each.request_id, commits.REQUEST.ask(conn, {"id": each.request_id}))
            for each in forecasts
            if each.request_id and each.request_id not in known.requests
        ]

    def learn(self) -> None:
        """Takes the answers, which have come."""
        for each in self._branches:
            self._learn_branch(each)
        if self._contents:
            found = dict(self._contents.fetchall())
            self._known.contents.update((hash_, found.get(hash_)) for hash_ in self._hashes)
        if self._iris:
            self._known.iris.update(self._iris.fetchall())
        for request_id, cursor in self._requests:
            self._known.requests[request_id] = cursor.fetchone()

    def _ask_branch(self, conn: Connection, name: str, forecasts: Sequence[Forecast]) -> _Branch:
        known = self._known
        ids = _few(
            id_
            for each in forecasts
            if each.branch == name
            for id_ in each.ids
            if id_ not in known.versions and id_ not in known.unsent_ids
        )
        asked = _Branch(name, ids)
        if name not in known.heads or name not in known.own_lines or known.last is None:
            asked.last_keys = last_keys.QUERY.ask(conn, {"branch": name})
            asked.head = positions.BY_BRANCH.ask(conn, {"branch": name})
            asked.sizes = directory.SIZES_AT_BRANCH.ask(conn, {"branch": name})
        if ids:
            parameters = {"branch": name, "ids": ids}
            asked.versions = versions.BY_ID_AT_BRANCH.ask(conn, parameters)
        return asked

    def _learn_branch(self, asked: _Branch) -> None:
        known = self._known
        if asked.head is not None:
            row = asked.head.fetchone()
            last, own = last_keys.parsed(asked.last_keys.fetchone())
            if row is None:  # no such branch, as the commit will find
                return
            known.heads[asked.name] = Position(*row)
            known.own_lines[asked.name] = own
            known.last = known.last or last
            if own is not None:
                known.sizes.setdefault(own, asked.sizes.fetchall())
        head = known.heads[asked.name]
        if asked.versions is not None and known.own_lines[asked.name] == head.line:
            found = {row[0]: Version(*row) for row in asked.versions.fetchall()}
            known.keep_versions(head.line, asked.ids, found)


def recent_iris(known: Known, earlier: Iterable[str]) -> list[str]:
    """Names to ask about next time: those of this transaction, then those of earlier ones."""
    return list(islice(dict.fromkeys([*known.iris, *earlier]), _MOST_IRIS))


def _few(items: Iterable[Any]) -> list[Any]:
    return list(islice(dict.fromkeys(items), IDS_AT_ONCE))


Foresee = Callable[[], Forecast]
