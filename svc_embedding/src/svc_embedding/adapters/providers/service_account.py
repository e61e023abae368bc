"""Access tokens of a Google service account.

Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest and
RFC 7523.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jose import jwt
from oms_core.clock import Clock
from oms_outbound import OutboundClient, OutboundRequest

from svc_embedding.adapters.providers.endpoint import exchange
from svc_embedding.adapters.providers.problems import failure_of
from svc_embedding.domain.providers.errors import (
    Failure,
    ProviderMisconfigured,
    ProviderUnavailable,
    wrong_answer,
)

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_PROVIDER: Final = "vertex"
_LIFETIME_S: Final = 3600
# A token is renewed before it ends: clocks differ, and calls take time.
_MARGIN_S: Final = 300.0


class ServiceAccount:
    """A service account's key, and the access token that it was last exchanged for.

    Args:
        email: Of the account.
        private_key: PEM of an RSA key.
        token_url: Where it is exchanged.
    """

    def __init__(
        self,
        *,
        email: str,
        private_key: str,
        key_id: str,
        token_url: str,
        client: OutboundClient,
        clock: Clock,
    ) -> None:
        self._email, self._key, self._key_id = email, private_key, key_id
        self._url, self._client, self._clock = token_url, client, clock
        self._token, self._ends_at = "", 0.0
        self._renewing = asyncio.Lock()

    async def token(self, timeout_s: float) -> str:
        """A token that is good for minutes; all callers share one.

        Raises:
            ProviderUnavailable, ProviderMisconfigured: there is none.
        """
        if self._clock.monotonic() < self._ends_at:
            return self._token
        try:
            # The time covers the wait for somebody else's renewal.
            async with asyncio.timeout(timeout_s), self._renewing:
                if self._clock.monotonic() >= self._ends_at:
                    await self._renew(timeout_s)
        except TimeoutError:
            what = f"no access token within {timeout_s:.3g} s"
            raise ProviderUnavailable(
                Failure(provider=_PROVIDER, kind="timeout", what=what, is_retryable=True)
            ) from None
        return self._token

    async def _renew(self, timeout_s: float) -> None:
        # An RSA signature takes about a millisecond.
        form = {"grant_type": _GRANT, "assertion": await asyncio.to_thread(self._assertion)}
        request = OutboundRequest(
            url=self._url,
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            timeout_s=timeout_s,
            is_repeatable=True,
        )
        response = await exchange(self._client, request, _PROVIDER)
        if response.status in {400, 401}:
            what = f"the service account is refused (HTTP {response.status})"
            raise ProviderMisconfigured(Failure(provider=_PROVIDER, kind="key_refused", what=what))
        if response.status != 200:
            names, now = dict(reversed(response.headers)), self._clock.now()
            raise failure_of(_PROVIDER, response.status, names, response.body, now)
        self._keep(response.body)

    def _keep(self, body: bytes) -> None:
        try:
            answer: Any = orjson.loads(body)
            token, lifetime_s = str(answer["access_token"]), float(answer["expires_in"])
        except (ValueError, KeyError, TypeError):
            raise wrong_answer(_PROVIDER, "answered no access token") from None
        self._token = token
        self._ends_at = self._clock.monotonic() + max(lifetime_s - _MARGIN_S, lifetime_s / 2)

    def _assertion(self) -> str:
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._email,
            "scope": _SCOPE,
            "aud": self._url,
            "iat": now,
            "exp": now + _LIFETIME_S,
        }
        return str(jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id}))


def read_service_account(text: str) -> dict[str, str]:
    """The parts of a service account's key file that are used.

    Raises:
        ValueError: it is none.
    """
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        raise ValueError("is not JSON") from None
    if not isinstance(parsed, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004
    found = cast("dict[str, Any]", parsed)
    if found.get("type") != "service_account":
        raise ValueError("is no key of a service account: `type` is not `service_account`")
    names = ("client_email", "private_key", "private_key_id", "token_uri")
    missing = [name for name in names if not isinstance(found.get(name), str)]
    if missing:
        raise ValueError(f"has no {missing[0]}")
    try:
        load_pem_private_key(found["private_key"].encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("private_key is no PEM of a private key") from None
    return {name: str(found[name]) for name in names}


def read_key_file(path: Path) -> str:
    """A key that a file holds, without blanks around it.

    Raises:
        ValueError: it can't be read, or is empty.
    """
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "is not UTF-8"
        raise ValueError(f"{path} can't be read: {reason}") from None
    if not text:
        raise ValueError(f"{path} is empty")
    return text
