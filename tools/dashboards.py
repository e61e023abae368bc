"""Writes Grafana's dashboards into deploy/monitoring: `python tools/dashboards.py`.

A dashboard is rows of panels; a panel is a title, a unit and PromQL expressions with legends.
`make gen` runs it, and a test compares what is there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from dashboard_json import Dashboard, Panel, render

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "deploy" / "monitoring" / "grafana" / "dashboards"

_CALLS: Final = 'grpc_service=~"oms[.].+", service=~"$service"'


def _quantiles(metric: str, by: str, selector: str = "") -> tuple[tuple[str, str], ...]:
    rate = f"rate({metric}_bucket{{{selector}}}[$__rate_interval])"
    return tuple(
        (
            f"histogram_quantile({q}, sum by (le, {by}) ({rate}))",
            f"{{{{{by}}}}} p{round(q * 100)}",
        )
        for q in (0.5, 0.99)
    )


def _rate(metric: str, by: str, selector: str = "") -> tuple[str, str]:
    legend = " ".join(f"{{{{{label.strip()}}}}}" for label in by.split(","))
    return f"sum by ({by}) (rate({metric}{{{selector}}}[$__rate_interval]))", legend


DASHBOARDS: Final = (
    Dashboard(
        "oms-overview",
        "OMS: overview",
        (
            (
                Panel("Calls", "reqps", (("sum by (service) (oms:calls:rate5m)", "{{service}}"),)),
                Panel(
                    "Calls that failed by our fault",
                    "percentunit",
                    (("oms:calls_failed:ratio_rate5m", "{{service}}"),),
                ),
                Panel(
                    "Calls over a second",
                    "percentunit",
                    (("oms:calls_slow:ratio_rate5m", "{{service}}"),),
                ),
            ),
            (
                Panel(
                    "Budget of errors burnt in 3 days (1 = all of it)",
                    "short",
                    (("oms:calls_failed:ratio_rate3d / 0.001", "{{service}}"),),
                ),
                Panel("Targets", "short", (('up{job="oms"}', "{{service}} {{instance}}"),)),
                Panel(
                    "HTTP requests",
                    "reqps",
                    (("sum by (status) (oms:http_requests:rate5m)", "{{status}}"),),
                ),
            ),
            (
                Panel("Memory", "bytes", (("memory_usage_bytes", "{{service}} {{instance}}"),)),
                Panel(
                    "Cores used", "short", (_rate("process_cpu_seconds_total", "service,instance"),)
                ),
                Panel(
                    "Open connections",
                    "short",
                    (("active_connections", "{{service}} {{instance}}"),),
                ),
            ),
        ),
    ),
    Dashboard(
        "oms-calls",
        "OMS: calls",
        (
            (
                Panel(
                    "Calls by method",
                    "reqps",
                    (_rate("grpc_server_started_total", "grpc_service,grpc_method", _CALLS),),
                ),
                Panel(
                    "Outcomes",
                    "reqps",
                    (_rate("grpc_server_handled_total", "grpc_code", _CALLS),),
                ),
            ),
            (
                Panel(
                    "Duration",
                    "s",
                    _quantiles("grpc_server_handling_seconds", "grpc_method", _CALLS),
                ),
                Panel(
                    "In flight",
                    "short",
                    (
                        (
                            f"sum by (grpc_method) (grpc_server_in_flight{{{_CALLS}}})",
                            "{{grpc_method}}",
                        ),
                    ),
                ),
            ),
            (
                Panel(
                    "HTTP requests",
                    "reqps",
                    (_rate("http_requests_total", "method,status", 'service=~"$service"'),),
                ),
                Panel(
                    "HTTP duration",
                    "s",
                    _quantiles("http_request_duration_seconds", "method", 'service=~"$service"'),
                ),
            ),
            (
                Panel(
                    "Tokens looked at",
                    "reqps",
                    (_rate("authentication_attempts_total", "outcome", 'service=~"$service"'),),
                ),
                Panel(
                    "Permissions that were missing",
                    "reqps",
                    (_rate("authorization_failures_total", "permission", 'service=~"$service"'),),
                ),
                Panel(
                    "Audit records",
                    "reqps",
                    (_rate("audit_events_total", "class,code", 'service=~"$service"'),),
                ),
            ),
        ),
    ),
    Dashboard(
        "oms-stores",
        "OMS: databases and caches",
        (
            (
                Panel(
                    "Connections lent",
                    "short",
                    (
                        ("sum by (pool) (database_connections_active)", "{{pool}}"),
                        ("sum by (pool) (database_connections_limit)", "{{pool}}, most"),
                    ),
                ),
                Panel(
                    "Fullest pool",
                    "percentunit",
                    (("max by (pool) (oms:database_connections:ratio)", "{{pool}}"),),
                ),
            ),
            (
                Panel("Cache hits", "percentunit", (("cache_hit_ratio", "{{service}} {{tier}}"),)),
                Panel(
                    "Cache reads",
                    "reqps",
                    (_rate("oms_kernel_cache_reads_total", "tier,outcome"),),
                ),
                Panel(
                    "Cache size",
                    "bytes",
                    (("oms_kernel_cache_size_bytes", "{{service}} {{instance}}"),),
                ),
            ),
        ),
    ),
    Dashboard(
        "oms-events",
        "OMS: events",
        (
            (
                Panel(
                    "Events published",
                    "reqps",
                    (_rate("event_gateway_messages_published_total", "stream"),),
                ),
                Panel("Events relayed", "reqps", (_rate("oms_events_relayed_total", "database"),)),
            ),
            (
                Panel(
                    "Age of the oldest commit in hand",
                    "s",
                    (("oms_events_relay_lag_seconds", "{{database}}"),),
                ),
                Panel(
                    "Commits in hand", "short", (("oms_events_relay_lag_commits", "{{database}}"),)
                ),
                Panel(
                    "Beginnings anew",
                    "short",
                    (("increase(oms_events_relay_restarts_total[$__range])", "{{database}}"),),
                ),
            ),
        ),
    ),
    Dashboard(
        "oms-scheduler",
        "OMS: scheduler",
        (
            (
                Panel("Leading", "short", (("oms_scheduler_leading", "{{instance}}"),)),
                Panel("Term", "short", (("max(oms_scheduler_fencing_token)", "token"),)),
                Panel(
                    "Runs recorded",
                    "reqps",
                    (_rate("oms_scheduler_runs_recorded_total", "service"),),
                ),
            ),
            (
                Panel("Lateness", "s", _quantiles("oms_scheduler_lateness_seconds", "service")),
                Panel(
                    "Attempts", "reqps", (_rate("scheduler_jobs_executed_total", "kind,outcome"),)
                ),
                Panel(
                    "Duration of attempts", "s", _quantiles("oms_scheduler_attempt_seconds", "kind")
                ),
            ),
            (
                Panel("Runs in hand", "short", (("oms_scheduler_runs_running", "{{instance}}"),)),
                Panel(
                    "Reports that came too late",
                    "short",
                    (("increase(oms_scheduler_stale_reports_total[$__range])", "{{instance}}"),),
                ),
            ),
        ),
    ),
    Dashboard(
        "oms-embedding",
        "OMS: embedding",
        (
            (
                Panel("Requests", "reqps", (_rate("embedding_requests_total", "model,code"),)),
                Panel("Texts", "reqps", (_rate("oms_embedding_texts_total", "model"),)),
                Panel("Tokens that wait", "short", (("oms_embedding_queue_tokens", "{{model}}"),)),
            ),
            (
                Panel(
                    "Duration of a batch", "s", _quantiles("oms_embedding_batch_seconds", "model")
                ),
                Panel(
                    "Padding",
                    "percentunit",
                    (
                        (
                            "rate(oms_embedding_padding_tokens_total[$__rate_interval])"
                            " / (rate(oms_embedding_tokens_total[$__rate_interval])"
                            " + rate(oms_embedding_padding_tokens_total[$__rate_interval]))",
                            "{{model}}",
                        ),
                    ),
                ),
                Panel("Refused", "reqps", (_rate("oms_embedding_refused_total", "model"),)),
            ),
            (
                Panel(
                    "Calls to providers",
                    "reqps",
                    (_rate("oms_embedding_provider_calls_total", "model,provider"),),
                ),
                Panel(
                    "Failures of providers",
                    "reqps",
                    (_rate("oms_embedding_provider_failures_total", "provider,kind"),),
                ),
                Panel(
                    "Cost per hour",
                    "short",
                    (
                        (
                            "sum by (model) (increase(oms_embedding_provider_cost_total[1h]))",
                            "{{model}}",
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def files() -> dict[Path, str]:
    """What every file has to hold."""
    return {
        FOLDER / f"{dashboard.uid}.json": json.dumps(render(dashboard), indent=2) + "\n"
        for dashboard in DASHBOARDS
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in files().items():
        path.write_text(text)
