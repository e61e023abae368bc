"""JSON Lines cut anywhere become the same batches."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import UploadTooLarge
from svc_datakernel.servicers import importing
from svc_datakernel.servicers.importing import LineBatches

_TEXT = st.lists(st.sampled_from([b"{}", b'{"a":1}', b"", b" \t", b'{"b":"x"}\r'])).map(b"\n".join)


def _batches(parts: list[bytes], *, size: int, skip: int = 0) -> list[tuple[int, list[bytes]]]:
    batches = LineBatches(size, skip)
    found = [batch for part in parts for batch in batches.add(part)]
    return [(batch.first_line, batch.lines) for batch in [*found, *batches.finish()]]


def _cut(text: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


@given(_TEXT, st.lists(st.integers(min_value=0)), st.integers(1, 4), st.integers(0, 5))
def test_where_the_text_is_cut_makes_no_difference(
    text: bytes, places: list[int], size: int, skip: int
) -> None:
    whole = _batches([text], size=size, skip=skip)
    assert _batches(_cut(text, places), size=size, skip=skip) == whole


@given(_TEXT, st.integers(1, 4), st.integers(0, 5))
def test_batches_hold_every_line_that_is_not_empty_in_order(
    text: bytes, size: int, skip: int
) -> None:
    lines = text.split(b"\n")
    wanted = [line for line in lines[skip:] if line.strip()]
    batches = _batches([text], size=size, skip=skip)
    assert [line for _, batch in batches for line in batch] == wanted
    assert all(len(batch) <= size for _, batch in batches)
    for first_line, batch in batches:
        assert lines[first_line] == batch[0]


def test_a_batch_ends_early_when_it_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_BATCH_BYTES", 10)
    assert [len(lines) for _, lines in _batches([b"123456\n" * 4], size=100)] == [2, 2]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "_MOST_LINE_BYTES", 10)
    batches = LineBatches(10, 0)
    batches.add(b"{}\n123456")
    with pytest.raises(UploadTooLarge, match="line 2") as caught:
        batches.add(b"7890123")
    assert caught.value.metadata["line"] == "2"
