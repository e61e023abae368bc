from __future__ import annotations

from typing import Any

import pytest
from oms_client import Aborted, NotFound, RetryPolicy, Unavailable
from oms_client.errors import Details, Internal, ResourceExhausted
from oms_client.retries import Attempts, Budget
from oms_client.watching import Outage

POLICY = RetryPolicy()
BUSY = ResourceExhausted("busy", details=Details(retry_delay_s=3.0))


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def attempts(**rest: Any) -> Attempts:
    defaults: dict[str, Any] = {"timeout_s": 60.0, "is_repeatable": True, "now": Clock()}
    policy = rest.pop("policy", POLICY)
    return Attempts(policy, rest.pop("budget", Budget(policy)), **(defaults | rest))


def test_an_unreachable_server_is_asked_again_after_growing_pauses_and_then_no_more() -> None:
    tried = attempts()
    pauses = [tried.pause_after(Unavailable("gone")) for _ in range(4)]
    assert pauses[3] is None
    for pause, base in zip(pauses[:3], (0.1, 0.2, 0.4), strict=True):
        assert pause is not None
        assert base * 0.5 <= pause <= base * 1.5


def test_the_server_says_how_long_to_wait() -> None:
    assert attempts().pause_after(BUSY) == 3.0


def test_a_pause_that_outlasts_the_deadline_is_not_made() -> None:
    assert attempts(timeout_s=2.0).pause_after(BUSY) is None
    assert attempts(timeout_s=None).pause_after(BUSY) == 3.0


def test_what_could_happen_twice_is_not_repeated() -> None:
    assert attempts(is_repeatable=False).pause_after(Unavailable("gone")) is None


@pytest.mark.parametrize("error", [NotFound("no"), Aborted("stale"), ResourceExhausted("quota")])
def test_what_asking_again_does_not_mend_is_not_repeated(error: Any) -> None:
    assert attempts().pause_after(error) is None


def test_many_failures_use_the_budget_up_and_successes_fill_it_again() -> None:
    policy = RetryPolicy(budget=4, refund=1)
    budget = Budget(policy)
    answers = [attempts(policy=policy, budget=budget).pause_after(Unavailable("")) for _ in "123"]
    assert [answer is not None for answer in answers] == [True, False, False]
    for _ in range(5):
        attempts(policy=policy, budget=budget).succeeded()
    assert attempts(policy=policy, budget=budget).pause_after(Unavailable("")) is not None


def test_a_deadline_runs_out_over_all_attempts() -> None:
    clock = Clock()
    tried = attempts(timeout_s=5.0, now=clock)
    clock.time += 4
    assert tried.left_s() == pytest.approx(1.0)
    clock.time += 4
    assert tried.left_s() == 0.0
    assert attempts(timeout_s=None).left_s() is None


def test_a_break_is_bridged_until_patience_ends() -> None:
    clock = Clock()
    outage = Outage(POLICY, 10.0, now=clock)
    assert 0.05 <= outage.pause_after(Unavailable("gone")) <= 0.15
    clock.time += 9.9
    with pytest.raises(Unavailable):
        outage.pause_after(Unavailable("gone"))
    outage.over()
    assert outage.pause_after(Unavailable("gone")) <= 0.15


def test_an_error_of_the_server_ends_a_watch_and_one_of_the_connection_does_not() -> None:
    outage = Outage(POLICY, 10.0, now=Clock())
    outage.pause_after(Internal("reset stream"))
    outage.pause_after(None)
    with pytest.raises(Internal):
        outage.pause_after(Internal("a bug", details=Details(reason="INTERNAL", domain="oms")))
    with pytest.raises(NotFound):
        outage.pause_after(NotFound("no such database"))
