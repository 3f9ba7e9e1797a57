"""``andon retry``: what was parked goes out again, and is done once it is read back."""

import json
from pathlib import Path

from core.demo.embedded_broker import EmbeddedBroker
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.settings import load_settings
from core.station.data_dir import opened_store
from tests.unit.commands import andon
from tests.unit.test_commands_embedded import broker as broker
from tests.unit.test_commands_embedded import given as given
from tests.unit.test_commands_embedded import one_line, send, value_of


def test_what_was_parked_is_sent_again_and_read_back(given: dict[str, str], broker: EmbeddedBroker) -> None:
    send(given, value_of("A"), value_of("OTHER"))
    assert andon(given, "resolve", "OTHER").code == 0  # so that this terminal knows A without contact
    assert "nothing to send again" in one_line(andon(given, "retry", "A"))
    broker.take_down()
    assert andon(given, "resolve", "A", "--note", "필터 교체", "--wait", "4").code == 1
    broker.bring_up()
    with opened_store(load_settings(data_dir=Path(given["ANDON_DATA_DIR"]))) as store:
        [waiting] = store.outbox.unconfirmed()
        store.outbox.park(waiting.record.event_id, ClusterProblem(ClusterProblemKind.NO_WRITE, "t"))
    again = andon(given, "retry", "A", "--wait", "60")
    assert (again.code, again.text) == (0, "confirmed A\n"), again.complaint
    solved = {issue["issue"]: issue for issue in andon(given, "issues", "--all", "--json").json()}
    assert (solved["A"]["state"], solved["A"]["resolutionNote"]) == ("solved", "필터 교체")
    actions = [json.loads(line)["action"] for line in andon(given, "journal", "--json").text.splitlines()]
    assert actions[-2:] == ["retried", "confirmed"]
    assert "nothing to send again" in one_line(andon(given, "retry", "A"))


def test_without_contact_it_is_kept_and_the_cause_is_named(given: dict[str, str], broker: EmbeddedBroker) -> None:
    broker.take_down()
    ran = andon(given, "retry", "A", "--wait", "3")
    assert ran.code == 1
    assert one_line(ran)
