"""A language model behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, a cloud.

``POST {base}/chat/completions`` with ``stream: true``. Servers that ignore ``stream`` are understood too.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
from typing import cast

import httpx
from httpx_sse import EventSource

from core.chat.backend import CUT, Answer, Author, ChatError, ChatRequest, Fragment, Noted
from core.chat.http import ChatServer, json_object, read_body
from core.chat.http_problems import StatusError, garbage
from core.chat.openai_prompt import messages_of
from core.chat.openai_stream import FILTERED, LENGTH, Reading
from core.chat.problems import ChatProblem, ChatProblemKind
from core.i18n import _
from core.settings import Settings, SettingsError
from core.text import inert_line

NAME = "openai"
MODEL = "openai.model"
"""Memo of an answer: the model that gave it."""
PING_S = 10.0
STALL_S = 60.0
"""Seconds without an event after which an answer that began is given up."""
STREAM_LIMIT = 32 * 1024 * 1024
"""Bytes of one stream that are read at most: each few letters travel in some 300 bytes."""

_EVENTS, _JSON = "text/event-stream", "json"
_NO_MODELS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
"""A server that answers so to ``/models`` is there."""


class OpenAI:
    """A ``ChatBackend``. It remembers only which model the server has."""

    name = NAME
    author = Author.MODEL

    def __init__(self, server: ChatServer, *, model: str, history: int, stall_s: float = STALL_S) -> None:
        """``model``: empty for the first one that the server lists. ``history``: characters of the conversation."""
        self._server = server
        self._model = model
        self._listed = ""
        self._history = history
        self._stall_s = min(stall_s, server.timeout_s)

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Noted | Answer, None]:
        """As ``ChatBackend.answer``. An opening is left to the built-in assistant.

        The first words are waited for as long as the server's time-out, each further ones ``stall_s``.
        """
        reading, said = Reading(), []
        try:
            async with aclosing(self._texts_of(request, reading)) as texts:
                async for text in texts:
                    said.append(text)
                    yield Fragment(text)
        except ChatError:
            if not reading.is_whole:
                raise  # else only the connection broke, after the last word
        if not reading.is_whole:
            raise ChatError(ChatProblem(ChatProblemKind.DROPPED))
        answer = "".join(said)
        if not answer.strip():
            raise ChatError(ChatProblem(ChatProblemKind.NO_ANSWER))
        cut = {CUT: reading.finish} if reading.finish in (LENGTH, FILTERED) else {}
        yield Answer(answer, memo={MODEL: inert_line(reading.model, 200), **cut})

    async def ping(self) -> None:
        """As ``ChatBackend.ping``."""
        try:
            await self._models()
        except StatusError as error:
            if error.status not in _NO_MODELS:
                raise

    async def close(self) -> None:
        """As ``ChatBackend.close``."""
        await self._server.close()

    async def _texts_of(self, request: ChatRequest, reading: Reading) -> AsyncGenerator[str, None]:
        """The pieces of the answer. A model that the server no longer has is looked up anew, once."""
        for is_last in (False, True):
            model = reading.model = self._model or self._listed or await self._first_model()
            body = {"model": model, "messages": messages_of(request, self._history), "stream": True}
            try:
                async with (
                    self._server.stream("POST", "chat/completions", body, accept=_EVENTS) as response,
                    aclosing(self._texts(response, reading)) as texts,
                ):
                    async for text in texts:
                        yield text
                return
            except StatusError as error:
                if is_last or self._model or error.status != HTTPStatus.NOT_FOUND:
                    raise
                self._listed = ""

    async def _texts(self, response: httpx.Response, reading: Reading) -> AsyncGenerator[str, None]:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _EVENTS:
            texts = self._streamed(response, reading)
        elif _JSON in kind:
            async with asyncio.timeout(self._server.timeout_s):
                body = await read_body(response)
            yield reading.body(json_object(body))
            return
        else:
            raise garbage(kind or "content-type")
        async with aclosing(texts):
            async for text in texts:
                yield text

    async def _streamed(self, response: httpx.Response, reading: Reading) -> AsyncGenerator[str, None]:
        response.stream = _Bounded(cast(httpx.AsyncByteStream, response.stream))
        async with aclosing(EventSource(response).aiter_sse()) as events:
            loop = asyncio.get_running_loop()
            until = loop.time() + self._server.timeout_s
            while not reading.is_done:
                async with asyncio.timeout_at(until):
                    event = await anext(events, None)
                if event is None:
                    break
                if event.data and (text := reading.event(event.data)):
                    until = loop.time() + self._stall_s  # events without words are no progress
                    yield text
        if reading.is_whole and (text := reading.rest()):
            yield text

    async def _first_model(self) -> str:
        listed = (await self._models()).get("data")
        names = [one.get("id") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        model = next((name for name in names if isinstance(name, str) and name), "")
        if not model:
            raise garbage("/models")
        self._listed = model
        return model

    async def _models(self) -> dict[str, object]:
        return await self._server.json("GET", "models", timeout_s=min(PING_S, self._server.timeout_s))


class _Bounded(httpx.AsyncByteStream):
    """A body of which no more than ``STREAM_LIMIT`` bytes are read."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = STREAM_LIMIT
        async for chunk in self._body:
            left -= len(chunk)
            if left < 0:
                raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {STREAM_LIMIT:,} bytes"))
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


def open_ai(settings: Settings) -> OpenAI:
    """The language model as the settings have it.

    Raises:
        SettingsError: its address, key or CA file are missing or wrong.
    """
    if not settings.chat_url:
        raise SettingsError(_("ANDON_CHAT={kind} needs ANDON_CHAT_URL").format(kind=NAME))
    server = ChatServer(
        base_address(settings.chat_url),
        key=settings.chat_api_key,
        key_header="Authorization",
        key_prefix="Bearer ",
        timeout_s=settings.chat_timeout,
        ca_file=settings.chat_ca_file,
        host=settings.chat_host,
    )
    return OpenAI(server, model=settings.chat_model, history=settings.chat_history)


def base_address(url: str) -> str:
    """``url`` with the ``/v1`` that these servers have, where it names no path."""
    plain = url.strip().rstrip("/")
    return f"{plain}/v1" if plain.count("/") == 2 else plain
