"""Equipment and kinds of issue are read in the operator's language; what is sent, filtered and kept as JSON stays."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.past_fix_phrases import similar_words
from core.domain.alarms import AlarmState, Standing
from core.domain.issue_filter import Wanted
from core.domain.issue_json import issue_as_json
from core.domain.issue_names import Names
from core.domain.issue_register import IssueRegister
from core.domain.issue_search import find
from core.domain.issues import Change, ChangeKind, Issue
from core.domain.past_fix import PastFix
from core.domain.plant_words import ENGLISH, plant_word
from core.station.export import export_json, export_markdown
from core.station.view import ListedIssue
from core.support import i18n
from tests.unit.making import NOW, event
from tui.commands.issues import Listing, issue_line
from tui.view.floor import facts_words
from tui.view.row import row_of
from tui.view.side_facts import side_facts

PLANT = tuple(ENGLISH.items())


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = i18n.language()
    i18n.use(request.param)
    yield request.param
    i18n.use(before)


def issue_of(**fields: Any) -> Issue:
    register = IssueRegister()
    register.apply(event(NOW, **fields))
    return register.issues["A"]


@pytest.mark.parametrize(("korean", "english"), PLANT)
def test_each_word_is_read_in_the_language(korean: str, english: str, language: str) -> None:
    assert plant_word(korean) == (korean if language == "ko" else english)
    assert (plant_word(korean, "en"), plant_word(korean, "ko")) == (english, korean)


def test_blanks_within_a_word_do_not_matter() -> None:
    assert plant_word("도장 설비", "en") == "paint booth"


@given(st.text())
def test_what_is_not_known_is_shown_as_it_came(value: str) -> None:
    if "".join(value.split()) not in ENGLISH:
        assert plant_word(value, "en") == value
    assert plant_word(value, "ko") == value


def human_texts(issue: Issue) -> dict[str, str]:
    """Everything that tells people of an issue's kind and equipment."""
    one = ListedIssue(issue, issue.shown_id, Standing(AlarmState.UNACKNOWLEDGED))
    row = row_of(one, NOW)
    facts = [fact.value for section in side_facts(one, None, (), NOW) for fact in section.facts]
    return {
        "row": f"{row.equipment} {row.fault}",
        "head": facts_words(issue),
        "facts": " ".join(facts),
        "line": issue_line(issue, Listing(Names(), {}, frozenset())),
        "export": export_markdown(issue, [], [], None).partition("##")[0],
    }


@pytest.mark.parametrize("process", ["장애접수", "정기점검"])
@pytest.mark.parametrize("equipment", ["프레스", "용접기", "도장설비", "차량조립설비"])
def test_people_read_it_in_their_language(equipment: str, process: str, language: str) -> None:
    texts = human_texts(issue_of(modeType=equipment, processType=process, description=""))
    for where, text in texts.items():
        assert (equipment in text) == (language == "ko"), where
        assert (ENGLISH[equipment] in text) == (language == "en"), where
    for where in ("row", "head", "facts", "line", "export"):
        assert (process if language == "ko" else ENGLISH[process]) in texts[where], where


def test_what_the_plant_calls_otherwise_is_read_as_it_came(language: str) -> None:
    texts = human_texts(issue_of(modeType="CNC 선반", processType="calibration", description=""))
    assert all("CNC 선반" in text for text in texts.values()), language
    assert all("calibration" in text for where, text in texts.items() if where != "row")


def test_json_and_filters_stay_as_the_wire_has_them(language: str) -> None:
    issue = issue_of(modeType="도장설비", processType="정기점검")
    assert language in i18n.LANGUAGES
    for told in (issue_as_json(issue), export_json(issue, [], [], None)["issue"]):
        assert (told["modeType"], told["processType"]) == ("도장설비", "정기점검")
    change = Change(ChangeKind.OPENED, issue, NOW)
    assert Wanted(equipment=("도장설비",)).lets_change(change)
    assert not Wanted(equipment=("paint booth",)).lets_change(change)


def test_a_search_finds_what_is_read_and_what_is_sent(language: str) -> None:
    issue = issue_of(modeType="도장설비")
    assert find([issue], "도장설비") == [issue]
    assert find([issue], "paint booth") == ([issue] if language == "en" else [])


def test_past_fixes_are_told_in_the_language_of_the_question() -> None:
    fix = PastFix("W-1", "용접기", "", NOW, "kim", "tip changed")
    assert "W-1 · welder" in similar_words([fix], "en")
    assert "W-1 · 용접기" in similar_words([fix], "ko")
