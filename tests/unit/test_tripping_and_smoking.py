"""A breaker that trips is nobody who is trapped, and who asks where to smoke sees no smoke."""

import pytest

from core.emergency import Level, assess


@pytest.mark.parametrize(
    "text",
    [
        "why does it keep tripping?",
        "it keeps tripping",
        "the light curtain is tripping all the time",
        "what is tripping the breaker",
        "can i smoke outside the booth",
        "Can we smoke here?",
        "where can I smoke",
        "is it allowed to smoke near the paint store",
        "is it ok to smoke in the yard",
    ],
)
def test_is_no_emergency(text: str) -> None:
    assert assess(text).level is Level.NO


@pytest.mark.parametrize(
    "text",
    [
        "it keeps tripping and he is trapped",
        "the breaker keeps tripping and there is smoke",
        "it kept tripping, now the cabinet is smoking",
        "somebody is trappped",
        "can i smoke? the booth is on fire",
        "can i smoke, there is smoke in the booth",
        "i can smell smoke",
        "can smoke come out of the motor?",
        "where can smoke come from",
        "the motor starts to smoke",
    ],
)
def test_real_danger_beside_it_is_still_heard(text: str) -> None:
    assert assess(text).level is Level.YES
