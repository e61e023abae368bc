"""Runs the test suite of CloudEvents SQL: `python -m tests.conformance.cesql_tck FOLDER`.

FOLDER is `cesql/cesql_tck` of a copy of github.com/cloudevents/spec. Prints what passes of each
file; the exit status is 1 if anything fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from svc_events.domain.cesql import ErrorKind, Expression, ExpressionSyntaxError, values_of
from svc_events.domain.events import CloudEvent, event_of

ERRORS = {
    "parse": "ParseError",
    "math": ErrorKind.MATH.value,
    "cast": ErrorKind.CAST.value,
    "missingAttribute": ErrorKind.MISSING_ATTRIBUTE.value,
    "missingFunction": ErrorKind.MISSING_FUNCTION.value,
    "functionEvaluation": ErrorKind.FUNCTION_EVALUATION.value,
    "generic": ErrorKind.GENERIC.value,
}
_ANY_EVENT = {"specversion": "1.0", "id": "1", "source": "/source", "type": "com.example"}


class _Loader(yaml.SafeLoader):
    """YAML without its timestamps: those of the suite are texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Case:
    """A case; `result` is None when any will do."""

    file: str
    name: str
    expression: str
    result: bool | int | str | None
    error: str | None
    event: CloudEvent


def load(folder: Path) -> list[Case]:
    """The cases of a folder, file by file.

    Raises:
        FileNotFoundError: there are none.
    """
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in _cases(path)]
    if not cases:
        raise FileNotFoundError(f"{folder} holds no *.yaml")
    return cases


def fault(case: Case) -> str | None:
    """What is wrong with how a case goes, or None."""
    value, error = _evaluated(case)
    if error != case.error:
        return f"error {error} instead of {case.error}"
    if case.result is not None and (type(value), value) != (type(case.result), case.result):
        return f"value {value!r} instead of {case.result!r}"
    return None


def _cases(path: Path) -> Iterator[Case]:
    text = path.read_text(encoding="utf-8")
    # What stands unquoted as TRUE or 5 is an expression here, and a boolean or a number there.
    texts, typed = yaml.load(text, yaml.BaseLoader), yaml.load(text, _Loader)
    for plain, case in zip(texts["tests"], typed["tests"], strict=True):
        error = plain.get("error")
        yield Case(
            file=path.name,
            name=plain["name"],
            expression=plain["expression"],
            # There is nothing to evaluate where parsing fails, whatever the suite says.
            result=None if error == "parse" else case.get("result"),
            error=ERRORS[error] if error else None,
            event=_event(case),
        )


def _event(case: dict[str, Any]) -> CloudEvent:
    return event_of(case.get("event") or {**_ANY_EVENT, **case.get("eventOverrides", {})})


def _evaluated(case: Case) -> tuple[bool | int | str | None, str | None]:
    try:
        found = Expression(case.expression).evaluate(values_of(case.event))
    except ExpressionSyntaxError:
        return None, "ParseError"
    return found.value, found.errors[0].kind.value if found.errors else None


def main() -> int:
    """Runs the suite."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.cesql_tck")
    parser.add_argument("folder", type=Path, help="cesql/cesql_tck of the specification")
    cases = load(parser.parse_args().folder)
    faults = {case: why for case in cases if (why := fault(case)) is not None}
    for file in dict.fromkeys(case.file for case in cases):
        mine = [case for case in cases if case.file == file]
        passed = sum(case not in faults for case in mine)
        print(f"{file:<40} {passed:>3}/{len(mine)}")
    for case, why in faults.items():
        print(f"FAILED {case.file}: {case.name}: {case.expression}: {why}")
    print(f"{'all':<40} {len(cases) - len(faults):>3}/{len(cases)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
