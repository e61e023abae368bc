"""The recorded scenarios once more, on the server of `TERMINUSDB_ENDPOINT`.

Its answers are compared where they hold nothing that differs from run to run; ids of commits do,
so scenarios whose requests name one are left to the recorded exchanges.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import OmsError, ResourceNotFound
from svc_datakernel.adapters.terminusdb.opening import open_terminus
from svc_datakernel.adapters.terminusdb.store import TerminusStore
from svc_datakernel.domain.graph.requests import Graph, Insertion
from svc_datakernel.domain.graph.store import Target
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Database, DatabaseModel
from svc_datakernel.settings import KernelSettings

from datakernel_tests.terminusdb import driver
from datakernel_tests.terminusdb.vectors import DATABASE, Case, cases, dumps, folder

pytestmark = pytest.mark.skipif(
    not os.environ.get("TERMINUSDB_ENDPOINT"), reason="TERMINUSDB_ENDPOINT is not set"
)

_TARGET = Target(DATABASE, "main")
_CHANGING = ("$COMMIT", "$RANDOM", "$LAYER", "$TIMESTAMP", "$UUID")


def _chosen() -> list[Any]:
    if not os.environ.get("TERMINUSDB_ENDPOINT") or not folder().is_dir():
        return [pytest.param(None, id="none")]
    return [pytest.param(case, id=case.name) for case in cases() if _is_repeatable(case)]


def _is_repeatable(case: Case) -> bool:
    asked = ("path", "params", "body", "headers", "query", "before", "after")
    steps = case.raw.get("steps", [case.raw])
    return not any("$COMMIT" in dumps(step.get(name)) for step in steps for name in asked)


@pytest.fixture
async def store() -> AsyncIterator[TerminusStore]:
    store = open_terminus(KernelSettings(), SystemClock())
    with suppress(ResourceNotFound):
        await store.delete_database(DATABASE)
    yield store
    with suppress(ResourceNotFound):
        await store.delete_database(DATABASE)
    await store.close()


async def _set_up(store: TerminusStore, raw: Any) -> None:
    if "db" in raw and raw["db"] is None:
        return
    prefixes = (raw.get("db") or {}).get("prefixes", {})
    base, schema = prefixes.get("@base", ""), prefixes.get("@schema", "")
    database = Database(DATABASE, "c", "", "", 0, DatabaseModel.GRAPH, base, schema)
    await store.create_database(database, "admin")
    draft = TransactionDraft("admin", "set up")
    if raw.get("schema"):
        is_whole = any(item.get("@type") == "@context" for item in raw["schema"])
        body = dumps(raw["schema"]).encode()
        await store.write(_TARGET, draft, Insertion(body, Graph.SCHEMA, full_replace=is_whole))
    if raw.get("documents"):
        await store.write(_TARGET, draft, Insertion(dumps(raw["documents"]).encode()))


@pytest.mark.parametrize("case", _chosen())
async def test_server_answers_as_recorded(store: TerminusStore, case: Case) -> None:
    if case.raw.get("before") or case.raw.get("after"):
        pytest.skip("several queries; the conformance suite runs those")
    await _set_up(store, case.raw)
    recorded = case.raw.get("steps", case.steps)
    for step, as_recorded in zip(case.steps, recorded, strict=True):
        with suppress(driver.NotAsked):
            await _compare(store, step, as_recorded)


async def _compare(store: TerminusStore, step: Any, recorded: Any) -> None:
    has_failed = step["status"] >= 400 or str(step.get("response_text", "")).startswith("Status")
    call = driver.drive(store, {**step, "data_version": ""}, is_live=True)
    if has_failed:
        with pytest.raises(OmsError) as raised:
            await call
        wanted = step.get("response")
        type_ = wanted.get("api:error", {}).get("@type") if isinstance(wanted, dict) else None
        assert raised.value.metadata.get("api_error", type_) == type_
        return
    answer = await call
    wanted = recorded.get("response_stream", recorded.get("response"))
    is_fixed = not any(mark in json.dumps(wanted, default=str) for mark in _CHANGING)
    if answer is not None and is_fixed and not recorded.get("unordered"):
        assert _comparable(answer) == _comparable(wanted)


def _comparable(value: Any) -> Any:
    if isinstance(value, dict) and "bindings" in value:
        return sorted(dumps(row) for row in value["bindings"])
    return value
