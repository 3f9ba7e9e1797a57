"""What the chatbot's server is told in the end: at least once, beside the resolve and never in its way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.chat.backend import ChatError, Report
from core.chat.conversation.fallback import Fallback
from core.chat.conversation.session_closer import SessionCloser
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.errors import StoreError
from core.domain.messages import Author
from core.domain.pending_calls import CallState
from core.store.store import Store
from tests.unit.test_conversation import Scripted, WithSessions


@dataclass
class Server(WithSessions):
    """A chatbot's server that is told of sessions."""

    told: list[tuple[str, str, str]] = field(default_factory=list)
    failing: list[ChatProblemKind] = field(default_factory=list)
    reports: int = 1

    async def complete(self, session: str, summary: str) -> None:
        self._fail()
        self.told.append(("complete", session, summary))

    async def skip_report(self, session: str) -> None:
        self._fail()
        self.told.append(("skip", session, ""))

    async def report(self, session: str, folder: Path) -> Report:
        self._fail()
        if not self.reports:
            raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
        self.reports -= 1
        path = folder / "part"
        path.write_bytes(b"%PDF-1.4 report")
        return Report(path, "../../../보고서.pdf")

    def _fail(self) -> None:
        if self.failing:
            raise ChatError(ChatProblem(self.failing.pop(0), "x"))


@dataclass
class Scene:
    server: Server
    fallback: Fallback
    closing: SessionCloser
    store: Store
    now_ms: int = 10_000

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    def states(self) -> list[tuple[str, CallState]]:
        return [(call.action, call.state) for call in self.closing.calls]


@asynccontextmanager
async def scene(store: Store | None = None, *, run: bool = True) -> AsyncIterator[Scene]:
    server = Server("plant", Author.CHATBOT)
    store = store or Store(None)
    there: Scene
    fallback = Fallback(server, Scripted("builtin", Author.BUILTIN), now_ms=lambda: there.now_ms, changed=lambda: None)
    closing = SessionCloser(
        store.chat_calls(""), fallback, now_ms=lambda: there.now_ms, changed=lambda: None, first_wait_s=0.01
    )
    there = Scene(server, fallback, closing, store)
    work = asyncio.create_task(closing.run()) if run else None
    try:
        yield there
    finally:
        if work is not None:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


def _resolve(there: Scene, note: str = "필터 교체") -> None:
    with there.store.database.transaction():
        there.closing.complete("A", ["s1"], note)
    there.closing.refresh()


async def test_the_note_is_told_as_the_summary_and_the_report_is_offered() -> None:
    async with scene() as there:
        _resolve(there)
        await there.until(lambda: there.closing.offered("A") == "s1")
        assert there.server.told == [("complete", "s1", "필터 교체")]


async def test_a_passing_failure_is_tried_until_it_works_also_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    async with scene(store, run=False) as there:
        _resolve(there)
    async with scene(store) as again:
        again.server.failing += [ChatProblemKind.SILENT, ChatProblemKind.SERVER, ChatProblemKind.TOO_MANY]
        await again.until(lambda: bool(again.server.told))
        assert again.states() == [("complete", CallState.DONE)]


@pytest.mark.parametrize("kind", [ChatProblemKind.LOGIN, ChatProblemKind.FORBIDDEN, ChatProblemKind.REDIRECT])
async def test_what_only_people_can_mend_is_parked_and_retried_by_key(kind: ChatProblemKind) -> None:
    async with scene() as there:
        there.server.failing.append(kind)
        _resolve(there)
        await there.until(lambda: there.closing.problem("A") is not None)
        assert there.closing.problem("A") == ChatProblem(kind, "x")
        there.closing.retry("A")
        await there.until(lambda: bool(there.server.told))
        assert there.closing.problem("A") is None


async def test_a_session_that_the_plant_closed_first_needs_nothing_more() -> None:
    async with scene() as there:
        there.server.failing.append(ChatProblemKind.CLOSED)
        _resolve(there)
        await there.until(lambda: there.states() == [("complete", CallState.CLOSED)])
        assert there.closing.offered("A") is None
        assert there.closing.problem("A") is None


async def test_another_note_before_the_first_was_told_takes_its_place() -> None:
    async with scene(run=False) as there:
        _resolve(there, "first")
        _resolve(there, "second")
        work = asyncio.create_task(there.closing.run())
        await there.until(lambda: bool(there.server.told))
        work.cancel()
        assert there.server.told == [("complete", "s1", "second")]


async def test_a_report_is_saved_once_inside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    async with scene() as there:
        _resolve(there)
        await there.until(lambda: there.closing.offered("A") is not None)
        path = await there.closing.save_report("A", folder)
        assert path.parent == folder
        assert path.name == "A 보고서.pdf"
        assert path.read_bytes() == b"%PDF-1.4 report"
        assert [p.name for p in folder.iterdir()] == ["A 보고서.pdf"]
        assert there.closing.offered("A") is None
        with pytest.raises(ChatError):
            await there.closing.save_report("A", folder)


async def test_a_report_that_broke_off_may_be_asked_for_again_until_the_server_has_none(tmp_path: Path) -> None:
    async with scene() as there:
        _resolve(there)
        await there.until(lambda: there.closing.offered("A") is not None)
        there.server.failing.append(ChatProblemKind.DROPPED)
        with pytest.raises(ChatError):
            await there.closing.save_report("A", tmp_path)
        assert there.closing.offered("A") == "s1"
        there.server.reports = 0
        with pytest.raises(ChatError):
            await there.closing.save_report("A", tmp_path)
        assert there.closing.offered("A") is None


async def test_a_declined_report_is_told_at_least_once() -> None:
    async with scene() as there:
        _resolve(there)
        await there.until(lambda: there.closing.offered("A") is not None)
        there.server.failing.append(ChatProblemKind.DROPPED)
        there.closing.skip_report("A")
        await there.until(lambda: ("skip", "s1", "") in there.server.told)
        assert there.closing.offered("A") is None


async def test_a_full_disk_ends_no_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as there:
        mark, broken = there.closing._store.mark, [True]

        def sometimes(*arguments: object, **named: object) -> None:
            if broken and broken.pop():
                raise StoreError("disk full")
            mark(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(there.closing._store, "mark", sometimes)
        _resolve(there)
        await there.until(lambda: there.states() == [("complete", CallState.DONE)])
        assert len(there.server.told) == 2


async def test_one_session_that_cannot_be_told_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as there:
        complete = there.server.complete

        async def poisoned(session: str, summary: str) -> None:
            if session == "poison":
                raise ChatError(ChatProblem(ChatProblemKind.SERVER, "500"))
            await complete(session, summary)

        monkeypatch.setattr(there.server, "complete", poisoned)
        with there.store.database.transaction():
            there.closing.complete("A", ["poison"], "a")
            there.closing.complete("B", ["good"], "b")
        there.closing.refresh()
        await there.until(lambda: there.server.told == [("complete", "good", "b")])
        assert not there.fallback.is_open, "one session's error is not the chatbot's"


async def test_a_note_that_came_while_the_old_one_was_told_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as there:
        gate, told = asyncio.Event(), []

        async def slow(_session: str, summary: str) -> None:
            told.append(summary)
            await gate.wait()

        monkeypatch.setattr(there.server, "complete", slow)
        _resolve(there, "old")
        await there.until(lambda: told == ["old"])
        _resolve(there, "new")
        gate.set()
        await there.until(lambda: told == ["old", "new"])
        await there.until(lambda: there.states() == [("complete", CallState.DONE)])
        _resolve(there, "corrected")
        await there.until(lambda: told[-1] == "corrected")
