"""Path templates of `google.api.http` as OpenAPI paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_VARIABLE = re.compile(r"\{([^}=]+)(?:=([^}]+))?\}")
# How the collections of resource names are called in the singular, where an `s` less is wrong.
_SINGULARS = {"ontologies": "ontology", "branches": "branch"}


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A variable segment of an OpenAPI path, and the field it is a part of.

    `spans_segments` is true for `**`, whose value may hold slashes.
    """

    name: str
    field: str
    pattern: str
    spans_segments: bool = False


@dataclass(frozen=True, slots=True)
class OpenApiPath:
    """A path such as `/v1/ontologies/{ontology}/objectTypes` with its parameters in order.

    `fields` are the request's fields that the path sets, such as `parent`.
    """

    path: str
    parameters: tuple[PathParameter, ...]
    fields: frozenset[str]


def expand(template: str) -> OpenApiPath:
    """Names every wildcard of a template after the collection before it.

    `/v1/{name=ontologies/*/branches/*}:merge` becomes
    `/v1/ontologies/{ontology}/branches/{branch}:merge`.
    """
    parameters: list[PathParameter] = []
    fields: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        field, pattern = match.group(1), match.group(2) or "*"
        fields.add(field)
        return "/".join(_segments(field, pattern, parameters))

    return OpenApiPath(_VARIABLE.sub(replace, template), tuple(parameters), frozenset(fields))


def _segments(field: str, pattern: str, parameters: list[PathParameter]) -> Iterator[str]:
    previous = ""
    for segment in pattern.split("/"):
        if segment in {"*", "**"}:
            name = _singular(previous) if previous else _camel_case(field.rpartition(".")[2])
            parameters.append(PathParameter(name, field, pattern, segment == "**"))
            yield f"{{{name}}}"
        else:
            yield segment
        previous = segment


def _singular(collection: str) -> str:
    return _SINGULARS.get(collection) or collection.removesuffix("s")


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
