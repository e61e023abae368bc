"""ReadDocument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from svc_datakernel.domain.canonical_json import parse_exact
from svc_datakernel.domain.graph import reading
from svc_datakernel.domain.graph.requests import Form, Selection
from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.documents import from_json
from svc_datakernel.domain.woql.goals.control import shown_terms
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref

_FORM = Form(minimized=True, compress_ids=True, unfold=True)


class ReadDocument:
    """A document by its id, none where it is not there."""

    def __init__(self, context: Context, identifier: Term, document: Term) -> None:
        self._context = context
        self._identifier = identifier
        self._document = document

    def solve(self, run: Run) -> Iterator[None]:
        node = node_of(self._identifier, "ReadDocument", self._context)
        run.check_deadline()
        if node.iri not in self._context.view.documents([node.iri]) and not (
            self._context.view.owners([node.iri])
        ):
            return
        selection = Selection(ids=[self._context.names.full(node.iri)])
        for body in reading.read(self._context.view, selection, _FORM):
            mark = run.mark()
            if run.unify(self._document, from_json(parse_exact(body.decode()))):
                yield
            run.undo(mark)

    def explain(self) -> dict[str, Any]:
        return {
            "step": "ReadDocument",
            "arguments": shown_terms((self._identifier, self._document), self._context),
        }


def node_of(term: Term, operator: str, context: Context) -> Node:
    """An id as a node; a string, or a plain value out of a document, is a name.

    Raises:
        InvalidQuery: it is unbound, or no id.
    """
    term = deref(term)
    if type(term) is Var:
        raise errors.unbound(operator, [term.name])
    if isinstance(term, Node):
        return term
    if isinstance(term, Literal):
        return context.names.node(term.lexical)
    if isinstance(term, Json) and isinstance(term.value, str):
        return context.names.node(term.value)
    raise errors.unfit(operator, "an id is a node or a string")
