"""What is wired where, in each of the sixteen combinations of the four flags."""

from __future__ import annotations

from itertools import product

import pytest
from oms_gateway import Artifacts, GatewaySettings, Upstreams, render
from oms_monolith.services import ServiceSettings, hosted_services
from oms_rpc import SERVICES, Process, RunningServer, ServerSettings, Topology, TopologySettings
from oms_rpc.local.channel import LocalChannel
from oms_rpc.parts import Parts
from oms_rpc.process import _parts
from oms_security import SecuritySettings, TokenAuthenticator
from pydantic import SecretStr

FLAGS = {entry.flag: entry.name for entry in SERVICES if entry.flag}
COMBINATIONS = list(product([False, True], repeat=len(FLAGS)))
SECURITY = SecuritySettings(jwt_secret=SecretStr("only for this test " * 4))


def _topology(values: tuple[bool, ...]) -> tuple[Topology, set[str]]:
    chosen = dict(zip(FLAGS, values, strict=True))
    settings = TopologySettings.model_validate(chosen)
    return Topology.from_settings(settings), {FLAGS[flag] for flag, on in chosen.items() if on}


@pytest.fixture(scope="module")
def settings() -> ServiceSettings:
    return ServiceSettings()


@pytest.fixture(scope="module")
def artifacts() -> Artifacts:
    return Artifacts.find()


def test_there_are_sixteen() -> None:
    assert len(COMBINATIONS) == 16


@pytest.mark.parametrize("values", COMBINATIONS)
def test_the_monolith_hosts_what_is_not_moved_out(
    values: tuple[bool, ...], settings: ServiceSettings
) -> None:
    topology, moved_out = _topology(values)
    hosted = [service.name for service in hosted_services(topology, SECURITY, settings)]
    assert set(hosted) == {entry.name for entry in SERVICES} - moved_out
    assert hosted[-2:] == ["api", "graphql"], "they call the others"
    assert "datakernel" in moved_out or hosted[0] == "datakernel", "the others call it"
    # Settings of stores are asked for by those alone that use them.
    kinds = {type(each).__name__ for each in settings.of_hosted(topology)}
    assert ("KernelSettings" in kinds) is ("datakernel" not in moved_out)
    assert ("PostgresSettings" in kinds) is not ({"events", "scheduler", "embedding"} <= moved_out)


@pytest.mark.parametrize("values", COMBINATIONS)
async def test_a_peer_is_local_if_hosted_and_elsewhere_at_its_own_address(
    values: tuple[bool, ...], settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    topology, moved_out = _topology(values)
    opened: dict[str, str] = {}

    def open_channels(service: str, address: str, _: ServerSettings) -> tuple[LocalChannel, None]:
        opened[service] = address
        return LocalChannel(lambda _: None, max_message_bytes=1024), None  # type: ignore[arg-type, return-value]

    monkeypatch.setattr("oms_rpc.process.open_channels", open_channels)
    process = Process(
        services=hosted_services(topology, SECURITY, settings),
        server=ServerSettings(port=0),
        topology=topology,
        authenticator=TokenAuthenticator(SECURITY),
    )
    parts: Parts = _parts(process, None, None)
    server = RunningServer(process, parts)
    for entry in SERVICES:
        server.peer_channel(entry.name, caller="api")
    defaults = {entry.name: entry.default_address for entry in SERVICES}
    assert opened == {name: defaults[name] for name in moved_out}


@pytest.mark.parametrize("values", COMBINATIONS)
def test_the_gateway_sends_each_service_where_it_runs(
    values: tuple[bool, ...], artifacts: Artifacts
) -> None:
    topology, moved_out = _topology(values)
    upstreams = Upstreams.of(topology, monolith_host="monolith")
    for entry in SERVICES:
        here = f"monolith:{entry.port}"
        expected = entry.default_address if entry.name in moved_out else here
        assert upstreams.addresses[entry.name] == expected
    clusters = render(upstreams, GatewaySettings(), artifacts)["static_resources"]["clusters"]
    hosts = {
        endpoint["endpoint"]["address"]["socket_address"]["address"]
        for cluster in clusters
        for group in cluster.get("load_assignment", {"endpoints": []})["endpoints"]
        for endpoint in group["lb_endpoints"]
    }
    assert hosts == {address.partition(":")[0] for address in upstreams.addresses.values()}
