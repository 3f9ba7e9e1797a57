"""What the commands tell beside the open issues: what could not be read, what was folded away, which of two it is."""

import json
import time
import unicodedata

from tests.unit.commands import andon, started
from tests.unit.test_commands_embedded import broker as broker
from tests.unit.test_commands_embedded import given as given
from tests.unit.test_commands_embedded import send, value_of

HOUR = 3_600_000


def test_what_could_not_be_read_is_told_by_issues_and_doctor(given: dict[str, str]) -> None:
    assert "could not be read" not in andon(given, "issues").complaint
    send(given, value_of("A"))
    send(given, json.dumps([{"issue": "B"}]).encode())
    plain = andon(given, "issues")
    assert plain.code == 0
    assert "1 record could not be read" in plain.complaint
    assert "JSON array" in plain.complaint
    assert "each issue as a record" in plain.complaint
    as_json = andon(given, "issues", "--json")
    issue, unreadable = as_json.json()
    assert (issue["issue"], issue["state"]) == ("A", "open")
    assert issue.keys() <= unreadable.keys(), "whoever looks for an issue's keys finds them"
    assert (unreadable["issue"], unreadable["isSolved"], unreadable["state"]) == (None, None, "quarantined")
    assert unreadable["reason"] == "The value is a JSON array, not one issue"
    assert "could not be read" in as_json.complaint
    checks = {check["name"]: check for check in andon(given, "doctor", "--json").json()["checks"]}
    assert checks["records"]["verdict"] == "warning"
    assert "JSON array" in checks["records"]["found"]


def test_an_issue_is_named_as_it_is_shown_and_one_of_two_exactly(given: dict[str, str]) -> None:
    nfd = unicodedata.normalize("NFD", "프레스 1")
    send(given, value_of(nfd), value_of("B\u200b"), value_of("B "))
    listed = andon(given, "issues").text
    assert "프레스 1" in listed
    assert "B\ufffd ‹U+200B›" in listed
    assert "B ‹U+0020›" in listed
    unclear = andon(given, "resolve", "B")
    assert unclear.code in (1, 2)
    assert "B\ufffd ‹U+200B›" in unclear.complaint
    assert "B ‹U+0020›" in unclear.complaint
    for name in ("프레스 1", "B ‹U+0020›"):
        resolved = andon(given, "resolve", name)
        assert resolved.code == 0, resolved.complaint
    left = andon(given, "issues", "--json").json()
    assert [issue["issue"] for issue in left] == ["B\u200b"]
    assert andon(given, "export", "프레스 1").code == 0


def test_a_raise_that_the_clocks_overrule_is_told_and_reopened(given: dict[str, str]) -> None:
    now = int(time.time() * 1000)
    raised = andon(given, "raise", "--issue", "A", "--process-type", "장애접수", "--mode-type", "용접기")
    assert raised.code == 0
    opened = andon(given, "issues", "--json").json()[0]
    assert 0 < len(opened["modeLogId"]) <= 50
    with started(given, "watch", "--json") as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["change"] == "opened"
        send(given, value_of("A", isSolved=True, timestamp="x"), at=now + HOUR)
        assert json.loads(watching.stdout.readline())["change"] == "solved"
        send(given, value_of("A", timestamp="y"), at=now + 60_000)
        told = json.loads(watching.stdout.readline())
        assert (told["change"], told["issue"]["state"]) == ("raised-again", "raised-again")
