"""The plant's chatbot: its key, its consumer, its database. No question is asked, so none of its experts works."""

import asyncio

from core.chat.backend import ChatError
from core.chat.smartfactory.backend import SmartFactory
from core.chat.smartfactory.checkup import COLUMNS, CheckUp
from core.doctor.check import Finding, Verdict, ok, warning
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.support.i18n import N_, _

PING_S = 10.0
REMEDIES = {
    ChatProblemKind.HOST: N_(
        "The plant's chatbot takes localhost and smartfactory.company.com (app., dashboard.), never an IP address. "
        "Through a tunnel or a proxy: ANDON_CHAT_HOST=smartfactory.company.com."
    ),
    ChatProblemKind.LOGIN: N_("Ask the chatbot's administrator for a key and give it as ANDON_CHAT_API_KEY_FILE."),
    ChatProblemKind.SILENT: N_(
        "It answers one question at a time and may be busy with somebody else's: try again in a minute. "
        "Until it answers, the built-in assistant does."
    ),
}
"""Message ids by the problem that keeps it from answering."""

_WIDEN = N_("Its administrator widens two columns to VARCHAR(255): {columns} (deploy/chatbot.md).")


async def plant_chatbot(backend: SmartFactory, url: str) -> Finding:
    """What is to be said of a chatbot that answers.

    Raises:
        ChatError: it does not, or not to this terminal.
    """
    try:
        async with asyncio.timeout(PING_S):
            await backend.ping()
    except TimeoutError:
        raise ChatError(ChatProblem(ChatProblemKind.SILENT)) from None
    return _told(await backend.check_up(), _("{name} answers at {url}").format(name=backend.name, url=url))


def _told(found: CheckUp, words: str) -> Finding:
    widen = _(_WIDEN).format(columns=", ".join(COLUMNS))
    if found.is_deaf:
        deaf = _("it has stopped reading issues from Kafka (task_status is stopped), and learns of no new one")
        remedy = _("Its consumer stands at a record that is no JSON: its administrator moves its group behind that.")
        return warning(f"{words} · {deaf}", f"{remedy} {widen}" if found.starts is False else remedy)
    if found.starts is False:
        refused = _("no start-chat was ever answered: its database refuses what is too long for two columns")
        return warning(f"{words} · {refused}", widen)
    if found.starts is None:
        unproven = _("no start-chat to be seen yet; as published it answers 500")
        return Finding(Verdict.OK, f"{words} · {unproven}", widen)
    return ok(words)
