"""Names of deliveries: in the work queue, and what receivers tell repetitions by."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

from svc_events.domain.events import CloudEvent, canonical
from svc_events.domain.subjects import partition_of
from svc_events.domain.webhooks.model import Webhook

QUEUE: Final = "OMS_DELIVERIES"
"""The JetStream stream that deliveries wait in."""
QUEUE_SUBJECTS: Final = "oms.wh.>"
"""Everything in it."""
CHANGED_SUBJECT: Final = "oms.webhooks.changed"
"""Where replicas tell each other that a webhook changed."""

_ROOT: Final = "oms.wh"
_DIGEST_BYTES: Final = 15


def token_of(webhook: Webhook) -> str:
    """The webhook's token in subjects and consumer names. An id has no `_`."""
    return f"{webhook.id}_{webhook.serial}"


def serial_in(token: str) -> int | None:
    """The serial that a token ends with; None when it is no token."""
    _, mark, serial = token.rpartition("_")
    return int(serial) if mark and serial.isdigit() else None


def queue_subject(token: str, partition: int | None) -> str:
    """Where a delivery waits; with None the wildcard of every partition."""
    return f"{_ROOT}.{token}.{'*' if partition is None else partition}"


def consumer_name(token: str, partition: int | None) -> str:
    """The consumer of a webhook, or of one of its partitions."""
    return f"wh_{token}" if partition is None else f"wh_{token}_p{partition}"


def delivery_id(token: str, stream: str, sequence: int, event: CloudEvent) -> str:
    """The `webhook-id` of a delivery: the same in every attempt, and in every replay.

    The event is part of it, so that a stream that begins anew repeats no id.
    """
    return _digest("msg_", [token, stream, str(sequence), event.source, event.id])


def batch_id(deliveries: Sequence[str]) -> str:
    """The `webhook-id` of a request: that of its only delivery, or a digest of them all.

    The same deliveries have the same id whenever they are sent together again.
    """
    return deliveries[0] if len(deliveries) == 1 else _digest("bat_", sorted(deliveries))


def ordering_partition(event: CloudEvent, attribute: str) -> int:
    """The partition that an event waits in.

    Args:
        attribute: Whose value is the key; an event without it has the empty key. Empty:
            `partitionkey`, else the subject, else the source.
    """
    if attribute:
        value = event.attributes.get(attribute)
        return partition_of("" if value is None else canonical(value))
    key = event.extensions.get("partitionkey")
    return partition_of(canonical(key) if key else event.subject or event.source)


def _digest(prefix: str, parts: Sequence[str]) -> str:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return prefix + base64.b32encode(digest.digest()).decode().lower()
