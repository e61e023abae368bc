"""The recorded cases, read from a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import exact_json


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded scenario: `data` is the object of the file, see its README."""

    file: str
    name: str
    topic: str
    data: Mapping[str, Any]

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """The requests of a case with steps; none for a query."""
        return self.data.get("steps", ())


def load(folder: Path) -> list[Case]:
    """Every case of every file of a folder, in order.

    Raises:
        FileNotFoundError: the folder holds no file of cases.
    """
    cases: list[Case] = []
    for path in sorted(folder.glob("*.json")):
        found = exact_json.loads(path.read_text(encoding="utf-8"))
        for index, each in enumerate(found if isinstance(found, list) else ()):
            if not isinstance(each, dict) or not ("steps" in each or "query" in each):
                continue
            name = str(each.get("name", f"{path.stem}/{index}"))
            cases.append(Case(path.stem, name, str(each.get("topic", "")), each))
    if not cases:
        raise FileNotFoundError(f"{folder} holds no recorded cases")
    return cases
