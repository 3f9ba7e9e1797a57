"""An id is found by what is seen of it, and two that look the same are told apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import CommandError
from core.domain.events import Record
from core.domain.issue_filter import Wanted
from core.domain.issue_names import Names, exact_id, look
from core.domain.issue_search import find
from core.domain.issues import issue_of
from tests.unit.making import NOW, event

PRESS = "프레스_1"
NFD = unicodedata.normalize("NFD", PRESS)


def names_of(*ids: str) -> Names:
    names = Names()
    for issue in ids:
        names.add(issue)
    return names


@pytest.mark.parametrize(
    ("issue", "typed"),
    [
        (NFD, PRESS),
        (PRESS, NFD),
        ("A1 ", "A1"),
        (" A1", "A1"),
        ("A\u200b1", "A1"),
        ("A\u200b1", "A\ufffd1"),
        ("A\u200c1", "A1"),
        ("A\ufeff1", "A1"),
        ("A\u00a01", "A 1"),
        ("A  1", "A 1"),
        ("A\t1", "A 1"),
        ("\u202eA1", "A1"),
        ("A\x1b[31m", "A␛[31m"),
        ("A1", "A1 "),
    ],
)
def test_an_id_is_found_by_what_is_seen_of_it(issue: str, typed: str) -> None:
    names = names_of(issue, "B")
    assert exact_id(names, typed) == issue
    assert exact_id(names, names.shown(issue)) == issue
    assert find([issue_of(event(NOW, issue=issue))], typed) != []
    wanted = Wanted(issues=(typed,))
    assert wanted.lets_record(_record(issue), event(NOW, issue=issue))


def _record(issue: str) -> Record:
    return Record("t", 0, 0, NOW, None, event(NOW, issue=issue).value)


ALIKE = [
    (PRESS, NFD),
    ("A1", "A1 "),
    ("A1 ", " A1"),
    ("A1", "A\u200b1"),
    ("A\u200b1", "A\u200c1"),
    ("A1", "A\u200c1"),
    ("A 1", "A\u00a01"),
    ("A 1", "A  1"),
    (" ", "  "),
]


@pytest.mark.parametrize("alike", ALIKE)
def test_two_that_look_the_same_are_told_apart_and_named_exactly(alike: tuple[str, str]) -> None:
    names = names_of(*alike)
    shown = [names.shown(issue) for issue in alike]
    assert len(set(shown)) == 2
    assert all(look(text.split(" ‹")[0]) == look(alike[0]) for text in shown)
    for issue, text in zip(alike, shown, strict=True):
        assert exact_id(names, issue) == issue
        assert exact_id(names, text) == issue


def test_an_ambiguous_name_is_refused_with_both_choices() -> None:
    names = names_of("A\u200b1", "A1 ")
    with pytest.raises(CommandError) as refused:
        exact_id(names, "A1 \u200b")
    assert all(names.shown(issue) in str(refused.value) for issue in ("A\u200b1", "A1 "))


def test_one_alone_bears_no_mark_and_what_is_unknown_stays_as_it_is() -> None:
    assert names_of("A1 ", "B").shown("A1 ") == "A1"
    assert exact_id(names_of("A"), "C ") == "C "


ids = st.text(alphabet=["A", " ", "\u200b", "\u200c", "\t", "가", "ᄀ", "ᅡ", "\x1b", "\ufffd"], min_size=1, max_size=5)


@given(st.lists(ids, min_size=1, max_size=6, unique=True))
def test_what_is_shown_names_one_and_that_one(found: list[str]) -> None:
    names = names_of(*found)
    shown = {issue: names.shown(issue) for issue in found}
    assert len({*shown.values()}) == len(found)
    for issue in found:
        assert exact_id(names, issue) == issue
    for issue, text in shown.items():
        if text not in found:  # an id that is spelled as another one is shown is named by it
            assert exact_id(names, text) == issue
