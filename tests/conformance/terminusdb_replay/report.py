"""What a replay found, as text and as `docs/conformance.md`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .differences import Differences
from .replaying import Result

_HEAD = (Path(__file__).parent / "page_head.md").read_text(encoding="utf-8")


class Report:
    """Results of one or more backends.

    Args:
        differences: Deliberate ones; their cases are shown apart and counted as not passed.
    """

    def __init__(self, differences: Differences) -> None:
        self._differences = differences
        self._results: dict[str, list[Result]] = {}

    def add(self, backend: str, results: Sequence[Result]) -> None:
        """Takes in what a backend did."""
        self._results[backend] = sorted(results, key=lambda result: result.case.name)

    def lines(self, backend: str) -> Iterator[str]:
        """Passed and total by file and topic, then what failed and why."""
        results = self._results[backend]
        for (file, topic), (passed, total) in _counts(results).items():
            yield f"{backend}  {file:<12} {topic or 'all':<16} {passed:>4}/{total}"
        for result in results:
            if not result.is_passed and not self._differences.reason(result.case.name):
                yield f"FAILED {result.case.name}: {result.why}"
        passed, total = _counts(results)["total", ""]
        listed = sum(
            1 for each in results if not each.is_passed and self._differences.reason(each.case.name)
        )
        yield f"{backend}: {passed} of {total} passed, {listed} listed as deliberate differences"

    def failed(self, backend: str) -> list[Result]:
        """What failed without being a deliberate difference."""
        return [
            result
            for result in self._results[backend]
            if not result.is_passed and not self._differences.reason(result.case.name)
        ]

    def passed(self, backend: str) -> list[str]:
        """Names of the cases that passed, in order."""
        return [result.case.name for result in self._results[backend] if result.is_passed]

    def write(self, path: Path) -> None:
        """Writes the page."""
        path.write_text("\n".join([_HEAD, *self._page()]) + "\n", encoding="utf-8")

    def _page(self) -> Iterator[str]:
        yield "## Passed of all, by backend\n"
        backends = list(self._results)
        yield "| file | topic | " + " | ".join(backends) + " |"
        yield "|---|---|" + "---|" * len(backends)
        counts = {backend: _counts(results) for backend, results in self._results.items()}
        for file, topic in dict.fromkeys(key for each in counts.values() for key in each):
            cells = [
                "/".join(map(str, counts[backend].get((file, topic), (0, 0))))
                for backend in backends
            ]
            yield f"| {file} | {topic or '**all**'} | " + " | ".join(cells) + " |"
        yield "\n## Deliberate differences\n"
        yield from self._reasons()
        yield "\n## Not yet as recorded\n"
        yield from self._failures()

    def _reasons(self) -> Iterator[str]:
        by_reason: dict[str, list[str]] = defaultdict(list)
        for name in self._not_passed():
            reason = self._differences.reason(name)
            if reason:
                by_reason[reason].append(name)
        for reason, names in by_reason.items():
            yield f"- {reason}: " + ", ".join(f"`{name}`" for name in names)
        if not by_reason:
            yield "None."

    def _failures(self) -> Iterator[str]:
        is_empty = True
        for name, backends in self._not_passed().items():
            if not self._differences.reason(name):
                is_empty = False
                yield f"- `{name}` ({', '.join(backends)})"
        if is_empty:
            yield "None."

    def _not_passed(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for backend, results in self._results.items():
            for result in results:
                if not result.is_passed:
                    found[result.case.name].append(backend)
        return dict(sorted(found.items()))


def _counts(results: Sequence[Result]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for result in results:
        case = result.case
        for key in ((case.file, case.topic), (case.file, ""), ("total", "")):
            passed, total = found.get(key, (0, 0))
            found[key] = (passed + result.is_passed, total + 1)
    return dict(sorted(found.items(), key=lambda each: (each[0][0] == "total", each[0])))
