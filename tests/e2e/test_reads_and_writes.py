"""Paging, masks, etags, batch reads and repeated requests."""

from __future__ import annotations

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import link_type_service_pb2 as link_types
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms_testing.e2e import Api


async def _create_many(api: Api, ontology: str, count: int) -> list[str]:
    names = [f"{ontology}/objectTypes/T{number:03}" for number in range(count)]
    await api(
        change_sets.ApplyChangeSetRequest(
            parent=ontology,
            changes=[
                change_sets.Change(
                    create=change_sets.Element(object_type=object_types.ObjectType(name=name))
                )
                for name in names
            ],
        )
    )
    return names


async def test_pages_cover_a_list_once_and_read_one_commit(api: Api, ontology: str) -> None:
    names = await _create_many(api, ontology, 25)
    request = object_types.ListObjectTypesRequest(parent=ontology, page_size=10)
    seen: list[str] = []
    commits: set[str] = set()
    while True:
        page = await api(request)
        seen += [entry.name for entry in page.object_types]
        commits.add(page.commit_id)
        assert page.total_size == 25
        if not page.next_page_token:
            break
        if not request.page_token:  # a change between pages must not show
            await api(object_types.DeleteObjectTypeRequest(name=names[-1]))
        request.page_token = page.next_page_token
    assert seen == names
    assert len(commits) == 1


async def test_pages_cover_the_log_the_diff_and_the_branches(api: Api, ontology: str) -> None:
    await _create_many(api, ontology, 5)
    for name in ("b1", "b2", "b3"):
        await api(branches.CreateBranchRequest(parent=ontology, branch_id=name))
    everything = await api(revisions.ListCommitsRequest(parent=ontology))
    root = everything.commits[-1].commit_id
    for request, field in (
        (revisions.ListCommitsRequest(parent=ontology), "commits"),
        (revisions.DiffRevisionsRequest(parent=ontology, base=Revision(commit=root)), "diffs"),
        (branches.ListBranchesRequest(parent=ontology), "branches"),
    ):
        whole = list(getattr(await api(request), field))
        request.page_size = 2
        paged: list[Any] = []
        while True:
            page = await api(request)
            entries = getattr(page, field)
            assert len(entries) <= 2
            paged += entries
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        assert paged == whole
        assert len(whole) > 2 or field == "commits"


async def test_a_batch_answers_in_the_order_asked_for(
    api: Api, ontology: str, failing: Any
) -> None:
    names = await _create_many(api, ontology, 4)
    asked = [names[2], names[0], names[3]]
    batch = await api(object_types.BatchGetObjectTypesRequest(parent=ontology, names=asked))
    assert [entry.name for entry in batch.object_types] == asked
    missing = f"{ontology}/objectTypes/Missing"
    error = await failing(
        api(object_types.BatchGetObjectTypesRequest(parent=ontology, names=[names[0], missing]))
    )
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    assert error.metadata["resource_name"] == missing


async def test_a_mask_says_which_fields_change(api: Api, ontology: str) -> None:
    name = f"{ontology}/objectTypes/Thing"
    await api(
        object_types.CreateObjectTypeRequest(
            parent=ontology,
            object_type_id="Thing",
            object_type=object_types.ObjectType(
                iri="https://example.org/Thing",
                labels=[elements.LocalizedText(language="en", text="Thing")],
            ),
        )
    )

    async def update(mask: list[str] | None, **fields: Any) -> Any:
        answer = await api(
            object_types.UpdateObjectTypeRequest(
                object_type=object_types.ObjectType(name=name, **fields),
                update_mask=None if mask is None else FieldMask(paths=mask),
            )
        )
        return answer.object_type

    # Named but not set: cleared. Set but not named: untouched.
    changed = await update(["labels"], iri="https://example.org/Other")
    assert (changed.iri, len(changed.labels)) == ("https://example.org/Thing", 0)
    # No mask: what is set.
    changed = await update(None, is_abstract=True)
    assert (changed.iri, changed.is_abstract) == ("https://example.org/Thing", True)
    # `*`: everything.
    changed = await update(["*"], labels=[elements.LocalizedText(text="Only this")])
    assert (changed.iri, changed.is_abstract) == ("", False)
    assert [label.text for label in changed.labels] == ["Only this"]


async def test_a_stale_etag_is_refused_and_a_current_one_accepted(
    api: Api, ontology: str, failing: Any
) -> None:
    [name] = await _create_many(api, ontology, 1)
    first = (await api(object_types.GetObjectTypeRequest(name=name))).object_type
    first.is_abstract = True
    second = (await api(object_types.UpdateObjectTypeRequest(object_type=first))).object_type
    assert second.etag != first.etag
    first.is_abstract = False
    error = await failing(api(object_types.UpdateObjectTypeRequest(object_type=first)))
    assert (error.code, error.reason) == ("ABORTED", "STALE_ETAG")
    assert error.metadata == {
        "resource_name": name,
        "expected_etag": first.etag,
        "actual_etag": second.etag,
    }
    error = await failing(api(object_types.DeleteObjectTypeRequest(name=name, etag=first.etag)))
    assert error.reason == "STALE_ETAG"
    await api(object_types.DeleteObjectTypeRequest(name=name, etag=second.etag))


async def test_a_repeated_request_answers_the_first_commit(
    api: Api, ontology: str, failing: Any
) -> None:
    request = object_types.CreateObjectTypeRequest(
        parent=ontology,
        object_type_id="Once",
        object_type=object_types.ObjectType(
            labels=[elements.LocalizedText(language="en", text="Once")]
        ),
        request_id=f"{ontology}-once",
    )
    first = await api(request)
    second = await api(request)
    assert second == first
    log = await api(revisions.ListCommitsRequest(parent=ontology))
    assert [c.commit_id for c in log.commits].count(first.commit_id) == 1
    request.object_type_id = "Another"
    error = await failing(api(request))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    assert error.metadata["request_id"] == request.request_id


async def test_a_repeated_creation_of_an_ontology_answers_the_first(
    api: Api, ontology_id: str
) -> None:
    request = ontologies.CreateOntologyRequest(
        ontology_id=ontology_id,
        ontology=ontologies.Ontology(iri=f"https://example.org/{ontology_id}"),
        request_id=f"{ontology_id}-create",
    )
    first = await api(request)
    second = await api(request)
    assert second == first
    name = f"ontologies/{ontology_id}"
    listed = await api(ontologies.ListOntologiesRequest(page_size=1000))
    assert [entry.name for entry in listed.ontologies].count(name) == 1
    await api(ontologies.DeleteOntologyRequest(name=name))


async def test_an_element_in_use_is_not_deleted(api: Api, ontology: str, failing: Any) -> None:
    names = await _create_many(api, ontology, 2)
    await api(
        link_types.CreateLinkTypeRequest(
            parent=ontology,
            link_type_id="leads",
            link_type=link_types.LinkType(source_types=["T000"], target_types=["T001"]),
        )
    )
    error = await failing(api(object_types.DeleteObjectTypeRequest(name=names[0])))
    assert (error.code, error.reason) == ("FAILED_PRECONDITION", "RESOURCE_IN_USE")
    assert error.subjects == [f"{ontology}/linkTypes/leads"]


async def test_a_duplicate_is_refused(api: Api, ontology: str, failing: Any) -> None:
    [name] = await _create_many(api, ontology, 1)
    error = await failing(
        api(
            object_types.CreateObjectTypeRequest(
                parent=ontology,
                object_type_id="T000",
                object_type=object_types.ObjectType(is_abstract=True),
            )
        )
    )
    assert (error.code, error.reason) == ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS")
    assert error.metadata["resource_name"] == name
