"""The card of a structured answer: what is there is read, what is odd is left out."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from core.domain.card import Card, CardAction, CardPhase, Priority, card_of, line_of, lines_of, number_of
from tests.chat.contract_words import structured

ESCAPE = "a\x1b]52;c;aGk=\x07\u202e\nb"
INERT = "a␛]52;c;aGk=␇� b"


def test_a_whole_answer_is_read() -> None:
    card = card_of(structured("S", 1, "2026-03-01T09:30:00"))
    assert card is not None
    assert card.actions[2] == CardAction("필터 차압 표시기 확인", "5분", Priority.MEDIUM)
    assert card.phases[1] == CardPhase("2단계: 조치", ("필터 교체", "작동유 보충 (ISO VG 46)"), "40분")
    assert card.costs == (("parts", "85,000원"), ("labor", "60,000원"), ("total", "145,000원"))
    assert card.experts == ("유압 전문가", "기계 전문가", "안전 전문가")
    assert card.failed_experts == (("전기 전문가", "응답 시간 초과"),)
    assert (card.rounds, card.seconds) == (2, 21.4)


@pytest.mark.parametrize("name", [name for name in structured("S", 1, "") if name != "executive_summary"])
@pytest.mark.parametrize("odd", [None, 7, "?", [], {}, [None], [[]], [{}], True])
def test_an_odd_field_costs_no_other(name: str, odd: Any) -> None:
    whole = structured("S", 1, "")
    card, expected = card_of({**whole, name: odd}), card_of(whole)
    assert card is not None
    assert expected is not None
    owner = {
        "immediate_actions": "actions",
        "detailed_solution": "phases",
        "cost_estimation": "costs",
        "participating_agents": "experts",
        "failed_agents": "failed_experts",
        "debate_rounds": "rounds",
        "processing_time": "seconds",
    }.get(name)
    assert [field for field in Card.__slots__ if getattr(card, field) != getattr(expected, field)] in ([owner], [])


def test_an_answer_without_any_of_it_has_no_card() -> None:
    assert card_of({"executive_summary": "필터 점검", "failed_agents": None, "immediate_actions": []}) is None


def test_every_text_is_inert() -> None:
    card = card_of(
        {
            "immediate_actions": [{"action": ESCAPE, "time": ESCAPE, "priority": ESCAPE}, ESCAPE],
            "detailed_solution": [{"phase": ESCAPE, "actions": [ESCAPE], "estimated_time": ESCAPE}],
            "cost_estimation": {"parts": ESCAPE},
            "participating_agents": [ESCAPE],
            "failed_agents": [{"agent_name": ESCAPE, "error_message": ESCAPE}],
        }
    )
    assert card == Card(
        actions=(CardAction(INERT, INERT), CardAction(INERT)),
        phases=(CardPhase(INERT, (INERT,), INERT),),
        costs=(("parts", INERT),),
        experts=(INERT,),
        failed_experts=((INERT, INERT),),
    )


@pytest.mark.parametrize(
    ("step", "action", "expected"),
    [
        (1, "차단", "차단"),
        ("1", "차단", "차단"),
        ("전원", "차단", "전원: 차단"),
        ("전원", None, "전원"),
        (None, "차단", "차단"),
    ],
)
def test_a_step_s_number_is_left_out_and_its_name_kept(step: Any, action: Any, expected: str) -> None:
    card = card_of({"immediate_actions": [{"step": step, "action": action}]})
    assert card is not None
    assert card.actions[0].action == expected


def test_a_card_is_bounded() -> None:
    card = card_of({"immediate_actions": [{"action": "가" * 100_000}] * 1_000, "participating_agents": ["가"] * 1_000})
    assert card is not None
    assert len(card.actions) == len(card.experts) == 50
    assert len(card.actions[0].action) < 1_100


def test_amounts_may_be_numbers() -> None:
    card = card_of({"cost_estimation": {"parts": 85000, "labor": 1.5, "total": None}})
    assert card is not None
    assert card.costs == (("parts", "85000"), ("labor", "1.5"))


@pytest.mark.parametrize("value", [True, None, [], {}, float("inf"), 10**400])
def test_what_is_neither_text_nor_number_is_no_line(value: Any) -> None:
    assert line_of(value) == ""
    assert number_of(value) is None


def test_one_text_is_a_list_of_one() -> None:
    assert lines_of("전원 차단") == ("전원 차단",)
    assert lines_of({"0": "전원 차단"}) == ()


def test_a_card_is_the_same_after_it_was_kept() -> None:
    kept = TypeAdapter(Card)
    card = card_of(structured("S", 1, ""))
    assert card is not None
    assert kept.validate_json(kept.dump_json(card)) == card
