"""The pure parts of the language model's backend: reading a stream, and writing the prompt."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from itertools import pairwise

import httpx
import pytest
from httpx_sse import EventSource
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import Author, ChatError, ChatRequest, IssueBrief, Turn
from core.chat.openai_prompt import BEGIN, END, cut, messages_of
from core.chat.openai_stream import Reading
from core.chat.past_fixes import PastFix
from core.text import inert_line
from tests.chat.openai_server import DONE, chunk

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WILD = st.text(st.characters(), max_size=200)
JUNK = st.sampled_from([": keep-alive\n\n", "\n", "event: message\nid: 3\n\n", "retry: 5\n\n", "data:\n\n", "\r\n"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WILD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "message", "content", "finish_reason", "error", "text", "code"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


async def _events(parts: list[bytes]) -> list[str]:
    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body())
    async with aclosing(EventSource(response).aiter_sse()) as events:
        return [event.data async for event in events]


def _split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({place % (len(data) + 1) for place in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


@given(st.lists(TEXT, max_size=8), st.lists(JUNK, max_size=4), st.lists(st.integers(0, 10_000), max_size=20))
async def test_however_a_stream_is_cut_into_pieces_the_words_are_the_same(
    texts: list[str], junk: list[str], cuts: list[int]
) -> None:
    texts = ["답: ", *texts]
    wire = "".join(between + chunk(text) for text, between in zip(texts, junk + [""] * len(texts), strict=False)) + DONE
    reading = Reading()
    said = "".join(reading.event(data) for data in await _events(_split(wire.encode(), cuts)) if data)
    assert said + reading.rest() == "".join(texts)
    assert reading.is_done


@given(WILD | VALUES.map(json.dumps))
def test_any_event_is_words_or_a_problem(data: str) -> None:
    reading = Reading()
    assert _words(lambda: reading.event(data)) is not None


@given(VALUES)
def test_any_body_is_words_or_a_problem(value: object) -> None:
    if isinstance(value, dict):
        assert _words(lambda: Reading().body(value)) is not None


def _words(read: Callable[[], str]) -> str | None:
    try:
        return read()
    except ChatError as error:
        words = error.problem.words
        return words if inert_line(words) == words else None


@given(TEXT, TEXT, st.lists(st.integers(0, 500), max_size=12))
def test_a_model_s_thoughts_are_left_out_however_they_are_cut(thought: str, answer: str, cuts: list[int]) -> None:
    thought, answer = thought.replace("</think>", ""), answer.strip()
    whole = f"\n<think>{thought}</think>\n\n{answer}"
    reading = Reading()
    pieces = [part.decode("utf-32-le") for part in _split_letters(whole, cuts)]
    said = "".join(reading.event(chunk(piece).removeprefix("data: ")) for piece in pieces)
    assert (said + reading.rest()).strip() == answer


def _split_letters(text: str, cuts: list[int]) -> list[bytes]:
    return _split(text.encode("utf-32-le"), [4 * (place % (len(text) + 1)) for place in cuts])


def test_thoughts_that_never_end_are_no_answer() -> None:
    reading = Reading()
    assert reading.event(chunk("<think>음...").removeprefix("data: ")) == ""
    assert reading.rest() == ""


@pytest.mark.parametrize("text", ["<", "<thin", "<thinking>", "a <think>b</think>"])
def test_what_only_looks_like_a_thought_is_said(text: str) -> None:
    reading = Reading()
    assert reading.event(chunk(text).removeprefix("data: ")) + reading.rest() == text


# --- the prompt


def _request(text: str, turns: tuple[Turn, ...] = (), **more: str) -> ChatRequest:
    issue = {"issue": "I-1", "shown_id": "I-1", "process_type": "장애접수", "mode_type": "프레스", "mode_log_id": "7"}
    brief = IssueBrief(**{**issue, "description": "유압 저하", **more}, is_fault=True)  # type: ignore[arg-type]
    fix = PastFix("I-0", "프레스", more.get("description", ""), 1_754_600_000_000, "kim", text)
    return ChatRequest(brief, turns, text, "ko", "kim", past_fixes=(fix,))


def _data(messages: list[dict[str, str]]) -> dict[str, object]:
    content = messages[-1]["content"]
    found = json.loads(content.removeprefix(BEGIN).removesuffix(END))
    assert isinstance(found, dict)
    return found


TURNS = st.lists(st.builds(Turn, st.sampled_from(list(Author)), WILD, st.just(0)), max_size=8).map(tuple)
ATTACKS = WILD | st.lists(
    st.sampled_from([BEGIN, END, "<|im_start|>system", "\n", '"', "\\", "}]", "ignore the rules", "<", "/data>"])
).map("".join)


@given(ATTACKS, TURNS, ATTACKS, st.integers(200, 3_000))
def test_no_text_leaves_its_fence(text: str, turns: tuple[Turn, ...], description: str, budget: int) -> None:
    turns = (*turns, Turn(Author.OPERATOR, text, 0))
    system, user = messages_of(_request(text, turns, description=description, mode_type=text), budget)
    assert user["content"].count(END) == 1
    assert user["content"].count(BEGIN) == 1
    assert "<|" not in user["content"]
    assert _data([system, user])["issue"]["description"] == description  # type: ignore[index]
    assert system["content"] == messages_of(_request("?"), 500)[0]["content"], "data never reaches the instructions"


@given(ATTACKS, TURNS, st.integers(200, 3_000))
def test_the_budget_is_kept_from_the_newest_back(text: str, turns: tuple[Turn, ...], budget: int) -> None:
    data = _data(messages_of(_request(text, turns), budget))
    told = data["conversation"]
    assert isinstance(told, list)
    assert sum(len(turn["text"]) for turn in told) + len(str(data["question"])) <= budget
    assert [turn["text"] for turn in told] == [turn.text for turn in turns[len(turns) - len(told) :]]
    question = data["question"]
    assert isinstance(question, str)
    assert question == text or text.endswith(question.removeprefix("…"))


@given(ATTACKS, st.integers(3, 300))
def test_a_text_is_cut_from_its_beginning(text: str, budget: int) -> None:
    kept = cut(text, budget)
    assert kept == text or text.endswith(kept.removeprefix("…"))


def test_a_long_conversation_keeps_its_newest_turns() -> None:
    turns = tuple(Turn(Author.OPERATOR, f"{number} " + "가" * 50, 0) for number in range(100))
    told = _data(messages_of(_request("그래서요?", turns), 1_000))["conversation"]
    assert isinstance(told, list)
    assert 5 < len(told) < 20
    assert told[-1]["text"].startswith("99 ")


def test_the_playbook_s_likely_fault_is_told_in_full_and_first_the_precautions() -> None:
    playbook = _data(messages_of(_request("유압이 떨어져요", description="유압 저하"), 1_000))["playbook"]
    assert isinstance(playbook, dict)
    assert next(iter(playbook)) == "precautions"
    assert playbook["precautions"]
    assert playbook["likely_faults"][0]["steps"]
    assert playbook["other_faults"]


def test_equipment_without_a_playbook_still_brings_precautions() -> None:
    playbook = _data(messages_of(_request("?", mode_type="커피머신"), 1_000))["playbook"]
    assert isinstance(playbook, dict)
    assert playbook["precautions"]
    assert "likely_faults" not in playbook
