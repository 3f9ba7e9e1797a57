"""The older API: one call a question, a structured answer, a card."""

from pathlib import Path

import pytest

from core.chat.backend import ChatError, SessionBackend
from core.chat.smartfactory.legacy_chat import answer_of
from core.chat.smartfactory.state import CHAT_SESSION
from core.domain.card import Priority
from core.domain.chat_problems import ChatProblemKind
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_words import PDF, structured
from tests.chat.talking import Talk, brief, smartfactory


async def test_questions_go_on_in_one_session(plant: Plant) -> None:
    async with smartfactory(plant, dialect="chat") as backend:
        assert isinstance(backend, SessionBackend)
        talk = Talk(backend)
        answer = await talk.ask("압력이 낮아요")
        await talk.ask("그대로예요")
    [session] = plant.sessions
    first, second = (seen.json for seen in plant.web.calls("chat"))
    assert first == {"user_message": "압력이 낮아요", "issue_code": "I-1", "user_id": "김민수"}
    assert second["session_id"] == session.redis_id
    assert backend.session_in(answer.memo) == session.redis_id


async def test_the_structured_answer_becomes_a_card(plant: Plant) -> None:
    async with smartfactory(plant, dialect="chat") as backend:
        answer = await Talk(backend).ask("압력이 낮아요")
    assert answer.text.startswith("유압 압력 저하")
    assert answer.confidence == 0.82
    assert len(answer.precautions) == 2
    assert answer.card is not None
    assert [action.priority for action in answer.card.actions] == [
        Priority.HIGH,
        Priority.HIGH,
        Priority.MEDIUM,
        Priority.LOW,
    ]
    assert answer.card.costs[-1] == ("total", "145,000원")
    assert answer.card.failed_experts == (("전기 전문가", "응답 시간 초과"),)


async def test_a_session_that_is_gone_is_begun_anew(plant: Plant) -> None:
    async with smartfactory(plant, dialect="chat") as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.forget_session(plant.sessions[0].redis_id)
        assert (await talk.ask("둘")).memo[CHAT_SESSION] == plant.sessions[1].redis_id
        await talk.ask("셋")
    assert len(plant.sessions) == 2


async def test_a_closed_session_is_followed_by_another_at_once(plant: Plant) -> None:
    async with smartfactory(plant, dialect="chat") as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.web.fail("chat", Fault(FaultKind.STATUS, status=400, detail="이미 종료된 세션입니다."))
        assert (await talk.ask("둘")).text
    assert len(plant.sessions) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(FaultKind.STATUS, status=400, detail="안 됩니다"), ChatProblemKind.REJECTED),
        (Fault(FaultKind.STATUS, status=401), ChatProblemKind.LOGIN),
        (Fault(FaultKind.STATUS, status=404, detail="없음"), ChatProblemKind.NOT_FOUND),
        (Fault(FaultKind.HTML, status=502), ChatProblemKind.PROXY),
        (Fault(FaultKind.DROP), ChatProblemKind.DROPPED),
        (Fault(FaultKind.ANSWER, body=b"{}"), ChatProblemKind.NO_ANSWER),
        (Fault(FaultKind.ANSWER, body=b'{"executive_summary": 7}'), ChatProblemKind.GARBAGE),
    ],
)
async def test_each_fault_has_its_own_problem(plant: Plant, fault: Fault, kind: ChatProblemKind) -> None:
    plant.web.fail("chat", fault)
    async with smartfactory(plant, dialect="chat") as backend:
        talk = Talk(backend)
        assert (await talk.fails("하나")).kind is kind
        assert (await talk.again()).text


async def test_ending_goes_by_the_older_calls(plant: Plant, tmp_path: Path) -> None:
    async with smartfactory(plant, dialect="chat") as backend:
        session = (await Talk(backend).ask("하나")).memo[CHAT_SESSION]
        await backend.complete(session, "필터 교체")
        assert (await backend.report(session, tmp_path)).path.read_bytes() == PDF
        await backend.complete(session, "필터 교체")  # saying it twice is no error
        await backend.skip_report(session)
        assert await backend.earlier(brief(), []) == []
        with pytest.raises(ChatError) as caught:
            await backend.complete("R-404", "")
    assert caught.value.problem.kind is ChatProblemKind.CLOSED, "it can be told no more"
    assert plant.sessions[0].final_summary == "필터 교체"
    assert {seen.route for seen in plant.web.seen} == {"chat", "chat-complete", "chat-report"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.5, 0.5),
        (1, 1.0),
        (-3, 0.0),
        (1.7, 1.0),
        (True, None),
        ("0.9", None),
        (None, None),
        (float("nan"), None),
        (10**400, None),
    ],
)
def test_confidence_is_a_number_between_0_and_1_or_not_reported(given: object, expected: float | None) -> None:
    answer = answer_of({**structured("S", 1, ""), "confidence_level": given})
    assert answer.confidence == expected


def test_actions_without_a_summary_are_an_answer() -> None:
    answer = answer_of({"immediate_actions": [{"action": "전원 차단"}], "executive_summary": None}, "S-1")
    assert answer.text == ""
    assert answer.card is not None
    assert answer.memo == {CHAT_SESSION: "S-1"}
