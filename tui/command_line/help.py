"""The pages of ``--help`` and ``andon help``, in the operator's language and on the terminal's grid."""

import os
import sys
from collections.abc import Iterable, Iterator

from core.support.cells import cell_width, filled, padded
from core.support.i18n import _
from tui.command_line.parser import HELP, VERSION
from tui.command_line.spec import Argument, Command, CommandLine, Option, Value

_WIDEST = 96
_NARROWEST = 40
_TERM_WIDEST = 30
"""Cells of the left column, a third of the width at most; what is longer has its explanation below."""


def page(line: CommandLine, command: Command, width: int | None = None) -> str:
    """What there is to know of a command, or of the program (``line.terminal``); ``width`` in cells."""
    width = width or _columns()
    is_program = command is line.terminal
    parts = [_filled(usage(line, command), width), _filled(_(line.help if is_program else command.help), width)]
    if is_program:
        shown = [(one.name, _(one.help)) for one in line.commands if not one.is_hidden]
        parts.append(_section(_("Commands"), shown, width))
        parts.append(_section(_("Options of every command"), _options((*line.options, VERSION, HELP)), width))
    else:
        arguments = [(_(one.value.word), _help(one.help, one.value, is_required=False)) for one in command.arguments]
        parts.append(_section(_("Arguments"), arguments, width))
        parts.append(_section(_("Options"), _options((*command.options, VERSION, HELP)), width))
        parts.append(_filled(_("andon help lists the options that every command takes."), width))
    return "\n\n".join(filter(None, parts))


def usage(line: CommandLine, command: Command) -> str:
    """``Usage: andon resolve [OPTIONS] ISSUE``."""
    words = [_("Usage:"), line.name]
    if command is line.terminal:
        return " ".join([*words, _("[OPTIONS]"), _("[COMMAND]")])
    required = (f"{one.name} {_value_word(one.value)}" for one in command.options if one.is_required and one.value)
    return " ".join([*words, command.name, *required, _("[OPTIONS]"), *map(_argument_word, command.arguments)])


def _argument_word(argument: Argument) -> str:
    word = _(argument.value.word)
    return word if argument.is_required else f"[{word}]"


def _options(options: Iterable[Option]) -> list[tuple[str, str]]:
    return [(_option_term(one), _help(one.help, one.value, is_required=one.is_required)) for one in options]


def _option_term(option: Option) -> str:
    names = ", ".join(filter(None, (option.short, option.name)))
    return f"{names} {_value_word(option.value)}" if option.value else names


def _value_word(value: Value) -> str:
    return _(value.word) if value.word else "|".join(value.choices)


def _help(words: str, value: Value | None, *, is_required: bool) -> str:
    said = _(words)
    if value is not None and value.word and value.choices:
        said += f" ({', '.join(value.choices)})"
    return " ".join((said, _("[required]"))) if is_required else said


def _section(title: str, rows: list[tuple[str, str]], width: int) -> str:
    if not rows:
        return ""
    left = min(_TERM_WIDEST, width // 3, max(cell_width(term) for term, _words in rows))
    lines = (text for term, words in rows for text in _row(term, words, left, width))
    return "\n".join([f"{title}:", *lines])


def _row(term: str, words: str, left: int, width: int) -> Iterator[str]:
    lines = filled(words, width - left - 4) or [""]
    if cell_width(term) > left:
        yield f"  {term}"
    else:
        yield f"  {padded(term, left)}  {lines.pop(0)}".rstrip()
    yield from (" " * (left + 4) + text for text in lines)


def _filled(text: str, width: int) -> str:
    return "\n".join(filled(text, width))


def _columns() -> int:
    try:
        found = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        found = 80
    return max(_NARROWEST, min(found, _WIDEST))
