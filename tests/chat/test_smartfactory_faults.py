"""Each fault ends in its own clear problem, for every call; the conversation goes on after it."""

import pytest

from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.support import i18n
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_server import make_server
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import SHORT_S, Talk, smartfactory

UNLISTED = b"Invalid host header"
LISTED = [{"loc": ["body", "user_message"], "msg": "Field required", "type": "missing"}]

REFUSALS = [
    (Fault(FaultKind.STATUS, status=400, detail="빈 메시지"), ChatProblemKind.REJECTED, "빈 메시지"),
    (Fault(FaultKind.STATUS, status=401, detail="키"), ChatProblemKind.LOGIN, ""),
    (Fault(FaultKind.STATUS, status=403, detail="권한"), ChatProblemKind.FORBIDDEN, ""),
    (Fault(FaultKind.STATUS, status=413, detail="너무 깁니다"), ChatProblemKind.REJECTED, "너무 깁니다"),
    (Fault(FaultKind.STATUS, status=422, detail=LISTED), ChatProblemKind.REJECTED, "body.user_message: Field required"),
    (Fault(FaultKind.STATUS, status=429, detail="한도"), ChatProblemKind.TOO_MANY, ""),
    (Fault(FaultKind.STATUS, status=500, detail="오류\x1b[31m"), ChatProblemKind.SERVER, "500 오류␛[31m"),
    (Fault(FaultKind.STATUS, status=503, detail="점검"), ChatProblemKind.SERVER, "503 점검"),
    (Fault(FaultKind.STATUS, status=418, detail="?"), ChatProblemKind.REJECTED, "?"),
    (Fault(FaultKind.INSTEAD, status=400, body=UNLISTED), ChatProblemKind.HOST, None),
    (Fault(FaultKind.INSTEAD, status=500, body=b"<html>"), ChatProblemKind.SERVER, "500"),
]
BROKEN = [
    (Fault(FaultKind.HTML, status=502), ChatProblemKind.PROXY, "502"),
    (Fault(FaultKind.HTML, status=503), ChatProblemKind.PROXY, "503"),
    (Fault(FaultKind.HTML, status=200), ChatProblemKind.GARBAGE, "HTML"),
    (Fault(FaultKind.GARBAGE), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b"[1]"), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b"[" * 100_000), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b'{"data":"\xff"}'), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b'{"data":' + b"9" * 5000 + b"}"), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b""), ChatProblemKind.GARBAGE, "JSON"),
    (Fault(FaultKind.ANSWER, body=b'{"data":[]}'), ChatProblemKind.GARBAGE, "data"),
    (Fault(FaultKind.WRONG_TYPES), ChatProblemKind.GARBAGE, "executive_summary"),
    (Fault(FaultKind.ANSWER, body=b"{}", headers={"content-encoding": "gzip"}), ChatProblemKind.GARBAGE, "gzip"),
    (Fault(FaultKind.HUGE), ChatProblemKind.TOO_LARGE, "> 4,194,304 bytes"),
    (Fault(FaultKind.REDIRECT, location="https://u:pw@elsewhere.example/x?token=1"), ChatProblemKind.REDIRECT, None),
    (Fault(FaultKind.VANISH), ChatProblemKind.DROPPED, ""),
]


@pytest.mark.parametrize(("fault", "kind", "detail"), REFUSALS + BROKEN)
@pytest.mark.parametrize("route", ["start", "continue"])
async def test_each_fault_has_its_own_problem_and_the_retry_recovers(
    plant: Plant, route: str, fault: Fault, kind: ChatProblemKind, detail: str | None
) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        if route == "continue":
            await talk.ask("하나")
        plant.web.fail(route, fault)
        if route == "continue" and fault.detail == "빈 메시지":
            return  # that is a closed session: another is begun
        problem = await talk.fails("왜 이래요")
        assert problem.kind is kind
        assert detail is None or problem.detail == detail
        assert (await talk.again()).text in SUMMARIES


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.DRIP])
async def test_a_server_that_never_comes_to_an_end_is_given_up(plant: Plant, kind: FaultKind) -> None:
    for route in ("start", "sessions"):
        plant.web.fail(route, Fault(kind), once=False)
    async with smartfactory(plant, timeout_s=0.2) as backend:
        assert (await Talk(backend).fails("왜 이래요")).kind is ChatProblemKind.SILENT


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.CUT])
async def test_a_call_that_broke_off_has_its_own_problem(plant: Plant, kind: FaultKind) -> None:
    for route in ("start", "sessions"):
        plant.web.fail(route, Fault(kind), once=False)
    async with smartfactory(plant) as backend:
        assert (await Talk(backend).fails("왜 이래요")).kind is ChatProblemKind.DROPPED


async def test_a_redirect_tells_the_other_host_alone_and_is_not_followed(plant: Plant) -> None:
    with make_server() as elsewhere:
        target = elsewhere.url.replace("http://", "http://user:pw@") + "/x?token=1"
        plant.web.fail("start", Fault(FaultKind.REDIRECT, location=target))
        async with smartfactory(plant, key="K-secret") as backend:
            assert await Talk(backend).fails("?") == ChatProblem(ChatProblemKind.REDIRECT, "127.0.0.1")
        assert elsewhere.web.seen == []


async def test_a_host_name_that_the_server_does_not_list_is_told_apart() -> None:
    with make_server(hosts=("chatbot.plant",)) as plant:
        plant.store_issue("I-1")
        async with smartfactory(plant) as backend:
            problem = await Talk(backend).fails("왜 이래요")
            with pytest.raises(Exception, match="host name"):
                await backend.ping()
    assert problem == ChatProblem(ChatProblemKind.HOST, plant.url.removeprefix("http://"))


async def test_a_long_detail_is_cut(plant: Plant) -> None:
    plant.web.fail("start", Fault(FaultKind.STATUS, status=422, detail="가" * 5000))
    async with smartfactory(plant) as backend:
        problem = await Talk(backend).fails("왜 이래요")
    assert len(problem.detail) <= 200


async def test_ping_tells_whether_the_server_answers(plant: Plant) -> None:
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        await backend.ping()
        plant.web.fail("ping", Fault(FaultKind.HANG))
        with pytest.raises(Exception, match="in time"):
            await backend.ping()
        plant.web.fail("ping", Fault(FaultKind.HTML, status=502))
        with pytest.raises(Exception, match="gateway"):
            await backend.ping()


@pytest.mark.parametrize("kind", ChatProblemKind)
def test_every_problem_has_its_words(kind: ChatProblemKind) -> None:
    i18n.use("en")
    words = {ChatProblem(one, "DETAIL").words for one in ChatProblemKind}
    assert len(words) == len(ChatProblemKind)
    assert "{" not in ChatProblem(kind, "DETAIL").words
