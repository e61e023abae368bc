"""The store on a real server: all or nothing, whatever happens."""

from __future__ import annotations

import asyncio
import json

import psycopg
import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    DeadlineExceeded,
    InvalidDocument,
    LimitExceeded,
    ResourceAlreadyExists,
    ResourceNotFound,
    ServiceUnavailable,
    StaleHead,
    Unimplemented,
)
from sqlalchemy import Connection, text
from svc_datakernel.adapters.postgresql import catalogue_tables
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.domain.model import Commit, Database, FeedPosition, Revision
from svc_datakernel.domain.operations import CommitDraft

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.stores import PATIENCE_S, commit, ids

_ENDLESS = text("SELECT pg_sleep(600)")


async def _news(store: PostgresKernelStore, sequence: int) -> None:
    await store.wait_for_news(DATABASE, after=FeedPosition(sequence, 0))


async def _sql(url: str, *statements: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for statement in statements:
            await connection.execute(statement.encode())


async def test_a_cancelled_read_gives_its_connection_back(store: PostgresKernelStore) -> None:
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def sleep(conn: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        conn.execute(_ENDLESS)

    async with asyncio.timeout(PATIENCE_S):
        reads = [asyncio.ensure_future(store._read(DATABASE, sleep)) for _ in range(4)]
        await started.wait()
        for read in reads:
            read.cancel()
        assert await ids(store) == []


async def test_a_connection_that_is_lost_makes_a_call_unavailable_for_now(
    store: PostgresKernelStore,
) -> None:
    lose = text("SELECT pg_terminate_backend(pg_backend_pid())")
    for call in (store._read, store._write):
        with pytest.raises(ServiceUnavailable):
            await call(DATABASE, lambda conn: conn.execute(lose))
    await commit(store, upsert("T/x"))
    assert await ids(store) == ["T/x"]


async def test_a_statement_that_takes_too_long_is_ended(url: str) -> None:
    store = PostgresKernelStore(url, SystemClock(), statement_timeout_s=0.2)
    await store.create_database(Database(DATABASE, "", "", "", 0), AUTHOR)
    with pytest.raises(DeadlineExceeded):
        await store._read(DATABASE, lambda conn: conn.execute(_ENDLESS))
    assert await ids(store) == []
    await store.close()


async def test_a_cancelled_commit_happens_whole_or_not_at_all(store: PostgresKernelStore) -> None:
    writers = [
        asyncio.ensure_future(commit(store, upsert(f"T/{n}a"), upsert(f"T/{n}b")))
        for n in range(50)
    ]
    await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
    for writer in writers:
        writer.cancel()
    await asyncio.wait(writers)
    await commit(store, upsert("T/last"))
    kept = set(await ids(store)) - {"T/last"}
    assert {id_[:-1] + "a" for id_ in kept} | {id_[:-1] + "b" for id_ in kept} == kept
    assert (await store.verify(DATABASE)).faults == []


async def test_a_refused_draft_does_not_harm_those_it_shares_a_transaction_with(
    store: PostgresKernelStore,
) -> None:
    head = (await store.resolve(DATABASE, Revision())).id
    results = await asyncio.gather(
        *(commit(store, upsert(f"T/{n}"), expected=head if n % 2 else "") for n in range(40)),
        return_exceptions=True,
    )
    made = [result for result in results if isinstance(result, Commit)]
    refused = [result for result in results if isinstance(result, StaleHead)]
    assert len(made) + len(refused) == 40
    assert len(made) in (20, 21)
    assert len(await ids(store)) == await store.last_sequence(DATABASE) == len(made)


async def test_a_full_disk_refuses_the_commit_and_keeps_the_rest(
    store: PostgresKernelStore, url: str
) -> None:
    await commit(store, upsert("T/before"))
    await _sql(
        url,
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE 'could not extend file: No space left' USING ERRCODE = '53100'; END $$""",
        """CREATE TRIGGER is_full BEFORE INSERT ON oms_db_1.contents FOR EACH ROW
           WHEN (NEW.size > 10000) EXECUTE FUNCTION refuse()""",
    )
    large = upsert("T/large", b'{"x":"' + b"y" * 20_000 + b'"}')
    small = [commit(store, upsert(f"T/{n}", b'{"n":%d}' % n)) for n in range(3)]
    refused, *made = await asyncio.gather(commit(store, large), *small, return_exceptions=True)
    assert isinstance(refused, LimitExceeded)
    assert refused.metadata == {"limit": "storage"}
    assert refused.retry_after_s
    assert [type(result) for result in made] == [Commit] * 3
    assert await ids(store) == ["T/0", "T/1", "T/2", "T/before"]
    assert (await store.verify(DATABASE)).faults == []


async def test_text_that_postgresql_cannot_keep_is_refused_by_name(
    store: PostgresKernelStore,
) -> None:
    draft = CommitDraft([upsert("T/x")], AUTHOR, message="a\x00b")
    with pytest.raises(InvalidDocument, match="NUL"):
        await store.create_commit(DATABASE, "main", draft)
    assert await ids(store) == []


async def test_a_database_that_somebody_else_keeps_locked_is_unavailable_for_now(
    store: PostgresKernelStore, url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(url) as holder:
        await holder.execute("SELECT * FROM oms_kernel.databases FOR UPDATE")
        waiting = asyncio.ensure_future(commit(store, upsert("T/x")))
        await asyncio.wait([waiting], timeout=PATIENCE_S)
        with pytest.raises(ServiceUnavailable):
            await waiting
        assert await ids(store) == []
        await holder.rollback()
    await commit(store, upsert("T/x"))


async def test_of_two_creations_one_wins(
    store: PostgresKernelStore, other: PostgresKernelStore
) -> None:
    new = Database("new", "", "", "", 0)
    made = await asyncio.gather(
        *(each.create_database(new, AUTHOR) for each in (store, other) * 3), return_exceptions=True
    )
    assert [isinstance(each, Database) for each in made].count(True) == 1
    assert all(isinstance(each, Database | ResourceAlreadyExists) for each in made)
    assert (await other.verify("new")).faults == []


async def test_a_catalogue_is_made_once_by_kernels_that_start_together(url: str) -> None:
    stores = [PostgresKernelStore(url, SystemClock(), pool_size=3) for _ in range(4)]
    await asyncio.gather(*(each.check() for each in stores))
    for each in stores:
        await each.close()


async def test_a_deleted_database_is_gone_for_every_replica(
    store: PostgresKernelStore, other: PostgresKernelStore
) -> None:
    made = await commit(store, upsert("T/x"))
    assert await ids(other) == ["T/x"]
    watch = asyncio.ensure_future(_news(other, made.sequence))
    await store.delete_database(DATABASE)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ResourceNotFound):
            await watch
    with pytest.raises(ResourceNotFound):
        await ids(other)
    with pytest.raises(ResourceNotFound):
        await commit(other, upsert("T/y"))
    assert await other.list_databases(kind="", after="", limit=10) == []


async def test_a_database_made_anew_is_found_by_replicas_that_knew_the_old_one(
    store: PostgresKernelStore, other: PostgresKernelStore
) -> None:
    await commit(other, upsert("T/old"))
    assert await ids(other) == ["T/old"]
    await store.delete_database(DATABASE)
    await store.create_database(Database(DATABASE, "new", "", "", 0), AUTHOR)
    await commit(other, upsert("T/new"))
    assert await ids(other) == await ids(store) == ["T/new"]
    assert (await other.get_database(DATABASE)).display_name == "new"
    await store.delete_database(DATABASE)
    await store.create_database(Database(DATABASE, "", "", "", 0), AUTHOR)
    assert await ids(other) == []


async def test_tables_of_a_deleted_database_are_removed_once_nobody_reads_them(
    store: PostgresKernelStore, other: PostgresKernelStore, url: str
) -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def read(conn: Connection) -> int:
        conn.execute(text("SELECT count(*) FROM changes"))
        loop.call_soon_threadsafe(reading.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return conn.execute(text("SELECT count(*) FROM changes")).scalar_one()

    await commit(store, upsert("T/x"))
    slow = asyncio.ensure_future(other._read(DATABASE, read))
    await reading.wait()
    await store.delete_database(DATABASE)
    assert await _schemas(url) == ["oms_gone_1", "oms_kernel"]
    go_on.set()
    with pytest.raises(ResourceNotFound):
        await slow
    third = PostgresKernelStore(url, SystemClock(), pool_size=3)
    await third.check()
    assert await _schemas(url) == ["oms_kernel"]
    await third.close()


async def _schemas(url: str) -> list[str]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'oms%' ORDER BY 1"
        )
        return [row[0] for row in await found.fetchall()]


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_commits_of_other_replicas_wake_who_waits(
    store: PostgresKernelStore,
    other: PostgresKernelStore,
    is_deaf: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_deaf:
        monkeypatch.setattr(
            "svc_datakernel.adapters.postgresql.listening.Listener.start", lambda _: None
        )
    made = await commit(store, upsert("T/x"))
    async with asyncio.timeout(PATIENCE_S):
        watch = asyncio.ensure_future(_news(other, made.sequence))
        await ids(other)
        await commit(store, upsert("T/y"))
        await watch


async def test_tables_of_a_later_program_are_refused(
    store: PostgresKernelStore, other: PostgresKernelStore, url: str
) -> None:
    assert await ids(store) == []
    await _sql(url, "UPDATE oms_kernel.databases SET format = 999")
    with pytest.raises(Unimplemented, match="999"):
        await ids(other)
    with pytest.raises(Unimplemented, match="999"):
        await commit(store, upsert("T/x"))


async def test_older_tables_are_brought_to_the_present_format(
    store: PostgresKernelStore, other: PostgresKernelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await commit(store, upsert("T/x"))

    def add_table(conn: Connection) -> None:
        conn.exec_driver_sql("CREATE TABLE added (x int)")

    monkeypatch.setattr(
        "svc_datakernel.adapters.postgresql.catalogue_tables.MIGRATIONS",
        (*catalogue_tables.MIGRATIONS, add_table),
    )
    assert await other.resolve(DATABASE, Revision()) == made
    await other._read(DATABASE, lambda conn: conn.exec_driver_sql("SELECT * FROM added").all())
    await commit(store, upsert("T/y"))


async def test_tables_of_format_1_keep_their_history_and_gain_what_is_new(
    store: PostgresKernelStore, other: PostgresKernelStore, url: str
) -> None:
    made = await commit(store, upsert("T/x"))
    tables = "oms_db_1.answers, oms_db_1.branch_moves"
    await _sql(url, f"DROP TABLE {tables}", "UPDATE oms_kernel.databases SET format = 1")
    assert await other.resolve(DATABASE, Revision()) == made
    await other.create_branch(DATABASE, "dev", Revision())
    moves = await other.read_moves(DATABASE, after=0, upto=made.sequence, branch="", limit=9)
    assert [(move.branch, move.new_head) for move in moves] == [("dev", made.id)]


async def test_a_damaged_content_is_found_and_named(store: PostgresKernelStore, url: str) -> None:
    made = await commit(store, upsert("T/x", b'{"n":1}'), upsert("T/y", b'{"n":2}'))
    await _sql(url, """UPDATE oms_db_1.contents SET json = '{"n":3}' WHERE json = '{"n":1}'""")
    faults = (await store.verify(DATABASE)).faults
    assert {(fault.commit_id, fault.document_id) for fault in faults} == {(made.id, "T/x")}


async def test_texts_are_ordered_by_code_point_whatever_the_server_prefers(
    store: PostgresKernelStore,
) -> None:
    wanted = ["T/A", "T/Z", "T/a", "T/z", "T/~", "T/é", "T/中", "T/😀"]
    await commit(store, *(upsert(id_) for id_ in reversed(wanted)))
    assert await ids(store) == wanted


async def test_statistics_of_the_tables_follow_what_is_written(
    store: PostgresKernelStore, url: str
) -> None:
    documents = [upsert(f"T/{n}", json.dumps({"n": n}).encode()) for n in range(3000)]
    await commit(store, *documents)
    await commit(store, upsert("T/last"))
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'oms_db_1.changes'::regclass"
        )
        row = await found.fetchone()
    assert row is not None
    assert row[0] >= 3000
