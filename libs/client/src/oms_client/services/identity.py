"""Calls of `oms.identity.v1.IdentityService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import duration_pb2
from oms.identity.v1 import identity_service_pb2 as identity_identity_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncIdentity", "Identity"]

_EXCHANGE_API_KEY: Final = Method(
    "/oms.identity.v1.IdentityService/ExchangeApiKey",
    identity_identity_service_pb2.ExchangeApiKeyRequest,
    identity_identity_service_pb2.ExchangeApiKeyResponse,
)
_CREATE_TOKEN: Final = Method(
    "/oms.identity.v1.IdentityService/CreateToken",
    identity_identity_service_pb2.CreateTokenRequest,
    identity_identity_service_pb2.CreateTokenResponse,
)
_GET_CALLER: Final = Method(
    "/oms.identity.v1.IdentityService/GetCaller",
    identity_identity_service_pb2.GetCallerRequest,
    identity_identity_service_pb2.GetCallerResponse,
    is_read_only=True,
)
_LIST_ROLES: Final = Method(
    "/oms.identity.v1.IdentityService/ListRoles",
    identity_identity_service_pb2.ListRolesRequest,
    identity_identity_service_pb2.ListRolesResponse,
    is_read_only=True,
)


class Identity:
    """Who is calling, what they may do, and the tokens that say so.

    A call carries `authorization: Bearer <token>`. Tokens are JSON Web Tokens (RFC 7519) that
    name the caller and the caller's roles.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def exchange_api_key(
        self,
        given: identity_identity_service_pb2.ExchangeApiKeyRequest | None = None,
        /,
        *,
        api_key: str = "",
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.ExchangeApiKeyResponse:
        """Exchanges an API key for a short-lived access token. UNAUTHENTICATED with reason
        API_KEY_INVALID when the key is unknown.

        Args:
            given: The request as a message; what the others set is put on top.
            api_key: The key, as `make run` wrote it into its data directory.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "api_key": api_key,
        }
        return self._calls.unary(_EXCHANGE_API_KEY, given, timeout_s, fields)

    def create_token(
        self,
        given: identity_identity_service_pb2.CreateTokenRequest | None = None,
        /,
        *,
        subject: str = "",
        username: str = "",
        roles: Iterable[str] = (),
        ttl: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.CreateTokenResponse:
        """Issues an access token for any subject with any built-in roles.

        Args:
            given: The request as a message; what the others set is put on top.
            subject: Id of the user or service account the token stands for, such as `alice123`.
            username: Name for people, such as `alice.smith`. Defaults to `subject`.
            roles: Built-in roles: `viewer`, `editor`, `reviewer`, `administrator`, `service`.
            ttl: How long the token is valid: 1 s to 24 h. Defaults to 1 h.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subject": subject,
            "username": username,
            "roles": roles,
            "ttl": ttl,
        }
        return self._calls.unary(_CREATE_TOKEN, given, timeout_s, fields)

    def get_caller(
        self,
        given: identity_identity_service_pb2.GetCallerRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.GetCallerResponse:
        """Describes the caller as the server sees it.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET_CALLER, given, timeout_s, fields)

    def list_roles(
        self,
        given: identity_identity_service_pb2.ListRolesRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.ListRolesResponse:
        """Lists the built-in roles with what each grants, ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_LIST_ROLES, given, timeout_s, fields)


class AsyncIdentity:
    """Who is calling, what they may do, and the tokens that say so.

    A call carries `authorization: Bearer <token>`. Tokens are JSON Web Tokens (RFC 7519) that
    name the caller and the caller's roles.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def exchange_api_key(
        self,
        given: identity_identity_service_pb2.ExchangeApiKeyRequest | None = None,
        /,
        *,
        api_key: str = "",
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.ExchangeApiKeyResponse:
        """Exchanges an API key for a short-lived access token. UNAUTHENTICATED with reason
        API_KEY_INVALID when the key is unknown.

        Args:
            given: The request as a message; what the others set is put on top.
            api_key: The key, as `make run` wrote it into its data directory.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "api_key": api_key,
        }
        return await self._calls.unary(_EXCHANGE_API_KEY, given, timeout_s, fields)

    async def create_token(
        self,
        given: identity_identity_service_pb2.CreateTokenRequest | None = None,
        /,
        *,
        subject: str = "",
        username: str = "",
        roles: Iterable[str] = (),
        ttl: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.CreateTokenResponse:
        """Issues an access token for any subject with any built-in roles.

        Args:
            given: The request as a message; what the others set is put on top.
            subject: Id of the user or service account the token stands for, such as `alice123`.
            username: Name for people, such as `alice.smith`. Defaults to `subject`.
            roles: Built-in roles: `viewer`, `editor`, `reviewer`, `administrator`, `service`.
            ttl: How long the token is valid: 1 s to 24 h. Defaults to 1 h.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subject": subject,
            "username": username,
            "roles": roles,
            "ttl": ttl,
        }
        return await self._calls.unary(_CREATE_TOKEN, given, timeout_s, fields)

    async def get_caller(
        self,
        given: identity_identity_service_pb2.GetCallerRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.GetCallerResponse:
        """Describes the caller as the server sees it.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET_CALLER, given, timeout_s, fields)

    async def list_roles(
        self,
        given: identity_identity_service_pb2.ListRolesRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> identity_identity_service_pb2.ListRolesResponse:
        """Lists the built-in roles with what each grants, ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_LIST_ROLES, given, timeout_s, fields)
