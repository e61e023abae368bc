from __future__ import annotations

from oms_kernel.breaker import CircuitBreaker


def test_after_a_failure_one_call_tries_when_the_pause_is_over(clock):
    breaker = CircuitBreaker(clock)
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.advance(0.3)
    assert breaker.allows()
    assert not breaker.allows(), "only one may try"
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_pause_doubles_with_each_failure_up_to_half_a_minute(clock):
    breaker = CircuitBreaker(clock)
    pauses = []
    for _ in range(10):
        assert breaker.allows()
        breaker.failed()
        waited = 0.0
        while not breaker.allows():
            clock.advance(0.25)
            waited += 0.25
        breaker.abandoned()
        pauses.append(waited)
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_calls_that_began_before_it_opened_do_not_lengthen_the_pause(clock):
    breaker = CircuitBreaker(clock)
    assert all(breaker.allows() for _ in range(8))
    for _ in range(8):
        breaker.failed()
    clock.advance(0.25)
    assert breaker.allows()


def test_abandoned_try_lets_the_next_one_try(clock):
    breaker = CircuitBreaker(clock)
    assert breaker.allows()
    breaker.failed()
    clock.advance(0.25)
    assert breaker.allows()
    breaker.abandoned()
    assert breaker.allows()
