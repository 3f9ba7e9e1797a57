"""Which chatbot the settings choose."""

from core.chat.backend import ChatBackend
from core.chat.openai.backend import open_ai
from core.chat.playbook.assistant import PlaybookAssistant
from core.chat.smartfactory.backend import smart_factory
from core.settings import Settings


def chosen_backend(settings: Settings) -> ChatBackend:
    """The chatbot that answers first; the built-in assistant is always the net under it.

    Raises:
        SettingsError: what it needs is missing or wrong.
    """
    if settings.chat_kind == "builtin":
        return PlaybookAssistant()
    return open_ai(settings) if settings.chat_kind == "openai" else smart_factory(settings)
