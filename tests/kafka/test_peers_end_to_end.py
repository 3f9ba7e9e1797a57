"""The plant's own peers: what Spring sends we show, what we send Spring and the chatbot read."""

import json
from pathlib import Path

from tests.kafka.broker import RealKafka
from tests.kafka.records import read_all
from tests.kafka.stations import running
from tests.peers.chatbot_peer import ChatbotPeer
from tests.peers.spring import SpringPeer

SEVEN = {"issue", "processType", "modeType", "modeLogId", "description", "isSolved", "timestamp"}
NOTE = "흡입 필터 교체, 유압 오일 2L 보충"


async def test_from_spring_and_back(kafka: RealKafka, topic: str, spring: SpringPeer, tmp_path: Path) -> None:
    # One partition: the chatbot keeps whatever it reads last, so that over several its row may end either way.
    topic = f"{topic}-one"
    await kafka.create_topic(topic, partitions=1)
    await spring.produce(kafka.bootstrap, topic, "PRESS_001_20250808_001", description="100톤 프레스 유압 이상")
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("PRESS_001_20250808_001") is not None)
        await watched.station.commands.resolve("PRESS_001_20250808_001", NOTE)
        await watched.until(lambda s: not s.outbox)
    opened, solved = sorted(await read_all(kafka.bootstrap, topic), key=lambda record: record.timestamp)
    before, after = json.loads(opened.value), json.loads(solved.value)
    assert set(after) == SEVEN
    assert after == {**before, "isSolved": True, "timestamp": after["timestamp"]}
    headers = {name: content.decode() for name, content in solved.headers}
    spring_headers = {name: content.decode() for name, content in opened.headers}
    assert {name: headers[name] for name in spring_headers} == spring_headers
    assert headers["ce_note"] == NOTE

    records = await spring.consume(kafka.bootstrap, topic, count=2, timeout=60)
    assert {record["value"]["isSolved"] for record in records} == {False, True}
    rows = await ChatbotPeer().consume(
        kafka.bootstrap, topic, until=lambda rows: any(row.isSolved for row in rows.values()), timeout=60
    )
    assert rows["PRESS_001_20250808_001"].description == "100톤 프레스 유압 이상"
