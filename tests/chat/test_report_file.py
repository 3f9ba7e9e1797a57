"""A report's file: cleanly named, in its folder, whole, and replacing nothing."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import Report
from core.chat.report_file import SUFFIX, disposition_name, keep_report
from core.support.files import NAME_BYTES, NAME_LIMIT, clean_name, new_file

WILD = st.text(st.characters(), max_size=300)
NASTY = WILD | st.lists(
    st.sampled_from(["..", "/", "\\", "con", "NUL", ".", " ", "보고서", "\u202e", "\x00", ".pdf", "LPT1", ":", "a"])
).map("".join)


def _downloaded(folder: Path, name: str, data: bytes = b"%PDF-1") -> Report:
    path = folder / ".report-x.part"
    path.write_bytes(data)
    return Report(path, name)


@given(NASTY)
def test_any_wish_becomes_a_name_that_every_file_system_takes(wish: str) -> None:
    name = clean_name(wish, SUFFIX)
    whole = f"{name}.pdf"
    assert len(whole) <= NAME_LIMIT
    assert len(whole.encode()) <= NAME_BYTES
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert name.isprintable()
    assert name == name.strip(" .")
    assert name.partition(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1", "lpt9"}
    assert clean_name(whole, SUFFIX) == name


@given(NASTY, NASTY)
def test_any_name_lands_in_the_folder_and_replaces_nothing(wish: str, fallback: str) -> None:
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "reports"
        folder.mkdir()
        first = keep_report(_downloaded(folder, wish, b"%PDF-1"), folder, fallback)
        second = keep_report(_downloaded(folder, wish, b"%PDF-2"), folder, fallback)
        assert first.read_bytes() == b"%PDF-1"
        assert second.read_bytes() == b"%PDF-2"
        assert sorted(folder.iterdir()) == sorted([first, second])
        assert list(Path(outer).iterdir()) == [folder]
        assert first.suffix == ".pdf"


@given(WILD)
def test_any_header_is_read(header: str) -> None:
    clean_name(disposition_name(header), SUFFIX)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("report_프레스.pdf", "report_프레스"),
        ("report.PDF", "report"),
        ("report", "report"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kim\\보고서.pdf", "보고서"),
        ("...hidden.pdf", "hidden"),
        ("CON.pdf", "_CON"),
        ("com1.x.pdf", "_com1.x"),
        ("conveyor.pdf", "conveyor"),
        ("a\x1b[31m\u202eb\u200b.pdf", "a[31mb"),
        ("a\n\t b.pdf", "a b"),
        ("보고서".encode().decode() + "\u0301" * 3, "보고서" + "\u0301" * 3),
        ("", ""),
        (".pdf", ""),
        ("..", ""),
        ("/", ""),
    ],
)
def test_a_wish_is_cleaned(wish: str, expected: str) -> None:
    assert clean_name(wish, SUFFIX) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('attachment; filename="report_I-1.pdf"', "report_I-1.pdf"),
        ("attachment; filename=report.pdf", "report.pdf"),
        ("attachment; filename=report.pdf; size=3", "report.pdf"),
        ("attachment; filename*=UTF-8''%EB%B3%B4%EA%B3%A0%EC%84%9C.pdf", "보고서.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=utf-8'ko'%EB%B3%B4.pdf", "보.pdf"),
        ("attachment; filename*=iso-8859-1''%A3.pdf", "£.pdf"),
        ("attachment; filename*=no-such''%A3.pdf; filename=\"x.pdf\"", "x.pdf"),
        ('attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        ('attachment; FILENAME = "보고서.pdf"', "보고서.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fx.pdf", "../../x.pdf"),
        ("attachment", ""),
        ("", ""),
    ],
)
def test_the_server_s_wish_is_read_from_its_header(header: str, expected: str) -> None:
    assert disposition_name(header) == expected


@pytest.mark.parametrize(
    ("wish", "issue", "expected"),
    [
        ("", "I/1.pdf", "I-1.pdf"),
        ("..", "", "report.pdf"),
        ("report.pdf", "PRESS_1", "PRESS_1 report.pdf"),
        ("report_PRESS_1.pdf", "PRESS_1", "report_PRESS_1.pdf"),
        ("../report.pdf", "../PRESS_1", "-PRESS_1 report.pdf"),
    ],
)
def test_a_name_says_what_the_report_is_about(tmp_path: Path, wish: str, issue: str, expected: str) -> None:
    assert keep_report(_downloaded(tmp_path, wish), tmp_path, issue).name == expected


def test_a_file_of_this_name_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(b"older")
    assert keep_report(_downloaded(tmp_path, "r.pdf"), tmp_path, "").name == "r (2).pdf"
    assert keep_report(_downloaded(tmp_path, "r.pdf"), tmp_path, "").name == "r (3).pdf"
    assert (tmp_path / "r.pdf").read_bytes() == b"older"


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_of_this_name_is_not_followed(tmp_path: Path, exists: bool) -> None:
    folder, outside = tmp_path / "reports", tmp_path / "outside.pdf"
    folder.mkdir()
    if exists:
        outside.write_bytes(b"precious")
    (folder / "r.pdf").symlink_to(outside)
    kept = keep_report(_downloaded(folder, "r.pdf"), folder, "")
    assert kept == folder / "r (2).pdf"
    assert outside.exists() is exists
    assert not exists or outside.read_bytes() == b"precious"


def test_a_report_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    report = _downloaded(tmp_path, "r.pdf")
    report.path.chmod(0o644)
    assert keep_report(report, tmp_path, "").stat().st_mode & 0o777 == 0o600


def test_a_report_that_cannot_be_kept_is_not_lost(tmp_path: Path) -> None:
    report = _downloaded(tmp_path, "r.pdf")
    with pytest.raises(FileNotFoundError):
        keep_report(report, tmp_path / "missing", "")
    assert report.path.read_bytes() == b"%PDF-1"


def test_without_links_the_report_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "r.pdf").write_bytes(b"older")
    kept = keep_report(_downloaded(tmp_path, "r.pdf"), tmp_path, "")
    assert kept.name == "r (2).pdf"
    assert kept.read_bytes() == b"%PDF-1"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_saved_text_replaces_nothing_either(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "when needed"
    assert new_file(folder, "A", ".md", b"one").name == "A.md"
    again = new_file(folder, "../A.md", ".md", b"two")
    assert again.name == "A (2).md"
    assert (folder / "A.md").read_bytes() == b"one"
    assert again.stat().st_mode & 0o777 == 0o600
    assert new_file(folder, "..", ".md", b"x").name == "andon.md"
