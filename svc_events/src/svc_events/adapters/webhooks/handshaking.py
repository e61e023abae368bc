"""Asks endpoints whether they want events from here."""

from __future__ import annotations

from typing import Final

from oms_core.errors import InvalidField
from oms_outbound import OutboundClient, OutboundError, OutboundRequest

from svc_events.domain.webhooks.handshake import (
    ALLOWED_ORIGIN,
    ALLOWED_RATE,
    REQUEST_ORIGIN,
    REQUEST_RATE,
    Agreement,
    agreement,
    requested_rate,
)
from svc_events.domain.webhooks.model import Settings

_FIRST_PAUSE_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 3600.0


class Handshaker:
    """Makes handshakes.

    Args:
        origin: What this deployment calls itself, a host name.
    """

    def __init__(self, client: OutboundClient, origin: str) -> None:
        self._client = client
        self._origin = origin

    async def ask(self, settings: Settings) -> Agreement:
        """Asks the endpoint of these settings. No answer is no agreement."""
        headers = dict(settings.headers) | {REQUEST_ORIGIN: self._origin}
        rate = requested_rate(settings.rate_limit)
        if rate is not None:
            headers[REQUEST_RATE] = rate
        request = OutboundRequest(
            url=settings.url, method="OPTIONS", headers=headers, timeout_s=settings.timeout_s
        )
        try:
            response = await self._client.send(request)
        except (OutboundError, InvalidField) as exc:
            return Agreement(False, f"the handshake failed: {exc.message[:400]}")
        return agreement(
            response.status,
            response.header(ALLOWED_ORIGIN),
            response.header(ALLOWED_RATE),
            self._origin,
        )


def pause_s(count: int) -> float:
    """How long until an endpoint is asked again that refused so many times."""
    return min(_FIRST_PAUSE_S * 2 ** min(count, 10), _LONGEST_PAUSE_S)
