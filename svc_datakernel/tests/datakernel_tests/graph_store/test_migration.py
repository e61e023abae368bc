"""Files of earlier formats, as the programs of then wrote them."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.file_format import latest_version
from svc_datakernel.adapters.sqlite.folder import FILE_NAME
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Database, DatabaseModel, Revision

from datakernel_tests.databases import AUTHOR

_FORMATS = Path(__file__).parent / "formats"
_TABLES = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"


def _place(folder: Path, database: str, version: int) -> Path:
    file = folder / database / FILE_NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.decompress((_FORMATS / f"version_{version}.sqlite3.gz").read_bytes()))
    return file


def _tables(file: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(file) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (latest_version(),)
        return conn.execute(_TABLES).fetchall()


async def test_a_file_of_format_1_opens_with_its_history(folder: Path) -> None:
    _place(folder, "old", 1)
    store = SqliteKernelStore(folder, SystemClock())
    database = await store.get_database("old")
    assert (database.display_name, database.model) == ("Old", DatabaseModel.JSON)
    log = await store.read_log("old", after=0, branch="", limit=9)
    assert [commit.message for commit in log] == ["first", "second", "third"]
    page = await store.list_documents(
        "old", Revision(branch="dev"), types=[], after="", limit=9, show_deleted=True
    )
    assert [(each.id, each.json) for each in page.documents] == [
        ("Thing/a", b'{"n":2}'),
        ("Thing/b", b'{"n":1}'),
    ]
    assert (await store.verify("old")).faults == []
    await store.close()


async def test_a_migrated_file_is_like_a_new_one(folder: Path) -> None:
    old = _place(folder, "old", 1)
    store = SqliteKernelStore(folder, SystemClock())
    await store.get_database("old")
    await store.create_database(Database("new", "", "", "", 0), AUTHOR)
    await store.close()
    assert _tables(old) == _tables(folder / "new" / FILE_NAME)
