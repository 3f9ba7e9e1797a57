"""What is said at once where people may be in danger: whole, every time, in its language, whoever was asked."""

import asyncio
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.chat.backend import Answer
from core.chat.conversation.conversations import Conversations
from core.chat.playbook import alerts
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.messages import Alert, Author, Message, MessageState
from core.emergency import Assessment, Danger, Level, advice_lines, ask_line, assess, instructions_for
from core.station.exchange import Exchange
from core.station.export import export_json, export_markdown
from core.store.store import Store
from core.support import i18n
from tests.unit.conversing import Floor, floor
from tests.unit.making import NOW
from tests.unit.test_conversation import Scripted, scene
from tui.view.entries import ConversationView, entries_of

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "emergencies.toml").read_text("utf-8"))["case"]
POSITIVES = [case for case in CASES if case["emergency"]]
NEGATIVES = [case for case in CASES if not case["emergency"]]
MOST_MISSED = 0
"""Sentences of the corpus that the detector may miss. This road itself misses none that the detector finds."""

SECOND = ("손이 끼었어요", "불났어요", "감전됐어요", "손이 끼었어요", "he is bleeding")


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    before = i18n.language()
    i18n.use("ko")
    yield
    i18n.use(before)


def is_whole(told: Exchange, language: str) -> bool:
    """Emergency stop and the emergency number, in the language of whoever told it."""
    said = " ".join((told.text, *told.precautions)).lower()
    return "119" in said and ("비상정지" if language == "ko" else "emergency stop") in said


# --- the corpus, through the road of ``andon ask``


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in one conversation"])
async def test_the_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str], together: bool) -> None:
    texts = [case["text"] for case in POSITIVES]
    async with floor(tmp_path) as there:
        there.tell("ONE")
        told = await (there.ask("ONE", *texts) if together else there.alone(texts))
    answered = [is_whole(one, case["lang"]) for one, case in zip(told, POSITIVES, strict=True)]
    due = [assess(text).level is Level.YES for text in texts]
    with capsys.disabled():
        print(f"\nemergencies ({'one conversation' if together else 'alone'}): {sum(answered)} of {len(answered)}")
    assert [text for text, whole, wanted in zip(texts, answered, due, strict=True) if wanted and not whole] == []
    assert answered.count(False) <= MOST_MISSED


async def test_the_corpus_of_what_only_sounds_like_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with floor(tmp_path) as there:
        told = await there.alone(case["text"] for case in NEGATIVES)
    alarms = [one.question for one in told if one.emergency == "yes"]
    asks = [one.question for one in told if one.emergency == "ask"]
    with capsys.disabled():
        print(f"\nfalse alarms: {len(alarms)}, asked back: {len(asks)}, of {len(told)}")
    assert alarms == [case["text"] for case in NEGATIVES if assess(case["text"]).level is Level.YES]


# --- whole, every time


@pytest.mark.parametrize("kind", ["장애접수", "정기점검", "교육"])
async def test_each_emergency_of_a_conversation_is_answered_whole(tmp_path: Path, kind: str) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", processType=kind, description=None)
        told = await there.ask("A", "펌프에서 소리가 나요", *SECOND)
    assert [one.emergency for one in told] == ["no", *["yes"] * len(SECOND)]
    assert all(is_whole(one, "en" if one.question.isascii() else "ko") for one in told[1:])


async def test_on_the_screen_none_is_folded_into_the_one_before_or_hidden_by_the_gate(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        await there.ask("A", *SECOND)
        issue, messages = there.station.register.issues["A"], there.station.chat.messages("A")
    shown = [entry for entry in entries_of(issue, ConversationView(messages), NOW) if entry.alert is Alert.EMERGENCY]
    assert len(shown) == len(SECOND)
    for entry, text in zip(shown, SECOND, strict=True):
        assert entry.precautions == instructions_for(assess(text).dangers, assess(text).language).precautions
        assert not entry.hidden
        assert not entry.continued, "it stands under a name and a bar of its own"


async def test_it_leaves_the_walk_where_it_is(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        told = await there.ask("A", "/safe 1234", "다음", "손이 끼었어요", "다음")
    assert "1/" in told[1].text
    assert "2/" in told[3].text


async def test_it_is_a_fact_of_the_message_in_the_store_and_in_the_export(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        await there.ask("A", "손이 끼었어요")
        station = there.station
        kept = station.store.conversations(station.scope).of_issue("A")
        issue = station.register.issues["A"]
    assert [m.alert for m in kept] == [Alert.NONE, Alert.EMERGENCY, Alert.EMERGENCY]
    exported = export_json(issue, kept, [], None)["conversation"]
    assert [one["emergency"] for one in exported] == ["no", "yes", "yes"]
    assert "비상정지" in export_markdown(issue, kept, [], None)


# --- whichever chatbot is chosen


async def test_it_waits_neither_for_the_chatbot_nor_for_the_question_before_it() -> None:
    """The plant's chatbot debates for a minute: nobody who is caught waits for that."""
    plant = Scripted("plant", Author.CHATBOT, gate=asyncio.Event())
    async with scene(plant) as there:
        there.talk.say("A", "왜 새요?", name="kim")
        await there.until(lambda: bool(plant.asked))
        there.talk.say("A", "손이 끼었어요", name="kim")
        assert alerts_in(there.talk)[-1].alert is Alert.EMERGENCY
        assert there.all[-1].alert is Alert.EMERGENCY
        assert plant.gate is not None
        plant.gate.set()
        await there.settled(count=2)
        assert [one.text for one in plant.asked] == ["왜 새요?", "손이 끼었어요"], "the chatbot hears of it as well"
        assert len(alerts_in(there.talk)) == 1


@pytest.mark.parametrize("to", ["", "plant", "builtin"])
async def test_it_comes_whoever_was_called_by_name(to: str) -> None:
    async with scene() as there:
        there.talk.say("A", "불났어요", name="kim", to=to)
        there.talk.say("A", "불났어요", name="kim", to=to)
        assert [m.alert for m in alerts_in(there.talk)] == [Alert.EMERGENCY, Alert.EMERGENCY]
        await there.settled(count=2)
        assert len(there.chosen.asked) == (0 if to == "builtin" else 2)


async def test_it_comes_again_when_the_question_is_asked_again() -> None:
    failing = ChatProblem(ChatProblemKind.SERVER, "500")
    plant = Scripted("plant", Author.CHATBOT, scripts=[[failing], [Answer("ok")]])
    async with scene(plant) as there:
        there.talk.say("A", "불났어요", name="kim")
        await there.settled(MessageState.FAILED)
        assert there.said_by(Author.BUILTIN).count("builtin says 불났어요") == 0, "no second answer in its place"
        there.talk.retry("A")
        await there.settled()
        assert len(alerts_in(there.talk)) == 2


async def test_it_comes_for_what_is_written_to_people() -> None:
    async with scene() as there:
        there.talk.note("A", "사람이 끼었어요 와 주세요", name="kim")
        [told] = alerts_in(there.talk)
        assert told.alert is Alert.EMERGENCY
        assert there.all[0].alert is Alert.EMERGENCY


def alerts_in(talk: Conversations) -> list[Message]:
    return [m for m in talk.messages("A") if m.is_chatbots and m.alert is not Alert.NONE]


# --- in doubt, and where it is no emergency but not harmless


@pytest.fixture
def in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that is in doubt of "음" and advises on "타는 냄새": this road is tested, not the detector."""

    def told(text: str) -> Assessment:
        if "음" in text:
            return Assessment(Level.ASK, (Danger.FALL,), "ko")
        if "타는 냄새" in text:
            return Assessment(Level.NO, language="ko", power_off=True)
        if "기름이 뿜어" in text:
            return Assessment(Level.NO, language="ko", keep_away=True)
        return assess(text)

    monkeypatch.setattr(alerts, "assess", told)


@pytest.mark.usefixtures("in_doubt")
async def test_in_doubt_one_line_heads_the_answer_and_the_digit_gives_the_emergency_answer(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        doubt, taken, after = await there.ask("A", "압력 음", "1", "1")
    assert doubt.emergency == "ask"
    assert doubt.text.splitlines()[0] == ask_line("ko")
    assert len(doubt.text.splitlines()) > 1, "the ordinary answer stands below it"
    assert [offer.key for offer in doubt.offers][:1] == ["1"]
    assert taken.emergency == "yes"
    assert is_whole(taken, "ko")
    assert set(instructions_for((Danger.FALL,), "ko").precautions) == set(taken.precautions)
    assert after.emergency == "no", "only right after it was asked"


@pytest.mark.usefixtures("in_doubt")
@pytest.mark.parametrize("words", ["1", "1번", "네", "yes", "있어요"])
async def test_yes_is_an_answer_too(tmp_path: Path, words: str) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        told = await there.ask("A", "음", words)
    assert told[1].emergency == "yes"


@pytest.mark.usefixtures("in_doubt")
async def test_below_the_question_the_offers_are_numbered_from_two_and_all_can_be_taken(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("PLAIN", description="이상")
        there.tell("A", description="이상")
        plain = (await there.ask("PLAIN", "기름이 새고 진동이 커요"))[0]
        doubt = (await there.ask("A", "음 기름이 새고 진동이 커요"))[0]
        assert len(plain.offers) > 1, "a question that is answered by an offer"
        assert [offer.key for offer in doubt.offers] == [str(n + 1) for n in range(len(plain.offers) + 1)]
        assert [offer.text for offer in doubt.offers[1:]] == [offer.text for offer in plain.offers]
        for offer in doubt.offers[1:]:
            assert f"{offer.key}. {offer.text}" in doubt.text
        taken = (await there.ask("A", "1", "2"))[1]
        assert plain.offers[0].text in taken.text


@pytest.mark.usefixtures("in_doubt")
async def test_no_means_that_nobody_is_hurt_and_denies_no_fault(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A")
        told = await there.ask("A", "음 유압이 떨어져요", "아니요")
    assert told[1].emergency == "no"
    assert told[1].text.startswith("다친 사람이 없어")
    assert "유압" in told[1].text


@pytest.mark.usefixtures("in_doubt")
async def test_a_chatbot_that_thinks_is_not_waited_for_with_the_question_either() -> None:
    plant = Scripted("plant", Author.CHATBOT, gate=asyncio.Event())
    async with scene(plant) as there:
        there.talk.say("A", "압력 음", name="kim")
        assert [m.alert for m in alerts_in(there.talk)] == [Alert.ASK]
        await there.until(lambda: bool(plant.asked))
        there.talk.say("A", "1", name="kim")
        assert [m.alert for m in alerts_in(there.talk)] == [Alert.ASK, Alert.EMERGENCY]
        assert plant.gate is not None
        plant.gate.set()
        await there.settled(count=2)
        assert [one.text for one in plant.asked] == ["압력 음"], "the digit was an answer to the built-in assistant"


@pytest.mark.usefixtures("in_doubt")
@pytest.mark.parametrize("text", ["타는 냄새가 나요", "기름이 뿜어 나와요"])
async def test_advice_stands_first_each_time_and_is_not_hidden_by_the_gate(tmp_path: Path, text: str) -> None:
    [advice] = advice_lines(assess(text), "ko")
    async with floor(tmp_path, Scripted("plant", Author.CHATBOT)) as there:
        there.tell("A")
        told = await there.ask("A", text, text)
        issue, messages = there.station.register.issues["A"], there.station.chat.messages("A")
    for one in told:
        assert one.text.splitlines()[0] == advice
        assert one.emergency == "no"
        assert "plant says" not in one.text, "the chatbot's answer waits for the safety check"
    shown = [entry.text for entry in entries_of(issue, ConversationView(messages), NOW) if entry.alert is Alert.ADVICE]
    assert len(shown) == 2


# --- an event that tells of it

FIRE = "방금 난 화재 경보: 3호기 불꽃 감지기 동작"


@dataclass
class Told:
    """An event that tells of people in danger."""

    issue: str
    fields: dict[str, Any]


EVENTS = [
    Told("P-1", {"description": FIRE}),
    Told("P-1", {"description": FIRE, "processType": "정기점검"}),
    Told("PRESS-ON-FIRE-20250808", {"description": None}),
    Told("화재_3호기_20250808", {"description": "확인 요망"}),
]


@pytest.mark.parametrize("event", EVENTS, ids=range(len(EVENTS)))
async def test_an_event_of_people_in_danger_opens_with_the_emergency_answer(tmp_path: Path, event: Told) -> None:
    async with floor(tmp_path) as there:
        there.tell(event.issue, **event.fields)
        [opening] = await openings(there, event.issue)
        [again] = await openings(there, event.issue)
        messages = there.station.chat.messages(event.issue)
        assert there.station.state.dangers.is_emergency(there.station.register.issues[event.issue])
    assert [m.alert for m in messages][:1] == [Alert.EMERGENCY]
    assert [m.alert for m in messages].count(Alert.EMERGENCY) == 1, "once, however often it is looked at"
    assert len(messages) == 2, "and then the usual opening"
    assert opening.emergency == again.emergency == "yes"
    assert is_whole(opening, "ko")


async def openings(there: Floor, *issues: str) -> list[Exchange]:
    return [await there_asker(there, issue) for issue in issues]


async def there_asker(there: Floor, issue: str) -> Exchange:
    from tui.commands.ask import Asker

    return await Asker(there.station, issue).open()


async def test_the_next_episode_tells_it_again_and_a_repeat_does_not(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", description=FIRE)
        await openings(there, "A")
        there.tell("A", description=FIRE, at=NOW + 1_000)
        await openings(there, "A")
        assert told_in(there, "A") == 1
        there.tell("A", description="해결됨", isSolved=True, at=NOW + 2_000)
        await openings(there, "A")
        assert not there.station.state.dangers.is_emergency(there.station.register.issues["A"])
        there.tell("A", description=FIRE, at=NOW + 60_000)
        await openings(there, "A")
        assert told_in(there, "A") == 2


async def test_an_event_that_comes_to_tell_of_it_is_heard_where_it_is_looked_at(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", description="유압 이상")
        await openings(there, "A")
        there.tell("A", description=FIRE, at=NOW + 1_000)
        assert told_in(there, "A") == 1


def told_in(there: Floor, issue: str) -> int:
    return sum(m.alert is Alert.EMERGENCY for m in there.station.chat.messages(issue))


async def test_an_issue_is_assessed_once_for_each_of_its_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.domain import event_danger

    asked: list[str] = []

    def assessed(text: str) -> Assessment:
        asked.append(text)
        return Assessment(Level.NO)

    monkeypatch.setattr(event_danger, "assess", assessed)
    async with floor(tmp_path) as there:
        there.tell("A", description="하나")
        issue = there.station.register.issues["A"]
        for _paint in range(100):
            there.station.standing(issue)
        assert asked.count("하나") == 1
        there.tell("A", description="둘", at=NOW + 1_000)
        there.station.standing(there.station.register.issues["A"])
        assert asked.count("둘") == 1


def test_the_plants_fault_codes_are_no_emergencies() -> None:
    from core.domain.event_danger import assessed

    codes = ("PRESS-VIB1-ANOMALY-20250827101010", "WELD-CURRENT-ANOMALY-1", "PAINT-EQ-VOL-HIGH-2025-07-23T15:32:01")
    assert [code for code in codes if assessed(code, "").level is not Level.NO] == []


# --- the store


def test_a_store_of_the_schema_before_knows_no_alerts_yet(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "andon.db")) as old:
        old.executescript((Path(__file__).parent / "schema_3.sql").read_text("utf-8"))
        old.execute(
            "INSERT INTO messages (id, scope, issue, author, name, text, at_ms, state, precautions, memo, problem,"
            " card, holds_steps) VALUES ('q', 's', 'A', 'operator', 'kim', '왜?', 1, 'answered', '[]', '{}', '', '', 1)"
        )
        old.commit()
    [kept] = Store(tmp_path).conversations("s").of_issue("A")
    assert (kept.text, kept.alert) == ("왜?", Alert.NONE)
