"""The recorded exchanges with a real TerminusDB, with their placeholders filled in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ORGANIZATION = "admin"
DATABASE = "vector-db"
_FILES = ("documents", "versioning", "http", "woql")
_NUMBERED = re.compile(r"\$(COMMIT|RANDOM|LAYER)(\d+)")
_WIDTHS = {"COMMIT": 31, "RANDOM": 16, "LAYER": 40}


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario: its name, the exchanges in order, and all of it as it was recorded."""

    name: str
    steps: Sequence[Mapping[str, Any]]
    raw: Mapping[str, Any]


def folder() -> Path:
    """Where the recordings are."""
    here = Path(__file__).resolve().parents[4] / "tests" / "conformance" / "terminusdb"
    return Path(os.environ.get("OMS_TERMINUSDB_VECTORS") or here)


def cases() -> Iterator[Case]:
    """Every recorded case; a query of woql.json as one step."""
    for name in _FILES:
        text = (folder() / f"{name}.json").read_text()
        for raw in json.loads(text, parse_float=Decimal):
            steps = [_query_step(raw)] if name == "woql" else raw["steps"]
            yield Case(raw["name"], [filled(step) for step in steps], raw)


def filled(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """A step with a value for each placeholder."""
    text = dumps(step).replace('"$TIMESTAMP"', "1700000000.25")
    text = text.replace("$ORG/$DB", f"{ORGANIZATION}/{DATABASE}")
    text = text.replace("$ORG", ORGANIZATION).replace("$DB", DATABASE)
    text = _NUMBERED.sub(lambda match: match[2].rjust(_WIDTHS[match[1]], match[1][0].lower()), text)
    return json.loads(text, parse_float=Decimal)


def dumps(value: Any) -> str:
    """JSON with every digit of a decimal."""
    numbers: list[str] = []

    def keep(number: Any) -> str:
        assert isinstance(number, Decimal), number
        numbers.append(str(number))
        return f"\ue000{len(numbers) - 1}\ue001"

    text = json.dumps(value, default=keep, ensure_ascii=False)
    return re.sub('"\ue000(\\d+)\ue001"', lambda match: numbers[int(match[1])], text)


def loads(data: bytes | str) -> Any:
    """Parses JSON without losing a digit."""
    return json.loads(data, parse_float=Decimal)


def _query_step(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = {name: raw[name] for name in ("bindings", "inserts", "deletes") if name in raw}
    if raw["status"] == 200:
        answer |= {"api:variable_names": raw["variable_names"], "@type": "api:WoqlResponse"}
    info = {"author": "admin", "message": "woql"}
    step = {
        "op": "woql",
        "method": "POST",
        "path": raw.get("path", "/woql/$ORG/$DB"),
        "body": {"query": raw["query"], "commit_info": info} | raw.get("options", {}),
        "status": raw["status"],
        "response": raw.get("response", answer),
    }
    return step | ({"data_version": raw["data_version"]} if "data_version" in raw else {})
