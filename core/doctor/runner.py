"""The checks in their order. What stands on a check that failed is not looked at."""

import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from core.doctor.chatbot import chatbot
from core.doctor.check import Check, Finding, Verdict, failed
from core.doctor.configuration import configuration, playbooks, program
from core.doctor.connectivity import Road
from core.doctor.store import outbox, quarantine, store
from core.doctor.terminal import Terminal
from core.settings import Settings
from core.support.i18n import N_, _

log = logging.getLogger(__name__)

Look = Callable[[], Awaitable[Finding | None]]
"""None: there is nothing to look at in this set-up."""


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    title: str
    look: Look
    needs: str = ""
    """The check that this one stands on."""


async def examine(
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    *,
    looking: Callable[[str], None] = lambda _title: None,
    beside_screens: bool = False,
) -> AsyncIterator[Check]:
    """Yield the checks one by one, as they are done. ``looking`` is told the title of each as it begins.

    ``beside_screens``: the app is running, so nothing may be asked of the terminal.
    """
    down: set[str] = set()
    for step in _steps(settings, environment, beside_screens=beside_screens):
        title = _(step.title)
        if step.needs in down:
            down.add(step.name)
            yield Check(step.name, title, Verdict.SKIPPED, _("not looked at"))
            continue
        looking(title)
        finding = await _looked(step)
        if finding is None:
            continue
        if finding.verdict is Verdict.FAILED:
            down.add(step.name)
        yield Check(step.name, title, finding.verdict, finding.found, finding.remedy)


async def _looked(step: _Step) -> Finding | None:
    try:
        return await step.look()
    except Exception as error:
        # A defect of one check must not keep the others from being made.
        log.exception("the check %s failed unexpectedly", step.name)
        return failed(_("the check itself failed: {error}").format(error=type(error).__name__))


def _steps(settings: Settings, environment: Mapping[str, str], *, beside_screens: bool) -> list[_Step]:
    road = Road(settings.kafka)
    terminal = Terminal(environment, beside_screens=beside_screens)
    return [
        _Step("program", N_("program"), program),
        _Step("configuration", N_("settings"), lambda: configuration(settings)),
        _Step("name", N_("name"), road.name, "configuration"),
        _Step("tcp", N_("network"), road.tcp, "name"),
        _Step("tls", N_("encryption"), road.tls, "tcp"),
        _Step("login", N_("login"), road.login, "tls"),
        _Step("brokers", N_("brokers"), road.brokers, "login"),
        _Step("topic", N_("topic"), road.topic, "brokers"),
        _Step("read", N_("right to read"), road.read, "topic"),
        _Step("records", N_("records"), road.records, "read"),
        _Step("write", N_("right to write"), road.write, "topic"),
        _Step("clock", N_("clock"), road.clock, "login"),
        _Step("client", N_("Kafka client"), road.client, "configuration"),
        _Step("chatbot", N_("chatbot"), lambda: chatbot(settings)),
        _Step("playbooks", N_("playbooks"), lambda: playbooks(settings)),
        _Step("store", N_("store"), lambda: store(settings)),
        _Step("outbox", N_("outbox"), lambda: outbox(settings), "store"),
        _Step("quarantine", N_("quarantine"), lambda: quarantine(settings), "store"),
        _Step("terminal", N_("terminal"), terminal.look),
    ]
