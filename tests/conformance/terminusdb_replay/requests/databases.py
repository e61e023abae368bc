"""`/api/db`."""

from __future__ import annotations

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import database_service_pb2 as pb
from oms.datakernel.v1 import schema_service_pb2 as schema_pb

from ..kernel import Answer, Kernel, NotOffered, call
from ..places import database_id
from .request import Request


async def create(kernel: Kernel, request: Request) -> Answer:
    """Creates a database."""
    label = request.member("label")
    if not label:
        raise NotOffered("a display name is no parameter that could be missing")
    await create_database(kernel, _database(request), request.body)
    return Answer()


async def create_database(kernel: Kernel, database: str, body: dict[str, Any]) -> None:
    """Creates a graph database; prefixes besides `@base` and `@schema` are set one by one.

    Raises:
        OmsError: as the kernel answers.
    """
    prefixes = body.get("prefixes") or {}
    given = pb.Database(
        display_name=str(body.get("label", "")),
        description=str(body.get("comment", "")),
        model=pb.DATABASE_MODEL_GRAPH,
        base_iri=str(prefixes.get("@base", "")),
        schema_iri=str(prefixes.get("@schema", "")),
    )
    await call(
        kernel.DatabaseService.CreateDatabase(
            pb.CreateDatabaseRequest(database_id=database, database=given)
        )
    )
    for prefix, iri in prefixes.items():
        if not prefix.startswith("@"):
            change = schema_pb.SetPrefixRequest(
                parent=f"databases/{database}/branches/main", prefix=prefix, iri=str(iri)
            )
            await call(kernel.SchemaService.SetPrefix(change))


async def get(kernel: Kernel, request: Request) -> Answer:
    """Gets a database, with its branches where asked for; ids and states are TerminusDB's own."""
    name = f"databases/{_database(request)}"
    found = await call(kernel.DatabaseService.GetDatabase(pb.GetDatabaseRequest(name=name)))
    answered: dict[str, Any] = {
        "label": found.database.display_name,
        "comment": found.database.description,
        "name": _database(request),
        "path": request.path,
    }
    if request.flag("branches"):
        listed = branch_pb.ListBranchesRequest(parent=name)
        page = await call(kernel.BranchService.ListBranches(listed))
        answered["branches"] = [each.name.rpartition("/")[2] for each in page.branches]
    expected = request.expected
    if isinstance(expected, dict):
        expected = {key: each for key, each in expected.items() if key in answered}
        answered = {key: each for key, each in answered.items() if key in expected}
    return Answer(answered, expected=expected)


async def update(kernel: Kernel, request: Request) -> Answer:
    """Changes label and comment."""
    fields = {"label": "display_name", "comment": "description"}
    changes = {
        ours: str(request.member(theirs))
        for theirs, ours in fields.items()
        if request.member(theirs) is not None
    }
    database = pb.Database(name=f"databases/{_database(request)}", **changes)
    await call(
        kernel.DatabaseService.UpdateDatabase(
            pb.UpdateDatabaseRequest(
                database=database, update_mask=FieldMask(paths=sorted(changes))
            )
        )
    )
    return Answer()


async def delete(kernel: Kernel, request: Request) -> Answer:
    """Deletes a database."""
    name = f"databases/{_database(request)}"
    await call(kernel.DatabaseService.DeleteDatabase(pb.DeleteDatabaseRequest(name=name)))
    return Answer()


def _database(request: Request) -> str:
    organisation, _, database = request.path.strip("/").partition("/")
    if organisation != "admin":
        raise NotOffered("OMS has no organisations")
    return database_id(database)
