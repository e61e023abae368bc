"""Streams of bodies, written where they belong."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any


def write_parts(parts: Iterable[Any], to: Path | IO[bytes]) -> None:
    """Writes the bodies of a stream; a file appears only once it is whole.

    Args:
        parts: Messages with a `body`.
    """
    if not isinstance(to, Path):
        _write(parts, to)
        return
    unfinished = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as out:
            _write(parts, out)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(parts: Iterable[Any], out: IO[bytes]) -> None:
    for part in parts:
        out.write(part.body.data)
    out.flush()
