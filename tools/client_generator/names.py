"""How services and methods of the protos are called in the Python client."""

from __future__ import annotations

import re
from typing import Final

# Services whose name no List method puts into the plural.
_ATTRIBUTES: Final = {
    "ChangeSetService": "change_sets",
    "ModelDocumentService": "model_documents",
    "RevisionService": "revisions",
    "ScheduleService": "schedules",
    "TripleService": "triples",
}
# Its nouns are documents, all but once.
_WHOLE: Final = "ModelDocumentService"
_KERNEL: Final = "oms.datakernel.v1"


def snake(name: str) -> str:
    """`ObjectType` as `object_type`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def camel(name: str) -> str:
    """`object_types` as `ObjectTypes`."""
    return "".join(part.capitalize() for part in name.split("_"))


def is_kernel(package: str) -> bool:
    """Whether a package's services are attributes of `client.kernel`, not of the client."""
    return package == _KERNEL


def attribute_of(service: str, methods: list[str]) -> str:
    """`object_types` for `ObjectTypeService`: the plural that its List method uses, if any."""
    if service in _ATTRIBUTES:
        return _ATTRIBUTES[service]
    noun = service.removesuffix("Service")
    listed = (m.removeprefix("List") for m in methods if m.startswith("List"))
    plurals = [p for p in listed if p in (f"{noun}s", f"{noun}es", f"{noun[:-1]}ies")]
    return snake(plurals[0] if plurals else noun)


def method_of(service: str, attribute: str, method: str) -> str:
    """`create` for `CreateObjectType` of `ObjectTypeService`; `get_async_api` as it is.

    The noun is left out only after a single verb or `BatchGet`.
    """
    if service == _WHOLE:
        return snake(method)
    for noun in (camel(attribute), service.removesuffix("Service")):
        verb = method.removesuffix(noun)
        if verb != method and (verb == "BatchGet" or re.fullmatch(r"[A-Z][a-z]+", verb)):
            return snake(verb)
    return snake(method)
