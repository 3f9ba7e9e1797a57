"""The faults behind the plant's codes: their walks are as careful as the others, their short descriptions are found."""

import re

import pytest

from core.chat.backend import Answer, ChatRequest, IssueBrief
from core.chat.playbook.assistant import PlaybookAssistant
from core.chat.playbook.library import Fault, library


async def opening(description: str, mode_type: str) -> tuple[str, list[str]]:
    """The fault that is begun on an event with this description, and those that are offered."""
    issue = IssueBrief("M-1", "M-1", "장애접수", mode_type, "LOG_1", description, True)
    (answer,) = [piece async for piece in PlaybookAssistant().answer(ChatRequest(issue, (), "", "ko"))]
    assert isinstance(answer, Answer)
    return answer.memo["playbook.part"], answer.memo["playbook.candidates"].split(",")


# --- the care of the new walks


def _told(fault_id: str, language: str) -> str:
    part = library().part(fault_id)
    assert isinstance(part, Fault)
    lines = (*part.precautions, *part.checks, *part.causes, *(step.text for step in part.steps), part.call)
    calls = [step.call for step in part.steps if step.call]
    return " ".join(line.said(language) for line in (*lines, *calls))


@pytest.mark.parametrize("fault", ["painting-equipment-voltage", "painting-equipment-current"])
def test_electrical_walks_leave_the_work_to_electricians(fault: str) -> None:
    assert "전기 자격자" in _told(fault, "ko")
    assert "qualified electrician" in _told(fault, "en").lower()
    assert re.search(r"정류기[^.]*열지 마세요", _told(fault, "ko"))


def test_a_tripped_breaker_is_not_reset_before_its_cause_is_known() -> None:
    for fault in ("painting-equipment-current", "press-vibration-and-current"):
        assert "트립된 차단기를 원인 확인 없이 다시 올리지 마세요" in _told(fault, "ko")
        assert "Do not reset a tripped breaker before its cause is known" in _told(fault, "en")


def test_a_mechanical_fault_of_painting_presumes_no_bearing() -> None:
    part = library().part("painting-equipment-mechanical")
    assert isinstance(part, Fault)
    assert not any("bearing" in text.en.lower() for text in (*part.checks, part.causes[0]))
    assert "Nothing mechanical" in part.causes[-1].en


def test_the_bath_is_not_the_booth() -> None:
    assert "부스 공기 온도가 아니라" in _told("painting-bath-temperature", "ko")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_new_walk_invents_a_limit(language: str) -> None:
    unit = re.compile(r"\d\s?(?:mm|μm|°?C|℃|%|bar|바|V|A|kV|Hz|N|MPa|rpm)\b")
    new = (
        "vibration-and-current",
        "-vibration",
        "scratch",
        "bubbles",
        "thickness",
        "water-marks",
        "equipment-",
        "bath-",
    )
    for fault in (fault for book in library().playbooks for fault in book.faults):
        if any(part in fault.id for part in new) or fault.id.startswith(("assembly-c", "assembly-s", "assembly-h")):
            assert not unit.search(_told(fault.id, language)), fault.id


# --- as people write it

WRITTEN = [
    # equipment, what was written, the fault
    ("프레스", "상부진동", "press-vibration-upper"),
    ("프레스", "프레스 상부 진동값 상승", "press-vibration-upper"),
    ("프레스", "상부 진돈 이상", "press-vibration-upper"),
    ("프레스", "하부 진동 심함", "press-vibration-lower"),
    ("프레스", "전류이상", "press-motor-current"),
    ("프레스", "프레스 전류값 튐", "press-motor-current"),
    ("프레스", "주모터 전류 높음", "press-motor-current"),
    ("프레스", "진동+전류 동시 상승", "press-vibration-and-current"),
    ("프레스", "진동전류 복합이상", "press-vibration-and-current"),
    ("프레스", "진돈 및 전류 복합", "press-vibration-and-current"),
    ("프레스", "vibration/current anomaly", "press-vibration-and-current"),
    ("프레스", "제품에 주름 많이 생김", "press-wrinkle"),
    ("프레스", "제품 터짐 크랙", "press-crack"),
    ("프레스", "버 발생 심함", "press-burr"),
    ("프레스", "BURR 발생", "press-burr"),
    ("프레스", "유압압력 낮음", "press-hydraulic-pressure"),
    ("프레스", "유압오일 온도 높음", "press-oil-temperature"),
    ("용접기", "용접전류 이상", "welder-current"),
    ("용접기", "KAMP 전류 이상 감지", "welder-current"),
    ("용접기", "용접진동 이상", "welder-vibration"),
    ("용접기", "KAMP 진동 감지", "welder-vibration"),
    ("용접기", "로봇팔 덜덜 떨림", "welder-vibration"),
    ("용접기", "robot vibraton", "welder-vibration"),
    ("용접기", "전류+진동 복합", "welder-current-and-vibration"),
    ("용접기", "전류, 진동 동시 이상", "welder-current-and-vibration"),
    ("도장설비", "스크래치", "painting-scratch"),
    ("도장설비", "도장면 스크레치 발견", "painting-scratch"),
    ("도장설비", "본넷 기스", "painting-scratch"),
    ("도장설비", "흘러내림 불량", "painting-sagging"),
    ("도장설비", "도장 흘러내림", "painting-sagging"),
    ("도장설비", "기포 발생", "painting-bubbles"),
    ("도장설비", "핀홀 다수", "painting-bubbles"),
    ("도장설비", "두께 불균일", "painting-film-thickness"),
    ("도장설비", "도막두께 편차 큼", "painting-film-thickness"),
    ("도장설비", "이물질 혼입", "painting-dust"),
    ("도장설비", "물자국", "painting-water-marks"),
    ("도장설비", "물자욱 발생", "painting-water-marks"),
    ("도장설비", "watermarks on roof", "painting-water-marks"),
    ("도장설비", "기계적 이상", "painting-equipment-mechanical"),
    ("도장설비", "펌프 소음 심함", "painting-equipment-mechanical"),
    ("도장설비", "배기팬 진동", "painting-equipment-mechanical"),
    ("도장설비", "과전압", "painting-equipment-voltage"),
    ("도장설비", "저전압 알람", "painting-equipment-voltage"),
    ("도장설비", "정류기 전압 흔들림", "painting-equipment-voltage"),
    ("도장설비", "과전류 트립", "painting-equipment-current"),
    ("도장설비", "저전류", "painting-equipment-current"),
    ("도장설비", "전착온도 높음", "painting-bath-temperature"),
    ("도장설비", "전착조 온도가 낮아요", "painting-bath-temperature"),
    ("도장설비", "부스 온도 높음", "painting-booth-temperature"),
    ("차량조립설비", "도어고정 불량", "assembly-torque"),
    ("차량조립설비", "루프사이드 볼트 체결 안됨", "assembly-torque"),
    ("차량조립설비", "그릴 유격 큼", "assembly-misaligned-part"),
    ("차량조립설비", "카울 맞물림 안됨", "assembly-misaligned-part"),
    ("차량조립설비", "테일램프 단차", "assembly-misaligned-part"),
    ("차량조립설비", "커넥터 덜 꽂힘", "assembly-connector"),
    ("차량조립설비", "커넥타 체결 불량", "assembly-connector"),
    ("차량조립설비", "배선 연결 안됨", "assembly-connector"),
    ("차량조립설비", "범퍼 들뜸", "assembly-clip-fixing"),
    ("차량조립설비", "범퍼고정 불량", "assembly-clip-fixing"),
    ("차량조립설비", "bumper loose", "assembly-clip-fixing"),
    ("차량조립설비", "실러 끊김", "assembly-sealing"),
    ("차량조립설비", "프레임 실링 누락", "assembly-sealing"),
    ("차량조립설비", "헤드램프 외관손상", "assembly-surface-damage"),
    ("차량조립설비", "도어 긁힘", "assembly-surface-damage"),
    ("차량조립설비", "휀더 헤밍 불량", "assembly-hemming"),
    ("차량조립설비", "헤밍 벌어짐", "assembly-hemming"),
    ("차량조립설비", "클립홀 변형", "assembly-clip-hole"),
    ("차량조립설비", "클립 구멍 찢어짐", "assembly-clip-hole"),
]


@pytest.mark.parametrize(("mode_type", "description", "fault"), WRITTEN)
async def test_short_forms_and_typing_errors_begin_or_offer_the_right_fault(
    mode_type: str, description: str, fault: str
) -> None:
    part, candidates = await opening(description, mode_type)
    assert part in (fault, "")
    assert part == fault or candidates[0] == fault


@pytest.mark.parametrize(
    ("mode_type", "description", "fault"),
    [
        ("도장설비", "온도 높음", "painting-booth-temperature"),
        ("도장설비", "film too thick", "painting-sagging"),
        ("차량조립설비", "볼트 체결 불량", "assembly-torque"),
        ("차량조립설비", "클립 누락", "assembly-missing-part"),
        ("용접기", "welding current low", "welder-current"),
    ],
)
async def test_the_new_faults_make_no_older_one_less_sure(mode_type: str, description: str, fault: str) -> None:
    part, _candidates = await opening(description, mode_type)
    assert part == fault
