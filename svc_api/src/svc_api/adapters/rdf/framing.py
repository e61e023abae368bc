"""Messages between the server and its child: JSON after four bytes of length."""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson

LENGTH_BYTES = 4


def frame(message: Any) -> bytes:
    """The bytes of a message; a dataclass becomes an object."""
    data = orjson.dumps(message)
    return len(data).to_bytes(LENGTH_BYTES) + data


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Writes a message."""
    stream.write(frame(message))


def read_frame(stream: BinaryIO) -> Any:
    """Reads a message.

    Raises:
        EOFError: the stream ended.
    """
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        raise EOFError("the stream ended before a message")
    return orjson.loads(stream.read(int.from_bytes(head)))
