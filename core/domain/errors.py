"""What every command may answer with."""


class CommandError(Exception):
    """What was asked cannot be done; the message says why and what to do, in the operator's language."""


class SettingsError(Exception):
    """A setting is missing or wrong. The message says which and what to do; it holds no value of a secret."""


class StoreError(Exception):
    """The store cannot be read or written. The message says what happened, in SQLite's words."""
