"""From the tree of a query to goals that can be run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from svc_datakernel.domain.graph.terms import Node
from svc_datakernel.domain.woql import errors, resources, syntax
from svc_datakernel.domain.woql.arithmetic import Eval
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals import collecting, control, documents, paths, triples, writes
from svc_datakernel.domain.woql.goals.goal import Goal
from svc_datakernel.domain.woql.graphs import Graphs, TripleSource, parse_graphs
from svc_datakernel.domain.woql.joins import joined
from svc_datakernel.domain.woql.operators import OPERATORS
from svc_datakernel.domain.woql.run import as_json
from svc_datakernel.domain.woql.scope import Scope
from svc_datakernel.domain.woql.terms import Json, Term
from svc_datakernel.domain.woql.writing import Writer

# What stands for an argument that was left out.
_LEFT_OUT: Final = Json(None)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the operators around a part of a query say of it.

    Args:
        source: The triples that patterns look through.
        writes_to: The graph that changes go to.
        is_immediate: Changes are made at once, not when the row is complete.
        can_write: Whether it is the branch that the query may change.
    """

    context: Context
    source: TripleSource
    writes_to: Graphs = Graphs.INSTANCE
    is_immediate: bool = False
    can_write: bool = True


class Compiler:
    """Compiles one query over one commit."""

    def __init__(self, context: Context, writer: Writer) -> None:
        self.scope = Scope()
        self._writer = writer
        self._place = _Place(context, TripleSource(context.view, Graphs.INSTANCE))

    def compile(self, query: syntax.Query) -> Goal:
        """The goal of a query. Its variables are in `scope` afterwards.

        Raises:
            InvalidQuery: an unknown prefix, graph or resource.
            UnsupportedOperation: the backend can't do an operator.
        """
        return _COMPILERS[type(query)](self, query)

    # --- values

    def value(self, value: syntax.Value | None) -> Term:
        """The term of a value; without a prefix, a node is in the base."""
        if value is None:
            return _LEFT_OUT
        if isinstance(value, syntax.Variable):
            return self.scope.variable(value.name)
        if isinstance(value, syntax.Data):
            return value.literal
        if isinstance(value, syntax.Name):
            return self._place.context.names.node(value.text)
        if isinstance(value, syntax.Items):
            return [self.value(item) for item in value.items]
        return {key: self._member(key, item) for key, item in value.pairs}

    def _member(self, key: str, value: syntax.Value) -> Term:
        term = self.value(value)
        if isinstance(term, Json | Node) or not isinstance(value, syntax.Data):
            return term
        if key == "@type":
            return self._place.context.names.property(value.literal.lexical)
        return as_json(term)

    def _property(self, value: syntax.Value) -> Term:
        """As `value`, but a node without a prefix is in the schema."""
        if isinstance(value, syntax.Name):
            return self._place.context.names.property(value.text)
        return self.value(value)

    def _triple(self, query: Any) -> tuple[Term, Term, Term]:
        return self.value(query.subject), self._property(query.predicate), self.value(query.object)

    # --- operators without queries inside

    def operation(self, query: syntax.Operation) -> Goal:
        if query.name == "Dot" and not isinstance(query.arguments[2], syntax.Data):
            field = query.arguments[2]
            if isinstance(field, syntax.Name):
                raise errors.type_error(field.text, "string")
            name = field.name if isinstance(field, syntax.Variable) else "?"
            raise errors.type_error(f"v({name})", "string")
        terms = [self.value(argument) for argument in query.arguments]
        if query.name == "IsA" and isinstance(query.arguments[1], syntax.Name):
            terms[1] = self._property(query.arguments[1])
        return control.Call(query.name, OPERATORS[query.name], self._place.context, terms)

    def always(self, query: syntax.Always) -> Goal:
        return control.Always()

    def refused(self, query: syntax.Refused) -> Goal:
        raise errors.unsupported(query.name, "it is not offered")

    def triple_pattern(self, query: syntax.TriplePattern) -> Goal:
        return triples.Triples(
            self._place.context, self._source(query.graph), query.source, self._triple(query)
        )

    def triple_slice(self, query: syntax.TripleSlice) -> Goal:
        return triples.TripleSlice(
            self._place.context,
            self._source(query.graph),
            self._triple(query),
            (self.value(query.low), self.value(query.high)),
            is_reversed=query.is_reversed,
        )

    def triple_neighbour(self, query: syntax.TripleNeighbour) -> Goal:
        return triples.TripleNeighbour(
            self._place.context,
            self._source(query.graph),
            self._triple(query),
            self.value(query.neighbour),
            is_next=query.is_next,
        )

    def path(self, query: syntax.Path) -> Goal:
        terms = (self.value(query.subject), self.value(query.object))
        path = None if query.path is None else self.value(query.path)
        self._check_predicates(query.pattern)
        place = self._place
        return paths.Path(place.context, place.source, query.pattern, terms, path)

    def _check_predicates(self, pattern: syntax.PathPattern) -> None:
        """Finds unknown prefixes before anything runs."""
        if isinstance(pattern, syntax.Hop):
            if pattern.predicate is not None:
                self._place.context.names.property(pattern.predicate)
        elif isinstance(pattern, syntax.Repeat):
            self._check_predicates(pattern.part)
        else:
            for part in pattern.parts:
                self._check_predicates(part)

    def eval(self, query: syntax.Eval) -> Goal:
        result = self._operand(query.result)
        return Eval(query.expression, self._operand, result)

    def _operand(self, expression: syntax.Expression) -> Term:
        if isinstance(expression, syntax.Arithmetic):
            raise errors.unfit("Eval", "the result has to be a variable or a number")
        return self.value(expression)

    def read_document(self, query: syntax.ReadDocument) -> Goal:
        terms = (self.value(query.identifier), self.value(query.document))
        return documents.ReadDocument(self._place.context, *terms)

    def resource_size(self, query: syntax.ResourceSize) -> Goal:
        result = self.value(query.result)
        return resources.size_goal(
            self._place.context, query.resource, result, is_count=query.is_count
        )

    # --- writing

    def triple_change(self, query: syntax.TripleChange) -> Goal:
        graphs = self._place.writes_to if query.graph is None else _one(query.graph)
        return writes.ChangeTriple(
            self._writing(),
            self._place.context,
            self._triple(query),
            is_addition=query.is_addition,
            is_schema=graphs == Graphs.SCHEMA,
            is_immediate=self._place.is_immediate,
        )

    def document_change(self, query: syntax.DocumentChange) -> Goal:
        identifier = None if query.identifier is None else self.value(query.identifier)
        document = None if query.document is None else self.value(query.document)
        return writes.ChangeDocument(
            self._writing(),
            self._place.context,
            query.kind,
            document,
            identifier,
            is_immediate=self._place.is_immediate,
        )

    def _writing(self) -> Writer:
        if not self._place.can_write:
            raise errors.unsupported("Using", "only the branch that is queried can be written to")
        return self._writer

    # --- operators with queries inside

    def and_(self, query: syntax.And) -> Goal:
        goals = joined([self.compile(part) for part in query.queries], self._place.context)
        return goals[0] if len(goals) == 1 else control.Conjunction(goals)

    def or_(self, query: syntax.Or) -> Goal:
        first, *rest = query.queries
        if not rest:
            return self.compile(first)
        before = self.scope.visible()
        goals = [self.compile(first)]
        after = self.scope.visible()
        self.scope.set_visible(before)
        goals.append(self.or_(syntax.Or(tuple(rest))))
        self.scope.merge(after)
        return control.Disjunction(goals)

    def wrapped(self, query: syntax.Wrapped) -> Goal:
        if query.wrapper is syntax.Wrapper.IMMEDIATELY:
            return self._inside(replace(self._place, is_immediate=True), query.query)
        goal = self.compile(query.query)
        if query.wrapper is syntax.Wrapper.PIN:
            return goal
        kinds: dict[syntax.Wrapper, Callable[[Goal], Goal]] = {
            syntax.Wrapper.NOT: control.Not,
            syntax.Wrapper.OPTIONAL: control.Optional,
            syntax.Wrapper.ONCE: control.Once,
        }
        return kinds[query.wrapper](goal)

    def when(self, query: syntax.When) -> Goal:
        return control.When(self.and_(syntax.And((query.query, query.consequent))))

    def select(self, query: syntax.Select) -> Goal:
        before = [name for name, _ in self.scope.visible()]
        goal = self.compile(query.query)
        self.scope.restrict(
            [*(name for name in before if name not in query.variables), *query.variables]
        )
        return goal

    def distinct(self, query: syntax.Distinct) -> Goal:
        variables = [self.scope.variable(name) for name in query.variables]
        return collecting.Distinct(self.compile(query.query), variables)

    def using(self, query: syntax.Using) -> Goal:
        context, is_same = resources.using_context(self._place.context, query.collection)
        source = TripleSource(context.view, self._place.source.graphs)
        place = replace(self._place, context=context, source=source, can_write=is_same)
        return self._inside(place, query.query)

    def from_(self, query: syntax.From) -> Goal:
        return self._inside(replace(self._place, source=self._source(query.graph)), query.query)

    def into(self, query: syntax.Into) -> Goal:
        return self._inside(replace(self._place, writes_to=_one(query.graph)), query.query)

    def _inside(self, place: _Place, query: syntax.Query) -> Goal:
        outside, self._place = self._place, place
        try:
            return self.compile(query)
        finally:
            self._place = outside

    def _source(self, graph: str | None) -> TripleSource:
        if graph is None:
            return self._place.source
        context = self._place.context
        return TripleSource(context.view, parse_graphs(graph))

    def limit(self, query: syntax.Limit) -> Goal:
        most = self.value(query.most)
        return control.Limit(self.compile(query.query), most)

    def start(self, query: syntax.Start) -> Goal:
        skipped = self.value(query.skipped)
        return control.Start(self.compile(query.query), skipped)

    def order_by(self, query: syntax.OrderBy) -> Goal:
        ordering = [(self.scope.variable(name), is_down) for name, is_down in query.ordering]
        made = len(self.scope.made)
        goal = self.compile(query.query)
        # Those from before may be bound in here too, if this is where they are met first.
        visible = [variable for _, variable in self.scope.visible()]
        bound = dict.fromkeys([*self.scope.made[made:], *visible])
        return collecting.OrderBy(goal, ordering, list(bound))

    def group_by(self, query: syntax.GroupBy) -> Goal:
        by = [self.scope.variable(name) for name in query.group_by]
        template = self._template(query.template)
        goal = self.compile(query.query)
        return collecting.GroupBy(goal, by, template, self.value(query.grouped))

    def collect(self, query: syntax.Collect) -> Goal:
        template = self._template(query.template)
        goal = self.compile(query.query)
        return collecting.Collect(goal, template, self.value(query.into))

    def _template(self, template: tuple[syntax.Value, ...] | syntax.Value) -> Term:
        if isinstance(template, tuple):
            template = syntax.Items(template)
        found = self.value(template)
        if type(found) is list and len(found) == 1 and type(found[0]) is not list:
            return found[0]
        return found

    def count(self, query: syntax.Count) -> Goal:
        count = self.value(query.count)
        visible = [name for name, _ in self.scope.visible()]
        goal = self.compile(query.query)
        self.scope.restrict(visible)
        return collecting.Count(goal, count)


def _one(graph: str) -> Graphs:
    found = parse_graphs(graph)
    if found not in (Graphs.INSTANCE, Graphs.SCHEMA):
        raise errors.term_error(
            f"{graph!r} names more than one graph to write to",
            f"filter_does_not_resolve_to_unique_graph({graph})",
        )
    return found


_COMPILERS: Final[dict[type, Callable[[Compiler, Any], Goal]]] = {
    syntax.Operation: Compiler.operation,
    syntax.Always: Compiler.always,
    syntax.Refused: Compiler.refused,
    syntax.And: Compiler.and_,
    syntax.Or: Compiler.or_,
    syntax.Wrapped: Compiler.wrapped,
    syntax.When: Compiler.when,
    syntax.Select: Compiler.select,
    syntax.Distinct: Compiler.distinct,
    syntax.Using: Compiler.using,
    syntax.From: Compiler.from_,
    syntax.Into: Compiler.into,
    syntax.Limit: Compiler.limit,
    syntax.Start: Compiler.start,
    syntax.OrderBy: Compiler.order_by,
    syntax.GroupBy: Compiler.group_by,
    syntax.Collect: Compiler.collect,
    syntax.Count: Compiler.count,
    syntax.TriplePattern: Compiler.triple_pattern,
    syntax.TripleSlice: Compiler.triple_slice,
    syntax.TripleNeighbour: Compiler.triple_neighbour,
    syntax.TripleChange: Compiler.triple_change,
    syntax.Path: Compiler.path,
    syntax.Eval: Compiler.eval,
    syntax.ReadDocument: Compiler.read_document,
    syntax.DocumentChange: Compiler.document_change,
    syntax.ResourceSize: Compiler.resource_size,
}
