"""The chatbot: whether it answers, and whether it takes the key. It is no part of the road to Kafka."""

import asyncio
import re
from urllib.parse import urlsplit

from core.chat.backend import ChatBackend, ChatError
from core.chat.choosing import chosen_backend
from core.chat.problems import PERMANENT, ChatProblem, ChatProblemKind
from core.chat.smartfactory import SmartFactory
from core.chat.smartfactory_checkup import COLUMNS, CheckUp
from core.doctor.check import Finding, Verdict, failed, ok, warning
from core.doctor.network import presented
from core.i18n import N_, _
from core.settings import Settings, SettingsError

PING_S = 10.0
_NEEDS_SOMEBODY = PERMANENT | {ChatProblemKind.TLS, ChatProblemKind.HTTPS}
"""It will not answer by itself, however long it is waited for."""
_LOGIN_IN_URL = re.compile(r"//[^/@\s]+@")
_NO_HTTP = (ChatProblemKind.DROPPED, ChatProblemKind.GARBAGE)
"""How a port of TLS may meet plain http."""
_REMEDIES = {
    ChatProblemKind.HOST: N_(
        "The plant's chatbot takes localhost and smartfactory.company.com (app., dashboard.), never an IP address. "
        "Through a tunnel or a proxy: ANDON_CHAT_HOST=smartfactory.company.com."
    ),
    ChatProblemKind.LOGIN: N_("Ask the chatbot's administrator for a key and give it as ANDON_CHAT_API_KEY_FILE."),
    ChatProblemKind.SILENT: N_(
        "It answers one question at a time and may be thinking of somebody's: try again in a minute. "
        "Until it answers, the built-in assistant does."
    ),
}
_WIDEN = N_("Its administrator widens two columns to VARCHAR(255): {columns} (deploy/chatbot.md).")


async def chatbot(settings: Settings) -> Finding:
    """Ask the chatbot that is chosen. Without one the built-in assistant answers, so silence is a warning."""
    try:
        backend = chosen_backend(settings)
    except SettingsError as error:
        return failed(str(error))
    if backend.name == "builtin":
        return ok(_("the built-in assistant"))
    try:
        await _ping(backend)
        found = await backend.check_up() if isinstance(backend, SmartFactory) else CheckUp()
    except ChatError as error:
        return _unanswered(settings, await _explained(settings, error.problem))
    finally:
        await backend.close()
    return _answered(settings, backend, found)


async def _ping(backend: ChatBackend) -> None:
    try:
        async with asyncio.timeout(PING_S):
            await backend.ping()
    except TimeoutError:
        raise ChatError(ChatProblem(ChatProblemKind.SILENT)) from None


async def _explained(settings: Settings, problem: ChatProblem) -> ChatProblem:
    """A port that breaks off plain http may speak https: it shows a certificate then."""
    url = urlsplit(settings.chat_url or "")
    if problem.kind not in _NO_HTTP or url.scheme != "http" or url.hostname is None:
        return problem
    where = f"{url.hostname}:{url.port or 80}"
    return ChatProblem(ChatProblemKind.HTTPS, where) if await presented(where) is not None else problem


def _shown_url(settings: Settings) -> str:
    """The address without the login that may stand in it."""
    return _LOGIN_IN_URL.sub("//", settings.chat_url or "")


def _unanswered(settings: Settings, problem: ChatProblem) -> Finding:
    words = f"{_shown_url(settings)}: {problem.words}"
    remedy = _(_REMEDIES[problem.kind]) if problem.kind in _REMEDIES else ""
    if problem.kind in _NEEDS_SOMEBODY:
        return failed(words, remedy)
    return warning(words, remedy or _("Until it answers, the built-in assistant does."))


def _answered(settings: Settings, backend: ChatBackend, found: CheckUp) -> Finding:
    words = _("{name} answers at {url}").format(name=backend.name, url=_shown_url(settings))
    widen = _(_WIDEN).format(columns=", ".join(COLUMNS))
    if found.is_deaf:
        deaf = _("it has stopped reading issues from Kafka (task_status is stopped), and learns of no new one")
        remedy = _("Its consumer stands at a record that is no JSON: its administrator moves its group behind that.")
        return warning(f"{words} · {deaf}", remedy if found.starts is not False else f"{remedy} {widen}")
    if found.starts is False:
        refused = _("no start-chat was ever answered: its database refuses what is too long for two columns")
        return warning(f"{words} · {refused}", widen)
    if found.starts is None:
        unproven = _("no start-chat to be seen yet; as published it answers 500")
        return Finding(Verdict.OK, f"{words} · {unproven}", widen)
    return ok(words)
