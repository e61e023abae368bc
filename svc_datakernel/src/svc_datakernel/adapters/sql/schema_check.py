"""Checks changes that were not made through the document model against a graph's schema."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import bodies
from svc_datakernel.adapters.sql.databases import OpenDatabase
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.transplanting import Check, unchecked
from svc_datakernel.domain.graph.view import DocumentChange
from svc_datakernel.domain.model import ChangeType, DatabaseModel
from svc_datakernel.domain.operations import PlannedChange


def check_for(opened: OpenDatabase) -> Check:
    """The check of a database's changes; one that allows everything without a schema."""
    if opened.description.model is not DatabaseModel.GRAPH:
        return unchecked

    def check(conn: Connection, position: Position, changes: Sequence[PlannedChange]) -> None:
        # Much of the model's logic, for databases that have a schema only.
        from svc_datakernel.domain.graph.validation import check_changes

        view = SqlGraphView(conn, opened.description, position, opened.schema_keys)
        check_changes(view, _documents(conn, changes))

    return check


def _documents(conn: Connection, changes: Sequence[PlannedChange]) -> list[DocumentChange]:
    stored = [
        change.after
        for change in changes
        if change.new_content is None and change.after is not None and _is_written(change)
    ]
    contents = dict(bodies.load_named(conn, stored))
    found: list[DocumentChange] = []
    for change in changes:
        content = change.new_content
        if content is None and change.after is not None and _is_written(change):
            content = contents[change.after]
        json = None if content is None else content.json
        found.append(DocumentChange(change.document_id, change.type, json, change.is_hard))
    return found


def _is_written(change: PlannedChange) -> bool:
    return change.change_type is not ChangeType.DELETED
