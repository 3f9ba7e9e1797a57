"""An OpenAI-compatible server on the loopback, which streams what it is told to, over real TCP.

``python -m tests.chat.openai_server --port 11434 --fragments 2000 --every-ms 5`` to try it in a terminal.
"""

import argparse
import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.chat.serving import TRANSPORT, serving

EVENTS = "text/event-stream"
DONE = "data: [DONE]\n\n"
SENTENCE = "1. 흡입 필터의 차압을 확인하고, 막혔으면 교체하세요. Check the gauge of the suction filter.\n"


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause within a script."""

    seconds: float


class Drop:
    """The connection breaks here."""


Script = Sequence[str | bytes | Wait | Drop]
"""What is written to the wire, in order."""


@dataclass(slots=True)
class Model:
    """The server: what it will answer, and what it saw. Changed by tests while it runs."""

    script: Script = ()
    content_type: str = EVENTS
    answer: Response | None = None
    """Given instead of any stream."""
    models: Any = field(default_factory=lambda: {"object": "list", "data": [{"id": "gemma-3"}, {"id": "other"}]})
    models_status: int = 200
    gone: set[str] = field(default_factory=set)
    """Models that are asked for in vain."""
    seen: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """A client hung up while it was written to."""
    url: str = ""

    def says(self, *texts: str, finish: str = "stop") -> None:
        """Stream ``texts`` as fragments, whole."""
        self.script = [*(chunk(text) for text in texts), chunk("", finish=finish), DONE]

    def reset(self) -> None:
        fresh = Model()
        for name in (one.name for one in fields(Model) if one.name != "url"):
            setattr(self, name, getattr(fresh, name))


def chunk(text: str | None, *, finish: str | None = None, **delta: Any) -> str:
    """One event of a stream."""
    choice = {"index": 0, "delta": {"content": text, **delta}, "finish_reason": finish}
    return event({"id": "c", "object": "chat.completion.chunk", "model": "gemma-3", "choices": [choice]})


def event(value: Any) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def application(model: Model) -> Starlette:
    async def models(request: Request) -> Response:
        model.paths.append(request.url.path)
        model.headers.append(dict(request.headers))
        return JSONResponse(model.models, model.models_status)

    async def completions(request: Request) -> Response:
        model.paths.append(request.url.path)
        model.headers.append(dict(request.headers))
        model.seen.append(await request.json())
        if model.seen[-1]["model"] in model.gone:
            return JSONResponse({"error": {"message": "no such model"}}, 404)
        if model.answer is not None:
            return model.answer
        return StreamingResponse(_played(model, request), headers={"content-type": model.content_type})

    return Starlette(
        routes=[
            Route("/v1/models", models),
            Route("/v1/chat/completions", completions, methods=["POST"]),
        ]
    )


async def _played(model: Model, request: Request) -> AsyncIterator[bytes]:
    try:
        for part in model.script:
            match part:
                case Wait(seconds):
                    await asyncio.sleep(seconds)
                case Drop():
                    request.scope["state"][TRANSPORT].abort()
                    return
                case str():
                    yield part.encode()
                case bytes():
                    yield part
                case _:
                    raise TypeError(part)
    except BaseException:
        model.left.set()
        raise


@contextmanager
def make_model(*, port: int = 0) -> Iterator[Model]:
    """The server while the block runs."""
    model = Model()
    with serving(application(model), port=port) as url:
        model.url = f"{url}/v1"
        yield model


def long_answer(fragments: int, every_s: float) -> list[str | Wait]:
    """An answer in ``fragments`` pieces of some letters."""
    script: list[str | Wait] = [chunk(None, role="assistant")]
    for number in range(fragments):
        at = number * 4 % len(SENTENCE)
        script += [chunk(SENTENCE[at : at + 4]), Wait(every_s)]
    return [*script, chunk("", finish="stop"), DONE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--fragments", type=int, default=2000)
    parser.add_argument("--every-ms", type=float, default=5.0)
    options = parser.parse_args()
    with make_model(port=options.port) as model:
        model.script = long_answer(options.fragments, options.every_ms / 1000)
        print(model.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
