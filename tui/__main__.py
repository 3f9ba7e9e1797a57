"""``andon`` and ``python -m tui``. A probe asks often, so it is answered before the screens' libraries are loaded."""

import gc
import sys

from tui.output import show_what_can_be_shown


def main() -> None:
    """The entry point of the command. What is loaded stays: the collector begins when the work does."""
    gc.disable()
    show_what_can_be_shown(sys.argv[1:])
    if sys.argv[1:] in (["health"], ["health", "--json"]):
        from tui.commands.health import answer_probe

        sys.exit(answer_probe(as_json="--json" in sys.argv))
    from tui.cli import main as run

    run()


if __name__ == "__main__":
    main()
