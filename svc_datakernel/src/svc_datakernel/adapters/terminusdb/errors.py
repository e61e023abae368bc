"""What the server's refusals mean in the kernel's words. Nothing of a document gets into them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

from oms_core.errors import (
    BranchProtected,
    DataVersionMismatch,
    FieldViolation,
    InvalidDocument,
    InvalidField,
    InvalidQuery,
    InvalidSchema,
    MigrationRefused,
    OmsError,
    PatchConflict,
    PermissionDenied,
    PreconditionViolation,
    RebaseConflict,
    ResourceAlreadyExists,
    ResourceNotFound,
    SchemaViolation,
    ServiceUnavailable,
)

from svc_datakernel.adapters.terminusdb.names import data_version
from svc_datakernel.domain.wording import counted

_MOST_NAMED: Final = 100
_MOST_TEXT: Final = 500

_BY_TYPE: Final[Mapping[str, type[OmsError]]] = MappingProxyType(
    {
        "api:BadDataVersion": InvalidField,
        "api:BadParameterType": InvalidField,
        "api:BadDescriptorPath": InvalidField,
        "api:InvalidDatabaseName": InvalidField,
        "api:InvalidResourcePath": InvalidField,
        "api:DocumentAccessImpossible": InvalidField,
        "api:NotACommitDescriptorError": InvalidField,
        "api:BranchMainDeletionError": BranchProtected,
        "api:InvalidIRI": InvalidSchema,
        "api:ReservedPrefix": InvalidSchema,
        "api:NoContextFoundInSchema": InvalidSchema,
        "api:WOQLSyntaxError": InvalidQuery,
        "api:WOQLModeError": InvalidQuery,
        "vio:WOQLSyntaxError": InvalidQuery,
        "api:DocumentInsertionFailedUnexpectedly": InvalidDocument,
    }
)

# Which resource is meant, and the member of the error that names it.
_TAKEN: Final = MappingProxyType(
    {
        "api:DocumentIdAlreadyExists": ("document", "api:document_id"),
        "api:BranchExistsError": ("branch", "api:branch_name"),
        "api:DatabaseAlreadyExists": ("database", "api:database_name"),
        "api:PrefixAlreadyExists": ("prefix", "api:prefix_name"),
    }
)
_ABSENT: Final = MappingProxyType(
    {
        "api:DocumentNotFound": ("document", "api:document_id"),
        "api:UnknownDatabase": ("database", "api:database_name"),
        "api:UnknownOriginDatabase": ("database", "api:database_name"),
        "api:UnresolvableAbsoluteDescriptor": ("revision", "api:absolute_descriptor"),
        "api:UnresolvableCommitId": ("commit", "api:commit"),
        "api:NotValidRefError": ("revision", "api:ref"),
        "api:OriginBranchDoesNotExist": ("branch", "api:branch"),
        "api:BranchDoesNotExist": ("branch", "api:branch_name"),
        "api:PrefixNotFound": ("prefix", "api:prefix_name"),
        "api:UnknownOrganizationName": ("organization", "api:organization_name"),
    }
)
_VIOLATIONS: Final = frozenset({"api:SchemaCheckFailure", "api:WOQLSchemaCheckFailure"})


def translate(status: int, answer: object, otherwise: type[OmsError]) -> OmsError:
    """The error that an answer with a status of 400 or more means.

    Args:
        answer: The body, parsed.
        otherwise: What a refusal of an unknown kind means for this request.
    """
    body = _object(answer)
    error = _object(body.get("api:error"))
    type_ = _text(error.get("@type"))
    if status == 401:
        return ServiceUnavailable(
            "TerminusDB does not accept the kernel's credentials; see OMS_TERMINUSDB_USER",
            metadata={"service": "terminusdb", "api_error": type_},
        )
    if status == 403:
        return PermissionDenied("TerminusDB does not let the kernel's user do this")
    found = _conflict(status, body, error, type_) or _named(error, type_) or _checked(body, error)
    if found is None:
        found = _general(status, body, type_, otherwise)
    if type_:
        found.metadata.setdefault("api_error", type_)
    return found


def _conflict(
    status: int, body: Mapping[str, Any], error: Mapping[str, Any], type_: str
) -> OmsError | None:
    if type_.startswith("api:Rebase"):
        return _rebase_conflict(error)
    if status == 409:
        conflicts = error.get("api:conflicts") or body.get("api:witnesses") or [dict(body)]
        return _patch_conflict(conflicts)
    if type_ == "api:DataVersionMismatch":
        expected = data_version(_text(error.get("api:requested_data_version")))
        actual = data_version(_text(error.get("api:actual_data_version")))
        return DataVersionMismatch(
            f"the data version is {actual}, not {expected}; read again, then repeat the change",
            metadata={"expected": expected, "actual": actual},
        )
    return None


def _patch_conflict(conflicts: object) -> PatchConflict:
    listed = _list(conflicts)
    names = [_text(_object(item).get("@id")) or "document" for item in listed[:_MOST_NAMED]]
    return PatchConflict(
        f"{', '.join(names[:3])}: not as the patch expects; read again, then repeat the change",
        metadata={"conflicts": json.dumps(listed[:_MOST_NAMED])},
        preconditions=[
            PreconditionViolation("PATCH_CONFLICT", name, "not as expected") for name in names
        ],
    )


def _rebase_conflict(error: Mapping[str, Any]) -> RebaseConflict:
    witnesses = _list(error.get("api:witness") or error.get("api:witnesses"))
    return RebaseConflict(
        "a commit can't be put on top of the other branch: the documents would break their schema",
        metadata={
            "commit": _text(error.get("api:their_commit")),
            "witnesses": json.dumps(witnesses[:_MOST_NAMED]),
        },
    )


def _named(error: Mapping[str, Any], type_: str) -> OmsError | None:
    if type_ in _TAKEN:
        resource, member = _TAKEN[type_]
        return ResourceAlreadyExists.of(resource, _text(error.get(member)))
    if type_ in _ABSENT:
        resource, member = _ABSENT[type_]
        return ResourceNotFound.of(resource, _text(error.get(member)))
    return None


def _checked(body: Mapping[str, Any], error: Mapping[str, Any]) -> OmsError | None:
    is_violation = _text(error.get("@type")) in _VIOLATIONS
    if not is_violation and "system:witnesses" not in body:
        return None
    witnesses = _list(error.get("api:witnesses") or body.get("system:witnesses"))
    shown = witnesses[:_MOST_NAMED]
    return SchemaViolation(
        f"{counted(len(witnesses), 'violation', 'violations')} of the schema; nothing was changed",
        metadata={"count": str(len(witnesses)), "witnesses": json.dumps(shown)},
        fields=[_violation(_object(witness)) for witness in shown],
    )


def _violation(witness: Mapping[str, Any]) -> FieldViolation:
    document = _text(_object(witness.get("document")).get("@id")) or _text(witness.get("document"))
    field = _text(witness.get("field") or witness.get("predicate") or witness.get("property"))
    subject = document or _text(witness.get("instance") or witness.get("subject"))
    name = ".".join(part for part in (subject, field) if part) or "document"
    return FieldViolation(name, _text(witness.get("@type")) or "breaks the schema")


def _general(
    status: int, body: Mapping[str, Any], type_: str, otherwise: type[OmsError]
) -> OmsError:
    message = _text(body.get("api:message"))[:_MOST_TEXT]
    known = _BY_TYPE.get(type_)
    if known is not None:
        return known(message or type_)
    if status >= 500:
        return ServiceUnavailable(
            f"TerminusDB failed on the request with status {status}",
            metadata={"service": "terminusdb", "status": str(status)},
        )
    if status == 404:
        return ResourceNotFound(message or "TerminusDB does not have what was asked for")
    if "Migration" in _text(body.get("@type")) or "igration" in type_:
        return MigrationRefused(message or type_)
    return otherwise(message or type_ or f"TerminusDB refused the request with status {status}")


def foreign(what: str, status: int) -> ServiceUnavailable:
    """The error about an answer that TerminusDB does not give, such as a proxy's page."""
    return ServiceUnavailable(
        f"what answered with status {status} is not TerminusDB: {what}; "
        "see TERMINUSDB_ENDPOINT, and any proxy in front of it",
        metadata={"service": "terminusdb", "status": str(status)},
    )


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
