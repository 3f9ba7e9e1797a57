"""The plant's fault codes: by code and by name each begins its fault, and none begins another.

``tests/cases/fault-codes.toml`` is played through real conversations; its score is printed (``pytest -rP``).
"""

import asyncio
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import Answer, ChatRequest, IssueBrief, Turn
from core.chat.conversation.conversations import Conversations
from core.chat.conversation.fallback import Fallback
from core.chat.openai.prompt import messages_of
from core.chat.playbook.assistant import PlaybookAssistant
from core.chat.playbook.fault_codes import code_table
from core.chat.playbook.library import Fault, install, library
from core.chat.playbook.past_fixes import same_fault, similar
from core.chat.playbook.precautions import precautions_for
from core.domain.issue_register import IssueRegister
from core.domain.messages import Author
from core.domain.past_fix import PastFix
from core.store.store import Store
from tests.unit.making import NOW, event

CORPUS = tomllib.loads((Path(__file__).parents[1] / "cases" / "fault-codes.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = [*CORPUS["code"], *CORPUS["also"]]
CODES = [(code.code, book, code) for book in library().playbooks for code in book.codes if code.code]
STEP = re.compile(r"Step \d+ of \d+")


@pytest.fixture(autouse=True)
def _only_andons_own_afterwards() -> Iterator[None]:
    yield
    install(None)


def wanted(case: Mapping[str, Any]) -> str:
    """The fault that a case of the corpus must lead to; of a code that tells none, the first that is asked about."""
    needed = str(case.get("fault_needed", ""))
    return case["best_fault"] or (
        "painting-scratch" if needed.startswith("no fault") else re.split(r"[ :.,]", needed)[0]
    )


def brief(issue: str, description: str = "", mode_type: str = "프레스") -> IssueBrief:
    return IssueBrief(issue, issue, "장애접수", mode_type, "LOG_1", description, True)


@dataclass
class Talk:
    """One issue's conversation with the assistant, kept by its turns."""

    issue: IssueBrief
    language: str = "en"
    past_fixes: tuple[PastFix, ...] = ()
    turns: tuple[Turn, ...] = ()

    async def say(self, text: str = "") -> Answer:
        request = ChatRequest(self.issue, self.turns, text, self.language, past_fixes=self.past_fixes)
        (answer,) = [piece async for piece in PlaybookAssistant().answer(request)]
        assert isinstance(answer, Answer)
        self.turns += (Turn(Author.OPERATOR, text, 1), Turn(Author.BUILTIN, answer.text, 2, memo=answer.memo))
        return answer

    @property
    def part(self) -> str:
        return self.turns[-1].memo["playbook.part"]

    @property
    def candidates(self) -> list[str]:
        return [key for key in self.turns[-1].memo["playbook.candidates"].split(",") if key]


async def opened(issue: str, description: str = "", mode_type: str = "프레스", language: str = "en") -> Talk:
    talk = Talk(brief(issue, description, mode_type), language)
    await talk.say()
    return talk


# --- the corpus, through conversations as the terminal holds them


async def _openings(told: list[dict[str, str]]) -> list[Mapping[str, str]]:
    """What the assistant noted when each of these events was looked at first."""
    register, heard = IssueRegister(), asyncio.Event()
    for at, fields in enumerate(told):
        register.apply(event(NOW + at, **fields))  # type: ignore[arg-type]
    assistant = PlaybookAssistant()
    fallback = Fallback(assistant, assistant, now_ms=lambda: NOW, changed=heard.set)
    talk = Conversations(
        Store(None).conversations(""),
        fallback,
        find_issue=register.issues.get,
        past_fixes=lambda _issue: (),
        now_ms=lambda: NOW,
        changed=lambda _message, _is_new: heard.set(),
    )
    found: list[Mapping[str, str]] = []
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(talk.run())
        for fields in told:
            talk.open(fields["issue"])
            while not (said := talk.messages(fields["issue"])):
                heard.clear()
                await heard.wait()
            found.append(said[0].memo)
        running.cancel()
    return found


def _score(memo: Mapping[str, str], fault: str) -> str:
    if memo["playbook.part"]:
        return "begun" if memo["playbook.part"] == fault else "begun wrongly"
    return "offered first" if memo["playbook.candidates"].split(",")[0] == fault else "missed"


WAYS: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
    "id alone": lambda case: {"issue": case["example_id"], "description": ""},
    "bare code": lambda case: {"issue": case["code"] or case["example_id"], "description": ""},
    "id in small letters": lambda case: {"issue": case["example_id"].lower(), "description": ""},
    "plant's name": lambda case: {"issue": "M-1", "description": case.get("plant_name", case["name_ko"])},
    "Korean name": lambda case: {"issue": "M-1", "description": case["name_ko"]},
    "id and name": lambda case: {"issue": case["example_id"], "description": case["name_ko"]},
    "name in a sentence": lambda case: {"issue": "M-1", "description": f"3호기 {case['name_ko']} 확인 바랍니다"},
    "plant's name, no modeType": lambda case: {
        "issue": "M-1",
        "description": case.get("plant_name", case["name_ko"]),
        "modeType": "",
    },
    "id, no modeType": lambda case: {"issue": case["example_id"], "description": "", "modeType": ""},
    "id, modeType unknown": lambda case: {"issue": case["example_id"], "description": "", "modeType": "2공장 A라인"},
    "id, modeType of another": lambda case: {
        "issue": case["example_id"],
        "description": "",
        "modeType": "프레스" if case["mode_type"] != "프레스" else "용접기",
    },
}


@pytest.mark.parametrize("way", WAYS)
async def test_every_code_begins_its_fault_or_offers_it_first_and_none_begins_another(way: str) -> None:
    told = [{"modeType": case["mode_type"], **WAYS[way](case)} for case in CASES]
    scores = []
    for case, fields in zip(CASES, told, strict=True):
        (memo,) = await _openings([fields])
        scores.append(_score(memo, wanted(case)))
    counted = Counter(scores)
    print(f"fault codes, {way}: {counted['begun'] + counted['offered first']} of {len(CASES)} right {dict(counted)}")
    failed = [
        case["example_id"] for case, score in zip(CASES, scores, strict=True) if score in ("missed", "begun wrongly")
    ]
    assert failed == []


async def test_a_code_in_the_id_of_its_equipment_begins_the_walk() -> None:
    memos = await _openings(
        [{"issue": case["example_id"], "description": "", "modeType": case["mode_type"]} for case in CASES]
    )
    asked = [case["example_id"] for case, memo in zip(CASES, memos, strict=True) if not memo["playbook.part"]]
    assert asked == ["Surface defect detected"]


# --- which id has a code

stamps = st.sampled_from(
    [
        "",
        "-20261125101010",
        "-2026-11-25T10:15:00",
        "-2026-11-25T10:15:00.123Z",
        "-2026-11-25 10:15:00",
        "-20261125-094512",
        "-20261125T094512Z",
        "-261125101500",
        "-20261125001",
        "-001",
        "_20261125_001",
        "20261125101010",
        "#7",
    ]
)
cased = st.sampled_from([str, str.lower, str.title, lambda text: text.replace("-", "_"), lambda text: f"  {text} "])


@given(st.sampled_from(CODES), stamps, cased)
def test_a_code_is_known_with_any_stamp_behind_it_and_in_any_case(code: Any, stamp: str, written: Any) -> None:
    found = code_table().of_code(written(f"{code[0]}{stamp}"))
    assert found is not None
    assert found.code is code[2]
    assert found.book is code[1]


@given(
    st.sampled_from(CODES),
    st.sampled_from(
        ["점검 요청 {}", "X-{}", "{} 확인 바람", "{}-A", "{}X", "no {}", "{}-2026-11-25 재발", "{}-abc123"]
    ),
)
def test_within_prose_a_code_counts_for_nothing(code: Any, prose: str) -> None:
    assert code_table().of_code(prose.format(code[0])) is None


@given(st.one_of(st.text(max_size=300), st.from_regex(r"[A-Z]{2,6}[-_ ][0-9]{0,400}", fullmatch=True)))
def test_other_ids_have_no_code(issue: str) -> None:
    found = code_table().of_code(issue)
    assert found is None or issue.strip().lower().startswith((found.code.code or "").lower()[:4])


@pytest.mark.parametrize(
    "issue", ["PRESS_001_20250808_001", "WELD-1", "PAINT-EQ", "PAINT-EQ-VOL", "ASSY-DOOR", "-", "\0"]
)
async def test_an_id_that_is_no_code_leaves_it_to_the_description(issue: str) -> None:
    assert (await opened(issue)).part == ""
    assert (await opened(issue, "상부 진동 이상")).part == "press-vibration-upper"


def test_each_table_of_codes_is_a_playbooks() -> None:
    told = tomllib.loads(files("core.playbooks").joinpath("codes.toml").read_text("utf-8"))
    assert set(told) <= {book.id for book in library().playbooks}
    assert sum(map(len, told.values())) == sum(len(book.codes) for book in library().playbooks)


# --- the code's words


async def test_the_opening_says_what_the_code_means() -> None:
    korean = Talk(brief("PRESS-VIB1-ANOMALY-20261125101010"), "ko")
    assert "코드 PRESS-VIB1-ANOMALY: 프레스 상부 진동" in (await korean.say()).text
    english = Talk(brief("press-vib1-anomaly"), "en")
    answer = await english.say()
    assert "Code PRESS-VIB1-ANOMALY: Upper vibration of the press" in answer.text
    assert not STEP.search(answer.text)
    assert answer.precautions[: len(precautions_for("프레스", "en"))] == precautions_for("프레스", "en")


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        ("PRESS-COMPLEX-ANOMALY-20261124235959", "no signal could be told to lead"),
        ("PAINT-EQ-MCH-2026-11-25T10:15:00", "the cause is not known yet"),
        ("PAINT-EQ-CUR-HIGH", "not a limit that was measured"),
        ("PAINT-EQ-TEM-INVALID", "sensor and wiring first"),
        ("ASSY-GRILL-GAP-20261125002", "a gap, or play"),
    ],
)
async def test_a_code_presumes_no_more_than_it_tells(issue: str, said: str) -> None:
    talk = await opened(issue, mode_type="")
    assert said in talk.turns[-1].text


# --- code and description


async def test_a_description_that_names_another_fault_is_offered_beside_the_codes() -> None:
    talk = await opened("PRESS-VIB1-ANOMALY-20261125101010", "바닥에 기름이 새요")
    assert talk.part == ""
    assert talk.candidates == ["press-vibration-upper", "press-oil-leak"]
    assert "tells of another fault than the code" in talk.turns[-1].text
    await talk.say("2")
    assert talk.part == "press-oil-leak"


@pytest.mark.parametrize(
    ("issue", "description", "candidates"),
    [
        ("PRESS-VIB1-ANOMALY-1", "상부 진동은 없음", ["press-vibration-upper"]),
        ("PRESS-VIB1-ANOMALY-1", "프레스 하부진동 이상", ["press-vibration-upper", "press-vibration-lower"]),
        (
            "PRESS-CUR-ANOMALY-1",
            "프레스 진동 및 전류 복합 이상",
            ["press-motor-current", "press-vibration-and-current"],
        ),
    ],
)
async def test_what_contradicts_the_code_is_asked(issue: str, description: str, candidates: list[str]) -> None:
    talk = await opened(issue, description)
    assert talk.part == ""
    assert talk.candidates == candidates


@pytest.mark.parametrize(
    ("issue", "description", "fault"),
    [
        ("PRESS-VIB1-ANOMALY-1", "진동이 심해요", "press-vibration-upper"),
        ("PRESS-VIB1-ANOMALY-1", "3호기 점검 요청", "press-vibration-upper"),
        ("PRESS-COMPLEX-ANOMALY-1", "상부 진동과 모터 전류 상승", "press-vibration-and-current"),
        ("PAINT-EQ-VOL-HIGH", "도장설비 전압 이상", "painting-equipment-voltage"),
        ("PAINT-VIS-SCRATCH-1", "도장면 결함 검출", "painting-scratch"),
        ("Surface defect detected", "후드에 물자국이 남아요", "painting-water-marks"),
        ("체결 불량", "커넥터 체결 압력 불량", "assembly-connector"),
        ("체결 불량", "범퍼가 들떠 있어요", "assembly-clip-fixing"),
        ("M-1", "유압유 온도 상승", "press-oil-temperature"),
        ("M-1", "PRESS-VIB2-ANOMALY-20261125101123", "press-vibration-lower"),
    ],
)
async def test_what_agrees_with_the_code_or_is_vaguer_leaves_it_begun(issue: str, description: str, fault: str) -> None:
    mode_type = {"press": "프레스", "painting": "도장설비", "assembly": "차량조립설비"}[fault.split("-")[0]]
    assert (await opened(issue, description, mode_type)).part == fault


async def test_a_name_of_other_equipment_does_not_count_where_this_equipments_symptom_is_said() -> None:
    assert (await opened("M-1", "도어 스크래치", "도장설비")).part == "painting-scratch"
    assert (await opened("M-1", "도어 스크래치", "차량조립설비")).part == "assembly-surface-damage"
    elsewhere = await opened("M-1", "도어 스크래치", "용접기")
    assert elsewhere.part == ""
    assert elsewhere.candidates[0] == "assembly-surface-damage"


async def test_a_defect_without_a_name_is_asked_about_with_all_four() -> None:
    talk = await opened("Surface defect detected", mode_type="도장설비")
    assert talk.candidates == ["painting-scratch", "painting-sagging", "painting-dust", "painting-water-marks"]
    await talk.say("9")
    assert len(talk.candidates) == 4
    await talk.say("4번")
    assert talk.part == "painting-water-marks"


@pytest.mark.parametrize(
    ("description", "candidates"),
    [
        ("7호기 도장면 결함이 보입니다", 4),
        ("7호기 도장면 결함은 없음", 0),
        ("3호기 도장설비 기계 이상 확인 바랍니다", 1),
        ("사람이 기계에 들어갔어요", 0),
    ],
)
async def test_a_name_within_prose_is_asked_about_and_never_begun(description: str, candidates: int) -> None:
    talk = await opened("M-1", description, "도장설비")
    assert talk.part == ""
    assert len(talk.candidates) == candidates


async def test_no_to_a_codes_fault_gives_no_step_and_does_not_offer_it_again() -> None:
    talk = await opened("PRESS-VIB1-ANOMALY-1", "진동이 심해요")
    assert talk.part == "press-vibration-upper"
    answer = await talk.say("아니요")
    assert not STEP.search(answer.text)
    assert "press-vibration-upper" not in talk.candidates


# --- the event's equipment


async def test_without_a_mode_type_the_codes_equipment_counts_with_its_precautions() -> None:
    talk = Talk(brief("PRESS-VIB1-ANOMALY-1", mode_type=" "))
    answer = await talk.say()
    assert talk.part == "press-vibration-upper"
    assert answer.precautions[: len(precautions_for("프레스", "en"))] == precautions_for("프레스", "en")
    await talk.say("바닥에 기름이 새요")
    await talk.say("1")
    assert talk.part == "press-oil-leak"


async def test_on_other_equipment_a_codes_fault_is_offered_with_both_precautions() -> None:
    talk = await opened("PRESS-VIB1-ANOMALY-1", mode_type="용접기")
    assert talk.candidates == ["press-vibration-upper"]
    assert "(press)" in talk.turns[-1].text
    answer = await talk.say("1")
    assert talk.part == "press-vibration-upper"
    assert "The event names other equipment" in answer.text
    assert set(precautions_for("용접기", "en")) | set(precautions_for("프레스", "en")) <= set(answer.precautions)


# --- high, low, invalid


@pytest.mark.parametrize(
    ("code", "fault", "cause"),
    [
        ("PAINT-EQ-VOL-INVALID", "painting-equipment-voltage", 1),
        ("PAINT-EQ-VOL-HIGH", "painting-equipment-voltage", 2),
        ("PAINT-EQ-VOL-LOW", "painting-equipment-voltage", 4),
        ("PAINT-EQ-CUR-INVALID", "painting-equipment-current", 1),
        ("PAINT-EQ-CUR-HIGH", "painting-equipment-current", 2),
        ("PAINT-EQ-CUR-LOW", "painting-equipment-current", 4),
        ("PAINT-EQ-TEM-INVALID", "painting-bath-temperature", 1),
        ("PAINT-EQ-TEM-HIGH", "painting-bath-temperature", 2),
        ("PAINT-EQ-TEM-LOW", "painting-bath-temperature", 3),
        ("ASSY-COWL-ENGAGE", "assembly-misaligned-part", 5),
    ],
)
async def test_the_likeliest_cause_with_this_code_comes_first_and_every_step_once(
    code: str, fault: str, cause: int
) -> None:
    part = library().part(fault)
    assert isinstance(part, Fault)
    talk = await opened(code, mode_type="차량조립설비" if code.startswith("ASSY") else "도장설비")
    told = [(await talk.say("next")).text for _ in part.steps]
    assert part.causes[cause - 1].en in told[0]
    for step in part.steps:
        (one,) = [text for text in told if step.text.en in text]
        assert step.cause is None or part.causes[step.cause - 1].en in one
    assert [STEP.findall(text) for text in told] == [
        [f"Step {number} of {len(part.steps)}"] for number in range(1, len(part.steps) + 1)
    ]


async def test_by_its_name_alone_a_variant_counts_too() -> None:
    talk = await opened("M-1", "도장설비 저전압", "도장설비")
    part = library().part("painting-equipment-voltage")
    assert isinstance(part, Fault)
    assert part.causes[3].en in (await talk.say("next")).text


# --- what else the code is good for


def test_an_issue_with_a_code_alone_is_of_its_fault() -> None:
    register = IssueRegister()
    register.apply(event(NOW, issue="PRESS-VIB1-ANOMALY-1", description=""))
    note = (("ce_note", "볼트 조임".encode()), ("ce_operator", "김민수".encode()))
    register.apply(event(NOW + 1, "solved", "PRESS-VIB1-ANOMALY-1", headers=note, description=""))
    register.apply(event(NOW + 2, issue="PRESS-VIB1-ANOMALY-2", description=""))
    register.apply(event(NOW + 3, issue="PRESS-VIB2-ANOMALY-2", description=""))
    issues = register.issues
    found = similar(issues["PRESS-VIB1-ANOMALY-2"], issues.values(), lambda _issue: "")
    assert [fix.issue for fix in found] == ["PRESS-VIB1-ANOMALY-1"]
    assert similar(issues["PRESS-VIB2-ANOMALY-2"], issues.values(), lambda _issue: "") == ()


@pytest.mark.parametrize(
    ("issue", "description", "same"),
    [
        ("PRESS-VIB1-ANOMALY-1", "", True),
        ("PRESS-VIB1-ANOMALY-1", "3호기 확인", True),
        ("M-1", "상부 진동", True),
        ("PRESS-VIB1-ANOMALY-1", "바닥에 누유", False),
        ("M-1", "", False),
    ],
)
def test_a_past_issue_is_of_the_fault_by_its_description_else_by_its_code(
    issue: str, description: str, same: bool
) -> None:
    assert same_fault("프레스", issue, description, "press-vibration-upper") is same


async def test_the_opening_quotes_what_solved_the_same_code_before() -> None:
    fix = PastFix("PRESS-VIB1-ANOMALY-1", "프레스", "", NOW, "김민수", "앵커 볼트 조임")
    talk = Talk(brief("PRESS-VIB1-ANOMALY-2"), past_fixes=(fix,))
    assert "앵커 볼트 조임" in (await talk.say()).text


def test_a_model_is_told_the_codes_fault_first() -> None:
    request = ChatRequest(brief("PAINT-EQ-VOL-HIGH", mode_type="도장설비"), (), "?", "en")
    told = str(messages_of(request, 100_000))
    assert "likely_faults" in told
    assert told.index("Paint booth voltage abnormal") < told.index("other_faults")


# --- the plant's own codes

OWN = """
id = "press"

[[codes]]
code = "P-77"
title = "하부 진동 (우리 공장)"
names = ["7호기 알람"]
faults = ["press-vibration-lower"]
first = [2, 2]

[[codes]]
code = "PRESS-VIB1-ANOMALY"
title = "상부 진동 (우리 공장)"
faults = ["press-vibration-lower"]
"""


async def test_a_plants_own_codes_are_added_and_replace_ours(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    assert install(tmp_path) == ()
    for issue in ("P-77-20261125001", "p-77", "PRESS-VIB1-ANOMALY-1"):
        assert (await opened(issue)).part == "press-vibration-lower"
    talk = await opened("M-1", "7호기 알람")
    part = library().part("press-vibration-lower")
    assert isinstance(part, Fault)
    assert part.causes[1].en in (await talk.say("next")).text
    assert (await opened("PRESS-CUR-ANOMALY-1")).part == "press-motor-current"
    assert (await opened("P-7")).part == ""
    install(None)
    assert (await opened("PRESS-VIB1-ANOMALY-1")).part == "press-vibration-upper"


REWRITTEN = """
id = "assembly"

[[faults]]
id = "assembly-misaligned-part"
title = "단차 (우리 공장)"
symptoms = ["단차"]
checks = ["표시등을 보세요."]
causes = ["핀 마모"]
steps = [{ text = "잠근 상태에서 핀을 보세요.", minutes = 5, cause = 1 }]
call = "설비반에 연락하세요."
"""


async def test_a_fault_that_the_plant_wrote_anew_keeps_our_codes_with_its_own_causes(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(REWRITTEN, "utf-8")
    assert install(tmp_path) == ()
    talk = await opened("ASSY-COWL-ENGAGE-20261125006", mode_type="차량조립설비")
    assert talk.part == "assembly-misaligned-part"
    assert "핀 마모" in (await talk.say("next")).text


async def test_a_code_without_a_letter_or_a_digit_means_no_id(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace('"P-77"', '"--"'), "utf-8")
    assert install(tmp_path) == ()
    assert (await opened("20261125101010")).part == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OWN.replace("press-vibration-lower", "press-gone"), "the fault “press-gone”"),
        (OWN.replace("[2, 2]", "[9]"), "cause 9"),
        (OWN.replace("[2, 2]", '["x"]'), "must be a whole number"),
        (OWN.replace('"P-77"', '"PRESS_VIB1_ANOMALY"'), "PRESS-VIB1-ANOMALY"),
        (OWN.replace('"P-77"', '"WELD-CURRENT-ANOMALY"'), "WELD-CURRENT-ANOMALY"),
        (OWN.replace('title = "하부 진동 (우리 공장)"\n', ""), "codes[1].title"),
        (OWN.replace('["press-vibration-lower"]', "[]"), "must not be empty"),
    ],
)
def test_a_plants_code_that_is_not_in_order_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "own.toml").write_text(text, "utf-8")
    problems = install(tmp_path)
    assert problems
    assert told in " ".join(problems)
