"""What callers are told when NATS is of no help."""

from __future__ import annotations

from oms_core.errors import ServiceUnavailable


def unavailable(why: str) -> ServiceUnavailable:
    """The error of a call that needed NATS; safe to retry.

    Args:
        why: In few words, without addresses and secrets.
    """
    return ServiceUnavailable(
        f"NATS can't be used right now ({why}); try again later",
        metadata={"service": "nats"},
        retry_after_s=1.0,
    )
