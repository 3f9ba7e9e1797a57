"""The chatbot: whether it answers, and whether it takes the key. It is no part of the road to Kafka."""

from urllib.parse import urlsplit

from core.chat.backend import ChatError
from core.chat.conversation.factory import chosen_backend
from core.chat.openai.backend import OpenAI
from core.chat.smartfactory.backend import SmartFactory
from core.doctor.check import Finding, failed, ok, warning
from core.doctor.language_model import language_model
from core.doctor.network import presented
from core.doctor.plant_chatbot import REMEDIES, plant_chatbot
from core.doctor.shown import shown_chat_url
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.settings import Settings, SettingsError
from core.support.i18n import _

_WRONG_ADDRESS = (ChatProblemKind.TLS, ChatProblemKind.HTTPS)
"""A conversation tries these again; but nobody's waiting mends a certificate or an address."""
_NO_HTTP = (ChatProblemKind.DROPPED, ChatProblemKind.GARBAGE)
"""How a port of TLS may meet plain http."""


async def chatbot(settings: Settings) -> Finding:
    """Ask the chatbot that is chosen. Without one the built-in assistant answers, so silence is a warning."""
    try:
        backend = chosen_backend(settings)
    except SettingsError as error:
        return failed(str(error))
    try:
        match backend:
            case OpenAI():
                return await language_model(backend, settings)
            case SmartFactory():
                return await plant_chatbot(backend, shown_chat_url(settings))
            case _:
                return ok(_("the built-in assistant"))
    except ChatError as error:
        problem = await _explained(settings, error.problem)
        remedy = REMEDIES.get(problem.kind, "") if isinstance(backend, SmartFactory) else ""
        return _unanswered(f"{shown_chat_url(settings)}: {problem.words}", problem, _(remedy) if remedy else "")
    finally:
        await backend.close()


async def _explained(settings: Settings, problem: ChatProblem) -> ChatProblem:
    """A port that breaks off plain http may speak https: it shows a certificate then."""
    url = urlsplit(settings.chat_url or "")
    if problem.kind not in _NO_HTTP or url.scheme != "http" or url.hostname is None:
        return problem
    where = f"{url.hostname}:{url.port or 80}"
    return ChatProblem(ChatProblemKind.HTTPS, where) if await presented(where) is not None else problem


def _unanswered(words: str, problem: ChatProblem, remedy: str) -> Finding:
    if problem.kind.is_permanent or problem.kind in _WRONG_ADDRESS:
        return failed(words, remedy)
    return warning(words, remedy or _("Until it answers, the built-in assistant does."))
