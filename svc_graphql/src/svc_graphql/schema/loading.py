"""Builds what executes. Nothing imports this module at start: it takes a while."""

from __future__ import annotations

import strawberry

from svc_graphql.execution.executor import Executor
from svc_graphql.execution.limits import Limits


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field
    def ok(self) -> bool:
        """Whether it is there."""
        return True


def load(limits: Limits) -> Executor:
    """The executor of the metamodel's schema."""
    return Executor(strawberry.Schema(query=Query)._schema, limits)
