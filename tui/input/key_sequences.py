"""Key sequences that Textual does not know while its Kitty protocol is off (it breaks the IME, docs/textual.md, 11).

Terminals that were set to CSI u or to xterm's modifyOtherKeys send Ctrl with a Hangul letter so: Ctrl+ㅊ as
``ESC[12618;5u``. It is told as the Ctrl key on whose key cap the letter stands.
"""

from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys

from tui.input.keys import TWO_SET


def teach() -> None:
    """Teach Textual's parser these sequences. The exact version is pinned, so the table stays what it is."""
    known = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for latin, hangul in TWO_SET.items():
        key = (Keys(f"ctrl+{latin}"),)
        for letter in (latin, hangul):
            known[f"\x1b[{ord(letter)};5u"] = key
            known[f"\x1b[27;5;{ord(letter)}~"] = key
