"""What about the topic could cost an alarm, in words that say what to do. Pure."""

from collections.abc import Iterator

from core.kafka.inspect.topic_facts import TopicFacts
from core.support.i18n import _, ngettext
from core.support.text import inert_line

DAY_MS = 86_400_000
SHORT_RETENTION_MS = 7 * DAY_MS
"""Kafka's own default. An issue may well stay open over a weekend, or a holiday."""


def concerns(facts: TopicFacts) -> tuple[str, ...]:
    """A line for each, the worst first."""
    return (*_leaderless(facts), *_undecided(facts), *_compacted(facts), *_short(facts), *_auto_created(facts))


def log_starts_ms(facts: TopicFacts) -> int | None:
    """Epoch ms before which the log tells nothing, at least in one partition; None where nothing is cut off."""
    cut = [p.first_ms for p in facts.partitions if p.first_offset > 0 and p.first_ms is not None]
    return max(cut, default=None)


def _leaderless(facts: TopicFacts) -> Iterator[str]:
    numbers = [str(partition.number) for partition in facts.partitions if partition.leader < 0]
    if numbers:
        words = ngettext(
            "Partition {numbers} has no leader: its alarms do not arrive. Check the brokers.",
            "Partitions {numbers} have no leader: their alarms do not arrive. Check the brokers.",
            len(numbers),
        )
        yield words.format(numbers=", ".join(numbers))


def _undecided(facts: TopicFacts) -> Iterator[str]:
    numbers = [str(partition.number) for partition in facts.partitions if partition.is_undecided]
    if numbers:
        words = _(
            "A transaction is still open in partitions {numbers}. If it stays so, restart the sender that began it,"
            " or have it ended with kafka-transactions.sh."
        )
        yield words.format(numbers=", ".join(numbers))


def _compacted(facts: TopicFacts) -> Iterator[str]:
    if facts.is_compacted:
        words = _(
            "The topic is compacted ({policy}): brokers refuse records without a key, as the plant sends them."
            " Have cleanup.policy=delete set."
        )
        yield words.format(policy=inert_line(facts.cleanup_policy or "", 100))


def _short(facts: TopicFacts) -> Iterator[str]:
    kept = facts.retention_ms
    if kept is not None and 0 <= kept < SHORT_RETENTION_MS:
        yield _(
            "Records are kept for less than 7 days: a new terminal does not know an issue that is open for longer."
            " Have retention.ms raised."
        )


def _auto_created(facts: TopicFacts) -> Iterator[str]:
    if facts.auto_create:
        yield _(
            "The brokers create a topic that is merely asked for: a mistyped KAFKA_TOPIC elsewhere makes an empty one."
            " Have auto.create.topics.enable=false set."
        )
