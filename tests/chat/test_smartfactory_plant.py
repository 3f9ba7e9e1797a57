"""The plant's chatbot as it is: a database that refuses, debates behind a proxy, host names, events that it drops."""

import asyncio
import json
import logging
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.chat.backend import NOTICE, ChatBackend, ChatError
from core.chat.http import ChatServer
from core.chat.problems import UNREACHABLE, ChatProblem, ChatProblemKind, kept_problem
from core.chat.smartfactory import smart_factory
from core.chat.smartfactory_checkup import starts
from core.chat.smartfactory_database import database_refusal
from core.chat.smartfactory_limits import REASONS, why_dropped, why_unknown
from core.chat.smartfactory_lost import lost_exchange
from core.chat.smartfactory_memo import BY_CHAT, CHAT_SESSION, SESSION, Asked
from core.chat.smartfactory_user import USER_CHARS, is_same_user, user_id_of
from core.chat.smartfactory_wire import sessions_of
from core.settings import SettingsError, load_settings
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import AS_PUBLISHED, HOSTS, Plant
from tests.chat.contract_server import make_server
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import SHORT_S, Talk, brief, smartfactory, until
from tests.unit.making import event

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
    problem = kept_problem(kept)
    assert problem is not None
    return problem


# --- a database that refuses


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


# --- still thinking


async def test_a_start_that_the_proxy_cut_is_waited_for(plant: Plant) -> None:
    plant.behind_proxy, plant.api_patience_s = True, 0.1
    plant.thinking = True
    async with smartfactory(plant) as backend:
        asking = asyncio.create_task(Talk(backend).ask("왜 이래요"))
        await until(lambda: len(plant.web.calls("sessions")) >= 4)
        plant.thinking = False
        answer = await asking
    assert answer.text == SUMMARIES[0]
    assert (len(plant.web.calls("start")), plant.debates) == (1, 1)


async def test_a_continuation_that_the_proxy_cut_is_waited_for(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.behind_proxy, plant.api_patience_s = True, 0.1
        plant.thinking = True
        asking = asyncio.create_task(talk.ask("둘"))
        await until(lambda: len(plant.web.calls("sessions")) >= 4)
        plant.thinking = False
        assert (await asking).text == SUMMARIES[1]
    assert (len(plant.web.calls("continue")), plant.debates) == (1, 2)


async def test_a_server_that_stands_still_behind_its_proxy_is_waited_for(plant: Plant) -> None:
    """While it thinks not even the listing is answered."""
    plant.behind_proxy, plant.api_patience_s = True, 0.1
    plant.thinking = plant.stands_still = True
    async with smartfactory(plant) as backend:
        asking = asyncio.create_task(Talk(backend).ask("왜 이래요"))
        await until(lambda: len(plant.web.calls("sessions")) >= 3)
        plant.thinking = False
        assert (await asking).text == SUMMARIES[0]
    assert (len(plant.web.calls("start")), plant.debates) == (1, 1)


async def test_a_debate_longer_than_all_patience_is_found_after_a_restart(plant: Plant) -> None:
    plant.behind_proxy, plant.api_patience_s = True, 0.1
    plant.thinking = True
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.SILENT
    async with smartfactory(plant) as talk.backend:
        again = asyncio.create_task(talk.again())
        looked = len(plant.web.calls("sessions"))
        await until(lambda: len(plant.web.calls("sessions")) >= looked + 3)
        plant.thinking = False
        assert (await again).text == SUMMARIES[0]
    assert (len(plant.web.calls("start")), plant.debates) == (1, 1)


async def test_a_continuation_is_still_thought_about_after_a_restart(plant: Plant) -> None:
    """Of its question nothing is listed: for as long as an answer may take it is not asked again."""
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        plant.thinking = True
        asking = asyncio.create_task(talk.ask("둘"))
        await until(lambda: plant.busy)
        asking.cancel()
        await asyncio.wait({asking})
    async with smartfactory(plant) as talk.backend:
        looked = len(plant.web.calls("sessions"))
        again = asyncio.create_task(talk.again())
        await until(lambda: len(plant.web.calls("sessions")) >= looked + 3)
        plant.thinking = False
        assert (await again).text == SUMMARIES[1]
    assert (len(plant.web.calls("continue")), plant.debates) == (1, 2)


async def test_as_published_behind_a_proxy_an_answer_is_had_all_the_same(published: Plant) -> None:
    """The 500 is never seen there: the empty session that stays is what tells of it."""
    published.behind_proxy, published.api_patience_s = True, 0.05
    published.think_s = 0.2
    async with smartfactory(published, timeout_s=SHORT_S) as backend:
        talk = Talk(backend)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.SILENT
        assert (await talk.fails()).kind is ChatProblemKind.SILENT
        assert (await talk.again()).card is not None
        await Talk(backend).ask("다른 질문")
    assert len(published.web.calls("start")) == 1


async def test_a_start_that_left_nothing_behind_the_proxy_is_not_made_again(published: Plant) -> None:
    """A session's id over its column: no row is ever listed."""
    published.behind_proxy, published.api_patience_s = True, 0.05
    published.think_s = 0.2
    async with smartfactory(published) as backend:
        talk = Talk(backend, issue=LONG_ID)
        assert (await talk.fails("왜 이래요")).kind is ChatProblemKind.PROXY
        assert (await talk.again()).card is not None
    assert len(published.web.calls("start")) == 1


async def test_of_two_starts_in_one_second_the_other_is_quietly_tried_once_more(plant: Plant) -> None:
    now = 1_764_000_000

    def second() -> int:
        nonlocal now
        now += len(plant.web.calls("start")) > 2
        return now

    plant.second = second
    async with smartfactory(plant) as backend:
        answers = await asyncio.gather(Talk(backend).ask("하나"), Talk(backend, operator="이영희").ask("둘"))
    assert [answer.text for answer in answers] == [SUMMARIES[0]] * 2
    assert len(plant.web.calls("start")) == 3
    assert plant.web.calls("chat") == []


def _listed(*sessions: dict[str, Any]) -> Any:
    return sessions_of({"data": {"sessions": list(sessions)}})


def test_an_empty_session_of_another_is_not_ours() -> None:
    sessions = _listed({"session_id": "5", "user_id": "lee", "messages": []}, {"session_id": "6", "user_id": 7})
    assert lost_exchange(sessions, Asked(), "kim", "왜") is None
    assert lost_exchange(sessions, Asked(known=frozenset({"6"})), "7", "왜") is None
    found = lost_exchange(sessions, Asked(), "007", "왜")
    assert found is not None
    assert (found.thread.db_session, found.answer) == ("6", "")


def test_whether_start_chat_works_is_seen_by_what_it_left() -> None:
    empty = {"session_id": "5", "started_at": "2026-03-01T09:00:00"}
    said = {**empty, "messages": [{"content": "왜", "sender": "user"}]}
    started_ms = _listed(empty)[0].started_ms
    hour_ms = 3_600_000
    assert starts(_listed(empty), started_ms + hour_ms) is False
    assert starts(_listed(empty), started_ms + 1_000) is None, "it may be thought about"
    assert starts(_listed(empty, said), started_ms + hour_ms) is True
    assert starts((), started_ms) is None


# --- host names and names of operators


async def test_the_host_setting_opens_a_server_that_is_reached_through_a_tunnel() -> None:
    with make_server(key=KEY) as plant:
        url = plant.url.replace("localhost", "127.0.0.1")
        refused = ChatServer(url)
        with pytest.raises(ChatError) as caught:
            await refused.json("GET", "/ping")
        await refused.close()
        for host in (*HOSTS, "smartfactory.company.com:8000"):
            server = ChatServer(url, host=host)
            assert (await server.json("GET", "/ping"))["status"] == "ok"
            await server.close()
    problem = caught.value.problem
    assert problem == ChatProblem(ChatProblemKind.HOST, url.removeprefix("http://"))
    i18n.use("en")
    assert "ANDON_CHAT_HOST" in problem.words


async def test_the_host_is_a_setting(tmp_path: Any) -> None:
    with make_server(key=KEY) as plant:
        plant.made_easy()
        plant.store_issue("I-1")
        url = plant.url.replace("localhost", "127.0.0.1")
        settings = load_settings(chat_url=url, chat_host="smartfactory.company.com", data_dir=tmp_path)
        backend = smart_factory(settings)
        assert (await Talk(backend).ask("왜 이래요")).text == SUMMARIES[0]
        await backend.close()


@pytest.mark.parametrize("host", ["a b", "a\r\nX-User-Role: admin", "http://a", "열쇠", "a/b", ":80"])
def test_a_host_that_is_none_is_refused_at_once(host: str) -> None:
    with pytest.raises(SettingsError, match="ANDON_CHAT_HOST"):
        ChatServer("http://127.0.0.1:1", host=host)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("김민수", "김민수"),
        ("김" * 51, "김" * 50),
        ("", "andon"),
        ("가" * 49 + "👩‍🔧 나", "가" * 49),
        ("가" * 48 + "x\u0301\u0323", "가" * 48),
        ("a" * 49 + "🇰🇷", "a" * 49),
        ("a" * 48 + "🇰🇷" + "b", "a" * 48 + "🇰🇷"),
        ("a" * 49 + "👍🏽", "a" * 49),
        ("\u0301" * 60, None),
    ],
)
def test_a_name_is_cut_between_two_of_its_characters(name: str, expected: str | None) -> None:
    found = user_id_of(name)
    assert len(found) <= USER_CHARS
    assert expected is None or found == expected


@given(st.text(max_size=120))
def test_any_name_fits_and_is_the_beginning_of_what_was_given(name: str) -> None:
    found = user_id_of(name)
    assert 0 < len(found) <= USER_CHARS
    assert found.encode()
    assert found == user_id_of(found)
    assert not unicodedata.category(found[-1]).startswith("Z")


async def test_an_operator_of_a_long_name_is_answered(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        assert (await Talk(backend, operator="김민수 " * 20).ask("왜 이래요")).text == SUMMARIES[0]
    assert len(plant.sessions[0].user) <= 50


async def test_the_lost_answer_of_an_operator_with_a_number_for_a_name_is_found(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.DROP))
    async with smartfactory(plant) as backend:
        assert (await Talk(backend, operator="007").ask("왜 이래요")).text == SUMMARIES[0]
    assert len(plant.sessions) == 1
    assert not is_same_user("8", "007")


# --- what the chatbot cannot know

GOOD = {
    "issue": "A",
    "processType": "장애접수",
    "modeType": "프레스",
    "modeLogId": "PRESS_LOG_001",
    "description": "유압 이상",
    "isSolved": False,
    "timestamp": "2025-08-08T17:05:37.123Z",
}
DROPPED = [
    ({"modeLogId": None}, "log-id"),
    ({"modeLogId": "L" * 51}, "log-id-length"),
    ({"issue": 7}, "issue-type"),
    ({"issue": "A" * 101}, "issue-length"),
    ({"timestamp": 1_754_640_000_000}, "timestamp-type"),
    ({"timestamp": 1_754_640_000.5}, "timestamp-type"),
    ({"processType": "고장"}, "process-type"),
    ({"processType": None}, "process-type"),
    ({"modeType": "PRESS"}, "mode-type"),
    ({"modeType": ["프레스"]}, "mode-type"),
    ({"description": "가" * 21_846}, "description-length"),
]


@pytest.mark.parametrize(("wrong", "reason"), DROPPED)
def test_what_the_chatbot_drops_is_known_from_our_own_copy(wrong: dict[str, Any], reason: str) -> None:
    assert why_dropped({**GOOD, **wrong}) == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"modeLogId": "L" * 50},
        {"issue": "가" * 100},
        {"timestamp": None},
        {"description": "가" * 21_845},
        {"description": None},
        {"processType": "정기점검", "modeType": "차량조립설비"},
        {"isSolved": None, "extra": [1]},
    ],
)
def test_what_it_keeps(fine: dict[str, Any]) -> None:
    assert why_dropped({**GOOD, **fine}) == ""


def test_an_event_without_a_log_id_at_all() -> None:
    assert why_dropped({key: value for key, value in GOOD.items() if key != "modeLogId"}) == "log-id"


def test_the_rule_is_the_consumer_s(plant: Plant) -> None:
    """What is dropped by the rule is dropped by the contract's server, and what is not is kept."""
    for wrong in ({}, *(one for one, _reason in DROPPED)):
        plant.issues.clear()
        try:
            plant.consume(json.dumps({**GOOD, **wrong}).encode())
        except TypeError:
            continue
        assert (not plant.issues) is bool(why_dropped({**GOOD, **wrong})), wrong


def test_one_event_that_was_kept_makes_the_issue_known() -> None:
    dropped, kept = event(modeLogId=None), event(kind="solved", modeLogId="SOLVED_A")
    assert why_unknown((dropped, None)) == "log-id"
    assert why_unknown((dropped, kept)) == ""
    assert why_unknown(()) == ""


def _dropped(backend: ChatBackend, issue: str = "I-404") -> Talk:
    """A conversation on an issue whose event, as this terminal has it, the chatbot dropped."""
    return Talk(backend, about=replace(brief(issue), dropped="log-id"))


async def test_an_issue_that_the_chatbot_dropped_is_told_at_once_and_not_asked_about(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        problem = await _dropped(backend).fails("왜 이래요")
    assert problem == ChatProblem(ChatProblemKind.UNKNOWABLE, "log-id")
    assert [seen.route for seen in plant.web.seen] == ["sessions"]
    for language in ("en", "ko"):
        i18n.use(language)
        assert "modeLogId" in problem.words


async def test_a_server_that_stands_still_does_not_delay_that(plant: Plant) -> None:
    plant.web.fail("sessions", Fault(FaultKind.HANG))
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        assert (await _dropped(backend).fails("왜 이래요")).kind is ChatProblemKind.UNKNOWABLE


async def test_an_issue_that_the_server_knows_all_the_same_is_asked_about(plant: Plant) -> None:
    """An earlier event of it, which this terminal no longer holds, may have been kept."""
    async with smartfactory(plant) as backend:
        assert (await _dropped(backend, "I-1").ask("왜 이래요")).text == SUMMARIES[0]


async def test_a_deaf_consumer_is_named_at_once(plant: Plant) -> None:
    plant.deaf = True
    async with smartfactory(plant) as backend:
        assert (await Talk(backend, issue="I-404").fails("왜 이래요")).kind is ChatProblemKind.DEAF
    assert len(plant.web.calls("start")) == 1


async def test_a_consumer_that_does_not_tell_is_not_called_deaf(plant: Plant) -> None:
    plant.web.fail("kafka-status", Fault(FaultKind.STATUS, status=500), once=False)
    async with smartfactory(plant, wait_for_issue_s=0.05) as backend:
        assert (await Talk(backend, issue="I-404").fails("왜 이래요")).kind is ChatProblemKind.UNKNOWN_ISSUE


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


async def test_a_server_that_thinks_of_another_question_is_busy_and_not_away(plant: Plant) -> None:
    plant.web.fail("sessions", Fault(FaultKind.HANG))
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        with pytest.raises(ChatError) as caught:
            await backend.earlier(brief(), [])
        assert caught.value.problem.kind is ChatProblemKind.BUSY
        assert caught.value.problem.kind not in UNREACHABLE
        plant.web.fail("sessions", Fault(FaultKind.HTML, status=504))
        with pytest.raises(ChatError) as caught:
            await backend.earlier(brief(), [])
        assert caught.value.problem.kind is ChatProblemKind.BUSY


async def test_any_gateway_s_lost_patience_is_understood(plant: Plant) -> None:
    body = b'{"message":"Endpoint request timed out"}'
    plant.web.fail("start", Fault(FaultKind.ANSWER, status=504, body=body))
    async with smartfactory(plant) as backend:
        assert (await Talk(backend).ask("왜 이래요")).text == SUMMARIES[0]
    assert plant.debates == 1


async def test_an_issue_that_was_waited_for_in_vain_is_not_waited_for_again(plant: Plant) -> None:
    async with smartfactory(plant, wait_for_issue_s=0.05) as backend:
        talk = Talk(backend, issue="I-404")
        await talk.fails("왜 이래요")
        asked = len(plant.web.calls("start"))
        assert asked > 1
        assert (await talk.fails()).kind is ChatProblemKind.UNKNOWN_ISSUE
        assert len(plant.web.calls("start")) == asked + 1
        plant.store_issue("I-404")
        assert (await talk.again()).text == SUMMARIES[0]
