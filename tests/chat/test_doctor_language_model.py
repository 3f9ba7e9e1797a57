"""The doctor asks a language model for one word, and says which setting keeps it from answering."""

from collections.abc import Iterator

import pytest
from starlette.responses import HTMLResponse, JSONResponse

from core.doctor.chatbot import chatbot
from core.doctor.check import Finding, Verdict
from core.settings import Settings
from tests.chat.openai_server import DONE, Model, chunk, make_model
from tests.chat.serving import free_port


@pytest.fixture
def model() -> Iterator[Model]:
    with make_model() as model:
        yield model


async def examined(url: str, **more: str) -> Finding:
    return await chatbot(Settings.model_validate({"chat": "openai", "chat_url": url, **more}))


async def test_a_model_that_says_a_word_is_well(model: Model) -> None:
    model.says("준비", "됐습니다")
    assert (await examined(model.url)).verdict is Verdict.OK
    assert (await examined(f"{model.url}/chat/completions")).verdict is Verdict.OK, "the whole endpoint as address"
    assert (await examined(model.url.removesuffix("/v1"))).verdict is Verdict.OK, "no /v1"


async def test_a_server_that_lists_models_and_never_answers_is_not_well(model: Model) -> None:
    model.script = [chunk("", finish="stop"), DONE]
    finding = await examined(model.url)
    assert finding.verdict is Verdict.FAILED
    assert "ANDON_CHAT_MODEL" in finding.remedy
    assert "gemma-3" in finding.remedy


async def test_a_model_that_only_embeds_is_named_with_those_that_chat(model: Model) -> None:
    model.models = {"data": [{"id": "text-embed"}, {"id": "qwen3"}]}
    model.answer = JSONResponse({"error": {"message": "text-embed does not support chat"}}, 400)
    finding = await examined(model.url, chat_model="text-embed")
    assert finding.verdict is Verdict.FAILED
    assert "does not support chat" in finding.found
    assert "qwen3" in finding.remedy


async def test_no_such_model(model: Model) -> None:
    model.gone = {"gema"}
    finding = await examined(model.url, chat_model="gema")
    assert finding.verdict is Verdict.FAILED
    assert "gema" in finding.remedy
    assert "gemma-3, other" in finding.remedy


@pytest.mark.parametrize("path", ["/openai", "/api/v2"])
async def test_an_address_without_the_api_is_told_how_it_ends(model: Model, path: str) -> None:
    finding = await examined(model.url.removesuffix("/v1") + path)
    assert finding.verdict is Verdict.FAILED
    assert "/v1" in finding.remedy


async def test_a_page_is_no_model(model: Model) -> None:
    model.answer = HTMLResponse("<html>welcome</html>")
    finding = await examined(model.url)
    assert finding.verdict is Verdict.FAILED
    assert "/chat/completions" in finding.remedy


async def test_nobody_there_is_a_warning() -> None:
    finding = await examined(f"http://127.0.0.1:{free_port()}")
    assert finding.verdict is Verdict.WARNING
    assert "built-in" in finding.remedy
