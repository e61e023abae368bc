"""What makes an ontology unsound."""

from __future__ import annotations

from typing import Any

import pytest
from oms.ontology.v1 import element_pb2 as element_pb
from oms.ontology.v1 import interface_service_pb2 as interface_pb
from oms.ontology.v1 import link_type_service_pb2 as link_pb
from oms.ontology.v1 import object_type_service_pb2 as object_pb
from svc_scheduler.adapters.targets.builtin.soundness import MAX_FAULTS, Soundness

KINDS = {
    "objectTypes": object_pb.ObjectType,
    "interfaces": interface_pb.Interface,
    "linkTypes": link_pb.LinkType,
}
TEXT = element_pb.PropertyType(data_type=element_pb.DATA_TYPE_STRING)


def prop(property_id: str, of: Any = TEXT) -> element_pb.Property:
    return element_pb.Property(property_id=property_id, type=of)


def faults(**collections: dict[str, dict[str, Any]]) -> list[str]:
    soundness = Soundness()
    for collection, elements in collections.items():
        for element_id, body in elements.items():
            message = KINDS[collection](name=f"ontologies/a/{collection}/{element_id}", **body)
            soundness.add(collection, message)
    soundness.finish()
    assert soundness.fault_count == len(soundness.faults)
    return soundness.faults


def test_elements_that_fit_have_no_fault():
    assert not faults(
        objectTypes={
            "A": {"parents": ["B"], "interfaces": ["I"], "properties": [prop("p"), prop("q")]},
            "B": {"properties": [prop("p", element_pb.PropertyType(object_type="A"))]},
        },
        interfaces={"I": {"parents": ["J"]}, "J": {}},
        linkTypes={
            "l": {"inverse": "m", "source_types": ["A"], "target_types": ["I"]},
            "m": {"inverse": "l", "parents": ["l"]},
            "n": {"inverse": "o"},
            "o": {},
        },
    )


@pytest.mark.parametrize(
    ("collections", "fault"),
    [
        (
            {"objectTypes": {"A": {"parents": ["X"]}}},
            "objectTypes/A.parents[0]: 'X' does not exist",
        ),
        (
            {"objectTypes": {"A": {"interfaces": ["A"]}}},
            "objectTypes/A.interfaces[0]: 'A' does not exist",
        ),
        (
            {
                "interfaces": {
                    "I": {"properties": [prop("p", element_pb.PropertyType(object_type="X"))]}
                }
            },
            "interfaces/I.properties[0].type.object_type: 'X' does not exist",
        ),
        (
            {"linkTypes": {"l": {"target_types": ["X"]}}},
            "linkTypes/l.target_types[0]: 'X' does not exist",
        ),
        ({"linkTypes": {"l": {"inverse": "x"}}}, "linkTypes/l.inverse: 'x' does not exist"),
        (
            {"linkTypes": {"l": {"inverse": "m"}, "m": {"inverse": "n"}, "n": {}}},
            "linkTypes/l.inverse: is 'm', which names 'n' as its inverse",
        ),
        (
            {"objectTypes": {"A": {"properties": [prop("p"), prop("p")]}}},
            "objectTypes/A.properties[1]: the id 'p' is there twice",
        ),
        (
            {"objectTypes": {"A": {"iri": "urn:a"}}, "interfaces": {"I": {"iri": "urn:a"}}},
            "interfaces/I.iri: is that of objectTypes/A too",
        ),
    ],
)
def test_what_does_not_fit_is_told(collections, fault):
    assert faults(**collections) == [fault]


def test_what_breaks_a_rule_of_its_own_is_told():
    (fault,) = faults(objectTypes={"A": {"properties": [element_pb.Property(property_id="p")]}})
    assert fault.startswith("objectTypes/A.properties[0].type")


def test_who_inherits_from_itself_is_told_once_for_each_knot():
    found = faults(
        objectTypes={
            "A": {"parents": ["B"]},
            "B": {"parents": ["C"]},
            "C": {"parents": ["A"]},
            "D": {"parents": ["D"]},
            "E": {"parents": ["A"]},
        },
        linkTypes={"a": {"parents": ["b"]}, "b": {"parents": ["a"]}},
    )
    assert len(found) == 3
    assert all("inherits from itself" in fault for fault in found)
    assert any(fault.startswith("objectTypes/D.parents: ") for fault in found)


def test_faults_are_counted_beyond_those_that_are_kept():
    soundness = Soundness()
    parents = [f"X{number}" for number in range(999)]
    for element_id in ("A", "B"):
        name = f"ontologies/a/objectTypes/{element_id}"
        soundness.add("objectTypes", object_pb.ObjectType(name=name, parents=parents))
    soundness.finish()
    assert (soundness.fault_count, len(soundness.faults)) == (1998, MAX_FAULTS)
