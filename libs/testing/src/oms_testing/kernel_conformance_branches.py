"""Branches: cheap, separate, moved by compare-and-swap only."""

from __future__ import annotations

from oms.datakernel.v1 import branch_service_pb2 as pb

from oms_testing.kernel_conformance_client import (
    ConformancePart,
    Kernel,
    at,
    delete,
    insert,
    on,
    refusal,
    replace,
    upsert,
)


class BranchConformance(ConformancePart):
    """Branches."""

    async def test_a_branch_starts_where_it_is_told_to(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", {"n": 1}))
        second = await kernel.commit(replace("T/x", {"n": 2}))
        assert (await kernel.branch("head")).head_commit == second.commit_id
        old = await kernel.branch("old", at(first.commit_id))
        assert old.name == kernel.branch_name("old")
        assert await kernel.value("T/x", revision=on("old")) == {"n": 1}
        of_branch = await kernel.branch("of.branch", on("old"))
        assert of_branch.head_commit == first.commit_id

    async def test_branches_do_not_see_each_other(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/both", {"n": 0}), insert("T/gone", {}))
        await kernel.branch("dev")
        await kernel.commit(replace("T/both", {"n": 1}), insert("T/main", {}))
        await kernel.commit(upsert("T/dev", {}), delete("T/gone", hard=True), branch="dev")
        assert await kernel.state() == {"T/both": {"n": 1}, "T/gone": {}, "T/main": {}}
        assert await kernel.state(revision=on("dev")) == {"T/both": {"n": 0}, "T/dev": {}}

    async def test_a_branch_of_a_branch_of_a_branch_reads_right(self, kernel: Kernel) -> None:
        expected: dict[str, dict[str, int]] = {}
        source = "main"
        for depth in range(12):
            await kernel.commit(
                upsert("T/all", {"n": depth}), insert(f"T/{depth}", {}), branch=source
            )
            expected = {**expected, "T/all": {"n": depth}, f"T/{depth}": {}}
            await kernel.branch(f"b{depth}", on(source))
            source = f"b{depth}"
        await kernel.commit(delete("T/0"), delete("T/5", hard=True), branch=source)
        del expected["T/0"], expected["T/5"]
        assert await kernel.state(revision=on(source)) == expected
        assert await kernel.state() == {"T/all": {"n": 0}, "T/0": {}}

    async def test_a_name_can_be_taken_once(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        error = await refusal(kernel.branch("dev"))
        assert error.reason == "RESOURCE_ALREADY_EXISTS"
        assert (await refusal(kernel.branch("main"))).reason == "RESOURCE_ALREADY_EXISTS"

    async def test_branches_are_listed_in_pages(self, kernel: Kernel) -> None:
        for name in ("c", "a", "b"):
            await kernel.branch(name)
        request = pb.ListBranchesRequest(parent=kernel.name, page_size=3)
        first = await kernel.branches.ListBranches(request)
        request.page_token = first.next_page_token
        second = await kernel.branches.ListBranches(request)
        names = [branch.name for page in (first, second) for branch in page.branches]
        assert names == [kernel.branch_name(name) for name in ("a", "b", "c", "main")]

    async def test_a_deleted_branch_leaves_its_commits(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        made = await kernel.commit(insert("T/x", {"n": 1}), branch="dev")
        name = kernel.branch_name("dev")
        await kernel.branches.DeleteBranch(pb.DeleteBranchRequest(name=name))
        gone = await refusal(kernel.branches.GetBranch(pb.GetBranchRequest(name=name)))
        assert gone.metadata == {"resource_type": "branch", "resource_name": "dev"}
        assert await kernel.value("T/x", revision=at(made.commit_id)) == {"n": 1}
        await kernel.branch("dev")
        await kernel.commit(insert("T/x", {"n": 2}), branch="dev")
        assert await kernel.value("T/x", revision=on("dev")) == {"n": 2}

    async def test_a_branch_that_moved_is_not_deleted(self, kernel: Kernel) -> None:
        created = await kernel.branch("dev")
        await kernel.commit(insert("T/x", {}), branch="dev")
        request = pb.DeleteBranchRequest(
            name=kernel.branch_name("dev"), expected_head=created.head_commit
        )
        assert (await refusal(kernel.branches.DeleteBranch(request))).reason == "STALE_HEAD"

    async def test_main_can_not_be_deleted(self, kernel: Kernel) -> None:
        request = pb.DeleteBranchRequest(name=kernel.branch_name("main"))
        error = await refusal(kernel.branches.DeleteBranch(request))
        assert (error.reason, error.metadata) == ("BRANCH_PROTECTED", {"branch": "main"})

    async def test_a_commit_on_a_missing_branch_is_refused(self, kernel: Kernel) -> None:
        error = await refusal(kernel.commit(insert("T/x", {}), branch="nowhere"))
        assert error.metadata == {"resource_type": "branch", "resource_name": "nowhere"}
