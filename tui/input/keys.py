"""Every action in one table, with its keys and their twins on the Korean two-set layout.

Bindings, the help, the hints at the bottom and the menu are all made from this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType

from core.settings import SettingsError
from core.support.i18n import N_, _

TWO_SET = dict(zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True))
"""What the keys of the Latin letters send while the Korean two-set layout is on."""


class Area(StrEnum):
    """Where an action works."""

    FLOOR = "floor"
    LIST = "list"
    TRANSCRIPT = "transcript"
    COMPOSER = "composer"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a key does. ``name`` and ``hint`` are message ids; a lower ``rank`` is shown first."""

    id: str
    keys: tuple[str, ...]
    shown_key: str
    name: str
    area: Area = Area.FLOOR
    hint: str = ""
    rank: int = 99
    in_menu: bool = True
    urgent: bool = False
    """Done before the next key is looked at, so that text typed right after it is not lost on the way."""


ACTIONS: tuple[Action, ...] = (
    Action(
        "emergency",
        ("f12", "ctrl+e"),
        "F12",
        N_("Emergency: what to do now (every screen, Ctrl+E, /119)"),
        Area.EVERYWHERE,
        hint=N_("Emergency /119"),
        rank=0,
        urgent=True,
    ),
    Action("help", ("f1",), "F1", N_("Help: every key"), hint=N_("Help"), rank=5),
    Action("acknowledge", ("f2",), "F2", N_("Acknowledge the issue; again: claim it"), hint=N_("Acknowledge"), rank=2),
    Action("next", ("f3",), "F3", N_("Go to the next issue that needs someone"), hint=N_("Next"), rank=3),
    Action("resolve", ("f4",), "F4", N_("Resolve the issue with a note"), hint=N_("Resolve"), rank=1, urgent=True),
    Action(
        "find", ("f7",), "F7", N_("Search issues, past fixes, conversations"), hint=N_("Search"), rank=7, urgent=True
    ),
    Action(
        "shelve",
        ("f8",),
        "F8",
        N_("Shelve the issue for a time; again: unshelve it"),
        hint=N_("Shelve"),
        rank=8,
        urgent=True,
    ),
    Action("operator", ("f9",), "F9", N_("Who is at this terminal"), hint=N_("Operator"), rank=9, urgent=True),
    Action("menu", ("f10",), "F10", N_("Menu: everything, by name"), hint=N_("Menu"), rank=4, in_menu=False),
    Action("reopen", ("ctrl+o",), "Ctrl+O", N_("Reopen the resolved issue in the pane")),
    Action("retry", ("ctrl+r",), "Ctrl+R", N_("Send again what was parked or failed; decide what is held")),
    Action(
        "secure",
        ("ctrl+l",),
        "Ctrl+L",
        N_("Safety check: off, locked, tagged, verified; then steps are shown"),
        urgent=True,
    ),
    Action("search_transcript", ("ctrl+t",), "Ctrl+T", N_("Search in this conversation"), urgent=True),
    Action("similar", (), "", N_("What solved the same or similar issues before")),
    Action("report", ("ctrl+p",), "Ctrl+P", N_("The chatbot's report: save it or decline it"), urgent=True),
    Action("save_conversation", (), "", N_("Save this conversation as a file")),
    Action("condition", ("ctrl+s",), "Ctrl+S", N_("Terminal status: data, outbox, problems")),
    Action("doctor", (), "", N_("Check this set-up: network, login, rights, chatbot, store")),
    Action("outbox", (), "", N_("Outbox: what is not confirmed yet")),
    Action("quarantine", (), "", N_("Quarantine: records that were no issue events")),
    Action("language", (), "", N_("Switch the language: 한국어 / English")),
    Action("theme", (), "", N_("Switch the colours: dark, light, high contrast, monochrome, the terminal's own")),
    Action(
        "row",
        ("ctrl+g",),
        "Ctrl+G",
        N_("Go to a row: then its number (also Alt+1 to 9)"),
        in_menu=False,
        urgent=True,
    ),
    Action(
        "cancel",
        ("escape",),
        "Esc",
        N_("Back; stops waiting for an answer; closes a resolved issue's pane"),
        in_menu=False,
    ),
    Action("leave", ("ctrl+q",), "Ctrl+Q", N_("Leave; what is unsent stays in the outbox"), hint=N_("Leave"), rank=6),
    Action("down", ("down",), "↓", N_("Next row"), Area.LIST, in_menu=False),
    Action("up", ("up",), "↑", N_("Previous row"), Area.LIST, in_menu=False),
    Action("first", ("home",), "Home", N_("First row"), Area.LIST, in_menu=False),
    Action("last", ("end",), "End", N_("Last row"), Area.LIST, in_menu=False),
    Action("page_down", ("pagedown",), "PgDn", N_("A page down"), Area.LIST, in_menu=False),
    Action("page_up", ("pageup",), "PgUp", N_("A page up"), Area.LIST, in_menu=False),
    Action(
        "screen.write", ("enter",), "Enter", N_("Write to the selected issue"), Area.LIST, in_menu=False, urgent=True
    ),
    Action("line_up", ("up",), "↑", N_("A line up"), Area.TRANSCRIPT, in_menu=False),
    Action("line_down", ("down",), "↓", N_("A line down"), Area.TRANSCRIPT, in_menu=False),
    Action("screen_up", ("pageup",), "PgUp", N_("A page up"), Area.TRANSCRIPT, in_menu=False),
    Action("screen_down", ("pagedown",), "PgDn", N_("A page down"), Area.TRANSCRIPT, in_menu=False),
    Action("oldest", ("home",), "Home", N_("To the beginning, with the precautions"), Area.TRANSCRIPT, in_menu=False),
    Action("newest", ("end",), "End", N_("To the end; what comes is followed"), Area.TRANSCRIPT, in_menu=False),
    Action(
        "found_older",
        ("n",),
        "n",
        N_("While searching: the next place, further up"),
        Area.TRANSCRIPT,
        in_menu=False,
    ),
    Action(
        "found_newer",
        ("p",),
        "p",
        N_("While searching: the place before, further down"),
        Area.TRANSCRIPT,
        in_menu=False,
    ),
    Action("send", ("enter",), "Enter", N_("Send the message"), Area.COMPOSER, in_menu=False),
    Action("recall", ("up",), "↑", N_("In an empty composer: what was sent before"), Area.COMPOSER, in_menu=False),
    Action("recall_newer", ("down",), "↓", N_("What was sent after it"), Area.COMPOSER, in_menu=False),
    Action("screen.read_up", ("pageup",), "PgUp", N_("A page up"), Area.COMPOSER, in_menu=False),
    Action("screen.read_down", ("pagedown",), "PgDn", N_("A page down"), Area.COMPOSER, in_menu=False),
    Action(
        "screen.read_oldest",
        ("ctrl+home",),
        "Ctrl+Home",
        N_("To the beginning, with the precautions"),
        Area.COMPOSER,
        in_menu=False,
    ),
    Action(
        "screen.read_newest",
        ("ctrl+end",),
        "Ctrl+End",
        N_("To the end; what comes is followed"),
        Area.COMPOSER,
        in_menu=False,
    ),
    Action("newline", ("ctrl+j",), "Ctrl+J", N_("New line"), Area.COMPOSER, in_menu=False),
)


def with_twins(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys, and what each letter among them sends in Hangul mode: for ``j`` also ``ㅓ``."""
    twins = []
    for key in keys:
        prefix, plus, last = key.rpartition("+")
        twin = TWO_SET.get(last)
        if twin is not None:
            twins.append(f"{prefix}{plus}{twin}")
    return (*keys, *twins)


def keymap(chosen: Mapping[str, str]) -> dict[str, str]:
    """Textual's keymap for the keys that ``andon.toml`` chose, each with its twin.

    Raises:
        SettingsError: there is no such action, or no key is named.
    """
    known = {action.id for action in ACTIONS}
    found = {}
    for action, keys in chosen.items():
        named = tuple(key.strip() for key in keys.split(",") if key.strip())
        if action not in known or not named:
            raise SettingsError(
                _("keys: there is no action {name}, or no key for it. Actions: {known}").format(
                    name=action, known=", ".join(sorted(known))
                )
            )
        found[action] = ",".join(with_twins(named))
    _keep_emergency(found)
    return found


def _keep_emergency(chosen: Mapping[str, str]) -> None:
    """Nothing else may take the emergency key."""
    own = set(chosen.get(EMERGENCY.id, ",".join(with_twins(EMERGENCY.keys))).split(","))
    for action, keys in chosen.items():
        if action != EMERGENCY.id and (taken := own & set(keys.split(","))):
            raise SettingsError(
                _("keys: {key} is the emergency key and cannot be {name} as well. Choose another.").format(
                    key=sorted(taken)[0], name=action
                )
            )


def shown_key(action: Action, chosen: Mapping[str, str]) -> str:
    """The key as the help and the hints name it: the chosen one, else the table's."""
    keys = chosen.get(action.id)
    if keys is None:
        return action.shown_key
    return " ".join("+".join(part.capitalize() for part in key.strip().split("+")) for key in keys.split(","))


def emergency_key(chosen: Mapping[str, str]) -> str:
    """The key that says what to do when people are in danger, as it is named on every screen."""
    return shown_key(EMERGENCY, chosen)


BY_ID = {action.id: action for action in ACTIONS}
EMERGENCY = BY_ID["emergency"]


def bindings(area: Area) -> list[BindingType]:
    """Textual's bindings for an area; the action's id names both the binding and the ``action_`` method."""
    return [
        Binding(
            ",".join(with_twins(action.keys)), action.id, action.name, show=False, id=action.id, priority=action.urgent
        )
        for action in ACTIONS
        if action.area is area and action.keys
    ]


COMPOSED_DIGITS = "¡™£¢∞§¶•ª"
"""What Alt+1 to Alt+9 send where Alt composes, as on a Mac."""


def row_number(key: str, character: str | None) -> int | None:
    """The row that Alt and a digit name, however the terminal sends it; None: it is another key."""
    if character is not None and character in COMPOSED_DIGITS:
        return COMPOSED_DIGITS.index(character) + 1
    digit = key.removeprefix("alt+")
    return int(digit) if digit != key and digit in "123456789" else None


def focus_bindings() -> list[BindingType]:
    """Tab and Shift+Tab, done before the next key is looked at: what is typed right after goes to the new place."""
    return [
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]
