"""Metrics and spans of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import InvalidField
from oms_rpc.authentication import CachingAuthenticator
from oms_security import TokenAuthenticator
from oms_testing.suite import security_settings
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from prometheus_client import REGISTRY
from svc_graphql.transport.engine import Answer, Endpoints, OperationKind, OperationRequest
from svc_graphql.transport.running import Running

from .test_running import NOBODY, Fake

_COUNT = "graphql_operations_total"


class Named(Fake):
    """An operation whose answer and kind are told."""

    def __init__(
        self, name: str, work: Callable[[], Any], kind: OperationKind = OperationKind.QUERY
    ) -> None:
        super().__init__(work)
        self.name = name
        self.kind = kind

    async def execute(self) -> Answer:
        return Answer(b"{}", has_errors=await self._work())


def running(engine: Any, tracer: Any = None) -> Running:
    clock = SystemClock()
    tokens = CachingAuthenticator(TokenAuthenticator(security_settings()), clock)
    return Running(Endpoints(engine), tokens, timeout_s=60, tracer=tracer)


def counted(operation: str, outcome: str, kind: str = "query") -> float:
    labels = {"endpoint": "metamodel", "type": kind, "operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value(_COUNT, labels) or 0.0


async def _answer(has_errors: bool) -> bool:
    return has_errors


async def _fail() -> bool:
    raise InvalidField.of("x", "is wrong")


@pytest.mark.parametrize(
    ("work", "outcome"),
    [(lambda: _answer(False), "ok"), (lambda: _answer(True), "partial"), (_fail, "error")],
)
async def test_each_operation_is_counted_by_its_outcome_and_is_a_span(
    work: Callable[[], Any], outcome: str
) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    name = f"Watched{outcome}"
    runs = running(Named(name, work, OperationKind.MUTATION), provider.get_tracer("test"))
    operation = await runs.prepare("/graphql", OperationRequest("{a}"), NOBODY)
    if outcome == "error":
        with pytest.raises(InvalidField):
            await runs.execute(operation, "/graphql")
    else:
        await runs.execute(operation, "/graphql")
    assert counted(name, outcome, "mutation") == 1
    (span,) = exporter.get_finished_spans()
    assert span.name == f"GraphQL mutation {name}"
    assert dict(span.attributes or {}) == {
        "graphql.operation.type": "mutation",
        "graphql.operation.name": name,
        "url.path": "/graphql",
    }
    # What failed is told without a word of its message, which may hold values.
    failed = outcome == "error"
    assert span.status.status_code is (StatusCode.ERROR if failed else StatusCode.UNSET)
    assert span.status.description == ("InvalidField" if failed else None)
    provider.shutdown()


async def test_names_of_operations_beyond_the_first_share_a_label() -> None:
    runs = running(Named("", lambda: _answer(False)))
    before = counted("(other)", "ok")
    for n in range(203):
        operation = Named(f"Many{n}", lambda: _answer(False))
        await runs.execute(operation, "/graphql")
    assert counted("(other)", "ok") - before == 3
    assert counted("Many199", "ok") == 1
    assert counted("Many202", "ok") == 0


async def test_a_subscription_is_counted_while_it_is_open() -> None:
    engine = Named("Open", lambda: _answer(False), OperationKind.SUBSCRIPTION)
    runs = running(engine)
    gauge = {"endpoint": "metamodel"}

    def is_open() -> float:
        return REGISTRY.get_sample_value("graphql_subscriptions", gauge) or 0.0

    before = is_open()
    stream = runs.stream(engine, "/graphql")
    assert await anext(stream) == b"{}"
    assert is_open() - before == 1
    await stream.aclose()
    assert is_open() == before
    assert counted("Open", "ended", "subscription") == 1
