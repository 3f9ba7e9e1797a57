"""docs/asyncapi.yaml is in order, and tells what the code reads and writes."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from core.domain.causes import OTHER
from core.domain.events import DEFAULT_TYPE_HEADERS, RAISED, REOPENED, RESOLVED, TERMINALS, Headers
from core.domain.issues import issue_of
from core.domain.outbox import Outgoing, raise_issue, resolve_or_reopen
from core.domain.wire_json import WIRE_FIELDS
from core.settings import Settings
from tests.documents import ROOT
from tests.unit.making import NOW, event, payload

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
MESSAGES: dict[str, dict[str, Any]] = DOCUMENT["components"]["messages"]
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
MESSAGE_OF = {RAISED: "raised", RESOLVED: "resolved", REOPENED: "reopened"}

texts = st.none() | st.text(max_size=20)


def complaints(schema: dict[str, Any], value: object) -> list[str]:
    """What ``value`` does against ``schema``, whose references lead into the document."""
    validator = Draft7Validator({**schema, "components": DOCUMENT["components"]})
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(value)]


def decoded(headers: Headers) -> dict[str, str]:
    return {name: content.decode() for name, content in headers}


def told_wrongly(record: Outgoing) -> list[str]:
    """What a record of ours does against the message of its kind."""
    message = MESSAGES[MESSAGE_OF[record.action]]
    headers = complaints(message["headers"], decoded(record.headers))
    return headers + complaints(message["payload"], json.loads(record.value))


def walked(value: object) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    match value:
        case dict():
            yield cast("dict[str, Any]", value)
            for inner in value.values():
                yield from walked(inner)
        case list():
            for inner in value:
                yield from walked(inner)
        case _:
            pass


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_document_is_an_asyncapi_3_of_this_program() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT.keys() <= {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert {"title", "version"} <= DOCUMENT["info"].keys()


def test_every_reference_leads_to_something() -> None:
    found = [one["$ref"] for one in walked(DOCUMENT) if "$ref" in one]
    assert found
    assert all(reference.startswith("#/") and resolved(reference) for reference in found)


@pytest.mark.parametrize("name", DOCUMENT["operations"])
def test_operations_use_messages_of_their_channel(name: str) -> None:
    operation = DOCUMENT["operations"][name]
    channel = operation["channel"]["$ref"]
    assert operation["action"] in {"send", "receive"}
    assert operation["messages"]
    assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_and_their_examples_are_in_order(name: str) -> None:
    message = MESSAGES[name]
    for part in ("headers", "payload"):
        Draft7Validator.check_schema(message[part])
        for example in message.get("examples", ()):
            if part in example:
                assert complaints(message[part], example[part]) == []


def test_the_topics_are_the_settings_own() -> None:
    topic = Settings.model_fields["topic"].default
    assert DOCUMENT["channels"]["issues"]["address"] == topic
    assert DOCUMENT["channels"]["activity"]["address"] == f"{topic}-activity"


def test_the_issue_event_has_the_wires_fields() -> None:
    assert tuple(SCHEMAS["issueEvent"]["properties"]) == WIRE_FIELDS


@pytest.mark.parametrize("fields", [{}, {"modeLogId": "L"}, {"isSolved": True}, {"description": None}, {"extra": [1]}])
def test_what_the_plant_sends_is_as_described(fields: dict[str, Any]) -> None:
    assert complaints(MESSAGES["fromPlant"]["payload"], json.loads(payload("A", **fields))) == []


@pytest.mark.parametrize("wrong", [b"{}", b'{"issue": ""}', b'{"issue": 5}', b"[]", b'{"issue": "A", "isSolved": "x"}'])
def test_what_is_no_issue_event_is_not_as_described(wrong: bytes) -> None:
    assert complaints(MESSAGES["fromPlant"]["payload"], json.loads(wrong))


@given(note=st.text(max_size=40), description=texts, log_id=texts, solved=st.booleans())
def test_what_a_terminal_sends_is_as_described(
    note: str, description: str | None, log_id: str | None, solved: bool
) -> None:
    issue = issue_of(event(NOW, "open", description=description, modeLogId=log_id, more={"x": 1}))
    record = resolve_or_reopen(issue, solved=solved, now_ms=NOW, operator="김민수", note=note, terminal="P1/03 예비")
    assert told_wrongly(record) == []


def test_a_record_about_an_issue_of_which_only_a_solve_is_known_is_as_described() -> None:
    issue = issue_of(event(NOW, "solved"))
    record = resolve_or_reopen(issue, solved=False, now_ms=NOW, operator="A", note="", terminal="T")
    assert told_wrongly(record) == []


@given(log_id=texts, description=texts)
def test_what_a_terminal_raises_is_as_described(log_id: str | None, description: str | None) -> None:
    fields = {
        "issue": "A",
        "processType": "장애접수",
        "modeType": "프레스",
        "modeLogId": log_id,
        "description": description,
    }
    assert told_wrongly(raise_issue(fields, now_ms=NOW, operator="A", terminal="T")) == []


def test_a_record_of_the_wrong_kind_is_not_as_described() -> None:
    record = resolve_or_reopen(issue_of(event(NOW)), solved=True, now_ms=NOW, operator="A", note="", terminal="T")
    reopened = MESSAGES["reopened"]
    assert complaints(reopened["payload"], json.loads(record.value))
    assert complaints(reopened["headers"], decoded(record.headers))


def test_headers_are_those_that_the_code_writes() -> None:
    """What is marked as specified is not written yet: whoever writes it takes the mark away."""
    described = {**SCHEMAS["cloudEvent"]["properties"], **SCHEMAS["terminalHeaders"]["allOf"][1]["properties"]}
    written = {name for name, schema in described.items() if schema.get("x-status") != "specified"}
    record = resolve_or_reopen(
        issue_of(event(NOW)), solved=True, now_ms=NOW, operator="A", note="", terminal="T", cause=OTHER
    )
    assert written == set(decoded(record.headers)) - {"__ContentTypeId__", "__KeyTypeId__"}
    raised = raise_issue({"issue": "A"}, now_ms=NOW, operator="A", terminal="T")
    assert set(decoded(raised.headers)) == set(decoded(record.headers)) - {"ce_cause"}
    assert set(SCHEMAS["springHeaders"]["properties"]) == {name for name, _content in DEFAULT_TYPE_HEADERS}
    assert SCHEMAS["cloudEvent"]["properties"]["ce_source"]["pattern"].startswith(f"^{TERMINALS}")


def test_kinds_are_those_of_the_code() -> None:
    assert set(SCHEMAS["terminalHeaders"]["allOf"][1]["properties"]["ce_type"]["enum"]) == set(MESSAGE_OF)
