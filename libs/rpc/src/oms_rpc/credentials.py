"""Which token a service sends to a peer."""

from __future__ import annotations

from typing import Protocol

from oms_core.identity import Identity


class CredentialForwarder(Protocol):
    """Chooses the token of a call to a peer."""

    def token_for(self, identity: Identity | None, service: str) -> str:
        """The token, without `Bearer `; empty for none. Quick, since every call asks.

        Args:
            identity: The verified caller of the call being served; None in a background
                worker, which serves nobody.
            service: Name of the service that makes the call.
        """
        ...


class CallersOwnToken:
    """Passes the caller's token on as it came. A worker has none to send."""

    def token_for(self, identity: Identity | None, service: str) -> str:
        return identity.token if identity is not None else ""
