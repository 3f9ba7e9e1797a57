"""What every command may answer with."""


class CommandError(Exception):
    """What was asked cannot be done; the message says why and what to do, in the operator's language."""
