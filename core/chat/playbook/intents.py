"""What an operator types to walk through a playbook, in Korean and English."""

import re
from enum import Enum, auto

from core.support.text_index import words

_LONGEST = 40
"""Characters of the longest command; a longer text tells something."""


class Intent(Enum):
    """What a short text asks of the assistant."""

    NEXT = auto()
    YES = auto()
    NO = auto()
    STILL = auto()
    BACK = auto()
    REPEAT = auto()
    RESTART = auto()
    SOLVED = auto()
    FINE = auto()
    """Something is in order: the machine, or only what was looked at."""
    HELP = auto()


_SAID = {
    # "ㅜ" and "ㅠ" are what n and b type on the Korean (two-set) layout.
    Intent.NEXT: (
        "다음, 다음 단계, 다음이요, 다음은, 다음으로, 다음 갈게, 계속, 계속해, 시작, 시작해, 했어, 했습니다, "
        "했음, 다 했어, 이미 했어, 완료, 완료했어, 끝났어, 확인했어, 확인했습니다, 건너뛰기, 건너뛸게, "
        "넘어가, ㅜ, next, next step, n, go, go on, start, begin, continue, done, did it, skip, what next, "
        "whats next, already done"
    ),
    Intent.YES: ("네, 예, 응, 맞아, 그래, ㅇㅇ, ㅇㅋ, ok, okay, yes, y"),
    Intent.STILL: (
        "그대로, 그대로예요, 그대로에요, 그대로입니다, 그대로야, 똑같아, 똑같습니다, 여전해, 여전합니다, "
        "여전히 안 돼, 안 돼, 안 되요, 안 됩니다, 안 됨, 안 됐어, 해결 안 됐어, 해결 안 돼, 해결 안 됨, "
        "해결되지 않았어, 해결되지 않았습니다, 소용없어, 효과 없어, "
        "변화 없어, still there, still, still the same, same, not fixed, not solved, not working, "
        "didn't help, did not help, no change, not, still there after that"
    ),
    Intent.NO: ("아니요, 아니오, 아뇨, 아니에요, 아냐, 없어, no, nope, none, none of them"),
    Intent.BACK: ("이전, 이전 단계, 이전으로, 뒤로, ㅠ, back, go back, previous, prev, b"),
    Intent.REPEAT: ("다시, 다시 말해 줘, 한 번 더, 다시 한 번, 다시 보여 줘, repeat, again, say again"),
    Intent.RESTART: ("처음부터, 처음으로, 처음, 처음부터 다시, 다시 처음부터, restart, start over, from the beginning"),
    Intent.SOLVED: (
        "됐어, 됐습니다, 됐다, 됐음, 되었습니다, 됩니다, 잘 돼, 잘 됩니다, 해결, 해결됐어, 해결됐습니다, "
        "해결되었습니다, 해결했어, 해결했습니다, 해결됨, 고쳤어, 고쳤습니다, 정상 작동, 정상 작동해, fixed, "
        "it's fixed, solved, it's solved, resolved, works, it works, works again, working, it runs, "
        "running again"
    ),
    Intent.FINE: (
        "정상, 정상이에요, 정상입니다, 모두 정상, 다 정상, 이상 없음, 이상 없어, 이상 없습니다, 이상무, "
        "양호, 양호해, 양호합니다, 괜찮아, 괜찮습니다, 문제 없어, 문제 없습니다, 문제 없음, normal, "
        "all normal, fine, all fine, good, all good, no problem, nothing abnormal, in order"
    ),
    Intent.HELP: (
        "도움말, 도와줘, 도와주세요, 어떻게 해, 어떻게 하나, 사용법, 모르겠어, 모르겠습니다, help, how, "
        "commands, how do i do that, i don't know"
    ),
}
_INTENTS = {"".join(words(said)): intent for intent, line in _SAID.items() for said in line.split(",")}

_BEFORE = re.compile(
    r"^(?:이제|아직도|아직|그래도|했는데도|했는데|해봤는데도|해봤는데|다했는데|다했어요|했어요|네|예|응|음|well|now|itis|its|yes|ok"
    r"|done|that|thats|and)+(?=.)"
)
_AFTER = re.compile(r"(?<=.)(?:요|알려주세요|알려줘|해주세요|해줘|please|now|yet|thanks)+$")
_GONE = re.compile(
    r"멈췄|멎었|사라졌|없어졌|잡혔|고쳐졌|해결|\b(?:fixed|stopped|gone|solved|repaired|no longer|no more)\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"아직|여전|계속|그대로|\bstill\b", re.IGNORECASE)
_STEP = re.compile(r"(?:step(\d{1,2})|(\d{1,2})(?:단계|번단계|스텝)?(?:로|으로)?)")
_CHOICE = re.compile(r"(\d{1,2})(?:번|번째)?(?:이요|요|이에요|이예요|예요|입니다|으로|같아요|인것같아요|선택)?")


def intent(text: str) -> Intent | None:
    """What ``text`` asks for; None when it is no command but tells something."""
    said = _plain(text)
    shorter = _BEFORE.sub("", said)
    tried = (said, _AFTER.sub("", said), shorter, _AFTER.sub("", shorter))
    return next((_INTENTS[one] for one in tried if one in _INTENTS), None)


def is_gone(text: str) -> bool:
    """Whether ``text`` says that something stopped or is mended."""
    return _GONE.search(text) is not None


def is_still(text: str) -> bool:
    """Whether ``text`` says that something goes on as before."""
    return _STILL.search(text) is not None


def step_number(text: str) -> int | None:
    """The step asked for by "step 3", "3단계" or "3"; None where it is none."""
    match = _STEP.fullmatch(_plain(text))
    return int(match[1] or match[2]) if match else None


def choice(text: str) -> int | None:
    """The number picked by "2", "2번", "2번이요" or "no. 2"; None when it is no number."""
    match = _CHOICE.fullmatch(_plain(text).removeprefix("number").removeprefix("no"))
    return int(match[1]) if match else None


def _plain(text: str) -> str:
    return "".join(words(text)) if len(text) <= _LONGEST else ""
