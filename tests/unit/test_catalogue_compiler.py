"""A catalogue is compiled as gettext's own tools do, kept beside its source, and goes into the wheel compiled."""

import os
import zipfile
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from core.support import po_compiler
from core.support.catalogue import compiled
from core.support.po_compiler import messages_of, mo_of

ROOT = Path(__file__).parents[2]
SOURCE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Resolve"\nmsgstr "해결"\n'

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30).filter(
    lambda text: "\x1f" not in text
)
said = texts.filter(bool)


def _read(content: bytes) -> dict[object, str]:
    return dict(GNUTranslations(BytesIO(content))._catalog)  # type: ignore[attr-defined]


def _by_babel(source: bytes) -> dict[object, str]:
    catalogue, content = read_po(BytesIO(source), locale="ko"), BytesIO()
    write_mo(content, catalogue)
    return _read(content.getvalue())


def _without_header(messages: dict[object, str]) -> dict[object, str]:
    return {key: text for key, text in messages.items() if key != ""}


def test_andons_own_catalogue_is_compiled_as_babel_does() -> None:
    source = files("core").joinpath("locale", "ko", "andon.po").read_bytes()
    ours = _read(mo_of(messages_of(source.decode())))
    assert len(ours) > 700
    assert _without_header(ours) == _without_header(_by_babel(source))


@given(st.dictionaries(said, said, max_size=6), st.dictionaries(said, st.tuples(said, said), max_size=3), st.data())
def test_any_catalogue_is_compiled_as_babel_does(
    single: dict[str, str], plural: dict[str, tuple[str, str]], data: st.DataObject
) -> None:
    catalogue = Catalog(locale="ko")
    for key, text in single.items():
        if key not in plural:
            catalogue.add(key, text, flags=("fuzzy",) if data.draw(st.booleans()) else ())
    for key, (many, text) in plural.items():
        catalogue.add((key, many), (text,))
    source = BytesIO()
    write_po(source, catalogue)
    ours = _read(mo_of(messages_of(source.getvalue().decode())))
    assert _without_header(ours) == _without_header(_by_babel(source.getvalue()))


@pytest.mark.parametrize("line", ['msgctxt "menu"', "msgid Resolve", 'say "x"', '"astray"'])
def test_what_is_no_catalogue_of_ours_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=line.split()[-1].strip('"')):
        messages_of(f'{line}\nmsgid "a"\nmsgstr "b"\n')


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "andon.po"
    path.write_text(SOURCE, "utf-8")
    return path


def test_it_is_compiled_once_and_again_when_it_changes(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    plain = po_compiler.mo_of

    def counted(messages: dict[str, str]) -> bytes:
        done.append(len(messages))
        return plain(messages)

    monkeypatch.setattr(po_compiler, "mo_of", counted)
    assert _read(compiled(source))["Resolve"] == "해결"
    assert _read(compiled(source))["Resolve"] == "해결"
    assert len(done) == 1
    source.write_text(SOURCE.replace("해결", "풀기"), "utf-8")
    os.utime(source, ns=(1, 1))  # older than what is kept, as after a checkout of an older version
    assert _read(compiled(source))["Resolve"] == "풀기"
    assert sorted(path.name for path in source.parent.iterdir()) == ["andon.mo", "andon.po"]


def test_where_nothing_can_be_written_it_is_compiled_each_time(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_bytes", refused)
    assert _read(compiled(source))["Resolve"] == "해결"
    assert [path.name for path in source.parent.iterdir()] == ["andon.po"]


def test_without_a_source_the_compiled_one_is_read(source: Path) -> None:
    before = compiled(source)
    source.unlink()
    assert compiled(source) == before


def test_a_wheel_has_the_catalogues_compiled_and_no_source(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="needs hatchling, which builds the wheel")
    from hatchling.builders.wheel import WheelBuilder

    wheel = zipfile.ZipFile(next(iter(WheelBuilder(str(ROOT)).build(directory=str(tmp_path)))))
    inside = [name for name in wheel.namelist() if "/locale/" in name]
    assert inside == ["core/locale/ko/andon.mo"]
    assert _read(wheel.read(inside[0]))["Resolve"] == "해결"
    metadata = next(wheel.read(name).decode() for name in wheel.namelist() if name.endswith("METADATA"))
    needed = [
        line.split()[1] for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]
    assert not {name.partition(">")[0] for name in needed} & {"babel", "tenacity", "wcwidth"}
