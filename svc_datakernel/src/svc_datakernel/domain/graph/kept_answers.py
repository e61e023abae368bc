"""Answers of transactions as JSON and back, to be given again when a request is repeated."""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.graph.requests import Migrated, WoqlAnswer, Written


def to_json(answer: object) -> Any:
    """An answer as JSON in Python's types; None for one that holds nothing worth keeping."""
    if isinstance(answer, Written):
        return {"written": list(answer.ids)}
    if isinstance(answer, Migrated):
        return {"migrated": [answer.schema_operations, answer.instance_operations]}
    if isinstance(answer, WoqlAnswer):
        rows = [row.decode() for row in answer.bindings]
        counts = [answer.inserts, answer.deletes, answer.has_more]
        return {"woql": [list(answer.variable_names), rows, *counts]}
    return None


def from_json(json: Any) -> Written | Migrated | WoqlAnswer | None:
    """The answer that `to_json` was given."""
    if json is None:
        return None
    ((kind, found),) = json.items()
    if kind == "written":
        return Written(found)
    if kind == "migrated":
        return Migrated(*found)
    names, rows, inserts, deletes, has_more = found
    return WoqlAnswer(names, [row.encode() for row in rows], inserts, deletes, has_more)
