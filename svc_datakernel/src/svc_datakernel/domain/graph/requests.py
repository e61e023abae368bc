"""What callers ask of a graph database, and what they get, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from svc_datakernel.domain.model import Commit


class Graph(Enum):
    """One of the two graphs of a database."""

    INSTANCE = "instance"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Insertion:
    """Documents to insert or, with `is_replace`, to replace; fields as in the proto's requests."""

    body: bytes
    graph: Graph = Graph.INSTANCE
    is_replace: bool = False
    full_replace: bool = False
    raw_json: bool = False
    merge_repeats: bool = False
    overwrite: bool = False
    create: bool = False
    require_migration: bool = False
    allow_destructive_migration: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """Documents to delete: these, those of a class, or all."""

    ids: Sequence[str] = ()
    graph: Graph = Graph.INSTANCE
    type: str = ""
    nuke: bool = False
    is_hard: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents to read. Ids and classes full or short, as the caller wrote them.

    Args:
        template: A JSON object that they have to match; None for no such condition.
        count: Most to answer; None for all.
        after: Only those after this id; for exports.
        is_by_class: Those of a class before those of the classes that inherit from it, each by
            id, and not all by id. Excludes `after`.
    """

    ids: Sequence[str] = ()
    types: Sequence[str] = ()
    template: bytes | None = None
    graph: Graph = Graph.INSTANCE
    skip: int = 0
    count: int | None = None
    after: str = ""
    with_deleted: bool = False
    is_by_class: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """How documents are shown."""

    unfold: bool = True
    minimized: bool = True
    compress_ids: bool = True
    prefixed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Full ids of what was written or deleted, in the order asked for; repeats included."""

    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Migration:
    """Operations on the schema: a JSON array, see `SchemaService.MigrateSchema`."""

    operations: bytes
    allow_destructive: bool = False


@dataclass(frozen=True, slots=True)
class Migrated:
    """How many operations on the schema were applied, and documents changed with them."""

    schema_operations: int
    instance_operations: int


@dataclass(frozen=True, slots=True)
class WoqlRequest:
    """A query.

    Args:
        body: `{"query": …}` or the query alone, WOQL in JSON-LD.
        page_size: Most rows in the answer.
        after_row: Rows that earlier pages had.
        timeout_s: Longest time it may run, in seconds.
        may_write: Whether the caller may write; a query that writes is refused otherwise.
    """

    body: bytes
    page_size: int = 10_000
    after_row: int = 0
    timeout_s: float = 60.0
    may_write: bool = False
    all_witnesses: bool = False


@dataclass(frozen=True, slots=True)
class WoqlAnswer:
    """What a query answers.

    Args:
        variable_names: In the order of first appearance.
        bindings: Each row a JSON object, `null` for unbound, in UTF-8.
        has_more: Whether there are rows beyond the page.
    """

    variable_names: Sequence[str]
    bindings: Sequence[bytes]
    inserts: int = 0
    deletes: int = 0
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for a commit."""

    name: str
    commit_id: str
    message: str
    author: str
    create_time_us: int


@dataclass(frozen=True, slots=True)
class Blame:
    """The commit that made a place of a document what it is; the place as a JSON pointer."""

    pointer: str
    commit: Commit


@dataclass(frozen=True, slots=True)
class Rebase:
    """How a rebase ended: each commit with what became of it, None where nothing was left."""

    head: Commit
    base_commit: str
    rebased: Sequence[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    is_fast_forward: bool = False
