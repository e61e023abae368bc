"""Jobs run alike over gRPC and REST, whether the scheduler is a process of its own or not."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import stream_service_pb2 as streams
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms.scheduler.v1 import job_pb2, run_pb2
from oms.scheduler.v1 import job_service_pb2 as jobs
from oms.scheduler.v1 import run_service_pb2 as runs
from oms.scheduler.v1 import scheduler_service_pb2 as scheduler
from oms_testing.e2e import Api

_PATIENCE_S = 60
_EVERY_SECOND = {"trigger": {"interval": {"every": {"seconds": 1}}}}


@pytest.fixture
def job_id() -> str:
    """An id that no other test uses."""
    return f"e2e-{secrets.token_hex(6)}"


@pytest.fixture
async def http(suite: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The scheduler's listener, as an administrator."""
    async with httpx.AsyncClient(
        base_url=suite.listeners["scheduler"],
        headers={"authorization": f"Bearer {suite.endpoint.token}"},
        timeout=_PATIENCE_S,
        trust_env=False,
    ) as client:
        yield client


async def _until(ask: Callable[[], Awaitable[Any]], is_right: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(_PATIENCE_S):
        while not is_right(answer := await ask()):  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.05)
        return answer


async def _ended(api: Api, run: str) -> Any:
    answer = await _until(
        lambda: api(runs.GetRunRequest(name=run)),
        lambda found: found.run.state > run_pb2.RUN_STATE_RUNNING,
    )
    return answer.run


def _creation_of(ontology: str, type_id: str) -> dict[str, Any]:
    """A target that creates an object type."""
    return {
        "method": "oms.ontology.v1.ObjectTypeService/CreateObjectType",
        "request": {"parent": ontology, "objectTypeId": type_id, "objectType": {}},
    }


async def test_a_run_by_hand_calls_a_method_as_its_job(
    api: Api, ontology: str, job_id: str
) -> None:
    job = job_pb2.Job(target={"grpc": _creation_of(ontology, "Made")})
    made = (await api(jobs.CreateJobRequest(job_id=job_id, job=job))).job
    assert made.name == f"jobs/{job_id}"
    assert list(made.permissions) == ["ontology.object_types.write"]
    run = (await api(jobs.RunJobRequest(name=made.name, request_id="once"))).run
    again = (await api(jobs.RunJobRequest(name=made.name, request_id="once"))).run
    assert again.name == run.name
    ended = await _ended(api, run.name)
    assert ended.state == run_pb2.RUN_STATE_SUCCEEDED, ended
    answered = ended.result.struct_value["objectType"]
    assert answered["name"] == f"{ontology}/objectTypes/Made"
    log = await api(revisions.ListCommitsRequest(parent=ontology, page_size=1))
    author = log.commits[0].author
    assert author.startswith(f"jobs/{job_id} (jobs/{job_id}) [service]|verified|")
    listed = await api(runs.ListRunsRequest(parent=made.name))
    assert [each.name for each in listed.runs] == [run.name]
    await api(jobs.DeleteJobRequest(name=made.name))


async def test_an_interval_job_fires_and_its_runs_are_watched(api: Api, job_id: str) -> None:
    stream = (await api(streams.CreateStreamRequest(stream_id=job_id))).stream.name
    event = {"stream": stream, "type": "com.acme.tick", "data": {"string_value": "tock"}}
    job = job_pb2.Job(schedule=_EVERY_SECOND, target={"event": event})
    name = (await api(jobs.CreateJobRequest(job_id=job_id, job=job))).job.name
    async with (
        asyncio.timeout(_PATIENCE_S),
        aclosing(api.stream(runs.WatchRunsRequest(parent=name))) as watched,  # pyright: ignore[reportArgumentType] - a generator
    ):
        async for message in watched:
            if message.run.state == run_pb2.RUN_STATE_SUCCEEDED:
                break
    paused = (await api(jobs.PauseJobRequest(name=name, reason="enough"))).job
    assert (paused.state, paused.state_reason) == (job_pb2.JOB_STATE_PAUSED, "enough")
    published = await api(events.ListEventsRequest(parent=stream, event_id=message.run.name))
    (found,) = published.events
    assert (found.event.type, found.event.text_data) == ("com.acme.tick", '"tock"')
    await api(jobs.DeleteJobRequest(name=name))
    await api(streams.DeleteStreamRequest(name=stream))


async def test_what_is_wrong_with_a_job_is_named(
    api: Api, ontology: str, job_id: str, failing: Any
) -> None:
    def create(**fields: Any) -> Awaitable[Any]:
        job = job_pb2.Job(**{"target": {"grpc": _creation_of(ontology, "Made")}} | fields)
        return api(jobs.CreateJobRequest(job_id=job_id, job=job))

    error = await failing(create(schedule={"trigger": {"cron": {"expression": "0 25 * * *"}}}))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EXPRESSION")
    assert error.metadata["offset"] == "2"
    error = await failing(create(schedule=_EVERY_SECOND | {"time_zone": "Mars/Olympus"}))
    assert error.fields == ["job.schedule.time_zone"]
    unknown = _creation_of(ontology, "Made")
    unknown["request"]["colour"] = "red"
    error = await failing(create(target={"grpc": unknown}))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert [field for field in error.fields if field.startswith("job.target.grpc.request")]
    error = await failing(api(jobs.GetJobRequest(name=f"jobs/{job_id}")))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_who_leads_and_who_works_is_told(api: Api) -> None:
    status = await _until(
        lambda: api(scheduler.GetSchedulerStatusRequest()),
        lambda found: found.HasField("leader") and bool(found.workers),
    )
    assert status.leader.fencing_token > 0
    (worker,) = status.workers
    assert (worker.name, worker.draining) == (f"workers/{status.leader.id}", False)


async def test_the_short_paths_lead_to_jobs(http: httpx.AsyncClient, job_id: str) -> None:
    job = {
        "description": "short",
        "target": {"grpc": {"method": "oms.scheduler.v1.SchedulerService/GetSchedulerStatus"}},
    }
    made = await http.post("/jobs", params={"job_id": job_id}, json=job)
    assert made.status_code == 200, made.text
    name = made.json()["job"]["name"]
    listed = await http.get("/jobs", params={"id_prefix": job_id})
    assert [each["name"] for each in listed.json()["jobs"]] == [name]
    changed = await http.put(f"/{name}", json={"description": "changed"})
    assert changed.json()["job"]["description"] == "changed", changed.text
    run = await http.post(f"/{name}/run", json={})
    assert run.status_code == 200, run.text
    ended = await _until(
        lambda: _json(http, f"/v1/{run.json()['run']['name']}"), lambda found: "endTime" in found
    )
    assert ended["state"] == "RUN_STATE_SUCCEEDED", ended
    assert "leader" in ended["result"]
    assert (await http.delete(f"/{name}")).status_code == 200
    assert (await http.get(f"/{name}")).status_code == 404


async def _json(http: httpx.AsyncClient, path: str) -> Any:
    return (await http.get(path)).json()["run"]
