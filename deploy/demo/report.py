"""What the demo shows while it runs, and at the end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


class WrongResult(Exception):
    """A step did not give what it has to give."""


def expect(what: str, actual: object, wanted: object) -> None:
    """Fails the demo unless two values are equal."""
    if actual != wanted:
        raise WrongResult(f"{what}: got {actual!r}, expected {wanted!r}")


@dataclass
class Step:
    """A step being done. `result` is shown in the table; `advance` moves its bar."""

    advance: Callable[[float], None]
    result: str = ""


@dataclass
class Report:
    """Runs steps under a progress bar and remembers how long each took."""

    console: Console = field(default_factory=Console)
    rows: list[tuple[str, str, str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, title: str, *, via: str, total: float | None = None) -> Generator[Step]:
        """Shows one step.

        Args:
            title: What is done.
            via: `REST`, `gRPC` or empty.
            total: What the bar counts up to, such as bytes; a moving bar without it.
        """
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
        )
        started = perf_counter()
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(title, total=total)
            step = Step(advance=lambda by: progress.update(task, advance=by))
            yield step
        seconds = perf_counter() - started
        self.rows.append((title, via, step.result, seconds))
        self.console.print(f"[green]✓[/] {title} [dim]{via}[/] {step.result}", highlight=False)

    def show(self) -> None:
        """Prints the table of what was done and how long each step took."""
        table = Table(title="What was done")
        table.add_column("step")
        table.add_column("via")
        table.add_column("result")
        table.add_column("seconds", justify="right")
        for title, via, result, seconds in self.rows:
            table.add_row(title, via, result, f"{seconds:.2f}")
        self.console.print(table)
