"""Whom a run acts as."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from oms_security import ROLES, TokenIssuer
from oms_security.tokens import MAX_TTL, MIN_TTL

ACTOR = "scheduler"


class RunTokens:
    """Issues the tokens that runs lend."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer

    def token(
        self,
        job_id: str,
        author_roles: Iterable[str],
        permissions: Iterable[str],
        ttl: timedelta,
    ) -> str:
        """A token of the service account `jobs/{job_id}`.

        It lends what both the job names and the author's roles grant by the table that its
        verifier has; a role that does not exist any more grants nothing.

        Args:
            job_id: Last segment of the job's name.
            author_roles: Of whoever saved the job's target or permissions last.
            permissions: Of the job, at most 64.
            ttl: For as long as the attempt may take; brought within 1 s and 24 h.
        """
        issued = self._issuer.issue_narrowed(
            f"jobs/{job_id}",
            roles=sorted(set(author_roles) & ROLES.keys()),
            permissions=permissions,
            ttl=min(max(ttl, MIN_TTL), MAX_TTL),
            actor=ACTOR,
        )
        return issued.token
