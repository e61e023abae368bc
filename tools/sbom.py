"""Prints what is installed beside this interpreter as CycloneDX: `python sbom.py NAME VERSION`.

Only the standard library: it runs inside the environment that it describes.
Source: https://cyclonedx.org/docs/1.5/json/
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import Distribution, distributions
from typing import Any


def component(distribution: Distribution) -> dict[str, Any]:
    """A distribution as CycloneDX describes a library."""
    name, version = distribution.metadata["Name"], distribution.version
    url = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    described: dict[str, Any] = {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "purl": url,
    }
    if "License-Expression" in distribution.metadata:
        licence = distribution.metadata["License-Expression"]
        described["licenses"] = [{"expression": licence}]
    return described


def bill(name: str, version: str) -> dict[str, Any]:
    """The bill of materials of an image."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": name, "version": version}},
        "components": sorted(map(component, distributions()), key=lambda each: each["purl"]),
    }


if __name__ == "__main__":
    json.dump(bill(*sys.argv[1:3]), sys.stdout, indent=1)
