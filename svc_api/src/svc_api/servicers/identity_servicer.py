"""Who is calling, what they may do, and the tokens that say so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from oms.identity.v1 import identity_service_pb2 as pb
from oms.identity.v1 import identity_service_pb2_grpc as pb_grpc
from oms_core.call import current_identity
from oms_core.errors import FieldViolation, InvalidField, PermissionDenied
from oms_core.identity import Identity
from oms_security import ROLES, ApiKeys, IssuedToken, TokenIssuer
from oms_security.tokens import DEFAULT_TTL, MAX_TTL, MIN_TTL


class IdentityServicer(pb_grpc.IdentityServiceServicer):
    """Serves `oms.identity.v1.IdentityService`."""

    def __init__(self, issuer: TokenIssuer, api_keys: ApiKeys) -> None:
        self._issuer = issuer
        self._api_keys = api_keys

    async def ExchangeApiKey(
        self, request: pb.ExchangeApiKeyRequest, context: Any
    ) -> pb.ExchangeApiKeyResponse:
        """Exchanges an API key for a token of one hour with the key's subject and roles."""
        key = await asyncio.to_thread(self._api_keys.verify, request.api_key)
        issued = self._issuer.issue(key.subject, username=key.username, roles=key.roles)
        return pb.ExchangeApiKeyResponse(token=_token(issued))

    async def CreateToken(
        self, request: pb.CreateTokenRequest, context: Any
    ) -> pb.CreateTokenResponse:
        """Issues a token for any subject, with roles that grant no more than the caller has."""
        _check_roles(request.roles, current_identity())
        issued = self._issuer.issue(
            request.subject,
            username=request.username,
            roles=request.roles,
            ttl=_ttl(request.ttl) if request.HasField("ttl") else DEFAULT_TTL,
        )
        return pb.CreateTokenResponse(token=_token(issued))

    async def GetCaller(self, request: pb.GetCallerRequest, context: Any) -> pb.GetCallerResponse:
        """Describes the verified caller."""
        identity = current_identity()
        caller = pb.Caller(
            subject=identity.subject,
            username=identity.username,
            roles=identity.roles,
            permissions=sorted(identity.permissions),
            is_service=identity.is_service,
            token_expire_time=Timestamp(seconds=int(identity.expires_at)),
        )
        return pb.GetCallerResponse(caller=caller)

    async def ListRoles(self, request: pb.ListRolesRequest, context: Any) -> pb.ListRolesResponse:
        """Lists the built-in roles, ordered by name."""
        roles = [
            pb.Role(
                role_id=role.role_id,
                description=role.description,
                permissions=sorted(role.permissions),
            )
            for role in ROLES.values()
        ]
        return pb.ListRolesResponse(roles=roles)


def _check_roles(roles: Sequence[str], caller: Identity) -> None:
    """Refuses unknown roles, and roles that would lend what the caller does not have."""
    unknown = [
        FieldViolation(f"roles[{index}]", f"no role {role!r}; there are {', '.join(ROLES)}")
        for index, role in enumerate(roles)
        if role not in ROLES
    ]
    if unknown:
        raise InvalidField(f"roles: {unknown[0].description}", fields=unknown)
    for role in roles:
        for permission in sorted(ROLES[role].permissions):
            if not caller.allows(permission):
                raise PermissionDenied(
                    f"role {role!r} grants {permission!r}, which the caller does not have",
                    metadata={"permission": permission},
                )


def _ttl(duration: Duration) -> timedelta:
    # Bounds first: a Duration reaches further than a timedelta.
    if not MIN_TTL.total_seconds() <= duration.seconds <= MAX_TTL.total_seconds():
        raise InvalidField.of("ttl", f"is {duration.seconds} s, not between 1 s and 24 h")
    ttl = timedelta(seconds=duration.seconds, microseconds=duration.nanos // 1000)
    if ttl > MAX_TTL:
        raise InvalidField.of("ttl", "is more than 24 h")
    return ttl


def _token(issued: IssuedToken) -> pb.AccessToken:
    return pb.AccessToken(token=issued.token, expire_time=_timestamp(issued.expire_time))


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
