"""Imports and exports through the real server, chain and kernel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms.ontology.v1 import transfer_service_pb2 as pb
from oms_testing.e2e import ApiError, Endpoint, GrpcApi
from oms_testing.e2e_errors import from_rpc
from oms_testing.suite import running_suite, security_settings
from rdflib import OWL
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.parsing import parse
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings

from svc_api import setup as api_setup
from svc_datakernel import setup as kernel_setup

from .test_rdf_processes import _children, _until

NAME = "ontologies/zoo"
HEAD = """@prefix : <http://example.org/zoo#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . """
ZOO = (
    HEAD
    + """<http://example.org/zoo> a owl:Ontology ; owl:versionInfo "1" ; rdfs:label "Zoo" .
:Animal a owl:Class . :Cat a owl:Class ; rdfs:subClassOf :Animal ; rdfs:label "Cat"@en .
:eats a owl:ObjectProperty ; rdfs:domain :Animal . :age a owl:DatatypeProperty ; rdfs:domain :Cat .
:Tom a :Cat ."""
)
CLASS = "<http://example.org/n{0}> a <http://www.w3.org/2002/07/owl#Class> .\n"
MIB = 1024 * 1024


class Zoo:
    """An ontology to import into."""

    def __init__(self, call: GrpcApi) -> None:
        self.call = call

    async def load(self, text: str | bytes, content_type: str = "", **fields: Any) -> Any:
        data = text.encode() if isinstance(text, str) else text
        request = pb.ImportOntologyRequest(name=NAME, **fields)
        return await self.call.upload(request, data, content_type=content_type)

    async def fails(self, text: str | bytes, content_type: str = "", **fields: Any) -> ApiError:
        """How an import fails, which has to leave everything as it was."""
        before = await self.head()
        with pytest.raises(ApiError) as caught:
            await self.load(text, content_type, **fields)
        assert await self.head() == before
        return caught.value

    async def send(self, *messages: pb.ImportOntologyRequest) -> Any:
        async def parts() -> AsyncIterator[pb.ImportOntologyRequest]:
            for message in messages:
                yield message

        try:
            return await self.call.open_upload(pb.ImportOntologyRequest(), parts())
        except grpc.aio.AioRpcError as exc:
            raise from_rpc(exc) from exc

    async def head(self, branch: str = "main") -> str:
        revision = Revision(branch=branch)
        request = ontology_pb2.GetOntologyRequest(name=NAME, revision=revision)
        return (await self.call(request)).commit_id

    async def ids(self, branch: str = "main") -> list[str]:
        request = object_pb2.ListObjectTypesRequest(parent=NAME, revision=Revision(branch=branch))
        found = (await self.call(request)).object_types
        return [one.name.rpartition("/")[2] for one in found]

    async def export(self, rdf_format: int = pb.RDF_FORMAT_TURTLE, **revision: Any) -> bytes:
        return await self.call.download(
            pb.ExportOntologyRequest(name=NAME, format=rdf_format, revision=Revision(**revision))
        )


@pytest.fixture
async def zoo(tmp_path: Path) -> AsyncGenerator[Zoo]:
    security = security_settings()
    services = [
        kernel_setup.service(KernelSettings(data_dir=tmp_path)),
        api_setup.service(ApiSettings(data_dir=tmp_path), security),
    ]
    async with running_suite(services, security=security) as suite:
        endpoint = Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())
        async with GrpcApi(endpoint) as call:
            await call(ontology_pb2.CreateOntologyRequest(ontology_id="zoo"))
            yield Zoo(call)


async def test_import_makes_one_commit_and_reports(zoo: Zoo) -> None:
    response = await zoo.load(ZOO)
    assert response.commit_id == await zoo.head()
    assert not response.unchanged
    assert (response.statement_count, response.carried_statement_count) == (12, 11)
    assert [(one.construct, one.statement_count) for one in response.skipped] == [(":Cat", 1)]
    assert {one.collection: one.created_count for one in response.counts} == {
        "objectTypes": 2,
        "linkTypes": 1,
        "interfaces": 0,
        "properties": 1,
    }
    cat = await zoo.call(object_pb2.GetObjectTypeRequest(name=f"{NAME}/objectTypes/Cat"))
    assert cat.object_type.parents == ["Animal"]
    assert cat.object_type.labels[0].text == "Cat"
    header = (await zoo.call(ontology_pb2.GetOntologyRequest(name=NAME))).ontology
    assert (header.iri, header.version) == ("http://example.org/zoo", "1")


async def test_second_import_of_the_same_file_changes_nothing(zoo: Zoo) -> None:
    first = await zoo.load(ZOO)
    second = await zoo.load(ZOO)
    assert second.unchanged
    assert second.commit_id == first.commit_id


async def test_replacing_import_deletes_what_the_file_lacks(zoo: Zoo) -> None:
    await zoo.load(ZOO)
    response = await zoo.load(HEAD + ":Animal a owl:Class . :Dog a owl:Class .")
    assert await zoo.ids() == ["Animal", "Dog"]
    counts = {one.collection: one for one in response.counts}
    assert counts["objectTypes"].deleted_count == 1
    assert counts["linkTypes"].deleted_count == 1
    # A file without an owl:Ontology says nothing about the header.
    header = (await zoo.call(ontology_pb2.GetOntologyRequest(name=NAME))).ontology
    assert header.iri == "http://example.org/zoo"


async def test_upserting_import_keeps_what_the_file_lacks(zoo: Zoo) -> None:
    await zoo.load(ZOO)
    await zoo.load(HEAD + ":Dog a owl:Class .", mode=pb.IMPORT_MODE_UPSERT)
    assert await zoo.ids() == ["Animal", "Cat", "Dog"]


async def test_import_into_a_branch_leaves_main_alone(zoo: Zoo) -> None:
    await zoo.load(ZOO)
    await zoo.call(branch_pb2.CreateBranchRequest(parent=NAME, branch_id="next"))
    await zoo.load(HEAD + ":Dog a owl:Class .", branch="next")
    assert await zoo.ids("next") == ["Dog"]
    assert await zoo.ids() == ["Animal", "Cat"]


async def test_renamed_element_keeps_its_id_in_the_next_import(zoo: Zoo) -> None:
    king = {"iri": "http://example.org/zoo#Cat"}
    await zoo.call(
        object_pb2.CreateObjectTypeRequest(parent=NAME, object_type_id="King", object_type=king)
    )
    await zoo.load(ZOO)
    assert await zoo.ids() == ["Animal", "King"]


async def test_validate_only_reports_and_changes_nothing(zoo: Zoo) -> None:
    before = await zoo.head()
    response = await zoo.load(ZOO, validate_only=True)
    assert (response.commit_id, response.statement_count) == (before, 12)
    assert await zoo.head() == before


async def test_repeated_request_id_makes_one_commit(zoo: Zoo) -> None:
    first = await zoo.load(ZOO, request_id="r1")
    await zoo.load(HEAD + ":Dog a owl:Class .")
    assert (await zoo.load(ZOO, request_id="r1")).commit_id == first.commit_id
    assert await zoo.ids() == ["Dog"]
    other = await zoo.fails(ZOO + "# another file", request_id="r1")
    assert other.reason == "REQUEST_ID_REUSED"


async def test_stale_expected_head_aborts(zoo: Zoo) -> None:
    head = await zoo.head()
    await zoo.load(ZOO)
    failure = await zoo.fails(HEAD + ":Dog a owl:Class .", expected_head=head)
    assert (failure.code, failure.reason) == ("ABORTED", "STALE_HEAD")


async def test_concurrent_imports_both_land(zoo: Zoo) -> None:
    await asyncio.gather(
        *(zoo.load(HEAD + f":Pet{n} a owl:Class .", mode=pb.IMPORT_MODE_UPSERT) for n in range(4))
    )
    assert await zoo.ids() == ["Pet0", "Pet1", "Pet2", "Pet3"]


async def test_upload_of_100_mb_is_refused_at_the_limit(zoo: Zoo) -> None:
    failure = await zoo.fails(b"#" * (100 * MIB))
    assert (failure.code, failure.reason) == ("INVALID_ARGUMENT", "UPLOAD_TOO_LARGE")
    assert failure.metadata == {"limit_bytes": str(64 * MIB)}


async def test_syntax_error_on_line_40000_is_told_with_its_line(zoo: Zoo) -> None:
    lines = [CLASS.format(n) for n in range(45_000)]
    lines[39_999] = "<http://example.org/x> a oops oops .\n"
    failure = await zoo.fails("".join(lines))
    assert (failure.code, failure.reason) == ("INVALID_ARGUMENT", "PARSE_ERROR")
    assert failure.metadata["line"] == "40000"
    assert failure.metadata["format"] == "text/turtle"
    assert "oops" in failure.message


async def test_cancelled_upload_leaves_everything_as_it_was(zoo: Zoo, tmp_path: Path) -> None:
    before = await zoo.head()
    sent = asyncio.Event()

    async def endless() -> AsyncIterator[pb.ImportOntologyRequest]:
        yield pb.ImportOntologyRequest(name=NAME, body=HttpBody(data=ZOO.encode()))
        sent.set()
        await asyncio.Event().wait()

    call = zoo.call.open_upload(pb.ImportOntologyRequest(), endless())
    await sent.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await zoo.head() == before


async def test_call_cancelled_while_the_file_is_read_ends_the_child(zoo: Zoo) -> None:
    before = await zoo.head()
    text = "".join(CLASS.format(n) for n in range(300_000))
    importing = asyncio.create_task(zoo.load(text))
    await _until(_children)
    importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    await _until(lambda: not _children())
    assert await zoo.head() == before


async def test_file_of_individuals_alone_does_not_empty_the_ontology(zoo: Zoo) -> None:
    await zoo.load(ZOO)
    individuals = HEAD + ":Tom a :Cat ; rdfs:label 'Tom' ."
    assert (await zoo.fails(individuals)).reason == "PARSE_ERROR"
    assert (await zoo.load(individuals, validate_only=True)).carried_statement_count == 0


@pytest.mark.parametrize(
    ("text", "content_type", "reason"),
    [
        ("", "", "PARSE_ERROR"),
        (ZOO, "application/rdf+xml", "PARSE_ERROR"),
        (ZOO, "image/png", "INVALID_FIELD"),
        (b"\xff\xfe\x00", "", "PARSE_ERROR"),
        ('{"@context": "http://e/", "@id": "http://a"}', "application/ld+json", "PARSE_ERROR"),
    ],
)
async def test_unreadable_upload_is_a_typed_error(
    zoo: Zoo, text: str | bytes, content_type: str, reason: str
) -> None:
    failure = await zoo.fails(text, content_type)
    assert (failure.code, failure.reason) == ("INVALID_ARGUMENT", reason)


async def test_missing_ontology_or_branch_is_not_found(zoo: Zoo) -> None:
    assert (await zoo.fails(ZOO, branch="none")).reason == "RESOURCE_NOT_FOUND"
    request = pb.ImportOntologyRequest(name="ontologies/none")
    with pytest.raises(ApiError) as caught:
        await zoo.call.upload(request, b"#" * (20 * MIB))
    assert caught.value.reason == "RESOURCE_NOT_FOUND"


async def test_first_message_has_to_name_the_ontology(zoo: Zoo) -> None:
    for messages in ([], [pb.ImportOntologyRequest(body=HttpBody(data=b"x"))]):
        with pytest.raises(ApiError) as caught:
            await zoo.send(*messages)
        assert caught.value.fields == ["name"]


async def test_later_messages_carry_the_body_alone(zoo: Zoo) -> None:
    half = len(ZOO) // 2
    first, second = (HttpBody(data=part.encode()) for part in (ZOO[:half], ZOO[half:]))
    with pytest.raises(ApiError) as caught:
        await zoo.send(
            pb.ImportOntologyRequest(name=NAME, body=first),
            pb.ImportOntologyRequest(branch="other", body=second),
        )
    assert caught.value.fields == ["branch"]
    # A gateway may repeat the fields of the URL.
    await zoo.send(
        pb.ImportOntologyRequest(name=NAME, body=first),
        pb.ImportOntologyRequest(name=NAME, body=second),
    )
    assert await zoo.ids() == ["Animal", "Cat"]


@pytest.mark.parametrize("rdf_format", list(RdfFormat))
async def test_export_states_what_was_imported(zoo: Zoo, rdf_format: RdfFormat) -> None:
    await zoo.load(ZOO)
    number = 1 + list(RdfFormat).index(rdf_format)
    request = pb.ExportOntologyRequest(name=NAME, format=number)
    parts = [part.body async for part in zoo.call.stream(request)]
    assert {part.content_type for part in parts} == {rdf_format.value}
    exported = parse(b"".join(part.data for part in parts), rdf_format).triples
    imported = parse(ZOO.encode(), RdfFormat.TURTLE).triples
    assert exported == {one for one in imported if not one[0].endswith("#Tom")}


async def test_export_reads_as_of_a_revision(zoo: Zoo) -> None:
    before = (await zoo.load(ZOO)).commit_id
    await zoo.load(HEAD + ":Dog a owl:Class .")
    assert b":Cat" in await zoo.export(commit=before)
    assert b":Cat" not in await zoo.export()


async def test_large_export_comes_in_parts_of_at_most_1_mib(zoo: Zoo) -> None:
    long = "http://example.org/" + "x" * 450
    await zoo.load("".join(f"<{long}/n{n}> a <{OWL.Class}> .\n" for n in range(3_000)))
    request = pb.ExportOntologyRequest(name=NAME, format=pb.RDF_FORMAT_N_TRIPLES)
    sizes = [len(part.body.data) async for part in zoo.call.stream(request)]
    assert len(sizes) > 1
    assert max(sizes) <= MIB


async def test_empty_ontology_is_an_empty_file(zoo: Zoo) -> None:
    assert (await zoo.export()).strip() == b""


async def test_export_of_what_a_format_cannot_say_names_the_field(zoo: Zoo) -> None:
    await zoo.load(HEAD + ":Cat a owl:Class ; <http://example.org/1> 2 .")
    with pytest.raises(ApiError) as caught:
        await zoo.export(pb.RDF_FORMAT_RDF_XML)
    assert (caught.value.code, caught.value.fields) == ("INVALID_ARGUMENT", ["format"])


async def test_viewer_may_export_and_not_import(tmp_path: Path) -> None:
    security = security_settings()
    services = [
        kernel_setup.service(KernelSettings(data_dir=tmp_path)),
        api_setup.service(ApiSettings(data_dir=tmp_path), security),
    ]
    async with running_suite(services, security=security) as suite:
        target = f"127.0.0.1:{suite.server.port}"
        async with GrpcApi(Endpoint(target, "", suite.token())) as administrator:
            await administrator(ontology_pb2.CreateOntologyRequest(ontology_id="zoo"))
        async with GrpcApi(Endpoint(target, "", suite.token("viewer"))) as viewer:
            assert await Zoo(viewer).export() is not None
            failure = await Zoo(viewer).fails(ZOO)
    assert failure.reason == "PERMISSION_DENIED"
