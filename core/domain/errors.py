"""What every command may answer with."""


class OperatorError(Exception):
    """What ends a command. The message is one line in the operator's language: why, and what to do."""

    @property
    def is_wrong_use(self) -> bool:
        """The command or the settings are what is wrong: trying again would not help."""
        return False


class CommandError(OperatorError):
    """What was asked cannot be done; the message says why and what to do, in the operator's language."""


class SettingsError(OperatorError):
    """A setting is missing or wrong. The message says which and what to do; it holds no value of a secret."""

    is_wrong_use = True


class StoreError(OperatorError):
    """The store cannot be read or written. The message says what happened, in SQLite's words."""
