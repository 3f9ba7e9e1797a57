"""A question and what was answered to it, as whoever asked may see it: behind the same safety gate as on a screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.chat.backend import Answer
from core.chat.conversation.safety_gate import is_hidden, is_secured
from core.chat.playbook.alerts import ALERT_WORDS, alert_of
from core.chat.playbook.digits import digits
from core.chat.playbook.precautions import precautions_for
from core.domain.issues import Issue
from core.domain.lockout import Lockout
from core.domain.messages import Alert, Author, Message, MessageState
from core.emergency import Assessment
from core.station.export import card_lines
from core.support.i18n import N_, _, language

RELEASE = N_("The answer is here. First the safety check: /safe, or Ctrl+L on the screen")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a message of only ``key`` takes now."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer. Every text is inert."""

    question: str
    author: str
    """Who answered (``core.chat.backend.Author``); ``system`` where nobody did, and then ``text`` says why."""
    text: str
    precautions: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    emergency: str = ALERT_WORDS[Alert.NONE]
    """``yes``: this is the emergency answer. ``ask``: it is headed by the question whether somebody is hurt."""

    @property
    def is_answered(self) -> bool:
        return self.author != Author.SYSTEM


def exchange_of(issue: Issue, messages: Sequence[Message], question: Message, lockout: Lockout | None) -> Exchange:
    """What was answered to ``question``: what was said at once, then whoever answered."""
    at = next((number for number, message in enumerate(messages) if message.id == question.id), len(messages))
    latest = messages[at] if at < len(messages) else question
    # What a server tells of earlier sessions is added at the end, too.
    answers = [m for m in messages[at + 1 :] if m.is_chatbots and m.at_ms >= question.at_ms]
    return _exchange(question.text, latest, answers, issue, messages, lockout)


def opening_of(issue: Issue, messages: Sequence[Message], lockout: Lockout | None) -> Exchange:
    """The words with which the conversation of ``issue`` opened, and what its event told of people in danger."""
    spoken = [m for m in messages if m.author is Author.BUILTIN]
    end = next((number + 1 for number, m in enumerate(spoken) if m.alert is Alert.NONE), len(spoken))
    return _exchange("", None, spoken[:end], issue, messages, lockout)


def immediate(question: str, assessment: Assessment) -> Exchange | None:
    """What is said at once to ``question`` where there is no conversation; None: nothing."""
    answer = alert_of(assessment, language())
    return None if answer is None else said_at_once(question, answer)


def said_at_once(question: str, answer: Answer) -> Exchange:
    """An emergency answer, advice or ask that needs no conversation."""
    return Exchange(question, Author.BUILTIN, answer.text, answer.precautions, (), ALERT_WORDS[answer.alert])


def _exchange(
    text: str,
    question: Message | None,
    answers: list[Message],
    issue: Issue,
    messages: Sequence[Message],
    lockout: Lockout | None,
) -> Exchange:
    secured = is_secured(issue, messages, lockout)
    told = [_words(answer, secured=secured) for answer in answers]
    if not answers or all(answer.alert is not Alert.NONE for answer in answers):
        told += [question.problem.words] if question and question.problem else []
    alert = max((answer.alert for answer in answers), key=list(Alert).index, default=Alert.NONE)
    return Exchange(
        question=text,
        author=answers[-1].author if answers else Author.SYSTEM,
        text="\n\n".join(part for part in told if part) or _("There is no answer."),
        precautions=_once(line for m in answers for line in _precautions(m, issue, secured=secured)),
        offers=_offers(messages),
        emergency=ALERT_WORDS[alert],
    )


def _words(answer: Message, *, secured: bool) -> str:
    if is_hidden(answer, secured=secured):
        return _(RELEASE)
    text = "\n".join((answer.text, *card_lines(answer)))
    if answer.state is not MessageState.PARTIAL:
        return text
    why = f" · {answer.problem.words}" if answer.problem else ""
    return f"{text}\n" + _("not finished") + why


def _precautions(answer: Message, issue: Issue, *, secured: bool) -> tuple[str, ...]:
    """What another chatbot calls a precaution may be a step: while its answer is hidden only ours are shown."""
    if answer.author is Author.BUILTIN or not is_hidden(answer, secured=secured):
        return answer.precautions
    return precautions_for(issue.mode_type, language())


def _offers(messages: Sequence[Message]) -> tuple[Offer, ...]:
    """What a digit takes now: the emergency answer where that was offered, else what the built-in assistant offers."""
    return tuple(Offer(str(one.digit), one.label) for one in digits(messages))


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
