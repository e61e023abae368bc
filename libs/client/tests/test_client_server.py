"""The clients against a real server of ontologies."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from oms.ontology.v1.object_type_service_pb2 import ObjectType
from oms_client import (
    BEGINNING,
    Aborted,
    AlreadyExists,
    AsyncClient,
    Client,
    DeadlineExceeded,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)


@pytest.fixture
def shop(client: Client) -> Iterator[str]:
    """The name of an empty ontology."""
    ontology_id = f"shop-{secrets.token_hex(4)}"
    yield client.ontologies.create(ontology_id=ontology_id).ontology.name
    client.ontologies.delete(name=f"ontologies/{ontology_id}")


def test_a_type_goes_from_a_branch_to_main(client: Client, shop: str) -> None:
    client.branches.create(parent=shop, branch_id="dev")
    made = client.object_types.create(
        parent=shop,
        object_type_id="Customer",
        object_type={"labels": [{"language": "en", "text": "Customer"}]},
        branch="dev",
    )
    client.branches.merge(name=f"{shop}/branches/main", source={"branch": "dev"})
    found = client.object_types.get(name=made.object_type.name).object_type
    assert found.labels[0].text == "Customer"
    listed = client.revisions.list_commits(parent=shop, revision={"branch": "dev"})
    assert made.commit_id in [commit.commit_id for commit in listed]


def test_a_list_is_gone_through_page_by_page(client: Client, shop: str) -> None:
    for name in "ABCDE":
        client.object_types.create(parent=shop, object_type_id=name, object_type=ObjectType())
    listed = client.object_types.list(parent=shop, page_size=2)
    assert [t.name.rpartition("/")[2] for t in listed] == list("ABCDE")
    assert [len(page.object_types) for page in listed.pages()] == [2, 2, 1]
    assert listed.first_page().total_size == 5


def test_errors_are_classes_with_what_the_server_says(client: Client, shop: str) -> None:
    name = f"{shop}/objectTypes/Zone"
    with pytest.raises(NotFound) as not_found:
        client.object_types.get(name=name)
    assert not_found.value.reason == "RESOURCE_NOT_FOUND"
    assert not_found.value.metadata["resource_name"] == name
    with pytest.raises(InvalidArgument) as invalid:
        client.object_types.create(parent="nonsense", object_type_id="Zone")
    assert {v.field for v in invalid.value.field_violations} == {"parent", "object_type"}
    made = client.object_types.create(
        parent=shop, object_type_id="Zone", object_type=ObjectType()
    ).object_type
    with pytest.raises(AlreadyExists):
        client.object_types.create(parent=shop, object_type_id="Zone", object_type=ObjectType())
    with pytest.raises(Aborted) as stale:
        client.object_types.update(
            object_type=ObjectType(name=name, etag="stale", is_abstract=True),
            update_mask=FieldMask(paths=["is_abstract"]),
        )
    assert stale.value.reason == "STALE_ETAG"
    assert stale.value.metadata["actual_etag"] == made.etag


def test_a_repeated_request_id_answers_the_first_result(client: Client, shop: str) -> None:
    request: dict[str, Any] = {
        "parent": shop,
        "object_type_id": "Zone",
        "object_type": ObjectType(),
        "request_id": secrets.token_hex(8),
    }
    first = client.object_types.create(**request)
    assert client.object_types.create(**request) == first


def test_a_merge_that_is_only_tried_out_changes_nothing(client: Client, shop: str) -> None:
    client.branches.create(parent=shop, branch_id="dev")
    client.object_types.create(
        parent=shop, object_type_id="Zone", object_type=ObjectType(), branch="dev"
    )
    tried = client.branches.merge(
        name=f"{shop}/branches/main", source={"branch": "dev"}, validate_only=True
    )
    assert tried.change_count == 1
    assert list(client.object_types.list(parent=shop)) == []


def test_who_may_not_is_told_so(server: Any, shop: str) -> None:
    with (
        Client(server.target, token="garbage") as client,
        pytest.raises(Unauthenticated) as refused,
    ):
        client.identity.get_caller()
    assert refused.value.reason == "TOKEN_INVALID"
    with Client(server.target, token="") as client, pytest.raises(Unauthenticated) as missing:
        client.identity.get_caller()
    assert missing.value.reason == "TOKEN_MISSING"
    viewer = server.issuer.issue("bob", roles=["viewer"]).token
    with Client(server.target, token=viewer) as client, pytest.raises(PermissionDenied) as denied:
        client.object_types.create(parent=shop, object_type_id="Z", object_type=ObjectType())
    assert denied.value.metadata["permission"] == "ontology.object_types.write"


def test_an_api_key_is_enough(server: Any) -> None:
    with Client(server.target, api_key=server.api_key) as client:
        assert client.identity.get_caller().caller.subject == "administrator"
    with Client(server.target, api_key="wrong") as client, pytest.raises(Unauthenticated) as wrong:
        client.identity.get_caller()
    assert wrong.value.reason == "API_KEY_INVALID"


def test_a_deadline_that_has_passed_is_told(client: Client, shop: str) -> None:
    with pytest.raises(DeadlineExceeded):
        client.object_types.get(name=f"{shop}/objectTypes/Zone", timeout_s=0.0)


def test_a_stream_ends_when_another_thread_closes_it(client: Client, shop: str) -> None:
    database = shop.replace("ontologies/", "databases/")
    stream = client.kernel.commits.watch(parent=database, from_now=True)
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.extend(stream))
    waiting.start()
    stream.close()
    waiting.join(60)
    assert not waiting.is_alive()
    assert found == []


def test_commits_are_watched_as_they_are_made(client: Client, shop: str) -> None:
    made = client.object_types.create(
        parent=shop, object_type_id="Zone", object_type=ObjectType(), message="A zone"
    )
    for watched in client.watch_commits(shop, after=BEGINNING):
        if watched.commit.commit_id == made.commit_id:
            break
    assert watched.commit.message == "A zone"
    assert len(watched.changes) == 1


async def test_the_asynchronous_client_does_all_of_it(aio: AsyncClient, shop: str) -> None:
    for name in "ABC":
        made = await aio.object_types.create(
            parent=shop, object_type_id=name, object_type=ObjectType()
        )
    listed = aio.object_types.list(parent=shop, page_size=2)
    assert [t.name.rpartition("/")[2] async for t in listed] == list("ABC")
    assert (await listed.first_page()).total_size == 3
    with pytest.raises(NotFound):
        await aio.object_types.get(name=f"{shop}/objectTypes/Zone")
    with pytest.raises(DeadlineExceeded):
        await aio.object_types.get(name=f"{shop}/objectTypes/A", timeout_s=0.0)
    async with aclosing(aio.watch_commits(shop, after=BEGINNING)) as watch:
        async for watched in watch:
            if watched.commit.commit_id == made.commit_id:
                break
    parts = [part async for part in aio.export_ontology(shop, format="RDF_FORMAT_TURTLE")]
    assert b"objectTypes/A" in b"".join(parts)
