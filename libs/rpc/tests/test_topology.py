"""Which service is where."""

import pytest
from oms_rpc import SERVICES, Topology, TopologySettings, UnknownService
from oms_rpc.topology import entry, owner_of

FLAGS = {
    "USE_DATA_KERNEL_GATEWAY": "datakernel",
    "USE_EMBEDDING_MS": "embedding",
    "USE_SCHEDULER_MS": "scheduler",
    "USE_EVENT_GATEWAY": "events",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for row in SERVICES:
        monkeypatch.delenv(row.flag or "_", raising=False)
        monkeypatch.delenv(row.address_variable, raising=False)


def test_everything_is_hosted_by_default():
    assert Topology.from_environment().hosted() == (
        "api",
        "datakernel",
        "embedding",
        "scheduler",
        "events",
        "graphql",
    )


@pytest.mark.parametrize(("flag", "service"), FLAGS.items())
def test_a_flag_moves_its_service_out(monkeypatch, flag, service):
    monkeypatch.setenv(flag, "true")
    topology = Topology.from_environment()
    assert not topology.is_hosted(service)
    assert topology.moved_out == {service}


def test_api_has_no_flag():
    assert entry("api").flag == ""


@pytest.mark.parametrize("row", SERVICES, ids=lambda row: row.name)
def test_address_variable_wins_over_the_default(monkeypatch, row):
    assert Topology.from_environment().address(row.name) == row.default_address
    monkeypatch.setenv(row.address_variable, "elsewhere:1")
    assert Topology.from_environment().address(row.name) == "elsewhere:1"


def test_addresses_may_be_given_in_part():
    topology = Topology(addresses={"events": "e:1"})
    assert topology.address("events") == "e:1"
    assert topology.address("embedding") == "embedding-service:50055"


def test_settings_hold_a_field_for_every_flag_and_address():
    aliases = {str(f.validation_alias) for f in TopologySettings.model_fields.values()}
    wanted = {row.flag for row in SERVICES if row.flag}
    assert aliases == wanted | {row.address_variable for row in SERVICES}


def test_default_addresses_of_settings_and_table_agree():
    settings = TopologySettings()
    values = {
        str(f.validation_alias): getattr(settings, n)
        for n, f in type(settings).model_fields.items()
    }
    assert {row.address_variable: row.default_address for row in SERVICES}.items() <= values.items()


def test_ports_and_packages_belong_to_one_service_each():
    assert len({row.port for row in SERVICES}) == len(SERVICES)
    packages = [package for row in SERVICES for package in row.packages]
    assert len(set(packages)) == len(packages)
    assert owner_of("oms.datakernel.v1").name == "datakernel"


@pytest.mark.parametrize("ask", [entry, owner_of, Topology().address, Topology().is_hosted])
def test_unknown_name_is_a_defect(ask):
    with pytest.raises(UnknownService):
        ask("nothing")
