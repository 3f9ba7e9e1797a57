"""The commands: flags in, exit codes out (0 done, 1 failed, 2 wrong use or configuration).

Each command imports what it needs when it runs: help and a wrong flag are answered before any of it is there.
"""

import contextlib
import os
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

import core
from core.domain.errors import OperatorError, SettingsError
from core.support import i18n
from core.support.i18n import _
from core.support.text import inert_line

if TYPE_CHECKING:
    from core.settings import Settings

DONE, FAILED, WRONG_USE = 0, 1, 2

T = TypeVar("T")


class Since(StrEnum):
    BEGINNING = "beginning"
    NOW = "now"


class Standing(StrEnum):
    OPEN = "open"
    SOLVED = "solved"


class Form(StrEnum):
    MD = "md"
    JSON = "json"


def main() -> None:
    """The entry point. Errors are one line on stderr; a traceback goes to the log file alone."""
    with contextlib.suppress(ValueError):
        i18n.use(os.environ.get("ANDON_LANG") or "ko")
    code = _exit_code(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _reader_is_gone()
    sys.exit(code)


def _exit_code(arguments: list[str]) -> int:
    try:
        build()(arguments, prog_name="andon")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    except OperatorError as error:
        return _say(error, WRONG_USE if error.is_wrong_use else FAILED)
    except Exception:
        import logging

        logging.getLogger(__name__).exception("internal error")
        return _say(_("Andon failed. The log file in the data directory says why; please report it."), FAILED)
    return DONE


def _reader_is_gone() -> None:
    """Whoever read our output has seen enough; keep the interpreter from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(what: object, code: int) -> int:
    """One line on stderr. It may name an issue or a file, so it is made inert like everything from outside."""
    print(f"andon: {inert_line(str(what))}", file=sys.stderr)
    return code


def build() -> typer.Typer:
    """The command line, in the language in use."""
    app = typer.Typer(
        name="andon",
        help=_("The terminal on the factory floor. Without a command it opens the screens."),
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    _add_screens(app)
    _add_looking(app)
    _add_acting(app)
    _add_records(app)
    return app


def _add_screens(app: typer.Typer) -> None:
    @app.callback(invoke_without_command=True)
    def terminal(
        ctx: typer.Context,
        bootstrap_servers: Annotated[str | None, typer.Option(help=_("The cluster's addresses, host:port"))] = None,
        topic: Annotated[str | None, typer.Option(help=_("The issue topic"))] = None,
        data_dir: Annotated[Path | None, typer.Option(help=_("Where this terminal keeps its memory"))] = None,
        operator: Annotated[str | None, typer.Option(help=_("Who is at this terminal"))] = None,
        lang: Annotated[str | None, typer.Option(help=_("Language: ko or en"))] = None,
        config: Annotated[Path | None, typer.Option(help=_("The settings file"))] = None,
        version: Annotated[
            bool, typer.Option("--version", help=_("Print the version"), callback=_print_version, is_eager=True)
        ] = False,
        slow: Annotated[bool, typer.Option("--slow", help=_("For serial lines and ssh: few frames"))] = False,
    ) -> None:
        ctx.obj = {
            "bootstrap_servers": bootstrap_servers,
            "topic": topic,
            "data_dir": data_dir,
            "operator": operator,
            "lang": lang,
            "config": config,
            "slow": slow or None,
        }
        if ctx.invoked_subcommand is None:
            from tui.commands.terminal import open_terminal

            settings = _settings(ctx)
            _require_broker(settings)
            open_terminal(settings)

    @app.command(help=_("Everything on this machine: broker, simulated plant, assistant"))
    def demo(
        ctx: typer.Context,
        auto: Annotated[bool, typer.Option("--auto", help=_("Play an operator through the whole loop"))] = False,
    ) -> None:
        from tui.commands.demo import open_demo, play_demo

        settings = _settings(ctx)
        if auto:
            _log_to_nowhere()
            raise typer.Exit(DONE if _run(play_demo(settings)) else FAILED)
        open_demo(settings)


def _add_looking(app: typer.Typer) -> None:
    @app.command(help=_("Replay the topic and print the open issues"))
    def issues(
        ctx: typer.Context,
        everything: Annotated[bool, typer.Option("--all", help=_("Solved ones too"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON for programs"))] = False,
    ) -> None:
        from tui.commands.issues import print_issues

        _run(print_issues(_connected(ctx), everything=everything, as_json=as_json))

    @app.command(name="watch", help=_("Print one line a change until interrupted"))
    def watch_command(
        ctx: typer.Context,
        issue: Annotated[list[str] | None, typer.Option(help=_("Only this issue; * stands for any text"))] = None,
        equipment: Annotated[list[str] | None, typer.Option(help=_("Only this equipment (modeType)"))] = None,
        state: Annotated[list[Standing] | None, typer.Option(help=_("Only open or only solved issues"))] = None,
        raw: Annotated[bool, typer.Option("--raw", help=_("Records as they are, also what is no issue"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON lines for programs"))] = False,
        since: Annotated[Since, typer.Option("--from", help=_("Where to begin"))] = Since.BEGINNING,
    ) -> None:
        from core.domain.issue_filter import Wanted
        from tui.commands.watch import watch, watch_raw

        wanted = Wanted(
            issues=tuple(map(_text, issue or ())),
            equipment=tuple(map(_text, equipment or ())),
            open_states=frozenset(one is Standing.OPEN for one in state or ()),
        )
        work = (watch_raw if raw else watch)(_connected(ctx), wanted, as_json=as_json, from_now=since is Since.NOW)
        _run(work, interrupted=DONE)

    @app.command(name="topic", help=_("Partitions, offsets, retention, and the first and last record's time"))
    def topic_command(
        ctx: typer.Context,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON for programs"))] = False,
    ) -> None:
        from tui.commands.topic import print_topic

        _run(print_topic(_connected(ctx), as_json=as_json))


def _add_acting(app: typer.Typer) -> None:
    @app.command(name="raise", help=_("Publish an issue as the plant does"))
    def raise_command(
        ctx: typer.Context,
        issue: Annotated[str, typer.Option(help=_("The issue's id"))],
        process_type: Annotated[str, typer.Option(help=_("장애접수 (fault report) or 정기점검 (inspection)"))],
        mode_type: Annotated[str, typer.Option(help=_("The equipment: 프레스, 용접기, 도장설비, 차량조립설비"))],
        mode_log_id: Annotated[str | None, typer.Option(help=_("The equipment's log row"))] = None,
        description: Annotated[str | None, typer.Option(help=_("What happened"))] = None,
    ) -> None:
        from tui.commands.raise_issue import raise_one

        if not issue:
            raise typer.BadParameter(_("The issue's id is empty."))
        fields = {
            "issue": issue,
            "processType": process_type,
            "modeType": mode_type,
            "modeLogId": mode_log_id,
            "description": description,
        }
        _run(raise_one(_connected(ctx), {name: text and _text(text) for name, text in fields.items()}))

    @app.command(help=_("Resolve an issue; done once it is read back from the topic"))
    def resolve(
        ctx: typer.Context,
        issue: str,
        note: Annotated[str, typer.Option(help=_("How it was solved"))] = "",
        cause: Annotated[str, typer.Option(help=_("What it came from: its digit, its code, or other"))] = "",
        wait: Annotated[float, typer.Option(help=_("Seconds to wait for the confirmation"))] = 30.0,
    ) -> None:
        from tui.commands.resolve import resolve_one

        _run(resolve_one(_connected(ctx), _text(issue), _text(note), wait, _text(cause)))

    @app.command(name="ask", help=_("Ask about an issue; without a text, each line of standard input"))
    def ask_command(
        ctx: typer.Context,
        issue: str,
        text: Annotated[str | None, typer.Argument(help=_("What to ask"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON lines for programs"))] = False,
    ) -> None:
        from tui.commands.ask import ask

        settings = _settings(ctx)
        _log_to_nowhere()
        question = None if text is None else _text(text)
        if not _run(ask(settings, _text(issue), question, as_json=as_json)):
            raise typer.Exit(FAILED)

    @app.command(help=_("Reopen a solved issue"))
    def reopen(
        ctx: typer.Context,
        issue: str,
        note: Annotated[str, typer.Option(help=_("Why"))] = "",
        wait: Annotated[float, typer.Option(help=_("Seconds to wait for the confirmation"))] = 30.0,
    ) -> None:
        from tui.commands.reopen import reopen_one

        _run(reopen_one(_connected(ctx), _text(issue), _text(note), wait))

    @app.command(help=_("Give up a resolve or a reopening that is held or parked"))
    def withdraw(ctx: typer.Context, issue: str) -> None:
        from tui.commands.withdraw import withdraw_one

        _run(withdraw_one(_settings(ctx), _text(issue)))


def _add_records(app: typer.Typer) -> None:
    @app.command(help=_("The audit trail of this terminal"))
    def journal(
        ctx: typer.Context,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON lines for programs"))] = False,
        verify: Annotated[bool, typer.Option("--verify", help=_("Check the chain"))] = False,
    ) -> None:
        from tui.commands.journal import print_journal

        print_journal(_settings(ctx), as_json=as_json, verify=verify)

    @app.command(help=_("One issue with its conversation and actions"))
    def export(
        ctx: typer.Context,
        issue: str,
        form: Annotated[Form, typer.Option("--format", help=_("md or json"))] = Form.MD,
    ) -> None:
        from tui.commands.export import print_export

        print_export(_settings(ctx), issue, as_json=form is Form.JSON)

    @app.command(help=_("Check this set-up, with a remedy for what is wrong"))
    def doctor(
        ctx: typer.Context,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON for programs"))] = False,
    ) -> None:
        from tui.commands.doctor import print_doctor

        healthy = _run(print_doctor(_settings(ctx), as_json=as_json))
        raise typer.Exit(DONE if healthy else FAILED)

    @app.command(help=_("Whether a terminal works in this data directory, for probes"))
    def health(
        ctx: typer.Context,
        as_json: Annotated[bool, typer.Option("--json", help=_("JSON for programs"))] = False,
    ) -> None:
        from tui.commands.health import print_health

        raise typer.Exit(DONE if print_health(_settings(ctx), as_json=as_json) else FAILED)


def _settings(ctx: typer.Context) -> "Settings":
    from core.settings import load_settings

    settings = load_settings(**ctx.obj)
    i18n.use(settings.lang)
    if settings.playbooks_dir is not None:
        from core.chat.playbook.library import install

        install(settings.playbooks_dir)
    return settings


def _connected(ctx: typer.Context) -> "Settings":
    settings = _settings(ctx)
    _require_broker(settings)
    _log_to_nowhere()
    return settings


def _log_to_nowhere() -> None:
    from core.settings.logs import log_to_nowhere

    log_to_nowhere()


def _require_broker(settings: "Settings") -> None:
    if not settings.kafka.servers:
        raise SettingsError(_("No broker is set. Set KAFKA_BOOTSTRAP_SERVERS (host:port), or try: andon demo"))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"andon {core.__version__}")
        raise typer.Exit(DONE)


def _text(argument: str) -> str:
    """An argument as text that can be stored and sent: bytes of another encoding become visible ``�``."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _run(work: Coroutine[Any, Any, T], *, interrupted: int = FAILED) -> T:
    """Run a command's work. Ctrl+C is how ``watch`` ends; elsewhere the work was not done."""
    import asyncio
    import gc

    gc.freeze()  # what was loaded for it
    gc.enable()
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(interrupted) from None
    except BrokenPipeError:
        _reader_is_gone()
        raise typer.Exit(DONE) from None
