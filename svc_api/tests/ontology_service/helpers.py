"""Short ways to say what a test does to an ontology."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import change_set_service_pb2 as change_set_pb2
from oms.ontology.v1 import interface_service_pb2 as interface_pb2
from oms.ontology.v1 import link_type_service_pb2 as link_pb2
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError, GrpcApi

MODULES = {"object_type": object_pb2, "link_type": link_pb2, "interface": interface_pb2}
COLLECTIONS = {
    "object_type": "objectTypes",
    "link_type": "linkTypes",
    "interface": "interfaces",
}


@dataclass(frozen=True)
class Ontology:
    """One ontology and a way to call its server."""

    call: GrpcApi
    id: str

    @property
    def name(self) -> str:
        return f"ontologies/{self.id}"

    def element_name(self, element_id: str, field: str = "object_type") -> str:
        return f"{self.name}/{COLLECTIONS[field]}/{element_id}"

    async def create(self, element_id: str, field: str = "object_type", **options: Any) -> Any:
        return await self.call(self.create_request(element_id, field, **options))

    def create_request(
        self, element_id: str, field: str = "object_type", body: Any = None, **options: Any
    ) -> Any:
        request = getattr(MODULES[field], f"Create{noun(field)}Request")
        given = {f"{field}_id": element_id, field: body or {}}
        return request(parent=self.name, **given, **options)

    async def get(self, element_id: str, field: str = "object_type", **options: Any) -> Any:
        request = getattr(MODULES[field], f"Get{noun(field)}Request")
        response = await self.call(request(name=self.element_name(element_id, field), **options))
        return getattr(response, field)

    async def list(self, field: str = "object_type", **options: Any) -> Any:
        request = getattr(MODULES[field], f"List{noun(field)}sRequest")
        return await self.call(request(parent=self.name, **options))

    async def update(
        self, element_id: str, field: str = "object_type", body: Any = None, **options: Any
    ) -> Any:
        request = getattr(MODULES[field], f"Update{noun(field)}Request")
        element = {"name": self.element_name(element_id, field), **(body or {})}
        mask = options.pop("mask", None)
        if mask is not None:
            options["update_mask"] = {"paths": mask}
        return await self.call(request(**{field: element}, **options))

    async def delete(self, element_id: str, field: str = "object_type", **options: Any) -> Any:
        request = getattr(MODULES[field], f"Delete{noun(field)}Request")
        return await self.call(request(name=self.element_name(element_id, field), **options))

    async def apply(self, *changes: Any, **options: Any) -> Any:
        return await self.call(self.change_set(*changes, **options))

    def change_set(self, *changes: Any, **options: Any) -> change_set_pb2.ApplyChangeSetRequest:
        return change_set_pb2.ApplyChangeSetRequest(
            parent=self.name,
            changes=[change_set_pb2.Change(**change) for change in changes],
            **options,
        )

    def element(self, element_id: str, field: str = "object_type", **body: Any) -> dict[str, Any]:
        """An element of any kind, for a change."""
        return {field: {"name": self.element_name(element_id, field), **body}}

    async def branch(self, branch_id: str, **source: Any) -> str:
        request = branch_pb2.CreateBranchRequest(parent=self.name, branch_id=branch_id)
        if source:
            request.source.CopyFrom(Revision(**source))
        return (await self.call(request)).branch.head_commit

    async def head(self, branch: str = "main") -> str:
        request = branch_pb2.GetBranchRequest(name=f"{self.name}/branches/{branch}")
        return (await self.call(request)).branch.head_commit

    async def merge(self, source: str, into: str = "main", **options: Any) -> Any:
        return await self.call(
            branch_pb2.MergeBranchRequest(
                name=f"{self.name}/branches/{into}", source=Revision(branch=source), **options
            )
        )

    async def diff(self, base: str, target: str, **options: Any) -> Any:
        return await self.call(
            revision_pb2.DiffRevisionsRequest(
                parent=self.name,
                base=Revision(commit=base),
                target=Revision(commit=target),
                **options,
            )
        )

    @asynccontextmanager
    async def refused(self, reason: str, code: str = "INVALID_ARGUMENT"):
        """Expects an error of a reason, and `main` to be where it was."""
        head = await self.head()
        holder = Refusal()
        with pytest.raises(ApiError) as caught:
            yield holder
        holder.error = caught.value
        assert (caught.value.code, caught.value.reason) == (code, reason), caught.value
        assert caught.value.domain == "oms"
        assert await self.head() == head


class Refusal:
    """The error of a refused call, once it was refused."""

    error: ApiError


def noun(field: str) -> str:
    return "".join(part.capitalize() for part in field.split("_"))


def typed(property_id: str, **kind: Any) -> dict[str, Any]:
    return {"property_id": property_id, "type": kind or {"data_type": "DATA_TYPE_STRING"}}


def ids(elements: Any) -> list[str]:
    return [element.name.rpartition("/")[2] for element in elements]
