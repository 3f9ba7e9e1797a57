"""The program, and its settings: whether they fit each other and the cluster's cloud, and the plant's own playbooks."""

import platform

from core.chat.playbook.library import install, library
from core.doctor.check import Finding, failed, ok
from core.kafka.auth.clouds import settings_problem
from core.settings import Settings, config_path, variable_of
from core.support.i18n import _, ngettext
from core.support.version import version


async def program() -> Finding:
    """Which program this is, and what it runs on."""
    return ok(" · ".join((f"andon {version()}", f"Python {platform.python_version()}", platform.platform(terse=True))))


async def configuration(settings: Settings) -> Finding:
    """Whether the settings can work at all."""
    if not settings.kafka.servers:
        remedy = _("Set {name} (host:port), or try: andon demo").format(name=variable_of("bootstrap_servers"))
        return failed(_("no broker is set"), remedy)
    problem = settings_problem(settings.kafka)
    if problem is not None:
        return failed(problem.words)
    parts = [", ".join(settings.kafka.servers), settings.kafka.topic, settings.kafka.security_protocol]
    parts += [settings.kafka.sasl_mechanism] if settings.kafka.sasl_mechanism else []
    parts += [settings.terminal_id]
    source = config_path(settings.config)
    return ok(" · ".join([*parts, str(source)] if source else parts))


async def playbooks(settings: Settings) -> Finding:
    """The plant's own files. Their precautions must not be missing without anybody knowing."""
    wrong = install(settings.playbooks_dir)
    if wrong:
        return failed(" · ".join(wrong), _("Correct the file; until then it is left out as a whole."))
    count = len(library().playbooks)
    return ok(ngettext("for {count} equipment", "for {count} kinds of equipment", count).format(count=count))
