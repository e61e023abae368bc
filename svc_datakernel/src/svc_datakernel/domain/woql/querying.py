"""Queries from a request to an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import orjson
from oms_core.errors import OmsError, PermissionDenied

from svc_datakernel.domain.graph.data_version import data_version
from svc_datakernel.domain.graph.requests import WoqlAnswer, WoqlRequest
from svc_datakernel.domain.graph.view import GraphView, Work
from svc_datakernel.domain.woql import rendering
from svc_datakernel.domain.woql.capabilities import TimedStatements
from svc_datakernel.domain.woql.compiling import Compiler
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.control import close
from svc_datakernel.domain.woql.goals.goal import Goal
from svc_datakernel.domain.woql.parsing import parse_request
from svc_datakernel.domain.woql.parsing.request import Request
from svc_datakernel.domain.woql.run import Limits, Run
from svc_datakernel.domain.woql.writing import Writer

EMPTY_ANSWER: Final = WoqlAnswer((), ())


class _Prepared:
    """A query over a commit, ready to run."""

    def __init__(self, view: GraphView, request: Request) -> None:
        context = Context.of(view)
        self.names = context.names
        self.writer = Writer(view, context.names)
        compiler = Compiler(context, self.writer)
        self.goal: Goal = compiler.compile(request.query)
        self.variables = compiler.scope.visible()[::-1]
        self.variable_names = compiler.scope.names()

    def row(self) -> bytes:
        """The row at hand."""
        return rendering.row(self.variables, self.names)

    def rows(self, run: Run) -> Iterator[bytes]:
        """Rows, each once what waited for its end is done."""
        solutions = self.goal.solve(run)
        try:
            for _ in solutions:
                mark = run.mark()
                if run.end_row():
                    yield self.row()
                run.undo(mark)
        finally:
            close(solutions)


def is_writing(body: bytes) -> bool:
    """Whether a request's query adds or deletes anything.

    Raises:
        InvalidQuery, UnsupportedOperation: see `query`.
    """
    return parse_request(body).is_writing


def query(view: GraphView, request: WoqlRequest) -> Work[WoqlAnswer]:
    """Runs a query. One that writes is run whole, whatever the page.

    Raises:
        InvalidQuery: it is no WOQL, or an operator got what it can't work with.
        UnsupportedOperation: an operator that the backend can't do; before anything runs.
        PermissionDenied: it writes, and may not.
        DeadlineExceeded: it takes too long.
        LimitExceeded: it needs too many rows or too much memory.
        SchemaViolation: what it writes breaks the schema.
    """
    parsed = _parsed(request)
    prepared = _Prepared(view, parsed)
    run = Run(Limits(timeout_s=request.timeout_s))
    run.check_deadline()
    _limit_statements(view, request.timeout_s)
    end = request.after_row + request.page_size
    page: list[bytes] = []
    has_more = False
    rows = prepared.rows(run)
    for number, row in enumerate(rows):
        run.check_rows(number + 1)
        if request.after_row <= number < end:
            run.hold(len(row) // 64 + 1)
            page.append(row)
        elif number >= end:
            has_more = True
            if not parsed.is_writing:
                break
    close(rows)
    # What writes goes on in the same transaction, which is not the query's to end.
    _limit_statements(view, None)
    written = prepared.writer.finish()
    answer = WoqlAnswer(prepared.variable_names, page, written.inserts, written.deletes, has_more)
    return Work(written.changes, answer)


def stream(view: GraphView, request: WoqlRequest) -> Iterator[bytes]:
    """Runs a query that only reads, as JSON Lines: the names of the variables, each row, and
    the counts. An error after the first line is the last line; before that it is raised.

    Raises:
        InvalidQuery, UnsupportedOperation, PermissionDenied, DeadlineExceeded.
    """
    prepared = _Prepared(view, _parsed(request))
    run = Run(Limits(timeout_s=request.timeout_s))
    run.check_deadline()
    _limit_statements(view, request.timeout_s)
    rows = prepared.rows(run)
    first = next(rows, None)
    yield _line({"@type": "PrefaceRecord", "names": prepared.variable_names})
    try:
        while first is not None:
            separator = b"" if first == b"{}" else b","
            yield b'{"@type":"Binding"' + separator + first[1:] + b"\n"
            first = next(rows, None)
    except OmsError as exc:
        yield _line({"@type": "ErrorRecord", **_described(exc)})
        return
    finally:
        close(rows)
    counts = {"status": "success", "inserts": 0, "deletes": 0, "transaction_retry_count": 0}
    counts["version"] = data_version(view.commit_id)
    yield _line({"@type": "PostscriptRecord", **counts})


def explain(view: GraphView, request: WoqlRequest) -> bytes:
    """How a query would be run, as JSON: its steps, with the statement of each join.

    Raises:
        InvalidQuery, UnsupportedOperation: see `query`.
    """
    parsed = parse_request(request.body)
    prepared = _Prepared(view, parsed)
    return orjson.dumps(
        {
            "variables": prepared.variable_names,
            "is_writing": parsed.is_writing,
            "plan": prepared.goal.explain(),
        }
    )


def _limit_statements(view: GraphView, seconds: float | None) -> None:
    if isinstance(view, TimedStatements):
        view.limit_statements(seconds)


def _parsed(request: WoqlRequest) -> Request:
    parsed = parse_request(request.body)
    if parsed.is_writing and not request.may_write:
        raise PermissionDenied(
            "the query writes, and this call may only read; send it as a query on a branch, with "
            "the permission to write",
            metadata={"permission": "kernel.documents.write"},
        )
    return parsed


def _line(record: dict[str, object]) -> bytes:
    return orjson.dumps(record) + b"\n"


def _described(error: OmsError) -> dict[str, object]:
    return {"reason": error.reason, "message": error.message, "metadata": error.metadata}
