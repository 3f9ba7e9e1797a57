"""The workflow API: starting, going on, ending; each line of the contract's "What follows"."""

import asyncio
from pathlib import Path

import pytest

from core.chat.backend import ChatBackend, SessionBackend
from core.chat.smartfactory.state import DB_SESSION, SESSION
from core.domain.chat_problems import ChatProblemKind
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import SHORT_S, Talk, smartfactory, until


async def test_a_question_starts_a_session_and_the_next_ones_go_on_in_it(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        assert isinstance(backend, SessionBackend)
        assert isinstance(backend, ChatBackend)
        talk = Talk(backend)
        said = [(await talk.ask(text)).text for text in ("압력이 낮아요", "필터를 바꿨어요", "됐어요", "고마워요")]
    assert said == [*SUMMARIES, SUMMARIES[0]]
    [session] = plant.sessions
    [start] = plant.web.calls("start")
    assert start.json == {"issue_id": "I-1", "user_id": "김민수", "user_message": "압력이 낮아요"}
    bodies = [seen.json for seen in plant.web.calls("continue")]
    assert bodies[0] == {"session_id": session.redis_id, "user_message": "필터를 바꿨어요"}
    assert len(bodies) == 3


async def test_an_answer_reports_no_confidence_and_may_hold_steps(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        answer = await Talk(backend).ask("왜 이래요")
    assert answer.confidence is None
    assert answer.card is None
    assert answer.holds_steps


async def test_both_session_ids_are_remembered_and_the_redis_id_is_the_one_for_calls(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        answer = await Talk(backend).ask("왜 이래요")
        [session] = plant.sessions
        assert answer.memo[SESSION] == session.redis_id
        assert answer.memo[DB_SESSION] == str(session.db_id)
        assert backend.session_in(answer.memo) == session.redis_id
        assert backend.session_in({}) is None
        assert backend.session_in({DB_SESSION: "7"}) is None


async def test_a_conversation_goes_on_after_a_restart(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
    async with smartfactory(plant) as talk.backend:
        await talk.ask("둘")
    assert len(plant.web.calls("start")) == 1
    assert len(plant.sessions) == 1


async def test_an_issue_that_the_server_has_not_stored_yet_is_waited_for(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        asking = asyncio.create_task(Talk(backend, issue="I-2").ask("왜 이래요"))
        await until(lambda: len(plant.web.calls("start")) >= 3)
        plant.store_issue("I-2")
        assert (await asking).text == SUMMARIES[0]
    assert len(plant.sessions) == 1


async def test_the_pauses_between_attempts_grow(plant: Plant) -> None:
    async with smartfactory(plant, wait_for_issue_s=SHORT_S) as backend:
        await Talk(backend, issue="I-2").fails("왜 이래요")
    assert 3 <= len(plant.web.calls("start")) <= 6


async def test_an_issue_that_stays_unknown_is_given_up(plant: Plant) -> None:
    async with smartfactory(plant, wait_for_issue_s=0.05) as backend:
        talk = Talk(backend, issue="I-2")
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.UNKNOWN_ISSUE
        plant.store_issue("I-2")
        assert (await talk.again()).text == SUMMARIES[0]


async def test_a_404_of_a_gateway_is_not_waited_out(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.ANSWER, status=404, body=b"<html>404", headers={"x": "y"}), once=False)
    async with smartfactory(plant) as backend:
        assert (await Talk(backend).fails("왜 이래요")).kind is ChatProblemKind.NOT_FOUND
    assert len(plant.web.calls("start")) == 1


async def test_a_resolve_in_between_ends_no_session(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.terminate("I-1")
        assert (await talk.ask("둘")).text == SUMMARIES[1]
    assert len(plant.sessions) == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_once_its_report_is_settled_the_next_question_begins_another_session(
    plant: Plant, tmp_path: Path, taken: bool
) -> None:
    """A report was saved or declined, the issue reopened: 400 on continue-chat is no end."""
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        session = (await talk.ask("하나")).memo[SESSION]
        await backend.complete(session, "필터 교체")
        await (backend.report(session, tmp_path) if taken else backend.skip_report(session))
        assert (await talk.ask("둘")).text == SUMMARIES[0]
        await talk.ask("셋")
    assert [len(session.messages) for session in plant.sessions] == [2, 4]
    assert [len(plant.web.calls(route)) for route in ("start", "continue")] == [2, 2]


async def test_a_session_that_redis_forgot_is_begun_anew_with_the_same_question(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.forget_session(plant.sessions[0].redis_id)
        assert (await talk.ask("둘")).text == SUMMARIES[0]
        await talk.ask("셋")
    assert [message["content"] for message in plant.sessions[1].messages if message["sender"] == "user"] == ["둘", "셋"]
    assert len(plant.web.calls("continue")) == 2


async def test_an_id_of_the_plant_goes_out_as_it_is_and_never_leaves_its_place_in_the_path(plant: Plant) -> None:
    odd = "../../../ping?a=b#c/프레스 1"
    plant.store_issue(odd)
    async with smartfactory(plant) as backend:
        await Talk(backend, issue=odd).ask("왜 이래요")
    assert plant.sessions[0].issue == odd
    [listing] = [seen for seen in plant.web.seen if seen.method == "GET"]
    assert listing.path.startswith("/api/chatbot-workflow/issues/..%2F..%2F..%2Fping%3Fa%3Db%23c%2F%ED")
    assert listing.path.endswith("/sessions")


async def test_an_issue_named_by_dots_alone_stays_in_its_place(plant: Plant) -> None:
    plant.store_issue("..")
    async with smartfactory(plant) as backend:
        await Talk(backend, issue="..").ask("왜 이래요")
    assert plant.web.calls("sessions")[0].path == "/api/chatbot-workflow/issues/%2E%2E/sessions"


async def test_half_a_character_in_an_id_costs_nothing(plant: Plant) -> None:
    plant.store_issue("I-\ud800")
    plant.web.fail("start", Fault(FaultKind.INSTEAD, body=b'{"data":{"executive_summary":"OK"}}'))
    async with smartfactory(plant) as backend:
        assert (await Talk(backend, issue="I-\ud800").ask("왜 이래요")).text == "OK"
    assert plant.web.calls("start")[0].json["issue_id"] == "I-\ud800"


async def test_somebody_asks_even_where_nobody_is_known_to(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        await Talk(backend, operator="").ask("왜 이래요")
    assert plant.sessions[0].user == "andon"


async def test_an_empty_summary_is_no_answer_and_the_retry_goes_on_in_the_same_session(plant: Plant) -> None:
    plant.web.fail(
        "start",
        Fault(FaultKind.ANSWER, body=b'{"status":"success","data":{"redis_session_id":"R-9","executive_summary":" "}}'),
    )
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.NO_ANSWER
        plant.sessions[0].messages.pop()
        plant.sessions[0].redis_id = "R-9"
        await talk.again()
    assert len(plant.sessions) == 1


async def test_what_is_missing_beside_the_summary_costs_nothing(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.ANSWER, body='{"data":{"executive_summary":"필터 점검"}}'.encode()))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        assert (await talk.ask("하나")).text == "필터 점검"
        assert (await talk.ask("둘")).text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 2


async def test_the_server_s_words_are_made_inert(plant: Plant) -> None:
    body = b'{"data":{"executive_summary":"a\\u001b]52;c;aGk=\\u0007\\u202eb"}}'
    plant.web.fail("start", Fault(FaultKind.ANSWER, body=body))
    async with smartfactory(plant) as backend:
        assert (await Talk(backend).ask("하나")).text == "a␛]52;c;aGk=␇�b"
