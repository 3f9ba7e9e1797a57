"""The waits between attempts grow to 3 s, are spread, and begin anew once it works."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kafka.backoff import Backoff


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_no_wait_is_shorter_or_longer_than_it_may_be(attempts: int, source: random.Random) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(random, "uniform", source.uniform)
        backoff = Backoff()
        for attempt in range(attempts):
            assert 0.1 <= backoff.next() <= min(0.5 * 2**attempt, 3.0)


def test_the_longest_waits_double_up_to_three_seconds_and_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    backoff = Backoff()
    assert [backoff.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.next() == 0.5
