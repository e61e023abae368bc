"""One attempt: what a target does, within its time, and what it tells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

import orjson
from oms_core.errors import OmsError
from oms_core.logging import get_logger
from oms_core.tracing import Kind, continued

from svc_scheduler.adapters import metrics
from svc_scheduler.adapters.working.claims import MAX_LOST, Claim, Report
from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.domain.runs.model import State
from svc_scheduler.domain.runs.retries import delay
from svc_scheduler.domain.targets.attempts import Attempt, AttemptFailed, TargetRunner
from svc_scheduler.domain.targets.model import ABSENT, Json
from svc_scheduler.job_convert import replaced

MAX_RESULT_BYTES: Final = 64 * 1024
MAX_LINES: Final = 1_000
MAX_LINE: Final = 1_000
_TOKEN_MARGIN: Final = timedelta(minutes=1)


class IssuesTokens(Protocol):
    """Lends a run what it may do."""

    def token(
        self,
        job_id: str,
        author_roles: Iterable[str],
        permissions: Iterable[str],
        ttl: timedelta,
    ) -> str:
        """A bearer token."""
        ...


@dataclass(slots=True)
class AttemptLog:
    """The first lines that an attempt told."""

    lines: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    dropped: int = 0

    def tell(self, text: str) -> None:
        """Adds the lines of a text."""
        for line in text.splitlines() or [""]:
            if len(self.lines) >= MAX_LINES:
                self.dropped += 1
                continue
            # PostgreSQL's JSON has no NUL.
            kept = line[:MAX_LINE].replace("\0", "\N{SYMBOL FOR NULL}")
            self.lines.append((time.time(), kept))


class AttemptRunner:
    """Carries attempts out.

    Args:
        worker: Id of this worker.
    """

    def __init__(self, targets: TargetRunner, tokens: IssuesTokens, worker: str) -> None:
        self._targets = targets
        self._tokens = tokens
        self._worker = worker
        self._log = get_logger()

    async def run(self, claim: Claim, is_cancelled: Callable[[], bool]) -> Report:
        """Carries an attempt out and tells how it ended.

        A cancellation of the task ends the attempt: as cancelled when `is_cancelled` says so,
        else it is raised.
        """
        log = AttemptLog()
        before = _before(claim)
        if before is not None:
            return self._report(claim, log, before)
        settings = claim.job.settings
        assert settings is not None
        kind, began = type(settings.target).__name__, time.perf_counter()
        with continued(f"attempt {kind}", Kind.CONSUMER, "", oms_run=claim.name):
            outcome = await self._outcome(claim, settings, log, is_cancelled)
        metrics.EXECUTED.labels(kind, outcome.state.name).inc()
        metrics.SECONDS.labels(kind).observe(time.perf_counter() - began)
        return self._report(claim, log, outcome)

    async def _outcome(
        self,
        claim: Claim,
        settings: JobSettings,
        log: AttemptLog,
        is_cancelled: Callable[[], bool],
    ) -> _Outcome:
        try:
            async with asyncio.timeout(settings.timeout.total_seconds()):
                result = await self._carry_out(claim, settings, log)
            return _Outcome(State.SUCCEEDED, result=_result(result))
        except AttemptFailed as exc:
            return _failed(claim, settings, exc)
        except TimeoutError:
            seconds = settings.timeout.total_seconds()
            late = AttemptFailed("DEADLINE_EXCEEDED", f"it took longer than {seconds:g} s")
            return _failed(claim, settings, late)
        except asyncio.CancelledError:
            if not is_cancelled():
                raise
            return _Outcome(State.CANCELLED, "cancelled while it ran")
        except Exception as exc:  # noqa: BLE001 - a target's driver may raise anything
            # Its text may hold a secret, so it is logged only.
            self._log.exception("attempt failed unforeseen", run=claim.name)
            return _failed(claim, settings, AttemptFailed("INTERNAL", type(exc).__name__))

    async def _carry_out(self, claim: Claim, settings: JobSettings, log: AttemptLog) -> Json:
        try:
            token = self._tokens.token(
                claim.job.id,
                claim.job.author_roles,
                settings.permissions,
                settings.timeout + _TOKEN_MARGIN,
            )
        except OmsError as exc:
            raise AttemptFailed("PERMISSION_DENIED", exc.message, is_final=True) from exc
        attempt = Attempt(
            run=claim.name,
            idempotency_key=f"{claim.key.job_uid}-{claim.key.id}",
            number=claim.attempt,
            fencing_token=claim.fencing_token,
            fire_time=claim.fire_time,
            token=token,
            tell=log.tell,
        )
        return await self._targets.run(replaced(settings.target, claim.parameters), attempt)

    def _report(self, claim: Claim, log: AttemptLog, outcome: _Outcome) -> Report:
        return Report(
            claim,
            self._worker,
            outcome.state,
            outcome.reason,
            outcome.delay,
            outcome.result,
            outcome.error,
            log.lines,
            log.dropped,
        )


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: State
    reason: str = ""
    delay: timedelta | None = None
    result: str | None = None
    error: Mapping[str, str] | None = None


def _before(claim: Claim) -> _Outcome | None:
    """How an attempt ends that is not begun; None: it is."""
    settings = claim.job.settings
    if claim.is_cancelled:
        return _Outcome(State.CANCELLED, "cancelled before it ran")
    if settings is None:
        return _Outcome(State.FAILED, error=_error("FAILED_PRECONDITION", claim.job.fault))
    if claim.lost >= MAX_LOST:
        message = f"{claim.lost} workers gave no sign of life while they had it"
        return _Outcome(State.FAILED, error=_error("ABORTED", message))
    if settings.expire_time is not None and claim.now > settings.expire_time:
        return _Outcome(State.EXPIRED, "the job has expired")
    return None


def _failed(claim: Claim, settings: JobSettings, failure: AttemptFailed) -> _Outcome:
    # Workers that died or were stopped say nothing about the target.
    count = claim.attempt - claim.lost - claim.given_back
    wait = None if failure.is_final else delay(settings.retry, count, failure.asked_s)
    error = _error(failure.code, failure.message, failure.reason)
    if wait is None:
        return _Outcome(State.FAILED, error=error)
    return _Outcome(State.PENDING, "waits for its next attempt", wait, error=error)


def _error(code: str, message: str, reason: str = "") -> Mapping[str, str]:
    clean = message.replace("\0", "\N{SYMBOL FOR NULL}")
    return {"code": code, "reason": reason, "message": clean}


def _result(value: Any) -> str | None:
    """What is kept of a result, as JSON text."""
    if value is ABSENT:
        return None
    raw = orjson.dumps(value, default=str)
    if len(raw) > MAX_RESULT_BYTES:
        raw = orjson.dumps(raw[:MAX_RESULT_BYTES].decode(errors="replace"))
    # PostgreSQL's JSON has no NUL.
    return raw.decode().replace("\\u0000", "\N{SYMBOL FOR NULL}")
