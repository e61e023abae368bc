"""Which documents are read, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from oms_core.errors import InvalidQuery, ResourceNotFound

from svc_datakernel.domain.graph.reading.naming import shown_class
from svc_datakernel.domain.graph.reading.plans import Plans, plans_of
from svc_datakernel.domain.graph.reading.showing import Shower
from svc_datakernel.domain.graph.reading.template_matching import Match, subjects_of
from svc_datakernel.domain.graph.reading.templates import matching
from svc_datakernel.domain.graph.requests import Form, Graph, Selection
from svc_datakernel.domain.graph.schema_classes import CONTEXT, SCHEMA_ID, parents
from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.graph.writing.violations import unknown_class

_BATCH = 200
_CONTEXT_IRI = "terminusdb://context"


class _Found(NamedTuple):
    """What is under some ids: documents, and for subdocuments the ids of theirs."""

    documents: Mapping[str, StoredDocument]
    owners: Mapping[str, str]


def read(view: GraphView, selection: Selection, form: Form) -> Iterator[bytes]:
    """Reads documents, each as one JSON object in UTF-8.

    Ids are answered in the order given, everything else in the order of ids, a batch in
    memory at a time. What can be refused is refused before the first document.

    Raises:
        ResourceNotFound: an id is neither a document nor a subdocument, or, but for
            `is_by_class`, the schema does not have a class.
        InvalidQuery: the template does not fit the schema.
        LimitExceeded: a document would show more than 100,000 others inside it, or more than 100
            inside each other.
    """
    plans = plans_of(view)
    end = None if selection.count is None else selection.skip + selection.count
    if selection.graph is Graph.SCHEMA:
        found = _of_schema(view, selection, plans, Shower(view, plans, form))
        return islice(found, selection.skip, end)
    if selection.template is not None:
        matches = islice(matching(view, plans, selection), selection.skip, end)
        return _shown(matches, Shower(view, plans, form))
    if selection.ids:
        ids = [plans.names.id_of(each) for each in selection.ids]
        found = _present(view, ids, selection)
        chosen = islice(ids, selection.skip, end)
        if len(ids) > _BATCH:
            return _by_id(view, chosen, Shower(view, plans, form), selection)
        return _batch_by_id(view, list(chosen), Shower(view, plans, form), found)
    return _listed(view, selection, plans, Shower(view, plans, form), end)


def count(view: GraphView, selection: Selection) -> int:
    """Counts what `read` would answer without `skip` and `count`.

    Raises:
        InvalidQuery: the template does not fit the schema.
        ResourceNotFound: the schema does not have the class.
    """
    plans = plans_of(view)
    if selection.graph is Graph.SCHEMA:
        return len(_schema_names(plans, selection.types))
    if selection.template is not None:
        return sum(1 for _ in matching(view, plans, selection))
    if selection.ids:
        return len(check(view, selection.ids, selection.graph)[0])
    if not selection.types:
        return view.count_documents(None)
    kinds = kinds_of(plans, _known(plans, selection.types))
    inner = [name for name in kinds if plans.is_subdocument(name)]
    outer = [name for name in kinds if not plans.is_subdocument(name)]
    return (view.count_documents(outer) if outer else 0) + sum(1 for _ in subjects_of(view, inner))


def check(view: GraphView, ids: Sequence[str], graph: Graph) -> tuple[list[str], list[str]]:
    """Tells which ids are those of documents or subdocuments: the present ones, the missing ones,
    both as they were written and in their order."""
    names = plans_of(view).names
    if graph is Graph.SCHEMA:
        compact = {each: names.name_of(each) for each in ids}
        there = {*plans_of(view).classes, _CONTEXT_IRI}
    else:
        compact = {each: names.id_of(each) for each in ids}
        found = view.documents(list(compact.values()))
        there = {each for each in found if not each.startswith("@")}
        there |= view.owners([each for each in compact.values() if each not in there]).keys()
    return (
        [each for each in ids if compact[each] in there],
        [each for each in ids if compact[each] not in there],
    )


def _known(plans: Plans, types: Sequence[str]) -> Sequence[str]:
    """The types, when the schema has all of them."""
    for each in types:
        if not plans.kinds_of(plans.names.name_of(each)):
            raise unknown_class(each)
    return types


def kinds_of(plans: Plans, types: Sequence[str]) -> list[str]:
    """Names of classes and of all that inherit from them, sorted."""
    names = [plans.names.name_of(each) for each in types]
    return sorted({kind for name in names for kind in plans.kinds_of(name)})


def _downwards(plans: Plans, types: Sequence[str]) -> list[str]:
    """Names of classes and of all that inherit from them, each before those."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            found[name] = None
            for kind in sorted(plans.kinds_of(name)):
                if name in parents(plans.classes.get(kind, {})):
                    add(kind)

    for each in types:
        name = plans.names.name_of(each)
        if plans.kinds_of(name):
            add(name)
    return list(found)


def _listed(
    view: GraphView, selection: Selection, plans: Plans, shower: Shower, end: int | None
) -> Iterator[bytes]:
    # What TerminusDB answers about a class that is not there: no documents.
    types = selection.types if selection.is_by_class else _known(plans, selection.types)
    kinds = kinds_of(plans, types) if types else None
    if kinds is not None and any(map(plans.is_subdocument, kinds)):
        ids = subjects_of(view, kinds, after=selection.after)
        return _by_id(view, islice(ids, selection.skip, end), shower)
    if kinds is not None and not kinds:
        return iter(())
    if kinds is not None and selection.is_by_class:
        each_class = (
            view.list_documents([name], with_deleted=selection.with_deleted)
            for name in _downwards(plans, selection.types)
        )
        return map(shower.show, islice(chain.from_iterable(each_class), selection.skip, end))
    found = view.list_documents(kinds, after=selection.after, with_deleted=selection.with_deleted)
    return map(shower.show, islice(found, selection.skip, end))


def _present(view: GraphView, ids: Sequence[str], selection: Selection) -> _Found:
    """Makes sure that all ids are there; gives what is under them."""
    found = view.documents(ids, with_deleted=selection.with_deleted)
    owners = view.owners([each for each in ids if each not in found])
    for written, each in zip(selection.ids, ids, strict=True):
        if each not in owners and (each not in found or each.startswith(("@schema/", CONTEXT))):
            raise _not_found(written)
    return _Found(found, owners)


def _by_id(
    view: GraphView, ids: Iterator[str], shower: Shower, selection: Selection | None = None
) -> Iterator[bytes]:
    with_deleted = selection is not None and selection.with_deleted
    while batch := list(islice(ids, _BATCH)):
        found = view.documents(batch, with_deleted=with_deleted)
        owners = view.owners([each for each in batch if each not in found])
        yield from _batch_by_id(view, batch, shower, _Found(found, owners))


def _batch_by_id(
    view: GraphView, batch: Sequence[str], shower: Shower, known: _Found
) -> Iterator[bytes]:
    found, owners = known
    missing = {owner for owner in owners.values() if owner not in found}
    holding = {**found, **view.documents(sorted(missing))} if missing else found
    for each in batch:
        shown = (
            shower.show(found[each])
            if each in found
            else _shown_part(shower, holding, owners, each)
        )
        if shown is None:
            raise _not_found(each)
        yield shown


def _shown(matches: Iterator[Match], shower: Shower) -> Iterator[bytes]:
    for match in matches:
        if match.id == match.holder.id:
            yield shower.show(match.holder)
        else:
            yield from filter(None, [shower.show_part(match.holder, match.id)])


def _shown_part(
    shower: Shower, holding: Mapping[str, StoredDocument], owners: Mapping[str, str], each: str
) -> bytes | None:
    owner = holding.get(owners.get(each, ""))
    return None if owner is None else shower.show_part(owner, each)


def _of_schema(
    view: GraphView, selection: Selection, plans: Plans, shower: Shower
) -> Iterator[bytes]:
    if selection.template is not None:
        raise InvalidQuery(
            "templates are for the instance graph",
            metadata={"api_error": "api:QueryDocumentOnlySupportedForInstanceGraphs"},
        )
    if not selection.ids:
        found = _schema_names(plans, selection.types)
        return (
            shower.write(_schema_document(plans, name))
            for name in found
            if name == CONTEXT or name > selection.after
        )
    ids = [plans.names.name_of(each) for each in selection.ids]
    for written, name in zip(selection.ids, ids, strict=True):
        if name not in plans.classes and name != _CONTEXT_IRI:
            raise _not_found(written)
    return (shower.write(_schema_document(plans, name)) for name in ids)


def _schema_names(plans: Plans, types: Sequence[str]) -> list[str]:
    """Names of schema documents, the context's first, or those of some kinds such as `Enum`."""
    wanted = {plans.names.name_of(each).removeprefix("sys:") for each in types}
    return [
        name
        for name, document in plans.classes.items()
        if not wanted or (document["@type"] in wanted and name != CONTEXT)
    ]


def _schema_document(plans: Plans, name: str) -> dict[str, Any]:
    if name == _CONTEXT_IRI:
        return {**plans.classes[CONTEXT], "@id": name, "@type": "Context"}
    return shown_class(plans.classes[name.removeprefix(SCHEMA_ID)], plans.names)


def _not_found(written: str) -> ResourceNotFound:
    error = ResourceNotFound.of("document", written)
    error.metadata |= {"api_error": "api:DocumentNotFound", "document_id": written}
    return error
