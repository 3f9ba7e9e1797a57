"""What doctor shows of settings that may hold a secret."""

import re

from core.settings import Settings

_LOGIN_IN_URL = re.compile(r"//[^/@\s]+@")


def shown_chat_url(settings: Settings) -> str:
    """The chatbot's address without the login that may stand in it."""
    return _LOGIN_IN_URL.sub("//", settings.chat_url or "")
