"""What is said of the log: a hanging transaction, another log, and issues that it does not tell of."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.domain.alarms import AlarmState, Concern, Standing
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.events import IssueEvent, Record, read_event
from core.domain.freshness import FeedState, Freshness, Hanging
from core.domain.issue_json import issue_as_json
from core.domain.issues import Issue, issue_of
from core.station.unconfirmed import Unconfirmed
from core.station.view import ListedIssue
from core.store.store import Batch, Store
from core.support import i18n
from tui.view.floor import counts_of
from tui.view.log_words import TOLD_FOR_MS, log_words
from tui.view.row import row_of
from tui.view.tally import Tally

AT = 1_760_000_000_000
SCOPE = "c/t"
LIVE = Freshness(FeedState.LIVE, 0.0, 0.0)
HANGING = Hanging((1, 2), 4711, AT, 3, 2)


@pytest.fixture(params=["ko", "en"], autouse=True)
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    before = i18n.language()
    i18n.use(request.param)
    yield
    i18n.use(before)


def issue(name: str) -> Issue:
    event = read_event(Record("t", 0, 0, AT, None, b'{"issue": "%s", "isSolved": false}' % name.encode()))
    assert isinstance(event, IssueEvent)
    return issue_of(event)


def unconfirmed(*names: str, another: bool = True) -> Unconfirmed:
    store = Store(None)
    store.commit_batch(SCOPE, Batch([issue(name) for name in names], {0: 1}))
    if another:
        store.log.begin_doubts(SCOPE, names, AT)
    return Unconfirmed(store, SCOPE, None)


def test_a_sound_log_is_not_talked_about() -> None:
    assert log_words(LIVE, unconfirmed("I", another=False), AT) == ""


def test_a_hanging_transaction_is_named_with_its_place_and_what_waits_for_it() -> None:
    words = log_words(replace(LIVE, hanging=HANGING), unconfirmed(another=False), AT)
    assert all(part in words for part in ("1, 2", "4711", "2"))
    assert log_words(
        replace(LIVE, hanging=replace(HANGING, producer=None, since_ms=None)), unconfirmed(another=False), AT
    )
    assert len(words) > len(log_words(replace(LIVE, hanging=replace(HANGING, opens=0)), unconfirmed(another=False), AT))


def test_out_of_contact_nothing_is_said_of_a_transaction_that_may_have_ended() -> None:
    lost = replace(LIVE, hanging=HANGING, problem=ClusterProblem(ClusterProblemKind.REFUSED, "a:1"))
    assert log_words(lost, unconfirmed(another=False), AT) == ""


def test_another_log_is_told_for_a_shift_and_as_long_as_an_issue_is_missing() -> None:
    later = AT + TOLD_FOR_MS + 1
    assert log_words(LIVE, unconfirmed(), AT)
    assert log_words(LIVE, unconfirmed(), later) == ""
    words = log_words(LIVE, unconfirmed("I", "J"), later)
    assert "2" in words
    assert "/dismiss" in words or "/치우기" in words


def test_what_is_not_in_the_log_is_marked_and_counted_apart() -> None:
    issues = [issue("LOST"), issue("FACT")]
    unseen = Standing(AlarmState.UNACKNOWLEDGED)
    listed = [ListedIssue(one, one.id, unseen, unconfirmed_since_ms=AT if one.id == "LOST" else None) for one in issues]
    rows = [row_of(one, AT) for one in listed]
    tally = Tally()
    tally.update({one.id: one for one in listed})
    assert {row.id: row.is_in_log for row in rows} == {"LOST": False, "FACT": True}
    assert (counts_of(tally.standings), tally.lost) == ([(Concern.UNACKNOWLEDGED, 1)], 1)
    assert len({row.word for row in rows}) == 2
    assert issue_as_json(issues[0], is_in_log=False)["state"] == "unconfirmed"
    assert issue_as_json(issues[1])["state"] == "open"
