"""Names of the event types that are no element's."""

from __future__ import annotations

from typing import Final

ONTOLOGY_CREATED: Final = "oms.ontology.created.v1"
ONTOLOGY_DELETED: Final = "oms.ontology.deleted.v1"
ONTOLOGY_COMMIT: Final = "oms.ontology.commit.created.v1"
DATABASE_CREATED: Final = "oms.datakernel.database.created.v1"
DATABASE_DELETED: Final = "oms.datakernel.database.deleted.v1"
DATABASE_COMMIT: Final = "oms.datakernel.commit.created.v1"

WEBHOOK_TEST: Final = "oms.event.webhook.test.v1"
WEBHOOK_SUSPENDED: Final = "oms.event.webhook.suspended.v1"
WEBHOOK_DEAD_LETTERED: Final = "oms.event.webhook.dead_lettered.v1"
EVENT_ABANDONED: Final = "oms.event.subscription.event_abandoned.v1"
ROUTING_LOOP: Final = "oms.event.routing_rule.loop.v1"


def document_type(change: str) -> str:
    """The type of the event about a document: `created`, `updated` or `deleted`."""
    return f"oms.datakernel.document.{change}.v1"


def branch_type(change: str, *, is_ontology: bool) -> str:
    """The type of the event about a branch: `created`, `moved` or `deleted`."""
    return f"oms.{'ontology' if is_ontology else 'datakernel'}.branch.{change}.v1"
