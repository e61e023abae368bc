"""Verifying callers."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from oms_core.clock import Clock
from oms_core.errors import TokenInvalid, TokenMissing
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

    Keys are whole `authorization` headers, so that a known caller costs one lookup. A list
    of revoked tokens belongs in front of the lookup, so that it takes effect at once.
    """

    def __init__(self, inner: Authenticator, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._known: dict[str, tuple[Identity, float]] = {}

    def recall(self, header: str | None) -> Identity | None:
        """The identity of a header that was verified lately; None when it has to be verified."""
        found = self._known.get(header)  # pyright: ignore[reportArgumentType] - None is never a key
        if found is None:
            return None
        identity, until = found
        return identity if self._clock.monotonic() < until else None

    async def authenticate_header(self, header: str | None) -> Identity:
        """Verifies the token of an `authorization` header and remembers it.

        Raises:
            TokenMissing: there is no header.
            TokenInvalid: it is not of the scheme Bearer, or the token is invalid.
            TokenExpired: the token has expired.
        """
        token = bearer_token(header)
        identity = await self.authenticate(token)
        left_s = identity.expires_at - self._clock.now().timestamp()
        if len(self._known) >= _MAX_TOKENS:
            # Insertion order: the token that was verified longest ago goes first.
            del self._known[next(iter(self._known))]
        self._known.pop(header or "", None)
        self._known[header or ""] = (identity, self._clock.monotonic() + min(left_s, _MAX_AGE_S))
        return identity

    async def authenticate(self, token: str) -> Identity:
        """Verifies a token, without the cache. Raises what the inner authenticator raises."""
        identity = await self._inner.authenticate(token)
        return identity if identity.token == token else replace(identity, token=token)


def bearer_token(header: str | None) -> str:
    """The token of an `authorization` header.

    Raises:
        TokenMissing: there is no header.
        TokenInvalid: it is not of the scheme Bearer.
    """
    if header is None:
        raise TokenMissing("send a token as metadata `authorization: Bearer <token>`")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid("`authorization` has to be `Bearer` and one token")
    return token
