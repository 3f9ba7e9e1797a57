"""When each partition's broker was last heard: one that is silent could hold an alarm back."""

from collections.abc import Iterable


class Contact:
    """Who was heard when, in monotonic seconds. The contact is as old as the one unheard for longest."""

    def __init__(self) -> None:
        self._heard: dict[int, float] = {}
        self._stamps: dict[int, int] = {}

    def expect(self, partitions: Iterable[int], now: float) -> None:
        """These are listened to from now on; those that were already keep what is known of them."""
        self._heard = {number: self._heard.get(number, now) for number in partitions}
        self._stamps = {}

    def answer(self, partition: int, stamp: int | None, now: float) -> None:
        """The client's time of the last answer, ``stamp``: a new one means that the broker was heard.

        It stands still while records wait in the client's buffer, so those count as well (``records``).
        """
        if stamp is not None and stamp != self._stamps.get(partition):
            self._stamps[partition] = stamp
            self._heard[partition] = now

    def records(self, partitions: Iterable[int], now: float) -> None:
        """Records came from these; where a poll was full, others may wait behind them: then name them all."""
        self._heard.update(dict.fromkeys(partitions, now))

    @property
    def since(self) -> float:
        """When the partition that was unheard for longest was last heard."""
        return min(self._heard.values())

    @property
    def is_complete(self) -> bool:
        """Whether every partition's broker has answered since it is listened to."""
        return self._stamps.keys() >= self._heard.keys()
