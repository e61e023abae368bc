"""The in-process index on its disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from oms_core.errors import DataCorrupted, ServiceUnavailable
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.adapters.indexes.local.log import Log

from .making import entry, record, vector


async def test_what_was_written_is_there_after_a_crash(tmp_path: Path):
    first = LocalIndex(tmp_path)
    made = record("a")
    await first.create(made)
    await first.write(made, "ns", {1: [entry("one", vector(1, 2), "a text", {"n": 1.5})]})
    await first.put_state("k", "v", 0)
    await first.close()
    path = tmp_path / "a.index"
    whole = path.read_bytes()
    # Whatever a crash leaves of the next record, those before it are whole.
    torn = b"\x50\x00\x00\x00" + b"x" * 60
    zeros = [bytes(size) for size in (1, 8, 9, 5000)]
    for left in (*(torn[:cut] for cut in (1, 7, 9, 40)), *zeros):
        path.write_bytes(whole + left)
        again = LocalIndex(tmp_path)
        found = await again.entries(made, "ns", ["one"])
        assert found["one"].text == "a text"
        assert (await again.state("k")).value == "v"
        await again.write(made, "ns", {1: [entry("two")]})
        await again.close()
        last = LocalIndex(tmp_path)
        assert await last.count(made) == 2
        await last.close()


async def test_a_record_that_changed_on_disk_is_told(tmp_path: Path):
    index = LocalIndex(tmp_path)
    made = record("a")
    await index.create(made)
    await index.write(made, "ns", {1: [entry("one")]})
    await index.write(made, "ns", {1: [entry("two")]})
    await index.close()
    path = tmp_path / "a.index"
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    again = LocalIndex(tmp_path)
    with pytest.raises(DataCorrupted, match=r"a\.index"):
        await again.get("a")
    await again.close()


def test_zeros_before_a_record_are_told(tmp_path: Path):
    log = Log(tmp_path / "x.index")
    log.append(b"one")
    log.close()
    path = tmp_path / "x.index"
    path.write_bytes(path.read_bytes() + bytes(16) + b"more")
    again = Log(path)
    with pytest.raises(DataCorrupted, match=r"x\.index"):
        list(again.records())
    again.close()


async def test_one_process_uses_a_folder(tmp_path: Path):
    first, second = LocalIndex(tmp_path), LocalIndex(tmp_path)
    await first.check()
    with pytest.raises(ServiceUnavailable):
        await second.check()
    await first.close()
    await second.check()
    await second.close()


def test_a_log_is_rewritten_at_once(tmp_path: Path):
    log = Log(tmp_path / "x.index")
    for number in range(5):
        log.append(str(number).encode())
    log.rewrite([b"all"])
    log.append(b"more")
    log.close()
    again = Log(tmp_path / "x.index")
    assert list(again.records()) == [b"all", b"more"]
    again.close()
