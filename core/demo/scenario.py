"""What a plant does and when: faults and inspections at a human pace, repeats, late messages, a few that pass.

``scenario()`` sends nothing and knows no clock; ``core.demo.plant`` plays it into a topic.
"""

import heapq
import itertools
import random
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Final, TypeAlias

from core.domain.events import FAULT, INSPECTION

MOST_OPEN: Final = 9
"""So many of its issues are open at a time, at most: what a person still overlooks."""
MOST_LASTING: Final = 6
"""From so many on it raises only what passes by itself, so that an unattended demo does not fall silent."""

_OPENING_ISSUES: Final = 4
_OPENING_GAP_S: Final = (0.3, 0.75)
_GAP_S: Final = (20.0, 60.0)
_PASSES_AFTER_S: Final = (60.0, 120.0)
_REPEATED_AFTER_S: Final = (0.3, 3.0)
_STRAGGLER_AFTER_S: Final = (4.0, 15.0)
_LATE_BY_S: Final = (15.0, 90.0)

_INSPECTION_SHARE: Final = 0.2
_PASSING_SHARE: Final = 0.35
_REPEAT_SHARE: Final = 0.25
_LATE_SHARE: Final = 0.15
_SCRIPT_SHARE: Final = 0.4

_READING: Final = re.compile(r"\{([\d.]+)-([\d.]+)\}")

JsonFields: TypeAlias = Mapping[str, str | bool | None]


class ProducerStyle(Enum):
    """Who sends it, and so how it looks on the wire."""

    SPRING = auto()
    """The monitoring's ``KafkaTemplate``: type headers of a ``Map.of``, an ``Instant`` in UTC, compact JSON."""
    SCRIPT = auto()
    """A Python script of the plant: no headers, naive local time, ``json.dumps(..., ensure_ascii=False)``."""


class ActionKind(Enum):
    """What the plant does."""

    RAISE = auto()
    REPEAT = auto()
    """Sends once more, byte by byte, what raised the issue; also as a straggler after its end."""
    RESOLVE = auto()
    PAUSE = auto()
    """Nothing: enough of its issues are open."""


@dataclass(frozen=True, slots=True)
class PlantAction:
    """One step of the scenario."""

    kind: ActionKind
    delay_s: float
    """Seconds to wait since the action before this one."""
    late_s: float = 0.0
    """Seconds between what happened, which the timestamps tell, and its sending."""
    style: ProducerStyle = ProducerStyle.SPRING
    fields: JsonFields = field(default_factory=dict)
    """The JSON object but for its ``timestamp``; empty for a pause."""

    @property
    def issue(self) -> str:
        return str(self.fields.get("issue", ""))


@dataclass(frozen=True, slots=True)
class _Equipment:
    """A kind of equipment and what its machines can have. ``{120-155}`` stands for a reading between the two."""

    mode_type: str
    prefix: str
    machines: tuple[str, ...]
    faults: tuple[str, ...]
    passing: tuple[str, ...]
    """Faults that the plant itself reports as solved after a minute or two."""
    inspections: tuple[str, ...]


_PLANT: Final = (
    _Equipment(
        mode_type="프레스",
        prefix="PRESS",
        machines=("100톤 프레스", "200톤 프레스", "400톤 서보 프레스"),
        faults=(
            "유압 이상: 압력 {120-155} bar (기준 180 bar)",
            "상부 진동 증가 {7.0-14.0} mm/s, 이음 동반",
            "금형 온도 상승 {78-96}℃, 스트로크 지연",
            "유압 오일 누유, 유면 {35-60}%",
            "슬라이드 하사점 편차 {0.30-0.90} mm",
        ),
        passing=("안전 라이트커튼 간헐 차단 ({2-5}회)", "순간 과부하 경보 {104-115}%"),
        inspections=("유압 필터·오일 정기점검", "금형 체결 볼트 정기점검", "비상정지·라이트커튼 정기점검"),
    ),
    _Equipment(
        mode_type="용접기",
        prefix="WELD",
        machines=("스폿 용접기 1호", "스폿 용접기 2호", "스폿 용접 로봇 3호"),
        faults=(
            "전극 마모: 타점 {2000-3500}회 초과, 너겟 지름 미달",
            "스패터 과다, 비산량 기준의 {1.6-3.2}배",
            "용접 전류 불안정 ±{8-18}%",
            "냉각수 유량 저하 {2.1-4.4} L/min (기준 6 L/min)",
            "가압력 편차 {0.40-0.90} kN, 타흔 불균일",
        ),
        passing=("제어반 온도 순간 상승 {52-60}℃", "용접 트랜스 온도 순간 상승 {82-90}℃"),
        inspections=("전극 팁 드레싱 정기점검", "냉각수 필터 정기점검", "접지·케이블 절연 정기점검"),
    ),
    _Equipment(
        mode_type="도장설비",
        prefix="PAINT",
        machines=("상도 A라인", "중도 B라인", "하도 C라인"),
        faults=(
            "부스 온도 이상 {27.0-33.0}℃ (기준 23±2℃)",
            "노즐 막힘, 토출량 {20-55}% 감소",
            "도막 두께 편차 {12-30} μm",
            "배기 팬 차압 이상 {240-380} Pa",
            "도료 점도 이상 {27-36}초 (포드컵 #4)",
        ),
        passing=("도료 공급 압력 순간 저하 {2.1-2.9} bar", "습도 순간 초과 {76-84}%"),
        inspections=("스프레이 건·노즐 세척 정기점검", "급배기 필터 정기점검", "방폭·화재 감지기 정기점검"),
    ),
    _Equipment(
        mode_type="차량조립설비",
        prefix="ASSEMBLY",
        machines=("의장 라인 1", "샤시 라인 2", "도어 라인 3"),
        faults=(
            "체결 토크 미달 {82-101} N·m (기준 110 N·m)",
            "컨베이어 정지, 구동 모터 전류 {31-46} A",
            "에어 공급 압력 저하 {0.31-0.44} MPa",
            "비전 위치 인식 실패 {3-8}회 연속",
            "너트런너 통신 끊김, 이력 누락 {2-12}건",
        ),
        passing=("부품 투입 센서 오감지 {2-4}회", "AGV 대기로 라인 일시 정지 {20-55}초"),
        inspections=("토크 공구 교정 정기점검", "컨베이어 체인 장력 정기점검", "리프트 안전장치 정기점검"),
    ),
)


def scenario(rng: random.Random, *, day: date, solved: Container[str] = frozenset()) -> Iterator[PlantAction]:
    """What the plant does, without end; the same for the same ``rng``.

    ``day`` goes into the issue ids. ``solved`` is looked into at every step: ids that someone else has resolved
    meanwhile, which the plant then no longer counts as open and does not resolve itself.
    """
    return _Scenario(rng, day, solved).actions()


@dataclass(frozen=True, slots=True)
class _Raised:
    """What was raised, as it has to be named again when it is repeated or resolved."""

    style: ProducerStyle
    fields: JsonFields
    subject: str


class _Scenario:
    """The state behind ``scenario()``: a virtual clock in seconds, what is open, and what is due."""

    def __init__(self, rng: random.Random, day: date, solved: Container[str]) -> None:
        self._rng = rng
        self._day = day
        self._solved = solved
        self._clock_s = 0.0
        self._open: dict[str, _Raised] = {}
        self._numbers: Counter[str] = Counter()
        self._order = itertools.count()
        self._due: list[tuple[float, int, ActionKind, _Raised]] = []

    def actions(self) -> Iterator[PlantAction]:
        """The opening issues, one of each equipment, then one after the other."""
        yield from self._opening()
        turn_s = self._clock_s + self._between(_GAP_S)
        while True:
            while self._due and self._due[0][0] <= turn_s:
                yield from self._do_due()
            yield self._raise_or_pause(turn_s)
            turn_s += self._between(_GAP_S)

    def _opening(self) -> Iterator[PlantAction]:
        """Shows everything at once: an inspection, an issue sent twice, one late, one that passes."""
        equipment = self._rng.sample(_PLANT, _OPENING_ISSUES)
        kinds = ((FAULT, False), (INSPECTION, False), (FAULT, False), (FAULT, True))
        for number, (place, (process_type, passes)) in enumerate(zip(equipment, kinds, strict=True)):
            at_s = self._clock_s + self._between(_OPENING_GAP_S)
            yield self._raise(at_s, place, process_type, passes, late=number == 2, repeated=number == 0)

    def _raise_or_pause(self, at_s: float) -> PlantAction:
        self._forget_solved()
        if len(self._open) >= MOST_OPEN:
            return PlantAction(ActionKind.PAUSE, self._wait_until(at_s))
        crowded = len(self._open) >= MOST_LASTING
        inspection = not crowded and self._chance(_INSPECTION_SHARE)
        return self._raise(
            at_s,
            self._rng.choice(_PLANT),
            INSPECTION if inspection else FAULT,
            passes=crowded or (not inspection and self._chance(_PASSING_SHARE)),
            late=self._chance(_LATE_SHARE),
            repeated=self._chance(_REPEAT_SHARE),
        )

    def _raise(
        self, at_s: float, place: _Equipment, process_type: str, passes: bool, *, late: bool, repeated: bool
    ) -> PlantAction:
        raised = self._new_issue(place, process_type, passes)
        self._open[str(raised.fields["issue"])] = raised
        if repeated:
            self._plan(at_s + self._between(_REPEATED_AFTER_S), ActionKind.REPEAT, raised)
        if passes:
            self._plan(at_s + self._between(_PASSES_AFTER_S), ActionKind.RESOLVE, raised)
        late_s = self._between(_LATE_BY_S) if late else 0.0
        return PlantAction(ActionKind.RAISE, self._wait_until(at_s), late_s, raised.style, raised.fields)

    def _do_due(self) -> Iterator[PlantAction]:
        """The next repeat or resolve, unless the issue is over for the plant by then."""
        at_s, _order, kind, raised = heapq.heappop(self._due)
        issue = str(raised.fields["issue"])
        if kind is ActionKind.REPEAT:
            yield PlantAction(kind, self._wait_until(at_s), style=raised.style, fields=raised.fields)
            return
        self._forget_solved()
        if self._open.pop(issue, None) is None:
            return
        yield PlantAction(kind, self._wait_until(at_s), style=raised.style, fields={**raised.fields, "isSolved": True})
        self._plan(at_s + self._between(_STRAGGLER_AFTER_S), ActionKind.REPEAT, raised)

    def _new_issue(self, place: _Equipment, process_type: str, passes: bool) -> _Raised:
        """An issue of a machine that, if possible, has not the same one open already."""
        taken = {raised.subject for raised in self._open.values()}
        troubles = _troubles(place, process_type, passes)
        subjects = list(itertools.product(range(len(place.machines)), troubles))
        free = [subject for subject in subjects if _subject(place, *subject) not in taken]
        number, trouble = self._rng.choice(free or subjects)
        style = ProducerStyle.SCRIPT if self._chance(_SCRIPT_SHARE) else ProducerStyle.SPRING
        fields = self._fields(place, number, process_type, trouble, style)
        return _Raised(style, fields, _subject(place, number, trouble))

    def _fields(
        self, place: _Equipment, number: int, process_type: str, trouble: str, style: ProducerStyle
    ) -> JsonFields:
        machine = f"{place.prefix}_{number + 1:03d}"
        self._numbers[machine] += 1
        fields: dict[str, str | bool | None] = {
            "issue": f"{machine}_{self._day:%Y%m%d}_{self._numbers[machine]:03d}",
            "processType": process_type,
            "modeType": place.mode_type,
            "modeLogId": f"{place.prefix}_LOG_{self._rng.randrange(1, 1000):03d}",
            "description": f"{place.machines[number]} {self._measured(trouble)}",
            "isSolved": False,
        }
        return self._in_any_order(fields) if style is ProducerStyle.SPRING else fields

    def _measured(self, trouble: str) -> str:
        """The text with a reading drawn for each range, as many decimals as the range has."""
        return _READING.sub(lambda span: self._reading(span[1], span[2]), trouble)

    def _reading(self, low: str, high: str) -> str:
        decimals = len(low.partition(".")[2])
        return f"{self._between((float(low), float(high))):.{decimals}f}"

    def _in_any_order(self, fields: JsonFields) -> JsonFields:
        """``Map.of`` iterates in no stable order."""
        return dict(self._rng.sample(list(fields.items()), len(fields)))

    def _plan(self, at_s: float, kind: ActionKind, raised: _Raised) -> None:
        heapq.heappush(self._due, (at_s, next(self._order), kind, raised))

    def _wait_until(self, at_s: float) -> float:
        """Seconds from the action before to ``at_s``, which is the virtual clock from now on."""
        delay_s = max(0.0, at_s - self._clock_s)
        self._clock_s = max(at_s, self._clock_s)
        return delay_s

    def _forget_solved(self) -> None:
        for issue in [issue for issue in self._open if issue in self._solved]:
            del self._open[issue]

    def _between(self, span: tuple[float, float]) -> float:
        return self._rng.uniform(*span)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share


def _troubles(place: _Equipment, process_type: str, passes: bool) -> tuple[str, ...]:
    if process_type == INSPECTION:
        return place.inspections
    return place.passing if passes else place.faults


def _subject(place: _Equipment, number: int, trouble: str) -> str:
    return f"{place.prefix}/{number}/{trouble}"
