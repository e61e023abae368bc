"""The queue of a model, against a plain reading of its rules."""

from __future__ import annotations

from weakref import WeakSet

from hypothesis import given
from hypothesis import strategies as st
from svc_embedding.domain.batching import BatchQueue, Entry, Job
from svc_embedding.domain.embedding import Priority

BULK, INTERACTIVE = Priority.BULK, Priority.INTERACTIVE


class _Text:
    """What a test sees the end of."""

    def __init__(self, place: int) -> None:
        self.place = place


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


_CALLS = st.lists(
    st.tuples(st.lists(st.integers(1, 50), min_size=1, max_size=9), st.booleans()), max_size=12
)


@given(_CALLS)
def test_what_is_gone_is_kept_no_longer_than_what_came_before_it_waits(
    calls: list[tuple[list[int], bool]],
) -> None:
    queue = BatchQueue[_Text](batch_tokens=64, queue_tokens=10**9)
    alive, waiting = WeakSet[_Text](), set[int]()
    arrived = 0
    for lengths, is_left in calls:
        job = Job(BULK)
        places = range(arrived, arrived := arrived + len(lengths))
        entries = [Entry(job, n, _Text(at)) for n, at in zip(lengths, places, strict=True)]
        alive.update(entry.payload for entry in entries)
        assert queue.offer(job, entries)
        waiting.update(places)
        del entries
        if is_left:
            queue.drop(job)
            waiting.difference_update(places)
        waiting.difference_update([entry.payload.place for entry in queue.take()])
        assert waiting <= {text.place for text in alive}
        assert all(text.place >= min(waiting, default=arrived) for text in alive)


def test_long_texts_that_were_taken_are_not_kept_while_others_wait() -> None:
    queue = BatchQueue[_Text](batch_tokens=16, queue_tokens=10**9)
    alive = WeakSet[_Text]()

    def offer() -> None:
        text = _Text(0)
        alive.add(text)
        job = Job(BULK)
        assert queue.offer(job, [Entry(job, 10, text)])

    offer()
    for _ in range(20):
        offer()
        assert len(queue.take()) == 1
        assert len(alive) == 1


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
