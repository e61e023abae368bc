"""What is known of a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

MAX_SECRETS: Final = 5
"""Most secrets that sign at once."""
STANDARD_RETRY_S: Final = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Delays after the first attempt, the second, …: ten attempts over about 75 hours."""


class Mode(Enum):
    """How an event is put into a request."""

    STRUCTURED = "structured"
    BINARY = "binary"
    BATCHED = "batched"


class Scheme(Enum):
    """How requests are signed."""

    HMAC = "hmac"
    ED25519 = "ed25519"


class State(Enum):
    """Where a webhook stands."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    SUSPENDED = "suspended"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What callers decide about a webhook.

    Args:
        filters: In the plain form of the Subscriptions API, as `parse_filters` reads it.
        headers: Values are secrets.
        ordering_key: Attribute; empty: `partitionkey`, else the subject, else the source.
        retry_s: Delays in seconds; how many there are says how often it is tried again.
        is_disabled: Whether somebody switched it off.
    """

    description: str = ""
    url: str
    filters: tuple[object, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    mode: Mode = Mode.STRUCTURED
    batch_size: int = 100
    timeout_s: float = 15.0
    rate_limit: int = 0
    max_concurrency: int = 16
    is_ordered: bool = False
    ordering_key: str = ""
    retry_s: tuple[float, ...] = STANDARD_RETRY_S
    require_handshake: bool = False
    is_disabled: bool = False

    @property
    def max_attempts(self) -> int:
        """How often a delivery is tried."""
        return len(self.retry_s) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What happened to a webhook; nobody sets it.

    Args:
        suspended_reason: Why it was suspended; empty: it is not.
        is_confirmed: Whether the endpoint agreed to the handshake of its present URL.
        unconfirmed_reason: Why it did not.
        allowed_per_minute: Most requests a minute that it agreed to; None: as many as come.
        failing_since: Since when nothing was delivered; None: the last attempt was.
    """

    suspended_reason: str = ""
    is_confirmed: bool = False
    unconfirmed_reason: str = ""
    allowed_per_minute: int | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that signs.

    Args:
        text: `whsec_…` or `whsk_…`.
        expires_at: None: not before it is rotated out.
    """

    text: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None

    def signs_at(self, moment: datetime) -> bool:
        """Whether it signs at a moment."""
        return self.expires_at is None or moment < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook.

    Args:
        id: Last segment of its name.
        serial: Never used again, unlike the id, so what is left of a deleted one can't be taken
            for a new one's.
        start_sequence: It gets the events of its stream after this place.
        version: Of its settings.
        revision: Of everything known of any webhook; later changes have higher ones.
    """

    id: str
    serial: int
    stream: str
    scheme: Scheme
    settings: Settings
    standing: Standing
    start_sequence: int
    version: int
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: str

    @property
    def name(self) -> str:
        """Resource name."""
        return f"webhooks/{self.id}"

    @property
    def etag(self) -> str:
        """Changes whenever the settings do; another webhook of the same id has another one."""
        return f"{self.serial}.{self.version}"

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.settings.is_disabled:
            return State.DISABLED
        if self.standing.suspended_reason:
            return State.SUSPENDED
        if self.settings.require_handshake and not self.standing.is_confirmed:
            return State.UNCONFIRMED
        return State.ENABLED

    @property
    def state_reason(self) -> str:
        """Why it stands there; empty while events are delivered."""
        match self.state:
            case State.ENABLED:
                return ""
            case State.DISABLED:
                return "switched off by its settings"
            case State.SUSPENDED:
                return self.standing.suspended_reason
            case State.UNCONFIRMED:
                return self.standing.unconfirmed_reason or "the endpoint was not asked yet"

    @property
    def requests_per_second(self) -> float:
        """Most requests a second, by its settings and by what the endpoint agreed to; 0: any."""
        agreed = self.standing.allowed_per_minute if self.settings.require_handshake else None
        limits = [self.settings.rate_limit, 0 if agreed is None else agreed / 60]
        return min((limit for limit in limits if limit), default=0.0)
