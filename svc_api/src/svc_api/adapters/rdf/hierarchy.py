"""Makes an inheritance relation acyclic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Edge = tuple[str, str]


def cycle_edges(parents: Mapping[str, Iterable[str]]) -> set[Edge]:
    """The (child, parent) edges to leave out so that no cycle is left.

    Depth first in alphabetical order, an edge back to a node on the path closes a
    cycle. The same relation always loses the same edges.
    """
    edges: set[Edge] = set()
    done: set[str] = set()
    for root in sorted(parents):
        if root not in done:
            edges.update(_back_edges(root, parents, done))
    return edges


def _back_edges(root: str, parents: Mapping[str, Iterable[str]], done: set[str]) -> Iterator[Edge]:
    # An explicit stack: a hierarchy may be deeper than Python's recursion limit.
    on_path = {root}
    stack = [(root, iter(sorted(parents.get(root, ()))))]
    while stack:
        node, remaining = stack[-1]
        for parent in remaining:
            if parent in on_path:
                yield node, parent
            elif parent not in done:
                on_path.add(parent)
                stack.append((parent, iter(sorted(parents.get(parent, ())))))
                break
        else:
            stack.pop()
            on_path.discard(node)
            done.add(node)
