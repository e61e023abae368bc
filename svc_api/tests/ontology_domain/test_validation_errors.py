"""What a refused change set tells its caller."""

from __future__ import annotations

import pytest
from oms_core.errors import (
    CyclicReference,
    InvalidField,
    ResourceInUse,
    UnknownReference,
)
from svc_api.domain.changes import Change, ChangePlan, Operation, plan_changes
from svc_api.domain.elements import HEADER_KEY
from svc_api.domain.validation import validate

from .domain_model import snapshot_of


def typed(name, **kinds):
    return {"property_id": name, "type": kinds}


def create(collection, element_id, path="x", **body):
    return Change(Operation.CREATE, (collection, element_id), body=body, path=path)


def update(collection, element_id, path="x", **body):
    fields = frozenset(body)
    body = {field: value for field, value in body.items() if value}
    return Change(Operation.UPDATE, (collection, element_id), body=body, fields=fields, path=path)


def delete(collection, element_id, path="x"):
    return Change(Operation.DELETE, (collection, element_id), path=path)


def apply(bodies, *changes):
    snapshot = snapshot_of(bodies)
    validate(snapshot, plan_changes(snapshot, ChangePlan(changes)))


def fields_of(error):
    return [violation.field for violation in error.value.fields]


def test_every_unknown_reference_is_named_with_its_field_and_value():
    with pytest.raises(UnknownReference) as error:
        apply(
            {},
            create(
                "objectTypes",
                "A",
                path="changes[3].create.object_type",
                parents=["Nope"],
                properties=[typed("p", data_type="DATA_TYPE_STRING"), typed("q", object_type="No")],
            ),
        )
    assert fields_of(error) == [
        "changes[3].create.object_type.parents[0]",
        "changes[3].create.object_type.properties[1].type.object_type",
    ]
    assert "'Nope'" in error.value.message
    assert "'No'" in error.value.fields[1].description


def test_link_may_start_from_an_object_type_or_an_interface():
    bodies = {("interfaces", "Located"): {}, ("objectTypes", "Room"): {}}
    apply(bodies, create("linkTypes", "in", source_types=["Located", "Room"]))
    with pytest.raises(UnknownReference, match="object type or interface 'Nope'"):
        apply(bodies, create("linkTypes", "in", source_types=["Nope"]))


def test_elements_of_one_change_set_may_refer_to_each_other_in_any_order():
    apply({}, create("objectTypes", "B", parents=["A"]), create("objectTypes", "A"))


def test_cycle_is_told_as_a_path():
    bodies = {("objectTypes", "A"): {"parents": ["B"]}, ("objectTypes", "B"): {"parents": ["C"]}}
    bodies |= {("objectTypes", "C"): {}}
    with pytest.raises(CyclicReference) as error:
        apply(bodies, update("objectTypes", "C", path="object_type", parents=["A"]))
    assert error.value.metadata["cycle"] == "C → A → B → C"
    assert fields_of(error) == ["object_type.parents[0]"]


def test_element_that_is_its_own_parent_is_a_cycle():
    with pytest.raises(CyclicReference) as error:
        apply({}, create("interfaces", "I", parents=["I"]))
    assert error.value.metadata["cycle"] == "I → I"


def test_cycle_of_thousands_is_found_without_recursion():
    bodies = {("objectTypes", f"T{n}"): {"parents": [f"T{n + 1}"]} for n in range(3000)}
    bodies[("objectTypes", "T3000")] = {}
    with pytest.raises(CyclicReference):
        apply(bodies, update("objectTypes", "T3000", parents=["T0"]))


def test_deletion_of_an_element_in_use_names_its_referrers():
    bodies = {
        ("objectTypes", "Zone"): {},
        ("objectTypes", "Room"): {"parents": ["Zone"]},
        ("linkTypes", "feeds"): {"target_types": ["Zone"]},
    }
    with pytest.raises(ResourceInUse) as error:
        apply(bodies, delete("objectTypes", "Zone"))
    assert error.value.metadata["resource_name"] == "ontologies/acme/objectTypes/Zone"
    assert {violation.subject for violation in error.value.preconditions} == {
        "ontologies/acme/objectTypes/Room",
        "ontologies/acme/linkTypes/feeds",
    }


def test_deletion_names_at_most_a_hundred_referrers():
    bodies = {("objectTypes", f"T{n}"): {"parents": ["Zone"]} for n in range(150)}
    with pytest.raises(ResourceInUse, match="149 more") as error:
        apply({**bodies, ("objectTypes", "Zone"): {}}, delete("objectTypes", "Zone"))
    assert len(error.value.preconditions) == 100


def test_element_may_be_deleted_together_with_what_refers_to_it():
    bodies = {("objectTypes", "A"): {}, ("objectTypes", "B"): {"parents": ["A"]}}
    apply(bodies, delete("objectTypes", "A"), update("objectTypes", "B", parents=[]))
    apply(bodies, delete("objectTypes", "A"), delete("objectTypes", "B"))


def test_reference_that_an_update_leaves_alone_keeps_its_target_in_use():
    bodies = {("objectTypes", "A"): {}, ("objectTypes", "B"): {"parents": ["A"]}}
    with pytest.raises(ResourceInUse):
        apply(bodies, delete("objectTypes", "A"), update("objectTypes", "B", is_abstract=True))


def test_new_reference_to_an_element_deleted_in_the_same_set_is_unknown():
    with pytest.raises(UnknownReference):
        apply(
            {("objectTypes", "A"): {}},
            delete("objectTypes", "A"),
            create("objectTypes", "B", parents=["A"]),
        )


def test_interface_of_the_same_id_keeps_a_reference_sound():
    bodies = {
        ("objectTypes", "A"): {},
        ("interfaces", "A"): {},
        ("linkTypes", "l"): {"source_types": ["A"]},
    }
    apply(bodies, delete("objectTypes", "A"))


def test_property_ids_are_unique_in_an_element():
    twice = [typed("p", data_type="DATA_TYPE_STRING"), typed("p", data_type="DATA_TYPE_DATE")]
    with pytest.raises(InvalidField, match=r"properties\[0\] too") as error:
        apply({}, create("objectTypes", "A", path="object_type", properties=twice))
    assert fields_of(error) == ["object_type.properties[1]"]


def test_iri_of_another_element_is_refused_across_kinds():
    with pytest.raises(InvalidField, match="ontologies/acme/objectTypes/A") as error:
        apply({("objectTypes", "A"): {"iri": "urn:1"}}, create("linkTypes", "l", iri="urn:1"))
    assert fields_of(error) == ["x.iri"]


def test_iri_may_move_to_another_element_in_one_change_set():
    bodies = {("objectTypes", "A"): {"iri": "urn:1"}, ("objectTypes", "B"): {}}
    apply(bodies, update("objectTypes", "A", iri=""), update("objectTypes", "B", iri="urn:1"))


@pytest.mark.parametrize("back", ["", "feeds"])
def test_inverses_that_agree_are_accepted(back):
    apply({("linkTypes", "fed"): {"inverse": back}}, create("linkTypes", "feeds", inverse="fed"))


def test_inverse_that_names_another_one_is_refused():
    bodies = {("linkTypes", "fed"): {"inverse": "other"}, ("linkTypes", "other"): {}}
    with pytest.raises(InvalidField, match="'fed', which names 'other'") as error:
        apply(bodies, create("linkTypes", "feeds", inverse="fed"))
    assert fields_of(error) == ["x.inverse"]


def test_inverse_is_refused_when_another_element_names_this_one():
    bodies = {("linkTypes", "a"): {}, ("linkTypes", "b"): {"inverse": "a"}, ("linkTypes", "c"): {}}
    with pytest.raises(InvalidField, match="'b' names 'a'"):
        apply(bodies, update("linkTypes", "a", inverse="c"))


def test_cardinality_with_more_at_least_than_at_most_is_refused():
    with pytest.raises(InvalidField) as error:
        apply({}, create("linkTypes", "l", target_cardinality={"min_count": 3, "max_count": 2}))
    assert fields_of(error) == ["x.target_cardinality.min_count"]
    apply({}, create("linkTypes", "l", target_cardinality={"min_count": 3}))


def test_text_said_twice_in_a_language_is_refused_also_in_the_header():
    twice = [{"language": "en", "text": "Zone"}, {"language": "en", "text": "Zone"}]
    with pytest.raises(InvalidField) as error:
        apply({}, create("objectTypes", "A", labels=twice))
    assert fields_of(error) == ["x.labels[1]"]
    with pytest.raises(InvalidField):
        apply({}, Change(Operation.UPSERT, HEADER_KEY, body={"labels": twice}, path="ontology"))


def test_inherited_property_may_be_narrowed_but_not_changed():
    bodies = {
        ("objectTypes", "A"): {"properties": [typed("p", data_type="DATA_TYPE_INTEGER")]},
        ("interfaces", "I"): {"properties": [typed("p", data_type="DATA_TYPE_ANY")]},
    }

    def child(data_type):
        properties = [typed("p", data_type=data_type)]
        return create("objectTypes", "B", parents=["A"], interfaces=["I"], properties=properties)

    apply(bodies, child("DATA_TYPE_INTEGER"))
    apply(bodies, child("DATA_TYPE_POSITIVE_INTEGER"))
    with pytest.raises(InvalidField, match="ontologies/acme/objectTypes/A") as error:
        apply(bodies, child("DATA_TYPE_STRING"))
    assert fields_of(error) == ["x.properties[0].type"]


def test_ancestor_can_not_take_a_type_that_a_descendant_contradicts():
    bodies = {
        ("objectTypes", "A"): {},
        ("objectTypes", "B"): {"parents": ["A"]},
        ("objectTypes", "C"): {
            "parents": ["B"],
            "properties": [typed("p", data_type="DATA_TYPE_DATE")],
        },
    }
    with pytest.raises(InvalidField) as error:
        apply(
            bodies,
            update("objectTypes", "A", properties=[typed("p", data_type="DATA_TYPE_STRING")]),
        )
    assert fields_of(error) == ["ontologies/acme/objectTypes/C.properties[0].type"]


def test_properties_with_different_iris_are_different_whatever_their_ids():
    inherited = {**typed("p", data_type="DATA_TYPE_STRING"), "iri": "urn:one"}
    own = {**typed("p", data_type="DATA_TYPE_DATE"), "iri": "urn:other"}
    apply(
        {("objectTypes", "A"): {"properties": [inherited]}},
        create("objectTypes", "B", parents=["A"], properties=[own]),
    )


def test_violations_of_several_kinds_are_told_together():
    with pytest.raises(InvalidField) as error:
        apply(
            {("objectTypes", "A"): {"iri": "urn:1"}},
            create("objectTypes", "B", path="b", iri="urn:1"),
            create("objectTypes", "C", path="c", parents=["Nope"]),
            create("objectTypes", "D", path="d", parents=["D"]),
        )
    assert fields_of(error) == ["b.iri", "c.parents[0]", "d.parents[0]"]
    assert "2 more violations" in error.value.message
