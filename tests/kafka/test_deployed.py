"""The environment that compose.yaml and kubernetes.yaml give starts the terminal, on a real broker.

Two things differ from a container: the broker's name leads to the test's broker, and the mounted folders (data, home,
secrets) lie under the test's own.
"""

import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.deploy.files import brought_here, compose_environment, kubernetes_environment
from tests.kafka.broker import RealKafka
from tests.kafka.helpers import headers_of, published
from tests.tui.terminal import andon_in_terminal
from tests.unit.commands import andon

TOPIC = "chatbot-issue-events"


@pytest.fixture
async def _documents_topic(kafka: RealKafka) -> AsyncIterator[None]:
    await kafka.create_topic(TOPIC, partitions=3)
    yield
    await kafka.delete_topic(TOPIC)


@pytest.mark.parametrize(
    ("given", "terminal_id"), [(compose_environment, "compose-1"), (kubernetes_environment, "andon-0")]
)
@pytest.mark.usefixtures("_documents_topic")
async def test_the_terminal_starts_and_shows_an_issue(
    kafka: RealKafka, tmp_path: Path, given: Callable[[], dict[str, str]], terminal_id: str
) -> None:
    environment = {**brought_here(given(), tmp_path), "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap}
    assert environment["KAFKA_TOPIC"] == TOPIC
    headless = {**environment, "ANDON_LANG": "en"}
    assert andon(headless, "health").code == 1
    with andon_in_terminal(environment) as terminal:
        terminal.until(lambda text: "실시간" in text.replace(" ", ""))
        raised = andon({**headless, "ANDON_DATA_DIR": str(tmp_path / "none")}, *_raise("PRESS_001"))
        assert raised.code == 0, raised.complaint
        terminal.until(lambda text: "PRESS_001" in text)
        terminal.until(lambda _text: andon(headless, "health", "--json").json().get("feed") == "live")
        told = andon(headless, "health", "--json").json()
        assert (told["ok"], told["terminal"], told["pid"]) == (True, terminal_id, terminal.process.pid)
        terminal.process.send_signal(signal.SIGTERM)  # as the container's runtime ends it
        assert terminal.ended() == 0
    assert andon(headless, "health").code == 1
    [record] = await published(kafka.bootstrap, TOPIC, "PRESS_001")
    assert headers_of(record)["ce_source"] == f"/terminals/{terminal_id}"


def _raise(issue: str) -> tuple[str, ...]:
    return (
        "raise",
        "--issue",
        issue,
        "--process-type",
        "장애접수",
        "--mode-type",
        "프레스",
        "--description",
        "유압 이상",
    )
