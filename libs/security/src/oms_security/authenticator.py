"""Verifies access tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jose import jws, jwt
from jose.exceptions import JOSEError
from oms_core.clock import Clock, SystemClock
from oms_core.errors import TokenExpired, TokenInvalid, TokenMissing
from oms_core.identity import Identity

from oms_security.keys import TokenKeys
from oms_security.permissions import MAX_NAMED_PERMISSIONS, is_permission, narrowed
from oms_security.roles import ROLES, SERVICE_ROLE, permissions_of
from oms_security.settings import SecuritySettings
from oms_security.tokens import MAX_TTL

MAX_TOKEN_LENGTH: Final = 8192
_MAX_NAME_LENGTH: Final = 256
_MAX_ROLES: Final = 32
_NARROWING: Final = "permissions"
# python-jose skips characters outside of base64url; two texts would be one token.
_COMPACT_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
# Times are checked below, against a clock that a test can set; to require one here
# would have python-jose check it against the machine's.
_OPTIONS: Final = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_at_hash": False,
    "require_iss": True,
    "require_aud": True,
    "require_sub": True,
    "require_jti": True,
}


class TokenAuthenticator:
    """Turns a bearer token into the caller it stands for. Implements `oms_rpc.Authenticator`.

    Every refusal says what is wrong without quoting the token.
    """

    def __init__(self, settings: SecuritySettings, *, clock: Clock | None = None) -> None:
        keys = TokenKeys.from_settings(settings)
        self._algorithm = keys.algorithm
        self._key = keys.verifying
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self._leeway_s = settings.jwt_leeway_s
        self._clock: Clock = clock or SystemClock()

    async def authenticate(self, token: str) -> Identity:
        """Verifies a token's form, signature, algorithm, issuer, audience, times and roles.

        A narrowed token lends what both its roles grant and its claim `permissions` names.

        Args:
            token: The JSON Web Token, without `Bearer `.
        Raises:
            TokenMissing: it is empty.
            TokenInvalid: it is not one of ours, or not valid yet.
            TokenExpired: carries `expire_time`.
        """
        claims = self._verified_claims(token)
        expires_at = self._check_times(claims)
        roles = _roles(claims)
        subject = _name(claims, "sub")
        return Identity(
            subject=subject,
            username=_name(claims, "username") if "username" in claims else subject,
            roles=roles,
            permissions=_permissions(claims, roles),
            is_service=_is_service(claims, roles),
            expires_at=expires_at,
            token=token,
            actor=_actor(claims),
        )

    def _verified_claims(self, token: str) -> Mapping[str, Any]:
        if not token:
            raise TokenMissing("no token was sent; send the header `authorization: Bearer <token>`")
        if len(token) > MAX_TOKEN_LENGTH:
            raise _invalid(f"has {len(token)} characters, more than {MAX_TOKEN_LENGTH}")
        if not _COMPACT_FORM.fullmatch(token):
            raise _invalid("is not a JSON Web Token of three base64url parts")
        try:
            self._check_header(jws.get_unverified_header(token))
            return jwt.decode(
                token,
                self._key,
                algorithms=[self._algorithm],
                options=_OPTIONS,
                audience=self._audience,
                issuer=self._issuer,
            )
        except (JOSEError, ValueError, TypeError, RecursionError) as exc:
            # python-jose lets some malformed claims through to int() and json.
            raise _invalid(_explain(exc)) from exc

    def _check_header(self, header: Mapping[str, Any]) -> None:
        if header.get("alg") != self._algorithm:
            raise _invalid(f"is not signed with the algorithm {self._algorithm}")
        if "crit" in header:  # none is known here: RFC 7515, 4.1.11
            raise _invalid("has critical header parameters that are not supported")

    def _check_times(self, claims: Mapping[str, Any]) -> float:
        now = self._clock.now().timestamp()
        issued_at, expires_at = _time(claims, "iat"), _time(claims, "exp")
        # One second more, since both are rounded to whole seconds outwards.
        if expires_at - issued_at > MAX_TTL.total_seconds() + self._leeway_s + 1:
            raise _invalid(f"claims a life of more than {MAX_TTL.total_seconds() / 3600:g} hours")
        if issued_at > now + self._leeway_s:
            raise _invalid("was issued in the future; check the clocks")
        if "nbf" in claims and _time(claims, "nbf") > now + self._leeway_s:
            raise _invalid("is not valid yet")
        if expires_at + self._leeway_s <= now:
            moment = datetime.fromtimestamp(expires_at, UTC).isoformat(timespec="seconds")
            raise TokenExpired(
                f"the token expired at {moment}; get a new one", metadata={"expire_time": moment}
            )
        return expires_at


def _invalid(why: str) -> TokenInvalid:
    return TokenInvalid(f"the token {why}")


def _explain(exc: Exception) -> str:
    text = str(exc).lower()
    if "missing required key" in text:
        return f"lacks a claim: {exc}"
    if "issuer" in text:
        return "is from another issuer"
    if "audience" in text:
        return "is for another audience"
    return "has a wrong signature" if "signature" in text else "is malformed"


def _time(claims: Mapping[str, Any], claim: str) -> float:
    value = claims.get(claim)
    if value is None:
        raise _invalid(f"lacks a claim: {claim!r}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _invalid(f"has a claim {claim!r} that is no number")
    if not 0 <= value < 2**33:  # the year 2242, in datetime's range; no NaN
        raise _invalid(f"has a claim {claim!r} out of range")
    return float(value)


def _name(claims: Mapping[str, Any], claim: str) -> str:
    value = claims[claim]
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise _invalid(f"has a claim {claim!r} that is no printable text")
    if len(value) > _MAX_NAME_LENGTH:
        raise _invalid(f"has a claim {claim!r} of more than {_MAX_NAME_LENGTH} characters")
    return value


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    roles = claims.get("roles")
    # Only a narrowed token may have none: that of an account whose roles were all removed.
    fewest = 0 if _NARROWING in claims else 1
    if not isinstance(roles, list) or not fewest <= len(roles) <= _MAX_ROLES:
        raise _invalid(f"names no list of {fewest} to {_MAX_ROLES} roles")
    for role in roles:
        if not isinstance(role, str) or role not in ROLES:
            raise _invalid(f"names a role that does not exist; there are {', '.join(ROLES)}")
    return tuple(roles)


def _permissions(claims: Mapping[str, Any], roles: tuple[str, ...]) -> frozenset[str]:
    granted = permissions_of(roles)
    if _NARROWING not in claims:
        return granted
    named = claims[_NARROWING]
    if not isinstance(named, list) or len(named) > MAX_NAMED_PERMISSIONS:
        raise _invalid(f"names no list of up to {MAX_NAMED_PERMISSIONS} permissions")
    if not all(isinstance(each, str) and is_permission(each) for each in named):
        raise _invalid("names a permission that is none")
    return narrowed(granted, named)


def _is_service(claims: Mapping[str, Any], roles: tuple[str, ...]) -> bool:
    value = claims.get("svc", SERVICE_ROLE in roles)
    if not isinstance(value, bool):
        raise _invalid("has a claim 'svc' that is neither true nor false")
    return value


def _actor(claims: Mapping[str, Any]) -> str:
    if "act" not in claims:
        return ""
    actor = claims["act"]
    if not isinstance(actor, dict) or "sub" not in actor:
        raise _invalid("has a claim 'act' without a subject")
    return _name(actor, "sub")
