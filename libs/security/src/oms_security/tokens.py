"""Issues access tokens: JSON Web Tokens (RFC 7519)."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jose import jwt
from oms_core.clock import Clock, SystemClock
from oms_core.identity import Identity
from oms_core.settings import SettingsError

from oms_security.keys import TokenKeys
from oms_security.permissions import MAX_NAMED_PERMISSIONS, is_permission
from oms_security.roles import ROLES, SERVICE_ROLE
from oms_security.settings import SecuritySettings

DEFAULT_TTL: Final = timedelta(hours=1)
MIN_TTL: Final = timedelta(seconds=1)
MAX_TTL: Final = timedelta(hours=24)
"""Longest life of a token; one that claims a longer life is refused."""
DELEGATED_TTL: Final = timedelta(minutes=5)
"""Life of a token that a service carries on a caller's behalf or for itself."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token and when it stops being accepted."""

    token: str = field(repr=False)
    expire_time: datetime
    token_id: str


class TokenIssuer:
    """Signs tokens with the key of the settings. Holds no state and may be shared.

    Raises:
        SettingsError: the settings hold no key to sign with.
    """

    def __init__(self, settings: SecuritySettings, *, clock: Clock | None = None) -> None:
        keys = TokenKeys.from_settings(settings)
        if keys.signing is None:
            raise SettingsError("OMS_JWT_PRIVATE_KEY_FILE is not set, so no token can be issued")
        self._algorithm = keys.algorithm
        self._key = keys.signing
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self._clock: Clock = clock or SystemClock()

    def issue(
        self,
        subject: str,
        *,
        username: str = "",
        roles: Sequence[str],
        ttl: timedelta = DEFAULT_TTL,
    ) -> IssuedToken:
        """Issues a token for a user, or for a service account when a role is `service`.

        Args:
            subject: Id of the user or service account.
            username: Name for people; the subject when empty.
            roles: One or more built-in roles.
            ttl: How long it is valid, 1 s to 24 h.
        Raises:
            ValueError: a role is unknown, there is none, or ttl is out of range.
        """
        if not roles:
            raise ValueError("a token needs a role")
        _check(roles, ttl)
        return self._sign(
            {
                "sub": subject,
                "username": username or subject,
                "roles": list(roles),
                "svc": SERVICE_ROLE in roles,
            },
            expires_at=math.ceil(self._now() + ttl.total_seconds()),
        )

    def issue_narrowed(
        self,
        subject: str,
        *,
        username: str = "",
        roles: Sequence[str],
        permissions: Iterable[str],
        ttl: timedelta = DEFAULT_TTL,
        actor: str,
    ) -> IssuedToken:
        """Issues a token for a service account that lends part of what its roles grant.

        The claim `permissions` lists the most that it lends. Whoever verifies it intersects
        that with what the roles grant by then, so a role that loses a permission takes it from
        tokens that are already out.

        Args:
            subject: Id of the account, such as `jobs/nightly`.
            username: Name for people; the subject when empty.
            roles: Built-in roles. None, and the token lends nothing.
            permissions: Up to 64 permissions; wildcards as in roles.
            ttl: How long it is valid, 1 s to 24 h.
            actor: The service that acts for the subject.
        Raises:
            ValueError: a role is unknown, a permission is none, there are too many, or ttl is
                out of range.
        """
        _check(roles, ttl)
        listed = sorted(set(permissions))
        wrong = [each for each in listed if not is_permission(each)]
        if wrong or len(listed) > MAX_NAMED_PERMISSIONS:
            what = f"{wrong[:3]} are no" if wrong else f"{len(listed)} are too many"
            raise ValueError(f"{what} permissions")
        return self._sign(
            {
                "sub": subject,
                "username": username or subject,
                "roles": list(roles),
                "permissions": listed,
                "svc": True,
                "act": {"sub": actor},
            },
            expires_at=math.ceil(self._now() + ttl.total_seconds()),
        )

    def service_token(self, service: str) -> IssuedToken:
        """Issues a token with which a service calls its peers for itself."""
        return self.issue(service, roles=[SERVICE_ROLE], ttl=DELEGATED_TTL)

    def delegate(self, identity: Identity, service: str) -> IssuedToken:
        """Issues a token with which a service carries a caller's call on to a peer.

        The subject stays the caller, so the caller is the author of what comes of
        it; the permissions are the service's, whose business it was to check the
        caller's own. Never valid for longer than the caller's token.

        Source: the `act` claim of RFC 8693, section 4.1.
        """
        actor: dict[str, Any] = {"sub": service}
        if identity.actor:
            actor["act"] = {"sub": identity.actor}
        return self._sign(
            {
                "sub": identity.subject,
                "username": identity.username,
                "roles": [SERVICE_ROLE],
                "svc": identity.is_service,
                "act": actor,
            },
            expires_at=int(
                min(math.ceil(self._now() + DELEGATED_TTL.total_seconds()), identity.expires_at)
            ),
        )

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _sign(self, claims: dict[str, Any], *, expires_at: int) -> IssuedToken:
        token_id = secrets.token_hex(16)
        standard = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": int(self._now()),
            "exp": expires_at,
            "jti": token_id,
        }
        token: str = jwt.encode({**standard, **claims}, self._key, algorithm=self._algorithm)
        return IssuedToken(token, datetime.fromtimestamp(expires_at, UTC), token_id)


def _check(roles: Sequence[str], ttl: timedelta) -> None:
    unknown = sorted(set(roles) - ROLES.keys())
    if unknown:
        raise ValueError(f"unknown roles {unknown}")
    if not MIN_TTL <= ttl <= MAX_TTL:
        raise ValueError(f"ttl is {ttl}, not between {MIN_TTL} and {MAX_TTL}")
