"""The queue of a model, against a plain reading of its rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from svc_embedding.domain.batching import BatchQueue, Entry, Job
from svc_embedding.domain.embedding import Priority

BULK, INTERACTIVE = Priority.BULK, Priority.INTERACTIVE


def _queue(budget: int = 64, most: int = 1000) -> BatchQueue[int]:
    return BatchQueue[int](batch_tokens=budget, queue_tokens=most)


def _offer(queue: BatchQueue[int], lengths: list[int], lane: Priority = BULK) -> Job:
    job = Job(lane)
    entries = [Entry(job, length, place) for place, length in enumerate(lengths)]
    assert queue.offer(job, entries)
    return job


def _lengths(batch: list[Entry[int]]) -> list[int]:
    return [entry.length for entry in batch]


def test_a_batch_takes_the_nearest_lengths_around_the_oldest() -> None:
    queue = _queue(budget=40)
    _offer(queue, [10, 60, 9, 10, 3, 10, 11])
    # Padded to 11 a fourth row would pass the budget of 40.
    assert _lengths(queue.take()) == [10, 10, 10, 9]
    assert _lengths(queue.take()) == [60]
    assert _lengths(queue.take()) == [3]
    assert _lengths(queue.take()) == [11]
    assert queue.take() == []
    assert queue.waiting == 0


def test_a_text_beyond_the_budget_is_a_batch_of_its_own() -> None:
    queue = _queue(budget=16)
    _offer(queue, [100, 100])
    assert _lengths(queue.take()) == [100]


def test_a_batch_ends_where_it_would_be_mostly_padding() -> None:
    queue = _queue(budget=1000)
    _offer(queue, [100] * 3 + [5] * 20)
    assert _lengths(queue.take()) == [100] * 3


def test_interactive_work_goes_first_and_bulk_has_every_fourth_batch() -> None:
    queue = _queue(budget=4)
    _offer(queue, [4] * 4, BULK)
    _offer(queue, [4] * 8, INTERACTIVE)
    lanes = []
    while batch := queue.take():
        lanes.append(batch[0].job.lane)
    assert lanes[:8] == [INTERACTIVE] * 3 + [BULK] + [INTERACTIVE] * 3 + [BULK]
    assert lanes.count(BULK) == 4


def test_one_lane_alone_is_served_when_asked_for() -> None:
    queue = _queue()
    _offer(queue, [5], BULK)
    assert queue.take((INTERACTIVE,)) == []
    assert _lengths(queue.take((BULK,))) == [5]


def test_a_full_queue_refuses_and_an_empty_one_takes_anything() -> None:
    queue = _queue(budget=8, most=10)
    big = Job(BULK)
    assert queue.offer(big, [Entry(big, 50, 0)])
    small = Job(BULK)
    assert not queue.offer(small, [Entry(small, 1, 0)])
    assert queue.waiting == 50
    queue.take()
    assert queue.offer(small, [Entry(small, 10, 0)])


def test_what_a_caller_left_behind_frees_its_room_and_never_runs() -> None:
    queue = _queue(budget=4, most=20)
    left = _offer(queue, [4] * 4)
    first = queue.take()
    queue.drop(left)
    queue.drop(left)
    assert queue.waiting == 0
    _offer(queue, [4])
    second = queue.take()
    assert len(first) == len(second) == 1
    assert second[0].job is not left
    assert queue.take() == []


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 50), min_size=1, max_size=9), st.sampled_from(Priority)),
        max_size=8,
    ),
    st.sets(st.integers(0, 7)),
)
def test_every_text_runs_once_within_the_budget(
    calls: list[tuple[list[int], Priority]], dropped: set[int]
) -> None:
    queue = _queue(budget=64, most=10**9)
    jobs = [_offer(queue, lengths, lane) for lengths, lane in calls]
    for place in dropped & set(range(len(jobs))):
        queue.drop(jobs[place])
    ran: list[tuple[Job, int]] = []
    while batch := queue.take():
        longest = max(_lengths(batch))
        assert len(batch) == 1 or len(batch) * longest <= 64
        assert _lengths(batch) == sorted(_lengths(batch), reverse=True)
        assert len({entry.job.lane for entry in batch}) == 1
        ran += [(entry.job, entry.payload) for entry in batch]
    expected = [
        (job, row)
        for place, job in enumerate(jobs)
        if place not in dropped
        for row in range(len(calls[place][0]))
    ]
    key = {id(job): place for place, job in enumerate(jobs)}
    assert sorted((key[id(j)], r) for j, r in ran) == [(key[id(j)], r) for j, r in expected]
    assert queue.waiting == 0
