"""`python -m oms_gateway render|validate|run|probe`."""

from __future__ import annotations

import argparse
import os
import ssl
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import NoReturn

from oms_rpc.topology import Topology

from oms_gateway.artifacts import Artifacts
from oms_gateway.render import render, to_json
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import Upstreams
from oms_gateway.validate import ConfigRejected, envoy_path, validate

_TIMEOUT_S = 4


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m oms_gateway", description=__doc__)
    parser.add_argument("command", choices=["render", "validate", "run", "probe"])
    parser.add_argument(
        "--upstream",
        action="append",
        default=[],
        metavar="SERVICE=ADDRESS",
        help="address of a service, such as api=127.0.0.1:50050, instead of what follows from "
        "the flags and address variables of the environment; once for each service",
    )
    parser.add_argument(
        "--http-upstream",
        action="append",
        default=[],
        metavar="SERVICE=ADDRESS",
        help="the same for a service that serves HTTP itself, such as graphql=127.0.0.1:8016",
    )
    parser.add_argument(
        "--monolith-host", default="127.0.0.1", help="where the services not moved out run"
    )
    parser.add_argument("--output", type=Path, help="file to write instead of standard output")
    return parser


def main() -> int:
    """Runs the command; exits with 1 when Envoy refuses the configuration, or does not answer."""
    arguments = _parser().parse_args()
    if arguments.command == "probe":
        return _probe(GatewaySettings())
    pairs: list[str] = arguments.upstream
    addresses = {name: address for name, _, address in (pair.partition("=") for pair in pairs)}
    monolith_host: str = arguments.monolith_host
    known = Upstreams.of(Topology.from_environment(), monolith_host=monolith_host)
    pairs = arguments.http_upstream
    http = {name: address for name, _, address in (pair.partition("=") for pair in pairs)}
    upstreams = Upstreams({**known.addresses, **addresses}, {**known.http, **http})
    config = render(upstreams, GatewaySettings(), Artifacts.find())
    if arguments.command == "validate":
        try:
            validate(config)
        except ConfigRejected as exc:
            sys.stderr.write(f"{exc}\n")
            return 1
        return 0
    if arguments.command == "run":
        _run(to_json(config))
    output: Path | None = arguments.output
    if output is None:
        sys.stdout.write(to_json(config))
    else:
        output.write_text(to_json(config), encoding="utf-8")
    return 0


def _run(config: str) -> NoReturn:
    """Becomes Envoy, so that signals reach it."""
    folder = Path(tempfile.mkdtemp(prefix="oms-gateway-"))
    (folder / "envoy.json").write_text(config, encoding="utf-8")
    envoy = str(envoy_path())
    os.execv(envoy, [envoy, "-c", str(folder / "envoy.json")])  # noqa: S606 - no shell is meant


def _any_certificate() -> ssl.SSLContext:
    """The gateway's own names another host than this one."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _probe(settings: GatewaySettings) -> int:
    """Asks the gateway of this container whether it and the services behind it are alive."""
    context = _any_certificate() if settings.tls_certificate_file else None
    url = f"{'https' if context else 'http'}://127.0.0.1:{settings.port('api')}/health/live"
    try:
        urllib.request.urlopen(url, timeout=_TIMEOUT_S, context=context).close()  # noqa: S310
    except OSError as exc:
        sys.stderr.write(f"{url}: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
