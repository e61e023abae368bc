"""Settings become a policy, or stop the process."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from oms_outbound import OutboundPolicy, OutboundSettings
from pydantic import ValidationError


def test_defaults_are_those_of_the_policy():
    assert OutboundSettings().policy() == OutboundPolicy()


def test_variables_become_a_policy(monkeypatch):
    variables = {
        "ALLOW_HTTP": "true",
        "PRIVATE_NETWORKS": "10.1.0.0/16, fd12::/16",
        "PRIVATE_HOSTS": "Sink.Corp.example,*.svc.example",
        "ONLY_HOSTS": "*.BÜCHER.example",
        "DENIED_NETWORKS": "9.0.0.0/8",
        "NAT64_PREFIXES": "",
        "ALLOWED_PORTS": "443, 8000-8002",
        "DENIED_PORTS": "8001",
        "DNS_TIMEOUT_S": "1",
        "CONNECT_TIMEOUT_S": "2",
        "TOTAL_TIMEOUT_S": "3",
        "MAX_REQUEST_BYTES": "4",
        "MAX_RESPONSE_BYTES": "5",
        "MAX_CONNECTIONS": "6",
        "MAX_CONNECTIONS_PER_HOST": "7",
        "USER_AGENT": "Acme/1 (+https://acme.example)",
        "CA_FILE": "/etc/acme.pem",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"OMS_OUTBOUND_{name}", value)
    assert OutboundSettings().policy(allow_credentials=True) == OutboundPolicy(
        allow_http=True,
        private_networks=(ip_network("10.1.0.0/16"), ip_network("fd12::/16")),
        private_hosts=("sink.corp.example", "*.svc.example"),
        only_hosts=("*.xn--bcher-kva.example",),
        denied_networks=(ip_network("9.0.0.0/8"),),
        nat64_prefixes=(),
        allowed_ports=frozenset({443, 8000, 8001, 8002}),
        denied_ports=frozenset({8001}),
        allow_credentials=True,
        dns_timeout_s=1.0,
        connect_timeout_s=2.0,
        total_timeout_s=3.0,
        max_request_bytes=4,
        max_response_bytes=5,
        max_connections=6,
        max_connections_per_host=7,
        max_idle_connections=6,
        user_agent="Acme/1 (+https://acme.example)",
        ca_file=Path("/etc/acme.pem"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRIVATE_NETWORKS", "10.0.0.1/8"),
        ("PRIVATE_NETWORKS", "everywhere"),
        ("PRIVATE_HOSTS", "*"),
        ("PRIVATE_HOSTS", "*.10.0.0.1"),
        ("PRIVATE_HOSTS", "10.0.0.1"),
        ("PRIVATE_HOSTS", "a*b.example"),
        ("ONLY_HOSTS", "https://example.com"),
        ("NAT64_PREFIXES", "64:ff9b::/64"),
        ("ALLOWED_PORTS", "0"),
        ("ALLOWED_PORTS", "80-70"),
        ("ALLOWED_PORTS", "443-65536"),
        ("DENIED_PORTS", "http"),
        ("USER_AGENT", "a\nb"),
        ("USER_AGENT", ""),
        ("TOTAL_TIMEOUT_S", "0"),
    ],
)
def test_what_can_not_be_used_stops_the_process(monkeypatch, name, value):
    monkeypatch.setenv(f"OMS_OUTBOUND_{name}", value)
    with pytest.raises(ValidationError):
        OutboundSettings()


def test_pattern_that_is_not_canonical_is_refused():
    for pattern in ("Sink.example", "sink.example.", "*.bücher.example"):
        with pytest.raises(ValueError, match="canonical"):
            OutboundPolicy(private_hosts=(pattern,))
