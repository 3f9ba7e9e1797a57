"""What the clouds' token libraries have in common: they may be missing, and they may find no credentials."""

from core.kafka.problems import ClusterError, Problem, ProblemKind
from core.text import inert_line

_REASON_LIMIT = 160


def missing_extra(extra: str) -> ClusterError:
    """The library is not there; ``extra`` installs it."""
    return ClusterError(Problem(ProblemKind.EXTRA_MISSING, f'pip install "andon[{extra}]"'))


def no_credentials(cloud: str, error: Exception) -> ClusterError:
    """The library could not get a token. Of its words the first line is told: none of them prints a key."""
    first = (str(error).strip().splitlines() or [""])[0]
    detail = inert_line(f"{cloud}: {type(error).__name__}: {first}", _REASON_LIMIT)
    return ClusterError(Problem(ProblemKind.CREDENTIALS, detail))
