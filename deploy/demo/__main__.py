"""`make demo`: a real ontology through its life, over REST and over gRPC.

Exits with 1 when a step gives another result than Brick's files say it has to.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import grpc
from clients import Rest, connect, import_requests
from expected import Brick, brick_file
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as kernel
from oms.datakernel.v1.commit_service_pb2_grpc import CommitServiceStub
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms.ontology.v1.branch_service_pb2_grpc import BranchServiceStub
from oms.ontology.v1.object_type_service_pb2_grpc import ObjectTypeServiceStub
from oms.ontology.v1.ontology_service_pb2_grpc import OntologyServiceStub
from oms.ontology.v1.transfer_service_pb2_grpc import TransferServiceStub
from oms_monolith.launch import Launched, launched
from rdflib import Graph
from report import Report, WrongResult, expect

OLD, NEW = "1.3", "1.4"
NAME = "ontologies/brick"
BRANCH = "brick-1.4"


class Demo:
    """The steps, in order. Each notes its result in the report."""

    def __init__(self, suite: Launched, rest: Rest, channel: grpc.aio.Channel, report: Report):
        self._rest = rest
        self._channel = channel
        self._metadata = [("authorization", f"Bearer {suite.secrets.token()}")]
        self._report = report
        self._old, self._new = Brick(OLD), Brick(NEW)
        self._before = ""
        self._after = ""
        self._changed: dict[str, int] = {}
        self._carried = 0

    async def run(self) -> None:
        """Does every step."""
        await asyncio.to_thread(self._count)
        await self._import_old()
        await self._branch()
        await self._import_new()
        await self._diff()
        await self._merge()
        await self._read()
        await self._export()
        await self._verify()

    def _count(self) -> None:
        with self._report.step("Count Brick's files with rdflib alone", via="") as step:
            step.result = ", ".join(
                f"{brick.version}: {brick.statement_count:,} statements, "
                f"{len(brick.object_types):,} types, {len(brick.link_types)} links"
                for brick in (self._old, self._new)
            )

    async def _import_old(self) -> None:
        await self._rest.call("POST", "/v1/ontologies?ontology_id=brick", json={})
        file = brick_file(OLD)
        title = f"Import Brick {OLD} on main"
        with self._report.step(title, via="REST", total=file.stat().st_size) as step:
            answer = await self._rest.upload(f"/v1/{NAME}:import", file, step.advance)
            self._before = answer["commitId"]
            read = {row["collection"]: int(row["readCount"]) for row in answer["counts"]}
            self._check_import(self._old, int(answer["statementCount"]), read)
            step.result = f"{read['objectTypes']:,} types, {read['linkTypes']} links"

    async def _branch(self) -> None:
        with self._report.step(f"Create branch {BRANCH}", via="gRPC") as step:
            request = branches.CreateBranchRequest(parent=NAME, branch_id=BRANCH)
            answer = await BranchServiceStub(self._channel).CreateBranch(
                request, metadata=self._metadata
            )
            expect("head of the new branch", answer.branch.head_commit, self._before)
            step.result = answer.branch.name

    async def _import_new(self) -> None:
        file = brick_file(NEW)
        first = transfer.ImportOntologyRequest(
            name=NAME, branch=BRANCH, expected_head=self._before, message=f"Brick {NEW}"
        )
        title = f"Import Brick {NEW} on the branch"
        with self._report.step(title, via="gRPC", total=file.stat().st_size) as step:
            answer = await TransferServiceStub(self._channel).ImportOntology(
                import_requests(first, file, step.advance), metadata=self._metadata
            )
            read = {row.collection: row.read_count for row in answer.counts}
            self._check_import(self._new, answer.statement_count, read)
            left_out = sum(row.statement_count for row in answer.skipped)
            expect(
                "statements carried and reported",
                answer.carried_statement_count + left_out,
                self._new.statement_count,
            )
            self._carried = answer.carried_statement_count
            step.result = f"{self._carried:,} statements carried, {left_out:,} reported as left out"

    def _check_import(self, brick: Brick, statements: int, read: dict[str, int]) -> None:
        expect(f"statements of {brick.version}", statements, brick.statement_count)
        expect(f"object types of {brick.version}", read["objectTypes"], len(brick.object_types))
        expect(f"link types of {brick.version}", read["linkTypes"], len(brick.link_types))
        expect(f"properties of {brick.version}", read["properties"], len(brick.properties))

    async def _diff(self) -> None:
        with self._report.step("Diff main and the branch, by type", via="REST") as step:
            answer = await self._rest.call(
                "GET", f"/v1/{NAME}/revisions:diff", params={"target.branch": BRANCH}
            )
            counts = {row["collection"]: row for row in answer["counts"]}
            for collection, old, new in (
                ("objectTypes", self._old.object_types, self._new.object_types),
                ("linkTypes", self._old.link_types, self._new.link_types),
            ):
                row = counts.get(collection, {"createdCount": 0, "deletedCount": 0})
                expect(f"{collection} created", int(row["createdCount"]), len(new - old))
                expect(f"{collection} deleted", int(row["deletedCount"]), len(old - new))
            kinds = ("createdCount", "updatedCount", "deletedCount")
            self._changed = {
                name: sum(int(row[kind]) for kind in kinds) for name, row in counts.items()
            }
            step.result = "; ".join(
                f"{name}: "
                + " ".join(f"{mark}{row[kind]}" for mark, kind in zip("+~-", kinds, strict=True))
                for name, row in counts.items()
            )

    async def _merge(self) -> None:
        with self._report.step("Merge the branch into main", via="gRPC") as step:
            request = branches.MergeBranchRequest(
                name=f"{NAME}/branches/main", source=Revision(branch=BRANCH)
            )
            answer = await BranchServiceStub(self._channel).MergeBranch(
                request, metadata=self._metadata
            )
            expect("outcome", answer.outcome, branches.MERGE_OUTCOME_MERGED)
            expect("changes merged", answer.change_count, sum(self._changed.values()))
            self._after = answer.commit_id
            step.result = f"{answer.change_count:,} changes in commit {answer.commit_id[:12]}"

    async def _read(self) -> None:
        """Reads a type that only the new version has, and the size of both versions."""
        added = min(
            iri
            for iri in self._new.object_types - self._old.object_types
            if iri.startswith("https://brickschema.org/schema/Brick#")
        )
        name = f"{NAME}/objectTypes/{added.rpartition('#')[2]}"
        with self._report.step("Read a type as of before", via="REST") as step:
            status = await self._rest.status(f"/v1/{name}", **{"revision.commit": self._before})
            expect(f"status of {name} before the merge", status, 404)
            step.result = f"{name}: not there yet"
        with self._report.step("Read the type as of after", via="gRPC") as step:
            answer = await ObjectTypeServiceStub(self._channel).GetObjectType(
                object_types.GetObjectTypeRequest(name=name, revision=Revision(commit=self._after)),
                metadata=self._metadata,
            )
            expect("IRI of the type", answer.object_type.iri, added)
            for commit, brick in ((self._before, self._old), (self._after, self._new)):
                expect(
                    f"object types at {commit[:12]}",
                    await self._count_types(commit),
                    len(brick.object_types),
                )
            step.result = f"{name}: {', '.join(t.text for t in answer.object_type.labels)}"

    async def _count_types(self, commit: str) -> int:
        answer = await OntologyServiceStub(self._channel).GetOntology(
            ontologies.GetOntologyRequest(name=NAME, revision=Revision(commit=commit)),
            metadata=self._metadata,
        )
        return {row.collection: row.count for row in answer.counts}["objectTypes"]

    async def _export(self) -> None:
        with self._report.step("Export main to Turtle", via="REST") as export:
            parts = [
                part
                async for part in self._rest.download(
                    f"/v1/{NAME}:export", format="RDF_FORMAT_TURTLE"
                )
            ]
            turtle = b"".join(parts)
            export.result = f"{len(turtle):,} bytes"
        with self._report.step("Read the export with rdflib alone", via="") as check:
            exported = await asyncio.to_thread(Graph().parse, data=turtle, format="turtle")
            expect("statements exported", len(exported), self._carried)
            check.result = f"{len(exported):,} statements"

    async def _verify(self) -> None:
        with self._report.step("Verify the hash chain", via="gRPC") as step:
            answer = await CommitServiceStub(self._channel).VerifyHistory(
                kernel.VerifyHistoryRequest(name="databases/brick"), metadata=self._metadata
            )
            expect("faults", [fault.message for fault in answer.faults], [])
            step.result = f"{answer.commit_count} commits, {answer.document_count:,} contents"


async def main() -> None:
    """Starts a suite of its own in a temporary folder and runs the demo on it."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="oms-demo-") as folder:
        with report.step("Start PostgreSQL, Valkey, NATS, OMS and Envoy", via="") as step:
            starting = launched(Path(folder), environment=os.environ)
            suite = await starting.__aenter__()
            step.result = suite.rest_url
        try:
            token = suite.secrets.token()
            async with Rest(suite.rest_url, token) as rest, connect(suite.grpc_target) as channel:
                await Demo(suite, rest, channel, report).run()
        finally:
            await starting.__aexit__(None, None, None)
    report.show()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except WrongResult as wrong:
        sys.exit(f"wrong result: {wrong}")
    except grpc.aio.AioRpcError as error:
        sys.exit(f"a call failed: {error.code().name}: {error.details()}")
