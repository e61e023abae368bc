"""`oms events`, `streams`, `subscriptions`, `webhooks`, `routing-rules`."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click
import pytest
from oms.event.v1.event_service_pb2 import StartPosition
from oms_cli.positions import START
from oms_cli.session import Session


@pytest.fixture
def stream(events_cli) -> str:
    """A stream of the test's own."""
    name = f"s{secrets.token_hex(6)}"
    events_cli("streams", "create", name, "-f", "-", stdin='{"description": "of a test"}')
    return name


@pytest.fixture
def publish(events_cli, stream):
    def publish(*subjects: str) -> None:
        events = [
            {"specversion": "1.0", "id": f"e-{each}", "source": "/shop", "type": "com.acme.sold"}
            | {"subject": each, "data": {"n": each}}
            for each in subjects
        ]
        events_cli("events", "publish", "-", "--stream", stream, stdin=json.dumps(events))

    return publish


class Endpoint:
    """Takes everything, or nothing."""

    def __init__(self) -> None:
        self.status = 204
        self.bodies: list[Any] = []
        self.arrived = threading.Semaphore(0)
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                endpoint.bodies.append(json.loads(body))
                self.send_response(endpoint.status)
                self.send_header("content-length", "0")
                self.end_headers()
                endpoint.arrived.release()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


def test_an_event_is_made_published_listed_and_read(events_cli, stream):
    made = ("--type", "com.acme.sold", "--subject", "k", "--id", "e1", "--data", '{"n": 1}')
    published = events_cli("events", "publish", "--stream", stream, *made)
    assert published == f"streams/{stream}/events/1\n"
    again = events_cli("events", "publish", "--stream", stream, *made)
    assert "it was there already" in again
    assert "com.acme.sold  k" in events_cli("events", "list", "--stream", stream)
    event = json.loads(events_cli("events", "get", "1", "--stream", stream))
    assert (event["id"], event["subject"], event["data"]) == ("e1", "k", {"n": 1})


def test_a_list_is_narrowed_and_limited(events_cli, stream, publish):
    publish("a", "b", "c")
    arguments = ("events", "list", "--stream", stream)
    assert [each["sequence"] for each in events_cli.json(*arguments, "-n", "2")] == ["1", "2"]
    by_subject = events_cli.json(*arguments, "--subject", "b")
    assert [each["event"]["id"] for each in by_subject] == ["e-b"]
    by_sql = events_cli.json(*arguments, "--filter", "subject IN ('b', 'c')", "--type", "com.*")
    assert [each["event"]["id"] for each in by_sql] == ["e-b", "e-c"]


def test_a_wrong_event_is_refused_by_attribute(events_cli, stream):
    refused = events_cli.run("events", "publish", "-", "--stream", stream, stdin='{"id": "1"}')
    assert refused.exit_code == 1
    assert "INVALID_EVENT" in refused.stderr
    assert "source" in refused.stderr


@pytest.mark.parametrize("arguments", [(), ("-", "--type", "a"), ("--type", "a", "--data", "{")])
def test_what_is_to_be_published_has_to_be_clear(events_cli, arguments):
    assert events_cli.run("events", "publish", *arguments, stdin="{}").exit_code == 2


def test_tail_prints_what_was_published_and_where_to_go_on(events_cli, stream, publish):
    publish("a", "b", "c")
    tail = ("events", "tail", "--stream", stream, "--type", "com.*")
    lines = events_cli(*tail, "--from", "beginning", "-n", "2").splitlines()
    assert [line.split()[2:] for line in lines[::2]] == [
        ["com.acme.sold", "a"],
        ["com.acme.sold", "b"],
    ]
    assert json.loads(lines[1]) == {"n": "a"}
    (rest,) = events_cli(*tail, "--from", "3", "-n", "1", "--output", "json").splitlines()
    assert json.loads(rest)["event"]["id"] == "e-c"


def test_tail_that_is_interrupted_says_where_to_go_on(events_cli, stream, publish, monkeypatch):
    publish("a", "b")
    watch = Session.watch

    def interrupted(*arguments: Any) -> Iterator[Any]:
        yield next(watch(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "watch", interrupted)
    ended = events_cli.run("events", "tail", "--stream", stream, "--from", "2")
    assert ended.exit_code == 130
    assert "resume with --from 3" in ended.stderr


def test_the_catalogue_is_listed_described_and_exported(events_cli):
    kind = "oms.ontology.object_type.updated.v1"
    assert kind in events_cli("events", "types", "--prefix", "oms.ontology.")
    assert events_cli.json("events", "describe", kind)["type"] == kind
    assert json.loads(events_cli("events", "schema", kind))["type"] == "object"
    assert json.loads(events_cli("events", "asyncapi"))["asyncapi"].startswith("3.")


def test_a_stream_is_listed_changed_purged_and_deleted(events_cli, stream, publish):
    publish("a", "b", "c")
    (listed,) = [
        line for line in events_cli("streams", "list").splitlines() if line.startswith(stream)
    ]
    assert listed.split()[1] == "3"
    changed = '{"description": "another", "maxEvents": "9"}'
    events_cli("streams", "update", stream, "-", "--mask", "description", stdin=changed)
    found = events_cli.json("streams", "get", stream)
    assert (found["description"], found.get("maxEvents", "0")) == ("another", "0")
    purged = events_cli("streams", "purge", stream, "--keep", "1", "--yes")
    assert purged == "2 events removed\n"
    assert events_cli.run("streams", "purge", stream, stdin="n\n").exit_code == 1
    events_cli("streams", "delete", stream)
    assert "RESOURCE_NOT_FOUND" in events_cli.run("streams", "get", stream).stderr


def test_a_subscription_hands_out_and_takes_back(events_cli, stream, publish):
    settings = {"selection": {"stream": f"streams/{stream}", "start": {"beginning": True}}}
    events_cli("subscriptions", "create", stream, "-f", "-", stdin=json.dumps(settings))
    publish("a", "b", "c")
    pull = ("subscriptions", "pull", stream, "--wait", "30")
    first, *_ = events_cli.json(*pull, "--max", "1")
    assert first["event"]["event"]["id"] == "e-a"
    events_cli("subscriptions", "reject", stream, first["ackId"])
    (again,) = events_cli.json(*pull, "--max", "1")
    # The one that was given back, or the next one: nothing is in order here.
    events_cli("subscriptions", "ack", stream, again["ackId"])
    seek = events_cli.json("subscriptions", "seek", stream, "3")
    assert seek["subscription"]["name"] == f"subscriptions/{stream}"
    line = events_cli(*pull, "--ack").splitlines()[0]
    assert line.endswith("com.acme.sold c")
    assert events_cli("subscriptions", "pull", stream) == ""
    listed = events_cli("subscriptions", "list")
    assert f"streams/{stream}" in listed
    events_cli("subscriptions", "delete", stream)


def test_a_webhook_delivers_fails_and_catches_up(events_cli, stream, publish, endpoint):
    settings = {"url": endpoint.url, "stream": f"streams/{stream}"}
    created = events_cli("webhooks", "create", stream, "-f", "-", stdin=json.dumps(settings))
    assert "whsec_" in created
    tested = events_cli.json("webhooks", "test", stream)
    assert tested["outcome"] == "ATTEMPT_OUTCOME_DELIVERED"
    publish("a")
    for _ in range(2):
        assert endpoint.arrived.acquire(timeout=60)
    assert [body.get("subject") for body in endpoint.bodies][-1] == "a"
    endpoint.status = 500
    refused = events_cli.run("webhooks", "test", stream)
    assert refused.exit_code == 1
    assert "whsec_" in events_cli("webhooks", "rotate-secret", stream, "--overlap", "0")
    assert "1 events queued, up to 1" in events_cli("webhooks", "replay", stream, "beginning")
    assert events_cli.json("webhooks", "statistics", stream)
    assert stream in events_cli("webhooks", "list")
    assert events_cli("webhooks", "dead-letters", stream, "--output", "json") == "[]\n"
    assert "0 queued again" in events_cli("webhooks", "replay-dead-letters", stream)
    deleted = events_cli("webhooks", "delete-dead-letters", stream, "--yes")
    assert deleted == "0 deleted\n"
    # The endpoint sees a request before it is in the log.
    deadline = time.monotonic() + 60
    while not (found := events_cli.json("webhooks", "attempts", stream)):
        assert time.monotonic() < deadline
    assert found[0]["eventId"] == "e-a"
    assert found[0]["deliveryId"] in events_cli("webhooks", "attempts", stream)
    assert events_cli.json("webhooks", "attempts", stream, "--delivery", "none") == []
    events_cli("webhooks", "delete", stream)


def test_a_rule_is_tried_before_it_copies(events_cli, stream, publish, tmp_path):
    publish("a")
    target = f"{stream}-copy"
    events_cli("streams", "create", target)
    rule = {
        "stream": f"streams/{stream}",
        "filters": [{"exact": {"values": {"subject": "a"}}}],
        "transform": {"attributes": {"type": "com.acme.copied"}},
        "targetStream": f"streams/{target}",
    }
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(rule))
    tried = events_cli("routing-rules", "test", str(file), "--event", f"{stream}/1")
    assert json.loads(tried)["type"] == "com.acme.copied"
    rule["filters"] = [{"exact": {"values": {"subject": "b"}}}]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(rule))
    passed_over = events_cli.run("routing-rules", "test", str(other), "--event", f"{stream}/1")
    assert passed_over.exit_code == 1
    assert passed_over.stdout == "the rule is not for this event\n"
    events_cli("routing-rules", "create", stream, "-f", str(file))
    publish("a2", "a")
    tail = ("events", "tail", "--stream", target, "--from", "beginning", "-n", "1")
    events_cli("events", "publish", "--stream", stream, "--type", "x", "--subject", "a")
    assert "com.acme.copied a" in events_cli(*tail, "--timeout", "60")
    assert f"streams/{target}" in events_cli("routing-rules", "list")
    events_cli("routing-rules", "delete", stream)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("beginning", StartPosition(beginning=True)),
        ("now", StartPosition()),
        ("17", StartPosition(sequence=17)),
        ("ab" * 32, StartPosition(commit="ab" * 32)),
        ("2026-01-31T12:00:00Z", StartPosition(time={"seconds": 1769860800})),
    ],
)
def test_a_position_is_read(text, position):
    assert START.convert(text, None, None) == position


@pytest.mark.parametrize("text", ["", "-1", "end", "yesterday", "abc"])
def test_another_text_is_no_position(text):
    with pytest.raises(click.BadParameter):
        START.convert(text, None, None)
