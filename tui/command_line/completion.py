"""What a shell offers on Tab: ``andon completion SHELL`` prints the script, which asks ``andon __complete WORDS``.

The last of the words is the one that is being typed, perhaps empty. The answer is a line an offer, the word and what it
means with a tab between, or ``:files`` or ``:folders``, which the shell completes by itself.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from core.domain.errors import OperatorError
from core.support.i18n import _
from tui.command_line.parser import Reading, read
from tui.command_line.running import settings_of
from tui.command_line.spec import CommandLine, Given, Kind, Value

FILES, FOLDERS = ":files", ":folders"
_MOST_ISSUES = 200

_PLAIN_WORD = re.compile(r"[\w.+/@%][\w.+/@%-]*")
"""What no shell takes for anything but a word. An issue's id is others' text: behind Tab and Enter it would be run."""

_BASH = r"""# andon in bash. For good: andon completion bash > ~/.local/share/bash-completion/completions/andon
_andon() {
    local word help
    COMPREPLY=()
    while IFS=$'\t' read -r word help; do
        case $word in
            :files) compopt -o default 2>/dev/null; return ;;
            :folders) compopt -o dirnames 2>/dev/null; return ;;
            *) COMPREPLY+=("$word") ;;
        esac
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _andon andon
"""

_ZSH = r"""#compdef andon
# andon in zsh. For good: andon completion zsh > _andon, in a folder of $fpath
_andon() {
    local line
    local -a offers
    for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            :files) _files; return ;;
            :folders) _files -/; return ;;
            *$'\t'*) offers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
            *) offers+=("${line//:/\\:}") ;;
        esac
    done
    _describe -V andon offers
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then _andon "$@"; else compdef _andon andon; fi
"""

_FISH = r"""# andon in fish. For good: andon completion fish > ~/.config/fish/completions/andon.fish
function __andon_offers
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] __complete $typed[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c andon -f -k -a '(__andon_offers)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str) -> str:
    """What ``shell`` (``bash``, ``zsh``, ``fish``) reads to complete ``andon``."""
    return _SCRIPTS[shell]


def print_offers(line: CommandLine, words: Sequence[str]) -> None:
    """Print what could stand in the place of the last word; where something is wrong, nothing."""
    try:
        for offer, means in offers(line, words):
            if _can_be_printed(offer):
                print(f"{offer}\t{means}" if means else offer)
    except OperatorError:
        return


def offers(line: CommandLine, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word that could stand in the place of the last one, with what it means.

    Raises:
        WrongUseError: what stands before it makes no sense.
        OperatorError: the issues cannot be read.
    """
    before, current = _sorted_out(words)
    reading = read(line, before)
    name, sign, begun = current.partition("=")
    if reading.awaited is not None:
        yield from _begun(_of_value(reading, reading.awaited.value), current)
    elif sign and current.startswith("-"):
        option = next((one for one in reading.options if name in one.names), None)
        value = None if option is None else option.value
        yield from ((f"{name}={word}", means) for word, means in _begun(_of_value(reading, value), begun))
    elif current.startswith("-") and not reading.only_arguments:
        yield from _begun(_of_options(reading), current)
    elif not reading.has_command:
        yield from _begun(_of_commands(line), current)
    elif reading.next_argument is not None:
        yield from _begun(_of_value(reading, reading.next_argument.value), current)
    elif not reading.only_arguments:
        yield from _begun(_of_options(reading), current)


def _sorted_out(words: Sequence[str]) -> tuple[list[str], str]:
    """The words before, and the one that is typed. bash takes ``--format=js`` for three words."""
    typed = list(words) or [""]
    if typed[-1] == "=":
        return typed[:-1], ""
    if len(typed) > 2 and typed[-2] == "=":
        return typed[:-2], typed[-1]
    return typed[:-1], typed[-1]


def _begun(found: Iterable[tuple[str, str]], current: str) -> Iterator[tuple[str, str]]:
    return (offer for offer in found if offer[0].startswith((current, ":")))


def _of_commands(line: CommandLine) -> Iterator[tuple[str, str]]:
    return ((command.name, _(command.help)) for command in line.commands if not command.is_hidden)


def _of_options(reading: Reading) -> Iterator[tuple[str, str]]:
    for option in reading.options:
        if option.name not in reading.values or option.is_repeatable:
            yield option.name, _(option.help)


def _of_value(reading: Reading, value: Value | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    match value.kind:
        case Kind.FILE:
            yield FILES, ""
        case Kind.FOLDER:
            yield FOLDERS, ""
        case Kind.COMMAND:
            yield from _of_commands(reading.line)
        case Kind.OPEN_ISSUE | Kind.SOLVED_ISSUE | Kind.ANY_ISSUE:
            yield from _of_issues(reading, value.kind)
        case _:
            yield from ((choice, "") for choice in value.choices)


def _of_issues(reading: Reading, kind: Kind) -> Iterator[tuple[str, str]]:
    """What this terminal knows of, the newest first; the cluster is not asked.

    Raises:
        OperatorError: nothing can be read.
    """
    from core.domain.plant_words import plant_word
    from core.station.data_dir import reading_store
    from core.support.text import inert_line

    with reading_store(settings_of(Given({name: tuple(values) for name, values in reading.values.items()}))) as store:
        known = store.load_snapshot(store.meta.last_scope() or "", open_only=kind is Kind.OPEN_ISSUE).issues
    wanted = (one for one in known if kind is Kind.ANY_ISSUE or one.is_open is (kind is Kind.OPEN_ISSUE))
    named = (one for one in sorted(wanted, key=lambda one: -one.newest_ms) if _PLAIN_WORD.fullmatch(one.id))
    for issue in islice(named, _MOST_ISSUES):
        yield issue.id, inert_line(issue.description or plant_word(issue.mode_type), 60)


def _can_be_printed(word: str) -> bool:
    """A replaced character would make it another word."""
    try:
        word.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
