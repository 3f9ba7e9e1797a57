"""One Problem for every road: what was stored is read, details are inert, each kind says what it takes to pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.problems import Problem, ProblemKind, Remedy, kept_problem
from core.support.text import inert_line

STORED_IN_OUTBOX = [
    "name",
    "refused",
    "silent",
    "advertised",
    "tls",
    "certificate-expired",
    "certificate-name",
    "certificate-unknown",
    "certificate-asked",
    "no-tls",
    "tls-wanted",
    "hangs-up",
    "login",
    "mechanism",
    "token-refused",
    "topic-missing",
    "another-log",
    "no-read",
    "no-write",
    "too-large",
    "invalid-topic",
    "clock",
    "rejected",
    "store",
    "settings",
    "google-endpoint",
    "no-mechanism",
    "mechanism-unused",
    "not-encrypted",
    "login-incomplete",
    "port",
    "file",
    "issuer",
    "issuer-refuses",
    "issuer-unknown",
    "extensions",
    "no-region",
    "extra-missing",
    "credentials",
    "throttled",
    "connection-string",
    "other",
]
STORED_OF_CHAT = [
    "name",
    "refused",
    "silent",
    "tls",
    "https",
    "dropped",
    "server",
    "database",
    "proxy",
    "garbage",
    "too-large",
    "redirect",
    "login",
    "forbidden",
    "host",
    "unknown-issue",
    "unknowable",
    "deaf",
    "not-found",
    "rejected",
    "too-many",
    "busy",
    "closed",
    "no-answer",
    "no-report",
    "cancelled",
    "interrupted",
    "store",
    "defect",
]
"""As versions 2 to 4 of the schema hold them. A word may be added, none may go."""
STORED = [(ClusterProblemKind, word) for word in STORED_IN_OUTBOX] + [
    (ChatProblemKind, word) for word in STORED_OF_CHAT
]
KINDS: list[ProblemKind] = [*ClusterProblemKind, *ChatProblemKind]


@pytest.mark.parametrize(("kinds", "word"), STORED, ids=lambda value: str(value))
def test_what_was_ever_stored_is_read(kinds: type[ProblemKind], word: str) -> None:
    assert kept_problem(kinds, f"{word}\nbroker:9092") == Problem(kinds(word), "broker:9092")  # type: ignore[call-arg]


def test_no_problem_is_an_empty_text() -> None:
    assert kept_problem(ClusterProblemKind, "") is None


def test_a_word_of_a_newer_version_or_of_another_road_is_refused() -> None:
    for word in ("https", "from-tomorrow", "NAME", "core.domain"):
        with pytest.raises(ValueError, match="no ClusterProblemKind"):
            kept_problem(ClusterProblemKind, f"{word}\n")


@given(st.sampled_from(KINDS), st.text())
def test_kept_and_read_is_the_same(kind: ProblemKind, detail: str) -> None:
    problem = Problem(kind, detail)
    assert kept_problem(type(kind), problem.kept) == problem


@given(st.sampled_from(KINDS), st.text())
def test_a_detail_is_one_inert_line(kind: ProblemKind, detail: str) -> None:
    problem = Problem(kind, detail)
    assert problem.detail == inert_line(problem.detail)
    assert not set(problem.words) & set("\n\r\x1b\x9b\u202e")


def test_braces_in_a_detail_are_text() -> None:
    assert "{detail.__class__}" in ClusterProblem(ClusterProblemKind.OTHER, "{detail.__class__}").words


def test_an_alias_makes_problems_too() -> None:
    assert ChatProblem(ChatProblemKind.BUSY) == Problem(ChatProblemKind.BUSY)
    assert ClusterProblem(ClusterProblemKind.NAME) == Problem(ClusterProblemKind.NAME)


def test_only_these_need_somebody() -> None:
    parked = {kind.value for kind in ClusterProblemKind if kind.is_permanent}
    assert parked == {"no-write", "too-large", "invalid-topic", "clock", "rejected"}
    assert {kind.value for kind in ChatProblemKind if kind.is_permanent} == {
        "closed", "database", "forbidden", "host", "login", "not-found", "no-report", "redirect", "rejected",
        "unknowable",
    }  # fmt: skip


def test_what_the_settings_cause_is_never_parked() -> None:
    """Once they are right the record goes out: nobody must send it again."""
    ours = [kind for kind in KINDS if Problem(kind).is_ours]
    assert ClusterProblemKind.LOGIN_INCOMPLETE in ours
    assert not any(kind.is_permanent for kind in ours)
    assert all(kind.remedy is Remedy.SETTINGS for kind in ours)
