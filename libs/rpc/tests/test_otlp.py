"""Where traces go, which are kept, and that nothing is loaded for them unless they are wanted."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AsyncExitStack, suppress

import pytest
from oms_core import tracing
from oms_core.tracing import Kind
from oms_rpc.otlp import host_and_port, otlp_endpoint
from oms_rpc.settings import ServerSettings
from oms_rpc.telemetry import _sampler, open_tracer
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_trace_id
from pydantic import ValidationError
from structlog.testing import capture_logs

_SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("http://collector:4317", "http://collector:4317"),
        ("https://collector:443/", "https://collector:443"),
        ("http://jaeger:14268/api/traces", "http://jaeger:4317"),
        ("jaeger:6831", "http://jaeger:4317"),
        ("jaeger", "http://jaeger:4317"),
        ("http://[::1]:14250", "http://[::1]:4317"),
    ],
)
def test_an_address_of_jaeger_means_its_host(told: str, meant: str) -> None:
    assert otlp_endpoint(told) == meant
    host, port = host_and_port(meant)
    assert host in told
    assert str(port) in meant


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(ValidationError, match="JAEGER_ENDPOINT"):
        ServerSettings.model_validate({"JAEGER_ENDPOINT": "http://:4317"})


@pytest.mark.parametrize("told", ["http://127.0.0.1:14268/api/traces", "http://127.0.0.1:4317"])
async def test_a_mapped_address_is_warned_of(told: str) -> None:
    settings = ServerSettings.model_validate({"JAEGER_ENDPOINT": told, "ENABLE_TELEMETRY": "true"})
    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            assert open_tracer(None, settings, ["api"], stack) is not None
    warned = [each for each in logs if "JAEGER_ENDPOINT" in each["event"]]
    assert [each["endpoint"] for each in warned] == (
        ["http://127.0.0.1:4317"] if "14268" in told else []
    )


async def _names(ratio: float, parent: str) -> list[str]:
    exporter, passed_on = InMemorySpanExporter(), list[str]()
    provider = TracerProvider(sampler=_sampler(ratio))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    async with AsyncExitStack() as stack:
        open_tracer(provider, ServerSettings(), ["api"], stack)
        with tracing.span("alone"):
            pass
        with (
            suppress(KeyError),
            tracing.continued("outer", Kind.CONSUMER, parent),
            tracing.span("inner", db_system_name="sqlite"),
        ):
            passed_on.append(tracing.traceparent()[3:35])
            raise KeyError("secret")
        assert tracing.traceparent() == ""
    provider.shutdown()
    spans = exporter.get_finished_spans()
    assert passed_on == [format_trace_id(spans[0].context.trace_id) if spans else ""]
    # What went wrong is told by its kind alone: its text may hold a secret.
    assert {each.status.description for each in spans} <= {"KeyError"}
    assert not any(each.events for each in spans)
    return [each.name for each in spans]


async def test_what_a_caller_keeps_is_kept_and_the_rest_by_the_ratio() -> None:
    assert await _names(0, _SAMPLED) == ["inner", "outer"]
    assert await _names(1, _SAMPLED[:-1] + "0") == []
    assert await _names(1, "") == ["inner", "outer"]
    assert await _names(0, "") == []


def test_without_telemetry_spans_are_nothing() -> None:
    with tracing.span("nothing") as made:
        assert made is None
    with tracing.continued("nothing", Kind.CLIENT, _SAMPLED):
        assert tracing.traceparent() == ""
    assert not trace.get_current_span().is_recording()


def test_nothing_of_the_sdk_is_loaded_without_telemetry() -> None:
    code = (
        "import sys, oms_rpc, oms_core.tracing\n"
        "from oms_rpc.telemetry import open_tracer\n"
        "from oms_rpc import ServerSettings\n"
        "assert open_tracer(None, ServerSettings(), ['api'], None) is None\n"
        "found = [m for m in sys.modules if m.startswith(('opentelemetry.sdk', "
        "'opentelemetry.exporter', 'opentelemetry.instrumentation'))]\n"
        "sys.exit(', '.join(found) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
