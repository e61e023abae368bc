"""Commits of documents that can't be stored: each is refused whole, with a typed error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms_testing.e2e import Api

_DOCUMENTS = {
    "no JSON": b"{nonsense}",
    "an array": b"[1, 2]",
    "a duplicate key": b'{"a": 1, "a": 2}',
    "a reserved key": b'{"_created_by": "me"}',
    "a depth of 65": b'{"a":' * 65 + b"1" + b"}" * 65,
    "broken UTF-8": b'{"a": "\xff"}',
    "no number": b'{"a": NaN}',
}


@pytest.mark.parametrize("content", _DOCUMENTS.values(), ids=_DOCUMENTS.keys())
async def test_a_bad_document_is_refused_with_all_that_came_with_it(
    api: Api, sealed_database: str, failing: Any, content: bytes
) -> None:
    good = commits.DocumentWrite(document_id="Thing/1", type="Thing", json=b'{"n": 1}')
    bad = commits.DocumentWrite(document_id="Thing/2", type="Thing", json=content)
    error = await failing(
        api(
            commits.CreateCommitRequest(
                parent=f"{sealed_database}/branches/main",
                operations=[
                    commits.DocumentOperation(insert=good),
                    commits.DocumentOperation(insert=bad),
                ],
            )
        )
    )
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_DOCUMENT")
    assert error.metadata["document"] == "Thing/2"


_TOO_LARGE = b'{"a": "' + b"x" * (8 << 20) + b'"}'


@pytest.mark.parametrize(
    ("operation", "code", "reason"),
    [
        (
            lambda: {"insert": {"document_id": "Thing/kept", "type": "Thing", "json": b"{}"}},
            "ALREADY_EXISTS",
            "RESOURCE_ALREADY_EXISTS",
        ),
        (
            lambda: {"replace": {"document_id": "Thing/none", "type": "Thing", "json": b"{}"}},
            "NOT_FOUND",
            "RESOURCE_NOT_FOUND",
        ),
        (lambda: {"delete": {"document_id": "Thing/none"}}, "NOT_FOUND", "RESOURCE_NOT_FOUND"),
        (
            lambda: {
                "upsert": {
                    "document_id": "Thing/kept",
                    "type": "Thing",
                    "json": b"{}",
                    "etag": "stale",
                }
            },
            "ABORTED",
            "STALE_ETAG",
        ),
        (
            lambda: {"insert": {"document_id": "Thing/x", "type": "Thing", "json": _TOO_LARGE}},
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
    ],
    ids=["insert of a kept one", "replace of none", "delete of none", "stale etag", "8 MiB"],
)
async def test_a_commit_with_one_bad_operation_is_refused_whole(
    api: Api, sealed_database: str, failing: Any, operation: Any, code: str, reason: str
) -> None:
    good = commits.DocumentWrite(document_id="Thing/good", type="Thing", json=b'{"n": 1}')
    error = await failing(
        api(
            commits.CreateCommitRequest(
                parent=f"{sealed_database}/branches/main",
                operations=[
                    commits.DocumentOperation(insert=good),
                    commits.DocumentOperation(**operation()),
                ],
            )
        )
    )
    assert (error.code, error.reason) == (code, reason)


async def test_the_same_document_twice_in_a_commit_is_refused(
    api: Api, sealed_database: str, failing: Any
) -> None:
    write = commits.DocumentWrite(
        document_id="Thing/1", type="Thing", json=json.dumps({"n": 1}).encode()
    )
    operation = commits.DocumentOperation(upsert=write)
    error = await failing(
        api(
            commits.CreateCommitRequest(
                parent=f"{sealed_database}/branches/main", operations=[operation, operation]
            )
        )
    )
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
