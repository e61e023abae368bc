"""What `verify` finds when the index of triples and the log disagree."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from svc_datakernel.adapters.sql import graph_derivation
from svc_datakernel.adapters.sql.verification import verify

from datakernel_tests.databases import DATABASE
from datakernel_tests.graph_store.graphs import drop, empty_graph, put, transact

_LONG = '{"long":"' + "x" * 300 + '"}'


@pytest.mark.parametrize(
    ("damage", "document", "message"),
    [
        ("DELETE FROM triples WHERE value = 'a'", "Thing/1", "lacks"),
        ("UPDATE triples SET value = 'b' WHERE value = 'a'", "Thing/1", "lacks"),
        ("UPDATE triples SET value = 'b' WHERE value = 'a'", "Thing/1", "does not follow"),
        ("UPDATE triples SET from_change = 0 WHERE value = 'a'", "Thing/1", "does not follow"),
        ("UPDATE triples SET to_change = 99 WHERE value = 'a'", "Thing/1", "lacks"),
        ("UPDATE triples SET to_change = NULL WHERE value = 'old'", "Thing/2", "does not follow"),
        ("UPDATE triples SET owner = 2 WHERE value = 'a'", "Thing/1", "lacks"),
        ("UPDATE documents SET id = 'xsd:text' WHERE id = 'xsd:string'", "Thing/1", "lacks"),
        (
            "INSERT INTO triples SELECT 77, predicate, value, node, datatype, line, from_change,"
            " to_change, 77 FROM triples LIMIT 1",
            "",
            "no document",
        ),
        ("UPDATE long_values SET value = x'00'", "", "does not match its name"),
    ],
)
def test_a_damaged_index_is_found_and_made_anew(damage: str, document: str, message: str) -> None:
    with empty_graph() as conn:
        transact(conn, put("Thing/1", '{"name":"a"}'), put("Thing/2", '{"name":"old"}'))
        transact(conn, put("Thing/2", _LONG), put("@schema/Thing", "{}", "@Class"))
        transact(conn, drop("Thing/2"))
        assert verify(conn, DATABASE).faults == []
        conn.execute(text(damage))
        faults = verify(conn, DATABASE).faults
        assert any(f.document_id == document and message in f.message for f in faults), faults
        graph_derivation.rebuild(conn)
        assert verify(conn, DATABASE).faults == []
