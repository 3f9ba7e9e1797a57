"""The pure parts of the language model's backend: reading a stream, and writing the prompt."""

import json
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import ChatError, ChatRequest, IssueBrief, Turn
from core.chat.openai.models import chat_models
from core.chat.openai.prompt import BEGIN, END, cut, messages_of
from core.chat.openai.sse import EventDecoder, ServerEvent
from core.chat.openai.stream import Reading
from core.domain.messages import Author
from core.domain.past_fix import PastFix
from core.support.text import inert_line
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


def _events(parts: list[bytes]) -> list[ServerEvent]:
    decoder = EventDecoder()
    return [event for part in parts for event in decoder.feed(part)] + decoder.end()


def _said(reading: Reading, *pieces: str) -> tuple[str, bool]:
    """What stands in the end, and whether anything was taken back on the way."""
    said, retracted = "", False
    for piece in [*(reading.event(ServerEvent(chunk(text).removeprefix("data: "))) for text in pieces), reading.rest()]:
        said = piece.text if piece.retracts else said + piece.text
        retracted = retracted or piece.retracts
    return said, retracted


def _split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({place % (len(data) + 1) for place in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


@given(st.lists(TEXT, max_size=8), st.lists(JUNK, max_size=4), st.lists(st.integers(0, 10_000), max_size=20))
def test_however_a_stream_is_cut_into_pieces_the_words_are_the_same(
    texts: list[str], junk: list[str], cuts: list[int]
) -> None:
    texts = ["답: ", *texts]
    wire = "".join(between + chunk(text) for text, between in zip(texts, junk + [""] * len(texts), strict=False)) + DONE
    reading = Reading()
    said = "".join(reading.event(event).text for event in _events(_split(wire.encode(), cuts)))
    assert said + reading.rest().text == "".join(texts)
    assert reading.is_done


@given(WILD | VALUES.map(json.dumps))
def test_any_event_is_words_or_a_problem(data: str) -> None:
    reading = Reading()
    for event in _events([f"data: {data}\n\n".encode("utf-8", "replace")]):
        assert _words(lambda event=event: reading.event(event).text) is not None  # type: ignore[misc]


@given(VALUES)
def test_any_body_is_words_or_a_problem(value: object) -> None:
    if isinstance(value, dict):
        assert _words(lambda: Reading().body(value).text) is not None


def _words(read: Callable[[], str]) -> str | None:
    try:
        return read()
    except ChatError as error:
        words = error.problem.words
        return words if inert_line(words) == words else None


PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>[]◁▷|｜"), max_size=60)
THOUGHTS = [
    "<think>{}</think>", "<thinking>{}</thinking>", "<Thought>{}</Thought>", "<reasoning>{}</reasoning>",
    "[THINK]{}[/THINK]", "◁think▷{}◁/think▷", "<|begin_of_thought|>{}<|end_of_thought|>", "<seed:think>{}</seed:think>",
    "<|START_THINKING|>{}<|END_THINKING|>", "<unused94>thought\n{}<unused95>", "<|channel>thought\n{}<channel|>",
    "<longcat_think>{}</longcat_think>", "<mm:think>{}</mm:think>", "< think >{}</ think >",
    '<details type="reasoning" done="true">{}</details>', "<|inner_prefix|>{}<|inner_suffix|>",
    "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
]  # fmt: skip
"""A block of thoughts in the marks of each family of models."""
ENDS = ["", "<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<|endoftext|>", "<|return|>", "<｜end▁of▁sentence｜>"]


@given(PLAIN, PLAIN, st.sampled_from(THOUGHTS), st.sampled_from(ENDS), st.lists(st.integers(0, 500), max_size=12))
def test_a_model_s_thoughts_are_left_out_however_they_are_cut(
    thought: str, answer: str, marks: str, end: str, cuts: list[int]
) -> None:
    answer = "답: " + answer.strip()
    whole = "\n" + marks.format("음, " + thought) + "\n\n" + answer + end
    pieces = [part.decode("utf-32-le") for part in _split_letters(whole, cuts)]
    said, retracted = _said(Reading(), *pieces)
    assert said.strip() == answer.strip()
    assert not retracted, "the thoughts were never told"


@given(PLAIN, PLAIN, st.sampled_from(["</think>", "</thinking>", "[/THINK]", "◁/think▷", "<|end_of_thought|>"]))
def test_thoughts_whose_opening_mark_the_template_wrote_are_taken_back_and_known_the_next_time(
    thought: str, answer: str, mark: str
) -> None:
    thought, answer = "Okay, " + thought, "답: " + answer.strip()
    reading = Reading()
    assert _said(reading, thought, mark, "\n" + answer) == (answer, True)
    assert reading.opens_thoughts_itself
    again = Reading(begins_thinking=True)
    assert _said(again, thought, mark, "\n" + answer) == (answer, False)


@given(PLAIN)
def test_a_model_that_did_not_think_this_time_is_heard_in_the_end(answer: str) -> None:
    assert _said(Reading(begins_thinking=True), answer) == (answer, False)


@pytest.mark.parametrize("marks", THOUGHTS[:-1])
def test_thoughts_in_the_middle_of_an_answer_are_left_out(marks: str) -> None:
    said, retracted = _said(Reading(), "1. 밸브를 잠그고 " + marks.format("hm") + "2. 압력을 봅니다.")
    assert said == "1. 밸브를 잠그고 2. 압력을 봅니다."
    assert not retracted


def test_channels_whose_marks_the_server_took_out_are_told_apart() -> None:
    assert _said(Reading(), "anal", "ysisThe user asks.", " So assistant", "finalValve first.") == (
        "Valve first.",
        False,
    )
    assert _said(Reading(), "analysis", " of the oil comes first.") == ("analysis of the oil comes first.", False)


def test_what_a_model_makes_up_behind_its_turn_is_left_out() -> None:
    assert _said(Reading(), "잠그세요.<|im_end|>\n<|im_start|>user\n고마워요") == ("잠그세요.", False)


def _split_letters(text: str, cuts: list[int]) -> list[bytes]:
    return _split(text.encode("utf-32-le"), [4 * (place % (len(text) + 1)) for place in cuts])


def test_thoughts_that_never_end_are_no_answer() -> None:
    assert _said(Reading(), "<think>음...") == ("", False)


@pytest.mark.parametrize(
    "text", ["<", "<thin", "a < 5 bar", "[1] x", "<valve>", "5 bar <-> 6 bar", "[think", "analysi"]
)
def test_what_only_looks_like_a_thought_is_said(text: str) -> None:
    assert _said(Reading(), text) == (text, False)


@pytest.mark.parametrize("content", [[{"type": "thinking", "text": "hm"}, {"type": "text", "text": "a"}], "a"])
def test_parts_that_are_thoughts_are_no_words(content: object) -> None:
    answer = {"choices": [{"message": {"content": content, "reasoning_content": "hm"}, "finish_reason": "stop"}]}
    assert Reading().body(answer).text == "a"


# --- the prompt


def _request(text: str, turns: tuple[Turn, ...] = (), **more: str) -> ChatRequest:
    issue = {"issue": "I-1", "shown_id": "I-1", "process_type": "장애접수", "mode_type": "프레스", "mode_log_id": "7"}
    brief = IssueBrief(**{**issue, "description": "유압 저하", **more}, is_fault=True)
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


@pytest.mark.parametrize(
    ("listed", "chat"),
    [
        ([{"id": "nomic-embed-text"}, {"id": "qwen3"}], ("qwen3",)),
        ([{"id": "BAAI/bge-m3"}, {"id": "whisper-1"}, {"id": "gemma-3"}], ("gemma-3",)),
        ([{"id": "a", "type": "embeddings"}, {"id": "b", "type": "llm"}], ("b",)),
        ([{"id": "our-embedder"}], ("our-embedder",)),
        ([{"id": 7}, 3], ()),
        ("?", ()),
    ],
)
def test_a_model_that_embeds_is_not_taken_where_another_is_listed(listed: object, chat: tuple[str, ...]) -> None:
    assert chat_models(listed) == chat
