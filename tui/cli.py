"""The commands: words in, exit codes out (0 done, 1 failed, 2 wrong use or configuration).

Each command imports what it needs when it runs: help and a wrong flag are answered before any of it is there.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from core.support.i18n import N_, _
from tui.command_line import running
from tui.command_line.language import speak
from tui.command_line.parser import WrongUseError, parse
from tui.command_line.running import DONE, FAILED, connected, quiet_log, run, settings_of, with_playbooks
from tui.command_line.spec import Argument, Command, CommandLine, Given, Kind, Option, Value

_JSON = Option("--json", N_("JSON for programs"))
_JSON_LINES = Option("--json", N_("JSON lines for programs"))
_WAIT = Option(
    "--wait", N_("How long to wait for the confirmation (30 s by default)"), Value(N_("SECONDS"), Kind.SECONDS)
)
_TEXT = Value(N_("TEXT"))


def main() -> None:
    """The entry point."""
    speak(sys.argv[1:])
    sys.exit(running.exit_code(lambda: answer(sys.argv[1:])))


def answer(words: Sequence[str]) -> int | None:
    """Do what the words say; the exit code, None for 0.

    Raises:
        OperatorError: it was not done, or the words make no sense.
    """
    if words[:1] == ["__complete"]:
        from tui.command_line.completion import print_offers

        print_offers(LINE, words[1:])
        return DONE
    parsed = parse(LINE, words)
    if parsed.wants_help:
        return _print_help(parsed.command)
    if parsed.wants_version:
        return _print_version()
    return parsed.command.run(parsed.given)


def _print_help(command: Command) -> int:
    from tui.command_line.help import page

    print(page(LINE, command))
    return DONE


def _print_version() -> int:
    from core.support.version import version

    print(f"andon {version()}")
    return DONE


# --- the screens


def _terminal(given: Given) -> None:
    from tui.commands.terminal import open_terminal

    settings = with_playbooks(given)
    running.require_broker(settings)
    open_terminal(settings)


def _demo(given: Given) -> int:
    from tui.commands.demo import open_demo, play_demo

    settings = with_playbooks(given)
    if given.flag("--auto"):
        quiet_log()
        return DONE if run(play_demo(settings)) else FAILED
    open_demo(settings)
    return DONE


# --- looking


def _issues(given: Given) -> None:
    from tui.commands.issues import print_issues

    run(print_issues(connected(given), everything=given.flag("--all"), as_json=given.flag("--json")))


def _watch(given: Given) -> None:
    from core.domain.issue_filter import Wanted
    from tui.commands.watch import watch, watch_raw

    wanted = Wanted(
        issues=given.texts("--issue"),
        equipment=given.texts("--equipment"),
        open_states=frozenset(one == "open" for one in given.texts("--state")),
    )
    watching = watch_raw if given.flag("--raw") else watch
    from_now = given.text("--from") == "now"
    work = watching(connected(given), wanted, as_json=given.flag("--json"), from_now=from_now)
    run(work, interrupted=DONE)


def _topic(given: Given) -> None:
    from tui.commands.topic import print_topic

    run(print_topic(connected(given), as_json=given.flag("--json")))


# --- acting


def _raise(given: Given) -> None:
    from tui.commands.raise_issue import raise_one

    if not given.text("--issue"):
        raise WrongUseError(_("The issue's id is empty."))
    fields = {
        "issue": given.text("--issue"),
        "processType": given.text("--process-type"),
        "modeType": given.text("--mode-type"),
        "modeLogId": given.optional("--mode-log-id"),
        "description": given.optional("--description"),
    }
    run(raise_one(connected(given), fields))


def _resolve(given: Given) -> None:
    from tui.commands.resolve import resolve_one

    issue, note, cause = given.text("ISSUE"), given.text("--note"), given.text("--cause")
    run(resolve_one(connected(given), issue, note, given.number("--wait", 30.0), cause))


def _reopen(given: Given) -> None:
    from tui.commands.reopen import reopen_one

    run(reopen_one(connected(given), given.text("ISSUE"), given.text("--why"), given.number("--wait", 30.0)))


def _retry(given: Given) -> None:
    from tui.commands.outgoing import retry_one

    run(retry_one(connected(given), given.text("ISSUE"), given.number("--wait", 30.0)))


def _ask(given: Given) -> int:
    from tui.commands.ask import ask

    settings = with_playbooks(given)
    quiet_log()
    asked = ask(settings, given.text("ISSUE"), given.optional("TEXT"), as_json=given.flag("--json"))
    return DONE if run(asked) else FAILED


def _withdraw(given: Given) -> None:
    from tui.commands.withdraw import withdraw_one

    run(withdraw_one(with_playbooks(given), given.text("ISSUE")))


# --- records


def _journal(given: Given) -> None:
    from tui.commands.journal import print_journal

    print_journal(with_playbooks(given), as_json=given.flag("--json"), verify=given.flag("--verify"))


def _export(given: Given) -> None:
    from tui.commands.export import print_export

    print_export(with_playbooks(given), given.text("ISSUE"), as_json=given.text("--format") == "json")


# --- the set-up


def _doctor(given: Given) -> int:
    from tui.commands.doctor import print_doctor

    return DONE if run(print_doctor(with_playbooks(given), as_json=given.flag("--json"))) else FAILED


def _health(given: Given) -> int:
    from tui.commands.health import print_health

    return DONE if print_health(settings_of(given), as_json=given.flag("--json")) else FAILED


def _config(given: Given) -> None:
    from core.settings.toml_file import CONFIG_NAME
    from tui.commands.config import print_config, write_config

    if not given.flag("--write"):
        print_config(settings_of(given), as_json=given.flag("--json"))
        return
    path = given.path("--config") or Path(CONFIG_NAME)
    settings = settings_of(given if path.exists() else given.without("--config"))
    write_config(settings, path)


# --- about the commands


def _help(given: Given) -> int:
    name = given.optional("COMMAND")
    command = LINE.terminal if name is None else LINE.command(name)
    if command is None:
        parse(LINE, [str(name)])  # says that there is none, and what is like it
    return _print_help(command or LINE.terminal)


def _completion(given: Given) -> int:
    from tui.command_line.completion import script

    print(script(given.text("SHELL")), end="")
    return DONE


def _issue(kind: Kind) -> Argument:
    return Argument("ISSUE", N_("The issue's id"), Value(N_("ISSUE"), kind))


LINE = CommandLine(
    name="andon",
    help=N_("The terminal on the factory floor. Without a command it opens the screens."),
    terminal=Command("", "", _terminal),
    options=(
        Option("--bootstrap-servers", N_("The cluster's addresses, host:port"), Value(N_("ADDRESSES"))),
        Option("--topic", N_("The issue topic"), Value(N_("NAME"))),
        Option("--data-dir", N_("Where this terminal keeps its data"), Value(N_("FOLDER"), Kind.FOLDER)),
        Option("--operator", N_("Who works at this terminal"), Value(N_("NAME"))),
        Option("--lang", N_("The language"), Value("", choices=("ko", "en"))),
        Option("--config", N_("The settings file"), Value(N_("FILE"), Kind.FILE)),
        Option("--slow", N_("For serial lines and ssh: few frames")),
    ),
    commands=(
        Command(
            "demo",
            N_("Everything on this machine: broker, simulated plant, assistant"),
            _demo,
            (Option("--auto", N_("Play an operator through the whole loop")),),
        ),
        Command(
            "issues",
            N_("Replay the topic and print the open issues"),
            _issues,
            (Option("--all", N_("Resolved ones too")), _JSON),
        ),
        Command(
            "watch",
            N_("Print a line for each change until interrupted"),
            _watch,
            (
                Option("--issue", N_("Only this issue; * stands for any text"), Value(N_("ISSUE")), is_repeatable=True),
                Option("--equipment", N_("Only this equipment (modeType)"), Value(N_("NAME")), is_repeatable=True),
                Option(
                    "--state",
                    N_("Only open or only resolved issues"),
                    Value("", choices=("open", "solved")),
                    is_repeatable=True,
                ),
                Option("--raw", N_("Records as they are, even those that are no issues")),
                _JSON_LINES,
                Option("--from", N_("Where to begin"), Value("", choices=("beginning", "now"))),
            ),
        ),
        Command("topic", N_("Partitions, offsets, retention, and the first and last record's time"), _topic, (_JSON,)),
        Command(
            "raise",
            N_("Publish an issue as the plant does"),
            _raise,
            (
                Option("--issue", N_("The issue's id"), Value(N_("ISSUE")), is_required=True),
                Option(
                    "--process-type",
                    N_("장애접수 (fault report) or 정기점검 (inspection)"),
                    Value(N_("TYPE")),
                    is_required=True,
                ),
                Option(
                    "--mode-type",
                    N_("The equipment: 프레스, 용접기, 도장설비, 차량조립설비"),
                    Value(N_("TYPE")),
                    is_required=True,
                ),
                Option("--mode-log-id", N_("The equipment's log row"), Value(N_("NUMBER"))),
                Option("--description", N_("What happened"), _TEXT),
            ),
        ),
        Command(
            "resolve",
            N_("Resolve an issue; done once it is read back from the topic"),
            _resolve,
            (
                Option("--note", N_("How it was solved"), _TEXT),
                Option("--cause", N_("What it came from: its digit, its code, or other"), _TEXT),
                _WAIT,
            ),
            (_issue(Kind.OPEN_ISSUE),),
        ),
        Command(
            "ask",
            N_("Ask about an issue; without a text, each line of standard input"),
            _ask,
            (_JSON_LINES,),
            (_issue(Kind.ANY_ISSUE), Argument("TEXT", N_("What to ask"), _TEXT, is_required=False)),
        ),
        Command(
            "reopen",
            N_("Reopen a resolved issue"),
            _reopen,
            (Option("--why", N_("Why"), _TEXT, other_name="--note"), _WAIT),
            (_issue(Kind.SOLVED_ISSUE),),
        ),
        Command(
            "retry",
            N_("Send again what was parked, once its cause is fixed"),
            _retry,
            (_WAIT,),
            (_issue(Kind.ANY_ISSUE),),
        ),
        Command(
            "withdraw",
            N_("Give up a resolve or a reopening that is held or parked"),
            _withdraw,
            arguments=(_issue(Kind.ANY_ISSUE),),
        ),
        Command(
            "journal",
            N_("The audit trail of this terminal"),
            _journal,
            (_JSON_LINES, Option("--verify", N_("Check the chain"))),
        ),
        Command(
            "export",
            N_("One issue with its conversation and actions"),
            _export,
            (Option("--format", N_("The format: Markdown, or JSON for programs"), Value("", choices=("md", "json"))),),
            (_issue(Kind.ANY_ISSUE),),
        ),
        Command("doctor", N_("Check this set-up, with a remedy for what is wrong"), _doctor, (_JSON,)),
        Command("health", N_("Whether a terminal is running in this data directory, for probes"), _health, (_JSON,)),
        Command(
            "config",
            N_("The settings in force, and where each came from"),
            _config,
            (_JSON, Option("--write", N_("Make an andon.toml that explains each, here or as --config says"))),
        ),
        Command(
            "help",
            N_("What commands there are, or how to use one"),
            _help,
            arguments=(Argument("COMMAND", N_("The command"), Value(N_("COMMAND"), Kind.COMMAND), is_required=False),),
        ),
        Command(
            "completion",
            N_("A script that completes commands and options in a shell"),
            _completion,
            arguments=(Argument("SHELL", N_("Which shell"), Value(N_("SHELL"), choices=("bash", "zsh", "fish"))),),
        ),
    ),
)
"""Everything that can be typed."""
