"""Sessions: the WebSocket connections whose caller is known."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from oms_core.errors import LimitExceeded, ResourceNotFound
from oms_core.identity import Identity


@dataclass(slots=True, eq=False)
class Session:
    """One connection.

    Attributes:
        session_id: Unguessable; the client is told it with `connection_ack`.
        identity: Its caller; replaced when the token is refreshed.
        create_time: When it was accepted.
        client: Address of the client, as far as known.
        end: Ends it, with a reason for the client.
        operations: How many operations are under way.
    """

    identity: Identity
    create_time: datetime
    client: str
    end: Callable[[str], None]
    session_id: str = field(default_factory=lambda: secrets.token_hex(12))
    operations: int = 0


class Sessions:
    """The sessions of this process.

    Args:
        limit: Most sessions.
        caller_limit: Most sessions of one caller.
    """

    def __init__(self, *, limit: int, caller_limit: int) -> None:
        self._limit = limit
        self._caller_limit = caller_limit
        self._sessions: dict[str, Session] = {}
        self._callers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: Session) -> None:
        """Takes a session in.

        Raises:
            LimitExceeded: there are as many as allowed, of this caller or altogether.
        """
        subject = session.identity.subject
        if len(self._sessions) >= self._limit:
            raise LimitExceeded(
                f"the server has {self._limit} sessions, its limit; try again later",
                metadata={"limit": "sessions"},
                retry_after_s=5.0,
            )
        if self._callers[subject] >= self._caller_limit:
            raise LimitExceeded(
                f"you have {self._caller_limit} sessions, the limit; end one of them",
                metadata={"limit": "caller_sessions"},
                retry_after_s=5.0,
            )
        self._sessions[session.session_id] = session
        self._callers[subject] += 1

    def remove(self, session: Session) -> None:
        """Lets a session go. Idempotent."""
        if self._sessions.pop(session.session_id, None) is None:
            return
        subject = session.identity.subject
        self._callers[subject] -= 1
        if not self._callers[subject]:
            del self._callers[subject]

    def of(self, subject: str | None) -> list[Session]:
        """The sessions of a caller, or all of them; the oldest first."""
        return [
            each
            for each in self._sessions.values()
            if subject is None or each.identity.subject == subject
        ]

    def end(self, session_id: str, *, subject: str | None) -> Session:
        """Ends a session of a caller, or with None of whomever.

        Raises:
            ResourceNotFound: there is none of that id, or it is another caller's.
        """
        found = self._sessions.get(session_id)
        if found is None or (subject is not None and found.identity.subject != subject):
            raise ResourceNotFound.of("session", session_id)
        found.end("the session was ended")
        return found

    def end_all(self, reason: str) -> None:
        """Ends every session, as a server does that stops."""
        for session in list(self._sessions.values()):
            session.end(reason)
