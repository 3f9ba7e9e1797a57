"""How long to wait before the next attempt: exponential, with full jitter, so that terminals do not come in step."""

from tenacity import RetryCallState, wait_random_exponential

_wait = wait_random_exponential(multiplier=0.5, max=3)


class Backoff:
    """Seconds to wait, longer from failure to failure up to 3 s."""

    def __init__(self) -> None:
        self._attempt = 0

    def reset(self) -> None:
        """It works again."""
        self._attempt = 0

    def next(self) -> float:
        """The next wait in seconds, never less than 0.1."""
        self._attempt += 1
        state = RetryCallState(retry_object=None, fn=None, args=(), kwargs={})  # type: ignore[arg-type]
        state.attempt_number = min(self._attempt, 16)
        return max(0.1, _wait(state))
