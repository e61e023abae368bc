"""Documents that were parsed and validated, remembered by their text."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from oms_core.errors import InvalidQuery, OmsError

from svc_graphql.execution.limits import Limits, Measuring, Size, check
from svc_graphql.transport.engine import OperationRequest, RequestRefused
from svc_graphql.transport.errors import to_graphql

_MAX_DOCUMENTS: Final = 1_000
_MAX_CHARACTERS: Final = 4_000_000
_MAX_ERRORS: Final = 20


@dataclass(slots=True)
class ValidDocument:
    """A document that is valid for the schema.

    `sizes` are those of operations without variables, which are the same each time.
    """

    node: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    sizes: dict[str, Size] = field(default_factory=dict[str, Size])
    state: dict[str, Any] = field(default_factory=dict[str, Any])


class DocumentCache:
    """Parses and validates, and remembers the last documents.

    Args:
        schema: What documents are validated against.
        limits: What they may ask for.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._known: OrderedDict[str, ValidDocument] = OrderedDict()
        self._characters = 0

    def find(self, request: OperationRequest) -> tuple[ValidDocument, str, Size]:
        """The document of a request, the name of its operation ("" without one), and its size.

        Raises:
            RequestRefused: malformed, invalid, beyond a limit, or without that operation.
        """
        known = self._known.get(request.document)
        try:
            if known is not None:
                self._known.move_to_end(request.document)
                name = _name(known.operations, request.operation_name)
                return known, name, self._measure(known, name, request)
            return self._learn(request)
        except OmsError as exc:
            raise RequestRefused([to_graphql(exc)]) from exc

    def _learn(self, request: OperationRequest) -> tuple[ValidDocument, str, Size]:
        node = self._parse(request.document)
        operations = _operations(node)
        document = ValidDocument(node, operations)
        name = _name(operations, request.operation_name)
        # Every operation is measured: what is validated has to be small.
        for each in operations:
            self._measure(document, each, request)
        errors = validate(self._schema, node, max_errors=_MAX_ERRORS)
        if errors:
            raise RequestRefused([syntax_error(error) for error in errors])
        self._remember(request.document, document)
        return document, name, self._measure(document, name, request)

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.max_tokens)
        except GraphQLError as exc:
            raise RequestRefused([syntax_error(exc)]) from exc
        except RecursionError as exc:
            raise InvalidQuery("the document is nested too deeply") from exc

    def _measure(self, document: ValidDocument, name: str, request: OperationRequest) -> Size:
        known = document.sizes.get(name)
        if known is not None:
            return known
        operation = document.operations[name]
        try:
            size = Measuring(document.node, request.variables).size(operation)
        except RecursionError as exc:
            raise InvalidQuery("the document is nested too deeply") from exc
        check(size, self._limits)
        if not operation.variable_definitions:
            document.sizes[name] = size
        return size

    def _remember(self, text: str, document: ValidDocument) -> None:
        self._known[text] = document
        self._characters += len(text)
        while len(self._known) > _MAX_DOCUMENTS or self._characters > _MAX_CHARACTERS:
            oldest, _ = self._known.popitem(last=False)
            self._characters -= len(oldest)


def _operations(node: DocumentNode) -> dict[str, OperationDefinitionNode]:
    return {
        each.name.value if each.name else "": each
        for each in node.definitions
        if isinstance(each, OperationDefinitionNode)
    }


def _name(operations: dict[str, OperationDefinitionNode], wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in operations:
            raise InvalidQuery(f"the document has no operation {wanted[:100]!r}")
        return wanted
    if len(operations) != 1:
        raise InvalidQuery(
            "the document has several operations; say which by `operationName`"
            if operations
            else "the document has no operation"
        )
    return next(iter(operations))


def syntax_error(error: GraphQLError) -> dict[str, Any]:
    """An error of a document, with its place, typed as others are."""
    formatted: dict[str, Any] = {"message": error.message[:1_000]}
    if error.locations:
        formatted["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations[:10]
        ]
    formatted["extensions"] = {"code": "INVALID_ARGUMENT", "reason": "INVALID_QUERY"}
    return formatted
