from __future__ import annotations

from datetime import timedelta

from oms_core.clock import SystemClock
from oms_core.ids import new_reference_id, new_request_id


def test_the_clock_tells_utc_and_never_goes_back():
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()


def test_ids_are_hexadecimal_and_never_the_same():
    ids = {new_request_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(text) for text in ids} == {32}
    assert len(new_reference_id()) == 16
    assert int(new_reference_id(), 16) >= 0
