"""Hangul below the syllable: spelling folded to its sound, stems inflected, the other keyboard layout. Pure."""

import unicodedata

_FIRST, _LAST = 0xAC00, 0xD7A3
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_FOLDED_VOWELS = {"ㅔ": "ㅐ", "ㅖ": "ㅒ", "ㅙ": "ㅚ", "ㅞ": "ㅚ"}
_FOLDED_TAILS = dict(zip("ㄳㄵㄶㄺㄻㄽㄾㅄㅆㅈㅋ", "ㄱㄴㄴㄱㅁㄹㄹㅂㅅㅅㄱ", strict=True))
_HISSING = "ㅈㅉㅊ"
_HISSED = {"ㅕ": "ㅓ", "ㅑ": "ㅏ", "ㅛ": "ㅗ", "ㅠ": "ㅜ"}
"""Vowels that sound alike behind these leads: 쓰러졌 and 쓰러젔."""
_CONTRACTED = {"ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ"}
_BRIGHT = "ㅏㅑㅗ"
_HEARD = "걷듣싣붇"
"""The syllables whose ㄷ is ㄹ before a vowel (걸어)."""
_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_KEY_OF = {jamo: key for key, jamo in _KEYS.items()}
_JOINED = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_PARTED = {joined: parts for parts, joined in _JOINED.items()}


def is_syllable(sign: str) -> bool:
    """Whether ``sign`` is one whole Hangul syllable."""
    return _FIRST <= ord(sign) <= _LAST


def parts(syllable: str) -> tuple[str, str, str]:
    """Lead, vowel and tail (or ``""``) of a syllable, as compatibility jamo."""
    code = ord(syllable) - _FIRST
    return _LEADS[code // 588], _VOWELS[code % 588 // 28], _TAILS[code % 28]


def join(lead: str, vowel: str, tail: str = "") -> str:
    """The syllable of these jamo."""
    return chr(_FIRST + _LEADS.index(lead) * 588 + _VOWELS.index(vowel) * 28 + _TAILS.index(tail))


def jamo(text: str) -> str:
    """``text`` with every syllable taken apart: what typing slips are counted on."""
    return "".join("".join(parts(sign)) if is_syllable(sign) else sign for sign in text)


def _folded(lead: str, vowel: str) -> str:
    """The syllables of this lead and vowel with each of the tails, in their order, folded."""
    vowel = _FOLDED_VOWELS.get(vowel, vowel)
    if lead in _HISSING:
        vowel = _HISSED.get(vowel, vowel)
    bare = ord(join(lead, vowel))
    return "".join(chr(bare + tail) for tail in _TAILS_FOLDED)


_TAILS_FOLDED = [_TAILS.index(_FOLDED_TAILS.get(tail, tail)) for tail in _TAILS]
_FOLDS = "".join(map(chr, range(_FIRST))) + "".join(_folded(lead, vowel) for lead in _LEADS for vowel in _VOWELS)
"""By its code what a sign is folded to: a tenth of the memory that a dictionary takes."""


def fold(text: str) -> str:
    """``text`` with what sounds alike spelled alike: 끼엇 and 끼었, 데었 and 대었, 않 and 안. As long as before."""
    return text.translate(_FOLDS)


def inflect(stem: str) -> dict[str, bool]:
    """The beginnings of all forms of a verb, from its stem (``끼`` for 끼다); ``=`` before it: that form only.

    Returns:
        The beginnings, each with whether it can end a word as it is (낀, 껴) or needs an ending (끼).
    """
    if stem.startswith("="):
        return {stem[1:]: not parts(stem[-1])[2] or parts(stem[-1])[2] in "ㄴㄹㅁ"}
    lead, vowel, tail = parts(stem[-1])
    root = stem[:-1]
    if tail:
        return _closed_stem(root, lead, vowel, tail)
    if stem[-1] == "하":
        return {stem: False, **_fused(root, lead, vowel), root + "해": True, root + "했": False, root + "하여": True}
    forms = {stem: False, **_fused(root, lead, vowel)}
    if stem[-1] == "르" and root and is_syllable(root[-1]):
        return forms | _doubled_l(root)
    return forms | _open_stem(root, lead, vowel)


def _fused(root: str, lead: str, vowel: str) -> dict[str, bool]:
    return {root + join(lead, vowel, tail): tail != "ㅂ" for tail in "ㄴㄹㅁㅂ"}


def _open_stem(root: str, lead: str, vowel: str) -> dict[str, bool]:
    bare = root + join(lead, vowel)
    forms = {bare + "어": True, bare + "었": False, bare + "아": True, bare + "았": False}
    if vowel == "ㅣ":
        forms |= {bare + "여": True, bare + "였": False}
        if lead != "ㅇ":
            forms[root + join(lead, vowel, "ㅆ")] = False  # Gyeongsang: 낑깄어예, 다칬심더
    if bare[-1] == "시":
        forms |= {root + "세": False}
    if vowel == "ㅡ":
        before = parts(root[-1])[1] if root and is_syllable(root[-1]) else ""
        short = "ㅏ" if before in _BRIGHT and before else "ㅓ"
    else:
        short = _CONTRACTED.get(vowel, vowel)
    return forms | {root + join(lead, short): True, root + join(lead, short, "ㅆ"): False}


def _doubled_l(root: str) -> dict[str, bool]:
    lead, vowel, _tail = parts(root[-1])
    before = root[:-1] + join(lead, vowel, "ㄹ")
    short = "ㅏ" if vowel in _BRIGHT else "ㅓ"
    return {before + join("ㄹ", short): True, before + join("ㄹ", short, "ㅆ"): False}


def _closed_stem(root: str, lead: str, vowel: str, tail: str) -> dict[str, bool]:
    stem = root + join(lead, vowel, tail)
    forms = {stem: False}
    endings = {"아": True, "어": True, "았": False, "었": False, "은": True, "을": True, "음": True, "습": False}
    forms |= {stem + ending: ends for ending, ends in endings.items()}
    bare = root + join(lead, vowel)
    if tail == "ㄹ":
        forms |= {bare + ending: False for ending in "는니네시세"} | {bare: False}
        forms |= {root + join(lead, vowel, fused): fused != "ㅂ" for fused in "ㄴㅂ"} | {stem + "ㅁ": True}
        forms[root + join(lead, vowel, "ㄻ")] = True
    if tail == "ㅂ":
        forms |= {bare + "우": False, bare + "워": True, bare + "웠": False, bare + "운": True, bare + "울": True}
    if tail == "ㄷ" and stem[-1] in _HEARD:
        heard = root + join(lead, vowel, "ㄹ")
        forms |= {heard + "어": True, heard + "었": False, heard + "을": True}
    return forms


def from_latin_keys(text: str) -> str:
    """What the keys of ``text`` write with the keyboard in Korean (two-set layout): ``tkffu`` is 살려."""
    return _compose([_KEYS.get(sign) or _KEYS.get(sign.lower()) or sign for sign in text])


def from_hangul_keys(text: str) -> str:
    """What the keys of ``text`` write with the keyboard in English: ``ㅗ디ㅔ`` is help."""
    keys: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        for one in jamo(sign):
            keys.extend(_KEY_OF.get(part, part) for part in _PARTED.get(one, one))
    return "".join(keys)


def _compose(signs: list[str]) -> str:
    """Jamo in the order of typing, as syllables."""
    done: list[str] = []
    lead = vowel = tail = ""
    for position, sign in enumerate(signs):
        follows_vowel = position + 1 < len(signs) and signs[position + 1] in _VOWELS
        if vowel and not tail and sign in _VOWELS and vowel + sign in _JOINED:
            vowel = _JOINED[vowel + sign]
        elif lead and not vowel and sign in _VOWELS:
            vowel = sign
        elif vowel and not follows_vowel and sign in _LEADS and _JOINED.get(tail + sign, tail + sign) in _TAILS:
            tail = _JOINED.get(tail + sign, tail + sign)
        else:
            done.append(_syllable(lead, vowel, tail))
            lead = vowel = tail = ""
            if sign in _LEADS:
                lead = sign
            else:
                done.append(sign)
    return "".join([*done, _syllable(lead, vowel, tail)])


def _syllable(lead: str, vowel: str, tail: str) -> str:
    return join(lead, vowel, tail) if vowel else lead
