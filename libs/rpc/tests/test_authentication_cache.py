"""How long a verified token is believed."""

from datetime import UTC, datetime

import pytest
from oms_core.errors import TokenInvalid
from oms_core.identity import Identity
from oms_rpc import authentication
from oms_rpc.authentication import CachingAuthenticator


class FakeClock:
    def __init__(self):
        self.seconds = 1_000_000.0

    def now(self):
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self):
        return self.seconds


class Issuer:
    """Accepts tokens that begin with `t`; they expire at a set time."""

    def __init__(self, expires_at=float("inf")):
        self.expires_at = expires_at
        self.asked = []

    async def authenticate(self, token):
        self.asked.append(token)
        if not token.startswith("t"):
            raise TokenInvalid("no")
        return Identity(token, token, (), frozenset(), expires_at=self.expires_at)


async def test_known_header_is_recalled_with_its_token():
    issuer, clock = Issuer(), FakeClock()
    cache = CachingAuthenticator(issuer, clock)
    assert cache.recall("Bearer t1") is None
    identity = await cache.authenticate_header("Bearer t1")
    assert identity.token == "t1"
    assert cache.recall("Bearer t1") is identity
    assert issuer.asked == ["t1"]


async def test_token_is_verified_again_after_a_minute():
    issuer, clock = Issuer(), FakeClock()
    cache = CachingAuthenticator(issuer, clock)
    await cache.authenticate_header("Bearer t1")
    clock.seconds += 59.9
    assert cache.recall("Bearer t1") is not None
    clock.seconds += 0.2
    assert cache.recall("Bearer t1") is None


async def test_token_is_never_believed_beyond_its_expiry():
    clock = FakeClock()
    cache = CachingAuthenticator(Issuer(clock.seconds + 10), clock)
    await cache.authenticate_header("Bearer t1")
    clock.seconds += 9.9
    assert cache.recall("Bearer t1") is not None
    clock.seconds += 0.2
    assert cache.recall("Bearer t1") is None


async def test_refused_token_is_not_remembered():
    issuer = Issuer()
    cache = CachingAuthenticator(issuer, FakeClock())
    for _ in range(2):
        with pytest.raises(TokenInvalid):
            await cache.authenticate_header("Bearer x")
    assert issuer.asked == ["x", "x"]


async def test_cache_forgets_the_oldest_when_it_is_full(monkeypatch):
    monkeypatch.setattr(authentication, "_MAX_TOKENS", 2)
    cache = CachingAuthenticator(Issuer(), FakeClock())
    for token in ("t1", "t2", "t3"):
        await cache.authenticate_header(f"Bearer {token}")
    assert cache.recall("Bearer t1") is None
    assert cache.recall("Bearer t2") is not None
    assert cache.recall("Bearer t3") is not None


async def test_missing_header_is_never_recalled():
    assert CachingAuthenticator(Issuer(), FakeClock()).recall(None) is None
