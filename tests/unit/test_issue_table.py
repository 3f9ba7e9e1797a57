"""Rows of issues: which a start reads, what becomes of those of the schema before, and what damage costs."""

import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest

from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.store.codec import headers_to_json, issue_from_json, issue_to_json, newest_solve_ms, sealed, sum_of
from core.store.store import FILE_NAME, Batch, Store
from tests.unit.making import NOW, event

SCOPE = "c/t"
WINDOW = 30_000
LATIN_1 = "전".encode("cp949")


def known(issue: str, *, solved: bool) -> Issue:
    register = IssueRegister(WINDOW)
    register.apply(event(NOW, issue=issue))
    if solved:
        register.apply(event(NOW + 1, "solved", issue=issue))
    return register.issues[issue]


ISSUES = [known(f"PRESS_{n}", solved=n % 10 > 0) for n in range(50)] + [known("a  b", solved=True)]
OPEN = {issue.id for issue in ISSUES if issue.is_open}


def row_of_schema_4(issue: Issue) -> str:
    """As it was written until then: every value in base64."""
    text = issue_to_json(issue, WINDOW)
    for one in (issue.latest, issue.latest_open, issue.latest_solved):
        if one is not None:
            ours = issue_to_json(IssueRegister(WINDOW).apply(one).issue)  # type: ignore[union-attr]
            value = ours[ours.index('"events":[[') :].split(",", 1)[1].split("],", 1)[0] + "]"
            text = text.replace(value, f'"{b64encode(one.value).decode()}"')
    return sealed(text)


def make_schema_4(folder: Path) -> None:
    """A store as the version before left it."""
    Store(folder, reopen_after_ms=WINDOW).close()
    rows = [(SCOPE, issue.id, row_of_schema_4(issue)) for issue in ISSUES]
    with closing(sqlite3.connect(folder / FILE_NAME)) as old:
        old.executescript(
            "DROP INDEX issues_maybe_open; DROP INDEX issues_solved; DROP TABLE lookalikes;"
            "ALTER TABLE issues DROP COLUMN solved_ms; DELETE FROM meta; PRAGMA user_version = 4;"
        )
        old.executemany("INSERT INTO issues VALUES (?, ?, ?)", rows)
        old.execute("INSERT INTO offsets VALUES (?, 0, 7)", (SCOPE,))
        total = sum(sum_of(data) for _scope, _id, data in rows) % (1 << 32)
        old.execute("INSERT INTO snapshot_sums VALUES (?, ?, ?)", (SCOPE, len(rows), total))
        old.commit()


def test_a_store_of_schema_4_opens_with_everything_in_it(tmp_path: Path) -> None:
    make_schema_4(tmp_path)
    assert all("eyJpc3N1ZSI6" in row_of_schema_4(issue) for issue in ISSUES), "as it was: base64"
    with closing(Store(tmp_path, reopen_after_ms=WINDOW)) as store:
        first = store.load_snapshot(SCOPE, open_only=True)
        assert ({issue.id for issue in first.issues}, first.offsets, first.is_whole) == (OPEN, {0: 7}, True)
        assert store.issues.rows_read == len(ISSUES)
        assert store.issues.lookalikes(SCOPE) == ["a  b"]
        archive = store.archive(SCOPE)
        assert {issue.id: issue for issue in archive.some(archive.ids())} == {issue.id: issue for issue in ISSUES}
        assert {issue.id for issue in store.load_snapshot(SCOPE).issues} == {issue.id for issue in ISSUES}
    with closing(Store(tmp_path, reopen_after_ms=WINDOW)) as again:
        snapshot = again.load_snapshot(SCOPE, open_only=True)
        assert (set(snapshot.issues), snapshot.is_whole) == (set(first.issues), True)
        assert again.issues.rows_read == len(OPEN), "from the second start on what is open alone"


@pytest.fixture
def store() -> Store:
    store = Store(None, reopen_after_ms=WINDOW)
    store.commit_batch(SCOPE, Batch(ISSUES, {0: 7}))
    return store


def test_a_start_reads_the_rows_of_open_issues_alone(store: Store) -> None:
    snapshot = store.load_snapshot(SCOPE, open_only=True)
    assert {issue.id for issue in snapshot.issues} == OPEN
    assert store.issues.rows_read == len(OPEN)
    plan = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT rowid, data FROM issues WHERE scope = ? AND solved_ms IS NULL AND rowid > ?"
        " ORDER BY rowid",
        (SCOPE, 0),
    )
    assert ["issues_maybe_open" in row["detail"] for row in plan] == [True], "found by the index, in its order"


def test_what_is_solved_and_opened_again_moves_to_and_fro(store: Store) -> None:
    one = known("PRESS_1", solved=False)
    store.commit_batch(SCOPE, Batch([one], {0: 8}))
    assert {issue.id for issue in store.load_snapshot(SCOPE, open_only=True).issues} == OPEN | {"PRESS_1"}
    store.commit_batch(SCOPE, Batch([known("PRESS_1", solved=True)], {0: 9}))
    snapshot = store.load_snapshot(SCOPE, open_only=True)
    assert ({issue.id for issue in snapshot.issues}, snapshot.is_whole) == (OPEN, True)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM issues WHERE id = 'PRESS_0'",
        "UPDATE issues SET data = substr(data, 1, 40) WHERE id = 'PRESS_0'",
        "UPDATE issues SET solved_ms = 1 WHERE id = 'PRESS_0'",
    ],
)
def test_an_open_row_that_is_missing_or_hidden_shows(store: Store, damage: str) -> None:
    with store.database.transaction() as db:
        db.execute(damage)
    snapshot = store.load_snapshot(SCOPE, open_only=True)
    assert (snapshot.is_whole, snapshot.offsets) == (False, {})
    is_there = "solved_ms" in damage
    assert {issue.id for issue in snapshot.issues} == (OPEN if is_there else OPEN - {"PRESS_0"})


def test_the_ones_solved_last_are_found_by_their_time(store: Store) -> None:
    later = IssueRegister(WINDOW)
    for number in range(3):
        later.apply(event(NOW + 100 + number, "solved", issue=f"LATE_{number}"))
    store.commit_batch(SCOPE, Batch(list(later.issues.values()), {0: 9}))
    newest = store.archive(SCOPE).newest_solved(3)
    assert [issue.id for issue in newest] == ["LATE_2", "LATE_1", "LATE_0"]


def test_a_value_is_kept_byte_by_byte(store: Store) -> None:
    register = IssueRegister(WINDOW)
    register.apply(event(NOW, issue="A", description='"\\\u2028 \U0001f600 전극'))
    issue = register.issues["A"]
    text = issue_to_json(issue, WINDOW)
    assert issue_from_json(text, WINDOW) == issue
    assert "전극" in text or "\\\\uc804" in text, "as text"


def test_bytes_that_are_no_text_are_base64_as_ever() -> None:
    from core.store.codec import _kept, _received

    assert _received(b64encode(LATIN_1).decode()) == LATIN_1
    assert _kept(LATIN_1) == LATIN_1, "which the encoder writes as base64"
    assert headers_to_json(()) == "[]"


def test_when_an_issue_was_solved_is_told_at_a_glance() -> None:
    for issue in ISSUES:
        assert newest_solve_ms(issue_to_json(issue, WINDOW)) == (issue.solved_ms if not issue.is_open else None)
    with pytest.raises(ValueError, match="truncated"):
        newest_solve_ms("{")
