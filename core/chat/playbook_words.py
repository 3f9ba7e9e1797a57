"""What an operator types to walk through a playbook, in Korean and English."""

import re
from enum import Enum, auto

from core.store.search import words

_LONGEST = 40
"""Characters of the longest command; a longer text tells something."""


class Intent(Enum):
    """What a short text asks of the assistant."""

    NEXT = auto()
    STILL = auto()
    BACK = auto()
    REPEAT = auto()
    RESTART = auto()
    SOLVED = auto()
    HELP = auto()


_SAID = {
    # "ㅜ" and "ㅠ" are what n and b type on the Korean (two-set) layout.
    Intent.NEXT: "다음, 다음 단계, 다음이요, 다음으로, 계속, 계속해요, 시작, 시작해요, 네, 예, 응, 맞아요, 했어요,"
    "했습니다, 했음, 했어, 다 했어요, 완료, 완료했어요, 끝났어요, 확인했어요, 확인했습니다, ㅜ, next, next step, n, ok,"
    "okay, yes, y, go, go on, start, begin, continue, done, did it",
    Intent.STILL: "그대로, 그대로예요, 그대로에요, 그대로입니다, 그대로야, 똑같아요, 똑같습니다, 여전해요, 여전합니다,"
    "여전히 안 돼요, 안 돼요, 안 되요, 안 됩니다, 안 돼, 안 됨, 안 됐어요, 해결 안 됐어요, 해결 안 돼요, 아니요,"
    "아니오, 아뇨, 아니에요, 없어요, 소용없어요, 효과 없어요, 변화 없어요, still there, still, still the same,"
    "same, no, nope, not fixed, not solved, not working, didn't help, did not help, no change, none, none of them",
    Intent.BACK: "이전, 이전 단계, 이전으로, 뒤로, ㅠ, back, go back, previous, prev, b",
    Intent.REPEAT: "다시, 다시 말해 줘요, 한 번 더, 다시 한 번, 다시 보여 줘요, repeat, again, say again",
    Intent.RESTART: "처음부터, 처음으로, 처음, 처음부터 다시, 다시 처음부터, restart, start over, from the beginning",
    Intent.SOLVED: "됐어요, 됐습니다, 됐다, 됐음, 되었습니다, 됩니다, 잘 돼요, 잘 됩니다, 해결, 해결됐어요,"
    "해결됐습니다, 해결되었습니다, 해결했어요, 해결했습니다, 해결됨, 고쳤어요, 고쳤습니다, 정상, 정상이에요,"
    "정상입니다, 정상 작동, 정상 작동해요, fixed, it's fixed, solved, it's solved, resolved, works, it works,"
    "works now, working, it runs, running again",
    Intent.HELP: "도움말, 도와줘요, 도와주세요, 어떻게 해요, 사용법, help, how, commands",
}
_INTENTS = {"".join(words(said)): intent for intent, line in _SAID.items() for said in line.split(",")}

_FILLERS = re.compile(r"^(?:이제|아직도|아직|그래도|네|예|응|음|well|now|it is)+")
_CHOICE = re.compile(r"(\d{1,2})(?:번|번째)?(?:이요|요|이에요|이예요|예요|입니다|으로|같아요|인것같아요|선택)?")


def intent(text: str) -> Intent | None:
    """What ``text`` asks for; None when it is no command but tells something."""
    said = _plain(text)
    return _INTENTS.get(said) or _INTENTS.get(_FILLERS.sub("", said))


def choice(text: str) -> int | None:
    """The number picked by "2", "2번", "2번이요" or "no. 2"; None when it is no number."""
    match = _CHOICE.fullmatch(_plain(text).removeprefix("number").removeprefix("no"))
    return int(match[1]) if match else None


def _plain(text: str) -> str:
    return "".join(words(text)) if len(text) <= _LONGEST else ""
