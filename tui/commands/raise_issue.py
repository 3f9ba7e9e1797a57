"""``andon raise``: an issue as the plant publishes it."""

import time

from core.domain.outbox import raise_issue
from core.kafka.cluster import look
from core.kafka.inspect.broker_clock import broker_now
from core.kafka.publisher import publish_once
from core.settings import Settings
from core.station.clock import StationClock
from core.support.i18n import _
from core.support.text import inert_line


async def raise_one(settings: Settings, fields: dict[str, str | None]) -> None:
    """Publish an issue as the plant does.

    Raises:
        ClusterError: it is not on the topic.
    """
    await look(settings)  # a mistyped topic must not come into being by writing to it
    clock = StationClock(lambda: time.time_ns() // 1_000_000)
    if told := await broker_now(settings):
        clock.told(*told)
    record = raise_issue(fields, now_ms=clock.stamp_ms(), operator=settings.operator, terminal=settings.terminal_id)
    partition, offset = await publish_once(settings, record)
    place = f"{settings.topic}[{partition}]@{offset}"
    print(_("raised {issue}: {place}").format(issue=inert_line(record.issue), place=place))
