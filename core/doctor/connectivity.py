"""The road to the topic, step by step: name, port, TLS, login, topic, rights, clock. Each uses what the last found."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from core.doctor.check import Finding, failed, ok, warning
from core.doctor.network import Reply, Secured, presented, reached, resolved, secured
from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.events import Quarantined, read_event
from core.domain.foreign_values import remedy_for
from core.domain.problems import Problem
from core.domain.quarantine import place
from core.kafka.advertised_listeners import advertised_brokers, sent_astray, unreachable
from core.kafka.aiokafka_internals import fast_client
from core.kafka.auth.clouds import Cloud
from core.kafka.auth.tls import tls_context
from core.kafka.cluster import TopicInfo, connected, look
from core.kafka.inspect.acls import Rights, rights_on_topic
from core.kafka.inspect.broker_clock import broker_ahead_s
from core.kafka.inspect.sample import newest_records
from core.kafka.inspect.topic_concerns import concerns
from core.kafka.inspect.topic_facts import TopicFacts, topic_facts
from core.kafka.limits import LimitRow, limit_rows
from core.settings import KafkaSettings
from core.support.i18n import N_, _, ngettext

_SOON_DAYS = 30
"""Before a certificate runs out: time enough to have it renewed."""
_AHEAD_S = 5.0
"""A clock that is wrong by more loses or delays what is resolved here, or what others resolve."""


_CLOCK_REMEDY = N_("Set this terminal's clock right, by a time server (NTP).")


class Road:
    """One journey: its steps are asked in their order."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._addresses: list[str] = settings.servers
        """Those that answered so far."""
        self._info: TopicInfo | None = None
        self._facts: TopicFacts | None = None
        self._unread: ClusterProblem | None = None
        """Why the topic's facts could not be read."""
        self._rights = Rights(None)

    # --- the network

    async def name(self) -> Finding:
        """Whether the names of the addresses are known."""
        return self._sorted_out(await asyncio.gather(*(resolved(address) for address in self._addresses)))

    async def tcp(self) -> Finding:
        """Whether somebody listens there."""
        return self._sorted_out(await asyncio.gather(*(reached(address) for address in self._addresses)))

    def _sorted_out(self, replies: Sequence[Reply]) -> Finding:
        """Go on with the addresses that answered. One is enough to start with; the cluster names the others."""
        good = [reply for reply in replies if reply.problem is None]
        wrong = [reply.problem for reply in replies if reply.problem is not None]
        words = " · ".join(reply.words for reply in good)
        if not good:
            return failed(wrong[0].words)
        self._addresses = [reply.address for reply in good]
        return warning(words, wrong[0].words) if wrong else ok(words)

    async def tls(self) -> Finding | None:
        """Whether the broker's certificate is the one to trust, and for how long."""
        if not self._settings.security_protocol.endswith("SSL"):
            return None
        try:
            context = tls_context(self._settings)
        except ClusterError as error:
            return failed(error.problem.words)
        address = self._addresses[0]
        found = await secured(address, context)
        if isinstance(found, Problem):
            return failed(found.words, await _what_it_shows(address, found))
        words = f"{found.version} · {_certificate(found)}"
        if found.days_left(time.time()) < _SOON_DAYS:
            return warning(words, _("The broker's certificate runs out soon. Have it renewed."))
        return ok(words)

    # --- Kafka

    async def login(self) -> Finding:
        """Whether the broker speaks Kafka with us, and lets us in."""
        settings = self._settings
        try:
            async with connected(settings, self._addresses[0]):
                pass
        except ClusterError as error:
            return failed(error.problem.words)
        if settings.sasl_mechanism is None:
            return ok(_("{protocol}: without a login").format(protocol=settings.security_protocol))
        return ok(" · ".join(filter(None, (settings.sasl_mechanism, settings.sasl_username))))

    async def brokers(self) -> Finding:
        """Whether the addresses that the cluster names for its brokers lead anywhere from here."""
        try:
            named = await advertised_brokers(self._settings, self._addresses[0])
        except ClusterError as error:
            return failed(error.problem.words)
        lost = await unreachable(named)
        words = ", ".join(named)
        if not lost:
            return ok(words)
        told = sent_astray(lost).words
        return failed(told) if len(lost) == len(named) else warning(words, told)

    async def topic(self) -> Finding:
        """Whether the topic is there, and what about it could cost an alarm. It is not created."""
        try:
            self._info = await look(self._settings)
        except ClusterError as error:
            return failed(error.problem.words)
        try:
            self._facts = await topic_facts(self._settings)
        except ClusterError as error:
            if error.problem.kind is not ClusterProblemKind.NO_READ:
                return failed(error.problem.words)
            self._unread = error.problem
        words = _("{topic} on cluster {cluster}, {count} partitions")
        found = words.format(topic=self._info.topic, cluster=self._info.cluster_id, count=len(self._info.partitions))
        if self._facts is None:
            return ok(found)
        found = " · ".join((found, *_told_of(self._facts)))
        worries = concerns(self._facts)
        return warning(found, " ".join(worries)) if worries else ok(found)

    async def read(self) -> Finding:
        """Whether the records may be read: by what the broker says, and by reading some."""
        if self._unread is not None:
            return failed(self._unread.words)
        try:
            self._rights = await rights_on_topic(self._settings, self._addresses[0])
        except ClusterError as error:
            return failed(error.problem.words)
        if self._rights.may_read is False:
            return failed(ClusterProblem(ClusterProblemKind.NO_READ, self._settings.topic).words)
        count = sum(partition.count for partition in self._facts.partitions) if self._facts else 0
        return ok(ngettext("yes · {count} record", "yes · {count} records", count).format(count=f"{count:,}"))

    async def records(self) -> Finding | None:
        """Whether the newest records are issue events, also where no terminal has read them yet."""
        if self._facts is None:
            return None
        spans = {p.number: (p.first_offset, p.next_offset) for p in self._facts.partitions if p.count}
        found = [read_event(record) for record in await newest_records(self._settings, spans)]
        unreadable = [one for one in found if isinstance(one, Quarantined)]
        words = ngettext("the newest {count} record", "the newest {count} records", len(found))
        words = words.format(count=f"{len(found):,}")
        if not unreadable:
            return ok(words)
        newest = max(unreadable, key=lambda item: item.record.timestamp_ms)
        told = _("{count} of them cannot be read, so the list may lack alarms; {where}: {reason}")
        told = told.format(count=f"{len(unreadable):,}", where=place(newest), reason=_(newest.reason))
        return warning(f"{words} · {told}", _(remedy_for(newest.reason)))

    async def write(self) -> Finding:
        """Whether records may be written, as the broker says: none is written to find out."""
        match self._rights.may_write:
            case True:
                return ok(_("yes (nothing was written)"))
            case False:
                return failed(ClusterProblem(ClusterProblemKind.NO_WRITE, self._settings.topic).words)
            case None:
                return warning(_("this broker does not tell"), _("The first resolve shows it; doctor writes nothing."))

    async def clock(self) -> Finding:
        """How far this terminal's clock is from the broker's, or else from the records'."""
        ahead_s = await broker_ahead_s(self._settings, self._addresses[0])
        if ahead_s is not None:
            words = _("{seconds} s apart from the broker's clock").format(seconds=f"{abs(ahead_s):.1f}")
            return warning(words, _(_CLOCK_REMEDY)) if abs(ahead_s) > _AHEAD_S else ok(words)
        newest_ms = max((p.last_ms or 0 for p in self._facts.partitions), default=0) if self._facts else 0
        ahead_s = newest_ms / 1000 - time.time()
        if ahead_s > _AHEAD_S:
            words = _("the newest record is {seconds} s ahead of this terminal's clock")
            return warning(words.format(seconds=f"{ahead_s:.0f}"), _(_CLOCK_REMEDY))
        return ok(_("no record is ahead of it; the broker does not tell its time"))

    async def client(self) -> Finding:
        """The client's library, and the limits that it keeps on this cluster."""
        rows = [row for row in limit_rows(self._settings) if row.is_set or row.cloud is not Cloud.NONE]
        limits = ", ".join(_limit(row) for row in rows)
        if not fast_client():
            remedy = _("Install the aiokafka wheel for this platform.")
            return warning(_("without its C extension: ten times slower"), remedy)
        found = _("aiokafka with its C extension")
        return ok(f"{found} · {limits}" if limits else found)


def _told_of(facts: TopicFacts) -> Iterator[str]:
    """How long records are kept, and whether a mistyped topic would come into being; what is not told is left out."""
    if facts.retention_ms is not None:
        days = f"{facts.retention_ms / 86_400_000:g}"
        yield _("kept forever") if facts.retention_ms < 0 else _("kept for {days} days").format(days=days)
    if facts.auto_create is False:
        yield _("a mistyped topic is not created")


def _limit(row: LimitRow) -> str:
    source = _("set") if row.is_set else row.cloud.value
    return f"{row.variable}={row.value} ({source})"


def _certificate(found: Secured) -> str:
    day = datetime.fromtimestamp(found.expires_at, UTC).strftime("%Y-%m-%d")
    words = _("{names} · from {issuer} · until {day}")
    return words.format(names=found.names or found.subject, issuer=found.issuer, day=day)


_UNTRUSTED = (ClusterProblemKind.CERT_NAME, ClusterProblemKind.CERT_UNKNOWN)


async def _what_it_shows(address: str, problem: ClusterProblem) -> str:
    """Of a certificate that is not taken: whose it is."""
    shown = await presented(address) if problem.kind in _UNTRUSTED else None
    return "" if shown is None else _("The broker shows: {certificate}").format(certificate=_certificate(shown))
