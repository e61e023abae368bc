"""Renders and validates the Envoy configuration of the suite.

config = render(upstreams, GatewaySettings(), Artifacts.find())
validate(config)
Path("envoy.json").write_text(to_json(config))
"""

from oms_gateway.artifacts import Artifacts
from oms_gateway.render import render, to_json
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import HTTP_LISTENERS, HTTP_SERVICES, Upstreams
from oms_gateway.validate import ConfigRejected, envoy_path, validate

__all__ = [
    "HTTP_LISTENERS",
    "HTTP_SERVICES",
    "Artifacts",
    "ConfigRejected",
    "GatewaySettings",
    "Upstreams",
    "envoy_path",
    "render",
    "to_json",
    "validate",
]
