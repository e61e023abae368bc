"""Versions of what is installed here, and of the server."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from oms_core import __version__

from oms_cli.doctor.findings import Finding, Verdict

_OLDEST_PYTHON: Final = (3, 11)
# Generated code refuses an older runtime than the one it was made for.
_OLDEST: Final = {"grpcio": (1, 85), "protobuf": (7, 35)}


def installed() -> Iterator[Finding]:
    """Python, and the libraries that generated code is particular about."""
    verdict = Verdict.OK if sys.version_info >= _OLDEST_PYTHON else Verdict.FAIL
    yield Finding("version", "python", verdict, f"{platform.python_version()}, 3.11 or newer")
    for name, oldest in _OLDEST.items():
        wanted = ".".join(map(str, oldest))
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding("version", name, Verdict.FAIL, f"not installed; {wanted} or newer")
            continue
        is_new = tuple(map(int, found.split(".")[:2])) >= oldest
        verdict = Verdict.OK if is_new else Verdict.FAIL
        yield Finding("version", name, verdict, f"{found}, {wanted} or newer")


def compared(server: str) -> Finding:
    """This command beside the server: within a minor version they understand each other."""
    is_same = server.split(".")[:2] == __version__.split(".")[:2]
    detail = f"command {__version__}, server {server}"
    if is_same:
        return Finding("version", "oms", Verdict.OK, detail)
    return Finding("version", "oms", Verdict.FAIL, f"{detail}: install the server's version")
