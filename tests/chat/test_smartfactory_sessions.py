"""Sessions besides asking: read back, completed, reported or not."""

from datetime import datetime
from pathlib import Path

import pytest

from core.chat.backend import ChatError
from core.chat.http.client import ChatServer
from core.chat.report_file import keep_report
from core.chat.smartfactory.api import EARLIER_LIMIT
from core.chat.smartfactory.report import download_report
from core.chat.smartfactory.state import SESSION
from core.domain.chat_problems import ChatProblemKind
from core.domain.messages import Author
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_words import PDF, SUMMARIES
from tests.chat.talking import SHORT_S, Talk, brief, smartfactory

# --- reading back


async def test_another_terminal_reads_what_was_said_in_order(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        first, second = Talk(backend), Talk(backend, operator="이영희")
        await first.ask("하나")
        await second.ask("둘")
        await first.ask("셋")
        found = await backend.earlier(brief(), [])
    assert [one.text for one in found] == ["하나", SUMMARIES[0], "둘", SUMMARIES[0], "셋", SUMMARIES[1]]
    assert [one.author for one in found] == [Author.PERSON, Author.CHATBOT] * 3
    assert [one.name for one in found] == ["김민수", "", "이영희", "", "김민수", ""]
    assert [one.at_ms for one in found] == sorted(one.at_ms for one in found)


async def test_this_terminal_s_own_sessions_are_left_out(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        mine = await Talk(backend).ask("하나")
        await Talk(backend, operator="이영희").ask("둘")
        found = await backend.earlier(brief(), [{}, mine.memo])
    assert [one.text for one in found] == ["둘", SUMMARIES[0]]


async def test_a_message_has_the_same_id_whenever_it_is_read(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("하나")
        before = await backend.earlier(brief(), [])
        await talk.ask("둘")
        after = await backend.earlier(brief(), [])
    assert [one.id for one in after[:2]] == [one.id for one in before]
    assert len({one.id for one in after}) == 4


async def test_an_issue_that_the_server_does_not_know_has_no_past(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        assert await backend.earlier(brief("I-404"), []) == []


async def test_a_time_without_a_zone_is_this_terminal_s(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        await Talk(backend).ask("하나")
        plant.sessions[0].messages[0]["sent_at"] = "2026-03-01T09:30:00.250000"
        plant.sessions[0].started_at = "2026-03-01T09:29:00"
        found = await backend.earlier(brief(), [])
    assert found[0].at_ms == round(datetime.fromisoformat("2026-03-01T09:30:00.250").timestamp() * 1000)


async def test_the_newest_messages_are_read_of_very_many(plant: Plant) -> None:
    session = plant.begin("I-1", "이영희")
    for number in range(EARLIER_LIMIT + 20):
        plant.write(session, "user", f"{number}")
    async with smartfactory(plant) as backend:
        found = await backend.earlier(brief(), [])
    assert len(found) == EARLIER_LIMIT
    assert found[-1].text == f"{EARLIER_LIMIT + 19}"


async def test_a_listing_that_cannot_be_read_says_why(plant: Plant) -> None:
    plant.web.fail("sessions", Fault(FaultKind.HTML, status=502))
    async with smartfactory(plant) as backend:
        with pytest.raises(ChatError) as caught:
            await backend.earlier(brief(), [])
    assert caught.value.problem.kind is ChatProblemKind.PROXY


# --- completing


async def test_the_note_becomes_the_final_summary_and_saying_it_twice_is_no_error(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        answer = await Talk(backend).ask("하나")
        await backend.complete(answer.memo[SESSION], "필터 교체")
        await backend.complete(answer.memo[SESSION], "필터 교체")
    assert plant.sessions[0].final_summary == "필터 교체"
    assert not plant.sessions[0].terminated


async def test_without_a_note_the_final_summary_is_null(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        answer = await Talk(backend).ask("하나")
        await backend.complete(answer.memo[SESSION], "")
    assert plant.web.calls("complete")[0].json["final_summary"] is None


async def test_a_summary_is_taken_after_the_resolve_too_and_the_report_is_there(plant: Plant, tmp_path: Path) -> None:
    async with smartfactory(plant) as backend:
        session = (await Talk(backend).ask("하나")).memo[SESSION]
        plant.terminate("I-1")
        await backend.complete(session, "필터 교체")
        assert (await backend.report(session, tmp_path)).path.read_bytes() == PDF
    assert plant.sessions[0].final_summary == "필터 교체"


async def test_once_its_report_was_taken_a_session_is_closed_to_completing(plant: Plant, tmp_path: Path) -> None:
    async with smartfactory(plant) as backend:
        session = (await Talk(backend).ask("하나")).memo[SESSION]
        await backend.complete(session, "필터 교체")
        await backend.report(session, tmp_path)
        with pytest.raises(ChatError) as caught:
            await backend.complete(session, "필터 교체")
    assert caught.value.problem.kind is ChatProblemKind.CLOSED


async def test_completing_a_session_that_is_gone_says_so(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        with pytest.raises(ChatError) as caught:
            await backend.complete("R-404", "")
    assert caught.value.problem.kind is ChatProblemKind.CLOSED, "it can be told no more"


@pytest.mark.parametrize("status", [400, 404, 503])
async def test_a_gateway_s_no_to_a_summary_is_not_the_server_s(plant: Plant, status: int) -> None:
    page = {"content-type": "text/html"}
    async with smartfactory(plant) as backend:
        session = backend.session_in((await Talk(backend).ask("?")).memo)
        assert session is not None
        plant.web.fail("complete", Fault(FaultKind.INSTEAD, status=status, body=b"<html>nginx", headers=page))
        with pytest.raises(ChatError) as caught:
            await backend.complete(session, "필터 교체")
        assert caught.value.problem.kind is not ChatProblemKind.CLOSED
        await backend.complete(session, "필터 교체")
    assert plant.of_redis(session).final_summary == "필터 교체"


async def test_a_summary_that_is_answered_with_nothing_was_told(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        session = backend.session_in((await Talk(backend).ask("?")).memo)
        assert session is not None
        plant.web.fail("complete", Fault(FaultKind.ANSWER, status=200, body=b""))
        await backend.complete(session, "필터 교체")
    assert plant.of_redis(session).final_summary == "필터 교체"


async def test_a_gateway_s_400_ends_no_session(plant: Plant) -> None:
    async with smartfactory(plant) as backend:
        talk = Talk(backend)
        await talk.ask("?")
        page = {"content-type": "text/html"}
        plant.web.fail("continue", Fault(FaultKind.INSTEAD, status=400, body=b"<html>", headers=page))
        await talk.fails("그리고?")
        await talk.again()
    assert len(plant.sessions) == 1


async def test_a_server_that_cannot_list_its_sessions_still_answers_a_new_question(plant: Plant) -> None:
    plant.web.fail("sessions", Fault(FaultKind.STATUS, status=500, detail="db"))
    async with smartfactory(plant) as backend:
        assert (await Talk(backend).ask("?")).text


# --- the report


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def _completed(plant: Plant) -> str:
    async with smartfactory(plant) as backend:
        session = (await Talk(backend).ask("하나")).memo[SESSION]
        await backend.complete(session, "")
    return session


async def test_a_report_is_downloaded_whole_and_kept_under_its_name(plant: Plant, tmp_path: Path) -> None:
    plant.report_name = "attachment; filename*=UTF-8''%EB%B3%B4%EA%B3%A0%EC%84%9C.pdf"
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        report = await backend.report(session, tmp_path)
    assert report.name == "보고서.pdf"
    kept = keep_report(report, tmp_path, "I-1")
    assert kept.name == "I-1 보고서.pdf"
    assert kept.read_bytes() == PDF
    assert _names(tmp_path) == [kept.name]


async def test_the_server_gives_a_report_once(plant: Plant, tmp_path: Path) -> None:
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        await backend.report(session, tmp_path)
        with pytest.raises(ChatError) as caught:
            await backend.report(session, tmp_path)
    assert caught.value.problem.kind is ChatProblemKind.NO_REPORT
    assert len(_names(tmp_path)) == 1


async def test_there_is_no_report_before_completing(plant: Plant, tmp_path: Path) -> None:
    async with smartfactory(plant) as backend:
        session = (await Talk(backend).ask("하나")).memo[SESSION]
        with pytest.raises(ChatError) as caught:
            await backend.report(session, tmp_path)
    assert caught.value.problem.kind is ChatProblemKind.NO_REPORT
    assert _names(tmp_path) == []


async def test_there_is_no_report_after_skipping_it(plant: Plant, tmp_path: Path) -> None:
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        await backend.skip_report(session)
        with pytest.raises(ChatError) as caught:
            await backend.report(session, tmp_path)
    assert caught.value.problem.kind is ChatProblemKind.NO_REPORT


async def test_no_report_is_wanted_may_be_said_twice(plant: Plant) -> None:
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        await backend.skip_report(session)
        await backend.skip_report(session)
    assert plant.sessions[0].reported


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(FaultKind.STATUS, status=401), ChatProblemKind.LOGIN),
        (Fault(FaultKind.STATUS, status=404, detail="없음"), ChatProblemKind.NO_REPORT),
        (Fault(FaultKind.HTML, status=502), ChatProblemKind.PROXY),
        (Fault(FaultKind.HTML, status=200), ChatProblemKind.GARBAGE),
        (Fault(FaultKind.ANSWER, body=b'{"status":"success"}'), ChatProblemKind.GARBAGE),
        (Fault(FaultKind.ANSWER, body=b""), ChatProblemKind.NO_REPORT),
        (Fault(FaultKind.CUT), ChatProblemKind.DROPPED),
        (Fault(FaultKind.DROP), ChatProblemKind.DROPPED),
        (Fault(FaultKind.DRIP), ChatProblemKind.SILENT),
        (Fault(FaultKind.REDIRECT, location="https://elsewhere.example/"), ChatProblemKind.REDIRECT),
    ],
)
async def test_a_report_that_cannot_be_had_leaves_nothing_behind(
    plant: Plant, tmp_path: Path, fault: Fault, kind: ChatProblemKind
) -> None:
    session = await _completed(plant)
    plant.web.fail("report", fault)
    async with smartfactory(plant, timeout_s=SHORT_S) as backend:
        with pytest.raises(ChatError) as caught:
            await backend.report(session, tmp_path)
    assert caught.value.problem.kind is kind
    assert _names(tmp_path) == []


async def test_a_report_without_an_end_is_not_taken(plant: Plant, tmp_path: Path) -> None:
    session = await _completed(plant)
    server = ChatServer(plant.url)
    with pytest.raises(ChatError) as caught:
        await download_report(server, f"/session/{session}/download-report", tmp_path, limit=len(PDF) - 1)
    await server.close()
    assert caught.value.problem.kind is ChatProblemKind.TOO_LARGE
    assert _names(tmp_path) == []


async def test_a_folder_that_cannot_be_written_does_not_cost_the_report(plant: Plant, tmp_path: Path) -> None:
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        with pytest.raises(FileNotFoundError):
            await backend.report(session, tmp_path / "missing")
        assert plant.web.calls("report") == []
        assert (await backend.report(session, tmp_path)).path.is_file()


async def test_a_report_on_its_way_is_nobody_else_s_to_read(plant: Plant, tmp_path: Path) -> None:
    session = await _completed(plant)
    async with smartfactory(plant) as backend:
        report = await backend.report(session, tmp_path)
    assert report.path.stat().st_mode & 0o777 == 0o600
