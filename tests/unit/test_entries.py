"""The transcript's entries: no step above the precautions or before the safety check, whatever chatbots answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import NOTICE
from core.chat.conversation.answering import INSTEAD, UnderWay
from core.chat.conversation.safety_gate import SECURED, asks_for_check, check_memo, is_secured
from core.chat.playbook.precautions import precautions_for
from core.domain.card import Card, CardAction, CardPhase
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.events import FAULT
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.lockout import Lockout, lockout_of
from core.domain.messages import CHATBOTS, Author, Message, MessageState
from core.domain.safety_checks import SECURING, Checked, checked
from tests.unit.making import NOW, event
from tui.view.entries import PRECAUTIONS, ConversationView, entries_of, first_new
from tui.view.entry import Entry

STEP = "valve shut, then loosen the flange"
"""What no entry may show too early."""
ALL = checked(SECURING, set(SECURING))


def issue_of(*events: object, process_type: str = FAULT, mode_type: str = "프레스") -> Issue:
    register = IssueRegister()
    for one in events or (event(NOW, processType=process_type, modeType=mode_type),):
        register.apply(one)  # type: ignore[arg-type]
    return register.issues["A"]


def message(author: Author = Author.CHATBOT, text: str = STEP, **fields: object) -> Message:
    return replace(Message("m", "A", author, "", text, NOW), **fields)  # type: ignore[arg-type]


def lockout(issue: Issue, checks: Checked = ALL) -> Lockout:
    return lockout_of(issue, checks, at_ms=NOW, by="kim")


def shows_step(entry: Entry) -> bool:
    return STEP in f"{entry.text}{entry.card}{entry.status}"


texts = st.sampled_from([STEP, f"x\n{STEP}", STEP * 200, "", "1. 2. 3.", "▲ " + STEP])
cards = st.sampled_from([None, Card(actions=(CardAction(STEP),)), Card(phases=(CardPhase("p", (STEP,)),))])
memos = st.sampled_from([{}, {SECURED: str(NOW + 10**9)}, check_memo(ALL), {INSTEAD: "plant"}])
said = st.builds(
    Message,
    id=st.uuids().map(str),
    issue=st.just("A"),
    author=st.sampled_from(sorted(CHATBOTS)),
    name=st.sampled_from(["", "kim"]),
    text=texts,
    at_ms=st.integers(0, 2 * NOW),
    state=st.sampled_from(list(MessageState)),
    precautions=st.sampled_from([(), ("gloves",), (STEP[:5],)]),
    confidence=st.sampled_from([None, 0.0, 0.7, 1.0]),
    memo=memos,
    problem=st.sampled_from([None, ChatProblem(ChatProblemKind.DROPPED)]),
    card=cards,
)


@given(st.lists(said, max_size=12), st.sampled_from(["프레스", "용접기", "unknown machine", ""]))
def test_without_the_check_no_step_is_shown_at_all(messages: list[Message], mode_type: str) -> None:
    issue = issue_of(mode_type=mode_type)
    entries = entries_of(issue, ConversationView(messages), NOW, new_from=messages[-1].id if messages else "")
    assert not any(shows_step(entry) for entry in entries)
    assert asks_for_check(issue, messages, None) is bool(messages)
    assert entries[0].precautions == precautions_for(mode_type, "en")


@given(st.lists(said, max_size=12), st.integers(0, 2 * NOW))
def test_with_the_check_every_step_stands_below_the_precautions(messages: list[Message], checked_ms: int) -> None:
    issue = issue_of()
    check = message(Author.SYSTEM, "", id="check", at_ms=checked_ms, memo=check_memo(ALL))
    entries = entries_of(issue, ConversationView([*messages, check], lockout=lockout(issue)), NOW)
    assert entries[0].id == PRECAUTIONS
    assert not shows_step(entries[0])
    shown = {entry.id for entry in entries if shows_step(entry)}
    assert {m.id for m in messages if STEP in f"{m.text}{m.card}"} == shown


def test_a_check_counts_for_its_own_episode_only() -> None:
    before = issue_of()
    assert is_secured(before, [], lockout(before))
    again = issue_of(event(NOW), event(NOW + 60_000, "solved"), event(NOW + 120_000))
    assert again.episode == 2
    assert not is_secured(again, [], lockout(before))


@pytest.mark.parametrize("author", list(Author))
def test_no_message_whoever_wrote_it_is_a_lockout(author: Author) -> None:
    issue, answer = issue_of(), message(id="answer")
    said = message(author, "", memo=check_memo(ALL) | {SECURED: str(NOW + 10**9)})
    assert not is_secured(issue, [said], None)
    assert not any(shows_step(entry) for entry in entries_of(issue, ConversationView([said, answer]), NOW))


def test_an_inspection_asks_nobody() -> None:
    issue = issue_of(process_type="정기점검")
    [raised, answer] = entries_of(issue, ConversationView([message()]), NOW)
    assert raised.author is Author.SYSTEM
    assert answer.text == STEP
    assert not asks_for_check(issue, [message()], None)


def test_precautions_given_above_are_not_given_again() -> None:
    issue = issue_of()
    above = precautions_for("프레스", "en")
    answers = [message(id="1", precautions=(*above, "harness")), message(id="2", precautions=(*above, "harness"))]
    entries = entries_of(issue, ConversationView(answers, lockout=lockout(issue)), NOW)
    assert [e.precautions for e in entries if e.id in "12"] == [("harness",), ()]


def test_states_are_told_in_words() -> None:
    problem = ChatProblem(ChatProblemKind.SILENT)
    under_way = UnderWay(Author.CHATBOT, NOW - 65_000, "sent")
    asked = [
        message(Author.OPERATOR, "a", id="failed", state=MessageState.FAILED, problem=problem),
        message(Author.OPERATOR, "a", id="cancelled", state=MessageState.CANCELLED),
        message(Author.OPERATOR, "a", id="sent", state=MessageState.SENT),
        message(Author.OPERATOR, "a", id="sending", state=MessageState.SENDING),
        message(id="partial", state=MessageState.PARTIAL, problem=problem),
        message(Author.OPERATOR, "a", id="answered", state=MessageState.ANSWERED),
        message(id="sure", confidence=0.82),
        message(id="unsure"),
        message(Author.BUILTIN, id="instead", memo={INSTEAD: "smartfactory"}),
    ]
    status = {entry.id: entry.status for entry in entries_of(issue_of(), ConversationView(asked, under_way), NOW)}
    assert status["failed"] == f"failed, Ctrl+R sends it again · {problem.words}"
    assert status["cancelled"] == "cancelled, Ctrl+R asks again"
    assert status["sent"] == "sent, chatbot thinks 01:05 · Esc cancels"
    assert status["sending"] == "waits for its turn"
    assert status["partial"] == f"not finished · {problem.words}"
    assert status["sure"] == "confidence high 0.82"
    assert status["instead"] == "in place of the chatbot"
    assert status["answered"] == status["unsure"] == "", "nothing is said of what is so of nearly every message"


def test_a_check_left_out_is_named_with_its_reason() -> None:
    issue = issue_of()
    memo = check_memo(Checked(("power", "lock", "tag", "nonsense"), ("power",), "sensor\x1b check"))
    [_safety, _raised, entry] = entries_of(
        issue, ConversationView([message(Author.SYSTEM, "", name="kim", memo=memo)]), NOW
    )
    assert entry.text == "kim goes ahead without: It is locked, the key is with me, It is tagged · sensor␛ check"


def test_before_the_check_no_words_of_a_chatbot_s_are_shown_in_any_field() -> None:
    refused = ChatProblem(ChatProblemKind.REJECTED, STEP)
    said = [
        message(Author.OPERATOR, "why", id="q", state=MessageState.FAILED, problem=refused),
        message(id="a", precautions=(STEP,), state=MessageState.PARTIAL, problem=refused),
    ]
    shown = "".join(
        f"{e.text}{e.status}{e.precautions}{e.card}" for e in entries_of(issue_of(), ConversationView(said), NOW)
    )
    assert STEP not in shown
    shown = "".join(
        f"{e.status}{e.precautions}"
        for e in entries_of(issue_of(), ConversationView(said, lockout=lockout(issue_of())), NOW)
    )
    assert STEP in shown


def test_an_inspection_that_came_upon_a_fault_asks_for_the_check() -> None:
    issue = issue_of(process_type="정기점검")
    checklist = message(Author.BUILTIN, "1. look", id="1", holds_steps=False)
    repair = message(Author.BUILTIN, STEP, id="2")
    assert is_secured(issue, [checklist], None)
    assert not is_secured(issue, [checklist, repair], None)
    assert is_secured(issue, [checklist, repair], lockout(issue))
    entries = entries_of(issue, ConversationView([checklist, repair]), NOW)
    assert entries[0].id == PRECAUTIONS
    assert not any(shows_step(entry) for entry in entries)


def test_the_line_stands_above_the_first_unread_words_whatever_the_plant_tells_after_them() -> None:
    issue = issue_of(event(NOW - 9_000), event(NOW + 9_000, "solved"))
    notes = [message(Author.PERSON, "one", id="1"), message(Author.PERSON, "two", id="2")]
    entries = entries_of(issue, ConversationView(notes), NOW)
    assert first_new(entries, 2) == "1"


def test_only_what_stands_below_all_that_was_said_is_marked_so() -> None:
    entries = entries_of(issue_of(), ConversationView([message(id="1"), message(id="2")], report=True), NOW)
    assert [entry.id for entry in entries if entry.ends] == ["report"]


def _question(**fields: object) -> Entry:
    [found] = [
        e
        for e in entries_of(issue_of(), ConversationView((message(Author.OPERATOR, "why", **fields),)), NOW)
        if e.id == "m"
    ]
    return found


def test_what_went_wrong_on_the_way_to_an_answer_is_told_beside_the_question() -> None:
    refused = ChatProblem(ChatProblemKind.DATABASE, "Data too long for column 'chatMessageId'")
    found = _question(state=MessageState.ANSWERED, memo={NOTICE: refused.kept})
    assert refused.words in found.status
    assert not found.alarming, "the answer came all the same"
    failed = _question(
        state=MessageState.FAILED, memo={NOTICE: refused.kept}, problem=ChatProblem(ChatProblemKind.LOGIN)
    )
    assert refused.words not in failed.status, "one reason at a time: the one that somebody can act on"


def test_a_server_s_own_words_on_the_way_wait_for_the_check_like_any_other() -> None:
    notice = ChatProblem(ChatProblemKind.SERVER, f"500 {STEP}")
    assert not shows_step(_question(state=MessageState.ANSWERED, memo={NOTICE: notice.kept}))


@pytest.mark.parametrize("kept", ["", "a kind of a later version\nx"])
def test_a_notice_that_is_none_is_left_out(kept: str) -> None:
    assert (
        _question(state=MessageState.ANSWERED, memo={NOTICE: kept}).status
        == _question(state=MessageState.ANSWERED).status
    )


def test_what_the_chatbot_cannot_know_is_not_offered_again() -> None:
    found = _question(state=MessageState.FAILED, problem=ChatProblem(ChatProblemKind.UNKNOWABLE, "log-id"))
    assert "Ctrl+R" not in found.status
    assert "modeLogId" in found.status
