"""`oms doctor`: each check finds what is wrong, and says what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from oms_cli.doctor import clock, data_dir, network, start_up, versions
from oms_cli.doctor.findings import Verdict
from oms_core import __version__
from oms_devstack import LOOPBACK, free_port
from oms_gateway import HTTP_LISTENERS, GatewaySettings
from oms_rpc import SERVICES

HOUR = "Fri, 27 Nov 2026 12:00:00 GMT"
AT_HOUR = 1795780800.0


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_running_server_is_looked_at_from_every_side(cli) -> None:
    gateway = f"http://{LOOPBACK}:{free_port()}"
    answer = cli.run("doctor", "--no-start-up", "--gateway", gateway, "--output", "json")
    found = {(each["area"], each["subject"]): each for each in json.loads(answer.stdout)}
    assert found["server", cli.server.target]["verdict"] == "ok"
    parts = {subject: each for (area, subject), each in found.items() if area == "server"}
    assert len(parts) > 1, "those that only callers with a token are told"
    assert {each["verdict"] for each in parts.values()} == {"ok"}
    assert found["version", "oms"]["verdict"] == "ok"
    assert found["permission", "jwt_secret"]["detail"] == "mode 600"
    assert found["clock", "server"]["verdict"] == "note"
    failed = [each for each in found.values() if each["verdict"] == "fail"]
    assert answer.exit_code == (1 if failed else 0)


def test_a_server_that_is_not_there_is_a_failure(cli) -> None:
    target = f"{LOOPBACK}:{free_port()}"
    answer = cli.run("doctor", "--no-start-up", "--target", target)
    assert answer.exit_code == 1
    assert "UNAVAILABLE: is it running?" in answer.stdout


def test_ports_are_those_of_the_topology_and_the_gateway() -> None:
    gateway = GatewaySettings()
    assert {entry.name: entry.port for entry in SERVICES} == network.GRPC_PORTS
    assert {name: gateway.port(name) for name in HTTP_LISTENERS} == network.HTTP_PORTS


@pytest.mark.parametrize("is_up", [True, False])
def test_a_taken_port_is_in_the_way_only_of_a_server_that_is_not_up(
    is_up: bool, listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "GRPC_PORTS", {"api": listening})
    monkeypatch.setattr(network, "HTTP_PORTS", {"api": free_port()})
    taken, free = network.ports(is_up=is_up)
    assert taken.verdict is (Verdict.OK if is_up else Verdict.FAIL)
    assert free.verdict is (Verdict.NOTE if is_up else Verdict.OK)


def test_named_servers_are_tried_and_their_passwords_kept(listening: int) -> None:
    found = list(
        network.dependencies(
            {
                "DATABASE_URL": f"postgresql://oms:hunter2@{LOOPBACK}:{listening}/oms",
                "REDIS_URL": f"redis://:hunter2@{LOOPBACK}:{free_port()}/0",
                "NATS_URL": f"nats://{LOOPBACK}:{listening},nats://{LOOPBACK}:banana",
            }
        )
    )
    assert [(each.subject, each.verdict.value) for each in found] == [
        ("DATABASE_URL", "ok"),
        ("REDIS_URL", "fail"),
        ("NATS_URL", "ok"),
        ("NATS_URL", "fail"),
        ("TERMINUSDB_ENDPOINT", "note"),
    ]
    assert "hunter2" not in str(found)


def test_a_secret_that_others_can_read_is_a_failure_with_its_remedy(tmp_path: Path) -> None:
    for name, mode in (("jwt_secret", 0o600), ("keys.json", 0o640)):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    found = {each.subject: each for each in data_dir.permissions(tmp_path)}
    assert found["jwt_secret"].verdict is Verdict.OK
    assert found["keys.json"].verdict is Verdict.FAIL
    assert f"chmod 600 {tmp_path / 'keys.json'}" in found["keys.json"].detail
    assert "administrator.json" not in found
    [missing] = data_dir.permissions(tmp_path / "nowhere")
    assert missing.verdict is Verdict.NOTE


@pytest.mark.parametrize(
    ("date", "began", "ended", "verdict"),
    [
        (HOUR, AT_HOUR, AT_HOUR + 0.1, "ok"),
        (HOUR, AT_HOUR + 0.9, AT_HOUR + 0.95, "ok"),  # the header is cut to the second
        (HOUR, AT_HOUR - 4, AT_HOUR - 4, "ok"),
        (HOUR, AT_HOUR - 30, AT_HOUR - 30, "fail"),
        (HOUR, AT_HOUR + 30, AT_HOUR + 30, "fail"),
        (None, AT_HOUR, AT_HOUR, "note"),
        ("soon", AT_HOUR, AT_HOUR, "note"),
    ],
)
def test_clocks_are_compared(date: str | None, began: float, ended: float, verdict: str) -> None:
    assert clock.judged(date, began, ended).verdict.value == verdict


def test_what_takes_longest_to_import_comes_first() -> None:
    log = """import time: self [us] | cumulative | imported package
import time:       200 |        200 |   grpc._cython
import time:       100 |        300 | grpc
import time:       700 |       1000 |   oms.a.b
"""
    total, first, second = start_up.shares(start_up._LINE.findall(log))
    assert total.detail == "0.00 s for 3 modules"
    assert (first.subject, first.detail) == ("import oms", "1 ms, 70 %")
    assert (second.subject, second.detail) == ("import grpc", "0 ms, 30 %")


def test_the_last_start_is_read_from_the_logs(tmp_path: Path) -> None:
    (tmp_path / "monolith").mkdir()
    ready = {"event": "ready", "seconds_since_process_start": 2.34, "state": "SERVING"}
    lines = ["not json", json.dumps({"event": "settings"}), json.dumps(ready)]
    (tmp_path / "monolith" / "monolith.log").write_text("\n".join(lines))
    (tmp_path / "monolith" / "monolith.previous.log").write_text(json.dumps(ready))
    [found] = start_up.last_start(tmp_path)
    assert found.detail == "ready 2.3 s after the process began, SERVING"


def test_another_minor_version_is_a_failure() -> None:
    assert versions.compared(__version__).verdict is Verdict.OK
    assert versions.compared("99.0.0").verdict is Verdict.FAIL
    assert all(each.verdict is Verdict.OK for each in versions.installed())
