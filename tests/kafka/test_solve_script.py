"""The plant's solve script: a welder stays a welder, here, on a new terminal and in a peer's table."""

import json
from pathlib import Path

from core.support.text import inert_line
from tests.kafka.broker import RealKafka
from tests.kafka.helpers import published
from tests.kafka.stations import issue_value, running, send
from tests.peers.chatbot_peer import ChatbotPeer

WELDER = {"modeType": "용접기", "modeLogId": "WELD_LOG_7", "description": "전극 마모"}
SCRIPT = {"modeType": "프레스", "modeLogId": "SOLVED_W1", "description": "W1 해결됨", "isSolved": True}


async def test_a_welder_solved_by_the_script_is_reopened_as_a_welder(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    # One partition: the chatbot keeps whatever it reads last.
    topic = f"{topic}-one"
    await kafka.create_topic(topic, partitions=1)
    await send(kafka.bootstrap, topic, issue_value("W1", **WELDER), issue_value("W1", **SCRIPT))
    async with running(kafka.bootstrap, topic, tmp_path / "first") as watched:
        await watched.until(lambda s: any(not issue.is_open for issue in s.register.issues.values()))
        assert watched.station.register.issues["W1"].mode_type == "용접기"
        await watched.station.commands.reopen("W1")
        await watched.until(lambda s: not s.outbox)
        assert watched.station.register.issues["W1"].mode_type == "용접기"
    async with running(kafka.bootstrap, topic, tmp_path / "new") as watched:
        await watched.live()
        issue = watched.station.register.issues["W1"]
        assert (issue.is_open, issue.mode_type, inert_line(issue.description)) == (True, "용접기", "전극 마모")
    [*_before, reopened] = await published(kafka.bootstrap, topic, "W1")
    assert {name: json.loads(reopened.value)[name] for name in WELDER} == WELDER
    sent = json.loads(reopened.value)["timestamp"]
    rows = await ChatbotPeer().consume(
        kafka.bootstrap, topic, until=lambda rows: "W1" in rows and rows["W1"].timestamp == sent, timeout=60
    )
    assert (rows["W1"].modeType, rows["W1"].modeLogId, rows["W1"].description) == tuple(WELDER.values())
