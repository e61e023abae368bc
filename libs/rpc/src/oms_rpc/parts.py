"""What the stages of the chain need besides the method and the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oms_rpc.admission import Admission
from oms_rpc.audit import AuditSink
from oms_rpc.authentication import CachingAuthenticator
from oms_rpc.fences import Fences
from oms_rpc.rpc import InFlight


@dataclass(frozen=True, slots=True)
class Parts:
    """Shared by every method of one server. `tracer` is None when telemetry is off."""

    authenticator: CachingAuthenticator
    audit: AuditSink
    in_flight: InFlight
    admission: Admission
    fences: Fences
    log: Any
    tracer: Any
    max_message_bytes: int
    default_deadline_s: float
    max_deadline_s: float
    audit_reads: bool
