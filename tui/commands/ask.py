"""``andon ask``: the conversation of an issue without a screen, one question or a line of standard input each."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from core.chat.conversation.factory import chosen_backend
from core.domain.cluster_problems import ClusterError
from core.domain.errors import CommandError, StoreError
from core.domain.issues import Issue
from core.domain.messages import Author, Message, MessageState
from core.domain.safety_checks import SECURING, checked
from core.emergency import Level, assess, instructions_for
from core.settings import Settings, SettingsError
from core.station.data_dir import DataDirInUseError, opened_store, reading_store, scratch_store
from core.station.exchange import Exchange, exchange_of, immediate, opening_of
from core.station.station import Station
from core.store.store import Store
from core.support.i18n import _, language
from core.support.text import inert, inert_json, inert_line
from tui.commands.session import caught_up, conversing_station
from tui.input.slash import BOT_WORDS, CHOSEN, NOT_A_COMMAND, SlashCommand, parse_slash

REPLAY_S = 5.0
"""For so long a question about an issue that is known waits for the topic's newest."""

_UNANSWERED = (CommandError, ClusterError, StoreError, SettingsError)


async def ask(settings: Settings, issue: str, text: str | None, *, as_json: bool) -> bool:
    """Ask ``text``, or each line of standard input in its order, and print the answers. True when all were answered.

    Raises:
        CommandError: there is no such issue here.
        ClusterError: the cluster cannot be used, and this terminal does not know the issue.
        SettingsError: the chatbot's settings are wrong.
    """
    try:
        return await _ask(settings, issue, text, as_json=as_json)
    except _UNANSWERED:
        await _answer_dangers(text, as_json=as_json)
        raise


async def _answer_dangers(text: str | None, *, as_json: bool) -> None:
    """Whoever is in danger is answered, whatever else went wrong; nobody at a terminal is asked to type for that."""
    if text is not None:
        _print_danger(text, as_json=as_json)
    elif sys.stdin is not None and not sys.stdin.isatty():
        async for line in _lines():
            _print_danger(line, as_json=as_json)


def _print_danger(text: str, *, as_json: bool) -> None:
    typed = inert(text)
    danger = assess(typed)
    if danger.level is Level.YES and (told := immediate(typed, danger)) is not None:
        _print(told, as_json=as_json)


async def _ask(settings: Settings, issue: str, text: str | None, *, as_json: bool) -> bool:
    backend = chosen_backend(settings)
    with ExitStack() as stack:
        store = _store(stack, settings, issue)
        async with conversing_station(settings, store, backend) as station:
            station.state.operator = store.meta.operator() or settings.operator
            await _known(station, issue, in_danger=assess(text or "").level is Level.YES)
            asker = Asker(station, issue)
            opening = await asker.open()
            if text is not None:
                told = await asker.answer(text) if text.strip() else opening
                _print(told, as_json=as_json)
                all_answered = told.is_answered
            else:
                all_answered = await _ask_lines(asker, opening, as_json=as_json)
            if (problem := station.chat.health.problem) is not None:
                _tell(problem.words + " " + _("The built-in assistant answered instead."))
            return all_answered


async def _ask_lines(asker: "Asker", opening: Exchange, *, as_json: bool) -> bool:
    if sys.stdin is not None and sys.stdin.isatty() and not as_json:
        _print(opening, as_json=False)
    all_answered = True
    async for line in _lines():
        told = await asker.answer(line)
        _print(told, as_json=as_json)
        all_answered &= told.is_answered
    return all_answered


class Asker:
    """One conversation: what is typed goes the way it goes on the screen, and what comes back is what is seen there."""

    def __init__(self, station: Station, issue: str) -> None:
        self._station = station
        self._issue = issue

    async def open(self) -> Exchange:
        """The opening words, said now or earlier."""
        self._station.chat.conversations.open(self._issue)
        await self._station.chat.conversations.settled(self._issue)
        return opening_of(self._known, self._messages, self._station.chat.lockout(self._known))

    async def answer(self, typed: str) -> Exchange:
        """What is answered to ``typed``: a question, or one of the composer's commands that need no screen."""
        try:
            return await self._answer(typed)
        except (CommandError, StoreError) as error:
            return Exchange(inert_line(typed), Author.SYSTEM, inert_line(str(error)))

    async def _answer(self, typed: str) -> Exchange:
        command, text = parse_slash(typed.strip())
        chat = self._station.chat
        match command:
            case None:
                return await self._told(await chat.say(self._issue, text))
            case SlashCommand.BOT:
                return await self._told(await self._by_name(text))
            case SlashCommand.NOTE:
                kept = _("Kept for the people on this issue.")
                return await self._told(await chat.note(self._issue, text), kept=kept)
            case SlashCommand.SIMILAR:
                return _alone(typed, (await chat.similar(self._issue)).text)
            case SlashCommand.EMERGENCY:
                return _emergency(typed, text)
            case SlashCommand.SECURE:
                return await self._secure(typed, text)
            case SlashCommand.UNKNOWN:
                raise CommandError(_(NOT_A_COMMAND).format(word=inert_line(text, 40)))
            case _:
                raise CommandError(_("{word} works on the screen only.").format(word=typed.split()[0]))

    async def _told(self, asked: Message, kept: str = "") -> Exchange:
        await self._station.chat.conversations.settled(self._issue)
        told = exchange_of(self._known, self._messages, asked, self._station.chat.lockout(self._known))
        if kept and not told.is_answered:
            return _alone(asked.text, kept)
        return told

    async def _by_name(self, text: str) -> Message:
        word, _space, question = text.partition(" ")
        name = BOT_WORDS.get(word.lower(), word.lower())
        names = self._station.chat.names
        if not question.strip():
            raise CommandError(_("/bot NAME QUESTION. Chatbots here: {names}.").format(names=", ".join(names)))
        return await self._station.chat.say(self._issue, question.strip(), to=names[0] if name == CHOSEN else name)

    async def _secure(self, typed: str, text: str) -> Exchange:
        """``/safe``: what is to be checked; ``/safe 1234``: it was checked, ``/safe 13 why``: not all of it."""
        numbers, _space, why = text.partition(" ")
        checks = list(SECURING)
        if not (numbers.isascii() and numbers.isdigit()):
            lines = [f"{number}. " + _(SECURING[check]) for number, check in enumerate(checks, 1)]
            how = _("/safe 1234 once all of it is done; what is left out needs a reason: /safe 123 REASON")
            return _alone(typed, "\n".join([*lines, how]))
        done = {checks[int(digit) - 1] for digit in numbers if 1 <= int(digit) <= len(checks)}
        await self._station.chat.secure(self._issue, checked(SECURING, done, why.strip()))
        return _alone(typed, _("Checked. Steps are shown from now on."))

    @property
    def _known(self) -> Issue:
        known = self._station.issue(self._issue)
        if known is None:
            raise CommandError(_("There is no issue {issue} on this topic.").format(issue=self._issue[:200]))
        return known

    @property
    def _messages(self) -> tuple[Message, ...]:
        return self._station.chat.messages(self._issue)


def _alone(typed: str, text: str) -> Exchange:
    return Exchange(inert_line(typed), Author.BUILTIN, text)


def _emergency(typed: str, about: str) -> Exchange:
    """``/119``: the instructions, for what is written behind it where that says more."""
    danger = assess(about)
    told = instructions_for(danger.dangers, danger.language or language())
    return Exchange(inert_line(typed), Author.BUILTIN, told.text, told.precautions, emergency=Level.YES)


# --- the conversation's store and its issue


def _store(stack: ExitStack, settings: Settings, issue: str) -> Store:
    """The terminal's own store; where another process works in it, a copy that is kept nowhere."""
    try:
        return stack.enter_context(opened_store(settings))
    except DataDirInUseError:
        _tell(_("Another Andon is running in this data directory: what is asked here is answered, and not kept."))
        return _copied(stack, settings, issue)
    except StoreError as error:
        _tell(_("The store cannot be used: what is asked here is answered, and not kept.") + f" {error}")
        return stack.enter_context(scratch_store(settings, with_snapshot=False))


def _copied(stack: ExitStack, settings: Settings, issue: str) -> Store:
    store = stack.enter_context(scratch_store(settings))
    with reading_store(settings) as kept:
        scope = kept.meta.last_scope() or ""
        said = [m for m in kept.conversations(scope).of_issue(issue) if not _is_under_way(m)]
    store.conversations(scope).save(*said)
    return store


def _is_under_way(message: Message) -> bool:
    """The terminal itself waits for this one's answer: it is not asked a second time."""
    return message.state is MessageState.WRITING or (
        message.author is Author.OPERATOR and message.state in (MessageState.SENDING, MessageState.SENT)
    )


async def _known(station: Station, issue: str, *, in_danger: bool) -> None:
    """Wait until the topic told of ``issue``; what this terminal knows already is enough where it cannot.

    Raises:
        CommandError, ClusterError: as ``ask``.
    """
    is_known = station.issue(issue) is not None
    if station.settings.kafka.servers and not (is_known and in_danger):
        try:
            async with asyncio.timeout(REPLAY_S if is_known else None):
                await caught_up(station)
        except (ClusterError, TimeoutError) as error:
            if not is_known:
                raise
            why = f" {error}" if isinstance(error, ClusterError) else ""
            _tell(_("The topic was not read to its end; this is what the terminal knew last.") + why)
    if station.issue(issue) is None:
        raise CommandError(_("This terminal does not know the issue {issue}.").format(issue=inert_line(issue, 200)))


# --- in and out


async def _lines() -> AsyncIterator[str]:
    """Lines of standard input as they come, blank ones left out. A thread reads them: it may wait for ever."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        for line in iter(sys.stdin.buffer.readline, b"") if sys.stdin is not None else ():
            loop.call_soon_threadsafe(lines.put_nowait, _decoded(line))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        if line.strip():
            yield line


def _decoded(line: bytes) -> str:
    """UTF-8; where it is none, what standard input is set to, or Korea's older charset. No byte order mark is kept."""
    for charset in ("utf-8", sys.stdin.encoding, "cp949"):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return line.decode(charset).removeprefix("\ufeff").strip()
    return line.decode("utf-8", "replace").strip()


def _print(told: Exchange, *, as_json: bool) -> None:
    if as_json:
        print(inert_json(_as_json(told)), flush=True)
        return
    head = ["[" + _("EMERGENCY") + "]"] if told.emergency == Level.YES else []
    print("\n".join([*head, *(f"! {line}" for line in told.precautions), told.text, *_offered(told), ""]), flush=True)


def _offered(told: Exchange) -> list[str]:
    """What a digit takes, a line below the answer; what the answer's own text lists is not said again."""
    if told.emergency == Level.YES:
        return []
    listed = told.text.splitlines()
    new = [one for one in told.offers if f"{one.key}. {one.text}" not in listed]
    return ["  ".join(f"{one.key} {one.text}" for one in new)] if new else []


def _as_json(told: Exchange) -> dict[str, Any]:
    return asdict(told)


def _tell(words: str) -> None:
    print(f"andon: {inert_line(words)}", file=sys.stderr)
