from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from oms_security import SecuritySettings, TokenAuthenticator, TokenIssuer

SECRET = "kT4uR9wq-Zp2Lx7Vb1Nc8Md5Hf3Js6Gy0"  # gitleaks:allow - of the tests only


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings() -> SecuritySettings:
    return SecuritySettings(jwt_secret=SECRET, jwt_leeway_s=0)


@pytest.fixture
def issuer(settings: SecuritySettings, clock: FakeClock) -> TokenIssuer:
    return TokenIssuer(settings, clock=clock)


@pytest.fixture
def authenticator(settings: SecuritySettings, clock: FakeClock) -> TokenAuthenticator:
    return TokenAuthenticator(settings, clock=clock)
