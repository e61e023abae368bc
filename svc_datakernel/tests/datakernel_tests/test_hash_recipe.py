"""The hash recipe of README.md, written down a second time and compared."""

from __future__ import annotations

import hashlib
from typing import Any

from svc_datakernel.adapters.sql import branches, commits, log, merging
from svc_datakernel.domain.merging import MergeDraft
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.operations import Operation, OperationKind

from datakernel_tests.databases import AUTHOR, commit, empty_database, upsert


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


def _text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _number(len(raw)) + raw


def _content(type_: str, json: bytes) -> bytes:
    return hashlib.sha256(_text("oms-content/1") + _text(type_) + _text(json)).digest()


def _change(
    id_: str, type_: str, kind: int, hard: int, before: bytes | None, after: bytes | None
) -> bytes:
    contents = [content or b"" for content in (before, after)]
    hashes = [bytes([len(content)]) + content for content in contents]
    return b"".join((_text(id_), _text(type_), bytes([kind, hard]), *hashes))


def _commit(made: Any, changes: list[bytes]) -> str:
    raw = _text("oms-commit/1") + _text("db") + _number(len(made.parents))
    raw += b"".join(bytes.fromhex(parent) for parent in made.parents)
    raw += _text(made.author) + _text(made.message) + _number(made.time_us) + _text(made.branch)
    return hashlib.sha256(raw + b"".join(changes) + _number(len(changes))).hexdigest()


def test_a_commit_id_can_be_recomputed_from_what_it_covers() -> None:
    with empty_database() as conn:
        root = commits.resolve(conn, Revision())
        assert root.id == _commit(root, [])
        one, two = _content("Room", b'{"n":1}'), _content("Room", b'{"n":2}')
        made = commit(
            conn,
            upsert("b", b'{"n":1}', "Room"),
            upsert("가", b'{"n":1}', "Room"),
            upsert("a", b'{ "n": 2 }', "Room"),
            message="why",
            now_us=77,
        )
        expected = [
            _change("a", "Room", 1, 0, None, two),
            _change("b", "Room", 1, 0, None, one),
            _change("가", "Room", 1, 0, None, one),
        ]
        assert made.id == _commit(made, expected)
        branches.create(conn, "dev", Revision(), now_us=80)
        made = commit(
            conn,
            Operation(OperationKind.DELETE, "a"),
            Operation(OperationKind.DELETE, "b", is_hard=True),
            upsert("가", b'{"n":2}', "Hall"),
            branch="dev",
            now_us=90,
        )
        hall = _content("Hall", b'{"n":2}')
        expected = [
            _change("a", "Room", 3, 0, two, two),
            _change("b", "Room", 3, 1, one, None),
            _change("가", "Hall", 2, 0, one, hall),
        ]
        assert made.id == _commit(made, expected)
        merged = merging.merge(
            conn, "db", "main", MergeDraft(Revision(branch="dev"), AUTHOR, "m"), now_us=99
        ).commit
        assert merged is not None
        assert merged.id == _commit(merged, expected)


def test_a_commit_is_never_older_than_its_parent() -> None:
    with empty_database() as conn:
        late = commit(conn, upsert("a"), now_us=1000)
        early = commit(conn, upsert("b"), now_us=500)
        assert (late.time_us, early.time_us) == (1000, 1000)
        branches.create(conn, "dev", Revision(commit=late.id), now_us=1)
        assert commit(conn, upsert("c"), branch="dev", now_us=1).time_us == 1000
        at_time = commits.resolve(conn, Revision(time_us=1000))
        assert at_time.id == early.id


def test_changes_are_logged_in_the_order_of_ids() -> None:
    with empty_database() as conn:
        made = commit(conn, *(upsert(id_) for id_ in ("b", "é", "a", "가", "B")))
        part = log.read_changes(conn, made, start=1, limit=3, with_documents=False)
        assert [each.document_id for each in part.differences] == ["a", "b", "é"]
        assert part.next_index == 4
