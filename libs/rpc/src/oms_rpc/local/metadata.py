"""Metadata as a network would carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import grpc

Items = tuple[tuple[str, Any], ...]

_is_key = re.compile(r"[a-z0-9_.-]+").fullmatch
_is_value = re.compile(r"[\x20-\x7e]*").fullmatch


def normalise(metadata: Iterable[tuple[str, Any]] | None) -> Items:
    """Metadata with the types that the other end of a network sees: bytes under `-bin`, else text.

    Raises:
        grpc.aio.InternalError: a key or value that HTTP/2 can't carry, as on a network.
    """
    if not metadata:
        return ()
    return tuple([_item(key, value) for key, value in metadata])


def _item(key: str, value: Any) -> tuple[str, Any]:
    if not _is_key(key):
        raise grpc.aio.InternalError(
            f"metadata key {key!r} is illegal: use lower-case letters, digits, '_', '-' and '.'"
        )
    if key.endswith("-bin"):
        return key, value if isinstance(value, bytes) else str(value).encode()
    text = value.decode() if isinstance(value, bytes) else value
    if not _is_value(text):
        raise grpc.aio.InternalError(
            f"the value of metadata {key!r} is not printable ASCII: put it under a '-bin' key"
        )
    return key, text
