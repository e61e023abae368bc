"""The snapshot cache in front of a kernel that counts what it is asked."""

from __future__ import annotations

import asyncio

import pytest
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import DeadlineExceeded, ResourceNotFound, ServiceUnavailable
from svc_api.adapters.documents import document_id, document_json
from svc_api.adapters.snapshots import Snapshots
from svc_api.domain.elements import Element


class CountingKernel:
    """Holds commits as whole sets of elements, and notes each call."""

    def __init__(self) -> None:
        self.commits: dict[str, dict[str, document_pb2.Document]] = {}
        self.asked: list[str] = []
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.failures: list[Exception] = []

    def commit(self, commit_id: str, count: int, **changed: str) -> None:
        iris = {f"T{number}": "" for number in range(count)} | changed
        elements = [
            Element("objectTypes", i, {"iri": iri} if iri else {}) for i, iri in iris.items()
        ]
        self.commits[commit_id] = {
            document_id(element.key): document_pb2.Document(
                document_id=document_id(element.key),
                json=document_json(element.body),
                etag=element.body.get("iri", "-"),
            )
            for element in elements
        }

    async def documents_at(self, ontology, commit_id):
        self.asked.append("stream")
        self.reached.set()
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        yield list(self.commits[commit_id].values())

    async def diff(self, ontology, base, target):
        self.asked.append("diff")
        if base not in self.commits:
            raise ResourceNotFound.of("commit", base)
        before, after = self.commits[base], self.commits[target]
        changed = [d for d in before.keys() | after.keys() if before.get(d) != after.get(d)]
        yield commit_pb2.DiffCommitsResponse(
            diffs=[commit_pb2.DocumentDiff(document_id=d) for d in changed],
            counts=[commit_pb2.TypeDiffCount(updated_count=len(changed))],
        )

    async def batch_get(self, ontology, commit_id, document_ids):
        self.asked.append("batch_get")
        return [self.commits[commit_id][d] for d in document_ids if d in self.commits[commit_id]]


@pytest.fixture
def kernel():
    return CountingKernel()


def cache(kernel, max_elements=1000):
    return Snapshots(kernel, max_elements=max_elements)


async def test_snapshot_is_loaded_once(kernel):
    kernel.commit("c1", 3)
    snapshots = cache(kernel)
    first = await snapshots.get("acme", "c1")
    assert await snapshots.get("acme", "c1") is first
    assert kernel.asked == ["stream"]


async def test_callers_at_once_share_one_load(kernel):
    kernel.commit("c1", 3)
    kernel.gate.clear()
    snapshots = cache(kernel)
    waiting = [asyncio.create_task(snapshots.get("acme", "c1")) for _ in range(10)]
    await kernel.reached.wait()
    kernel.gate.set()
    loaded = await asyncio.gather(*waiting)
    assert all(snapshot is loaded[0] for snapshot in loaded)
    assert kernel.asked == ["stream"]


async def test_load_goes_on_when_the_caller_that_began_it_gives_up(kernel):
    kernel.commit("c1", 3)
    kernel.gate.clear()
    snapshots = cache(kernel)
    first, second = (asyncio.create_task(snapshots.get("acme", "c1")) for _ in range(2))
    await kernel.reached.wait()
    first.cancel()
    kernel.gate.set()
    assert len((await second).elements) == 3
    assert kernel.asked == ["stream"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_deadline_of_the_first_caller_does_not_fail_the_others(kernel):
    kernel.commit("c1", 3)
    kernel.failures = [DeadlineExceeded("late")]
    snapshots = cache(kernel)
    results = await asyncio.gather(
        *(snapshots.get("acme", "c1") for _ in range(3)), return_exceptions=True
    )
    assert isinstance(results[0], DeadlineExceeded)
    assert [len(snapshot.elements) for snapshot in results[1:]] == [3, 3]


async def test_failed_load_is_tried_again_by_the_next_caller(kernel):
    kernel.commit("c1", 3)
    kernel.failures = [ServiceUnavailable("down")]
    snapshots = cache(kernel)
    with pytest.raises(ServiceUnavailable):
        await snapshots.get("acme", "c1")
    assert len((await snapshots.get("acme", "c1")).elements) == 3


async def test_another_commit_is_reached_by_what_differs(kernel):
    kernel.commit("c1", 50)
    kernel.commit("c2", 49, T3="urn:3", New="urn:n")
    snapshots = cache(kernel)
    before = await snapshots.get("acme", "c1")
    after = await snapshots.get("acme", "c2")
    assert kernel.asked == ["stream", "diff", "batch_get"]
    assert after.elements["objectTypes", "T3"].etag == "urn:3"
    assert after.elements["objectTypes", "T4"] is before.elements["objectTypes", "T4"]
    assert ("objectTypes", "T49") not in after.elements
    assert ("objectTypes", "New") in after.elements


async def test_commit_that_differs_in_most_is_loaded_whole(kernel):
    kernel.commit("c1", 10)
    kernel.commit("c2", 10, **{f"T{n}": f"urn:{n}" for n in range(2000)})
    snapshots = cache(kernel, 10_000)
    await snapshots.get("acme", "c1")
    assert len((await snapshots.get("acme", "c2")).elements) == 2000
    assert kernel.asked == ["stream", "diff", "stream"]


async def test_snapshot_of_an_ontology_made_anew_under_the_same_id_is_loaded_whole(kernel):
    kernel.commit("c1", 10)
    kernel.commit("c2", 5)
    snapshots = cache(kernel)
    await snapshots.get("acme", "c1")
    del kernel.commits["c1"]
    assert len((await snapshots.get("acme", "c2")).elements) == 5


async def test_what_was_unused_for_the_longest_time_makes_room(kernel):
    for commit_id in ("c1", "c2", "c3"):
        kernel.commit(commit_id, 100)
    snapshots = cache(kernel, 250)
    for ontology in ("a", "b"):
        await snapshots.get(ontology, "c1")
    assert snapshots.find("a", "c1") is not None
    await snapshots.get("c", "c1")
    assert snapshots.find("a", "c1") is not None
    assert snapshots.find("b", "c1") is None
    assert snapshots.size <= 250


async def test_versions_that_share_elements_count_them_once(kernel):
    kernel.commit("c1", 100)
    snapshots = cache(kernel, 250)
    await snapshots.get("a", "c1")
    for number in range(2, 12):
        kernel.commit(f"c{number}", 100, T1=f"urn:{number}")
        await snapshots.get("a", f"c{number}")
    assert snapshots.find("a", "c1") is not None
    assert 100 < snapshots.size < 200
    snapshots.forget("a")
    assert snapshots.size == 0
