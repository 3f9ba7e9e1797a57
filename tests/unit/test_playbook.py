"""The built-in assistant: the right fault, precautions first, one step at a time, plain words when it does not know."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.chat import playbook_speech
from core.chat.backend import Answer, Author, ChatBackend, ChatRequest, IssueBrief, Turn
from core.chat.playbook import PlaybookAssistant
from core.chat.playbook_files import Fault, library, precautions_for, release_checks_for

ASSISTANT: ChatBackend = PlaybookAssistant()
STEP = re.compile(r"Step \d+ of \d+")


class Talk:
    """One issue's conversation, kept as the conversation keeps it: by its turns."""

    def __init__(self, mode_type: str, description: str, *, is_fault: bool = True, language: str = "en") -> None:
        process = "장애접수" if is_fault else "정기점검"
        self.issue = IssueBrief("PRESS_001", process, mode_type, "LOG_1", description, is_fault)
        self.language = language
        self.turns: tuple[Turn, ...] = ()

    async def say(self, text: str = "") -> Answer:
        request = ChatRequest(self.issue, self.turns, text, self.language)
        (answer,) = [piece async for piece in ASSISTANT.answer(request)]
        assert isinstance(answer, Answer)
        self.turns += (Turn(Author.OPERATOR, text, 1), Turn(Author.BUILTIN, answer.text, 2, answer.memo))
        return answer

    @property
    def memo(self) -> Mapping[str, str]:
        return self.turns[-1].memo

    @property
    def part(self) -> str:
        return self.memo["playbook.part"]

    @property
    def candidates(self) -> list[str]:
        return [key for key in self.memo["playbook.candidates"].split(",") if key]


def fault_of(fault_id: str) -> Fault:
    part = library().part(fault_id)
    assert isinstance(part, Fault)
    return part


@pytest.mark.parametrize(
    ("mode_type", "description", "fault"),
    [
        ("프레스", "100톤 프레스 유압 이상", "press-hydraulic-pressure"),
        ("프레스", "상부 진동 이상", "press-vibration-upper"),
        ("프레스", "하부진동이상 발생", "press-vibration-lower"),
        ("프레스", "주 모터 전류가 정격 초과", "press-motor-current"),
        ("프레스", "바닥에 기름이 새요", "press-oil-leak"),
        ("프레스", "유온이 72도까지 올라감", "press-oil-temperature"),
        ("프레스", "제품 플랜지에 주름 발생", "press-wrinkle"),
        ("프레스", "Hydraulic pressure low on the 100 t press", "press-hydraulic-pressure"),
        ("용접기", "전극 팁 마모 경보", "welder-electrode-wear"),
        ("용접기", "용접전류 부족", "welder-current"),
        ("용접기", "Robot position deviation 2 mm", "welder-robot-position"),
        ("도장설비", "도장 부스 온도 이상 62℃", "painting-booth-temperature"),
        ("도장설비", "노즐 막힘으로 분사 불량", "painting-nozzle"),
        ("도장설비", "orange peel on the door", "painting-orange-peel"),
        ("차량조립설비", "도어 볼트 체결 토크 미달", "assembly-torque"),
        ("차량조립설비", "컨베이어 정지", "assembly-conveyor-stop"),
        ("차량조립설비", "conveyor stopped suddenly", "assembly-conveyor-stop"),
    ],
)
async def test_it_takes_an_event_for_the_right_fault(mode_type: str, description: str, fault: str) -> None:
    talk = Talk(mode_type, description)
    answer = await talk.say()
    assert talk.part == fault
    assert fault_of(fault).title.en in answer.text
    assert fault_of(fault).checks[0].en in answer.text
    assert "“next”" in answer.text
    assert not STEP.search(answer.text)
    assert answer.confidence is None


@pytest.mark.parametrize(
    ("mode_type", "description", "fault"),
    [
        ("프레스", "작동유 누우 발생", "press-oil-leak"),
        ("프레스", "하부 진돈", "press-vibration-lower"),
        ("프레스", "upper vibrtion", "press-vibration-upper"),
        ("용접기", "스페터 과다", "welder-spatter"),
        ("도장설비", "오랜지필", "painting-orange-peel"),
        ("용접기", "용접 전극 마모, 스패터 증가", "welder-electrode-wear"),
    ],
)
async def test_mistyped_and_double_reports_are_asked_back_with_the_likeliest_first(
    mode_type: str, description: str, fault: str
) -> None:
    talk = Talk(mode_type, description)
    answer = await talk.say()
    assert talk.part == ""
    assert talk.candidates[0] == fault
    assert f"1. {fault_of(fault).title.en}" in answer.text
    await talk.say("1번이요")
    assert talk.part == fault


async def test_it_walks_one_step_at_a_time_to_the_end_and_says_whom_to_call() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    fault = fault_of("press-hydraulic-pressure")
    for number, (step, typed) in enumerate(zip(fault.steps, ["다음", "그대로예요", "n", "했어요"], strict=True), 1):
        answer = await talk.say(typed)
        assert STEP.findall(answer.text) == [f"Step {number} of 4"]
        assert step.text.en in answer.text
        assert f"about {step.minutes} min" in answer.text
        assert step.tools is None or step.tools.en in answer.text
        assert fault.causes[number - 1].en in answer.text
        assert [s for s in fault.steps if s.text.en in answer.text] == [step]
    for typed in ("next", "still there"):
        answer = await talk.say(typed)
        assert fault.call.en in answer.text
        assert "F4" in answer.text


async def test_back_again_and_restart() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("next")
    assert "Step 2 of" in (await talk.say("다시")).text
    assert "Step 1 of" in (await talk.say("이전")).text
    assert "Step 2 of" in (await talk.say("ㅜ")).text
    answer = await talk.say("처음부터")
    assert not STEP.search(answer.text)
    assert "Step 1 of" in (await talk.say("next")).text


@pytest.mark.parametrize("typed", ["됐어요", "이제 됐어요", "fixed", "It's fixed!", "해결됐습니다."])
async def test_it_leaves_the_resolving_to_people(typed: str) -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    answer = await talk.say(typed)
    assert "F4" in answer.text
    assert all(check in answer.text for check in release_checks_for("프레스", "en"))
    assert "Step 2 of" in (await talk.say("next")).text


async def test_not_solved_is_not_taken_for_solved() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    assert "Step 1 of" in (await talk.say("해결 안 됐어요")).text


async def test_unsure_it_asks_back_with_numbers_and_takes_a_number_or_words() -> None:
    talk = Talk("프레스", "진동이 심해요")
    answer = await talk.say()
    assert talk.part == ""
    assert sorted(talk.candidates) == ["press-vibration-lower", "press-vibration-upper"]
    assert "1. " in answer.text
    assert "2. " in answer.text
    wanted = talk.candidates[1]
    await talk.say("2번")
    assert talk.part == wanted

    again = Talk("프레스", "진동이 심해요")
    await again.say()
    await again.say("위쪽에서 나요")
    assert again.part == "press-vibration-upper"


async def test_a_number_that_was_not_offered_asks_again_and_no_means_none() -> None:
    talk = Talk("프레스", "진동이 심해요")
    await talk.say()
    offered = talk.candidates
    await talk.say("7")
    assert talk.candidates == offered
    await talk.say("next")
    assert talk.candidates == offered
    answer = await talk.say("아니요")
    assert talk.candidates == []
    assert "I do not know" in answer.text


async def test_two_faults_reported_at_once_are_offered_without_others() -> None:
    talk = Talk("용접기", "용접 전극 마모, 스패터 증가")
    await talk.say()
    assert talk.candidates == ["welder-electrode-wear", "welder-spatter"]


async def test_yes_takes_the_only_candidate() -> None:
    talk = Talk("용접기", "스페터")
    await talk.say()
    assert talk.candidates == ["welder-spatter"]
    await talk.say("네")
    assert talk.part == "welder-spatter"


async def test_at_most_three_candidates() -> None:
    talk = Talk("프레스", "누유, 유압 저하, 상부 진동, 크랙, 주름, 버 발생")
    await talk.say()
    assert len(talk.candidates) == 3


async def test_new_symptoms_switch_and_say_so() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    answer = await talk.say("바닥에 누유가 있어요")
    assert talk.part == "press-oil-leak"
    assert "I switch to" in answer.text
    assert not STEP.search(answer.text)
    assert fault_of("press-oil-leak").precautions[0].en in answer.precautions


async def test_the_same_symptom_again_stays() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("유압이 낮아요")
    assert talk.part == "press-hydraulic-pressure"
    assert "Step 2 of" in (await talk.say("next")).text


async def test_unsure_in_the_middle_of_a_walk_next_goes_on() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("진동도 있어요")
    assert talk.candidates
    assert "Step 2 of" in (await talk.say("next")).text
    assert talk.candidates == []


@pytest.mark.parametrize("text", ["점심 메뉴가 뭐예요", "what is the weather like", "asdf qwer", "???", "3"])
async def test_it_says_that_it_does_not_know(text: str) -> None:
    talk = Talk("프레스", "")
    opening = await talk.say()
    assert "I do not know" in opening.text
    assert "built-in assistant" in opening.text
    assert "call your line leader" in opening.text
    answer = await talk.say(text)
    assert "I do not know" in answer.text
    assert talk.part == ""
    assert not STEP.search(answer.text)


async def test_not_knowing_keeps_the_walk() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    assert "I do not know" in (await talk.say("점심 메뉴")).text
    assert "Step 2 of" in (await talk.say("next")).text


async def test_equipment_without_a_playbook_is_only_offered_what_other_equipment_has() -> None:
    talk = Talk("사출기", "작동유 누유")
    answer = await talk.say()
    assert answer.precautions == precautions_for("사출기", "en")
    assert talk.part == ""
    assert talk.candidates[0] == "press-oil-leak"
    assert "(press)" in answer.text
    picked = await talk.say("1")
    assert "no playbook for this equipment" in picked.text
    assert picked.precautions[: len(answer.precautions)] == answer.precautions
    assert fault_of("press-oil-leak").precautions[0].en in picked.precautions


@pytest.mark.parametrize("mode_type", ["프레스", "용접기", "도장설비", "차량조립설비", "사출기"])
async def test_an_inspection_gives_its_checklist_item_by_item(mode_type: str) -> None:
    talk = Talk(mode_type, "월간 정기점검", is_fault=False)
    answer = await talk.say()
    inspection = library().equipment(mode_type).inspection
    assert all(step.text.en in answer.text for step in inspection.steps)
    assert answer.precautions == precautions_for(mode_type, "en")
    for number in range(1, len(inspection.steps) + 1):
        assert f"Item {number} of" in (await talk.say("다음")).text
    answer = await talk.say("다음")
    assert inspection.call.en in answer.text
    assert "F4" in answer.text


async def test_a_fault_found_in_an_inspection_is_walked_through() -> None:
    talk = Talk("프레스", "월간 정기점검", is_fault=False)
    await talk.say()
    await talk.say("next")
    await talk.say("작동유 누유")
    assert talk.part == "press-oil-leak"


async def test_every_fault_is_reached_by_its_titles_and_walked_to_its_end() -> None:
    for book in library().playbooks:
        for fault in book.faults:
            for title in (fault.title.ko, fault.title.en):
                talk = Talk(book.mode_types[0], title)
                await talk.say()
                if talk.part != fault.id:
                    assert fault.id in talk.candidates, title
                    await talk.say(str(talk.candidates.index(fault.id) + 1))
                for _ in range(len(fault.steps) + 1):
                    answer = await talk.say("next")
                assert fault.call.en in answer.text


async def test_another_assistant_goes_on_where_this_one_was() -> None:
    """Nothing is kept outside the memo: a restart or another terminal makes no difference."""
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    person = Turn(Author.PERSON, "메모", 3, {"playbook.step": "9"})
    request = ChatRequest(talk.issue, (*talk.turns, person), "next", "en")
    (answer,) = [piece async for piece in PlaybookAssistant().answer(request)]
    assert "Step 2 of" in answer.text


@pytest.mark.parametrize(
    "memo",
    [
        {"playbook.part": "gone", "playbook.step": "3", "playbook.candidates": "gone,too"},
        {"playbook.part": "press-crack", "playbook.step": "-1"},
        {"playbook.part": "press-crack", "playbook.step": "²"},
        {"playbook.part": "press-crack", "playbook.step": "9" * 5000},
        {"other": "x"},
    ],
)
async def test_a_memo_that_is_not_understood_is_not_there(memo: dict[str, str]) -> None:
    talk = Talk("프레스", "유압 저하")
    talk.turns = (Turn(Author.BUILTIN, "", 1, memo),)
    answer = await talk.say("next")
    assert answer.precautions


@pytest.mark.parametrize(
    "hostile",
    ["[bold red]유압[/]", "[/", "\x1b]52;c;aGk=\x07", "{title} {0} %s", "\u202e\0", "유압 " * 100_000],
)
async def test_hostile_text_is_harmless_and_never_echoed(hostile: str) -> None:
    talk = Talk("프레스", hostile)
    opening = await talk.say()
    answer = await talk.say(hostile)
    for told in (opening.text, answer.text):
        assert not set("\x1b\x07\u202e\0") & set(told)
        assert "[bold" not in told
        assert "{" not in told
        assert len(told) < 4_000


async def test_korean_answers_come_from_the_korean_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playbook_speech, "catalogue", lambda language: i18n.load("en"))
    talk = Talk("용접기", "전극 팁 마모", language="ko")
    answer = await talk.say()
    assert answer.precautions[: len(precautions_for("용접기", "ko"))] == precautions_for("용접기", "ko")
    assert "타점 수" in answer.text
    assert "팁 지름" in (await talk.say("다음")).text


texts = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["", "다음", "그대로예요", "이전", "처음부터", "됐어요", "1", "2번", "help", "유압 이상", "누유", "진동"]
    ),
)


@given(
    mode_type=st.one_of(st.sampled_from(["프레스", "용접기", "도장설비", "차량조립설비"]), st.text(max_size=20)),
    description=texts,
    typed=st.lists(texts, max_size=6),
    memo=st.dictionaries(st.sampled_from(["playbook.part", "playbook.step", "playbook.candidates"]), texts),
    language=st.sampled_from(["en", "de", ""]),
)
async def test_on_a_fault_no_answer_comes_without_precautions(
    mode_type: str, description: str, typed: list[str], memo: dict[str, str], language: str
) -> None:
    talk = Talk(mode_type, description, language=language)
    talk.turns = (Turn(Author.BUILTIN, "", 0, memo),)
    for text in ("", *typed):
        answer = await talk.say(text)
        assert answer.text
        assert answer.precautions
        assert answer.precautions[: len(precautions_for(mode_type, "en"))] == precautions_for(mode_type, "en")
