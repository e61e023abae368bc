"""Random histories of a database, through the kernel's own API."""

from __future__ import annotations

import random

import grpc.aio
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import history_service_pb2 as history_pb2

from .world import World, operation

_VALUES = (
    "1",
    "1.0",
    "1.00",
    "12345678901234567890",
    '"Zoné"',
    "null",
    "[1,[2,3]]",
    '{"a":{"b":0.10}}',
)


class RandomHistory:
    """Does one thing after another to a database.

    Args:
        seed: The same one does the same.
    """

    def __init__(self, world: World, database: str, seed: int) -> None:
        self._world = world
        self._database = database
        self._random = random.Random(seed)
        self._branches = 1
        self.commits: list[str] = []

    async def step(self) -> None:
        """Does one thing; what the kernel refuses, such as a merge of nothing, is no step."""
        doings = [self._commit] * 8 + [self._branch, self._merge, self._merge, self._reset]
        doings += [self._rebase, self._squash, self._revert, self._delete_branch]
        try:
            await self._random.choice(doings)()
        except grpc.aio.AioRpcError as exc:
            refused = {
                grpc.StatusCode.FAILED_PRECONDITION,
                grpc.StatusCode.NOT_FOUND,
                grpc.StatusCode.INVALID_ARGUMENT,
                grpc.StatusCode.ABORTED,
            }
            if exc.code() not in refused:
                raise

    def _name(self, branch: str) -> str:
        return f"databases/{self._database}/branches/{branch}"

    async def _any_branch(self) -> str:
        return self._random.choice(sorted(await self._world.heads(self._database)))

    def _value(self) -> str:
        return self._random.choice(_VALUES)

    async def _commit(self) -> None:
        names = self._random.sample("abcdefgh", self._random.randint(1, 4))
        branch = await self._any_branch()
        there = await self._world.contents(
            self._database, await self._world.head(self._database, branch)
        )
        kind = self._random.choice(["ObjectType", "LinkType", "Note", "Ontology"])
        ids = ["Ontology/header"] if kind == "Ontology" else [f"{kind}/{name}" for name in names]
        made = await self._world.apply(
            self._database,
            branch,
            [
                operation(
                    each,
                    None
                    if each in there and self._random.random() < 0.3
                    else f'{{"v":{self._value()},"w":[{self._value()},{self._value()}]}}'.encode(),
                )
                for each in ids
            ],
        )
        self.commits.append(made.commit_id)

    async def _branch(self) -> None:
        self._branches += 1
        await self._world.branch(
            self._database,
            f"b{self._branches}",
            self._random.choice(self.commits) if self.commits else "",
        )

    async def _merge(self) -> None:
        await self._world.commits.MergeBranch(
            commit_pb2.MergeBranchRequest(
                name=self._name(await self._any_branch()),
                source=Revision(branch=await self._any_branch()),
                default_resolution=self._random.choice([1, 2]),
            )
        )

    async def _reset(self) -> None:
        if self.commits:
            await self._world.history.ResetBranch(
                history_pb2.ResetBranchRequest(
                    name=self._name(await self._any_branch()),
                    target=Revision(commit=self._random.choice(self.commits)),
                )
            )

    async def _rebase(self) -> None:
        await self._world.history.RebaseBranch(
            history_pb2.RebaseBranchRequest(
                name=self._name(await self._any_branch()),
                onto=Revision(branch=await self._any_branch()),
            )
        )

    async def _squash(self) -> None:
        if self.commits:
            await self._world.history.SquashBranch(
                history_pb2.SquashBranchRequest(
                    name=self._name(await self._any_branch()),
                    base=Revision(commit=self._random.choice(self.commits)),
                    move_branch=self._random.random() < 0.7,
                )
            )

    async def _revert(self) -> None:
        if self.commits:
            await self._world.history.RevertCommit(
                history_pb2.RevertCommitRequest(
                    name=self._name(await self._any_branch()),
                    commit_id=self._random.choice(self.commits),
                )
            )

    async def _delete_branch(self) -> None:
        branch = await self._any_branch()
        if branch != "main":
            await self._world.branches.DeleteBranch(
                branch_pb2.DeleteBranchRequest(name=self._name(branch))
            )
