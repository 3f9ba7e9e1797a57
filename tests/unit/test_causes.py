"""A cause: chosen by a digit, told as a code, shown in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import IssueBrief
from core.chat.playbook.cause_words import cause_words
from core.chat.playbook.causes import OTHER_DIGIT, causes_of, chosen_code, code_of
from core.chat.playbook.library import Fault, library
from core.domain.causes import HEADER, LIMIT, OTHER, cause_in, is_code
from core.domain.errors import CommandError
from core.domain.events import RESOLVED
from core.domain.issue_json import issue_as_json
from core.domain.issues import issue_of, merge
from core.domain.outbox import resolve_or_reopen, restamped
from core.support import i18n
from core.support.text import inert_line
from tests.unit.making import NOW, event

HYDRAULIC = IssueBrief("A", "A", "장애접수", "프레스", "L", "100톤 프레스 유압 이상", True)


def fault_of(code: str) -> Fault:
    fault = library().part(code)
    assert isinstance(fault, Fault)
    return fault


def test_an_events_fault_gives_its_causes_and_another_one() -> None:
    causes = causes_of(HYDRAULIC, ())
    fault = fault_of("press-hydraulic-pressure")
    assert [one.code for one in causes] == [*(code_of(fault, n) for n in range(1, len(fault.causes) + 1)), OTHER]
    assert [one.digit for one in causes] == [*range(1, len(fault.causes) + 1), OTHER_DIGIT]
    assert causes_of(IssueBrief("A", "A", "장애접수", "프레스", "L", "?", True), ()) == ()
    assert causes_of(IssueBrief("A", "A", "정기점검", "프레스", "L", HYDRAULIC.description, False), ()) == ()


def test_every_cause_of_every_playbook_has_a_code_that_means_it_in_both_languages() -> None:
    faults = [fault for book in library().playbooks for fault in book.faults]
    assert faults
    for lang in ("ko", "en"):
        i18n.use(lang)
        for fault in faults:
            for number, text in enumerate(fault.causes, 1):
                code = code_of(fault, number)
                assert is_code(code)
                assert cause_words(code) == text.said(lang)
    i18n.use("en")


@pytest.mark.parametrize(
    ("chosen", "code"),
    [("2", "press-hydraulic-pressure.2"), ("0", OTHER), ("other", OTHER), ("worn-seal", "worn-seal")],
)
def test_a_digit_or_a_code_is_a_choice(chosen: str, code: str) -> None:
    assert chosen_code(chosen, causes_of(HYDRAULIC, ())) == code


@pytest.mark.parametrize("chosen", ["9", "12", "two words", "\x1b[2J", "한글", "x" * (LIMIT + 1)])
def test_what_is_neither_is_refused_with_what_there_is(chosen: str) -> None:
    with pytest.raises(CommandError, match="1 ") as refused:
        chosen_code(chosen, causes_of(HYDRAULIC, ()))
    assert "\x1b" not in str(refused.value)
    with pytest.raises(CommandError):
        chosen_code(chosen, ())


@given(st.text(max_size=200))
def test_what_a_header_tells_is_inert(text: str) -> None:
    told = cause_in(((HEADER, text.encode("utf-8", "replace")),))
    assert told == inert_line(told, LIMIT)
    assert cause_words(told) == inert_line(cause_words(told))


@pytest.mark.parametrize("headers", [(), ((HEADER, None),), (("ce_note", b"x"),)])
def test_no_header_is_no_cause(headers: tuple[tuple[str, bytes | None], ...]) -> None:
    assert cause_in(headers) == ""  # type: ignore[arg-type]


def test_it_travels_with_the_record_and_stays_when_that_is_stamped_anew() -> None:
    issue = issue_of(event(NOW))
    told = {"now_ms": NOW + 9, "operator": "kim", "note": "", "terminal": "T"}
    record = resolve_or_reopen(issue, solved=True, cause="press-burr.3", **told)  # type: ignore[arg-type]
    assert record.action == RESOLVED
    assert dict(record.headers)[HEADER] == b"press-burr.3"
    assert restamped(record, now_ms=NOW + 99, newest_ms=NOW).cause == record.cause == "press-burr.3"
    assert HEADER not in dict(resolve_or_reopen(issue, solved=True, **told).headers)  # type: ignore[arg-type]


def test_json_has_the_code_and_null_without_one() -> None:
    solved = event(NOW + 9, "solved", headers=(("ce_operator", b"kim"), (HEADER, b"press-burr.3")))
    issue = merge(issue_of(event(NOW)), issue_of(solved))
    assert issue_as_json(issue)["cause"] == "press-burr.3"
    assert issue_as_json(issue_of(event(NOW)))["cause"] is None
