"""Verifying callers."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from oms_core.clock import Clock
from oms_core.identity import Identity

_MAX_AGE_S = 60.0
_MAX_TOKENS = 10_000


class Authenticator(Protocol):
    """Turns a bearer token into the identity it proves."""

    async def authenticate(self, token: str) -> Identity:
        """Verifies a token.

        Raises:
            TokenInvalid: it is malformed, wrongly signed, or of an algorithm not accepted.
            TokenExpired: it has expired.
        """
        ...


class CachingAuthenticator:
    """Remembers verified tokens for at most 60 s and never beyond their expiry.

    A list of revoked tokens belongs in front of the cache, so that it takes effect at once.
    """

    def __init__(self, inner: Authenticator, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._known: dict[str, tuple[Identity, float]] = {}

    def recall(self, token: str) -> Identity | None:
        """The identity of a token that was verified lately; None when it has to be verified."""
        found = self._known.get(token)
        if found is None:
            return None
        if found[1] <= self._clock.now().timestamp():
            del self._known[token]
            return None
        return found[0]

    async def authenticate(self, token: str) -> Identity:
        """Verifies a token and remembers it. Raises what the inner authenticator raises."""
        identity = await self._inner.authenticate(token)
        if identity.token != token:
            identity = replace(identity, token=token)
        until = min(identity.expires_at, self._clock.now().timestamp() + _MAX_AGE_S)
        if len(self._known) >= _MAX_TOKENS:
            # Insertion order: the token that was verified longest ago goes first.
            del self._known[next(iter(self._known))]
        self._known[token] = (identity, until)
        return identity
