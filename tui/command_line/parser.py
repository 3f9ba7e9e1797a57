"""From the words of a command line to what was given. What is wrong is said in one line, with where to look.

Not argparse, nor a library above it: they say their errors in several lines and in English, measure Hangul as Latin,
and are most of what ``andon --help`` would load (docs/decisions.md, 38).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.domain.errors import OperatorError
from core.support.i18n import N_, _
from core.support.text import inert_line
from tui.command_line.spec import Argument, Command, CommandLine, Given, Kind, Option, Value

HELP = Option("--help", N_("Show this help"), short="-h")
VERSION = Option("--version", N_("Print the version"))


class WrongUseError(OperatorError):
    """The words make no sense here. The message says which, and where to look."""

    is_wrong_use = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is wanted: a command with what was given to it, or to be told about it."""

    command: Command
    given: Given
    wants_help: bool
    wants_version: bool


def parse(line: CommandLine, words: Sequence[str]) -> Parsed:
    """Find the command and what was given to it. Asked for help or the version, nothing else need be complete.

    Raises:
        WrongUseError: there is no such command, option or choice, or something is missing or too much.
    """
    reading = read(line, words)
    if not (reading.wants_help or reading.wants_version):
        reading.check_complete()
    given = {name: tuple(values) for name, values in reading.values.items()}
    return Parsed(reading.command, Given(given), reading.wants_help, reading.wants_version)


def read(line: CommandLine, words: Iterable[str]) -> "Reading":
    """Take the words one by one.

    Raises:
        WrongUseError: as ``parse``; what is missing is not looked for.
    """
    reading = Reading(line, line.terminal)
    for word in words:
        reading.take(word)
    return reading


@dataclass(slots=True)
class Reading:
    """A command line that is read word by word. ``awaited`` is the option whose value comes next."""

    line: CommandLine
    command: Command
    values: dict[str, list[str]] = field(default_factory=dict)
    awaited: Option | None = None
    only_arguments: bool = False
    _arguments: int = 0
    """How many have been taken."""

    @property
    def wants_help(self) -> bool:
        return HELP.name in self.values

    @property
    def wants_version(self) -> bool:
        return VERSION.name in self.values

    @property
    def has_command(self) -> bool:
        return self.command is not self.line.terminal

    @property
    def options(self) -> tuple[Option, ...]:
        """Those that may come next: the command's own, and what every command takes."""
        return (*self.command.options, *self.line.options, VERSION, HELP)

    @property
    def next_argument(self) -> Argument | None:
        rest = self.command.arguments[self._arguments :]
        return rest[0] if rest else None

    def take(self, word: str) -> None:
        """Read the next word."""
        if self.awaited is not None:
            self._keep(self.awaited.name, self.awaited.value, word)
            self.awaited = None
        elif self.only_arguments or not word.startswith("-") or word == "-":
            self._take_argument(word)
        elif word == "--":
            self.only_arguments = True
        else:
            self._take_option(word)

    def check_complete(self) -> None:
        """Find what is missing.

        Raises:
            WrongUseError: something is.
        """
        if self.awaited is not None:
            raise self._wrong(_("{name} needs a value.").format(name=self.awaited.name))
        missing = [one.name for one in self.options if one.is_required and one.name not in self.values]
        missing += [_(one.value.word) for one in self.command.arguments[self._arguments :] if one.is_required]
        if missing:
            raise self._wrong(_("Missing: {names}.").format(names=", ".join(missing)))

    def _take_option(self, word: str) -> None:
        name, sign, value = word.partition("=")
        option = next((one for one in self.options if name in one.names), None)
        if option is None:
            raise self._unknown(_("There is no option {name}."), name, [one.name for one in self.options])
        if option.value is None:
            if sign:
                raise self._wrong(_("{name} takes no value.").format(name=name))
            self.values[option.name] = []
        elif sign:
            self._keep(option.name, option.value, value)
        else:
            self.awaited = option

    def _take_argument(self, word: str) -> None:
        if not self.has_command:
            self._take_command(word)
            return
        argument = self.next_argument
        if argument is None:
            raise self._wrong(_("Unexpected argument: {word}.").format(word=_quoted(word)))
        self._keep(argument.name, argument.value, word)
        self._arguments += 1

    def _take_command(self, name: str) -> None:
        command = self.line.command(name)
        if command is None:
            known = [command.name for command in self.line.commands if not command.is_hidden]
            raise self._unknown(_("There is no command {name}."), name, known)
        self.command = command

    def _keep(self, name: str, value: Value | None, word: str) -> None:
        text = _text(word)
        if value is not None and value.choices and text not in value.choices:
            words = _("{name}: not {value}, but one of {choices}.")
            raise self._wrong(
                words.format(name=self._called(name), value=_quoted(text), choices=", ".join(value.choices))
            )
        if value is not None and value.kind is Kind.SECONDS and not _is_seconds(text):
            words = _("{name}: {value} is no number of seconds.")
            raise self._wrong(words.format(name=self._called(name), value=_quoted(text)))
        self.values.setdefault(name, []).append(text)

    def _called(self, name: str) -> str:
        return next((_(one.value.word) for one in self.command.arguments if one.name == name), name)

    def _unknown(self, words: str, name: str, known: Iterable[str]) -> WrongUseError:
        from difflib import get_close_matches

        said = words.format(name=_quoted(name))
        close = get_close_matches(name, list(known))
        return self._wrong(f"{said} " + _("Did you mean {names}?").format(names=", ".join(close)) if close else said)

    def _wrong(self, words: str) -> WrongUseError:
        asked = f"andon help {self.command.name}" if self.has_command else "andon help"
        return WrongUseError(f"{words} " + _("See: {command}").format(command=asked))


def _quoted(word: str) -> str:
    return f"'{inert_line(_text(word), 100)}'"


def _text(word: str) -> str:
    """A word as text that can be stored and sent: bytes of another encoding become visible ``�``."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_seconds(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return number >= 0 and not math.isnan(number)
