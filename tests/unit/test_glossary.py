"""One word for one thing, in both languages: docs/glossary.md, and every text that people read held to it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir

from core.domain.plant_words import ENGLISH
from core.support.po_compiler import messages_of
from tests.documents import ROOT

PAGE = ROOT / "docs" / "glossary.md"
CATALOGUE = ROOT / "core" / "locale" / "ko" / "andon.po"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
BUILT_IN = "core/chat/playbook/"
SYSTEM_IN_BUILT_IN = {"problems.py", "causes.py"}
"""What stands there and is not said by the assistant: a plant's files that are wrong, a command's cause."""

_PARTICLES = (
    "(?:들)?(?:이나|이라도|이라|이란|이며|이고|입니다|이|가|은|는|을|를|의|에서는|에서도|에서|에게|에는|에도|에|으로|로|와|과|도|만|부터|까지|나"
    "|처럼|보다|마다|하다|하면|하고|하세요|합니다|했습니다|됨|함)?"
)
_TYPED = frozenset(
    re.findall(
        "[a-z]+",
        "after aiokafka andon app audience auto bootstrap builtin chat chmod contrast dark dashboard debug default "
        "delete demo doctor en error false gzip help http https id info issue issues json keys ko light localhost "
        "lz minutes mono n never none openai other payload press project reopen resolve scope smartfactory snappy "
        "ssh stopped table terminal text timestamp true unwrap v wait warning watch withdraw workflow zlib zstd",
    )
)
"""Values, commands and fields: typed or read as they stand."""
_PLANT_WORDS = {
    "The equipment: 프레스, 용접기, 도장설비, 차량조립설비": "what is typed is what the plant's records say",
    "장애접수 (fault report) or 정기점검 (inspection)": "what is typed is what the plant's records say",
    "Switch the language: 한국어 / English": "each language is named in itself",
}
_PLACEHOLDER = re.compile(r"{[^}]*}")
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile(r"(?<![A-Za-z0-9_./+:=<>@-])[a-z]+(?![A-Za-z0-9_/+:=<>@-]|[.][a-z])")
_END = r"(?=[.?!,)·…’”\" ]|$)"
_FORMAL = re.compile(r"(?:니다|니까)" + _END)
_SPOKEN = re.compile(r"(?<!세)(?<!필)요" + _END)
_STIFF = re.compile("십시오|십시요|하시오|하십니까")
_REFUSAL = "안 됩니다."
_SPOKEN_SIGNS = {"다친 사람이 있나요? 1 응급 조치"}
"""Asked of somebody who is frightened."""


@dataclass(frozen=True)
class Text:
    """What people read. ``where`` says from where it is; ``is_ours``: the program's own, not a machine's."""

    words: str
    is_korean: bool
    where: str
    is_ours: bool = True


@dataclass(frozen=True)
class Second:
    """A second word for a thing, and the one to say instead."""

    word: str
    instead: str
    is_ours_only: bool

    @property
    def pattern(self) -> "re.Pattern[str]":
        return _pattern(self.word)


@cache
def _pattern(word: str) -> "re.Pattern[str]":
    """A Korean word has a particle behind it or none; an English one may be several."""
    if _HANGUL.search(word):
        return re.compile(f"(?<![가-힣0-9]){re.escape(word)}{_PARTICLES}(?![가-힣])")
    return re.compile(rf"\b{re.escape(word)}(?:s|es)?\b", re.IGNORECASE)


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:])


@cache
def seconds() -> tuple[Second, ...]:
    return tuple(
        Second(word, f"{korean} / {english}", bool(dagger))
        for korean, english, _meaning, forbidden in rows()
        for word, dagger in re.findall("`([^`]+)`(†?)", forbidden)
    )


@cache
def catalogue() -> dict[str, str]:
    found = messages_of(CATALOGUE.read_text("utf-8"))
    return {message: said for message, said in found.items() if message}


def _files_of(message: str) -> set[str]:
    return _origins().get(message.partition("\0")[0], set())


@cache
def _origins() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in ("core", "tui"):
        for file, _line, message, *_rest in extract_from_dir(ROOT / package, keywords=KEYWORDS):
            first = message if isinstance(message, str) else message[0]
            found.setdefault(first, set()).add(f"{package}/{file}")
    return found


def _shown(value: Any) -> Iterator[tuple[str, bool]]:
    """What a TOML file shows: its texts in two languages; not what it only recognises."""
    match value:
        case {"ko": str(korean), "en": str(english)}:
            yield korean, True
            yield english, False
        case dict():
            for one in value.values():
                yield from _shown(one)
        case list():
            for one in value:
                yield from _shown(one)
        case _:
            return


def _toml_texts(*paths: Path) -> Iterator[Text]:
    for path in paths:
        name = str(path.relative_to(ROOT))
        for words, is_korean in _shown(tomllib.loads(path.read_text("utf-8"))):
            yield Text(words, is_korean, name, is_ours=name.startswith(BUILT_IN))


def signs() -> list[Text]:
    """What is written for a machine or an emergency."""
    playbooks = sorted((ROOT / "core/playbooks").glob("*.toml"))
    return list(_toml_texts(*playbooks, ROOT / "core/emergency/instructions.toml"))


def replies() -> list[Text]:
    """What the built-in assistant says, from its wording."""
    return list(_toml_texts(*sorted((ROOT / BUILT_IN / "wording").glob("*.toml"))))


def messages(*, is_korean: bool) -> list[Text]:
    pairs = catalogue().items()
    return [Text(said if is_korean else message, is_korean, f"“{message}”") for message, said in pairs]


def _is_spoken(message: str) -> bool:
    files = _files_of(message)
    return bool(files) and all(
        file.startswith(BUILT_IN) and file.rpartition("/")[2] not in SYSTEM_IN_BUILT_IN for file in files
    )


def test_the_page_has_words_and_second_words_in_both_languages() -> None:
    assert len(rows()) > 50
    assert all(len(row) == 4 and all(row[:3]) for row in rows())
    said = {second.word for second in seconds()}
    assert {"단말", "내장 도우미", "까닭", "라인장", "unack"} <= said


def test_no_second_word_is_a_first_one() -> None:
    first = {word.strip() for korean, english, *_rest in rows() for word in (*korean.split(","), *english.split(","))}
    assert not first & {second.word for second in seconds()}


def test_the_page_has_the_plants_words() -> None:
    assert ENGLISH.items() <= {(korean, english) for korean, english, *_rest in rows()}


@pytest.mark.parametrize("text", ["이 단말이 느립니다", "단말에서는 안 됩니다", "다른 단말들의 시계"])
def test_a_second_word_is_found_with_any_particle(text: str) -> None:
    assert _pattern("단말").search(text)


@pytest.mark.parametrize(
    ("word", "text"),
    [("인지", "무엇인지 보세요"), ("인지", "0인지 보세요"), ("단말", "단말마"), ("unack", "unacknowledged")],
)
def test_a_part_of_another_word_is_none(word: str, text: str) -> None:
    assert not _pattern(word).search(text)


@pytest.mark.parametrize("is_korean", [True, False], ids=["ko", "en"])
def test_no_text_says_a_second_word(is_korean: bool) -> None:
    texts = [*messages(is_korean=is_korean), *signs(), *replies()]
    offenders = [
        f"{text.words!r} says {second.word!r}: {second.instead} ({text.where})"
        for text in texts
        if text.is_korean == is_korean
        for second in seconds()
        if (text.is_ours or not second.is_ours_only) and second.pattern.search(_PLACEHOLDER.sub("0", text.words))
    ]
    assert not offenders, "\n".join(offenders)


def test_the_assistant_speaks_its_own_way() -> None:
    spoken = [said for message, said in catalogue().items() if _is_spoken(message)]
    spoken += [text.words for text in replies() if text.is_korean]
    assert len(spoken) > 80
    assert not [text for text in spoken if _FORMAL.search(text.replace(_REFUSAL, ""))]


def test_the_program_speaks_its_own_way() -> None:
    said = {message: said for message, said in catalogue().items() if not _is_spoken(message)}
    assert len(said) > 700
    assert not [text for text in said.values() if _SPOKEN.search(text)]


def test_signs_speak_as_the_program_does() -> None:
    korean = [text.words for text in signs() if text.is_korean]
    assert not [text for text in korean if _SPOKEN.search(text) and text not in _SPOKEN_SIGNS]


def test_no_request_is_stiff() -> None:
    texts = [*messages(is_korean=True), *signs(), *replies()]
    assert not [text.words for text in texts if _STIFF.search(text.words)]


def test_korean_texts_hold_no_english_words_of_ours() -> None:
    strange = {
        said: foreign
        for said in catalogue().values()
        if (foreign := set(_LATIN.findall(_PLACEHOLDER.sub("", said))) - _TYPED)
    }
    assert not strange


def test_english_texts_hold_no_hangul() -> None:
    english = [*messages(is_korean=False), *(text for text in (*signs(), *replies()) if not text.is_korean)]
    assert not [text.words for text in english if _HANGUL.search(text.words) and text.words not in _PLANT_WORDS]


def test_a_particle_stands_at_its_word() -> None:
    """“ANDON_DATA_DIR 을” is two words to a reader; Korean writes it as one."""
    particles = r"이\(가\)|을\(를\)|은\(는\)|을|를|은|는|에|에는|에서|로|으로|와|과"
    apart = re.compile(rf"[A-Za-z0-9_}}] (?:{particles})(?=[\s.,)]|$)")
    assert not [said for said in catalogue().values() if apart.search(said)]
