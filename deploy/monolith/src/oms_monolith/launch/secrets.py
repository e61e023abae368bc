"""The secrets of a data directory, and tokens signed with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from oms_security import (
    ADMINISTRATOR_ROLE,
    SecuritySettings,
    TokenIssuer,
    ensure_administrator,
    ensure_jwt_secret,
)
from oms_security.administrator import ADMINISTRATOR

TOKEN_LIFE = timedelta(hours=1)


class Secrets:
    """Makes what a fresh data directory needs, and issues tokens.

    Args:
        folder: The data directory; has to exist.
        environment: The environment of the services. A `JWT_SECRET` in it is used instead of
            the directory's own.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.administrator_file = ensure_administrator(folder)
        self.jwt_secret = environment.get("JWT_SECRET") or ensure_jwt_secret(folder).read_text()
        self._issuer = TokenIssuer(_settings({**environment, "JWT_SECRET": self.jwt_secret}))

    def token(
        self,
        subject: str = ADMINISTRATOR,
        *,
        roles: Sequence[str] = (ADMINISTRATOR_ROLE,),
        ttl: timedelta = TOKEN_LIFE,
    ) -> str:
        """A token for a caller, by default the administrator."""
        return self._issuer.issue(subject, roles=roles, ttl=ttl).token


def _settings(environment: Mapping[str, str]) -> SecuritySettings:
    """The settings that a service with this environment reads."""
    aliases = (str(field.validation_alias) for field in SecuritySettings.model_fields.values())
    values = {alias: environment[alias] for alias in aliases if alias in environment}
    return SecuritySettings.model_validate(values)
