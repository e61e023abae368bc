"""What OMS has built in for jobs to do."""

from __future__ import annotations

import asyncio
import hashlib
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import document_service_pb2 as document_pb
from oms.ontology.v1 import branch_service_pb2 as branch_pb
from oms.ontology.v1 import object_type_service_pb2 as object_pb
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb
from oms_core.errors import InvalidField
from oms_outbound import OutboundClient, OutboundPolicy
from svc_scheduler.adapters.targets.builtin import built_in_tasks
from svc_scheduler.adapters.targets.runner import Targets
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import TaskCall

from .conftest import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ontology(world: World, *types: str) -> str:
    """A new ontology with some object types, each the child of the one before."""
    ontology_id = world.new_id()
    await world.call(ontology_pb.CreateOntologyRequest(ontology_id=ontology_id))
    for index, type_id in enumerate(types):
        await world.call(
            object_pb.CreateObjectTypeRequest(
                parent=f"ontologies/{ontology_id}",
                object_type_id=type_id,
                object_type=object_pb.ObjectType(parents=types[max(0, index - 1) : index]),
            )
        )
    return ontology_id


async def failure(world: World, task: str, **given: Any) -> AttemptFailed:
    with pytest.raises(AttemptFailed) as caught:
        await world.run(task, **given)
    return caught.value


async def test_the_tasks_there_are_by_id_with_what_they_need():
    tasks = {task.id: task for task in built_in_tasks()}
    assert list(tasks) == [
        "compact-kernel",
        "export-snapshot",
        "purge-deleted",
        "reembed-ontology",
        "validate-ontology",
        "verify-kernel",
    ]
    assert tasks["verify-kernel"].permissions == {
        "kernel.databases.maintain",
        "kernel.databases.read",
        "kernel.databases.verify",
    }
    assert tasks["export-snapshot"].permissions == {"ontology.transfers.export"}
    assert all(task.description and task.permissions for task in tasks.values())


@pytest.mark.parametrize(
    ("task", "given", "field"),
    [
        ("make-coffee", {}, "task"),
        ("validate-ontology", {}, "parameters.ontology"),
        ("validate-ontology", {"ontology": 3}, "parameters.ontology"),
        ("validate-ontology", {"ontology": "Not One"}, "parameters.ontology"),
        ("validate-ontology", {"ontology": "a", "branch": "a/b"}, "parameters.branch"),
        ("validate-ontology", {"ontology": "a", "color": 1}, "parameters.color"),
        ("compact-kernel", {"validate_only": "yes"}, "parameters.validate_only"),
        ("purge-deleted", {"database": "a", "days": -1}, "parameters.days"),
        ("purge-deleted", {"database": "a", "days": 1.5}, "parameters.days"),
        ("purge-deleted", {"database": "a", "days": True}, "parameters.days"),
        ("purge-deleted", {"database": "a", "days": float("inf")}, "parameters.days"),
        ("export-snapshot", {"ontology": "a", "format": "pdf"}, "parameters.format"),
    ],
)
async def test_a_parameter_that_can_not_be_is_named(world, task, given, field):
    with pytest.raises(InvalidField) as caught:
        world.targets.check(TaskCall(task, given), "job.target")
    assert [fault.field for fault in caught.value.fields] == [f"job.target.task.{field}"]


async def test_a_sound_ontology_is_validated(world):
    shop = await ontology(world, "Person", "Customer")
    result = await world.run("validate-ontology", ontology=shop, role="viewer")
    assert result["elementCount"] == 2
    assert len(result["commit"]) == 64
    assert "2 objectTypes read" in world.lines


async def test_every_page_of_a_branch_is_read(world):
    shop = await ontology(world, "Person")
    parent = f"ontologies/{shop}"
    await world.call(branch_pb.CreateBranchRequest(parent=parent, branch_id="draft"))
    commit = commit_pb.CreateCommitRequest(parent=f"databases/{shop}/branches/draft")
    for number in range(1500):
        write = commit_pb.DocumentWrite(
            document_id=f"ObjectType/T{number}", type="ObjectType", json=b"{}"
        )
        commit.operations.add(insert=write)
    await world.call(commit)
    result = await world.run("validate-ontology", ontology=shop, branch="draft", role="viewer")
    assert result["elementCount"] == 1501


async def test_what_is_wrong_with_an_ontology_is_told(world):
    shop = await ontology(world, "Person")
    body = orjson.dumps({"parents": ["Ghost"]})
    write = commit_pb.DocumentWrite(document_id="ObjectType/Pet", type="ObjectType", json=body)
    await world.call(
        commit_pb.CreateCommitRequest(
            parent=f"databases/{shop}/branches/main", operations=[{"insert": write}]
        )
    )
    error = await failure(world, "validate-ontology", ontology=shop, role="viewer")
    assert (error.code, error.is_final) == ("FAILED_PRECONDITION", True)
    assert "objectTypes/Pet.parents[0]: 'Ghost' does not exist" in world.lines
    assert "1 faults" in error.message


@pytest.mark.parametrize("task", ["validate-ontology", "export-snapshot"])
async def test_an_ontology_that_is_not_there_is_final(world, task):
    error = await failure(world, task, ontology="nowhere", role="viewer")
    assert (error.code, error.is_final) == ("NOT_FOUND", True)


async def test_an_index_is_rebuilt_with_its_progress(world):
    result = await world.run("reembed-ontology", ontology="shop", role="integrator")
    assert result == {"commit": "c" * 64, "entryCount": 9}
    assert world.lines == [f"indexed up to commit {n} of 4" for n in (0, 2, 4)]


async def test_an_index_that_is_not_finished_is_tried_again(world):
    error = await failure(world, "reembed-ontology", ontology="stops", role="integrator")
    assert (error.code, error.is_final) == ("UNAVAILABLE", False)


async def test_a_task_ends_with_its_attempt(world):
    running = asyncio.create_task(world.run("reembed-ontology", ontology="hangs"))
    async with asyncio.timeout(60):
        await world.searches.hanging.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await world.searches.was_cancelled.wait()


async def test_a_task_of_an_author_who_may_not_is_final(world):
    error = await failure(world, "verify-kernel", role="editor")
    assert (error.code, error.is_final) == ("PERMISSION_DENIED", True)


async def test_the_kernel_is_compacted_and_verified(world):
    shop = await ontology(world, "Person")
    compacted = await world.run("compact-kernel", role="service")
    assert set(compacted) == {"removedCommitCount", "removedContentCount", "freedBytes"}
    assert any(line.startswith(f"databases/{shop}: ") for line in world.lines)
    one = await world.run("verify-kernel", database=shop, role="service")
    assert (one["databaseCount"], one["commitCount"] >= 2) == (1, True)
    every = await world.run("verify-kernel", role="service")
    assert every["databaseCount"] >= 1
    assert every["commitCount"] >= one["commitCount"]


async def test_a_compaction_can_be_tried_out(world):
    shop = await ontology(world)
    await world.run("compact-kernel", database=shop, validate_only=True)
    assert len(world.lines) == 1


async def names(world: World, shop: str, branch: str = "main") -> set[str]:
    request = document_pb.ListDocumentsRequest(
        parent=f"databases/{shop}", revision=Revision(branch=branch), show_deleted=True
    )
    return {each.document_id for each in (await world.call(request)).documents}


async def test_what_was_deleted_long_ago_is_purged(world):
    shop = await ontology(world, "Person", "Customer")
    await world.call(
        object_pb.DeleteObjectTypeRequest(name=f"ontologies/{shop}/objectTypes/Customer")
    )
    before = await names(world, shop)
    assert "ObjectType/Customer" in before
    now = datetime.now(UTC)
    purge = {"database": shop, "days": 30, "role": "service"}
    young = await world.run("purge-deleted", at=now + timedelta(days=29), **purge)
    assert (young["removedDocumentCount"], await names(world, shop)) == (0, before)
    old = await world.run("purge-deleted", at=now + timedelta(days=31), **purge)
    assert old["removedDocumentCount"] == 1
    assert await names(world, shop) == before - {"ObjectType/Customer"}
    again = await world.run("purge-deleted", at=now + timedelta(days=31), **purge)
    assert again["removedDocumentCount"] == 0
    assert (await world.run("validate-ontology", ontology=shop))["elementCount"] == 1


async def test_an_export_is_a_file_for_its_owner(world):
    shop = await ontology(world, "Person", "Customer")
    result = await world.run("export-snapshot", ontology=shop, role="viewer")
    path = world.exports / f"{shop}.main.20270301T043000Z.ttl"
    content = path.read_bytes()
    assert b"Customer" in content
    assert result == {
        "file": path.name,
        "sizeBytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "removedFileCount": 0,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (await world.run("export-snapshot", ontology=shop, role="viewer")) == result


async def test_only_the_newest_exports_of_a_branch_and_format_are_kept(world):
    shop = await ontology(world, "Person")
    others = {
        f"{shop}.main.20270227T043000Z.nt",
        f"{shop}.main.x.20270101T000000Z.ttl",
        f"{shop}.main.20270101T000000Z.20270101T000000Z.ttl",
    }
    older = {f"{shop}.main.202702{day}T043000Z.ttl" for day in (25, 26, 27)}
    world.exports.mkdir(parents=True, exist_ok=True)
    for name in others | older:
        (world.exports / name).touch()
    result = await world.run("export-snapshot", ontology=shop, keep=2)
    assert result["removedFileCount"] == 2
    kept = {f"{shop}.main.20270227T043000Z.ttl", f"{shop}.main.20270301T043000Z.ttl"}
    assert {path.name for path in world.exports.glob(f"{shop}.*")} == others | kept


async def test_an_export_that_fails_leaves_nothing(world):
    await failure(world, "export-snapshot", ontology="nowhere")
    assert not [path for path in world.exports.iterdir() if "nowhere" in path.name]


async def test_an_export_that_can_not_be_written_is_tried_again(world, tmp_path):
    shop = await ontology(world)
    (tmp_path / "file").touch()
    channel = world.suite.server.local_channel()
    async with OutboundClient(OutboundPolicy()) as outbound:
        tasks = built_in_tasks(export_dir=tmp_path / "file")
        targets, world.targets = world.targets, Targets(lambda _name: channel, outbound, tasks)
        try:
            error = await failure(world, "export-snapshot", ontology=shop)
        finally:
            world.targets = targets
    assert (error.code, error.is_final) == ("UNAVAILABLE", False)
    assert str(tmp_path) not in error.message


async def test_without_a_directory_a_job_that_exports_is_refused(world):
    async with OutboundClient(OutboundPolicy()) as outbound:
        targets = Targets(
            lambda _name: world.suite.server.local_channel(), outbound, built_in_tasks()
        )
        with pytest.raises(InvalidField, match="OMS_SCHEDULER_EXPORT_DIR") as caught:
            targets.check(TaskCall("export-snapshot", {"ontology": "shop"}), "job.target")
    assert [fault.field for fault in caught.value.fields] == ["job.target.task.task"]
