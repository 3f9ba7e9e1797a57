"""People in danger are told apart from machines in trouble, in both languages, and come before everything."""

import pytest

from core.chat.backend import Answer, ChatRequest, IssueBrief
from core.chat.playbook.assistant import PlaybookAssistant
from core.chat.playbook.library import library
from core.emergency import Level, assess

DANGER = [
    "사람이 끼었어요",
    "손이 다쳤어요",
    "사람이 넘어졌어요",
    "로봇이 사람을 쳤어요",
    "컨베이어에 손이 끼었어요",
    "불이 붙었어요",
    "프레스에서 불이 나요",
    "페인트가 눈에 들어갔어요",
    "감전됐어요",
    "연기가 나요",
    "가스 누출",
    "화재 경보",
    "작업자가 쓰러졌어요",
    "손가락이 금형에 눌렸어요",
    "불이야",
    "폭발했어요",
    "피가 나요",
    "의식이 없어요",
    "옷이 롤러에 말려 들어갔어요",
    "119 불러 주세요",
    "someone is trapped",
    "robot hit a person",
    "I feel dizzy",
    "fire",
    "there is smoke",
    "the press is on fire",
    "my hand is caught in the die",
    "worker collapsed",
    "electric shock",
    "gas leak",
    "he is bleeding",
    "paint in my eyes",
    "an operator got hurt",
    "I can't breathe",
    "smells of gas",
]
NO_DANGER = [
    "이물질이 끼었어요",
    "부품이 끼었어요",
    "스패터가 튀어요",
    "전극이 과열돼요",
    "소화기 점검",
    "유압이 떨어졌어요",
    "부품이 떨어졌어요",
    "로봇이 지그를 쳤어요",
    "손으로 만지지 않았어요",
    "발전기 전류가 높아요",
    "연기됐어요",
    "조명 불이 나갔어요",
    "다친 사람은 없어요",
    "다음",
    "그대로예요",
    "압력이 없어요",
    "노즐이 막혔어요",
    "도료가 흘렀어요",
    "불량이 나와요",
    "불꽃이 튀어요",
    "nobody is hurt",
    "no fire, only noise",
    "the hose is cut",
    "part is stuck",
    "next",
    "still there",
    "motor is hot",
    "the handle is stuck",
    "sparks from the electrode",
    "burrs on parts",
]


@pytest.mark.parametrize("text", DANGER)
def test_danger_to_people_is_heard(text: str) -> None:
    assert assess(text).level is Level.YES


@pytest.mark.parametrize("text", NO_DANGER)
def test_a_machine_in_trouble_is_no_emergency(text: str) -> None:
    assert assess(text).level is Level.NO


def test_no_symptom_of_the_playbooks_is_an_emergency() -> None:
    told = [
        text
        for book in library().playbooks
        for fault in book.faults
        for text in (fault.title.ko, fault.title.en, *fault.symptoms.ko, *fault.symptoms.en)
        if assess(text).level is not Level.NO
    ]
    assert not told


@pytest.mark.parametrize(
    ("text", "words"), [("사람이 끼었어요 도와주세요", "비상정지"), ("my hand is caught, help", "emergency stop")]
)
@pytest.mark.parametrize("mode_type", ["프레스", "커피머신"])
async def test_people_come_first(text: str, words: str, mode_type: str) -> None:
    issue = IssueBrief("A", "A", "장애접수", mode_type, "", "유압 저하", is_fault=True)
    request = ChatRequest(issue, (), text, "ko")
    [answer] = [part async for part in PlaybookAssistant().answer(request)]
    assert isinstance(answer, Answer)
    assert words in answer.precautions[0]
    assert not answer.holds_steps, "it is shown whether or not anybody made the safety check"
