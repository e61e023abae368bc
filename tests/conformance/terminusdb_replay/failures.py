"""What of a refusal is compared: its class, TerminusDB's type of it, and its witnesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from oms_core.errors import Code, OmsError

from . import exact_json

# By the recorded status: the codes that say the same. A reason of its own tells more.
_CODES: Final = {
    400: {
        Code.INVALID_ARGUMENT,
        Code.FAILED_PRECONDITION,
        Code.ABORTED,
        Code.ALREADY_EXISTS,
        Code.UNIMPLEMENTED,
    },
    404: {Code.NOT_FOUND},
    409: {Code.ABORTED, Code.ALREADY_EXISTS, Code.FAILED_PRECONDITION},
}

# Errors that are about no model but about OMS's own names; by (reason, resource_type).
_OWN: Final[Mapping[str, set[tuple[str, str]]]] = {
    "api:BadParameterType": {("INVALID_FIELD", "")},
    "api:InvalidDatabaseName": {("INVALID_FIELD", "")},
    "api:TypeError": {("INVALID_FIELD", "")},
    "api:BranchExistsError": {("RESOURCE_ALREADY_EXISTS", "branch")},
    "api:BranchMainDeletionError": {("BRANCH_PROTECTED", "")},
    "api:DatabaseAlreadyExists": {("RESOURCE_ALREADY_EXISTS", "database")},
    "api:NotValidRefError": {("RESOURCE_NOT_FOUND", "commit"), ("RESOURCE_NOT_FOUND", "branch")},
    "api:OriginBranchDoesNotExist": {("RESOURCE_NOT_FOUND", "branch")},
    "api:UnknownDatabase": {("RESOURCE_NOT_FOUND", "database")},
    "api:UnknownOriginDatabase": {("RESOURCE_NOT_FOUND", "database")},
    "api:UnresolvableAbsoluteDescriptor": {
        ("RESOURCE_NOT_FOUND", "branch"),
        ("RESOURCE_NOT_FOUND", "commit"),
        ("RESOURCE_NOT_FOUND", "database"),
    },
    "api:UnresolvableCommitId": {("RESOURCE_NOT_FOUND", "commit")},
}
_UNTYPED: Final = {
    "api:DbListErrorResponse": ("RESOURCE_NOT_FOUND", "database"),
    "api:ApplyError": ("PATCH_CONFLICT", ""),
}


def difference(status: int, body: Any, error: OmsError) -> str:
    """Says how a refusal differs from the recorded one; empty when it does not."""
    if status >= 500:
        return "" if error.code is not Code.INTERNAL else f"answers INTERNAL: {error.message}"
    expected = api_error(body)
    own = _is_own(expected, error)
    if not own and error.code not in _CODES.get(status, set(Code)):
        return f"expected status {status} ({expected}), got {_shown(error)}"
    actual = error.metadata.get("api_error", "")
    if expected and expected != actual and not own:
        return f"expected {expected}, got {_shown(error)}"
    return _witness_difference(body, error)


def api_error(body: Any) -> str:
    """TerminusDB's type of an error; empty where the answer has none."""
    error = body.get("api:error") if isinstance(body, dict) else None
    return str(error.get("@type", "")) if isinstance(error, dict) else ""


def _is_own(expected: str, error: OmsError) -> bool:
    found = (error.reason, error.metadata.get("resource_type", ""))
    known = _OWN.get(expected, set())
    return found in known or (found[0], "") in known


def _witness_difference(body: Any, error: OmsError) -> str:
    """What is missing: OMS names every violation, TerminusDB often only those of one kind."""
    expected = _types(_witnesses(body))
    if not expected:
        return ""
    raw = error.metadata.get("witnesses", "[]")
    try:
        actual = _types(exact_json.loads(raw))
    except ValueError:
        return f"witnesses are no JSON: {raw[:200]}"
    if expected <= actual:
        return ""
    return f"expected witnesses {_listed(expected)}, got {_listed(actual)}"


def _witnesses(body: Any) -> Any:
    error = body.get("api:error") if isinstance(body, dict) else None
    return error.get("api:witnesses") if isinstance(error, dict) else None


def _types(witnesses: Any) -> Counter[str]:
    """How often each "@type" occurs, wherever it is nested."""
    found: Counter[str] = Counter()
    for each in witnesses if isinstance(witnesses, list) else [witnesses]:
        if isinstance(each, dict):
            kind = each.get("@type")
            if isinstance(kind, str):
                found[kind] += 1
            else:
                found += _types([inner for inner in each.values() if isinstance(inner, dict)])
    return found


def _listed(types: Counter[str]) -> str:
    return ", ".join(f"{count}x {name}" for name, count in sorted(types.items())) or "none"


def _shown(error: OmsError) -> str:
    kind = error.metadata.get("api_error", "")
    return f"{error.code.name} {error.reason} {kind}: {error.message[:300]}"
