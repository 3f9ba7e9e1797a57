"""``andon`` and ``python -m tui``. A probe asks often, so it is answered before the screens' libraries are loaded."""

import sys


def main() -> None:
    """The entry point of the command."""
    if sys.argv[1:] in (["health"], ["health", "--json"]):
        from tui.commands.health import answer_probe

        sys.exit(answer_probe(as_json="--json" in sys.argv))
    from tui.cli import main as run

    run()


if __name__ == "__main__":
    main()
