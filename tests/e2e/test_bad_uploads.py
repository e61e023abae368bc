"""Files that can't be imported, and uploads that never end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_testing.e2e import Api, GrpcApi, RestApi

_MIB = 1 << 20
_PREFIX = b"@prefix : <https://example.org/#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"


async def test_an_upload_of_100_mb_is_refused(api: Api, sealed_ontology: str, failing: Any) -> None:
    data = b"# " + b"x" * 99_999_998
    error = await failing(api.upload(transfer.ImportOntologyRequest(name=sealed_ontology), data))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "UPLOAD_TOO_LARGE")
    assert error.metadata["limit_bytes"] == str(64 * _MIB)


async def test_a_syntax_error_is_found_on_its_line(
    api: Api, sealed_ontology: str, failing: Any
) -> None:
    lines = [b":C%d a owl:Class ." % number for number in range(39_997)]
    data = _PREFIX + b"\n".join([*lines, b":Broken a owl:Class ; ; nonsense here .", *lines[:5]])
    assert data.splitlines()[39_999].startswith(b":Broken")
    error = await failing(
        api.upload(
            transfer.ImportOntologyRequest(name=sealed_ontology, format=transfer.RDF_FORMAT_TURTLE),
            data,
        )
    )
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "PARSE_ERROR")
    assert error.metadata["line"] == "40000"
    assert error.metadata["format"] == "text/turtle"


_BROKEN = {
    "turtle": (transfer.RDF_FORMAT_TURTLE, b"\x00\xff not turtle"),
    "rdf-xml": (transfer.RDF_FORMAT_RDF_XML, b"<rdf:RDF><unclosed>"),
    "json-ld": (transfer.RDF_FORMAT_JSON_LD, b'{"@context": '),
    "n-triples": (transfer.RDF_FORMAT_N_TRIPLES, b"<a> <b>\n"),
    "an XML entity bomb": (
        transfer.RDF_FORMAT_RDF_XML,
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
        + b']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&m;</rdf:RDF>',
    ),
    "a file of this machine in an XML entity": (
        transfer.RDF_FORMAT_RDF_XML,
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">'
        b'<rdf:Description rdf:about="urn:x"><rdfs:label>&f;</rdfs:label></rdf:Description>'
        b"</rdf:RDF>",
    ),
    "a JSON-LD context on a server": (
        transfer.RDF_FORMAT_JSON_LD,
        b'{"@context": "http://127.0.0.1:1/context.jsonld", "@id": "urn:x"}',
    ),
}


@pytest.mark.parametrize(("format_number", "data"), _BROKEN.values(), ids=_BROKEN.keys())
async def test_a_broken_file_is_refused(
    api: Api, sealed_ontology: str, failing: Any, format_number: Any, data: bytes
) -> None:
    error = await failing(
        api.upload(transfer.ImportOntologyRequest(name=sealed_ontology, format=format_number), data)
    )
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "PARSE_ERROR")
    assert "root:" not in error.text


async def test_an_import_on_a_stale_head_is_refused(
    api: Api, sealed_ontology: str, failing: Any
) -> None:
    request = transfer.ImportOntologyRequest(name=sealed_ontology, expected_head="0" * 64)
    error = await failing(api.upload(request, _PREFIX + b":New a owl:Class ."))
    assert (error.code, error.reason) == ("ABORTED", "STALE_HEAD")


async def test_a_cancelled_upload_changes_nothing(api: Api, sealed_ontology: str) -> None:
    """The file so far is a whole one: what makes it incomplete is that no end came."""
    part = _PREFIX + b":New a owl:Class .\n"
    if isinstance(api, GrpcApi):
        await _cancel_grpc_upload(api, sealed_ontology, part)
    else:
        assert isinstance(api, RestApi)
        await _cancel_rest_upload(api, sealed_ontology, part)


async def _cancel_grpc_upload(api: GrpcApi, ontology: str, part: bytes) -> None:
    sent = asyncio.Event()

    async def parts() -> AsyncIterator[Any]:
        message = transfer.ImportOntologyRequest(name=ontology)
        message.body.data = part
        yield message
        yield transfer.ImportOntologyRequest()
        sent.set()
        await asyncio.Event().wait()

    call = api.open_upload(transfer.ImportOntologyRequest(name=ontology), parts())
    async with asyncio.timeout(60):
        await sent.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert call.cancelled()
    assert await call.code() == grpc.StatusCode.CANCELLED


async def _cancel_rest_upload(api: RestApi, ontology: str, part: bytes) -> None:
    sent = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield part
        yield b"# and more to come\n"
        sent.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as client:
        post = asyncio.ensure_future(
            client.post(
                f"/v1/{ontology}:import",
                content=body(),
                headers={**api.headers(), "content-type": "text/turtle"},
            )
        )
        async with asyncio.timeout(60):
            await sent.wait()
            post.cancel()
            await asyncio.wait([post])
    assert post.cancelled()
