"""Every danger has its instructions, whole, in both languages; emergency stop and 119 come first."""

import pytest
from pydantic import ValidationError

from core.emergency import Assessment, Danger, Level, advice_lines, ask_line, instructions_for
from core.emergency.instructions import Card, Line
from core.emergency.lexicon import Lexicon, lexicon

CALL = {"ko": ("비상정지", "119"), "en": ("emergency stop", "119")}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("dangers", [(), *((danger,) for danger in Danger), tuple(Danger)])
def test_emergency_stop_and_119_stand_in_the_first_line(dangers: tuple[Danger, ...], language: str) -> None:
    told = instructions_for(dangers, language)
    assert all(word in told.precautions[0].lower() for word in CALL[language])
    assert len(told.precautions) > 2
    assert len(set(told.precautions)) == len(told.precautions)
    assert told.text


@pytest.mark.parametrize(
    ("danger", "ko", "en"),
    [
        (Danger.CAUGHT, "거꾸로", "never run the machine back"),
        (Danger.SHOCK, "만지지", "power is off"),
        (Danger.FIRE, "나갈 길", "way out behind you"),
        (Danger.GAS, "스위치", "no switches"),
        (Danger.BREATH, "AED", "AED"),
        (Danger.BLEEDING, "누르", "press hard"),
        (Danger.INJECTION, "병원", "hospital now"),
        (Danger.CHEMICAL, "15분", "15 minutes"),
        (Danger.BURN, "20분", "20 minutes"),
        (Danger.FALL, "움직이지", "do not move"),
        (Danger.ILLNESS, "가슴", "chest"),
        (Danger.INJURY, "옮기지", "do not move"),
    ],
)
def test_what_helps_and_what_never_to_do(danger: Danger, ko: str, en: str) -> None:
    assert ko in "\n".join(instructions_for((danger,), "ko").precautions)
    assert en.lower() in "\n".join(instructions_for((danger,), "en").precautions).lower()


def test_in_gas_the_first_word_is_out() -> None:
    assert instructions_for((Danger.CAUGHT, Danger.GAS), "en").precautions[0].startswith("Everybody out")


def test_several_dangers_are_answered_together() -> None:
    both = instructions_for((Danger.SHOCK, Danger.BURN), "ko").precautions
    assert {"20분", "차단기"} <= {word for word in ("20분", "차단기") if any(word in line for line in both)}


@pytest.mark.parametrize(("language", "words"), [("ko", "다친 사람이 있나요? 1"), ("en", "Is somebody hurt? 1")])
def test_in_doubt_one_line_asks(language: str, words: str) -> None:
    assert ask_line(language).startswith(words)


@pytest.mark.parametrize(("language", "off", "away"), [("ko", "전원", "물러나"), ("en", "Power off", "Keep away")])
def test_advice_without_an_emergency(language: str, off: str, away: str) -> None:
    assert advice_lines(Assessment(Level.NO), language) == ()
    [line] = advice_lines(Assessment(Level.NO, power_off=True), language)
    assert off in line
    [line] = advice_lines(Assessment(Level.NO, keep_away=True), language)
    assert away in line


def test_a_card_without_the_call_is_refused() -> None:
    line = Line(ko="비상정지", en="Emergency stop")
    with pytest.raises(ValidationError, match="119"):
        Card(first=line, lines=(line, line))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_rule_that_names_an_unknown_group_is_refused(language: str) -> None:
    book = lexicon(language).model_dump(by_alias=True)
    book["rules"] = [{**book["rules"][0], "does": ["no such group"]}]
    with pytest.raises(ValidationError, match="no such group"):
        Lexicon.model_validate(book)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_group_of_the_lexicon_is_used(language: str) -> None:
    """A group that no rule and no reader asks for would be edited in vain."""
    book = lexicon(language)
    used = {
        group
        for rule in book.rules
        for group in (*rule.does, *rule.who, *rule.with_, *rule.with_all, *rule.unless, *rule.never)
    }
    by_readers = {
        "ko": {
            "given_name",
            "surname",
            "person_suffix",
            "machine_body",
            "part_owner",
            "name_word",
            "caution_word",
            "absent",
            "other",
        }
        | {"not_before", "zero", "long_ago", "now", "urgent", "light", "thing"},
        "en": {"given_name", "part_owner", "name_word", "very_body", "thing", "negation", "joint", "ends_it"}
        | {"long_ago", "now", "supposed", "aux", "prep", "from", "det", "possessive", "filler", "not_slips", "urgent"}
        | {"machine", "load", "foreign_body"},  # things, so that they are nobody's name
    }[language]
    assert not {*book.nouns, *book.verbs, *book.events, *book.marks} - used - by_readers
