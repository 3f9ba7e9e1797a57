"""Real brokers take records that aiokafka cannot decode: they hide no alarm, neither their own nor those around it."""

from pathlib import Path

from tests.kafka.broker import RealKafka
from tests.kafka.frames import batch, send_frames
from tests.kafka.records import produce
from tests.kafka.stations import issue_value, running


async def test_a_header_that_is_no_text_hides_no_alarm(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    names = [f"I{number}" for number in range(20)]
    frame = batch([issue_value(name) for name in names], bad_headers={3, 11})
    await send_frames(kafka.bootstrap, topic, 1, frame, frame)
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert set(watched.station.register.issues) == set(names)
        await produce(kafka.bootstrap, topic, issue_value("LATER"), partition=0)
        await send_frames(kafka.bootstrap, topic, 1, batch([issue_value("LAST")], bad_headers={0}))
        await watched.until(lambda s: s.issue("LATER") is not None and s.issue("LAST") is not None)
        assert watched.station.state.quarantine_count == 0
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert watched.opened() == []
