"""Records of indexes as JSON, the same in every backend."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from svc_embedding.domain.indexes.records import Building, Generation, IndexRecord, Metric


def record_to_json(record: IndexRecord) -> bytes:
    """A record as JSON."""
    return orjson.dumps(asdict(record) | {"metric": record.metric.value})


def record_from_json(text: str | bytes) -> IndexRecord:
    """A record that was written by `record_to_json`."""
    plain: dict[str, Any] = orjson.loads(text)
    building: dict[str, Any] | None = plain["building"]
    return IndexRecord(
        id=plain["id"],
        metric=Metric(plain["metric"]),
        description=plain["description"],
        active=Generation(**plain["active"]),
        building=_building(building) if building else None,
        create_time=datetime.fromisoformat(plain["create_time"]),
        layout=plain["layout"],
    )


def _building(plain: dict[str, Any]) -> Building:
    after: list[str] | None = plain["after"]
    return Building(
        generation=Generation(**plain["generation"]),
        start_time=datetime.fromisoformat(plain["start_time"]),
        total=plain["total"],
        done=plain["done"],
        after=(after[0], after[1]) if after else None,
    )
