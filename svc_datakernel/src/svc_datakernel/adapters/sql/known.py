"""What a writing transaction knows of its database without asking.

On a database server every question is a wait. Under the write lock nobody else changes
anything, so what was asked once, or follows from what was written, stays true until the
transaction ends. `deferring.py` says when there is a `Known`; SQLite needs none.

Whoever writes past it forgets all of it: see `Known.forget`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from svc_datakernel.adapters.sql.positions import Position
    from svc_datakernel.adapters.sql.versions import Version

MOST_REMEMBERED: Final = 64
"""How many answers to one question are remembered: what is larger is hardly asked twice."""


@dataclass(slots=True)
class LastKeys:
    """The highest keys there are or were, and what else every commit needs.

    Args:
        origin: The database that commits are hashed with, if it is another one.
        model: The number of the database's model, as `meta` has it.
    """

    sequence: int
    change: int
    document: int
    content: int
    origin: str | None
    model: str | None


@dataclass(slots=True)
class Known:
    """Facts of one transaction, and what of them has not been sent to the server yet.

    Args:
        heads, own_lines: By branch; the line is None until the branch has a commit of its own.
        sizes: Number and entries of a line's buckets, in order.
        versions: By document id and line, as seen from the end of that line; None for an id
            that the database has never had.
        contents: Key by hash; None for a content that is not stored.
        iris: Key by IRI.
        requests: Rows of request ids; None for a new one.
        unsent_ids, unsent_hashes, unsent_contents: Documents, hashes and keys of contents in
            rows not sent yet: a question about them has to wait for those.
    """

    heads: dict[str, Position] = field(default_factory=dict[str, "Position"])
    own_lines: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    last: LastKeys | None = None
    sizes: dict[int, list[tuple[int, int]]] = field(
        default_factory=dict[int, "list[tuple[int, int]]"]
    )
    versions: dict[str, dict[int, Version | None]] = field(
        default_factory=dict[str, "dict[int, Version | None]"]
    )
    contents: dict[bytes, int | None] = field(default_factory=dict[bytes, "int | None"])
    iris: dict[str, int] = field(default_factory=dict[str, int])
    predicates: set[int] = field(default_factory=set[int])
    requests: dict[str, Any] = field(default_factory=dict[str, Any])
    unsent_ids: set[str] = field(default_factory=set[str])
    unsent_hashes: set[bytes] = field(default_factory=set[bytes])
    unsent_contents: set[int] = field(default_factory=set[int])

    def forget(self) -> None:
        """Knows nothing any more, but for what is unsent."""
        self.last = None
        for facts in (
            self.heads,
            self.own_lines,
            self.sizes,
            self.versions,
            self.contents,
            self.iris,
            self.predicates,
            self.requests,
        ):
            facts.clear()

    def all_sent(self) -> None:
        """Everything written is where questions find it."""
        self.unsent_ids.clear()
        self.unsent_hashes.clear()
        self.unsent_contents.clear()

    def touch(self, ids: Iterable[str]) -> None:
        """Documents, or names in triples, are written: they get keys or versions."""
        for each in ids:
            self.unsent_ids.add(each)
            self.versions.pop(each, None)

    def is_tip(self, position: Position) -> bool:
        """Whether a position is surely the end of its line, and the head of the branch whose
        own line that is: from there on only `touch` changes what is seen of a document."""
        return any(
            head == position and self.own_lines.get(branch) == position.line
            for branch, head in self.heads.items()
        )

    def store(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Contents are written, as rows of `contents`."""
        for key, hash_, *_ in rows:
            self.contents[hash_] = key
            self.unsent_hashes.add(hash_)
            self.unsent_contents.add(key)

    def keep_versions(self, line: int, ids: Iterable[str], found: dict[str, Version]) -> None:
        """Remembers what was seen of documents from the end of a line."""
        for each in ids:
            self.versions.setdefault(each, {})[line] = found.get(each)
