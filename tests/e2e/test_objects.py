"""Objects over gRPC and REST, in both topologies."""

from __future__ import annotations

import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import link_service_pb2 as links
from oms.object.v1 import load_service_pb2 as loads
from oms.object.v1 import migration_service_pb2 as migrations
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as objects
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms_testing.e2e import Api, ApiError

_TYPES = {
    "object_type": [
        {
            "name": "Country",
            "properties": [
                {"property_id": "label", "type": {"data_type": "DATA_TYPE_STRING"}},
                {"property_id": "population", "type": {"data_type": "DATA_TYPE_INTEGER"}},
            ],
        }
    ],
    "link_type": [
        {"name": "borders", "source_types": ["Country"], "target_cardinality": {"max_count": 1}}
    ],
}
_COLLECTIONS = {"object_type": "objectTypes", "link_type": "linkTypes"}
_BIG = "123456789012345678901234567890"


async def _types(api: Api, ontology: str) -> None:
    changes = [
        change_sets.Change(
            create=change_sets.Element(
                **{kind: {**body, "name": f"{ontology}/{_COLLECTIONS[kind]}/{body['name']}"}}
            )
        )
        for kind, bodies in _TYPES.items()
        for body in bodies
    ]
    await api(change_sets.ApplyChangeSetRequest(parent=ontology, changes=changes))


async def test_objects_are_written_read_found_and_linked(api: Api, ontology: str) -> None:
    await _types(api, ontology)
    country = f"{ontology}/objectTypes/Country"
    created = await api(
        objects.CreateObjectRequest(
            parent=country,
            object_id="KR",
            object={"values": {"label": {"text": "Korea"}, "population": {"number": _BIG}}},
        )
    )
    rows = '{"id": "JP", "label": "Japan", "population": 125}\n{"id": "X", "population": "many"}\n'
    loaded = await api.upload(
        loads.LoadObjectsRequest(parent=country, mode=loads.LOAD_MODE_BEST_EFFORT), rows.encode()
    )
    assert (loaded.created_count, loaded.failed_count) == (1, 1)
    assert loaded.rows[0].errors[0].field == "values[population]"

    updated = await api(
        objects.UpdateObjectRequest(
            object={"name": f"{country}/objects/JP", "values": {"label": {"text": "Nippon"}}},
            update_properties=["label"],
        )
    )
    assert updated.object.values["population"].number == "125"
    found = await api(
        objects.SearchObjectsRequest(
            parent=country,
            filter={
                "compare": {
                    "property": "population",
                    "operator": "COMPARISON_OPERATOR_GREATER",
                    "value": {"number": "1000"},
                }
            },
            order_by=[{"property": "label", "descending": True}],
        )
    )
    assert list(found.objects) == [created.object]
    assert found.objects[0].values["population"].number == _BIG
    earlier = await api(
        objects.ListObjectsRequest(parent=country, revision=Revision(commit=created.commit_id))
    )
    assert list(earlier.objects) == [created.object]
    figures = await api(
        objects.AggregateObjectsRequest(
            parent=country,
            aggregates=[{"function": "AGGREGATE_FUNCTION_SUM", "property": "population"}],
        )
    )
    assert figures.groups[0].results[0].value.number == str(int(_BIG) + 125)

    link = object_pb2.Link(link_type="borders", source="Country/KR", target="Country/JP")
    await api(links.CreateLinkRequest(parent=ontology, link=link))
    reached = await api(
        links.TraverseLinksRequest(
            parent=ontology,
            sources=["Country/JP", "Country/KR"],
            steps=[{"link_type": "borders", "direction": object_pb2.LINK_DIRECTION_INCOMING}],
        )
    )
    assert [list(t.targets) for t in reached.traversals] == [["Country/KR"], []]
    with pytest.raises(ApiError) as refused:
        await api(objects.DeleteObjectRequest(name=f"{country}/objects/KR"))
    assert refused.value.reason == "RESOURCE_IN_USE"
    await api(objects.DeleteObjectRequest(name=f"{country}/objects/KR", delete_links=True))
    listed = await api(links.ListLinksRequest(parent=ontology))
    assert listed.total_size == 0


async def test_types_that_objects_contradict_are_refused_or_migrated(
    api: Api, ontology: str
) -> None:
    await _types(api, ontology)
    country = f"{ontology}/objectTypes/Country"
    change = object_pb2.Object(
        name=f"{country}/objects/KR", values={"label": object_pb2.Value(text="51")}
    )
    await api(
        objects.ApplyObjectChangesRequest(
            parent=ontology, changes=[objects.ObjectChange(create=change)]
        )
    )
    narrowed = change_sets.Change(
        upsert=change_sets.Element(
            object_type={
                "name": country,
                "properties": [
                    {"property_id": "label", "type": {"data_type": "DATA_TYPE_LONG"}},
                ],
            }
        )
    )
    with pytest.raises(ApiError) as refused:
        await api(change_sets.ApplyChangeSetRequest(parent=ontology, changes=[narrowed]))
    assert refused.value.reason == "SCHEMA_VIOLATION"
    assert refused.value.subjects == [change.name]
    assert "expected an integer of 64 bits" in refused.value.message
    migrated = await api(
        migrations.MigrateObjectsRequest(
            parent=ontology,
            changes=[narrowed],
            steps=[{"object_type": "Country", "property": "label", "convert": {}}],
        )
    )
    assert migrated.migrated_count == 1
    found = await api(objects.GetObjectRequest(name=change.name))
    assert found.object.values["label"].number == "51"
