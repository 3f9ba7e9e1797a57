"""OAUTHBEARER on real brokers: a token server of the test's own, tokens that run out, and one that gives none.

The broker checks a token's form, subject and times with its own unsecured validator; signatures are not looked at here.
"""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.kafka.problems import ProblemKind
from tests.chat.serving import serving
from tests.kafka.conftest import StartKafka
from tests.kafka.stations import issue_value, running, send

SECRET = "a client secret that nobody sees"
_MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"


@dataclass
class Issuer:
    """A token server: how long its tokens live, and whether it gives any."""

    life_s: float = 60.0
    refuses: bool = False
    given: int = 0
    url: str = ""

    def answer(self) -> Response:
        if self.refuses:
            return JSONResponse({"error": "invalid_client"}, 401)
        self.given += 1
        return JSONResponse({"access_token": unsecured_token(self.life_s), "expires_in": self.life_s})


def unsecured_token(life_s: float) -> str:
    now = time.time()
    parts: list[dict[str, Any]] = [{"alg": "none"}, {"sub": "terminal", "iat": now - 1, "exp": now + life_s}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


@contextmanager
def issuer() -> Iterator[Issuer]:
    one = Issuer()

    async def token(_request: Request) -> Response:
        return one.answer()

    with serving(Starlette(routes=[Route("/token", token, methods=["POST"])])) as url:
        one.url = f"{url}/token"
        yield one


def properties(reauth_ms: int = 0) -> dict[str, str]:
    """The broker's second listener asks for a token, and again after ``reauth_ms``."""
    return {
        "sasl.enabled.mechanisms": "OAUTHBEARER",
        "listener.name.login.oauthbearer.sasl.jaas.config": f"{_MODULE} required;",
        "listener.name.login.oauthbearer.connections.max.reauth.ms": str(reauth_ms),
    }


def login(url: str) -> dict[str, Any]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "OAUTHBEARER",
        "oauth_token_url": url,
        "oauth_client_id": "terminal",
        "oauth_client_secret": SECRET,
    }


async def test_a_token_opens_both_roads(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"terminal": "-"}, properties=properties())
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("A"))
    with issuer() as tokens:
        async with running(broker.login_bootstrap, "t", tmp_path, **login(tokens.url)) as watched:
            await watched.until(lambda s: s.issue("A") is not None)
            await watched.station.resolve("A", "필터 교체")
            await watched.until(lambda s: not s.outbox)
    assert tokens.given


async def test_a_token_server_that_gives_none_is_named_and_comes_back(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"terminal": "-"}, properties=properties())
    await broker.create_topic("t")
    with issuer() as tokens:
        tokens.refuses = True
        async with running(broker.login_bootstrap, "t", tmp_path, **login(tokens.url)) as watched:
            await watched.until(lambda s: s.freshness.problem is not None)
            problem = watched.station.freshness.problem
            assert problem is not None
            assert problem.kind is ProblemKind.ISSUER_REFUSES
            assert SECRET not in problem.words
            tokens.refuses = False
            await watched.live()


async def test_logins_that_run_out_lose_no_event(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"terminal": "-"}, properties=properties(reauth_ms=3_000))
    await broker.create_topic("t")
    with issuer() as tokens:
        tokens.life_s = 4.0
        async with running(broker.login_bootstrap, "t", tmp_path, **login(tokens.url)) as watched:
            await watched.live()
            began = tokens.given
            for number in range(40):
                await send(broker.bootstrap, "t", issue_value(f"I{number}"))
                await watched.until(lambda s, issue=f"I{number}": s.issue(issue) is not None)
                if tokens.given >= began + 2 and number > 10:
                    break
                await asyncio.sleep(0.3)  # the plant goes on
            assert tokens.given >= began + 2
