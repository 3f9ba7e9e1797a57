"""What stands before the chatbot's calls: a proxy that loses patience, and an event loop that stands still."""

import asyncio
from collections.abc import Awaitable

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.chat.contract_plant import Plant

_TICK_S = 0.005
_HAND = "/_/"
"""Where the tests' own levers are: they wait for nobody."""


class Gateway:
    """Around the application of ``plant``."""

    def __init__(self, app: ASGIApp, plant: Plant) -> None:
        self._app = app
        self._plant = plant
        self._left: set[Awaitable[None]] = set()
        """Calls that the proxy gave up and the server works on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_HAND) or not self._plant.behind_proxy:
            await self._answer(scope, receive, send)
            return
        plant = self._plant
        patience_s = plant.chat_patience_s if scope["path"] == "/chat" else plant.api_patience_s
        sent: list[Message] = []
        work = asyncio.ensure_future(self._answer(scope, receive, _into(sent)))
        self._left.add(work)
        work.add_done_callback(self._left.discard)
        done, _pending = await asyncio.wait({work}, timeout=patience_s)
        if not done:
            await HTMLResponse("<html><h1>504 Gateway Time-out</h1><hr>nginx</html>", 504)(scope, receive, send)
            return
        work.result()
        for message in sent:
            await send(message)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        while self._plant.stands_still and self._plant.busy and not scope["path"].startswith(_HAND):
            await asyncio.sleep(_TICK_S)
        await self._app(scope, receive, send)


def _into(sent: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        sent.append(message)

    return keep
