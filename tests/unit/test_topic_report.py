"""What ``andon topic`` says: aligned in Korean and English, in 80 columns, with what should be looked after."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.cells import cell_len

from core.kafka.inspect.topic_concerns import concerns, log_starts_ms
from core.kafka.inspect.topic_facts import UNKNOWN_OFFSET, PartitionFacts, TopicFacts
from core.support import i18n
from tui.commands.topic import topic_as_json, topic_lines

DAY_MS = 86_400_000
AT = 1_754_672_737_123
WHOLE = PartitionFacts(0, 1001, (1001, 1002, 1003), (1001, 1002), 1_200_000, 1_234_567, AT, AT + DAY_MS)
EMPTY = PartitionFacts(1, 1002, (1001, 1002, 1003), (1001, 1002, 1003), 0, 0, None, None)
LEADERLESS = PartitionFacts(2, -1, (1003,), (), UNKNOWN_OFFSET, UNKNOWN_OFFSET, None, None)
FACTS = TopicFacts("chatbot-issue-events", "c1", (WHOLE, EMPTY), 7 * DAY_MS, -1, "delete", 1_048_588, auto_create=False)


@pytest.fixture(params=["ko", "en"], autouse=True)
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    before = i18n.language()
    i18n.use(request.param)
    yield
    i18n.use(before)


def test_the_table_is_aligned_and_fits_80_columns() -> None:
    table = topic_lines(replace(FACTS, partitions=(WHOLE, EMPTY, LEADERLESS)))[6:10]
    assert max(map(cell_len, table)) <= 80
    edges = [[cell_len(line[: word.end()]) for word in list(re.finditer(r"\S+", line))[:6]] for line in table]
    assert edges == [edges[0]] * 4
    assert table[1].split()[:6] == ["0", "1001", "2/3", "1200000", "1234567", "34567"]
    assert table[3].split() == ["2", "-", "0/1", "-", "-", "-", "-", "-"]


def test_the_topics_id_is_told_where_the_cluster_tells_it() -> None:
    told = replace(FACTS, topic_id="a" * 32)
    assert any("a" * 32 in line for line in topic_lines(told))
    assert topic_as_json(told)["topicId"] == "a" * 32
    assert topic_as_json(FACTS)["topicId"] is None


def test_a_sound_topic_is_of_no_concern() -> None:
    assert concerns(FACTS) == ()
    assert not [line for line in topic_lines(FACTS) if line.startswith("[")]


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        (replace(FACTS, partitions=(WHOLE, LEADERLESS)), "2"),
        (replace(FACTS, cleanup_policy="compact,delete"), "cleanup.policy=delete"),
        (replace(FACTS, retention_ms=7 * DAY_MS - 1), "retention.ms"),
        (replace(FACTS, partitions=(replace(WHOLE, stable_offset=1_234_560), EMPTY)), "kafka-transactions.sh"),
        (replace(FACTS, auto_create=True), "auto.create.topics.enable=false"),
    ],
)
def test_what_could_cost_an_alarm_is_said_with_the_remedy(facts: TopicFacts, named: str) -> None:
    [words] = concerns(facts)
    assert named in words
    assert topic_lines(facts)[-1].endswith(words)
    assert topic_as_json(facts)["warnings"] == [words]


def test_what_is_kept_for_ever_or_not_told_is_of_no_concern() -> None:
    assert concerns(replace(FACTS, retention_ms=-1)) == ()
    untold = replace(
        FACTS, retention_ms=None, retention_bytes=None, cleanup_policy=None, max_message_bytes=None, auto_create=None
    )
    assert concerns(untold) == ()
    assert untold.is_compacted is False


def test_the_log_starts_where_something_was_cut_off() -> None:
    assert log_starts_ms(FACTS) == AT
    assert log_starts_ms(replace(FACTS, partitions=(EMPTY,))) is None


def test_json_is_exact_and_says_null_for_what_is_not_known() -> None:
    found = topic_as_json(replace(FACTS, partitions=(WHOLE, LEADERLESS), retention_ms=None))
    assert found["retentionMs"] is None
    whole, leaderless = found["partitions"]
    assert whole == {
        "partition": 0,
        "leader": 1001,
        "replicas": [1001, 1002, 1003],
        "inSync": [1001, 1002],
        "firstOffset": 1_200_000,
        "nextOffset": 1_234_567,
        "count": 34_567,
        "firstAt": "2025-08-08T17:05:37.123Z",
        "lastAt": "2025-08-09T17:05:37.123Z",
    }
    assert {name for name, value in leaderless.items() if value is None} == {
        "leader", "firstOffset", "nextOffset", "count", "firstAt", "lastAt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kept_ms", "korean", "english"),
    [(7 * DAY_MS, "7일", "7 d"), (36 * 3_600_000, "1.5일", "1.5 d"), (90_000, "1.5분", "1.5 min"), (500, "500", "500")],
)
def test_retention_in_words(kept_ms: int, korean: str, english: str) -> None:
    line = topic_lines(replace(FACTS, retention_ms=kept_ms))[2]
    assert (korean if i18n.language() == "ko" else english) in line
