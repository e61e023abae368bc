"""The reference: graphql-core, which asks for each field of each object, and for everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLResolveInfo, execute_sync
from svc_graphql.domain.execution.bindings import BINDING, Fetch, Root, Selection
from svc_graphql.domain.execution.executor import dumped
from svc_graphql.domain.execution.reference import type_resolver
from svc_graphql.domain.execution.requests import Aggregate, Ask, Commit, Find, Follow, Get
from svc_graphql.domain.generated.compiler import Generated

from graphql_generated.memory import MemoryObjects


class _Everything(Selection):
    """Whatever there is was selected."""

    def __init__(self, properties: Mapping[str, str]) -> None:
        super().__init__({}, properties)
        self._all = properties

    def __contains__(self, name: str) -> bool:
        return True

    def below(self, name: str) -> Selection:
        return self

    @property
    def properties(self) -> Any:
        return tuple(sorted(self._all.values()))

    @property
    def of_rows(self) -> Any:
        return None


def run(
    generated: Generated,
    document: DocumentNode,
    variables: Mapping[str, Any],
    objects: MemoryObjects,
) -> bytes:
    """The response, as JSON."""
    everything = _Everything(generated.properties)

    def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        binding = info.parent_type.fields[info.field_name].extensions[BINDING]
        if not isinstance(binding, Fetch):
            return binding.value(source)
        return binding.value(source, _answer(binding, binding.ask(arguments, everything), source))

    def _answer(binding: Fetch, ask: Ask, source: Any) -> Any:
        match ask:
            case Find():
                return objects.found(ask)
            case Get():
                ids = ask.ids or list(binding.keys(source))
                found = objects.got(ids, None)
                return {id_: found.get(id_) for id_ in ids} if ask.is_ordered else found
            case Follow():
                return objects.followed(ask, binding.keys(source))
            case Aggregate():
                return objects.aggregated(ask)
            case Commit():
                return objects.committed(ask)

    result = execute_sync(
        generated.schema,
        document,
        Root(objects.commit_id),
        variable_values=dict(variables),
        field_resolver=resolve,
        type_resolver=type_resolver(generated),
    )
    return dumped(result.formatted)
