"""How long to wait before the next attempt: exponential, with full jitter, so that terminals do not come in step."""

import random

_FIRST_S = 0.5
_MOST_S = 3.0
_LEAST_S = 0.1


class Backoff:
    """Seconds to wait, longer from failure to failure up to 3 s."""

    def __init__(self) -> None:
        self._most = _FIRST_S

    def reset(self) -> None:
        """It works again."""
        self._most = _FIRST_S

    def next(self) -> float:
        """The next wait in seconds, never less than 0.1."""
        most, self._most = self._most, min(self._most * 2, _MOST_S)
        return max(_LEAST_S, random.uniform(0, most))  # noqa: S311 - to spread terminals, not to guard anything
