"""Andon's screens and commands."""

import os

# Before Textual is first imported: its Kitty keyboard protocol garbles a Hangul commit of five syllables or more
# (docs/textual.md, 11).
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
