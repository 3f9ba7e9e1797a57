"""``python -m tui``: the same as ``andon``."""

from tui.cli import main

main()
