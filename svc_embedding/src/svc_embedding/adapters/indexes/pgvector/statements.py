"""The statements of the pgvector backend, by what they do.

Vectors are kept as `vector`, float32, so that scores are exact. The graph (HNSW,
arXiv:1603.09320) is made of them as
`halfvec`, float16: it takes half the memory and the time, holds up to 4,000 dimensions instead
of 2,000, and its
candidates are ranked again by the float32 vectors. Longer vectors have no graph and are compared
one by one.
"""

from __future__ import annotations

from typing import Final

from svc_embedding.domain.indexes.records import Generation, Metric

MAX_GRAPH_DIMENSIONS: Final = 4000
OPERATORS: Final = {Metric.COSINE: "<=>", Metric.DOT: "<#>", Metric.EUCLIDEAN: "<->"}
_CLASSES: Final = {
    Metric.COSINE: "halfvec_cosine_ops",
    Metric.DOT: "halfvec_ip_ops",
    Metric.EUCLIDEAN: "halfvec_l2_ops",
}
_GRAPH: Final = "m = 16, ef_construction = 100"

READ_RECORD: Final = "SELECT record FROM indexes WHERE id = %s"
LIST_RECORDS: Final = "SELECT record FROM indexes ORDER BY id"
ADD_RECORD: Final = (
    "INSERT INTO indexes (id, layout, record) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)
SHARE_LAYOUT: Final = "SELECT layout, record FROM indexes WHERE id = %s FOR SHARE"
LOCK_LAYOUT: Final = "SELECT layout, record FROM indexes WHERE id = %s FOR UPDATE"
REPLACE_RECORD: Final = "UPDATE indexes SET layout = %s, record = %s WHERE id = %s"
DELETE_RECORD: Final = "DELETE FROM indexes WHERE id = %s RETURNING record"

READ_STATE: Final = "SELECT value, version FROM states WHERE key = %s"
ADD_STATE: Final = (
    "INSERT INTO states (key, value, version) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING"
)
WRITE_STATE: Final = (
    "UPDATE states SET value = %s, version = version + 1 WHERE key = %s AND version = %s"
)

TUNE_SEARCH: Final = (
    "SELECT set_config('hnsw.ef_search', %s, true), "
    "set_config('hnsw.iterative_scan', 'relaxed_order', true), "
    "set_config('hnsw.max_scan_tuples', '40000', true)"
)


def table(number: int) -> str:
    """The table of a generation."""
    return f"entries_{int(number)}"


def make_table(generation: Generation, metric: Metric) -> list[str]:
    """Makes the table of a generation with its graph."""
    name, dimensions = table(generation.number), int(generation.dimensions)
    statements = [
        f'CREATE TABLE {name} (namespace text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, '
        "version bigint NOT NULL, text text NOT NULL, text_hash text NOT NULL, "
        "metadata jsonb NOT NULL, terms text[] NOT NULL, "
        f"embedding vector({dimensions}) NOT NULL, PRIMARY KEY (namespace, id))",
        # The vectors stay in the row, where a comparison of many finds them: TOAST costs a
        # look-up each.
        f"ALTER TABLE {name} ALTER COLUMN embedding SET STORAGE PLAIN",
        f"CREATE INDEX ON {name} USING gin (terms)",
        f"CREATE INDEX ON {name} (text_hash)",
    ]
    if dimensions > 1900:  # a row with it does not fit a page
        del statements[1]
    if dimensions <= MAX_GRAPH_DIMENSIONS:
        statements.append(
            f"CREATE INDEX ON {name} USING hnsw ((embedding::halfvec({dimensions})) "
            f"{_CLASSES[metric]}) WITH ({_GRAPH})"
        )
    return statements


def put(number: int) -> str:
    """Writes an entry; parameters are those of `Row`."""
    return (
        f"INSERT INTO {table(number)} AS known "
        "(namespace, id, version, text, text_hash, metadata, terms, embedding) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s::vector) "
        "ON CONFLICT (namespace, id) DO UPDATE SET version = EXCLUDED.version, "
        "text = EXCLUDED.text, text_hash = EXCLUDED.text_hash, metadata = EXCLUDED.metadata, "
        "terms = EXCLUDED.terms, embedding = EXCLUDED.embedding"
    )


def fill(source: int, target: int) -> str:
    """Puts an entry into a generation unless it has it, or it was written in the active one
    since."""
    return (
        f"INSERT INTO {table(target)} "
        "(namespace, id, version, text, text_hash, metadata, terms, embedding) "
        "SELECT namespace, id, version, text, text_hash, metadata, terms, %s::vector "
        f"FROM {table(source)} WHERE namespace = %s AND id = %s AND version = %s "
        "ON CONFLICT DO NOTHING"
    )


def nearest_by_graph(generation: Generation, metric: Metric, condition: str) -> str:
    """Candidates in the order of the graph, then the best of them by their float32 vectors.

    Parameters: the vector, the namespace, those of the condition, the vector, candidates, results.
    """
    half = f"halfvec({int(generation.dimensions)})"
    operator = OPERATORS[metric]
    return (
        f"WITH near AS MATERIALIZED (SELECT id, embedding {operator} %s::vector AS distance "
        f"FROM {table(generation.number)} WHERE namespace = %s AND {condition} "
        f"ORDER BY embedding::{half} {operator} %s::{half} LIMIT %s) "
        "SELECT id, distance FROM near ORDER BY distance, id LIMIT %s"
    )


def nearest_exactly(generation: Generation, metric: Metric, condition: str) -> str:
    """Every entry compared; parameters: the vector, the namespace, the condition's, results.

    No index is made of the float32 expression, so that the graph can't be used for it.
    """
    return (
        f"SELECT id, embedding {OPERATORS[metric]} %s::vector AS distance "
        f"FROM {table(generation.number)} WHERE namespace = %s AND {condition} "
        "ORDER BY distance, id LIMIT %s"
    )


def word_counts(number: int) -> str:
    """How many entries of a namespace have each of some words; parameters: words, namespace."""
    return (
        f"SELECT term, (SELECT count(*) FROM {table(number)} "
        "WHERE terms @> ARRAY[term] AND namespace = %s) FROM unnest(%s::text[]) AS term"
    )


def by_words(number: int, condition: str) -> str:
    """Entries with some of the words, by their weights (see `words`)."""
    return (
        "SELECT id, (SELECT sum(weight) FROM unnest(%s::text[], %s::float8[]) AS q (term, weight) "
        "WHERE term = ANY (terms)) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * cardinality(terms) / "
        "%s::float8)) "
        f"AS score FROM {table(number)} WHERE namespace = %s AND terms && %s::text[] "
        f"AND {condition} ORDER BY score DESC, id LIMIT %s"
    )
