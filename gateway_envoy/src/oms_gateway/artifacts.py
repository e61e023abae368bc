"""The generated files that Envoy serves or transcodes by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oms.health.v1 import health_service_pb2

_DOCS_PAGE = Path(__file__).parent / "static" / "docs.html"


@dataclass(frozen=True, slots=True)
class Artifacts:
    """Paths, as Envoy itself will open them.

    Args:
        descriptors: `FileDescriptorSet` of every proto, with imports.
        openapi: The OpenAPI description, served at `/openapi.json`.
        docs: The page served at `/docs`.
    """

    descriptors: Path
    openapi: Path
    docs: Path = _DOCS_PAGE

    @classmethod
    def find(cls) -> Artifacts:
        """Those of the installed `oms-gen`: beside its stubs in a checkout, inside it in a wheel.

        Raises:
            FileNotFoundError: neither place holds them; run `make gen`.
        """
        stubs = Path(health_service_pb2.__file__).resolve().parents[3]
        for folder in (stubs.parent, stubs / "oms_gen"):
            descriptors = folder / "descriptors" / "oms.binpb"
            if descriptors.is_file():
                return cls(descriptors, folder / "openapi" / "openapi.json")
        raise FileNotFoundError(f"no descriptors/oms.binpb near {stubs}; run `make gen`")
