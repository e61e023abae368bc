"""Ontologies are searched by meaning, with the model that is built in, through the gateway."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from oms.common.v1.revision_pb2 import Revision
from oms.embedding.v1 import index_service_pb2 as index_pb
from oms.embedding.v1 import search_service_pb2 as search_pb
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_cli.main import oms
from oms_testing.e2e import Api, RestApi

_TYPES = {
    "Customer": ("Customer", "A person or company that buys our goods", "고객"),
    "Turbine": ("Turbine", "A machine that turns wind into electricity", "터빈"),
    "Invoice": ("Invoice", "A bill that is sent for goods", "송장"),
}


@pytest.fixture
async def rest(suite: Any) -> AsyncIterator[Api]:
    async with RestApi(suite.endpoint) as opened:
        yield opened


@pytest.fixture
async def searched(rest: Api) -> AsyncIterator[tuple[str, str]]:
    """An ontology that is kept searchable, and the commit that filled it."""
    ontology_id = f"search-{secrets.token_hex(4)}"
    name = f"ontologies/{ontology_id}"
    await rest(ontologies.CreateOntologyRequest(ontology_id=ontology_id))
    changes = [
        change_sets.Change(
            create=change_sets.Element(
                object_type=object_types.ObjectType(
                    name=f"{name}/objectTypes/{key}",
                    labels=[
                        elements.LocalizedText(language="en", text=label),
                        elements.LocalizedText(language="ko", text=korean),
                    ],
                    descriptions=[elements.LocalizedText(language="en", text=about)],
                )
            )
        )
        for key, (label, about, korean) in _TYPES.items()
    ]
    applied = await rest(change_sets.ApplyChangeSetRequest(parent=name, changes=changes))
    yield name, applied.commit_id
    await rest(ontologies.DeleteOntologyRequest(name=name))


def _asked(name: str, text: str, commit: str) -> search_pb.SearchOntologyRequest:
    request = search_pb.SearchOntologyRequest(parent=name, query=text, min_commit=commit)
    request.max_wait.FromSeconds(30)
    return request


def _first(answer: Any) -> str:
    return str(answer.matches[0].name.rpartition("/")[2])


async def test_types_are_found_by_what_they_mean(
    suite: Any, rest: Api, searched: tuple[str, str]
) -> None:
    name, commit = searched
    found = await rest(_asked(name, "somebody who purchases products", commit))
    assert _first(found) == "Customer"
    assert found.is_complete
    assert found.is_semantic
    assert _first(await rest(_asked(name, "wind power generator", commit))) == "Turbine"
    assert _first(await rest(_asked(name, "송장", commit))) == "Invoice"
    draft = search_pb.DraftType(labels=["Client"], descriptions=["Who buys goods"])
    request = search_pb.RecommendSchemaRequest(
        parent=name, draft=draft, revision=Revision(commit=commit)
    )
    recommended = await rest(request)
    assert recommended.similar_types[0].name == f"{name}/objectTypes/Customer"
    status = await rest(search_pb.GetSearchIndexRequest(name=f"{name}/searchIndex"))
    assert status.search_index.entry_count == len(_TYPES)
    target = urlsplit(suite.listeners["api"]).netloc
    environment = {"OMS_TARGET": target, "OMS_TOKEN": suite.endpoint.token}
    arguments = ["search", "find", "bill", "--output", "json"]
    arguments += ["--ontology", name.partition("/")[2], "--min-commit", commit]
    result = CliRunner().invoke(oms, arguments, env=environment)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["matches"][0]["label"] == "Invoice"


async def test_an_index_takes_texts_and_finds_them(rest: Api) -> None:
    index_id = f"e2e-{secrets.token_hex(4)}"
    made = await rest(index_pb.CreateIndexRequest(index_id=index_id, index=index_pb.Index()))
    assert made.index.backend == "pgvector"
    name = made.index.name
    entries = [index_pb.Entry(entry_id=key, text=about) for key, (_, about, _) in _TYPES.items()]
    await rest(index_pb.UpsertEntriesRequest(parent=name, entries=entries))
    found = await rest(index_pb.QueryEntriesRequest(parent=name, text="wind energy"))
    assert found.results[0].entry.entry_id == "Turbine"
    await rest(index_pb.DeleteIndexRequest(name=name))
