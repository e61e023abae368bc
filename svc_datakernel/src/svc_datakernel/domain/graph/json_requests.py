"""What `DiffService` computes from a request alone: JSON values patched and merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oms_core.errors import FieldViolation, InvalidDocument, InvalidPatch, PatchConflict

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import json_merge, json_patch
from svc_datakernel.domain.graph.json_merge import JsonConflict
from svc_datakernel.domain.graph.json_values import ABSENT, is_object


def parse_object(raw: bytes) -> Mapping[str, Any]:
    """The JSON object of a request, with its numbers as they are written.

    Raises:
        InvalidDocument: it is no JSON.
        InvalidPatch: it is no object.
    """
    try:
        body = parse_exact(raw.decode())
    except (ValueError, RecursionError) as exc:
        why = f"is no JSON: {exc}"
        raise InvalidDocument(
            f"the body {why}",
            metadata={"field": "body", "api_error": "api:BadJSON"},
            fields=[FieldViolation("body", why)],
        ) from exc
    if not is_object(body):
        raise InvalidPatch("the body has to be a JSON object", metadata={"field": "body"})
    return body


def patch(raw: bytes) -> bytes:
    """Applies `patch` to `before`; `match_final_state` may be in the body too.

    Raises:
        PatchConflict: `conflicts` in the metadata shows the places, in TerminusDB's form.
    """
    body = parse_object(raw)
    _require(body, "before", "patch")
    patched = json_patch.patch(
        body["before"], body["patch"], match_final_state=body.get("match_final_state") is True
    )
    if patched.conflict is not None:
        raise PatchConflict(
            "the value is not as the patch expects; compare again and make a new patch",
            metadata={"conflicts": write_exact([patched.conflict]).decode()},
        )
    return write_exact(patched.value)


def merge(raw: bytes) -> bytes:
    """Merges `target` and `source` over `base`; conflicts keep the target's value."""
    body = parse_object(raw)
    _require(body, "base", "target", "source")
    merged = json_merge.merge(body["base"], body["target"], body["source"])
    conflicts = [_conflict(each) for each in merged.conflicts]
    return write_exact({"merged": merged.value, "conflicts": conflicts})


def _conflict(conflict: JsonConflict) -> Mapping[str, Any]:
    """A conflict with the values that there are: what is absent is left out."""
    values = {"base": conflict.base, "target": conflict.target, "source": conflict.source}
    present = {name: value for name, value in values.items() if value is not ABSENT}
    return {"pointer": conflict.pointer, **present}


def _require(body: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if name not in body]
    if missing:
        raise InvalidPatch(
            f"the body lacks {', '.join(missing)}",
            metadata={"field": "body"},
            fields=[FieldViolation(f"body.{name}", "is missing") for name in missing],
        )
