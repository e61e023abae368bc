"""Who calls and what they may do: tokens, roles, API keys and author strings."""

from oms_security.administrator import ensure_administrator, ensure_jwt_secret
from oms_security.api_keys import ApiKey, ApiKeys
from oms_security.authenticator import TokenAuthenticator
from oms_security.authors import (
    Author,
    OnBehalfOf,
    author_string,
    is_author_authentic,
    parse_author,
)
from oms_security.delegation import Delegation
from oms_security.permissions import narrowed
from oms_security.roles import ADMINISTRATOR_ROLE, ROLES, SERVICE_ROLE, Role, permissions_of
from oms_security.settings import SecuritySettings
from oms_security.tokens import IssuedToken, TokenIssuer

__all__ = [
    "ADMINISTRATOR_ROLE",
    "ROLES",
    "SERVICE_ROLE",
    "ApiKey",
    "ApiKeys",
    "Author",
    "Delegation",
    "IssuedToken",
    "OnBehalfOf",
    "Role",
    "SecuritySettings",
    "TokenAuthenticator",
    "TokenIssuer",
    "author_string",
    "ensure_administrator",
    "ensure_jwt_secret",
    "is_author_authentic",
    "narrowed",
    "parse_author",
    "permissions_of",
]
