"""How documents one by one become the body of an answer, in messages of a good size."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Final

_MESSAGE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before, between and after the parts of an answer."""

    before: bytes = b""
    between: bytes = b""
    after: bytes = b""
    after_each: bytes = b""


LINES: Final = Frame(after_each=b"\n")
ARRAY: Final = Frame(before=b"[", between=b",", after=b"]")
NOTHING: Final = Frame()


async def framed(parts: AsyncIterator[bytes], frame: Frame) -> AsyncGenerator[bytes]:
    """The body in pieces of about 64 KiB; always at least one piece, which may be empty.

    The first piece goes out with the first part, so that the wait for it is short.
    """
    piece = bytearray(frame.before)
    is_first = True
    async for part in parts:
        if not is_first:
            piece += frame.between
        piece += part
        piece += frame.after_each
        if is_first or len(piece) >= _MESSAGE_BYTES:
            yield bytes(piece)
            piece.clear()
        is_first = False
    piece += frame.after
    if piece or is_first:
        yield bytes(piece)
