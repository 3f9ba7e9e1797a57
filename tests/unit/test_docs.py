"""Every reference leads somewhere: from page to page, from code to page, from page to code."""

import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from core.domain.alarms import AlarmState, Standing
from core.support import i18n
from tests.documents import (
    ROOT,
    Reference,
    anchors,
    headings,
    links,
    named_files,
    pages,
    references,
    references_in,
    text_files,
)
from tui.input.keys import ACTIONS
from tui.input.slash import WORDS
from tui.view.words import standing_shape, standing_word

PAGES = pages()
_PAGE_NAME = re.compile(r"(?<![\w<{}/*.\"'-])(?:\.\.?/)*\w[\w./-]*\.md\b")
"""A page as a comment or a text names it. What stands in quotes is a file that a test makes."""
OPERATORS = ROOT / "docs" / "operators.md"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link.target):
            continue
        file, _, anchor = unquote(link.target).partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"
        if numbered := re.search(r", (\d+)$", link.text):
            assert anchor.startswith(f"{numbered[1]}-"), f"{link} names another number than it leads to"


def broken(reference: Reference) -> str:
    """What is wrong with a reference; empty where nothing is."""
    document = ROOT / reference.document
    if not document.is_file():
        return "there is no such document"
    if reference.number and not any(one.startswith(f"{reference.number}. ") for one in headings(document)):
        return "there is no heading of this number"
    if reference.words and document.suffix == ".md" and reference.words not in headings(document):
        return "there is no such heading"
    return ""


def test_references_to_documents_lead_to_headings() -> None:
    found = [one for file in text_files() if file != Path(__file__) for one in references(file)]
    assert len(found) > 40
    assert [(one, why) for one in found if (why := broken(one))] == []


def test_what_is_wrong_with_a_reference_is_found() -> None:
    here = Path(__file__)
    wrong = '# docs/kafka.md, 5 and 999, docs/kafka.md, "No such\n# heading", docs/none.md, docs/architecture.md'
    assert [(one.document, broken(one)) for one in references_in(here, wrong)] == [
        ("docs/kafka.md", ""),
        ("docs/kafka.md", "there is no heading of this number"),
        ("docs/kafka.md", "there is no such heading"),
        ("docs/none.md", "there is no such document"),
        ("docs/architecture.md", ""),
    ]


def strangers(file: Path, text: str) -> list[str]:
    """What ``text`` in ``file`` names as a page, and is none of ours: by its path, beside the file, or in docs/."""
    known = {page.resolve() for page in PAGES}
    places = (ROOT, file.parent, ROOT / "docs", ROOT / "docs" / "contracts")
    named = _PAGE_NAME.findall(text)
    return [one for one in named if not any((place / one).resolve() in known for place in places)]


def test_no_document_outside_of_the_repository_is_named() -> None:
    found = {name(file): strangers(file, file.read_text()) for file in text_files() if file != Path(__file__)}
    assert {file: named for file, named in found.items() if named} == {}


def test_a_document_outside_of_the_repository_is_found() -> None:
    text = "as KAFKA.md, 5 and ../shared/DESIGN.md (TEXTUAL.md) tell; README.md, kafka.md and issue-events.md are ours"
    assert strangers(Path(__file__), text) == ["KAFKA.md", "../shared/DESIGN.md", "TEXTUAL.md"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    assert [named for named in named_files(page) if not any(ROOT.glob(named.rstrip("/")))] == []


@pytest.mark.parametrize("document", ["kafka.md", "textual.md", "decisions.md"])
def test_numbers_name_one_heading_each(document: str) -> None:
    numbers = [int(one.split(".")[0]) for one in headings(ROOT / "docs" / document) if re.match(r"\d+\. ", one)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / link.target).resolve() for link in links(index)}
    missing = {page for page in PAGES if page.is_relative_to(index.parent)} - named - {index}
    assert not missing


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*.svg")), ids=name)
def test_pictures_are_drawn_for_light_and_dark(picture: Path) -> None:
    drawing = ET.parse(picture).getroot()  # noqa: S314 - our own file
    assert drawing.find("{http://www.w3.org/2000/svg}title") is not None
    assert "prefers-color-scheme: dark" in picture.read_text()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("state", AlarmState)
def test_the_operators_page_tells_each_mark_as_the_screen_does(
    state: AlarmState, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "_current", i18n.load(language))
    standing = Standing(state)
    sign, ascii_sign = (standing_shape(standing, ascii_only=ascii_only) for ascii_only in (False, True))
    assert f"| {sign} | `{ascii_sign}` | **{standing_word(standing)}**" in OPERATORS.read_text()


def test_the_operators_page_names_keys_and_commands_that_there_are() -> None:
    text = OPERATORS.read_text()
    keys = {key for action in ACTIONS for key in action.keys}
    named = {key.lower() for key in re.findall(r"\b(?:F\d+|Ctrl\+[A-Z])(?![a-zA-Z])", text)}
    assert named <= keys
    commands = set(re.findall(r"`(/\w+)`", text))
    assert commands
    assert commands <= {word for words in WORDS.values() for word in words}
