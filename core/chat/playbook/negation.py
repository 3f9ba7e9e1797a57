"""What a text says is NOT the case ("누유 없음", "진동은 없어요", "no leak"), told apart clause by clause. Pure.

A thing that should be there and is not ("압력이 없어요", "no parts") or does not do what it should ("안 움직여요",
"does not move") is a symptom and no denial. Where words do not settle it, a clause is taken for affirmed after
"not" and "안", for denied after "no" and "없음".
"""

import re
from dataclasses import dataclass

from core.support.text_index import words

_MARKS = re.compile(r"[.,;:!?\n()\[\]/·…、。，]+")
_APOSTROPHES = re.compile("['’‘`´]")

_KO_END = re.compile(
    r"[가-힣](?:요|니다|[았었했됐있없난린진간온된한]다|는데|은데|인데|한데|지만|으나|으며|면서|고)$"
    r"|(?:있|없|높|낮|많|적|심하|안되)음$|(?:심함|됨|아님|안됨|정상|양호)$"
)
"""Words with which a Korean clause ends, written without a stop."""
_KO_NONE = re.compile(r"^(?P<head>.*?)없(?!애)[가-힣]*$")
_KO_NOT = re.compile(r"^(?P<head>.*?)(?:아니(?!요$)|아닙|아님|아냐)[가-힣]*$")
_KO_BAD_VERB = (
    "새|샌|샙|떨|흔들|튀|튄|뜨거|뜨겁|흐르|흘러|생기|생겨|생긴|터지|터져|갈라|찢|막히|막혀|걸리|걸려|보이|보여|보입"
    "|심하|심해|높|낮|빠지|빠져|풀리|풀려|벗어|틀어|들려|들리|울리|울려|샜|막혔|걸렸|풀렸|터졌|생겼|빠졌|심했|울렸|닳|부딪"
)
_KO_BAD_NOT_DONE = re.compile(
    rf"(?:^|\s)안\s?(?:{_KO_BAD_VERB}|나(?:요|고|는|네|며|지만|$|\s)|난다|남|납니다)"
    rf"|(?:{_KO_BAD_VERB}|나)[가-힣]{{0,2}}지(?:는|도)?\s?(?:않|안)"
    r"|(?:것|거)\s?같지(?:는|도)?\s?않|(?:트립|충돌)\s안\s"
)
_KO_FINE = re.compile(
    r"^(?P<head>.*?)(?:(?<!비)정상(?:이에요|입니다|이고|인데|임|이다|이며|이지만)?|(?:양호|괜찮|멀쩡)[가-힣]*)$"
)
_KO_PARTICLE = re.compile(r"(?:이|가|은|는|도|을|를|에|의|조차|하나도)$")
_KO_COUNT = frozenset(words("하나 하나도 하나가 한개 한개가 두개 두개가 둘 전혀 아예 거의 조금도 별로 아직 지금 현재"))
_KO_NEEDED = tuple(
    words(
        "부품 볼트 너트 나사 클립 와셔 압력 유압 공압 수압 전압 전류 통전 전원 도료 페인트 토출 분사 냉각수 유량 풍량"
        " 공급 반응 움직임 작동 동작 신호 가압력 가압 토크 자재 소재 작동유 윤활유 가공유"
    )
)
"""What should be there: none of it is a symptom."""

_EN_NONE = frozenset(words("no without nor neither zero"))
_EN_NOT = frozenset(words("not never nothing isnt arent wasnt doesnt dont didnt wont cant cannot"))
_EN_TURN = frozenset(words("but however only although though yet while"))
_EN_FINE = frozenset(words("fine ok okay normal good alright gone"))
_EN_BAD = tuple(
    words(
        "leak vibrat shak nois hot overheat warm crack split burr wrinkl sag runs spatter splatter spark dust dirt worn"
        " wear loose clog block jam stuck trip abnormal problem issue missing misalign bent broken drop deviat fault"
        " error alarm high low smell smoke collision crash condens peel crater squeal squeak drip"
    )
)
_EN_NEEDED = tuple(
    words(
        "pressure part bolt nut clip current power paint spray flow water supply weld torque movement motion response"
        " signal force air reaction lubricant"
    )
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text, lower case and without its marks."""

    text: str
    denied: bool


def clauses(text: str) -> list[Clause]:
    """The clauses of ``text``, in order."""
    plain = _APOSTROPHES.sub("", text).lower()
    return [clause for stretch in _MARKS.split(plain) for clause in _clauses_of(stretch.split())]


def _clauses_of(stretch: list[str]) -> list[Clause]:
    divided = [said for said in _divided(stretch) if said]
    denied = [_denied(said) for said in divided]
    for at, said in enumerate(divided[1:]):
        # "The pump | is not leaking": what it is said of is denied with it.
        if denied[at + 1] and said[0] in _EN_NOT and not _any(_EN_BAD, divided[at]):
            denied[at] = True
    return [Clause(" ".join(said), denies) for said, denies in zip(divided, denied, strict=True)]


def _divided(said: list[str]) -> list[list[str]]:
    """Before an English negation or turn, after a Korean ending, and at the "and" that ends a negation."""
    found: list[list[str]] = [[]]
    for word in said:
        ends_negation = word == "and" and bool(found[-1]) and _negates(found[-1][0])
        if word in _EN_TURN or ends_negation or _negates(word):
            found.append([])
        found[-1].append(word)
        if _KO_END.search(word) or _KO_NONE.match(word) or _KO_NOT.match(word):
            found.append([])
    return found


def _negates(word: str) -> bool:
    return word in _EN_NONE or word in _EN_NOT


def _denied(said: list[str]) -> bool:
    first, last = said[0], said[-1]
    if first in _EN_NONE:
        return _any(_EN_BAD, said) or not _any(_EN_NEEDED, said)
    if first in _EN_NOT:
        return (_any(_EN_BAD, said) and "enough" not in said) or said[1:2] == ["be"]
    if last in _EN_FINE:
        return len(said) > 1
    return _denied_in_korean(said)


def _any(stems: tuple[str, ...], said: list[str]) -> bool:
    return any(word.startswith(stem) for word in said for stem in stems)


def _denied_in_korean(said: list[str]) -> bool:
    last = said[-1]
    if none := _KO_NONE.match(last):
        head = _head(said, none["head"])
        return bool(head) and not any(head.endswith(needed) for needed in _KO_NEEDED)
    if other := _KO_NOT.match(last):
        head = _head(said, other["head"])
        return bool(head) and not head.endswith("정상")
    if fine := _KO_FINE.match(last):
        return bool(_head(said, fine["head"]))
    return _KO_BAD_NOT_DONE.search(" ".join(said)) is not None


def _head(said: list[str], written_on: str) -> str:
    """The word of which it is said: written on to the negation, else the last before it that is no number of things."""
    before = [written_on] if written_on else [word for word in said[:-1] if word not in _KO_COUNT]
    return _KO_PARTICLE.sub("", before[-1]) if before else ""
