"""One issue as a document: what it was, what was said, what was done."""

from datetime import datetime
from typing import Any

from core.chat.conversation.safety_gate import check_words, is_check, is_hidden, is_secured
from core.chat.playbook.alerts import ALERT_WORDS
from core.chat.playbook.cause_words import cause_words
from core.chat.playbook.precautions import precautions_for
from core.domain.issue_json import issue_as_json
from core.domain.issues import Issue, solved_otherwise
from core.domain.journal import JournalEntry
from core.domain.lockout import Lockout
from core.domain.messages import Alert, Message
from core.domain.plant_words import plant_word
from core.support.i18n import _, language
from core.support.text import inert_line


def export_json(
    issue: Issue, messages: list[Message], journal: list[JournalEntry], lockout: Lockout | None
) -> dict[str, Any]:
    """Issue, lockout of the present episode, conversation and actions for ``andon export --format json``."""
    return {
        "issue": issue_as_json(issue),
        "lockout": _lockout_json(lockout) if lockout is not None and lockout.covers(issue) else None,
        "conversation": [
            {
                "at": _moment(m.at_ms),
                "author": m.author.value,
                "name": m.name or None,
                "emergency": ALERT_WORDS[m.alert],
                "precautions": list(m.precautions),
                "confidence": m.confidence,
                "text": check_words(m) if is_check(m) else m.text,
                "state": m.state.value,
            }
            for m in messages
        ],
        "actions": [
            {"at": _moment(e.at_ms), "operator": e.operator, "action": e.action, "detail": dict(e.detail)}
            for e in journal
        ],
    }


def _lockout_json(lockout: Lockout) -> dict[str, Any]:
    return {
        "at": _moment(lockout.at_ms),
        "by": lockout.by or None,
        "checks": list(lockout.done),
        "unchecked": list(lockout.missing),
        "why": lockout.why_not or None,
    }


def export_markdown(issue: Issue, messages: list[Message], journal: list[JournalEntry], lockout: Lockout | None) -> str:
    """The same for people. Text from outside stands in indented blocks, so that none of it is markup."""
    lines = [f"# {_markdown_line(issue.shown_id)}", ""]
    lines += _facts(issue)
    if issue.is_fault:
        lines += ["", "## " + _("Before you start"), ""]
        lines += [f"- {line}" for line in precautions_for(issue.mode_type, language())]
    lines += ["", "## " + _("Conversation"), ""]
    secured = is_secured(issue, messages, lockout)
    for message in messages:
        if message.is_chatbots and message.alert is Alert.EMERGENCY:
            lines += ["**" + _("EMERGENCY") + "**", ""]
        lines += [f"**{_moment(message.at_ms)} · {_markdown_line(message.name or message.author.value)}**", ""]
        if is_hidden(message, secured=secured):
            lines += ["    " + _("Not shown: the safety check was not made."), ""]
            continue
        lines += [f"    ! {line}" for line in message.precautions]
        text = check_words(message) if is_check(message) else message.text
        lines += [f"    {line}" for line in (*text.splitlines(), *card_lines(message))] + [""]
    lines += ["## " + _("Actions"), ""]
    lines += [f"- {_moment(e.at_ms)} · {_markdown_line(e.operator)} · {_markdown_line(e.action)}" for e in journal]
    return "\n".join(lines) + "\n"


def card_lines(message: Message) -> list[str]:
    """The structured part of an answer, a line each."""
    card = message.card
    if card is None:
        return []
    lines = [" · ".join(part for part in ("-", one.time, one.action) if part) for one in card.actions]
    for phase in card.phases:
        lines += [phase.phase, *(f"- {action}" for action in phase.actions)]
    return lines


def _facts(issue: Issue) -> list[str]:
    resolution = issue.resolution
    facts = [
        (_("Equipment"), plant_word(issue.mode_type)),
        (_("Type"), plant_word(issue.process_type)),
        (_("Log"), issue.mode_log_id),
        (_("Description"), issue.description),
        (_("As the record that solved it says"), " · ".join(map(plant_word, solved_otherwise(issue)))),
        (_("Opened"), _moment(issue.opened_ms)),
        (_("Occurrences"), str(issue.occurrences)),
        (_("Resolved"), _moment(resolution.time_ms) if resolution else ""),
        (_("Resolved by"), resolution.operator if resolution else ""),
        (_("Cause"), cause_words(issue.cause)),
        (_("Note"), resolution.note if resolution else ""),
    ]
    return [f"- {name}: {_markdown_line(value)}" for name, value in facts if value]


def _markdown_line(text: str) -> str:
    line = inert_line(text)
    for sign in "\\`*_[]<>#|":
        line = line.replace(sign, f"\\{sign}")
    return line


def _moment(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000).astimezone().isoformat(timespec="seconds")
