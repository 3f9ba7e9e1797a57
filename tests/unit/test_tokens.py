"""Tokens: one fetch for many logins, a new one before the old runs out, and no failure that ends the feed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiokafka.errors import KafkaError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.auth.oidc import ANSWER_LIMIT, ClientCredentials
from core.kafka.auth.tokens import PAUSE_S, Token, TokenError, Tokens, steady_s
from core.kafka.cluster import client_options
from core.settings import Settings, load_settings
from tests.chat.serving import free_port, serving

SECRET = "a secret that nobody sees"


class Source:
    """Gives numbered tokens of ten seconds, or what it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.given = 0
        self.fails: list[BaseException] = []

    async def fetch(self) -> Token:
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails.pop(0)
        self.given += 1
        return Token.of(f"t{self.given}", self.now + 10)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def tokens(source: Source) -> Tokens:
    return Tokens(source.fetch, now=lambda: source.now, steady=lambda: source.now)


async def test_logins_side_by_side_fetch_one_token(source: Source, tokens: Tokens) -> None:
    assert await asyncio.gather(*(tokens.token() for _ in range(8))) == ["t1"] * 8
    assert source.given == 1


async def test_another_is_fetched_before_it_runs_out(source: Source, tokens: Tokens) -> None:
    assert await tokens.token() == "t1"
    source.now += 7.9
    assert await tokens.token() == "t1"
    source.now += 0.2
    assert await tokens.token() == "t2"


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("y"), TimeoutError(), ValueError(SECRET)])
async def test_whatever_a_source_raises_the_client_can_bear(source: Source, tokens: Tokens, error: Exception) -> None:
    source.fails.append(error)
    with pytest.raises(KafkaError) as caught:
        await tokens.token()
    assert isinstance(caught.value, TokenError)
    assert SECRET not in str(caught.value)
    source.now += PAUSE_S
    assert await tokens.token() == "t1", "a later login tries again"


async def test_a_source_that_fails_is_left_alone_for_a_moment(source: Source, tokens: Tokens) -> None:
    source.fails.append(RuntimeError("down"))
    for _ in range(3):
        with pytest.raises(TokenError):
            await tokens.token()
    assert source.given == 0, "all three were told by one question"
    source.now += PAUSE_S
    assert await tokens.token() == "t1"


async def test_a_slow_source_delays_no_login_while_the_token_that_is_held_is_good(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.kafka.auth.tokens._PATIENCE_S", 0.0)
    may_answer = asyncio.Event()
    may_answer.set()

    async def slow() -> Token:
        await may_answer.wait()
        return await source.fetch()

    tokens = Tokens(slow, now=lambda: source.now, steady=lambda: source.now)
    assert await tokens.token() == "t1"
    may_answer.clear()
    source.now += 9
    assert await tokens.token() == "t1"
    may_answer.set()
    while await tokens.token() == "t1":
        await asyncio.sleep(0)
    assert source.given == 2, "the fetch that was begun went on"


async def test_the_token_that_is_held_serves_to_its_end(source: Source, tokens: Tokens) -> None:
    await tokens.token()
    source.now += 9
    source.fails += [RuntimeError("down"), RuntimeError("down")]
    assert await tokens.token() == "t1"
    source.now += 2  # it has run out
    with pytest.raises(TokenError):
        await tokens.token()


async def test_a_source_that_hangs_is_given_up(source: Source) -> None:
    async def hangs() -> Token:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(TokenError) as caught:
        await Tokens(hangs, fetch_s=0.05).token()
    assert caught.value.problem == ClusterProblem(ClusterProblemKind.ISSUER, "time-out")


@pytest.mark.parametrize("set_by", [-9 * 3600.0, 9 * 3600.0])
async def test_a_clock_that_is_set_changes_nothing(source: Source, set_by: float) -> None:
    """A machine whose clock was set to Seoul's time for UTC is nine hours ahead until its time server is heard."""
    passed = 0.0
    tokens = Tokens(source.fetch, now=lambda: source.now, steady=lambda: passed)
    source.fails.append(RuntimeError("down"))
    with pytest.raises(TokenError):
        await tokens.token()
    source.now += set_by
    passed += PAUSE_S
    assert await tokens.token() == "t1", "asked again after the pause, not after nine hours"
    source.now -= set_by
    assert await tokens.token() == "t1", "still good"
    passed += 10
    assert await tokens.token() == "t2"


def test_the_steady_clock_goes_on() -> None:
    before = steady_s()
    assert steady_s() >= before


def test_a_token_is_shown_nowhere() -> None:
    assert "secret" not in repr(Token.of("secret", 1))


# --- the token endpoint


@dataclass
class Endpoint:
    """A token server: what it answers, and what it was asked."""

    answer: Response = field(default_factory=lambda: JSONResponse({"access_token": "jwt", "expires_in": 60}))
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    async def token(request: Request) -> Response:
        endpoint.asked.append((dict(request.headers), dict(parse_qsl((await request.body()).decode()))))
        return endpoint.answer

    with serving(Starlette(routes=[Route("/token", token, methods=["POST"])])) as url:
        endpoint.url = f"{url}/token"
        yield endpoint


@pytest.fixture
def endpoint(server: Endpoint) -> Endpoint:
    fresh = Endpoint()
    server.answer, server.asked = fresh.answer, fresh.asked
    return server


def given(url: str, **more: str) -> Settings:
    return load_settings(
        bootstrap_servers="kafka.plant:9093",
        security_protocol="SASL_SSL",
        sasl_mechanism="OAUTHBEARER",
        oauth_token_url=url,
        oauth_client_id="terminal",
        oauth_client_secret=SECRET,
        **more,
    )


async def test_client_credentials_bring_a_token(endpoint: Endpoint) -> None:
    token = await ClientCredentials(given(endpoint.url, oauth_scope="kafka").kafka).fetch()
    assert token.value.get_secret_value() == "jwt"
    [(headers, form)] = endpoint.asked
    assert form == {"grant_type": "client_credentials", "scope": "kafka"}
    assert headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            JSONResponse({"error": "invalid_client", "error_description": "no\x1b[2J"}, 401),
            ClusterProblemKind.ISSUER_REFUSES,
        ),
        (JSONResponse({"error": "invalid_scope"}, 400), ClusterProblemKind.ISSUER_REFUSES),
        (PlainTextResponse("down", 503), ClusterProblemKind.ISSUER),
        (PlainTextResponse("<html>"), ClusterProblemKind.ISSUER),
        (JSONResponse({"access_token": 7}), ClusterProblemKind.ISSUER),
        (JSONResponse({"access_token": "a\x01b"}), ClusterProblemKind.ISSUER),
        (JSONResponse({}), ClusterProblemKind.ISSUER),
        (JSONResponse({"access_token": "x" * (2 * ANSWER_LIMIT)}), ClusterProblemKind.ISSUER),
        (RedirectResponse("http://127.0.0.1:9/token", 307), ClusterProblemKind.ISSUER),
    ],
)
async def test_each_refusal_is_told_and_none_holds_the_secret(
    endpoint: Endpoint, answer: Response, kind: ClusterProblemKind
) -> None:
    endpoint.answer = answer
    with pytest.raises(ClusterError) as caught:
        await ClientCredentials(given(endpoint.url).kafka).fetch()
    assert caught.value.problem.kind is kind
    assert SECRET not in caught.value.problem.words
    assert "\x1b" not in caught.value.problem.words


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ClusterError) as caught:
        await ClientCredentials(given(f"http://127.0.0.1:{free_port()}/token").kafka).fetch()
    assert caught.value.problem.kind is ClusterProblemKind.ISSUER


@pytest.mark.parametrize("url", ["", "ftp://h/x", "token", "http://"])
async def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(ClusterError) as caught:
        client_options(given(url).kafka)
    assert caught.value.problem.kind is ClusterProblemKind.ISSUER_UNKNOWN


async def test_the_client_gets_a_provider(endpoint: Endpoint) -> None:
    options = client_options(given(endpoint.url).kafka)
    assert options["sasl_mechanism"] == "OAUTHBEARER"
    assert await options["sasl_oauth_token_provider"].token() == "jwt"
