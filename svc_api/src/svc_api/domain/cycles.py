"""Finds cycles in a relation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence


def find_cycles(
    starts: Iterable[str], parents: Callable[[str], Sequence[str]]
) -> Iterator[list[str]]:
    """Finds a cycle through every edge that closes one, seen from the starts.

    Depth first with an explicit stack: a chain of inheritance may be deeper than
    Python's own stack. Every node is looked at once, so the cost is that of what
    can be reached.

    Returns:
        Each cycle as a path whose last node is its first one again.
    """
    done: set[str] = set()
    for start in starts:
        if start not in done:
            yield from _search(start, parents, done)


def _search(
    start: str, parents: Callable[[str], Sequence[str]], done: set[str]
) -> Iterator[list[str]]:
    path: list[str] = [start]
    position = {start: 0}
    pending = [iter(parents(start))]
    while pending:
        node = next(pending[-1], None)
        if node is None:
            pending.pop()
            finished = path.pop()
            del position[finished]
            done.add(finished)
        elif node in position:
            yield [*path[position[node] :], node]
        elif node not in done:
            position[node] = len(path)
            path.append(node)
            pending.append(iter(parents(node)))
