"""A language model behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, a cloud.

``POST {base}/chat/completions`` with ``stream: true``. Servers that ignore ``stream`` are understood too. The first
bytes of an answer tell what it is: servers and gateways give any content type.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from http import HTTPStatus

import httpx

from core.chat.backend import CUT, Answer, ChatError, ChatRequest, Fragment, Noted, Retracted
from core.chat.http.client import BODY_LIMIT, ChatServer, json_object
from core.chat.http.problems import StatusError, garbage
from core.chat.openai.models import chat_models
from core.chat.openai.prompt import messages_of
from core.chat.openai.reasoning import Piece
from core.chat.openai.sse import EventDecoder, ServerEvent
from core.chat.openai.stream import FILTERED, LENGTH, Reading
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.messages import Author
from core.settings import Settings, SettingsError
from core.support.i18n import _
from core.support.text import inert_line

NAME = "openai"
MODEL = "openai.model"
"""Memo of an answer: the model that gave it."""
PING_S = 10.0
STALL_S = 60.0
"""Seconds without an event after which an answer that began is given up."""
STREAM_LIMIT = 32 * 1024 * 1024
"""Bytes of one stream that are read at most: each few letters travel in some 300 bytes."""

_EVENTS = "text/event-stream"
_FIELDS = (b"data", b"event", b"error", b"id", b"retry", b":")
"""How a stream of events begins."""
_BROKEN = frozenset({ChatProblemKind.DROPPED, ChatProblemKind.SILENT})
_ENDPOINTS = ("/chat/completions", "/completions", "/models", "/responses")
_NO_MODELS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
"""A server that answers so to ``/models`` is there."""


class OpenAI:
    """A ``ChatBackend``. It remembers which model the server has, and which models' thoughts begin without a mark."""

    name = NAME
    author = Author.MODEL

    def __init__(self, server: ChatServer, *, model: str, history: int, stall_s: float = STALL_S) -> None:
        """``model``: empty for the first one of the server's that can chat. ``history``: characters of the
        conversation.
        """
        self._server = server
        self._model = model
        self._listed = ""
        self._history = history
        self._stall_s = min(stall_s, server.timeout_s)
        self._opens_thoughts: set[str] = set()

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Retracted | Noted | Answer, None]:
        """As ``ChatBackend.answer``. An opening is left to the built-in assistant.

        The first words are waited for as long as the server's time-out, each further ones ``stall_s``.
        """
        said: list[str] = []
        reading = Reading()
        async with aclosing(self._readings(request)) as pieces:
            async for state, piece in pieces:
                reading = state
                if piece.retracts:
                    said.clear()
                    yield Retracted()
                if piece.text:
                    said.append(piece.text)
                    yield Fragment(piece.text)
        if reading.opens_thoughts_itself:
            self._opens_thoughts.add(reading.model)
        answer = "".join(said)
        if not answer.strip():
            raise ChatError(ChatProblem(ChatProblemKind.NO_ANSWER))
        cut = {CUT: reading.finish} if reading.finish in (LENGTH, FILTERED) else {}
        yield Answer(answer, memo={MODEL: inert_line(reading.model, 200), **cut})

    async def try_out(self, request: ChatRequest) -> None:
        """Ask, and hang up at the first sign that the model answers.

        Raises:
            ChatError: it does not.
        """
        async with aclosing(self._readings(request)) as pieces:
            async for reading, piece in pieces:
                if piece.text.strip() or reading.is_thinking:
                    return
        raise ChatError(ChatProblem(ChatProblemKind.NO_ANSWER))

    async def models(self) -> tuple[str, ...]:
        """The models of the server that can chat, as it lists them.

        Raises:
            ChatError: it lists none.
        """
        return chat_models((await self._models()).get("data"))

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

    async def _readings(self, request: ChatRequest) -> AsyncGenerator[tuple[Reading, Piece], None]:
        """The pieces of the answer, each with how the answer stands.

        Raises:
            ChatError: it is not whole. What breaks after its last word takes nothing from it.
        """
        reading = Reading()
        try:
            async with aclosing(self._asked(request)) as pieces:
                async for reading, piece in pieces:
                    yield reading, piece
        except ChatError as error:
            if not reading.is_whole or error.problem.kind not in _BROKEN:
                raise  # else only the connection broke, after the last word
        if not reading.is_whole:
            raise ChatError(ChatProblem(ChatProblemKind.DROPPED))
        yield reading, reading.rest()

    async def _asked(self, request: ChatRequest) -> AsyncGenerator[tuple[Reading, Piece], None]:
        """Ask for an answer. A model that the server no longer has is looked up anew, once."""
        for is_last in (False, True):
            model = self._model or self._listed or await self._first_model()
            reading = Reading(begins_thinking=model in self._opens_thoughts)
            reading.model = model
            body = {"model": model, "messages": messages_of(request, self._history), "stream": True}
            try:
                async with (
                    self._server.stream("POST", "chat/completions", body, accept=_EVENTS) as response,
                    aclosing(self._read(response, reading)) as pieces,
                ):
                    yield reading, Piece()
                    async for piece in pieces:
                        yield reading, piece
                return
            except StatusError as error:
                if is_last or self._model or error.status != HTTPStatus.NOT_FOUND:
                    raise
                self._listed = ""

    async def _read(self, response: httpx.Response, reading: Reading) -> AsyncGenerator[Piece, None]:
        """What the answer's body adds, piece by piece."""
        async with aclosing(_chunks(response)) as chunks:
            until = asyncio.get_running_loop().time() + self._server.timeout_s
            first = await _first_bytes(chunks, until)
            if first.startswith(b"{"):
                yield reading.body(json_object(await _all_of(first, chunks, until)))
                return
            if not first.startswith(_FIELDS):
                raise garbage("HTML" if first[:1] == b"<" else _beginning(response, first))
            async with aclosing(self._streamed(first, chunks, reading, until)) as pieces:
                async for piece in pieces:
                    yield piece

    async def _streamed(
        self, first: bytes, chunks: AsyncGenerator[bytes, None], reading: Reading, until: float
    ) -> AsyncGenerator[Piece, None]:
        decoder, chunk = EventDecoder(), first
        while chunk:
            for event in decoder.feed(chunk):
                piece = reading.event(event)
                if piece.text or piece.retracts or reading.is_thinking:
                    until = asyncio.get_running_loop().time() + self._stall_s  # other events are no progress
                    yield piece
                if reading.is_done:
                    return
            chunk = await _next(chunks, until)
        for event in decoder.end():
            yield _last(event, reading)

    async def _first_model(self) -> str:
        names = await self.models()
        if not names:
            raise garbage("/models")
        self._listed = names[0]
        return self._listed

    async def _models(self) -> dict[str, object]:
        return await self._server.json("GET", "models", timeout_s=min(PING_S, self._server.timeout_s))


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it comes, of which no more than ``STREAM_LIMIT`` bytes are read."""
    left = STREAM_LIMIT
    async for chunk in response.aiter_raw():
        left -= len(chunk)
        if left < 0:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {STREAM_LIMIT:,} bytes"))
        yield chunk


async def _next(chunks: AsyncIterator[bytes], until: float) -> bytes:
    """The next bytes; none at the end. Raises TimeoutError at ``until`` (the loop's time)."""
    async with asyncio.timeout_at(until):
        return await anext(chunks, b"")


async def _first_bytes(chunks: AsyncIterator[bytes], until: float) -> bytes:
    """The body from its first sign on, with at least as much as tells what it is."""
    first = b""
    while len(first) < len(b"event:"):
        chunk = await _next(chunks, until)
        first = (first + chunk).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not chunk:
            break
    return first


async def _all_of(first: bytes, chunks: AsyncIterator[bytes], until: float) -> bytes:
    body = bytearray(first)
    while chunk := await _next(chunks, until):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {BODY_LIMIT:,} bytes"))
    return bytes(body)


def _last(event: ServerEvent, reading: Reading) -> Piece:
    """An event behind the last line end: a chunk that broke off there is no fault of its own."""
    try:
        return reading.event(event)
    except ChatError as error:
        if error.problem.kind is ChatProblemKind.GARBAGE:
            raise ChatError(ChatProblem(ChatProblemKind.DROPPED)) from error
        raise


def _beginning(response: httpx.Response, first: bytes) -> str:
    """What came instead of an answer: its type and its first line."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    return f"{kind} {first.decode(errors='replace').partition(chr(10))[0]}".strip()


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
    """``url`` with the ``/v1`` that these servers have where it names no path, and without an endpoint of theirs."""
    plain = url.strip().rstrip("/")
    for endpoint in _ENDPOINTS:
        plain = plain.removesuffix(endpoint)
    plain = plain.rstrip("/")
    return f"{plain}/v1" if plain.count("/") == 2 else plain
