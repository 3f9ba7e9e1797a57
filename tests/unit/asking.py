"""Questions within an issue, put to the built-in assistant and scored as tests/cases/questions.toml says."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.chat.backend import Answer, ChatRequest, IssueBrief, Turn
from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.messages import Author

CASES = Path(__file__).parents[1] / "cases"


def questions(name: str) -> list[dict[str, Any]]:
    """The questions of a file in ``tests/cases``."""
    told: list[dict[str, Any]] = tomllib.loads((CASES / name).read_text("utf-8"))["question"]
    return told


class Worker:
    """Somebody who talks with the built-in assistant about one issue."""

    def __init__(self, mode_type: str, description: str, language: str, *, is_fault: bool = True) -> None:
        process = "장애접수" if is_fault else "정기점검"
        self.issue = IssueBrief("A-1", "A-1", process, mode_type, "LOG_1", description, is_fault)
        self.language = language
        self.turns: tuple[Turn, ...] = ()

    async def say(self, text: str = "") -> Answer:
        request = ChatRequest(self.issue, self.turns, text, self.language)
        (answer,) = [piece async for piece in PlaybookAssistant().answer(request)]
        assert isinstance(answer, Answer)
        asked = Turn(Author.OPERATOR, text, 1)
        self.turns += (asked, Turn(Author.BUILTIN, answer.text, 2, memo=answer.memo, alert=answer.alert))
        return answer


@dataclass(frozen=True)
class Scored:
    """A question's answer, and what is wrong with it; empty where nothing is."""

    question: dict[str, Any]
    text: str
    wrong: str

    def __str__(self) -> str:
        asked = self.question
        return f"[{asked['kind']}] {asked['text']!r} ({asked['fault']}): {self.wrong}\n{self.text}\n"


async def scored(question: dict[str, Any]) -> Scored:
    """The answer to ``question``, without the standing precautions and without regard to case."""
    worker = Worker(question["mode_type"], question["description"], question["lang"])
    await worker.say()
    for text in question.get("before", ()):
        await worker.say(text)
    text = (await worker.say(question["text"])).text
    return Scored(question, text, _wrong(question, text))


def _wrong(question: dict[str, Any], text: str) -> str:
    plain = text.lower()
    if not any(wanted.lower() in plain for wanted in question["must_contain_any"]):
        return f"none of {question['must_contain_any']}"
    evasion = [one for one in question.get("must_not_contain", ()) if one.lower() in plain]
    numbers = [one for one in question.get("must_not_match", ()) if re.search(one, text)]
    lines = sum(1 for line in text.splitlines() if line.strip())
    too_long = [f"{lines} lines"] if lines > question.get("max_lines", lines) else []
    return ", ".join((*evasion, *numbers, *too_long))
