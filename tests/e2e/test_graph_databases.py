"""Graph databases: documents, schema, triples, queries, differences, history, tags and care."""

from __future__ import annotations

import json
import secrets
from typing import Any

import httpx
import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.field_mask_pb2 import FieldMask
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.datakernel.v1 import diff_service_pb2 as diffs
from oms.datakernel.v1 import history_service_pb2 as history
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance
from oms.datakernel.v1 import model_document_service_pb2 as documents
from oms.datakernel.v1 import query_service_pb2 as queries
from oms.datakernel.v1 import schema_service_pb2 as schemas
from oms.datakernel.v1 import tag_service_pb2 as tags
from oms.datakernel.v1 import triple_service_pb2 as triples
from oms_testing.e2e import Api

_PERSON = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "age": {"@type": "Optional", "@class": "xsd:decimal"},
    "friend": {"@type": "Optional", "@class": "Person"},
}
_NAMES = {
    "@type": "Triple",
    "subject": {"@type": "NodeValue", "variable": "s"},
    "predicate": {"@type": "NodeValue", "node": "name"},
    "object": {"@type": "Value", "variable": "name"},
}


def _json(value: Any) -> HttpBody:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return HttpBody(content_type="application/json", data=raw)


def _person(name: str, **members: Any) -> dict[str, Any]:
    return {"@type": "Person", "name": name, **members}


class Graph:
    """A graph database with the class `Person`."""

    def __init__(self, api: Api, name: str) -> None:
        self.api = api
        self.name = name
        self.main = f"{name}/branches/main"

    async def insert(self, value: Any, **fields: Any) -> Any:
        fields = {"parent": self.main} | fields
        return await self.api(documents.InsertDocumentsRequest(body=_json(value), **fields))

    async def read(self, **fields: Any) -> list[Any]:
        request = documents.ReadDocumentsRequest(parent=self.name, as_list=True, **fields)
        return json.loads(await self.api.download(request))

    async def get(self, document_id: str, **fields: Any) -> Any:
        request = documents.ReadDocumentRequest(parent=self.name, document_id=document_id, **fields)
        return json.loads(await self.api.download(request))

    async def query(self, query: Any, **fields: Any) -> Any:
        request = queries.QueryRequest(parent=self.name, body=_json({"query": query}), **fields)
        return json.loads(await self.api.download(request))


@pytest.fixture
async def graph(api: Api) -> Graph:
    database = f"graph-{secrets.token_hex(6)}"
    await api(
        databases.CreateDatabaseRequest(
            database_id=database, database=databases.Database(model=databases.DATABASE_MODEL_GRAPH)
        )
    )
    found = Graph(api, f"databases/{database}")
    await found.insert(_PERSON, graph=documents.GRAPH_SCHEMA)
    return found


async def test_documents_are_stored_read_counted_replaced_and_deleted(
    graph: Graph, failing: Any
) -> None:
    stored = await graph.insert([_person("ann"), _person("bob", friend="Person/ann")])
    assert [each.rpartition("/")[2] for each in stored.document_ids] == ["ann", "bob"]
    assert stored.data_version == f"branch:{stored.commit.commit_id}"
    assert await graph.read(type="Person", count=1, skip=1) == [
        {"@id": "Person/bob", "@type": "Person", "name": "bob", "friend": "Person/ann"}
    ]
    counted = await graph.api(documents.CountDocumentsRequest(parent=graph.name, type="Person"))
    assert (counted.count, counted.commit_id) == (2, stored.commit.commit_id)
    checked = await graph.api(
        documents.CheckDocumentsRequest(
            parent=graph.name, document_ids=["Person/ann", "Person/zoe"]
        )
    )
    assert (list(checked.present_ids), list(checked.missing_ids)) == (
        ["Person/ann"],
        ["Person/zoe"],
    )
    replaced = await graph.api(
        documents.ReplaceDocumentsRequest(parent=graph.main, body=_json(_person("ann", age=7)))
    )
    assert not replaced.unchanged
    assert (await graph.get("Person/ann"))["age"] == 7
    deleted = await graph.api(
        documents.DeleteDocumentsRequest(parent=graph.main, document_ids=["Person/bob"], hard=True)
    )
    assert deleted.deleted_count == 1
    error = await failing(graph.get("Person/bob"))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_numbers_keep_every_digit_in_both_directions(graph: Graph) -> None:
    text = b'{"@type": "Person", "name": "n", "age": 12345678901234567890.12345678901234567891}'
    await graph.insert(text)
    request = documents.ReadDocumentRequest(parent=graph.name, document_id="Person/n")
    assert b"12345678901234567890.12345678901234567891" in await graph.api.download(request)


async def test_what_breaks_the_schema_is_refused_and_named(graph: Graph, failing: Any) -> None:
    error = await failing(graph.insert([_person("ann", age="old"), {"@type": "Person"}]))
    assert error.code in ("FAILED_PRECONDITION", "INVALID_ARGUMENT")
    assert error.metadata["api_error"].startswith("api:")
    assert await graph.read() == []


async def test_a_template_finds_documents(graph: Graph) -> None:
    await graph.insert([_person("ann", age=1), _person("bob", age=2)])
    request = documents.MatchDocumentsRequest(
        parent=graph.name, body=_json({"@type": "Person", "age": 2}), as_list=True
    )
    found = json.loads(await graph.api.download(request))
    assert [each["@id"] for each in found] == ["Person/bob"]


async def test_an_import_comes_back_from_an_export_and_resumes(graph: Graph) -> None:
    lines = b"\n".join(json.dumps(_person(f"p{n:04}")).encode() for n in range(1000))
    order = documents.ImportDocumentsRequest(parent=graph.main, batch_size=300, import_id="once")
    done = await graph.api.upload(order, lines, content_type="application/x-ndjson")
    assert (done.line_count, done.document_count, done.commit_count) == (1000, 1000, 4)
    again = await graph.api.upload(order, lines, content_type="application/x-ndjson")
    assert (again.document_count, again.commit_count) == (0, 0)
    exported = await graph.api.download(documents.ExportDocumentsRequest(parent=graph.name))
    ids = [json.loads(line)["@id"] for line in exported.splitlines()]
    assert ids == [f"Person/p{n:04}" for n in range(1000)]
    rest = await graph.api.download(
        documents.ExportDocumentsRequest(parent=graph.name, after_document_id=ids[989])
    )
    assert len(rest.splitlines()) == 10


async def test_a_query_answers_rows_in_pages_of_one_commit(graph: Graph) -> None:
    await graph.insert([_person("ann"), _person("bob"), _person("cat")])
    page = await graph.query(_NAMES, page_size=2)
    assert page["api:variable_names"] == ["s", "name"]
    await graph.insert(_person("dan"))
    rest = await graph.query(_NAMES, page_size=2, page_token=page["next_page_token"])
    names = [row["name"]["@value"] for row in page["bindings"] + rest["bindings"]]
    assert sorted(names) == ["ann", "bob", "cat"]
    assert rest["next_page_token"] == ""


async def test_a_page_token_of_another_query_is_refused(graph: Graph, failing: Any) -> None:
    await graph.insert([_person("ann"), _person("bob")])
    page = await graph.query(_NAMES, page_size=1)
    other = {"@type": "Limit", "limit": 5, "query": _NAMES}
    error = await failing(graph.query(other, page_token=page["next_page_token"]))
    assert error.reason == "INVALID_PAGE_TOKEN"


async def test_a_query_writes_is_streamed_and_explained(graph: Graph) -> None:
    written = await graph.query(
        {
            "@type": "InsertDocument",
            "document": {
                "@type": "Value",
                "dictionary": {
                    "@type": "DictionaryTemplate",
                    "data": [
                        {
                            "@type": "FieldValuePair",
                            "field": "@type",
                            "value": {
                                "@type": "Value",
                                "data": {"@type": "xsd:string", "@value": "Person"},
                            },
                        },
                        {
                            "@type": "FieldValuePair",
                            "field": "name",
                            "value": {
                                "@type": "Value",
                                "data": {"@type": "xsd:string", "@value": "ann"},
                            },
                        },
                    ],
                },
            },
        },
        message="by a query",
    )
    assert written["inserts"] > 0
    stream = queries.StreamQueryRequest(parent=graph.name, body=_json({"query": _NAMES}))
    lines = [json.loads(line) for line in (await graph.api.download(stream)).splitlines()]
    assert [line["@type"] for line in lines] == ["PrefaceRecord", "Binding", "PostscriptRecord"]
    plan = queries.ExplainQueryRequest(parent=graph.name, body=_json({"query": _NAMES}))
    assert json.loads(await graph.api.download(plan))


async def test_what_is_no_query_is_refused(graph: Graph, failing: Any) -> None:
    error = await failing(graph.query({"@type": "Nonsense"}))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_QUERY")


async def test_the_schema_is_framed_compared_and_migrated(graph: Graph) -> None:
    await graph.insert(_person("ann"))
    framed = schemas.GetClassFramesRequest(parent=graph.name, type="Person")
    assert json.loads(await graph.api.download(framed))["name"] == "xsd:string"
    compared = schemas.CompareSchemasRequest(parent=graph.name, body=_json([_PERSON]))
    assert json.loads(await graph.api.download(compared)) is not None
    migrated = await graph.api(
        schemas.MigrateSchemaRequest(
            parent=graph.main,
            body=_json([{"@type": "RenameClass", "from": "Person", "to": "Human"}]),
        )
    )
    assert migrated.schema_operation_count == 1
    assert [each["@type"] for each in await graph.read()] == ["Human"]


async def test_prefixes_are_set_and_read(graph: Graph, failing: Any) -> None:
    change = schemas.SetPrefixRequest(parent=graph.main, prefix="geo", iri="http://geo/")
    await graph.api(change)
    found = await graph.api.download(schemas.GetPrefixesRequest(parent=graph.name))
    assert json.loads(found)["geo"] == "http://geo/"
    change.prefix = "@base"
    assert (await failing(graph.api(change))).metadata["api_error"] == "api:ReservedPrefix"


async def test_triples_go_out_and_come_back(graph: Graph) -> None:
    await graph.insert(_person("ann"))
    turtle = await graph.api.download(triples.ExportTriplesRequest(parent=graph.name))
    assert b"Person/ann" in turtle
    body = HttpBody(content_type="text/turtle", data=turtle)
    again = await graph.api(triples.ReplaceTriplesRequest(parent=graph.main, body=body))
    assert again.unchanged
    more = turtle.replace(b"ann", b"bob")
    body = HttpBody(content_type="text/turtle", data=more)
    await graph.api(triples.InsertTriplesRequest(parent=graph.main, body=body))
    assert [each["@id"] for each in await graph.read()] == ["Person/ann", "Person/bob"]


async def test_values_are_compared_patched_and_merged(graph: Graph, failing: Any) -> None:
    before, after = {"a": 1, "b": [1]}, {"a": 2, "b": [1]}
    compare = diffs.CompareJsonRequest(
        parent=graph.name, body=_json({"before": before, "after": after})
    )
    patch = json.loads(await graph.api.download(compare))
    assert patch == {"a": {"@op": "SwapValue", "@before": 1, "@after": 2}}
    patched = diffs.PatchJsonRequest(body=_json({"before": before, "patch": patch}))
    assert json.loads(await graph.api.download(patched)) == after
    wrong = diffs.PatchJsonRequest(body=_json({"before": {"a": 5}, "patch": patch}))
    assert (await failing(graph.api.download(wrong))).reason == "PATCH_CONFLICT"
    merge = diffs.MergeJsonRequest(
        body=_json({"base": before, "target": {"a": 1, "b": [1, 2]}, "source": after})
    )
    merged = json.loads(await graph.api.download(merge))
    assert merged == {"merged": {"a": 2, "b": [1, 2]}, "conflicts": []}


async def test_documents_are_patched_and_differences_applied(graph: Graph) -> None:
    first = await graph.insert(_person("ann", age=1))
    await graph.api(branches.CreateBranchRequest(parent=graph.name, branch_id="dev"))
    patch = {"@id": "Person/ann", "age": {"@op": "SwapValue", "@before": 1, "@after": 2}}
    patched = await graph.api(
        documents.PatchModelDocumentsRequest(parent=graph.main, body=_json(patch))
    )
    await graph.api(
        diffs.ApplyDifferenceRequest(
            parent=f"{graph.name}/branches/dev",
            before=Revision(commit=first.commit.commit_id),
            after=Revision(commit=patched.commit.commit_id),
        )
    )
    assert (await graph.get("Person/ann", revision=Revision(branch="dev")))["age"] == 2


async def test_history_tells_who_changed_what_and_goes_back(graph: Graph) -> None:
    first = await graph.insert(_person("ann", age=1), message="one")
    second = await graph.insert(_person("ann", age=2), overwrite=True, message="two")
    listed = await graph.api(
        history.ListDocumentHistoryRequest(parent=graph.name, document_id="Person/ann")
    )
    assert [each.commit.message for each in listed.entries] == ["two", "one"]
    blamed = await graph.api(
        history.BlameDocumentRequest(parent=graph.name, document_id="Person/ann")
    )
    by_place = {each.pointer: each.commit.message for each in blamed.entries}
    assert by_place["/age"] == "two"
    assert by_place["/name"] == "one"
    reverted = await graph.api(
        history.RevertCommitRequest(name=graph.main, commit_id=second.commit.commit_id)
    )
    assert not reverted.unchanged
    assert (await graph.get("Person/ann"))["age"] == 1
    squashed = await graph.api(history.SquashBranchRequest(name=graph.main, message="all"))
    assert squashed.old_head_commit == reverted.commit.commit_id
    reset = await graph.api(
        history.ResetBranchRequest(name=graph.main, target=Revision(commit=first.commit.commit_id))
    )
    assert reset.head.commit_id == first.commit.commit_id


async def test_a_branch_is_put_on_top_of_another(graph: Graph) -> None:
    await graph.api(branches.CreateBranchRequest(parent=graph.name, branch_id="dev"))
    dev = f"{graph.name}/branches/dev"
    await graph.insert(_person("dev"), parent=dev)
    await graph.insert(_person("main"))
    done = await graph.api(history.RebaseBranchRequest(name=dev, onto=Revision(branch="main")))
    assert len(done.rebased) == 1
    found = await graph.read(revision=Revision(branch="dev"))
    assert [each["name"] for each in found] == ["dev", "main"]


async def test_a_tag_names_a_commit_for_good(graph: Graph, failing: Any) -> None:
    stored = await graph.insert(_person("ann"))
    tag = (await graph.api(tags.CreateTagRequest(parent=graph.name, tag_id="v1"))).tag
    assert tag.commit_id == stored.commit.commit_id
    await graph.insert(_person("bob"))
    assert len(await graph.read(revision=Revision(tag="v1"))) == 1
    listed = await graph.api(tags.ListTagsRequest(parent=graph.name))
    assert [each.name for each in listed.tags] == [tag.name]
    assert (await graph.api(tags.GetTagRequest(name=tag.name))).tag == tag
    await graph.api(tags.DeleteTagRequest(name=tag.name))
    assert (await failing(graph.api(tags.GetTagRequest(name=tag.name)))).code == "NOT_FOUND"


async def test_a_stale_data_version_is_refused_for_writes_and_reads(
    graph: Graph, failing: Any
) -> None:
    old = (await graph.insert(_person("ann"))).data_version
    await graph.insert(_person("bob"), data_version=old)
    for refused in (
        graph.insert(_person("cat"), data_version=old),
        graph.get("Person/ann", data_version=old),
    ):
        assert (await failing(refused)).reason == "DATA_VERSION_MISMATCH"


async def test_a_database_is_described_anew_measured_checked_compacted_and_backed_up(
    graph: Graph,
) -> None:
    updated = await graph.api(
        databases.UpdateDatabaseRequest(
            database=databases.Database(name=graph.name, display_name="New"),
            update_mask=FieldMask(paths=["display_name"]),
        )
    )
    assert updated.database.display_name == "New"
    assert updated.database.model == databases.DATABASE_MODEL_GRAPH
    assert updated.database.base_iri == "terminusdb:///data/"
    found = await graph.api(databases.GetDatabaseRequest(name=graph.name))
    assert found.database == updated.database
    await graph.insert(_person("ann"))
    sizes = await graph.api(maintenance.GetDatabaseStatisticsRequest(name=graph.name))
    assert sizes.commit_count == 3
    checked = await graph.api(maintenance.CheckDatabaseRequest(name=graph.name))
    assert list(checked.faults) == []
    compacted = await graph.api(maintenance.CompactDatabaseRequest(name=graph.name))
    assert compacted.removed_commit_count == 0
    assert await graph.api.download(maintenance.BackupDatabaseRequest(name=graph.name))
    told = await graph.api(maintenance.GetCapabilitiesRequest())
    assert told.backend in ("sqlite", "postgresql")


async def test_a_graph_database_takes_no_raw_documents_and_the_other_way_round(
    graph: Graph, database: str, failing: Any
) -> None:
    body = _json(_person("ann"))
    refused = graph.api(
        documents.InsertDocumentsRequest(parent=f"{database}/branches/main", body=body)
    )
    assert (await failing(refused)).reason == "WRONG_MODEL"


async def test_short_paths_of_the_kernel_insert_update_query_and_delete(
    graph: Graph, suite: Any
) -> None:
    parent = {"parent": graph.main}
    token = suite.endpoint.token
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    url = suite.listeners["datakernel"]
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        inserted = await client.post("/insert", params=parent, content=json.dumps(_person("ann")))
        assert inserted.json()["documentIds"] == ["terminusdb:///data/Person/ann"]
        changed = json.dumps(_person("ann", age=3))
        assert (await client.put("/update", params=parent, content=changed)).status_code == 200
        found = await client.post(
            "/query", params={"parent": graph.name}, content=json.dumps({"query": _NAMES})
        )
        assert len(found.json()["bindings"]) == 1
        assert found.headers["oms-data-version"].startswith("branch:")
        gone = await client.request(
            "DELETE", "/delete", params=parent | {"document_ids": "Person/ann"}
        )
        assert gone.json()["deletedCount"] == "1"
