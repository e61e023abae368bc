"""Archives while they are written: whole, or nowhere."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest
from oms_monolith.backup.archive import MANIFEST, Archive, Manifest, Part, writing
from oms_monolith.backup.errors import ArchiveDamaged, ArchiveExists, NoRoom, PlaceInUse


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with writing(tmp_path / "archive") as archive:
        with archive.part("a/b.c", "x") as part:
            part.write(b"12")
            part.write(b"345")
            part.about["more"] = {"n": 1}
        archive.left_out.append("nothing")
        archive.finish()
    read = Archive(tmp_path / "archive")
    (part,) = read.manifest.of_kind("x")
    assert (part.size, part.about) == (5, {"more": {"n": 1}})
    assert list(read.chunks(part, 2)) == [b"12", b"34", b"5"]
    assert read.manifest.left_out == ["nothing"]
    with pytest.raises(ArchiveExists), writing(tmp_path / "archive"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_a_part_that_ends_badly_is_none(tmp_path: Path) -> None:
    with writing(tmp_path / "archive") as archive:
        with pytest.raises(KeyError), archive.part("a", "x") as part:
            part.write(part.about["nothing"])
        with archive.part("a", "x") as part:
            part.write(b"2")
        archive.finish()
    read = Archive(tmp_path / "archive")
    assert [b"".join(read.chunks(part)) for part in read.manifest.parts] == [b"2"]


def test_an_archive_that_fails_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(NoRoom, match="no room"),
        writing(tmp_path / "archive") as archive,
        archive.part("a", "x") as part,
    ):
        part.write(b"1")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".archive.unfinished"
    left.mkdir()
    (left / "a").write_bytes(b"1")
    with writing(tmp_path / "archive") as archive:
        archive.finish()
    assert [path.name for path in (tmp_path / "archive").iterdir()] == [MANIFEST]
    assert not left.exists()


def test_two_programs_do_not_write_one_archive(tmp_path: Path) -> None:
    with (tmp_path / ".archive.unfinished.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(PlaceInUse), writing(tmp_path / "archive"):
            pass


@pytest.mark.parametrize("name", ["../a", "/a", "a//b", "a/../b", ".a", ""])
def test_a_part_stays_within_its_archive(name: str) -> None:
    part = Part(name, "x", 0, "", {})
    text = Manifest("i", "v", "t", [part], []).to_json()
    with pytest.raises(ArchiveDamaged, match="no path"):
        Manifest.from_json(text.encode())


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"checksum": 1, "format": "x"}'])
def test_what_is_no_manifest_is_damaged(text: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        Manifest.from_json(text)
