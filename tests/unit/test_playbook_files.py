"""The playbooks are whole: both languages, safe, with what a worker needs on every equipment."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError
from rich.cells import cell_len

from core.chat.playbook.assistant import precautions_for, release_checks_for, short_precautions
from core.chat.playbook.library import SHORT_CELLS, Bilingual, Library, Playbook, library

EQUIPMENT = ["프레스", "용접기", "도장설비", "차량조립설비"]
HANGUL = re.compile("[가-힣]")


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads(files("core.playbooks").joinpath(name).read_text("utf-8"))


def texts(value: object) -> Iterator[Bilingual]:
    """Every bilingual text within a model."""
    if isinstance(value, Bilingual):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif hasattr(value, "model_fields_set"):
        for _, item in value:  # type: ignore[attr-defined]
            yield from texts(item)


@pytest.mark.parametrize("mode_type", EQUIPMENT)
def test_every_equipment_has_faults_an_inspection_and_safety(mode_type: str) -> None:
    book = library().of_equipment(mode_type)
    assert book is not None
    assert len(book.faults) >= 4
    assert len(book.inspection.steps) >= 4
    assert len(precautions_for(mode_type, "ko")) >= 4
    assert len(release_checks_for(mode_type, "en")) >= 3


def test_every_text_is_korean_in_korean_and_english_in_english() -> None:
    told = list(texts(library().common)) + [text for book in library().playbooks for text in texts(book)]
    assert len(told) > 500
    assert [t for t in told if not HANGUL.search(t.ko) or HANGUL.search(t.en)] == []


def test_every_cause_has_a_step() -> None:
    for fault in (fault for book in library().playbooks for fault in book.faults):
        assert {step.cause for step in fault.steps} >= set(range(1, len(fault.causes) + 1)), fault.id


@pytest.mark.parametrize("mode_type", [*EQUIPMENT, "없는 설비", ""])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_precautions_cut_power_lock_tag_and_verify(mode_type: str, language: str) -> None:
    told = " ".join(precautions_for(mode_type, language)).lower()
    wanted = ("차단", "자물쇠", "표지", "확인") if language == "ko" else ("lock", "tag", "verify")
    assert all(word in told for word in wanted)
    assert 0 < cell_len(short_precautions(mode_type, language)) <= SHORT_CELLS


def test_no_step_defeats_a_safety_device() -> None:
    told = [text for book in library().playbooks for fault in book.faults for text in texts(fault)]
    for text in told:
        if re.search("우회|점퍼|해제하고|무시", text.ko):
            assert re.search("마세요|안 됩니다|뒤에만", text.ko), text.ko
        if re.search("bypass|defeat|override|jumper", text.en, re.IGNORECASE):
            assert re.search("never|do not", text.en, re.IGNORECASE), text.en


HANDS_ON = re.compile(
    r"조이세요|풀[어고]|빼|닦|교체하|여세요|열고|분해|만지세요|재고|재세요|재어|청소|잡고"
    r"|(?:^|[.;:,] |and )(?:tighten|loosen|remove|replace|open|wipe|measure|clean|touch|take)\b",
    re.IGNORECASE,
)
RUNS = re.compile(
    r"공운전|무부하|시험 모드|1장 시험|시험판으로|dry-run|run unloaded|test mode|try (?:a|one)\b", re.IGNORECASE
)
CLEAR = re.compile(
    r"(?:잠금을 풀고|자물쇠를 풀고) 사람이|locks (?:off|are off)[^.]* everybody|everybody clear", re.IGNORECASE
)


def test_immediate_checks_need_no_hand_on_the_machine() -> None:
    checks = [text for book in library().playbooks for fault in book.faults for text in fault.checks]
    assert [text for text in checks if HANDS_ON.search(text.ko) or HANDS_ON.search(text.en)] == []


def test_a_step_that_runs_the_machine_is_made_with_everybody_clear() -> None:
    steps = [step.text for book in library().playbooks for fault in book.faults for step in fault.steps]
    running = [text for text in steps if RUNS.search(text.ko) or RUNS.search(text.en)]
    assert len(running) >= 5
    for text in running:
        assert CLEAR.search(text.ko), text.ko
        assert CLEAR.search(text.en), text.en


@pytest.mark.parametrize(
    "wanted",
    [
        ("press", "vibration-upper vibration-lower motor-current hydraulic-pressure oil-leak oil-temperature"),
        ("press", "wrinkle crack burr"),
        ("welder", "electrode-wear current spatter robot-position"),
        ("painting", "booth-temperature booth-humidity nozzle sagging orange-peel dust"),
        ("assembly", "missing-part misaligned-part torque conveyor-stop"),
    ],
)
def test_the_usual_faults_are_there(wanted: tuple[str, str]) -> None:
    equipment, faults = wanted
    assert [name for name in faults.split() if library().part(f"{equipment}-{name}") is None] == []


def test_equipment_is_known_by_its_english_name_too_and_unknown_gets_lock_out() -> None:
    assert library().of_equipment(" Press ") is library().of_equipment("프레스")
    assert library().of_equipment("프레스2") is None
    common = tuple(text.en for text in library().common.precautions)
    assert precautions_for("프레스2", "en") == common


@pytest.mark.parametrize(
    "broken",
    [
        {"unknown": 1},
        {"faults": []},
        {"short_precautions": {"ko": "전원 차단", "en": "x" * 51}},
        {"short_precautions": {"ko": "전원 차단", "en": " "}},
        {"precautions": []},
        {"title": {"ko": "프레스"}},
        {"title": "프레스"},
    ],
)
def test_the_schema_refuses(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Playbook.model_validate(raw("press.toml") | broken)


def test_a_step_naming_no_cause_and_an_id_used_twice_are_refused() -> None:
    press = raw("press.toml")
    press["faults"][0]["steps"][0]["cause"] = 99
    with pytest.raises(ValidationError, match="cause 99"):
        Playbook.model_validate(press)
    twice = {"common": raw("common.toml"), "playbooks": [raw("press.toml"), raw("press.toml")]}
    with pytest.raises(ValidationError, match="ids used twice"):
        Library.model_validate(twice)
