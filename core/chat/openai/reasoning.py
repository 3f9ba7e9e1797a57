"""A model's answer without its thinking and without the marks of its chat template. Pure: no network here.

Servers that know a model's template take both out. Others let through what the model wrote: a block of thoughts
before or within the answer, its closing mark alone where the template itself wrote the opening one, channels, and the
token that ends a turn. The marks are those of the models' published chat templates.
"""

import re
from dataclasses import dataclass
from enum import Enum

_NAMES = r"(?:[\w:.-]{0,24}(?:think|thought|reason|reflection|scratchpad|monologue)[\w:.-]{0,24}|analysis)"
"""Of tags: each family of models has its own, and all say what stands in them."""
_OPENING = (
    rf"<\s?{_NAMES}(?:\s[^<>]{{0,40}})?\s?>|<details\s[^<>]{{0,20}}reason[^<>]{{0,40}}>|<\|inner_prefix\|>|\[(?:think|reasoning)\]|◁think▷"
    r"|<\|(?:begin_of_thought|begin_of_thinking|start_thinking|thinking|think)\|>"
    r"|<unused94>(?:thought)?|<\|channel>(?:thought|analysis)?"
)
_CLOSING = (
    rf"<\s?/\s?{_NAMES}\s?>|</details>|<\|inner_suffix\|>|\[/(?:think|reasoning)\]|◁/think▷"
    r"|<\|(?:end_of_thought|end_of_thinking|end_thinking|/thinking|/think)\|>|<unused95>|<channel\|>"
)
_END_OF_TURN = (
    r"</s>|<eos>|<end_of_turn>|<turn\|>|<｜end▁of▁sentence｜>|<｜user｜>"
    r"|<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|end_turn|return|call|end|eos|user)\|>"
)
_FORMAT = (
    r"<s>|<bos>|<start_of_turn>(?:model)?|<\|turn>(?:model)?|</?(?:answer|response|final_answer|solution)>|\[/?inst\]"
    r"|<\|(?:im_start|start|start_header_id)\|>(?:assistant)?|<[|｜][^<>|｜\s]{1,40}[|｜]>"
)
_MARK = re.compile(
    rf"(?P<opening>{_OPENING})|(?P<closing>{_CLOSING})|(?P<channel><\|channel\|>)|(?P<message><\|message\|>)"
    rf"|(?P<over>{_END_OF_TURN})|(?P<format>{_FORMAT})",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"(?:<(?:\s?[|｜/a-z][^<>\n]{0,60}|\s)?|\[(?:/?[a-z]{0,9})?|◁[/a-z]{0,6}"
    r"|(?:<unused94>|<\|channel>|<start_of_turn>|<\|turn>|<\|(?:im_start|start|start_header_id)\|>)[a-z]{0,8})\Z",
    re.IGNORECASE,
)
"""What could still become a mark, or go on: a role or a channel's name belongs to some."""
_PLAIN_ANALYSIS = re.compile(r"analysis(?=[A-Z가-힣])")
"""How channels begin where a server took the marks out and left their names."""
_PLAIN_FINAL = "assistantfinal"
_LONGEST_MARK = 80


class _Part(Enum):
    ANSWER = "answer"
    THOUGHT = "thought"
    CHANNEL = "channel"
    """Between a channel's mark and its message: the channel's name."""
    OVER = "over"
    """Behind the end of a turn: only another channel goes on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What some more words add to the answer."""

    text: str = ""
    retracts: bool = False
    """All that came before was thinking."""


class AnswerFilter:
    """Takes what a model writes, piece by piece, and gives what of it is its answer."""

    def __init__(self, *, begins_thinking: bool = False) -> None:
        """``begins_thinking``: the template opens the thoughts, so nothing is told before their closing mark."""
        self.closed_unopened = False
        """A closing mark came without an opening one: this model's template opens the thoughts."""
        self._part = _Part.THOUGHT if begins_thinking else _Part.ANSWER
        self._assumed: list[str] | None = [] if begins_thinking else None
        """What would be the answer after all, should no closing mark come."""
        self._held = ""
        self._said = False
        self._strips = False
        self._is_plain = False
        self._header = ""

    def add(self, text: str) -> Piece:
        """The part of the answer that ``text`` completes."""
        self._held += text
        if self._may_be_plain():
            return Piece()
        return self._scan(is_last=False)

    def rest(self) -> Piece:
        """What was held back because it could have been a mark. To be asked for at the end."""
        found = self._scan(is_last=True)
        if self._assumed is not None:
            return Piece("".join(self._assumed))
        return found

    def _scan(self, *, is_last: bool) -> Piece:
        said: list[str] = []
        retracts = False
        begun = None if is_last else self._begun_mark()
        while (mark := self._next_mark(begun)) is not None:
            self._keep(self._held[: mark.start()], said)
            self._held = self._held[mark.end() :]
            if self._turn(str(mark.lastgroup), mark.group()):
                retracts = retracts or self._said
                said.clear()
            begun = None if is_last else self._begun_mark()
        ready = begun.start() if begun else len(self._held)
        if self._is_plain and self._part is _Part.THOUGHT:
            ready = self._plain_end(ready)
        self._keep(self._held[:ready], said)
        self._held = self._held[ready:]
        text = "".join(said)
        self._said = bool(text) or (self._said and not retracts)
        return Piece(text, retracts)

    def _begun_mark(self) -> re.Match[str] | None:
        return _BEGUN.search(self._held, max(0, len(self._held) - _LONGEST_MARK))

    def _next_mark(self, begun: re.Match[str] | None) -> re.Match[str] | None:
        mark = _MARK.search(self._held)
        return None if mark is not None and begun is not None and mark.start() >= begun.start() else mark

    def _turn(self, kind: str, mark: str) -> bool:
        """Go on behind a mark. True where all that was said before it was thinking."""
        match kind:
            case "opening":
                self._part, self._strips = _Part.THOUGHT, True
            case "closing":
                return self._close()
            case "channel":
                self._part, self._header = _Part.CHANNEL, ""
            case "message" if self._part is _Part.CHANNEL:
                is_final = self._header.strip().lower().startswith("final")
                self._part, self._strips = (_Part.ANSWER if is_final else _Part.THOUGHT), True
            case "over":
                self._part = _Part.OVER
            case _:
                pass  # a message's mark outside of a channel
        return False

    def _close(self) -> bool:
        unopened = self._part is _Part.ANSWER or self._assumed is not None
        self.closed_unopened = self.closed_unopened or unopened
        is_retraction = self._part is _Part.ANSWER
        self._part, self._strips, self._assumed = _Part.ANSWER, True, None
        return is_retraction

    def _keep(self, text: str, said: list[str]) -> None:
        match self._part:
            case _Part.CHANNEL:
                self._header += text[:_LONGEST_MARK]
            case _Part.THOUGHT if self._assumed is not None:
                self._assumed.append(text)
            case _Part.ANSWER if text:
                text = text.lstrip() if self._strips else text
                self._strips = self._strips and not text
                said.append(text)

    # --- channels without their marks

    def _may_be_plain(self) -> bool:
        """Whether this is, or may still become, an answer that begins with a channel's bare name."""
        if self._said or self._is_plain or self._part is not _Part.ANSWER:
            return False
        if _PLAIN_ANALYSIS.match(self._held):
            self._is_plain, self._part = True, _Part.THOUGHT
            return False
        return bool(self._held) and "analysis".startswith(self._held)

    def _plain_end(self, ready: int) -> int:
        thought, mark, answer = self._held.partition(_PLAIN_FINAL)
        if mark:
            self._part, self._is_plain, self._strips = _Part.ANSWER, False, True
            self._held = answer
            return len(answer)
        return max(0, min(ready, len(thought) - len(_PLAIN_FINAL)))
