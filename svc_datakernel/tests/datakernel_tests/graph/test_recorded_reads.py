"""What a real TerminusDB answered to reads, after the writes recorded before them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from oms_core.errors import OmsError
from svc_datakernel.domain.canonical_json import Number, parse_exact, write_exact
from svc_datakernel.domain.graph import documents, reading
from svc_datakernel.domain.graph.requests import Deletion, Form, Graph, Insertion, Selection

from datakernel_tests.graph.memory_view import MemorySnapshots, MemoryView

VECTORS = Path(__file__).parents[4] / "tests/conformance/terminusdb/documents.json"
PLACEHOLDER = re.compile(r"\\\$[A-Z]+[0-9]*")
# TerminusDB loses these values or changes them, and lists all documents in the order of its layers.
DIFFERENT = {
    "documents/keys/valuehash-replace-changes-value",
    "documents/read/list-mixed-types-order",
    "documents/read/template-query-enum-and-set",
    "documents/read/template-query-nested-ref",
    "documents/schema-change/drop-property-destructive-allowed",
    "documents/xsd/anySimpleType-string",
    "documents/xsd/coordinate-ok",
    "documents/xsd/dateRange-ok",
    "documents/xsd/duration-negative",
    "documents/xsd/email-ok",
    "documents/xsd/gMonthDay-ok",
    "documents/xsd/integerRange-ok",
    "documents/xsd/string-lang",
    "documents/xsd/url-ok",
}
# What the server around the model answers.
BEYOND_THE_MODEL = {"documents/crud/bad-graph-type", "documents/read/head-and-bad-db"}


def cases() -> Iterator[Any]:
    if VECTORS.exists():
        for case in parse_exact(VECTORS.read_text()):
            if case["name"] not in DIFFERENT | BEYOND_THE_MODEL:
                yield pytest.param(case, id=case["name"])


def body_of(value: Any) -> bytes:
    return write_exact(value)


class Replay:
    """Runs the steps of a case on a graph database in memory."""

    def __init__(self, case: Any) -> None:
        self._snapshots = MemorySnapshots(MemoryView())
        schema, given = case["schema"] or [], case.get("documents")
        if schema:
            has_context = any(each.get("@type") == "@context" for each in schema)
            self._insert(Insertion(body_of(schema), Graph.SCHEMA, full_replace=has_context))
        if given:
            self._insert(Insertion(body_of(given)))

    def write(self, step: Any) -> None:
        params = step.get("params") or {}
        graph = Graph.SCHEMA if params.get("graph_type") == "schema" else Graph.INSTANCE
        flags = {key: value == "true" for key, value in params.items()}
        if step["op"] == "delete":
            listed = step["body"] if isinstance(step.get("body"), list) else []
            ids = [params["id"]] if "id" in params else listed
            deletion = Deletion(ids, graph, params.get("type", ""), flags.get("nuke", False), True)
            self._snapshots.run(lambda view: documents.delete(view, deletion))
            return
        names = ("full_replace", "raw_json", "merge_repeats", "create", "require_migration")
        options = {name: flags.get(name, False) for name in names}
        body = step["raw_body"].encode() if "raw_body" in step else body_of(step.get("body"))
        self._insert(Insertion(body, graph, is_replace=step["op"] == "replace", **options))

    def read(self, step: Any) -> list[Any]:
        asked = {**(step.get("params") or {})}
        if isinstance(step.get("body"), dict):
            asked |= step["body"]
        shows = {key: str(asked.get(key, "true")) == "true" for key in ("unfold", "minimized")}
        compress = str(asked.get("compress_ids", asked.get("prefixed", "true"))) == "true"
        selection = Selection(
            ids=(asked["id"],) if "id" in asked else (),
            types=(asked["type"],) if "type" in asked else (),
            template=body_of(asked["query"]) if "query" in asked else None,
            graph=Graph.SCHEMA if asked.get("graph_type") == "schema" else Graph.INSTANCE,
            is_by_class=True,
            skip=int(asked.get("skip", 0)),
            count=int(asked["count"]) if "count" in asked else None,
        )
        form = Form(compress_ids=compress, **shows)
        found = reading.read(self._snapshots.head(), selection, form)
        return [parse_exact(each.decode()) for each in found]

    def _insert(self, insertion: Insertion) -> None:
        self._snapshots.run(lambda view: documents.insert(view, insertion))


def is_same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and wanted.keys() == found.keys()
            and all(is_same(wanted[key], found[key]) for key in wanted)
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(map(is_same, wanted, found))
        )
    if isinstance(wanted, Number):
        return isinstance(found, Number) and Decimal(wanted) == Decimal(found)
    if type(wanted) is str and "$" in wanted and type(found) is str:
        return re.fullmatch(PLACEHOLDER.sub(".+", re.escape(wanted)), found) is not None
    return type(wanted) is type(found) and wanted == found


@pytest.mark.skipif(not VECTORS.exists(), reason="the recorded scenarios are not in this checkout")
@pytest.mark.parametrize("case", list(cases()))
def test_reads_answer_as_recorded(case: Any) -> None:
    replay = Replay(case)
    for step in case["steps"]:
        is_read = step["op"] not in ("insert", "replace", "delete")
        try:
            found = replay.read(step) if is_read else replay.write(step)
        except OmsError as error:
            if is_read:
                assert_refused(step, error)
            elif int(step["status"]) < 300:
                pytest.skip(f"the write before is refused here: {error}")
            continue
        if is_read:
            wanted = step.get("response", step.get("response_stream"))
            listed = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
            assert is_same(listed, found), (listed, found)


def assert_refused(step: Any, error: OmsError) -> None:
    if int(step["status"]) < 500:
        assert int(step["status"]) != 200 or "Status: 404" in step.get("response_text", "")
    if "response" in step and int(step["status"]) < 500:
        assert step["response"]["api:error"]["@type"] == error.metadata["api_error"]
    assert json.dumps(error.metadata)
