"""``andon topic``: what the cluster says of the issue topic, as a table or as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.domain.events import showable_ms, utc_text
from core.kafka.inspect.topic_concerns import concerns, log_starts_ms
from core.kafka.inspect.topic_facts import UNKNOWN_OFFSET, PartitionFacts, TopicFacts, topic_facts
from core.settings import Settings
from core.support.cells import cell_width, padded
from core.support.i18n import N_, _, ngettext
from core.support.text import inert_json, inert_line
from tui.commands.tables import Cell, Column, is_for_people, print_marked, print_table

_UNITS = (
    (86_400_000, N_("{count} d")),
    (3_600_000, N_("{count} h")),
    (60_000, N_("{count} min")),
    (1_000, N_("{count} s")),
)
_NONE = "-"


async def print_topic(settings: Settings, *, as_json: bool) -> None:
    """Ask the cluster for its topic and print what it says.

    Raises:
        ClusterError: the cluster cannot be used, or has no such topic.
    """
    facts = await topic_facts(settings.kafka)
    if as_json:
        print(inert_json(topic_as_json(facts), indent=2))
        return
    if not is_for_people():
        for line in topic_lines(facts):
            print(line)
        return
    _print(facts)


def topic_lines(facts: TopicFacts) -> list[str]:
    """The report for people: the topic, its partitions, and what should be looked after."""
    lines = _in_columns(_headings(facts), right=())
    lines += ["", *_in_columns(_table(facts), right=range(6)), "", *_counted(facts)]
    return lines + [f"[{_warning()}] {words}" for words in concerns(facts)]


def _warning() -> str:
    return _("warning")


def _print(facts: TopicFacts) -> None:
    """The same on a terminal: as wide as it is, with what warns in colour."""
    for line in _in_columns(_headings(facts), right=()):
        print(line)
    print()
    head, *rows = _table(facts)
    columns = [Column(title, is_right=number < 6) for number, title in enumerate(head)]
    print_table(columns, ([Cell(text, _look(row)) for text in row] for row in rows))
    print()
    for line in _counted(facts):
        print(line)
    for words in concerns(facts):
        print_marked(Cell(f"[{_warning()}]", "bold yellow"), f" {words}")


def _look(row: Sequence[str]) -> str:
    return "bold yellow" if row[1] == _NONE else ""  # no leader: nothing is read or written there


def _counted(facts: TopicFacts) -> list[str]:
    lines = []
    count = sum(partition.count for partition in facts.partitions)
    words = ngettext("{count} record at most", "{count} records at most", count)
    lines.append(words.format(count=_grouped(count)))
    starts_ms = log_starts_ms(facts)
    if starts_ms is not None:
        lines.append(_("The log starts at {date}; what was opened before is gone.").format(date=_clock(starts_ms)))
    return lines


def topic_as_json(facts: TopicFacts) -> dict[str, Any]:
    """The same for programs: times in UTC, null for what the cluster does not tell."""
    return {
        "topic": facts.topic,
        "topicId": facts.topic_id or None,
        "clusterId": facts.cluster_id,
        "retentionMs": facts.retention_ms,
        "retentionBytes": facts.retention_bytes,
        "cleanupPolicy": facts.cleanup_policy,
        "maxMessageBytes": facts.max_message_bytes,
        "autoCreateTopics": facts.auto_create,
        "partitions": [_partition_as_json(partition) for partition in facts.partitions],
        "warnings": list(concerns(facts)),
    }


def _partition_as_json(partition: PartitionFacts) -> dict[str, Any]:
    return {
        "partition": partition.number,
        "leader": None if partition.leader < 0 else partition.leader,
        "replicas": list(partition.replicas),
        "inSync": list(partition.in_sync),
        "firstOffset": _known(partition.first_offset),
        "nextOffset": _known(partition.next_offset),
        "count": None if partition.first_offset == UNKNOWN_OFFSET else partition.count,
        "firstAt": None if partition.first_ms is None else utc_text(partition.first_ms),
        "lastAt": None if partition.last_ms is None else utc_text(partition.last_ms),
    }


def _known(offset: int) -> int | None:
    return None if offset == UNKNOWN_OFFSET else offset


def _headings(facts: TopicFacts) -> list[Sequence[str]]:
    return [
        (_("topic"), inert_line(facts.topic)),
        (_("cluster"), inert_line(facts.cluster_id, 100)),
        (_("retention"), _kept(facts)),
        (_("largest record"), _bytes(facts.max_message_bytes)),
        (_("auto-create"), _yes_or_no(facts.auto_create)),
        *([(_("topic id"), facts.topic_id)] if facts.topic_id else []),
    ]


def _kept(facts: TopicFacts) -> str:
    if facts.retention_ms is None and facts.cleanup_policy is None:
        return _("not known (no right to see the topic's settings)")
    policy = f"cleanup.policy={inert_line(facts.cleanup_policy or '?', 100)}"
    return " · ".join((_span(facts.retention_ms), _size(facts.retention_bytes), policy))


def _span(milliseconds: int | None) -> str:
    if milliseconds is None:
        return _("not known")
    if milliseconds < 0:
        return _("forever")
    for unit, words in _UNITS:
        if milliseconds >= unit:
            return _(words).format(count=f"{milliseconds / unit:.1f}".removesuffix(".0"))
    return f"{milliseconds} ms"


def _size(size: int | None) -> str:
    return _("any size") if size is not None and size < 0 else _bytes(size)


def _bytes(size: int | None) -> str:
    return _("not known") if size is None else _("{count} bytes").format(count=_grouped(size))


def _yes_or_no(said: bool | None) -> str:
    if said is None:
        return _("not known")
    return _("yes") if said else _("no")


def _table(facts: TopicFacts) -> list[Sequence[str]]:
    head = ("#", _("leader"), "ISR", _("first"), _("next"), _("count"), _("first record"), _("last record"))
    return [head, *(_row(partition) for partition in facts.partitions)]


def _row(partition: PartitionFacts) -> Sequence[str]:
    known = partition.first_offset != UNKNOWN_OFFSET
    return (
        str(partition.number),
        str(partition.leader) if partition.leader >= 0 else _NONE,
        f"{len(partition.in_sync)}/{len(partition.replicas)}",
        str(partition.first_offset) if known else _NONE,
        str(partition.next_offset) if known else _NONE,
        str(partition.count) if known else _NONE,
        _clock(partition.first_ms),
        _clock(partition.last_ms),
    )


def _in_columns(rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> list[str]:
    """Rows as lines, each column as wide as its widest entry in cells; those in ``right`` are set to the right."""
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cell(row[n], width, n in right) for n, width in enumerate(widths)).rstrip() for row in rows]


def _cell(text: str, width: int, to_the_right: bool) -> str:
    return " " * (width - cell_width(text)) + text if to_the_right else padded(text, width)


def _grouped(number: int) -> str:
    return f"{number:,}"


def _clock(time_ms: int | None) -> str:
    if time_ms is None:
        return _NONE
    return datetime.fromtimestamp(showable_ms(time_ms) / 1000).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006
