"""``andon ask``: one question or a line each, through the conversation of the issue, with and without a broker."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain.messages import MessageState
from core.settings import load_settings
from core.station.data_dir import opened_store, reading_store
from core.store.store import Batch
from tests.unit.commands import Ran, andon, environment
from tests.unit.making import NOW, event

KEYS = ["question", "author", "text", "precautions", "offers", "emergency"]


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """A terminal without a broker that knows the issue A."""
    from core.domain.issues import issue_of

    with opened_store(load_settings(data_dir=tmp_path / "data")) as store:
        store.meta.remember_scope("s")
        store.commit_batch("s", Batch([issue_of(event(NOW, issue="A"))], {}))
    return {"ANDON_DATA_DIR": str(tmp_path / "data"), "ANDON_LANG": "ko"}


@pytest.fixture
def broker() -> Iterator[Any]:
    pytest.importorskip("confluent_kafka", reason="needs the extra demo: confluent-kafka")
    from core.demo.embedded_broker import EmbeddedBroker

    with EmbeddedBroker({"chatbot-issue-events": 2}) as broker:
        yield broker


def ask_lines(given: dict[str, str], text: bytes, *flags: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "ask", "A", *flags],
        env=environment(given),
        input=text,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def lines_of(ran: Ran) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.complaint
    return [json.loads(line) for line in ran.text.splitlines()]


def said(given: dict[str, str], issue: str = "A") -> list[str]:
    with reading_store(load_settings(data_dir=Path(given["ANDON_DATA_DIR"]))) as store:
        kept = store.conversations("s").of_issue(issue)
        assert all(m.state is not MessageState.SENDING for m in kept)
        return [m.text for m in kept]


def test_one_question_is_answered_without_a_broker_and_kept(given: dict[str, str]) -> None:
    asked = andon(given, "ask", "A", "펌프에서 소리가 나요", "--json")
    [told] = lines_of(asked)
    assert list(told) == KEYS
    assert told["question"] == "펌프에서 소리가 나요"
    assert (told["author"], told["emergency"]) == ("builtin", "no")
    assert told["text"]
    assert told["precautions"]
    assert "펌프에서 소리가 나요" in said(given)
    plain = andon(given, "ask", "A", "손이 끼었어요")
    assert plain.text.startswith("[응급]")
    assert "비상정지" in plain.text


def test_lines_are_answered_in_their_order_in_one_conversation(given: dict[str, str]) -> None:
    typed = "\ufeff유압이 떨어져요\n\n손이 끼었어요\r\n불났어요\nhe is bleeding".encode()
    told = lines_of(ask_lines(given, typed, "--json"))
    assert [one["question"] for one in told] == ["유압이 떨어져요", "손이 끼었어요", "불났어요", "he is bleeding"]
    assert [one["emergency"] for one in told] == ["no", "yes", "yes", "yes"]
    assert "emergency stop" in " ".join(told[-1]["precautions"]).lower()


def test_each_line_is_answered_before_the_next_one_comes(given: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "A", "--json"],
        env=environment(given),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as asking:
        assert asking.stdin is not None
        assert asking.stdout is not None
        for text in ("유압이 떨어져요", "다음"):
            asking.stdin.write(f"{text}\n".encode())
            asking.stdin.flush()
            assert json.loads(asking.stdout.readline())["question"] == text
        asking.stdin.close()
        assert asking.wait(30) == 0


def test_lines_in_another_encoding_end_nothing(given: dict[str, str]) -> None:
    told = lines_of(ask_lines(given, "불났어요\n".encode("cp949") + "불났어요\n".encode(), "--json"))
    assert told[1]["emergency"] == "yes"


def test_what_the_gate_hides_is_not_printed_until_it_is_released(given: dict[str, str]) -> None:
    hidden, checks, released, step = lines_of(ask_lines(given, "다음\n/safe\n/safe 1234\n다시\n".encode(), "--json"))
    assert "/안전" in hidden["text"]
    assert "1단계" not in hidden["text"]
    assert "1/" not in hidden["text"]
    assert "4. " in checks["text"]
    assert released["author"] == "builtin"
    assert "1/" in step["text"]


def test_a_check_left_out_without_a_reason_releases_nothing(given: dict[str, str]) -> None:
    ran = ask_lines(given, "/safe 123\n다음\n".encode(), "--json")
    refused, hidden = (json.loads(line) for line in ran.text.splitlines())
    assert ran.code == 1
    assert refused["author"] == "system"
    assert "/안전" in hidden["text"]


def test_offers_say_what_a_digit_takes(given: dict[str, str]) -> None:
    told = lines_of(ask_lines(given, "진동이 심해요\n2\n".encode(), "--json"))
    offers = told[0]["offers"]
    assert [offer["key"] for offer in offers][:2] == ["1", "2"]
    assert offers[1]["text"] in told[1]["text"]


def test_without_json_they_stand_below_the_answer_once(given: dict[str, str]) -> None:
    lines = ask_lines(given, "진동이 심해요\n2\n다음\n".encode()).text.splitlines()
    assert sum(line.startswith("1. ") for line in lines) == 1
    assert "1 1단계  2 이 장애가 아니에요" in lines
    assert "1 다음  2 그대로예요  3 정상이에요  4 다시" in lines


def test_an_empty_text_gives_the_opening(given: dict[str, str]) -> None:
    [first], [again] = (lines_of(andon(given, "ask", "A", "", "--json")) for _time in range(2))
    assert first == again
    assert first["text"]


def test_an_issue_that_is_not_known_is_named(given: dict[str, str]) -> None:
    ran = andon(given, "ask", "NOPE", "왜?", "--json")
    assert (ran.code, ran.out) == (1, b"")
    assert "NOPE" in ran.complaint
    assert len(ran.complaint.splitlines()) == 1


def test_whoever_is_in_danger_is_answered_even_there(given: dict[str, str]) -> None:
    ran = andon(given, "ask", "NOPE", "불났어요", "--json")
    assert ran.code == 1
    assert json.loads(ran.text)["emergency"] == "yes"


def test_beside_a_running_terminal_it_answers_and_keeps_nothing(given: dict[str, str]) -> None:
    andon(given, "ask", "A", "유압이 떨어져요")
    before = said(given)
    with opened_store(load_settings(data_dir=Path(given["ANDON_DATA_DIR"]))):
        ran = ask_lines(given, "손이 끼었어요\n/safe 1234\n다음\n".encode(), "--json")
    emergency, _released, step = lines_of(ran)
    assert emergency["emergency"] == "yes"
    assert "1/" in step["text"], "it goes on from where the terminal's conversation is"
    assert ran.complaint.startswith("andon: ")
    assert said(given) == before


def test_a_store_that_cannot_be_used_keeps_nobody_in_danger_waiting(given: dict[str, str]) -> None:
    (Path(given["ANDON_DATA_DIR"]) / "andon.db").write_bytes(b"no database at all" * 1_000)
    ran = andon(given, "ask", "A", "손이 끼었어요", "--json")
    assert json.loads(ran.text)["emergency"] == "yes"
    assert b"Traceback" not in ran.err


def test_what_the_plant_just_raised_can_be_asked_about(broker: Any, tmp_path: Path) -> None:
    given = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "ANDON_DATA_DIR": str(tmp_path / "data"), "ANDON_LANG": "ko"}
    about = ("--process-type", "정기점검", "--mode-type", "도장설비")
    andon(given, "raise", "--issue", "F", *about, "--description", "방금 난 화재 경보: 3호기 불꽃 감지기 동작")
    [opening] = lines_of(andon(given, "ask", "F", "", "--json"))
    assert opening["emergency"] == "yes"
    assert "[응급]" in andon(given, "issues").text
    [told] = lines_of(andon(given, "ask", "F", "왜 그래요?", "--json"))
    assert told["author"] == "builtin"
    broker.take_down()
    ran = andon(given, "ask", "F", "왜 그래요?", "--json")
    assert lines_of(ran)[0]["author"] == "builtin"
    assert len(ran.complaint.splitlines()) == 1, "that it is not the newest is said"
    assert andon(given, "ask", "G", "왜 그래요?").code == 1


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr", "utf-8-sig"])
def test_whoever_is_in_danger_is_answered_on_an_issue_that_nobody_knows(tmp_path: Path, charset: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "ask", "NOPE", "--json"],
        env=environment({"ANDON_DATA_DIR": str(tmp_path), "ANDON_LANG": "ko"}),
        input="왜\n손이 끼었어요\n".encode(charset),
        start_new_session=True,
        capture_output=True,
        check=False,
    )
    [told] = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert told["emergency"] == "yes"
    assert "비상정지" in " ".join(told["precautions"])
