"""`oms jobs`, `runs`, `tasks`, `scheduler`."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import click
import pytest
from oms_cli.commands.jobs import LabelType
from oms_cli.commands.runs import RunNameType

_PATIENCE_S = 60
_METHOD = "oms.scheduler.v1.{}"
_YEARLY = {"trigger": {"cron": {"expression": "0 0 1 1 *"}}}
_EVERY_SECOND = {"trigger": {"interval": {"every": "1s"}}}


@pytest.fixture
def job_id() -> str:
    """An id that no other test uses."""
    return f"j{secrets.token_hex(6)}"


@pytest.fixture
def create(scheduler_cli, job_id):
    """Creates a job that asks the scheduler itself for something."""

    def create(
        method: str = "SchedulerService/GetSchedulerStatus",
        *options: str,
        request: Any = None,
        **more: Any,
    ) -> str:
        target = {"grpc": {"method": _METHOD.format(method), "request": request or {}}}
        job = json.dumps({"target": target} | more)
        return scheduler_cli("jobs", "create", job_id, "-f", "-", *options, stdin=job)

    return create


def _until(ask: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + _PATIENCE_S
    while not is_right(answer := ask()):
        assert time.monotonic() < deadline, answer
    return answer


def test_a_job_is_listed_changed_paused_and_deleted(scheduler_cli, job_id, create):
    created = create(schedule=_YEARLY, labels={"team": "data"}, description="before")
    assert f"jobs/{job_id}" in created
    arguments = ("jobs", "list", "--prefix", job_id)
    _, line = scheduler_cli(*arguments, "--label", "team=data").splitlines()
    assert line.split()[:2] == [job_id, "active"]
    assert "grpc oms.scheduler.v1.SchedulerService/GetSchedulerStatus" in line
    assert scheduler_cli.json(*arguments, "--state", "ended") == []
    scheduler_cli("jobs", "update", job_id, "-", stdin='{"description": "after"}')
    assert scheduler_cli.json("jobs", "get", job_id)["description"] == "after"
    assert "stocktaking" in scheduler_cli("jobs", "pause", job_id, "--reason", "stocktaking")
    assert "JOB_STATE_ACTIVE" in scheduler_cli("jobs", "resume", job_id)
    stale = scheduler_cli.run("jobs", "delete", job_id, "--etag", "1-1")
    assert "STALE_ETAG" in stale.stderr
    scheduler_cli("jobs", "delete", job_id)
    assert "RESOURCE_NOT_FOUND" in scheduler_cli.run("jobs", "get", job_id).stderr


def test_a_run_is_waited_for_listed_and_read(scheduler_cli, job_id, create):
    assert scheduler_cli.run("jobs", "create", job_id).exit_code == 2
    create("ScheduleService/PreviewSchedule", request={"schedule": _YEARLY})
    run = scheduler_cli.json("jobs", "run", job_id, "--wait")
    assert (run["state"], len(run["result"]["times"])) == ("RUN_STATE_SUCCEEDED", 10)
    parameters = json.dumps({"schedule": _YEARLY, "count": 2})
    given = ("--wait", "--parameters", "-", "--request-id", "one")
    other = scheduler_cli.json("jobs", "run", job_id, *given, stdin=parameters)
    assert len(other["result"]["times"]) == 2
    again = scheduler_cli.json("jobs", "run", job_id, "--request-id", "one", stdin=parameters)
    assert again["name"] == other["name"]
    listed = scheduler_cli("runs", "list", job_id, "--state", "succeeded", "--state", "failed")
    first, second = (line.split()[:3] for line in listed.splitlines()[1:])
    assert f"jobs/{first[0].replace('/', '/runs/')}" == other["name"]
    assert second[1:] == ["succeeded", "manual"]
    shown = scheduler_cli("runs", "get", first[0])
    assert "attempt 1  " in shown
    names = {each["name"] for each in scheduler_cli.json("runs", "list", "-n", "0")}
    assert {run["name"], other["name"]} <= names
    cancelled = scheduler_cli.json("runs", "cancel", other["name"])
    assert cancelled["state"] == "RUN_STATE_SUCCEEDED"


def test_a_run_that_fails_says_why_and_exits_with_1(scheduler_cli, job_id, create):
    create("JobService/GetJob", request={"name": "jobs/nobody"})
    failed = scheduler_cli.run("jobs", "run", job_id, "--wait")
    assert failed.exit_code == 1
    assert "RUN_STATE_FAILED" in failed.stdout
    (attempt,) = [line for line in failed.stdout.splitlines() if line.startswith("attempt 1  ")]
    assert "NOT_FOUND: " in attempt


def test_runs_are_watched(scheduler_cli, job_id, create):
    create(schedule=_EVERY_SECOND)
    lines = scheduler_cli("runs", "watch", job_id, "-n", "2", "--timeout", "60").splitlines()
    assert [line.split("/")[0] for line in lines] == [job_id, job_id]
    watch = ("runs", "watch", "-n", "1", "--timeout", "60", "--output", "json")
    assert json.loads(scheduler_cli(*watch))["name"].startswith("jobs/")
    scheduler_cli("jobs", "delete", job_id)


def test_a_span_is_backfilled(scheduler_cli, job_id, create):
    create("SchedulerService/GetSchedulerStatus", "--paused", schedule=_YEARLY)
    span = ("--from", "2020-01-01T00:00:00Z", "--to", "2024-06-01T00:00:00Z")
    made = scheduler_cli("jobs", "backfill", job_id, *span, "--overlap", "queue-all")
    assert made == "5 runs\n"
    ended = _until(
        lambda: scheduler_cli.json("runs", "list", job_id, "--state", "succeeded"),
        lambda found: len(found) == 5,
    )
    assert {each["cause"] for each in ended} == {"RUN_CAUSE_BACKFILL"}
    wrong = ("--from", "2020-01-01T00:00:00Z", "--to", "2020-01-01")
    assert scheduler_cli.run("jobs", "backfill", job_id, *wrong).exit_code == 2


def test_a_wrong_job_is_refused_by_field(scheduler_cli, job_id):
    job = {"target": {"task": {"task": "validate-ontology"}}}
    refused = scheduler_cli.run("jobs", "create", job_id, "-f", "-", stdin=json.dumps(job))
    assert refused.exit_code == 1
    assert "job.target.task.parameters" in refused.stderr
    unknown = scheduler_cli.run("jobs", "create", job_id, "-f", "-", stdin='{"colour": "red"}')
    assert unknown.exit_code == 2


def test_the_built_in_tasks_are_listed(scheduler_cli):
    listed = scheduler_cli("tasks", "list").splitlines()
    (line,) = [each for each in listed if each.startswith("validate-ontology")]
    assert "ontology!, branch" in line
    assert {"id", "description", "parameters"} <= scheduler_cli.json("tasks", "list")[0].keys()


def test_the_scheduler_tells_who_leads_and_a_worker_is_drained(scheduler_cli):
    found = _until(
        lambda: scheduler_cli.json("scheduler", "status"),
        lambda found: "leader" in found and "workers" in found,
    )
    (worker,) = (each["name"].removeprefix("workers/") for each in found["workers"])
    shown = scheduler_cli("scheduler", "status")
    assert f"leader  {found['leader']['id']} since" in shown
    drained = scheduler_cli.json("scheduler", "drain", worker)
    assert drained["worker"]["draining"] is True
    assert "draining" in scheduler_cli("scheduler", "status").splitlines()[-1]
    resumed = scheduler_cli.json("scheduler", "drain", worker, "--resume")
    assert "draining" not in resumed["worker"]
    missing = scheduler_cli.run("scheduler", "drain", "nobody")
    assert "RESOURCE_NOT_FOUND" in missing.stderr


@pytest.mark.parametrize("text", ["a/b", "jobs/a/runs/b"])
def test_a_run_is_named(text):
    assert RunNameType().convert(text, None, None) == "jobs/a/runs/b"


@pytest.mark.parametrize("text", ["", "a", "a/", "/b", "jobs/a", "a/b/c", "jobs//runs/b"])
def test_another_text_names_no_run(text):
    with pytest.raises(click.BadParameter):
        RunNameType().convert(text, None, None)


@pytest.mark.parametrize("text", ["", "a", "=b"])
def test_another_text_is_no_label(text):
    with pytest.raises(click.BadParameter):
        LabelType().convert(text, None, None)
