"""The files of the in-process index when the disk is full, or a caller leaves in the middle."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest
from oms_core.errors import ServiceUnavailable
from svc_embedding.adapters.indexes.local import stored
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.domain.indexes.vector_index import State

from .holding import PATIENCE_S, held
from .making import entry, record, vector


def _full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock"}


async def test_an_index_that_is_called_states_has_files_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("states")
    await index.check()
    with held(monkeypatch, os, "fsync") as reached:
        putting = asyncio.create_task(index.put_state("k", "v", 0))
        assert await asyncio.to_thread(reached.wait, PATIENCE_S)
        other = asyncio.create_task(_created_elsewhere(tmp_path / "states.index"))
        await other
    assert await putting
    await index.close()
    (tmp_path / "states.index").unlink()
    again = LocalIndex(tmp_path)
    assert await again.state("k") == State("v", 1)
    await again.create(made)
    assert await again.list() == [made]
    await again.close()


async def _created_elsewhere(path: Path) -> None:
    from svc_embedding.adapters.indexes.local.log import Log

    log = await asyncio.to_thread(Log, path)
    log.close()


async def test_a_state_whose_caller_left_is_written_before_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index = LocalIndex(tmp_path)
    await index.check()
    with held(monkeypatch, os, "fsync") as reached:
        left = asyncio.create_task(index.put_state("k", "first", 0))
        assert await asyncio.to_thread(reached.wait, PATIENCE_S)
        left.cancel()
        late = asyncio.create_task(index.put_state("k", "late", 0))
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await left
    assert not await late
    assert await index.put_state("k", "second", 1)
    await index.close()
    again = LocalIndex(tmp_path)
    assert await again.state("k") == State("second", 2)
    await again.close()


async def test_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, data[:3], at))
    monkeypatch.setattr(os, "write", lambda _, data: len(data[:3]))
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    assert await index.put_state("k", "v" * 100, 0)
    await index.close()
    again = LocalIndex(tmp_path)
    assert await again.state("k") == State("v" * 100, 1)
    assert await again.list() == [made]
    await again.close()


async def test_a_full_disk_leaves_the_states_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index = LocalIndex(tmp_path)
    assert await index.put_state("k", "v", 0)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _full)
        with pytest.raises(ServiceUnavailable, match="No space left"):
            await index.put_state("k", "w", 1)
    assert await index.state("k") == State("v", 1)
    assert _files(tmp_path) == {"states.json"}
    assert await index.put_state("k", "w", 1)
    await index.close()


@pytest.mark.parametrize("call", ["fsync", "fdatasync"])
async def test_an_index_that_can_not_be_written_is_not_made(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("a")
    await index.check()
    with monkeypatch.context() as full:
        full.setattr(os, call, _full)
        if call == "fdatasync":
            full.setattr(os, "ftruncate", lambda *_: None)
        with pytest.raises(ServiceUnavailable, match="No space left"):
            await index.create(made)
    assert await index.list() == []
    assert _files(tmp_path) == set()
    await index.create(made)
    assert await index.list() == [made]
    await index.close()


async def test_an_index_is_listed_once_it_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("a")
    await index.check()
    with held(monkeypatch, os, "fdatasync") as reached:
        creating = asyncio.create_task(index.create(made))
        assert await asyncio.to_thread(reached.wait, PATIENCE_S)
        assert await index.list() == []
        creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating
    # It was begun, so it is finished: here and on disk alike.
    assert await index.list() == [made]
    await index.close()
    again = LocalIndex(tmp_path)
    assert await again.list() == [made]
    await again.close()


async def test_an_index_whose_file_stays_is_not_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", _full)
        with pytest.raises(ServiceUnavailable):
            await index.delete("a")
    await index.write(made, "ns", {1: [entry("one")]})
    await index.delete("a")
    assert _files(tmp_path) == set()
    await index.close()


async def test_a_write_is_done_although_the_log_can_not_be_shortened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stored, "_SLACK_BYTES", 500)
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _full)
        for turn in range(20):
            await index.write(made, "ns", {1: [entry("one", vector(1), f"turn {turn}")]})
    assert _files(tmp_path) == {"a.index"}
    await index.close()
    again = LocalIndex(tmp_path)
    assert (await again.entries(made, "ns", ["one"]))["one"].text == "turn 19"
    await again.close()


async def test_a_log_of_what_was_replaced_is_shortened_after_a_start_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    for turn in range(50):
        await index.write(made, "ns", {1: [entry("one", vector(1), f"turn {turn}")]})
    await index.close()
    monkeypatch.setattr(stored, "_SLACK_BYTES", 500)
    again = LocalIndex(tmp_path)
    before = (tmp_path / "a.index").stat().st_size
    await again.write(made, "ns", {1: [entry("two")]})
    assert (tmp_path / "a.index").stat().st_size < before / 4
    await again.write(made, "ns", {1: [entry("three")]})
    await again.close()
    last = LocalIndex(tmp_path)
    assert (await last.entries(made, "ns", ["one"]))["one"].text == "turn 49"
    assert await last.count(made) == 3
    await last.close()
