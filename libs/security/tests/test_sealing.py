"""Secrets at rest."""

from __future__ import annotations

import pytest
from oms_core.errors import DataCorrupted, ServiceUnavailable
from oms_security.sealing import Sealer

WEBHOOKS = "oms events webhooks 1"


def sealer(key: str | None = "k" * 32, purpose: str = WEBHOOKS) -> Sealer:
    return Sealer(key, purpose=purpose, variable="OMS_EVENTS_KEY")


def test_what_is_sealed_opens_for_its_owner_under_its_key_and_purpose_alone():
    ours = sealer()
    sealed = ours.seal(b"hunter2", owner="webhooks/a")
    assert b"hunter2" not in sealed
    assert sealed != ours.seal(b"hunter2", owner="webhooks/a")
    assert ours.open(sealed, owner="webhooks/a") == b"hunter2"
    for other, owner, content in (
        (ours, "webhooks/b", sealed),
        (sealer("j" * 32), "webhooks/a", sealed),
        (sealer(purpose="oms scheduler targets 1"), "webhooks/a", sealed),
        (ours, "webhooks/a", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (ours, "webhooks/a", b"\x02" + sealed[1:]),
        (ours, "webhooks/a", b""),
    ):
        with pytest.raises(DataCorrupted, match="OMS_EVENTS_KEY"):
            other.open(content, owner=owner)


def test_what_was_stored_stays_readable():
    # Sealed by the first version, with a nonce of 0 to 11.
    stored = "01000102030405060708090a0b64045f10d181570b3bbc37f07f950e918453aa7ed5ad99"
    assert sealer().open(bytes.fromhex(stored), owner="webhooks/a") == b"hunter2"


def test_without_a_key_nothing_is_sealed_or_opened():
    for action in (sealer(None).seal, sealer(None).open):
        with pytest.raises(ServiceUnavailable, match="OMS_EVENTS_KEY"):
            action(b"", owner="webhooks/a")
