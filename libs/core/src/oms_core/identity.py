"""Who is calling."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified caller.

    `permissions` may hold wildcards: `*`, or a prefix such as `ontology.*`.
    `token` is the bearer token the caller sent, never logged. `expires_at` is when it
    ends, in seconds since 1970. `actor` is the service that carries the call on behalf
    of the subject, empty when the caller calls for itself.
    """

    subject: str
    username: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    is_service: bool = False
    expires_at: float = float("inf")
    token: str = field(default="", repr=False)
    actor: str = ""

    def allows(self, permission: str) -> bool:
        """Whether the caller's roles grant a permission such as `ontology.object_types.write`."""
        granted = self.permissions
        if permission in granted or "*" in granted:
            return True
        end = permission.rfind(".")
        while end > 0:
            if f"{permission[:end]}.*" in granted:
                return True
            end = permission.rfind(".", 0, end)
        return False
