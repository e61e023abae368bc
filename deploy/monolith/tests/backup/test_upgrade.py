"""What earlier versions wrote, restored and served by this one. `tests/upgrade/make.py` made it."""

from __future__ import annotations

import asyncio
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_stubs
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_stubs
from oms.datakernel.v1 import document_service_pb2 as documents
from oms.datakernel.v1 import document_service_pb2_grpc as document_stubs
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import event_service_pb2_grpc as event_stubs
from oms.event.v1 import subscription_service_pb2 as subscriptions
from oms.event.v1 import subscription_service_pb2_grpc as subscription_stubs
from oms.ontology.v1 import object_type_service_pb2 as types
from oms.ontology.v1 import object_type_service_pb2_grpc as type_stubs
from oms_kernel import CacheSettings
from oms_monolith.backup.archive import Archive
from oms_monolith.backup.places import Places
from oms_monolith.backup.restoring import restore
from oms_monolith.services import ServiceSettings, hosted_services
from oms_rpc import Topology
from oms_testing.postgresql import new_database
from oms_testing.suite import running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.backups import read_file

from .conftest import no_streams, place

_FIXTURES = sorted((Path(__file__).parents[4] / "tests" / "upgrade").glob("*.tar.xz"))
_PATIENCE_S = 60


def test_there_are_fixtures_of_every_format_of_the_kernel(tmp_path: Path) -> None:
    formats = {
        _extracted(f, tmp_path / f.name).manifest.of_kind("kernel-sqlite")[0].about["format"]
        for f in _FIXTURES
    }
    assert formats >= {2, 3}


@pytest.mark.parametrize("fixture", _FIXTURES, ids=lambda path: path.name.partition(".")[0])
async def test_it_is_migrated_and_served(
    fixture: Path, tmp_path: Path, postgresql: str, nats: str
) -> None:
    archive = _extracted(fixture, tmp_path / "archive")
    async with new_database(postgresql) as url:
        places = place(tmp_path / "data", url, nats, "")
        await no_streams(places)
        restored = await restore(archive, places)
        assert set(restored.databases) == {"plain", "shop"}
        copy = read_file(places.kernel.folder / "plain" / "kernel.sqlite3")
        assert copy.format == 3, "the restore verified it as the kernel opens it"
        await _serve(places, archive)


async def _serve(places: Places, archive: Archive) -> None:
    security = security_settings()
    settings = ServiceSettings(
        datakernel=places.kernel,
        api=ApiSettings().model_copy(update={"data_dir": places.data_dir}),
        cache=CacheSettings(),
        nats=places.nats,
        postgres=places.postgres,
    )
    wanted = ("datakernel", "events", "api")
    services = [
        service
        for service in hosted_services(Topology(), security, settings)
        if service.name in wanted
    ]
    async with running_suite(services, security=security) as suite:
        channel = suite.channel()
        await _kernel_is_whole(channel, archive)
        await _ontology_is_readable(channel)
        await _events_go_on(channel, archive)


async def _kernel_is_whole(channel: Any, archive: Archive) -> None:
    for part in archive.manifest.of_kind("kernel-sqlite"):
        name = f"databases/{part.about['database']}"
        listed = await branch_stubs.BranchServiceStub(channel).ListBranches(
            branches.ListBranchesRequest(parent=name)
        )
        heads = {b.name.rpartition("/")[2]: b.head_commit for b in listed.branches}
        assert heads == part.about["heads"]
        verified = await commit_stubs.CommitServiceStub(channel).VerifyHistory(
            commits.VerifyHistoryRequest(name=name)
        )
        assert not verified.faults
        assert verified.commit_count >= 5
    read = await document_stubs.DocumentServiceStub(channel).GetDocument(
        documents.GetDocumentRequest(parent="databases/plain", document_id="Thing/1")
    )
    assert read.document.json == b'{"n":11}'


async def _ontology_is_readable(channel: Any) -> None:
    service = type_stubs.ObjectTypeServiceStub(channel)
    for branch, names in (("main", 3), ("loyalty", 4)):
        listed = await service.ListObjectTypes(
            types.ListObjectTypesRequest(parent="ontologies/shop", revision=Revision(branch=branch))
        )
        assert len(listed.object_types) == names


async def _events_go_on(channel: Any, archive: Archive) -> None:
    """Each commit is in the stream once, those of before and a new one."""
    made = await commit_stubs.CommitServiceStub(channel).CreateCommit(
        commits.CreateCommitRequest(
            parent="databases/plain/branches/main",
            operations=[
                commits.DocumentOperation(
                    upsert=commits.DocumentWrite(document_id="Thing/9", type="Thing", json=b"{}")
                )
            ],
        )
    )
    new = made.commit.name.rpartition("/")[2]
    service = event_stubs.EventServiceStub(channel)
    request = events.ListEventsRequest(
        type="oms.datakernel.commit.created.v1",
        source="/databases/plain/branches/main",
        page_size=1000,
    )
    async with asyncio.timeout(_PATIENCE_S):
        found: list[str] = []
        while new not in found:
            listed = await service.ListEvents(request)
            found = [each.event.id.partition(":")[0] for each in listed.events]
            await asyncio.sleep(0.05)
    assert len(found) >= 13
    assert set(Counter(found).values()) == {1}
    if archive.manifest.of_kind("services"):
        kept = await subscription_stubs.SubscriptionServiceStub(channel).GetSubscription(
            subscriptions.GetSubscriptionRequest(name="subscriptions/reader")
        )
        assert kept.subscription.name.endswith("subscriptions/reader")


def _extracted(fixture: Path, folder: Path) -> Archive:
    with tarfile.open(fixture) as packed:
        packed.extractall(folder, filter="data")
    return Archive(folder)
