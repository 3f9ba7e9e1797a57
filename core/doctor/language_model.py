"""A language model: whether it says a word, and what of the address or the model's name is wrong where it does not."""

import asyncio

from core.chat.backend import ChatError, ChatRequest, IssueBrief
from core.chat.openai.backend import OpenAI
from core.doctor.check import Finding, failed, ok, warning
from core.doctor.shown import shown_chat_url
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.settings import Settings
from core.support.i18n import _, language

PATIENCE_S = 60.0
"""For the first word: a model may have to be loaded."""

_NAMES_SHOWN = 5
_MENDED_HERE = frozenset(
    {
        ChatProblemKind.FORBIDDEN,
        ChatProblemKind.GARBAGE,
        ChatProblemKind.LOGIN,
        ChatProblemKind.NO_ANSWER,
        ChatProblemKind.NOT_FOUND,
        ChatProblemKind.REDIRECT,
        ChatProblemKind.REJECTED,
    }
)
"""Nothing of it passes by waiting: a setting is wrong."""


async def language_model(backend: OpenAI, settings: Settings) -> Finding:
    """Ask ``backend`` for one word on the very road of the operators' questions."""
    brief = IssueBrief("andon-doctor", "andon-doctor", "", "", "", "", is_fault=False)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await backend.try_out(ChatRequest(brief, (), _("Answer with one word: ready?"), language()))
    except ChatError as error:
        return await _told(backend, settings, error.problem)
    except TimeoutError:
        return await _told(backend, settings, ChatProblem(ChatProblemKind.SILENT))
    return ok(_("{name} answers at {url}").format(name=backend.name, url=shown_chat_url(settings)))


async def _told(backend: OpenAI, settings: Settings, problem: ChatProblem) -> Finding:
    words = f"{shown_chat_url(settings)}: {problem.words}"
    if problem.kind not in _MENDED_HERE:
        return warning(words, _("Until it answers, the built-in assistant does."))
    return failed(words, _remedy(settings, problem, await _listed(backend)))


async def _listed(backend: OpenAI) -> tuple[str, ...]:
    try:
        return await backend.models()
    except ChatError:
        return ()


def _remedy(settings: Settings, problem: ChatProblem, models: tuple[str, ...]) -> str:
    match problem.kind:
        case ChatProblemKind.LOGIN | ChatProblemKind.FORBIDDEN | ChatProblemKind.REDIRECT:
            return ""
        case _ if settings.chat_model and models and settings.chat_model not in models:
            return _("There is no model {model} there. Set ANDON_CHAT_MODEL to one of: {models}").format(
                model=settings.chat_model, models=_names(models)
            )
        case ChatProblemKind.NO_ANSWER | ChatProblemKind.REJECTED if models:
            return _("Set ANDON_CHAT_MODEL to a model that chats. The server lists: {models}").format(
                models=_names(models)
            )
        case _ if "/v1" not in (settings.chat_url or ""):
            return _("ANDON_CHAT_URL must lead to the OpenAI-compatible API; with most servers it ends in /v1.")
        case _:
            return _("Is this the OpenAI-compatible API? ANDON_CHAT_URL ends before /chat/completions.")


def _names(models: tuple[str, ...]) -> str:
    more = len(models) - _NAMES_SHOWN
    return ", ".join(models[:_NAMES_SHOWN]) + (f" (+{more})" if more > 0 else "")
