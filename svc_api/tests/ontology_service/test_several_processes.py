"""What several processes of the service do to one ontology at once."""

from __future__ import annotations

import asyncio

import pytest
from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import ResourceAlreadyExists, StaleHead
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.domain.changes import Change, ChangePlan, Operation


@pytest.fixture
def stores(acme, suite):
    """Stores that know nothing of each other, as those of several processes."""
    token = suite.token()
    channels = [suite.server.local_channel(token=token) for _ in range(3)]
    # How often one of them is overtaken by the others is a matter of luck on a busy machine.
    return [OntologyStore(channel, write_attempts=20) for channel in channels]


def create(element_id, **body):
    return ChangePlan([Change(Operation.CREATE, ("objectTypes", element_id), body=body)])


async def apply(store, plan, **options):
    defaults = {"expected_head": "", "message": "m", "request_id": "", "fingerprint": b"f"}
    return await store.apply("acme", "main", plan, **(defaults | options))


async def test_no_write_is_lost_and_history_is_one_line(stores):
    writes = [apply(stores[n % 3], create(f"T{n}")) for n in range(30)]
    applied = await asyncio.gather(*writes)
    assert len({one.commit_id for one in applied}) == 30
    for store in stores:
        snapshot = await store.snapshot("acme", None)
        assert len(snapshot.elements) == 30
        assert snapshot.header is not None


async def test_write_is_validated_against_what_another_process_wrote(stores):
    first, second, _ = stores
    await first.snapshot("acme", None)
    await apply(second, create("A"))
    with pytest.raises(ResourceAlreadyExists):
        await apply(first, create("A"))
    await apply(first, create("B", parents=["A"]))


async def test_pinned_write_is_not_planned_anew(stores):
    head = await stores[0].resolve("acme", None)
    results = await asyncio.gather(
        *(apply(stores[n], create(f"T{n}"), expected_head=head) for n in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, StaleHead) for result in results) == 2


async def test_same_request_to_several_processes_is_done_once(stores):
    writes = [apply(store, create("A"), request_id="r1") for store in stores]
    applied = await asyncio.gather(*writes)
    assert len({one.commit_id for one in applied}) == 1
    for one in applied:
        assert one.snapshot is not None
        assert ("objectTypes", "A") in one.snapshot.elements


async def test_revision_by_commit_is_read_without_asking_the_kernel(stores):
    store = stores[0]
    commit_id = (await apply(store, create("A"))).commit_id
    store.kernel.commits = store.kernel.documents = None  # any call would fail
    snapshot = await store.snapshot("acme", Revision(commit=commit_id))
    assert ("objectTypes", "A") in snapshot.elements
