"""Answers whose call was lost: looked for before anything is asked twice."""

import asyncio

import pytest

from core.chat.smartfactory.state import COUNT, DB_SESSION, SESSION
from core.domain.chat_problems import ChatProblemKind
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_words import SUMMARIES
from tests.chat.serving import free_port
from tests.chat.talking import SHORT_S, Talk, smartfactory, until

WORK_DONE = (FaultKind.GARBAGE, FaultKind.HUGE, FaultKind.WRONG_TYPES, FaultKind.HTML)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.CUT])
async def test_the_answer_to_a_start_that_broke_off_is_found_at_once(plant: Plant, kind: FaultKind) -> None:
    plant.web.fail("start", Fault(kind))
    async with smartfactory(plant) as backend:
        answer = await Talk(backend).ask("왜 이래요")
    assert answer.text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 1


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.CUT])
async def test_the_answer_to_a_continuation_that_broke_off_is_found_at_once(plant: Plant, kind: FaultKind) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        first = await talk.ask("그대로예요")
        plant.web.fail("continue", Fault(kind))
        second = await talk.ask("그대로예요")
        assert (await talk.ask("됐어요")).text == SUMMARIES[2]
    assert second.text == SUMMARIES[1]
    assert second.memo == {**first.memo, COUNT: "2"}
    assert len(plant.web.calls("continue")) == 2


@pytest.mark.parametrize("kind", [FaultKind.DELAY, FaultKind.DRIP])
async def test_the_answer_that_comes_too_late_is_found(plant: Plant, kind: FaultKind) -> None:
    plant.web.fail("start", Fault(kind, seconds=SHORT_S * 2))
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        assert (await Talk(backend).ask("왜 이래요")).text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 1


async def test_a_question_that_timed_out_is_waited_for_on_the_server_not_asked_again(plant: Plant) -> None:
    plant.thinking = True
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.SILENT
    looked = len(plant.web.calls("sessions"))
    async with smartfactory(plant) as talk.backend:
        again = asyncio.create_task(talk.again())
        await until(lambda: len(plant.web.calls("sessions")) >= looked + 2)
        plant.thinking = False
        answer = await again
    assert answer.text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 1
    assert answer.memo == {DB_SESSION: str(plant.sessions[0].db_id), COUNT: "1"}


async def test_a_session_that_was_only_found_in_the_listing_is_followed_by_another(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.DROP))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        found = await talk.ask("하나")
        assert backend.session_in(found.memo) is None
        assert (await talk.ask("둘")).memo[SESSION] == plant.sessions[1].redis_id
        await talk.ask("셋")
    assert [len(session.messages) for session in plant.sessions] == [2, 4]


async def test_a_continuation_that_timed_out_is_waited_for_on_the_server(plant: Plant) -> None:
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.thinking = True
        assert (await talk.fails("둘")).kind is ChatProblemKind.SILENT
    async with smartfactory(plant) as talk.backend:
        plant.thinking = False
        await until(lambda: len(plant.sessions[0].messages) == 4)
        answer = await talk.again()
    assert answer.text == SUMMARIES[1]
    assert answer.memo[SESSION] == plant.sessions[0].redis_id
    assert len(plant.web.calls("continue")) == 1


async def test_a_kill_in_the_middle_makes_no_second_session(plant: Plant) -> None:
    plant.thinking = True
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        asking = asyncio.create_task(talk.ask("왜 이래요"))
        await until(lambda: bool(plant.sessions))
        asking.cancel()
        await asyncio.wait({asking})
    plant.thinking = False
    async with smartfactory(plant) as talk.backend:
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


async def test_a_session_that_is_never_answered_is_waited_for_once_and_no_second_is_started(plant: Plant) -> None:
    plant.thinking = True
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        talk = Talk(backend)
        asking = asyncio.create_task(talk.ask("왜 이래요"))
        await until(lambda: bool(plant.sessions))
        asking.cancel()
        await asyncio.wait({asking})
        assert (await talk.fails()).kind is ChatProblemKind.SILENT
        assert len(plant.web.calls("start")) == 1
        plant.web.fail("chat", Fault(FaultKind.INSTEAD, body=b'{"executive_summary":"OK"}'))
        assert (await talk.again()).text == "OK"
    assert len(plant.web.calls("start")) == 1


async def test_a_question_that_never_arrived_is_asked_again(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.VANISH))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.DROPPED
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


async def test_a_server_that_was_away_is_asked_once_it_is_there(plant: Plant) -> None:
    async with smartfactory(plant, url=f"http://127.0.0.1:{free_port()}") as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.REFUSED
    async with smartfactory(plant) as talk.backend:
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


@pytest.mark.parametrize("kind", WORK_DONE)
async def test_an_answer_that_could_not_be_read_is_found_by_the_retry(plant: Plant, kind: FaultKind) -> None:
    plant.web.fail("start", Fault(kind, status=502))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.fails("왜 이래요")
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


@pytest.mark.parametrize("kind", WORK_DONE)
async def test_a_continuation_that_could_not_be_read_is_found_by_the_retry(plant: Plant, kind: FaultKind) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.web.fail("continue", Fault(kind, status=502))
        await talk.fails("둘")
        assert (await talk.again()).text == SUMMARIES[1]
    assert len(plant.web.calls("continue")) == 1


@pytest.mark.parametrize("status", [401, 403, 413, 422, 429, 500])
async def test_a_refusal_is_asked_again_without_waiting(plant: Plant, status: int) -> None:
    plant.web.fail("start", Fault(FaultKind.STATUS, status=status, detail="안 됩니다"))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.fails("왜 이래요")
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 2
    assert len(plant.sessions) == 1


async def test_an_error_after_the_work_was_done_makes_no_second_session(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.ANSWER, status=500, body=b'{"detail":"boom"}'))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.SERVER
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


async def test_other_people_s_and_older_sessions_are_not_taken_for_ours(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        await Talk(backend).ask("왜 이래요")
        talk = Talk(backend)
        plant.web.fail("start", Fault(FaultKind.VANISH))
        await talk.fails("왜 이래요")
        await Talk(backend, operator="이영희").ask("왜 이래요")
        assert (await talk.again()).memo[SESSION] == plant.sessions[2].redis_id
    assert [session.user for session in plant.sessions] == ["김민수", "이영희", "김민수"]


async def test_another_question_is_not_given_the_lost_answer(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.web.fail("continue", Fault(FaultKind.GARBAGE))
        await talk.fails("둘")
        plant.web.fail("continue", Fault(FaultKind.VANISH))
        assert (await talk.fails("셋")).kind is ChatProblemKind.DROPPED


async def test_the_question_that_failed_is_found_even_after_later_ones_were_answered(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.web.fail("continue", Fault(FaultKind.GARBAGE))
        await talk.fails("둘")
        noted = dict(talk.noted)
        assert (await talk.ask("셋")).text == SUMMARIES[2]
        talk.back_to("둘", noted)
        assert (await talk.again()).text == SUMMARIES[1]
    assert len(plant.web.calls("continue")) == 2


async def test_a_look_that_fails_does_not_hide_why_the_question_failed(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.web.fail("continue", Fault(FaultKind.DROP))
        plant.web.fail("sessions", Fault(FaultKind.STATUS, status=500))
        assert (await talk.fails("둘")).kind is ChatProblemKind.DROPPED
        assert (await talk.again()).text == SUMMARIES[1]
    assert len(plant.web.calls("continue")) == 1
