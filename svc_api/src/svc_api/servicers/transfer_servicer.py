"""Whole ontologies in and out as RDF."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from google.api.httpbody_pb2 import HttpBody
from oms.ontology.v1 import transfer_service_pb2 as pb
from oms.ontology.v1 import transfer_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, OmsError, ParseError

from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.rdf.failures import FileUnreadable, NotWritable
from svc_api.adapters.rdf.formats import RdfFormat, format_of
from svc_api.adapters.rdf.importing import Imported, Importer, ImportOrder
from svc_api.adapters.rdf.limits import RdfLimits
from svc_api.adapters.rdf.processes import RdfProcesses
from svc_api.adapters.rdf.uploads import Upload, open_upload
from svc_api.convert import fingerprint_of
from svc_api.domain.names import ontology_id
from svc_api.domain.snapshot import Snapshot

_FORMATS = {
    pb.RDF_FORMAT_TURTLE: RdfFormat.TURTLE,
    pb.RDF_FORMAT_RDF_XML: RdfFormat.RDF_XML,
    pb.RDF_FORMAT_JSON_LD: RdfFormat.JSON_LD,
    pb.RDF_FORMAT_N_TRIPLES: RdfFormat.N_TRIPLES,
}


class TransferServicer(pb_grpc.TransferServiceServicer):
    """Imports and exports ontologies as RDF.

    Args:
        store: Where the ontologies are.
        limits: What an import or export may cost.
    """

    def __init__(self, store: OntologyStore, limits: RdfLimits) -> None:
        self._store = store
        self._limits = limits
        self._processes = RdfProcesses(limits)
        self._importer = Importer(store, self._processes)

    async def ImportOntology(
        self, requests: AsyncIterator[pb.ImportOntologyRequest], context: Any
    ) -> pb.ImportOntologyResponse:
        """Keeps the upload on disk, has a child process map it, and makes one commit of it.

        Nothing is written before the whole file was read and found sound. A caller
        that goes away takes the child and the upload along.
        """
        try:
            with open_upload(self._limits.max_import_bytes) as upload:
                order, before = await self._receive(requests, upload)
                imported = await self._run(order, upload, before)
        except OmsError:
            await _drain(requests, self._limits.max_import_bytes)
            raise
        return _response(imported)

    async def _receive(
        self, requests: AsyncIterator[pb.ImportOntologyRequest], upload: Upload
    ) -> tuple[ImportOrder, Snapshot]:
        first = await _first(requests)
        rdf_format = _import_format(first)
        before = await self._importer.branch_head(ontology_id(first.name), first.branch)
        await upload.receive(_parts(first, requests))
        return _order(first, rdf_format, upload), before

    async def _run(self, order: ImportOrder, upload: Upload, before: Snapshot) -> Imported:
        try:
            return await self._importer.run(order, upload.descriptor, before)
        except FileUnreadable as exc:
            raise _parse_error(exc, order.rdf_format) from exc

    async def ExportOntology(
        self, request: pb.ExportOntologyRequest, context: Any
    ) -> AsyncIterator[pb.ExportOntologyResponse]:
        """Has a child process write the ontology and sends what comes."""
        revision = request.revision if request.HasField("revision") else None
        snapshot = await self._store.snapshot(ontology_id(request.name), revision)
        rdf_format = _FORMATS.get(request.format, RdfFormat.TURTLE)
        header = snapshot.header.body if snapshot.header else {}
        written = self._processes.write(header, list(snapshot.elements.values()), rdf_format)
        try:
            async with aclosing(written) as parts:
                async for part in parts:
                    body = HttpBody(content_type=rdf_format.value, data=part)
                    yield pb.ExportOntologyResponse(body=body)
        except NotWritable as exc:
            raise InvalidField.of("format", exc.message) from exc


async def _first(requests: AsyncIterator[pb.ImportOntologyRequest]) -> pb.ImportOntologyRequest:
    first = await anext(aiter(requests), None)
    if first is None or not first.name:
        raise InvalidField.of("name", "the first message has to name an ontology")
    return first


async def _parts(
    first: pb.ImportOntologyRequest, requests: AsyncIterator[pb.ImportOntologyRequest]
) -> AsyncIterator[bytes]:
    yield first.body.data
    expected = _without_body(first)
    async for request in requests:
        # A gateway may repeat the fields of the URL in every message.
        fields = _without_body(request)
        if fields.ListFields() and fields != expected:
            raise InvalidField.of(
                fields.ListFields()[0][0].name,
                "later messages of an upload carry the body alone",
            )
        yield request.body.data


async def _drain(requests: AsyncIterator[pb.ImportOntologyRequest], most_bytes: int) -> None:
    """Reads on after an error, for a while.

    A client that is still sending when the call ends often sees a broken connection
    and not the error.
    """
    with contextlib.suppress(OmsError):
        async for request in requests:
            most_bytes -= len(request.body.data)
            if most_bytes < 0:
                return


def _without_body(request: pb.ImportOntologyRequest) -> pb.ImportOntologyRequest:
    return pb.ImportOntologyRequest(
        name=request.name,
        branch=request.branch,
        format=request.format,
        mode=request.mode,
        expected_head=request.expected_head,
        message=request.message,
        request_id=request.request_id,
        validate_only=request.validate_only,
    )


def _import_format(first: pb.ImportOntologyRequest) -> RdfFormat:
    if first.format != pb.RDF_FORMAT_UNSPECIFIED:
        return _FORMATS[first.format]
    found = format_of(first.body.content_type)
    if found is None:
        known = ", ".join(one.value for one in RdfFormat)
        raise InvalidField.of(
            "body.content_type",
            f"{first.body.content_type[:100]!r} is no RDF format; it may be one of {known}",
        )
    return found


def _order(first: pb.ImportOntologyRequest, rdf_format: RdfFormat, upload: Upload) -> ImportOrder:
    identity = _without_body(first)
    # The file takes part by its hash; how it was cut into messages does not matter.
    identity.body.content_type = rdf_format.value
    identity.body.data = upload.digest
    return ImportOrder(
        ontology=ontology_id(first.name),
        branch=first.branch,
        rdf_format=rdf_format,
        delete_missing=first.mode != pb.IMPORT_MODE_UPSERT,
        expected_head=first.expected_head,
        message=first.message,
        request_id=first.request_id,
        fingerprint=fingerprint_of(identity),
        validate_only=first.validate_only,
    )


def _parse_error(exc: FileUnreadable, rdf_format: RdfFormat) -> ParseError:
    where = {"line": exc.line, "column": exc.column}
    position = ", ".join(f"{name} {number}" for name, number in where.items() if number)
    return ParseError(
        f"the file can't be read as {rdf_format.label}: {position}{': ' if position else ''}"
        f"{exc.message}",
        metadata={
            "format": rdf_format.value,
            **{name: str(number) for name, number in where.items() if number},
        },
    )


def _response(imported: Imported) -> pb.ImportOntologyResponse:
    report, outcome = imported.file.report, imported.outcome
    return pb.ImportOntologyResponse(
        commit_id=outcome.commit_id,
        unchanged=outcome.unchanged,
        statement_count=report.statement_count,
        carried_statement_count=report.carried_count,
        counts=[
            pb.ImportCount(
                collection=one.collection,
                read_count=one.read,
                created_count=one.created,
                updated_count=one.updated,
                deleted_count=one.deleted,
            )
            for one in outcome.counts
        ],
        skipped=[
            pb.SkippedConstruct(
                construct=one.construct,
                reason=one.reason,
                statement_count=one.statement_count,
                examples=one.examples,
            )
            for one in report.skipped
        ],
    )
