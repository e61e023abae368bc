"""Damage is found, and what can not be read is refused."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    DataCorrupted,
    OmsError,
    Unimplemented,
)
from sqlalchemy import Connection
from svc_datakernel.adapters.sqlite import file_format
from svc_datakernel.adapters.sqlite.folder import FILE_NAME
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.operations import CommitDraft

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.stores import commit, ids


def _damage(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / DATABASE / FILE_NAME) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


_DAMAGES = {
    "a content": "UPDATE contents SET json = CAST(replace(json, '1', '2') AS BLOB)",
    "a message": "UPDATE commits SET message = 'forged' WHERE sequence = 1",
    "an author": "UPDATE commits SET author = 'mallory' || author WHERE sequence = 1",
    "a time": "UPDATE commits SET time_us = time_us + 1 WHERE sequence = 2",
    "a document's id": "UPDATE documents SET id = 'T/forged' WHERE id = 'T/x'",
    "what a change made": "UPDATE changes SET after = NULL WHERE key = 1",
    "what a change found": "UPDATE changes SET before = NULL WHERE sequence = 2",
    "a change's line": "UPDATE changes SET line = 5 WHERE key = 1",
    "who created a document": "UPDATE changes SET created_sequence = 0 WHERE key = 1",
    "the directory": "DELETE FROM directory WHERE document_id = 'T/x'",
    "what a line sees": "UPDATE line_ancestors SET change_limit = 1 WHERE depth = 1",
    "a head": "UPDATE branches SET head = 1 WHERE name = 'main'",
    "a parent": "UPDATE commits SET first_parent = 0 WHERE sequence = 2",
}


@pytest.mark.parametrize("statement", _DAMAGES.values(), ids=_DAMAGES.keys())
async def test_verification_finds_damage(
    store: SqliteKernelStore, folder: Path, statement: str
) -> None:
    await commit(store, upsert("T/x", b'{"n":1}'))
    await commit(store, upsert("T/x", b'{"n":11}'))
    await store.create_branch(DATABASE, "dev", Revision())
    await store.create_commit(DATABASE, "dev", CommitDraft([upsert("T/dev")], AUTHOR))
    assert (await store.verify(DATABASE)).faults == []
    _damage(folder, statement)
    assert (await store.verify(DATABASE)).faults


async def test_verification_names_the_commit_and_the_document(
    store: SqliteKernelStore, folder: Path
) -> None:
    made = await commit(store, upsert("T/x", b'{"n":1}'), upsert("T/y"))
    _damage(folder, _DAMAGES["a content"])
    faults = (await store.verify(DATABASE)).faults
    assert (faults[0].commit_id, faults[0].document_id) == (made.id, "T/x")


async def test_a_damaged_content_is_not_answered(store: SqliteKernelStore, folder: Path) -> None:
    await commit(store, upsert("T/x", b'{"n":1}'))
    _damage(folder, _DAMAGES["a content"])
    with pytest.raises(DataCorrupted):
        await store.get_documents(DATABASE, Revision(), ["T/x"], show_deleted=False)


async def test_a_flipped_bit_anywhere_in_the_file_never_goes_unnoticed(
    store: SqliteKernelStore, folder: Path
) -> None:
    for number in range(5):
        json = b'{"text":"%s"}' % (b"abcdefgh" * 400)
        await commit(store, *(upsert(f"T/{number}-{n}", json + b" " * n) for n in range(4)))
    expected = await ids(store)
    await store.close()
    path = folder / DATABASE / FILE_NAME
    intact = path.read_bytes()
    chance = random.Random(7)
    for _ in range(12):
        position = intact.index(b"abcdefgh") + chance.randrange(3000)
        damaged = bytearray(intact)
        damaged[position] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        again = SqliteKernelStore(folder, SystemClock())
        assert (await again.verify(DATABASE)).faults
        await again.close()
    path.write_bytes(intact)
    again = SqliteKernelStore(folder, SystemClock())
    assert await ids(again) == expected
    await again.close()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("PRAGMA user_version = 99", Unimplemented),
        ("PRAGMA user_version = 0", DataCorrupted),
        ("PRAGMA application_id = 1", DataCorrupted),
        ("UPDATE meta SET value = 'other' WHERE name = 'database_id'", DataCorrupted),
    ],
)
async def test_a_file_that_is_not_ours_is_refused(
    store: SqliteKernelStore, folder: Path, damage: str, expected: type[OmsError]
) -> None:
    await store.close()
    connection = sqlite3.connect(folder / DATABASE / FILE_NAME)
    connection.execute(damage)
    connection.commit()
    connection.close()
    again = SqliteKernelStore(folder, SystemClock())
    with pytest.raises(expected):
        await again.get_database(DATABASE)
    await again.close()


async def test_an_older_file_is_brought_to_the_present_version(
    store: SqliteKernelStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await commit(store, upsert("T/x"))
    await store.close()

    def add_table(conn: Connection) -> None:
        conn.exec_driver_sql("CREATE TABLE added (x)")

    monkeypatch.setattr(file_format, "MIGRATIONS", (*file_format.MIGRATIONS, add_table))
    again = SqliteKernelStore(folder, SystemClock())
    assert await again.resolve(DATABASE, Revision()) == made
    version = await again._read(
        DATABASE, lambda conn: conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    )
    assert version == 1 + len(file_format.MIGRATIONS)
    await again._read(DATABASE, lambda conn: conn.exec_driver_sql("SELECT * FROM added").all())
    await again.close()
