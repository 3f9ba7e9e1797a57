"""The issue is what the record that opened it said; a solving record's fields are never adopted."""

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.conversation.answering import brief_of
from core.domain.alarms import Limits, limits_for
from core.domain.events import RESOLVED, Facts, IssueEvent
from core.domain.issue_json import issue_as_json
from core.domain.issue_register import IssueRegister
from core.domain.issue_search import find
from core.domain.issues import Issue, solved_otherwise
from core.domain.outbox import Outgoing, raise_issue, resolve_or_reopen
from core.station.export import export_json, export_markdown
from core.store.codec import issue_from_json, issue_to_json
from core.store.store import Batch, Store
from tests.peers.chatbot_peer import ChatbotPeer
from tests.unit.making import NOW, event, payload, record

WELDER: dict[str, Any] = {
    "modeType": "용접기",
    "modeLogId": "WELD_LOG_7",
    "description": "전극 마모",
    "extra": {"line": 3},
}
SCRIPT: dict[str, Any] = {"modeType": "프레스", "modeLogId": "SOLVED_A", "description": "A 해결됨"}
FACTS = ("processType", "modeType", "modeLogId", "description")
BY_TERMINAL = (("ce_type", RESOLVED.encode()), ("ce_source", b"/terminals/T"))


def fold(*found: IssueEvent) -> Issue:
    register = IssueRegister()
    for one in found:
        register.apply(one)
    return register.issues["A"]


def opened(at: int = NOW, **fields: Any) -> IssueEvent:
    return event(at, **{**WELDER, "processType": "정기점검", **fields})


def script(at: int = NOW + 1000) -> IssueEvent:
    """What the plant's solve script sends for any issue."""
    return event(at, "solved", **SCRIPT)


def sent(issue: Issue, *, solved: bool) -> Outgoing:
    return resolve_or_reopen(issue, solved=solved, now_ms=NOW + 5000, operator="kim", note="", terminal="T")


def test_the_plants_solve_script_changes_nothing_of_what_the_issue_is() -> None:
    for order in permutations([opened(), script(), opened(NOW - 5000, modeType="도장설비")]):
        issue = fold(*order)
        assert issue.facts == Facts("정기점검", "용접기", "WELD_LOG_7", "전극 마모")
        assert (issue.mode_type, issue.is_fault, issue.is_open) == ("용접기", False, False)
        assert solved_otherwise(issue) == ("장애접수", "프레스", "SOLVED_A", "A 해결됨")


def test_everything_that_shows_or_judges_an_issue_takes_the_opening() -> None:
    issue = fold(opened(processType="장애접수"), script())
    brief = brief_of(issue)
    assert (brief.mode_type, brief.mode_log_id, brief.description) == ("용접기", "WELD_LOG_7", "전극 마모")
    assert limits_for(issue, {"용접기": Limits(acknowledge=1), "프레스": Limits(acknowledge=9)}).acknowledge == 1
    assert find([issue], "전극") == [issue]
    assert find([issue], "SOLVED_A") == []
    listed = issue_as_json(issue)
    assert {name: listed[name] for name in FACTS} == {"processType": "장애접수", **{n: WELDER[n] for n in FACTS[1:]}}
    assert listed["solvedAs"] == {"processType": "장애접수", **SCRIPT}
    markdown = export_markdown(issue, [], [], None)
    assert "- Equipment: welder" in markdown
    assert export_json(issue, [], [], None)["issue"]["modeType"] == "용접기"


def test_what_is_published_carries_the_opening_and_its_unknown_fields() -> None:
    issue = fold(opened(), script())
    for solved in (True, False):
        value = json.loads(sent(issue, solved=solved).value)
        assert {name: value[name] for name in ("modeType", "modeLogId", "description", "extra")} == WELDER
        assert value["processType"] == "정기점검"
        assert value["isSolved"] is solved


def test_a_peers_table_keeps_the_welder_when_it_is_reopened() -> None:
    """The chatbot overwrites its row with what an event carries."""
    peer = ChatbotPeer()
    welder, solve = opened(processType="장애접수"), script()
    for value in (welder.value, solve.value, sent(fold(welder, solve), solved=False).value):
        peer._store(value)
    row = peer.rows["A"]
    assert (row.modeType, row.modeLogId, row.description, row.isSolved) == ("용접기", "WELD_LOG_7", "전극 마모", False)


def test_the_newest_opening_gives_the_fields_be_it_a_reopening() -> None:
    issue = fold(opened(), script(), event(NOW + 2000, "reopen", modeType="도장설비"))
    assert issue.mode_type == "도장설비"
    assert issue.is_open
    assert issue.solved_as is None


def test_where_only_the_scripts_solve_is_known_nothing_is_made_up() -> None:
    issue = fold(script())
    assert issue.facts == Facts()
    assert issue.is_fault, "what is not known is treated with care"
    value = json.loads(sent(issue, solved=False).value)
    assert {name: value[name] for name in FACTS} == dict.fromkeys(FACTS)
    assert (value["issue"], value["isSolved"]) == ("A", False)
    assert "SOLVED_A" in solved_otherwise(issue)


def test_a_terminals_own_resolve_stands_in_for_an_opening_that_is_gone() -> None:
    issue = fold(event(NOW, "solved", headers=BY_TERMINAL, **WELDER))
    assert issue.mode_type == "용접기"
    assert json.loads(sent(issue, solved=False).value)["extra"] == {"line": 3}
    mere_claim = (("ce_type", RESOLVED.encode()), ("ce_source", b"/plant"))
    assert fold(event(NOW, "solved", headers=mere_claim, **SCRIPT)).facts == Facts()


def test_a_reopening_without_facts_takes_none_away() -> None:
    """A terminal that knew nothing but the solve reopened it; this one still knows the opening."""
    reopened = event(NOW + 9000, "reopen", processType=None, modeType=None, modeLogId=None, description=None)
    for order in permutations([opened(), script(), reopened]):
        issue = fold(*order)
        assert (issue.is_open, issue.mode_type, issue.description) == (True, "용접기", "전극 마모")


def test_a_later_opening_makes_known_what_an_issue_is() -> None:
    issue = fold(script(), opened())
    assert issue.mode_type == "용접기"


said = st.sampled_from([WELDER, SCRIPT, dict.fromkeys(FACTS)])
events = st.builds(
    lambda at, kind, fields: event(NOW + at, kind, **fields),
    st.sampled_from([0, 1, 30_001, 60_002]),
    st.sampled_from(["open", "solved", "reopen"]),
    said,
)


@given(st.lists(events, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_facts_do_not_depend_on_the_order_and_survive_a_snapshot(
    found: list[IssueEvent], rng: random.Random
) -> None:
    other = found + rng.choices(found, k=2)
    rng.shuffle(other)
    one = fold(*found)
    assert fold(*other) == one == issue_from_json(issue_to_json(one))
    told = [e for e in found if not e.is_solved and any(e.facts)]
    assert one.facts == (max(told, key=lambda e: e.rank).facts if told else Facts())


def test_an_issue_kept_by_older_rules_is_shown_replayed_and_written_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    welder, solve = opened(), script()
    kept = json.loads(issue_to_json(fold(welder, solve)))
    del kept["rules"]
    kept["newest"], kept["events"] = [1, 0, 1], [row[:3] for row in reversed(kept["events"])]
    kept["events"].sort(key=lambda row: row[0])
    with store.database.transaction() as db:
        db.execute("INSERT INTO issues (scope, id, data) VALUES ('s', 'A', ?)", (json.dumps(kept),))
        db.execute("INSERT INTO offsets VALUES ('s', 0, 9)")
    snapshot = store.load_snapshot("s")
    assert snapshot.issues == (fold(welder, solve),)
    assert (dict(snapshot.offsets), snapshot.outdated) == ({}, frozenset({"A"}))
    store.commit_batch("s", Batch(snapshot.issues, {0: 9}))
    again = store.load_snapshot("s")
    assert (again.offsets, again.outdated) == ({0: 9}, frozenset())


def test_an_older_snapshot_of_a_stamp_in_seconds_is_put_right(tmp_path: Path) -> None:
    """It was kept as of 1970, so that the alarm counted as solved for ever."""
    store = Store(tmp_path)
    solve = event(NOW, "solved")
    raised = event(NOW // 1000 + 60, timestamp="2025-08-08T08:01:00Z")
    kept = json.loads(issue_to_json(fold(solve, raised)))
    del kept["rules"]
    for row in (*kept["events"], *kept["marks"]):
        row[0] = row[0] // 1000 if row[0] != NOW else row[0]
    with store.database.transaction() as db:
        db.execute("INSERT INTO issues (scope, id, data) VALUES ('s', 'A', ?)", (json.dumps(kept),))
    [issue] = store.load_snapshot("s").issues
    assert issue.is_open
    assert issue == fold(solve, raised)


@pytest.mark.parametrize("given_id", [None, "", "LOG_1"])
def test_what_a_terminal_raises_has_a_log_id(given_id: str | None) -> None:
    fields: dict[str, str | None] = {"issue": "A", "processType": "장애접수", "modeType": "프레스", "description": None}
    raised = [
        json.loads(raise_issue({**fields, "modeLogId": given_id}, now_ms=NOW, operator="k", terminal="T").value)
        for _ in range(2)
    ]
    own = [value["modeLogId"] for value in raised]
    if given_id:
        assert own == [given_id] * 2
    else:
        assert own[0] != own[1]
        assert all(0 < len(one) <= 50 for one in own)


def test_the_record_is_read_as_it_came() -> None:
    """What is kept is the opening as received, byte by byte."""
    value = payload("A", **WELDER)
    issue = fold(event(NOW, **WELDER), script())
    assert issue.opened_as is not None
    assert issue.opened_as.value == record(value).value
