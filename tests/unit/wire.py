"""What somebody says, as a record in all the forms that are met: the contract's own, and those of other mappers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from core.domain.events import Headers, Record
from tests.unit.fold_model import NOTHING, Facts, Said, Says
from tests.unit.making import NOW

WINDOW = 30_000
TIMES = [0, 1, 2, 1_000, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 2 * WINDOW + 2, 5 * WINDOW, 3_600_000]
"""ms after NOW: few, and around the window, so that ties and edges are hit often."""
IDS = ["A", "A ", "A\u200b", "a", "가", "\u1100\u1161", "Å", "A\u030a", "A" * 101]
"""Ids of which several look the same. Each is an issue of its own."""
TEN_YEARS_AND_MORE = 11 * 366 * 86_400_000

_OPEN: list[Any] = [False, None, "false", 0, "yes", 2, [], "trueish"]
_SOLVED: list[Any] = [True, "true", " TRUE ", 1]
_SNAKE_CASE = {"processType": "process_type", "modeType": "mode_type", "modeLogId": "mode_log_id"}
_TYPE_HEADERS: Headers = (("__TypeId__", b"java.util.HashMap"),)


def iso(at_ms: int, digits: int = 3) -> str:
    """As ``Instant.toString()`` writes it, with so many digits of a second."""
    text = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{at_ms % 1000:03d}{'0' * (digits - 3)}Z" if digits else f"{text}Z"


@st.composite
def said_records(draw: st.DrawFn, ids: list[str] = IDS) -> tuple[Said, Record]:
    """What is said, and the record that says so (its partition and offset are given later)."""
    says: Says = draw(st.sampled_from(["raise", "raise", "solve", "reopen"]))
    facts = _drawn_facts(draw)
    at_ms, stamp, timestamp, by_broker = _drawn_time(draw)
    payload: dict[str, Any] = {"issue": draw(st.sampled_from(ids))}
    payload |= dict(
        zip(("processType", "modeType", "modeLogId", "description"), (one or None for one in facts), strict=True)
    )
    payload |= {"isSolved": says == "solve", "timestamp": timestamp}
    headers = _drawn_headers(draw, says)
    value = _lenient(draw, payload) if draw(st.booleans()) else _as_producers_write(draw, payload)
    told = {name: content.decode() for name, content in headers}
    said = Said(
        issue=payload["issue"],
        says=says,
        at_ms=at_ms,
        facts=facts,
        value=value,
        tells_time=timestamp is not None,
        person=told.get("ce_operator", ""),
        note=told.get("ce_note", ""),
        event_id=told.get("ce_id", ""),
        is_terminals="ce_source" in told,
    )
    return said, Record("t", 0, 0, stamp, None, value, headers, by_broker)


def _drawn_facts(draw: st.DrawFn) -> Facts:
    if draw(st.integers(0, 4)) == 0:
        return NOTHING
    text = st.sampled_from
    return draw(
        st.tuples(
            text(["장애접수", "정기점검", ""]),
            text(["프레스", "용접기", ""]),
            text(["L1", ""]),
            text(["누유", "진동", ""]),
        )
    )


def _drawn_time(draw: st.DrawFn) -> tuple[int, int, str | None, bool]:
    """The time that counts, the record's stamp, the JSON's timestamp, and whether the broker gave the stamp."""
    at_ms = NOW + draw(st.sampled_from(TIMES))
    kind = draw(
        st.sampled_from(["right", "right", "right", "broker's", "none", "seconds", "far ahead", "seconds alone"])
    )
    match kind:
        case "none":
            return at_ms, -1, iso(at_ms), False
        case "seconds":
            return at_ms, at_ms // 1000, iso(at_ms, 9), False
        case "far ahead":
            return at_ms, at_ms + TEN_YEARS_AND_MORE, iso(at_ms), False
        case "broker's":  # it is right, however old what it tells of
            return at_ms, at_ms, draw(st.sampled_from([iso(at_ms), iso(at_ms - TEN_YEARS_AND_MORE)])), True
        case "seconds alone":
            return at_ms // 1000 * 1000, at_ms // 1000, None, False
        case _:  # a right stamp counts whatever the JSON says, naive local time and nonsense too
            other = NOW + draw(st.sampled_from(TIMES))
            shown = draw(
                st.sampled_from([iso(at_ms), iso(at_ms, 9), iso(other, 0), "2025-08-08T17:05:37.123456", "soon", None])
            )
            return at_ms, at_ms, shown, False


def _drawn_headers(draw: st.DrawFn, says: Says) -> Headers:
    """The plant's have Spring's type headers or none; a terminal's say who did it."""
    if says != "reopen" and draw(st.booleans()):
        return draw(st.sampled_from([(), _TYPE_HEADERS]))
    names = {"raise": b"andon.issue.raised", "solve": b"andon.issue.resolved", "reopen": b"andon.issue.reopened"}
    person, note = draw(st.sampled_from([("", ""), ("kim", "퓨즈 교체"), ("lee", "")]))
    told = {"ce_operator": person, "ce_note": note, "ce_id": draw(st.sampled_from(["e1", "e2"]))}
    said = tuple((name, text.encode()) for name, text in told.items() if text)
    return (*_TYPE_HEADERS, ("ce_type", names[says]), ("ce_source", b"/terminals/T1"), *said)


def _as_producers_write(draw: st.DrawFn, payload: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON in any order of fields (``Map.of``); an open one may say false, null or nothing."""
    fields = dict(payload)
    if not fields["isSolved"] and draw(st.booleans()):
        fields["isSolved"] = None
    for name in [name for name, value in fields.items() if value is None]:
        if draw(st.booleans()):
            del fields[name]
    ordered = draw(st.permutations(list(fields.items())))
    return json.dumps(dict(ordered), ensure_ascii=draw(st.booleans())).encode()


def _lenient(draw: st.DrawFn, payload: Mapping[str, Any]) -> bytes:
    """The same in the forms of other mappers, encodings and frames."""
    fields = dict(payload)
    solved = fields.pop("isSolved")
    fields[draw(st.sampled_from(["isSolved", "solved", "is_solved"]))] = draw(
        st.sampled_from(_SOLVED if solved else _OPEN)
    )
    if draw(st.booleans()):
        fields = {_SNAKE_CASE.get(name, name): value for name, value in fields.items()}
    if draw(st.booleans()):
        fields["line"] = {"number": 3, "누구": [None, 1.5]}
    value = json.dumps(fields, ensure_ascii=draw(st.booleans())).encode()
    match draw(st.sampled_from(["", "", "frame", "nul", "bom", "utf-16", "blanks"])):
        case "frame":
            return b"\0\0\0\0\7" + value
        case "nul":
            return value + b"\0\0"
        case "bom":
            return b"\xef\xbb\xbf" + value
        case "utf-16":
            return json.dumps(fields).encode("utf-16")
        case "blanks":
            return b" \n" + value + b"\r\n"
        case _:
            return value
