"""What the screens look like in each of their states, on the stage: for snapshots and for pictures."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from core.chat.conversation.safety_gate import check_memo
from core.doctor import Check, Verdict
from core.domain.card import Card, CardAction, CardPhase, Priority
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.events import Record
from core.domain.freshness import FeedState
from core.domain.lockout import lockout_of
from core.domain.messages import Author, Message, MessageState
from core.domain.safety_checks import SECURING, checked
from core.support.i18n import _
from tests.tui.stage import MONOTONIC, NOW_MS, Stage, event, six_issues
from tui.screens.doctor import DoctorScreen
from tui.screens.floor import FloorScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.composer import Composer
from tui.widgets.transcript import Transcript

PRESS = "PRESS_001_20250808_001"
WELD = "WELD_007_20250808_004"
Act = Callable[[Stage, "Pilot[None]"], Awaitable[None]]


async def nothing(_stage: Stage, _pilot: "Pilot[None]") -> None:
    """Nobody touches anything."""


@dataclass(frozen=True)
class Scene:
    """``records`` are there from the start; ``act`` is what happens then."""

    act: Act = nothing
    records: Callable[[], list[Record]] = six_issues
    freshness: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    async def play(self, stage: Stage, pilot: "Pilot[None]") -> None:
        await stage.until(lambda: stage.app.floor.ready)
        await self.act(stage, pilot)
        await stage.settled(pilot)
        assert stage.app.return_code in (None, 0), "the screens failed"

    def prepare(self, stage: Stage) -> None:
        stage.take(*self.records())
        if self.freshness:
            stage.freshness(**self.freshness)


async def look_at_press(stage: Stage, _pilot: "Pilot[None]") -> None:
    """The pane that opened by itself has its first words before it is left, or they would be unread."""
    first = stage.app.floor.selected
    await stage.until(lambda: first is None or stage.said(first) == 1)
    stage.app.floor.go_to(PRESS)
    await stage.until(lambda: stage.said(PRESS) == 1)


async def talk(stage: Stage, pilot: "Pilot[None]") -> None:
    """The press fault is looked at, acknowledged, and its first step asked for."""
    await look_at_press(stage, pilot)
    await pilot.press("f2", "enter", *("다음" if stage.settings.lang == "ko" else "next"), "enter")
    await stage.until(lambda: stage.said(PRESS) == 3)
    await stage.until(lambda: stage.app.floor.query_one(Composer).text == "")


CARD = Card(
    actions=(
        CardAction("주차단기를 내리고 잠금·표지를 건다", "5분", Priority.HIGH),
        CardAction("흡입 필터의 차압계를 보고 적색이면 교체한다", "20분", Priority.HIGH),
        CardAction("작동유 온도와 유면을 30분 간격으로 기록한다", "하루", Priority.MEDIUM),
    ),
    phases=(
        CardPhase("1단계 원인 확인", ("펌프 토출 압력을 무부하에서 잰다", "릴리프 밸브의 설정값을 적는다"), "30분"),
        CardPhase("2단계 복구", ("필터를 바꾼 뒤 공기를 빼고 저압에서 10분 돌린다",), "1시간"),
    ),
    costs=(("parts", "120,000원"), ("labor", "80,000원"), ("total", "200,000원")),
    experts=("유압 전문가", "설비보전 전문가"),
    failed_experts=(("품질 전문가", "시간 초과"),),
    rounds=2,
    seconds=48.0,
)
_KOREAN = (
    "유압 저하는 흡입 쪽에서 공기를 빨거나 필터가 막혔을 때 가장 많이 나타납니다. 펌프에서 평소와 다른 소리가 나고 "
    "작동유에 거품이 보이면 흡입 배관의 체결부터 보세요.\n\n1. 유면계를 봅니다. 하한선 아래면 같은 등급의 작동유를 "
    "보충합니다.\n2. 흡입 필터의 차압계를 봅니다. 적색이면 교체합니다.\n3. 그래도 압력이 오르지 않으면 "
    "설비보전팀에 연락하세요."
)
_ENGLISH = (
    "The pressure falls only under load, so the relief valve is more likely than the pump. Compare its setting with "
    "the plate on the machine before you touch it; whoever set it last should be named on the tag.\n\n"
    "1. Note the pressure at no load and at full load.\n2. Ask maintenance to check the relief valve's set"
)


def _conversation() -> list[Message]:
    """Everything that a transcript may hold: the check, long answers, a card, what failed, what broke off, a note."""
    asked, plant, answered = Author.OPERATOR, Author.CHATBOT, MessageState.ANSWERED
    silent, dropped = ChatProblem(ChatProblemKind.SILENT), ChatProblem(ChatProblemKind.DROPPED)
    night = "야간조에서도 같은 증상이었어요.\n필터는 지난주에 바꿨습니다."
    return [
        _said(12, Author.BUILTIN, "무엇이 이상한지 적어 주세요.", holds_steps=False),
        _said(11, Author.SYSTEM, "", memo=check_memo(checked(SECURING, set(SECURING)))),
        _said(10, asked, "유압이 자꾸 떨어지고 펌프에서 소리가 나요", state=answered),
        _said(9, plant, _KOREAN, precautions=("압력이 남은 배관을 풀지 마세요.",), confidence=0.87),
        _said(8, Author.PERSON, night, name="이영희"),
        _said(7, asked, "비용과 순서를 알려줘", state=MessageState.FAILED, problem=silent),
        _said(6, plant, "유압 전문가 의견을 모아 정리했습니다.", card=CARD, confidence=0.62),
        _said(3, asked, "Could it be the relief valve?", state=answered),
        _said(2, Author.MODEL, _ENGLISH, state=MessageState.PARTIAL, problem=dropped),
        _said(1, asked, "계속 설명해 주세요", state=MessageState.CANCELLED),
    ]


def _said(minutes_ago: int, author: Author, text: str, **more: Any) -> Message:
    at_ms = NOW_MS - minutes_ago * 60_000
    return replace(Message(f"m{minutes_ago}", PRESS, author, "김민수", text, at_ms, MessageState.SENT), **more)


async def conversation(stage: Stage, _pilot: "Pilot[None]") -> None:
    """A long talk, at its end."""
    station = stage.station
    first = stage.app.floor.selected
    await stage.until(lambda: first is None or stage.said(first) == 1)
    press = station.issue(PRESS)
    assert press is not None
    made = lockout_of(press, checked(SECURING, set(SECURING)), at_ms=NOW_MS - 11 * 60_000, by="김민수")
    station.chat._lockouts.show(made)  # as long ago as the message that tells of it
    station.store.conversations(station.scope).save(*_conversation())
    stage.app.floor.go_to(PRESS)
    await stage.until(lambda: stage.said(PRESS) == 10)
    await stage.until(lambda: (pane := stage.app.floor.pane) is not None and pane.issue == PRESS and pane.is_read)


async def conversation_card(stage: Stage, pilot: "Pilot[None]") -> None:
    """The card in it, found by its words."""
    await conversation(stage, pilot)
    stage.app.floor.search_transcript("릴리프 밸브의 설정값")


async def conversation_top(stage: Stage, pilot: "Pilot[None]") -> None:
    """The same from its beginning, and something new came below."""
    await conversation(stage, pilot)
    stage.app.floor.query_one(Transcript).focus()
    await pilot.press("home")
    await stage.app.host.call(stage.station.chat.note(PRESS, "방금 부품이 왔어요"))
    await stage.until(lambda: stage.said(PRESS) == 11)


async def secure(stage: Stage, pilot: "Pilot[None]") -> None:
    """The safety check, half done."""
    await talk(stage, pilot)
    await pilot.press("ctrl+l", "space", "space")


async def shift(stage: Stage, pilot: "Pilot[None]") -> None:
    """Every state of the ladder at once, and words that nobody has read yet."""
    await look_at_press(stage, pilot)
    await stage.app.host.call(_at_work(stage))
    await stage.until(lambda: (facts := stage.app.view.facts(WELD)) is not None and facts.unread == 2)


async def _at_work(stage: Stage) -> None:
    station = stage.station
    for issue in (PRESS, PRESS, WELD, "ASSY_022_20250808_001"):
        await station.commands.acknowledge(issue)
    await station.commands.shelve("PRESS_003_20250808_003", 30, "부품 대기")
    handling = station.state.handling.by_issue[PRESS]
    late = NOW_MS - 70 * 60_000
    station.state.handling.by_issue = {
        **station.state.handling.by_issue,
        PRESS: handling.__class__(handling.seen_ms, late, "김민수", late, "김민수"),
    }
    for text in ("어제 야간에도 같은 증상이었어요", "팁 드레서부터 보세요"):
        await station.chat.note(WELD, text)


async def read_the_new(stage: Stage, pilot: "Pilot[None]") -> None:
    await shift(stage, pilot)
    stage.app.floor.go_to(WELD)
    floor = stage.app.floor
    await stage.until(lambda: (read := floor.conversation(WELD)) is not None and len(read.messages) == 3)
    stage.show()
    await pilot.pause()
    # Whether the answer came before the first layout or after it: from here on its end is followed.
    transcript = stage.app.floor.query_one(Transcript)
    transcript.action_newest()
    await pilot.pause()
    await stage.until(lambda: transcript.max_scroll_y > 0 and transcript.scroll_y == transcript.max_scroll_y)


async def draft(stage: Stage, pilot: "Pilot[None]") -> None:
    await look_at_press(stage, pilot)
    await pilot.press("enter", *"유압", "space", *"펌프에서", "ctrl+j", *"소음이", "space", *"납니다")


async def resolve(stage: Stage, pilot: "Pilot[None]") -> None:
    await talk(stage, pilot)
    await pilot.press("f4")
    await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
    await pilot.press(*"흡입", "space", *"필터", "space", *"교체")


async def resolve_unchecked(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve(stage, pilot)
    await pilot.press("tab", "space", "enter")


async def resolve_waits(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve(stage, pilot)
    await pilot.press("tab", "space", "space", "space", "enter")
    await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def resolved(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve_waits(stage, pilot)
    [entry] = stage.station.outbox
    sent = entry.record
    await stage.tell(Record("chatbot-issue-events", 0, 0, sent.timestamp_ms, sent.key, sent.value, sent.headers))


async def recently_resolved(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolved(stage, pilot)
    await pilot.press("escape", "f7")


def pressing(*keys: str) -> Act:
    async def press(stage: Stage, pilot: "Pilot[None]") -> None:
        await look_at_press(stage, pilot)
        await pilot.press(*keys)

    return press


async def condition(stage: Stage, pilot: "Pilot[None]") -> None:
    """The data folder is another in each run."""
    stage.app.settings = stage.settings.model_copy(update={"data_dir": Path("/var/lib/andon")})
    await look_at_press(stage, pilot)
    await pilot.press("ctrl+s")


async def doctor(stage: Stage, pilot: "Pilot[None]") -> None:
    """Checks as a wrong password makes them."""

    async def checks(_looking: Callable[[str], None]) -> AsyncIterator[Check]:
        yield Check(
            "configuration", _("settings"), Verdict.OK, "kafka.plant:9093 · chatbot-issue-events · SASL_SSL · PLAIN"
        )
        yield Check("name", _("name"), Verdict.OK, "kafka.plant = 10.1.2.3")
        yield Check("tcp", _("network"), Verdict.OK, "kafka.plant:9093 2 ms")
        certificate = _("{names} · from {issuer} · until {day}").format(
            names="*.plant", issuer="Plant CA", day="2025-08-20"
        )
        soon = _("The broker's certificate runs out soon. Have it renewed.")
        yield Check("tls", _("encryption"), Verdict.WARNING, f"TLSv1.3 · {certificate}", soon)
        refused = ClusterProblem(ClusterProblemKind.LOGIN, "Authentication failed: Invalid username or password").words
        yield Check("login", _("login"), Verdict.FAILED, refused)
        for name, title in (("topic", _("topic")), ("read", _("right to read")), ("write", _("right to write"))):
            yield Check(name, title, Verdict.SKIPPED, _("not looked at"))
        yield Check("chatbot", _("chatbot"), Verdict.OK, _("the built-in assistant"))
        yield Check("store", _("store"), Verdict.OK, "/var/lib/andon · ok")

    await look_at_press(stage, pilot)
    screen = DoctorScreen(checks)
    stage.app.push_screen(screen)
    await stage.until(lambda: screen.is_mounted and not screen.is_busy and screen.is_drawn)


def many() -> list[Record]:
    equipment = ("프레스", "용접기", "도장설비", "차량조립설비")
    return [
        event(
            f"{'LONG_' * (30 if number == 4 else 0)}LINE_{number:03}_20250808_001",
            minutes_ago=1 + number * 0.7,
            modeType=equipment[number % 4],
            description="경보 👷🏽‍♀️ é̂ " + "긴 설명 " * (2000 if number == 7 else 3),
        )
        for number in range(60)
    ]


SCENES: dict[str, Scene] = {
    "empty": Scene(records=list),
    "replaying": Scene(freshness={"state": FeedState.CATCHING_UP, "done": 1200, "total": 48_000}),
    "out-of-contact": Scene(
        look_at_press,
        freshness={
            "state": FeedState.LOST,
            "contact_at": MONOTONIC - 42,
            "problem": ClusterProblem(ClusterProblemKind.REFUSED, "kafka.plant:9092"),
        },
    ),
    "one": Scene(records=lambda: six_issues()[1:2], act=look_at_press),
    "six": Scene(look_at_press),
    "sixty": Scene(records=many),
    "shift": Scene(shift),
    "new": Scene(read_the_new),
    "draft": Scene(draft),
    "talk": Scene(talk),
    "conversation": Scene(conversation),
    "conversation-card": Scene(conversation_card),
    "conversation-top": Scene(conversation_top),
    "secure": Scene(secure),
    "resolve": Scene(resolve),
    "resolve-unchecked": Scene(resolve_unchecked),
    "resolve-waits": Scene(resolve_waits),
    "resolved": Scene(resolved),
    "recently-resolved": Scene(recently_resolved),
    "shelve": Scene(pressing("f8")),
    "operator": Scene(pressing("f9")),
    "condition": Scene(condition),
    "doctor": Scene(doctor),
    "help": Scene(pressing("f1")),
    "menu": Scene(pressing("f10")),
}
