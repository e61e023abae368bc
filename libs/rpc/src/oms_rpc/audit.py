"""Where calls that change something are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from oms_core.logging import get_logger

from oms_rpc.policy import AuditClass


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who called what, and how it went.

    `resource` is the request's `name` or `parent`, empty when it has neither. `code` is
    the name of the status code, `reason` that of the error, empty for a success.
    """

    audit_class: AuditClass
    method: str
    request_id: str
    subject: str
    username: str
    resource: str
    code: str
    reason: str


class AuditSink(Protocol):
    """Takes the record of every call whose audit class asks for one."""

    async def record(self, record: AuditRecord) -> None:
        """Records a call that has ended. Called once a call, before its answer is sent."""
        ...


class LogAuditSink:
    """Writes records to the log."""

    def __init__(self) -> None:
        self._log = get_logger()

    async def record(self, record: AuditRecord) -> None:
        self._log.info(
            "audit",
            audit_class=record.audit_class.name,
            method=record.method,
            resource=record.resource,
            username=record.username,
            code=record.code,
            reason=record.reason,
        )
