from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from oms_core.clock import SystemClock
from oms_kernel import MemoryTier
from oms_kernel.memory_tier import ENTRY_BYTES


def test_value_is_gone_after_its_time(clock):
    tier = MemoryTier(clock, max_bytes=10_000, ttl_s=5)
    tier.put("a", b"1")
    clock.advance(4.9)
    assert tier.get("a") == b"1"
    clock.advance(0.2)
    assert tier.get("a") is None
    assert tier.stats.size_bytes == 0


def test_least_recently_used_goes_first(clock):
    one = ENTRY_BYTES + 1 + 100
    tier = MemoryTier(clock, max_bytes=4 * one, ttl_s=60)
    for key in "abcd":
        tier.put(key, bytes(100))
    assert tier.get("a") is not None
    tier.put("e", bytes(100))
    assert tier.get("b") is None
    assert [key for key in "acde" if tier.get(key) is None] == []


def test_value_larger_than_a_quarter_of_the_room_is_not_kept(clock):
    tier = MemoryTier(clock, max_bytes=4_000, ttl_s=60)
    tier.put("a", bytes(1_000))
    assert tier.get("a") is None
    assert tier.stats.size_bytes == 0


def test_hits_and_misses_are_counted(clock):
    tier = MemoryTier(clock, max_bytes=4_000, ttl_s=60)
    tier.put("a", b"1")
    for key in ("a", "a", "a", "b"):
        tier.get(key)
    assert (tier.stats.hits, tier.stats.misses, tier.stats.hit_ratio) == (3, 1, 0.75)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.binary(max_size=600)), max_size=60),
    st.integers(0, 6_000),
)
def test_size_is_what_is_held_and_never_beyond_the_bound(puts: list[tuple[str, bytes]], room: int):
    tier = MemoryTier(SystemClock(), max_bytes=room, ttl_s=60)
    last: dict[str, bytes] = {}
    for key, value in puts:
        tier.put(key, value)
        last[key] = value
        assert tier.stats.size_bytes <= room
    held = {key: tier.get(key) for key in last}
    kept = {key: value for key, value in held.items() if value is not None}
    assert sum(len(k) + len(v) + ENTRY_BYTES for k, v in kept.items()) == tier.stats.size_bytes
