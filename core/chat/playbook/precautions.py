"""What an equipment wants before, and after, anybody works on it. Asked for the first, the playbooks are read."""


def precautions_for(mode_type: str, language: str) -> tuple[str, ...]:
    """The equipment's general precautions, in order; lock-out and tag-out for equipment not known."""
    from core.chat.playbook.library import library

    return tuple(text.said(language) for text in library().equipment(mode_type).precautions)


def release_checks_for(mode_type: str, language: str) -> tuple[str, ...]:
    """What to confirm before the equipment is called resolved: guards, locks, test run."""
    from core.chat.playbook.library import library

    return tuple(text.said(language) for text in library().equipment(mode_type).release_checks)


def short_precautions(mode_type: str, language: str) -> str:
    """The equipment's safety line, at most ``SHORT_CELLS`` terminal cells wide."""
    from core.chat.playbook.library import library

    return library().equipment(mode_type).short_precautions.said(language)
