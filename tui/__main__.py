"""``andon`` and ``python -m tui``."""

import gc
import sys

from tui.output import show_what_can_be_shown


def main() -> None:
    """The entry point of the command. What is loaded stays: the collector begins when the work does."""
    gc.disable()
    show_what_can_be_shown(sys.argv[1:])
    from tui.cli import main as run

    run()


if __name__ == "__main__":
    main()
