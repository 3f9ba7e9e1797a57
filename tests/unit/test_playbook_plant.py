"""The plant's own playbooks: they add and replace, never take a precaution away, and a bad one harms no other."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.fault_finder import finder_for
from core.chat.playbook.library import (
    install,
    library,
    library_problems,
    packaged,
)
from core.chat.playbook.plant_files import FILE_LIMIT
from core.chat.playbook.precautions import precautions_for, short_precautions

FAULT = """
[[faults]]
id = "{id}"
title = "{title}"
symptoms = ["{symptom}"]
precautions = ["주변을 비우세요."]
checks = ["표시등을 보세요."]
causes = ["필터 막힘"]
steps = [{{ text = "잠근 상태에서 필터를 보세요.", minutes = 5, cause = 1 }}]
call = "설비반에 연락하세요."
"""


@pytest.fixture(autouse=True)
def _only_andons_own_afterwards() -> Iterator[None]:
    yield
    install(None)


def fault(fault_id: str = "pump-noise", title: str = "펌프 소음", symptom: str = "펌프 웅웅") -> str:
    return FAULT.format(id=fault_id, title=title, symptom=symptom)


def pump(**more: str) -> str:
    fields = {"id": '"pump"', "title": '"펌프"', "mode_types": '["펌프"]'} | more
    return "\n".join(f"{name} = {value}" for name, value in fields.items() if value) + fault()


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_without_a_folder_there_are_andons_own() -> None:
    assert install(None) == ()
    assert library() is packaged()


def test_a_new_fault_is_added_to_an_equipment_of_ours_and_found(tmp_path: Path) -> None:
    assert install(write(tmp_path, own='id = "press"\n' + fault("press-scrap", "스크랩 걸림", "스크랩 걸림"))) == ()
    found = finder_for("프레스").find("3호기 스크랩 걸림")
    assert found.sure
    assert found.faults[0].id == "press-scrap"
    book, ours = library().of_equipment("press"), packaged().of_equipment("press")
    assert book is not None
    assert ours is not None
    assert book.faults[: len(ours.faults)] == ours.faults
    assert book.precautions == ours.precautions


def test_a_fault_of_ours_is_replaced_but_keeps_its_precautions(tmp_path: Path) -> None:
    install(write(tmp_path, own='id = "press"\n' + fault("press-oil-leak", "누유 (우리 공장)", "누유")))
    ours, theirs = packaged().part("press-oil-leak"), library().part("press-oil-leak")
    assert theirs is not None
    assert theirs.title.ko == "누유 (우리 공장)"
    assert [text.ko for text in theirs.precautions] == [  # type: ignore[union-attr]
        *(text.ko for text in ours.precautions),  # type: ignore[union-attr]
        "주변을 비우세요.",
    ]
    assert len([one for one in library().of_equipment("press").faults if one.id == "press-oil-leak"]) == 1  # type: ignore[union-attr]


def test_precautions_are_added_below_ours_and_the_safety_line_stays(tmp_path: Path) -> None:
    before, line = precautions_for("프레스", "ko"), short_precautions("프레스", "ko")
    own = 'id = "press"\nmode_types = ["프레스 2호기"]\nshort_precautions = "그냥"\n'
    own += 'precautions = ["리프터도 고정하세요."]'
    assert install(write(tmp_path, own=own)) == ()
    assert precautions_for("프레스", "ko") == (*before, "리프터도 고정하세요.")
    assert precautions_for("프레스2호기", "en")[-1] == "리프터도 고정하세요."
    assert short_precautions("프레스", "ko") == line


def test_another_equipment_has_lock_out_even_where_its_file_says_nothing_of_it(tmp_path: Path) -> None:
    common = precautions_for("펌프", "ko")
    assert install(write(tmp_path, pump=pump(precautions='["밸브를 잠그세요."]'))) == ()
    assert precautions_for("펌프", "ko") == (*common, "밸브를 잠그세요.")
    assert library().equipment("펌프").inspection.id == "pump-inspection"
    assert [one.id for one in finder_for("펌프").find("펌프 웅웅").faults] == ["pump-noise"]


def test_one_language_stands_for_both(tmp_path: Path) -> None:
    install(write(tmp_path, pump=pump(title='{ en = "Pump" }')))
    book = library().of_equipment("펌프")
    assert book is not None
    assert (book.title.ko, book.title.en) == ("Pump", "Pump")
    assert book.faults[0].symptoms.en == ("펌프 웅웅",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = press", "own.toml: line 1, column 6: this is not TOML"),
        ('id = "press', "own.toml: is not TOML: a quote or a bracket is not closed"),
        ('id = "press"\nfaults = [', "own.toml: is not TOML: a quote or a bracket is not closed"),
        ("x = " + "[" * 50_000, "own.toml: is not TOML"),
        ("", "own.toml: id: is missing"),
        ('id = "Press Ö"', "own.toml: id: must be lower-case letters"),
        ('id = "press"\nfoo = 1', "own.toml: foo: is not known here"),
        ('id = "press"\ntitle = 3', "own.toml: title: must be a text"),
        ('id = "press"\ntitle = {}', "own.toml: title.ko: is missing"),
        ('id = "press"\ntitle = ""', "own.toml: title.ko: must not be empty"),
        ('id = "press"\nprecautions = "x"', "own.toml: precautions: must be a list"),
        ('id = "press"\ninspection = 1', "own.toml: inspection: must be a table"),
        ('id = "press"\nshort_precautions = "' + "x" * 51 + '"', "own.toml: short_precautions: is wider than 50"),
        ('id = "press"\n' + fault().replace("cause = 1", "cause = 2"), "own.toml: faults[1]: a step names cause 2"),
        (
            'id = "press"\n' + fault().replace("minutes = 5", "minutes = 0"),
            "faults[1].steps[1].minutes: must be a whole",
        ),
        ('id = "press"\n' + fault() + fault(), "own.toml: faults: ids are used twice: pump-noise"),
        ('id = "press"\n' + fault("welder-spatter"), "own.toml: ids are used twice: welder-spatter"),
        (pump(title=""), "own.toml: title: is missing"),
        (pump(mode_types=""), "own.toml: mode_types: is missing"),
        (
            pump(mode_types='["프 레스"]'),
            'own.toml: mode_types: “프 레스” belongs to “press” already; write id = "press"',
        ),
    ],
)
def test_what_is_wrong_names_file_and_field_and_harms_no_other_file(tmp_path: Path, text: str, told: str) -> None:
    folder = write(tmp_path, own=text, zpump=pump(), apress='id = "press"\nprecautions = ["더 조심하세요."]')
    problems = install(folder)
    assert told in problems[0]
    assert len(problems) <= 4
    assert library_problems() == problems
    assert library().of_equipment("펌프") is not None
    assert precautions_for("프레스", "ko")[-1] == "더 조심하세요."


def test_problems_are_told_in_the_operators_language_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(write(tmp_path, own=""))
    english = library_problems()
    monkeypatch.setattr("core.chat.playbook.problems._", lambda message: f"«{message}»")
    assert library_problems() != english
    assert library_problems()[0].startswith("own.toml: id: «")


def test_a_folder_that_is_not_there_and_things_that_are_no_files(tmp_path: Path) -> None:
    assert "check ANDON_PLAYBOOKS_DIR" in install(tmp_path / "gone")[0]
    assert library() == packaged()
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "notes.txt").write_text("id = ")
    assert install(tmp_path) == ()


def test_large_and_unreadable_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * (FILE_LIMIT + 1))
    (tmp_path / "b.toml").write_bytes(b'id = "\xff\xfe"')
    (tmp_path / "c.toml").symlink_to(tmp_path / "nowhere")
    assert install(tmp_path) == (
        "a.toml: is larger than 1024 KiB and was not read",
        "b.toml: is not UTF-8 text; save it as UTF-8",
    )


def test_what_a_file_says_and_is_called_is_inert(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2J\u202e.toml").write_text('id = "press"\nfoo = 1')
    escaped = '"\\u001b]52;c;eA==\\u0007펌프\\u202e"'
    problems = install(write(tmp_path, pump=pump(title=escaped, precautions=f"[{escaped}]")))
    book = library().of_equipment("펌프")
    assert book is not None
    for told in (*problems, book.title.ko, *precautions_for("펌프", "en")):
        assert not set("\x1b\x07\u202e") & set(told)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "pump.toml").write_text(pump(), "utf-8-sig")
    assert install(tmp_path) == ()


def test_a_second_install_replaces_the_first(tmp_path: Path) -> None:
    install(write(tmp_path, pump=pump()))
    assert finder_for("펌프").find("펌프 웅웅").sure
    install(None)
    assert library().of_equipment("펌프") is None
    assert not finder_for("펌프").find("웅웅").faults


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(pump().split()), max_size=60).map(" ".join)))
def test_no_file_raises_or_takes_a_precaution_away(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "any.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    install(folder)
    for mode_type in ("프레스", "용접기", "도장설비", "차량조립설비", "펌프"):
        ours = tuple(one.ko for one in packaged().equipment(mode_type).precautions)
        assert precautions_for(mode_type, "ko")[: len(ours)] == ours
