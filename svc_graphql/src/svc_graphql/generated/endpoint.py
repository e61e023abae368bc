"""`/graphql/{ontology}`: a schema of its own for each ontology, branch and commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import PermissionDenied, TokenMissing

from svc_graphql.adapters.objects import GrpcObjects
from svc_graphql.adapters.ontologies import OntologyReader
from svc_graphql.execution.commits import Commits
from svc_graphql.generated.engine import GeneratedEngine
from svc_graphql.generated.following import Following
from svc_graphql.generated.names import place_of
from svc_graphql.generated.schemas import Schemas
from svc_graphql.generated.subscribing import Following as Followed
from svc_graphql.transport.engine import Caller, Engine

PERMISSIONS: Final = (
    "ontology.interfaces.read",
    "ontology.link_types.read",
    "ontology.object_types.read",
)
"""What a caller needs to see a schema, which tells of the types."""


@dataclass(frozen=True, slots=True)
class GeneratedEndpoint:
    """Implements `Endpoint`."""

    channel: Any
    reader: OntologyReader
    schemas: Schemas
    following: Following
    commits: Callable[[str], Commits]
    is_introspection_public: bool
    max_objects: int

    async def engine(self, name: str, caller: Caller) -> Engine:
        """The engine of an ontology; see `place_of` for names.

        Everything that an operation reads is of the commit that the name means now.
        """
        place = place_of(name)
        _check(caller)
        commit_id = await self.reader.commit_of(place.ontology, place.revision)
        if place.branch is not None:
            self.following.use(place.ontology, place.branch)
        served = await self.schemas.at(place.ontology, commit_id)
        objects = GrpcObjects(self.channel, served.known, commit_id=commit_id, branch=place.branch)
        followed = self._followed(place.ontology, place.branch) if place.branch else None
        return GeneratedEngine(
            served, objects, followed, self.is_introspection_public, self.max_objects
        )

    def _followed(self, ontology: str, branch: str) -> Followed:
        head = partial(self.reader.commit_of, ontology, Revision(branch=branch))
        return Followed(self.commits(ontology), branch, head)


def _check(caller: Caller) -> None:
    if caller.identity is None:
        raise TokenMissing("send `authorization: Bearer <token>`")
    for permission in PERMISSIONS:
        if not caller.identity.allows(permission):
            raise PermissionDenied(
                f"you need the permission {permission}", metadata={"permission": permission}
            )
