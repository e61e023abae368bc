"""Documents of graph databases as the services for all databases read them."""

from __future__ import annotations

from sqlalchemy import Connection
from svc_datakernel.adapters.sql import documents
from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.model import Revision

from datakernel_tests.graph_store.graphs import empty_graph, put, transact


def _listed(conn: Connection, types: list[str]) -> list[str]:
    page = documents.page(conn, Revision(), types=types, after="", limit=9, show_deleted=True)
    return [document.id for document in page.documents]


def test_documents_of_the_schema_are_read_by_id_and_not_listed() -> None:
    with empty_graph() as conn:
        schema = put("@schema/Thing", '{"name":"xsd:string"}', "@Class")
        transact(conn, schema, put("@context", "{}", "@context"), put("A/1", '{"name":"x"}'))
        assert _listed(conn, []) == ["A/1"]
        assert _listed(conn, ["@Class"]) == []
        page = documents.query(
            conn, Revision(), type_="", template=Template(b"{}"), after="", limit=9
        )
        assert [document.id for document in page.documents] == ["A/1"]
        found = documents.get_batch(conn, Revision(), ["@schema/Thing"], show_deleted=False)
        assert [document.json for document in found.documents] == [b'{"name":"xsd:string"}']
