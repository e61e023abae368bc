"""Branches and merges."""

from __future__ import annotations

import pytest
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError

from .helpers import ids, typed

MERGED = branch_pb2.MERGE_OUTCOME_MERGED
SOURCE, TARGET = branch_pb2.MERGE_SIDE_SOURCE, branch_pb2.MERGE_SIDE_TARGET


async def test_branches_are_made_listed_and_deleted_by_their_names(acme, call):
    created = await acme.create("A")
    assert await acme.branch("dev") == created.commit_id
    listed = await call(branch_pb2.ListBranchesRequest(parent=acme.name))
    assert [b.name for b in listed.branches] == [
        "ontologies/acme/branches/dev",
        "ontologies/acme/branches/main",
    ]
    name = "ontologies/acme/branches/dev"
    await call(branch_pb2.DeleteBranchRequest(name=name))
    with pytest.raises(ApiError) as caught:
        await call(branch_pb2.GetBranchRequest(name=name))
    assert caught.value.reason == "RESOURCE_NOT_FOUND"
    assert "databases/" not in caught.value.text


async def test_main_can_not_be_deleted(acme, call):
    async with acme.refused("BRANCH_PROTECTED", "FAILED_PRECONDITION"):
        await call(branch_pb2.DeleteBranchRequest(name=f"{acme.name}/branches/main"))


async def test_branch_name_that_is_taken_is_refused(acme):
    async with acme.refused("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS") as refusal:
        await acme.branch("main")
    assert "databases/" not in refusal.error.text


async def test_merge_brings_both_sides_together_as_one_commit(acme, call):
    await acme.create("A")
    base = await acme.branch("dev")
    await acme.update("A", body={"iri": "urn:a"}, branch="dev")
    await acme.create("B", branch="dev", body={"parents": ["A"]})
    ours = (await acme.create("C")).commit_id
    theirs = await acme.head("dev")
    merged = await acme.merge("dev")
    assert (merged.outcome, merged.base_commit, merged.change_count) == (MERGED, base, 2)
    assert merged.commit_id == await acme.head()
    assert ids((await acme.list()).object_types) == ["A", "B", "C"]
    name = f"{acme.name}/commits/{merged.commit_id}"
    commit = (await call(revision_pb2.GetCommitRequest(name=name))).commit
    assert list(commit.parents) == [ours, theirs]
    assert commit.message == "Merge dev into main"
    again = await acme.merge("dev")
    assert again.outcome == branch_pb2.MERGE_OUTCOME_UP_TO_DATE
    assert again.commit_id == merged.commit_id


async def conflicting(acme):
    await acme.create("A", body={"iri": "urn:base"})
    await acme.branch("dev")
    await acme.update("A", body={"iri": "urn:theirs"}, branch="dev")
    await acme.update("A", body={"iri": "urn:ours"})


async def test_conflict_is_refused_by_the_element_s_name(acme):
    await conflicting(acme)
    async with acme.refused("MERGE_CONFLICT", "FAILED_PRECONDITION") as refusal:
        await acme.merge("dev")
    assert refusal.error.subjects == ["ontologies/acme/objectTypes/A"]


async def test_conflict_is_answered_with_its_three_versions_when_asked(acme):
    await conflicting(acme)
    head = await acme.head()
    checked = await acme.merge("dev", validate_only=True)
    assert checked.outcome == branch_pb2.MERGE_OUTCOME_CONFLICTED
    assert checked.commit_id == head
    [conflict] = checked.conflicts
    assert conflict.name == "ontologies/acme/objectTypes/A"
    sides = (conflict.base, conflict.target, conflict.source)
    assert [side.object_type.iri for side in sides] == ["urn:base", "urn:ours", "urn:theirs"]
    assert await acme.head() == head


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"default_resolution": SOURCE}, "urn:theirs"),
        ({"default_resolution": TARGET}, "urn:ours"),
        (
            {"resolutions": [{"name": "ontologies/acme/objectTypes/A", "side": SOURCE}]},
            "urn:theirs",
        ),
    ],
)
async def test_resolution_decides_a_conflict(acme, options, expected):
    await conflicting(acme)
    assert (await acme.merge("dev", **options)).outcome == MERGED
    assert (await acme.get("A")).iri == expected


async def test_merge_that_would_leave_a_parent_dangling_is_refused(acme):
    await acme.create("A")
    await acme.branch("dev")
    await acme.delete("A", branch="dev")
    await acme.create("B", body={"parents": ["A"]})
    async with acme.refused("RESOURCE_IN_USE", "FAILED_PRECONDITION") as refusal:
        await acme.merge("dev")
    assert refusal.error.subjects == ["ontologies/acme/objectTypes/B"]


async def test_merge_of_a_reference_to_what_the_target_deleted_is_refused(acme):
    await acme.create("A")
    await acme.branch("dev")
    await acme.create("B", body={"properties": [typed("a", object_type="A")]}, branch="dev")
    await acme.delete("A")
    async with acme.refused("UNKNOWN_REFERENCE") as refusal:
        await acme.merge("dev")
    assert refusal.error.fields == ["ontologies/acme/objectTypes/B.properties[0].type.object_type"]


async def test_merge_that_would_close_a_cycle_across_both_sides_is_refused(acme):
    await acme.create("A")
    await acme.create("B")
    await acme.branch("dev")
    await acme.update("A", body={"parents": ["B"]}, branch="dev")
    await acme.update("B", body={"parents": ["A"]})
    async with acme.refused("CYCLIC_REFERENCE") as refusal:
        await acme.merge("dev")
    assert refusal.error.metadata["cycle"] == "A → B → A"
    async with acme.refused("CYCLIC_REFERENCE"):
        await acme.merge("dev", validate_only=True)


async def test_merge_with_a_stale_head_is_refused(acme):
    await acme.branch("dev")
    await acme.create("A", branch="dev")
    stale = await acme.head()
    await acme.create("B")
    async with acme.refused("STALE_HEAD", "ABORTED"):
        await acme.merge("dev", expected_head=stale)


async def test_repeated_merge_answers_the_first(acme):
    await acme.branch("dev")
    await acme.create("A", branch="dev")
    first = await acme.merge("dev", request_id="r1")
    await acme.create("B")
    again = await acme.merge("dev", request_id="r1")
    assert again.commit_id == first.commit_id
    async with acme.refused("REQUEST_ID_REUSED"):
        await acme.merge("dev", request_id="r1", message="other")


async def test_resolution_of_another_ontology_s_element_is_refused(acme):
    await acme.branch("dev")
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.merge(
            "dev", resolutions=[{"name": "ontologies/other/objectTypes/A", "side": SOURCE}]
        )
    assert refusal.error.fields == ["resolutions[0].name"]
