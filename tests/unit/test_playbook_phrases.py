"""Every usual fault is found by its own symptoms and as workers put it; what is denied is not found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.fault_finder import finder_for
from core.chat.playbook.library import Fault, library
from core.chat.playbook.negation import clauses

FAULTS = [(book.mode_types[0], fault) for book in library().playbooks for fault in book.faults]

PHRASES = {
    "press-vibration-upper": (
        ["프레스 위쪽이 너무 떨려요", "상부에서 진동이 심하게 나요", "플라이휠 쪽 진동이 평소보다 커요"],
        ["the top of the press is shaking, upper vibration", "strong vibration at the crown", "flywheel is vibrating"],
    ),
    "press-vibration-lower": (
        ["하부 진동값이 계속 올라가요", "베드 쪽이 진동으로 울려요", "아래쪽이 심하게 떨려요"],
        [
            "lower vibration keeps rising",
            "the bed vibration is strong",
            "bolster has vibration and an anchor bolt is loose",
        ],
    ),
    "press-motor-current": (
        ["주 모터 전류가 높아졌어요", "모터가 과부하로 트립됐어요", "메인 모터 과열됐습니다"],
        ["main motor current is too high", "the motor keeps tripping on overload", "motor is overheating"],
    ),
    "press-hydraulic-pressure": (
        ["유압이 떨어졌어요", "유압이 안 올라가요", "유압 게이지가 불안정해요"],
        [
            "hydraulic pressure is dropping",
            "hydraulic pressure will not build up",
            "the hydraulic pressure is unstable",
        ],
    ),
    "press-oil-leak": (
        ["실린더에서 기름이 새요", "바닥에 오일이 흘러 있어요", "호스가 터져서 누유돼요"],
        ["oil is leaking from the cylinder", "there is oil on the floor under the press", "a hose burst"],
    ),
    "press-oil-temperature": (
        ["작동유 온도가 70도 넘어요", "유온이 계속 올라가요", "오일 쿨러가 막힌 것 같아요"],
        ["oil temperature is 72 degrees", "the hydraulic oil is overheating", "oil cooler seems clogged"],
    ),
    "press-burr": (
        ["제품에 버가 많이 생겨요", "절단면에 거스러미가 있어요", "타발면이 거칠어요"],
        ["parts come out with burrs", "rough edge on the blanks", "big burr on one side"],
    ),
    "press-crack": (
        ["제품이 터져서 나와요", "모서리에 크랙이 생겼어요", "판넬이 찢어져요"],
        ["the part has a crack in the corner", "panels are splitting", "cracks at the radius"],
    ),
    "press-wrinkle": (
        ["판넬에 주름이 잡혀요", "플랜지가 쭈글쭈글해요", "제품에 주름이 생깁니다"],
        ["wrinkles on the flange", "the panel is wrinkled", "part shows wrinkling at the edge"],
    ),
    "press-vibration-and-current": (
        ["진동이랑 전류가 같이 올라가요", "떨리고 전류도 높아요", "진동과 과부하가 동시에 떴어요"],
        [
            "vibration and current are both rising",
            "vibration with overload alarm",
            "it is shaking and the current is up",
        ],
    ),
    "welder-electrode-wear": (
        ["전극이 많이 닳았어요", "팁이 마모됐어요", "전극 팁 교체 시기가 지났어요"],
        ["the electrode is worn", "tips are worn out", "electrode tips keep sticking"],
    ),
    "welder-current": (
        ["용접 전류가 안 나와요", "용접이 자꾸 떨어져요", "통전이 안 돼요"],
        ["weld current is too low", "welding current deviates", "we get weak welds"],
    ),
    "welder-spatter": (
        ["불꽃이 너무 튀어요", "스패터가 많이 나요", "용접할 때 불똥이 튀어요"],
        ["too much spatter", "sparks are flying everywhere", "heavy expulsion at the spot"],
    ),
    "welder-robot-position": (
        ["로봇 위치가 틀어졌어요", "타점이 빗나가요", "로봇이 지그에 충돌했어요"],
        ["the robot is off position", "robot collision with the jig", "weld spots are off"],
    ),
    "welder-cooling-water": (
        ["냉각수가 부족해요", "건에서 물이 새요", "칠러 경보가 떴어요"],
        ["cooling water flow is low", "water is leaking at the gun", "chiller alarm"],
    ),
    "welder-vibration": (
        ["로봇이 덜덜 떨려요", "용접할 때 건이 흔들려요", "로봇 팔에서 진동이 나요"],
        ["the robot is shaking", "gun mount is loose", "strong vibration when welding"],
    ),
    "welder-current-and-vibration": (
        ["전류도 튀고 진동도 나요", "용접 전류가 흔들리고 로봇 진동도 있어요", "전류랑 진동이 같이 이상해요"],
        [
            "current and vibration together",
            "weld current off and the robot has vibration",
            "vibration and current alarm",
        ],
    ),
    "painting-booth-temperature": (
        ["부스 온도가 너무 높아요", "부스가 너무 더워요", "부스 온도가 안 내려가요"],
        ["booth temperature is too high", "the booth is too hot", "oven temperature keeps rising"],
    ),
    "painting-booth-humidity": (
        ["부스 습도가 80%예요", "습도가 너무 높아요", "벽에 결로가 생겼어요"],
        ["booth humidity is 80 percent", "humidity too low", "condensation on the walls"],
    ),
    "painting-nozzle": (
        ["노즐이 막혔어요", "도료가 안 나와요", "스프레이 건이 막힌 것 같아요"],
        ["the nozzle is clogged", "no spray from gun 3", "spray pattern is uneven"],
    ),
    "painting-sagging": (
        ["도장이 흘러내려요", "문짝에 도료가 흘렀어요", "페인트가 흘러내립니다"],
        ["paint is sagging on the door", "paint runs on the fender", "the paint sags"],
    ),
    "painting-orange-peel": (
        ["표면이 귤껍질 같아요", "오렌지필이 심해요", "도장 표면이 울퉁불퉁해요"],
        ["orange peel on the roof", "the surface looks bumpy", "finish has orange peel texture"],
    ),
    "painting-dust": (
        ["도장면에 먼지가 앉았어요", "이물질이 붙어 나와요", "표면에 티가 많아요"],
        ["dust in the clear coat", "there is dirt in the paint", "lint and particles on the hood"],
    ),
    "painting-scratch": (
        ["문짝이 긁혀서 나와요", "도장면에 기스가 났어요", "후드에 흠집이 있어요"],
        ["scratch on the hood", "the door comes out scratched", "scuff marks on the fender"],
    ),
    "painting-bubbles": (
        ["도장면에 기포가 올라와요", "핀홀이 많아요", "페인트가 부풀어 올라요"],
        ["bubbles in the clear coat", "pinholes on the roof", "the paint is blistering"],
    ),
    "painting-film-thickness": (
        ["도막 두께가 들쭉날쭉해요", "루프 쪽 두께가 부족해요", "도장 두께가 안 맞아요"],
        ["uneven film thickness on the door", "film is too thin", "film build differs left and right"],
    ),
    "painting-water-marks": (
        ["후드에 물자국이 남아요", "물 얼룩이 생겨요", "물방울 자국이 있어요"],
        ["water marks on the hood", "water spots after drying", "there are water stains"],
    ),
    "painting-equipment-mechanical": (
        ["도료 펌프에서 소음이 나요", "배기팬 소음이 커졌어요", "컨베이어가 자꾸 걸려요"],
        ["pump noise in the mixing room", "the fan is vibrating", "grinding noise from the conveyor"],
    ),
    "painting-equipment-voltage": (
        ["정류기 전압이 튀어요", "과전압 경보가 떴어요", "전압이 자꾸 떨어져요"],
        ["rectifier voltage too high", "undervoltage alarm", "voltage keeps dropping"],
    ),
    "painting-equipment-current": (
        ["과전류로 멈췄어요", "펌프 전류가 높아요", "차단기가 자꾸 떨어져요"],
        ["overcurrent at the pump", "the breaker tripped", "current is too low"],
    ),
    "painting-bath-temperature": (
        ["전착조 온도가 안 올라가요", "전착 온도가 높아요", "전착액 온도가 이상해요"],
        ["bath temperature is too high", "e-coat temperature low", "the coating bath is too warm"],
    ),
    "assembly-missing-part": (
        ["부품이 빠졌어요", "클립이 누락됐어요", "부품이 하나 없어요"],
        ["a part is missing", "missing bolt at station 4", "clip was not installed"],
    ),
    "assembly-misaligned-part": (
        ["부품이 틀어졌어요", "도어 단차가 커요", "구멍이 안 맞아요"],
        ["the door is misaligned", "part is not seated", "panel gap is uneven"],
    ),
    "assembly-torque": (
        ["체결 토크가 안 나와요", "볼트가 풀려 있어요", "토크가 부족하다고 떠요"],
        ["torque is too low", "a bolt is loose", "torque not reached at bolt 5"],
    ),
    "assembly-conveyor-stop": (
        ["컨베이어가 멈췄어요", "라인이 갑자기 섰어요", "컨베이어가 안 움직여요"],
        ["the conveyor stopped", "line is down", "conveyor does not move"],
    ),
    "assembly-conveyor-noise": (
        ["컨베이어에서 소음이 나요", "체인 소음이 심해요", "컨베이어가 덜컹거려요"],
        ["conveyor is making noise", "the conveyor is jerking", "chain noise at the drive"],
    ),
    "assembly-connector": (
        ["커넥터가 덜 끼워졌어요", "배선이 빠졌어요", "커넥터 핀이 휘었어요"],
        ["the connector is not seated", "bent pin in the plug", "wiring is loose"],
    ),
    "assembly-clip-fixing": (
        ["범퍼가 들떠 있어요", "클립이 부러졌어요", "트림이 덜렁거려요"],
        ["the bumper is loose", "a clip popped off", "bracket is bent"],
    ),
    "assembly-sealing": (
        ["실러가 끊겨 나와요", "실링이 덜 됐어요", "프레임 실러가 안 굳어요"],
        ["sealer bead broken at the frame", "sealing is incomplete", "the sealant did not cure"],
    ),
    "assembly-surface-damage": (
        ["헤드램프에 흠집이 있어요", "도어가 긁혔어요", "램프가 깨졌어요"],
        ["scratch on the headlamp", "the door is dented", "lamp cracked"],
    ),
    "assembly-hemming": (
        ["펜더 헤밍이 벌어졌어요", "헤밍부가 들떠요", "헤밍 주름이 보여요"],
        ["the hem is open", "hemming of the fender is bad", "wrinkled hem flange"],
    ),
    "assembly-clip-hole": (
        ["클립 홀이 찢어졌어요", "구멍이 늘어났어요", "클립 구멍이 변형됐어요"],
        ["clip hole is torn", "the hole is stretched", "deformed hole for the clip"],
    ),
}
SPOKEN = [(mode, fault, phrase) for mode, fault in FAULTS for told in PHRASES[fault.id] for phrase in told]
WRITTEN = [(mode, fault, s) for mode, fault in FAULTS for s in (*fault.symptoms.ko, *fault.symptoms.en)]


def name(value: object) -> str:
    return value.id if isinstance(value, Fault) else str(value)


@pytest.mark.parametrize(("mode_type", "fault", "phrase"), SPOKEN, ids=name)
def test_a_fault_is_found_as_workers_put_it(mode_type: str, fault: Fault, phrase: str) -> None:
    assert finder_for(mode_type).find(phrase).faults[:1] == (fault,)


@pytest.mark.parametrize(("mode_type", "fault", "symptom"), WRITTEN, ids=name)
def test_a_fault_is_offered_for_each_of_its_symptoms(mode_type: str, fault: Fault, symptom: str) -> None:
    assert fault in finder_for(mode_type).find(symptom).faults[:3]
    assert fault.id in finder_for(mode_type).named(symptom)


@pytest.mark.parametrize(
    ("mode_type", "text", "found", "denied"),
    [
        ("프레스", "누유 없음, 유압 저하", "press-hydraulic-pressure", "press-oil-leak"),
        ("프레스", "누유는 없는데 유압이 낮아요", "press-hydraulic-pressure", "press-oil-leak"),
        ("프레스", "상부 진동은 없고 바닥에 기름이 새요", "press-oil-leak", "press-vibration-upper"),
        ("프레스", "누유가 아니라 유온 상승이에요", "press-oil-temperature", "press-oil-leak"),
        ("프레스", "유압은 정상이에요. 주름 발생", "press-wrinkle", "press-hydraulic-pressure"),
        ("프레스", "기름은 안 새요, 크랙이 생겼어요", "press-crack", "press-oil-leak"),
        ("용접기", "전극은 괜찮은데 스패터가 나요", "welder-spatter", "welder-electrode-wear"),
        ("프레스", "no oil leak but hydraulic pressure is low", "press-hydraulic-pressure", "press-oil-leak"),
        ("프레스", "the cylinder isn't leaking oil, upper vibration", "press-vibration-upper", "press-oil-leak"),
        (
            "도장설비",
            "booth temperature is fine, humidity high",
            "painting-booth-humidity",
            "painting-booth-temperature",
        ),
    ],
)
def test_what_is_denied_is_not_found(mode_type: str, text: str, found: str, denied: str) -> None:
    finding = finder_for(mode_type).find(text)
    assert [fault.id for fault in finding.faults[:1]] == [found]
    assert finding.sure
    assert denied in [fault.id for fault in finding.denied]
    assert found in finder_for(mode_type).named(text)
    assert denied not in finder_for(mode_type).named(text)


@pytest.mark.parametrize(
    ("mode_type", "text", "fault"),
    [
        ("차량조립설비", "부품 없음", "assembly-missing-part"),
        ("차량조립설비", "볼트가 하나 없어요", "assembly-missing-part"),
        ("차량조립설비", "컨베이어가 움직이지 않아요", "assembly-conveyor-stop"),
        ("차량조립설비", "part not present", "assembly-missing-part"),
        ("프레스", "유압이 안 올라가요", "press-hydraulic-pressure"),
        ("프레스", "압력이 정상이 아니에요", "press-hydraulic-pressure"),
        ("용접기", "통전 안됨", "welder-current"),
        ("용접기", "no weld at spot 3", "welder-current"),
        ("도장설비", "도료가 안 나와요", "painting-nozzle"),
        ("도장설비", "no spray", "painting-nozzle"),
    ],
)
def test_what_is_missing_or_does_not_work_is_a_symptom(mode_type: str, text: str, fault: str) -> None:
    finding = finder_for(mode_type).find(text)
    assert [found.id for found in finding.faults[:1]] == [fault]
    assert finding.denied == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("진동 없음", ["-진동 없음"]),
        ("진동이 심하고 누유는 없어요", ["+진동이 심하고", "-누유는 없어요"]),
        ("진동이 심해요 누유는 없어요", ["+진동이 심해요", "-누유는 없어요"]),
        ("진동 전혀 없음", ["-진동 전혀 없음"]),
        ("누유없음", ["-누유없음"]),
        ("유압 이상 없음", ["-유압 이상 없음"]),
        ("유압이 없어요", ["+유압이 없어요"]),
        ("기름이 새지 않아요", ["-기름이 새지 않아요"]),
        ("로봇이 움직이지 않아요", ["+로봇이 움직이지 않아요"]),
        ("비정상 진동", ["+비정상", "+진동"]),
        ("정상보다 높아요", ["+정상보다 높아요"]),
        ("아니요", ["+아니요"]),
        ("없어요", ["+없어요"]),
        ("The pump is not leaking", ["-the pump is", "-not leaking"]),
        ("low pressure without leak", ["+low pressure", "-without leak"]),
        ("no leak and no vibration", ["-no leak", "+and", "-no vibration"]),
        ("No leak, but it’s hot", ["-no leak", "+but its hot"]),
        ("not hot enough", ["+not hot enough"]),
        ("no pressure", ["+no pressure"]),
        ("no pressure drop", ["-no pressure drop"]),
        ("pressure is not ok", ["+pressure is", "+not ok"]),
        ("", []),
    ],
)
def test_a_text_is_told_apart_clause_by_clause(text: str, told: list[str]) -> None:
    assert [f"{'-' if clause.denied else '+'}{clause.text}" for clause in clauses(text)] == told


@given(st.text(max_size=200))
def test_no_word_is_lost_or_added_and_nothing_raises(text: str) -> None:
    kept = "".join("".join(clause.text.split()) for clause in clauses(text))
    assert kept == "".join(ch for ch in "".join(text.lower().split()) if ch in kept)
