"""A consumer that starts from nothing and applies events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from .world import Kept, World, is_commit


class Rebuilt:
    """The state of each commit, by applying its events to that of its first parent; and where each
    branch is: a commit on top of its head moves it, and else only an event that says so."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self.states: dict[str, dict[str, str]] = {}
        self._changes: list[Kept] = []

    def apply(self, kept: Kept) -> None:
        """Takes the next event of a database."""
        if not kept.place.is_of_commit:
            assert not self._changes, "an event of no commit came within one"
            if kept.place.event == "move":
                branch = kept.event.source.rpartition("/")[2]
                assert self.heads.get(branch) == kept.data.get("old_head")
                self._move(branch, kept.data.get("new_head"))
            return
        commit = str(kept.event.extensions["commitid"])
        assert kept.event.extensions["omsindex"] == len(self._changes)
        assert all(each.event.extensions["commitid"] == commit for each in self._changes)
        if not is_commit(kept):
            self._changes.append(kept)
            return
        assert kept.event.extensions["omscount"] == len(self._changes) + 1
        parents = kept.data["commit"]["parents"]
        state = dict(self.states[parents[0]]) if parents else {}
        for each in self._changes:
            _, _, document_id = each.data["document"]["name"].partition("/documents/")
            before, after = contents(each)
            assert state.get(document_id) == before
            state.pop(document_id, None)
            if after is not None:
                state[document_id] = after
        self.states[commit] = state
        self._changes = []
        branch = kept.event.source.rpartition("/")[2]
        if not parents or self.heads.get(branch) == parents[0]:
            self._move(branch, commit)

    def _move(self, branch: str, head: str | None) -> None:
        if head is None:
            del self.heads[branch]
        else:
            self.heads[branch] = head

    @property
    def is_between_commits(self) -> bool:
        return not self._changes


def contents(kept: Kept) -> tuple[str | None, str | None]:
    """The contents before and after, as the bytes of the event have them."""
    assert kept.event.data is not None
    assert not kept.data["omitted"]
    text = kept.event.data.content.decode()
    before, after = _member(text, "before"), _member(text, "after")
    return before, after


def _member(text: str, name: str) -> str | None:
    from svc_events.domain.relay.slices import members

    found = members(text)
    assert found is not None
    return found.get(name)


def check_order(events: Iterable[Kept]) -> None:
    """Every event is there once, and each branch's and the feed's order is kept."""
    listed = list(events)
    ids = [(each.event.source, each.event.id) for each in listed]
    assert len(ids) == len(set(ids)), "an event is there twice"
    ordered = [each for each in listed if "sequence" in each.event.extensions]
    for one, other in pairwise(ordered):
        assert one.event.extensions["sequence"] < other.event.extensions["sequence"]


def rebuild(events: Iterable[Kept]) -> Rebuilt:
    """Applies events in their order."""
    rebuilt = Rebuilt()
    for each in events:
        rebuilt.apply(each)
    return rebuilt


async def check_branches(world: World, database: str, events: list[Kept]) -> Mapping[str, str]:
    """Every branch of the kernel is, byte for byte, what its events come to; the heads."""
    check_order(events)
    rebuilt = rebuild(events)
    assert rebuilt.is_between_commits
    heads = await world.heads(database)
    assert rebuilt.heads == heads, (rebuilt.heads, heads)
    for commit in set(heads.values()):
        there = await world.contents(database, commit)
        assert rebuilt.states[commit] == {name: json.decode() for name, json in there.items()}
    return heads
