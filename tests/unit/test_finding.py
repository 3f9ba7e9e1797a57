"""Finding issues by words, and those resolved last."""

from core.domain.issue_register import IssueRegister
from core.domain.issue_search import find, recently_resolved
from core.domain.issues import Issue
from tests.unit.making import NOW, event


def known() -> list[Issue]:
    register = IssueRegister()
    by = (("ce_operator", "김민수".encode()), ("ce_note", "흡입 필터 교체".encode()))
    register.apply(event(NOW, issue="PRESS_1", description="유압 이상"))
    register.apply(event(NOW + 5, "solved", issue="PRESS_1", headers=by, description="유압 이상"))
    register.apply(event(NOW + 9, issue="WELD_2", description="전극 마모", modeType="용접기"))
    register.apply(event(NOW + 7, "solved", issue="PAINT_3", description="온도"))
    return list(register.issues.values())


def ids(issues: list[Issue]) -> list[str]:
    return [issue.id for issue in issues]


def test_every_word_must_be_there_whatever_its_case_or_form() -> None:
    assert ids(find(known(), "press 유압")) == ["PRESS_1"]
    assert ids(find(known(), "\u110b\u1172\u110b\u1161\u11b8")) == ["PRESS_1"], "typed as jamo"
    assert ids(find(known(), "press 전극")) == []
    assert ids(find(known(), "  ")) == []


def test_past_fixes_are_found_by_note_and_name() -> None:
    assert ids(find(known(), "필터")) == ["PRESS_1"]
    assert ids(find(known(), "김민수 흡입")) == ["PRESS_1"]


def test_what_was_said_counts_too_and_open_issues_come_first() -> None:
    assert ids(find(known(), "소음", said_in=lambda _word: {"PAINT_3"})) == ["PAINT_3"]
    assert ids(find(known(), "_"))[0] == "WELD_2"


def test_resolved_issues_newest_first() -> None:
    assert ids(recently_resolved(known())) == ["PAINT_3", "PRESS_1"]
    assert ids(recently_resolved(known(), 1)) == ["PAINT_3"]
