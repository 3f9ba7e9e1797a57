"""Slash commands of the composer, in Korean and English."""

from enum import StrEnum

from core.support.i18n import N_, language

NOT_A_COMMAND = N_("There is no command {word}. F1 shows all of them; a space before the / sends it as text.")


class SlashCommand(StrEnum):
    EMERGENCY = "emergency"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    NOTE = "note"
    SHELVE = "shelve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    BOT = "bot"
    SECURE = "secure"
    SIMILAR = "similar"
    REPORT = "report"
    FIND = "find"
    SAVE = "save"
    RETRY = "retry"
    HELP = "help"
    UNKNOWN = "unknown"


WORDS: dict[SlashCommand, tuple[str, ...]] = {
    SlashCommand.EMERGENCY: ("/119", "/응급", "/emergency"),
    SlashCommand.ACKNOWLEDGE: ("/ack", "/확인"),
    SlashCommand.RESOLVE: ("/resolve", "/해결"),
    SlashCommand.NOTE: ("/note", "/메모"),
    SlashCommand.SHELVE: ("/shelve", "/보류"),
    SlashCommand.DISMISS: ("/dismiss", "/치우기"),
    SlashCommand.REOPEN: ("/reopen", "/재개"),
    SlashCommand.BOT: ("/bot", "/봇"),
    SlashCommand.SECURE: ("/safe", "/안전"),
    SlashCommand.SIMILAR: ("/similar", "/유사"),
    SlashCommand.REPORT: ("/report", "/보고서"),
    SlashCommand.FIND: ("/find", "/찾기"),
    SlashCommand.SAVE: ("/save", "/저장"),
    SlashCommand.RETRY: ("/retry", "/재시도"),
    SlashCommand.HELP: ("/help", "/도움말"),
}

CHOSEN = "chosen"
BOT_WORDS: dict[str, str] = {
    "builtin": "builtin",
    "기본": "builtin",
    "내장": "builtin",
    "도우미": "builtin",
    "plant": CHOSEN,
    "공장": CHOSEN,
    "챗봇": CHOSEN,
    "model": CHOSEN,
    "ai": CHOSEN,
}
"""What chatbots are called after ``/bot``; ``CHOSEN`` is the one that the settings chose."""

MEANINGS: dict[SlashCommand, str] = {
    SlashCommand.EMERGENCY: N_("somebody is hurt or in danger: what to do now, in every text box"),
    SlashCommand.ACKNOWLEDGE: N_("acknowledge, again: claim"),
    SlashCommand.RESOLVE: N_("resolve, with the note that follows"),
    SlashCommand.NOTE: N_("to the people on this issue, not to the chatbot"),
    SlashCommand.SHELVE: N_("shelve for a time, with the reason that follows"),
    SlashCommand.DISMISS: N_("take an issue that is not in the log from the list"),
    SlashCommand.REOPEN: N_("reopen a resolved issue"),
    SlashCommand.BOT: N_("ask a chatbot by its name: /bot builtin why does it leak"),
    SlashCommand.SECURE: N_("safety check: off, locked, tagged, verified"),
    SlashCommand.SIMILAR: N_("what solved the same or similar issues before"),
    SlashCommand.REPORT: N_("save the chatbot's report; /report skip declines it"),
    SlashCommand.FIND: N_("search in this conversation"),
    SlashCommand.SAVE: N_("save this conversation as a file"),
    SlashCommand.RETRY: N_("send again what was parked or failed"),
    SlashCommand.HELP: N_("this help"),
}


def completions(typed: str) -> tuple[tuple[str, SlashCommand], ...]:
    """The commands that ``typed`` may become, each by the name that begins so; none once a name is whole."""
    if not typed.startswith("/") or any(one.isspace() for one in typed):
        return ()
    begun = typed.lower()
    found = {
        command: name
        for command, names in WORDS.items()
        for name in reversed(_preferred(names))
        if name.startswith(begun)
    }
    return tuple((name, command) for command, name in found.items())


def _preferred(names: tuple[str, ...]) -> list[str]:
    """Names in the operator's own letters first; numbers are everybody's."""
    is_korean = language() == "ko"
    return sorted(names, key=lambda name: not (name[1:].isdigit() or name.isascii() is not is_korean))


def emergency_call(text: str) -> str | None:
    """What stands behind ``/119``; None where ``text`` is no such call. It is one in every text box."""
    command, rest = parse_slash(text.strip())
    return rest if command is SlashCommand.EMERGENCY else None


def parse_slash(text: str) -> tuple[SlashCommand | None, str]:
    """What a message asks for: (command, the rest), or (None, the text) when it is for the chatbot."""
    if not text.startswith("/"):
        return None, text
    word, _, rest = text.partition(" ")
    for command, words in WORDS.items():
        if word.lower() in words:
            return command, rest.strip()
    return SlashCommand.UNKNOWN, word
