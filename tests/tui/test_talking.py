"""A worker and the plant's chatbot, on the real screens and a server that honours the contract, over real TCP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from textual import events
from textual.pilot import Pilot

from core.chat.http.client import ChatServer
from core.chat.smartfactory.backend import SmartFactory
from core.domain.chat_problems import ChatProblemKind
from core.domain.messages import Author, Message, MessageState
from core.domain.safety_checks import SECURING, checked
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import AS_PUBLISHED, Plant
from tests.chat.contract_server import make_server
from tests.chat.serving import free_port
from tests.tui.stage import Stage, event, set_stage
from tui.widgets.composer import Composer

ISSUE = "PRESS_001_20250808_001"
KEY = "a-key-that-nobody-sees"
SHORT_S = 0.6


@pytest.fixture(scope="module")
def server() -> Iterator[Plant]:
    with make_server(key=KEY) as plant:
        yield plant


@pytest.fixture
def plant(server: Plant) -> Plant:
    server.web.forget()
    server.reset()
    server.key = KEY
    server.made_easy()
    server.store_issue(ISSUE)
    return server


def talking(folder: Path, plant: Plant, *, timeout_s: float = 20.0, url: str = "", **flags: Any) -> Any:
    """A stage whose chatbot is ``plant``'s."""
    way = ChatServer(url or plant.url, key=SecretStr(KEY), timeout_s=timeout_s)
    return set_stage(folder, backend=SmartFactory(way, wait_for_issue_s=0.2, first_pause_s=0.02), **flags)


def questions(stage: Stage) -> list[Message]:
    return [m for m in stage.station.chat.messages(ISSUE) if m.author is Author.OPERATOR]


def answers(stage: Stage, author: Author = Author.CHATBOT) -> list[Message]:
    return [m for m in stage.station.chat.messages(ISSUE) if m.author is author and m.state is MessageState.SENT]


def on_screen(stage: Stage) -> str:
    """All that the transcript tells, in or out of sight, and the line under the composer."""
    stage.show()
    pane = stage.app.floor.pane
    assert pane is not None
    return "\n".join(f"{entry.who} {entry.text} {entry.status}" for entry in pane.entries)


async def ask(stage: Stage, pilot: "Pilot[None]", text: str) -> None:
    composer = stage.app.floor.query_one(Composer)
    composer.focus()
    composer.insert(text)
    await pilot.press("enter")


async def answered(stage: Stage, count: int) -> None:
    await stage.until(lambda: sum(m.state is MessageState.ANSWERED for m in questions(stage)) >= count)


async def secure(stage: Stage) -> None:
    await stage.host.call(stage.station.chat.secure(ISSUE, checked(SECURING, set(SECURING))))


async def test_a_conversation_from_its_start_to_its_report(tmp_path: Path, plant: Plant) -> None:
    with talking(tmp_path / "one", plant) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "펌프에서 소리가 나요")
            await answered(stage, 1)
            assert "먼저 안전 확인" in on_screen(stage)
            assert answers(stage)[0].text not in on_screen(stage)
            await pilot.press("ctrl+l", *["space"] * len(SECURING), "enter")
            await stage.until(lambda: answers(stage)[0].text in on_screen(stage))
            await ask(stage, pilot, "유면은 정상이에요")
            await answered(stage, 2)
    with talking(tmp_path / "one", plant) as stage:  # a restart in between
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            assert answers(stage)[0].text in on_screen(stage)
            await ask(stage, pilot, "필터가 막혔어요")
            await answered(stage, 3)
            await ask(stage, pilot, "교체했어요")
            await answered(stage, 4)
            assert len(answers(stage)) == 4
            assert [len(plant.web.calls(route)) for route in ("start", "continue")] == [1, 3]
            with talking(tmp_path / "two", plant, operator="이영희") as other:  # another terminal, the next shift
                await _reads_the_same(other)
            await _resolves_and_saves_the_report(stage, pilot, plant)
    assert all(seen.headers.get("x-api-key") in (KEY, None) for seen in plant.web.seen)


async def _reads_the_same(other: Stage) -> None:
    other.take(event(ISSUE))
    async with other.running() as pilot:
        await other.until(lambda: len(answers(other)) == 4)
        assert [m.name for m in other.station.chat.messages(ISSUE) if m.author is Author.PERSON] == ["김민수"] * 4
        assert "교체했어요" in on_screen(other)
        await ask(other, pilot, "왜 막혔죠?")
        await answered(other, 1)
        other.app.floor.go_to(ISSUE)
        assert len(answers(other)) == 5, "shown once"


async def _resolves_and_saves_the_report(stage: Stage, pilot: "Pilot[None]", plant: Plant) -> None:
    await stage.host.call(stage.station.commands.resolve(ISSUE, "흡입 필터 교체"))
    await stage.until(lambda: stage.station.chat.closing.offered(ISSUE) is not None)
    [complete] = plant.web.calls("complete")
    assert complete.json["final_summary"] == "흡입 필터 교체"
    plant.terminate(ISSUE)  # isSolved=true has reached the plant
    assert "보고서" in on_screen(stage)
    await pilot.press("ctrl+p", "enter")
    folder = stage.settings.reports_folder
    await stage.until(lambda: folder.exists() and [p.suffix for p in folder.iterdir()] == [".pdf"])
    assert next(folder.iterdir()).read_bytes() == plant.report_body
    await stage.until(lambda: stage.station.chat.closing.offered(ISSUE) is None)
    await ask(stage, pilot, "하나 더요")
    await answered(stage, 5)
    assert len(plant.web.calls("start")) == 3, "the report was taken: another session begins"


FAULTS = [
    (ChatProblemKind.UNKNOWN_ISSUE, Fault(FaultKind.STATUS, 404, "Issue not found")),
    (ChatProblemKind.LOGIN, Fault(FaultKind.STATUS, 401, "Invalid API key")),
    (ChatProblemKind.FORBIDDEN, Fault(FaultKind.STATUS, 403, "Forbidden")),
    (ChatProblemKind.REJECTED, Fault(FaultKind.STATUS, 422, [{"loc": ["body"], "msg": "too\x1b short", "type": "t"}])),
    (ChatProblemKind.TOO_MANY, Fault(FaultKind.STATUS, 429, "Rate limit exceeded")),
    (ChatProblemKind.SERVER, Fault(FaultKind.STATUS, 500, "boom")),
    (ChatProblemKind.PROXY, Fault(FaultKind.HTML, 502)),
    (ChatProblemKind.PROXY, Fault(FaultKind.HTML, 503)),
    (ChatProblemKind.GARBAGE, Fault(FaultKind.GARBAGE)),
    (ChatProblemKind.GARBAGE, Fault(FaultKind.WRONG_TYPES)),
    (ChatProblemKind.TOO_LARGE, Fault(FaultKind.HUGE)),
    (ChatProblemKind.REDIRECT, Fault(FaultKind.REDIRECT, location="http://127.0.0.1:1/elsewhere")),
    (ChatProblemKind.DROPPED, Fault(FaultKind.VANISH)),
    (ChatProblemKind.DROPPED, Fault(FaultKind.CUT)),
    (ChatProblemKind.SILENT, Fault(FaultKind.HANG)),
    (ChatProblemKind.SILENT, Fault(FaultKind.DRIP)),
]
WORK_DONE = (FaultKind.CUT, FaultKind.DRIP)
"""The answer is written down on the server, and found there, unless it cannot be looked for."""


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_each_fault_is_told_in_its_own_words_and_recovers_by_the_retry_key(
    tmp_path: Path, plant: Plant, lang: str
) -> None:
    # Longer than the server's other answers take on a busy machine: only two of the faults are to be silent.
    with talking(tmp_path / "data", plant, timeout_s=4 * SHORT_S, lang=lang) as stage:
        stage.take(event(ISSUE))
        words = set()
        async with stage.running() as pilot:
            await secure(stage)
            for number, (kind, fault) in enumerate(FAULTS):
                route = "start" if number == 0 else "continue"
                plant.web.fail(route, fault, once=fault.status != 404)
                if fault.kind in WORK_DONE:
                    plant.web.fail("sessions", Fault(FaultKind.STATUS, 500, "boom"))
                await ask(stage, pilot, f"질문 {number}")
                await stage.until(lambda: questions(stage)[-1].problem is not None)
                question = questions(stage)[-1]
                assert question.problem is not None
                assert (number, question.problem.kind) == (number, kind)
                assert question.problem.words in on_screen(stage)
                words.add(question.problem.words)
                await stage.until(lambda: answers(stage, Author.BUILTIN)[-1].memo.get("instead") == "smartfactory")
                plant.web.heal(route)
                await pilot.press("ctrl+r")
                await answered(stage, number + 1)
            assert [m.text for m in questions(stage)] == [f"질문 {number}" for number in range(len(FAULTS))]
            assert len(words) >= len({kind for kind, _fault in FAULTS})
    assert len(plant.sessions) == 1, "no fault began a second session"
    assert ("챗봇" in "".join(words)) is (lang == "ko")


async def test_an_answer_that_was_lost_on_the_way_is_found_on_the_server(tmp_path: Path, plant: Plant) -> None:
    with talking(tmp_path / "data", plant, timeout_s=SHORT_S) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            for number, kind in enumerate((FaultKind.DROP, FaultKind.CUT, FaultKind.DRIP)):
                plant.web.fail("continue" if number else "start", Fault(kind))
                await ask(stage, pilot, f"질문 {number}")
                await answered(stage, number + 1)
            assert all(m.problem is None for m in questions(stage))
            await ask(stage, pilot, "그다음은요?")
            await answered(stage, 4)
    assert len(answers(stage)) == 4


async def test_with_the_server_down_the_builtin_answers_and_the_return_is_noticed(tmp_path: Path, plant: Plant) -> None:
    port = free_port()
    with talking(tmp_path / "data", plant, url=f"http://localhost:{port}") as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await stage.until(lambda: stage.station.chat.health.problem is not None)
            stage.show()
            await ask(stage, pilot, "펌프에서 소리가 나요")
            await stage.until(lambda: bool(answers(stage, Author.BUILTIN)) and questions(stage)[-1].problem is not None)
            await stage.until(lambda: answers(stage, Author.BUILTIN)[-1].memo.get("instead") == "smartfactory")
            assert "챗봇 대신 답함" in on_screen(stage)
            with make_server(key=KEY, port=port) as back:
                back.made_easy()
                back.store_issue(ISSUE)
                await stage.until(lambda: stage.station.chat.health.problem is None, within=20)
                await pilot.press("ctrl+r")
                await answered(stage, 1)
                assert len(back.sessions) == 1


async def test_escape_stops_waiting_and_the_composer_stays_usable(tmp_path: Path, plant: Plant) -> None:
    plant.thinking = True
    with talking(tmp_path / "data", plant) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "첫째")
            await stage.until(lambda: ISSUE in stage.station.chat.conversations.under_way)
            await ask(stage, pilot, "둘째")
            await stage.until(lambda: len(questions(stage)) == 2)
            told = on_screen(stage)
            assert "챗봇 생각 중" in told
            assert "순서 기다림" in told
            await pilot.press("아", "escape")
            await stage.until(lambda: questions(stage)[0].state is MessageState.CANCELLED)
            assert stage.app.floor.query_one(Composer).text == "아", "Esc never loses text"
            plant.thinking = False
            await answered(stage, 1)
            assert questions(stage)[1].state is MessageState.ANSWERED
            await pilot.press("ctrl+r")
            await answered(stage, 2)


async def test_a_failed_question_is_taken_back_changed_and_sent_instead(tmp_path: Path, plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.STATUS, 422, "too short"))
    with talking(tmp_path / "data", plant) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "소리")
            await stage.until(lambda: questions(stage)[-1].problem is not None)
            await pilot.press("up")
            composer = stage.app.floor.query_one(Composer)
            await stage.until(lambda: composer.text == "소리")
            await pilot.press("가", "enter")
            await answered(stage, 1)
            assert [(m.text, m.state) for m in questions(stage)] == [
                ("소리", MessageState.REPLACED),
                ("소리가", MessageState.ANSWERED),
            ]
            await pilot.press("up")
            await stage.until(lambda: composer.text == "소리가")
            await pilot.press("up")
            await stage.until(lambda: composer.text == "소리")
            await pilot.press("down", "down")
            await stage.until(lambda: composer.text == "")


async def test_slash_commands_of_the_conversation(tmp_path: Path, plant: Plant) -> None:
    with talking(tmp_path / "data", plant) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "/봇 내장 누유")
            await answered(stage, 1)
            assert not plant.sessions
            await ask(stage, pilot, "/bot plant 누유")
            await answered(stage, 2)
            assert len(plant.sessions) == 1
            await ask(stage, pilot, "/유사")
            await stage.until(lambda: len(answers(stage, Author.BUILTIN)) == 3)
            await ask(stage, pilot, "/저장")
            folder = stage.settings.reports_folder
            await stage.until(lambda: folder.exists() and [p.name for p in folder.iterdir()] == [f"{ISSUE}.md"])
            await ask(stage, pilot, "/안전")
            await stage.until(lambda: stage.app.screen is not stage.app.floor)
            await pilot.press("space", "enter")
            assert stage.app.screen is not stage.app.floor, "three checks are missing"
            await pilot.press("escape")
            await ask(stage, pilot, "/보고서")
            await stage.until(lambda: "보고서" in str(stage.app.floor.query_one("#pane-notice").render()))


async def test_what_is_changed_in_a_recalled_text_is_not_taken_away(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data", lang="en") as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await stage.until(lambda: len(answers(stage, Author.BUILTIN)) == 1)
            composer = stage.app.floor.query_one(Composer)
            await pilot.press("enter", *"next", "enter")
            await stage.until(lambda: len(answers(stage, Author.BUILTIN)) == 2)
            await pilot.press("up")
            await stage.until(lambda: composer.text == "next")
            await pilot.press(*"day", "down", "up")
            assert composer.text == "nextday"
            composer.load(ISSUE, "")
            for key in ("up", "x", "y"):
                stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await stage.until(lambda: composer.text == "xy")
            await pilot.pause()
            assert composer.text == "xy", "whoever typed on keeps what they typed"


async def test_a_text_of_ones_own_replaces_no_question_that_failed(tmp_path: Path, plant: Plant) -> None:
    with talking(tmp_path / "data", plant, timeout_s=SHORT_S, url=f"http://127.0.0.1:{free_port()}") as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await stage.until(lambda: len(answers(stage, Author.BUILTIN)) == 1)
            composer = stage.app.floor.query_one(Composer)
            await pilot.press("enter", *"why", "enter")
            await stage.until(lambda: questions(stage)[0].state is MessageState.FAILED)
            await pilot.press("up")
            await stage.until(lambda: composer.text == "why")
            await pilot.press(*["backspace"] * 3, *"oil", "enter")
            await stage.until(lambda: len(questions(stage)) == 2)
            assert questions(stage)[0].state is MessageState.FAILED


@pytest.mark.parametrize(("lang", "told"), [("ko", "이전 API로 대신"), ("en", "older API instead")])
async def test_a_database_as_published_is_told_and_the_answer_comes_all_the_same(
    tmp_path: Path, plant: Plant, lang: str, told: str
) -> None:
    plant.message_id_chars = AS_PUBLISHED
    with talking(tmp_path / "data", plant, lang=lang) as stage:
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "펌프에서 소리가 나요")
            await answered(stage, 1)
            assert told in on_screen(stage)
            assert "Data too long for column 'chatMessageId'" in on_screen(stage)
            assert answers(stage)[0].card is not None
    with talking(tmp_path / "data", plant, lang=lang) as stage:  # a restart in between
        stage.take(event(ISSUE))
        async with stage.running() as pilot:
            await ask(stage, pilot, "그다음은요?")
            await answered(stage, 2)
    assert len(plant.web.calls("start")) == 1


async def test_an_event_that_the_chatbot_dropped_is_answered_by_the_builtin_at_once(
    tmp_path: Path, plant: Plant
) -> None:
    plant.issues.clear()
    with talking(tmp_path / "data", plant) as stage:
        stage.take(event(ISSUE, modeLogId=None))
        async with stage.running() as pilot:
            await ask(stage, pilot, "펌프에서 소리가 나요")
            await stage.until(lambda: questions(stage)[-1].problem is not None)
            await stage.until(lambda: answers(stage, Author.BUILTIN)[-1].memo.get("instead") == "smartfactory")
            assert "설비 로그 번호(modeLogId)가 없습니다" in on_screen(stage)
            assert stage.station.chat.health.problem is None, "the chatbot itself is there"
    assert plant.web.calls("start") == plant.web.calls("chat") == []


async def test_an_event_that_it_kept_is_waited_for(tmp_path: Path, plant: Plant) -> None:
    plant.issues.clear()
    with talking(tmp_path / "data", plant) as stage:
        stage.take(event(ISSUE, modeLogId="PRESS_LOG_001"))
        async with stage.running() as pilot:
            await ask(stage, pilot, "펌프에서 소리가 나요")
            await stage.until(lambda: len(plant.web.calls("start")) >= 2)
            plant.store_issue(ISSUE)
            await answered(stage, 1)
