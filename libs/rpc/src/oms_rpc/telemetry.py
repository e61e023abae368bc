"""Tracing with OpenTelemetry: spans of served calls and of calls to peers.

`opentelemetry-instrumentation-grpc` decides what is traced at all (its filters). Its
interceptors are not used: they never end the span of a cancelled call and replace a
stream's call object by a bare generator.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager, nullcontext
from functools import cache
from types import SimpleNamespace
from typing import Any

import grpc
import structlog
from oms_core import tracing
from oms_core.logging import get_logger
from oms_core.tracing import TRACEPARENT, Kind
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes.rpc_attributes import (
    RPC_GRPC_STATUS_CODE,
    RPC_METHOD,
    RPC_SERVICE,
    RPC_SYSTEM,
)
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from oms_rpc.otlp import otlp_endpoint
from oms_rpc.settings import ServerSettings

_NOTHING = nullcontext()
_SHUTDOWN_S = 5.0
_propagator = TraceContextTextMapPropagator()
_KEYS = frozenset({TRACEPARENT, "tracestate"})
# The server's own faults; the others are the caller's and leave the span unset.
# Source: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
_SERVER_FAULTS = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
_NUMBERS: dict[str, int] = {code.name: code.value[0] for code in grpc.StatusCode}


def is_traced(path: str) -> bool:
    """Whether calls of a method get spans: health, reflection and channelz do not."""
    details: Any = SimpleNamespace(method=path)
    return _wanted()(details)


@cache
def _wanted() -> Callable[[Any], bool]:
    # Loaded only when there is a tracer: its package takes a tenth of a second to import.
    from opentelemetry.instrumentation.grpc import filters

    return filters.negate(
        filters.any_of(
            filters.health_check(),
            filters.service_prefix("oms.health.v1"),
            filters.service_prefix("grpc.reflection"),
            filters.service_prefix("grpc.channelz"),
        )
    )


def extract(metadata: Iterable[tuple[str, Any]]) -> Context:
    """The trace context that a call's metadata carries."""
    return _propagator.extract({key: value for key, value in metadata if key in _KEYS})


def inject(span: Span) -> list[tuple[str, str]]:
    """The metadata that continues a span at a peer."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, trace.set_span_in_context(span))
    return list(carrier.items())


@contextmanager
def server_span(tracer: Tracer, path: str, parent: Context) -> Generator[Span]:
    """Makes a span of a served call the current one; ends it with the block."""
    caller = trace.get_current_span(parent)
    if _is_left_out(caller.get_span_context()):
        with trace.use_span(caller):
            yield caller
        return
    with tracer.start_as_current_span(
        path.lstrip("/"),
        context=parent,
        kind=SpanKind.SERVER,
        attributes=_attributes(path),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


def client_span(tracer: Tracer, path: str) -> Span:
    """Starts a span of a call to a peer, below the current one. The caller ends it."""
    current = trace.get_current_span()
    if _is_left_out(current.get_span_context()):
        return current
    return tracer.start_span(path.lstrip("/"), kind=SpanKind.CLIENT, attributes=_attributes(path))


def _is_left_out(context: SpanContext) -> bool:
    """Whether it was decided elsewhere that a trace is not kept: it is passed on, and costs no
    more."""
    return context.is_valid and not context.trace_flags.sampled


def set_outcome(span: Span, code: str, *, is_client: bool = False) -> None:
    """Notes the status code that a call ended with."""
    if not span.is_recording():
        return
    span.set_attribute(RPC_GRPC_STATUS_CODE, _NUMBERS[code])
    if code != "OK" and (is_client or code in _SERVER_FAULTS):
        span.set_status(Status(StatusCode.ERROR, code))


def _attributes(path: str) -> dict[str, str]:
    service, _, method = path.lstrip("/").partition("/")
    return {RPC_SYSTEM: "grpc", RPC_SERVICE: service, RPC_METHOD: method}


def open_tracer(
    provider: Any, settings: ServerSettings, services: Sequence[str], stack: AsyncExitStack
) -> Tracer | None:
    """The tracer of a server; None when telemetry is off.

    Args:
        provider: Used as it is when given. Otherwise, with telemetry on, one is made that
            exports over OTLP and is shut down with the stack.
        settings: Say whether and where to.
        services: Name the process in traces.
        stack: Takes what is opened.
    """
    if provider is None and settings.telemetry:
        provider = _otlp_provider(settings, services)
        stack.push_async_callback(_shut_down, provider)
    if provider is None:
        return None
    tracer = provider.get_tracer("oms_rpc")
    spans = _Spans(tracer)
    tracing.install(spans)
    stack.callback(tracing.uninstall, spans)
    return tracer


class _Spans:
    """`oms_core.tracing.Tracing` on OpenTelemetry."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def span(
        self, name: str, kind: Kind, attributes: dict[str, str | int]
    ) -> AbstractContextManager[Any]:
        if not trace.get_current_span().is_recording():
            return _NOTHING
        return self._started(name, kind, attributes, None)

    def continued(
        self, name: str, kind: Kind, parent: str, attributes: dict[str, str | int]
    ) -> AbstractContextManager[Any]:
        context = _propagator.extract({TRACEPARENT: parent}, Context()) if parent else Context()
        return self._started(name, kind, attributes, context)

    def traceparent(self) -> str:
        span = trace.get_current_span()
        return dict(inject(span)).get(TRACEPARENT, "") if span.is_recording() else ""

    @contextmanager
    def _started(
        self, name: str, kind: Kind, attributes: dict[str, str | int], context: Context | None
    ) -> Generator[Span]:
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=SpanKind[kind.value],
            attributes={key.replace("_", "."): value for key, value in attributes.items()},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as exc:
                # By its kind alone: its text may hold a secret.
                span.set_status(Status(StatusCode.ERROR, type(exc).__name__))
                raise


async def _shut_down(provider: Any) -> None:
    """Sends what is left. In a thread and bounded: the exporter retries while nobody listens."""
    waiting = asyncio.create_task(asyncio.to_thread(provider.shutdown))
    _, late = await asyncio.wait([waiting], timeout=_SHUTDOWN_S)
    if late:
        get_logger().warning("spans could not be sent in time", waited_s=_SHUTDOWN_S)


def _otlp_provider(settings: ServerSettings, services: Sequence[str]) -> Any:
    # Loaded only when telemetry is on: the SDK and its exporter take a while to import.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = services[0] if len(services) == 1 else "monolith"
    endpoint = otlp_endpoint(settings.trace_endpoint)
    if endpoint != settings.trace_endpoint.rstrip("/"):
        get_logger().warning(
            "traces go to OTLP's port of the host in JAEGER_ENDPOINT; use OMS_OTLP_ENDPOINT",
            endpoint=endpoint,
        )
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"oms-{name}"}),
        sampler=_sampler(settings.trace_sample_ratio),
    )
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=not endpoint.startswith("https"))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _sampler(ratio: float | None) -> Any:
    """Keeps a share of the traces that begin here, and of a caller's what the caller keeps."""
    if ratio is None:
        return None  # OTEL_TRACES_SAMPLER's, which is as parent-based
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    return ParentBased(TraceIdRatioBased(ratio))


def current_trace_id() -> str:
    """The id of the current trace, in hexadecimal; empty when it is not sampled."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.trace_flags.sampled else ""


def bind_trace_ids() -> None:
    """Adds `trace_id` to every log line that is written within a span."""
    processors = structlog.get_config()["processors"]
    processors.insert(0, _add_trace_id)


def _add_trace_id(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event
