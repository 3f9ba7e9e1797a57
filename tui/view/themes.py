"""Themes: a calm grey base, and one colour for each kind of abnormal. Shape and word come first in all of them.

The style sheets use the variables below and nothing else, so that a theme is told in one place.
"""

from textual.theme import BUILTIN_THEMES, Theme

THEME_NAMES = ("dark", "light", "contrast", "mono", "terminal")

VARIABLES = (
    "alarm", "alarm-ground", "danger", "danger-ground", "late", "task", "live", "quiet", "chosen", "notice",
    "notice-ground", "done", "done-ground", "bar", "edge", "edge-focus", "chosen-text", "chosen-quiet",
)  # fmt: skip
"""What each theme says: text colours, grounds behind text, and edges."""


def _theme(
    name: str, *, ground: str, side: str, text: str, dark: bool = True, ansi: bool = False, **colours: str
) -> Theme:
    variables = {key.replace("_", "-"): value for key, value in colours.items()}
    missing = set(VARIABLES) - variables.keys()
    if missing:
        raise ValueError(f"theme {name} says nothing of {sorted(missing)}")
    cursor = {
        "input-cursor-background": colours["edge_focus"],
        "input-cursor-foreground": ground,
        "block-cursor-background": colours["chosen"],
        "block-cursor-foreground": text,
    }
    return Theme(
        name=f"andon-{name}",
        primary=colours["edge_focus"],
        accent=colours["task"],
        warning=colours["late"],
        error=colours["alarm"],
        success=colours["live"],
        foreground=text,
        background=ground,
        surface=side,
        panel=colours["bar"],
        dark=dark,
        ansi=ansi,
        variables={**BUILTIN_THEMES["ansi-dark"].variables, **variables} if ansi else {**variables, **cursor},
    )


THEMES = (
    _theme(
        "dark",
        ground="#15171b", side="#1b1e23", text="#d5d8de", quiet="#8b9099",
        alarm="#ff6b60", alarm_ground="transparent",
        danger="#ffffff", danger_ground="#b3261e", late="#e0a840", task="#6cb0e0", live="#7cc77f",
        chosen="#2b3340", chosen_text="#ffffff", chosen_quiet="#a4abb6",
        notice="#e0a840", notice_ground="#332b1d", done="#7cc77f", done_ground="#20302a",
        bar="#22262d", edge="#3a404a", edge_focus="#8a94a6",
    ),
    _theme(
        "light",
        ground="#f7f7f5", side="#eeeeeb", text="#1d2126", quiet="#5c636c",
        alarm="#b3261e", alarm_ground="transparent",
        danger="#ffffff", danger_ground="#b3261e", late="#8a5a00", task="#1f5f99", live="#23702a",
        chosen="#d7dde6", chosen_text="#000000", chosen_quiet="#4a515b",
        notice="#7a4f00", notice_ground="#f6e7c6", done="#23702a", done_ground="#d9ecd9",
        bar="#e1e2df", edge="#b9bcc1", edge_focus="#5a6472",
        dark=False,
    ),
    _theme(
        "contrast",
        ground="#000000", side="#000000", text="#ffffff", quiet="#c8c8c8",
        alarm="#000000", alarm_ground="#ff8a80",
        danger="#9c0000", danger_ground="#ffffff", late="#ffd54f", task="#81d4fa", live="#a5f2a8",
        chosen="#1f3a5f", chosen_text="#ffffff", chosen_quiet="#d8d8d8",
        notice="#000000", notice_ground="#ffd54f", done="#000000", done_ground="#a5f2a8",
        bar="#2a2a2a", edge="#c8c8c8", edge_focus="#ffffff",
    ),
    _theme(
        "mono",
        ground="#121212", side="#181818", text="#d0d0d0", quiet="#8f8f8f",
        alarm="#000000", alarm_ground="#ffffff",
        danger="#000000", danger_ground="#ffffff", late="#ffffff", task="#d0d0d0", live="#d0d0d0",
        chosen="#3a3a3a", chosen_text="#ffffff", chosen_quiet="#b4b4b4",
        notice="#ffffff", notice_ground="#303030", done="#ffffff", done_ground="#303030",
        bar="#242424", edge="#4a4a4a", edge_focus="#c0c0c0",
    ),
    _theme(
        "terminal",
        ground="ansi_default", side="ansi_default", text="ansi_default", quiet="ansi_bright_black",
        alarm="ansi_bright_white", alarm_ground="ansi_red",
        danger="ansi_bright_white", danger_ground="ansi_red", late="ansi_yellow", task="ansi_cyan", live="ansi_green",
        chosen="ansi_blue", chosen_text="ansi_bright_white", chosen_quiet="ansi_white",
        notice="ansi_black", notice_ground="ansi_yellow", done="ansi_black",
        done_ground="ansi_green", bar="ansi_default", edge="ansi_bright_black", edge_focus="ansi_default",
        ansi=True,
    ),
)  # fmt: skip


def theme_in_few_colours(chosen: str) -> str:
    """Of sixteen colours the dark theme's greys are one: the terminal's own are told apart there."""
    return "terminal" if chosen == "dark" else chosen


def next_theme(name: str) -> str:
    """The one after ``name``, round and round."""
    return THEME_NAMES[(THEME_NAMES.index(name) + 1) % len(THEME_NAMES)]
