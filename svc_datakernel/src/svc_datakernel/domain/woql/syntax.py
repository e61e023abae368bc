"""WOQL as a tree: what a query says, before anything is known of the database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from svc_datakernel.domain.graph.terms import Literal

# --- values -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A node, as the query wrote it: short, prefixed or in full."""

    text: str


@dataclass(frozen=True, slots=True)
class Data:
    """A literal."""

    literal: Literal


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary: its literals count as plain JSON values."""

    pairs: tuple[tuple[str, Value], ...]


Value: TypeAlias = Variable | Name | Data | Items | Dictionary

# --- arithmetic -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """An arithmetic operation: Plus, Minus, Times, Divide, Div, Exp or Floor."""

    operator: str
    operands: tuple[Expression, ...]


Expression: TypeAlias = Arithmetic | Variable | Data | Dictionary

# --- paths ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hop:
    """One triple; `predicate` None stands for any."""

    predicate: str | None
    is_inverse: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """One pattern after the other."""

    parts: tuple[PathPattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of several patterns."""

    parts: tuple[PathPattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A pattern several times over; `most` None for any number.

    `has_star` marks a star, whose zero-step route comes before all others.
    """

    part: PathPattern
    least: int
    most: int | None
    has_star: bool = False


PathPattern: TypeAlias = Hop | Sequence | Choice | Repeat

# --- queries ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator that only has values: a function, a test or a generator.

    Args:
        arguments: In the order of `parsing.operations.FIELDS`; None for what was left out.
    """

    name: str
    arguments: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Always:
    """True: `True` and `Comment`."""


@dataclass(frozen=True, slots=True)
class And:
    """All, from left to right."""

    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Each in turn; what several answer is answered several times."""

    queries: tuple[Query, ...]


class Wrapper(Enum):
    """Operators around one query that have nothing else."""

    NOT = "Not"
    OPTIONAL = "Optional"
    ONCE = "Once"
    IMMEDIATELY = "Immediately"
    PIN = "Pin"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A query in one of the `Wrapper` operators."""

    wrapper: Wrapper
    query: Query


@dataclass(frozen=True, slots=True)
class When:
    """Both queries, and after that one row without either."""

    query: Query
    consequent: Query


@dataclass(frozen=True, slots=True)
class Select:
    """A query of whose variables only these are seen outside."""

    variables: tuple[str, ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Distinct:
    """A query's rows, without those that repeat these variables' values."""

    variables: tuple[str, ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Using:
    """A query over another branch or commit, or over the commits themselves."""

    collection: str
    query: Query


@dataclass(frozen=True, slots=True)
class From:
    """A query that reads one graph: `instance`, `schema`, or both with `*`."""

    graph: str
    query: Query


@dataclass(frozen=True, slots=True)
class Into:
    """A query that writes to one graph."""

    graph: str
    query: Query


@dataclass(frozen=True, slots=True)
class Limit:
    """The first rows of a query; `most` below one for none."""

    most: Variable | Data
    query: Query


@dataclass(frozen=True, slots=True)
class Start:
    """A query without its first rows."""

    skipped: Variable | Data
    query: Query


@dataclass(frozen=True, slots=True)
class OrderBy:
    """A query's rows in order: variables, each with whether it descends."""

    ordering: tuple[tuple[str, bool], ...]
    query: Query


@dataclass(frozen=True, slots=True)
class GroupBy:
    """A row for each combination of some variables, with the list of the template's values."""

    group_by: tuple[str, ...]
    template: tuple[Value, ...] | Value
    query: Query
    grouped: Value


@dataclass(frozen=True, slots=True)
class Collect:
    """One row, with the list of the template's values in all rows."""

    template: tuple[Value, ...] | Value
    into: Value
    query: Query


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a query has."""

    query: Query
    count: Value


class Source(Enum):
    """Which triples are looked through."""

    PRESENT = "Triple"
    ADDED = "AddedTriple"
    DELETED = "DeletedTriple"


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """Triples of the graph, or those that the commit added or deleted."""

    source: Source
    subject: Value
    predicate: Value
    object: Value
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class TripleSlice:
    """Triples whose object is from `low` up to, without, `high`; by object, or downwards."""

    subject: Value
    predicate: Value
    object: Value
    low: Value
    high: Value
    is_reversed: bool
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class TripleNeighbour:
    """A triple's object, and the next (or previous) one that a triple of the same kind has."""

    subject: Value
    predicate: Value
    object: Value
    neighbour: Value
    is_next: bool
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class TripleChange:
    """A triple to add or to delete."""

    is_addition: bool
    subject: Value
    predicate: Value
    object: Value
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A route through the graph; `path` receives its edges."""

    subject: Value
    pattern: PathPattern
    object: Value
    path: Value | None = None


@dataclass(frozen=True, slots=True)
class Eval:
    """Arithmetic."""

    expression: Expression
    result: Expression


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document by id."""

    identifier: Value
    document: Value


class DocumentWrite(Enum):
    """What is done to a document."""

    INSERT = "InsertDocument"
    UPDATE = "UpdateDocument"
    DELETE = "DeleteDocument"


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document to insert, replace or delete."""

    kind: DocumentWrite
    document: Value | None
    identifier: Value | None


@dataclass(frozen=True, slots=True)
class ResourceSize:
    """The number of triples of a resource, or its size in bytes."""

    resource: str
    result: Value
    is_count: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An operator that is WOQL but not offered; it is refused before anything runs."""

    name: str


Query: TypeAlias = (
    Operation
    | Always
    | And
    | Or
    | Wrapped
    | When
    | Select
    | Distinct
    | Using
    | From
    | Into
    | Limit
    | Start
    | OrderBy
    | GroupBy
    | Collect
    | Count
    | TriplePattern
    | TripleSlice
    | TripleNeighbour
    | TripleChange
    | Path
    | Eval
    | ReadDocument
    | DocumentChange
    | ResourceSize
    | Refused
)
