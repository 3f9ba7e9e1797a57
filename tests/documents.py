"""The documents of this repository as tests read them: their links, headings and what refers to them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
_FOLDERS = (".ci", "core", "deploy", "docs", "tests", "tui")
_TEXT = {".md", ".py", ".toml", ".yaml", ".yml", ".tcss", ".po", ".sql", ".java", ".xml", ".service", ".conf", ""}
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_REFERENCE = re.compile(r"\bdocs/[\w./-]+\.(?:md|yaml|svg)\b")
_SECTIONS = re.compile(r",? ?\(?(?:(?P<numbers>\d+(?:(?:, | and )\d+)*)|\"(?P<words>[^\"]{1,80})\")")
_WRAP = re.compile(r"\s*\n[ \t]*(?:#(?!#) ?)?")


class Link(NamedTuple):
    """A link or a picture of a page."""

    page: Path
    text: str
    target: str


class Reference(NamedTuple):
    """A document named in a text, and the heading by which it is named: its number or its words; empty for none."""

    file: Path
    document: str
    number: str
    words: str


def text_files() -> list[Path]:
    """Every text file that people wrote; pictures and recorded screens are none."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in {".md", ".toml"}]
    for folder in _FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in _TEXT]
    return sorted(path for path in found if not {"__pycache__", "__snapshots__", "target"} & set(path.parts))


def pages() -> list[Path]:
    return [path for path in text_files() if path.suffix == ".md"]


def _inline(page: Path) -> Iterator[Token]:
    for token in _MARKDOWN.parse(page.read_text()):
        yield from token.children or ()


def links(page: Path) -> Iterator[Link]:
    """The links and pictures of ``page`` that lead to files."""
    text, target = "", ""
    for token in _inline(page):
        match token.type:
            case "link_open":
                text, target = "", str(token.attrs["href"])
            case "text" | "code_inline":
                text += token.content
            case "link_close":
                yield Link(page, text, target)
            case "image":
                yield Link(page, token.content, str(token.attrs["src"]))
            case _:
                pass


def named_files(page: Path) -> Iterator[str]:
    """What ``page`` sets as code and looks like a file of ours: by its path, by a pattern, or a module by its name."""
    for token in _inline(page):
        if token.type != "code_inline":
            continue
        first = token.content.split()[0] if token.content.split() else ""
        if re.fullmatch(r"(?:core|tui|tests|docs|deploy|screenshots)/[\w./*-]*", first):
            yield first
        elif re.fullmatch(r"[a-z_]+\.py", first):
            yield f"**/{first}"


def headings(page: Path) -> list[str]:
    """The headings of ``page`` as they are read, without marks."""
    tokens = _MARKDOWN.parse(page.read_text())
    opened = (after for before, after in pairwise(tokens) if before.type == "heading_open")
    return ["".join(child.content for child in token.children or ()) for token in opened]


def anchors(page: Path) -> set[str]:
    """How the forges name the headings of ``page`` in addresses."""
    found: set[str] = set()
    for heading in headings(page):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        copies = sum(1 for one in found if one == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", one))
        found.add(f"{slug}-{copies}" if copies else slug)
    return found


def references(file: Path) -> Iterator[Reference]:
    """The documents that ``file`` names, also where a line ends in between."""
    yield from references_in(file, file.read_text())


def references_in(file: Path, text: str) -> Iterator[Reference]:
    text = _WRAP.sub(" ", text)
    for named in _REFERENCE.finditer(text):
        section = _SECTIONS.match(text, named.end())
        if section is None:
            yield Reference(file, named.group(), "", "")
        elif section["words"]:
            yield Reference(file, named.group(), "", section["words"])
        else:
            yield from (Reference(file, named.group(), n, "") for n in re.findall(r"\d+", section["numbers"]))
