"""Writing triples and documents: once a row is complete, or at once inside of Immediately."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from svc_datakernel.domain.graph.terms import Literal, Node, Triple
from svc_datakernel.domain.woql import errors, literals
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.documents import to_json
from svc_datakernel.domain.woql.goals.control import shown_terms
from svc_datakernel.domain.woql.goals.documents import node_of
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.syntax import DocumentWrite
from svc_datakernel.domain.woql.terms import Term, Var, deref, free_variables
from svc_datakernel.domain.woql.writing import Writer


def _perform(run: Run, action: Callable[[], bool], *, is_immediate: bool) -> Iterator[None]:
    if not is_immediate:
        return run.when_row_ends(action)
    return iter((None,)) if action() else iter(())


class ChangeTriple:
    """Adds a triple, or deletes it."""

    def __init__(
        self,
        writer: Writer,
        context: Context,
        terms: Sequence[Term],
        *,
        is_addition: bool,
        is_schema: bool,
        is_immediate: bool,
    ) -> None:
        self._writer = writer
        self._context = context
        self._terms = terms
        self._is_addition = is_addition
        self._is_schema = is_schema
        self._is_immediate = is_immediate

    def solve(self, run: Run) -> Iterator[None]:
        mark = run.mark()
        yield from _perform(run, lambda: self._write(run), is_immediate=self._is_immediate)
        run.undo(mark)

    def _write(self, run: Run) -> bool:
        run.step()
        self._writer.change_triple(
            run, self._triple(), is_addition=self._is_addition, is_schema=self._is_schema
        )
        return True

    def _triple(self) -> Triple:
        operator = "AddTriple" if self._is_addition else "DeleteTriple"
        found = [deref(term) for term in self._terms]
        unbound = [term.name for term in found if type(term) is Var]
        if unbound:
            raise errors.unbound(operator, unbound)
        subject, predicate, thing = found
        if not isinstance(subject, Node) or not isinstance(predicate, Node):
            raise errors.type_error(str(subject), "node")
        if not isinstance(thing, Node | Literal):
            raise errors.unfit(operator, "a list or dictionary is no object of a triple")
        kept = literals.stored(thing) if isinstance(thing, Literal) else thing
        return Triple(subject.iri, predicate.iri, kept)

    def explain(self) -> dict[str, Any]:
        return {
            "step": "AddTriple" if self._is_addition else "DeleteTriple",
            "pattern": shown_terms(self._terms, self._context),
        }


class ChangeDocument:
    """Inserts, replaces or deletes a document."""

    def __init__(
        self,
        writer: Writer,
        context: Context,
        kind: DocumentWrite,
        document: Term | None,
        identifier: Term | None,
        *,
        is_immediate: bool,
    ) -> None:
        self._writer = writer
        self._context = context
        self._kind = kind
        self._document = document
        self._identifier = identifier
        self._is_immediate = is_immediate

    def solve(self, run: Run) -> Iterator[None]:
        mark = run.mark()
        action = self._delete if self._kind is DocumentWrite.DELETE else self._write
        yield from _perform(run, lambda: action(run), is_immediate=self._is_immediate)
        run.undo(mark)

    def _delete(self, run: Run) -> bool:
        run.step()
        assert self._identifier is not None
        node = node_of(self._identifier, self._kind.value, self._context)
        self._writer.delete_document(run, node.iri)
        return True

    def _write(self, run: Run) -> bool:
        run.step()
        document = deref(self._document) if self._document is not None else {}
        unbound = [variable.name for variable in free_variables(document)]
        if unbound:
            raise errors.unbound(self._kind.value, unbound)
        if type(document) is not dict:
            raise errors.unfit(self._kind.value, "a document is a dictionary")
        found = self._writer.write_document(
            run,
            to_json(document, self._context.names),
            is_replacement=self._kind is DocumentWrite.UPDATE,
            needs_id=self._identifier is not None,
        )
        return found is None or run.unify(self._identifier or Node(found), Node(found))

    def explain(self) -> dict[str, Any]:
        terms = [term for term in (self._document, self._identifier) if term is not None]
        return {"step": self._kind.value, "arguments": shown_terms(terms, self._context)}
