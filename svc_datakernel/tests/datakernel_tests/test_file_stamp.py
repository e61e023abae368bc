"""Writes to a file of SQLite are noticed without asking SQLite."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from svc_datakernel.adapters.sqlite.file_stamp import WriteWatch

LATER_NS = 10_000_000_000


class Now:
    """A time that can be set, in nanoseconds since that of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.since_write = LATER_NS

    def __call__(self) -> int:
        paths = (self._path, Path(f"{self._path}-wal"))
        return max(path.stat().st_mtime_ns for path in paths if path.exists()) + self.since_write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite3"


@pytest.fixture
def connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (n)")
    return connection


def test_each_commit_is_news_once(path: Path, connection: sqlite3.Connection) -> None:
    watch = WriteWatch(path, now_ns=Now(path))
    assert watch.has_news()
    assert not watch.has_news()
    for number in range(3):
        connection.execute("INSERT INTO t VALUES (?)", [number])
        os.utime(f"{path}-wal", ns=(0, number))  # the times of commits in a row may be the same
        assert watch.has_news()
        assert not watch.has_news()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert watch.has_news()
    connection.close()


def test_what_may_go_on_in_the_same_moment_is_asked_for_again(
    path: Path, connection: sqlite3.Connection
) -> None:
    now = Now(path)
    now.since_write = 1_000_000
    watch = WriteWatch(path, now_ns=now)
    assert watch.has_news()
    assert watch.has_news()
    now.since_write = LATER_NS
    assert watch.has_news()
    assert not watch.has_news()
    connection.close()


def test_a_file_that_is_gone_is_told(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        WriteWatch(path).has_news()
