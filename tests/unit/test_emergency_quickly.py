"""What makes assessing quick changes no answer: it is compared with a slow and plain reading of the same text."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.emergency import Level, assess, detector, english, slips
from core.emergency.hangul import from_hangul_keys, from_latin_keys
from core.emergency.korean_grammar import LONGEST_PARTICLE, particle_words
from core.emergency.lexicon import lexicon
from core.emergency.numbers import alike
from core.emergency.slips import respelled_english
from tests.unit.plain_detector import plainly, slip_table

CASES = Path(__file__).parents[1] / "cases"


def _texts(value: Any) -> Iterator[str]:
    """Every text of a file of cases, whatever it is there for."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value if isinstance(value, list) else value.values():
            yield from _texts(one)


TEXTS = {
    path.name: sorted(set(_texts(tomllib.loads(path.read_text("utf-8"))))) for path in sorted(CASES.glob("*.toml"))
}
ALL = sorted({text for texts in TEXTS.values() for text in texts})
WORDS = sorted({word for text in ALL for word in text.split()})

_digits = st.integers(0, 10**7).map(str) | st.sampled_from(
    (
        "119",
        "911",
        "112",
        "999",
        "1119",
        "11119",
        "5119",
        "1190",
        "220",
        "380",
        "2024",
        "20251",
        "1",
        "3",
        "13",
        "777",
        "09",
    )
)
_beside = st.sampled_from(
    (
        "",
        " ",
        "번",
        "명 ",
        "층 ",
        "년 전",
        "년 ",
        "월에 ",
        "도 화상",
        "v ",
        "bar ",
        "aud",
        "kg",
        "%",
        ".",
        "-",
        "/",
        "(",
        ")",
    )
)
numbers = st.tuples(_beside, _digits, _beside).map("".join)


@st.composite
def with_numbers(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with numbers somewhere in it."""
    text = draw(texts)
    for number in draw(st.lists(numbers, max_size=3)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + number + text[at:]
    return text


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_the_cases_tells_what_it_told(name: str) -> None:
    assert [text for text in TEXTS[name] if assess(text) != plainly(text)] == []


@given(with_numbers(st.sampled_from(ALL)))
@example("프레스 3명 끼임")
@example("채2 leak")
@example("12번 34번 손이 끼었어요")
@example("2도 화상 13도 화상")
@example("1²19 불러 주세요")
@example("11\u200b9 불러 주세요")
def test_numbers_in_a_text_change_nothing(text: str) -> None:
    assert assess(text) == plainly(text)


@given(with_numbers(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_mixtures_of_their_words(text: str) -> None:
    assert assess(text) == plainly(text)


@given(with_numbers(st.text(max_size=60) | st.text("0123456789 ./-명층건년월도v가호bcdehs²①⁹!\n\u200b", max_size=30)))
def test_any_text(text: str) -> None:
    assert assess(text) == plainly(text)


@given(with_numbers(st.sampled_from(ALL)), st.booleans())
def test_the_other_keyboard_layout(text: str, hangul: bool) -> None:
    typed = (from_hangul_keys if hangul else from_latin_keys)(text)
    assert assess(typed) == plainly(typed)


@given(st.sampled_from(ALL), st.integers(0, 200), st.sampled_from(("drop", "double", "swap", "blanks")))
def test_slips(text: str, place: int, slip: str) -> None:
    at = place % max(1, len(text))
    typed = {
        "drop": text[:at] + text[at + 1 :],
        "double": text[:at] + text[at : at + 1] + text[at:],
        "swap": text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        "blanks": text.replace(" ", ""),
    }[slip]
    assert assess(typed) == plainly(typed)


def test_each_slip_of_a_word_of_danger_is_undone_as_a_table_of_all_of_them_says() -> None:
    table = slip_table()
    assert all(re.fullmatch("[a-z]+", word) for word in slips._order_of_danger())
    some = sorted(table)[::7]
    wrong = [
        slip for slip in some if (found := slips._may_be(slip))[:1] + found[-1:] != table[slip][:1] + table[slip][-1:]
    ]
    assert len(some) > 10_000
    assert not wrong


@given(st.from_regex("[a-z]{3,9}", fullmatch=True))
def test_a_word_that_is_no_slip_means_nothing_else(word: str) -> None:
    known = slips._english_words() | slips._right_as_they_are()
    assert word in known or bool(slips._may_be(word)) is (word in slip_table())


@given(
    st.lists(st.sampled_from([*"'’`´_- ", "im", "nt", "not", "hes", "theres", "19", "2024", "can", "who", "s", "x"]))
)
def test_a_contraction_is_never_overlooked(parts: list[str]) -> None:
    text = "".join(parts)
    changed = text
    for pattern, written in english._CONTRACTIONS:
        changed = pattern.sub(written, changed)
    assert english.spelled_out(text) == changed


def test_no_particle_is_longer() -> None:
    assert max(len(word) for _, words in particle_words() for word in words) <= LONGEST_PARTICLE


# --- what is counted


def _assessed_anew() -> int:
    return detector._assessed.cache_info().misses


def test_ten_thousand_events_of_one_wording_are_assessed_as_a_few() -> None:
    detector._assessed.cache_clear()
    for number in range(10_000, 20_000):
        assert assess(f"유압 저하 ({number * 7})").level is Level.NO
        assert assess(f"{number}번 손이 끼었어요").level is Level.YES
    assert _assessed_anew() < 1_500, "all but the few whose digits may tell something are written alike"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("유압 저하 (48213)", "유압 저하 (77304)"),
        ("V-103 밸브 87bar", "V-708 밸브 94bar"),
        ("pump 47 at 812", "pump 84 at 553"),
    ],
)
def test_texts_that_differ_in_numbers_alone_are_one(first: str, second: str) -> None:
    assert alike(first) == alike(second)


@pytest.mark.parametrize("text", ["119", "1190", "2024년", "3명", "220v", "co2 leak", "12aud", "1²", "채2"])
def test_a_number_that_may_tell_something_stays(text: str) -> None:
    assert alike(text) == text


def test_numbers_that_differ_stay_different_and_equal_ones_equal() -> None:
    first, second, third = alike("87번 94번 87번").replace("번", "").split()
    assert first == third != second


def test_memory_holds_one_entry_for_words_that_say_the_same() -> None:
    from core.emergency.english_words import index as english_index
    from core.emergency.korean_index import index as korean_index

    for entries in (korean_index().values(), english_index().entries.values()):
        assert len({id(entry) for entry in entries}) == len(set(entries)) < len(entries) / 5


def test_what_was_meant_is_the_same_in_every_run() -> None:
    """Of two words that are as near to a slip, the alphabet chooses, not the order of a set."""
    assert all(list(words) == sorted(words) for words in slips._english().values())
    assert list(respelled_english("ahnd")) == list(respelled_english("ahnd"))


def test_the_lexicon_digits_are_those_that_numbers_knows() -> None:
    written = "".join(
        word
        for book in map(lexicon, ("ko", "en"))
        for groups in (book.nouns, book.verbs, book.events, book.marks)
        for words in groups.values()
        for word in words
    )
    assert all(alike(number) == number for number in re.findall("[0-9]+", written))
