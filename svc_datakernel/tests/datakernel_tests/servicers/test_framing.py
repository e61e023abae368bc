"""Parts of an answer put together as its body."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from svc_datakernel.servicers.framing import ARRAY, LINES, NOTHING, Frame, framed


async def _parts(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _body(parts: list[bytes], frame: Frame) -> bytes:
    return b"".join([piece async for piece in framed(_parts(parts), frame)])


@pytest.mark.parametrize("count", [0, 1, 2, 20_000])
async def test_an_array_of_any_length_is_json(count: int) -> None:
    parts = [str(n).encode() for n in range(count)]
    assert json.loads(await _body(parts, ARRAY)) == list(range(count))


@pytest.mark.parametrize("count", [0, 1, 2, 20_000])
async def test_lines_end_each(count: int) -> None:
    body = await _body([b"{}"] * count, LINES)
    assert body == b"{}\n" * count


async def test_small_parts_travel_together_and_the_first_one_at_once() -> None:
    sizes = [len(piece) async for piece in framed(_parts([b"x" * 1000] * 200), NOTHING)]
    assert sizes[0] == 1000
    assert len(sizes) < 8


async def test_an_empty_answer_has_a_piece_too() -> None:
    assert [piece async for piece in framed(_parts([]), NOTHING)] == [b""]
