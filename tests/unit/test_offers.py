"""What an answer offers is typed data, kept with it, and a message that is only a digit takes it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.library import library
from core.chat.playbook.offering import empty_message, similar_offers, standing_offers, taken
from core.chat.playbook.solution import fault_at, solution_of
from core.domain.errors import CommandError
from core.domain.messages import Alert, Author, Message
from core.domain.offers import TOOK, Offer, OfferKind, offers_in, offers_memo
from core.domain.past_fix import PastFix
from tests.unit.asking import Worker
from tests.unit.conversing import floor

HYDRAULIC = ("프레스", "100톤 프레스 유압 이상", "ko")


def _messages(worker: Worker) -> list[Message]:
    return [
        Message(str(number), "A-1", turn.author, "", turn.text, turn.at_ms, memo=turn.memo, alert=turn.alert)
        for number, turn in enumerate(worker.turns)
    ]


def _kinds(worker: Worker) -> list[OfferKind]:
    return [offer.kind for offer in standing_offers(_messages(worker))]


async def test_a_whole_walk_goes_by_digits_and_an_empty_message() -> None:
    worker = Worker(*HYDRAULIC)
    await worker.say()
    assert _kinds(worker) == [OfferKind.NEXT, OfferKind.NONE]
    assert "1/4단계" in (await worker.say(empty_message(_messages(worker)))).text
    assert _kinds(worker) == [OfferKind.NEXT, OfferKind.STILL, OfferKind.FIXED, OfferKind.AGAIN]
    assert "2/4단계" in (await worker.say("2")).text
    assert "2/4단계" in (await worker.say("4")).text
    assert "F4" in (await worker.say("3")).text
    assert OfferKind.NEXT not in _kinds(worker)
    assert empty_message(_messages(worker)) == ""


async def test_a_question_in_between_offers_to_go_to_its_step() -> None:
    worker = Worker(*HYDRAULIC)
    await worker.say()
    await worker.say("다음")
    await worker.say("펌프에서 이상한 소리가 나요")
    offer = standing_offers(_messages(worker))[-1]
    assert (offer.kind, offer.subject) == (OfferKind.STEP, "4")
    assert "4/4단계" in (await worker.say(str(offer.digit))).text


async def test_another_fault_is_asked_about_and_the_place_is_kept_and_found_again() -> None:
    worker = Worker(*HYDRAULIC)
    for text in ("", "다음", "다음"):
        await worker.say(text)
    asked = await worker.say("이제는 바닥이 떨려요")
    assert "하부 진동" in asked.text
    assert _kinds(worker) == [OfferKind.FAULT, OfferKind.STAY]
    assert "2/4단계" in (await worker.say("2")).text
    await worker.say("이제는 바닥이 떨려요")
    assert "하부 진동" in (await worker.say("1")).text
    await worker.say("다음")
    await worker.say("됐어요")
    back = next(offer for offer in standing_offers(_messages(worker)) if offer.kind is OfferKind.RETURN)
    answer = await worker.say(str(back.digit))
    assert "유압 이상" in answer.text
    assert "2/4단계" in answer.text


async def test_a_digit_that_is_not_offered_takes_nothing() -> None:
    worker = Worker(*HYDRAULIC)
    await worker.say()
    await worker.say("다음")
    assert "9" in (await worker.say("9")).text
    assert "2/4단계" in (await worker.say("다음")).text


async def test_a_digit_within_words_is_text() -> None:
    worker = Worker(*HYDRAULIC)
    await worker.say()
    assert taken("3호기", standing_offers(_messages(worker))) is None
    assert taken("1", standing_offers(_messages(worker))) is not None


async def test_the_faults_that_are_asked_about_are_offered_as_the_text_lists_them() -> None:
    worker = Worker("프레스", "진동이 심해요", "ko")
    answer = await worker.say()
    offers = offers_in(answer.memo)
    assert [offer.kind for offer in offers] == [OfferKind.FAULT, OfferKind.FAULT, OfferKind.NONE]
    assert all(offer.listed and f"{offer.digit}. {offer.label}" in answer.text for offer in offers)


def test_while_it_is_asked_whether_somebody_is_hurt_an_empty_message_says_nothing() -> None:
    walk = Message("1", "A", Author.BUILTIN, "", "", 1, memo=offers_memo([Offer(1, OfferKind.NEXT, "다음")]))
    ask = Message("2", "A", Author.BUILTIN, "", "?", 2, alert=Alert.ASK)
    assert empty_message([walk]) == "다음"
    assert empty_message([walk, ask]) == ""
    below = Message("3", "A", Author.BUILTIN, "", "", 3, memo=offers_memo([Offer(2, OfferKind.NEXT, "다음")]))
    assert empty_message([walk, ask, below]) == "", "what is answered below the question passes nobody over"
    no = Message("4", "A", Author.OPERATOR, "", "아니요", 4)
    assert empty_message([walk, ask, below, no, below]) == "다음"


def test_another_chatbots_answer_offers_nothing() -> None:
    walk = Message("1", "A", Author.BUILTIN, "", "", 1, memo=offers_memo([Offer(1, OfferKind.NEXT, "Next")]))
    plant = Message("2", "A", Author.CHATBOT, "", "?", 2)
    assert standing_offers([walk, plant]) == ()
    assert empty_message([walk]) == "next"


def test_similar_issues_are_offered_to_be_opened() -> None:
    fixes = [PastFix("P-7", "프레스", "누유", 1, "김민수", "호스 교체", "raw-id-7")]
    walk = Message("1", "A", Author.BUILTIN, "", "", 1, memo=offers_memo([Offer(1, OfferKind.NEXT, "다음")]))
    similar, going_on = similar_offers(fixes, [walk])
    assert (similar.digit, similar.kind, similar.subject) == (1, OfferKind.SIMILAR, "raw-id-7")
    assert (going_on.digit, going_on.kind) == (2, OfferKind.NEXT)


@given(st.lists(st.builds(Offer, st.integers(1, 99), st.sampled_from(OfferKind), st.text("가나ab", max_size=9))))
def test_offers_are_kept_as_they_were(offers: list[Offer]) -> None:
    assert offers_in(offers_memo(offers)) == tuple(sorted(offers, key=lambda offer: offer.digit))


@pytest.mark.parametrize("kept", ["", "x", "{}", "[1]", "[[1]]", '[["1","next","a","",0]]', '[[1,"gone","a","",0]]'])
def test_what_another_version_kept_otherwise_is_left_out(kept: str) -> None:
    assert offers_in({"offers": kept}) == ()


# --- what solved it


async def test_what_solved_it_is_the_step_and_cause_before_it_works_now() -> None:
    worker = Worker(*HYDRAULIC)
    for text in ("", "다음", "다음"):
        await worker.say(text)
    assert solution_of(worker.issue, _messages(worker)) is None
    await worker.say("3")
    await worker.say("고마워요")
    solution = solution_of(worker.issue, _messages(worker))
    assert solution is not None
    assert (solution.fault.id, solution.step, solution.cause) == ("press-hydraulic-pressure", 2, 2)
    assert solution.fault.causes[1].ko in solution.note("ko")
    assert solution.fault.causes[1].en in solution.note("en")
    assert "다음" not in solution.note("ko")


async def test_causes_are_numbered_as_the_playbook_has_them_whatever_the_code_puts_first() -> None:
    fault = library().part("press-burr")
    worker = Worker("프레스", "제품 버 발생", "ko")
    for text in ("", "다음", "됐어요"):
        await worker.say(text)
    solution = solution_of(worker.issue, _messages(worker))
    assert solution is not None
    assert solution.fault == fault == fault_at(_messages(worker))
    assert solution.cause == 3  # the first step of this fault deals with its third cause


# --- through a Station


async def test_an_empty_message_is_kept_as_next_and_a_digit_with_what_it_took(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", description="100톤 프레스 유압 이상")
        chat = there.station.chat
        await there.ask("A", "다음")
        kept = await chat.say("A", "  ")
        await chat.conversations.settled("A")
        assert kept.text == "다음"
        took = await chat.say("A", "2")
        await chat.conversations.settled("A")
        assert took.memo[TOOK] == "그대로예요"
        assert "3/4단계" in chat.messages("A")[-1].text


async def test_an_empty_message_that_takes_nothing_is_refused_and_keeps_nothing(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", description="100톤 프레스 유압 이상")
        chat = there.station.chat
        await there.ask("A", "다음", "됐어요")
        before = chat.messages("A")
        with pytest.raises(CommandError):
            await chat.say("A", "")
        assert chat.messages("A") == before
        issue = there.station.register.issues.get("A")
        assert issue is not None
        solution = chat.solution(issue)
        assert solution is not None
        assert solution.step == 1


async def test_a_gated_answer_still_offers_and_exports_its_digits(tmp_path: Path) -> None:
    async with floor(tmp_path) as there:
        there.tell("A", description="100톤 프레스 유압 이상")
        [exchange] = await there.ask("A", "다음")
        assert [(offer.key, offer.text) for offer in exchange.offers][:2] == [("1", "다음"), ("2", "그대로예요")]
