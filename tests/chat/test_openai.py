"""A language model over real TCP: whole and broken streams, refusals, the key, cancelling."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from core.chat.backend import CUT, Answer, ChatError, ChatRequest, Fragment, Retracted, Turn
from core.chat.conversation.factory import chosen_backend
from core.chat.http.client import ChatServer
from core.chat.openai.backend import MODEL, OpenAI, base_address
from core.domain.chat_problems import ChatProblemKind
from core.domain.messages import Author
from core.settings import SettingsError, load_settings
from tests.chat.openai_server import DONE, Drop, Model, Script, Wait, chunk, event, long_answer, make_model
from tests.chat.serving import free_port
from tests.chat.talking import LONG_S, SHORT_S, brief, until

LONG_WAIT = Wait(60)
SERVER, REJECTED, GARBAGE = ChatProblemKind.SERVER, ChatProblemKind.REJECTED, ChatProblemKind.GARBAGE


@pytest.fixture(scope="module")
def model_server() -> Iterator[Model]:
    with make_model() as model:
        yield model


@pytest.fixture
def model(model_server: Model) -> Model:
    model_server.reset()
    return model_server


@asynccontextmanager
async def talking_to(
    model: Model, *, name: str = "m", timeout_s: float = LONG_S, stall_s: float = LONG_S, key: str = ""
) -> AsyncIterator[OpenAI]:
    server = ChatServer(
        model.url,
        key=SecretStr(key) if key else None,
        key_header="Authorization",
        key_prefix="Bearer ",
        timeout_s=timeout_s,
    )
    backend = OpenAI(server, model=name, history=4_000, stall_s=stall_s)
    try:
        yield backend
    finally:
        await backend.close()


def question(text: str = "왜 멈췄죠?", *turns: Turn) -> ChatRequest:
    return ChatRequest(brief(), turns, text, "ko", "김민수")


async def asked(backend: OpenAI, *, pieces: list[str] | None = None) -> tuple[list[str], Answer]:
    pieces = [] if pieces is None else pieces
    async with aclosing(backend.answer(question())) as parts:
        async for part in parts:
            if isinstance(part, Fragment):
                pieces.append(part.text)
            elif isinstance(part, Answer):
                return pieces, part
    raise AssertionError("no answer and no error")


async def test_an_answer_comes_in_pieces_and_then_whole(model: Model) -> None:
    model.says("유압", "을 ", "확인하세요.")
    async with talking_to(model, key="sk-1") as backend:
        pieces, answer = await asked(backend)
    assert pieces == ["유압", "을 ", "확인하세요."]
    assert answer == Answer("유압을 확인하세요.", memo={MODEL: "m"})
    assert answer.holds_steps, "whatever a model says may tell somebody to do something"
    [body] = model.seen
    assert body["stream"] is True
    assert body["model"] == "m"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert model.headers[0]["authorization"] == "Bearer sk-1"
    assert model.paths == ["/v1/chat/completions"]


async def test_without_a_name_the_first_model_of_the_server_is_taken_once(model: Model) -> None:
    model.says("a")
    async with talking_to(model, name="") as backend:
        assert (await asked(backend))[1].memo[MODEL] == "gemma-3"
        await asked(backend)
    assert model.paths.count("/v1/models") == 1


async def test_what_servers_send_between_the_words_is_no_part_of_them(model: Model) -> None:
    usage = event({"object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}})
    model.script = [
        ": ping\n\n",
        chunk(None, role="assistant"),
        chunk("", reasoning_content="hm"),
        chunk("정"),
        ": OPENROUTER PROCESSING\r\n\r\n",
        "event: x\n" + chunk("지"),
        "id: 7\nretry: 10\n\n",
        chunk(None, finish="stop"),
        usage,
        DONE,
    ]
    async with talking_to(model) as backend:
        pieces, answer = await asked(backend)
    assert pieces == ["정", "지"]
    assert answer.text == "정지"


@pytest.mark.parametrize("finish", ["length", "content_filter"])
async def test_an_answer_that_the_model_cut_says_so(model: Model, finish: str) -> None:
    model.says("반만", finish=finish)
    async with talking_to(model) as backend:
        assert (await asked(backend))[1].memo[CUT] == finish


async def test_a_server_that_does_not_stream_is_understood(model: Model) -> None:
    message = {"role": "assistant", "content": "<think>hm</think>\n한번에"}
    model.answer = JSONResponse({"choices": [{"message": message, "finish_reason": "stop"}]})
    async with talking_to(model) as backend:
        assert (await asked(backend))[1].text == "한번에"


@pytest.mark.parametrize("script", [[chunk("a", finish="stop")], [chunk("a"), DONE]])
async def test_either_end_of_a_stream_is_an_end(model: Model, script: Script) -> None:
    model.script = script
    async with talking_to(model) as backend:
        assert (await asked(backend))[1].text == "a"


@pytest.mark.parametrize(
    ("script", "kind", "came"),
    [
        ([chunk("반"), Drop()], ChatProblemKind.DROPPED, ["반"]),
        ([chunk("반")], ChatProblemKind.DROPPED, ["반"]),
        ([chunk("반"), "data: {oops\n\n"], ChatProblemKind.GARBAGE, ["반"]),
        ([chunk("반"), "data: 7\n\n"], ChatProblemKind.GARBAGE, ["반"]),
        ([chunk("반"), event({"choices": "?"})], ChatProblemKind.GARBAGE, ["반"]),
        ([chunk("반"), event({"error": {"message": "out of memory", "code": 500}})], ChatProblemKind.SERVER, ["반"]),
        ([event({"error": {"message": "too long", "code": 400}})], ChatProblemKind.REJECTED, []),
        ([event({"error": "oom"})], ChatProblemKind.SERVER, []),
        ([chunk("반"), LONG_WAIT], ChatProblemKind.SILENT, ["반"]),
        ([chunk("", finish="stop"), DONE], ChatProblemKind.NO_ANSWER, []),
        ([chunk(" \n", finish="content_filter"), DONE], ChatProblemKind.NO_ANSWER, [" \n"]),
        ([chunk("x" * 200_000)], ChatProblemKind.TOO_LARGE, []),
        ([b"\xff\xfe\x00 not text\n\n"], ChatProblemKind.GARBAGE, []),
        ([chunk("반"), chunk("", finish="stop")[:-20]], ChatProblemKind.DROPPED, ["반"]),
        ([chunk("반"), event({"object": "error", "message": "KV cache full", "code": 500}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"object": "error", "message": "too long", "code": 400}), DONE], REJECTED, ["반"]),
        ([chunk("반"), 'event: error\ndata: {"message": "KV cache full"}\n\n', DONE], SERVER, ["반"]),
        ([chunk("반"), "event: error\ndata: KV cache full\n\n", DONE], SERVER, ["반"]),
        ([chunk("반"), event({"detail": "KV cache full"}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"detail": [{"loc": ["body"], "msg": "KV cache full"}]}), DONE], SERVER, ["반"]),
        ([chunk("반"), 'error: {"code": 500, "message": "KV cache full"}\n\n', DONE], SERVER, ["반"]),
        ([chunk("반"), "Internal Server Error: KV cache full\n\n", DONE], SERVER, ["반"]),
        ([chunk("반"), event({"message": "KV cache full"}), DONE], SERVER, ["반"]),
        (
            [chunk("반"), event({"choices": [{"delta": {}, "error": {"message": "KV cache full"}}]}), DONE],
            SERVER,
            ["반"],
        ),
        ([chunk("반"), chunk("", finish="KV cache full"), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"choices": [], "detail": "KV cache full"}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"usage": {"total_tokens": 1}, "message": "KV cache full"}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"choices": None, "usage": {}, "error_message": "KV cache full"}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"errors": [{"message": "KV cache full"}]}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({"choices": [{"delta": {"error": "KV cache full"}}]}), DONE], SERVER, ["반"]),
        (
            [chunk("반"), event({"choices": [{"delta": {}}], "status": 500, "message": "KV cache full"}), DONE],
            SERVER,
            ["반"],
        ),
        ([chunk("반"), event({"choices": [{"delta": {}, "finish_reason": {"type": "error"}}]}), DONE], GARBAGE, ["반"]),
        ([chunk("반"), "event: timeout\n\n", DONE], SERVER, ["반"]),
        ([chunk("반"), "event: failure\n" + chunk("더"), DONE], SERVER, ["반"]),
        ([chunk("반"), "data: [ERROR] KV cache full\n\n", DONE], SERVER, ["반"]),
        ([chunk("반"), 'data: "KV cache full"\n\n', DONE], SERVER, ["반"]),
        ([chunk("반", finish="stop"), event({"error": {"message": "KV cache full"}}), DONE], SERVER, ["반"]),
        ([chunk("반"), event({}), DONE], ChatProblemKind.GARBAGE, ["반"]),
        ([chunk("반"), event({"status": "ok"}), DONE], ChatProblemKind.GARBAGE, ["반"]),
    ],
)
async def test_a_broken_stream_keeps_what_came_and_says_why(
    model: Model, script: Script, kind: ChatProblemKind, came: list[str]
) -> None:
    model.script = script
    pieces: list[str] = []
    async with talking_to(model, stall_s=SHORT_S) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend, pieces=pieces)
    assert caught.value.problem.kind is kind
    assert pieces == came
    if any("KV cache full" in str(part) for part in script):
        assert "KV cache full" in caught.value.problem.words


async def test_an_error_beside_the_words_of_a_whole_body_is_told(model: Model) -> None:
    choice = {"message": {"content": "전원을 차단하고"}, "finish_reason": "stop"}
    for fault in ({"detail": "GPU lost"}, {"status": "error", "message": "GPU lost"}):
        model.answer = JSONResponse({"choices": [choice], **fault})
        async with talking_to(model) as backend:
            with pytest.raises(ChatError, match="GPU lost"):
                await asked(backend)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream", "", "text/html"])
async def test_the_first_bytes_tell_what_an_answer_is(model: Model, kind: str) -> None:
    model.content_type = kind
    whole = {"object": "chat.completion", "choices": [{"message": {"content": "정지"}, "finish_reason": "stop"}]}
    for script in ([chunk("정"), chunk("지", finish="stop"), DONE], ["\ufeff\n", json.dumps(whole)], ["data: [DONE]"]):
        model.script = [": hello\n\n", *script] if len(script) == 3 else script
        async with talking_to(model) as backend:
            if script == ["data: [DONE]"]:
                with pytest.raises(ChatError) as caught:
                    await asked(backend)
                assert caught.value.problem.kind is ChatProblemKind.NO_ANSWER
            else:
                assert (await asked(backend))[1].text == "정지"


async def test_thoughts_without_an_opening_mark_are_taken_back_once_and_then_never_told(model: Model) -> None:
    model.says("Okay, the user", " asks.", "</think>", "밸브를 잠그세요.")
    async with talking_to(model) as backend:
        parts = [part async for part in backend.answer(question())]
        assert Retracted() in parts
        assert isinstance(parts[-1], Answer)
        assert parts[-1].text == "밸브를 잠그세요."
        pieces, answer = await asked(backend)
    assert pieces == ["밸브를 잠그세요."]
    assert answer.text == "밸브를 잠그세요."


async def test_one_word_is_enough_to_know_that_a_model_answers(model: Model) -> None:
    async with talking_to(model) as backend:
        model.script = [chunk("", reasoning_content="hm"), LONG_WAIT]
        await backend.try_out(question())
        await until(model.left.is_set)
        model.script = [chunk("", finish="stop"), DONE]
        with pytest.raises(ChatError) as caught:
            await backend.try_out(question())
    assert caught.value.problem.kind is ChatProblemKind.NO_ANSWER


async def test_a_stream_without_any_end_is_too_large(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.chat.openai.backend.STREAM_LIMIT", 100_000)
    model.script = [": " + "x" * 1_000] * 1_000
    async with talking_to(model) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    assert caught.value.problem.kind is ChatProblemKind.TOO_LARGE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ChatProblemKind.LOGIN),
        (403, ChatProblemKind.FORBIDDEN),
        (404, ChatProblemKind.NOT_FOUND),
        (400, ChatProblemKind.REJECTED),
        (422, ChatProblemKind.REJECTED),
        (429, ChatProblemKind.TOO_MANY),
        (500, ChatProblemKind.SERVER),
        (503, ChatProblemKind.SERVER),
    ],
)
async def test_each_refusal_is_told_in_its_own_words(model: Model, status: int, kind: ChatProblemKind) -> None:
    model.answer = JSONResponse({"error": {"message": "why\x1b[2J", "type": "x"}}, status)
    async with talking_to(model) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    problem = caught.value.problem
    assert problem.kind is kind
    assert "\x1b" not in problem.words
    if kind in (ChatProblemKind.SERVER, ChatProblemKind.REJECTED, ChatProblemKind.NOT_FOUND):
        assert "why" in problem.words


async def test_a_proxy_s_page_is_no_answer(model: Model) -> None:
    model.answer = HTMLResponse("<html>welcome</html>")
    async with talking_to(model) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    assert caught.value.problem.kind is ChatProblemKind.GARBAGE


async def test_a_redirect_takes_neither_the_question_nor_the_key_with_it(model: Model) -> None:
    with make_model() as elsewhere:
        model.answer = RedirectResponse(f"{elsewhere.url}/chat/completions", 307)
        async with talking_to(model, key="sk-1") as backend:
            with pytest.raises(ChatError) as caught:
                await asked(backend)
        assert caught.value.problem.kind is ChatProblemKind.REDIRECT
        assert not elsewhere.headers


async def test_cancelling_hangs_up(model: Model) -> None:
    slowly: list[str | Wait] = [Wait(0.02), chunk("더")]
    model.script = [chunk("반"), *(slowly * 500), LONG_WAIT]
    first = asyncio.Event()

    async def listen(backend: OpenAI) -> None:
        async with aclosing(backend.answer(question())) as parts:
            async for _part in parts:
                first.set()

    async with talking_to(model) as backend:
        listening = asyncio.create_task(listen(backend))
        await first.wait()
        listening.cancel()
        await asyncio.wait({listening})
        assert listening.cancelled()
        await until(model.left.is_set)


async def test_two_thousand_fragments_arrive_whole(model: Model) -> None:
    model.script = long_answer(2_000, 0)
    async with talking_to(model) as backend:
        pieces, answer = await asked(backend)
    assert len(pieces) == 2_000
    assert answer.text == "".join(pieces)


async def test_ping_counts_a_server_without_a_list_as_there(model: Model) -> None:
    async with talking_to(model) as backend:
        for status in (200, 404, 405):
            model.models_status = status
            await backend.ping()
        model.models_status = 401
        with pytest.raises(ChatError) as caught:
            await backend.ping()
    assert caught.value.problem.kind is ChatProblemKind.LOGIN


@pytest.mark.parametrize("listed", [{"data": []}, {"data": "?"}, {"data": [{"id": 7}, 3]}, {}])
async def test_a_server_without_models_is_told(model: Model, listed: object) -> None:
    model.models = listed
    async with talking_to(model, name="") as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    assert caught.value.problem.kind is ChatProblemKind.GARBAGE


async def test_nobody_there_is_told() -> None:
    async with talking_to(Model(url=f"http://127.0.0.1:{free_port()}/v1")) as backend:
        with pytest.raises(ChatError) as caught:
            await backend.ping()
    assert caught.value.problem.kind is ChatProblemKind.REFUSED


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://gpu:8000", "http://gpu:8000/v1"),
        ("http://gpu:8000/", "http://gpu:8000/v1"),
        ("http://gpu:8000/v1", "http://gpu:8000/v1"),
        ("https://cloud/openai/v1/", "https://cloud/openai/v1"),
        ("http://gpu:8000/v1/chat/completions", "http://gpu:8000/v1"),
        ("http://gpu:8000/chat/completions/", "http://gpu:8000/v1"),
        ("http://gpu:8000/v1/models", "http://gpu:8000/v1"),
    ],
)
def test_an_address_without_a_path_gets_the_usual_one(url: str, base: str) -> None:
    assert base_address(url) == base


async def test_the_settings_choose_it(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_CHAT", "openai")
    with pytest.raises(SettingsError):
        chosen_backend(load_settings())
    monkeypatch.setenv("ANDON_CHAT_URL", model.url)
    monkeypatch.setenv("ANDON_CHAT_API_KEY", "sk-2")
    backend = chosen_backend(load_settings())
    model.says("네")
    assert isinstance(backend, OpenAI)
    assert backend.author is Author.MODEL
    assert (await asked(backend))[1].text == "네"
    assert model.headers[-1]["authorization"] == "Bearer sk-2"
    await backend.close()


async def test_a_model_that_the_server_no_longer_has_is_looked_up_again(model: Model) -> None:
    model.says("a")
    async with talking_to(model, name="") as backend:
        await asked(backend)
        model.models = {"data": [{"id": "newer"}]}
        model.gone = {"gemma-3"}
        assert (await asked(backend))[1].memo[MODEL] == "newer"


async def test_a_model_that_was_chosen_and_is_not_there_is_told(model: Model) -> None:
    model.gone = {"m"}
    async with talking_to(model) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    assert caught.value.problem.kind is ChatProblemKind.NOT_FOUND


async def test_events_without_words_are_no_progress(model: Model) -> None:
    empty = event({"choices": []})
    model.script = [part for _ in range(500) for part in (empty, Wait(0.05))]
    async with talking_to(model, timeout_s=SHORT_S, stall_s=SHORT_S) as backend:
        with pytest.raises(ChatError) as caught:
            await asked(backend)
    assert caught.value.problem.kind is ChatProblemKind.SILENT


@pytest.mark.parametrize("end", [Drop(), Wait(60)])
async def test_what_breaks_after_the_last_word_takes_no_answer_away(model: Model, end: Drop | Wait) -> None:
    model.script = [chunk("다 왔어요"), chunk("", finish="stop"), Wait(0.05), end]
    async with talking_to(model, stall_s=SHORT_S) as backend:
        assert (await asked(backend))[1].text == "다 왔어요"


async def test_a_strange_model_name_is_kept_as_something_that_can_be(model: Model) -> None:
    model.models = {"data": [{"id": "m\x1b[2J"}]}
    model.says("a")
    async with talking_to(model, name="") as backend:
        assert "\x1b" not in (await asked(backend))[1].memo[MODEL]
    assert model.seen[-1]["model"] == "m\x1b[2J"
