"""Grafana's JSON model of dashboards that are rows of graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_WIDTH: Final = 24  # columns of Grafana's grid
_HEIGHT: Final = 8
_SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}


@dataclass(frozen=True, slots=True)
class Panel:
    """A graph.

    Args:
        unit: As Grafana names it: `reqps`, `s`, `percentunit`, `bytes`, `short`.
        queries: Pairs of an expression and what its series are called.
    """

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page. `rows` hold up to four panels each."""

    uid: str
    title: str
    rows: tuple[tuple[Panel, ...], ...]


def render(dashboard: Dashboard) -> dict[str, Any]:
    """The dashboard in Grafana's JSON model."""
    panels: list[dict[str, Any]] = []
    for row, members in enumerate(dashboard.rows):
        width = _WIDTH // len(members)
        for column, panel in enumerate(members):
            place = {"x": column * width, "y": row * _HEIGHT, "w": width, "h": _HEIGHT}
            panels.append(_panel(panel, len(panels) + 1, place))
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["oms"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [_service_variable()] if _uses_service(dashboard) else []},
        "panels": panels,
    }


def _uses_service(dashboard: Dashboard) -> bool:
    return any("$service" in query for query in expressions(dashboard))


def expressions(dashboard: Dashboard) -> Sequence[str]:
    """Every PromQL expression of a dashboard."""
    return [query for row in dashboard.rows for panel in row for query, _ in panel.queries]


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    targets = [
        {
            "refId": chr(ord("A") + index),
            "expr": query,
            "legendFormat": legend,
            "exemplar": "_bucket" in query,
            "datasource": _SOURCE,
        }
        for index, (query, legend) in enumerate(panel.queries)
    ]
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list"}, "tooltip": {"mode": "multi"}},
        "targets": targets,
    }


def _service_variable() -> dict[str, Any]:
    return {
        "name": "service",
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": 'label_values(up{job="oms"}, service)', "refId": "service"},
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "current": {"text": "All", "value": "$__all"},
    }
