"""Structured logging: one JSON object a line on standard error."""

from __future__ import annotations

import atexit
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from oms_core.call import current_call
from oms_core.log_lines import LineLogger

# structlog keeps this very list; whoever wants to change the lines changes it.
_processors: list[structlog.typing.Processor] = []
_LEVELS = {"warn": "warning", "exception": "error"}
_JSON_OPTIONS = orjson.OPT_UTC_Z


def _render(_logger: Any, method: str, event: structlog.typing.EventDict) -> str:
    """Finishes a line in one step: a chain of processors costs a busy server twice as much."""
    event["level"] = _LEVELS.get(method, method)
    _bind_call(_logger, method, event)
    event["timestamp"] = datetime.now(UTC)
    if "exc_info" in event:
        structlog.processors.format_exc_info(_logger, method, event)
    return orjson.dumps(event, default=str, option=_JSON_OPTIONS).decode()


def _bind_call(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    call = current_call()
    if call is not None:
        event.setdefault("request_id", call.request_id)
        if call.identity is not None:
            event.setdefault("subject", call.identity.subject)
    return event


def _to_json(obj: Any, **_kw: Any) -> str:
    return orjson.dumps(obj, default=str).decode()


def configure_logging(level: str = "INFO") -> None:
    """Sets up structlog and routes the standard library's loggers through it.

    Args:
        level: Lowest level that is written: DEBUG, INFO, WARNING or ERROR.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        _bind_call,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    numeric = logging.getLevelNamesMapping()[level.upper()]
    lines = LineLogger(sys.stderr)
    atexit.register(lines.flush)
    _processors[:] = [_render]
    _often.lines = lines if numeric <= logging.INFO else None
    structlog.configure(
        processors=_processors,
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(_to_json),
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(numeric, logging.INFO))


class _Often:
    """Where `log_often` may write; None while lines of level info are not wanted."""

    lines: LineLogger | None = None


_often = _Often()


def log_often(log: Any, event: str, fields: dict[str, Any]) -> None:
    """Logs an event at level info that comes with every call.

    It goes past structlog, whose way costs a call 30 µs on a busy server, as long as the
    processors are those that `configure_logging` set up.

    Args:
        log: The logger to use otherwise.
        fields: Taken over, and changed.
    """
    if structlog.get_config()["processors"] is _processors and _processors == [_render]:
        if _often.lines is not None:
            fields["event"] = event
            _often.lines.info(_render(None, "info", fields))
        return
    log.info(event, **fields)


def get_logger() -> Any:
    """A structlog logger: `log.info("constant message", field=value)`."""
    return structlog.get_logger()
