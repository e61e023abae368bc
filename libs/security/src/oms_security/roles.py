"""The built-in roles: what each grants.

A permission is `<area>.<collection>.<verb>` as declared beside each RPC in the
protos. `x.*` grants everything below `x`, `*` everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SERVICE_ROLE: Final = "service"
ADMINISTRATOR_ROLE: Final = "administrator"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    role_id: str
    description: str
    permissions: frozenset[str]


_READ: Final = frozenset(
    {
        "embedding.models.read",
        "embedding.search.read",
        "events.event_types.read",
        "events.events.read",
        "events.streams.read",
        "graphql.schema.*",
        "health.details.read",
        "identity.caller.read",
        "identity.roles.read",
        "object.links.read",
        "object.objects.read",
        "ontology.branches.read",
        "ontology.interfaces.read",
        "ontology.link_types.read",
        "ontology.object_types.read",
        "ontology.ontologies.read",
        "ontology.revisions.read",
        "ontology.transfers.export",
        "scheduler.jobs.read",
        "scheduler.runs.read",
        "scheduler.schedules.preview",
        "scheduler.status.read",
    }
)

# Nobody but a service and an administrator reaches the kernel itself: a raw
# document write would go around the checks that keep an ontology sound.
_BUILT_IN: Final = (
    Role(ADMINISTRATOR_ROLE, "Does everything.", frozenset({"*"})),
    Role(
        "editor",
        "Reads ontologies and their objects, changes and imports them, and makes branches.",
        _READ
        | {
            "embedding.texts.embed",
            "events.events.publish",
            "events.subscriptions.consume",
            "events.subscriptions.read",
            "object.links.write",
            "object.objects.load",
            "object.objects.migrate",
            "object.objects.write",
            "ontology.branches.write",
            "ontology.change_sets.write",
            "ontology.interfaces.write",
            "ontology.link_types.write",
            "ontology.object_types.write",
            "ontology.ontologies.write",
            "ontology.transfers.import",
        },
    ),
    Role(
        "integrator",
        "Reads ontologies, manages events, streams, webhooks and routing, and vector indexes.",
        _READ | {"embedding.indexes.*", "embedding.search.*", "embedding.texts.embed", "events.*"},
    ),
    Role(
        "operator",
        "Reads ontologies, and manages jobs, their runs and workers, and sessions of GraphQL.",
        _READ | {"graphql.sessions.*", "scheduler.*"},
    ),
    Role(
        "reviewer",
        "Reads ontologies and merges what editors prepared on branches.",
        _READ | {"ontology.branches.merge"},
    ),
    Role(
        SERVICE_ROLE,
        "Lets a service of OMS call its peers: kernel, events, embeddings and jobs in full.",
        _READ | {"embedding.*", "events.*", "kernel.*", "scheduler.*"},
    ),
    Role("viewer", "Reads ontologies.", _READ),
)

ROLES: Final[Mapping[str, Role]] = MappingProxyType({role.role_id: role for role in _BUILT_IN})
"""Every built-in role by its id, ordered by id."""


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """What the roles grant together.

    Raises:
        KeyError: a role is not a built-in one.
    """
    return frozenset[str]().union(*(ROLES[role].permissions for role in roles))
