"""The index finds Korean as workers write it and survives whatever is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.library import Fault, library
from core.support.text_index import TextIndex, words

FAULTS = [fault for book in library().playbooks for fault in book.faults]


def index_of(**texts: str) -> TextIndex:
    index = TextIndex()
    for key, text in texts.items():
        index.add(key, text)
    return index


@pytest.mark.parametrize(
    "asked",
    ["누유", "누유가", "누유가 있어요", "실린더에서 누유", "누유이상", "유압유 누유!"],
)
def test_a_word_of_two_syllables_is_found_with_and_without_particles(asked: str) -> None:
    index = index_of(leak="누유 발생", current="모터 전류 상승", noise="베어링 소음")
    assert index.search(asked)[0][0] == "leak"


@pytest.mark.parametrize("asked", ["유압이상", "펌프에서", "펌프 유압", "유압펌프"])
def test_compounds_and_particles_find_what_was_written_apart(asked: str) -> None:
    index = index_of(pressure="유압 펌프 저하", current="모터 전류 상승", dust="먼지 부착")
    assert [key for key, _ in index.search(asked)] == ["pressure"]


def test_decomposed_hangul_and_full_width_letters_are_the_same_text() -> None:
    index = index_of(leak="누유 oil", other="전류 amp")
    assert index.search("\u1102\u116e\u110b\u1172")[0][0] == "leak"
    assert index.search("ＯＩＬ")[0][0] == "leak"


def test_the_best_comes_first_and_scores_fall() -> None:
    index = index_of(both="상부 진동", one="하부 진동", none="전류 과다", other="온도 상승", fifth="주름 크랙")
    found = index.search("상부 진동")
    assert [key for key, _ in found] == ["both", "one"]
    assert found[0][1] > found[1][1] > 0


def test_a_key_with_several_texts_is_found_once() -> None:
    index = TextIndex()
    index.add("a", "상부 진동")
    index.add("a", "상부 떨림")
    index.add("b", "전류")
    assert [key for key, _ in index.search("상부")] == ["a"]


def test_the_limit_holds() -> None:
    index = index_of(a="진동 하나", b="진동 둘", c="진동 셋")
    assert len(index.search("진동", limit=2)) == 2
    assert index.search("진동", limit=0) == []


@pytest.mark.parametrize(
    "asked",
    [
        "",
        " ",
        '"',
        "\0",
        "a\0b",
        "NEAR(a b)",
        'key:x OR "',
        "-진동 NOT *",
        "'; DROP TABLE texts; --",
        "\ud800\udfff",
        "ﷺ" * 5_000,
        "진동 누유 " * 40_000,
        "\x1b]52;c;eA==\x07",
    ],
)
def test_any_question_is_data(asked: str) -> None:
    index = index_of(a="진동 누유 abc")
    index.add("\ud800", asked)
    assert all(score > 0 for _, score in index.search(asked))


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_raises(told: str, asked: str) -> None:
    index = index_of(a=told, b="진동 누유")
    index.search(asked)


def playbook_index() -> TextIndex:
    """The titles and symptoms of every fault."""
    index = TextIndex()
    for fault in FAULTS:
        told = (fault.title.ko, fault.title.en, *fault.symptoms.ko, *fault.symptoms.en)
        index.add(fault.id, "\n".join(told))
    return index


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_fault_is_found_by_its_title(fault: Fault, language: str) -> None:
    found = [key for key, _ in playbook_index().search(fault.title.said(language), 3)]
    assert fault.id in found


@given(st.lists(st.text("꿩뷁쀍zxqj", min_size=2, max_size=8), min_size=1, max_size=4).map(" ".join))
def test_an_added_document_is_found_first_by_its_title_among_the_playbooks(title: str) -> None:
    index = playbook_index()
    index.add("added", title)
    assert index.search(title)[0][0] == "added"


def test_words_drop_signs_and_controls() -> None:
    assert words("[bold]유압_이상\x1b[0m 62℃!") == ["bold", "유압", "이상", "0m", "62", "c"]
