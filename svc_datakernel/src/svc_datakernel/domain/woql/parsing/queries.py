"""Operators: which members each has, and what they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from svc_datakernel.domain.woql import syntax
from svc_datakernel.domain.woql.errors import Place, syntax_error, unknown_operator, unsupported
from svc_datakernel.domain.woql.parsing import operations, paths, values
from svc_datakernel.domain.woql.parsing.shapes import Mismatch, member, names, text

Json = dict[str, Any]


def parse_query(json: Any, place: Place) -> syntax.Query:
    """A query: an object with the operator in `@type`.

    Raises:
        InvalidQuery: unknown, or with a member missing or of the wrong kind.
        UnsupportedOperation: an operator that is not offered.
    """
    if not isinstance(json, dict) or not isinstance(json.get("@type"), str):
        raise syntax_error(json, place, f"expected an operator, found {json!r:.100}")
    try:
        return _operator(json["@type"], json, place)
    except Mismatch as wrong:
        raise syntax_error(json, place, f"{json['@type'][:100]}: {wrong}") from None


def _operator(kind: str, json: Json, place: Place) -> syntax.Query:
    if kind in operations.FIELDS:
        return _operation(kind, json, place)
    if kind in operations.REFUSED:
        raise unsupported(kind, operations.REFUSED[kind])
    if kind not in _PARSERS:
        raise unknown_operator(json, kind, place)
    return _PARSERS[kind](json, place)


def _operation(kind: str, json: Json, place: Place) -> syntax.Operation:
    arguments: list[syntax.Value | None] = []
    for field in operations.FIELDS[kind]:
        name = field.removesuffix("?")
        if name == field or name in json:
            arguments.append(values.value(member(json, name), place.field(name)))
        else:
            arguments.append(None)
    return syntax.Operation(kind, tuple(arguments))


def _inner(json: Json, place: Place, name: str = "query") -> syntax.Query:
    return parse_query(member(json, name), place.field(name))


def _value(json: Json, place: Place, name: str) -> syntax.Value:
    return values.value(member(json, name), place.field(name))


def _branches(json: Json, place: Place, name: str) -> tuple[syntax.Query, ...]:
    queries = member(json, name)
    if not isinstance(queries, list) or not queries:
        raise Mismatch(f"{name!r} has to be an array of at least one query")
    return tuple(parse_query(query, place.branch(name, n)) for n, query in enumerate(queries))


def _wrapped(wrapper: syntax.Wrapper) -> Callable[[Json, Place], syntax.Query]:
    return lambda json, place: syntax.Wrapped(wrapper, _inner(json, place))


def _select(json: Json, place: Place) -> syntax.Query:
    return syntax.Select(names(member(json, "variables")), _inner(json, place))


def _distinct(json: Json, place: Place) -> syntax.Query:
    return syntax.Distinct(names(member(json, "variables")), _inner(json, place))


def _graph_text(json: Json, place: Place, name: str) -> str:
    found = member(json, name)
    try:
        return text(found)
    except Mismatch as wrong:
        raise syntax_error(json, place.field(name), str(wrong)) from None


def _using(json: Json, place: Place) -> syntax.Query:
    return syntax.Using(_graph_text(json, place, "collection"), _inner(json, place))


def _from(json: Json, place: Place) -> syntax.Query:
    return syntax.From(_graph_text(json, place, "graph"), _inner(json, place))


def _into(json: Json, place: Place) -> syntax.Query:
    return syntax.Into(_graph_text(json, place, "graph"), _inner(json, place))


def _limit(json: Json, place: Place) -> syntax.Query:
    return syntax.Limit(_row_count(json, place, "limit"), _inner(json, place))


def _start(json: Json, place: Place) -> syntax.Query:
    return syntax.Start(_row_count(json, place, "start"), _inner(json, place))


def _row_count(json: Json, place: Place, name: str) -> syntax.Variable | syntax.Data:
    found = member(json, name)
    if isinstance(found, dict) and "variable" in found:
        return syntax.Variable(text(found["variable"]))
    if isinstance(found, dict) and "data" in found:
        found = found["data"]
    literal = values.data(found)
    if not isinstance(literal, syntax.Data):
        raise syntax_error(json, place.field(name), f"expected a number, found {found!r:.100}")
    return literal


def _order_by(json: Json, place: Place) -> syntax.Query:
    ordering = member(json, "ordering")
    inside = place.field("ordering")
    if not isinstance(ordering, list):
        raise syntax_error(ordering, inside, f"expected an array, found {ordering!r:.100}")
    orders = tuple(_order(order, inside.item(n)) for n, order in enumerate(ordering))
    return syntax.OrderBy(orders, _inner(json, place))


def _order(json: Any, place: Place) -> tuple[str, bool]:
    try:
        return _order_template(json)
    except Mismatch as wrong:
        raise syntax_error(json, place, str(wrong)) from None


def _order_template(json: Any) -> tuple[str, bool]:
    if not isinstance(json, dict) or json.get("@type") != "OrderTemplate":
        raise Mismatch.of("an OrderTemplate", json)
    order = text(member(json, "order"))
    if order not in ("asc", "desc"):
        raise Mismatch.of("'asc' or 'desc'", order)
    return text(member(json, "variable")), order == "desc"


def _template(json: Json, place: Place) -> tuple[syntax.Value, ...] | syntax.Value:
    found = member(json, "template")
    if isinstance(found, list):
        try:
            return tuple(map(syntax.Variable, names(found)))
        except Mismatch:
            return values.value(found, place.field("template"))
    return values.value(found, place.field("template"))


def _group_by(json: Json, place: Place) -> syntax.Query:
    return syntax.GroupBy(
        names(member(json, "group_by")),
        _template(json, place),
        _inner(json, place),
        _value(json, place, "grouped"),
    )


def _collect(json: Json, place: Place) -> syntax.Query:
    return syntax.Collect(_template(json, place), _value(json, place, "into"), _inner(json, place))


def _count(json: Json, place: Place) -> syntax.Query:
    return syntax.Count(_inner(json, place), _value(json, place, "count"))


def _when(json: Json, place: Place) -> syntax.Query:
    return syntax.When(_inner(json, place), _inner(json, place, "consequent"))


def _triple_parts(json: Json, place: Place) -> tuple[syntax.Value, syntax.Value, syntax.Value]:
    return (
        _value(json, place, "subject"),
        _value(json, place, "predicate"),
        _value(json, place, "object"),
    )


def _graph(json: Json, place: Place) -> str | None:
    return _graph_text(json, place, "graph") if "graph" in json else None


def _triple(
    source: syntax.Source, *, needs_graph: bool = False
) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        if needs_graph:
            member(json, "graph")
        return syntax.TriplePattern(source, *_triple_parts(json, place), _graph(json, place))

    return parse


def _change(
    *, is_addition: bool, needs_graph: bool = False
) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        if needs_graph:
            member(json, "graph")
        return syntax.TripleChange(is_addition, *_triple_parts(json, place), _graph(json, place))

    return parse


def _slice(*, is_reversed: bool) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        return syntax.TripleSlice(
            *_triple_parts(json, place),
            _value(json, place, "low"),
            _value(json, place, "high"),
            is_reversed,
            _graph(json, place),
        )

    return parse


def _neighbour(name: str) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        return syntax.TripleNeighbour(
            *_triple_parts(json, place),
            _value(json, place, name),
            name == "next",
            _graph(json, place),
        )

    return parse


def _path(json: Json, place: Place) -> syntax.Query:
    return syntax.Path(
        _value(json, place, "subject"),
        paths.path_pattern(member(json, "pattern"), place.field("pattern")),
        _value(json, place, "object"),
        _value(json, place, "path") if "path" in json else None,
    )


def _eval(json: Json, place: Place) -> syntax.Query:
    return syntax.Eval(
        paths.expression(member(json, "expression"), place.field("expression")),
        paths.expression(member(json, "result"), place.field("result")),
    )


def _read_document(json: Json, place: Place) -> syntax.Query:
    return syntax.ReadDocument(_value(json, place, "identifier"), _value(json, place, "document"))


def _document_change(kind: syntax.DocumentWrite) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        is_deletion = kind is syntax.DocumentWrite.DELETE
        document = None if is_deletion else _value(json, place, "document")
        has_id = is_deletion or "identifier" in json
        identifier = _value(json, place, "identifier") if has_id else None
        return syntax.DocumentChange(kind, document, identifier)

    return parse


def _resource(name: str) -> Callable[[Json, Place], syntax.Query]:
    def parse(json: Json, place: Place) -> syntax.Query:
        resource = text(member(json, "resource"))
        return syntax.ResourceSize(resource, _value(json, place, name), name == "count")

    return parse


def _always(json: Json, place: Place) -> syntax.Query:
    return syntax.Always()


_PARSERS: Final[dict[str, Callable[[Json, Place], syntax.Query]]] = {
    "And": lambda json, place: syntax.And(_branches(json, place, "and")),
    "Or": lambda json, place: syntax.Or(_branches(json, place, "or")),
    **{wrapper.value: _wrapped(wrapper) for wrapper in syntax.Wrapper},
    "Comment": _always,
    "When": _when,
    "Select": _select,
    "Distinct": _distinct,
    "Using": _using,
    "From": _from,
    "Into": _into,
    "Limit": _limit,
    "Start": _start,
    "OrderBy": _order_by,
    "GroupBy": _group_by,
    "Collect": _collect,
    "Count": _count,
    "Triple": _triple(syntax.Source.PRESENT),
    "AddedTriple": _triple(syntax.Source.ADDED),
    "AddedQuad": _triple(syntax.Source.ADDED, needs_graph=True),
    "DeletedTriple": _triple(syntax.Source.DELETED),
    "DeletedQuad": _triple(syntax.Source.DELETED, needs_graph=True),
    "AddTriple": _change(is_addition=True),
    "AddQuad": _change(is_addition=True, needs_graph=True),
    "DeleteTriple": _change(is_addition=False),
    "TripleSlice": _slice(is_reversed=False),
    "TripleSliceRev": _slice(is_reversed=True),
    "TripleNext": _neighbour("next"),
    "TriplePrevious": _neighbour("previous"),
    "Path": _path,
    "Eval": _eval,
    "ReadDocument": _read_document,
    "ReadObject": _read_document,
    "InsertDocument": _document_change(syntax.DocumentWrite.INSERT),
    "UpdateDocument": _document_change(syntax.DocumentWrite.UPDATE),
    "DeleteDocument": _document_change(syntax.DocumentWrite.DELETE),
    "DeleteObject": _document_change(syntax.DocumentWrite.DELETE),
    "TripleCount": _resource("count"),
    "Size": _resource("size"),
}
