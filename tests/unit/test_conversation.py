"""Conversations around chatbots that answer, fail, break off, hang and come back."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.chat.backend import Answer, ChatError, ChatRequest, Earlier, Fragment, IssueBrief, Noted, Report, Retracted
from core.chat.conversation.answering import INSTEAD
from core.chat.conversation.conversations import Conversations
from core.chat.conversation.fallback import Fallback
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.errors import StoreError
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.messages import Author, Message, MessageState
from core.domain.problems import Problem
from core.store.store import Store
from tests.unit.making import event

REFUSED = ChatProblem(ChatProblemKind.REFUSED, "127.0.0.1:1")
Part = Fragment | Retracted | Noted | Answer | ChatProblem


@dataclass
class Scripted:
    """A chatbot that does what it is told: each question takes the next script, or repeats its name."""

    name: str
    author: Author
    scripts: list[Sequence[Part]] = field(default_factory=list)
    asked: list[ChatRequest] = field(default_factory=list)
    gate: asyncio.Event | None = None
    """Where set, every answer waits for it after its fragments."""
    reachable: bool = True
    closed: bool = False

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Retracted | Noted | Answer, None]:
        self.asked.append(request)
        script = self.scripts.pop(0) if self.scripts else [Answer(f"{self.name} says {request.text}")]
        for part in script:
            if isinstance(part, Problem):
                raise ChatError(part)
            if isinstance(part, Answer) and self.gate is not None:
                await self.gate.wait()
            yield part

    async def ping(self) -> None:
        if not self.reachable:
            raise ChatError(REFUSED)

    async def close(self) -> None:
        self.closed = True


@dataclass
class WithSessions(Scripted):
    """The same, with a server that remembers other people's sessions."""

    others: list[Earlier] = field(default_factory=list)
    read: int = 0

    def session_in(self, memo: Mapping[str, str]) -> str | None:
        return memo.get("session")

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]:
        self.read += 1
        return list(self.others)

    async def complete(self, session: str, summary: str) -> None: ...

    async def report(self, session: str, folder: Path) -> Report:
        raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))

    async def skip_report(self, session: str) -> None: ...


@dataclass
class Scene:
    store: Store
    chosen: Scripted
    builtin: Scripted
    fallback: Fallback
    talk: Conversations
    told: asyncio.Event

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.told.clear()
                with suppress(TimeoutError):  # not all that is waited for is told
                    await asyncio.wait_for(self.told.wait(), 0.02)

    async def settled(self, state: MessageState = MessageState.ANSWERED, count: int = 1) -> list[Message]:
        await self.until(lambda: sum(m.state is state for m in self.questions) >= count)
        return self.questions

    @property
    def all(self) -> tuple[Message, ...]:
        return self.talk.messages("A")

    @property
    def questions(self) -> list[Message]:
        return [m for m in self.all if m.author is Author.OPERATOR]

    def said_by(self, author: Author) -> list[str]:
        return [m.text for m in self.all if m.author is author]


def _register() -> dict[str, Issue]:
    register = IssueRegister()
    register.apply(event(1_000))
    register.apply(event(1_000, issue="B"))
    return dict(register.issues)


@asynccontextmanager
async def scene(
    chosen: Scripted | None = None, store: Store | None = None, *, run: bool = True, rest_s: float = 0.01
) -> AsyncIterator[Scene]:
    store = store or Store(None)
    chosen = chosen or Scripted("plant", Author.CHATBOT)
    builtin = Scripted("builtin", Author.BUILTIN)
    told, issues = asyncio.Event(), _register()
    fallback = Fallback(chosen, builtin, now_ms=lambda: 5_000, changed=told.set, first_rest_s=rest_s)
    talk = Conversations(
        store.conversations(""),
        fallback,
        find_issue=issues.get,
        past_fixes=lambda _issue: (),
        now_ms=lambda: 5_000,
        changed=lambda _message, _is_new: told.set(),
    )
    there = Scene(store, chosen, builtin, fallback, talk, told)
    tasks = [asyncio.create_task(talk.run()), asyncio.create_task(fallback.run())] if run else []
    try:
        yield there
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_builtin_speaks_first_and_the_chosen_one_answers() -> None:
    async with scene() as there:
        there.talk.open("A")
        there.talk.say("A", "왜?", name="kim")
        [question] = await there.settled()
        assert there.said_by(Author.BUILTIN) == ["builtin says "]
        assert there.said_by(Author.CHATBOT) == ["plant says 왜?"]
        assert question.problem is None
        assert there.chosen.asked[0].operator == "kim"


async def test_questions_wait_for_their_turn_and_keep_their_order() -> None:
    chosen = Scripted("plant", Author.CHATBOT, gate=asyncio.Event())
    async with scene(chosen) as there:
        for text in ("one", "two", "three"):
            there.talk.say("A", text, name="kim")
        await there.until(lambda: "A" in there.talk.under_way)
        assert [m.state for m in there.questions] == [MessageState.SENT, MessageState.SENDING, MessageState.SENDING]
        assert chosen.gate is not None
        chosen.gate.set()
        await there.settled(count=3)
        assert there.said_by(Author.CHATBOT) == ["plant says one", "plant says two", "plant says three"]
        assert not there.talk.under_way


async def test_one_issues_wait_holds_no_other_up() -> None:
    chosen = Scripted("plant", Author.CHATBOT, gate=asyncio.Event())
    async with scene(chosen) as there:
        there.talk.say("A", "slow", name="kim")
        await there.until(lambda: "A" in there.talk.under_way)
        there.talk.say("B", "1", name="kim")  # a choice: the built-in one goes on
        await there.until(lambda: any(m.state is MessageState.ANSWERED for m in there.talk.messages("B")))
        assert there.questions[0].state is MessageState.SENT


async def test_fragments_are_shown_before_the_answer_is_whole_and_the_whole_counts() -> None:
    chosen = Scripted(
        "model", Author.MODEL, [[Fragment("먼저 "), Fragment("정지"), Answer("먼저 정지하세요")]], gate=asyncio.Event()
    )
    async with scene(chosen) as there:
        there.talk.say("A", "?", name="kim")
        await there.until(lambda: "먼저 정지" in there.said_by(Author.MODEL))
        assert there.all[-1].state is MessageState.WRITING
        assert chosen.gate is not None
        chosen.gate.set()
        await there.settled()
        assert there.said_by(Author.MODEL) == ["먼저 정지하세요"]
        assert there.store.conversations("").of_issue("A")[-1].state is MessageState.SENT


async def test_thinking_that_was_taken_for_the_answer_is_taken_back_on_the_screen_and_in_the_store() -> None:
    dropped = ChatProblem(ChatProblemKind.DROPPED)
    scripts: list[Sequence[Part]] = [
        [Fragment("Okay, the user"), Retracted(), Fragment("밸브"), dropped],
        [Fragment("hm"), Retracted(), dropped],
    ]
    async with scene(Scripted("model", Author.MODEL, scripts)) as there:
        there.talk.say("A", "?", name="kim")
        await there.settled(MessageState.FAILED)
        assert there.said_by(Author.MODEL) == ["밸브"]
        there.talk.say("A", "??", name="kim")
        await there.settled(MessageState.FAILED, count=2)
        assert "hm" not in there.said_by(Author.MODEL)
        assert "hm" not in [m.text for m in there.store.conversations("").of_issue("A")]


async def test_an_escape_sequence_over_two_fragments_is_inert() -> None:
    chosen = Scripted(
        "model", Author.MODEL, [[Fragment("a\x1b"), Fragment("[2Jb"), ChatProblem(ChatProblemKind.DROPPED)]]
    )
    async with scene(chosen) as there:
        there.talk.say("A", "?", name="kim")
        await there.settled(MessageState.FAILED)
        [partial] = [m for m in there.all if m.author is Author.MODEL]
        assert partial.text == "a␛[2Jb"
        assert (partial.state, partial.problem) == (MessageState.PARTIAL, ChatProblem(ChatProblemKind.DROPPED))


@pytest.mark.parametrize("kind", [k for k in ChatProblemKind if k not in ("cancelled", "closed", "store")])
async def test_whatever_fails_the_builtin_answers_in_its_place_and_retry_asks_again(kind: ChatProblemKind) -> None:
    chosen = Scripted("plant", Author.CHATBOT, [[ChatProblem(kind, "x")]])
    async with scene(chosen, rest_s=60) as there:
        there.talk.say("A", "왜?", name="kim")
        [question] = await there.settled(MessageState.FAILED)
        assert question.problem == ChatProblem(kind, "x")
        await there.until(lambda: "builtin says 왜?" in there.said_by(Author.BUILTIN))
        assert there.all[-1].memo[INSTEAD] == "plant"
        there.talk.retry("A")
        [question] = await there.settled()
        assert there.said_by(Author.CHATBOT) == ["plant says 왜?"]
        await there.until(lambda: not there.fallback.is_open)


async def test_a_closed_conversation_is_answered_by_nobody_else() -> None:
    chosen = Scripted("plant", Author.CHATBOT, [[ChatProblem(ChatProblemKind.CLOSED)]])
    async with scene(chosen) as there:
        there.talk.say("A", "왜?", name="kim")
        await there.settled(MessageState.FAILED)
        there.talk.say("A", "그래도?", name="kim")
        await there.settled()
        assert there.said_by(Author.BUILTIN) == ["builtin says "]


async def test_an_open_circuit_answers_at_once_and_closes_by_itself() -> None:
    chosen = Scripted("plant", Author.CHATBOT, [[REFUSED]], reachable=False)
    async with scene(chosen) as there:
        await there.until(lambda: there.fallback.is_open)  # looked after at the start already
        there.talk.say("A", "one", name="kim")
        await there.settled(MessageState.FAILED)
        assert not chosen.asked
        chosen.scripts.clear()
        chosen.reachable = True
        await there.until(lambda: not there.fallback.is_open)
        there.talk.say("A", "two", name="kim")
        await there.settled()
        assert there.said_by(Author.CHATBOT) == ["plant says two"]


async def test_a_cancelled_answer_keeps_what_came_and_can_be_asked_again() -> None:
    chosen = Scripted("model", Author.MODEL, [[Fragment("half"), Answer("never")]], gate=asyncio.Event())
    async with scene(chosen) as there:
        there.talk.say("A", "?", name="kim")
        await there.until(lambda: "half" in there.said_by(Author.MODEL))
        assert there.talk.cancel("A")
        await there.settled(MessageState.CANCELLED)
        assert there.all[-1].state is MessageState.PARTIAL
        assert there.said_by(Author.BUILTIN) == ["builtin says "]
        assert not there.fallback.is_open
        assert chosen.gate is not None
        chosen.gate.set()
        there.talk.retry("A")
        await there.settled()
        assert not there.talk.cancel("A")


async def test_a_kill_in_the_middle_is_told_and_what_waited_is_asked(tmp_path: Path) -> None:
    chosen = Scripted("model", Author.MODEL, [[Fragment("half"), Answer("never")]], gate=asyncio.Event())
    store = Store(tmp_path)
    async with scene(chosen, store) as there:
        there.talk.say("A", "first", name="kim")
        await there.until(lambda: "half" in there.said_by(Author.MODEL))
        there.talk.say("A", "second", name="kim")
        copy = _copied(store, tmp_path / "killed")  # as the disk stands at this instant
    store.close()
    async with scene(Scripted("model", Author.MODEL), copy) as again:
        await again.settled()
        first, second = again.questions
        assert (first.state, first.problem) == (MessageState.FAILED, ChatProblem(ChatProblemKind.INTERRUPTED))
        assert second.state is MessageState.ANSWERED
        [partial] = [m for m in again.all if m.text == "half"]
        assert partial.state is MessageState.PARTIAL
        again.talk.retry("A")
        await again.settled(count=2)


def _copied(store: Store, folder: Path) -> Store:
    folder.mkdir()
    with store.database.transaction() as db:
        assert store.database.path is not None
        rows = db.execute("SELECT * FROM messages ORDER BY seq").fetchall()
    copy = Store(folder)
    with copy.database.transaction() as db:
        db.executemany(f"INSERT INTO messages VALUES ({', '.join('?' * len(rows[0]))})", map(tuple, rows))  # noqa: S608
    return copy


async def test_what_a_backend_noted_reaches_its_next_attempt() -> None:
    chosen = Scripted("plant", Author.CHATBOT, [[Noted({"asked": "1"}), ChatProblem(ChatProblemKind.SILENT)]])
    async with scene(chosen) as there:
        there.talk.say("A", "?", name="kim")
        await there.settled(MessageState.FAILED)
        there.talk.retry("A")
        await there.settled()
        assert [request.noted.get("asked") for request in chosen.asked] == [None, "1"]


async def test_a_question_in_other_words_replaces_the_one_that_failed() -> None:
    chosen = Scripted("plant", Author.CHATBOT, [[ChatProblem(ChatProblemKind.REJECTED, "too short")]])
    async with scene(chosen) as there:
        first = there.talk.say("A", "?", name="kim")
        await there.settled(MessageState.FAILED)
        there.talk.say("A", "why does it leak?", name="kim", instead_of=first.id)
        await there.settled()
        assert [m.state for m in there.questions] == [MessageState.REPLACED, MessageState.ANSWERED]
        there.talk.retry("A")
        assert [m.state for m in there.questions] == [MessageState.REPLACED, MessageState.ANSWERED]


async def test_a_chatbot_called_by_name_is_asked_whatever_the_circuit_says() -> None:
    chosen = Scripted("plant", Author.CHATBOT)
    async with scene(chosen, rest_s=60) as there:
        there.fallback.failed(chosen, REFUSED)
        there.talk.say("A", "hello", name="kim", to="plant")
        await there.settled()
        there.talk.say("A", "hello", name="kim", to="builtin")
        await there.settled(count=2)
        assert [len(chosen.asked), there.said_by(Author.BUILTIN)[-1]] == [1, "builtin says hello"]


async def test_a_walk_goes_on_with_the_one_who_began_it() -> None:
    async with scene() as there:
        there.talk.open("A")
        await there.until(lambda: bool(there.said_by(Author.BUILTIN)))
        there.talk.say("A", "다음", name="kim")
        await there.settled()
        there.talk.say("A", "펌프가 시끄러워요", name="kim")
        await there.settled(count=2)
        there.talk.say("A", "다음", name="kim")
        await there.settled(count=3)
        assert there.said_by(Author.CHATBOT) == ["plant says 펌프가 시끄러워요", "plant says 다음"]


async def test_notes_to_people_reach_no_chatbot() -> None:
    async with scene() as there:
        there.talk.note("A", "비밀번호는 1234", name="lee")
        there.talk.say("A", "?", name="kim")
        await there.settled()
        assert "1234" not in str(there.chosen.asked)


async def test_other_peoples_sessions_are_read_once_and_shown_once() -> None:
    others = [
        Earlier("s:1", Author.PERSON, "lee\x1b", "유압?", 2_000, "7"),
        Earlier("s:2", Author.CHATBOT, "", "필터\u202e를 보세요", 3_000, "7"),
    ]
    chosen = WithSessions("plant", Author.CHATBOT, others=others)
    async with scene(chosen) as there:
        there.talk.open("A")
        await there.until(lambda: len(there.said_by(Author.CHATBOT)) == 1)
        await there.until(lambda: bool(there.said_by(Author.BUILTIN)))
        there.talk.open("A")
        there.talk.say("A", "?", name="kim")
        await there.settled()
        assert chosen.read == 1
        assert (there.said_by(Author.PERSON), there.said_by(Author.CHATBOT)[0]) == (["유압?"], "필터�를 보세요")
        assert next(m.name for m in there.all if m.author is Author.PERSON) == "lee␛"


async def test_a_session_of_a_question_without_an_answer_is_left_to_its_retry(tmp_path: Path) -> None:
    """The kill came between the server's answer and ours: the retry finds it, so it must not be shown twice."""
    store = Store(tmp_path)
    async with scene(Scripted("plant", Author.CHATBOT, [[ChatProblem(ChatProblemKind.SILENT)]]), store) as there:
        there.talk.say("A", "유압?", name="kim")
        await there.settled(MessageState.FAILED)
    mine = [
        Earlier("s:1", Author.PERSON, "kim", "유압?", 2_000, "7"),
        Earlier("s:2", Author.CHATBOT, "", "필터", 3_000, "7"),
    ]
    chosen = WithSessions("plant", Author.CHATBOT, [[Answer("필터")]], others=mine)
    async with scene(chosen, store) as again:
        again.talk.open("A")
        await again.until(lambda: chosen.read == 1)
        again.talk.retry("A")
        await again.settled()
        assert again.said_by(Author.CHATBOT) == ["필터"]
        assert not again.said_by(Author.PERSON)


async def test_many_conversations_are_looked_at_and_few_are_held() -> None:
    async with scene(run=False) as there:
        for number in range(200):
            there.talk.note(f"I{number}", "x", name="kim")
            there.talk.open(f"I{number}")
        assert len(there.talk._message_log._messages) <= 30
        assert [m.text for m in there.talk.messages("I3")] == ["x"]


async def test_an_answer_that_cannot_be_kept_leaves_a_question_that_can_be_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = Scripted("model", Author.MODEL, [[Fragment("hello "), Answer("hello all")]], gate=asyncio.Event())
    async with scene(chosen) as there:
        there.talk.say("A", "q", name="kim")
        await there.until(lambda: "hello " in there.said_by(Author.MODEL))
        table = there.talk._message_log.store
        save, failures = table.save, [StoreError("disk is full")]

        def once_broken(*messages: Message, also: Any = None) -> None:
            if failures:
                raise failures.pop()
            save(*messages, also=also)

        monkeypatch.setattr(table, "save", once_broken)
        assert chosen.gate is not None
        chosen.gate.set()
        [question] = await there.settled(MessageState.FAILED)
        assert question.problem is not None
        assert question.problem.kind is ChatProblemKind.STORE
        assert there.all[-1].state is MessageState.PARTIAL
        there.talk.retry("A")
        await there.settled(MessageState.ANSWERED)


async def test_what_is_under_way_ends_in_the_cluster_in_which_it_began() -> None:
    chosen = Scripted("model", Author.MODEL, [[Fragment("hello "), Answer("hello all")]], gate=asyncio.Event())
    async with scene(chosen) as there:
        there.talk.say("A", "q", name="kim")
        await there.until(lambda: "hello " in there.said_by(Author.MODEL))
        other = there.store.conversations("other")
        other.save(Message("x", "A", Author.OPERATOR, "kim", "waiting", 1, MessageState.SENDING))
        other.save(Message("b", "A", Author.BUILTIN, "", "hi", 1, MessageState.SENT))
        there.talk.move(other)
        await there.until(lambda: "A" in there.talk.under_way)
        await there.until(lambda: there.store.conversations("").of_issue("A")[-1].state is MessageState.PARTIAL)
        assert [m.id for m in other.of_issue("A")] == ["x", "b"]
        assert there.talk.cancel("A")


async def test_a_defect_of_the_built_in_assistant_keeps_no_question_from_the_chatbot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene() as there:

        async def broken(_request: ChatRequest) -> Any:
            raise KeyError("a plant's own playbook")
            yield

        monkeypatch.setattr(there.builtin, "answer", broken)
        there.talk.say("A", "q", name="kim")
        await there.settled(MessageState.ANSWERED)
        assert len(there.chosen.asked) == 1


async def test_people_in_danger_are_answered_before_the_chatbot_thinks() -> None:
    chosen = Scripted("plant", Author.CHATBOT, gate=asyncio.Event())
    async with scene(chosen) as there:
        there.talk.say("A", "사람이 끼었어요", name="kim")
        await there.until(lambda: len(there.said_by(Author.BUILTIN)) == 2)
        assert "A" in there.talk.under_way
        assert chosen.gate is not None
        chosen.gate.set()
        await there.settled(MessageState.ANSWERED)


async def test_whoever_goes_through_the_list_reads_no_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = WithSessions("plant", Author.CHATBOT)
    async with scene(chosen) as there:
        for issue in ("B", "C", "A"):
            there.talk.open(issue)
        await there.until(lambda: "A" in there.talk._read_back)
        assert there.talk._read_back == {"A"}
