"""Tasks about search by meaning."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

from oms.embedding.v1 import search_service_pb2 as pb
from oms.embedding.v1 import search_service_pb2_grpc as pb_grpc

from svc_scheduler.adapters.targets.builtin.ontologies import ONTOLOGY
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import Task, TaskRun
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import Json


def reembed_ontology(methods: Methods) -> Task:
    """The task that writes an ontology's search index anew."""
    return Task(
        id="reembed-ontology",
        description="Reads an ontology's commits from the first one, of every branch, embeds what "
        "its search index lacks, and waits for the newest commit.",
        parameters=(ONTOLOGY,),
        permissions=frozenset(
            {methods.permission_of("oms.embedding.v1.SearchService/RebuildSearchIndex")}
        ),
        run=_reembed,
    )


async def _reembed(run: TaskRun) -> Json:
    stub: Any = pb_grpc.SearchServiceStub(run.channel("embedding"))
    request = pb.RebuildSearchIndexRequest(name=f"ontologies/{run.text('ontology')}/searchIndex")
    told = -1
    async with aclosing(run.stream(stub.RebuildSearchIndex, request)) as responses:
        async for response in responses:
            index, target = response.search_index, response.target_sequence
            tenth = index.indexed_sequence * 10 // target if target else 10
            if tenth > told or response.is_done:
                told = tenth
                run.tell(f"indexed up to commit {index.indexed_sequence} of {target}")
            if response.is_done:
                return {"commit": index.indexed_commit, "entryCount": index.entry_count}
    raise AttemptFailed("UNAVAILABLE", "the embedding service ended before the index was rebuilt")
