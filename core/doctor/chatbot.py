"""The chatbot: whether it answers, and whether it takes the key. It is no part of the road to Kafka."""

from core.chat.backend import ChatBackend, ChatError, IssueBrief, SessionBackend
from core.chat.choosing import chosen_backend
from core.chat.openai import OpenAI
from core.chat.problems import ChatProblemKind
from core.doctor.check import Finding, failed, ok, warning
from core.doctor.language_model import language_model
from core.i18n import _
from core.settings import Settings, SettingsError

_KEY_TAKEN = (ChatProblemKind.UNKNOWN_ISSUE, ChatProblemKind.NOT_FOUND, ChatProblemKind.TOO_MANY)
"""Answers to a question about an issue that is not there: the key was looked at first."""
_NO_ISSUE = IssueBrief("andon-doctor", "andon-doctor", "", "", "", "", is_fault=False)


async def chatbot(settings: Settings) -> Finding:
    """Ask the chatbot that is chosen. Without one the built-in assistant answers, so silence is a warning."""
    try:
        backend = chosen_backend(settings)
    except SettingsError as error:
        return failed(str(error))
    if backend.name == "builtin":
        return ok(_("the built-in assistant"))
    try:
        if isinstance(backend, OpenAI):
            return await language_model(backend, settings)
        await backend.ping()
        await _ask_with_key(backend)
    except ChatError as error:
        words = f"{settings.chat_url}: {error.problem.words}"
        if error.problem.kind in (ChatProblemKind.LOGIN, ChatProblemKind.FORBIDDEN):
            return failed(words)
        return warning(words, _("Until it answers, the built-in assistant does."))
    finally:
        await backend.close()
    return ok(_("{name} answers at {url}").format(name=backend.name, url=settings.chat_url))


async def _ask_with_key(backend: ChatBackend) -> None:
    """The plant's chatbot answers a ping without a key; sessions of an issue it tells with one alone."""
    if not isinstance(backend, SessionBackend):
        return
    try:
        await backend.earlier(_NO_ISSUE, [])
    except ChatError as error:
        if error.problem.kind not in _KEY_TAKEN:
            raise
