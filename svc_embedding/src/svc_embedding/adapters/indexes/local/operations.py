"""What a record of an index's log says."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import orjson

from svc_embedding.adapters.indexes.record_json import record_from_json, record_to_json
from svc_embedding.domain.indexes.entries import Entry
from svc_embedding.domain.indexes.records import IndexRecord

_LENGTH: Final = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class SetRecord:
    """The index is now so."""

    record: IndexRecord


@dataclass(frozen=True, slots=True)
class Put:
    """Entries of a generation are now so."""

    generation: int
    namespace: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Delete:
    """Entries are gone from every generation."""

    namespace: str
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Clear:
    """A namespace is gone from every generation."""

    namespace: str


Operation: TypeAlias = SetRecord | Put | Delete | Clear


def encode(operations: Sequence[Operation]) -> bytes:
    """Operations that happen together, as one record: a JSON header, then float32 vectors."""
    plain: list[dict[str, Any]] = []
    vectors: list[bytes] = []
    for each in operations:
        match each:
            case SetRecord(record):
                plain.append({"record": record_to_json(record).decode()})
            case Put(generation, namespace, entries):
                listed = [[e.id, e.text, e.metadata, e.version, e.vector.size] for e in entries]
                plain.append({"put": listed, "in": namespace, "of": generation})
                vectors += [e.vector.astype("<f4").tobytes() for e in entries]
            case Delete(namespace, ids):
                plain.append({"delete": list(ids), "in": namespace})
            case Clear(namespace):
                plain.append({"clear": namespace})
    header = orjson.dumps(plain)
    return b"".join([_LENGTH.pack(len(header)), header, *vectors])


def decode(payload: bytes) -> list[Operation]:
    """The operations of a record."""
    (length,) = _LENGTH.unpack_from(payload)
    at = _LENGTH.size + length
    found: list[Operation] = []
    for plain in orjson.loads(payload[_LENGTH.size : at]):
        if "put" in plain:
            entries: list[Entry] = []
            for key, text, metadata, version, size in plain["put"]:
                vector = np.frombuffer(payload, "<f4", size, at)
                at += 4 * size
                entries.append(
                    Entry(id=key, text=text, vector=vector, metadata=metadata, version=version)
                )
            found.append(Put(plain["of"], plain["in"], entries))
        elif "record" in plain:
            found.append(SetRecord(record_from_json(plain["record"])))
        elif "delete" in plain:
            found.append(Delete(plain["in"], plain["delete"]))
        else:
            found.append(Clear(plain["clear"]))
    return found
