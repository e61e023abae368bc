"""The main story: model, branch, change, compare, merge, and read every state again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import interface_service_pb2 as interfaces
from oms.ontology.v1 import link_type_service_pb2 as link_types
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms_testing.e2e import Api


def _label(text: str) -> list[elements.LocalizedText]:
    return [elements.LocalizedText(language="en", text=text)]


async def _read(api: Api, name: str, revision: Revision | None = None) -> Any:
    return await api(object_types.GetObjectTypeRequest(name=name, revision=revision))


async def _model_shop(api: Api, ontology: str) -> None:
    """A shop: a customer who is contactable, an order, and a link between them."""
    await api(
        interfaces.CreateInterfaceRequest(
            parent=ontology,
            interface_id="Contactable",
            interface=interfaces.Interface(
                labels=_label("Contactable"),
                properties=[
                    elements.Property(
                        property_id="email",
                        type=elements.PropertyType(data_type=elements.DATA_TYPE_STRING),
                        is_required=True,
                    )
                ],
            ),
        )
    )
    for type_id, contract in (("Customer", ["Contactable"]), ("Order", [])):
        await api(
            object_types.CreateObjectTypeRequest(
                parent=ontology,
                object_type_id=type_id,
                object_type=object_types.ObjectType(labels=_label(type_id), interfaces=contract),
            )
        )
    await api(
        link_types.CreateLinkTypeRequest(
            parent=ontology,
            link_type_id="placed",
            link_type=link_types.LinkType(
                source_types=["Customer"],
                target_types=["Order"],
                source_cardinality=elements.Cardinality(min_count=1, max_count=1),
                characteristics=[link_types.LINK_CHARACTERISTIC_INVERSE_FUNCTIONAL],
            ),
        )
    )


async def test_branch_change_diff_merge_and_reads_of_every_state(api: Api, ontology: str) -> None:
    await _model_shop(api, ontology)
    customer = f"{ontology}/objectTypes/Customer"
    before = await _read(api, customer)

    await api(branches.CreateBranchRequest(parent=ontology, branch_id="loyalty"))
    await api(
        object_types.CreateObjectTypeRequest(
            parent=ontology,
            object_type_id="GoldCustomer",
            object_type=object_types.ObjectType(labels=_label("Gold"), parents=["Customer"]),
            branch="loyalty",
        )
    )
    changed = await api(
        object_types.UpdateObjectTypeRequest(
            object_type=object_types.ObjectType(name=customer, labels=_label("Client")),
            update_mask=FieldMask(paths=["labels"]),
            branch="loyalty",
            message="Customers are clients",
        )
    )

    diff = await api(
        revisions.DiffRevisionsRequest(
            parent=ontology,
            base=Revision(branch="main"),
            target=Revision(branch="loyalty"),
            include_elements=True,
        )
    )
    by_name = {entry.name.rsplit("/", 1)[1]: entry for entry in diff.diffs}
    assert set(by_name) == {"Customer", "GoldCustomer"}
    assert by_name["Customer"].change_type == revisions.CHANGE_TYPE_UPDATED
    assert list(by_name["Customer"].changed_paths) == ["labels"]
    assert by_name["Customer"].before.object_type.labels[0].text == "Customer"
    assert by_name["Customer"].after.object_type.labels[0].text == "Client"
    assert by_name["GoldCustomer"].change_type == revisions.CHANGE_TYPE_CREATED
    counts = {entry.collection: entry for entry in diff.counts}
    assert (counts["objectTypes"].created_count, counts["objectTypes"].updated_count) == (1, 1)

    preview = await api(
        branches.MergeBranchRequest(
            name=f"{ontology}/branches/main", source=Revision(branch="loyalty"), validate_only=True
        )
    )
    assert preview.outcome == branches.MERGE_OUTCOME_MERGED
    assert preview.change_count == 2
    assert preview.commit_id == before.commit_id or preview.commit_id == diff.base_commit

    merged = await api(
        branches.MergeBranchRequest(
            name=f"{ontology}/branches/main", source=Revision(branch="loyalty")
        )
    )
    assert merged.outcome == branches.MERGE_OUTCOME_MERGED
    assert merged.base_commit == diff.base_commit

    at_head = await _read(api, customer)
    assert at_head.commit_id == merged.commit_id
    assert at_head.object_type.labels[0].text == "Client"
    as_of_commit = await _read(api, customer, Revision(commit=diff.base_commit))
    assert as_of_commit.object_type.labels[0].text == "Customer"
    assert as_of_commit.object_type.etag == before.object_type.etag
    as_of_branch = await _read(api, customer, Revision(branch="loyalty"))
    assert as_of_branch.commit_id == changed.commit_id


async def test_a_time_reads_the_branch_as_it_was_then(api: Api, ontology: str) -> None:
    await _model_shop(api, ontology)
    customer = f"{ontology}/objectTypes/Customer"
    log = await api(revisions.ListCommitsRequest(parent=ontology))
    before: Timestamp = log.commits[0].commit_time
    await api(
        object_types.UpdateObjectTypeRequest(
            object_type=object_types.ObjectType(name=customer, labels=_label("Client"))
        )
    )
    then = await _read(api, customer, Revision(branch="main", time=before))
    now = await _read(api, customer)
    assert then.object_type.labels[0].text == "Customer"
    assert then.commit_id == log.commits[0].commit_id
    assert now.object_type.labels[0].text == "Client"


async def test_the_log_says_who_did_what_in_order(api: Api, ontology: str) -> None:
    await _model_shop(api, ontology)
    log = (await api(revisions.ListCommitsRequest(parent=ontology))).commits
    times = [commit.commit_time.ToNanoseconds() for commit in log]
    assert times == sorted(times, reverse=True)
    for newer, older in pairwise(log):
        assert list(newer.parents) == [older.commit_id]
    assert all("|verified|ts:" in commit.author for commit in log[:4])
    one = await api(revisions.GetCommitRequest(name=log[0].name))
    assert one.commit == log[0]
    assert log[0].change_count == 1


async def test_both_sides_changing_an_element_is_a_conflict_until_resolved(
    api: Api, ontology: str, failing: Any
) -> None:
    await _model_shop(api, ontology)
    customer = f"{ontology}/objectTypes/Customer"
    await api(branches.CreateBranchRequest(parent=ontology, branch_id="dev"))
    for branch, text in (("main", "Ours"), ("dev", "Theirs")):
        await api(
            object_types.UpdateObjectTypeRequest(
                object_type=object_types.ObjectType(name=customer, labels=_label(text)),
                branch=branch,
            )
        )
    merge = branches.MergeBranchRequest(
        name=f"{ontology}/branches/main", source=Revision(branch="dev")
    )
    error = await failing(api(merge))
    assert (error.code, error.reason) == ("FAILED_PRECONDITION", "MERGE_CONFLICT")
    assert error.subjects == [customer]

    dry = branches.MergeBranchRequest()
    dry.CopyFrom(merge)
    dry.validate_only = True
    preview = await api(dry)
    assert preview.outcome == branches.MERGE_OUTCOME_CONFLICTED
    [conflict] = preview.conflicts
    assert conflict.name == customer
    assert conflict.base.object_type.labels[0].text == "Customer"
    assert conflict.target.object_type.labels[0].text == "Ours"
    assert conflict.source.object_type.labels[0].text == "Theirs"

    merge.resolutions.add(name=customer, side=branches.MERGE_SIDE_SOURCE)
    await api(merge)
    assert (await _read(api, customer)).object_type.labels[0].text == "Theirs"
    again = await api(merge)
    assert again.outcome == branches.MERGE_OUTCOME_UP_TO_DATE


async def test_a_change_set_is_one_commit_whatever_the_order_of_its_changes(
    api: Api, ontology: str
) -> None:
    names = {i: f"{ontology}/objectTypes/{i}" for i in ("Leaf", "Middle", "Root")}
    changes = [
        change_sets.Change(
            create=change_sets.Element(
                object_type=object_types.ObjectType(name=names[own], parents=parents)
            )
        )
        for own, parents in (("Leaf", ["Middle"]), ("Middle", ["Root"]), ("Root", []))
    ]
    head = await _head(api, ontology)
    applied = await api(
        change_sets.ApplyChangeSetRequest(
            parent=ontology, changes=changes, expected_head=head, message="Three at once"
        )
    )
    assert [entry.object_type.name for entry in applied.elements] == list(names.values())
    [newest, previous, *_] = (await api(revisions.ListCommitsRequest(parent=ontology))).commits
    assert (newest.commit_id, newest.message) == (applied.commit_id, "Three at once")
    assert newest.change_count == 3
    assert previous.commit_id == head

    replaced = await api(
        change_sets.ApplyChangeSetRequest(
            parent=ontology,
            changes=[
                change_sets.Change(delete=change_sets.ElementDelete(name=names["Leaf"])),
                change_sets.Change(
                    update=change_sets.ElementUpdate(
                        element=change_sets.Element(
                            object_type=object_types.ObjectType(
                                name=names["Middle"], is_abstract=True
                            )
                        ),
                        update_mask=FieldMask(paths=["is_abstract"]),
                    )
                ),
                change_sets.Change(
                    upsert=change_sets.Element(
                        object_type=object_types.ObjectType(name=f"{ontology}/objectTypes/New")
                    )
                ),
            ],
        )
    )
    listed = await api(object_types.ListObjectTypesRequest(parent=ontology))
    assert listed.commit_id == replaced.commit_id
    assert [t.name.rsplit("/", 1)[1] for t in listed.object_types] == ["Middle", "New", "Root"]
    middle = listed.object_types[0]
    assert middle.is_abstract
    assert list(middle.parents) == ["Root"]


async def test_a_change_set_that_changes_nothing_makes_no_commit(api: Api, ontology: str) -> None:
    upsert = change_sets.Change(
        upsert=change_sets.Element(
            object_type=object_types.ObjectType(
                name=f"{ontology}/objectTypes/Thing", labels=_label("Thing")
            )
        )
    )
    request = change_sets.ApplyChangeSetRequest(parent=ontology, changes=[upsert])
    first = await api(request)
    second = await api(request)
    assert not first.unchanged
    assert second.unchanged
    assert second.commit_id == first.commit_id


async def test_deleting_a_branch_keeps_its_commits(api: Api, ontology: str, failing: Any) -> None:
    await _model_shop(api, ontology)
    await api(branches.CreateBranchRequest(parent=ontology, branch_id="gone"))
    made = await api(
        object_types.CreateObjectTypeRequest(
            parent=ontology,
            object_type_id="Voucher",
            object_type=object_types.ObjectType(labels=_label("Voucher")),
            branch="gone",
        )
    )
    await api(branches.DeleteBranchRequest(name=f"{ontology}/branches/gone"))
    error = await failing(api(branches.GetBranchRequest(name=f"{ontology}/branches/gone")))
    assert error.reason == "RESOURCE_NOT_FOUND"
    kept = await _read(api, f"{ontology}/objectTypes/Voucher", Revision(commit=made.commit_id))
    assert kept.object_type.labels[0].text == "Voucher"
    protected = await failing(api(branches.DeleteBranchRequest(name=f"{ontology}/branches/main")))
    assert (protected.code, protected.reason) == ("FAILED_PRECONDITION", "BRANCH_PROTECTED")


async def test_an_ontology_has_a_versioned_header_and_counts(api: Api, ontology: str) -> None:
    await _model_shop(api, ontology)
    before = await _head(api, ontology)
    await api(
        ontologies.UpdateOntologyRequest(
            ontology=ontologies.Ontology(name=ontology, version="2.0", labels=_label("Shop 2")),
            update_mask=FieldMask(paths=["version", "labels"]),
        )
    )
    now = await api(ontologies.GetOntologyRequest(name=ontology))
    then = await api(ontologies.GetOntologyRequest(name=ontology, revision=Revision(commit=before)))
    assert (now.ontology.version, then.ontology.version) == ("2.0", "")
    assert {entry.collection: entry.count for entry in now.counts}.items() >= {
        "objectTypes": 2,
        "linkTypes": 1,
        "interfaces": 1,
    }.items()


async def _head(api: Api, ontology: str) -> str:
    branch = await api(branches.GetBranchRequest(name=f"{ontology}/branches/main"))
    return branch.branch.head_commit
