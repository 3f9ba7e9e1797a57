"""A text assessed: read in both languages; where it says nothing, read again as it may have been meant. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from core.emergency import english, korean
from core.emergency.assessment import Assessment, Danger, Level
from core.emergency.hangul import fold, from_hangul_keys, from_latin_keys
from core.emergency.lexicon import Flag
from core.emergency.numbers import alike
from core.emergency.rules import Finding, findings
from core.emergency.slips import respelled, respelled_english

LIMIT = 1_000
"""Characters of a text that are read; what stands behind them is not."""

_REMEMBERED = 2_048
"""Texts of which it is remembered what they tell: most events say one of a few things."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_JAMO = re.compile("[\u1100-\u11ff\u3131-\u318e]+")
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[a-z]")
_RUN = re.compile(r"(.)\1{2,}", re.DOTALL)
_CRIED = re.compile(r"([^\W\d_])\1{2,}")
"""A letter or a syllable held or repeated: FIREEE, 불불불."""
_BLANKS = re.compile(r"[^\S\n]+")
_PIECES = re.compile(r"[.!?\n]+")
_SLIPS_READ = 300
"""Characters of a text that are read a second time, as they may have been meant."""
_NAME = re.compile(r"(?:(?<=[a-z,] )|^)[A-Z][a-z]+")

_Told = list[tuple[str, Finding]]
"""Findings, each with the language in which it was told."""


def assess(text: str) -> Assessment:
    """What ``text`` (a message, or an event's description) tells of people in danger. Never raises."""
    return _assessed(alike(text[:LIMIT]))


@lru_cache(_REMEMBERED)
def _assessed(typed: str) -> Assessment:
    found = _concluded(_read(_plain(typed), _names(typed)))
    if found.level is Level.YES or found.power_off or found.keep_away:
        return found
    meant = _read_as_meant(typed)
    return _concluded(meant) if meant else found


def warm_up() -> None:
    """Builds what the first call would otherwise wait for: the lexicons, their indexes, the words worth mending."""
    for text in ("다텼어요", "colapsd", "myhandisstuck"):
        assess(text)


def _plain(text: str) -> str:
    """NFC, lower case, one blank for many, no invisible signs, no stray jamo beside whole syllables."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if _HANGUL.search(plain):
        plain = _JAMO.sub(" ", plain)
    plain = unicodedata.normalize("NFKC", plain).lower()[:LIMIT]  # one sign can stand for eighteen
    return _BLANKS.sub(" ", _RUN.sub(r"\1\1", _CRIED.sub(r"\1", plain))).strip()


def _names(text: str) -> frozenset[str]:
    """Words written with a capital in mid-sentence, or first: they may be people's names."""
    return frozenset(name.lower() for name in _NAME.findall(text.strip()))


def _read(plain: str, names: frozenset[str] = frozenset()) -> _Told:
    told: _Told = []
    latin = _LATIN.search(plain)
    if _HANGUL.search(plain) or not latin:
        told += [("ko", finding) for finding in findings(korean.read(plain), "ko")]
    if latin:
        told += [("en", finding) for finding in findings(english.read(plain, names), "en")]
    return told


def _read_as_meant(typed: str) -> _Told:
    """What it certainly tells with the keyboard in the other layout, or with one slip mended; else nothing."""
    for meant in _meant(typed):
        told = [(language, found) for language, found in _read(meant) if found.level is Level.YES and found.danger]
        if told:
            return told
    return []


def _meant(typed: str) -> Iterator[str]:
    for piece in _PIECES.split(typed[:_SLIPS_READ]):
        for other in (from_latin_keys(piece), from_latin_keys(piece.lower()), from_hangul_keys(piece)):
            if other != piece and _is_readable(other, stray=not _HANGUL.search(piece)):
                yield _plain(other) + "!"  # who does not look at the screen is in a hurry
    plain = _plain(typed)
    if len(plain) > _SLIPS_READ:
        return
    if _HANGUL.search(plain) and (mended := respelled(plain)) != fold(plain):
        yield mended
    if _LATIN.search(plain):
        yield from {meant: None for meant in respelled_english(plain) if meant != plain}


def _is_readable(text: str, *, stray: bool) -> bool:
    """Whether it is text; where ``stray``, with a key beside the right one here and there."""
    return 5 * len(_JAMO.findall(text)) <= (len(_HANGUL.findall(text)) if stray else 0)


def _concluded(told: _Told) -> Assessment:
    flags = {found.flag for _, found in told}
    dangers = [(language, found) for language, found in told if found.danger]
    certain = [entry for entry in dangers if entry[1].level is Level.YES]
    counted = certain or dangers
    level = Level.YES if certain else Level.ASK if dangers else Level.NO
    threats = {found.danger for _, found in counted}
    return Assessment(
        level,
        tuple(danger for danger in Danger if danger in threats),
        counted[0][0] if counted else "",
        power_off=Flag.POWER_OFF in flags,
        keep_away=Flag.KEEP_AWAY in flags,
        reasons=tuple(dict.fromkeys(found.about for _, found in told)),
    )
