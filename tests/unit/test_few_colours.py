"""Sixteen colours: alarm, overdue and selection tell apart, and a slow line gets its keys whole."""

from itertools import combinations

import pytest
from textual import _parser, events

from core.support.terminal_colours import has_few_colours
from tui.input import parser as parser_module
from tui.input.parser import SLOW_ESCAPE_S, InputParser
from tui.view.themes import THEMES, theme_in_few_colours

TERMINAL = next(theme for theme in THEMES if theme.name == "andon-terminal").variables


@pytest.mark.parametrize(
    ("environment", "few"),
    [
        ({"TERM": "linux"}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "vt220"}, True),
        ({"TERM": "screen"}, True),
        ({}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, False),
    ],
)
def test_how_many_colours_by_what_the_terminal_says(environment: dict[str, str], few: bool) -> None:
    assert has_few_colours(environment) is few


def test_a_theme_of_greys_becomes_the_terminals_own() -> None:
    assert theme_in_few_colours("dark") == "terminal"
    assert theme_in_few_colours("mono") == "mono"


def test_alarm_overdue_and_selection_are_three_looks_in_the_terminals_own_colours() -> None:
    looks = {
        "alarm": (TERMINAL["alarm"], TERMINAL["alarm-ground"]),
        "overdue": (TERMINAL["late"], "ansi_default"),
        "selection": (TERMINAL["chosen-text"], TERMINAL["chosen"]),
        "overdue, selected": (TERMINAL["late"], TERMINAL["chosen"]),
        "quiet, selected": (TERMINAL["chosen-quiet"], TERMINAL["chosen"]),
    }
    assert all(one != other for one, other in combinations(looks.values(), 2))
    assert all(text != ground for text, ground in looks.values()), "nothing is drawn in its own ground"
    assert "bright" not in TERMINAL["chosen"], "not every console draws a bright ground"


@pytest.mark.parametrize(
    ("waited", "escape_s", "keys"), [(0.3, 0.0, ["escape", "O", "S"]), (0.3, SLOW_ESCAPE_S, ["f4"])]
)
def test_on_a_slow_line_a_torn_sequence_is_one_key(
    monkeypatch: pytest.MonkeyPatch, waited: float, escape_s: float, keys: list[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(_parser, "get_time", lambda: now[0])
    monkeypatch.setattr(parser_module, "get_time", lambda: now[0])
    parser = InputParser(escape_s=escape_s)
    found = list(parser.feed("\x1b"))
    now[0] += waited
    found += [*parser.tick(), *parser.feed("OS")]
    assert [event.key for event in found if isinstance(event, events.Key)] == keys
