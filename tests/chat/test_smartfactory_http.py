"""The way to a server: time, size, paths, and what goes wrong below HTTP."""

import asyncio
import socket
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import ChatError
from core.chat.http.client import ChatServer, path_part
from core.chat.http.problems import problem_of
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.serving import free_port
from tests.chat.talking import SHORT_S

SOMEWHERE = httpx.AsyncClient(base_url="http://h/base")


async def _problem(url: str, **options: float) -> ChatProblem:
    server = ChatServer(url, **options)  # type: ignore[arg-type]
    with pytest.raises(ChatError) as caught:
        await server.json("GET", "/ping")
    await server.close()
    return caught.value.problem


async def test_nobody_there_is_told_with_the_address() -> None:
    port = free_port()
    assert await _problem(f"http://127.0.0.1:{port}") == ChatProblem(ChatProblemKind.REFUSED, f"127.0.0.1:{port}")


async def test_a_name_that_cannot_be_one_is_told_apart() -> None:
    name = "a" * 64 + ".plant"
    assert await _problem(f"http://{name}:8000") == ChatProblem(ChatProblemKind.NAME, f"{name}:8000")


async def test_an_answer_that_drips_for_ever_is_given_up_in_time(plant: Plant) -> None:
    plant.web.fail("ping", Fault(FaultKind.DRIP))
    started = asyncio.get_running_loop().time()
    assert (await _problem(plant.url, timeout_s=SHORT_S)).kind is ChatProblemKind.SILENT
    assert asyncio.get_running_loop().time() - started < SHORT_S + 4


async def test_a_refusal_that_drips_for_ever_is_given_up_in_time(plant: Plant) -> None:
    plant.web.fail("ping", Fault(FaultKind.DRIP, status=500))
    assert (await _problem(plant.url, timeout_s=SHORT_S)).kind is ChatProblemKind.SILENT


async def test_a_server_that_speaks_something_else_is_told_apart() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.plant ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    other = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        assert await _problem(f"http://127.0.0.1:{port}") == ChatProblem(ChatProblemKind.GARBAGE, "HTTP")


async def test_the_base_address_may_have_a_path(plant: Plant) -> None:
    server = ChatServer(f"{plant.url}/gateway/")
    with pytest.raises(ChatError):
        await server.json("GET", "/ping")
    await server.close()
    assert plant.web.seen[0].path == "/gateway/ping"


async def test_what_breaks_while_a_stream_is_read_is_told_too(plant: Plant) -> None:
    plant.web.fail("ping", Fault(FaultKind.CUT))
    server = ChatServer(plant.url)
    with pytest.raises(ChatError) as caught:
        async with server.stream("GET", "/ping") as response:
            assert [chunk async for chunk in response.aiter_raw()]
    await server.close()
    assert caught.value.problem.kind is ChatProblemKind.DROPPED


async def test_a_reader_s_own_time_limit_counts_as_silence(plant: Plant) -> None:
    plant.web.fail("ping", Fault(FaultKind.DRIP))
    server = ChatServer(plant.url)
    with pytest.raises(ChatError) as caught:
        async with server.stream("GET", "/ping") as response, asyncio.timeout(0.1):
            assert not [chunk async for chunk in response.aiter_raw()]
    await server.close()
    assert caught.value.problem.kind is ChatProblemKind.SILENT


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_caused(httpx.ConnectError(""), socket.gaierror(-2, "")), ChatProblem(ChatProblemKind.NAME, "bot:1")),
        (_caused(httpx.ConnectError(""), OSError(113, "")), ChatProblem(ChatProblemKind.REFUSED, "bot:1")),
        (
            _caused(httpx.ReadError(""), ssl.SSLError(1, "[SSL: X]")),
            ChatProblem(ChatProblemKind.TLS, "tls"),
        ),
        (httpx.ConnectTimeout(""), ChatProblem(ChatProblemKind.SILENT)),
        (httpx.PoolTimeout(""), ChatProblem(ChatProblemKind.SILENT)),
        (httpx.WriteError(""), ChatProblem(ChatProblemKind.DROPPED)),
        (httpx.DecodingError(""), ChatProblem(ChatProblemKind.GARBAGE, "HTTP")),
    ],
)
def test_what_goes_wrong_below_http_is_told_apart(error: Exception, expected: ChatProblem) -> None:
    problem = problem_of(error, "bot:1")
    assert problem == expected


@given(st.text(st.characters(), min_size=1, max_size=200))
def test_any_id_is_one_part_of_a_path(text: str) -> None:
    url = SOMEWHERE.build_request("GET", f"/x/{path_part(text)}/y").url
    assert url.raw_path.startswith(b"/base/x/")
    assert url.raw_path.endswith(b"/y")
    assert url.raw_path.count(b"/") == 4
    assert not url.query
