"""The rules, dashboards and pages for operators fit each other and the metrics that exist."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

ROOT = Path(__file__).resolve().parents[3]
MONITORING = ROOT / "deploy" / "monitoring"
PROMETHEUS = MONITORING / "prometheus"
RUNBOOKS = ROOT / "docs" / "operations" / "runbooks"
METRICS = (
    "oms_kernel.metrics",
    "oms_rpc.admission",
    "oms_rpc.metrics",
    "oms_rpc.process_metrics",
    "oms_rpc.stages.audit",
    "oms_rpc.stages.authentication",
    "oms_rpc.stages.authorisation",
    "svc_embedding.adapters.onnx.metrics",
    "svc_embedding.adapters.providers.metrics",
    "svc_embedding.counting",
    "svc_events.adapters.jetstream.publishing",
    "svc_events.adapters.relay.metrics",
    "svc_graphql.transport.metrics",
    "svc_scheduler.adapters.metrics",
)
# The names that the product promised first; dashboards of others depend on them.
PROMISED = {
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "active_connections",
    "embedding_requests_total",
    "scheduler_jobs_executed_total",
    "event_gateway_messages_published_total",
    "database_connections_active",
    "cache_hit_ratio",
    "memory_usage_bytes",
    "authentication_attempts_total",
    "authorization_failures_total",
    "audit_events_total",
}

_USES_METRICS = re.compile(r"^from (prometheus_client|oms_rpc\.counts) ", re.MULTILINE)


@cache
def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def _rules() -> list[dict[str, Any]]:
    files = sorted((PROMETHEUS / "rules").glob("*.yml"))
    return [rule for path in files for group in _read(path)["groups"] for rule in group["rules"]]


def _alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in _rules() if "alert" in rule}


def _dashboards() -> ModuleType:
    folder = str(ROOT / "tools")
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location("dashboards", ROOT / "tools/dashboards.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(folder)


def _expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in _rules())
    for path in (MONITORING / "grafana" / "dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            yield from (target["expr"] for target in panel["targets"])


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Names of all samples that the suite, or the client library, can show."""
    for module in METRICS:
        importlib.import_module(module)
    names = {"up"}
    for family in REGISTRY.collect():
        suffixes = {
            "counter": ("_total",),
            "histogram": ("_bucket", "_count", "_sum"),
        }.get(family.type, ("",))
        names.update(f"{family.name}{suffix}" for suffix in suffixes)
    return names


def test_the_promised_names_exist(known: set[str]) -> None:
    assert known >= PROMISED


def test_every_module_with_metrics_is_known_here() -> None:
    found = {
        path
        for pattern in ("libs/*/src", "svc_*/src")
        for folder in ROOT.glob(pattern)
        for path in folder.rglob("*.py")
        if _USES_METRICS.search(path.read_text())
    }
    listed = {
        Path(spec.origin)
        for spec in map(importlib.util.find_spec, METRICS)
        if spec is not None and spec.origin is not None
    }
    assert found - listed == {ROOT / "libs/rpc/src/oms_rpc/counts.py"}


def _asked(expression: str) -> set[str]:
    """The metrics and records in an expression."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|by \([^)]*\)', "", expression)
    return set(re.findall(r"[a-z_][a-z0-9_:]*(?!\w|\s*\()", bare)) - {"and", "or"}


def test_every_expression_asks_for_metrics_and_records_that_exist(known: set[str]) -> None:
    records = {rule["record"] for rule in _rules() if "record" in rule}
    for expression in _expressions():
        asked = _asked(expression)
        assert asked, expression
        assert asked <= known | records, expression


def test_names_are_found_in_an_expression() -> None:
    expression = 'sum by (a) (rate(b_total{c="d"}[5m])) / (oms:e:f > 0) and max(up) == 0'
    assert _asked(expression) == {"b_total", "oms:e:f", "up"}


@pytest.mark.parametrize("name", sorted(_alerts()))
def test_an_alert_has_a_page_a_test_and_tells_whom_it_wakes(name: str) -> None:
    alert = _alerts()[name]
    page = ROOT / alert["annotations"]["runbook"]
    assert page == RUNBOOKS / f"{name}.md"
    text = page.read_text()
    assert text.startswith(f"# {name}\n")
    assert all(f"\n## {part}\n" in text for part in ("Look", "Do"))
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"]
    cases = [
        bool(check["exp_alerts"])
        for path in (PROMETHEUS / "tests").glob("*.yml")
        for test in _read(path)["tests"]
        for check in test["alert_rule_test"]
        if check["alertname"] == name
    ]
    assert set(cases) == {True, False}, "a case in which it fires, and one in which it does not"


def test_every_page_is_of_an_alert_and_listed() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")}
    assert pages == set(_alerts())
    overview = (RUNBOOKS.parent / "README.md").read_text()
    assert {name for name in pages if f"(runbooks/{name}.md)" not in overview} == set()


def test_links_between_pages_lead_somewhere() -> None:
    for page in RUNBOOKS.parent.rglob("*.md"):
        for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_dashboards_are_what_the_code_says() -> None:
    files: dict[Path, str] = _dashboards().files()
    there = set((MONITORING / "grafana" / "dashboards").glob("*"))
    assert there == set(files)
    for path, text in files.items():
        assert path.read_text() == text, f"{path.name}: run `make gen`"


def _promtool(*arguments: str, cwd: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on PATH")
    done = subprocess.run(
        [promtool, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_configuration() -> None:
    _promtool("check", "config", "prometheus.yml", cwd=PROMETHEUS)


def test_promtool_runs_the_alerts() -> None:
    _promtool("test", "rules", "alerts.yml", "slow_burns.yml", cwd=PROMETHEUS / "tests")


def test_promtool_parses_what_dashboards_ask(tmp_path: Path) -> None:
    """As rules: that is what promtool can check."""
    queries = [query.replace("$__rate_interval", "5m") for query in _expressions()]
    queries = [query.replace("$__range", "1h").replace("$service", ".*") for query in queries]
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    _promtool("check", "rules", "--lint=none", str(file), cwd=tmp_path)
