"""What a command takes, as values: one description, from which it is parsed, explained and completed.

Texts are message ids, marked with ``N_`` where they are written down: they are said in the language of the moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path


class Kind(Enum):
    """What a value is: what is checked of it here, and what a shell can offer for it."""

    TEXT = auto()
    FILE = auto()
    FOLDER = auto()
    SECONDS = auto()
    """A number that is not negative."""
    COMMAND = auto()
    """The name of a command."""
    OPEN_ISSUE = auto()
    SOLVED_ISSUE = auto()
    ANY_ISSUE = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """What stands behind an option, or as an argument."""

    word: str
    """What help calls it."""
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    """The only values there are; none: any."""


@dataclass(frozen=True, slots=True)
class Option:
    """``--name`` alone is a flag, with a value it takes the next word or what follows ``=``."""

    name: str
    help: str
    value: Value | None = None
    is_required: bool = False
    is_repeatable: bool = False
    short: str = ""
    other_name: str = ""
    """A name from earlier versions. It goes on working, and is not shown."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.short, self.name, self.other_name)))


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that is told by its place."""

    name: str
    help: str
    value: Value
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """``andon NAME``. ``run`` gives the exit code; None is 0."""

    name: str
    help: str
    run: "Callable[[Given], int | None]"
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The program: ``options`` stand before a command or behind it, ``terminal`` is what runs without one."""

    name: str
    help: str
    terminal: Command
    commands: tuple[Command, ...]
    options: tuple[Option, ...]

    def command(self, name: str) -> Command | None:
        """The command of that name, also one that help does not list."""
        return next((command for command in self.commands if command.name == name), None)


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed, checked. Values are text that can be stored and sent."""

    values: Mapping[str, tuple[str, ...]]
    """By option or argument; a flag that was set has no values."""

    def flag(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The last value: whoever says it twice has changed their mind."""
        found = self.optional(name)
        return default if found is None else found

    def optional(self, name: str) -> str | None:
        return self.values[name][-1] if name in self.values else None

    def texts(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def number(self, name: str, default: float) -> float:
        return float(self.values[name][-1]) if name in self.values else default

    def without(self, name: str) -> "Given":
        return Given({other: values for other, values in self.values.items() if other != name})

    def path(self, name: str) -> Path | None:
        found = self.optional(name)
        return None if found is None else Path(found)
