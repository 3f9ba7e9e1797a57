"""A server that still thinks: behind a proxy, after a restart, about somebody else's question."""

import asyncio
from typing import Any

import pytest

from core.chat.backend import ChatError
from core.chat.smartfactory.checkup import starts
from core.chat.smartfactory.recovery import lost_exchange
from core.chat.smartfactory.state import Asked
from core.chat.smartfactory.wire import sessions_of
from core.domain.chat_problems import UNREACHABLE, ChatProblemKind
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import AS_PUBLISHED, Plant
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import SHORT_S, Talk, brief, smartfactory, until

LONG_ID = "PRESS-VIB1-ANOMALY-20250827101010"


@pytest.fixture
def published(plant: Plant) -> Plant:
    """With the columns as published: start-chat is a 500 for every real issue."""
    plant.message_id_chars = plant.session_id_chars = AS_PUBLISHED
    plant.store_issue(LONG_ID)
    return plant


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
