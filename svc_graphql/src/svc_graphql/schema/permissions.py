"""What a caller has to be allowed for what no service checks: shared streams, sessions."""

from __future__ import annotations

from oms_core.errors import PermissionDenied, TokenMissing
from oms_core.identity import Identity


def check(identity: Identity | None, permission: str) -> Identity:
    """Makes sure that a caller has a permission; empty: that there is one.

    Raises:
        TokenMissing: nobody in particular asks.
        PermissionDenied: the caller may not.
    """
    if identity is None:
        raise TokenMissing("this needs a token; send `authorization: Bearer <token>`")
    if permission and not identity.allows(permission):
        raise PermissionDenied(
            f"the caller's roles do not grant {permission}", metadata={"permission": permission}
        )
    return identity
