"""Tasks about ontologies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from oms.common.v1 import revision_pb2
from oms.ontology.v1 import interface_service_pb2 as interface_pb
from oms.ontology.v1 import interface_service_pb2_grpc as interface_grpc
from oms.ontology.v1 import link_type_service_pb2 as link_pb
from oms.ontology.v1 import link_type_service_pb2_grpc as link_grpc
from oms.ontology.v1 import object_type_service_pb2 as object_pb
from oms.ontology.v1 import object_type_service_pb2_grpc as object_grpc
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb
from oms.ontology.v1 import ontology_service_pb2_grpc as ontology_grpc

from svc_scheduler.adapters.targets.builtin.soundness import Soundness
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import Parameter, Task, TaskRun
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import Json

ONTOLOGY: Final = Parameter(
    "ontology",
    "Id of the ontology.",
    is_required=True,
    pattern=r"[a-z][a-z0-9-]{0,62}",
)
BRANCH: Final = Parameter(
    "branch",
    "Id of the branch. Left out: `main`.",
    pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
)
_PAGE: Final = 1000
_LOGGED_FAULTS: Final = 100
# To check a page takes time that others on the event loop need too.
_AT_ONCE: Final = 20


def validate_ontology(methods: Methods) -> Task:
    """The task that makes sure that an ontology is sound."""
    service = "oms.ontology.v1"
    return Task(
        id="validate-ontology",
        description="Reads every element of a branch and fails when one breaks a rule, names one "
        "that does not exist, or inherits from itself.",
        parameters=(ONTOLOGY, BRANCH),
        permissions=frozenset(
            methods.permission_of(f"{service}.{name}")
            for name in (
                "OntologyService/GetOntology",
                "ObjectTypeService/ListObjectTypes",
                "LinkTypeService/ListLinkTypes",
                "InterfaceService/ListInterfaces",
            )
        ),
        run=_validate,
    )


async def _validate(run: TaskRun) -> Json:
    name, branch = f"ontologies/{run.text('ontology')}", run.text("branch", "main")
    ontologies: Any = ontology_grpc.OntologyServiceStub(run.channel("api"))
    found = await run.call(
        ontologies.GetOntology,
        ontology_pb.GetOntologyRequest(name=name, revision=revision_pb2.Revision(branch=branch)),
    )
    # Every page is of this commit, whatever is committed meanwhile.
    soundness, commit = Soundness(), found.commit_id
    for collection in ("objectTypes", "interfaces", "linkTypes"):
        count = 0
        async for element in _elements(run, collection, name, commit):
            soundness.add(collection, element)
            count += 1
            if count % _AT_ONCE == 0:
                await asyncio.sleep(0)
        run.tell(f"{count} {collection} read")
    await asyncio.to_thread(soundness.finish)
    if soundness.fault_count:
        _fail(run, soundness, name, commit)
    return {"commit": commit, "elementCount": soundness.element_count}


def _fail(run: TaskRun, soundness: Soundness, name: str, commit: str) -> None:
    for fault in soundness.faults[:_LOGGED_FAULTS]:
        run.tell(fault)
    first = "; ".join(soundness.faults[:3])
    raise AttemptFailed(
        "FAILED_PRECONDITION",
        f"{name} has {soundness.fault_count} faults at commit {commit}: {first}",
        is_final=True,
    )


async def _elements(run: TaskRun, collection: str, parent: str, commit: str) -> AsyncIterator[Any]:
    channel = run.channel("api")
    method: Any
    request: Any
    match collection:
        case "objectTypes":
            method = object_grpc.ObjectTypeServiceStub(channel).ListObjectTypes
            request, field = object_pb.ListObjectTypesRequest(parent=parent), "object_types"
        case "interfaces":
            method = interface_grpc.InterfaceServiceStub(channel).ListInterfaces
            request, field = interface_pb.ListInterfacesRequest(parent=parent), "interfaces"
        case _:
            method = link_grpc.LinkTypeServiceStub(channel).ListLinkTypes
            request, field = link_pb.ListLinkTypesRequest(parent=parent), "link_types"
    request.revision.commit, request.page_size = commit, _PAGE
    while True:
        page = await run.call(method, request)
        for element in getattr(page, field):
            yield element
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
