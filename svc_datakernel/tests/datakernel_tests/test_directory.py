"""A line's directory: every entry once and in order, however it is cut."""

from __future__ import annotations

import pytest
from svc_datakernel.adapters.sql import directory, positions
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import commit, empty_database, upsert


@pytest.mark.parametrize("arms", [1, 3, 100])
@pytest.mark.parametrize("batch", [1, 2, 5, 50])
def test_batches_hold_every_entry_once_in_order(
    monkeypatch: pytest.MonkeyPatch, arms: int, batch: int
) -> None:
    monkeypatch.setattr(directory, "SMALLEST_BUCKET", 2)
    monkeypatch.setattr(directory, "_ARMS_AT_ONCE", arms)
    with empty_database() as conn:
        for number in (7, 0, 9, 3, 12, 1, 8, 2, 11, 4):
            # Under two types, so that an entry comes from several places.
            commit(conn, upsert(f"d{number:02}", b"{}", "A"), upsert(f"e{number:02}", b"{}", "B"))
            commit(conn, upsert(f"d{number:02}", b"{}", "B"))
        position = positions.resolve(conn, Revision())
        for types in ([], ["A", "B"], ["B"]):
            batches = directory.entries(conn, position, types=types, after="d03", batch=batch)
            found = [entry.document_id for entries in batches for entry in entries]
            numbers = [0, 1, 2, 3, 4, 7, 8, 9, 11, 12]
            expected = [f"d{n:02}" for n in numbers if n > 3] + [f"e{n:02}" for n in numbers]
            assert found == expected


def test_the_number_of_buckets_grows_with_the_logarithm() -> None:
    with empty_database() as conn:
        for number in range(3000):
            commit(conn, upsert(f"d{number}"))
        buckets = conn.exec_driver_sql("SELECT entry_count FROM directory_buckets").scalars().all()
        assert buckets == [256, 256, 512, 1024, 952]


def test_one_large_commit_stays_in_one_bucket() -> None:
    with empty_database() as conn:
        commit(conn, upsert("early"))
        early = positions.resolve(conn, Revision())
        commit(conn, *(upsert(f"d{number:04}") for number in range(2000)))
        buckets = conn.exec_driver_sql("SELECT entry_count FROM directory_buckets").scalars().all()
        assert buckets == [1, 2000]
        batches = list(directory.entries(conn, early, types=[], after="", batch=10))
        assert [[entry.document_id for entry in entries] for entries in batches] == [["early"]]
