"""Korean particles and endings: what may follow a noun and a verb, and the role that it gives. Pure. All folded."""

import re
from functools import cache, lru_cache

from core.emergency.hangul import fold
from core.emergency.lexicon import Role

_PARTICLES: tuple[tuple[Role, str, str], ...] = (
    (Role.SUBJECT, "들", "이가|이|가|께서|께서는|만이"),
    (
        Role.TOPIC,
        "들|한테|에서|에",
        "은|는|도|만|까지|마저|조차|이나|나|이랑|랑|하고|과|와|이며|야|아",
    ),
    (Role.OBJECT, "들", "을|를"),
    (Role.SOURCE, "", "에서|에서부터|부터|로부터|한테서|에서는|에서도"),
    (
        Role.PLACE,
        "들",
        "에|에게|에게로|한테|께|에다|에다가|으로|로|쪽|쪽으로|쪽에|위에|위로|밑에|밑으로|속에|속으로|안에|안으로|앞에|에도|에만|에는",
    ),
    (Role.OWNER, "들", "의"),
    (Role.BARE, "들", ""),
)
"""Each role with what may stand before its particles, and the particles; the first that fits is meant."""
LONGEST_PARTICLE = 6
"""Syllables."""
_COPULA = (
    "(?:이|입)?(?:에요|예요|여요|입니다|임니다|야|임|요|라고|라|인데|인데요|고|고요|며|인가|인가요|인가봐요|인|다|네|네요|죠|지|같아요|같은데|같습니다|"
    "같은|같은데요|같애요|같음|인듯|래요|랍니다|니까|예|라서|니다|였어요|었어요|입니까)"
)
_LIGHT = (
    "(?:이|가|을|를)?(?:하|되|돼|대|댔|됐|됬|된|됨|될|됩|당|났|나|난|날|남|납|해|했|한|함|할|합|입|있|중|사고|자|발생|당했|당한)"
    "[가-힣]{0,6}"
)
ENDING_SIGNS = frozenset(
    fold(
        "어아여요예에유니다까고는데은인음임지만면으며서네나대답댄더던도려러자잔거것게겠기구군근가꼬부럿봐바싶라래랬랍세셔셨시십신실심었았였을"
        "쥬죠져졌주줘달됩된돼되됐안않못든듯채척쟈잖쨌며야와왔오우운울움워웠하해했한할함합혀혔히습슴있싸써쓰능응께당랑로놓놨버렸렀려효"
        "여용욤염영셈삼슈이봤볼게길래겨졋질수뻔줄"
        "대소단디딜제잉마먼만허뻐삐삣뿟뿌뿔브심껴노끼꾸답같애쩌덩십숑"
    )
)
"""Syllables that verbs end in. Permissive: what a word is was decided by its stem."""
ANY_PARTICLE = frozenset(fold("이가은는을를에서도의로와과한데고"))
"""What the word before may end in, inside a text without blanks."""


_REMEMBERED = 2_048
"""Endings of which it is remembered what they are."""


@cache
def particles() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    """What finds them at the beginning of a text."""
    return tuple((role, re.compile(fold(f"(?:{before})?(?:{words})"))) for role, before, words in _PARTICLES)


@cache
def particle_words() -> tuple[tuple[Role, frozenset[str]], ...]:
    """All of them, written out."""
    return tuple(
        (role, frozenset(fold(first + word) for first in ("", *before.split("|")) for word in words.split("|")))
        for role, before, words in _PARTICLES
    )


_NOUN_END = re.compile(fold(_COPULA))
_EVENT_END = re.compile(fold(_LIGHT))


@lru_cache(_REMEMBERED)
def role_of(rest: str, *, event: bool) -> Role | None:
    """The role of a noun behind which ``rest`` stands up to the next blank; None where that is no noun's ending.

    Args:
        rest: folded.
        event: the noun tells of something by itself and may be a verb's (``감전됐어요``).
    """
    for role, found in particle_words():
        if rest in found:
            return role
    if rest == "인":
        return Role.OWNER
    if _NOUN_END.fullmatch(rest) or (event and _EVENT_END.fullmatch(rest)):
        return Role.BARE
    return None
