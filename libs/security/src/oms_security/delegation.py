"""The token a service sends to a peer, in place of its caller's own."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from oms_core.clock import Clock, SystemClock
from oms_core.identity import Identity

from oms_security.tokens import IssuedToken, TokenIssuer

_MAX_CACHED: Final = 4096
_RENEW_BEFORE_S: Final = 60.0


class Delegation:
    """Exchanges a caller's identity for a token with which a service calls a peer.

    Implements `oms_rpc.CredentialForwarder`.

    Tokens are kept until shortly before they expire, so that a call costs no signature.
    """

    def __init__(self, issuer: TokenIssuer, *, clock: Clock | None = None) -> None:
        self._issuer = issuer
        self._clock: Clock = clock or SystemClock()
        self._cache: OrderedDict[tuple[str, str], IssuedToken] = OrderedDict()

    def token_for(self, identity: Identity | None, service: str) -> str:
        """The token for a call to a peer.

        Args:
            identity: The caller being served; None in a background worker, which
                calls as the service itself.
            service: The service that makes the call, such as `api`.
        """
        key = (identity.token if identity else "", service)
        issued = self._cache.get(key)
        if issued is None or self._is_due(issued, identity):
            issued = (
                self._issuer.delegate(identity, service)
                if identity
                else self._issuer.service_token(service)
            )
            self._cache[key] = issued
        self._cache.move_to_end(key)
        while len(self._cache) > _MAX_CACHED:
            self._cache.popitem(last=False)
        return issued.token

    def _is_due(self, issued: IssuedToken, identity: Identity | None) -> bool:
        expires_at = issued.expire_time.timestamp()
        if identity and expires_at >= identity.expires_at:
            return False  # a new one would not be valid for longer
        return expires_at - self._clock.now().timestamp() < _RENEW_BEFORE_S
