"""Which chatbot the settings choose. Only that one is loaded, and an HTTP client only where one is needed."""

from core.chat.backend import ChatBackend
from core.chat.playbook.assistant import PlaybookAssistant
from core.settings import Settings


def chosen_backend(settings: Settings) -> ChatBackend:
    """The chatbot that answers first; the built-in assistant is always its fallback.

    Raises:
        SettingsError: what it needs is missing or wrong.
    """
    if settings.chat_kind == "builtin":
        return PlaybookAssistant()
    if settings.chat_kind == "openai":
        from core.chat.openai.backend import open_ai

        return open_ai(settings)
    from core.chat.smartfactory.backend import smart_factory

    return smart_factory(settings)
