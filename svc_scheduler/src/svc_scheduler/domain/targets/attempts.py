"""Carrying out a target, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from svc_scheduler.domain.targets.model import Json, Target

MAX_MESSAGE: Final = 2_000
"""Characters of what is kept of an error's message."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a run.

    Args:
        run: Name of the run, `jobs/{job}/runs/{run}`: with it goes who is told of the run.
        idempotency_key: The same in every attempt of a run, and of no other run.
        number: From 1.
        fencing_token: Larger than that of every attempt before it.
        fire_time: The time of the schedule; that of the record for a run by hand.
        token: Bearer token that lends what the run may do; secret.
        tell: Adds a line to the attempt's log. Quick.
    """

    run: str
    idempotency_key: str
    number: int
    fencing_token: int
    fire_time: datetime
    token: str = field(repr=False)
    tell: Callable[[str], None] = field(repr=False, compare=False)


class AttemptFailed(Exception):
    """An attempt that did not succeed.

    Args:
        code: Name of a gRPC status code.
        message: What happened, without secrets; cut at `MAX_MESSAGE` characters.
        reason: Reason of OMS, or empty.
        is_final: Whether the same would happen again, so that it is not repeated.
        asked_s: How long the target asks to be left alone, in seconds.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        reason: str = "",
        is_final: bool = False,
        asked_s: float | None = None,
    ) -> None:
        super().__init__(message[:MAX_MESSAGE])
        self.code = code
        self.message = message[:MAX_MESSAGE]
        self.reason = reason
        self.is_final = is_final
        self.asked_s = asked_s


class TargetRunner(Protocol):
    """Knows how to do what targets say."""

    def check(self, target: Target, field: str) -> frozenset[str]:
        """Makes sure that a target can be carried out.

        Args:
            field: Path of the target in the request, for errors, such as `job.target`.
        Returns:
            The permissions that it needs.
        Raises:
            InvalidField: names what it does not have, or what there is not.
            UrlRefused: a URL that can't be or must not be called.
        """
        ...

    async def run(self, target: Target, attempt: Attempt) -> Json:
        """Carries a target out; ends soon when it is cancelled.

        Returns:
            What came of it, as JSON, or `ABSENT`.
        Raises:
            AttemptFailed: it did not succeed.
        """
        ...
