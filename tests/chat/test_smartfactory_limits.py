"""What the plant's chatbot takes and keeps: host names, names of operators, events."""

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import ChatBackend, ChatError
from core.chat.http.client import ChatServer
from core.chat.smartfactory.backend import smart_factory
from core.chat.smartfactory.user import USER_CHARS, is_same_user, user_id_of
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.chatbot_limits import REASONS, why_dropped, why_unknown
from core.settings import SettingsError, load_settings
from core.support import i18n
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import HOSTS, Plant
from tests.chat.contract_server import make_server
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import SHORT_S, Talk, brief, smartfactory
from tests.unit.making import event

KEY = "K-7f3a-secret"


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


# --- what it cannot know

GOOD = {
    "issue": "A",
    "processType": "장애접수",
    "modeType": "프레스",
    "modeLogId": "PRESS_LOG_001",
    "description": "유압 이상",
    "isSolved": False,
    "timestamp": "2025-08-08T17:05:37.123Z",
}
DROPPED: list[tuple[dict[str, Any], str]] = [
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
