"""The writes of TerminusDB's recorded scenarios, against the model in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from oms_core.errors import Code, OmsError
from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import documents
from svc_datakernel.domain.graph.requests import Deletion, Graph, Insertion

from datakernel_tests.graph.memory_view import MemorySnapshots

_RECORDED: Final = Path(__file__).parents[4] / "tests/conformance/terminusdb/documents.json"
_NOT_WRITES: Final = frozenset(
    {
        "api:MissingParameter",
        "api:UnknownDatabase",
        "api:MissingContentTypeErrorResponse",
        "api:BadContentTypeErrorResponse",
    }
)
_ELSEWHERE: Final = {
    "documents/subdoc/delete-child-alone": "a required subdocument is not taken away",
    "documents/xsd/gMonthDay-ok": "--MM-DD is what XML Schema says",
    "documents/json/jsondocument-given-id": "ids are answered in full",
}
_OK: Final = 200


def _cases() -> Sequence[Any]:
    return parse_exact(_RECORDED.read_text())


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["name"])
def test_write_is_answered_as_recorded(case: Mapping[str, Any]) -> None:
    if case["name"] in _ELSEWHERE:
        pytest.skip(_ELSEWHERE[case["name"]])
    store = MemorySnapshots()
    _set_up(store, case)
    bound: dict[str, str] = {}
    for step in case["steps"]:
        if step["op"] in ("insert", "replace", "delete"):
            _replay(store, step, bound)


def _set_up(store: MemorySnapshots, case: Mapping[str, Any]) -> None:
    if case["schema"]:
        is_full = any(each["@type"] == "@context" for each in case["schema"])
        body = write_exact(case["schema"])
        insertion = Insertion(body, Graph.SCHEMA, full_replace=is_full)
        store.run(lambda view: documents.insert(view, insertion))
    if case.get("documents"):
        insertion = Insertion(write_exact(case["documents"]))
        store.run(lambda view: documents.insert(view, insertion))


def _replay(store: MemorySnapshots, step: Mapping[str, Any], bound: dict[str, str]) -> None:
    status = int(step["status"])
    response = step.get("response")
    error = response.get("api:error", {}) if isinstance(response, dict) else {}
    kinds = {error.get("@type"), response.get("@type") if isinstance(response, dict) else None}
    if status >= 500 or kinds & _NOT_WRITES:
        return
    try:
        answer = _run(store, step)
    except OmsError as exc:
        _compare_error(exc, status, error)
        return
    assert status in (_OK, 204), f"accepted {answer}"
    if status == _OK and step["op"] != "delete":
        _compare_ids(answer, response, bound)


def _run(store: MemorySnapshots, step: Mapping[str, Any]) -> Sequence[str]:
    graph = Graph.SCHEMA if step.get("graph") == "schema" else Graph.INSTANCE
    params = step.get("params") or {}
    if step["op"] == "delete":
        ids = [params["id"]] if "id" in params else []
        ids += parse_exact(params["ids"]) if "ids" in params else []
        ids += step.get("body") or [] if isinstance(step.get("body"), list) else []
        deletion = Deletion(
            ids, graph, type=params.get("type", ""), nuke=params.get("nuke") == "true"
        )
        outcome = store.run(lambda view: documents.delete(view, deletion))
    else:
        flags = {
            name: params.get(name) == "true"
            for name in (
                "full_replace",
                "raw_json",
                "merge_repeats",
                "overwrite",
                "create",
                "require_migration",
                "allow_destructive_migration",
            )
        }
        body = step["raw_body"].encode() if "raw_body" in step else write_exact(step["body"])
        insertion = Insertion(body, graph, is_replace=step["op"] == "replace", **flags)
        outcome = store.run(lambda view: documents.insert(view, insertion))
    assert outcome.answer is not None
    return outcome.answer.ids


def _compare_error(exc: OmsError, status: int, error: Mapping[str, Any]) -> None:
    assert status != _OK, f"{exc!r} {exc.metadata}"
    assert (exc.code is Code.NOT_FOUND) == (status == 404)
    assert exc.metadata["api_error"] == error["@type"]
    if "api:witnesses" in error:
        found = parse_exact(exc.metadata["witnesses"])
        assert _normal(error["api:witnesses"][0]) in [_normal(each) for each in found]


def _normal(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _compare_ids(answer: Sequence[str], expected: Sequence[str], bound: dict[str, str]) -> None:
    assert len(answer) == len(expected)
    for found, wanted in zip(answer, expected, strict=True):
        random = re.search(r"\$RANDOM\d+", wanted)
        if random is None:
            assert found == wanted
            continue
        assert re.fullmatch(
            re.escape(wanted).replace(r"\$RANDOM", "").rstrip("0123456789") + r"[A-Za-z0-9_-]{16}",
            found,
        )
        bound[random.group()] = found
