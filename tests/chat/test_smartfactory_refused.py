"""A database that refuses what start-chat writes: the question goes on by the older API, and no debate is wasted."""

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import NOTICE
from core.chat.smartfactory.backend import smart_factory
from core.chat.smartfactory.database_errors import database_refusal
from core.chat.smartfactory.state import BY_CHAT, CHAT_SESSION, SESSION
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.problems import kept_problem
from core.settings import load_settings
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import AS_PUBLISHED, Plant
from tests.chat.contract_server import make_server
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import Talk, smartfactory, until

KEY = "K-7f3a-secret"
LONG_ID = "PRESS-VIB1-ANOMALY-20250827101010"


@pytest.fixture
def published(plant: Plant) -> Plant:
    """With the columns as published: start-chat is a 500 for every real issue."""
    plant.message_id_chars = plant.session_id_chars = AS_PUBLISHED
    plant.store_issue(LONG_ID)
    return plant


def _notice(talk: Talk) -> ChatProblem:
    kept = next(turn.memo[NOTICE] for turn in talk.history if NOTICE in turn.memo)
    problem = kept_problem(ChatProblemKind, kept)
    assert problem is not None
    return problem


@pytest.mark.parametrize("issue", ["I-1", LONG_ID])
async def test_as_published_the_question_goes_on_by_chat_at_once(
    published: Plant, caplog: pytest.LogCaptureFixture, issue: str
) -> None:
    async with smartfactory(published) as backend:
        talk = Talk(backend, issue=issue)
        answer = await talk.ask("왜 이래요")
        assert answer.card is not None, "the older API's answer"
        assert _notice(talk) == ChatProblem(ChatProblemKind.DATABASE, "Data too long for column 'chatMessageId'")
        assert "Data too long for column 'chatMessageId'" in caplog.text
        assert (await talk.ask("그리고요?")).memo[CHAT_SESSION] == answer.memo[CHAT_SESSION]
        await Talk(backend, issue="I-1").ask("다른 질문")
    assert len(published.web.calls("start")) == 1, "known to be broken, it is not tried again"
    assert published.debates == 4, "one for start-chat, and one for each question"


async def test_nothing_of_a_refusing_database_s_parameters_is_shown(published: Plant) -> None:
    words = "(pymysql.err.DataError) (1406, \"Data too long for column 'x' at row 1\") [parameters: 1. 커버를 여세요]"
    published.web.fail("start", Fault(FaultKind.STATUS, status=500, detail=words))
    async with smartfactory(published) as backend:
        talk = Talk(backend)
        await talk.ask("왜 이래요")
    assert "여세요" not in _notice(talk).words


async def test_after_a_restart_no_second_debate_is_held(published: Plant) -> None:
    """The question that start-chat refused, and those behind it in the conversation, go by /chat alone."""
    published.web.fail("chat", Fault(FaultKind.VANISH))
    async with smartfactory(published) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.DROPPED
    async with smartfactory(published) as talk.backend:
        await talk.again()
    async with smartfactory(published) as talk.backend:
        await talk.ask("그리고요?")
    assert len(published.web.calls("start")) == 1


async def test_a_kill_between_the_refusal_and_the_older_answer_costs_no_second_start(published: Plant) -> None:
    async with smartfactory(published) as backend:
        talk = Talk(backend)
        published.web.fail("chat", Fault(FaultKind.HANG))
        asking = asyncio.create_task(talk.ask("왜 이래요"))
        await until(lambda: bool(published.web.calls("chat")))
        asking.cancel()
        await asyncio.wait({asking})
    assert BY_CHAT in talk.noted
    async with smartfactory(published) as talk.backend:
        await talk.again()
    assert len(published.web.calls("start")) == 1


async def test_a_500_without_a_reason_that_left_an_empty_session_is_the_same(published: Plant) -> None:
    """The server may hide its words: the row without messages tells that the experts ran for nothing."""
    published.web.fail("start", Fault(FaultKind.ANSWER, status=500, body=b"Internal Server Error"), once=False)
    async with smartfactory(published) as backend:
        talk = Talk(backend)
        assert (await talk.ask("왜 이래요")).card is not None
        await Talk(backend).ask("다른 질문")
    assert _notice(talk).kind is ChatProblemKind.SERVER
    assert len(published.web.calls("start")) == 1


@pytest.mark.parametrize("words", ["Error code: 529 - overloaded_error", "Anthropic rate limit", "Request timed out"])
async def test_a_passing_fault_is_told_from_a_refusing_database(plant: Plant, words: str) -> None:
    body = f'{{"detail":"{words}"}}'.encode()
    plant.message_id_chars = AS_PUBLISHED  # so that an empty session is left
    plant.web.fail("start", Fault(FaultKind.ANSWER, status=500, body=body))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        problem = await talk.fails("왜 이래요")
        assert problem == ChatProblem(ChatProblemKind.SERVER, f"500 {words}")
        assert plant.web.calls("chat") == []
        plant.widen()
        assert (await talk.again()).text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 2


async def test_a_database_that_was_away_is_tried_again_with_the_next_question(plant: Plant) -> None:
    words = "(pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'db'\")"
    plant.web.fail("start", Fault(FaultKind.STATUS, status=500, detail=words))
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        assert (await talk.ask("하나")).card is not None
        assert _notice(talk) == ChatProblem(ChatProblemKind.DATABASE, "OperationalError 2003")
        assert (await talk.ask("둘")).text == SUMMARIES[0]
    assert len(plant.web.calls("start")) == 2


async def test_a_continuation_that_the_database_refuses_goes_on_by_chat(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.message_id_chars = AS_PUBLISHED
        assert (await talk.ask("둘")).card is not None


async def test_the_older_session_is_completed_and_reported_by_the_older_calls(published: Plant, tmp_path: Any) -> None:
    async with smartfactory(published) as backend:
        session = backend.session_in((await Talk(backend).ask("왜 이래요")).memo)
        assert session is not None
        await backend.complete(session, "필터 교체")
        assert (await backend.report(session, tmp_path)).path.is_file()
        await backend.skip_report(session)
    assert published.web.calls("chat-complete")[0].json == {"final_summary": "필터 교체"}
    assert published.web.calls("complete") == []


async def test_going_on_by_chat_needs_the_key() -> None:
    with make_server(key=KEY) as published:
        published.store_issue("I-1")
        async with smartfactory(published) as backend:
            talk = Talk(backend)
            assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.LOGIN
        async with smartfactory(published, key=KEY) as talk.backend:
            assert (await talk.again()).card is not None
        assert len(published.web.calls("start")) == 1


@pytest.mark.parametrize(
    ("said", "words", "lasting"),
    [
        (
            "(1406, \"Data too long for column 'chatbotSessionId' at row 1\")",
            "Data too long for column 'chatbotSessionId'",
            True,
        ),
        (
            "(1406, \"Data too long for column 'content' at row 1\")",
            "Data too long for column 'content'",
            False,
        ),
        ("pymysql.err.IntegrityError: (1452, 'Cannot add or update a child row')", "IntegrityError 1452", True),
        ("(sqlalchemy.exc.OperationalError) (1205, 'Lock wait timeout exceeded')", "OperationalError 1205", False),
        ("(1054, \"Unknown column 'x' in 'field list'\")", "Unknown column", True),
        ("sqlalchemy.exc.ProgrammingError", "ProgrammingError", True),
        ("value too long for type character varying(50)", "value too long for type", True),
        ("sqlalchemy.exc.OperationalError", "OperationalError", False),
        ("(1062, \"Duplicate entry 'A' for key 'PRIMARY'\")", "Duplicate entry", False),
    ],
)
def test_what_a_database_says(said: str, words: str, lasting: bool) -> None:
    refusal = database_refusal(f"챗봇 대화 시작 실패: {said} [parameters: ...]")
    assert refusal is not None
    assert (refusal.words, refusal.is_lasting) == (words, lasting)


@pytest.mark.parametrize("said", ["", "Internal Server Error", "overloaded_error", "챗봇 대화 시작 실패", "(2003)"])
def test_what_is_no_database(said: str) -> None:
    assert database_refusal(said) is None


@given(st.text())
def test_the_words_of_a_database_are_short_and_its_own(said: str) -> None:
    refusal = database_refusal(
        f"{said} (pymysql.err.DataError) (1406, \"Data too long for column '{said}' at row\") {said}"
    )
    assert refusal is not None
    assert refusal.words.isascii()
    assert len(refusal.words) <= 100


async def test_the_log_holds_what_the_server_said(published: Plant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    published.web.fail("start", Fault(FaultKind.STATUS, status=500, detail="이상한 오류\x1b[31m"))
    async with smartfactory(published) as backend:
        await Talk(backend).fails("왜 이래요")
    assert "이상한 오류␛[31m" in caplog.text


def test_memos_name_the_two_kinds_of_sessions_apart() -> None:
    backend = smart_factory(load_settings(chat_url="http://localhost:1"))
    assert backend.session_in({SESSION: "R-1"}) == "R-1"
    assert backend.session_in({CHAT_SESSION: "R-1"}) not in (None, "R-1")
    assert backend.session_in({}) is None
