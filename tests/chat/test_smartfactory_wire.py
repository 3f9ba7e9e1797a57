"""Reading what the server answers: whatever it is, it is read, or refused as garbage."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import ChatError, ChatRequest, Turn
from core.chat.smartfactory.legacy_chat import answer_of
from core.chat.smartfactory.recovery import lost_exchange
from core.chat.smartfactory.state import COUNT, DB_SESSION, ENDED, SESSION, Asked, Thread, asked_before, thread_of
from core.chat.smartfactory.wire import Session, id_of, moment_ms, reply_of, sessions_of
from core.domain.card import Card
from core.domain.chat_problems import ChatProblemKind
from core.support.text import inert
from tests.chat.contract_words import structured
from tests.chat.talking import brief

Read = TypeVar("Read")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
WILD = st.text(st.characters(), max_size=40)


def _spoiled(value: Any) -> st.SearchStrategy[Any]:
    """``value`` with any part of it replaced by anything."""
    whole = JSON | WILD
    match value:
        case dict():
            kept = st.fixed_dictionaries({}, optional={key: _spoiled(one) for key, one in value.items()})
            return kept | whole
        case list():
            return st.lists(st.one_of(*map(_spoiled, value)), max_size=4) | whole if value else whole
        case _:
            return st.just(value) | whole


MESSAGE = {"message_id": 1, "content": "압력", "sender": "bot", "sent_at": "2026-03-01T09:30:00"}
LISTING = {
    "data": {
        "sessions": [
            {"session_id": 5, "user_id": "김민수", "started_at": "2026-03-01T09:29:00", "messages": [MESSAGE, MESSAGE]}
        ]
    }
}
STARTED = {
    "data": {"redis_session_id": "R", "db_session_id": 5, "conversation_count": 1, "executive_summary": "필터 점검"}
}


def _read(
    parse: Callable[[dict[str, Any]], Read], answer: dict[str, Any]
) -> tuple[Read | None, ChatProblemKind | None]:
    """What ``parse`` makes of ``answer``, or why it refuses."""
    try:
        return parse(answer), None
    except ChatError as error:
        return None, error.problem.kind


@given(_spoiled(STARTED).filter(lambda value: isinstance(value, dict)))
def test_any_answer_to_a_question_is_read_or_refused(answer: dict[str, Any]) -> None:
    reply, refusal = _read(reply_of, answer)
    assert refusal in (None, ChatProblemKind.GARBAGE)
    if reply is None:
        return
    assert bool(reply.summary) is (reply.problem is None)
    assert reply.summary == inert(reply.summary)
    assert reply.count is None or reply.count > 0


@given(_spoiled(LISTING).filter(lambda value: isinstance(value, dict)))
def test_any_listing_is_read_or_refused(answer: dict[str, Any]) -> None:
    sessions, refusal = _read(sessions_of, answer)
    assert refusal in (None, ChatProblemKind.GARBAGE)
    for session in sessions or ():
        times = [message.at_ms for message in session.messages]
        assert times == sorted(times)
        assert all(message.text.strip() and message.text == inert(message.text) for message in session.messages)
        assert all(message.id for message in session.messages)
        datetime.fromtimestamp(max(times, default=0) / 1000).astimezone()


@given(_spoiled(structured("S", 1, "2026-03-01T09:30:00")).filter(lambda value: isinstance(value, dict)))
def test_any_structured_answer_is_read_or_refused(given_answer: dict[str, Any]) -> None:
    answer, refusal = _read(answer_of, given_answer)
    assert refusal in (None, ChatProblemKind.GARBAGE, ChatProblemKind.NO_ANSWER)
    if answer is None:
        return
    assert answer.text or answer.precautions or answer.card
    assert answer.confidence is None or 0 <= answer.confidence <= 1
    assert answer.card is None or isinstance(answer.card, Card)


@given(JSON | WILD)
def test_an_id_is_printable_or_none(value: Any) -> None:
    assert id_of(value) == "" or id_of(value).isprintable()


@pytest.mark.parametrize(
    "text", ["", "gestern", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-13-01T00:00:00", "1772325000"]
)
def test_an_odd_time_is_none(text: str) -> None:
    assert moment_ms(text) is None


def test_a_time_that_names_its_zone_is_taken_at_its_word() -> None:
    assert moment_ms("2026-03-01T00:00:00Z") == 1_772_323_200_000
    assert moment_ms("2026-03-01T09:00:00+09:00") == 1_772_323_200_000


def test_a_message_without_a_time_takes_that_of_the_one_before() -> None:
    [session] = sessions_of(_listing({"sent_at": "2026-03-01T00:00:00Z"}, {"sent_at": "?"}, {}))
    assert [message.at_ms for message in session.messages] == [1_772_323_200_000] * 3


def test_a_message_without_an_id_has_its_place_for_one() -> None:
    [session] = sessions_of(_listing({"message_id": 8}, {"content": None}, {}))
    assert [message.id for message in session.messages] == ["8", "#2"]


@pytest.mark.parametrize("sender", ["bot", "BOT", "assistant", None, 7])
def test_who_is_not_known_to_be_a_person_is_the_chatbot(sender: object) -> None:
    [session] = sessions_of(_listing({"sender": sender}))
    assert session.messages[0].is_bot


def _listing(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"sessions": [{"session_id": 5, "messages": [{"content": "압력", **one} for one in messages]}]}}


# --- lost answers and memos


def _session(*said: tuple[str, str], id: str = "5", user: str = "kim") -> Session:
    messages = [{"content": text, "sender": sender} for sender, text in said]
    [session] = sessions_of({"data": {"sessions": [{"session_id": id, "user_id": user, "messages": messages}]}})
    return session


def test_several_messages_after_a_question_are_its_answer() -> None:
    session = _session(("bot", "안녕하세요"), ("user", "왜"), ("bot", "하나"), ("bot", "둘"))
    found = lost_exchange([session], Asked(), "kim", " 왜 ")
    assert found is not None
    assert found.answer == "하나\n\n둘"
    assert found.thread == Thread("", "5", 1)


def test_only_what_came_after_the_answered_questions_is_found() -> None:
    session = _session(("user", "왜"), ("bot", "하나"), ("user", "왜"), ("bot", "둘"))
    asked = Asked(Thread("R", "5", 1))
    assert lost_exchange([session], asked, "kim", "왜") is not None
    assert lost_exchange([session], Asked(Thread("R", "5", 2)), "kim", "왜") is None
    assert lost_exchange([_session(id="6")], asked, "kim", "왜") is None


def test_a_known_session_and_another_person_s_are_not_ours() -> None:
    session = _session(("user", "왜"), ("bot", "하나"))
    assert lost_exchange([session], Asked(known=frozenset({"5"})), "kim", "왜") is None
    assert lost_exchange([session], Asked(), "lee", "왜") is None
    assert lost_exchange([session], Asked(), "kim", "어디") is None


PLAIN = st.text(st.characters(categories=["L", "N", "Pd"]), max_size=8)
THREADS = st.builds(Thread, PLAIN, PLAIN, st.integers(0, 10**6))


@given(st.builds(Asked, THREADS | st.none(), st.just(frozenset()), st.booleans()), st.frozensets(PLAIN.filter(bool)))
def test_what_was_noted_is_read_back(asked: Asked, known: frozenset[str]) -> None:
    asked = Asked(known=known) if asked.thread is None else asked
    assert asked_before(asked.memo) == asked


@given(st.dictionaries(st.sampled_from([SESSION, DB_SESSION, COUNT, ENDED, "smartfactory.asked"]), WILD))
def test_any_memo_is_read(memo: dict[str, str]) -> None:
    request = ChatRequest(brief(), (Turn("chatbot", "", 0, memo=memo),), "왜", "ko", noted=memo)  # type: ignore[arg-type]
    thread = thread_of(request)
    assert thread is None or thread.session == memo[SESSION] != memo.get(ENDED)
    asked_before(memo)
