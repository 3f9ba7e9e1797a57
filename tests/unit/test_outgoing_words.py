"""How far a resolve or a reopening has come, in words: no state is without."""

import pytest

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.issues import issue_of
from core.domain.outbox import OutboxEntry, OutboxState, resolve_or_reopen
from core.support import i18n
from tests.unit.making import NOW, event
from tui.view.words import outgoing_words

STATES = list(OutboxState)


def entry(state: OutboxState, problem: ClusterProblem | None = None) -> OutboxEntry:
    issue = issue_of(event())
    record = resolve_or_reopen(issue, solved=True, now_ms=NOW, operator="kim", note="", terminal="T")
    return OutboxEntry(1, record, state, "c/t", NOW, problem=problem)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_state_has_words_of_its_own(lang: str) -> None:
    i18n.use(lang)
    told = [outgoing_words(entry(state)) for state in STATES]
    assert len(set(told)) == len(STATES)


@pytest.mark.parametrize("state", STATES)
def test_the_problem_stands_behind_them(state: OutboxState) -> None:
    problem = ClusterProblem(ClusterProblemKind.NO_WRITE, "t")
    assert outgoing_words(entry(state, problem)) == f"{outgoing_words(entry(state))} · {problem.words}"
